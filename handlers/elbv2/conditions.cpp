// Application Load Balancer guide, "Condition types for listener rules"; API Reference, RuleCondition. Wording not
// marked "seen" is unconfirmed.
#include "handlers/elbv2/conditions.h"

#include <re2/re2.h>

#include <algorithm>
#include <set>

#include "emulator/core/text.h"
#include "emulator/network/address.h"
#include "handlers/elbv2/errors.h"

namespace drydock::elbv2 {

namespace {

using records::elbv2::Rewrite;
using records::elbv2::Transform;

constexpr std::size_t kValuesPerRule = 5;     // quota
constexpr std::size_t kWildcardsPerRule = 5;  // quota
constexpr std::size_t kValueLength = 128;
constexpr char kAlphanumeric[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

bool HasPatterns(const std::string& field) {
  return field != "http-request-method" && field != "source-ip";
}

void CheckRegex(const std::string& text, std::size_t most) {
  if (text.size() > most)
    throw errors::Validation(fmt::format("Regex value cannot be longer than '{}' characters", most));
  if (!re2::RE2(text, re2::RE2::Quiet).ok())
    throw errors::Validation(fmt::format("Regex value '{}' is not valid", text));
}

void CheckCharacters(const std::string& value, const std::string& allowed) {
  if (value.find_first_not_of(allowed) != std::string::npos)  // seen
    throw errors::Validation(fmt::format("Condition value '{}' contains a character that is not valid", value));
}

void CheckHost(const std::string& value) {
  CheckCharacters(value, std::string(kAlphanumeric) + "-.*?");
  const auto dot = value.rfind('.');
  const std::string last = dot == std::string::npos ? "" : value.substr(dot + 1);
  const bool alphabetic = !last.empty() && std::all_of(last.begin(), last.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  if (!alphabetic)
    throw errors::Validation(
        fmt::format("Condition value '{}' must contain at least one '.' character, with only alphabetical characters "
                    "after the final one",
                    value));
}

void CheckValue(const std::string& field, const std::string& value) {
  if (value.empty()) throw errors::Validation("A condition value must be specified");
  const std::size_t most = field == "http-request-method" ? 40 : kValueLength;
  if (value.size() > most)
    throw errors::Validation(fmt::format("Condition value '{}' cannot be longer than '{}' characters", value, most));
  if (field == "host-header") CheckHost(value);
  if (field == "path-pattern") CheckCharacters(value, std::string(kAlphanumeric) + "_-.$/~\"'@:+&*?");
  if (field == "http-request-method") CheckCharacters(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_");
  if (field == "source-ip" && !network::Cidr::Parse(value))
    throw errors::Validation(fmt::format("Condition value '{}' is not a valid CIDR block", value));
}

void CheckHeaderName(const std::string& name) {
  if (name.empty()) throw errors::Validation("An HTTP header name must be specified");
  if (name.size() > 40)
    throw errors::Validation(fmt::format("HTTP header name '{}' cannot be longer than '40' characters", name));
  if (name.find_first_not_of(std::string(kAlphanumeric) + "!#$%&'*+-.^_`|~") != std::string::npos)  // RFC 7230, token
    throw errors::Validation(fmt::format("HTTP header name '{}' contains a character that is not valid", name));
  if (EqualsIgnoringCase(name, "host"))
    throw errors::Validation("The host header cannot be used in an HTTP header condition; use a host-header condition");
}

// The values of a condition, named directly or in the structure of its field.
void TakeValues(const RuleCondition& condition, const List<std::string>& configured,
                records::elbv2::Condition& record) {
  if (!condition.Values.empty() && !configured.empty() &&
      static_cast<const std::vector<std::string>&>(condition.Values) != configured)
    throw errors::Validation(
        fmt::format("Values and the configuration of a '{}' condition cannot differ", record.field));
  record.values = configured.empty() ? condition.Values : configured;
}
void TakeRegexValues(const RuleCondition& condition, const List<std::string>& configured,
                     records::elbv2::Condition& record) {
  record.regex_values = configured.empty() ? condition.RegexValues : configured;
}

records::elbv2::Condition Take(const RuleCondition& condition) {
  if (!condition.Field || condition.Field->empty())
    throw errors::Validation("A condition field must be specified");  // seen
  records::elbv2::Condition record;
  record.field = *condition.Field;
  const std::string& field = record.field;
  if (field == "host-header") {
    const auto config = condition.HostHeaderConfig.value_or(HostHeaderConditionConfig());
    TakeValues(condition, config.Values, record);
    TakeRegexValues(condition, config.RegexValues, record);
  } else if (field == "path-pattern") {
    const auto config = condition.PathPatternConfig.value_or(PathPatternConditionConfig());
    TakeValues(condition, config.Values, record);
    TakeRegexValues(condition, config.RegexValues, record);
  } else if (field == "http-header") {
    const auto config = condition.HttpHeaderConfig.value_or(HttpHeaderConditionConfig());
    record.http_header_name = config.HttpHeaderName.value_or("");
    CheckHeaderName(record.http_header_name);
    record.values = config.Values;
    TakeRegexValues(condition, config.RegexValues, record);
  } else if (field == "query-string") {
    if (condition.QueryStringConfig)
      for (const QueryStringKeyValuePair& pair : condition.QueryStringConfig->Values)
        record.query_strings.push_back({pair.Key, pair.Value.value_or("")});
  } else if (field == "http-request-method") {
    if (condition.HttpRequestMethodConfig) record.values = condition.HttpRequestMethodConfig->Values;
  } else if (field == "source-ip") {
    if (condition.SourceIpConfig) record.values = condition.SourceIpConfig->Values;
  } else {
    throw errors::Validation(fmt::format(
        "Condition field '{}' must be one of '[http-header, http-request-method, host-header, path-pattern, "
        "query-string, source-ip]'",
        field));
  }
  if (!condition.RegexValues.empty() && record.regex_values.empty())
    throw errors::Validation(fmt::format("Regex values cannot be specified for condition field '{}'", field));
  return record;
}

void Check(const records::elbv2::Condition& record) {
  if (record.values.empty() && record.regex_values.empty() && record.query_strings.empty())
    throw errors::Validation("A condition value must be specified");
  for (const std::string& value : record.values) CheckValue(record.field, value);
  for (const std::string& regex : record.regex_values) CheckRegex(regex, kValueLength);
  for (const auto& pair : record.query_strings) {
    if (pair.value.empty()) throw errors::Validation("A condition value must be specified");
    for (const std::string& text : {pair.key.value_or(""), pair.value})
      if (text.size() > kValueLength)
        throw errors::Validation(fmt::format("Condition value '{}' cannot be longer than '128' characters", text));
  }
}

std::size_t Wildcards(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return c == '*' || c == '?'; }));
}

void CheckQuotas(const std::vector<records::elbv2::Condition>& records) {
  std::size_t values = 0;
  std::size_t wildcards = 0;
  std::set<std::string> fields;
  for (const records::elbv2::Condition& record : records) {
    values += record.values.size() + record.regex_values.size() + record.query_strings.size();
    if (HasPatterns(record.field))
      for (const std::string& value : record.values) wildcards += Wildcards(value);
    for (const auto& pair : record.query_strings) wildcards += Wildcards(pair.key.value_or("")) + Wildcards(pair.value);
    const bool may_repeat = record.field == "http-header" || record.field == "query-string";
    if (!fields.insert(record.field).second && !may_repeat)
      throw errors::Validation(fmt::format("A rule can only have one condition with field '{}'", record.field));
  }
  if (values > kValuesPerRule) throw errors::Validation("A rule can only have '5' condition values");  // seen
  if (wildcards > kWildcardsPerRule) throw errors::Validation("A rule can only have '5' condition wildcards");
}

std::vector<Rewrite> TakeRewrites(const List<RewriteConfig>& rewrites, const std::string& type) {
  constexpr std::size_t kRewriteLength = 1024;
  if (rewrites.size() != 1)
    throw errors::Validation(fmt::format("A transform of type '{}' must have exactly one rewrite", type));
  CheckRegex(*rewrites.front().Regex, kRewriteLength);
  if (rewrites.front().Replace->size() > kRewriteLength)
    throw errors::Validation("Replacement cannot be longer than '1024' characters");
  return {{*rewrites.front().Regex, *rewrites.front().Replace}};
}

}  // namespace

std::vector<records::elbv2::Condition> CheckConditions(const List<RuleCondition>& conditions) {
  if (conditions.empty()) throw errors::Validation("A condition must be specified");
  std::vector<records::elbv2::Condition> records;
  for (const RuleCondition& condition : conditions) {
    records.push_back(Take(condition));
    Check(records.back());
  }
  CheckQuotas(records);
  return records;
}

List<RuleCondition> RenderConditions(const std::vector<records::elbv2::Condition>& conditions) {
  List<RuleCondition> rendered;
  rendered.present = true;
  for (const records::elbv2::Condition& record : conditions) {
    RuleCondition& condition = rendered.emplace_back();
    condition.Field = record.field;
    const auto values = [](const std::vector<std::string>& all) {
      List<std::string> list;  // absent rather than empty
      list.assign(all.begin(), all.end());
      return list;
    };
    if (record.field == "host-header") {
      condition.Values = values(record.values);  // the older form is shown beside the newer one. aws-facts E.4
      auto& config = condition.HostHeaderConfig.emplace();
      config.Values = values(record.values);
      config.RegexValues = values(record.regex_values);
    } else if (record.field == "path-pattern") {
      condition.Values = values(record.values);
      auto& config = condition.PathPatternConfig.emplace();
      config.Values = values(record.values);
      config.RegexValues = values(record.regex_values);
    } else if (record.field == "http-header") {
      auto& config = condition.HttpHeaderConfig.emplace();
      config.HttpHeaderName = record.http_header_name;
      config.Values = values(record.values);
      config.RegexValues = values(record.regex_values);
    } else if (record.field == "query-string") {
      auto& config = condition.QueryStringConfig.emplace();
      for (const auto& pair : record.query_strings) {
        QueryStringKeyValuePair& out = config.Values.emplace_back();
        out.Key = pair.key;
        out.Value = pair.value;
      }
    } else if (record.field == "http-request-method") {
      condition.HttpRequestMethodConfig.emplace().Values = values(record.values);
    } else {
      condition.SourceIpConfig.emplace().Values = values(record.values);
    }
  }
  return rendered;
}

std::vector<Transform> CheckTransforms(const List<RuleTransform>& transforms) {
  std::vector<Transform> records;
  for (const RuleTransform& transform : transforms) {
    Transform record;
    record.type = *transform.Type;
    for (const Transform& other : records)
      if (other.type == record.type)
        throw errors::Validation(fmt::format("A rule can only have one transform of type '{}'", record.type));
    const auto& host = transform.HostHeaderRewriteConfig;
    const auto& url = transform.UrlRewriteConfig;
    if (record.type == "host-header-rewrite")
      record.rewrites = TakeRewrites(host ? host->Rewrites : List<RewriteConfig>(), record.type);
    else
      record.rewrites = TakeRewrites(url ? url->Rewrites : List<RewriteConfig>(), record.type);
    records.push_back(std::move(record));
  }
  return records;
}

List<RuleTransform> RenderTransforms(const std::vector<Transform>& transforms) {
  List<RuleTransform> rendered;
  for (const Transform& record : transforms) {
    RuleTransform& transform = rendered.emplace_back();
    transform.Type = record.type;
    List<RewriteConfig>& rewrites = record.type == "host-header-rewrite"
                                        ? transform.HostHeaderRewriteConfig.emplace().Rewrites
                                        : transform.UrlRewriteConfig.emplace().Rewrites;
    for (const Rewrite& rewrite : record.rewrites) {
      RewriteConfig& out = rewrites.emplace_back();
      out.Regex = rewrite.regex;
      out.Replace = rewrite.replace;
    }
  }
  return rendered;
}

}  // namespace drydock::elbv2
