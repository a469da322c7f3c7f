// Comparisons joined by &&, || and parentheses, as structured filter patterns write them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace drydock::logs {

// Where a value is: the steps from the top of a JSON document ("*" is any), or the name of a field.
using Selector = std::vector<std::string>;

// A value of a message.
struct FieldValue {
  enum class Kind { kText, kNumber, kTrue, kFalse, kNull, kContainer } kind = Kind::kText;
  std::string_view text = {};  // kText
  double number = 0;           // kNumber
};

class Expression {
 public:
  // Reads a selector off the text that begins with it.
  using SelectorReader = std::function<Selector(std::string_view&)>;
  // The values that a selector leads to: none, or several where it has wildcards.
  using LookUp = std::function<std::vector<FieldValue>(const Selector&)>;

  // Reads as much of the text as belongs to the expression. `text_is_number`: a text that reads as a number is one.
  // Throws InvalidParameterException.
  static Expression Read(std::string_view& text, const SelectorReader& read_selector, bool text_is_number);

  bool Holds(const LookUp& look_up) const;
  // The selectors in it, from left to right.
  void CollectSelectors(std::vector<Selector>& selectors) const;
  std::size_t CountRegexes() const;

 private:
  enum class Kind { kAny, kAll, kTest };
  enum class Operator { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kIs, kNotExists };
  struct Reader;
  bool Compare(const FieldValue& value) const;
  bool EqualsOperand(const FieldValue& value) const;

  Kind kind_ = Kind::kTest;
  std::vector<Expression> parts_;  // kAny, kAll
  // kTest
  Selector selector_;
  Operator operator_ = Operator::kEqual;
  FieldValue::Kind is_ = FieldValue::Kind::kNull;  // kIs
  std::string operand_;                            // as a wildcard pattern
  std::optional<double> number_;                   // of an operand that reads as a number and is not quoted
  bool matches_numbers_ = false;                   // an operand with a star that is not quoted
  std::shared_ptr<const re2::RE2> regex_;
  bool text_is_number_ = false;
};

// Whitespace off the beginning.
void SkipSpaces(std::string_view& text);
// Whether the text begins with this, which then is taken off it together with whitespace before it.
bool Take(std::string_view& text, std::string_view what);

}  // namespace drydock::logs
