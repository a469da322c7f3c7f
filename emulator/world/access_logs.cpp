#include "emulator/world/access_logs.h"

#include <sys/resource.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "emulator/core/arn.h"
#include "emulator/core/log.h"
#include "store/records/elbv2/load_balancer.h"
#include "store/table.h"

namespace drydock::world {

namespace {
using loadbalancer::AccessLogRecord;
using RecordPointer = std::unique_ptr<AccessLogRecord>;
constexpr std::size_t kMostWaiting = 50'000;
constexpr std::size_t kManyWaiting = 5'000;
constexpr std::chrono::seconds kGatheringTime{1};

// A load balancer's last requests may end, and be written, after it was deleted.
bool Exists(store::Transaction& tx, const std::string& load_balancer_arn) {
  const auto arn = Arn::Parse(load_balancer_arn);
  return arn && tx.Get<records::elbv2::LoadBalancer>({arn->account, arn->region}, load_balancer_arn);
}
}  // namespace

class AccessLogs::Writer {
 public:
  Writer(store::Database& database, Deliver deliver) : database_(database), deliver_(std::move(deliver)) {
    thread_ = std::thread([this] { Run(); });
  }
  ~Writer() { Stop(); }

  void Stop() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  RecordPointer Add(RecordPointer record) {
    const std::lock_guard lock(mutex_);
    if (ended_) return record;
    RecordPointer surplus;
    auto& records = waiting_[record->load_balancer_arn];
    if (records.size() >= kKept && record->log_group.empty() && records.front()->log_group.empty()) {
      surplus = std::move(records.front());
      records.pop_front();
    } else if (waiting_count_ >= kMostWaiting) {
      ++dropped_;
      return record;
    } else if (++waiting_count_ == 1 || waiting_count_ == kManyWaiting) {
      changed_.notify_all();
    }
    records.push_back(std::move(record));
    ++added_;
    return surplus;
  }

  void Flush() {
    std::unique_lock lock(mutex_);
    const std::uint64_t wanted = added_;
    ++flushing_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return written_ >= wanted || ended_; });
    --flushing_;
  }

 private:
  using Waiting = std::unordered_map<std::string, std::deque<RecordPointer>>;  // by load balancer

  void Run() {
    ::setpriority(PRIO_PROCESS, 0, 5);  // of this thread: behind the traffic that the lines are about
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return waiting_count_ > 0 || ended_; });
      if (waiting_count_ == 0) return;
      // Lines that follow each other closely share a commit.
      changed_.wait_for(lock, kGatheringTime,
                        [this] { return ended_ || flushing_ > 0 || waiting_count_ >= kManyWaiting; });
      Waiting records;
      records.swap(waiting_);
      waiting_count_ = 0;
      const std::uint64_t dropped = std::exchange(dropped_, 0);
      const std::uint64_t until = added_;
      lock.unlock();
      if (dropped > 0) log::Warning("{} access log lines were dropped: there are more than can be written", dropped);
      Write(records);
      records.clear();  // takes its time, and the traffic would wait for the lock
      lock.lock();
      written_ = until;
      changed_.notify_all();
    }
  }

  static store::AccessLogLine LineOf(const AccessLogRecord& record) {
    return {{record.time / 1000}, FormatAccessLog(record)};
  }

  void Write(const Waiting& by_load_balancer) {
    using Lines = std::vector<store::AccessLogLine>;
    std::map<std::string, Lines> kept;                               // by load balancer
    std::map<std::pair<std::string, std::string>, Lines> delivered;  // by load balancer and log group
    for (const auto& [arn, all] : by_load_balancer) {
      const std::size_t skipped = all.size() > kKept ? all.size() - kKept : 0;
      for (std::size_t i = 0; i < all.size(); ++i) {
        const std::string& log_group = all[i]->log_group;
        if (i < skipped && log_group.empty()) continue;
        store::AccessLogLine line = LineOf(*all[i]);
        if (i >= skipped) kept[arn].push_back(line);
        if (!log_group.empty()) delivered[{arn, log_group}].push_back(std::move(line));
      }
    }
    try {
      database_.Write([&](store::Transaction& tx) {
        for (const auto& [arn, lines] : kept) {
          if (Exists(tx, arn)) store::AccessLogLines(tx).Append(arn, lines, kKept);
        }
      });
    } catch (const std::exception& error) {
      log::Error("access log lines are lost: {}", error.what());
    }
    for (auto& [where, lines] : delivered) {
      const auto& [arn, log_group] = where;
      try {
        deliver_(arn, log_group, std::move(lines));
      } catch (const std::exception& error) {
        log::Warning("access log lines of {} do not reach {}: {}", arn, log_group, error.what());
      }
    }
  }

  store::Database& database_;
  const Deliver deliver_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // guarded by mutex_
  Waiting waiting_;
  std::size_t waiting_count_ = 0;
  std::uint64_t added_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t dropped_ = 0;
  int flushing_ = 0;
  bool ended_ = false;

  std::thread thread_;
};

AccessLogs::AccessLogs(store::Database& database, Deliver deliver)
    : writer_(std::make_unique<Writer>(database, std::move(deliver))) {}
AccessLogs::~AccessLogs() = default;
RecordPointer AccessLogs::Add(RecordPointer record) {
  return writer_->Add(std::move(record));
}
void AccessLogs::Stop() {
  writer_->Stop();
}
void AccessLogs::Flush() {
  writer_->Flush();
}

}  // namespace drydock::world
