#include "emulator/auth/policy/condition.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "emulator/auth/policy/pattern.h"
#include "emulator/core/clock.h"
#include "emulator/core/text.h"

namespace drydock::auth::policy {

namespace {

struct Name {
  const char* name;
  Operator op;
  bool negated = false;
};
constexpr Name kOperators[] = {
    {"stringequals", Operator::kStringEquals},
    {"stringnotequals", Operator::kStringEquals, true},
    {"stringequalsignorecase", Operator::kStringEqualsIgnoreCase},
    {"stringnotequalsignorecase", Operator::kStringEqualsIgnoreCase, true},
    {"stringlike", Operator::kStringLike},
    {"stringnotlike", Operator::kStringLike, true},
    {"numericequals", Operator::kNumericEquals},
    {"numericnotequals", Operator::kNumericEquals, true},
    {"numericlessthan", Operator::kNumericLessThan},
    {"numericlessthanequals", Operator::kNumericLessThanEquals},
    {"numericgreaterthan", Operator::kNumericGreaterThan},
    {"numericgreaterthanequals", Operator::kNumericGreaterThanEquals},
    {"dateequals", Operator::kDateEquals},
    {"datenotequals", Operator::kDateEquals, true},
    {"datelessthan", Operator::kDateLessThan},
    {"datelessthanequals", Operator::kDateLessThanEquals},
    {"dategreaterthan", Operator::kDateGreaterThan},
    {"dategreaterthanequals", Operator::kDateGreaterThanEquals},
    {"bool", Operator::kBool},
    {"binaryequals", Operator::kBinaryEquals},
    {"ipaddress", Operator::kIpAddress},
    {"notipaddress", Operator::kIpAddress, true},
    {"arnequals", Operator::kArnLike},
    {"arnlike", Operator::kArnLike},
    {"arnnotequals", Operator::kArnLike, true},
    {"arnnotlike", Operator::kArnLike, true},
    {"null", Operator::kNull},
};

std::optional<double> Number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

// Milliseconds since 1970; ISO 8601 or seconds since 1970.
std::optional<double> Date(const std::string& text) {
  if (text.find('-') == std::string::npos)
    if (const auto seconds = Number(text)) return *seconds * 1000;
  // A day alone is its beginning.
  const bool day = text.size() == 10;
  if (const auto time = ParseIso8601(day ? text + "T00:00:00Z" : text)) return static_cast<double>(time->milliseconds);
  return std::nullopt;
}

struct Address {
  std::array<unsigned char, 16> bytes{};
  int family = 0;
};

std::optional<Address> ParseAddress(const std::string& text) {
  Address address;
  for (const int family : {AF_INET, AF_INET6}) {
    address.family = family;
    if (inet_pton(family, text.c_str(), address.bytes.data()) == 1) return address;
  }
  return std::nullopt;
}

// Whether an address lies in "203.0.113.0/24" or is "203.0.113.7".
bool InRange(const std::string& range, const std::string& text) {
  const auto slash = range.find('/');
  const auto base = ParseAddress(range.substr(0, slash)), address = ParseAddress(text);
  if (!base || !address || base->family != address->family) return false;
  int bits = base->family == AF_INET ? 32 : 128;
  if (slash != std::string::npos) {
    const auto stated = Number(std::string_view(range).substr(slash + 1));
    if (!stated || *stated < 0 || *stated > bits) return false;
    bits = static_cast<int>(*stated);
  }
  for (int bit = 0; bit < bits; ++bit) {
    const unsigned mask = 0x80u >> (bit % 8);
    if ((base->bytes[static_cast<std::size_t>(bit / 8)] ^ address->bytes[static_cast<std::size_t>(bit / 8)]) & mask)
      return false;
  }
  return true;
}

// The six parts of an ARN, the last one with all its colons.
std::vector<std::string_view> ArnParts(std::string_view arn) {
  std::vector<std::string_view> parts;
  while (parts.size() < 5) {
    const auto colon = arn.find(':');
    if (colon == std::string_view::npos) return {};
    parts.push_back(arn.substr(0, colon));
    arn.remove_prefix(colon + 1);
  }
  parts.push_back(arn);
  return parts;
}

bool ArnIsLike(std::string_view pattern, std::string_view arn) {
  if (pattern == "*") return true;
  const auto pattern_parts = ArnParts(pattern), parts = ArnParts(arn);
  if (pattern_parts.empty() || parts.empty()) return false;
  for (std::size_t i = 0; i < 6; ++i)
    if (!Like(pattern_parts[i], parts[i])) return false;
  return true;
}

template <class T>
bool Compare(Operator op, const std::optional<T>& actual, const std::optional<T>& stated) {
  if (!actual || !stated) return false;
  switch (op) {
    case Operator::kNumericLessThan:
    case Operator::kDateLessThan:
      return *actual < *stated;
    case Operator::kNumericLessThanEquals:
    case Operator::kDateLessThanEquals:
      return *actual <= *stated;
    case Operator::kNumericGreaterThan:
    case Operator::kDateGreaterThan:
      return *actual > *stated;
    case Operator::kNumericGreaterThanEquals:
    case Operator::kDateGreaterThanEquals:
      return *actual >= *stated;
    default:
      return *actual == *stated;
  }
}

// Whether one value of the request fits one value of the policy, before any negation.
bool Fits(Operator op, const std::string& actual, const std::string& stated, const Keys& keys, bool variables) {
  const bool expands = variables && stated.find("${") != std::string::npos;
  switch (op) {
    case Operator::kStringEquals:
    case Operator::kStringEqualsIgnoreCase: {
      const auto text = expands ? ExpandToText(stated, keys) : std::optional(stated);
      if (!text) return false;
      return op == Operator::kStringEquals ? actual == *text : EqualsIgnoringCase(actual, *text);
    }
    case Operator::kStringLike:
    case Operator::kArnLike: {
      const auto pattern = expands ? ExpandVariables(stated, keys) : std::optional(stated);
      if (!pattern) return false;
      return op == Operator::kStringLike ? Like(*pattern, actual) : ArnIsLike(*pattern, actual);
    }
    case Operator::kNumericEquals:
    case Operator::kNumericLessThan:
    case Operator::kNumericLessThanEquals:
    case Operator::kNumericGreaterThan:
    case Operator::kNumericGreaterThanEquals:
      return Compare(op, Number(actual), Number(stated));
    case Operator::kDateEquals:
    case Operator::kDateLessThan:
    case Operator::kDateLessThanEquals:
    case Operator::kDateGreaterThan:
    case Operator::kDateGreaterThanEquals:
      return Compare(op, Date(actual), Date(stated));
    case Operator::kBool:
      return EqualsIgnoringCase(actual, stated);
    case Operator::kBinaryEquals: {
      std::string a, b;
      return DecodeBase64(actual, a) && DecodeBase64(stated, b) && a == b;
    }
    case Operator::kIpAddress:
      return InRange(stated, actual);
    case Operator::kNull:
      break;  // asks for the key, not for a value
  }
  return false;
}

}  // namespace

std::optional<Condition> ParseOperator(std::string_view name) {
  Condition condition;
  std::string rest = Lowercase(name);
  const auto starts = [&](std::string_view prefix, Quantifier quantifier) {
    if (!rest.starts_with(prefix)) return;
    condition.quantifier = quantifier;
    rest.erase(0, prefix.size());
  };
  starts("forallvalues:", Quantifier::kForAllValues);
  if (condition.quantifier == Quantifier::kNone) starts("foranyvalue:", Quantifier::kForAnyValue);
  if (rest.ends_with("ifexists") && rest != "nullifexists") {
    condition.if_exists = true;
    rest.resize(rest.size() - 8);
  }
  for (const Name& known : kOperators) {
    if (rest != known.name) continue;
    condition.op = known.op;
    condition.negated = known.negated;
    return condition;
  }
  return std::nullopt;
}

bool Holds(const Condition& condition, const Keys& keys, bool variables) {
  const auto found = keys.find(condition.key);
  const bool absent = found == keys.end() || found->second.empty();
  if (condition.op == Operator::kNull) {
    return std::any_of(condition.values.begin(), condition.values.end(),
                       [&](const std::string& value) { return EqualsIgnoringCase(value, absent ? "true" : "false"); });
  }
  if (absent) {
    if (condition.if_exists || condition.quantifier == Quantifier::kForAllValues) return true;
    return condition.negated && condition.quantifier == Quantifier::kNone;
  }
  const auto satisfies = [&](const std::string& actual) {
    const bool fits = std::any_of(condition.values.begin(), condition.values.end(), [&](const std::string& stated) {
      return Fits(condition.op, actual, stated, keys, variables);
    });
    return fits != condition.negated;
  };
  const std::vector<std::string>& values = found->second;
  const bool all = condition.quantifier == Quantifier::kForAllValues ||
                   (condition.quantifier == Quantifier::kNone && condition.negated);
  return all ? std::all_of(values.begin(), values.end(), satisfies)
             : std::any_of(values.begin(), values.end(), satisfies);
}

}  // namespace drydock::auth::policy
