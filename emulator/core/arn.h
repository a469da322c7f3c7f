// Amazon Resource Names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace drydock {

// arn:partition:service:region:account:resource. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
struct Arn {
  std::string partition, service, region, account, resource;

  static bool LooksLike(std::string_view text) { return text.substr(0, 4) == "arn:"; }
  // nullopt unless all six parts are there.
  static std::optional<Arn> Parse(std::string_view text);
  std::string ToString() const;
  // The resource behind its type: "cluster/main" asked for "cluster" gives "main"; nullopt for other types.
  std::optional<std::string> Named(std::string_view type) const;
};

}  // namespace drydock
