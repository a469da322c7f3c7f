#include "handlers/ecr/image_reference.h"

#include <re2/re2.h>

#include "handlers/ecr/layers.h"

namespace drydock::ecr {

namespace {

// host and port; port is empty where there is none.
std::pair<std::string_view, std::string_view> SplitPort(std::string_view authority) {
  const auto colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.ends_with(']')) return {authority, ""};
  return {authority.substr(0, colon), authority.substr(colon + 1)};
}

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.") || host.ends_with(".localhost");
}

bool IsThisEmulator(std::string_view registry, std::string_view endpoint) {
  const auto scheme = endpoint.find("://");
  if (scheme != std::string_view::npos) endpoint.remove_prefix(scheme + 3);
  if (registry == endpoint) return true;
  return IsLoopback(SplitPort(registry).first) && SplitPort(registry).second == SplitPort(endpoint).second;
}

}  // namespace

std::optional<Scope> EcrRegistryOf(std::string_view host) {
  static const re2::RE2 kHost(
      R"((\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws|localhost(?:\.localstack\.cloud)?)(?::\d+)?)");
  Scope scope;
  if (!re2::RE2::FullMatch(re2::StringPiece(host.data(), host.size()), kHost, &scope.account, &scope.region))
    return std::nullopt;
  return scope;
}

std::optional<ImageReference> ParseImageReference(std::string_view text, std::string_view endpoint,
                                                  const Scope& scope) {
  static const re2::RE2 kRepository(
      R"([a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)");
  static const re2::RE2 kTag(R"([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})");
  ImageReference reference;
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    reference.digest = text.substr(at + 1);
    text = text.substr(0, at);
    if (!IsDigest(reference.digest)) return std::nullopt;
  }
  // A first part with a dot or a port is a host; "localhost" is one, too.
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    const std::string_view first = text.substr(0, slash);
    if (first == "localhost" || first.find_first_of(".:") != std::string_view::npos) {
      reference.registry = first;
      text.remove_prefix(slash + 1);
    }
  }
  if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
    reference.tag = text.substr(colon + 1);
    text = text.substr(0, colon);
    if (!re2::RE2::FullMatch(reference.tag, kTag)) return std::nullopt;
  } else if (reference.digest.empty()) {
    reference.tag = "latest";
  }
  reference.repository = text;
  if (!re2::RE2::FullMatch(reference.repository, kRepository)) return std::nullopt;

  if (reference.registry.empty()) {
    reference.registry = "docker.io";
    if (reference.repository.find('/') == std::string::npos) reference.repository.insert(0, "library/");
  } else {
    reference.ecr = EcrRegistryOf(reference.registry);
    if (!reference.ecr && IsThisEmulator(reference.registry, endpoint)) reference.ecr = scope;
  }
  return reference;
}

}  // namespace drydock::ecr
