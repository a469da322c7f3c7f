#pragma once

#include <algorithm>
#include <cctype>
#include <string>

#include "handlers/elbv2/errors.h"

namespace drydock::elbv2 {

// The rules for names of load balancers and target groups. `subject` begins the sentence: "Target group name".
// aws-facts E.1, partly unconfirmed.
inline void CheckResourceName(const std::string& subject, const std::string& name) {
  if (name.size() > 32)
    throw errors::Validation(fmt::format("{} '{}' cannot be longer than '32' characters", subject, name));
  if (name.empty()) throw errors::Validation(fmt::format("{} cannot be empty", subject));
  const bool plain =
      std::all_of(name.begin(), name.end(), [](unsigned char c) { return (std::isalnum(c) && c < 128) || c == '-'; });
  if (!plain)
    throw errors::Validation(fmt::format(
        "{} '{}' can only contain characters that are alphanumeric characters and hyphens(-)", subject, name));
  if (name.front() == '-' || name.back() == '-')
    throw errors::Validation(fmt::format("{} '{}' cannot begin or end with '-'", subject, name));
}

}  // namespace drydock::elbv2
