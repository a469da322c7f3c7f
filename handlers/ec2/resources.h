// The kinds of EC2's resources: how their ids look, what errors AWS gives for ids that are wrong, and how to find them.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "emulator/core/context.h"
#include "emulator/core/schema.h"
#include "store/database.h"
#include "store/records/ec2/egress_only_internet_gateway.h"
#include "store/records/ec2/elastic_address.h"
#include "store/records/ec2/instance.h"
#include "store/records/ec2/internet_gateway.h"
#include "store/records/ec2/managed_prefix_list.h"
#include "store/records/ec2/nat_gateway.h"
#include "store/records/ec2/network_acl.h"
#include "store/records/ec2/network_interface.h"
#include "store/records/ec2/route_table.h"
#include "store/records/ec2/security_group.h"
#include "store/records/ec2/subnet.h"
#include "store/records/ec2/vpc.h"
#include "store/records/ec2/vpc_endpoint.h"
#include "store/records/ec2/vpc_peering_connection.h"

namespace drydock::ec2 {

namespace record = ::drydock::records::ec2;

struct ResourceKind {
  const char* prefix;          // of its ids, without the dash
  const char* type;            // in tag specifications, DescribeTags and ARNs
  const char* malformed;       // the code for what cannot be such an id
  const char* not_found;       // the code for an id that nothing has
  const char* not_found_text;  // {} is the id
};

// EC2 API Reference, "Error codes": the spelling of "Id" and "ID" is AWS's own. It has no code for a malformed
// allocation id.
template <class Record>
inline constexpr ResourceKind kKind{};
template <>
inline constexpr ResourceKind kKind<record::Vpc>{"vpc", "vpc", "InvalidVpcID.Malformed", "InvalidVpcID.NotFound",
                                                 "The vpc ID '{}' does not exist"};
template <>
inline constexpr ResourceKind kKind<record::Subnet>{"subnet", "subnet", "InvalidSubnetID.Malformed",
                                                    "InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist"};
template <>
inline constexpr ResourceKind kKind<record::SecurityGroup>{"sg", "security-group", "InvalidGroupId.Malformed",
                                                           "InvalidGroup.NotFound",
                                                           "The security group '{}' does not exist"};
template <>
inline constexpr ResourceKind kKind<record::SecurityGroupRule>{
    "sgr", "security-group-rule", "InvalidSecurityGroupRuleId.Malformed", "InvalidSecurityGroupRuleId.NotFound",
    "The security group rule ID '{}' does not exist"};
template <>
inline constexpr ResourceKind kKind<record::RouteTable>{"rtb", "route-table", "InvalidRouteTableId.Malformed",
                                                        "InvalidRouteTableID.NotFound",
                                                        "The routeTable ID '{}' does not exist"};
template <>
inline constexpr ResourceKind kKind<record::InternetGateway>{
    "igw", "internet-gateway", "InvalidInternetGatewayId.Malformed", "InvalidInternetGatewayID.NotFound",
    "The internetGateway ID '{}' does not exist"};
template <>
inline constexpr ResourceKind kKind<record::NatGateway>{"nat", "natgateway", "NatGatewayMalformed",
                                                        "NatGatewayNotFound", "The Nat Gateway {} was not found"};
template <>
inline constexpr ResourceKind kKind<record::ElasticAddress>{"eipalloc", "elastic-ip", "InvalidAllocationID.NotFound",
                                                            "InvalidAllocationID.NotFound",
                                                            "The allocation ID '{}' does not exist"};
template <>
inline constexpr ResourceKind kKind<record::NetworkInterface>{
    "eni", "network-interface", "InvalidNetworkInterfaceId.Malformed", "InvalidNetworkInterfaceID.NotFound",
    "The networkInterface ID '{}' does not exist"};
template <>
inline constexpr ResourceKind kKind<record::NetworkAcl>{"acl", "network-acl", "InvalidNetworkAclId.Malformed",
                                                        "InvalidNetworkAclID.NotFound",
                                                        "The networkAcl ID '{}' does not exist"};
template <>
inline constexpr ResourceKind kKind<record::Instance>{"i", "instance", "InvalidInstanceID.Malformed",
                                                      "InvalidInstanceID.NotFound",
                                                      "The instance ID '{}' does not exist"};
template <>
inline constexpr ResourceKind kKind<record::SubnetCidrReservation>{
    "scr", "subnet-cidr-reservation", "InvalidSubnetCidrReservationID.Malformed",
    "InvalidSubnetCidrReservationID.NotFound", "The subnet CIDR reservation ID '{}' does not exist"};
template <>
inline constexpr ResourceKind kKind<record::DhcpOptions>{"dopt", "dhcp-options", "InvalidDhcpOptionsId.Malformed",
                                                         "InvalidDhcpOptionID.NotFound",
                                                         "The dhcpOption ID '{}' does not exist"};
template <>
inline constexpr ResourceKind kKind<record::VpcEndpoint>{"vpce", "vpc-endpoint", "InvalidVpcEndpointId.Malformed",
                                                         "InvalidVpcEndpointId.NotFound",
                                                         "The Vpc Endpoint Id '{}' does not exist"};
template <>
inline constexpr ResourceKind kKind<record::ManagedPrefixList>{"pl", "prefix-list", "InvalidPrefixListId.Malformed",
                                                               "InvalidPrefixListID.NotFound",
                                                               "The prefix list ID '{}' does not exist"};
template <>
inline constexpr ResourceKind kKind<record::VpcPeeringConnection>{
    "pcx", "vpc-peering-connection", "InvalidVpcPeeringConnectionId.Malformed",
    "InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID '{}' does not exist"};
// The code for one that is not there is what Terraform's provider expects of DeleteEgressOnlyInternetGateway; the text
// is unconfirmed.
template <>
inline constexpr ResourceKind kKind<record::EgressOnlyInternetGateway>{
    "eigw", "egress-only-internet-gateway", "InvalidEgressOnlyInternetGatewayId.Malformed", "InvalidGatewayID.NotFound",
    "The egressOnlyInternetGateway ID '{}' does not exist"};

// Whether the text is <prefix>- and 8 or 17 hexadecimal digits.
bool HasIdSyntax(const ResourceKind& kind, const std::string& id);

ApiError MalformedId(const ResourceKind& kind, const std::string& id);
inline ApiError NotFound(const ResourceKind& kind, const std::string& id) {
  return {kind.not_found, fmt::format(fmt::runtime(kind.not_found_text), id)};
}

// The resource of this id. Throws the kind's Malformed or NotFound.
template <class Record>
Record Require(Context& context, const std::string& id) {
  if (!HasIdSyntax(kKind<Record>, id)) throw MalformedId(kKind<Record>, id);
  std::optional<Record> found = context.tx.Get<Record>(context.scope, id);
  if (!found) throw NotFound(kKind<Record>, id);
  return std::move(*found);
}

// The resources that a Describe is about: those named, each once and each required, or else all.
template <class Record>
std::vector<Record> Select(Context& context, const List<std::string>& ids) {
  if (ids.empty()) return context.tx.List<Record>(context.scope);
  std::vector<Record> selected;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (std::find(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(i), ids[i]) ==
        ids.begin() + static_cast<std::ptrdiff_t>(i))
      selected.push_back(Require<Record>(context, ids[i]));
  }
  return selected;
}

}  // namespace drydock::ec2
