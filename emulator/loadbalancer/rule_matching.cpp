#include "emulator/loadbalancer/rule_matching.h"

#include <arpa/inet.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "emulator/core/text.h"

namespace drydock::loadbalancer {

namespace {

// Wildcards match without case in everything but paths and methods.
struct WildcardPattern {
  std::string pattern;  // in lower case where case does not count
  bool ignore_case = false;

  bool Matches(std::string_view text, std::string_view lowercase_text) const {
    return MatchesWildcard(pattern, ignore_case ? lowercase_text : text);
  }
};

struct PreparedQuery {
  bool any_key = true;
  std::string key;
  std::string value;
};

struct PreparedCondition {
  ConditionField field;
  std::string header_name;
  std::vector<WildcardPattern> patterns;
  std::vector<std::unique_ptr<re2::RE2>> expressions;
  std::vector<std::string> exact;  // methods and CIDRs
  std::vector<PreparedQuery> queries;

  explicit PreparedCondition(const Condition& condition)
      : field(condition.field), header_name(condition.http_header_name) {
    const bool ignore_case = field == ConditionField::kHostHeader || field == ConditionField::kHttpHeader;
    if (field == ConditionField::kHttpRequestMethod || field == ConditionField::kSourceIp) {
      exact = condition.values;
    } else {
      for (const std::string& value : condition.values) {
        patterns.push_back({ignore_case ? Lowercase(value) : value, ignore_case});
      }
    }
    for (const std::string& value : condition.regex_values) {
      re2::RE2::Options options;
      options.set_log_errors(false);
      options.set_case_sensitive(!ignore_case);
      expressions.push_back(std::make_unique<re2::RE2>(value, options));
    }
    for (const QueryStringKeyValue& query : condition.query_strings) {
      queries.push_back({query.key.empty(), Lowercase(query.key), Lowercase(query.value)});
    }
  }

  bool MatchesText(std::string_view text) const {
    const bool ignore_case = field == ConditionField::kHostHeader || field == ConditionField::kHttpHeader;
    const std::string lowercase = ignore_case && !patterns.empty() ? Lowercase(text) : std::string();
    for (const WildcardPattern& pattern : patterns) {
      if (pattern.Matches(text, lowercase)) return true;
    }
    for (const auto& expression : expressions) {
      if (expression->ok() && re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *expression)) {
        return true;
      }
    }
    return false;
  }

  bool MatchesQuery(std::string_view query) const {
    while (true) {
      const std::size_t end = std::min(query.find('&'), query.size());
      const std::string_view pair = query.substr(0, end);
      if (!pair.empty()) {
        const std::size_t equals = pair.find('=');
        const std::string key = Lowercase(pair.substr(0, equals));
        const std::string value = equals == std::string_view::npos ? std::string() : Lowercase(pair.substr(equals + 1));
        for (const PreparedQuery& wanted : queries) {
          if ((wanted.any_key || MatchesWildcard(wanted.key, key)) && MatchesWildcard(wanted.value, value)) return true;
        }
      }
      if (end == query.size()) return false;
      query.remove_prefix(end + 1);
    }
  }

  bool Matches(const RequestFacts& request) const {
    switch (field) {
      case ConditionField::kHostHeader:
        return MatchesText(HostWithoutPort(request.host));
      case ConditionField::kPathPattern:
        return MatchesText(request.path);
      case ConditionField::kHttpHeader:
        for (const Field& sent : *request.fields) {
          if (EqualsIgnoringCase(sent.name, header_name) && MatchesText(sent.value)) return true;
        }
        return false;
      case ConditionField::kQueryString:
        return MatchesQuery(request.query);
      case ConditionField::kHttpRequestMethod:
        return std::find(exact.begin(), exact.end(), request.method) != exact.end();
      case ConditionField::kSourceIp:
        return std::any_of(exact.begin(), exact.end(),
                           [&](const std::string& cidr) { return AddressInCidr(request.source_address, cidr); });
    }
    return false;
  }
};

}  // namespace

struct ListenerRules::PreparedRule {
  int priority;
  std::vector<PreparedCondition> conditions;
  const Action* action;
  Transforms transforms;
};

ListenerRules::ListenerRules(const Listener& listener) : default_action_(&listener.default_action) {
  for (const Rule& rule : listener.rules) {
    PreparedRule prepared{rule.priority, {}, &rule.action, Transforms(rule)};
    for (const Condition& condition : rule.conditions) prepared.conditions.emplace_back(condition);
    rules_.push_back(std::move(prepared));
  }
  std::stable_sort(rules_.begin(), rules_.end(),
                   [](const PreparedRule& a, const PreparedRule& b) { return a.priority < b.priority; });
}

ListenerRules::~ListenerRules() = default;
ListenerRules::ListenerRules(ListenerRules&&) noexcept = default;

ListenerRules::Match ListenerRules::Find(const RequestFacts& request) const {
  for (const PreparedRule& rule : rules_) {
    const auto& conditions = rule.conditions;
    if (std::all_of(conditions.begin(), conditions.end(), [&](const auto& c) { return c.Matches(request); })) {
      return {rule.action, rule.priority, rule.transforms.empty() ? nullptr : &rule.transforms};
    }
  }
  return {default_action_, 0, nullptr};
}

bool AddressInCidr(std::string_view address, std::string_view cidr) {
  const std::size_t slash = cidr.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string network(cidr.substr(0, slash));
  const std::string host(address);
  unsigned prefix = 0;
  const std::string_view digits = cidr.substr(slash + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (error != std::errc() || end != digits.data() + digits.size()) return false;
  for (const int family : {AF_INET, AF_INET6}) {
    unsigned char a[16], n[16];
    if (inet_pton(family, host.c_str(), a) != 1 || inet_pton(family, network.c_str(), n) != 1) continue;
    if (prefix > (family == AF_INET ? 32u : 128u)) return false;
    if (std::memcmp(a, n, prefix / 8) != 0) return false;
    const unsigned rest = prefix % 8;
    return rest == 0 || (a[prefix / 8] >> (8 - rest)) == (n[prefix / 8] >> (8 - rest));
  }
  return false;
}

std::string_view HostWithoutPort(std::string_view host) {
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    return end == std::string_view::npos ? host : host.substr(0, end + 1);
  }
  return host.substr(0, host.find(':'));
}

}  // namespace drydock::loadbalancer
