// STS's errors by name. Texts: aws-facts H.7 unless a line says otherwise.
#pragma once

#include <string>

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
inline ApiError NotWithSession(const std::string& operation) {
  return {"AccessDenied", "Cannot call " + operation + " with session credentials"};
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
