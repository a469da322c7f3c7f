#include "emulator/auth/policy/pattern.h"

#include "emulator/core/text.h"

namespace drydock::auth::policy {

namespace {

// In an expanded pattern: the next character is literal.
constexpr char kLiteral = '\x01';

std::size_t NextCharacter(std::string_view text, std::size_t i) {
  do ++i;
  while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80);
  return i;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// The value of what stands between ${ and }.
std::optional<std::string> Resolve(std::string_view variable, const Keys& keys) {
  if (variable == "*" || variable == "?" || variable == "$") return std::string(variable);
  std::optional<std::string> fallback;
  std::string_view name = variable;
  if (const auto comma = variable.find(','); comma != std::string_view::npos) {
    name = variable.substr(0, comma);
    const std::string_view quoted = Trim(variable.substr(comma + 1));
    if (quoted.size() < 2 || quoted.front() != '\'' || quoted.back() != '\'') return std::nullopt;
    fallback = std::string(quoted.substr(1, quoted.size() - 2));
  }
  const auto found = keys.find(Lowercase(Trim(name)));
  if (found == keys.end() || found->second.empty()) return fallback;
  if (found->second.size() > 1) return std::nullopt;
  return found->second.front();
}

template <class Append>
bool Expand(std::string_view text, const Keys& keys, std::string& out, Append append) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = text.find("${", i);
    out += text.substr(i, begin - i);
    if (begin == std::string_view::npos) break;
    const std::size_t end = text.find('}', begin);
    if (end == std::string_view::npos) return false;
    const auto value = Resolve(text.substr(begin + 2, end - begin - 2), keys);
    if (!value) return false;
    append(*value);
    i = end + 1;
  }
  return true;
}

}  // namespace

bool Like(std::string_view pattern, std::string_view text) {
  // Most patterns are told by how they begin.
  const auto special = [](char c) { return c == '*' || c == '?' || c == kLiteral; };
  std::size_t begin = 0;
  while (begin < pattern.size() && begin < text.size() && pattern[begin] == text[begin] && !special(pattern[begin]))
    ++begin;
  if (begin == pattern.size()) return begin == text.size();
  if (!special(pattern[begin])) return false;
  // Remembers the last * only: when a later part does not fit, that * takes one character more.
  std::size_t p = begin, t = begin, star = std::string_view::npos, star_text = 0;
  // What stands behind the * can begin no sooner than its first character comes; false: never.
  const auto skip = [&] {
    if (p < pattern.size() && !special(pattern[p])) t = text.find(pattern[p], t);
    star_text = t;
    return t != std::string_view::npos;
  };
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      if (p == pattern.size()) return true;
      if (!skip()) return false;
      continue;
    }
    const bool literal = p + 1 < pattern.size() && pattern[p] == kLiteral;
    const std::size_t at = literal ? p + 1 : p;
    if (at < pattern.size() && !literal && pattern[at] == '?') {
      p = at + 1;
      t = NextCharacter(text, t);
      continue;
    }
    if (at < pattern.size() && pattern[at] == text[t]) {
      p = at + 1;
      ++t;
      continue;
    }
    if (star == std::string_view::npos) return false;
    p = star + 1;
    t = star_text + 1;
    if (!skip()) return false;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::optional<std::string> ExpandVariables(std::string_view pattern, const Keys& keys) {
  std::string out;
  const bool whole = Expand(pattern, keys, out, [&](const std::string& value) {
    for (const char c : value) {
      if (c == '*' || c == '?' || c == kLiteral) out += kLiteral;
      out += c;
    }
  });
  return whole ? std::optional(out) : std::nullopt;
}

std::optional<std::string> ExpandToText(std::string_view text, const Keys& keys) {
  std::string out;
  const bool whole = Expand(text, keys, out, [&](const std::string& value) { out += value; });
  return whole ? std::optional(out) : std::nullopt;
}

std::vector<std::string> VariablesOf(std::string_view pattern) {
  std::vector<std::string> names;
  for (std::size_t begin = pattern.find("${"); begin != std::string_view::npos; begin = pattern.find("${", begin + 2)) {
    const std::size_t end = pattern.find('}', begin);
    if (end == std::string_view::npos) break;
    const std::string_view variable = pattern.substr(begin + 2, end - begin - 2);
    const std::string_view name = Trim(variable.substr(0, variable.find(',')));
    if (!name.empty() && name != "*" && name != "?" && name != "$") names.emplace_back(name);
  }
  return names;
}

}  // namespace drydock::auth::policy
