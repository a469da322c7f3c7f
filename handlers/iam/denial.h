// How a denied call is answered.
#pragma once

#include "emulator/api/operation.h"
#include "handlers/iam/authorization.h"

namespace drydock::iam {

// The service's error for a denied question: AccessDeniedException, AccessDenied, or EC2's UnauthorizedOperation with
// its encoded message. aws-facts H.3.
ApiError Denied(Context& context, const api::Service& service, const Recognised& caller, const api::Question& question,
                const auth::policy::Decision& decision);

// What sts:DecodeAuthorizationMessage shows of an encoded message; nullopt: it is not one of ours.
std::optional<std::string> DecodeDenial(Context& context, const std::string& message);

}  // namespace drydock::iam
