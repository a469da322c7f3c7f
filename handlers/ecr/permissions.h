// The permissions of what the registry protocol and a task's pull do in ways of their own.
#pragma once

#include <string_view>

#include "handlers/engines.h"

namespace drydock::api {
extern const Service k_ecr;  // generated
}

namespace drydock::ecr {

// Asks for the permission of an operation and has it recorded as a call of it, which it is to AWS, without running it:
//   Require<BatchGetImageResponse>(context, role, "BatchGetImage", request)
// Throws AccessDeniedException.
template <class Out, class In>
void Require(Context& context, const Principal& principal, std::string_view operation, In request) {
  api::Operation asked = *api::FindOperation(api::k_ecr, operation);
  asked.run = [](Context&, const api::AnyStruct&) { return api::AnyStruct::Make(Out{}); };
  Invoke<Out>(context, principal, asked, std::move(request));
}

}  // namespace drydock::ecr
