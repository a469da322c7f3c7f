// The passwords that docker login uses: sealed, so that the registry needs no list of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/clock.h"
#include "emulator/core/paging.h"
#include "emulator/core/principal.h"
#include "emulator/core/scope.h"

namespace drydock::ecr {

// What a password of GetAuthorizationToken says.
struct RegistryLogin {
  Principal principal;  // who asked for it: what it may do, it may do
  Scope registry;       // where it was asked for
  Timestamp expires;
};

std::string SealPassword(const PageTokens& tokens, const RegistryLogin& login);
// nullopt: not one of ours. Expired ones open as well.
std::optional<RegistryLogin> OpenPassword(const PageTokens& tokens, std::string_view password);

}  // namespace drydock::ecr
