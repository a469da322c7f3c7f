#include "handlers/ecs/task_startup.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "api/ecr/BatchGetImageRequest.h"
#include "api/ecr/BatchGetImageResponse.h"
#include "api/ecr/GetAuthorizationTokenRequest.h"
#include "api/ecr/GetAuthorizationTokenResponse.h"
#include "api/ecr/GetDownloadUrlForLayerRequest.h"
#include "api/ecr/GetDownloadUrlForLayerResponse.h"
#include "api/logs/CreateLogGroupRequest.h"
#include "api/logs/CreateLogGroupResponse.h"
#include "api/logs/CreateLogStreamRequest.h"
#include "api/logs/CreateLogStreamResponse.h"
#include "api/secretsmanager/GetSecretValueRequest.h"
#include "api/secretsmanager/GetSecretValueResponse.h"
#include "emulator/network/evaluate.h"
#include "handlers/ecr/images.h"
#include "handlers/ecr/permissions.h"
#include "handlers/ecr/platforms.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/execution_role.h"
#include "handlers/ecs/platform_calls.h"
#include "handlers/ecs/secret_reference.h"
#include "handlers/ecs/task_launch.h"
#include "handlers/engines.h"
#include "handlers/iam/authorization.h"

// The generated tables of the services that are called here.
namespace drydock::api {
extern const Service k_ecr;
extern const Service k_logs;
extern const Service k_secretsmanager;
}  // namespace drydock::api

namespace drydock::ecs {
namespace {

constexpr std::uint16_t kHttps = 443;
constexpr char kInitialization[] = "ResourceInitializationError: ";
constexpr char kSecretsOrAuth[] = "unable to pull secrets or registry auth: ";

// Errors of the model are printed by their name alone, others as "api error" (aws-facts D.4).
std::string SdkError(const api::Service& service, const ApiError& error, const std::string& request_id) {
  bool modelled = false;
  for (const auto& fact : service.errors) modelled |= error.code() == fact.code;
  modelled &= error.code() != "AccessDeniedException";
  return fmt::format("https response error StatusCode: {}, RequestID: {}, {}{}: {}",
                     api::HttpStatus(service, error.code()), request_id, modelled ? "" : "api error ", error.code(),
                     error.message());
}

struct Blocked {
  std::string address;  // that nobody answers from
  std::string explanation;
};

// One task on its way.
class Startup {
 public:
  Startup(Context& context, records::ecs::Task& task, const records::ecs::TaskDefinition& definition,
          const ConnectionTried& tried)
      : context_(context), tried_(tried), task_(task), containers_(definition.definition.containerDefinitions) {
    const std::string role = ExecutionRoleOf(context.scope, definition, task.overrides);
    if (role.empty()) return;
    role_ = ExecutionRole::Assume(context, role, task.id);
    if (role_)
      role_->LeaveBy(context, task.attachment.network_interface_id);
    else
      lost_role_ = role;
  }

  // Nothing may be called as the role any more.
  void End() {
    if (role_) role_->End(context_);
  }

  std::optional<StartFailure> InitializeResources(SecretValues& values) {
    if (!lost_role_.empty()) return StartFailure{errors::RoleNotAssumableText(lost_role_), "", false, ""};
    if (role_) RecordRoleAssumed(context_, role_->principal());
    if (auto failure = AuthorizeRegistry()) return failure;
    for (const auto& container : containers_)
      if (auto failure = AuthorizeOtherRegistry(container)) return failure;
    for (const auto& container : containers_) {
      for (const auto& secret : container.secrets)
        if (auto failure = FetchSecret(*container.name, secret, values)) return failure;
      if (!container.logConfiguration) continue;
      SecretValues of_the_driver;
      for (const auto& secret : container.logConfiguration->secretOptions)
        if (auto failure = FetchSecret(*container.name, secret, of_the_driver)) return failure;
    }
    for (const auto& container : containers_)
      if (auto failure = FetchEnvironmentFiles(container)) return failure;
    for (const auto& container : containers_)
      if (auto failure = OpenLog(container)) return failure;
    return std::nullopt;
  }

  std::optional<StartFailure> PullImages() {
    if (!lost_role_.empty()) return StartFailure{errors::RoleNotAssumableText(lost_role_), "", false, ""};
    for (auto& container : task_.containers)
      if (auto failure = PullImage(container)) return failure;
    return std::nullopt;
  }

