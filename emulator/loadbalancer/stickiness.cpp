#include "emulator/loadbalancer/stickiness.h"

#include <algorithm>

#include "emulator/core/text.h"

namespace drydock::loadbalancer {

namespace {

constexpr std::size_t kNumberSize = 8;
constexpr std::size_t kSignedSize = 3 * kNumberSize;  // scope, subject, time
constexpr std::size_t kBindingSize = kSignedSize + kNumberSize;
constexpr std::size_t kMostBindings = 16;
constexpr Duration kExpiry = std::chrono::hours(24 * 7);

void AppendNumber(std::string& out, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xff);
}

std::uint64_t ReadNumber(std::string_view bytes, std::size_t index) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < kNumberSize; ++i)
    number = number << 8 | static_cast<unsigned char>(bytes[index * kNumberSize + i]);
  return number;
}

// So that a value is made here or is none. The key is no secret: who can read this can also reach the targets.
std::string Seal(std::string_view binding) {
  return HmacSha256("drydock stickiness", binding).substr(0, kNumberSize);
}

bool IsSealed(std::string_view binding) {
  return Seal(binding.substr(0, kSignedSize)) == binding.substr(kSignedSize);
}

// The bindings in a cookie's value; empty for what cannot be decoded.
std::string Decode(std::string_view value) {
  std::string bytes;
  if (value.empty() || !DecodeBase64(value, bytes) || bytes.size() % kBindingSize != 0) return "";
  return bytes;
}

}  // namespace

std::optional<std::uint64_t> BoundTo(std::string_view value, std::uint64_t scope, Timestamp now, Seconds duration) {
  const std::string bytes = Decode(value);
  for (std::size_t at = 0; at < bytes.size(); at += kBindingSize) {
    const std::string_view binding = std::string_view(bytes).substr(at, kBindingSize);
    if (ReadNumber(binding, 0) != scope) continue;
    if (!IsSealed(binding)) return std::nullopt;
    const Timestamp since{static_cast<std::int64_t>(ReadNumber(binding, 2))};
    if (now - since > std::chrono::duration_cast<Duration>(duration)) return std::nullopt;
    return ReadNumber(binding, 1);
  }
  return std::nullopt;
}

std::string Bind(std::string_view value, std::uint64_t scope, std::uint64_t subject, Timestamp now) {
  std::string bound;
  AppendNumber(bound, scope);
  AppendNumber(bound, subject);
  AppendNumber(bound, static_cast<std::uint64_t>(now.milliseconds));
  bound += Seal(bound);
  const std::string others = Decode(value);
  for (std::size_t at = 0; at < others.size() && bound.size() < kMostBindings * kBindingSize; at += kBindingSize) {
    const std::string_view other = std::string_view(others).substr(at, kBindingSize);
    if (ReadNumber(other, 0) != scope && IsSealed(other)) bound += other;
  }
  return EncodeBase64(bound);
}

std::string_view CookieOf(const RequestHead& head, std::string_view name) {
  for (const Field& field : head.fields) {
    if (field.known != FieldName::kCookie) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      std::string_view pair = rest.substr(0, end);
      while (pair.starts_with(' ')) pair.remove_prefix(1);
      if (pair.size() > name.size() && pair[name.size()] == '=' && pair.starts_with(name))
        return pair.substr(name.size() + 1);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return {};
}

bool SetsCookie(const ResponseHead& head, std::string_view name) {
  return std::any_of(head.fields.begin(), head.fields.end(), [&](const Field& field) {
    return field.known == FieldName::kSetCookie && field.value.size() > name.size() &&
           field.value[name.size()] == '=' && field.value.starts_with(name);
  });
}

void AppendSetCookie(std::string& out, std::string_view name, std::string_view value, Timestamp now, bool cross_site,
                     bool secure) {
  out.append("Set-Cookie: ").append(name).append("=").append(value);
  out.append("; Expires=").append(FormatHttpDate(now + kExpiry)).append("; Path=/");
  if (cross_site) out.append("; SameSite=None");
  if (cross_site && secure) out.append("; Secure");
  out.append("\r\n");
}

}  // namespace drydock::loadbalancer
