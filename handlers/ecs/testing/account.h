// What the tests of tasks and services stand on: an account with a VPC (two subnets, a way out that can be taken away),
// a role, an image, a secret, a log group, a target group; and the means to play runtime and load balancer.
#pragma once

#include <map>
#include <set>
#include <tuple>

#include "api/ecs/CreateServiceRequest.h"
#include "api/ecs/CreateServiceResponse.h"
#include "api/ecs/DescribeServicesRequest.h"
#include "api/ecs/DescribeServicesResponse.h"
#include "api/ecs/DescribeTasksRequest.h"
#include "api/ecs/DescribeTasksResponse.h"
#include "api/ecs/RegisterTaskDefinitionRequest.h"
#include "api/ecs/RegisterTaskDefinitionResponse.h"
#include "api/ecs/RunTaskRequest.h"
#include "api/ecs/RunTaskResponse.h"
#include "api/ecs/UpdateServiceRequest.h"
#include "api/ecs/UpdateServiceResponse.h"
#include "handlers/ec2/subnets.h"
#include "handlers/ec2/vpcs.h"
#include "handlers/ecs/services.h"
#include "handlers/ecs/task_events.h"
#include "handlers/ecs/timers.h"
#include "handlers/elbv2/timers.h"
#include "handlers/iam/operation_access.h"
#include "handlers/testing/fixture.h"
#include "store/records/ec2/network_interface.h"
#include "store/records/ecr/image.h"
#include "store/records/ecs/cluster.h"
#include "store/records/ecs/task.h"
#include "store/records/elbv2/rule.h"
#include "store/records/elbv2/target_group.h"
#include "store/records/iam/entity.h"
#include "store/records/logs/log_group.h"

namespace drydock::ecs {

CreateServiceResponse CreateService(Context&, const CreateServiceRequest&);
DescribeServicesResponse DescribeServices(Context&, const DescribeServicesRequest&);
DescribeTasksResponse DescribeTasks(Context&, const DescribeTasksRequest&);
RegisterTaskDefinitionResponse RegisterTaskDefinition(Context&, const RegisterTaskDefinitionRequest&);
RunTaskResponse RunTask(Context&, const RunTaskRequest&);
UpdateServiceResponse UpdateService(Context&, const UpdateServiceRequest&);

class Account : public testing::Fixture {
 public:
  Account() {
    engines.invoke = [](Context& context, const api::Operation& operation, const api::AnyStruct& input) {
      iam::RequireAccess(context, operation, input);
      return operation.run(context, input);
    };
    engines.target_health = [this](const std::string& group, const std::string& id, int port) {
      const auto known = health_.find({group, id, port});
      return known == health_.end() ? loadbalancer::InitialHealthChecking() : known->second;
    };
    network_ = database.OnCommit([this](const store::Commit& commit) {
      for (const auto& change : commit.changes)
        if (change.Is<records::ec2::NetworkInterface>()) return PublishNetwork();
    });
    RegisterTimers(timers, engines, ids);
    elbv2::RegisterTimers(timers, engines, ids);
    timers.Start();
    Run([&](Context& context) {
      vpc = ec2::MakeVpc(context, "10.0.0.0/16", "default", false, {}).vpc_id;
      subnet_a = MakeSubnet(context, "10.0.10.0/24", "a");
      subnet_b = MakeSubnet(context, "10.0.11.0/24", "b");
      records::ecs::Cluster cluster;
      cluster.name = "main";
      cluster.arn = context.Arn("ecs", "cluster/main");
      cluster.status = "ACTIVE";
      context.tx.Put(scope, cluster);
      PutRole(context, R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})");
      records::ecr::Image image;
      image.repository = "auth";
      image.digest = "sha256:" + std::string(64, 'a');
      context.tx.Put(scope, image);
      context.tx.Put(scope, records::ecr::ImageTag{"auth", "v1", image.digest});
      PutLogGroup(context, "/app");
      records::elbv2::TargetGroup group;
      group.arn = target_group;
      group.name = "auth";
      group.target_type = "ip";
      group.protocol = "HTTP";
      group.port = 3000;
      group.vpc_id = vpc;
      context.tx.Put(scope, group);
      records::elbv2::Rule rule;
      rule.arn = "rule";
      rule.load_balancer_arn = "balancer";
      rule.actions.emplace_back().target_groups.push_back({target_group, 1});
      context.tx.Put(scope, rule);
    });
    Register("auth");
  }