 private:
  network::Endpoint Interface() const { return network::InterfaceEndpoint{task_.attachment.network_interface_id}; }

  // Asks the network engine whether the task can reach an AWS service, "ecr.api", or (empty) the internet.
  std::optional<Blocked> CannotReach(const std::string& service, const std::string& region) const {
    network::Endpoint to = network::InternetEndpoint{};
    if (!service.empty()) to = network::ServiceEndpoint{fmt::format("com.amazonaws.{}.{}", region, service)};
    const auto topology = context_.engines.topology();
    const auto path = network::Evaluate(topology, network::Flow::Tcp(Interface(), to, kHttps));
    tried_(topology, path);
    if (path.reachable()) return std::nullopt;
    return Blocked{path.final_destination.ToString(), path.explanations.empty()
                                                          ? "The task's network interface is not in the network."
                                                          : network::Describe(path.explanations.front())};
  }

  static StartFailure TimedOut(std::string reason, const Blocked& blocked, std::string container = "") {
    return {std::move(reason), std::move(container), true, blocked.explanation};
  }

  // Calls an operation of another service as the execution role, in that service's region; throws what that service
  // would say.
  template <class Out, class In>
  Out Call(const api::Service& service, const char* operation, const std::string& region, In input) {
    Context inner = context_;
    inner.scope.region = region;
    return Invoke<Out>(inner, role_ ? role_->principal() : context_.principal, *api::FindOperation(service, operation),
                       std::move(input));
  }

  std::optional<ecr::ImageReference> EcrImage(const std::string& image) const {
    auto parsed = ecr::ParseImageReference(image, context_.engines.settings.endpoint, context_.scope);
    if (parsed && !parsed->ecr) parsed.reset();
    return parsed;
  }

  std::optional<StartFailure> AuthorizeRegistry() {
    const auto& region = context_.region();
    const bool needed = std::any_of(task_.containers.begin(), task_.containers.end(),
                                    [&](const auto& container) { return EcrImage(container.image).has_value(); });
    if (!needed || !role_) return std::nullopt;
    if (const auto blocked = CannotReach("ecr.api", region))
      return TimedOut(
          fmt::format("{}{}The task cannot pull registry auth from Amazon ECR: There is a connection issue between the "
                      "task and Amazon ECR. Check your task network configuration. operation error ECR: "
                      "GetAuthorizationToken, exceeded maximum number of attempts, 3, https response error StatusCode: "
                      "0, RequestID: , request send failed, Post \"https://api.ecr.{}.amazonaws.com/\": dial tcp "
                      "{}:443: i/o timeout",
                      kInitialization, kSecretsOrAuth, region, blocked->address),
          *blocked);
    try {
      Call<ecr::GetAuthorizationTokenResponse>(api::k_ecr, "GetAuthorizationToken", region,
                                               ecr::GetAuthorizationTokenRequest());
    } catch (const ApiError& error) {
      return StartFailure{
          fmt::format("{}{}execution resource retrieval failed: unable to retrieve ecr registry auth: service call has "
                      "been retried 1 time(s): operation error ECR: GetAuthorizationToken, {}",
                      kInitialization, kSecretsOrAuth, SdkError(api::k_ecr, error, context_.ids.Uuid())),
          "", false, ""};
    }
    return std::nullopt;
  }

  // A private registry's user and password are a secret of their own. The prefix is unconfirmed.
  std::optional<StartFailure> AuthorizeOtherRegistry(const ContainerDefinition& container) {
    if (!container.repositoryCredentials || EcrImage(container.image.value_or(""))) return std::nullopt;
    const std::string arn = container.repositoryCredentials->credentialsParameter.value_or("");
    const SecretReference reference = ParseSecretReference(arn);
    const std::string region = reference.region.empty() ? context_.region() : reference.region;
    const auto failed = [&](const std::string& what) {
      return StartFailure{
          fmt::format("{}{}execution resource retrieval failed: unable to get registry auth from asm: {}",
                      kInitialization, kSecretsOrAuth, what),
          *container.name, false, ""};
    };
    if (const auto blocked = CannotReach("secretsmanager", region))
      return TimedOut(
          failed("service call has been retried 3 time(s): operation error Secrets Manager: GetSecretValue, "
                 "https response error StatusCode: 0, RequestID: , canceled, context deadline exceeded")
              .reason,
          *blocked, *container.name);
    secretsmanager::GetSecretValueRequest request;
    request.SecretId = reference.id;
    try {
      const auto answer =
          Call<secretsmanager::GetSecretValueResponse>(api::k_secretsmanager, "GetSecretValue", region, request);
      for (const char* key : {"username", "password"})
        if (const auto value = ValueOfJsonKey(answer.SecretString.value_or(""), key); !value.value)
          return failed("service call has been retried 1 time(s): " + value.problem);
    } catch (const ApiError& error) {
      return failed(
          fmt::format("service call has been retried 1 time(s): operation error Secrets Manager: GetSecretValue, {}",
                      SdkError(api::k_secretsmanager, error, context_.ids.Uuid())));
    }
    return std::nullopt;
  }

