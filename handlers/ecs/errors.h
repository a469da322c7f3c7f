// The errors of ECS, by name. Texts: aws-facts D ("seen" in public incident reports or the developer guide); those that
// are our own wording of a documented rule are marked unconfirmed.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "emulator/core/errors.h"

namespace drydock::ecs::errors {

inline ApiError Client(std::string message) {
  return {"ClientException", std::move(message)};
}
inline ApiError InvalidParameter(std::string message) {
  return {"InvalidParameterException", std::move(message)};
}

// D.1
inline ApiError ClusterNotFound() {
  return {"ClusterNotFoundException", "Cluster not found."};
}
inline ApiError ClusterInactive() {
  return InvalidParameter("The referenced cluster was inactive.");
}
inline ApiError ClusterContainsServices() {
  return {"ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active."};
}
inline ApiError ClusterContainsTasks() {
  return {"ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active."};
}
inline ApiError ClusterContainsContainerInstances() {
  return {"ClusterContainsContainerInstancesException",
          "The Cluster cannot be deleted while Container Instances are active or draining."};
}
inline ApiError CapacityProviderNotFound() {
  return InvalidParameter("The specified capacity provider was not found. Specify a valid name or ARN and try again.");
}

inline ApiError CapacityProviderNotAssociated() {
  return InvalidParameter(
      "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the "
      "cluster. Associate the capacity provider with the cluster and try again.");
}
inline ApiError MixedCapacityProviders() {
  return InvalidParameter(
      "A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate "
      "providers. Specify one or the other and try again.");
}

// D.2
inline ApiError UnableToDescribeTaskDefinition() {
  return Client("Unable to describe task definition.");
}
inline ApiError TaskDefinitionNotFound() {
  return Client("TaskDefinition not found.");
}
inline ApiError TaskDefinitionInactive() {
  return Client("TaskDefinition is inactive");
}
inline ApiError RevisionMissing() {
  return Client("Revision is missing.");
}
inline ApiError TaskDefinitionDoesNotExist() {
  return Client("The specified task definition does not exist.");
}
inline ApiError TaskDefinitionNotActive() {  // unconfirmed
  return Client(
      "The specified task definition is inactive. You can only perform this action on active task definitions");
}
inline ApiError TooManyTaskDefinitions() {
  return InvalidParameter("Size of TaskDefinition references list cannot exceed 10");
}

// Sizes of containers that do not fit into their task: seen in public reports of RegisterTaskDefinition. RunTask's
// overrides are refused with another code.
inline std::string ContainersCpuText() {
  return "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.";
}
inline std::string ContainerMemoryText(const std::string& name) {
  return fmt::format("The 'memory' setting for container '{}' is greater than for the task.", name);
}

// D.5
inline ApiError ServiceNotFound() {
  return {"ServiceNotFoundException", "Service not found."};
}
inline ApiError ServiceDeploymentNotFound() {
  return {"ServiceDeploymentNotFoundException", "The service deployment does not exist."};
}
inline ApiError ServiceNotActive() {
  return {"ServiceNotActiveException", "Service was not ACTIVE."};
}
inline ApiError ServiceNotIdempotent() {
  return InvalidParameter("Creation of service was not idempotent.");
}
inline ApiError ServiceDraining() {
  return InvalidParameter("Unable to Start a service that is still Draining.");
}
inline ApiError ServiceScaledAboveZero() {
  return InvalidParameter("The service cannot be stopped while it is scaled above 0.");
}
inline ApiError NetworkConfigurationMissing() {
  return InvalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
}
inline ApiError NetworkConfigurationNotAllowed() {
  return InvalidParameter("Network Configuration is not valid for the given networkMode of this task definition.");
}
inline ApiError SubnetsEmpty() {
  return InvalidParameter("subnets can not be empty.");
}
inline ApiError SubnetNotFound(const std::string& id) {
  return InvalidParameter(
      fmt::format("Error retrieving subnet information for [{0}]: The subnet ID '{0}' does not "
                  "exist (ErrorCode: InvalidSubnetID.NotFound)",
                  id));
}
inline ApiError SecurityGroupNotFound(const std::string& id) {
  return InvalidParameter(
      fmt::format("Error retrieving security group information for [{0}]: The security group '{0}' "
                  "does not exist (ErrorCode: InvalidGroup.NotFound)",
                  id));
}
inline ApiError SecurityGroupOfOtherVpc(const std::string& id) {  // seen
  return InvalidParameter(
      fmt::format("Security group {} does not appear to belong to the same VPC as the input subnets.", id));
}
inline ApiError SubnetsOfSeveralVpcs() {  // unconfirmed
  return InvalidParameter("All subnets must belong to the same VPC.");
}
inline ApiError ContainerNotInTaskDefinition(const std::string& name) {
  return InvalidParameter(fmt::format("The container {} does not exist in the task definition.", name));
}
inline ApiError ContainerPortNotDefined(const std::string& name, int port) {
  return InvalidParameter(fmt::format("The container {} did not have a container port {} defined.", name, port));
}
inline ApiError TargetGroupNotFound(const std::string& arn) {  // unconfirmed
  return InvalidParameter(fmt::format("The specified target group does not exist. targetGroupArn: {}", arn));
}
inline ApiError TargetGroupWithoutLoadBalancer(const std::string& arn) {
  return InvalidParameter(
      fmt::format("The target group with targetGroupArn {} does not have an associated load balancer.", arn));
}
inline ApiError TargetGroupType(const std::string& arn, const std::string& type) {
  return InvalidParameter(
      fmt::format("The provided target group {} has target type {}, which is incompatible with the "
                  "awsvpc network mode specified in the task definition.",
                  arn, type));
}
inline ApiError GracePeriodWithoutLoadBalancer() {
  return InvalidParameter("Health check grace period is only valid for services configured to use load balancers");
}
inline ApiError DeploymentsBlocked() {
  return InvalidParameter(
      "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.");
}
inline ApiError LaunchTypeAndStrategy() {
  return InvalidParameter(
      "Specifying both a launch type and capacity provider strategy is not supported. Remove one "
      "and try again.");
}
inline ApiError NoContainerInstances() {
  return InvalidParameter("No Container Instances were found in your cluster.");
}
inline ApiError LaunchTypeNotSupported(const std::string& type) {
  return InvalidParameter(fmt::format("Task definition does not support launch_type {}.", type));
}
inline ApiError PlatformUnknown() {
  return {"PlatformUnknownException", "The specified platform does not exist."};
}

// D.4, D.9
inline std::string RoleNotAssumableText(const std::string& arn) {
  return fmt::format(
      "ECS was unable to assume the role '{}' that was provided for this task. Please verify that the "
      "role being passed has the proper trust relationship and permissions and that your IAM user has "
      "permissions to pass this role.",
      arn);
}
inline ApiError RoleNotAssumable(const std::string& arn) {
  return Client(RoleNotAssumableText(arn));
}
// ECS developer guide, "Troubleshooting Amazon ECS blue/green deployments".
inline ApiError InfrastructureRoleNotAssumable(const std::string& arn) {
  return Client(fmt::format(
      "ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role '{}'.", arn));
}
inline ApiError TaskNotFound() {
  return InvalidParameter("The referenced task was not found.");
}
inline ApiError ExecuteCommandNotEnabled() {
  return InvalidParameter(
      "The execute command failed because execute command was not enabled when the task was run or the execute command "
      "agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.");
}
// The sentences are seen; `what` is "created" or "updated".
inline ApiError ServiceWithoutTaskRole(const std::string& what) {
  return InvalidParameter(
      fmt::format("The service couldn't be {} because a valid taskRoleArn is not being used. Specify a valid task role "
                  "in your task definition and try again.",
                  what));
}
inline ApiError TaskWithoutTaskRole() {
  return InvalidParameter(
      "The execute command failed because a valid task role is not being used. Specify a valid task role in your task "
      "definition or as a task override and try again.");
}
inline ApiError TargetNotConnected() {
  return {"TargetNotConnectedException", "The execute command failed due to an internal error. Try again later."};
}
inline ApiError TasksEmpty() {
  return InvalidParameter("Tasks cannot be empty.");
}
inline ApiError TaskIdLength() {
  return InvalidParameter("taskId length should be one of [32,36]");
}
inline ApiError OverrideOfUnknownContainer(const std::string& name) {
  return InvalidParameter(
      fmt::format("Override for container named {} is not a container in the TaskDefinition.", name));
}
inline ApiError ClientTokenConflict(const std::vector<std::string>& task_arns) {
  ApiError error("ConflictException", "The request with this clientToken had other parameters.");
  for (const auto& arn : task_arns) error = std::move(error).With("resourceIds", arn);
  return error;
}

// D.15
inline ApiError ResourceNotFound() {
  return InvalidParameter("The specified resource could not be found.");  // unconfirmed
}
inline ApiError InvalidToken() {
  return InvalidParameter("Invalid token.");
}  // unconfirmed
inline ApiError TooManyTags() {  // unconfirmed
  return InvalidParameter("The number of tags must not exceed 50.");
}
inline ApiError ReservedTag() {  // unconfirmed
  return InvalidParameter("Tag keys that start with 'aws:' are reserved for AWS use.");
}
inline ApiError DuplicateTag(const std::string& key) {  // unconfirmed
  return InvalidParameter(fmt::format("Duplicate tag keys found: {}.", key));
}

// What Drydock does not do, said as such.
inline ApiError NotImplemented(const std::string& what) {
  return {"NotImplemented", what + " is not implemented by Drydock."};
}

}  // namespace drydock::ecs::errors
