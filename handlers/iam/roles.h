// Roles, as other services see them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/context.h"
#include "store/records/iam/entity.h"

namespace drydock::iam {

// By ARN (of any account) or by name (of the context's account).
std::optional<records::iam::Role> FindRole(Context& context, const std::string& arn_or_name);

// arn:aws:iam::<account>:role<path><name>
std::string RoleArn(std::string_view account, const records::iam::Role& role);

// Whether the role lets a service assume it: "ecs-tasks.amazonaws.com". The trust policy decides; `source_arn` is what
// the service acts for (aws:SourceArn), in the context's account (aws:SourceAccount).
bool RoleTrusts(Context& context, const records::iam::Role& role, const std::string& service,
                const std::string& source_arn = "");

// The principal of a session of a role: arn:aws:sts::<account>:assumed-role/<role>/<session>.
Principal SessionOf(std::string_view account, const records::iam::Role& role, const std::string& session_name);

// Makes a service's linked role on first use, as AWS does when its first resource is created; returns its ARN.
// "ecs.amazonaws.com", "elasticloadbalancing.amazonaws.com"; of services without one it does nothing and returns "".
// IAM User Guide, "Service-linked roles"; aws-facts H.9.
std::string EnsureServiceLinkedRole(Context& context, const std::string& service);

}  // namespace drydock::iam
