// Cases written from AWS's own documents; the page stands beside each.
#include "emulator/network/evaluate.h"

#include <catch2/catch.hpp>

#include "emulator/network/testing/world.h"

using namespace drydock::network;
using namespace drydock::network::testing;

namespace {

struct Case {
  const char* from;
  const char* to;
  std::uint16_t port;
  const char* codes;
};

void Check(const World& world, const std::vector<Case>& cases) {
  for (const Case& each : cases) {
    INFO(each.from << " -> " << each.to << ":" << each.port);
    const Path path = Tcp(world, each.from, each.to, each.port);
    CHECK(Codes(path) == each.codes);
    CHECK(path.reachable() == path.explanations.empty());
    for (const Explanation& explanation : path.explanations) CHECK(Describe(explanation).size() > 20);
  }
}

// VPC user guide, "VPC with public and private subnets (NAT)", with the IPv6 configuration and its security groups.
World PublicAndPrivateSubnets() {
  World w;
  w.AddVpc("vpc-1", {"10.0.0.0/16", "2001:db8:1234:1a00::/56"});
  w.AddSubnet("subnet-public", "vpc-1", {"10.0.0.0/24", "2001:db8:1234:1a00::/64"});
  w.AddSubnet("subnet-private", "vpc-1", {"10.0.1.0/24", "2001:db8:1234:1a01::/64"});
  w.Put(InternetGateway{"igw-1", "vpc-1"});
  w.Put(EgressOnlyInternetGateway{"eigw-1", "vpc-1"});
  w.AddNatGateway("nat-1", "subnet-public", "10.0.0.220", "198.51.100.9");
  w.AddMainRouteTable("rtb-main", "vpc-1", {To("0.0.0.0/0", "nat-1"), To("::/0", "eigw-1")});
  w.AddRouteTable("rtb-public", "vpc-1", {"subnet-public"}, {To("0.0.0.0/0", "igw-1"), To("::/0", "igw-1")});
  w.AddAcl("acl-1", "vpc-1", {"subnet-public", "subnet-private"},
           {AllowAll(100, false), AllowAll(100, true), AllowAll(101, false, "::/0"), AllowAll(101, true, "::/0")});
  w.AddGroup("sg-web", "vpc-1",
             {In("tcp", 80, "0.0.0.0/0"), In("tcp", 443, "0.0.0.0/0"), In("tcp", 80, "::/0"),
              In("tcp", 22, "192.0.2.0/24"), Out("tcp", 1433, "sg-db"), Out("tcp", 3306, "sg-db"),
              Out("tcp", 80, "0.0.0.0/0"), Out("tcp", 443, "0.0.0.0/0")});
  w.AddGroup("sg-db", "vpc-1",
             {In("tcp", 1433, "sg-web"), In("tcp", 3306, "sg-web"), Out("tcp", 80, "0.0.0.0/0"),
              Out("tcp", 443, "0.0.0.0/0"), Out("tcp", 443, "::/0")});
  w.AddInterface("eni-web", "subnet-public", {"10.0.0.5", "2001:db8:1234:1a00::1a"}, {"sg-web"}, "198.51.100.1");
  w.AddInterface("eni-db", "subnet-private", {"10.0.1.5", "2001:db8:1234:1a01::1a"}, {"sg-db"});
  return w;
}

}  // namespace

TEST_CASE("Scenario: public and private subnets") {
  const World world = PublicAndPrivateSubnets();  // VPC user guide, "VPC with public and private subnets (NAT)"
  Check(world, {
                   {"internet", "eni-web", 80, ""},
                   {"internet", "198.51.100.1", 443, ""},
                   {"internet", "eni-web", 22, "ENI_SG_RULES_MISMATCH"},
                   {"192.0.2.7", "eni-web", 22, ""},
                   {"eni-web", "eni-db", 3306, ""},
                   {"eni-web", "10.0.1.5", 1433, ""},
                   {"eni-web", "eni-db", 5432, "ENI_SG_RULES_MISMATCH ENI_SG_RULES_MISMATCH"},
                   // "can't receive unsolicited inbound connections from the internet"
                   {"internet", "eni-db", 3306,
                    "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS ENI_SG_RULES_MISMATCH <NGW_SOURCE_ADDRESS_REASSIGN"},
                   // the default outbound rule of both groups is removed
                   {"eni-db", "eni-web", 22, "ENI_SG_RULES_MISMATCH ENI_SG_RULES_MISMATCH"},
                   {"eni-db", "internet", 443, ""},
                   {"eni-web", "internet", 443, ""},
                   {"eni-db", "203.0.113.5", 25, "ENI_SG_RULES_MISMATCH"},
                   {"eni-db", "2600:1f18::1", 443, ""},
                   {"eni-db", "2600:1f18::1", 80, "ENI_SG_RULES_MISMATCH"},
                   // "the internet cannot establish connections to the private instances over IPv6"
                   {"2600:1f18::1", "2001:db8:1234:1a01::1a", 443, "ENI_SG_RULES_MISMATCH <NO_POSSIBLE_DESTINATION"},
                   {"2600:1f18::1", "2001:db8:1234:1a00::1a", 80, ""},
                   // nobody holds the address
                   {"eni-web", "10.0.1.77", 3306, "ENI_SG_RULES_MISMATCH NO_POSSIBLE_DESTINATION"},
               });
}

