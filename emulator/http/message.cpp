#include "emulator/http/message.h"

#include "emulator/core/text.h"

namespace drydock::http {

std::string_view Request::Header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (EqualsIgnoringCase(key, name)) return value;
  return {};
}

std::vector<std::string_view> Request::HeaderValues(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : headers)
    if (EqualsIgnoringCase(key, name)) values.push_back(value);
  return values;
}

std::optional<std::string> Request::ReadBody(std::size_t limit) const {
  std::string body;
  bool too_large = false;
  const bool complete = !read_body || read_body([&](const char* bytes, std::size_t length) {
    too_large = body.size() + length > limit;
    if (!too_large) body.append(bytes, length);
    return !too_large;
  });
  if (too_large) return std::nullopt;
  if (!complete) throw UnreadableBody();
  return body;
}

}  // namespace drydock::http
