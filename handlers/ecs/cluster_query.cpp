#include "handlers/ecs/cluster_query.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "handlers/ecs/errors.h"

namespace drydock::ecs {
namespace {

using Condition = ClusterQuery::Condition;
using Subjects = ClusterQuery::Subjects;

// Numbers, versions and dates alike: digits are compared as numbers, everything between as text.
int CompareByParts(std::string_view a, std::string_view b) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto part = [&](std::string_view& text) {
    const auto end =
        text.empty() ? text.end()
                     : std::find_if(text.begin(), text.end(), [&](char c) { return is_digit(c) != is_digit(text[0]); });
    const std::string_view taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(taken.size());
    return taken;
  };
  while (!a.empty() && !b.empty()) {
    std::string_view x = part(a), y = part(b);
    if (is_digit(x[0]) && is_digit(y[0])) {
      const auto zeros = [](std::string_view& digits) {
        digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
      };
      zeros(x);
      zeros(y);
      if (x.size() != y.size()) return x.size() < y.size() ? -1 : 1;
    }
    if (x != y) return x < y ? -1 : 1;
  }
  return a.empty() && b.empty() ? 0 : a.empty() ? -1 : 1;
}

// or := and { ("or" | "||") and };  and := not { ("and" | "&&") not };
// not := ("not" | "!") not | "(" or ")" | subject operator [argument]
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { Advance(); }

  Condition Whole() {
    Condition condition = Or();
    if (!token_.empty()) Fail();
    return condition;
  }

 private:
  [[noreturn]] void Fail() const {  // unconfirmed
    throw errors::InvalidParameter(fmt::format("Invalid expression: '{}'.", text_));
  }

  // Signs stand alone; a word goes on to the next space or sign; quotes keep a word together.
  void Advance() {
    static constexpr std::string_view kSpace = " \t\r\n";
    quoted_ = false;
    at_ = std::min(text_.find_first_not_of(kSpace, at_), text_.size());
    const std::string_view rest = text_.substr(at_);
    token_ = {};
    if (rest.empty()) return;
    if (rest[0] == '\'' || rest[0] == '"') {
      const auto end = rest.find(rest[0], 1);
      if (end == std::string_view::npos) Fail();
      token_ = rest.substr(1, end - 1);
      quoted_ = true;
      at_ += end + 1;
      return;
    }
    for (const std::string_view sign : {"==", "!=", ">=", "<=", "=~", "!~", "&&", "||", "!in", "!exists"}) {
      if (!rest.starts_with(sign)) continue;
      const bool word = sign.size() > 2;
      const bool ends = rest.size() == sign.size() || kSpace.find(rest[sign.size()]) != std::string_view::npos ||
                        rest[sign.size()] == '[' || rest[sign.size()] == ')';
      if (!word || ends) return Take(sign.size());
    }
    if (std::string_view("()[],<>!").find(rest[0]) != std::string_view::npos) return Take(1);
    Take(std::min(rest.find_first_of(" \t\r\n()[],<>=!&|'\""), rest.size()));
  }

  void Take(std::size_t count) {
    if (count == 0) Fail();
    token_ = text_.substr(at_, count);
    at_ += count;
  }

  bool Accept(std::initializer_list<std::string_view> spellings) {
    if (quoted_ || std::find(spellings.begin(), spellings.end(), token_) == spellings.end()) return false;
    Advance();
    return true;
  }

  std::string Word() {
    static constexpr std::string_view kSigns = "()[],<>=!&|";
    if (!quoted_ && (token_.empty() || kSigns.find(token_[0]) != std::string_view::npos)) Fail();
    std::string word(token_);
    Advance();
    return word;
  }

  // A pattern may hold the signs of the language: it goes on to the next space.
  std::string Pattern() {
    if (quoted_ || token_.empty()) return Word();
    const auto begin = at_ - token_.size();
    auto end = std::min(text_.find_first_of(" \t\r\n", begin), text_.size());
    for (int open = depth_; open > 0 && end > begin && text_[end - 1] == ')'; --open) --end;
    std::string pattern(text_.substr(begin, end - begin));
    at_ = end;
    Advance();
    return pattern;
  }

  Condition Or() {
    Condition left = And();
    while (Accept({"or", "||"}))
      left = [left, right = And()](const Subjects& subjects) { return left(subjects) || right(subjects); };
    return left;
  }

  Condition And() {
    Condition left = Not();
    while (Accept({"and", "&&"}))
      left = [left, right = Not()](const Subjects& subjects) { return left(subjects) && right(subjects); };
    return left;
  }

  Condition Not() {
    if (++nested_ > 1000) Fail();
    if (Accept({"not", "!"})) return [inner = Not()](const Subjects& subjects) { return !inner(subjects); };
    if (!Accept({"("})) return Comparison();
    ++depth_;
    Condition inner = Or();
    --depth_;
    if (!Accept({")"})) Fail();
    return inner;
  }

  Condition Comparison() {
    const std::string subject = Word();
    static constexpr std::string_view kFields[] = {"agentConnected", "agentVersion",      "ec2InstanceId",
                                                   "registeredAt",   "runningTasksCount", "task:group"};
    if (!subject.starts_with("attribute:") &&
        std::find(std::begin(kFields), std::end(kFields), subject) == std::end(kFields))
      Fail();
    const auto test = [&](auto holds) {
      return [subject, holds](const Subjects& subjects) {
        const auto value = subjects(subject);
        return value && holds(*value);
      };
    };
    const auto negated = [](auto condition) {
      return [condition](const Subjects& subjects) { return !condition(subjects); };
    };
    const auto any = test([](const std::string&) { return true; });
    if (Accept({"exists"})) return any;
    if (Accept({"!exists", "not_exists"})) return negated(any);
    const auto equals = [&] { return test([word = Word()](const std::string& value) { return value == word; }); };
    if (Accept({"==", "equals"})) return equals();
    if (Accept({"!=", "not_equals"})) return negated(equals());
    const auto ordered = [&](auto holds) {
      return test([word = Word(), holds](const std::string& value) { return holds(CompareByParts(value, word)); });
    };
    if (Accept({">", "greater_than"})) return ordered([](int order) { return order > 0; });
    if (Accept({">=", "greater_than_equal"})) return ordered([](int order) { return order >= 0; });
    if (Accept({"<", "less_than"})) return ordered([](int order) { return order < 0; });
    if (Accept({"<=", "less_than_equal"})) return ordered([](int order) { return order <= 0; });
    const auto in = [&] {
      return test([words = List()](const std::string& value) {
        return std::find(words.begin(), words.end(), value) != words.end();
      });
    };
    if (Accept({"in"})) return in();
    if (Accept({"!in", "not_in"})) return negated(in());
    const auto matches = [&] {
      const auto pattern = std::make_shared<const re2::RE2>(Pattern(), re2::RE2::Quiet);
      if (!pattern->ok()) Fail();
      return test([pattern](const std::string& value) { return re2::RE2::FullMatch(value, *pattern); });
    };
    if (Accept({"=~", "matches"})) return matches();
    if (Accept({"!~", "not_matches"})) return negated(matches());
    Fail();
  }

  std::vector<std::string> List() {
    if (!Accept({"["})) Fail();
    std::vector<std::string> words{Word()};
    while (Accept({","})) words.push_back(Word());
    if (!Accept({"]"})) Fail();
    return words;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  std::string_view token_;  // empty at the end
  bool quoted_ = false;
  int depth_ = 0, nested_ = 0;
};

}  // namespace

ClusterQuery::ClusterQuery(std::string_view expression) : condition_(Parser(expression).Whole()) {}

}  // namespace drydock::ecs
