// Hosts that are no tasks, such as EC2 instances: they answer on their ports and do nothing else.
#pragma once

#include <string>
#include <vector>

namespace drydock::tasks {

struct HostSpec {
  std::string id;  // i-…
  std::string vpc_id;
  std::string availability_zone;
  std::vector<std::string> private_addresses;  // of all its network interfaces, the primary one first
  std::vector<int> ports;                      // TCP ports that are listened on

  bool operator==(const HostSpec&) const = default;
};

// Where hosts stand. All members may be called from any thread.
class Hosts {
 public:
  virtual ~Hosts() = default;
  // The host is there from now on, in the place of the one with the same id. Runtime::Locate finds it as it finds
  // tasks.
  virtual void StandHost(HostSpec host) = 0;
  // Unknown hosts are ignored.
  virtual void RemoveHost(const std::string& id) = 0;
};

}  // namespace drydock::tasks
