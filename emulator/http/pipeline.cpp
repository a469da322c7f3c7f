#include "emulator/http/pipeline.h"

#include <fmt/format.h>

#include "emulator/api/unsigned.h"
#include "emulator/core/log.h"
#include "emulator/core/text.h"
#include "emulator/core/web_identity.h"
#include "emulator/http/compression.h"
#include "emulator/protocol/decode.h"
#include "emulator/protocol/encode.h"
#include "handlers/engines.h"

namespace drydock::http {

namespace {

constexpr std::size_t kMaximumBody = 10 * 1024 * 1024;

// The envelopes for requests that no known service can answer.
constexpr api::ErrorFacts kFallbackErrors[] = {{"MissingAuthenticationToken", 403}};
const api::Service kUnknownJsonService{"unknown",
                                       "unknown",
                                       "unknown",
                                       api::Protocol::kJson,
                                       "",
                                       nullptr,
                                       "1.1",
                                       nullptr,
                                       false,
                                       false,
                                       api::ValidationStyle::kCoral,
                                       "ValidationException",
                                       false,
                                       kFallbackErrors,
                                       {}};
const api::Service kUnknownQueryService{"unknown",
                                        "unknown",
                                        "unknown",
                                        api::Protocol::kQuery,
                                        "",
                                        nullptr,
                                        nullptr,
                                        "https://drydock.invalid/",
                                        false,
                                        false,
                                        api::ValidationStyle::kCoral,
                                        "ValidationError",
                                        false,
                                        kFallbackErrors,
                                        {}};

std::string ImplementedServices() {
  std::vector<std::string> names;
  for (const api::Service* service : api::Services())
    for (const api::Operation& operation : service->operations)
      if (operation.run) {
        names.emplace_back(service->name);
        break;
      }
  return Join(names, ", ");
}

ApiError ServiceNotImplemented(const std::string& name) {
  return ApiError("NotImplemented", fmt::format("Drydock does not emulate the service '{}'. It emulates: {}.", name,
                                                ImplementedServices()));
}

ApiError OperationNotImplemented(const api::Operation& operation) {
  return ApiError(
      "NotImplemented",
      fmt::format("Drydock does not implement {}:{} yet. compat-tests/COVERAGE.md lists what it implements.",
                  operation.service->signing_name, operation.name));
}

// The codes for one and the same failure differ by protocol. aws-facts A.2-A.4, "generic errors".
ApiError UnknownOperation(const api::Service& service, const std::string& name, const std::string& version) {
  switch (service.protocol) {
    case api::Protocol::kJson:
      return ApiError("UnknownOperationException", "");
    case api::Protocol::kEc2:
      return ApiError("InvalidAction", fmt::format("The action {} is not valid for this web service.", name));
    case api::Protocol::kQuery:
      break;
  }
  return ApiError("InvalidAction", fmt::format("Could not find operation {} for version {}", name, version));
}

bool IsJson(const api::Service& service) {
  return service.protocol == api::Protocol::kJson;
}

ApiError AuthenticationError(const api::Service& service, const auth::Refusal& refusal) {
  const auto dialect = IsJson(service)                           ? auth::Dialect::kJson
                       : service.protocol == api::Protocol::kEc2 ? auth::Dialect::kEc2
                                                                 : auth::Dialect::kQuery;
  return ApiError(auth::ErrorCode(refusal.fault, dialect), auth::ErrorMessage(refusal, dialect));
}

const api::Service* ServiceOfTarget(std::string_view prefix) {
  for (const api::Service* service : api::Services())
    if (service->target_prefix && service->target_prefix == prefix) return service;
  return nullptr;
}

// The form's Version decides: Elastic Load Balancing has two APIs behind one name. Older versions of EC2's API are
// told by the signature's service.
const api::Service* ServiceOfForm(std::string_view version, std::string_view signing_name) {
  for (const api::Service* service : api::Services())
    if (!service->target_prefix && service->api_version == version) return service;
  if (signing_name == "ec2")
    for (const api::Service* service : api::Services())
      if (service->protocol == api::Protocol::kEc2) return service;
  return nullptr;
}

constexpr char kClassicLoadBalancing[] = "2012-06-01";  // the other API behind that name, which has no facts here

// The API that a signature is for; nullptr when there are no facts about it.
const api::Service* ServiceOfSignature(const auth::ParsedSignature& parsed) {
  const auto* signature = std::get_if<auth::Signature>(&parsed);
  for (const api::Service* service : api::Services())
    if (signature && service->signing_name == signature->service) return service;
  return nullptr;
}

// The envelope for services without facts: what their clients most likely read. APIs with paths speak JSON, but for the
// two that speak XML and read errors of the query protocol as well.
const api::Service& UnknownService(const Request& request, const auth::ParsedSignature& parsed) {
  const auto* signature = std::get_if<auth::Signature>(&parsed);
  const bool paths_and_json =
      signature && request.path != "/" && signature->service != "s3" && signature->service != "route53";
  return paths_and_json || !request.Header("X-Amz-Target").empty() ? kUnknownJsonService : kUnknownQueryService;
}

ApiError MissingAction() {
  return ApiError("MissingAction", "The request must contain the parameter Action");
}

// What to say to a request without X-Amz-Target whose form, if it is one, names no API with facts.
ApiError Unidentified(const auth::Signature* signature, const api::Service* signed_for, bool is_form,
                      const std::optional<std::string>& action, const std::string& version) {
  if (signature && !signed_for) return ServiceNotImplemented(signature->service);
  if (signed_for && IsJson(*signed_for)) return UnknownOperation(*signed_for, "", "");
  if (!is_form) return ApiError("MalformedQueryString", "The query string contains a syntax error.");
  if (!signed_for)
    return ApiError("MissingAction", "The request names no operation: neither X-Amz-Target nor Action and Version.");
  if (!action) return MissingAction();
  if (version == kClassicLoadBalancing) return ServiceNotImplemented(signature->service + " " + version);
  // How it is said that there is no version is unconfirmed.
  return UnknownOperation(*signed_for, *action, version.empty() ? "NO_VERSION_SPECIFIED" : version);
}

auth::Request SignedRequest(const Request& request, const std::string& body) {
  return {request.method, request.path, request.query, request.headers, [&body] { return Hex(Sha256(body)); }};
}

}  // namespace

struct Pipeline::Call {
  std::string request_id;
  Timestamp now;
  std::string body;
  std::optional<std::string> packed;  // as it was sent, where that is not the body
  std::unique_ptr<protocol::FormNode> form;
  auth::ParsedSignature signature;
  const api::Service* signed_for = nullptr;  // nullptr: nothing of which there are facts
  const api::Service* service = &kUnknownQueryService;
  const api::Operation* operation = nullptr;
  Scope scope;
  Principal principal;
  std::optional<api::AnyStruct> input;
  std::string source_ip;
  std::string user_agent;
  bool known_caller = false;  // the principal has been found

