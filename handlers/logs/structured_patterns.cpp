#include "handlers/logs/structured_patterns.h"

#include <rapidjson/document.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "handlers/logs/errors.h"
#include "handlers/logs/filter_expression.h"

namespace drydock::logs {

namespace {

constexpr char kAnything[] = "*";
constexpr std::ptrdiff_t kMaximumWildcards = 3;  // CloudWatch Logs User Guide, filter pattern syntax

std::string_view TakeWhile(std::string_view& text, auto belongs) {
  std::size_t length = 0;
  while (length < text.size() && belongs(static_cast<unsigned char>(text[length]))) ++length;
  const std::string_view taken = text.substr(0, length);
  text.remove_prefix(length);
  return taken;
}

bool IsNameCharacter(unsigned char c) {
  return std::isalnum(c) || c == '_' || c == '-' || c >= 0x80;
}

std::ptrdiff_t CountWildcards(const Selector& selector) {
  return std::count(selector.begin(), selector.end(), kAnything);
}

// $.name[0].['a key'].*[*]
Selector TakeJsonSelector(std::string_view& text) {
  if (!text.starts_with('$')) throw errors::InvalidFilterPattern("a selector must begin with $");
  text.remove_prefix(1);
  Selector selector;
  while (!text.empty() && (text.front() == '.' || text.front() == '[')) {
    if (text.starts_with(".[")) text.remove_prefix(1);
    const bool bracket = text.front() == '[';
    text.remove_prefix(1);
    if (text.starts_with('*')) {
      text.remove_prefix(1);
      selector.push_back(kAnything);
    } else if (bracket && text.starts_with('\'')) {
      const auto end = text.find('\'', 1);
      if (end == std::string_view::npos) throw errors::InvalidFilterPattern("a selector is not closed");
      selector.emplace_back(text.substr(1, end - 1));
      text.remove_prefix(end + 1);
    } else {
      const std::string_view name = TakeWhile(text, IsNameCharacter);
      if (name.empty()) throw errors::InvalidFilterPattern("a selector is not complete");
      selector.emplace_back(name);
    }
    if (bracket && !Take(text, "]")) throw errors::InvalidFilterPattern("a selector is not closed");
  }
  if (selector.empty()) throw errors::InvalidFilterPattern("a selector is not complete");
  if (CountWildcards(selector) > 1) throw errors::InvalidFilterPattern("a selector can have one wildcard only");
  return selector;
}

FieldValue ValueOf(const rapidjson::Value& value) {
  if (value.IsString()) return {FieldValue::Kind::kText, {value.GetString(), value.GetStringLength()}};
  if (value.IsNumber()) return {FieldValue::Kind::kNumber, {}, value.GetDouble()};
  if (value.IsBool()) return {value.GetBool() ? FieldValue::Kind::kTrue : FieldValue::Kind::kFalse};
  return {value.IsNull() ? FieldValue::Kind::kNull : FieldValue::Kind::kContainer};
}

std::vector<const rapidjson::Value*> Step(const rapidjson::Value& from, const std::string& step) {
  std::vector<const rapidjson::Value*> reached;
  if (from.IsObject()) {
    if (step == kAnything) {
      for (const auto& member : from.GetObject()) reached.push_back(&member.value);
    } else if (const auto member = from.FindMember(step); member != from.MemberEnd()) {
      reached.push_back(&member->value);
    }
  } else if (from.IsArray()) {
    std::size_t index = 0;
    if (step == kAnything) {
      for (const auto& item : from.GetArray()) reached.push_back(&item);
    } else if (std::from_chars(step.data(), step.data() + step.size(), index).ptr == step.data() + step.size() &&
               index < from.Size()) {
      reached.push_back(&from[static_cast<rapidjson::SizeType>(index)]);
    }
  }
  return reached;
}

class JsonCondition : public FilterPattern::Condition {
 public:
  explicit JsonCondition(Expression expression) : expression_(std::move(expression)) {}

  bool Holds(std::string_view message) const override {
    rapidjson::Document document;
    // Iterative: no nesting is too deep for the stack.
    document.Parse<rapidjson::kParseIterativeFlag>(message.data(), message.size());
    if (document.HasParseError() || (!document.IsObject() && !document.IsArray())) return false;
    return expression_.Holds([&](const Selector& selector) {
      std::vector<const rapidjson::Value*> reached{&document};
      for (const std::string& step : selector) {
        std::vector<const rapidjson::Value*> next;
        for (const rapidjson::Value* value : reached) {
          const auto further = Step(*value, step);
          next.insert(next.end(), further.begin(), further.end());
        }
        reached = std::move(next);
      }
      std::vector<FieldValue> values;
      for (const rapidjson::Value* value : reached) values.push_back(ValueOf(*value));
      return values;
    });
  }

