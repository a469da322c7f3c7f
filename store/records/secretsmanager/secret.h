// Secrets and the versions of their values.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "store/record.h"

namespace drydock::records::secretsmanager {

// One value. The value is sealed (handlers/secretsmanager/sealing.h); everything else is in the clear.
struct SecretVersion {
  std::string id;
  std::vector<std::string> stages;  // sorted; none: deprecated
  bool binary = false;              // SecretBinary rather than SecretString
  std::string sealed_value;         // base64
  std::string kms_key_id;           // as given; empty: aws/secretsmanager
  Timestamp created;
  std::optional<Timestamp> last_accessed;
};

}  // namespace drydock::records::secretsmanager

DRYDOCK_SCHEMA(drydock::records::secretsmanager::SecretVersion, id, stages, binary, sealed_value, kms_key_id, created,
               last_accessed)

namespace drydock::records::secretsmanager {

struct Secret {
  std::string name;
  std::string arn;
  std::optional<std::string> description;
  std::string kms_key_id;  // as given; empty: aws/secretsmanager
  std::map<std::string, std::string> tags;
  bool tagged = false;  // it had tags once: DescribeSecret then shows an empty list
  std::optional<std::string> resource_policy;
  std::vector<SecretVersion> versions;  // oldest first
  Timestamp created;
  Timestamp last_changed;
  std::optional<Timestamp> last_accessed;  // midnight UTC of the day
  std::optional<Timestamp> deleted;        // when it was marked for deletion
  std::optional<Timestamp> deletion_due;   // when it will be gone

  static constexpr store::TableName kTable{"secretsmanager_secret"};
  static constexpr auto kId = store::Members(&Secret::name);
  static constexpr auto kIndexed = store::Members(&Secret::arn);
};

}  // namespace drydock::records::secretsmanager

DRYDOCK_SCHEMA(drydock::records::secretsmanager::Secret, name, arn, description, kms_key_id, tags, tagged,
               resource_policy, versions, created, last_changed, last_accessed, deleted, deletion_due)