  std::vector<api::PolicyCheck> checks;

  const std::string& Signed() const { return packed ? *packed : body; }
  api::FinishedCall Finished() const {
    api::FinishedCall call{*operation, now, scope, principal, request_id, source_ip, user_agent, checks};
    if (input) call.input = &*input;
    return call;
  }
};

Response Pipeline::Handle(const Request& request) {
  Call call;
  call.request_id = parts_.ids.Uuid();
  call.now = parts_.clock.Now();
  protocol::Body body;
  int status = 200;
  try {
    ReadSignature(request, call);
    ReadBody(request, call);
    Identify(request, call);
    Authenticate(request, call);
    if (parts_.used) parts_.used(call.principal, *call.operation, call.scope, call.now, nullptr);
    Decode(call);
    Prepare(call);
    const api::AnyStruct output = Run(call);
    body = protocol::EncodeAnswer(*call.operation, output.schema(), output.get(), call.request_id);
  } catch (const ApiError& error) {
    status = api::HttpStatus(*call.service, error.code());
    body = protocol::EncodeError(*call.service, error, status, call.request_id);
    AuditRefusal(call, error);
  } catch (const std::exception& error) {
    log::Error("{}: {}", call.operation ? call.operation->name : "request", error.what());
    const ApiError failure("InternalFailure", std::string("An internal error of Drydock: ") + error.what());
    status = 500;
    body = protocol::EncodeError(*call.service, failure, status, call.request_id);
  }
  Response response;
  response.status = status;
  response.headers = {{"Content-Type", std::move(body.content_type)}, {"x-amzn-RequestId", call.request_id}};
  response.body = std::move(body.text);
  return response;
}

void Pipeline::ReadSignature(const Request& request, Call& call) {
  call.source_ip = request.remote_address;
  call.user_agent = request.Header("User-Agent");
  call.signature = auth::ParseSignature(SignedRequest(request, call.body));
  call.signed_for = ServiceOfSignature(call.signature);
  // The envelope of an early refusal.
  call.service = call.signed_for ? call.signed_for : &UnknownService(request, call.signature);
}

void Pipeline::ReadBody(const Request& request, Call& call) {
  auto body = request.ReadBody(kMaximumBody);
  if (!body)
    throw ApiError("RequestEntityTooLarge", fmt::format("The request body is larger than {} bytes.", kMaximumBody));
  call.body = std::move(*body);
  // The CloudWatch agent compresses PutLogEvents before it signs it.
  if (const auto coding = request.Header("Content-Encoding"); coding == "gzip" || coding == "deflate") {
    auto unpacked = Unpack(call.body, kMaximumBody);
    if (!unpacked)  // wording unconfirmed
      throw ApiError(IsJson(*call.service) ? "SerializationException" : "MalformedInput",
                     fmt::format("The body is not in {} format, or larger than {} bytes.", coding, kMaximumBody));
    call.packed = std::exchange(call.body, std::move(*unpacked));
  }
}

void Pipeline::Identify(const Request& request, Call& call) {
  const auto* signature = std::get_if<auth::Signature>(&call.signature);
  std::string name, version;
  if (const auto target = request.Header("X-Amz-Target"); !target.empty()) {
    const auto dot = target.rfind('.');
    const auto prefix = target.substr(0, dot);
    const api::Service* service = dot == std::string_view::npos ? nullptr : ServiceOfTarget(prefix);
    if (!service && call.signed_for && IsJson(*call.signed_for)) throw UnknownOperation(*call.signed_for, "", "");
    if (!service) throw ServiceNotImplemented(signature ? signature->service : std::string(prefix));
    call.service = service;
    name = target.substr(dot + 1);
  } else {
    call.form = protocol::FormNode::Parse(call.body.empty() ? request.query : call.body);
    const auto action = call.form ? call.form->Take("Action") : std::nullopt;
    version = (call.form ? call.form->Take("Version") : std::nullopt).value_or("");
    const api::Service* service = call.form ? ServiceOfForm(version, signature ? signature->service : "") : nullptr;
    if (!service) throw Unidentified(signature, call.signed_for, call.form != nullptr, action, version);
    call.service = service;
    if (!action) throw MissingAction();
    name = *action;
    for (const char* of_the_signature : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires",
                                         "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Security-Token"})
      call.form->Take(of_the_signature);
  }
  call.operation = api::FindOperation(*call.service, name);
  if (!call.operation) throw UnknownOperation(*call.service, name, version);
  if (!call.operation->run) throw OperationNotImplemented(*call.operation);
}

