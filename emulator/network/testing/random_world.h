// Random networks and flows for the property tests and the comparison with the naive evaluator. The same seed gives the
// same network everywhere: only the generator's raw numbers are used, no distribution of the standard library.
#pragma once

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "emulator/network/testing/world.h"

namespace drydock::network::testing {

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  int Below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
  bool Chance(int percent) { return Below(100) < percent; }
  template <class List>
  const auto& Pick(const List& list) {
    return list[static_cast<std::size_t>(Below(static_cast<int>(list.size())))];
  }
  template <class T>
  void Shuffle(std::vector<T>& list) {
    for (std::size_t i = list.size(); i > 1; --i) {
      std::swap(list[i - 1], list[static_cast<std::size_t>(Below(static_cast<int>(i)))]);
    }
  }

 private:
  std::mt19937 random_;
};

// All elements of a network, as plain lists.
struct Elements {
  std::vector<Vpc> vpcs;
  std::vector<Subnet> subnets;
  std::vector<RouteTable> route_tables;
  std::vector<NetworkAcl> acls;
  std::vector<SecurityGroup> groups;
  std::vector<PrefixList> prefix_lists;
  std::vector<NetworkInterface> interfaces;
  std::vector<InternetGateway> internet_gateways;
  std::vector<EgressOnlyInternetGateway> egress_only;
  std::vector<NatGateway> nat_gateways;
  std::vector<VpcEndpoint> endpoints;
  std::vector<VpcPeeringConnection> peerings;

  template <class Visit>
  void EachList(const Visit& visit) const {
    visit(vpcs), visit(subnets), visit(route_tables), visit(acls), visit(groups), visit(prefix_lists);
    visit(interfaces), visit(internet_gateways), visit(egress_only), visit(nat_gateways), visit(endpoints);
    visit(peerings);
  }
  Topology ToTopology() const {
    Topology topology;
    EachList([&](const auto& list) {
      for (const auto& element : list) topology = topology.With(element);
    });
    return topology;
  }
};

constexpr const char* kS3Service = "com.amazonaws.us-east-1.s3";
constexpr const char* kLogsService = "com.amazonaws.us-east-1.logs";

class RandomWorld {
 public:
  explicit RandomWorld(unsigned seed) : dice_(seed) {
    const int vpc_count = 2 + dice_.Below(2);
    for (int v = 0; v < vpc_count; ++v) AddVpc(v);
    elements.prefix_lists.push_back({"pl-s3", kS3Service, Cidrs({"52.216.0.0/15"})});
    elements.prefix_lists.push_back({"pl-mine", "mine", {RandomBlock(), RandomBlock()}});
    for (int a = 0; a < vpc_count; ++a) {
      for (int b = a + 1; b < vpc_count; ++b) {
        if (dice_.Chance(75)) {
          elements.peerings.push_back({fmt("pcx-", a, b), dice_.Chance(85), fmt("vpc-", a), fmt("vpc-", b)});
          if (dice_.Chance(60)) ipv6_peerings_.insert(elements.peerings.back().id);
        }
      }
    }
    for (int v = 0; v < vpc_count; ++v) AddGroups(v);
    for (const Vpc& vpc : elements.vpcs) AddRouteTables(vpc);
    for (const Subnet& subnet : elements.subnets) AddInterfaces(subnet);
    for (const Vpc& vpc : elements.vpcs) AddEndpoints(vpc);
  }

  Elements elements;
  Dice& dice() { return dice_; }

  SecurityGroupRule RandomRule() {
    SecurityGroupRule rule;
    rule.id = "sgr-" + std::to_string(next_id_++);
    rule.egress = dice_.Chance(50);
    rule.protocol = dice_.Chance(30) ? -1 : dice_.Chance(75) ? 6 : 17;
    if (rule.protocol != -1) {
      const PortRange ports = RandomPorts();
      rule.from_port = ports.from;
      rule.to_port = ports.to;
    }
    if (dice_.Chance(50) && !elements.groups.empty()) {
      rule.peer = SecurityGroupReference{dice_.Pick(elements.groups).id};
    } else if (dice_.Chance(15)) {
      rule.peer = PrefixListReference{"pl-mine"};
    } else {
      rule.peer = RandomBlock();
    }
    return rule;
  }

