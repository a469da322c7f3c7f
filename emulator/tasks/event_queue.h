// Brings a runtime's events to its sink: in order, on a thread of its own, printed lines in batches.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "emulator/tasks/runtime.h"

namespace drydock::tasks {

// Thread-safe. What waits holds a manual clock's time still, so that Advance() returns when all has been told.
class EventQueue {
 public:
  EventQueue(Clock& clock, EventSink& sink);
  // Tells what still waits, then ends.
  ~EventQueue();
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  void Print(const std::string& task_arn, const std::string& container, std::string text);
  void Tell(std::function<void(EventSink&)> event);

  // Lines that may wait. What is printed beyond that is lost, and a line says how much it was.
  static constexpr std::size_t kMostWaiting = 50'000;

 private:
  // Either an event or a batch of lines.
  struct Item {
    std::function<void(EventSink&)> event;
    std::vector<PrintedLine> lines;
    std::chrono::steady_clock::time_point due;
    Clock::Hold hold;
  };

  void AppendLocked(PrintedLine line);
  void Run();

  Clock& clock_;
  EventSink& sink_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> items_;         // guarded by mutex_
  std::size_t lines_waiting_ = 0;  // guarded by mutex_
  std::size_t lines_lost_ = 0;     // guarded by mutex_
  bool stopping_ = false;          // guarded by mutex_
  std::thread thread_;
};

}  // namespace drydock::tasks
