// The JSON page with which a simulated container answers: who it is, and the request as it arrived. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/tasks/hosts.h"
#include "emulator/tasks/runtime.h"
#include "emulator/tasks/simulated/running_task.h"

namespace drydock::tasks::simulated {

// The part of the page that is the same for every request; values of environment variables are not in it, of secrets
// their length in bytes.
std::string DescribeContainer(const TaskSpec& task, const ContainerSpec& container);

std::string DescribeHost(const HostSpec& host);
// A running task for whoever rehearses with it (/_drydock/tasks/<id>): its containers, their environment (of secrets
// the length), and how they are asked to behave.
std::string DescribeTask(const RunningTask& task);

struct ReceivedRequest {
  std::string_view method;
  std::string_view target;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string_view source_address;
  std::uint64_t body_size = 0;
};

// `container` as DescribeContainer or DescribeHost gave it.
std::string Page(const std::string& container, const ReceivedRequest& request);

// What /_drydock/connect?to=<destination>:<port> asks for, below any path that a listener's rule may lead here by;
// empty without `to`. nullopt for other targets.
std::optional<std::string> ConnectAskedFor(std::string_view target);

// "ip-10-0-10-5.ec2.internal", in other Regions "ip-10-0-10-5.<region>.compute.internal" (EC2 user guide, "IP-based
// naming").
std::string Hostname(const std::string& private_address, const std::string& availability_zone);

}  // namespace drydock::tasks::simulated