  Flow RandomFlow() {
    Flow flow;
    flow.source = dice_.Chance(80) ? Endpoint(InterfaceEndpoint{RandomInterface().id})
                                   : Endpoint(InternetEndpoint{dice_.Chance(50) ? A("203.0.113.1") : A("2600:2::1")});
    const bool from_outside = std::holds_alternative<InternetEndpoint>(flow.source);
    const int kind = dice_.Below(from_outside ? 50 : 100);
    if (kind < 50) {
      const NetworkInterface& to = RandomInterface();
      const auto& ipv4 = dice_.Pick(to.private_ipv4);
      Address address =
          ipv4.public_address && dice_.Chance(from_outside ? 100 : 40) ? *ipv4.public_address : ipv4.address;
      if (from_outside && !std::get<InternetEndpoint>(flow.source).address->is_ipv4() && !to.ipv6.empty()) {
        address = to.ipv6.front();
      } else if (from_outside) {
        std::get<InternetEndpoint>(flow.source).address = A("203.0.113.1");
      }
      if (!from_outside && !to.ipv6.empty() && dice_.Chance(30)) address = to.ipv6.front();
      flow.destination = AddressEndpoint{address};
    } else if (kind < 60) {
      flow.destination = AddressEndpoint{A("10." + std::to_string(dice_.Below(4)) + ".0.77")};  // nobody there
    } else if (kind < 75) {
      flow.destination = InternetEndpoint{dice_.Chance(60) ? A("203.0.113.1") : A("2600:2::1")};
    } else if (kind < 85) {
      flow.destination = ServiceEndpoint{kS3Service};
    } else {
      flow.destination = ServiceEndpoint{kLogsService};
    }
    flow.protocol = dice_.Chance(85) ? Protocol::kTcp : Protocol::kUdp;
    constexpr std::uint16_t kPorts[] = {22, 80, 443, 3500};
    flow.destination_ports = PortRange::One(kPorts[dice_.Below(4)]);
    constexpr std::uint16_t kSourcePorts[] = {1024, 30000, 40000, 65535};
    flow.source_ports = PortRange::One(kSourcePorts[dice_.Below(4)]);
    return flow;
  }

 private:
  template <class... Parts>
  static std::string fmt(std::string text, Parts... parts) {
    ((text += (text.back() == '-' ? "" : "-") + std::to_string(parts)), ...);
    return text;
  }

  const NetworkInterface& RandomInterface() {
    for (;;) {
      const NetworkInterface& interface = dice_.Pick(elements.interfaces);
      if (interface.interface_type != "nat_gateway" || dice_.Chance(10)) return interface;
    }
  }

  PortRange RandomPorts() {
    constexpr PortRange kRanges[] = {{22, 22},   {80, 80},      {443, 443}, {3000, 4000},
                                     {0, 65535}, {1024, 65535}, {0, 1023}};
    return kRanges[dice_.Below(7)];
  }

  Cidr RandomBlock() {
    const int v = dice_.Below(3);
    switch (dice_.Below(12)) {
      case 0:
        return C("10." + std::to_string(v) + ".0.0/16");
      case 1:
        return C("10." + std::to_string(v) + "." + std::to_string(1 + dice_.Below(3)) + ".0/24");
      case 2:
        return C("10." + std::to_string(v) + ".1.10/32");
      case 3:
        return C("203.0.113.0/24");
      case 4:
        return C("198.51.100.0/22");
      case 5:
        return C("::/0");
      case 6:
        return C("2600:1f18:0:" + std::to_string(v) + "00::/56");
      case 7:
        return C("2600:1f18:0:" + std::to_string(v) + "01::/64");
      default:
        return C("0.0.0.0/0");
    }
  }

