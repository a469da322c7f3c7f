#include "emulator/network/story.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "emulator/network/testing/world.h"

using namespace drydock::network;
using namespace drydock::network::testing;

namespace {

// A task behind a closed group, a database in another subnet, a NAT gateway that no route leads to.
World Closed() {
  World w;
  w.AddVpc("vpc-1", {"10.0.0.0/16"});
  w.AddSubnet("subnet-public", "vpc-1", {"10.0.0.0/24"});
  w.AddSubnet("subnet-task", "vpc-1", {"10.0.10.0/24"});
  w.AddSubnet("subnet-db", "vpc-1", {"10.0.20.0/24"});
  w.Put(InternetGateway{"igw-1", "vpc-1"});
  w.AddNatGateway("nat-1", "subnet-public", "10.0.0.9", "198.51.100.9");
  w.AddRouteTable("rtb-public", "vpc-1", {"subnet-public"}, {To("0.0.0.0/0", "igw-1")});
  w.AddMainRouteTable("rtb-private", "vpc-1", {});
  w.AddGroup("sg-task", "vpc-1", {OutAll()});
  w.AddGroup("sg-db", "vpc-1", {In("tcp", 5432, "10.0.0.0/8")});
  w.AddAcl("acl-db", "vpc-1", {"subnet-db"},
           {AclRule(90, false, false, "tcp", 27017, 27017, "0.0.0.0/0"), AllowAll(100, false), AllowAll(100, true)});
  w.AddInterface("eni-task", "subnet-task", {"10.0.10.5"}, {"sg-task"});
  w.AddInterface("eni-db", "subnet-db", {"10.0.20.5"}, {"sg-db"});
  return w;
}

std::vector<std::string> RemediesOf(const World& world, std::string_view from, std::string_view to, int port) {
  const Flow flow = Flow::Tcp(End(from), End(to), static_cast<std::uint16_t>(port));
  return Remedies(world.topology, flow, Evaluate(world.topology, flow));
}

}  // namespace

TEST_CASE("a stopped path is drawn, and each obstacle has its command") {
  const World world = Closed();
  const Path path = Tcp(world, "eni-task", "eni-db", 27017);
  CHECK(DrawLine(path.forward) == "eni-task > sg-task > rtb-private > X acl-db > X sg-db > eni-db");
  CHECK(DescribeHop(path.forward[1]) == "out of eni-task: rule sgr-0.0.0.0/0 admits all traffic to 0.0.0.0/0");
  CHECK(DescribeHop(path.forward[2]) == "10.0.0.0/16 -> local");
  CHECK(DescribeHop(path.forward[3]) == "into subnet-db: rule 90 denies tcp 27017 from 0.0.0.0/0");
  CHECK(DescribeHop(path.forward[4]) == "into eni-db: no rule admits it");
  const auto remedies = RemediesOf(world, "eni-task", "eni-db", 27017);
  REQUIRE(remedies.size() == 2);
  CHECK(remedies[0] ==
        "aws ec2 create-network-acl-entry --network-acl-id acl-db --rule-number 89 --ingress --protocol 6 --port-range "
        "From=27017,To=27017 --cidr-block 10.0.10.5/32 --rule-action allow");
  CHECK(remedies[1] ==
        "aws ec2 authorize-security-group-ingress --group-id sg-db --ip-permissions "
        "'IpProtocol=tcp,FromPort=27017,ToPort=27017,UserIdGroupPairs=[{GroupId=sg-task}]'");
}

TEST_CASE("the way to the internet is a NAT gateway without a public address and the internet gateway with one") {
  World world = Closed();
  CHECK(RemediesOf(world, "eni-task", "internet", 443) ==
        std::vector<std::string>{"aws ec2 create-route --route-table-id rtb-private --destination-cidr-block 0.0.0.0/0 "
                                 "--nat-gateway-id nat-1"});
  world.Edit<NetworkInterface>("eni-task",
                               [](auto& interface) { interface.private_ipv4[0].public_address = A("198.51.100.5"); });
  CHECK(RemediesOf(world, "eni-task", "internet", 443) ==
        std::vector<std::string>{"aws ec2 create-route --route-table-id rtb-private --destination-cidr-block 0.0.0.0/0 "
                                 "--gateway-id igw-1"});
}

TEST_CASE("what answers the internet does so through the internet gateway, whatever address it has") {
  World world = Closed();
  const auto has = [&](const std::string& command) {
    const auto remedies = RemediesOf(world, "internet", "eni-db", 5432);
    return std::find(remedies.begin(), remedies.end(), command) != remedies.end();
  };
  CHECK(has("aws ec2 associate-address --network-interface-id eni-db --allocation-id ALLOCATION_ID"));
  CHECK(has("aws ec2 create-route --route-table-id rtb-private --destination-cidr-block 0.0.0.0/0 --gateway-id igw-1"));
  // VPC user guide, "NAT gateway basics": through a NAT gateway the reply would come from another address.
  world.AddMainRouteTable("rtb-private", "vpc-1", {To("0.0.0.0/0", "nat-1")});
  CHECK(
      has("aws ec2 replace-route --route-table-id rtb-private --destination-cidr-block 0.0.0.0/0 --gateway-id igw-1"));
}

TEST_CASE("whoever nobody named is let in from everywhere, a named address alone") {
  World world = Closed();
  world.AddInterface("eni-web", "subnet-public", {"10.0.0.5"}, {"sg-db"}, "198.51.100.7");
  CHECK(RemediesOf(world, "internet", "eni-web", 80).at(0) ==
        "aws ec2 authorize-security-group-ingress --group-id sg-db --ip-permissions "
        "'IpProtocol=tcp,FromPort=80,ToPort=80,IpRanges=[{CidrIp=0.0.0.0/0}]'");
  CHECK(RemediesOf(world, "203.0.113.77", "eni-web", 80).at(0) ==
        "aws ec2 authorize-security-group-ingress --group-id sg-db --ip-permissions "
        "'IpProtocol=tcp,FromPort=80,ToPort=80,IpRanges=[{CidrIp=203.0.113.77/32}]'");
  CHECK(RemediesOf(world, "eni-task", "eni-db", 5432).empty());
}
