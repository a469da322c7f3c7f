#include "handlers/ecs/task_definition_rules.h"

#include <catch2/catch.hpp>

#include "emulator/core/errors.h"

using namespace drydock;
using namespace drydock::ecs;

namespace {

const Scope kScope{"123456789012", "eu-central-1"};
constexpr char kEndpoint[] = "http://127.0.0.1:4566";

RegisterTaskDefinitionRequest Fargate() {
  RegisterTaskDefinitionRequest request;
  request.family = "auth";
  request.networkMode = "awsvpc";
  request.requiresCompatibilities = std::vector<std::string>{"FARGATE"};
  request.cpu = "256";
  request.memory = "512";
  request.executionRoleArn = "arn:aws:iam::123456789012:role/exec";
  auto& container = request.containerDefinitions.emplace_back();
  container.name = "web";
  container.image = "nginx";
  container.portMappings.emplace_back().containerPort = 3000;
  return request;
}

std::string Refusal(const RegisterTaskDefinitionRequest& request) {
  try {
    MakeTaskDefinition(kScope, kEndpoint, request);
  } catch (const ApiError& error) {
    CHECK(error.code() == "ClientException");
    return error.message();
  }
  return "";
}

}  // namespace

TEST_CASE("CPU and memory in the forms that AWS takes") {
  CHECK(ParseCpu("256") == 256);
  CHECK(ParseCpu("1 vCPU") == 1024);
  CHECK(ParseCpu(".25 vCPU") == 256);
  CHECK(ParseCpu("0.5 vcpu") == 512);
  CHECK(ParseMemory("2 GB") == 2048);
  CHECK(ParseMemory("0.5GB") == 512);
  for (const char* bad : {"", "vCPU", "1.2.3 vCPU", "-1", "1 GB", "99999999999999", "0.3 vCPU"})
    CHECK_FALSE(ParseCpu(bad));
}

// ECS developer guide, "Task CPU and memory" for Fargate.
TEST_CASE("the sizes of Fargate") {
  CHECK(IsFargateSize(256, 512));
  CHECK(IsFargateSize(256, 2048));
  CHECK_FALSE(IsFargateSize(256, 3072));
  CHECK(IsFargateSize(1024, 8192));
  CHECK_FALSE(IsFargateSize(1024, 1024));
  CHECK(IsFargateSize(8192, 20480));
  CHECK_FALSE(IsFargateSize(8192, 17408));
  CHECK(IsFargateSize(16384, 122880));
  CHECK_FALSE(IsFargateSize(128, 512));
}

TEST_CASE("a definition is completed with AWS's defaults") {
  auto request = Fargate();
  request.cpu = "0.25 vCPU";
  request.memory = "0.5 GB";
  request.executionRoleArn = "exec";
  const TaskDefinition task = MakeTaskDefinition(kScope, kEndpoint, request);
  CHECK(task.cpu == "256");
  CHECK(task.memory == "512");
  CHECK(task.executionRoleArn == "arn:aws:iam::123456789012:role/exec");
  CHECK(task.compatibilities == std::vector<std::string>{"EC2", "FARGATE"});
  const auto& container = task.containerDefinitions.front();
  CHECK(container.essential == true);
  CHECK(container.cpu == 0);
  CHECK(container.portMappings.front().hostPort == 3000);
  CHECK(container.portMappings.front().protocol == "tcp");
  CHECK(container.environment.present);
  CHECK(container.mountPoints.present);
}

