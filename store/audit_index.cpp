#include "store/audit_index.h"

#include <algorithm>

#include "store/audit_events.h"
#include "store/sqlite.h"

namespace drydock::store {

std::optional<std::int64_t> FindAuditTerm(Connection& connection, const Scope& scope, int attribute,
                                          const std::string& value) {
  Statement statement = connection.Prepare(
      "SELECT term FROM audit_term WHERE account = ? AND region = ? AND attribute = ? AND value = ?");
  statement.Bind(scope).Bind(std::int64_t{attribute}).Bind(std::string_view(value));
  return statement.Step() ? std::optional(statement.Integer(0)) : std::nullopt;
}

std::int64_t AuditIndex::Last() const {
  Statement statement = connection_.Prepare("SELECT sequence FROM audit_indexed");
  return statement.Step() ? statement.Integer(0) : 0;
}

void AuditIndex::Post(const AuditPosting& event, const Scope& found_in, int attribute, const std::string& value) {
  key_.assign(found_in.account).append(1, '\0').append(found_in.region).append(1, '\0');
  key_.append(1, static_cast<char>(attribute)).append(value);
  Postings& list = postings_[key_];
  if (list.events.empty()) list.term = {found_in, attribute, value};
  // An event may name a resource twice.
  if (list.events.empty() || list.events.back() != event) list.events.push_back(event);
}

void AuditIndex::Add(const AuditEvent& event, std::int64_t sequence) {
  const auto post_if_any = [&](AuditAttribute attribute, const std::string& value) {
    const bool everywhere = attribute == AuditAttribute::kRole;
    if (!value.empty())
      Post({event.time.milliseconds, sequence}, everywhere ? Scope{event.scope.account, ""} : event.scope,
           static_cast<int>(attribute), value);
  };
  Post({event.time.milliseconds, sequence}, event.scope, kAnyAuditEvent, "");
  post_if_any(AuditAttribute::kName, event.name);
  post_if_any(AuditAttribute::kSource, event.source);
  post_if_any(AuditAttribute::kReadOnly, event.read_only ? "true" : "false");
  post_if_any(AuditAttribute::kUserName, event.user_name);
  post_if_any(AuditAttribute::kAccessKey, event.access_key);
  post_if_any(AuditAttribute::kRole, event.role);
  for (const AuditResource& resource : event.resources) {
    post_if_any(AuditAttribute::kResourceType, resource.type);
    post_if_any(AuditAttribute::kResourceName, resource.name);
  }
  ids_.emplace(event.event_id, last_ = sequence);
}

void AuditIndex::Write() {
  if (ids_.empty()) return;
  std::vector<const Postings*> in_order;
  for (const auto& [_, list] : postings_) in_order.push_back(&list);
  std::sort(in_order.begin(), in_order.end(), [](const Postings* a, const Postings* b) { return a->term < b->term; });
  for (const Postings* list : in_order) {
    const auto& [scope, attribute, value] = list->term;
    auto term = FindAuditTerm(connection_, scope, attribute, value);
    if (!term) {
      Statement statement =
          connection_.Prepare("INSERT INTO audit_term (account, region, attribute, value) VALUES (?, ?, ?, ?)");
      statement.Bind(scope).Bind(std::int64_t{attribute}).Bind(std::string_view(value)).Run();
      term = connection_.LastRowId();
    }
    AuditPostings(connection_).Add(*term, list->events);
  }
  for (const auto& [id, sequence] : ids_) {
    Statement statement = connection_.Prepare("INSERT INTO audit_event_id (event_id, sequence) VALUES (?, ?)");
    statement.Bind(std::string_view(id)).Bind(sequence).Run();
  }
  connection_.Prepare("INSERT OR REPLACE INTO audit_indexed (only_row, sequence) VALUES (1, ?)").Bind(last_).Run();
  postings_.clear();
  ids_.clear();
}

}  // namespace drydock::store