  void AddVpc(int v) {
    const std::string id = fmt("vpc-", v);
    const std::string n = std::to_string(v);
    Vpc vpc{id, v == 2 && dice_.Chance(40) ? "eu-west-1" : "us-east-1",
            Cidrs({"10." + n + ".0.0/16", "2600:1f18:0:" + n + "00::/56"})};
    elements.vpcs.push_back(vpc);
    if (dice_.Chance(85)) elements.internet_gateways.push_back({fmt("igw-", v), id});
    if (dice_.Chance(60)) elements.egress_only.push_back({fmt("eigw-", v), id});
    const int subnet_count = 2 + dice_.Below(2);
    for (int s = 1; s <= subnet_count; ++s) {
      const std::string m = std::to_string(s);
      elements.subnets.push_back({fmt("subnet-", v, s), id, "zone-" + m,
                                  Cidrs({"10." + n + "." + m + ".0/24", "2600:1f18:0:" + n + "0" + m + "::/64"})});
      AddAcl(elements.subnets.back());
    }
    if (dice_.Chance(75)) {
      const int s = 1 + dice_.Below(subnet_count);
      NatGateway nat;
      nat.id = fmt("nat-", v);
      nat.vpc_id = id;
      nat.subnet_id = fmt("subnet-", v, s);
      nat.state = dice_.Chance(90) ? NatGateway::State::kAvailable : NatGateway::State::kPending;
      nat.network_interface_id = fmt("eni-nat-", v);
      nat.private_address = A("10." + n + "." + std::to_string(s) + ".9");
      nat.is_public = dice_.Chance(90);
      if (nat.is_public) nat.public_address = A("198.51.100." + std::to_string(100 + v));
      NetworkInterface interface;
      interface.id = nat.network_interface_id;
      interface.vpc_id = id;
      interface.subnet_id = nat.subnet_id;
      interface.interface_type = "nat_gateway";
      interface.private_ipv4 = {{nat.private_address, nat.public_address}};
      elements.interfaces.push_back(interface);
      elements.nat_gateways.push_back(nat);
    }
  }

  void AddAcl(const Subnet& subnet) {
    if (dice_.Chance(15)) return;
    NetworkAcl acl{"acl-" + subnet.id, subnet.vpc_id, {subnet.id}, {}};
    if (dice_.Chance(55)) {
      acl.entries = {AllowAll(100, false), AllowAll(100, true), AllowAll(101, false, "::/0"),
                     AllowAll(101, true, "::/0")};
    }
    const int count = acl.entries.empty() ? 4 + dice_.Below(6) : dice_.Below(3);
    for (int i = 0; i < count; ++i) {
      NetworkAclEntry entry;
      entry.rule_number = 10 * (i + 1) + dice_.Below(9);
      entry.egress = dice_.Chance(50);
      entry.allow = dice_.Chance(80);
      entry.protocol = dice_.Chance(40) ? -1 : dice_.Chance(80) ? 6 : 17;
      entry.cidr = RandomBlock();
      entry.ports = RandomPorts();
      entry.icmp = {-1, -1};
      acl.entries.push_back(entry);
    }
    dice_.Shuffle(acl.entries);
    elements.acls.push_back(acl);
  }

  void AddGroups(int v) {
    for (int g = 0; g < 3; ++g) elements.groups.push_back({fmt("sg-", v, g), fmt("vpc-", v), {}});
    for (std::size_t i = elements.groups.size() - 3; i < elements.groups.size(); ++i) {
      std::vector<SecurityGroupRule> rules;
      // Some groups let everything out or in, so that other obstacles show; the others live by their single rules.
      if (dice_.Chance(75)) rules.insert(rules.end(), {OutAll(), OutAll("::/0")});
      if (dice_.Chance(55)) rules.insert(rules.end(), {InAll(), InAll("::/0")});
      const int count = dice_.Below(8);
      for (int r = 0; r < count; ++r) rules.push_back(RandomRule());
      elements.groups[i].rules = rules;
    }
  }

  std::vector<Route> RandomRoutes(const Vpc& vpc) {
    const std::string n = vpc.id.substr(4);
    std::vector<Route> routes;
    if (dice_.Chance(85)) routes.push_back(To("0.0.0.0/0", (dice_.Chance(60) ? "igw-" : "nat-") + n, dice_.Chance(3)));
    if (dice_.Chance(80)) routes.push_back(To("::/0", (dice_.Chance(60) ? "igw-" : "eigw-") + n));
    if (dice_.Chance(10)) routes.push_back(To("203.0.113.0/24", (dice_.Chance(50) ? "igw-" : "nat-") + n));
    if (dice_.Chance(10)) routes.push_back(To("pl-mine", (dice_.Chance(50) ? "igw-" : "nat-") + n));
    for (const auto& peering : elements.peerings) {
      const std::string& other =
          peering.requester_vpc_id == vpc.id ? peering.accepter_vpc_id : peering.requester_vpc_id;
      if (peering.accepter_vpc_id != vpc.id && peering.requester_vpc_id != vpc.id) continue;
      if (dice_.Chance(80)) routes.push_back(To("10." + other.substr(4) + ".0.0/16", peering.id));
      if (ipv6_peerings_.contains(peering.id))
        routes.push_back(To("2600:1f18:0:" + other.substr(4) + "00::/56", peering.id));
    }
    if (vpc.id != "vpc-2" && dice_.Chance(5) && !elements.peerings.empty()) {
      routes.push_back(To("10.2.0.0/16", dice_.Pick(elements.peerings).id));
    }
    return routes;
  }

