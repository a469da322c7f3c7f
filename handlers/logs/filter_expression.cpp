#include "handlers/logs/filter_expression.h"

#include <re2/re2.h>

#include <charconv>

#include "emulator/core/text.h"
#include "handlers/logs/errors.h"
#include "handlers/logs/structured_patterns.h"

namespace drydock::logs {

namespace {

std::optional<double> ParseNumber(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// As short as it can be: 404, 1.5.
std::string TextOf(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

// A star is any number of characters; nothing else is special.
std::string WildcardOf(std::string_view text) {
  std::string wildcard;
  for (const char c : text) {
    if (c == '?' || c == '\\') wildcard += '\\';
    wildcard += c;
  }
  return wildcard;
}

// A word of letters, taken off the text when it is this one; AWS writes its own in capitals.
bool TakeWord(std::string_view& text, std::string_view word) {
  std::string_view rest = text;
  if (!Take(rest, word)) return false;
  if (!rest.empty() && std::isalnum(static_cast<unsigned char>(rest.front()))) return false;
  text = rest;
  return true;
}

}  // namespace

void SkipSpaces(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

bool Take(std::string_view& text, std::string_view what) {
  std::string_view rest = text;
  SkipSpaces(rest);
  if (!rest.starts_with(what)) return false;
  rest.remove_prefix(what.size());
  text = rest;
  return true;
}

// Recursive by parentheses only, of which a pattern of 1024 characters cannot have too many.
struct Expression::Reader {
  std::string_view& text;
  const SelectorReader& read_selector;
  bool text_is_number;

  Expression Any() {
    return Joined("||", Kind::kAny, [this] { return All(); });
  }
  Expression All() {
    return Joined("&&", Kind::kAll, [this] { return Single(); });
  }

  template <class Read>
  Expression Joined(std::string_view joint, Kind kind, Read read) {
    Expression first = read();
    if (!Take(text, joint)) return first;
    Expression joined;
    joined.kind_ = kind;
    joined.parts_.push_back(std::move(first));
    do joined.parts_.push_back(read());
    while (Take(text, joint));
    return joined;
  }

  Expression Single() {
    if (Take(text, "(")) {
      Expression inner = Any();
      if (!Take(text, ")")) throw errors::InvalidFilterPattern("a parenthesis is not closed");
      return inner;
    }
    SkipSpaces(text);
    Expression test;
    test.text_is_number_ = text_is_number;
    test.selector_ = read_selector(text);
    if (TakeWord(text, "NOT")) {
      if (!TakeWord(text, "EXISTS")) throw errors::InvalidFilterPattern("NOT must be followed by EXISTS");
      test.operator_ = Operator::kNotExists;
    } else if (TakeWord(text, "IS")) {
      test.operator_ = Operator::kIs;
      if (TakeWord(text, "NULL")) {
        test.is_ = FieldValue::Kind::kNull;
      } else if (TakeWord(text, "TRUE")) {
        test.is_ = FieldValue::Kind::kTrue;
      } else if (TakeWord(text, "FALSE")) {
        test.is_ = FieldValue::Kind::kFalse;
      } else {
        throw errors::InvalidFilterPattern("IS must be followed by NULL, TRUE or FALSE");
      }
    } else {
      test.operator_ = TakeOperator();
      TakeOperand(test);
    }
    return test;
  }

  Operator TakeOperator() {
    static constexpr std::pair<std::string_view, Operator> kOperators[] = {
        {"!=", Operator::kNotEqual}, {"<=", Operator::kLessEqual}, {">=", Operator::kGreaterEqual},
        {"=", Operator::kEqual},     {"<", Operator::kLess},       {">", Operator::kGreater},
    };
    for (const auto& [spelling, meaning] : kOperators)
      if (Take(text, spelling)) return meaning;
    throw errors::InvalidFilterPattern("an operator is missing");
  }

  void TakeOperand(Expression& test) {
    SkipSpaces(text);
    if (text.starts_with('"')) {
      test.operand_ = WildcardOf(TakeQuoted(text));
    } else if (text.starts_with('%')) {
      test.regex_ = CompileRegex(TakeRegex(text));
    } else {
      const std::string_view word = text.substr(0, text.find_first_of(" \t\r\n()[]{},&|=<>!\"%"));
      if (word.empty()) throw errors::InvalidFilterPattern("a value is missing");
      text.remove_prefix(word.size());
      test.operand_ = WildcardOf(word);
      test.number_ = ParseNumber(word);
      test.matches_numbers_ = word.find('*') != std::string_view::npos;
    }
    const bool ordered = test.operator_ != Operator::kEqual && test.operator_ != Operator::kNotEqual;
    if (ordered && !test.number_) throw errors::InvalidFilterPattern("only numbers can be compared by size");
  }
};

Expression Expression::Read(std::string_view& text, const SelectorReader& read_selector, bool text_is_number) {
  return Reader{text, read_selector, text_is_number}.Any();
}

bool Expression::EqualsOperand(const FieldValue& value) const {
  if (value.kind == FieldValue::Kind::kNumber) {
    if (matches_numbers_) return MatchesWildcard(operand_, TextOf(value.number));
    return number_ && value.number == *number_;
  }
  if (value.kind != FieldValue::Kind::kText) return false;
  if (regex_) return re2::RE2::PartialMatch(re2::StringPiece(value.text.data(), value.text.size()), *regex_);
  if (MatchesWildcard(operand_, value.text)) return true;
  const auto number = text_is_number_ && number_ ? ParseNumber(value.text) : std::nullopt;
  return number && *number == *number_;
}

bool Expression::Compare(const FieldValue& value) const {
  switch (operator_) {
    case Operator::kIs:
      return value.kind == is_;
    case Operator::kEqual:
      return EqualsOperand(value);
    case Operator::kNotEqual:
      return value.kind != FieldValue::Kind::kContainer && value.kind != FieldValue::Kind::kNull &&
             !EqualsOperand(value);
    case Operator::kNotExists:
      return false;
    default:
      break;
  }
  std::optional<double> number;
  if (value.kind == FieldValue::Kind::kNumber) number = value.number;
  if (value.kind == FieldValue::Kind::kText && text_is_number_) number = ParseNumber(value.text);
  if (!number) return false;
  switch (operator_) {
    case Operator::kLess:
      return *number < *number_;
    case Operator::kLessEqual:
      return *number <= *number_;
    case Operator::kGreater:
      return *number > *number_;
    default:
      return *number >= *number_;
  }
}

bool Expression::Holds(const LookUp& look_up) const {
  const auto holds = [&](const Expression& part) { return part.Holds(look_up); };
  if (kind_ == Kind::kAny) return std::any_of(parts_.begin(), parts_.end(), holds);
  if (kind_ == Kind::kAll) return std::all_of(parts_.begin(), parts_.end(), holds);
  const auto values = look_up(selector_);
  if (operator_ == Operator::kNotExists) return values.empty();
  return std::any_of(values.begin(), values.end(), [&](const FieldValue& value) { return Compare(value); });
}

void Expression::CollectSelectors(std::vector<Selector>& selectors) const {
  if (kind_ == Kind::kTest) selectors.push_back(selector_);
  for (const Expression& part : parts_) part.CollectSelectors(selectors);
}

std::size_t Expression::CountRegexes() const {
  std::size_t count = regex_ ? 1 : 0;
  for (const Expression& part : parts_) count += part.CountRegexes();
  return count;
}

}  // namespace drydock::logs
