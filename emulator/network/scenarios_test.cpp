// More cases from AWS's documents: VPC peering, endpoints, and Drydock's reference deployment.
#include <catch2/catch.hpp>

#include "emulator/network/evaluate.h"
#include "emulator/network/testing/world.h"

using namespace drydock::network;
using namespace drydock::network::testing;

namespace {

// Peering guide, "Invalid VPC peering connection configurations": A is peered with B and with C, B and C are not.
World PeeredVpcs() {
  World w;
  w.AddVpc("vpc-a", {"172.16.0.0/16"});
  w.AddVpc("vpc-b", {"10.0.0.0/16"});
  w.AddVpc("vpc-c", {"192.168.0.0/16"});
  w.AddSubnet("subnet-a", "vpc-a", {"172.16.0.0/24"});
  w.AddSubnet("subnet-b", "vpc-b", {"10.0.0.0/24"});
  w.AddSubnet("subnet-c", "vpc-c", {"192.168.0.0/24"});
  w.Put(VpcPeeringConnection{"pcx-ab", true, "vpc-a", "vpc-b"});
  w.Put(VpcPeeringConnection{"pcx-ac", true, "vpc-c", "vpc-a"});
  w.AddMainRouteTable("rtb-a", "vpc-a", {To("10.0.0.0/16", "pcx-ab"), To("192.168.0.0/16", "pcx-ac")});
  w.AddMainRouteTable("rtb-b", "vpc-b", {To("172.16.0.0/16", "pcx-ab"), To("192.168.0.0/16", "pcx-ab")});
  w.AddMainRouteTable("rtb-c", "vpc-c", {To("172.16.0.0/16", "pcx-ac"), To("10.0.0.0/16", "pcx-ac")});
  w.AddGroup("sg-open", "vpc-a", {InAll(), OutAll()});
  w.AddInterface("eni-a", "subnet-a", {"172.16.0.5"}, {"sg-open"}, "198.51.100.1");
  w.AddInterface("eni-b", "subnet-b", {"10.0.0.5"}, {"sg-open"});
  w.AddInterface("eni-c", "subnet-c", {"192.168.0.5"}, {"sg-open"});
  return w;
}

}  // namespace

TEST_CASE("Peering joins two VPCs and no third") {
  World world = PeeredVpcs();
  CHECK(Tcp(world, "eni-a", "eni-b", 80).reachable());
  CHECK(Tcp(world, "eni-c", "eni-a", 80).reachable());
  const Path path = Tcp(world, "eni-a", "10.0.0.5", 80);
  CHECK(Ids(path.forward) == "eni-a sg-open rtb-a pcx-ab sg-open eni-b");
  CHECK(Ids(path.back) == "eni-b sg-open rtb-b pcx-ab sg-open eni-a");
  // "Transitive peering": B and C have routes, but not through A.
  CHECK(Codes(Tcp(world, "eni-b", "eni-c", 80)) == "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR");
  // "Edge to edge routing through an internet gateway"
  world.Put(InternetGateway{"igw-a", "vpc-a"});
  world.AddMainRouteTable("rtb-a", "vpc-a", {To("10.0.0.0/16", "pcx-ab"), To("0.0.0.0/0", "igw-a")});
  world.AddMainRouteTable("rtb-b", "vpc-b", {To("0.0.0.0/0", "pcx-ab")});
  CHECK(Codes(Tcp(world, "eni-b", "internet", 80)) == "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR");
  CHECK(Tcp(world, "eni-b", "eni-a", 80).reachable());
}

