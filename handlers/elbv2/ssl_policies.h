#pragma once

#include <string>

namespace drydock::elbv2 {

// Whether AWS has a security policy of this name.
bool IsSslPolicy(const std::string& name);

}  // namespace drydock::elbv2
