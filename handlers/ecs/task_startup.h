// What must succeed before a task's containers run, in Fargate's order: registry login and secrets, log streams,
// images. Everything is done as the task's execution role and over the task's own network interface. Texts: aws-facts
// D.4.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "emulator/core/context.h"
#include "store/records/ecs/task.h"
#include "store/records/ecs/task_definition.h"

namespace drydock::network {
class Topology;
struct Path;
}  // namespace drydock::network

namespace drydock::ecs {

// Told of each connection that a task's platform tries, as the network engine decided it. Never blocks.
using ConnectionTried = std::function<void(const network::Topology&, const network::Path&)>;

// Why a task will not start.
struct StartFailure {
  std::string reason;      // the task's stoppedReason
  std::string container;   // whose `reason` it is as well; empty: of none
  bool timed_out = false;  // a connection that nobody answered: Fargate tries for minutes before it gives up
  std::string blocked_by;  // timed_out: the network engine's explanation
};

// The values of secrets, by container and environment variable. Never stored.
using SecretValues = std::map<std::pair<std::string, std::string>, std::string>;

// "Execution resource retrieval" and the log drivers: the registry's authorization, secrets, log streams. Notes in the
// task which versions of which secrets it got.
std::optional<StartFailure> InitializeResources(Context& context, records::ecs::Task& task,
                                                const records::ecs::TaskDefinition& definition, SecretValues& values,
                                                const ConnectionTried& tried);

// Resolves the containers' images and notes their digests in the task.
std::optional<StartFailure> PullImages(Context& context, records::ecs::Task& task,
                                       const records::ecs::TaskDefinition& definition, const ConnectionTried& tried);

// The values that the task was given when it started, for a task that is to go on after the emulator's restart. What is
// gone for good since then is left out.
SecretValues FetchSecretsAgain(Context& context, const records::ecs::Task& task,
                               const records::ecs::TaskDefinition& definition);

// prefix/container/task-id, as awslogs names its streams; absent without a prefix option.
std::string LogStreamName(const std::string& prefix, const std::string& container, const std::string& task_id);

}  // namespace drydock::ecs