TEST_CASE("Peering needs the connection active and routes on both sides") {
  // Peering guide, "Update your route tables for a VPC peering connection".
  World world = PeeredVpcs();
  world.AddMainRouteTable("rtb-b", "vpc-b", {});
  CHECK(Codes(Tcp(world, "eni-a", "eni-b", 80)) == "<NO_ROUTE_TO_DESTINATION");
  CHECK(Codes(Tcp(world, "eni-b", "eni-a", 80)) == "NO_ROUTE_TO_DESTINATION");
  // Nothing else would stop the flow, and yet all of it is told when something does.
  world.AddGroup("sg-closed", "vpc-a", {OutAll()});
  world.Edit<NetworkInterface>("eni-a", [](auto& interface) { interface.group_ids = {"sg-closed"}; });
  CHECK(Codes(Tcp(world, "eni-b", "eni-a", 80)) == "NO_ROUTE_TO_DESTINATION SG_HAS_NO_RULES");
  world = PeeredVpcs();
  world.Put(VpcPeeringConnection{"pcx-ab", false, "vpc-a", "vpc-b"});
  CHECK(Codes(Tcp(world, "eni-a", "eni-b", 80)) == "BAD_STATE <BAD_STATE");
  world.Remove<VpcPeeringConnection>("pcx-ab");
  CHECK(Codes(Tcp(world, "eni-a", "eni-b", 80)) == "BAD_STATE_ROUTE");
  world.AddMainRouteTable("rtb-a", "vpc-a", {});
  CHECK(Codes(Tcp(world, "eni-a", "eni-b", 80)) == "NO_ROUTE_TO_DESTINATION DISCONNECTED_VPCS");
}

TEST_CASE("Security groups of a peer may be referenced while the peering is active, in one region") {
  // Peering guide, "Update your security groups to reference peer security groups".
  World world = PeeredVpcs();
  world.AddGroup("sg-b", "vpc-b", {OutAll()});
  world.AddGroup("sg-a", "vpc-a", {In("tcp", 80, "sg-b")});
  world.Edit<NetworkInterface>("eni-a", [](auto& interface) { interface.group_ids = {"sg-a"}; });
  CHECK(Codes(Tcp(world, "eni-b", "eni-a", 80)) == "ENI_SG_RULES_MISMATCH");
  world.Edit<NetworkInterface>("eni-b", [](auto& interface) { interface.group_ids = {"sg-b"}; });
  CHECK(Tcp(world, "eni-b", "eni-a", 80).reachable());
  world.Edit<Vpc>("vpc-b", [](auto& vpc) { vpc.region = "eu-west-1"; });
  CHECK(Codes(Tcp(world, "eni-b", "eni-a", 80)) == "ENI_SG_RULES_MISMATCH");
  world.Edit<Vpc>("vpc-b", [](auto& vpc) { vpc.region = "us-east-1"; });
  world.Put(VpcPeeringConnection{"pcx-ab", false, "vpc-a", "vpc-b"});
  CHECK(Codes(Tcp(world, "eni-b", "eni-a", 80)) == "BAD_STATE ENI_SG_RULES_MISMATCH <BAD_STATE");
}

TEST_CASE("NAT gateways serve their own VPC only") {
  // VPC user guide, "NAT gateway basics": not through a VPC peering connection.
  World world = PeeredVpcs();
  world.Put(InternetGateway{"igw-a", "vpc-a"});
  world.AddSubnet("subnet-nat", "vpc-a", {"172.16.9.0/24"});
  world.AddRouteTable("rtb-nat", "vpc-a", {"subnet-nat"}, {To("0.0.0.0/0", "igw-a")});
  world.AddNatGateway("nat-a", "subnet-nat", "172.16.9.9", "198.51.100.99");
  world.AddMainRouteTable("rtb-a", "vpc-a", {To("0.0.0.0/0", "nat-a")});
  world.AddMainRouteTable("rtb-b", "vpc-b", {To("0.0.0.0/0", "nat-a")});
  CHECK(Tcp(world, "eni-a", "internet", 443).reachable());
  CHECK(Codes(Tcp(world, "eni-b", "internet", 443)).starts_with("NGW_REQUIRES_SOURCE_IN_VPC"));
}

