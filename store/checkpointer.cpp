#include "store/checkpointer.h"

#include "emulator/core/log.h"
#include "store/sqlite.h"

namespace drydock::store {

namespace {
constexpr int kPages = 8'000;             // 32 MB: each page is moved once, however often it changed
constexpr int kPatienceWithReaders = 20;  // milliseconds
}  // namespace

Checkpointer::Checkpointer(const std::filesystem::path& file, std::mutex& writers)
    : writers_(writers), connection_(std::make_unique<Connection>(file)), due_(kPages) {
  connection_->SetBusyTimeout(kPatienceWithReaders);
  thread_ = std::thread([this] { Run(); });
}

Checkpointer::~Checkpointer() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Checkpointer::Logged(int pages) {
  std::lock_guard lock(mutex_);
  if (pages < logged_) due_ = kPages;  // the log has begun anew
  logged_ = pages;
  if (logged_ >= due_) wake_.notify_all();
}

void Checkpointer::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return ending_ || logged_ >= due_; });
    if (ending_) return;
    lock.unlock();
    try {
      // Most of it beside the writes; what came meanwhile in a short turn of its own, after which the log begins anew.
      connection_->Checkpoint(SQLITE_CHECKPOINT_PASSIVE);
      std::lock_guard turn(writers_);
      connection_->Checkpoint(SQLITE_CHECKPOINT_RESTART);
    } catch (const std::exception& error) {
      log::Warning("the write-ahead log stays longer: {}", error.what());
    }
    lock.lock();
    due_ = logged_ + kPages;  // unless it begins anew
  }
}

}  // namespace drydock::store