TEST_CASE("The path names every component in the order of Reachability Analyzer") {
  const World world = PublicAndPrivateSubnets();
  {
    // Reachability Analyzer guide, "Getting started using the AWS CLI": igw, acl, sg, eni; back eni, sg, acl, rtb, igw.
    const Path path = Tcp(world, "internet", "eni-web", 80);
    CHECK(Ids(path.forward) == "igw-1 acl-1 sg-web eni-web");
    CHECK(Ids(path.back) == "eni-web sg-web acl-1 rtb-public igw-1 203.0.113.1");
    CHECK(std::get<SecurityGroupRule>(path.forward[2].rule).id == "sgr-0.0.0.0/0");
    CHECK(std::holds_alternative<std::monostate>(path.back[1].rule));
    CHECK(std::get<NetworkAclEntry>(path.forward[1].rule).rule_number == 100);
    CHECK(std::get<Route>(path.back[3].rule).target.id == "igw-1");
    CHECK(path.forward[0].packet.destination == A("10.0.0.5"));
    CHECK(path.back[4].packet.source == A("198.51.100.1"));
    CHECK(path.destination_interface_id == "eni-web");
    CHECK(path.seen_source == A("203.0.113.1"));
    CHECK(path.final_destination == A("10.0.0.5"));
  }
  {
    const Path path = Tcp(world, "eni-db", "internet", 443);
    CHECK(Ids(path.forward) == "eni-db sg-db acl-1 rtb-main acl-1 nat-1 acl-1 rtb-public igw-1 203.0.113.1");
    CHECK(Ids(path.back) == "igw-1 acl-1 nat-1 acl-1 rtb-public acl-1 sg-db eni-db");
    // VPC user guide, "Flow log record examples", "Traffic through a NAT gateway": whose address is seen where.
    CHECK(path.forward[4].packet.source == A("10.0.1.5"));
    CHECK(path.forward[5].packet.source == A("10.0.0.220"));
    CHECK(path.seen_source == A("198.51.100.9"));
    CHECK(path.back[0].packet.destination == A("10.0.0.220"));
    CHECK(path.back[2].packet.destination == A("10.0.1.5"));
  }
  {
    // Inside a subnet neither the network ACL nor the route table is asked.
    World same = world;
    same.AddInterface("eni-web2", "subnet-public", {"10.0.0.6"}, {"sg-web"});
    const Path path = Tcp(same, "eni-web", "eni-web2", 80);
    CHECK(path.reachable());
    CHECK(Ids(path.forward) == "eni-web sg-web sg-web eni-web2");
    CHECK(Ids(path.back) == "eni-web2 sg-web sg-web eni-web");
  }
}

