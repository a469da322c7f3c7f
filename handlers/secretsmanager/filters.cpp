#include "handlers/secretsmanager/filters.h"

#include <algorithm>
#include <vector>

#include "emulator/core/text.h"

namespace drydock::secretsmanager {

using records::secretsmanager::Secret;

namespace {

std::vector<std::string> Words(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : Lowercase(text)) {
    const bool separates = std::string_view(" ,.;:/-_+=@!\t\n").find(c) != std::string_view::npos;
    if (!separates) {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

// Whether each word of `wanted` begins some word of the texts; of any case.
bool MatchesWords(const std::string& wanted, const std::vector<std::string>& texts) {
  std::vector<std::string> words;
  for (const std::string& text : texts)
    for (std::string& word : Words(text)) words.push_back(std::move(word));
  const std::vector<std::string> wanted_words = Words(wanted);
  return std::all_of(wanted_words.begin(), wanted_words.end(), [&](const std::string& prefix) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) { return word.starts_with(prefix); });
  });
}

bool MatchesPrefix(const std::string& wanted, const std::vector<std::string>& texts) {
  return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) { return text.starts_with(wanted); });
}

bool Matches(const Secret& secret, const std::string& region, const std::string& key, const std::string& wanted) {
  std::vector<std::string> tag_keys, tag_values;
  for (const auto& [tag, value] : secret.tags) {
    tag_keys.push_back(tag);
    tag_values.push_back(value);
  }
  if (key == "name") return MatchesPrefix(wanted, {secret.name});
  if (key == "description") return MatchesWords(wanted, {secret.description.value_or("")});
  if (key == "tag-key") return MatchesPrefix(wanted, tag_keys);
  if (key == "tag-value") return MatchesPrefix(wanted, tag_values);
  if (key == "primary-region") return MatchesPrefix(wanted, {region});
  if (key == "owning-service") return false;  // Drydock has no secrets that services manage
  std::vector<std::string> everything{secret.name, secret.description.value_or("")};
  everything.insert(everything.end(), tag_keys.begin(), tag_keys.end());
  everything.insert(everything.end(), tag_values.begin(), tag_values.end());
  return MatchesWords(wanted, everything);
}

}  // namespace

bool MatchesFilters(const Secret& secret, const std::string& region, const List<Filter>& filters) {
  return std::all_of(filters.begin(), filters.end(), [&](const Filter& filter) {
    return filter.Values.empty() ||
           std::any_of(filter.Values.begin(), filter.Values.end(), [&](const std::string& value) {
             const bool negated = value.starts_with("!");
             return Matches(secret, region, filter.Key.value_or("all"), negated ? value.substr(1) : value) != negated;
           });
  });
}

std::string Describe(const List<Filter>& filters) {
  std::string text;
  for (const Filter& filter : filters) {
    text += filter.Key.value_or("") + "=";
    for (const std::string& value : filter.Values) text += std::to_string(value.size()) + ":" + value;
  }
  return text;
}

}  // namespace drydock::secretsmanager