TEST_CASE("A private NAT gateway joins overlapping networks across a peering") {
  // VPC user guide, "NAT gateway use cases", "Access your network using allow-listed IP addresses" (there with a
  // transit gateway): the other side sees the NAT gateway's private address.
  World world = PeeredVpcs();
  world.AddSubnet("subnet-nat", "vpc-a", {"172.16.9.0/24"});
  world.AddRouteTable("rtb-nat", "vpc-a", {"subnet-nat"}, {To("10.0.0.0/16", "pcx-ab")});
  world.AddNatGateway("nat-a", "subnet-nat", "172.16.9.9");
  world.AddMainRouteTable("rtb-a", "vpc-a", {To("10.0.0.0/16", "nat-a")});
  world.AddGroup("sg-b", "vpc-b", {In("tcp", 80, "172.16.9.9/32")});
  world.Edit<NetworkInterface>("eni-b", [](auto& interface) { interface.group_ids = {"sg-b"}; });
  const Path path = Tcp(world, "eni-a", "eni-b", 80);
  CHECK(Codes(path).empty());
  CHECK(path.seen_source == A("172.16.9.9"));
  world.AddGroup("sg-b", "vpc-b", {In("tcp", 80, "sg-open")});
  CHECK(Codes(Tcp(world, "eni-a", "eni-b", 80)) == "ENI_SG_RULES_MISMATCH SG_REFERENCES_NOT_PRESERVED");
}

namespace {

constexpr const char* kEcrApi = "com.amazonaws.us-east-1.ecr.api";
constexpr const char* kS3 = "com.amazonaws.us-east-1.s3";

// ECR user guide, "Amazon ECR interface VPC endpoints": a private subnet with endpoints for ECR and a gateway for S3.
World IsolatedVpc() {
  World w;
  w.AddVpc("vpc-1", {"10.0.0.0/16"});
  w.AddSubnet("subnet-1", "vpc-1", {"10.0.1.0/24"}, "us-east-1a");
  w.AddSubnet("subnet-2", "vpc-1", {"10.0.2.0/24"}, "us-east-1b");
  w.AddMainRouteTable("rtb-1", "vpc-1", {});
  w.AddGroup("sg-task", "vpc-1", {OutAll()});
  w.AddGroup("sg-endpoint", "vpc-1", {In("tcp", 443, "10.0.0.0/16")});
  w.AddInterface("eni-task", "subnet-2", {"10.0.2.5"}, {"sg-task"});
  w.AddInterface("eni-vpce1", "subnet-1", {"10.0.1.20"}, {"sg-endpoint"}, "", "vpc_endpoint");
  w.AddInterface("eni-vpce2", "subnet-2", {"10.0.2.20"}, {"sg-endpoint"}, "", "vpc_endpoint");
  w.Put(PrefixList{"pl-63a5400a", kS3, Cidrs({"54.231.0.0/16", "52.216.0.0/15"})});
  w.AddInterfaceEndpoint("vpce-ecr", "vpc-1", kEcrApi, {"eni-vpce1", "eni-vpce2"});
  w.AddGatewayEndpoint("vpce-s3", "vpc-1", kS3, {"rtb-1"}, "pl-63a5400a");
  return w;
}

}  // namespace

TEST_CASE("A service is reached through its interface endpoint, whose groups must admit it") {
  World world = IsolatedVpc();
  const Path path = Tcp(world, "eni-task", kEcrApi, 443);
  CHECK(Codes(path).empty());
  CHECK(path.destination_interface_id == "eni-vpce2");  // the one in the task's zone
  CHECK(Ids(path.forward) == "eni-task sg-task sg-endpoint eni-vpce2 vpce-ecr");
  CHECK(Ids(path.back) == "vpce-ecr eni-vpce2 sg-endpoint sg-task eni-task");
  // "The security group attached to the VPC endpoint must allow incoming connections on port 443"
  world.AddGroup("sg-endpoint", "vpc-1", {In("tcp", 443, "10.0.1.0/24")});
  CHECK(Codes(Tcp(world, "eni-task", kEcrApi, 443)) == "ENI_SG_RULES_MISMATCH");
  world = IsolatedVpc();
  // Without private DNS the name stands for public addresses, which an isolated VPC does not reach.
  world.AddInterfaceEndpoint("vpce-ecr", "vpc-1", kEcrApi, {"eni-vpce1", "eni-vpce2"}, false);
  CHECK(Codes(Tcp(world, "eni-task", kEcrApi, 443)) == "NO_ROUTE_TO_DESTINATION");
  CHECK(Tcp(world, "eni-task", "eni-vpce1", 443).reachable());  // by its own address it is still there
  // PrivateLink guide: private DNS needs both DNS attributes of the VPC.
  world = IsolatedVpc();
  world.Edit<Vpc>("vpc-1", [](auto& vpc) { vpc.enable_dns_hostnames = false; });
  CHECK(Codes(Tcp(world, "eni-task", kEcrApi, 443)) == "NO_ROUTE_TO_DESTINATION");
  world = IsolatedVpc();
  world.Edit<VpcEndpoint>("vpce-ecr", [](auto& endpoint) { endpoint.available = false; });
  CHECK(Codes(Tcp(world, "eni-task", kEcrApi, 443)) == "NO_ROUTE_TO_DESTINATION");
  CHECK(Codes(Tcp(world, "eni-task", "eni-vpce2", 443)) == "BAD_STATE");
  // A service that no endpoint stands for
  CHECK(Codes(Tcp(world, "eni-task", "com.amazonaws.us-east-1.logs", 443)) == "NO_ROUTE_TO_DESTINATION");
}