TEST_CASE("NAT gateways as the troubleshooting page has them") {
  // VPC user guide, "Troubleshoot NAT gateways" and "NAT gateway basics".
  const World world = PublicAndPrivateSubnets();
  const auto with = [&](const auto& change) {
    World w = world;
    change(w);
    return w;
  };
  const auto to_internet = [](const World& w) { return Codes(Tcp(w, "eni-db", "internet", 443)); };
  using State = NatGateway::State;
  for (const State state : {State::kPending, State::kFailed, State::kDeleting}) {
    CHECK(to_internet(with([&](World& w) { w.Edit<NatGateway>("nat-1", [&](auto& n) { n.state = state; }); })) ==
          "BAD_STATE");
  }
  CHECK(to_internet(with([](World& w) { w.Edit<NatGateway>("nat-1", [](auto& n) { n.state = State::kDeleted; }); })) ==
        "BAD_STATE_ROUTE");
  CHECK(to_internet(with([](World& w) { w.Remove<NatGateway>("nat-1"); })) == "BAD_STATE_ROUTE");
  // "The NAT gateway must be in a public subnet"
  CHECK(to_internet(with([](World& w) { w.AddRouteTable("rtb-public", "vpc-1", {"subnet-public"}, {}); })) ==
        "NO_ROUTE_TO_DESTINATION");
  CHECK(to_internet(with([](World& w) {
          w.AddRouteTable("rtb-public", "vpc-1", {"subnet-public"}, {To("0.0.0.0/0", "nat-1")});
        })) == "NO_POSSIBLE_DESTINATION");
  CHECK(to_internet(with([](World& w) { w.Put(InternetGateway{"igw-1", ""}); })) == "BAD_STATE_ROUTE");
  // "if you route traffic from the private NAT gateway to the internet gateway, the internet gateway drops the traffic"
  CHECK(to_internet(with([](World& w) { w.AddNatGateway("nat-1", "subnet-public", "10.0.0.220"); })) ==
        "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS");
  // "Ensure that the network ACLs that are associated with the private subnet and public subnets do not …"
  CHECK(to_internet(with([](World& w) {
          w.AddAcl(
              "acl-2", "vpc-1", {"subnet-public"},
              {AllowAll(100, false), AclRule(90, false, false, "tcp", 1024, 65535, "0.0.0.0/0"), AllowAll(100, true)});
        })) == "<SUBNET_ACL_RESTRICTION");
  CHECK(to_internet(with([](World& w) { w.AddAcl("acl-2", "vpc-1", {"subnet-private"}, {AllowAll(100, true)}); })) ==
        "<SUBNET_ACL_RESTRICTION");
  CHECK(to_internet(with([](World& w) { w.AddAcl("acl-2", "vpc-1", {"subnet-private"}, {AllowAll(100, false)}); })) ==
        "SUBNET_ACL_RESTRICTION");
  // "NAT gateway doesn't respond to a ping command"
  Check(world, {{"internet", "198.51.100.9", 80, "NO_POSSIBLE_DESTINATION"},
                {"eni-web", "10.0.0.220", 80, "NO_POSSIBLE_DESTINATION"}});
  // "Ensure that your connection is using a TCP, UDP, or ICMP protocol only."
  World open = world;
  open.AddGroup("sg-db", "vpc-1", {OutAll()});
  Flow flow{End("eni-db"), End("internet"), Protocol::kAny};
  CHECK(Codes(Evaluate(open.topology, flow)) == "PROTOCOL_RESTRICTION");
  flow.protocol = Protocol::kIcmp;
  CHECK(Codes(Evaluate(open.topology, flow)).empty());
}

TEST_CASE("An interface with a public address in a subnet that routes to a NAT gateway cannot answer the internet") {
  // Its replies leave with another address. (Code: unconfirmed.)
  World world = PublicAndPrivateSubnets();
  world.AddGroup("sg-open", "vpc-1", {InAll(), OutAll()});
  world.AddInterface("eni-odd", "subnet-private", {"10.0.1.9"}, {"sg-open"}, "198.51.100.7");
  Check(world, {{"internet", "eni-odd", 80, "<NGW_SOURCE_ADDRESS_REASSIGN"}, {"eni-odd", "internet", 80, ""}});
}

TEST_CASE("A network ACL that admits the listener's port in both directions answers nobody") {
  // VPC user guide, "Ephemeral ports": the answer goes to a port of the client's choice, and not to the listener's own,
  // although that may be above 1023 too.
  World world = PublicAndPrivateSubnets();
  world.AddGroup("sg-web", "vpc-1", {InAll(), OutAll(), OutAll("::/0")});
  const auto with_answers_to = [&](int from, int to) {
    World changed = world;
    changed.AddAcl("acl-custom", "vpc-1", {"subnet-public"},
                   {AclRule(100, false, true, "tcp", 3000, 3000, "0.0.0.0/0"),
                    AclRule(100, true, true, "tcp", from, to, "0.0.0.0/0")});
    return Codes(Tcp(changed, "internet", "eni-web", 3000));
  };
  CHECK(with_answers_to(3000, 3000) == "<SUBNET_ACL_RESTRICTION");
  CHECK(with_answers_to(1024, 65535).empty());
  CHECK(with_answers_to(32768, 60999).empty());  // Linux
  CHECK(with_answers_to(49152, 65535).empty());  // Windows
}

