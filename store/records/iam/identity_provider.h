// Identity providers outside AWS.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "store/record.h"

namespace drydock::records::iam {

struct OpenIdConnectProvider {
  std::string arn;
  std::string url;  // without https://
  std::vector<std::string> client_ids;
  std::vector<std::string> thumbprints;
  std::map<std::string, std::string> tags;
  Timestamp created;

  static constexpr store::TableName kTable{"iam_open_id_connect_provider", store::ScopeKind::kAccount};
  static constexpr auto kId = store::Members(&OpenIdConnectProvider::arn);
};

struct SamlProvider {
  std::string arn;
  std::string name;
  std::string id;  // SAMLProviderUUID
  std::string document;
  std::map<std::string, std::string> tags;
  Timestamp created;
  Timestamp valid_until;

  static constexpr store::TableName kTable{"iam_saml_provider", store::ScopeKind::kAccount};
  static constexpr auto kId = store::Members(&SamlProvider::arn);
};

}  // namespace drydock::records::iam

DRYDOCK_SCHEMA(drydock::records::iam::OpenIdConnectProvider, arn, url, client_ids, thumbprints, tags, created)
DRYDOCK_SCHEMA(drydock::records::iam::SamlProvider, arn, name, id, document, tags, created, valid_until)