void Pipeline::Authenticate(const Request& request, Call& call) {
  if (std::holds_alternative<auth::Unsigned>(call.signature) && api::IsUnsigned(*call.operation)) {
    call.principal.type = Principal::Type::kService;  // nobody whom a policy names
    call.principal.account = parts_.default_account;
    call.scope = {parts_.default_account, "us-east-1"};  // of STS's global endpoint
    return;
  }
  auto identity = auth::Identify(call.signature, SignedRequest(request, call.Signed()), parts_.keys,
                                 {parts_.default_account, parts_.strict_auth}, call.now);
  if (const auto* refusal = std::get_if<auth::Refusal>(&identity)) throw AuthenticationError(*call.service, *refusal);
  const auto& caller = std::get<auth::Caller>(identity);
  const auto& signature = std::get<auth::Signature>(call.signature);
  // What was signed for one service must not be sent to another.
  if (caller.verified && signature.service != call.service->signing_name)
    throw AuthenticationError(
        *call.service, {auth::Fault::kBadSignature, fmt::format("Credential should be scoped to correct service: '{}'.",
                                                                call.service->signing_name)});
  call.principal = caller.principal;
  call.known_caller = true;
  call.scope = {call.principal.account, signature.region};
}

void Pipeline::Decode(Call& call) {
  call.input = call.operation->make_input();
  if (IsJson(*call.service))
    protocol::DecodeJson(*call.service, call.body, call.input->schema(), call.input->get());
  else
    protocol::DecodeForm(*call.service, *call.form, call.input->schema(), call.input->get());
  parts_.validator.Check(*call.service, call.input->schema(), call.input->get());
}

