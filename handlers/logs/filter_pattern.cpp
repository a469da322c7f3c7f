#include "handlers/logs/filter_pattern.h"

#include <re2/re2.h>

#include <algorithm>
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
    const bool blank = text_.find_first_not_of(kSpaces) == std::string::npos;  // " " matches everything
    return blank || message.find(text_) != std::string_view::npos;
  }
  bool is_regex() const { return regex_ != nullptr; }

 private:
  std::string text_;
  std::shared_ptr<const re2::RE2> regex_;
};

// Words: all that stand alone must occur, none with a minus may. Question marks make alternatives, which count only
// where there is nothing else.
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
    CheckRegexCount(regexes);
  }

  bool Holds(std::string_view message) const override {
    const auto occurs = [&](const Term& term) { return term.IsIn(message); };
    if (std::any_of(excluded_.begin(), excluded_.end(), occurs)) return false;
    if (!std::all_of(required_.begin(), required_.end(), occurs)) return false;
    if (alternatives_.empty() || !required_.empty() || !excluded_.empty()) return true;
    return std::any_of(alternatives_.begin(), alternatives_.end(), occurs);
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

namespace {

// The User Guide's list, "Supported regular expressions syntax"; the space is in its examples.
bool IsOfRegex(char c) {
  static constexpr std::string_view kSymbols = " :_#=@/;,-^$?[]{}|\\*+.";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         kSymbols.find(c) != std::string_view::npos;
}

// RE2 takes {,n} for itself, unlike CloudWatch Logs, where the smaller number may be omitted.
std::string WithSmallerNumbers(std::string_view regex) {
  std::string text;
  bool in_class = false;
  for (std::size_t i = 0; i < regex.size(); ++i) {
    text += regex[i];
    if (regex[i] == '\\' && i + 1 < regex.size()) {
      text += regex[++i];
    } else if (regex[i] == '[' || regex[i] == ']') {
      in_class = regex[i] == '[';
    } else if (!in_class && regex.substr(i).starts_with("{,")) {
      text += '0';
    }
  }
  return text;
}

}  // namespace

void CheckRegexCount(std::size_t count) {
  if (count > kMaximumRegexes) throw errors::InvalidFilterPattern("at most 2 regular expressions are allowed");
}

std::shared_ptr<const re2::RE2> CompileRegex(std::string_view regex) {
  if (!std::all_of(regex.begin(), regex.end(), IsOfRegex))
    throw errors::InvalidFilterPattern("a regular expression has a character that is not supported");
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  auto compiled = std::make_shared<const re2::RE2>(WithSmallerNumbers(regex), options);
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
