#include "emulator/world/instances.h"

#include <catch2/catch.hpp>

#include <map>

#include "store/records/ec2/instance.h"
#include "store/records/ec2/network_interface.h"

namespace drydock::world {

namespace {

namespace ec2 = records::ec2;

const Scope kScope{"123456789012", "eu-central-1"};

class Hosts : public tasks::Hosts {
 public:
  void StandHost(tasks::HostSpec host) override { standing[host.id] = host; }
  void RemoveHost(const std::string& id) override { standing.erase(id); }
  std::map<std::string, tasks::HostSpec> standing;
};

ec2::Instance Running(const std::string& id, const std::string& listen) {
  ec2::Instance instance;
  instance.instance_id = id;
  instance.vpc_id = "vpc-1";
  instance.state = "running";
  instance.tags = {{"drydock:listen", listen}};
  return instance;
}
ec2::NetworkInterface Interface(const std::string& id, std::vector<std::string> addresses, int device_index,
                                const std::optional<std::string>& instance_id) {
  ec2::NetworkInterface interface;
  interface.network_interface_id = id;
  interface.vpc_id = "vpc-1";
  for (const auto& address : addresses)
    interface.private_ip_addresses.push_back({address, interface.private_ip_addresses.empty(), std::nullopt});
  interface.instance_id = instance_id;
  if (instance_id) interface.attachment.emplace().device_index = device_index;
  return interface;
}

}  // namespace

TEST_CASE("running instances are hosts, from the start on and with each change") {
  store::Database database(store::kInMemory);
  const auto put = [&](const auto& record) { database.Write([&](store::Transaction& tx) { tx.Put(kScope, record); }); };
  put(Running("i-1", "27017, 22"));
  put(Interface("eni-1", {"10.0.20.5"}, 0, "i-1"));
  Hosts hosts;
  {
    InstanceWorld world(database, hosts);
    REQUIRE(hosts.standing.contains("i-1"));
    CHECK(hosts.standing["i-1"].ports == std::vector{27017, 22});
    CHECK(hosts.standing["i-1"].private_addresses == std::vector<std::string>{"10.0.20.5"});

    put(Interface("eni-2", {"10.0.21.5", "10.0.21.6"}, 1, "i-1"));
    CHECK(hosts.standing["i-1"].private_addresses == std::vector<std::string>{"10.0.20.5", "10.0.21.5", "10.0.21.6"});
    put(Interface("eni-2", {"10.0.21.5"}, 1, std::nullopt));
    CHECK(hosts.standing["i-1"].private_addresses == std::vector<std::string>{"10.0.20.5"});
    put(Running("i-1", ""));
    CHECK(hosts.standing["i-1"].ports.empty());

    auto stopping = Running("i-1", "22");
    stopping.state = "stopping";
    put(stopping);
    CHECK(hosts.standing.empty());
  }
  put(Running("i-1", "22"));
  CHECK(hosts.standing.empty());  // nobody follows any more
}

}  // namespace drydock::world
