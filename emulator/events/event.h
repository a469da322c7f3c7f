// What AWS services tell EventBridge.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "emulator/core/clock.h"
#include "emulator/core/scope.h"

namespace drydock::events {

struct Event {
  std::string id;           // a UUID
  std::string source;       // "aws.ecs"
  std::string detail_type;  // "ECS Task State Change"
  Scope scope;
  Timestamp time;
  std::vector<std::string> resources;  // ARNs
  // The detail's JSON. Called when somebody reads the event, perhaps never, from any thread: it holds all that it
  // needs.
  std::function<std::string()> detail;
};

}  // namespace drydock::events
