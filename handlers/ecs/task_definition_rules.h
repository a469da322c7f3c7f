// What RegisterTaskDefinition demands, and what it fills in. Pure. ECS developer guide, "Amazon ECS task definition
// parameters for Fargate"; texts: aws-facts D.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/ecs/RegisterTaskDefinitionRequest.h"
#include "api/ecs/TaskDefinition.h"
#include "emulator/core/scope.h"

namespace drydock::ecs {

// CPU units ("256", "1 vCPU", ".25 vCPU") and MiB ("512", "2 GB", "0.5GB"); nullopt for anything else.
std::optional<int> ParseCpu(std::string_view text);
std::optional<int> ParseMemory(std::string_view text);

// Whether Fargate has such a size.
bool IsFargateSize(int cpu_units, int memory_mib);

// The definition that the request describes, completed with AWS's defaults: all of TaskDefinition but its revision,
// ARN, status and registration. `endpoint` is where the emulator answers: its own registry's images are ECR images.
// Throws ClientException for whatever breaks a rule.
TaskDefinition MakeTaskDefinition(const Scope& scope, std::string_view endpoint,
                                  const RegisterTaskDefinitionRequest& request);

// The definition's own name for a role: ARNs stay, bare names become ARNs of the account.
std::string RoleArnOf(const Scope& scope, const std::string& role);

// Whether tasks of this definition can be launched on "FARGATE" (or "EC2").
bool Supports(const TaskDefinition& definition, std::string_view launch_type);

}  // namespace drydock::ecs
