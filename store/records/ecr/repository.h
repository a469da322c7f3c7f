// A repository of a private ECR registry.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/record.h"

namespace drydock::records::ecr {

struct Repository {
  std::string name;
  Timestamp created_at;
  std::string tag_mutability = "MUTABLE";              // MUTABLE, IMMUTABLE, and both with _WITH_EXCLUSION
  std::vector<std::string> tag_mutability_exclusions;  // wildcards: the tags that are treated the other way
  bool scan_on_push = false;                           // stored and shown; nothing is scanned
  std::string encryption_type = "AES256";              // stored and shown
  std::optional<std::string> kms_key;
  std::optional<std::string> policy_text;
  std::optional<std::string> lifecycle_policy_text;  // stored and shown; nothing expires
  std::map<std::string, std::string> tags;

  static constexpr store::TableName kTable{"ecr_repository"};
  static constexpr auto kId = store::Members(&Repository::name);
};

}  // namespace drydock::records::ecr

DRYDOCK_SCHEMA(drydock::records::ecr::Repository, name, created_at, tag_mutability, tag_mutability_exclusions,
               scan_on_push, encryption_type, kms_key, policy_text, lifecycle_policy_text, tags)
