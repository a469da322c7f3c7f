// Moves the write-ahead log into the database's file beside the writes, so that none of them waits for the disk for
// long.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

namespace drydock::store {

class Connection;

// Has a thread of its own, that sleeps until there is something to do.
class Checkpointer {
 public:
  // `writers` is held by whoever writes.
  Checkpointer(const std::filesystem::path& file, std::mutex& writers);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // A commit left so many pages in the log. Called with `writers` held.
  void Logged(int pages);

 private:
  void Run();

  std::mutex& writers_;
  const std::unique_ptr<Connection> connection_;  // the thread's

  std::mutex mutex_;
  std::condition_variable wake_;
  // guarded by mutex_
  int logged_ = 0;
  int due_;
  bool ending_ = false;

  std::thread thread_;
};

}  // namespace drydock::store
