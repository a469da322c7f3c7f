// How ECS names things, and what clients may write instead: names, families with and without revision, and ARNs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/context.h"

namespace drydock::ecs {

// Names of clusters, services, families and containers: up to 255 letters, digits, '-' and '_'.
bool IsName(std::string_view text);

std::string ClusterArn(const Scope& scope, std::string_view name);
std::string ServiceArn(const Scope& scope, std::string_view cluster, std::string_view name);
std::string TaskArn(const Scope& scope, std::string_view cluster, std::string_view id);
std::string TaskDefinitionArn(const Scope& scope, std::string_view family, int revision);

// The cluster that `reference` means: a name, an ARN, or nothing for "default". An ARN of another account or region
// gives an empty name, which no cluster has.
std::string ClusterNameOf(const Scope& scope, const std::optional<std::string>& reference);

// The service's name. ARNs may have the cluster in them (the long form) or not; of another cluster: empty.
std::string ServiceNameOf(const Scope& scope, std::string_view cluster, std::string_view reference);

// The task's id, or an empty text for an ARN of another cluster. Throws for ids of a length that ids do not have.
std::string TaskIdOf(const Scope& scope, std::string_view cluster, std::string_view reference);

struct TaskDefinitionReference {
  std::string family;
  std::optional<int> revision;
};
// family, family:revision, or an ARN; nullopt when it is none of these or of another account or region.
std::optional<TaskDefinitionReference> ParseTaskDefinitionReference(const Scope& scope, std::string_view reference);

// The parts of a service's ARN.
struct ServiceKey {
  Scope scope;
  std::string cluster;
  std::string name;
};
ServiceKey ParseServiceArn(std::string_view arn);

}  // namespace drydock::ecs
