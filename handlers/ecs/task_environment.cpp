#include "handlers/ecs/task_environment.h"

#include <fmt/format.h>

#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/task_launch.h"

namespace drydock::ecs {
namespace {

class Environment {
 public:
  void Set(const std::string& name, const std::string& value, bool secret = false) {
    for (auto& variable : variables_) {
      if (variable.name == name) {
        variable.value = value;
        variable.secret = secret;
        return;
      }
    }
    variables_.push_back({name, value, secret});
  }
  std::vector<tasks::EnvironmentVariable> Take() { return std::move(variables_); }

 private:
  std::vector<tasks::EnvironmentVariable> variables_;
};

}  // namespace

std::string AgentUri(const std::string& endpoint, const Scope& scope) {
  return fmt::format("{}/_drydock/agent/{}/{}", endpoint, scope.region, scope.account);
}

std::string CredentialsId(const std::string& task_id) {
  return fmt::format("{}-{}-{}-{}-{}", task_id.substr(0, 8), task_id.substr(8, 4), task_id.substr(12, 4),
                     task_id.substr(16, 4), task_id.substr(20, 12));
}

tasks::TaskSpec MakeTaskSpec(const std::string& endpoint, const Scope& scope, const records::ecs::Task& task,
                             const records::ecs::TaskDefinition& definition, const SecretValues& values) {
  const std::string agent = AgentUri(endpoint, scope);
  tasks::TaskSpec spec;
  spec.task_arn = task.arn;
  spec.cluster_arn = ClusterArn(scope, task.cluster);
  spec.family = task.family;
  spec.revision = definition.revision;
  spec.vpc_id = task.attachment.vpc_id;
  spec.subnet_id = task.attachment.subnet_id;
  spec.availability_zone = task.availability_zone;
  spec.private_address = task.attachment.private_address;
  const bool has_role = !TaskRoleOf(scope, definition, task.overrides).empty();

  for (std::size_t i = 0; i < task.containers.size(); ++i) {
    const auto& container = task.containers[i];
    if (container.last_status == "STOPPED") continue;  // resumed after a restart, and this one had ended
    const auto& defined = definition.definition.containerDefinitions[i];
    const ContainerOverride* override_ = nullptr;
    for (const auto& each : task.overrides.containerOverrides)
      if (each.name == container.name) override_ = &each;

    auto& out = spec.containers.emplace_back();
    out.name = container.name;
    out.image = container.image;
    out.digest = container.image_digest;
    out.essential = container.essential;
    for (const auto& mapping : defined.portMappings)
      if (mapping.containerPort && mapping.protocol.value_or("tcp") == "tcp")
        out.ports.push_back(*mapping.containerPort);
    out.command = override_ && !override_->command.empty() ? override_->command : defined.command;
    out.wrong_program = container.wrong_program;
    out.docker_labels = defined.dockerLabels;
    if (container.has_health_check) {
      auto& check = out.health_check.emplace();
      check.interval = std::chrono::seconds(defined.healthCheck->interval.value_or(30));
      check.retries = defined.healthCheck->retries.value_or(3);
      check.start_period = std::chrono::seconds(defined.healthCheck->startPeriod.value_or(0));
    }
    out.stop_timeout = std::chrono::seconds(defined.stopTimeout.value_or(30));
    out.waits = container.last_status == "PENDING" && !container.start_requested;

    Environment environment;
    for (const auto& variable : defined.environment)
      environment.Set(variable.name.value_or(""), variable.value.value_or(""));
    for (const auto& secret : defined.secrets) {
      const auto value = values.find({container.name, secret.name.value_or("")});
      if (value != values.end()) environment.Set(value->first.second, value->second, true);
    }
    if (override_)
      for (const auto& variable : override_->environment)
        environment.Set(variable.name.value_or(""), variable.value.value_or(""));
    environment.Set("AWS_EXECUTION_ENV", "AWS_ECS_FARGATE");
    environment.Set("AWS_REGION", scope.region);
    environment.Set("AWS_DEFAULT_REGION", scope.region);
    environment.Set("ECS_CONTAINER_METADATA_URI", fmt::format("{}/v3/{}", agent, container.runtime_id));
    environment.Set("ECS_CONTAINER_METADATA_URI_V4", fmt::format("{}/v4/{}", agent, container.runtime_id));
    environment.Set("ECS_AGENT_URI", fmt::format("{}/api/{}", agent, container.runtime_id));
    // On AWS it is the RELATIVE_URI to 169.254.170.2, an address that no host but a container has.
    if (has_role)
      environment.Set("AWS_CONTAINER_CREDENTIALS_FULL_URI",
                      fmt::format("{}/v2/credentials/{}", agent, CredentialsId(task.id)));
    environment.Set("HOSTNAME", task.attachment.private_dns_name);
    out.environment = environment.Take();
  }
  return spec;
}

}  // namespace drydock::ecs
