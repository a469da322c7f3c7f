// Callers without credentials whom an identity provider vouches for.
#pragma once

#include <string>
#include <utility>

#include "emulator/core/errors.h"

namespace drydock {

struct WebIdentity {
  std::string account;       // where the provider is known
  std::string provider_arn;  // arn:aws:iam::A:oidc-provider/…
  std::string audience;
  std::string subject;
};

// The refusal of somebody whose token was proven: who that was goes into the audit trail.
class WebIdentityRefused : public ApiError {
 public:
  WebIdentityRefused(const ApiError& error, WebIdentity identity) : ApiError(error), identity_(std::move(identity)) {}
  const WebIdentity& identity() const { return identity_; }

 private:
  WebIdentity identity_;
};

}  // namespace drydock
