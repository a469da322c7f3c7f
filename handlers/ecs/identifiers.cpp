#include "handlers/ecs/identifiers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/ecs/errors.h"

namespace drydock::ecs {
namespace {

std::string ArnOf(const Scope& scope, const std::string& resource) {
  return fmt::format("arn:aws:ecs:{}:{}:{}", scope.region, scope.account, resource);
}

// The resource part of an ECS ARN of this account and region.
std::optional<std::string> ResourceOf(const Scope& scope, std::string_view text, std::string_view type) {
  const auto arn = Arn::Parse(text);
  if (!arn || arn->service != "ecs" || arn->region != scope.region || arn->account != scope.account) return {};
  return arn->Named(type);
}

// "<cluster>/<id>", or "<id>" as ARNs were written before 2018.
std::string WithinCluster(const std::string& resource, std::string_view cluster) {
  const auto slash = resource.find('/');
  if (slash == std::string::npos) return resource;
  return std::string_view(resource).substr(0, slash) == cluster ? resource.substr(slash + 1) : std::string();
}

}  // namespace

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

std::string ClusterArn(const Scope& scope, std::string_view name) {
  return ArnOf(scope, fmt::format("cluster/{}", name));
}
std::string ServiceArn(const Scope& scope, std::string_view cluster, std::string_view name) {
  return ArnOf(scope, fmt::format("service/{}/{}", cluster, name));
}
std::string TaskArn(const Scope& scope, std::string_view cluster, std::string_view id) {
  return ArnOf(scope, fmt::format("task/{}/{}", cluster, id));
}
std::string TaskDefinitionArn(const Scope& scope, std::string_view family, int revision) {
  return ArnOf(scope, fmt::format("task-definition/{}:{}", family, revision));
}

std::string ClusterNameOf(const Scope& scope, const std::optional<std::string>& reference) {
  if (!reference || reference->empty()) return "default";
  if (!Arn::LooksLike(*reference)) return *reference;
  return ResourceOf(scope, *reference, "cluster").value_or("");
}

std::string ServiceNameOf(const Scope& scope, std::string_view cluster, std::string_view reference) {
  if (!Arn::LooksLike(reference)) return std::string(reference);
  return WithinCluster(ResourceOf(scope, reference, "service").value_or(""), cluster);
}

std::string TaskIdOf(const Scope& scope, std::string_view cluster, std::string_view reference) {
  if (Arn::LooksLike(reference)) return WithinCluster(ResourceOf(scope, reference, "task").value_or(""), cluster);
  if (reference.size() != 32 && reference.size() != 36) throw errors::TaskIdLength();
  return std::string(reference);
}

std::optional<TaskDefinitionReference> ParseTaskDefinitionReference(const Scope& scope, std::string_view reference) {
  std::string text(reference);
  if (Arn::LooksLike(reference)) {
    auto resource = ResourceOf(scope, reference, "task-definition");
    if (!resource) return std::nullopt;
    text = *resource;
  }
  const auto colon = text.find(':');
  TaskDefinitionReference parsed{text.substr(0, colon), std::nullopt};
  if (!IsName(parsed.family)) return std::nullopt;
  if (colon != std::string::npos) {
    int revision = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, revision);
    if (error != std::errc() || stop != end || revision < 1) return std::nullopt;
    parsed.revision = revision;
  }
  return parsed;
}

ServiceKey ParseServiceArn(std::string_view text) {
  const auto arn = Arn::Parse(text);
  const auto resource = arn ? arn->Named("service") : std::nullopt;
  if (!resource || resource->find('/') == std::string::npos) return {};
  const auto slash = resource->find('/');
  return {{arn->account, arn->region}, resource->substr(0, slash), resource->substr(slash + 1)};
}

}  // namespace drydock::ecs
