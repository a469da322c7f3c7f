#include "store/audit_events.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "store/audit_index.h"
#include "store/audit_postings.h"
#include "store/document.h"
#include "store/sqlite.h"

namespace drydock::store {

namespace {

constexpr std::size_t kMostIndexedAtOnce = 10'000;

struct About {
  std::vector<AuditResource> resources;
  std::vector<AuditCheck> checks;
};

constexpr char kColumns[] =
    "e.account, e.region, e.time, e.event_id, e.name, e.source, e.read_only, e.user_name, e.access_key, e.role, "
    "e.about, e.record, e.sequence";

}  // namespace

}  // namespace drydock::store

DRYDOCK_SCHEMA(drydock::store::About, resources, checks)

namespace drydock::store {

namespace {

AuditEvent ReadEvent(const Statement& row) {
  AuditEvent event;
  event.scope = {row.String(0), row.String(1)};
  event.time = {row.Integer(2)};
  event.event_id = row.String(3);
  event.name = row.String(4);
  event.source = row.String(5);
  event.read_only = row.Integer(6) != 0;
  event.user_name = row.String(7);
  event.access_key = row.String(8);
  event.role = row.String(9);
  About about;
  ReadDocument(SchemaOf<About>(), row.Text(10), &about);
  event.resources = std::move(about.resources);
  event.checks = std::move(about.checks);
  event.record = row.String(11);
  event.sequence = row.Integer(12);
  return event;
}

}  // namespace

void AuditEvents::RequireWritable() const {
  if (!tx_.writable()) throw std::logic_error("a write in a transaction that only reads");
}

std::int64_t AuditEvents::Append(const AuditEvent& event) {
  RequireWritable();
  const About about{event.resources, event.checks};
  Statement statement = connection_.Prepare(
      "INSERT INTO audit_event (account, region, time, event_id, name, source, read_only, user_name, access_key, role, "
      "about, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  statement.Bind(event.scope).Bind(event.time);
  statement.Bind(std::string_view(event.event_id)).Bind(std::string_view(event.name));
  statement.Bind(std::string_view(event.source)).Bind(std::int64_t{event.read_only});
  statement.Bind(std::string_view(event.user_name)).Bind(std::string_view(event.access_key));
  const std::string document = WriteDocument(SchemaOf<About>(), &about);
  statement.Bind(std::string_view(event.role)).Bind(std::string_view(document)).Bind(std::string_view(event.record));
  statement.Run();
  return connection_.LastRowId();
}

std::size_t AuditEvents::Index(const std::vector<AuditEvent>& batch) {
  RequireWritable();
  AuditIndex index(connection_);
  Visit(index.Last(), kMostIndexedAtOnce, [&](const AuditEvent& event) { index.Add(event, event.sequence); });
  const bool older_ones_remain = index.size() == kMostIndexedAtOnce;
  for (const AuditEvent& event : batch) {
    const std::int64_t sequence = Append(event);
    if (!older_ones_remain) index.Add(event, sequence);
  }
  const std::size_t count = index.size();
  index.Write();
  return count;
}

std::vector<AuditEvent> AuditEvents::Find(const Scope& scope, const AuditQuery& query) {
  if (query.attribute && query.attribute->first == AuditAttribute::kEventId) {
    const auto event = FindById(scope.account, query.attribute->second);
    const bool wanted = event && event->scope == scope && (!query.start || event->time >= *query.start) &&
                        (!query.end || event->time <= *query.end) && !query.behind;
    return wanted ? std::vector{*event} : std::vector<AuditEvent>();
  }
  const bool role = query.attribute && query.attribute->first == AuditAttribute::kRole;
  const auto term = query.attribute ? FindAuditTerm(connection_, role ? Scope{scope.account, ""} : scope,
                                                    static_cast<int>(query.attribute->first), query.attribute->second)
                                    : FindAuditTerm(connection_, scope, kAnyAuditEvent, "");
  std::vector<AuditEvent> events;
  if (!term || query.limit == 0) return events;
  AuditPosting oldest{}, behind{std::numeric_limits<std::int64_t>::max(), 0};
  if (query.start) oldest.time = query.start->milliseconds;
  if (query.end) behind = {query.end->milliseconds + 1, 0};
  if (query.behind) behind = std::min(behind, {query.behind->first.milliseconds, query.behind->second});
  AuditPostings(connection_).Walk(*term, oldest, behind, [&](const AuditPosting& posting) {
    Statement row =
        connection_.Prepare(std::string("SELECT ") + kColumns + " FROM audit_event AS e WHERE e.sequence = ?");
    row.Bind(posting.sequence);
    if (row.Step()) events.push_back(ReadEvent(row));
    return events.size() < query.limit;
  });
  return events;
}

std::optional<AuditEvent> AuditEvents::FindById(const std::string& account, const std::string& event_id) {
  {
    Statement row = connection_.Prepare(std::string("SELECT ") + kColumns +
                                        " FROM audit_event_id AS i CROSS JOIN audit_event AS e ON e.sequence = "
                                        "i.sequence WHERE i.event_id = ? AND e.account = ?");
    row.Bind(std::string_view(event_id)).Bind(std::string_view(account));
    if (row.Step()) return ReadEvent(row);
  }
  Statement row = connection_.Prepare(std::string("SELECT ") + kColumns +
                                      " FROM audit_event AS e WHERE e.sequence > (SELECT COALESCE(MAX(sequence), 0) "
                                      "FROM audit_indexed) AND e.event_id = ? AND e.account = ?");
  row.Bind(std::string_view(event_id)).Bind(std::string_view(account));
  return row.Step() ? std::optional(ReadEvent(row)) : std::nullopt;
}

void AuditEvents::Visit(std::int64_t after, std::size_t limit, const std::function<void(AuditEvent)>& visit) {
  Statement row = connection_.Prepare(std::string("SELECT ") + kColumns +
                                      " FROM audit_event AS e WHERE e.sequence > ? ORDER BY e.sequence LIMIT ?");
  row.Bind(after).Bind(static_cast<std::int64_t>(limit));
  while (row.Step()) visit(ReadEvent(row));
}

std::vector<AuditEvent> AuditEvents::After(std::int64_t sequence, std::size_t limit) {
  std::vector<AuditEvent> events;
  Visit(sequence, limit, [&](AuditEvent event) { events.push_back(std::move(event)); });
  return events;
}

std::int64_t AuditEvents::LastSequence() {
  Statement statement = connection_.Prepare("SELECT COALESCE(MAX(sequence), 0) FROM audit_event");
  statement.Step();
  return statement.Integer(0);
}

std::size_t AuditEvents::EraseOlder(Timestamp oldest) {
  Index();
  // SQLite gives the number after the greatest: were the newest event erased, numbers would come twice.
  const std::int64_t newest = LastSequence();
  const std::vector<std::int64_t> gone = AuditPostings(connection_).Older(kAnyAuditEvent, oldest, newest);
  if (gone.empty()) return 0;
  for (const std::int64_t sequence : gone) {
    connection_
        .Prepare("DELETE FROM audit_event_id WHERE event_id = (SELECT event_id FROM audit_event WHERE sequence = ?)")
        .Bind(sequence)
        .Run();
    connection_.Prepare("DELETE FROM audit_event WHERE sequence = ?").Bind(sequence).Run();
  }
  AuditPostings(connection_).EraseOlder(oldest, newest);
  connection_
      .Prepare("DELETE FROM audit_term WHERE NOT EXISTS (SELECT 1 FROM audit_posting WHERE term = audit_term.term)")
      .Run();
  return gone.size();
}

}  // namespace drydock::store
