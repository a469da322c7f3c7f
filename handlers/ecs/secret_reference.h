// What `valueFrom` of a container's secret means, and how a value is taken out of what it leads to. Pure.
// ECS developer guide, "Pass sensitive data to an Amazon ECS container"; aws-facts D.11.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace drydock::ecs {

struct SecretReference {
  bool secrets_manager = false;  // else a parameter of Systems Manager
  std::string id;                // the secret's ARN without what follows below, or the parameter's name or ARN
  std::string region;            // empty: the task's
  std::string json_key;          // empty: the whole secret
  std::string version_stage;
  std::string version_id;
  bool malformed = false;  // some of the three are there, and not all of their colons
};

SecretReference ParseSecretReference(std::string_view value_from);

struct JsonValue {
  std::optional<std::string> value;
  std::string problem;  // in the agent's words, when there is no value
};
// The member `key` of a secret whose text is a JSON object. Strings as they are; other values as JSON (unconfirmed).
JsonValue ValueOfJsonKey(const std::string& secret, const std::string& key);

}  // namespace drydock::ecs