TEST_CASE("Amazon S3 is reached through the gateway endpoint of the subnet's route table") {
  // PrivateLink guide, "Gateway endpoints"; ECR user guide: layers come from S3.
  World world = IsolatedVpc();
  const Path path = Tcp(world, "eni-task", kS3, 443);
  CHECK(Codes(path).empty());
  CHECK(Ids(path.forward) == "eni-task sg-task rtb-1 vpce-s3");
  CHECK(Ids(path.back) == "vpce-s3 sg-task eni-task");
  CHECK(std::get<std::string>(std::get<Route>(path.forward[2].rule).destination) == "pl-63a5400a");
  // "if your security group's outbound rules are restricted, add a rule that refers to the prefix list"
  world.AddGroup("sg-task", "vpc-1", {Out("tcp", 443, "10.0.0.0/16")});
  CHECK(Codes(Tcp(world, "eni-task", kS3, 443)) == "ENI_SG_RULES_MISMATCH");
  world.AddGroup("sg-task", "vpc-1", {Out("tcp", 443, "pl-63a5400a")});
  CHECK(Tcp(world, "eni-task", kS3, 443).reachable());
  // Network ACLs have no prefix lists and are stateless.
  world.AddAcl("acl-1", "vpc-1", {"subnet-2"},
               {AllowAll(100, true), AclRule(100, false, true, "tcp", 1024, 65535, "10.0.0.0/8")});
  CHECK(Codes(Tcp(world, "eni-task", kS3, 443)) == "<SUBNET_ACL_RESTRICTION");
  world = IsolatedVpc();
  world.AddRouteTable("rtb-2", "vpc-1", {"subnet-2"}, {});
  CHECK(Codes(Tcp(world, "eni-task", kS3, 443)) == "NO_ROUTE_TO_DESTINATION");
  // The route may also stand in the table itself, as DescribeRouteTables shows it.
  world.AddRouteTable("rtb-2", "vpc-1", {"subnet-2"}, {To("pl-63a5400a", "vpce-s3")});
  CHECK(Tcp(world, "eni-task", kS3, 443).reachable());
  CHECK(Codes(Evaluate(world.topology, Flow::Udp(End("eni-task"), End(kS3), 443))) ==
        "VPCE_GATEWAY_PROTOCOL_RESTRICTION");
  world.Edit<VpcEndpoint>("vpce-s3", [](auto& endpoint) { endpoint.available = false; });
  CHECK(Codes(Tcp(world, "eni-task", kS3, 443)) == "BAD_STATE");
}

TEST_CASE("The gateway endpoint's route is preferred to the default route") {
  // PrivateLink guide, "Gateway endpoints", "Routing": the more specific route.
  World world = IsolatedVpc();
  world.Put(InternetGateway{"igw-1", "vpc-1"});
  world.AddMainRouteTable("rtb-1", "vpc-1", {To("0.0.0.0/0", "igw-1")});
  CHECK(Ids(Tcp(world, "eni-task", kS3, 443).forward) == "eni-task sg-task rtb-1 vpce-s3");
  CHECK(Codes(Tcp(world, "eni-task", "com.amazonaws.us-east-1.logs", 443)) == "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS");
  world.Remove<VpcEndpoint>("vpce-s3");
  world.Edit<NetworkInterface>("eni-task", [](auto& i) { i.private_ipv4[0].public_address = A("198.51.100.1"); });
  CHECK(Ids(Tcp(world, "eni-task", kS3, 443).forward) == "eni-task sg-task rtb-1 igw-1 com.amazonaws.us-east-1.s3");
}

