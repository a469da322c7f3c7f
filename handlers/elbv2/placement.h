// Where a load balancer lives: its subnets, security groups and network interfaces.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/elbv2/SubnetMapping.h"
#include "emulator/core/context.h"
#include "store/records/ec2/subnet.h"
#include "store/records/elbv2/load_balancer.h"

namespace drydock::elbv2 {

// A subnet that was asked for, with the node's address if one was named (network load balancers).
struct Place {
  records::ec2::Subnet subnet;
  std::optional<std::string> private_address;
  std::optional<std::string> allocation_id;
};

// The subnets of a request, checked: they exist, are of one VPC and one each per Availability Zone, two at least for an
// Application Load Balancer, with an internet gateway for an internet-facing one, and, in each that is not in `present`
// already, 8 free addresses and an Elastic IP that nobody uses, where one is named. Throws AWS's errors.
std::vector<Place> ChoosePlaces(Context& context, const std::string& type, const std::string& scheme,
                                const List<std::string>& subnets, const List<SubnetMapping>& mappings,
                                const std::vector<records::elbv2::LoadBalancerZone>& present = {});

// The security groups of a request, checked; the VPC's default group for an Application Load Balancer when none is
// named.
std::vector<std::string> ChooseGroups(Context& context, const std::string& type, const std::string& vpc_id,
                                      const List<std::string>& groups);

// Makes the load balancer's network interfaces those of `places`: new ones are created, those of other subnets are
// deleted, the others stay.
void Occupy(Context& context, records::elbv2::LoadBalancer& load_balancer, const std::vector<Place>& places);
// Deletes all its network interfaces.
void Vacate(Context& context, const records::elbv2::LoadBalancer& load_balancer);

}  // namespace drydock::elbv2
