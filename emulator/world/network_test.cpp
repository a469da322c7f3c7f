#include "emulator/world/network.h"

#include <catch2/catch.hpp>

#include "store/records/ec2/internet_gateway.h"
#include "store/records/ec2/nat_gateway.h"
#include "store/records/ec2/network_acl.h"
#include "store/records/ec2/network_interface.h"
#include "store/records/ec2/route_table.h"
#include "store/records/ec2/security_group.h"
#include "store/records/ec2/subnet.h"
#include "store/records/ec2/vpc.h"

namespace drydock::world {

namespace {

namespace ec2 = records::ec2;

const Scope kScope{"123456789012", "eu-central-1"};

ec2::SecurityGroupRule Rule(const std::string& id, const std::string& group_id, bool egress, int port) {
  ec2::SecurityGroupRule rule;
  rule.security_group_rule_id = id;
  rule.group_id = group_id;
  rule.is_egress = egress;
  rule.ip_protocol = "tcp";
  rule.from_port = rule.to_port = port;
  return rule;
}

ec2::NetworkInterface Interface(const std::string& id, const std::string& subnet_id, const std::string& address,
                                const std::string& group_id) {
  ec2::NetworkInterface interface;
  interface.network_interface_id = id;
  interface.vpc_id = "vpc-1";
  interface.subnet_id = subnet_id;
  interface.private_ip_addresses = {{address, true, std::nullopt}};
  interface.group_ids = {group_id};
  interface.attachment.emplace().attachment_id = "eni-attach-" + id;
  return interface;
}

// A load balancer's node in a public subnet, a task in a private one: internet -> 80 -> eni-alb -> 3000 -> eni-task.
void PutNetwork(store::Transaction& tx) {
  ec2::Vpc vpc;
  vpc.vpc_id = "vpc-1";
  vpc.cidr_blocks = {{"vpc-cidr-assoc-1", "10.0.0.0/16"}};
  tx.Put(kScope, vpc);
  for (const auto& [id, cidr] : {std::pair{"subnet-public", "10.0.0.0/24"}, {"subnet-private", "10.0.10.0/24"}}) {
    ec2::Subnet subnet;
    subnet.subnet_id = id;
    subnet.vpc_id = "vpc-1";
    subnet.cidr_block = cidr;
    tx.Put(kScope, subnet);
  }
  tx.Put(kScope, ec2::InternetGateway{"igw-1", "vpc-1", {}});
  ec2::RouteTable main;
  main.route_table_id = "rtb-main";
  main.vpc_id = "vpc-1";
  main.associations = {{"rtbassoc-main", std::nullopt, true}};
  tx.Put(kScope, main);
  ec2::RouteTable open;
  open.route_table_id = "rtb-public";
  open.vpc_id = "vpc-1";
  open.associations = {{"rtbassoc-1", "subnet-public", false}};
  ec2::Route route;
  route.destination_cidr_block = "0.0.0.0/0";
  route.gateway_id = "igw-1";
  open.routes = {route};
  tx.Put(kScope, open);
  ec2::NetworkAcl acl;
  acl.network_acl_id = "acl-1";
  acl.vpc_id = "vpc-1";
  acl.is_default = true;
  acl.associations = {{"aclassoc-1", "subnet-public"}, {"aclassoc-2", "subnet-private"}};
  for (const bool egress : {true, false}) {
    auto& entry = acl.entries.emplace_back();
    entry.rule_number = 100;
    entry.egress = egress;
    entry.protocol = "-1";
    entry.rule_action = "allow";
    entry.cidr_block = "0.0.0.0/0";
  }
  tx.Put(kScope, acl);
  for (const std::string id : {"sg-alb", "sg-task"})
    tx.Put(kScope, ec2::SecurityGroup{id, id, "", "vpc-1", "vpc-1/" + id, {}});
  auto http = Rule("sgr-http", "sg-alb", false, 80);
  http.cidr_ipv4 = "0.0.0.0/0";
  tx.Put(kScope, http);
  auto out = Rule("sgr-out", "sg-alb", true, 3000);
  out.referenced_group_id = "sg-task";
  tx.Put(kScope, out);
  auto in = Rule("sgr-in", "sg-task", false, 3000);
  in.referenced_group_id = "sg-alb";
  tx.Put(kScope, in);
  auto node = Interface("eni-alb", "subnet-public", "10.0.0.10", "sg-alb");
  node.private_ip_addresses[0].association = {"198.19.0.7", std::nullopt, std::nullopt, "amazon"};
  tx.Put(kScope, node);
  tx.Put(kScope, Interface("eni-task", "subnet-private", "10.0.10.20", "sg-task"));
}

loadbalancer::LoadBalancer LoadBalancer() {
  loadbalancer::LoadBalancer load_balancer;
  load_balancer.vpc_id = "vpc-1";
  load_balancer.nodes = {{"eu-central-1a", "subnet-public", "eni-alb", "10.0.0.10", "198.19.0.7"}};
  return load_balancer;
}

std::optional<std::string> NoTasks(const std::string&) {
  return std::nullopt;
}

}  // namespace

TEST_CASE("the topology is what the store had at the start, and follows every commit before Write returns") {
  store::Database database(store::kInMemory);
  database.Write(PutNetwork);
  NetworkWorld world(database);
  CHECK(world.Current().Count<network::NetworkInterface>() == 2);
  REQUIRE(world.Current().Find<network::SecurityGroup>("sg-alb"));
  CHECK(world.Current().Find<network::SecurityGroup>("sg-alb")->rules.size() == 2);
  CHECK(world.Current().Find<network::RouteTable>("rtb-main")->main);

  const auto before = world.version();
  database.Write([](store::Transaction& tx) {
    auto rule = Rule("sgr-https", "sg-alb", false, 443);
    rule.cidr_ipv4 = "0.0.0.0/0";
    tx.Put(kScope, rule);
  });
  CHECK(world.version() == before + 1);
  CHECK(world.Current().Find<network::SecurityGroup>("sg-alb")->rules.size() == 3);
  database.Write([](store::Transaction& tx) { tx.Erase<ec2::SecurityGroupRule>(kScope, std::string("sgr-https")); });
  CHECK(world.Current().Find<network::SecurityGroup>("sg-alb")->rules.size() == 2);
  database.Write([](store::Transaction& tx) { tx.Erase<ec2::NetworkInterface>(kScope, std::string("eni-task")); });
  CHECK(world.Current().Find<network::NetworkInterface>("eni-task") == nullptr);
  database.Write([](store::Transaction& tx) {
    for (const std::string id : {"sgr-in"}) tx.Erase<ec2::SecurityGroupRule>(kScope, id);
    tx.Erase<ec2::SecurityGroup>(kScope, std::string("sg-task"));
  });
  CHECK(world.Current().Find<network::SecurityGroup>("sg-task") == nullptr);
}

TEST_CASE("a world that was told change by change is the one that is read from the store") {
  store::Database database(store::kInMemory);
  NetworkWorld told(database);
  database.Write(PutNetwork);
  const NetworkWorld read(database);
  for (const char* id : {"sg-alb", "sg-task"}) {
    const auto a = told.Current().Find<network::SecurityGroup>(id)->rules;
    const auto b = read.Current().Find<network::SecurityGroup>(id)->rules;
    CHECK(std::is_permutation(a.begin(), a.end(), b.begin(), b.end()));
  }
  CHECK(told.Current().Find<network::RouteTable>("rtb-public")->routes ==
        read.Current().Find<network::RouteTable>("rtb-public")->routes);
  CHECK(told.Current().Find<network::NetworkAcl>("acl-1")->entries ==
        read.Current().Find<network::NetworkAcl>("acl-1")->entries);
}

TEST_CASE("other records do not touch the topology") {
  store::Database database(store::kInMemory);
  NetworkWorld world(database);
  const auto before = world.version();
  database.Write([](store::Transaction& tx) {
    ec2::DhcpOptions options;
    options.dhcp_options_id = "dopt-1";
    tx.Put(kScope, options);
  });
  CHECK(world.version() == before);
}

TEST_CASE("the load balancer's connections are the engine's decisions") {
  store::Database database(store::kInMemory);
  database.Write(PutNetwork);
  const NetworkWorld world(database);
  const LoadBalancerNetwork judge(world, NoTasks);
  const auto load_balancer = LoadBalancer();
  const auto& node = load_balancer.nodes[0];

  const auto client = judge.ClientToLoadBalancer(load_balancer, node, "203.0.113.1", 80);
  CHECK(client.admitted);
  CHECK(client.source_address == "203.0.113.1");
  CHECK(client.explanation.find("sgr-http") != std::string::npos);
  const auto closed = judge.ClientToLoadBalancer(load_balancer, node, "203.0.113.1", 443);
  CHECK_FALSE(closed.admitted);
  CHECK_FALSE(closed.explanation.empty());
  CHECK(judge.LoadBalancerToTarget(load_balancer, node, "10.0.10.20", 3000, "").admitted);
  CHECK_FALSE(judge.LoadBalancerToTarget(load_balancer, node, "10.0.10.20", 3001, "").admitted);

  // aws-facts B.9: revoking either side's rule stops it, with nothing restarted.
  const auto version = judge.Version();
  database.Write([](store::Transaction& tx) { tx.Erase<ec2::SecurityGroupRule>(kScope, std::string("sgr-in")); });
  CHECK(judge.Version() > version);
  CHECK_FALSE(judge.LoadBalancerToTarget(load_balancer, node, "10.0.10.20", 3000, "").admitted);
}

// Network Load Balancers guide, "Client IP preservation": the target's groups and network ACL see the client.
TEST_CASE("where the client's address is preserved the target's rules are about the client") {
  store::Database database(store::kInMemory);
  database.Write(PutNetwork);
  const NetworkWorld world(database);
  const LoadBalancerNetwork judge(world, NoTasks);
  const auto load_balancer = LoadBalancer();
  const auto admitted = [&](const std::string& client) {
    return judge.LoadBalancerToTarget(load_balancer, load_balancer.nodes[0], "10.0.10.20", 3000, client).admitted;
  };
  CHECK(admitted("203.0.113.1"));  // by the rule that names the load balancer's group
  const auto put = [&](const std::string& cidr) {
    database.Write([&](store::Transaction& tx) {
      auto rule = Rule("sgr-in", "sg-task", false, 3000);
      rule.cidr_ipv4 = cidr;
      tx.Put(kScope, rule);
    });
  };
  put("10.0.0.0/16");
  CHECK(admitted(""));
  CHECK_FALSE(admitted("203.0.113.1"));
  put("203.0.113.0/24");
  CHECK_FALSE(admitted(""));
  CHECK(admitted("203.0.113.1"));  // though no route of the private subnet leads to the client
  CHECK_FALSE(admitted("198.51.100.1"));
  database.Write([](store::Transaction& tx) {
    auto acl = *tx.Get<ec2::NetworkAcl>(kScope, std::string("acl-1"));
    for (auto& entry : acl.entries)
      if (entry.egress) entry.cidr_block = "10.0.0.0/8";
    tx.Put(kScope, acl);
  });
  CHECK_FALSE(admitted("203.0.113.1"));  // its answer is stopped
}

TEST_CASE("who a client says it is") {
  store::Database database(store::kInMemory);
  database.Write(PutNetwork);
  const NetworkWorld world(database);
  const std::string task = "arn:aws:ecs:eu-central-1:123456789012:task/main/0123456789abcdef0123456789abcdef";
  const LoadBalancerNetwork judge(world, [&](const std::string& arn) {
    return arn == task ? std::optional<std::string>("eni-task") : std::nullopt;
  });
  auto load_balancer = LoadBalancer();
  const auto& node = load_balancer.nodes[0];
  const auto explanation = [&](const std::string& source) {
    return judge.ClientToLoadBalancer(load_balancer, node, source, 80).explanation;
  };
  CHECK(explanation("banana") == "\"banana\" is neither an address, a network interface nor a task.");
  CHECK(explanation(task + "0") == "There is no running task " + task + "0.");
  // The task has no way to the internet, where an internet-facing load balancer's name leads it; an internal one it
  // reaches inside of the VPC once its own group lets it out.
  CHECK_FALSE(judge.ClientToLoadBalancer(load_balancer, node, task, 80).admitted);
  load_balancer.scheme = loadbalancer::Scheme::kInternal;
  database.Write([](store::Transaction& tx) {  // an internal load balancer's node has no public address
    tx.Put(kScope, Interface("eni-alb", "subnet-public", "10.0.0.10", "sg-alb"));
  });
  CHECK_FALSE(judge.ClientToLoadBalancer(load_balancer, node, "eni-task", 80).admitted);
  database.Write([](store::Transaction& tx) {
    auto out = Rule("sgr-task-out", "sg-task", true, 80);
    out.cidr_ipv4 = "0.0.0.0/0";
    tx.Put(kScope, out);
  });
  const auto inside = judge.ClientToLoadBalancer(load_balancer, node, "eni-task", 80);
  CHECK(inside.admitted);
  CHECK(inside.source_address == "10.0.10.20");
  CHECK_FALSE(judge.ClientToLoadBalancer(load_balancer, node, "203.0.113.1", 80).admitted);
}

}  // namespace drydock::world
