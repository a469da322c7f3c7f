#include "store/audit_events.h"

#include <algorithm>
#include <limits>
#include <map>
#include <stdexcept>
#include <tuple>
#include <unordered_map>

#include "store/audit_postings.h"
#include "store/document.h"
#include "store/sqlite.h"

namespace drydock::store {

namespace {

// Under this attribute every event of a scope is found.
constexpr int kAnyEvent = 0;
constexpr std::size_t kMostIndexedAtOnce = 10'000;

// What a batch adds to a term.
struct Postings {
  std::tuple<Scope, int, std::string> term;  // where events are found, attribute, value
  std::vector<AuditPosting> events;
};

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

void AuditEvents::Append(const AuditEvent& event) {
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
}

std::optional<std::int64_t> AuditEvents::FindTerm(const Scope& scope, int attribute, const std::string& value) {
  Statement statement = connection_.Prepare(
      "SELECT term FROM audit_term WHERE account = ? AND region = ? AND attribute = ? AND value = ?");
  statement.Bind(scope).Bind(std::int64_t{attribute}).Bind(std::string_view(value));
  return statement.Step() ? std::optional(statement.Integer(0)) : std::nullopt;
}

std::size_t AuditEvents::Index() {
  RequireWritable();
  std::int64_t indexed = 0;
  {
    Statement statement = connection_.Prepare("SELECT sequence FROM audit_indexed");
    if (statement.Step()) indexed = statement.Integer(0);
  }
  std::unordered_map<std::string, Postings> postings;
  std::map<std::string, std::int64_t> ids;
  std::string key;
  std::size_t count = 0;
  {
    Statement row = connection_.Prepare(
        "SELECT sequence, time, account, region, event_id, name, source, read_only, user_name, access_key, role, about "
        "FROM audit_event WHERE sequence > ? ORDER BY sequence LIMIT ?");
    row.Bind(indexed).Bind(static_cast<std::int64_t>(kMostIndexedAtOnce));
    while (row.Step()) {
      const AuditPosting posting{row.Integer(1), indexed = row.Integer(0)};
      const std::string_view account = row.Text(2), region = row.Text(3);
      const auto post = [&](int attribute, std::string_view value, std::string_view found_in) {
        key.assign(account).append(1, '\0').append(found_in).append(1, '\0').append(1, static_cast<char>(attribute));
        key.append(value);
        Postings& list = postings[key];
        if (list.events.empty())
          list.term = {{std::string(account), std::string(found_in)}, attribute, std::string(value)};
        if (list.events.empty() || list.events.back().sequence != posting.sequence) list.events.push_back(posting);
      };
      const auto post_if_any = [&](AuditAttribute attribute, std::string_view value) {
        if (!value.empty()) post(static_cast<int>(attribute), value, region);
      };
      post(kAnyEvent, "", region);
      post_if_any(AuditAttribute::kName, row.Text(5));
      post_if_any(AuditAttribute::kSource, row.Text(6));
      post_if_any(AuditAttribute::kReadOnly, row.Integer(7) != 0 ? "true" : "false");
      post_if_any(AuditAttribute::kUserName, row.Text(8));
      post_if_any(AuditAttribute::kAccessKey, row.Text(9));
      if (!row.Text(10).empty()) post(static_cast<int>(AuditAttribute::kRole), row.Text(10), "");
      About about;
      ReadDocument(SchemaOf<About>(), row.Text(11), &about);
      for (const AuditResource& resource : about.resources) {
        post_if_any(AuditAttribute::kResourceType, resource.type);
        post_if_any(AuditAttribute::kResourceName, resource.name);
      }
      ids.emplace(row.String(4), posting.sequence);
      ++count;
    }
  }
  if (count == 0) return 0;
  // In the order of the tables' keys, so that each page of them is written once.
  std::vector<Postings*> in_order;
  for (auto& [_, list] : postings) in_order.push_back(&list);
  std::sort(in_order.begin(), in_order.end(), [](const Postings* a, const Postings* b) { return a->term < b->term; });
  for (const Postings* list : in_order) {
    const auto& [scope, attribute, value] = list->term;
    auto term = FindTerm(scope, attribute, value);
    if (!term) {
      Statement statement =
          connection_.Prepare("INSERT INTO audit_term (account, region, attribute, value) VALUES (?, ?, ?, ?)");
      statement.Bind(scope).Bind(std::int64_t{attribute}).Bind(std::string_view(value)).Run();
      term = connection_.LastRowId();
    }
    AuditPostings(connection_).Add(*term, list->events);
  }
  for (const auto& [id, sequence] : ids) {
    Statement statement = connection_.Prepare("INSERT INTO audit_event_id (event_id, sequence) VALUES (?, ?)");
    statement.Bind(std::string_view(id)).Bind(sequence).Run();
  }
  connection_.Prepare("INSERT OR REPLACE INTO audit_indexed (only_row, sequence) VALUES (1, ?)").Bind(indexed).Run();
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
  const auto term = query.attribute ? FindTerm(role ? Scope{scope.account, ""} : scope,
                                               static_cast<int>(query.attribute->first), query.attribute->second)
                                    : FindTerm(scope, kAnyEvent, "");
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

std::vector<AuditEvent> AuditEvents::After(std::int64_t sequence, std::size_t limit) {
  Statement row = connection_.Prepare(std::string("SELECT ") + kColumns +
                                      " FROM audit_event AS e WHERE e.sequence > ? ORDER BY e.sequence LIMIT ?");
  row.Bind(sequence).Bind(static_cast<std::int64_t>(limit));
  std::vector<AuditEvent> events;
  while (row.Step()) events.push_back(ReadEvent(row));
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
  const std::vector<std::int64_t> gone = AuditPostings(connection_).Older(kAnyEvent, oldest, newest);
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
