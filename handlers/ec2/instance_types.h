// The instance types that Drydock has: what of their hardware networking and quotas depend on.
#pragma once

#include <string>

namespace drydock::ec2 {

// Public values: EC2 Instance Types Guide, "Specifications".
struct InstanceTypeFacts {
  const char* name;
  int vcpus;
  int memory_mib;
  const char* architecture;  // x86_64, arm64
  int max_interfaces;
  int addresses_per_interface;  // IPv4; of IPv6 as many
  const char* network_performance;
};

// nullptr for a type that Drydock does not have.
const InstanceTypeFacts* FindInstanceType(const std::string& name);

}  // namespace drydock::ec2