TEST_CASE("The answers to a NAT gateway come to ports of its choice") {
  World world = PublicAndPrivateSubnets();
  world.AddAcl("acl-nat", "vpc-1", {"subnet-public"},
               {AclRule(100, false, true, "tcp", 443, 443, "0.0.0.0/0"),
                AclRule(110, false, true, "tcp", 3000, 3000, "0.0.0.0/0"), AllowAll(100, true)});
  CHECK(Codes(Tcp(world, "eni-db", "internet", 443)) == "<SUBNET_ACL_RESTRICTION");
  world.Edit<NetworkAcl>(
      "acl-nat", [](auto& acl) { acl.entries.push_back(AclRule(120, false, true, "tcp", 1024, 65535, "0.0.0.0/0")); });
  CHECK(Codes(Tcp(world, "eni-db", "internet", 443)) == "");
}

TEST_CASE("Custom network ACL") {
  // VPC user guide, "Custom network ACL": the table, its rule numbers and its evaluation of ports 443 and 139.
  World world = PublicAndPrivateSubnets();
  world.AddGroup("sg-web", "vpc-1", {InAll(), OutAll(), OutAll("::/0")});
  world.AddAcl(
      "acl-custom", "vpc-1", {"subnet-public"},
      {AclRule(140, false, true, "tcp", 32768, 65535, "0.0.0.0/0"),
       AclRule(100, false, true, "tcp", 80, 80, "0.0.0.0/0"), AclRule(110, false, true, "tcp", 443, 443, "0.0.0.0/0"),
       AclRule(120, false, true, "tcp", 22, 22, "192.0.2.0/24"),
       AclRule(130, false, true, "tcp", 3389, 3389, "192.0.2.0/24"),
       AclRule(100, true, true, "tcp", 80, 80, "0.0.0.0/0"), AclRule(110, true, true, "tcp", 443, 443, "0.0.0.0/0"),
       AclRule(120, true, true, "tcp", 1024, 65535, "192.0.2.0/24"),
       AclRule(140, true, true, "tcp", 32768, 65535, "0.0.0.0/0")});
  Check(world, {{"internet", "eni-web", 443, ""},
                {"internet", "eni-web", 139, "SUBNET_ACL_RESTRICTION"},
                {"192.0.2.9", "eni-web", 22, ""},
                {"192.0.2.9", "eni-web", 3389, ""},
                {"internet", "eni-web", 22, "SUBNET_ACL_RESTRICTION"},
                {"eni-web", "internet", 443, ""},
                {"eni-web", "internet", 25, "SUBNET_ACL_RESTRICTION"},
                {"eni-web", "2600::1", 443, "SUBNET_ACL_RESTRICTION <SUBNET_ACL_RESTRICTION"}});
  const Path https = Tcp(world, "internet", "eni-web", 443);
  CHECK(std::get<NetworkAclEntry>(https.forward[1].rule).rule_number == 110);
  // Only clients with ports that outbound rule 140 covers get their answers.
  Flow flow = Flow::Tcp(End("internet"), End("eni-web"), 443);
  flow.source_ports = PortRange::Ephemeral();
  CHECK(Evaluate(world.topology, flow).source_ports == std::vector{PortRange{32768, 65535}});
  flow.source_ports = PortRange::One(20000);
  CHECK(Codes(Evaluate(world.topology, flow)) == "<SUBNET_ACL_RESTRICTION");
  flow.source_ports = PortRange::One(40000);
  CHECK(Evaluate(world.topology, flow).reachable());
  // The implied last rule is nobody's; a denying entry is named.
  CHECK(std::holds_alternative<std::monostate>(Tcp(world, "internet", "eni-web", 139).explanations[0].rule));
  world.Edit<NetworkAcl>("acl-custom", [](auto& acl) {
    acl.entries.push_back(AclRule(105, false, false, "tcp", 0, 1023, "203.0.113.0/24"));
  });
  const Path denied = Tcp(world, "internet", "eni-web", 443);
  CHECK(Codes(denied) == "SUBNET_ACL_RESTRICTION");
  CHECK(std::get<NetworkAclEntry>(denied.explanations[0].rule).rule_number == 105);
  CHECK(Describe(denied.explanations[0]) ==
        "Network ACL acl-custom of subnet subnet-public stops ingress tcp from 203.0.113.1 to 10.0.0.5 port 443: rule "
        "105 "
        "denies it.");
}