  // Definitions --------------------------------------------------------------------------------------------------

  RegisterTaskDefinitionRequest Definition(const std::string& family) const {
    RegisterTaskDefinitionRequest request;
    request.family = family;
    request.networkMode = "awsvpc";
    request.requiresCompatibilities = std::vector<std::string>{"FARGATE"};
    request.cpu = "256";
    request.memory = "512";
    request.executionRoleArn = "arn:aws:iam::123456789012:role/exec";
    auto& container = request.containerDefinitions.emplace_back();
    container.name = "web";
    container.image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/auth:v1";
    container.portMappings.emplace_back().containerPort = 3000;
    auto& log = container.logConfiguration.emplace();
    log.logDriver = "awslogs";
    log.options = std::map<std::string, std::string>{
        {"awslogs-group", "/app"}, {"awslogs-region", "eu-central-1"}, {"awslogs-stream-prefix", "auth"}};
    return request;
  }
  std::string Register(const std::string& family) {
    return *Call(RegisterTaskDefinition, Definition(family)).taskDefinition->taskDefinitionArn;
  }
  NetworkConfiguration Network() const {
    NetworkConfiguration network;
    network.awsvpcConfiguration.emplace().subnets = std::vector<std::string>{subnet_a, subnet_b};
    return network;
  }
  RunTaskRequest RunRequest(int count = 1) const {
    RunTaskRequest request;
    request.cluster = "main";
    request.taskDefinition = "auth";
    request.launchType = "FARGATE";
    request.count = count;
    request.networkConfiguration = Network();
    return request;
  }
  CreateServiceRequest ServiceRequest(int desired, bool balanced = false) const {
    CreateServiceRequest request;
    request.cluster = "main";
    request.serviceName = "auth";
    request.taskDefinition = "auth";
    request.launchType = "FARGATE";
    request.desiredCount = desired;
    request.networkConfiguration = Network();
    if (balanced) {
      auto& balancer = request.loadBalancers.emplace_back();
      balancer.targetGroupArn = target_group;
      balancer.containerName = "web";
      balancer.containerPort = 3000;
    }
    return request;
  }

  // The world around -----------------------------------------------------------------------------------------------

