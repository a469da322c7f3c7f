#include "emulator/audit/journal.h"

#include <chrono>
#include <iterator>

#include "emulator/audit/event.h"
#include "emulator/audit/session.h"
#include "emulator/core/log.h"

namespace drydock::audit {

namespace {
// So many events are written and indexed at once: their pages are then written once, and nobody waits for long.
constexpr std::size_t kBatch = 256;
constexpr Duration kLongestWait = std::chrono::seconds(1);
constexpr Duration kDay = std::chrono::hours(24), kHistory = 90 * kDay;
constexpr std::size_t kMostSessions = 1000;
}  // namespace

// Events on their way into the store. They wait again when the transaction that writes them is rolled back.
struct Journal::Batch {
  Journal& journal;
  std::vector<store::AuditEvent> events;
  bool written = false;

  ~Batch() {
    if (!written && !events.empty()) journal.Wait(std::move(events), false);
  }
};

Journal::~Journal() {
  {
    std::lock_guard lock(mutex_);
    if (alarm_) clock_.Cancel(*alarm_);
  }
  try {
    Flush();
  } catch (const std::exception& error) {
    log::Error("the audit trail: {}", error.what());
  }
}

void Journal::Record(const api::FinishedCall& call, store::Transaction* tx) {
  std::vector<store::AuditEvent> events = EventsOf(call, FactsOf(call, tx), ids_);
  if (events.empty()) return;
  if (!tx || !tx->writable()) return Wait(std::move(events), !tx);
  for (const store::AuditEvent& event : events) store::AuditEvents(*tx).Append(event);
  tx->AfterCommit([this, count = events.size()] {
    {
      std::lock_guard lock(mutex_);
      not_indexed_ += count;
      if (not_indexed_ < kBatch) return;
    }
    Flush();
  });
}

std::shared_ptr<Journal::Batch> Journal::Take() {
  std::lock_guard lock(mutex_);
  auto batch = std::make_shared<Batch>(*this, std::move(waiting_));
  waiting_.clear();
  not_indexed_ = 0;
  return batch;
}

void Journal::Wait(std::vector<store::AuditEvent> events, bool may_write) {
  {
    std::lock_guard lock(mutex_);
    std::move(events.begin(), events.end(), std::back_inserter(waiting_));
    not_indexed_ += events.size();
    if (!alarm_) {
      alarm_ = clock_.At(clock_.Now() + kLongestWait, [this] {
        {
          std::lock_guard inner(mutex_);
          alarm_.reset();
        }
        Flush();
      });
    }
    if (!may_write || not_indexed_ < kBatch) return;
  }
  Flush();
}

void Journal::Flush() {
  const auto batch = Take();
  const Timestamp now = clock_.Now();
  bool erase = false;
  {
    std::lock_guard lock(mutex_);
    erase = !next_retention_ || *next_retention_ <= now;
    if (erase) next_retention_ = now + kDay;
  }
  database_.Write([&](store::Transaction& tx) {
    store::AuditEvents trail(tx);
    for (const store::AuditEvent& event : batch->events) trail.Append(event);
    trail.Index();
    if (erase) trail.EraseOlder(now + -kHistory);
  });
  batch->written = true;
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
