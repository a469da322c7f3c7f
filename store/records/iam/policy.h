// Customer managed policies, their versions, and what they are attached to.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "store/record.h"

namespace drydock::records::iam {

struct PolicyVersion {
  std::string id;  // "v3"
  std::string document;
  Timestamp created;
};

}  // namespace drydock::records::iam

DRYDOCK_SCHEMA(drydock::records::iam::PolicyVersion, id, document, created)

namespace drydock::records::iam {

struct ManagedPolicy {
  std::string arn;
  std::string name;
  std::string name_key;  // in lower case: names differ by more than case
  std::string path;
  std::string id;  // ANPA…
  std::string description;
  std::string default_version;
  std::int32_t latest_version = 1;      // numbers are never used again
  std::vector<PolicyVersion> versions;  // oldest first; at most five
  std::map<std::string, std::string> tags;
  Timestamp created;
  Timestamp updated;

  static constexpr store::TableName kTable{"iam_policy", store::ScopeKind::kAccount};
  static constexpr auto kId = store::Members(&ManagedPolicy::arn);
  static constexpr auto kIndexed = store::Members(&ManagedPolicy::name_key);
};

// A managed policy, of the customer or of AWS, attached to a role, user or group.
struct Attachment {
  std::string entity;  // "role/<name>", "user/<name>", "group/<name>"
  std::string policy_arn;

  static constexpr store::TableName kTable{"iam_attachment", store::ScopeKind::kAccount};
  static constexpr auto kId = store::Members(&Attachment::entity, &Attachment::policy_arn);
  static constexpr auto kIndexed = store::Members(&Attachment::entity, &Attachment::policy_arn);
};

}  // namespace drydock::records::iam

DRYDOCK_SCHEMA(drydock::records::iam::ManagedPolicy, arn, name, name_key, path, id, description, default_version,
               latest_version, versions, tags, created, updated)
DRYDOCK_SCHEMA(drydock::records::iam::Attachment, entity, policy_arn)