// The sentences: aws-facts D.2, "seen" ones.
TEST_CASE("what AWS refuses is refused in AWS's words") {
  auto request = Fargate();
  request.memory = "4096";
  CHECK(Refusal(request) == "No Fargate configuration exists for given values.");

  request = Fargate();
  request.cpu.reset();
  CHECK(Refusal(request) == "Fargate requires that 'cpu' be defined at the task level.");

  request = Fargate();
  request.memory.reset();
  CHECK(Refusal(request) == "Fargate requires that 'memory' be defined at the task level.");

  request = Fargate();
  request.networkMode = "bridge";
  CHECK(Refusal(request) == "Fargate only supports network mode ‘awsvpc’.");

  request = Fargate();
  request.cpu = "a lot";
  CHECK(Refusal(request).starts_with("Invalid 'cpu' setting for task."));

  request = Fargate();
  request.containerDefinitions.front().portMappings.front().hostPort = 80;
  CHECK(Refusal(request) == "When networkMode=awsvpc, the host ports and container ports in port mappings must match.");

  request = Fargate();
  request.containerDefinitions.front().image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/auth:1";
  CHECK(Refusal(request).empty());
  request.executionRoleArn.reset();
  CHECK(Refusal(request) == "Fargate requires task definition to have execution role ARN to support ECR images.");

  request = Fargate();
  request.executionRoleArn.reset();
  auto& log = request.containerDefinitions.front().logConfiguration.emplace();
  log.logDriver = "awslogs";
  log.options = std::map<std::string, std::string>{
      {"awslogs-group", "g"}, {"awslogs-region", "eu-central-1"}, {"awslogs-stream-prefix", "p"}};
  CHECK(Refusal(request) ==
        "Fargate requires task definition to have execution role ARN to support log driver awslogs.");

  request = Fargate();
  request.executionRoleArn.reset();
  auto& secret = request.containerDefinitions.front().secrets.emplace_back();
  secret.name = "X";
  secret.valueFrom = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:a-AbCdEf";
  CHECK(Refusal(request) ==
        "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.");

  request = Fargate();
  request.containerDefinitions.front().environment.emplace_back().name = "X";
  request.containerDefinitions.front().secrets.emplace_back().name = "X";
  CHECK(Refusal(request) ==
        "The secret name must be unique and not shared with any new or existing environment variables set on the "
        "container, such as 'X'.");

  request = Fargate();
  request.requiresCompatibilities.clear();
  request.networkMode.reset();
  request.cpu.reset();
  request.memory.reset();
  CHECK(Refusal(request) ==
        "Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation' must be specified.");

  request = Fargate();
  request.executionRoleArn = "arn:aws:s3:::x";
  CHECK(Refusal(request) == "Role is not valid");

  request = Fargate();
  request.containerDefinitions.front().name.reset();
  CHECK(Refusal(request) == "Container.name should not be null or empty.");
}

// Sentences seen in reports of these refusals.
TEST_CASE("conditions between containers that cannot come true are refused") {
  auto request = Fargate();
  auto& init = request.containerDefinitions.emplace_back();
  init.name = "init";
  init.image = "busybox";
  const auto depend = [&](const char* condition) {
    auto& dependencies = request.containerDefinitions.front().dependsOn;
    dependencies.clear();
    auto& dependency = dependencies.emplace_back();
    dependency.containerName = "init";
    dependency.condition = condition;
    return Refusal(request);
  };
  CHECK(depend("START").empty());
  for (const char* condition : {"SUCCESS", "COMPLETE"})
    CHECK(depend(condition) ==
          "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container");
  CHECK(depend("HEALTHY") == "A dependency container with HEALTHY condition must have health check configured");
  request.containerDefinitions.back().essential = false;
  CHECK(depend("SUCCESS").empty());
  request.containerDefinitions.back().healthCheck.emplace().command = std::vector<std::string>{"CMD", "true"};
  CHECK(depend("HEALTHY").empty());
}

TEST_CASE("a log router and what is routed belong together") {
  auto request = Fargate();
  auto& router = request.containerDefinitions.emplace_back();
  router.name = "router";
  router.image = "fluent-bit";
  router.firelensConfiguration.emplace().type = "fluentbit";
  CHECK(Refusal(request) ==
        "When a firelensConfiguration object is specified, at least one container has to be configured with the "
        "awsfirelens log driver.");
  request.containerDefinitions.front().logConfiguration.emplace().logDriver = "awsfirelens";
  CHECK(Refusal(request).empty());
  request.containerDefinitions.back().firelensConfiguration.reset();
  CHECK_FALSE(Refusal(request).empty());
}

