#include "handlers/ec2/filters.h"

#include "emulator/core/text.h"
#include "handlers/ec2/errors.h"

namespace drydock::ec2 {

namespace {

constexpr std::size_t kMaxFilterValues = 200;  // EC2 API Reference, "Filter"

bool MatchesOne(const std::string& value, const std::vector<std::string>& patterns) {
  for (const std::string& pattern : patterns)
    if (MatchesWildcard(pattern, value)) return true;
  return false;
}

}  // namespace

bool FilterValues::MatchesAnyOf(const std::vector<std::string>& patterns) const {
  for (const std::string& value : values_)
    if (MatchesOne(value, patterns)) return true;
  return false;
}

namespace filters_internal {

std::optional<bool> MatchesTags(const List<Tag>& tags, const Filter& filter) {
  constexpr std::string_view kTag = "tag:";
  const bool by_key = filter.Name == "tag-key";
  if (!by_key && filter.Name->compare(0, kTag.size(), kTag) != 0) return std::nullopt;
  const std::string wanted = by_key ? "" : filter.Name->substr(kTag.size());
  for (const Tag& tag : tags) {
    const std::string key = tag.Key.value_or("");
    if (by_key ? MatchesOne(key, filter.Values) : key == wanted && MatchesOne(tag.Value.value_or(""), filter.Values))
      return true;
  }
  return false;
}

void Check(const List<Filter>& filters) {
  std::size_t values = 0;
  for (const Filter& filter : filters) {
    if (!filter.Name) throw errors::InvalidFilter("null");
    values += filter.Values.size();
  }
  if (values > kMaxFilterValues) throw errors::FilterLimitExceeded();
}

void RefuseUnknown(const Filter& filter) {
  throw errors::InvalidFilter(*filter.Name);
}

}  // namespace filters_internal

}  // namespace drydock::ec2