namespace {

// Drydock's reference deployment: a load balancer in public subnets, tasks and a database in private ones.
World ReferenceDeployment() {
  World w;
  w.AddVpc("vpc-1", {"10.0.0.0/16"});
  w.AddSubnet("subnet-pub", "vpc-1", {"10.0.0.0/24"});
  w.AddSubnet("subnet-app", "vpc-1", {"10.0.10.0/24"});
  w.AddSubnet("subnet-db", "vpc-1", {"10.0.20.0/24"});
  w.Put(InternetGateway{"igw-1", "vpc-1"});
  w.AddNatGateway("nat-1", "subnet-pub", "10.0.0.9", "198.51.100.9");
  w.AddRouteTable("rtb-pub", "vpc-1", {"subnet-pub"}, {To("0.0.0.0/0", "igw-1")});
  w.AddRouteTable("rtb-app", "vpc-1", {"subnet-app"}, {To("0.0.0.0/0", "nat-1")});
  w.AddMainRouteTable("rtb-main", "vpc-1", {});
  w.AddGroup("sg-alb", "vpc-1",
             {In("tcp", 80, "0.0.0.0/0"), In("tcp", 443, "0.0.0.0/0"), GroupRule(true, "tcp", 3000, 4000, "sg-ecs")});
  w.AddGroup("sg-ecs", "vpc-1", {GroupRule(false, "tcp", 3000, 4000, "sg-alb"), OutAll()});
  w.AddGroup("sg-mongo", "vpc-1", {In("tcp", 27017, "sg-ecs")});
  w.AddInterface("eni-alb", "subnet-pub", {"10.0.0.10"}, {"sg-alb"}, "198.51.100.10");
  w.AddInterface("eni-task", "subnet-app", {"10.0.10.10"}, {"sg-ecs"});
  w.AddInterface("eni-mongo", "subnet-db", {"10.0.20.5"}, {"sg-mongo"});
  return w;
}

}  // namespace

TEST_CASE("The reference deployment's table: internet to ALB, ALB to tasks, tasks to DB and out, nothing else") {
  const World world = ReferenceDeployment();
  struct Row {
    const char* from;
    const char* to;
    std::uint16_t port;
    const char* codes;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"internet", "eni-alb", 80, ""},
           {"internet", "eni-alb", 443, ""},
           {"internet", "eni-alb", 22, "ENI_SG_RULES_MISMATCH"},
           {"eni-alb", "eni-task", 3000, ""},
           {"eni-alb", "eni-task", 4000, ""},
           {"eni-alb", "eni-task", 4001, "ENI_SG_RULES_MISMATCH ENI_SG_RULES_MISMATCH"},
           {"eni-task", "eni-mongo", 27017, ""},
           {"eni-task", "10.0.20.5", 22, "ENI_SG_RULES_MISMATCH"},
           {"eni-task", "internet", 443, ""},
           {"eni-task", kEcrApi, 443, ""},
           {"internet", "eni-task", 3000,
            "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS ENI_SG_RULES_MISMATCH "
            "<NGW_SOURCE_ADDRESS_REASSIGN"},
           {"eni-alb", "eni-mongo", 27017, "ENI_SG_RULES_MISMATCH ENI_SG_RULES_MISMATCH"},
           {"eni-alb", "internet", 443, "ENI_SG_RULES_MISMATCH"},
           {"eni-mongo", "internet", 443, "SG_HAS_NO_RULES NO_ROUTE_TO_DESTINATION"},
           {"eni-mongo", "eni-task", 3000, "SG_HAS_NO_RULES ENI_SG_RULES_MISMATCH"},
           {"10.0.0.10", "10.0.10.10", 3000, ""},
           {"eni-task", "198.51.100.10", 443, ""},
       }) {
    INFO(row.from << " -> " << row.to << ":" << row.port);
    CHECK(Codes(Tcp(world, row.from, row.to, row.port)) == row.codes);
  }
}
