#include "handlers/ecr/authorization.h"

#include <charconv>
#include <chrono>

#include "api/ecr/GetAuthorizationTokenRequest.h"
#include "api/ecr/GetAuthorizationTokenResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/text.h"
#include "handlers/ecr/repositories.h"
#include "handlers/engines.h"

namespace drydock::ecr {

namespace {

constexpr char kQuestion[] = "ecr.GetAuthorizationToken";
constexpr Duration kLifetime = std::chrono::hours(12);  // ECR API Reference, GetAuthorizationToken

}  // namespace

std::string SealPassword(const PageTokens& tokens, const RegistryLogin& login) {
  return tokens.Seal(kQuestion,
                     Join({login.registry.account, login.registry.region, std::to_string(login.expires.milliseconds),
                           std::to_string(static_cast<int>(login.principal.type)), login.principal.account,
                           login.principal.arn, login.principal.user_id, login.principal.access_key},
                          "\n"));
}

std::optional<RegistryLogin> OpenPassword(const PageTokens& tokens, std::string_view password) {
  const auto text = tokens.Open(kQuestion, password);
  if (!text) return std::nullopt;
  const auto parts = Split(*text, '\n');
  if (parts.size() != 8) return std::nullopt;
  RegistryLogin login;
  login.registry = {parts[0], parts[1]};
  std::from_chars(parts[2].data(), parts[2].data() + parts[2].size(), login.expires.milliseconds);
  int type = 0;
  std::from_chars(parts[3].data(), parts[3].data() + parts[3].size(), type);
  login.principal = {static_cast<Principal::Type>(type), parts[4], parts[5], parts[6], parts[7], ""};
  return login;
}

AWS_OPERATION(ecr, GetAuthorizationToken)
GetAuthorizationTokenResponse GetAuthorizationToken(Context& context, const GetAuthorizationTokenRequest& in) {
  for (const std::string& registry : in.registryIds) RequireOwnRegistry(context, "GetAuthorizationToken", registry, "");
  const Timestamp expires = context.now + kLifetime;
  GetAuthorizationTokenResponse out;
  AuthorizationData& data = out.authorizationData.emplace_back();
  data.authorizationToken =
      EncodeBase64("AWS:" + SealPassword(context.engines.tokens, {context.principal, context.scope, expires}));
  data.expiresAt = expires;
  data.proxyEndpoint = context.engines.settings.endpoint;
  return out;
}

}  // namespace drydock::ecr
