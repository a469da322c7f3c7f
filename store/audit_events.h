// The audit trail: a table of its own, because there are many events and they are looked up by what they are about.
//
// Appending is one row, so that it costs the call it records next to nothing. The index of all lookup attributes, an
// inverted list (attribute value -> events in order of time, audit_index.h), follows in batches: Index() before
// every look-up and every few hundred events. A process that dies in between loses nothing; what is not indexed yet is
// indexed later. Event ids that grow with time keep the index of ids small to write.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "emulator/core/scope.h"
#include "store/log_events.h"
#include "store/table.h"

namespace drydock::store {

// What an event was about: "AWS::EC2::VPC", "vpc-1".
struct AuditResource {
  std::string type;
  std::string name;
  auto operator<=>(const AuditResource&) const = default;
};

// What policies were asked for a call, and what they said.
struct AuditCheck {
  std::string action;    // "ecs:CreateService"
  std::string resource;  // the ARN, or "*"
  bool allowed = true;
  auto operator<=>(const AuditCheck&) const = default;
};

struct AuditEvent {
  Scope scope;  // whose event it is, and the region in which it is found
  Timestamp time;
  std::string event_id;
  std::string name;    // RunTask
  std::string source;  // ecs.amazonaws.com
  bool read_only = false;
  std::string user_name;   // empty: none
  std::string access_key;  // empty: none
  std::string role;        // the ARN of the role whose session called; empty: none
  std::vector<AuditResource> resources;
  std::vector<AuditCheck> checks;
  std::string record;         // the whole event as CloudTrail writes it
  std::int64_t sequence = 0;  // given by Append: grows with every event
};

// The attributes that events are found by. Numbers are kept in files.
enum class AuditAttribute {
  kEventId = 1,
  kName = 2,
  kReadOnly = 3,  // "true", "false"
  kUserName = 4,
  kResourceType = 5,
  kResourceName = 6,
  kSource = 7,
  kAccessKey = 8,
  kRole = 9,  // in all regions of the account
};

// Which events, newest first.
struct AuditQuery {
  std::optional<std::pair<AuditAttribute, std::string>> attribute = {};
  std::optional<Timestamp> start = {};                            // inclusive
  std::optional<Timestamp> end = {};                              // inclusive
  std::optional<std::pair<Timestamp, std::int64_t>> behind = {};  // only events older than this time and sequence
  std::size_t limit = 50;
};

// The events as a transaction sees them.
class AuditEvents {
 public:
  explicit AuditEvents(Transaction& tx) : tx_(tx), connection_(LogEvents(tx).connection_) {}

  // Returns the event's sequence; the one it has does not matter.
  std::int64_t Append(const AuditEvent& event);

  // Appends `batch` and indexes all events that are not indexed yet, at most the oldest 10,000 before the batch, which
  // then has to wait for the next time; returns how many were indexed.
  std::size_t Index(const std::vector<AuditEvent>& batch = {});
  // Only events that Index() has seen.
  std::vector<AuditEvent> Find(const Scope& scope, const AuditQuery& query);
  // The event with this id, indexed or not, in any region of the account.
  std::optional<AuditEvent> FindById(const std::string& account, const std::string& event_id);

  // The events appended after the one with this sequence, oldest first; indexed or not, of all scopes.
  std::vector<AuditEvent> After(std::int64_t sequence, std::size_t limit);
  std::int64_t LastSequence();  // 0: there is none

  // Drops events older than `oldest` (retention), but for the newest event of all and for those within a few seconds of
  // ones that stay; returns how many.
  std::size_t EraseOlder(Timestamp oldest);

 private:
  void RequireWritable() const;
  void Visit(std::int64_t after, std::size_t limit, const std::function<void(AuditEvent)>& visit);

  Transaction& tx_;
  Connection& connection_;
};

}  // namespace drydock::store

DRYDOCK_SCHEMA(drydock::store::AuditResource, type, name)
DRYDOCK_SCHEMA(drydock::store::AuditCheck, action, resource, allowed)