TEST_CASE("A ping whose answer the network ACL stops") {
  // VPC user guide, "Flow log record examples", "Security group and network ACL rules".
  World world;
  world.AddVpc("vpc-1", {"172.31.0.0/16"});
  world.AddSubnet("subnet-1", "vpc-1", {"172.31.16.0/20"});
  world.Put(InternetGateway{"igw-1", "vpc-1"});
  world.AddMainRouteTable("rtb-1", "vpc-1", {To("0.0.0.0/0", "igw-1")});
  world.AddGroup("sg-1", "vpc-1", {GroupRule(false, "icmp", -1, -1, "0.0.0.0/0")});
  world.AddInterface("eni-1", "subnet-1", {"172.31.16.139"}, {"sg-1"}, "198.51.100.1");
  const std::vector inbound{AclRule(100, false, true, "icmp", -1, -1, "0.0.0.0/0")};
  world.AddAcl("acl-1", "vpc-1", {"subnet-1"}, inbound);
  const Flow ping{End("203.0.113.12"), End("eni-1"), Protocol::kIcmp};
  CHECK(Codes(Evaluate(world.topology, ping)) == "<SUBNET_ACL_RESTRICTION");
  auto both = inbound;
  both.push_back(AclRule(100, true, true, "icmp", 0, -1, "0.0.0.0/0"));  // echo reply
  world.AddAcl("acl-1", "vpc-1", {"subnet-1"}, both);
  CHECK(Evaluate(world.topology, ping).reachable());  // the group's missing outbound rule does not matter
  world.AddGroup("sg-1", "vpc-1", {In("tcp", 80, "0.0.0.0/0")});
  CHECK(Codes(Evaluate(world.topology, ping)) == "ENI_SG_RULES_MISMATCH");
  // Other ICMP messages have no reply.
  world.AddGroup("sg-1", "vpc-1", {GroupRule(false, "icmp", 3, 4, "0.0.0.0/0")});
  Flow too_big = ping;
  too_big.icmp = IcmpType{3, 4};
  const Path path = Evaluate(world.topology, too_big);
  CHECK(path.reachable());
  CHECK(path.back.empty());
}

TEST_CASE("Route priority") {
  // VPC user guide, "Route priority": longest prefix, static before propagated, CIDR blocks before prefix lists.
  World world;
  world.AddVpc("vpc-1", {"10.0.0.0/16"});
  world.AddVpc("vpc-2", {"172.31.0.0/16"});
  world.AddSubnet("subnet-1", "vpc-1", {"10.0.0.0/24"});
  world.AddSubnet("subnet-2", "vpc-2", {"172.31.0.0/24"});
  world.Put(InternetGateway{"igw-1", "vpc-1"});
  world.Put(VpcPeeringConnection{"pcx-1", true, "vpc-1", "vpc-2"});
  world.AddGroup("sg-1", "vpc-1", {InAll(), OutAll()});
  world.AddInterface("eni-1", "subnet-1", {"10.0.0.5"}, {"sg-1"}, "198.51.100.1");
  world.AddInterface("eni-2", "subnet-2", {"172.31.0.5"}, {"sg-1"});
  world.AddMainRouteTable("rtb-2", "vpc-2", {To("10.0.0.0/16", "pcx-1")});
  const auto routes = [&](std::vector<Route> list) { world.AddMainRouteTable("rtb-1", "vpc-1", std::move(list)); };
  const auto taken = [&](std::string_view to) {
    for (const Hop& hop : Tcp(world, "eni-1", to, 80).forward) {
      if (const auto* route = std::get_if<Route>(&hop.rule)) return route->target.id;
    }
    return std::string("none");
  };
  routes({To("0.0.0.0/0", "igw-1"), To("172.31.0.0/16", "pcx-1")});
  CHECK(taken("eni-2") == "pcx-1");
  CHECK(Tcp(world, "eni-1", "eni-2", 80).reachable());
  CHECK(taken("203.0.113.1") == "igw-1");
  CHECK(taken("10.0.7.1").empty());  // local

  Route propagated = To("172.31.0.0/24", "vgw-1");
  propagated.origin = "EnableVgwRoutePropagation";
  routes({propagated, To("172.31.0.0/24", "igw-1")});
  CHECK(taken("172.31.0.5") == "igw-1");
  routes({propagated, To("172.31.0.0/16", "igw-1")});
  CHECK(taken("172.31.0.5") == "vgw-1");  // "more specific routes always take priority"
  CHECK(Codes(Tcp(world, "eni-1", "172.31.0.5", 80)) == "UNSUPPORTED_COMPONENT");

  world.Put(PrefixList{"pl-1", "mine", Cidrs({"198.18.0.0/15", "203.0.112.0/23"})});
  routes({To("pl-1", "pcx-1"), To("203.0.112.0/23", "igw-1")});
  CHECK(taken("203.0.113.1") == "igw-1");
  routes({To("pl-1", "pcx-1"), To("0.0.0.0/0", "igw-1")});
  CHECK(taken("203.0.113.1") == "pcx-1");
  propagated.destination = C("203.0.112.0/23");
  routes({propagated, To("pl-1", "pcx-1")});
  CHECK(taken("203.0.113.1") == "pcx-1");

  // A blackhole drops; there is no way round it by a less specific route.
  routes({To("0.0.0.0/0", "igw-1"), To("203.0.113.0/24", "pcx-1", true)});
  CHECK(Codes(Tcp(world, "eni-1", "203.0.113.1", 80)) == "BAD_STATE_ROUTE");
  CHECK(Tcp(world, "eni-1", "203.0.112.1", 80).reachable());
  CHECK(Codes(Tcp(world, "eni-1", "2600::1", 80)) == "NO_SOURCE_OR_DESTINATION");
}

