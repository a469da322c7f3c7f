// Writes the audit trail: events of writes in the writes' own transactions, all others in batches.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "emulator/api/finished_call.h"
#include "emulator/audit/identity.h"
#include "emulator/core/clock.h"
#include "emulator/core/ids.h"
#include "store/audit_events.h"
#include "store/database.h"

namespace drydock::audit {

// Thread-safe. The events of answered writes survive the death of the process, as the writes do. Those of reads and of
// refused calls wait in memory, at most for a second and until there are a few hundred of them, so that a read costs no
// commit: a thread of the journal's own writes them. Only when they come faster than the disk takes them do calls wait.
// Events are kept for 90 days (CloudTrail User Guide, "Working with CloudTrail event history").
class Journal {
 public:
  Journal(store::Database& database, Clock& clock, Ids& ids);
  ~Journal();  // writes what waits
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Records a call. Within a transaction that writes, the event is part of it, but for that of a refused call, which
  // stands also when the transaction does not. Outside of any (nullptr) it may wait.
  void Record(const api::FinishedCall& call, store::Transaction* tx);

  // Writes what waits by now, and the index: look-ups that begin later find all that was recorded before. Not within a
  // transaction.
  void Flush();

 private:
  void Run();
  bool WriteBatch(std::size_t& left);  // of so many that waited; returns whether there is more to do
  void Wait(std::vector<store::AuditEvent> events, bool for_room);
  SessionFacts FactsOf(const api::FinishedCall& call, store::Transaction* tx);

  store::Database& database_;
  Clock& clock_;
  Ids& ids_;

  std::mutex writing_;                       // held from taking events until they are stored
  std::optional<Timestamp> next_retention_;  // guarded by writing_

  std::mutex mutex_;
  std::condition_variable many_, room_;
  // guarded by mutex_
  std::deque<store::AuditEvent> waiting_;
  std::size_t not_indexed_ = 0;  // about so many: of those that wait, and of those that writes stored
  Clock::Hold overdue_;          // what waits has waited long enough
  bool failing_ = false;         // the store takes nothing
  bool ending_ = false;
  std::optional<Clock::AlarmId> alarm_;
  std::map<std::string, SessionFacts> sessions_;  // by access key; they never change

  std::thread thread_;
};

}  // namespace drydock::audit
