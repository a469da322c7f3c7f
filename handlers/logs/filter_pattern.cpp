#include "handlers/logs/filter_pattern.h"

#include <re2/re2.h>

#include <vector>

#include "handlers/logs/errors.h"
#include "handlers/logs/structured_patterns.h"

namespace drydock::logs {

namespace {

constexpr std::string_view kSpaces = " \t\r\n";
constexpr std::size_t kMaximumRegexes = 2;  // CloudWatch Logs User Guide, filter pattern syntax

// One word of an unstructured pattern: text that the message must have in it, or a regular expression.
class Term {
 public:
  static Term Text(std::string text) {
    Term term;
    term.text_ = std::move(text);
    return term;
  }
  static Term Regex(std::string_view regex) {
    Term term;
    term.regex_ = CompileRegex(regex);
    return term;
  }
  bool IsIn(std::string_view message) const {
    if (regex_) return re2::RE2::PartialMatch(re2::StringPiece(message.data(), message.size()), *regex_);
    return message.find(text_) != std::string_view::npos;
  }
  bool is_regex() const { return regex_ != nullptr; }

 private:
  std::string text_;
  std::shared_ptr<const re2::RE2> regex_;
};

// Words: all that stand alone must occur, none with a minus may. Question marks make alternatives, which count only
// where no word stands alone.
class Terms : public FilterPattern::Condition {
 public:
  explicit Terms(std::string_view pattern) {
    std::size_t regexes = 0;
    while (true) {
      const auto begin = pattern.find_first_not_of(kSpaces);
      if (begin == std::string_view::npos) break;
      pattern.remove_prefix(begin);
      std::vector<Term>* kind = &required_;
      if (pattern.front() == '?') kind = &alternatives_;
      if (pattern.front() == '-') kind = &excluded_;
      if (kind != &required_) pattern.remove_prefix(1);
      kind->push_back(TakeTerm(pattern));
      regexes += kind->back().is_regex();
    }
    if (regexes > kMaximumRegexes) throw errors::InvalidFilterPattern("at most 2 regular expressions are allowed");
  }

  bool Holds(std::string_view message) const override {
    const auto occurs = [&](const Term& term) { return term.IsIn(message); };
    if (std::any_of(excluded_.begin(), excluded_.end(), occurs)) return false;
    if (!required_.empty()) return std::all_of(required_.begin(), required_.end(), occurs);
    return alternatives_.empty() || std::any_of(alternatives_.begin(), alternatives_.end(), occurs);
  }

 private:
  // The term that the pattern begins with, taken off it.
  static Term TakeTerm(std::string_view& pattern) {
    if (pattern.starts_with('"')) return Term::Text(TakeQuoted(pattern));
    if (pattern.starts_with('%')) return Term::Regex(TakeRegex(pattern));
    const std::string_view word = pattern.substr(0, pattern.find_first_of(kSpaces));
    pattern.remove_prefix(word.size());
    if (word.empty()) throw errors::InvalidFilterPattern("a term is missing");
    for (const char c : word) {
      // Letters beyond ASCII count as letters.
      if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && static_cast<unsigned char>(c) < 0x80)
        throw errors::InvalidTerm(std::string(word));
    }
    return Term::Text(std::string(word));
  }

  std::vector<Term> required_, alternatives_, excluded_;
};

}  // namespace

std::string TakeQuoted(std::string_view& text) {
  std::string content;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return content;
    }
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) ++i;
    content += text[i];
  }
  throw errors::InvalidFilterPattern("a quotation mark is not closed");
}

std::string_view TakeRegex(std::string_view& text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '%') {
      const std::string_view regex = text.substr(1, i - 1);
      text.remove_prefix(i + 1);
      return regex;
    }
  }
  throw errors::InvalidFilterPattern("a regular expression is not closed");
}

std::shared_ptr<const re2::RE2> CompileRegex(std::string_view regex) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  auto compiled = std::make_shared<const re2::RE2>(re2::StringPiece(regex.data(), regex.size()), options);
  if (regex.empty() || !compiled->ok()) throw errors::InvalidFilterPattern("a regular expression is not valid");
  return compiled;
}

FilterPattern FilterPattern::Parse(std::string_view text) {
  FilterPattern pattern;
  const auto begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return pattern;
  text = text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
  if (text.front() == '{') {
    pattern.condition_ = ParseJsonPattern(text);
  } else if (text.front() == '[') {
    pattern.condition_ = ParseSpaceDelimitedPattern(text);
  } else {
    pattern.condition_ = std::make_shared<const Terms>(text);
  }
  return pattern;
}

}  // namespace drydock::logs
