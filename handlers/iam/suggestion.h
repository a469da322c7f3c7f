// The least-privilege policy that recorded calls needed. Pure.
#pragma once

#include <string>
#include <vector>

#include "store/audit_events.h"

namespace drydock::iam {

struct Suggestion {
  std::string document;   // a policy, ready for PutRolePolicy; empty: there is nothing to allow
  std::size_t calls = 0;  // the events that it was made from
  std::size_t statements = 0;
  std::vector<std::string> refused;  // "ecs:StopTask on arn:…": what policies refused; not in the document
};

// One statement for each set of actions that were asked about the same resources. What the calls themselves made is
// named by a wildcard (vpc/*), since it has another id the next time. `refused_too` allows also what was refused.
Suggestion SuggestPolicy(const std::vector<store::AuditEvent>& events, bool refused_too);

}  // namespace drydock::iam
