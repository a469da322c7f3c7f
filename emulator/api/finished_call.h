// What a finished call leaves behind for the audit trail.
#pragma once

#include <string>
#include <vector>

#include "emulator/api/operation.h"
#include "emulator/core/errors.h"

namespace drydock::api {

// What policies were asked about a call, and whether they allowed it.
struct PolicyCheck {
  std::string action;    // "ecs:StopTask"
  std::string resource;  // an ARN, or "*"
  bool allowed = true;
};

// Refers to what the call itself holds: valid while it is handed over.
struct FinishedCall {
  const Operation& operation;
  Timestamp time;
  const Scope& scope;
  const Principal& principal;
  const std::string& request_id;
  const std::string& source_ip;  // or the service that called: "ecs.amazonaws.com"
  const std::string& user_agent;
  const std::vector<PolicyCheck>& checks;
  const AnyStruct* input = nullptr;   // nullptr when it could not be read
  const AnyStruct* output = nullptr;  // nullptr when the call was refused
  const ApiError* error = nullptr;    // nullptr when it was not
};

}  // namespace drydock::api
