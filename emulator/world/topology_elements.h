// The records of EC2's networking as the engine's elements.
#pragma once

#include "emulator/core/scope.h"
#include "emulator/network/topology.h"
#include "store/records/ec2/egress_only_internet_gateway.h"
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

namespace drydock::world {

network::Vpc ElementOf(const Scope& scope, const records::ec2::Vpc& vpc);
network::Subnet ElementOf(const Scope& scope, const records::ec2::Subnet& subnet);
network::RouteTable ElementOf(const Scope& scope, const records::ec2::RouteTable& table);
network::NetworkAcl ElementOf(const Scope& scope, const records::ec2::NetworkAcl& acl);
network::NetworkInterface ElementOf(const Scope& scope, const records::ec2::NetworkInterface& interface);
network::InternetGateway ElementOf(const Scope& scope, const records::ec2::InternetGateway& gateway);
network::NatGateway ElementOf(const Scope& scope, const records::ec2::NatGateway& gateway);
network::EgressOnlyInternetGateway ElementOf(const Scope& scope,
                                             const records::ec2::EgressOnlyInternetGateway& gateway);
network::VpcEndpoint ElementOf(const Scope& scope, const records::ec2::VpcEndpoint& endpoint);
network::PrefixList ElementOf(const Scope& scope, const records::ec2::ManagedPrefixList& list);
network::VpcPeeringConnection ElementOf(const Scope& scope, const records::ec2::VpcPeeringConnection& connection);
// Without rules.
network::SecurityGroup ElementOf(const Scope& scope, const records::ec2::SecurityGroup& group);
network::SecurityGroupRule ElementOf(const records::ec2::SecurityGroupRule& rule);

}  // namespace drydock::world