  // Environment files are objects in S3, which has no buckets here yet: none exists.
  std::optional<StartFailure> FetchEnvironmentFiles(const ContainerDefinition& container) {
    bool any = !container.environmentFiles.empty();
    for (const auto& override_ : task_.overrides.containerOverrides)
      any |= override_.name == container.name && !override_.environmentFiles.empty();
    if (!any) return std::nullopt;
    const std::string failed =
        std::string(kInitialization) + "failed to download env files: file download command: non empty error stream: ";
    if (const auto blocked = CannotReach("s3", context_.region()))
      return TimedOut(failed + "RequestCanceled: request context canceled caused by: context deadline exceeded",
                      *blocked, *container.name);
    return StartFailure{failed + "NoSuchBucket: The specified bucket does not exist", *container.name, false, ""};
  }

  static StartFailure RetrievalFailed(const std::string& what) {
    return {fmt::format("{}{}execution resource retrieval failed: {}", kInitialization, kSecretsOrAuth, what), "",
            false, ""};
  }

  // A parameter of Systems Manager: Drydock has none yet, and says so behind AWS's own words. What keeps a task from
  // asking for it at all is told as such.
  StartFailure FailParameter(const SecretReference& reference) {
    const std::string region = reference.region.empty() ? context_.region() : reference.region;
    const std::string from_ssm = "unable to retrieve secrets from ssm: ";
    if (const auto blocked = CannotReach("ssm", region))
      return TimedOut(RetrievalFailed(from_ssm + "service call has been retried 5 time(s): RequestCanceled: request "
                                                 "context canceled caused by: context deadline exceeded")
                          .reason,
                      *blocked);
    const bool is_arn = reference.id.starts_with("arn:");
    const std::string arn = is_arn ? reference.id
                                   : fmt::format("arn:aws:ssm:{}:{}:parameter/{}", region, context_.account(),
                                                 reference.id.substr(reference.id.starts_with("/") ? 1 : 0));
    constexpr char kAction[] = "ssm:GetParameters";
    if (role_)
      if (const auto decision = iam::Authorize(context_, role_->principal(), kAction, arn); !decision.allowed())
        return RetrievalFailed(fmt::format("{}service call has been retried 1 time(s): AccessDeniedException: {}",
                                           from_ssm,
                                           iam::AccessDeniedMessage(role_->principal(), kAction, arn, decision)));
    return RetrievalFailed(
        fmt::format("{}service call has been retried 1 time(s): invalid ssm parameters: {} "
                    "(Drydock has no Systems Manager parameters yet)",
                    from_ssm, is_arn ? arn.substr(arn.rfind("parameter/") + 9) : reference.id));
  }

