#pragma once

#include <string>

namespace drydock::elbv2 {

inline bool IsHttp(const std::string& protocol) {
  return protocol == "HTTP" || protocol == "HTTPS";
}

}  // namespace drydock::elbv2
