#include "store/migrations.h"

#include <iterator>

#include "store/sqlite.h"

namespace drydock::store {

namespace {

// PRAGMA user_version counts how many of these a file has seen. Released ones are never edited: new ones follow.
constexpr const char* kMigrations[] = {
    // 1: timers and log events
    R"(
    CREATE TABLE timer (
      position INTEGER PRIMARY KEY,
      kind TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, key TEXT NOT NULL,
      due INTEGER NOT NULL,      -- when it was meant to fire
      run_at INTEGER NOT NULL,   -- when to try (again)
      failures INTEGER NOT NULL,
      UNIQUE (kind, account, region, key));
    CREATE INDEX timer_run_at ON timer (run_at);

    CREATE TABLE log_group_events (
      log_group INTEGER PRIMARY KEY,
      account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL,
      UNIQUE (account, region, name));
    CREATE TABLE log_stream_events (
      stream INTEGER PRIMARY KEY,
      log_group INTEGER NOT NULL, name TEXT NOT NULL,
      last_ingestion INTEGER NOT NULL,  -- milliseconds
      events INTEGER NOT NULL, message_bytes INTEGER NOT NULL,
      UNIQUE (log_group, name));
    CREATE TABLE log_event (
      sequence INTEGER PRIMARY KEY,
      log_group INTEGER NOT NULL, stream INTEGER NOT NULL,
      timestamp INTEGER NOT NULL, ingestion INTEGER NOT NULL,
      event_id TEXT NOT NULL, message TEXT NOT NULL);
    CREATE INDEX log_event_stream ON log_event (stream, timestamp, ingestion, sequence);
    -- The stream stands last so that events of other streams are passed over within the index.
    CREATE INDEX log_event_group ON log_event (log_group, timestamp, ingestion, sequence, stream);
    )",
    // 2: the audit trail
    R"(
    CREATE TABLE audit_event (
      sequence INTEGER PRIMARY KEY,
      account TEXT NOT NULL, region TEXT NOT NULL,
      time INTEGER NOT NULL,  -- milliseconds
      event_id TEXT NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL, read_only INTEGER NOT NULL,
      user_name TEXT NOT NULL, access_key TEXT NOT NULL, role TEXT NOT NULL,
      about TEXT NOT NULL,    -- resources, and what policies were asked
      record TEXT NOT NULL);
    -- The index, filled in batches: a term is a value of an attribute, a posting is an event that has it.
    CREATE TABLE audit_term (
      term INTEGER PRIMARY KEY,
      account TEXT NOT NULL, region TEXT NOT NULL, attribute INTEGER NOT NULL, value TEXT NOT NULL,
      UNIQUE (account, region, attribute, value));
    CREATE TABLE audit_posting (
      term INTEGER NOT NULL, time INTEGER NOT NULL, sequence INTEGER NOT NULL,
      PRIMARY KEY (term, time, sequence)) WITHOUT ROWID;
    CREATE TABLE audit_event_id (event_id TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE audit_indexed (only_row INTEGER PRIMARY KEY, sequence INTEGER NOT NULL);  -- events up to this one
    )",
    // 3: access log lines of load balancers
    R"(
    CREATE TABLE access_log_line (
      sequence INTEGER PRIMARY KEY,
      load_balancer TEXT NOT NULL, time INTEGER NOT NULL, line TEXT NOT NULL);
    CREATE INDEX access_log_line_load_balancer ON access_log_line (load_balancer, sequence);
    )",
    // 4: the audit trail's index in blocks; all events are indexed anew
    R"(
    DROP TABLE audit_posting;
    DELETE FROM audit_term;
    DELETE FROM audit_event_id;
    DELETE FROM audit_indexed;
    CREATE TABLE audit_posting (
      term INTEGER NOT NULL,
      last_time INTEGER NOT NULL, last_sequence INTEGER NOT NULL,
      first_time INTEGER NOT NULL, first_sequence INTEGER NOT NULL,
      events TEXT NOT NULL,   -- "0 0,15 1": offsets from the first time and sequence
      PRIMARY KEY (term, last_time, last_sequence)) WITHOUT ROWID;
    )",
};

}  // namespace

void Migrate(Connection& connection) {
  const auto known = static_cast<std::int64_t>(std::size(kMigrations));
  std::int64_t version = 0;
  {
    Statement statement = connection.Prepare("PRAGMA user_version");
    statement.Step();
    version = statement.Integer(0);
  }
  if (version > known) {
    throw Error("the data was written by a newer Drydock (version " + std::to_string(version) +
                "); use a newer binary or another --data-dir");
  }
  if (version == known) return;
  for (; version < known; ++version) connection.Execute(kMigrations[version]);
  connection.Execute("PRAGMA user_version = " + std::to_string(known));
}

}  // namespace drydock::store