TEST_CASE("Main and explicit route table associations") {
  // VPC user guide, "Subnet route table association", examples 1 and 2.
  World world = PublicAndPrivateSubnets();
  world.AddRouteTable("rtb-b", "vpc-1", {}, {});
  CHECK(Tcp(world, "eni-db", "internet", 443).reachable());
  world.AddRouteTable("rtb-b", "vpc-1", {"subnet-private"}, {});
  CHECK(Codes(Tcp(world, "eni-db", "internet", 443)) == "NO_ROUTE_TO_DESTINATION");
  world.AddRouteTable("rtb-b", "vpc-1", {}, {});
  CHECK(Tcp(world, "eni-db", "internet", 443).reachable());
  // The main table is replaced: first the new one becomes main, then the old one ceases to be.
  world.AddMainRouteTable("rtb-b", "vpc-1", {});
  world.AddRouteTable("rtb-main", "vpc-1", {}, {To("0.0.0.0/0", "nat-1")});
  CHECK(Codes(Tcp(world, "eni-db", "internet", 443)) == "NO_ROUTE_TO_DESTINATION");
  CHECK(Tcp(world, "eni-web", "eni-db", 3306).reachable());  // the local route is always there
}

TEST_CASE("Internet gateways need public addresses and internet destinations") {
  // VPC user guide, "Enable internet access"; Reachability Analyzer's IGW_* codes.
  World world = PublicAndPrivateSubnets();
  world.AddGroup("sg-open", "vpc-1", {InAll(), OutAll(), InAll("::/0"), OutAll("::/0")});
  world.AddInterface("eni-bare", "subnet-public", {"10.0.0.8"}, {"sg-open"});
  world.AddInterface("eni-open", "subnet-public", {"10.0.0.9"}, {"sg-open"}, "198.51.100.3");
  Check(world, {{"eni-bare", "internet", 443, "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"},
                {"internet", "eni-bare", 443, "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"},
                {"internet", "10.0.0.9", 443, "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"},
                {"eni-open", "192.168.7.7", 443, "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"},
                {"eni-open", "100.64.7.7", 443, "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"},
                {"eni-open", "internet", 443, ""}});
  Flow spoofed = Flow::Tcp(InternetEndpoint{A("10.9.9.9")}, End("eni-open"), 80);
  CHECK(Codes(Evaluate(world.topology, spoofed)) ==
        "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS <IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS");
  world.Put(InternetGateway{"igw-1", ""});
  Check(world, {{"eni-open", "internet", 443, "BAD_STATE_ROUTE"},
                {"internet", "eni-open", 443, "UNASSOCIATED_COMPONENT <BAD_STATE_ROUTE"}});
}

