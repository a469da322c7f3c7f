// One test for each kind of record: it becomes the engine's element, and a flow says what that element is for.
#include <catch2/catch.hpp>

#include "emulator/network/aws_prefix_lists.h"
#include "emulator/network/evaluate.h"
#include "emulator/world/network.h"
#include "store/records/ec2/egress_only_internet_gateway.h"
#include "store/records/ec2/managed_prefix_list.h"
#include "store/records/ec2/network_interface.h"
#include "store/records/ec2/route_table.h"
#include "store/records/ec2/security_group.h"
#include "store/records/ec2/subnet.h"
#include "store/records/ec2/vpc.h"
#include "store/records/ec2/vpc_endpoint.h"
#include "store/records/ec2/vpc_peering_connection.h"

namespace drydock::world {

namespace {

namespace ec2 = records::ec2;

const Scope kHere{"123456789012", "eu-central-1"};
const Scope kThere{"210987654321", "eu-central-1"};

// A VPC with one subnet, one interface in one group that lets everything out, and nothing that leads anywhere.
// `number`: the VPC is 10.<number>.0.0/16, and all ids end with it.
void PutVpc(store::Transaction& tx, const Scope& scope, int number) {
  const std::string n = std::to_string(number);
  ec2::Vpc vpc;
  vpc.vpc_id = "vpc-" + n;
  vpc.cidr_blocks = {{"vpc-cidr-assoc-" + n, "10." + n + ".0.0/16"}};
  vpc.enable_dns_hostnames = true;
  tx.Put(scope, vpc);
  ec2::Subnet subnet;
  subnet.subnet_id = "subnet-" + n;
  subnet.vpc_id = vpc.vpc_id;
  subnet.cidr_block = "10." + n + ".0.0/24";
  tx.Put(scope, subnet);
  ec2::RouteTable table;
  table.route_table_id = "rtb-" + n;
  table.vpc_id = vpc.vpc_id;
  table.associations = {{"rtbassoc-" + n, std::nullopt, true}};
  tx.Put(scope, table);
  tx.Put(scope, ec2::SecurityGroup{"sg-" + n, "group", "", vpc.vpc_id, vpc.vpc_id + "/group", {}});
  ec2::SecurityGroupRule out;
  out.security_group_rule_id = "sgr-out-" + n;
  out.group_id = "sg-" + n;
  out.is_egress = true;
  out.ip_protocol = "-1";
  out.cidr_ipv4 = "0.0.0.0/0";
  tx.Put(scope, out);
  ec2::NetworkInterface interface;
  interface.network_interface_id = "eni-" + n;
  interface.vpc_id = vpc.vpc_id;
  interface.subnet_id = subnet.subnet_id;
  interface.private_ip_addresses = {{"10." + n + ".0.10", true, std::nullopt}};
  interface.group_ids = {"sg-" + n};
  interface.attachment.emplace().attachment_id = "eni-attach-" + n;
  tx.Put(scope, interface);
}

ec2::SecurityGroupRule HttpsInto(const std::string& group_id) {
  ec2::SecurityGroupRule rule;
  rule.security_group_rule_id = "sgr-https-" + group_id;
  rule.group_id = group_id;
  rule.ip_protocol = "tcp";
  rule.from_port = rule.to_port = 443;
  return rule;
}

void AddRoute(store::Transaction& tx, const Scope& scope, const std::string& table_id, const ec2::Route& route) {
  auto table = *tx.Get<ec2::RouteTable>(scope, table_id);
  table.routes.push_back(route);
  tx.Put(scope, table);
}

bool Reaches(const NetworkWorld& world, const network::Endpoint& from, const network::Endpoint& to) {
  return network::Evaluate(world.Current(), network::Flow::Tcp(from, to, 443)).reachable();
}
network::Endpoint Interface(const std::string& id) {
  return network::InterfaceEndpoint{id};
}
network::Endpoint Service(const std::string& name) {
  return network::ServiceEndpoint{"com.amazonaws.eu-central-1." + name};
}

}  // namespace

TEST_CASE("an interface endpoint leads to its service once it is available, through its interface's groups") {
  store::Database database(store::kInMemory);
  NetworkWorld world(database);
  database.Write([](store::Transaction& tx) { PutVpc(tx, kHere, 1); });
  CHECK_FALSE(Reaches(world, Interface("eni-1"), Service("ecr.api")));

  ec2::VpcEndpoint endpoint;
  endpoint.vpc_endpoint_id = "vpce-1";
  endpoint.vpc_id = "vpc-1";
  endpoint.service_name = "com.amazonaws.eu-central-1.ecr.api";
  endpoint.type = "Interface";
  endpoint.private_dns_enabled = true;
  endpoint.subnets = {{"subnet-1", "eni-vpce", std::nullopt}};
  database.Write([&](store::Transaction& tx) {
    auto interface = *tx.Get<ec2::NetworkInterface>(kHere, std::string("eni-1"));
    interface.network_interface_id = "eni-vpce";
    interface.interface_type = "vpc_endpoint";
    interface.private_ip_addresses[0].private_ip_address = "10.1.0.20";
    interface.group_ids = {"sg-vpce"};
    tx.Put(kHere, interface);
    tx.Put(kHere, ec2::SecurityGroup{"sg-vpce", "endpoint", "", "vpc-1", "vpc-1/endpoint", {}});
    auto in = HttpsInto("sg-vpce");
    in.referenced_group_id = "sg-1";
    tx.Put(kHere, in);
    tx.Put(kHere, endpoint);
  });
  CHECK_FALSE(Reaches(world, Interface("eni-1"), Service("ecr.api")));  // pending
  endpoint.state = "available";
  database.Write([&](store::Transaction& tx) { tx.Put(kHere, endpoint); });
  CHECK(Reaches(world, Interface("eni-1"), Service("ecr.api")));
  CHECK_FALSE(Reaches(world, Interface("eni-1"), Service("ecr.dkr")));
  database.Write(
      [](store::Transaction& tx) { tx.Erase<ec2::SecurityGroupRule>(kHere, std::string("sgr-https-sg-vpce")); });
  CHECK_FALSE(Reaches(world, Interface("eni-1"), Service("ecr.api")));
}

TEST_CASE("a gateway endpoint is a route to its service in its route tables") {
  store::Database database(store::kInMemory);
  database.Write([](store::Transaction& tx) { PutVpc(tx, kHere, 1); });
  NetworkWorld world(database);
  ec2::VpcEndpoint endpoint;
  endpoint.vpc_endpoint_id = "vpce-s3";
  endpoint.vpc_id = "vpc-1";
  endpoint.service_name = "com.amazonaws.eu-central-1.s3";
  endpoint.type = "Gateway";
  endpoint.state = "available";
  endpoint.route_table_ids = {"rtb-1"};
  database.Write([&](store::Transaction& tx) { tx.Put(kHere, endpoint); });
  CHECK(Reaches(world, Interface("eni-1"), Service("s3")));
  CHECK_FALSE(Reaches(world, Interface("eni-1"), Service("dynamodb")));
  endpoint.route_table_ids.clear();
  database.Write([&](store::Transaction& tx) { tx.Put(kHere, endpoint); });
  CHECK_FALSE(Reaches(world, Interface("eni-1"), Service("s3")));
  endpoint.route_table_ids = {"rtb-1"};
  database.Write([&](store::Transaction& tx) { tx.Put(kHere, endpoint); });
  database.Write([](store::Transaction& tx) { tx.Erase<ec2::VpcEndpoint>(kHere, std::string("vpce-s3")); });
  CHECK_FALSE(Reaches(world, Interface("eni-1"), Service("s3")));
}

TEST_CASE("the region's own prefix lists are in the topology with its first VPC, before and after a start") {
  store::Database database(store::kInMemory);
  const NetworkWorld told(database);
  CHECK(told.Current().Count<network::PrefixList>() == 0);
  database.Write([](store::Transaction& tx) { PutVpc(tx, kHere, 1); });
  const NetworkWorld read(database);
  for (const auto& list : network::AwsPrefixLists("eu-central-1")) {
    REQUIRE(told.Current().Find<network::PrefixList>(list.id));
    CHECK(told.Current().Find<network::PrefixList>(list.id)->name == list.name);
    CHECK(read.Current().Find<network::PrefixList>(list.id));
  }
}

TEST_CASE("a rule that names a prefix list follows its entries") {
  store::Database database(store::kInMemory);
  NetworkWorld world(database);
  ec2::ManagedPrefixList list;
  list.prefix_list_id = "pl-1";
  list.address_family = "IPv4";
  list.versions = {{1, {{"10.9.0.0/16", std::nullopt}}}};
  database.Write([&](store::Transaction& tx) {
    PutVpc(tx, kHere, 1);
    auto interface = *tx.Get<ec2::NetworkInterface>(kHere, std::string("eni-1"));
    interface.network_interface_id = "eni-1b";
    interface.private_ip_addresses[0].private_ip_address = "10.1.0.11";
    tx.Put(kHere, interface);
    auto in = HttpsInto("sg-1");
    in.prefix_list_id = "pl-1";
    tx.Put(kHere, in);
    tx.Put(kHere, list);
  });
  CHECK_FALSE(Reaches(world, Interface("eni-1"), Interface("eni-1b")));
  list.versions.push_back({2, {{"10.1.0.0/24", std::nullopt}}});
  database.Write([&](store::Transaction& tx) { tx.Put(kHere, list); });
  CHECK(Reaches(world, Interface("eni-1"), Interface("eni-1b")));
  database.Write([](store::Transaction& tx) { tx.Erase<ec2::ManagedPrefixList>(kHere, std::string("pl-1")); });
  CHECK_FALSE(Reaches(world, Interface("eni-1"), Interface("eni-1b")));
}

TEST_CASE("an active peering joins two VPCs, of different accounts too, and carries group references") {
  store::Database database(store::kInMemory);
  NetworkWorld world(database);
  ec2::VpcPeeringConnection connection;
  connection.vpc_peering_connection_id = "pcx-1";
  connection.requester_account = kHere.account;
  connection.accepter_account = kThere.account;
  connection.requester_region = connection.accepter_region = kHere.region;
  connection.requester_vpc_id = "vpc-1";
  connection.accepter_vpc_id = "vpc-2";
  connection.status = "pending-acceptance";
  database.Write([&](store::Transaction& tx) {
    PutVpc(tx, kHere, 1);
    PutVpc(tx, kThere, 2);
    ec2::Route route;
    route.vpc_peering_connection_id = "pcx-1";
    route.destination_cidr_block = "10.2.0.0/16";
    AddRoute(tx, kHere, "rtb-1", route);
    route.destination_cidr_block = "10.1.0.0/16";
    AddRoute(tx, kThere, "rtb-2", route);
    auto in = HttpsInto("sg-2");
    in.referenced_group_id = "sg-1";
    tx.Put(kThere, in);
    tx.Put(kHere, connection);
  });
  CHECK_FALSE(Reaches(world, Interface("eni-1"), Interface("eni-2")));
  connection.status = "active";
  database.Write([&](store::Transaction& tx) { tx.Put(kThere, connection); });
  CHECK(Reaches(world, Interface("eni-1"), Interface("eni-2")));
  connection.status = "deleted";
  database.Write([&](store::Transaction& tx) { tx.Put(kHere, connection); });
  CHECK_FALSE(Reaches(world, Interface("eni-1"), Interface("eni-2")));
}

TEST_CASE("IPv6 blocks and addresses, and secondary addresses of both kinds, lead to their interface") {
  store::Database database(store::kInMemory);
  NetworkWorld world(database);
  database.Write([](store::Transaction& tx) {
    PutVpc(tx, kHere, 1);
    auto vpc = *tx.Get<ec2::Vpc>(kHere, std::string("vpc-1"));
    vpc.cidr_blocks.push_back({"vpc-cidr-assoc-2", "10.9.0.0/16"});
    vpc.ipv6_cidr_blocks = {{"vpc-cidr-assoc-3", "2001:db8:1:100::/56"}};
    tx.Put(kHere, vpc);
    auto subnet = *tx.Get<ec2::Subnet>(kHere, std::string("subnet-1"));
    subnet.ipv6_cidr_block = {"subnet-cidr-assoc-1", "2001:db8:1:101::/64"};
    tx.Put(kHere, subnet);
    subnet.subnet_id = "subnet-2";
    subnet.cidr_block = "10.9.0.0/24";
    subnet.ipv6_cidr_block = {"subnet-cidr-assoc-2", "2001:db8:1:102::/64"};
    tx.Put(kHere, subnet);
    auto interface = *tx.Get<ec2::NetworkInterface>(kHere, std::string("eni-1"));
    interface.ipv6_addresses = {"2001:db8:1:101::10"};
    tx.Put(kHere, interface);
    interface.network_interface_id = "eni-2";
    interface.subnet_id = "subnet-2";
    interface.private_ip_addresses = {{"10.9.0.10", true, std::nullopt}, {"10.9.0.11", false, std::nullopt}};
    interface.ipv6_addresses = {"2001:db8:1:102::10", "2001:db8:1:102::11"};
    tx.Put(kHere, interface);
    auto rule = HttpsInto("sg-1");
    rule.cidr_ipv6 = "2001:db8:1:101::/64";
    tx.Put(kHere, rule);
    rule.security_group_rule_id = "sgr-out6-1";
    rule.is_egress = true;
    rule.cidr_ipv6 = "::/0";
    tx.Put(kHere, rule);
  });
  const auto reaches = [&](const char* address) {
    return Reaches(world, Interface("eni-1"), network::AddressEndpoint{*network::Address::Parse(address)});
  };
  CHECK(reaches("2001:db8:1:102::11"));
  CHECK_FALSE(reaches("2001:db8:1:102::12"));
  CHECK_FALSE(reaches("10.9.0.11"));  // no rule lets IPv4 in
  database.Write([](store::Transaction& tx) {
    auto rule = HttpsInto("sg-1");
    rule.security_group_rule_id = "sgr-https4-1";
    rule.referenced_group_id = "sg-1";
    tx.Put(kHere, rule);
  });
  CHECK(reaches("10.9.0.11"));
}

TEST_CASE("an egress-only internet gateway is where an IPv6 route leads") {
  store::Database database(store::kInMemory);
  NetworkWorld world(database);
  database.Write([](store::Transaction& tx) {
    PutVpc(tx, kHere, 1);
    ec2::Route route;
    route.destination_ipv6_cidr_block = "::/0";
    route.egress_only_internet_gateway_id = "eigw-1";
    AddRoute(tx, kHere, "rtb-1", route);
    tx.Put(kHere, ec2::EgressOnlyInternetGateway{"eigw-1", "vpc-1", {}});
  });
  REQUIRE(world.Current().Find<network::EgressOnlyInternetGateway>("eigw-1"));
  CHECK(world.Current().Find<network::EgressOnlyInternetGateway>("eigw-1")->vpc_id == "vpc-1");
  CHECK(world.Current().Find<network::RouteTable>("rtb-1")->routes.at(0).target ==
        network::RouteTarget{network::RouteTarget::Kind::kEgressOnlyInternetGateway, "eigw-1"});
  database.Write(
      [](store::Transaction& tx) { tx.Erase<ec2::EgressOnlyInternetGateway>(kHere, std::string("eigw-1")); });
  CHECK(world.Current().Find<network::EgressOnlyInternetGateway>("eigw-1") == nullptr);
}

}  // namespace drydock::world