  std::optional<StartFailure> FetchSecret(const std::string& container, const Secret& secret, SecretValues& values) {
    const SecretReference reference = ParseSecretReference(secret.valueFrom.value_or(""));
    if (!reference.secrets_manager) return FailParameter(reference);
    if (reference.malformed)  // seen; what stands before the last sentence is unconfirmed
      return RetrievalFailed(
          "unable to retrieve secret from asm: service call has been retried 1 time(s): unexpected ARN format with "
          "parameters when trying to retrieve ASM secret");
    const std::string region = reference.region.empty() ? context_.region() : reference.region;
    if (const auto blocked = CannotReach("secretsmanager", region))
      return TimedOut(
          fmt::format("{}{}unable to retrieve secret from asm: There is a connection issue between the task and AWS "
                      "Secrets Manager. Check your task network configuration. failed to fetch secret {} from secrets "
                      "manager: operation error Secrets Manager: GetSecretValue, https response error StatusCode: 0, "
                      "RequestID: , canceled, context deadline exceeded",
                      kInitialization, kSecretsOrAuth, reference.id),
          *blocked);
    const std::string from_asm = "unable to retrieve secret from asm: service call has been retried 1 time(s): ";
    secretsmanager::GetSecretValueRequest request;
    request.SecretId = reference.id;
    if (!reference.version_stage.empty()) request.VersionStage = reference.version_stage;
    if (!reference.version_id.empty()) request.VersionId = reference.version_id;
    try {
      const auto answer =
          Call<secretsmanager::GetSecretValueResponse>(api::k_secretsmanager, "GetSecretValue", region, request);
      std::string value = answer.SecretString.value_or("");
      if (!reference.json_key.empty()) {
        auto member = ValueOfJsonKey(value, reference.json_key);
        if (!member.value) return RetrievalFailed(from_asm + member.problem);
        value = std::move(*member.value);
      }
      values[{container, secret.name.value_or("")}] = std::move(value);
      task_.secrets.push_back({container, secret.name.value_or(""), answer.VersionId.value_or("")});
    } catch (const ApiError& error) {
      return RetrievalFailed(fmt::format(
          "{}failed to fetch secret {} from secrets manager: operation error Secrets Manager: GetSecretValue, {}",
          from_asm, reference.id, SdkError(api::k_secretsmanager, error, context_.ids.Uuid())));
    }
    return std::nullopt;
  }

  std::optional<StartFailure> OpenLog(const ContainerDefinition& container) {
    if (!container.logConfiguration || container.logConfiguration->logDriver != "awslogs") return std::nullopt;
    const auto& options = container.logConfiguration->options;
    const auto option = [&](const char* name) {
      const auto found = options.find(name);
      return found == options.end() ? std::string() : found->second;
    };
    const std::string region = option("awslogs-region"), group = option("awslogs-group");
    const std::string stream = LogStreamName(option("awslogs-stream-prefix"), *container.name, task_.id);
    if (const auto blocked = CannotReach("logs", region))
      return TimedOut(
          std::string(kInitialization) +
              "failed to validate logger args: The task cannot find the Amazon CloudWatch log group defined "
              "in the task definition. There is a connection issue between the task and Amazon CloudWatch. "
              "Check your network configuration. : signal: killed",
          *blocked);
    const auto failed = [&](const char* what, const char* operation, const ApiError& error) {
      return StartFailure{
          fmt::format("{}failed to validate logger args: create stream has been retried 1 times: failed to create "
                      "Cloudwatch log {}: operation error CloudWatch Logs: {}, {} : exit status 1",
                      kInitialization, what, operation, SdkError(api::k_logs, error, context_.ids.Uuid())),
          "", false, ""};
    };
    const auto exists_already = [](const ApiError& error) { return error.code() == "ResourceAlreadyExistsException"; };
    if (option("awslogs-create-group") == "true") {
      logs::CreateLogGroupRequest request;
      request.logGroupName = group;
      try {
        Call<logs::CreateLogGroupResponse>(api::k_logs, "CreateLogGroup", region, request);
      } catch (const ApiError& error) {
        if (!exists_already(error)) return failed("group", "CreateLogGroup", error);
      }
    }
    logs::CreateLogStreamRequest request;
    request.logGroupName = group;
    request.logStreamName = stream;
    try {
      Call<logs::CreateLogStreamResponse>(api::k_logs, "CreateLogStream", region, request);
    } catch (const ApiError& error) {
      if (!exists_already(error)) return failed("stream", "CreateLogStream", error);
    }
    return std::nullopt;
  }

  static StartFailure CannotPull(const std::string& container, const std::string& what) {
    return {"CannotPullContainerError: " + what, container, false, ""};
  }

  // By the execution role's policies, and those of the repository where it is another account's.
  template <class Out, class In>
  bool MayPull(const ecr::ImageReference& image, const char* operation, In request) {
    Context inner = context_;
    inner.scope = *image.ecr;
    request.repositoryName = image.repository;
    request.registryId = image.ecr->account;
    try {
      ecr::Require<Out>(inner, role_ ? role_->principal() : context_.principal, operation, std::move(request));
      return true;
    } catch (const ApiError&) {
      return false;
    }
  }