TEST_CASE("Security groups: several, none of use, referenced, stateful") {
  // VPC user guide, "Security group basics" and "Security group rules"; "Example: Control access to instances".
  World world;
  world.AddVpc("vpc-1", {"10.0.0.0/16"});
  world.AddSubnet("subnet-1", "vpc-1", {"10.0.1.0/24"});
  world.AddSubnet("subnet-2", "vpc-1", {"10.0.2.0/24"});
  world.AddMainRouteTable("rtb-1", "vpc-1", {});
  world.AddGroup("sg-empty", "vpc-1", {});
  world.AddGroup("sg-self", "vpc-1", {InAll("sg-self"), OutAll("sg-self"), In("tcp", 22, "172.31.1.2/32")});
  world.AddGroup("sg-ssh", "vpc-1", {In("tcp", 22, "pl-office")});
  world.Put(PrefixList{"pl-office", "office", Cidrs({"10.0.2.0/28", "192.0.2.0/24"})});
  world.AddGroup("sg-out", "vpc-1", {OutAll()});
  world.AddInterface("eni-self1", "subnet-1", {"10.0.1.5"}, {"sg-self"});
  world.AddInterface("eni-self2", "subnet-2", {"10.0.2.5", "10.0.2.50"}, {"sg-empty", "sg-self"});
  world.AddInterface("eni-ssh", "subnet-1", {"10.0.1.6"}, {"sg-empty", "sg-ssh"});
  world.AddInterface("eni-out", "subnet-2", {"10.0.2.6"}, {"sg-out"});
  world.AddInterface("eni-far", "subnet-2", {"10.0.2.99"}, {"sg-out"});
  Check(world, {{"eni-self1", "eni-self2", 9999, ""},
                {"eni-self2", "eni-self1", 1, ""},
                {"eni-self1", "10.0.2.50", 9999, ""},  // secondary private addresses count as well
                {"eni-out", "eni-self1", 9999, "ENI_SG_RULES_MISMATCH"},
                {"eni-out", "eni-ssh", 22, ""},
                {"eni-far", "eni-ssh", 22, "ENI_SG_RULES_MISMATCH"},
                {"eni-ssh", "eni-out", 22, "SG_HAS_NO_RULES SG_HAS_NO_RULES"},
                {"eni-out", "eni-out", 22, ""},
                {"eni-nowhere", "eni-out", 22, "NO_SOURCE_OR_DESTINATION"},
                {"eni-out", "eni-nowhere", 22, "NO_SOURCE_OR_DESTINATION"}});
  CHECK(Evaluate(world.topology, Flow::Tcp(End("eni-x"), End("eni-out"), 1)).outcome == Outcome::kUnknownEndpoint);
  CHECK(Tcp(world, "eni-far", "eni-ssh", 22).outcome == Outcome::kDropped);
  const Path path = Tcp(world, "eni-ssh", "eni-out", 22);
  CHECK(path.explanations[0].security_group_ids == std::vector<std::string>{"sg-empty", "sg-ssh"});
  CHECK(path.explanations[0].direction == Direction::kEgress);
  CHECK(path.explanations[1].direction == Direction::kIngress);
  // udp is not tcp; a rule for all protocols is for all.
  CHECK(Codes(Evaluate(world.topology, Flow::Udp(End("eni-out"), End("eni-ssh"), 22))) == "ENI_SG_RULES_MISMATCH");
  CHECK(Evaluate(world.topology, Flow::Udp(End("eni-self1"), End("eni-self2"), 53)).reachable());
  CHECK(Evaluate(world.topology, {End("eni-self1"), End("eni-self2"), Protocol::kAny}).reachable());
  CHECK(Codes(Evaluate(world.topology, {End("eni-out"), End("eni-ssh"), Protocol::kAny})) == "ENI_SG_RULES_MISMATCH");
}

TEST_CASE("A group reference does not match public addresses") {
  // EC2 user guide, "Security group referencing": private addresses only; Reachability Analyzer's
  // SG_REFERENCES_NOT_PRESERVED.
  World world = PublicAndPrivateSubnets();
  world.AddGroup("sg-lb", "vpc-1", {In("tcp", 80, "sg-task"), OutAll()});
  world.AddGroup("sg-task", "vpc-1", {Out("tcp", 80, "sg-lb"), Out("tcp", 443, "0.0.0.0/0")});
  world.AddInterface("eni-lb", "subnet-public", {"10.0.0.30"}, {"sg-lb"}, "198.51.100.30");
  world.AddInterface("eni-task", "subnet-private", {"10.0.1.30"}, {"sg-task"});
  Check(world,
        {{"eni-task", "eni-lb", 80, ""},
         {"eni-task", "198.51.100.30", 80,
          "ENI_SG_RULES_MISMATCH SG_REFERENCES_NOT_PRESERVED ENI_SG_RULES_MISMATCH SG_REFERENCES_NOT_PRESERVED"}});
  world.AddGroup("sg-task", "vpc-1", {OutAll()});
  world.AddGroup("sg-lb", "vpc-1", {In("tcp", 80, "198.51.100.9/32")});
  const Path path = Tcp(world, "eni-task", "198.51.100.30", 80);
  CHECK(path.reachable());  // the load balancer sees the NAT gateway's address
  CHECK(path.seen_source == A("198.51.100.9"));
  CHECK(path.destination_interface_id == "eni-lb");
  CHECK(path.final_destination == A("10.0.0.30"));
}

