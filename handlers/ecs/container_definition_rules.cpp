#include "handlers/ecs/container_definition_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "handlers/ecs/errors.h"
#include "handlers/ecs/identifiers.h"

namespace drydock::ecs {
namespace {

// Sentences of which only the rule is AWS's.
ApiError Invalid(const ContainerDefinition& container, const std::string& what) {
  return errors::Client(fmt::format("Invalid setting for container '{}'. {}", container.name.value_or(""), what));
}

bool Outside(const std::optional<std::int32_t>& value, int low, int high) {
  return value && (*value < low || *value > high);
}

void CheckRestarts(const ContainerDefinition& container) {
  if (!container.restartPolicy) return;
  const auto& policy = *container.restartPolicy;
  if (Outside(policy.restartAttemptPeriod, 60, 1800))
    throw Invalid(container, "restartAttemptPeriod must be between 60 and 1800 seconds.");
  if (policy.ignoredExitCodes.size() > 50)
    throw Invalid(container, "A restart policy can have at most 50 ignored exit codes.");
}

void CheckEnvironmentFiles(const ContainerDefinition& container, const TaskDefinition& task) {
  if (container.environmentFiles.empty()) return;
  if (container.environmentFiles.size() > 10)
    throw Invalid(container, "A container can have at most 10 environment files.");
  for (const auto& file : container.environmentFiles)
    if (!file.value->starts_with("arn:aws:s3:::") || !file.value->ends_with(".env"))
      throw Invalid(container, "An environment file must be the ARN of an Amazon S3 object that ends with .env.");
  if (!task.executionRoleArn)
    throw errors::Client(
        "When you are specifying environment files, you must also specify a value for 'executionRoleArn'.");
}

void CheckLimits(const ContainerDefinition& container, bool fargate) {
  std::set<std::string> names;
  for (const auto& limit : container.ulimits) {
    if (!names.insert(*limit.name).second)
      throw Invalid(container, fmt::format("The ulimit '{}' is given twice.", *limit.name));
    if (*limit.softLimit > *limit.hardLimit && *limit.hardLimit != -1)
      throw Invalid(container, "The soft limit of a ulimit must not be greater than its hard limit.");
    if (fargate && *limit.name != "nofile")
      throw errors::Client("Fargate compatible task definitions only support the nofile ulimit");
  }
}

void CheckNetworkSettings(const ContainerDefinition& container, const TaskDefinition& task) {
  const bool awsvpc = task.networkMode == "awsvpc";
  if (awsvpc && container.hostname)
    throw errors::Client("hostname is not supported on container when networkMode=awsvpc.");
  if (awsvpc && !container.dnsServers.empty())
    throw errors::Client("DNS servers are not supported on container when networkMode=awsvpc.");
  if (awsvpc && !container.dnsSearchDomains.empty())
    throw errors::Client("DNS search domains are not supported on container when networkMode=awsvpc.");
  if (awsvpc && !container.extraHosts.empty())
    throw errors::Client("Extra hosts are not supported on container when networkMode=awsvpc.");
  if ((awsvpc || task.networkMode == "host") && !container.links.empty())
    throw errors::Client(fmt::format("Links are not supported when networkMode={}.", *task.networkMode));
  std::set<std::string> names;
  for (const auto& mapping : container.portMappings) {
    if (mapping.name && (mapping.name->empty() || mapping.name->size() > 64 || !names.insert(*mapping.name).second))
      throw Invalid(container, "Port mapping names must be unique and have 1 to 64 characters.");
    if (mapping.containerPort && mapping.containerPortRange)
      throw Invalid(container, "A port mapping has either a containerPort or a containerPortRange.");
    if (!mapping.containerPort && !mapping.containerPortRange)
      throw Invalid(container, "A port mapping must have a containerPort or a containerPortRange.");
  }
}

void CheckMounts(const ContainerDefinition& container, const TaskDefinition& task) {
  for (const auto& mount : container.mountPoints)
    if (mount.containerPath.value_or("").empty()) throw Invalid(container, "A mount point must have a containerPath.");
  for (const auto& from : container.volumesFrom)
    if (std::none_of(task.containerDefinitions.begin(), task.containerDefinitions.end(),
                     [&](const auto& other) { return other.name == from.sourceContainer; }))
      throw Invalid(container,
                    fmt::format("volumesFrom names an unknown container '{}'.", from.sourceContainer.value_or("")));
}

}  // namespace

void CheckContainerDetails(const ContainerDefinition& container, const TaskDefinition& task, bool fargate) {
  if (container.cpu.value_or(0) < 0) throw Invalid(container, "The cpu must not be negative.");
  if (Outside(container.startTimeout, 2, fargate ? 120 : 7200))
    throw Invalid(container, "startTimeout must be at least 2 and on Fargate at most 120 seconds.");
  if (Outside(container.stopTimeout, 0, 120))
    throw Invalid(container, "stopTimeout must be between 0 and 120 seconds.");
  for (const auto& variable : container.environment)
    if (variable.name.value_or("").empty()) throw Invalid(container, "An environment variable must have a name.");
  CheckRestarts(container);
  CheckEnvironmentFiles(container, task);
  CheckLimits(container, fargate);
  CheckNetworkSettings(container, task);
  CheckMounts(container, task);
  if (!fargate) return;
  if (container.linuxParameters) {
    const auto& linux = *container.linuxParameters;
    if (linux.maxSwap || linux.swappiness)
      throw errors::Client("Fargate compatible task definitions do not support swap settings");
    if (linux.capabilities)
      for (const std::string& capability : linux.capabilities->add)
        if (capability != "SYS_PTRACE")
          throw errors::Client("Fargate compatible task definitions only support adding the SYS_PTRACE capability");
  }
  if (container.disableNetworking.value_or(false))
    throw errors::Client("Fargate compatible task definitions do not support disableNetworking");
}

void CheckVolumeDefinitions(const TaskDefinition& task, bool fargate) {
  std::set<std::string> names;
  for (const auto& volume : task.volumes) {
    const std::string name = volume.name.value_or("");
    if (!name.empty() && !IsName(name)) throw errors::Client(fmt::format("Invalid volume name '{}'.", name));
    if (!name.empty() && !names.insert(name).second)
      throw errors::Client(fmt::format("Volume names must be unique: '{}' is used twice.", name));
    if (fargate && volume.fsxWindowsFileServerVolumeConfiguration)
      throw errors::Client("Fargate compatible task definitions do not support FSx for Windows File Server volumes");
    if (const auto& efs = volume.efsVolumeConfiguration) {
      const auto& authorization = efs->authorizationConfig;
      const bool encrypted = efs->transitEncryption == "ENABLED";
      if (authorization && (authorization->accessPointId || authorization->iam == "ENABLED") && !encrypted)
        throw errors::Client(
            "EFS transit encryption must be enabled when an access point or IAM authorization is used.");
      if (Outside(efs->transitEncryptionPort, 1, 65535))
        throw errors::Client("Invalid transitEncryptionPort of an EFS volume.");
    }
  }
  if (task.proxyConfiguration && task.networkMode != "awsvpc")
    throw errors::Client("A proxyConfiguration requires networkMode=awsvpc.");
  if (fargate && !task.inferenceAccelerators.empty())
    throw errors::Client("Fargate compatible task definitions do not support inference accelerators");
}

}  // namespace drydock::ecs