  void PutRole(Context& context, const std::string& policy) {
    records::iam::Role role;
    role.name = role.name_key = "exec";
    role.path = "/";
    role.id = "AROAEXEC";
    role.trust_policy =
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},)"
        R"("Action":"sts:AssumeRole"}]})";
    role.inline_policies["all"] = policy;
    context.tx.Put(scope, role);
  }
  void PutLogGroup(Context& context, const std::string& name) {
    records::logs::LogGroup group;
    group.name = name;
    context.tx.Put(scope, group);
  }
  void SetInternet(bool reachable) {
    internet_ = reachable;
    PublishNetwork();
  }
  // What the load balancer sees at all registered targets from now on.
  void SetHealth(const loadbalancer::TargetHealth& health, const std::string& only_address = "") {
    for (const auto& task : Tasks())
      for (const auto& target : task.targets)
        if (only_address.empty() || task.attachment.private_address == only_address)
          health_[{target.target_group_arn, task.attachment.private_address, target.port}] = health;
    OnTargetHealthChanged(database, engines, target_group);
    clock.Settle();
  }

  // The runtime ----------------------------------------------------------------------------------------------------

  // Reports all containers of tasks that were handed to the runtime as started, and those it was to stop as exited,
  // until nothing happens any more.
  void Play() {
    for (std::size_t before = 0;;) {
      clock.Settle();
      std::vector<tasks::TaskSpec> started = std::exchange(runtime.started, {});
      const auto containers = std::exchange(runtime.started_containers, {});
      std::vector<std::string> stopped = std::exchange(runtime.stopped, {});
      before = started.size() + containers.size() + stopped.size();
      if (before == 0) return;
      for (auto& spec : started) {
        for (const auto& container : spec.containers)
          if (!container.waits) events.ContainerStarted(spec.task_arn, container.name);
        specs[spec.task_arn] = std::move(spec);
      }
      for (const auto& [task, container] : containers) events.ContainerStarted(task, container);
      for (const auto& arn : stopped)
        for (const auto& container : specs[arn].containers) events.ContainerExited(arn, container.name, 137, "");
    }
  }
  // Time passes, and the runtime plays along.
  void Wait(Duration time) {
    for (Duration passed{0}; passed < time; passed += Duration(50)) {
      clock.Advance(Duration(50));
      Play();
    }
  }

  // What there is --------------------------------------------------------------------------------------------------

  std::vector<records::ecs::Task> Tasks() {
    return Run([&](Context& context) { return context.tx.List<records::ecs::Task>(scope); });
  }
  std::vector<records::ecs::Task> TasksIn(const std::string& status) {
    auto tasks = Tasks();
    std::erase_if(tasks, [&](const auto& task) { return task.last_status != status; });
    return tasks;
  }
  Task Describe(const std::string& arn) {
    DescribeTasksRequest request;
    request.cluster = "main";
    request.tasks = std::vector<std::string>{arn};
    return Call(DescribeTasks, request).tasks.at(0);
  }
  Service DescribeService(const std::string& name = "auth") {
    DescribeServicesRequest request;
    request.cluster = "main";
    request.services = std::vector<std::string>{name};
    return Call(DescribeServices, request).services.at(0);
  }
  // Event messages, oldest first.
  std::vector<std::string> Events() {
    std::vector<std::string> messages;
    for (const auto& event : DescribeService().events) messages.insert(messages.begin(), *event.message);
    return messages;
  }
  std::size_t CountInterfaces() {
    return Run([&](Context& context) { return context.tx.Count<records::ec2::NetworkInterface>(scope); });
  }

  const std::string target_group =
      "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/auth/0123456789abcdef";
  std::string vpc, subnet_a, subnet_b;
  store::Timers timers{database, clock};
  TaskEvents events{database, engines, ids};
  std::map<std::string, tasks::TaskSpec> specs;  // what the runtime was given, by task

 private:
  std::string MakeSubnet(Context& context, const std::string& cidr, const std::string& zone) {
    records::ec2::Subnet subnet;
    subnet.vpc_id = vpc;
    subnet.cidr_block = cidr;
    subnet.availability_zone = scope.region + zone;
    return ec2::MakeSubnet(context, subnet).subnet_id;
  }

  // Every interface has a public address of its own and security groups that let everything out.
  void PublishNetwork() {
    using namespace network;
    Topology made;
    made = made.With(Vpc{vpc, scope.region, {*Cidr::Parse("10.0.0.0/16")}});
    made = made.With(InternetGateway{"igw", vpc});
    Route route{*Cidr::Parse("0.0.0.0/0"), {RouteTarget::Kind::kInternetGateway, "igw"}};
    made = made.With(RouteTable{"rtb", vpc, true, {}, internet_ ? std::vector<Route>{route} : std::vector<Route>{}});
    made = made.With(SecurityGroup{"sg", vpc, {{"sgr", true, -1, -1, -1, *Cidr::Parse("0.0.0.0/0")}}});
    for (const auto& subnet : Run([&](Context& context) { return context.tx.List<records::ec2::Subnet>(scope); }))
      made = made.With(Subnet{subnet.subnet_id, vpc, subnet.availability_zone, {*Cidr::Parse(subnet.cidr_block)}});
    std::uint32_t host = 1;
    for (const auto& interface :
         Run([&](Context& context) { return context.tx.List<records::ec2::NetworkInterface>(scope); })) {
      network::NetworkInterface element;
      element.id = interface.network_interface_id;
      element.vpc_id = interface.vpc_id;
      element.subnet_id = interface.subnet_id;
      element.private_ipv4.push_back(
          {*Address::Parse(interface.private_ip_address()), Address::V4(0x36'00'00'00u + host++)});
      element.group_ids = {"sg"};
      made = made.With(element);
    }
    topology = made;
  }

  bool internet_ = true;
  std::map<std::tuple<std::string, std::string, int>, loadbalancer::TargetHealth> health_;
  store::Subscription network_;
};

}  // namespace drydock::ecs
