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

const ErrorFacts* FindError(const Service& service, std::string_view code) {
  for (const ErrorFacts& error : service.errors)
    if (error.code == code) return &error;
  for (const ErrorFacts& error : kCommonErrors)
    if (error.code == code) return &error;
  return nullptr;
}

int HttpStatus(const Service& service, std::string_view code) {
  const ErrorFacts* const error = FindError(service, code);
  return error ? error->status : 400;
}

}  // namespace drydock::api
