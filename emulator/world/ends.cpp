#include "emulator/world/ends.h"

#include <charconv>

#include "emulator/core/arn.h"
#include "emulator/world/tasks.h"
#include "store/records/ec2/network_interface.h"
#include "store/records/ecs/task.h"
#include "store/records/elbv2/load_balancer.h"

namespace drydock::world {

namespace {

constexpr std::size_t kTaskIdLength = 32;

bool IsTaskId(const std::string& name) {
  return name.size() == kTaskIdLength && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// A name that DNS could hold and that has a dot in it.
bool IsHostName(const std::string& name) {
  return name.find('.') != std::string::npos && name.find("..") == std::string::npos && name.front() != '.' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") ==
             std::string::npos;
}

std::string RegionOf(const network::Topology& topology, const network::Endpoint& end) {
  const auto* named = std::get_if<network::InterfaceEndpoint>(&end);
  const auto* interface = named ? topology.Find<network::NetworkInterface>(named->id) : nullptr;
  const auto* vpc = interface ? topology.Find<network::Vpc>(interface->vpc_id) : nullptr;
  return vpc ? vpc->region : "us-east-1";
}

network::Endpoint InterfaceOf(const records::ecs::Task& task) {
  if (task.attachment.network_interface_id.empty() || task.last_status == "STOPPED")
    throw UnknownEnd("The task " + task.id + " has no network interface (any more): it is " + task.last_status + ".");
  return network::InterfaceEndpoint{task.attachment.network_interface_id};
}

}  // namespace

NameAndPort SplitPort(const std::string& text) {
  std::string name = text, port;
  const auto colon = text.rfind(':');
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string::npos) throw UnknownEnd("\"" + text + "\" lacks its closing bracket.");
    name = text.substr(1, end - 1);
    if (end + 1 < text.size()) {
      if (text[end + 1] != ':') throw UnknownEnd("\"" + text + "\" is not [address]:port.");
      port = text.substr(end + 2);
    }
  } else if (colon != std::string::npos && !network::Address::Parse(text)) {
    // An ARN is full of colons: only digits behind its last one are a port.
    const std::string behind = text.substr(colon + 1);
    const bool digits = !behind.empty() && behind.find_first_not_of("0123456789") == std::string::npos;
    if (digits || !Arn::LooksLike(text)) {
      name = text.substr(0, colon);
      port = behind;
    }
  }
  if (name.empty()) throw UnknownEnd("\"" + text + "\" names nothing.");
  if (port.empty() && name.size() == text.size()) return {name, std::nullopt};
  unsigned number = 0;
  const auto [rest, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (text.starts_with('[') && port.empty()) return {name, std::nullopt};
  if (error != std::errc() || rest != port.data() + port.size() || number < 1 || number > 65535)
    throw UnknownEnd("\"" + port + "\" is no port: give a number from 1 to 65535.");
  return {name, static_cast<std::uint16_t>(number)};
}

std::optional<network::Endpoint> Ends::Resource(const network::Topology& topology, const std::string& name) const {
  if (name == "internet") return network::InternetEndpoint{};
  if (const auto address = network::Address::Parse(name)) return network::AddressEndpoint{*address};
  if (name.starts_with("eni-")) {
    if (!topology.Find<network::NetworkInterface>(name))
      throw UnknownEnd("There is no network interface " + name + ".");
    return network::InterfaceEndpoint{name};
  }
  if (name.starts_with("i-")) {
    const auto interfaces =
        database_.Read([](store::Transaction& tx) { return tx.ListAll<records::ec2::NetworkInterface>(); });
    std::optional<network::Endpoint> first;
    int lowest = 0;
    for (const auto& [scope, interface] : interfaces) {
      if (!interface.attachment || interface.instance_id != name) continue;
      if (first && interface.attachment->device_index >= lowest) continue;
      first = network::InterfaceEndpoint{interface.network_interface_id};
      lowest = interface.attachment->device_index;
    }
    if (!first) throw UnknownEnd("There is no instance " + name + " with a network interface.");
    return first;
  }
  const auto arn = Arn::Parse(name);
  const bool task_arn = arn && arn->service == "ecs" && arn->resource.starts_with("task/");
  const std::string id = task_arn                    ? name.substr(name.rfind('/') + 1)
                         : name.starts_with("task/") ? name.substr(name.rfind('/') + 1)
                                                     : name;
  if (!task_arn && !IsTaskId(id)) return std::nullopt;
  const auto task = database_.Read([&](store::Transaction& tx) -> std::optional<records::ecs::Task> {
    if (task_arn) return tx.Get<records::ecs::Task>({arn->account, arn->region}, id);
    for (auto& [scope, each] : tx.ListAll<records::ecs::Task>())
      if (each.id == id) return std::move(each);
    return std::nullopt;
  });
  if (!task) throw UnknownEnd("There is no task " + name + ".");
  return InterfaceOf(*task);
}

std::optional<network::Endpoint> Ends::LoadBalancer(const network::Topology& topology, const std::string& name) const {
  const auto all = database_.Read([](store::Transaction& tx) { return tx.ListAll<records::elbv2::LoadBalancer>(); });
  for (const auto& [scope, each] : all) {
    if (each.arn != name && each.name != name && each.dns_name != name) continue;
    if (each.zones.empty()) continue;
    const std::string& id = each.zones.front().network_interface_id;
    const auto* interface = topology.Find<network::NetworkInterface>(id);
    if (!interface) throw UnknownEnd("The load balancer " + each.name + " has no network interface.");
    if (each.scheme == "internet-facing" && !interface->private_ipv4.empty() &&
        interface->private_ipv4.front().public_address)
      return network::AddressEndpoint{*interface->private_ipv4.front().public_address};
    return network::InterfaceEndpoint{id};
  }
  return std::nullopt;
}

network::Endpoint Ends::Source(const network::Topology& topology, const std::string& name) const {
  if (auto end = Resource(topology, name)) return *end;
  throw UnknownEnd("\"" + name + "\" is no source: name a task (ARN or id), eni-…, i-…, an address, or internet.");
}

network::Endpoint Ends::Destination(const network::Topology& topology, const std::string& name,
                                    const network::Endpoint& source) const {
  if (auto end = Resource(topology, name)) return *end;
  if (auto end = LoadBalancer(topology, name)) return *end;
  if (auto service = service_called_(name, RegionOf(topology, source))) return network::ServiceEndpoint{*service};
  if (IsHostName(name) && !name.ends_with(".elb.localhost")) return network::InternetEndpoint{};
  throw UnknownEnd("\"" + name +
                   "\" is no destination: name a task (ARN or id), eni-…, i-…, an address, a load balancer, an AWS "
                   "service (secretsmanager, ecr.api …), a host, or internet.");
}

}  // namespace drydock::world
