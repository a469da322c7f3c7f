#include "handlers/ec2/availability_zones.h"

#include <algorithm>

#include "api/ec2/AvailabilityZone.h"
#include "api/ec2/DescribeAvailabilityZonesRequest.h"
#include "api/ec2/DescribeAvailabilityZonesResult.h"
#include "api/ec2/DescribeRegionsRequest.h"
#include "api/ec2/DescribeRegionsResult.h"
#include "api/ec2/Region.h"
#include "emulator/api/operation.h"
#include "emulator/core/text.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/requests.h"

namespace drydock::ec2 {

namespace {

struct RegionFacts {
  const char* name;
  const char* letters;  // of the zones' names
  const char* numbers;  // of their ids, in the same order
  bool opt_in = false;
};

// AWS Global Infrastructure, "Regions and Zones"; which letters go with which numbers differs by account.
constexpr RegionFacts kRegions[] = {
    {"af-south-1", "abc", "123", true},
    {"ap-east-1", "abc", "123", true},
    {"ap-northeast-1", "acd", "412"},
    {"ap-northeast-2", "abcd", "1234"},
    {"ap-northeast-3", "abc", "123"},
    {"ap-south-1", "abc", "132"},
    {"ap-south-2", "abc", "123", true},
    {"ap-southeast-1", "abc", "123"},
    {"ap-southeast-2", "abc", "123"},
    {"ap-southeast-3", "abc", "123", true},
    {"ap-southeast-4", "abc", "123", true},
    {"ca-central-1", "abd", "124"},
    {"ca-west-1", "abc", "123", true},
    {"eu-central-1", "abc", "231"},
    {"eu-central-2", "abc", "123", true},
    {"eu-north-1", "abc", "123"},
    {"eu-south-1", "abc", "123", true},
    {"eu-south-2", "abc", "123", true},
    {"eu-west-1", "abc", "123"},
    {"eu-west-2", "abc", "231"},
    {"eu-west-3", "abc", "123"},
    {"il-central-1", "abc", "123", true},
    {"me-central-1", "abc", "123", true},
    {"me-south-1", "abc", "123", true},
    {"sa-east-1", "abc", "123"},
    {"us-east-1", "abcdef", "124635"},
    {"us-east-2", "abc", "123"},
    {"us-west-1", "ac", "13"},
    {"us-west-2", "abcd", "1234"},
};

// eu-central-1 -> euc1, ap-northeast-2 -> apne2: the first part, the direction's initials, the number.
std::string ShortName(const std::string& region) {
  const auto parts = Split(region, '-');
  if (parts.size() != 3) return region;
  const std::string& direction = parts[1];
  std::string initials;
  for (const std::string_view word : {"north", "south", "east", "west", "central"}) {
    const auto at = direction.find(word);
    if (at == 0) initials.insert(0, 1, word[0]);
    if (at != std::string::npos && at > 0) initials.push_back(word[0]);
  }
  return parts[0] + (initials.empty() ? direction.substr(0, 1) : initials) + parts[2];
}

constexpr FilterOf<AvailabilityZone> kZoneFilters[] = {
    {"group-long-name", &At<&AvailabilityZone::GroupLongName>},
    {"group-name", &At<&AvailabilityZone::GroupName>},
    {"message", &At<&AvailabilityZone::Messages, &AvailabilityZoneMessage::Message>},
    {"opt-in-status", &At<&AvailabilityZone::OptInStatus>},
    {"parent-zone-id", &At<&AvailabilityZone::ParentZoneId>},
    {"parent-zone-name", &At<&AvailabilityZone::ParentZoneName>},
    {"region-name", &At<&AvailabilityZone::RegionName>},
    {"state", &At<&AvailabilityZone::State>},
    {"zone-id", &At<&AvailabilityZone::ZoneId>},
    {"zone-name", &At<&AvailabilityZone::ZoneName>},
    {"zone-type", &At<&AvailabilityZone::ZoneType>},
};

constexpr FilterOf<Region> kRegionFilters[] = {
    {"endpoint", &At<&Region::Endpoint>},
    {"opt-in-status", &At<&Region::OptInStatus>},
    {"region-name", &At<&Region::RegionName>},
};

bool Contains(const List<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

std::vector<Zone> ZonesOf(const std::string& region) {
  RegionFacts facts{"", "abc", "123"};
  for (const RegionFacts& known : kRegions)
    if (region == known.name) facts = known;
  std::vector<Zone> zones;
  for (std::size_t i = 0; facts.letters[i]; ++i)
    zones.push_back({region + facts.letters[i], ShortName(region) + "-az" + facts.numbers[i]});
  return zones;
}

// Every zone is one of the region's own; Drydock has no Local or Wavelength Zones.
AWS_OPERATION(ec2, DescribeAvailabilityZones)
DescribeAvailabilityZonesResult DescribeAvailabilityZones(Context& context,
                                                          const DescribeAvailabilityZonesRequest& in) {
  const auto zones = ZonesOf(context.region());
  const auto known = [&](const std::string& value, std::string Zone::*member) {
    return std::any_of(zones.begin(), zones.end(), [&](const Zone& zone) { return zone.*member == value; });
  };
  for (const std::string& name : in.ZoneNames)  // the text as seen: "Invalid availability zone: [us-east-1z]"
    if (!known(name, &Zone::name))
      throw errors::InvalidParameterValue(fmt::format("Invalid availability zone: [{}]", name));
  for (const std::string& id : in.ZoneIds)
    if (!known(id, &Zone::id))
      throw errors::InvalidParameterValue(fmt::format("Invalid availability zone-id: [{}]", id));

  std::vector<AvailabilityZone> all;
  for (const Zone& zone : zones) {
    if (!in.ZoneNames.empty() && !Contains(in.ZoneNames, zone.name)) continue;
    if (!in.ZoneIds.empty() && !Contains(in.ZoneIds, zone.id)) continue;
    AvailabilityZone& wire = all.emplace_back();
    wire.OptInStatus = "opt-in-not-required";
    wire.Messages.present = true;
    wire.RegionName = context.region();
    wire.ZoneName = zone.name;
    wire.ZoneId = zone.id;
    wire.GroupName = context.region() + "-zg-1";
    wire.NetworkBorderGroup = context.region();
    wire.ZoneType = "availability-zone";
    wire.State = "available";
  }
  KeepMatching(all, in.Filters, kZoneFilters);
  EndDryRun(in.DryRun);

  DescribeAvailabilityZonesResult out;
  out.AvailabilityZones = std::move(all);
  return out;
}

AWS_OPERATION(ec2, DescribeRegions)
DescribeRegionsResult DescribeRegions(Context&, const DescribeRegionsRequest& in) {
  for (const std::string& name : in.RegionNames)  // the text as seen: "Invalid region names: [mars-1]"
    if (std::none_of(std::begin(kRegions), std::end(kRegions), [&](const auto& region) { return region.name == name; }))
      throw errors::InvalidParameterValue(fmt::format("Invalid region names: [{}]", name));

  std::vector<Region> all;
  for (const RegionFacts& facts : kRegions) {
    // Regions that need opting in are shown when asked for: no account of Drydock's has opted in to any.
    if (facts.opt_in && !in.AllRegions.value_or(false) && !Contains(in.RegionNames, facts.name)) continue;
    if (!in.RegionNames.empty() && !Contains(in.RegionNames, facts.name)) continue;
    Region& wire = all.emplace_back();
    wire.OptInStatus = facts.opt_in ? "not-opted-in" : "opt-in-not-required";
    wire.RegionName = facts.name;
    wire.Endpoint = fmt::format("ec2.{}.amazonaws.com", facts.name);
  }
  KeepMatching(all, in.Filters, kRegionFilters);
  EndDryRun(in.DryRun);

  DescribeRegionsResult out;
  out.Regions = std::move(all);
  return out;
}

}  // namespace drydock::ec2