  bool MayPullManifest(const ecr::ImageReference& image) {
    ecr::BatchGetImageRequest request;
    auto& id = request.imageIds.emplace_back();
    if (image.digest.empty())
      id.imageTag = image.tag;
    else
      id.imageDigest = image.digest;
    return MayPull<ecr::BatchGetImageResponse>(image, "BatchGetImage", std::move(request));
  }

  bool MayPullLayer(const ecr::ImageReference& image, const std::string& layer) {
    ecr::GetDownloadUrlForLayerRequest request;
    request.layerDigest = layer;
    return MayPull<ecr::GetDownloadUrlForLayerResponse>(image, "GetDownloadUrlForLayer", std::move(request));
  }

  // The URL that GetDownloadUrlForLayer gives leads to a bucket of ECR's. ECR User Guide, "Minimum Amazon S3 bucket
  // permissions for Amazon ECR".
  bool MayFetchLayer(const Scope& registry, const std::string& layer) {
    Context inner = context_;
    inner.scope.region = registry.region;
    return iam::EndpointAdmitsSignedUrl(
        inner, task_.attachment.network_interface_id, "s3:GetObject",
        fmt::format("arn:aws:s3:::prod-{}-starport-layer-bucket/{}", registry.region, layer));
  }

  // The program that the container would execute.
  std::string ProgramOf(const records::ecs::Container& container, const ecr::PlatformImage& image) const {
    const auto defined = std::find_if(containers_.begin(), containers_.end(),
                                      [&](const auto& each) { return each.name == container.name; });
    if (!defined->entryPoint.empty()) return defined->entryPoint.front();
    if (!image.entry_point.empty()) return image.entry_point;
    for (const auto& override_ : task_.overrides.containerOverrides)
      if (override_.name == container.name && !override_.command.empty()) return override_.command.front();
    return defined->command.empty() ? image.command : defined->command.front();
  }

  std::optional<StartFailure> PullImage(records::ecs::Container& container) {
    const std::string& image = container.image;
    const auto parsed = ecr::ParseImageReference(image, context_.engines.settings.endpoint, context_.scope);
    if (!parsed)
      return CannotPull(container.name,
                        fmt::format("pull image manifest has been retried 1 time(s): failed to resolve ref "
                                    "{}: invalid reference format",
                                    image));
    const std::string name = parsed->registry + "/" + parsed->repository;
    const std::string reference = name + (parsed->digest.empty() ? ":" + parsed->tag : "@" + parsed->digest);
    if (!parsed->ecr) {
      // Some other registry, which is a host on the internet. What it holds is not known here: it is taken on trust,
      // unless the user wants to see that only what was pushed to Drydock is deployed (--images local).
      if (const auto blocked = CannotReach("", ""))
        return TimedOut(
            fmt::format("CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to "
                        "resolve ref {}: failed to do request: Head \"https://{}/v2/{}/manifests/{}\": dial tcp "
                        "{}:443: i/o timeout",
                        reference, parsed->registry == "docker.io" ? "registry-1.docker.io" : parsed->registry,
                        parsed->repository, parsed->digest.empty() ? parsed->tag : parsed->digest, blocked->address),
            *blocked, container.name);
      if (context_.engines.settings.only_local_images)
        return CannotPull(container.name,
                          fmt::format("pull image manifest has been retried 7 time(s): failed to resolve "
                                      "ref {0}: {0}: not found",
                                      reference));
      container.image_digest = parsed->digest;
      return std::nullopt;
    }
    const Scope registry = *parsed->ecr;
    for (const char* service : {"ecr.dkr", "s3"})
      if (const auto blocked = CannotReach(service, registry.region))
        return TimedOut(
            fmt::format("CannotPullContainerError: The task cannot pull {0} from the registry {0}. There is a "
                        "connection issue between the task and the registry. Check your task network "
                        "configuration. : failed to copy: httpReadSeeker: failed open: failed to do request: "
                        "Get {0}: dial tcp {1}:443: i/o timeout",
                        reference, blocked->address),
            *blocked, container.name);
    const auto forbidden = [&] {
      return CannotPull(
          container.name,
          fmt::format("pull image manifest has been retried 1 time(s): failed to resolve ref {}: pulling from "
                      "host {} failed with status code [manifests {}]: 403 Forbidden",
                      reference, parsed->registry, parsed->digest.empty() ? parsed->tag : parsed->digest));
    };
    if (!MayPullManifest(*parsed)) return forbidden();
    const auto resolved = ecr::ResolveImage(context_, image);
    if (!resolved)
      return CannotPull(container.name,
                        fmt::format("pull image manifest has been retried 7 time(s): failed to resolve ref "
                                    "{0}: {0}: not found",
                                    reference));
    const std::string architecture = task_.cpu_architecture == "arm64" ? "arm64" : "amd64";
    const auto fitting = ecr::ImageFor(context_, *resolved, "linux/" + architecture);
    if (!fitting)
      return CannotPull(container.name,
                        fmt::format("pull image manifest has been retried 7 time(s): image Manifest does not contain "
                                    "descriptor matching platform 'linux/{}'",
                                    architecture));
    if (!MayPullLayer(*parsed, fitting->layer)) return forbidden();
    if (!MayFetchLayer(registry, fitting->layer))  // the address in it is unconfirmed
      return CannotPull(container.name,
                        fmt::format("ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: "
                                    "unexpected status code https://{}/v2/{}/blobs/{}: 403 Forbidden",
                                    parsed->registry, parsed->repository, fitting->layer));
    // An image that is no index is pulled for whatever machine it was built, and fails when it is to run.
    if (!fitting->architecture.empty() && fitting->architecture != architecture)
      container.wrong_program = ProgramOf(container, *fitting);
    container.image_digest = resolved->digest;
    ecr::RecordPull(context_, *resolved);
    return std::nullopt;
  }

