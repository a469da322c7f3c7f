// References to images, as docker and ECS write them: [registry/]repository[:tag][@sha256:…].
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/scope.h"

namespace drydock::ecr {

struct ImageReference {
  std::string registry;    // host[:port]; docker.io where the reference names none
  std::string repository;  // "auth", "library/nginx"
  std::string tag;         // "latest" where the reference has neither tag nor digest; may be empty beside a digest
  std::string digest;      // sha256:…, or empty
  // The account and region of the ECR registry that the reference names; absent: another registry.
  std::optional<Scope> ecr;
};

// nullopt: not a reference. `endpoint` is where this emulator answers (Settings::endpoint); its own host and port,
// under any loopback name, are the ECR registry of `scope`.
// https://docs.docker.com/reference/cli/docker/image/tag/, ECR User Guide "Amazon ECR private registries"
std::optional<ImageReference> ParseImageReference(std::string_view reference, std::string_view endpoint,
                                                  const Scope& scope);

// The registry that a host name means: <account>.dkr.ecr.<region>.amazonaws.com, with or without a port, and the other
// spellings of it.
std::optional<Scope> EcrRegistryOf(std::string_view host);

}  // namespace drydock::ecr
