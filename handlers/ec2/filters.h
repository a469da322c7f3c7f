// The filters of the Describe operations: for each resource a table of filter names and where their values stand in the
// resource as the answer shows it.
//
//   constexpr FilterOf<Vpc> kVpcFilters[] = {
//       {"vpc-id", &At<&Vpc::VpcId>},
//       {"cidr-block-association.cidr-block", &At<&Vpc::CidrBlockAssociationSet, &VpcCidrBlockAssociation::CidrBlock>},
//   };
//   KeepMatching(vpcs, in.Filters, kVpcFilters);
//
// A resource passes a filter when any of its values matches any of the filter's; it must pass all filters. * and ? are
// wildcards. `tag:<key>` and `tag-key` work for whatever has tags. EC2 API Reference, "Filter".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/ec2/Filter.h"
#include "api/ec2/Tag.h"
#include "emulator/core/clock.h"
#include "emulator/core/schema.h"

namespace drydock::ec2 {

// The values that one resource has for one filter.
class FilterValues {
 public:
  void Add(const std::string& value) { values_.push_back(value); }
  void Add(bool value) { values_.emplace_back(value ? "true" : "false"); }
  void Add(std::int32_t value) { values_.push_back(std::to_string(value)); }
  void Add(std::int64_t value) { values_.push_back(std::to_string(value)); }
  void Add(Timestamp value) { values_.push_back(FormatIso8601(value, true)); }

  bool MatchesAnyOf(const std::vector<std::string>& patterns) const;

 private:
  std::vector<std::string> values_;
};

template <class Wire>
struct FilterOf {
  std::string_view name;
  void (*read)(const Wire&, FilterValues&);
};

namespace filters_internal {

template <class M>
struct ClassOf;
template <class C, class M>
struct ClassOf<M C::*> {
  using type = C;
};

template <auto... kPath>
struct Walk {
  static void Into(const auto& value, FilterValues& out) { out.Add(value); }
};
template <auto kFirst, auto... kRest>
struct Walk<kFirst, kRest...> {
  static void Into(const auto& structure, FilterValues& out) { Slot(structure.*kFirst, out); }
  template <class T>
  static void Slot(const std::optional<T>& slot, FilterValues& out) {
    if (slot) Walk<kRest...>::Into(*slot, out);
  }
  template <class T>
  static void Slot(const List<T>& slot, FilterValues& out) {
    for (const T& item : slot) Walk<kRest...>::Into(item, out);
  }
};

template <auto kMember>
using ClassOfMember = typename ClassOf<decltype(kMember)>::type;

template <class Wire>
const List<Tag>& TagsOf(const Wire& resource) {
  static const List<Tag> none;
  if constexpr (requires { resource.Tags; })
    return resource.Tags;
  else if constexpr (requires { resource.TagSet; })
    return resource.TagSet;
  else
    return none;
}

// nullopt: no tag filter.
std::optional<bool> MatchesTags(const List<Tag>& tags, const Filter& filter);
void Check(const List<Filter>& filters);
[[noreturn]] void RefuseUnknown(const Filter& filter);

}  // namespace filters_internal

// Reads the values at the end of a path of members; lists on the way give the values of all their items.
template <auto kFirst, auto... kRest>
void At(const filters_internal::ClassOfMember<kFirst>& resource, FilterValues& values) {
  filters_internal::Walk<kFirst, kRest...>::Into(resource, values);
}

// Throws InvalidParameterValue for a filter that the resource does not have, whether or not there are resources.
template <class Wire, std::size_t kCount>
void KeepMatching(std::vector<Wire>& resources, const List<Filter>& filters, const FilterOf<Wire> (&table)[kCount]) {
  filters_internal::Check(filters);
  for (const Filter& filter : filters) {
    if (filters_internal::MatchesTags(filters_internal::TagsOf(Wire()), filter)) {
      std::erase_if(resources, [&](const Wire& resource) {
        return !*filters_internal::MatchesTags(filters_internal::TagsOf(resource), filter);
      });
      continue;
    }
    const auto known =
        std::find_if(std::begin(table), std::end(table), [&](const auto& entry) { return entry.name == *filter.Name; });
    if (known == std::end(table)) filters_internal::RefuseUnknown(filter);
    std::erase_if(resources, [&](const Wire& resource) {
      FilterValues values;
      known->read(resource, values);
      return !values.MatchesAnyOf(filter.Values);
    });
  }
}

}  // namespace drydock::ec2