  void AddRouteTables(const Vpc& vpc) {
    elements.route_tables.push_back({"rtb-" + vpc.id, vpc.id, true, {}, RandomRoutes(vpc)});
    for (const Subnet& subnet : elements.subnets) {
      if (subnet.vpc_id != vpc.id || dice_.Chance(40)) continue;
      elements.route_tables.push_back({"rtb-" + subnet.id, vpc.id, false, {subnet.id}, RandomRoutes(vpc)});
    }
  }

  void AddInterfaces(const Subnet& subnet) {
    const std::string v = subnet.vpc_id.substr(4);
    const std::string s = subnet.id.substr(subnet.id.size() - 1);
    for (int i = 0; i < 2; ++i) {
      NetworkInterface interface;
      interface.id = "eni-" + v + s + std::to_string(i);
      interface.vpc_id = subnet.vpc_id;
      interface.subnet_id = subnet.id;
      const std::string host = std::to_string(10 + i);
      interface.private_ipv4 = {{A("10." + v + "." + s + "." + host)}};
      if (dice_.Chance(45))
        interface.private_ipv4[0].public_address =
            A("198.51.101." + std::to_string(std::stoi(v) * 50 + std::stoi(s) * 10 + i));
      if (dice_.Chance(30)) interface.private_ipv4.push_back({A("10." + v + "." + s + ".2" + host)});
      if (dice_.Chance(60)) interface.ipv6 = {A("2600:1f18:0:" + v + "0" + s + "::" + host)};
      interface.group_ids = {"sg-" + v + "-" + std::to_string(dice_.Below(3))};
      if (dice_.Chance(40)) interface.group_ids.push_back("sg-" + v + "-" + std::to_string(dice_.Below(3)));
      elements.interfaces.push_back(interface);
    }
  }

  void AddEndpoints(const Vpc& vpc) {
    if (dice_.Chance(50)) {
      VpcEndpoint gateway;
      gateway.id = "vpce-s3-" + vpc.id;
      gateway.vpc_id = vpc.id;
      gateway.service_name = kS3Service;
      gateway.type = VpcEndpoint::Type::kGateway;
      gateway.available = dice_.Chance(90);
      gateway.prefix_list_id = "pl-s3";
      for (const RouteTable& table : elements.route_tables) {
        if (table.vpc_id == vpc.id && dice_.Chance(60)) gateway.route_table_ids.push_back(table.id);
      }
      elements.endpoints.push_back(gateway);
    }
    if (dice_.Chance(50)) {
      VpcEndpoint endpoint;
      endpoint.id = "vpce-logs-" + vpc.id;
      endpoint.vpc_id = vpc.id;
      endpoint.service_name = kLogsService;
      endpoint.available = dice_.Chance(90);
      endpoint.private_dns_enabled = dice_.Chance(80);
      const std::string n = vpc.id.substr(4);
      for (const char* s : {"1", "2"}) {
        NetworkInterface interface;
        interface.id = "eni-vpce-" + n + s;
        interface.vpc_id = vpc.id;
        interface.subnet_id = "subnet-" + n + "-" + s;
        interface.interface_type = "vpc_endpoint";
        interface.private_ipv4 = {{A("10." + n + "." + s + ".50")}};
        interface.group_ids = {"sg-" + n + "-" + std::to_string(dice_.Below(3))};
        elements.interfaces.push_back(interface);
        endpoint.network_interface_ids.push_back(interface.id);
        if (dice_.Chance(40)) break;
      }
      elements.endpoints.push_back(endpoint);
    }
  }

  Dice dice_;
  // With IPv6 routes in all tables of both sides. Where one side lacks them, replies may come back by way of the
  // internet gateways, which the naive evaluator does not know of.
  std::set<std::string> ipv6_peerings_;
  int next_id_ = 0;
};

}  // namespace drydock::network::testing
