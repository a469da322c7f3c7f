#include "emulator/core/arn.h"

namespace drydock {

std::optional<Arn> Arn::Parse(std::string_view text) {
  if (!LooksLike(text)) return std::nullopt;
  text.remove_prefix(4);
  Arn arn;
  for (std::string* part : {&arn.partition, &arn.service, &arn.region, &arn.account}) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    *part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (text.empty() || arn.partition.empty() || arn.service.empty()) return std::nullopt;
  arn.resource = text;
  return arn;
}

std::string Arn::ToString() const {
  return "arn:" + partition + ":" + service + ":" + region + ":" + account + ":" + resource;
}

std::optional<std::string> Arn::Named(std::string_view type) const {
  const std::string_view whole = resource;
  if (whole.size() <= type.size() + 1 || whole.substr(0, type.size()) != type || whole[type.size()] != '/')
    return std::nullopt;
  return std::string(whole.substr(type.size() + 1));
}

}  // namespace drydock