void Pipeline::Prepare(const Call& call) {
  {
    std::lock_guard lock(prepared_mutex_);
    if (prepared_.count(call.scope)) return;
  }
  parts_.database.Write([&](store::Transaction& tx) {
    Context context = MakeContext(tx, call);
    parts_.prepare_account(context);
  });
  std::lock_guard lock(prepared_mutex_);
  prepared_.insert(call.scope);
}

api::AnyStruct Pipeline::Run(Call& call) {
  const auto audit = [&](const api::AnyStruct& output, store::Transaction* tx) {
    if (!parts_.audit) return;
    api::FinishedCall finished = call.Finished();
    finished.output = &output;
    parts_.audit(finished, tx);
  };
  const auto run = [&](store::Transaction& tx) {
    Context context = MakeContext(tx, call);
    parts_.authorize(context, *call.operation, *call.input, &call.checks);
    api::AnyStruct output = call.operation->run(context, *call.input);
    if (!call.operation->read_only) audit(output, &tx);
    return output;
  };
  if (parts_.before_running) parts_.before_running(*call.operation);
  if (!call.operation->read_only) return parts_.database.Write(run);
  api::AnyStruct output = parts_.database.Read(run);
  audit(output, nullptr);
  return output;
}

// The client has its answer whatever becomes of the record. What nobody known asked for is not recorded, as on AWS.
void Pipeline::AuditRefusal(const Call& call, const ApiError& error) {
  const bool known = call.known_caller || dynamic_cast<const WebIdentityRefused*>(&error);
  if (!parts_.audit || !known) return;
  api::FinishedCall finished = call.Finished();
  finished.error = &error;
  try {
    parts_.audit(finished, nullptr);
  } catch (const std::exception& failure) {
    log::Error("the audit trail: {}", failure.what());
  }
}

api::AnyStruct Pipeline::Invoke(Context& context, const api::Operation& operation, const api::AnyStruct& input) {
  if (!operation.run) throw OperationNotImplemented(operation);
  if (parts_.used) parts_.used(context.principal, operation, context.scope, context.now, &context.tx);
  std::vector<api::PolicyCheck> checks;
  api::FinishedCall finished{operation,          context.now,       context.scope,      context.principal,
                             context.request_id, context.source_ip, context.user_agent, checks};
  finished.input = &input;
  try {
    parts_.validator.Check(*operation.service, input.schema(), input.get());
    parts_.authorize(context, operation, input, &checks);
    api::AnyStruct output = operation.run(context, input);
    finished.output = &output;
    if (parts_.audit) parts_.audit(finished, &context.tx);
    return output;
  } catch (const ApiError& error) {
    finished.error = &error;
    if (parts_.audit) parts_.audit(finished, &context.tx);
    throw;
  }
}

Context Pipeline::MakeContext(store::Transaction& tx, const Call& call) const {
  return {tx,
          parts_.engines,
          parts_.ids,
          call.now,
          call.scope,
          call.principal,
          call.request_id,
          call.source_ip,
          call.user_agent};
}

}  // namespace drydock::http
