#include "emulator/api/operation.h"

#include <algorithm>
#include <cstring>

namespace drydock::api {

const Operation* FindOperation(const Service& service, std::string_view name) {
  const auto found =
      std::lower_bound(service.operations.begin(), service.operations.end(), name,
                       [](const Operation& operation, std::string_view n) { return operation.name < n; });
  return found != service.operations.end() && found->name == name ? &*found : nullptr;
}

namespace {
// What any service may answer beside its own errors.
constexpr ErrorFacts kCommonErrors[] = {{"AccessDenied", 403},
                                        {"InternalFailure", 500},
                                        {"NotImplemented", 501},
                                        {"RequestEntityTooLarge", 413},
                                        {"UnauthorizedOperation", 403}};
}  // namespace

int HttpStatus(const Service& service, std::string_view code) {
  for (const ErrorFacts& error : service.errors)
    if (error.code == code) return error.status;
  for (const ErrorFacts& error : kCommonErrors)
    if (error.code == code) return error.status;
  return 400;
}

}  // namespace drydock::api
