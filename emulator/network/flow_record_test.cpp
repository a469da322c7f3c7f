#include "emulator/network/flow_record.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "emulator/network/testing/world.h"

using namespace drydock::network;
using namespace drydock::network::testing;

namespace {

World Deployment() {
  World w;
  w.AddVpc("vpc-1", {"10.0.0.0/16"});
  w.AddSubnet("subnet-public", "vpc-1", {"10.0.0.0/24"});
  w.AddSubnet("subnet-private", "vpc-1", {"10.0.10.0/24"});
  w.Put(InternetGateway{"igw-1", "vpc-1"});
  w.AddNatGateway("nat-1", "subnet-public", "10.0.0.220", "198.51.100.9");
  w.AddRouteTable("rtb-public", "vpc-1", {"subnet-public"}, {To("0.0.0.0/0", "igw-1")});
  w.AddMainRouteTable("rtb-private", "vpc-1", {To("0.0.0.0/0", "nat-1")});
  w.AddGroup("sg-alb", "vpc-1", {In("tcp", 80, "0.0.0.0/0"), Out("tcp", 3000, "sg-task")});
  w.AddGroup("sg-task", "vpc-1", {In("tcp", 3000, "sg-alb"), OutAll()});
  w.AddInterface("eni-alb", "subnet-public", {"10.0.0.5"}, {"sg-alb"}, "198.51.100.1");
  w.AddInterface("eni-task", "subnet-private", {"10.0.10.5"}, {"sg-task"});
  return w;
}

// "eni-alb< 203.0.113.1:40000 10.0.0.5:80 ACCEPT", one line for each record; < is in, > is out, with its traffic path.
std::string Seen(const World& world, std::string_view from, std::string_view to, int port) {
  const Path path = Tcp(world, from, to, port);
  std::string text;
  for (const auto& record : RecordsOf(world.topology, path, 40000, 50000, {1000}))
    text += fmt::format("{}{} {}:{} {}:{} {}\n", record.interface_id,
                        record.direction == Direction::kIngress ? "<" : fmt::format(">{}", record.traffic_path),
                        record.source.ToString(), record.source_port, record.destination.ToString(),
                        record.destination_port, record.accepted ? "ACCEPT" : "REJECT");
  return text;
}

}  // namespace

TEST_CASE("Both interfaces see an accepted flow and its reply") {
  CHECK(Seen(Deployment(), "eni-alb", "eni-task", 3000) ==
        "eni-alb>1 10.0.0.5:40000 10.0.10.5:3000 ACCEPT\n"
        "eni-task< 10.0.0.5:40000 10.0.10.5:3000 ACCEPT\n"
        "eni-task>1 10.0.10.5:3000 10.0.0.5:40000 ACCEPT\n"
        "eni-alb< 10.0.10.5:3000 10.0.0.5:40000 ACCEPT\n");
  CHECK(Seen(Deployment(), "internet", "eni-alb", 80) ==
        "eni-alb< 203.0.113.1:40000 10.0.0.5:80 ACCEPT\n"
        "eni-alb>8 10.0.0.5:80 203.0.113.1:40000 ACCEPT\n");
}

TEST_CASE("What is rejected is seen where it is rejected, and no further") {
  CHECK(Seen(Deployment(), "internet", "eni-alb", 22) == "eni-alb< 203.0.113.1:40000 10.0.0.5:22 REJECT\n");
  CHECK(Seen(Deployment(), "eni-alb", "eni-task", 22) == "eni-alb>0 10.0.0.5:40000 10.0.10.5:22 REJECT\n");
  World world = Deployment();
  world.AddGroup("sg-alb", "vpc-1", {OutAll()});
  CHECK(Seen(world, "eni-alb", "eni-task", 22) ==
        "eni-alb>1 10.0.0.5:40000 10.0.10.5:22 ACCEPT\n"
        "eni-task< 10.0.0.5:40000 10.0.10.5:22 REJECT\n");
}

// VPC User Guide, "Flow log record examples": security groups admit the request, a network ACL stops the reply.
TEST_CASE("A reply that a network ACL stops is a second record") {
  World world = Deployment();
  world.AddAcl("acl-1", "vpc-1", {"subnet-public"},
               {AllowAll(100, false), AclRule(90, true, false, "all", 0, 65535, "0.0.0.0/0")});
  CHECK(Seen(world, "internet", "eni-alb", 80) ==
        "eni-alb< 203.0.113.1:40000 10.0.0.5:80 ACCEPT\n"
        "eni-alb>0 10.0.0.5:80 203.0.113.1:40000 REJECT\n");
}

// VPC User Guide, "Flow log record examples": traffic through a NAT gateway.
TEST_CASE("A NAT gateway's interface stands in for the packets' own addresses") {
  CHECK(Seen(Deployment(), "eni-task", "203.0.113.5", 443) ==
        "eni-task>1 10.0.10.5:40000 203.0.113.5:443 ACCEPT\n"
        "eni-nat-1< 10.0.10.5:40000 10.0.0.220:443 ACCEPT\n"
        "eni-nat-1>8 10.0.0.220:50000 203.0.113.5:443 ACCEPT\n"
        "eni-nat-1< 203.0.113.5:443 10.0.0.220:50000 ACCEPT\n"
        "eni-nat-1>1 10.0.0.220:443 10.0.10.5:40000 ACCEPT\n"
        "eni-task< 203.0.113.5:443 10.0.10.5:40000 ACCEPT\n");
}
