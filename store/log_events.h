// The events of CloudWatch Logs: a table of its own, because there are many and all look-ups are ranges in time.
// Log groups and streams themselves are records; here they are just names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulator/core/scope.h"
#include "store/table.h"

namespace drydock::store {

// A place between events, for paging: just after (reading backward: just before) the event that has it.
struct LogPosition {
  Timestamp timestamp;
  Timestamp ingestion;
  std::int64_t sequence = 0;  // grows with every event appended
  auto operator<=>(const LogPosition&) const = default;
};

struct LogEvent {
  std::string stream;
  std::string event_id;
  std::string message;
  LogPosition position;  // with both times; `sequence` is given by Append
};

// Which events of a group or stream, and how many.
struct LogQuery {
  std::optional<Timestamp> start = {};     // inclusive
  std::optional<Timestamp> end = {};       // exclusive
  std::optional<LogPosition> after = {};   // only events behind this one
  std::optional<LogPosition> before = {};  // only events ahead of this one
  bool latest = false;                     // of more than `limit` events: the last ones rather than the first
  std::size_t limit = 10'000;
};

// What a stream holds.
struct LogStreamStatistics {
  std::optional<Timestamp> first_event;
  std::optional<Timestamp> last_event;
  std::optional<Timestamp> last_ingestion;
  std::int64_t events = 0;
  std::int64_t message_bytes = 0;  // UTF-8 bytes of the messages alone
};

// What all streams of a group hold together.
struct LogGroupStatistics {
  std::int64_t events = 0;
  std::int64_t message_bytes = 0;  // UTF-8 bytes of the messages alone
};

// The log events as a transaction sees them.
class LogEvents {
 public:
  explicit LogEvents(Transaction& tx) : tx_(tx), connection_(tx.connection_) {}

  // `events` need no stream and no sequence.
  void Append(const Scope& scope, const std::string& group, const std::string& stream,
              const std::vector<LogEvent>& events);

  // The events of one stream, always oldest first: in the order of LogPosition.
  std::vector<LogEvent> OfStream(const Scope& scope, const std::string& group, const std::string& stream,
                                 const LogQuery& query = {});
  // The events of these streams of a group (none named: of all), interleaved in the order of LogPosition.
  std::vector<LogEvent> OfGroup(const Scope& scope, const std::string& group, const std::vector<std::string>& streams,
                                const LogQuery& query = {});

  // All zero for a stream without events.
  LogStreamStatistics Statistics(const Scope& scope, const std::string& group, const std::string& stream);
  LogGroupStatistics Statistics(const Scope& scope, const std::string& group);

  void EraseStream(const Scope& scope, const std::string& group, const std::string& stream);
  void EraseGroup(const Scope& scope, const std::string& group);
  // Drops the group's events older than `oldest` (retention); returns how many.
  std::int64_t EraseOlder(const Scope& scope, const std::string& group, Timestamp oldest);

 private:
  std::optional<std::int64_t> GroupKey(const Scope& scope, const std::string& group);
  std::optional<std::int64_t> StreamKey(std::int64_t group, const std::string& stream);
  std::vector<LogEvent> Select(const std::string& condition, const std::vector<std::int64_t>& keys,
                               const LogQuery& query);

  friend class AuditEvents;  // the other relational table, which reaches the connection this way

  Transaction& tx_;
  Connection& connection_;
};

}  // namespace drydock::store
