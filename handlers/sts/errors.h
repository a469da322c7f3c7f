// STS's errors by name. Texts: aws-facts H.7 unless a line says otherwise.
#pragma once

#include <string>

#include "emulator/core/clock.h"
#include "emulator/core/errors.h"

namespace drydock::sts::errors {

inline ApiError ValidationError(const std::string& message) {
  return {"ValidationError", message};
}
inline ApiError ArnNotValid(const std::string& arn) {
  return ValidationError(arn + " is invalid");
}
inline ApiError LongerThanRoleAllows() {
  return ValidationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
}
inline ApiError LongerThanChainingAllows() {
  return ValidationError(
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
}
inline ApiError PolicyArnNotFound(const std::string& arn) {  // unconfirmed
  return ValidationError("Policy " + arn + " does not exist or is not attachable.");
}

// Live STS leaves the reason out.
inline ApiError NotAuthorized(const std::string& caller, const std::string& action, const std::string& resource) {
  return {"AccessDenied", "User: " + caller + " is not authorized to perform: " + action + " on resource: " + resource};
}
// Where the caller has no name yet.
inline ApiError NotAuthorizedBare(const std::string& action) {  // as SDK users report it
  return {"AccessDenied", "Not authorized to perform " + action};
}
// Of what sessions of users cannot call either, unconfirmed. STS API Reference, GetSessionToken, GetFederationToken.
inline ApiError NotWithSession(const std::string& operation) {
  return {"AccessDenied", "Cannot call " + operation + " with session credentials"};
}

inline ApiError InvalidAuthorizationMessage() {  // the text is unconfirmed
  return {"InvalidAuthorizationMessageException", "Message is not valid"};
}

// Web identity tokens. The first four sentences are as SDK users report them.
inline ApiError NotAToken() {
  return {"InvalidIdentityToken",
          "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"};
}
inline ApiError NoProvider(const std::string& issuer) {
  return {"InvalidIdentityToken", "No OpenIDConnect provider found in your account for " + issuer};
}
inline ApiError IncorrectAudience() {
  return {"InvalidIdentityToken", "Incorrect token audience"};
}
inline ApiError NoVerificationKey() {  // with what Drydock needs
  return {"InvalidIdentityToken",
          "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity "
          "documentation for requirements. Drydock is given the keys: POST /_drydock/web-identity-keys"};
}
inline ApiError SignatureInvalid() {  // unconfirmed
  return {"InvalidIdentityToken", "The token's signature is not of one of the identity provider's keys"};
}
inline ApiError WebIdentityExpired(Timestamp now, Timestamp expires) {  // as SDK users report it
  return {"ExpiredTokenException", "Token expired: current date/time " + std::to_string(now.milliseconds / 1000) +
                                       " must be before the expiration date/time" +
                                       std::to_string(expires.milliseconds / 1000)};
}
inline ApiError WebIdentityNotYetValid() {  // unconfirmed
  return {"InvalidIdentityToken", "The token is not valid yet"};
}
inline ApiError OAuthNotImplemented() {
  return {"NotImplemented", "OAuth 2.0 access tokens (ProviderId) are not implemented by Drydock."};
}
inline ApiError TooManySessionPolicies() {  // unconfirmed
  return ValidationError("A session can have up to 10 managed session policies.");
}

inline ApiError InvalidParameterValue(const std::string& message) {
  return {"InvalidParameterValue", message};
}
inline ApiError DuplicateTagKeys() {
  return InvalidParameterValue("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
}
inline ApiError TransitiveKeyNotTagged() {
  return InvalidParameterValue("The specified transitive tag key must be included in the requested tags.");
}
inline ApiError TransitiveKeyInherited() {
  return InvalidParameterValue(
      "One of the specified transitive tag keys can't be set because it conflicts with a "
      "transitive tag key from the calling session.");
}

inline ApiError MalformedPolicyDocument(const std::string& message) {
  return {"MalformedPolicyDocument", message};
}
inline ApiError PackedPolicyTooLarge() {  // unconfirmed
  return {"PackedPolicyTooLarge",
          "Packed policy consumes more than 100% of allotted space, please use smaller policy."};
}

}  // namespace drydock::sts::errors
