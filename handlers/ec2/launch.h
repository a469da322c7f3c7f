// What RunInstances is asked for, checked and made definite before anything is made.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/ec2/RunInstancesRequest.h"
#include "emulator/core/context.h"
#include "handlers/ec2/instance_types.h"
#include "handlers/ec2/resources.h"

namespace drydock::ec2 {

// An interface that each launched instance gets: an existing one, or a new one in the subnet.
struct PlannedInterface {
  int device_index = 0;
  bool delete_on_termination = true;
  std::optional<record::NetworkInterface> existing;
  record::Subnet subnet;
  std::vector<std::string> group_ids;
  std::string description;
  InstanceNetworkInterfaceSpecification addresses;  // its members on addresses
};

struct LaunchPlan {
  const InstanceTypeFacts* type = nullptr;
  std::vector<PlannedInterface> interfaces;  // the primary one first; all of one VPC and Availability Zone
  bool associate_public_ip_address = false;
  int count = 0;              // how many can be launched: between MinCount and MaxCount
  record::Instance instance;  // what all of them have in common
  record::Tags interface_tags;
};

// Throws whatever RunInstances refuses.
LaunchPlan PlanLaunch(Context& context, const RunInstancesRequest& in);

// Base64, at most 16 KB of bytes: EC2 User Guide, "User data". Throws InvalidParameterValue.
std::string DecodeUserData(const std::string& text);

}  // namespace drydock::ec2
