// What IAM's roles, users and groups have in common.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "store/record.h"

namespace drydock::records::iam {

struct Role {
  std::string name;
  std::string name_key;  // in lower case: names differ by more than case
  std::string path;      // "/", "/team/"
  std::string id;        // AROA…
  std::string trust_policy;
  std::string description;
  bool described = false;  // a description was given, even an empty one
  std::int32_t max_session_duration = 3600;
  std::optional<std::string> boundary;  // the ARN of a managed policy
  std::map<std::string, std::string> tags;
  std::map<std::string, std::string> inline_policies;  // name -> document
  Timestamp created;
  std::optional<Timestamp> last_used;
  std::string last_used_region;

  static constexpr store::TableName kTable{"iam_role", store::ScopeKind::kAccount};
  static constexpr auto kId = store::Members(&Role::name);
  static constexpr auto kIndexed = store::Members(&Role::name_key, &Role::boundary);
};

struct User {
  std::string name;
  std::string name_key;
  std::string path;
  std::string id;  // AIDA…
  std::optional<std::string> boundary;
  std::map<std::string, std::string> tags;
  std::map<std::string, std::string> inline_policies;
  Timestamp created;

  static constexpr store::TableName kTable{"iam_user", store::ScopeKind::kAccount};
  static constexpr auto kId = store::Members(&User::name);
  static constexpr auto kIndexed = store::Members(&User::name_key, &User::boundary);
};

struct Group {
  std::string name;
  std::string name_key;
  std::string path;
  std::string id;  // AGPA…
  std::map<std::string, std::string> inline_policies;
  Timestamp created;

  static constexpr store::TableName kTable{"iam_group", store::ScopeKind::kAccount};
  static constexpr auto kId = store::Members(&Group::name);
  static constexpr auto kIndexed = store::Members(&Group::name_key);
};

// A user in a group.
struct Membership {
  std::string group;
  std::string user;

  static constexpr store::TableName kTable{"iam_membership", store::ScopeKind::kAccount};
  static constexpr auto kId = store::Members(&Membership::group, &Membership::user);
  static constexpr auto kIndexed = store::Members(&Membership::group, &Membership::user);
};

struct InstanceProfile {
  std::string name;
  std::string name_key;
  std::string path;
  std::string id;                   // AIPA…
  std::optional<std::string> role;  // at most one
  std::map<std::string, std::string> tags;
  Timestamp created;

  static constexpr store::TableName kTable{"iam_instance_profile", store::ScopeKind::kAccount};
  static constexpr auto kId = store::Members(&InstanceProfile::name);
  static constexpr auto kIndexed = store::Members(&InstanceProfile::name_key, &InstanceProfile::role);
};

// A user's long-term key. Global: a request names its key before anybody knows the account.
struct AccessKey {
  std::string id;      // AKIA…
  std::string secret;  // empty in the store, but for folders of earlier versions
  std::string sealed;  // the secret: store/credentials.h
  std::string owner;   // the account
  std::string user;
  bool active = true;
  bool deleted = false;  // kept so that the key stays known, and refused
  Timestamp created;
  std::optional<Timestamp> last_used;
  std::string last_used_region;
  std::string last_used_service;

  static constexpr store::TableName kTable{"iam_access_key", store::ScopeKind::kGlobal};
  static constexpr auto kId = store::Members(&AccessKey::id);
  static constexpr auto kIndexed = store::Members(&AccessKey::owner, &AccessKey::user);
};

// What an account has one of.
struct AccountSettings {
  std::string key = "account";
  std::optional<std::string> alias;
  std::int32_t global_endpoint_token_version = 1;

  static constexpr store::TableName kTable{"iam_account", store::ScopeKind::kAccount};
  static constexpr auto kId = store::Members(&AccountSettings::key);
};

}  // namespace drydock::records::iam

DRYDOCK_SCHEMA(drydock::records::iam::Role, name, name_key, path, id, trust_policy, description, described,
               max_session_duration, boundary, tags, inline_policies, created, last_used, last_used_region)
DRYDOCK_SCHEMA(drydock::records::iam::User, name, name_key, path, id, boundary, tags, inline_policies, created)
DRYDOCK_SCHEMA(drydock::records::iam::Group, name, name_key, path, id, inline_policies, created)
DRYDOCK_SCHEMA(drydock::records::iam::Membership, group, user)
DRYDOCK_SCHEMA(drydock::records::iam::InstanceProfile, name, name_key, path, id, role, tags, created)
DRYDOCK_SCHEMA(drydock::records::iam::AccessKey, id, secret, sealed, owner, user, active, deleted, created, last_used,
               last_used_region, last_used_service)
DRYDOCK_SCHEMA(drydock::records::iam::AccountSettings, key, alias, global_endpoint_token_version)
