#include <algorithm>

#include "api/ec2/AssociateDhcpOptionsRequest.h"
#include "api/ec2/AssociateDhcpOptionsResponse.h"
#include "api/ec2/CreateDhcpOptionsRequest.h"
#include "api/ec2/CreateDhcpOptionsResult.h"
#include "api/ec2/DeleteDhcpOptionsRequest.h"
#include "api/ec2/DeleteDhcpOptionsResponse.h"
#include "api/ec2/DescribeDhcpOptionsRequest.h"
#include "api/ec2/DescribeDhcpOptionsResult.h"
#include "emulator/api/operation.h"
#include "emulator/core/text.h"
#include "emulator/network/address.h"
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

// Of one option: what its values may be. CreateDhcpOptions's manual; texts unconfirmed.
void CheckAddresses(const record::DhcpConfiguration& option, std::size_t max_ipv4, std::size_t max_ipv6) {
  std::size_t ipv4 = 0, ipv6 = 0;
  for (const std::string& value : option.values) {
    const auto address = network::Address::Parse(value);
    if (!address) throw errors::InvalidValue(value, "value", fmt::format("Invalid IP address for {}.", option.key));
    ++(address->is_ipv4() ? ipv4 : ipv6);
  }
  if (ipv4 > max_ipv4 || ipv6 > max_ipv6)
    throw errors::InvalidParameterValue(fmt::format("Too many addresses for {}", option.key));
}

void CheckDhcpOption(const record::DhcpConfiguration& option) {
  const std::string& key = option.key;
  const bool amazon = option.values.size() == 1 && EqualsIgnoringCase(option.values.front(), "AmazonProvidedDNS");
  if (key == "domain-name-servers") {
    if (!amazon) CheckAddresses(option, 4, 4);
  } else if (key == "ntp-servers") {
    CheckAddresses(option, 4, 4);
  } else if (key == "netbios-name-servers") {
    CheckAddresses(option, 4, 0);
  } else if (key == "netbios-node-type") {
    for (const std::string& value : option.values)
      if (value != "1" && value != "2" && value != "4" && value != "8")
        throw errors::InvalidValue(value, "value", "Valid node types: 1, 2, 4, 8.");
  } else if (key == "ipv6-address-preferred-lease-time") {
    const std::string& value = option.values.front();
    const bool is_number = value.size() <= 10 && value.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number || value.empty() || std::stoll(value) < 140 || std::stoll(value) > 2147483647)
      throw errors::InvalidValue(value, "value", "Expecting a value between 140 and 2147483647.");
  } else if (key != "domain-name") {
    throw errors::InvalidValue(key, "dhcpConfiguration.key", "There is no such DHCP option.");
  }
}

// Addresses may come one by one or several in a value, separated by commas.
std::vector<record::DhcpConfiguration> TakeDhcpOptions(const CreateDhcpOptionsRequest& in) {
  std::vector<record::DhcpConfiguration> taken;
  for (const auto& configuration : in.DhcpConfigurations) {
    if (!configuration.Key || configuration.Key->empty()) throw errors::MissingParameter("dhcpConfiguration.key");
    record::DhcpConfiguration option;
    option.key = *configuration.Key;
    for (const std::string& value : configuration.Values)
      for (std::string& part : Split(value, option.key == "domain-name" ? '\0' : ',')) {
        const auto first = part.find_first_not_of(' ');
        if (first != std::string::npos) option.values.push_back(part.substr(first));
      }
    if (option.values.empty()) throw errors::MissingParameter("dhcpConfiguration.value");
    CheckDhcpOption(option);
    for (const auto& other : taken)
      if (other.key == option.key)
        throw errors::InvalidParameterValue(fmt::format("The DHCP option {} is specified twice", option.key));
    taken.push_back(std::move(option));
  }
  if (taken.empty()) throw errors::MissingParameter("dhcpConfiguration");
  return taken;
}

}  // namespace

AWS_OPERATION(ec2, CreateDhcpOptions)
AWS_ACCESS("dhcp-options/*")
CreateDhcpOptionsResult CreateDhcpOptions(Context& context, const CreateDhcpOptionsRequest& in) {
  record::DhcpOptions options;
  options.configurations = TakeDhcpOptions(in);
  options.tags = TakeTags(in.TagSpecifications, kKind<record::DhcpOptions>);
  EndDryRun(in.DryRun);
  options.dhcp_options_id = context.ids.Ec2("dopt");
  context.tx.Put(context.scope, options);
  CreateDhcpOptionsResult out;
  out.DhcpOptions = ToWire(context, options);
  return out;
}

// "default" is no options at all. AssociateDhcpOptions's manual.
AWS_OPERATION(ec2, AssociateDhcpOptions)
AWS_ACCESS("dhcp-options/{DhcpOptionsId}", "vpc/{VpcId}")
AssociateDhcpOptionsResponse AssociateDhcpOptions(Context& context, const AssociateDhcpOptionsRequest& in) {
  auto vpc = Require<record::Vpc>(context, *in.VpcId);
  if (*in.DhcpOptionsId != "default") Require<record::DhcpOptions>(context, *in.DhcpOptionsId);
  EndDryRun(in.DryRun);
  vpc.dhcp_options_id = *in.DhcpOptionsId;
  context.tx.Put(context.scope, vpc);
  return {};
}

AWS_OPERATION(ec2, DeleteDhcpOptions)
AWS_ACCESS("dhcp-options/{DhcpOptionsId}")
DeleteDhcpOptionsResponse DeleteDhcpOptions(Context& context, const DeleteDhcpOptionsRequest& in) {
  const auto options = Require<record::DhcpOptions>(context, *in.DhcpOptionsId);
  for (const auto& vpc : context.tx.List<record::Vpc>(context.scope))
    if (vpc.dhcp_options_id == options.dhcp_options_id)
      throw errors::HasDependencies("dhcpOptions", options.dhcp_options_id);
  EndDryRun(in.DryRun);
  context.tx.Erase<record::DhcpOptions>(context.scope, options.dhcp_options_id);
  return {};
}

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
