// Where a resource lives.
#pragma once

#include <compare>
#include <string>

namespace drydock {

// The account and region that own a resource. IAM's resources have an account and no region; a few have neither.
struct Scope {
  std::string account;  // 12 digits; empty: not owned by an account
  std::string region;   // "eu-central-1"; empty: not bound to a region
  auto operator<=>(const Scope&) const = default;
};

}  // namespace drydock
