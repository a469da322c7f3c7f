#include "api/ec2/DescribeDhcpOptionsRequest.h"
#include "api/ec2/DescribeDhcpOptionsResult.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/filters.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/tags.h"

namespace drydock::ec2 {

namespace {

constexpr FilterOf<DhcpOptions> kDhcpFilters[] = {
    {"dhcp-options-id", &At<&DhcpOptions::DhcpOptionsId>},
    {"key", &At<&DhcpOptions::DhcpConfigurations, &DhcpConfiguration::Key>},
    {"owner-id", &At<&DhcpOptions::OwnerId>},
    {"value", &At<&DhcpOptions::DhcpConfigurations, &DhcpConfiguration::Values, &AttributeValue::Value>},
};

DhcpOptions ToWire(Context& context, const record::DhcpOptions& options) {
  DhcpOptions wire;
  wire.DhcpOptionsId = options.dhcp_options_id;
  wire.OwnerId = context.account();
  for (const auto& configuration : options.configurations) {
    auto& item = wire.DhcpConfigurations.emplace_back();
    item.Key = configuration.key;
    for (const std::string& value : configuration.values) item.Values.emplace_back().Value = value;
  }
  wire.Tags = TagsToWire(options.tags, false);
  return wire;
}

}  // namespace

AWS_OPERATION(ec2, DescribeDhcpOptions)
DescribeDhcpOptionsResult DescribeDhcpOptions(Context& context, const DescribeDhcpOptionsRequest& in) {
  RefuseIdsWithPages("dhcpOptionsIds", !in.DhcpOptionsIds.empty(), in.MaxResults);
  std::vector<DhcpOptions> all;
  for (const auto& options : Select<record::DhcpOptions>(context, in.DhcpOptionsIds))
    all.push_back(ToWire(context, options));
  KeepMatching(all, in.Filters, kDhcpFilters);
  EndDryRun(in.DryRun);

  DescribeDhcpOptionsResult out;
  out.DhcpOptions = PageOf(context, "DescribeDhcpOptions", in, std::move(all), out.NextToken,
                           [](const DhcpOptions& options) { return *options.DhcpOptionsId; });
  return out;
}

}  // namespace drydock::ec2