TEST_CASE("What security groups and network ACLs do not filter") {
  // VPC user guide, "Security group basics" (Amazon DNS, metadata, task metadata, time) and "Network ACL basics".
  World world = PublicAndPrivateSubnets();
  world.AddGroup("sg-none", "vpc-1", {});
  world.AddInterface("eni-closed", "subnet-private", {"10.0.1.40", "2001:db8:1234:1a01::40"}, {"sg-none"});
  world.AddAcl("acl-closed", "vpc-1", {"subnet-private"}, {});
  Check(world, {{"eni-closed", "169.254.169.253", 53, ""},
                {"eni-closed", "10.0.0.2", 53, ""},
                {"eni-closed", "169.254.169.254", 80, ""},
                {"eni-closed", "169.254.170.2", 80, ""},
                {"eni-closed", "169.254.169.123", 123, ""},
                {"eni-closed", "10.0.1.1", 53, ""},
                {"eni-closed", "fd00:ec2::253", 53, ""},
                {"eni-closed", "169.254.1.1", 53, "NO_POSSIBLE_DESTINATION"},
                {"eni-closed", "internet", 443, "SG_HAS_NO_RULES SUBNET_ACL_RESTRICTION <SUBNET_ACL_RESTRICTION"}});
  world.Edit<Vpc>("vpc-1", [](Vpc& vpc) { vpc.enable_dns_support = false; });
  Check(world,
        {{"eni-closed", "169.254.169.253", 53, "NO_POSSIBLE_DESTINATION"}, {"eni-closed", "169.254.169.254", 80, ""}});
}

TEST_CASE("Source/destination check, routes to appliances, unattached interfaces") {
  // VPC user guide, "Routing for a middlebox appliance"; EC2's sourceDestCheck.
  World world;
  world.AddVpc("vpc-1", {"10.0.0.0/16"});
  world.AddSubnet("subnet-1", "vpc-1", {"10.0.1.0/24"});
  world.AddSubnet("subnet-2", "vpc-1", {"10.0.2.0/24"});
  world.AddSubnet("subnet-3", "vpc-1", {"10.0.3.0/24"});
  world.AddGroup("sg-1", "vpc-1", {InAll(), OutAll()});
  world.AddInterface("eni-1", "subnet-1", {"10.0.1.5"}, {"sg-1"});
  world.AddInterface("eni-2", "subnet-2", {"10.0.2.5"}, {"sg-1"});
  world.AddInterface("eni-box", "subnet-3", {"10.0.3.5"}, {"sg-1"});
  world.AddRouteTable("rtb-1", "vpc-1", {"subnet-1"}, {To("10.0.2.0/24", "eni-box")});
  world.AddRouteTable("rtb-2", "vpc-1", {"subnet-2"}, {To("10.0.1.0/24", "eni-box")});
  CHECK(Codes(Tcp(world, "eni-1", "eni-2", 80)) == "ENI_SOURCE_DEST_CHECK_RESTRICTION");
  world.Edit<NetworkInterface>("eni-box", [](auto& interface) { interface.source_dest_check = false; });
  const Path path = Tcp(world, "eni-1", "eni-2", 80);
  CHECK(Codes(path).empty());
  CHECK(Ids(path.forward) == "eni-1 sg-1 rtb-1 sg-1 eni-box sg-1  sg-1 eni-2");
  world.Edit<NetworkInterface>("eni-box", [](auto& interface) { interface.attached = false; });
  CHECK(Codes(Tcp(world, "eni-1", "eni-2", 80)) == "BAD_STATE_ROUTE");
  CHECK(Codes(Tcp(world, "eni-1", "10.0.3.5", 80)) == "BAD_STATE_ATTACHMENT <BAD_STATE_ATTACHMENT");
  // Two appliances that send packets to each other: the walk ends.
  world.AddInterface("eni-box2", "subnet-1", {"10.0.1.66"}, {"sg-1"});
  world.AddRouteTable("rtb-3", "vpc-1", {"subnet-3"}, {To("10.0.2.0/24", "eni-box2")});
  for (const char* box : {"eni-box", "eni-box2"}) {
    world.Edit<NetworkInterface>(box, [](auto& interface) {
      interface.source_dest_check = false;
      interface.attached = true;
    });
  }
  CHECK(Codes(Tcp(world, "eni-1", "eni-2", 80)) == "NO_POSSIBLE_DESTINATION");
  // A sender may not pretend to be somebody else.
  Flow spoofed = Flow::Tcp(InterfaceEndpoint{"eni-1", A("10.0.1.99")}, End("eni-1"), 80);
  spoofed.destination = End("10.0.3.5");
  CHECK(Codes(Evaluate(world.topology, spoofed)).starts_with("ENI_SOURCE_DEST_CHECK_RESTRICTION"));
}