TEST_CASE("what the developer guide forbids is refused") {
  const auto refuses = [](auto change) {
    auto request = Fargate();
    change(request);
    return !Refusal(request).empty();
  };
  CHECK(refuses([](auto& r) { r.containerDefinitions.clear(); }));
  CHECK(refuses([](auto& r) { r.containerDefinitions.resize(11, r.containerDefinitions.front()); }));
  CHECK(refuses([](auto& r) { r.containerDefinitions.push_back(r.containerDefinitions.front()); }));
  CHECK(refuses([](auto& r) { r.containerDefinitions.front().essential = false; }));
  CHECK(refuses([](auto& r) { r.containerDefinitions.front().privileged = true; }));
  CHECK(refuses([](auto& r) { r.containerDefinitions.front().cpu = 512; }));
  CHECK(refuses([](auto& r) { r.containerDefinitions.front().stopTimeout = 121; }));
  CHECK(refuses([](auto& r) {
    r.containerDefinitions.front().healthCheck.emplace().command = std::vector<std::string>{"curl"};
  }));
  CHECK(refuses([](auto& r) { r.containerDefinitions.front().mountPoints.emplace_back().sourceVolume = "nowhere"; }));
  CHECK(refuses([](auto& r) { r.containerDefinitions.front().logConfiguration.emplace().logDriver = "json-file"; }));
  CHECK(refuses([](auto& r) { r.ephemeralStorage.emplace().sizeInGiB = 20; }));
  CHECK(refuses([](auto& r) { r.pidMode = "host"; }));
  CHECK(refuses([](auto& r) { r.family = "a b"; }));
  CHECK(refuses([](auto& r) {
    auto& dependency = r.containerDefinitions.front().dependsOn.emplace_back();
    dependency.containerName = "web";
    dependency.condition = "START";
  }));
}

// ECS API reference, ContainerDefinition and its members.
TEST_CASE("the less common parts of a container definition") {
  const auto refuse = [](auto change) {
    auto request = Fargate();
    change(request.containerDefinitions.front());
    return Refusal(request);
  };
  CHECK(refuse([](auto&) {}).empty());
  CHECK(refuse([](auto& c) { c.hostname = "web"; }) ==
        "hostname is not supported on container when networkMode=awsvpc.");
  CHECK(refuse([](auto& c) { c.links = std::vector<std::string>{"db"}; }) ==
        "Links are not supported when networkMode=awsvpc.");
  CHECK_FALSE(refuse([](auto& c) { c.restartPolicy.emplace().restartAttemptPeriod = 59; }).empty());
  CHECK_FALSE(refuse([](auto& c) { c.startTimeout = 121; }).empty());
  CHECK_FALSE(refuse([](auto& c) { c.portMappings.front().containerPortRange = "1-2"; }).empty());
  CHECK_FALSE(refuse([](auto& c) { c.volumesFrom.emplace_back().sourceContainer = "nobody"; }).empty());
  CHECK_FALSE(refuse([](auto& c) {
                auto& file = c.environmentFiles.emplace_back();
                file.value = "arn:aws:s3:::bucket/file.txt";
                file.type = "s3";
              }).empty());
  const auto limit = [&](const char* name, int soft, int hard) {
    return refuse([&](auto& c) {
      auto& added = c.ulimits.emplace_back();
      added.name = name;
      added.softLimit = soft;
      added.hardLimit = hard;
    });
  };
  CHECK(limit("nofile", 1024, 4096).empty());
  CHECK_FALSE(limit("nofile", 4096, 1024).empty());
  CHECK(limit("core", 0, 0) == "Fargate compatible task definitions only support the nofile ulimit");
  CHECK_FALSE(refuse([](auto& c) {
                c.linuxParameters.emplace().capabilities.emplace().add = std::vector<std::string>{"NET_ADMIN"};
              }).empty());
}