 private:
  Expression expression_;
};

// The fields of a message: separated by spaces; "…" and […] hold theirs together. Of more than `most` fields the last
// one is the rest of the message.
std::vector<std::string_view> SplitFields(std::string_view message, std::size_t most) {
  std::vector<std::string_view> fields;
  std::string_view last;  // with all that follows it
  while (true) {
    SkipSpaces(message);
    if (message.empty()) return fields;
    if (fields.size() == most) {
      fields.back() = last.substr(0, last.find_last_not_of(" \t\r\n") + 1);
      return fields;
    }
    last = message;
    const char closing = message.front() == '"' ? '"' : message.front() == '[' ? ']' : ' ';
    if (closing == ' ') {
      fields.push_back(TakeWhile(message, [](unsigned char c) { return !std::isspace(c); }));
      continue;
    }
    const auto end = std::min(message.find(closing, 1), message.size());
    fields.push_back(message.substr(1, end - 1));
    message.remove_prefix(std::min(end + 1, message.size()));
  }
}

class SpaceDelimitedCondition : public FilterPattern::Condition {
 public:
  explicit SpaceDelimitedCondition(std::string_view pattern) {
    do {
      if (Take(pattern, "...")) {
        if (gap_) throw errors::InvalidFilterPattern("only one ... is allowed");
        gap_ = fields_.size();
      } else {
        fields_.push_back(TakeField(pattern));
      }
    } while (Take(pattern, ","));
    SkipSpaces(pattern);
    if (pattern != "]") throw errors::InvalidFilterPattern("a field or a bracket is missing");
    std::size_t regexes = 0;
    for (const auto& field : fields_)
      if (field) regexes += field->CountRegexes();
    CheckRegexCount(regexes);
  }

  bool Holds(std::string_view message) const override {
    const auto values = SplitFields(message, gap_ ? message.size() + 1 : fields_.size());
    if (gap_ ? values.size() < fields_.size() : values.size() != fields_.size()) return false;
    const std::size_t passed_over = values.size() - fields_.size();
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (!fields_[i]) continue;
      const FieldValue value{FieldValue::Kind::kText, values[i < gap_.value_or(fields_.size()) ? i : i + passed_over]};
      if (!fields_[i]->Holds([&](const Selector&) { return std::vector{value}; })) return false;
    }
    return true;
  }

 private:
  // A name alone (nullopt), or conditions about one name.
  static std::optional<Expression> TakeField(std::string_view& pattern) {
    const auto read_name = [](std::string_view& text) {
      const std::string_view name = TakeWhile(text, IsNameCharacter);
      if (name.empty()) throw errors::InvalidFilterPattern("the name of a field is missing");
      return Selector{std::string(name)};
    };
    std::string_view ahead = pattern;
    if (!Take(ahead, "(")) {
      SkipSpaces(ahead);
      read_name(ahead);
      SkipSpaces(ahead);
      if (ahead.starts_with(',') || ahead.starts_with(']')) {
        pattern = ahead;
        return std::nullopt;
      }
    }
    Expression expression = Expression::Read(pattern, read_name, true);
    std::vector<Selector> names;
    expression.CollectSelectors(names);
    for (const Selector& name : names)
      if (name != names.front()) throw errors::InvalidFilterPattern("a field has two names");
    return expression;
  }

  std::vector<std::optional<Expression>> fields_;
  std::optional<std::size_t> gap_;  // how many fields stand before the ellipsis
};

}  // namespace

std::shared_ptr<const FilterPattern::Condition> ParseJsonPattern(std::string_view pattern) {
  pattern.remove_prefix(1);
  Expression expression = Expression::Read(pattern, TakeJsonSelector, false);
  SkipSpaces(pattern);
  if (pattern != "}") throw errors::InvalidFilterPattern("an operator or a bracket is missing");
  std::vector<Selector> selectors;
  expression.CollectSelectors(selectors);
  std::ptrdiff_t wildcards = 0;
  for (const Selector& selector : selectors) wildcards += CountWildcards(selector);
  if (wildcards > kMaximumWildcards) throw errors::InvalidFilterPattern("at most 3 wildcard selectors are allowed");
  CheckRegexCount(expression.CountRegexes());
  return std::make_shared<const JsonCondition>(std::move(expression));
}

std::shared_ptr<const FilterPattern::Condition> ParseSpaceDelimitedPattern(std::string_view pattern) {
  pattern.remove_prefix(1);
  return std::make_shared<const SpaceDelimitedCondition>(pattern);
}

}  // namespace drydock::logs
