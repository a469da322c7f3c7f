#include "handlers/ecs/task_environment.h"

#include <fmt/format.h>

#include "handlers/ecs/identifiers.h"
#include "handlers/ecs/task_launch.h"

namespace drydock::ecs {
namespace {

// Link-local, as every container sees it; the runtime says where it really is.
constexpr char kAgent[] = "http://169.254.170.2";

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

// The identifier in AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: stable for the task's life, and a UUID in form.
std::string CredentialsId(const std::string& task_id) {
  return fmt::format("{}-{}-4{}-8{}-{}", task_id.substr(0, 8), task_id.substr(8, 4), task_id.substr(13, 3),
                     task_id.substr(17, 3), task_id.substr(20, 12));
}

}  // namespace

tasks::TaskSpec MakeTaskSpec(const Scope& scope, const records::ecs::Task& task,
                             const records::ecs::TaskDefinition& definition, const SecretValues& values) {
  tasks::TaskSpec spec;
  spec.task_arn = task.arn;
  spec.cluster_arn = ClusterArn(scope, task.cluster);
  spec.family = task.family;
  spec.revision = definition.revision;
  spec.vpc_id = task.attachment.vpc_id;
  spec.subnet_id = task.attachment.subnet_id;
  spec.availability_zone = task.availability_zone;
  spec.private_address = task.attachment.private_address;
  if (!TaskRoleOf(scope, definition, task.overrides).empty())
    spec.credentials_uri = "/v2/credentials/" + CredentialsId(task.id);

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
    out.docker_labels = defined.dockerLabels;
    out.has_health_check = container.has_health_check;
    out.stop_timeout = Duration(1000 * defined.stopTimeout.value_or(30));

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
    environment.Set("ECS_CONTAINER_METADATA_URI", fmt::format("{}/v3/{}", kAgent, container.runtime_id));
    environment.Set("ECS_CONTAINER_METADATA_URI_V4", fmt::format("{}/v4/{}", kAgent, container.runtime_id));
    environment.Set("ECS_AGENT_URI", fmt::format("{}/api/{}", kAgent, container.runtime_id));
    if (!spec.credentials_uri.empty()) environment.Set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", spec.credentials_uri);
    environment.Set("HOSTNAME", task.attachment.private_dns_name);
    out.environment = environment.Take();
  }
  if (!task.containers.empty()) spec.metadata_uri = fmt::format("{}/v4/{}", kAgent, task.containers.front().runtime_id);
  return spec;
}

}  // namespace drydock::ecs
