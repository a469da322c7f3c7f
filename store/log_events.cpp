#include "store/log_events.h"

#include <algorithm>

#include <fmt/format.h>

#include "store/sqlite.h"

namespace drydock::store {

std::optional<std::int64_t> LogEvents::GroupKey(const Scope& scope, const std::string& group) {
  Statement statement =
      connection_.Prepare("SELECT log_group FROM log_group_events WHERE account = ? AND region = ? AND name = ?");
  statement.Bind(scope).Bind(std::string_view(group));
  return statement.Step() ? std::optional(statement.Integer(0)) : std::nullopt;
}

std::optional<std::int64_t> LogEvents::StreamKey(std::int64_t group, const std::string& stream) {
  Statement statement = connection_.Prepare("SELECT stream FROM log_stream_events WHERE log_group = ? AND name = ?");
  statement.Bind(group).Bind(std::string_view(stream));
  return statement.Step() ? std::optional(statement.Integer(0)) : std::nullopt;
}

void LogEvents::Append(const Scope& scope, const std::string& group, const std::string& stream,
                       const std::vector<LogEvent>& events) {
  tx_.RequireWritable();
  if (events.empty()) return;
  auto group_key = GroupKey(scope, group);
  if (!group_key) {
    connection_.Prepare("INSERT INTO log_group_events (account, region, name) VALUES (?, ?, ?)")
        .Bind(scope)
        .Bind(std::string_view(group))
        .Run();
    group_key = connection_.LastRowId();
  }
  auto stream_key = StreamKey(*group_key, stream);
  if (!stream_key) {
    connection_
        .Prepare(
            "INSERT INTO log_stream_events (log_group, name, last_ingestion, events, message_bytes) "
            "VALUES (?, ?, 0, 0, 0)")
        .Bind(*group_key)
        .Bind(std::string_view(stream))
        .Run();
    stream_key = connection_.LastRowId();
  }

  Timestamp last_ingestion;
  std::int64_t bytes = 0;
  for (const LogEvent& event : events) {
    connection_
        .Prepare(
            "INSERT INTO log_event (log_group, stream, timestamp, ingestion, event_id, message) "
            "VALUES (?, ?, ?, ?, ?, ?)")
        .Bind(*group_key)
        .Bind(*stream_key)
        .Bind(event.position.timestamp)
        .Bind(event.position.ingestion)
        .Bind(std::string_view(event.event_id))
        .Bind(std::string_view(event.message))
        .Run();
    last_ingestion = std::max(last_ingestion, event.position.ingestion);
    bytes += static_cast<std::int64_t>(event.message.size());
  }
  connection_
      .Prepare(
          "UPDATE log_stream_events SET last_ingestion = MAX(last_ingestion, ?), events = events + ?, "
          "message_bytes = message_bytes + ? WHERE stream = ?")
      .Bind(last_ingestion)
      .Bind(static_cast<std::int64_t>(events.size()))
      .Bind(bytes)
      .Bind(*stream_key)
      .Run();
}

std::vector<LogEvent> LogEvents::Select(const std::string& condition, const std::vector<std::int64_t>& keys,
                                        const LogQuery& query) {
  // CROSS JOIN keeps SQLite from starting with the streams: the events' index already has the order.
  std::string sql =
      "SELECT s.name, e.event_id, e.message, e.timestamp, e.ingestion, e.sequence FROM log_event AS e "
      "CROSS JOIN log_stream_events AS s ON s.stream = e.stream WHERE " +
      condition;
  if (query.start) sql += " AND e.timestamp >= ?";
  if (query.end) sql += " AND e.timestamp < ?";
  if (query.after) sql += " AND (e.timestamp, e.ingestion, e.sequence) > (?, ?, ?)";
  if (query.before) sql += " AND (e.timestamp, e.ingestion, e.sequence) < (?, ?, ?)";
  sql += query.latest ? " ORDER BY e.timestamp DESC, e.ingestion DESC, e.sequence DESC LIMIT ?"
                      : " ORDER BY e.timestamp, e.ingestion, e.sequence LIMIT ?";

  Statement statement = connection_.Prepare(sql);
  for (const std::int64_t key : keys) statement.Bind(key);
  if (query.start) statement.Bind(*query.start);
  if (query.end) statement.Bind(*query.end);
  for (const auto& position : {query.after, query.before}) {
    if (position) statement.Bind(position->timestamp).Bind(position->ingestion).Bind(position->sequence);
  }
  statement.Bind(static_cast<std::int64_t>(query.limit));

  std::vector<LogEvent> events;
  while (statement.Step()) {
    events.push_back({statement.String(0),
                      statement.String(1),
                      statement.String(2),
                      {{statement.Integer(3)}, {statement.Integer(4)}, statement.Integer(5)}});
  }
  if (query.latest) std::reverse(events.begin(), events.end());
  return events;
}

std::vector<LogEvent> LogEvents::OfStream(const Scope& scope, const std::string& group, const std::string& stream,
                                          const LogQuery& query) {
  return OfGroup(scope, group, {stream}, query);
}

std::vector<LogEvent> LogEvents::OfGroup(const Scope& scope, const std::string& group,
                                         const std::vector<std::string>& streams, const LogQuery& query) {
  const auto group_key = GroupKey(scope, group);
  if (!group_key) return {};
  std::vector<std::int64_t> keys;
  for (const std::string& stream : streams) {
    if (const auto key = StreamKey(*group_key, stream)) keys.push_back(*key);
  }
  if (streams.empty()) return Select("e.log_group = ?", {*group_key}, query);
  if (keys.empty()) return {};
  if (keys.size() == 1) return Select("e.stream = ?", keys, query);
  // The plus sign keeps SQLite off the index of single streams, which would have to be sorted.
  std::string condition = "e.log_group = ? AND +e.stream IN (?";
  for (std::size_t i = 1; i < keys.size(); ++i) condition += ", ?";
  keys.insert(keys.begin(), *group_key);
  return Select(condition + ")", keys, query);
}

LogStreamStatistics LogEvents::Statistics(const Scope& scope, const std::string& group, const std::string& stream) {
  const auto group_key = GroupKey(scope, group);
  const auto key = group_key ? StreamKey(*group_key, stream) : std::nullopt;
  if (!key) return {};
  // Two subqueries: SQLite takes MIN or MAX from the end of an index only when it is alone.
  Statement statement = connection_.Prepare(
      "SELECT (SELECT MIN(timestamp) FROM log_event WHERE stream = ?), "
      "(SELECT MAX(timestamp) FROM log_event WHERE stream = ?), last_ingestion, events, message_bytes "
      "FROM log_stream_events WHERE stream = ?");
  statement.Bind(*key).Bind(*key).Bind(*key);
  statement.Step();
  LogStreamStatistics statistics;
  if (!statement.IsNull(0)) statistics.first_event = Timestamp{statement.Integer(0)};
  if (!statement.IsNull(1)) statistics.last_event = Timestamp{statement.Integer(1)};
  statistics.last_ingestion = Timestamp{statement.Integer(2)};
  statistics.events = statement.Integer(3);
  statistics.message_bytes = statement.Integer(4);
  return statistics;
}

LogGroupStatistics LogEvents::Statistics(const Scope& scope, const std::string& group) {
  const auto key = GroupKey(scope, group);
  if (!key) return {};
  Statement statement =
      connection_.Prepare("SELECT SUM(events), SUM(message_bytes) FROM log_stream_events WHERE log_group = ?");
  statement.Bind(*key);
  statement.Step();
  return {statement.Integer(0), statement.Integer(1)};
}

void LogEvents::EraseStream(const Scope& scope, const std::string& group, const std::string& stream) {
  tx_.RequireWritable();
  const auto group_key = GroupKey(scope, group);
  const auto key = group_key ? StreamKey(*group_key, stream) : std::nullopt;
  if (!key) return;
  connection_.Prepare("DELETE FROM log_event WHERE stream = ?").Bind(*key).Run();
  connection_.Prepare("DELETE FROM log_stream_events WHERE stream = ?").Bind(*key).Run();
}

void LogEvents::EraseGroup(const Scope& scope, const std::string& group) {
  tx_.RequireWritable();
  const auto key = GroupKey(scope, group);
  if (!key) return;
  for (const char* table : {"log_event", "log_stream_events", "log_group_events"}) {
    connection_.Prepare(fmt::format("DELETE FROM {} WHERE log_group = ?", table)).Bind(*key).Run();
  }
}

std::int64_t LogEvents::EraseOlder(const Scope& scope, const std::string& group, Timestamp oldest) {
  tx_.RequireWritable();
  const auto key = GroupKey(scope, group);
  if (!key) return 0;
  struct Gone {
    std::int64_t stream, events, bytes;
  };
  std::vector<Gone> gone;
  {
    Statement statement = connection_.Prepare(
        "SELECT stream, COUNT(*), SUM(LENGTH(CAST(message AS BLOB))) FROM log_event "
        "WHERE log_group = ? AND timestamp < ? GROUP BY +stream");
    statement.Bind(*key).Bind(oldest);
    while (statement.Step()) gone.push_back({statement.Integer(0), statement.Integer(1), statement.Integer(2)});
  }
  std::int64_t total = 0;
  for (const Gone& part : gone) {
    connection_
        .Prepare("UPDATE log_stream_events SET events = events - ?, message_bytes = message_bytes - ? WHERE stream = ?")
        .Bind(part.events)
        .Bind(part.bytes)
        .Bind(part.stream)
        .Run();
    total += part.events;
  }
  connection_.Prepare("DELETE FROM log_event WHERE log_group = ? AND timestamp < ?").Bind(*key).Bind(oldest).Run();
  return total;
}

}  // namespace drydock::store
