// What the generator says about services and operations: the explicit dispatch table of the emulator.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/access.h"
#include "emulator/core/context.h"
#include "emulator/core/schema.h"

// Stands above the function of every implemented operation: AWS_OPERATION(ec2, CreateSubnet). The generator looks for
// it; the compiler sees nothing.
#define AWS_OPERATION(service, operation)

namespace drydock::api {

enum class Protocol { kJson, kQuery, kEc2 };

// How a service words what its model's constraints refuse.
enum class ValidationStyle {
  kCoral,  // "2 validation errors detected: Value … at '…' failed to satisfy constraint: …"
  kEcr,    // "Invalid parameter at '…' failed to satisfy constraint: '…'"
  kEc2,    // MissingParameter, InvalidParameterValue, UnknownParameter
};

// A member of a modelled error beside its message: a scalar, or a list of scalars of that kind.
struct ErrorMember {
  const char* name;
  Kind kind;
  bool list;
};

// An error of the model or of the patches: its code on the wire and the HTTP status AWS sends with it.
struct ErrorFacts {
  const char* code;
  int status;
  std::span<const ErrorMember> members = {};
};

// A value of some generated struct whose type only its schema knows.
class AnyStruct {
 public:
  template <class T>
  static AnyStruct Make(T value = {}) {
    return AnyStruct(
        new T(std::move(value)), [](void* p) { delete static_cast<T*>(p); }, SchemaOf<T>());
  }
  const Schema& schema() const { return *schema_; }
  void* get() { return value_.get(); }
  const void* get() const { return value_.get(); }
  template <class T>
  const T& as() const {
    return *static_cast<const T*>(value_.get());
  }

 private:
  AnyStruct(void* value, void (*destroy)(void*), const Schema& schema) : value_(value, destroy), schema_(&schema) {}
  std::unique_ptr<void, void (*)(void*)> value_;
  const Schema* schema_;
};

struct Service;

struct Operation {
  const char* name;
  const Service* service;
  bool read_only;              // runs in a read transaction; CloudTrail's readOnly
  const char* result_wrapper;  // query: the element around the answer's members, or nullptr
  // nullptr when AWS has the operation and Drydock does not.
  AnyStruct (*make_input)() = nullptr;
  AnyStruct (*run)(Context&, const AnyStruct& input) = nullptr;
  OperationAccess access = {};
};

struct Service {
  const char* name;          // as in botocore and in handlers/: "elbv2"
  const char* signing_name;  // in the signature's scope and in IAM actions: "elasticloadbalancing"
  const char* endpoint_prefix;
  Protocol protocol;
  const char* api_version;
  const char* target_prefix;  // json: X-Amz-Target before the last dot
  const char* json_version;
  const char* xml_namespace;
  bool milliseconds;        // XML: timestamps with fractions of a second
  bool upper_case_message;  // json: errors say "Message" rather than "message"
  ValidationStyle validation_style;
  const char* validation_code;
  bool short_enum_violations;  // "Value at '…'" without the value (IAM)
  std::span<const ErrorFacts> errors;
  std::span<const Operation> operations;  // sorted by name; all that AWS has
  // What policies know about a resource of this service; nullptr: nothing but its ARN.
  Resource (*resource_of)(Context&, std::string_view type, const std::vector<std::string>& parts) = nullptr;
  bool resource_policies = false;  // its resources have policies, which bind root as well
};

// The generated table of all services with facts.
std::span<const Service* const> Services();

// nullptr when AWS has no such operation.
const Operation* FindOperation(const Service& service, std::string_view name);

// nullptr when the facts do not know the code.
const ErrorFacts* FindError(const Service& service, std::string_view code);

// The status AWS sends with an error code of this service; 400 when the facts know nothing else.
int HttpStatus(const Service& service, std::string_view code);

namespace internal {
template <class In, class Out, Out (*kFunction)(Context&, const In&)>
AnyStruct Run(Context& context, const AnyStruct& input) {
  return AnyStruct::Make<Out>(kFunction(context, input.as<In>()));
}
template <class In, Questions (*kFunction)(Context&, const In&)>
Questions Ask(Context& context, const AnyStruct& input) {
  return kFunction(context, input.as<In>());
}
template <class In>
AnyStruct MakeInput() {
  return AnyStruct::Make<In>();
}
}  // namespace internal

}  // namespace drydock::api
