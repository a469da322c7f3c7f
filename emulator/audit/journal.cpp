#include "emulator/audit/journal.h"

#include <algorithm>
#include <chrono>
#include <iterator>

#include "emulator/audit/event.h"
#include "emulator/audit/session.h"
#include "emulator/core/log.h"

namespace drydock::audit {

namespace {
// So many events are written and indexed at once: their pages are then written once, and nobody waits for long.
constexpr std::size_t kBatch = 512;
constexpr std::size_t kMostWaiting = 4096;
constexpr Duration kLongestWait = std::chrono::seconds(1);
constexpr Duration kDay = std::chrono::hours(24), kHistory = 90 * kDay;
constexpr std::size_t kMostSessions = 1000;
}  // namespace

Journal::Journal(store::Database& database, Clock& clock, Ids& ids)
    : database_(database), clock_(clock), ids_(ids), thread_([this] { Run(); }) {}

Journal::~Journal() {
  {
    std::lock_guard lock(mutex_);
    if (alarm_) clock_.Cancel(*alarm_);
    ending_ = true;
  }
  many_.notify_all();
  thread_.join();
  try {
    Flush();
  } catch (const std::exception& error) {
    log::Error("the audit trail: {}", error.what());
  }
}

void Journal::Record(const api::FinishedCall& call, store::Transaction* tx) {
  std::vector<store::AuditEvent> events = EventsOf(call, FactsOf(call, tx), ids_);
  if (events.empty()) return;
  if (!tx || !tx->writable() || call.error) return Wait(std::move(events), !tx);
  for (const store::AuditEvent& event : events) store::AuditEvents(*tx).Append(event);
  tx->AfterCommit([this, count = events.size()] {
    std::lock_guard lock(mutex_);
    not_indexed_ += count;
    if (not_indexed_ >= kBatch) many_.notify_one();
  });
}

void Journal::Wait(std::vector<store::AuditEvent> events, bool for_room) {
  std::unique_lock lock(mutex_);
  if (for_room) room_.wait(lock, [this] { return waiting_.size() < kMostWaiting || failing_; });
  if (failing_ && waiting_.size() >= kMostWaiting) return;  // lost, as the thread has logged
  std::move(events.begin(), events.end(), std::back_inserter(waiting_));
  not_indexed_ += events.size();
  if (not_indexed_ >= kBatch) many_.notify_one();
  if (!alarm_) {
    alarm_ = clock_.At(clock_.Now() + kLongestWait, [this] {
      std::lock_guard inner(mutex_);
      alarm_.reset();
      overdue_ = clock_.HoldTime();
      many_.notify_one();
    });
  }
}

// Writes as soon as there are many, or some have waited long enough.
void Journal::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    many_.wait(lock, [this] { return ending_ || failing_ || overdue_ || not_indexed_ >= kBatch; });
    if (ending_) return;
    Clock::Hold overdue = std::move(overdue_);
    lock.unlock();
    std::string failure;
    try {
      Flush();
    } catch (const std::exception& error) {
      failure = error.what();
    }
    lock.lock();
    failing_ = !failure.empty();
    if (!failing_) continue;
    log::Error("the audit trail waits, and loses events beyond {}, for the store failed: {}", kMostWaiting, failure);
    room_.notify_all();
    overdue.reset();
    many_.wait_for(lock, std::chrono::seconds(1), [this] { return ending_; });
  }
}

void Journal::Flush() {
  std::lock_guard writing(writing_);
  std::size_t left = 0;
  {
    std::lock_guard lock(mutex_);
    left = waiting_.size();
  }
  while (WriteBatch(left)) {
  }
}

bool Journal::WriteBatch(std::size_t& left) {
  std::vector<store::AuditEvent> batch;
  const auto count = static_cast<std::ptrdiff_t>(std::min(kBatch, left));
  {
    std::lock_guard lock(mutex_);
    std::move(waiting_.begin(), waiting_.begin() + count, std::back_inserter(batch));
    waiting_.erase(waiting_.begin(), waiting_.begin() + count);
  }
  room_.notify_all();
  const Timestamp now = clock_.Now();
  const bool erase = !next_retention_ || *next_retention_ <= now;
  std::size_t indexed = 0;
  try {
    database_.Write([&](store::Transaction& tx) {
      store::AuditEvents trail(tx);
      indexed = trail.Index(batch);
      if (erase) trail.EraseOlder(now + -kHistory);
    });
  } catch (...) {
    std::lock_guard lock(mutex_);
    std::move(batch.begin(), batch.end(), std::front_inserter(waiting_));
    std::reverse(waiting_.begin(), waiting_.begin() + count);
    throw;
  }
  if (erase) next_retention_ = now + kDay;
  left -= batch.size();
  const bool more = left > 0 || indexed > kBatch;
  // Set, not counted down: a write is counted after its commit, and so perhaps after it was indexed.
  std::lock_guard lock(mutex_);
  if (!more) not_indexed_ = waiting_.size();
  return more;
}

SessionFacts Journal::FactsOf(const api::FinishedCall& call, store::Transaction* tx) {
  const Principal& principal = call.principal;
  const bool temporary = principal.access_key.starts_with("ASIA");
  if (!temporary && principal.type != Principal::Type::kAssumedRole) return {};
  if (temporary) {
    std::lock_guard lock(mutex_);
    if (const auto known = sessions_.find(principal.access_key); known != sessions_.end()) return known->second;
  }
  const auto look = [&](store::Transaction& in) { return SessionOf(in, principal, call.time); };
  const SessionFacts facts = tx ? look(*tx) : database_.Read(look);
  if (temporary) {
    std::lock_guard lock(mutex_);
    if (sessions_.size() >= kMostSessions) sessions_.clear();
    sessions_[principal.access_key] = facts;
  }
  return facts;
}

}  // namespace drydock::audit
