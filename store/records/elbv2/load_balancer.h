#pragma once

#include <map>
#include <string>
#include <vector>

#include "store/record.h"

namespace drydock::records::elbv2 {

// A load balancer's presence in one Availability Zone.
struct LoadBalancerZone {
  std::string zone_name;
  std::string subnet_id;
  std::string network_interface_id;  // requester-managed; its addresses are the node's
  // What was asked for, of network load balancers only.
  std::string allocation_id = {};  // the Elastic IP
  std::string private_address = {};
};

struct LoadBalancer {
  std::string arn;
  std::string name;      // unique in the region
  std::string dns_name;  // <name>-<id>.<region>.elb.localhost, internal ones with "internal-" in front
  std::string type;      // application | network | gateway, which has neither DNS name nor scheme
  std::string scheme;    // internet-facing | internal
  std::string state;     // provisioning | active
  std::string vpc_id;
  std::string ip_address_type;  // ipv4 | dualstack | …
  std::vector<LoadBalancerZone> zones;
  std::vector<std::string> security_groups;
  std::map<std::string, std::string> attributes;  // those that were set; the others have their defaults
  std::map<std::string, std::string> tags;
  Timestamp created;

  // The part of the ARN that listeners and rules repeat: app/<name>/<id>.
  std::string Path() const { return arn.substr(arn.find(":loadbalancer/") + 14); }

  static constexpr store::TableName kTable{"elbv2_load_balancer"};
  static constexpr auto kId = store::Members(&LoadBalancer::arn);
  static constexpr auto kIndexed = store::Members(&LoadBalancer::name);
};

}  // namespace drydock::records::elbv2

DRYDOCK_SCHEMA(drydock::records::elbv2::LoadBalancerZone, zone_name, subnet_id, network_interface_id, allocation_id,
               private_address)
DRYDOCK_SCHEMA(drydock::records::elbv2::LoadBalancer, arn, name, dns_name, type, scheme, state, vpc_id, ip_address_type,
               zones, security_groups, attributes, tags, created)
