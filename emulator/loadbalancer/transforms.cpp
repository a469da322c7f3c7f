#include "emulator/loadbalancer/transforms.h"

#include <re2/re2.h>

#include <algorithm>

namespace drydock::loadbalancer {

struct Transforms::Prepared {
  explicit Prepared(const Rewrite& rewrite) : expression(rewrite.regex, re2::RE2::Quiet) {
    // $1 is \1 for RE2, and a backslash stands for itself.
    for (std::size_t i = 0; i < rewrite.replace.size(); ++i) {
      const char c = rewrite.replace[i];
      const bool group =
          c == '$' && i + 1 < rewrite.replace.size() && rewrite.replace[i + 1] >= '0' && rewrite.replace[i + 1] <= '9';
      if (c == '\\') replacement += '\\';
      replacement += group ? '\\' : c;
    }
  }

  // nullopt: no match. An expression or replacement that RE2 cannot use gives an empty text.
  std::optional<std::string> Apply(std::string_view text) const {
    if (!expression.ok()) return "";
    std::string rewritten(text);
    if (!re2::RE2::PartialMatch(rewritten, expression)) return std::nullopt;
    if (!re2::RE2::Replace(&rewritten, expression, replacement)) return "";
    return rewritten;
  }

  re2::RE2 expression;
  std::string replacement;
};

Transforms::Transforms(const Rule& rule) {
  if (rule.host_header_rewrite) host_ = std::make_unique<Prepared>(*rule.host_header_rewrite);
  if (rule.url_rewrite) url_ = std::make_unique<Prepared>(*rule.url_rewrite);
}
Transforms::~Transforms() = default;
Transforms::Transforms(Transforms&&) noexcept = default;
Transforms& Transforms::operator=(Transforms&&) noexcept = default;

Transforms::Result Transforms::Apply(std::string_view host, std::string_view uri) const {
  // Neither a space nor anything that could end the line.
  const auto is_plain = [](const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c != 0x7f; });
  };
  Result result;
  if (host_ != nullptr) result.host = host_->Apply(host);
  if (url_ != nullptr) result.uri = url_->Apply(uri);
  if (result.host && (result.host->empty() || !is_plain(*result.host))) result.failed = true;
  if (result.uri && (!result.uri->starts_with('/') || !is_plain(*result.uri))) result.failed = true;
  return result;
}

}  // namespace drydock::loadbalancer