  Context& context_;
  const ConnectionTried& tried_;
  records::ecs::Task& task_;
  const List<ContainerDefinition>& containers_;
  std::optional<ExecutionRole> role_;
  std::string lost_role_;  // named by the task, and not assumable (any more)
};

}  // namespace

std::optional<StartFailure> InitializeResources(Context& context, records::ecs::Task& task,
                                                const records::ecs::TaskDefinition& definition, SecretValues& values,
                                                const ConnectionTried& tried) {
  task.secrets.clear();
  Startup startup(context, task, definition, tried);
  auto failure = startup.InitializeResources(values);
  startup.End();
  return failure;
}

std::optional<StartFailure> PullImages(Context& context, records::ecs::Task& task,
                                       const records::ecs::TaskDefinition& definition, const ConnectionTried& tried) {
  Startup startup(context, task, definition, tried);
  auto failure = startup.PullImages();
  startup.End();
  return failure;
}

SecretValues FetchSecretsAgain(Context& context, const records::ecs::Task& task,
                               const records::ecs::TaskDefinition& definition) {
  SecretValues values;
  for (const auto& container : definition.definition.containerDefinitions) {
    for (const auto& secret : container.secrets) {
      const SecretReference reference = ParseSecretReference(secret.valueFrom.value_or(""));
      secretsmanager::GetSecretValueRequest request;
      request.SecretId = reference.id;
      for (const auto& fetched : task.secrets)
        if (fetched.container == container.name && fetched.name == secret.name) request.VersionId = fetched.version_id;
      Context inner = context;
      if (!reference.region.empty()) inner.scope.region = reference.region;
      try {
        // The role had its permission when the task started; a running task keeps its values whatever became of it.
        const auto answer = Invoke<secretsmanager::GetSecretValueResponse>(
            inner, Principal::Root(context.account()), *api::FindOperation(api::k_secretsmanager, "GetSecretValue"),
            request);
        const std::string whole = answer.SecretString.value_or("");
        const auto value =
            reference.json_key.empty() ? std::optional(whole) : ValueOfJsonKey(whole, reference.json_key).value;
        if (value) values[{*container.name, secret.name.value_or("")}] = *value;
      } catch (const ApiError&) {
        // The secret, or that version of it, no longer exists.
      }
    }
  }
  return values;
}

std::string LogStreamName(const std::string& prefix, const std::string& container, const std::string& task_id) {
  return prefix.empty() ? task_id : prefix + "/" + container + "/" + task_id;
}

}  // namespace drydock::ecs
