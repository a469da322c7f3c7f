// IAM's errors by name. Texts: aws-facts H.8 and recorded/iam.json unless a line says otherwise.
#pragma once

#include <string>

#include "emulator/core/errors.h"

namespace drydock::iam::errors {

inline ApiError NoSuchEntity(const std::string& message) {
  return {"NoSuchEntity", message};
}
// `word` is "role", "user", "group".
inline ApiError EntityNotFound(const std::string& word, const std::string& name) {
  return NoSuchEntity("The " + word + " with name " + name + " cannot be found.");
}
inline ApiError InstanceProfileNotFound(const std::string& name) {
  return NoSuchEntity("Instance Profile " + name + " cannot be found.");
}
inline ApiError InlinePolicyNotFound(const std::string& word, const std::string& name) {
  return NoSuchEntity("The " + word + " policy with name " + name + " cannot be found.");
}
inline ApiError PolicyNotFound(const std::string& arn) {
  return NoSuchEntity("Policy " + arn + " was not found.");
}
inline ApiError PolicyNotAttachable(const std::string& arn) {
  return NoSuchEntity("Policy " + arn + " does not exist or is not attachable.");
}
inline ApiError PolicyVersionNotFound(const std::string& arn, const std::string& version) {  // unconfirmed
  return NoSuchEntity("Policy " + arn + " version " + version + " does not exist or is not attachable.");
}
inline ApiError BoundaryNotFound(const std::string& arn) {  // unconfirmed
  return NoSuchEntity("Scope ARN: " + arn + " does not exist or is not attachable.");
}
inline ApiError AccessKeyNotFound(const std::string& id) {
  return NoSuchEntity("The Access Key with id " + id + " cannot be found.");
}
inline ApiError AliasNotFound(const std::string& alias) {  // unconfirmed
  return NoSuchEntity("The account alias " + alias + " cannot be found.");
}
inline ApiError DeletionTaskNotFound(const std::string& id) {  // unconfirmed
  return NoSuchEntity("Deletion task " + id + " cannot be found.");
}

inline ApiError LoginProfileNotFound(const std::string& user) {  // as SDK users report it, and the next
  return NoSuchEntity("Login Profile for User " + user + " cannot be found.");
}
inline ApiError PasswordPolicyNotFound(const std::string& account) {
  return NoSuchEntity("The Password Policy with domain name " + account + " cannot be found.");
}
inline ApiError OidcProviderNotFound(const std::string& arn) {  // as SDK users report it
  return NoSuchEntity("OpenIDConnect Provider not found for arn " + arn);
}
inline ApiError SamlProviderNotFound(const std::string& arn) {  // as SDK users report it
  return NoSuchEntity("Manifest not found for arn " + arn);
}
inline ApiError JobNotFound(const std::string& id) {  // unconfirmed
  return NoSuchEntity("The job with id " + id + " cannot be found.");
}

inline ApiError AlreadyExists(const std::string& message) {
  return {"EntityAlreadyExists", message};
}
// `word` is "Role", "User", "Group".
inline ApiError EntityExists(const std::string& word, const std::string& name) {
  return AlreadyExists(word + " with name " + name + " already exists.");
}
inline ApiError InstanceProfileExists(const std::string& name) {
  return AlreadyExists("Instance Profile " + name + " already exists.");
}
inline ApiError PolicyExists(const std::string& name) {
  return AlreadyExists("A policy called " + name + " already exists. Duplicate names are not allowed.");
}
inline ApiError AliasExists(const std::string& alias) {
  return AlreadyExists("The account alias " + alias + " already exists.");
}

inline ApiError LoginProfileExists(const std::string& user) {
  return AlreadyExists("Login Profile for user " + user + " already exists.");
}
inline ApiError OidcProviderExists(const std::string& url) {  // as SDK users report it
  return AlreadyExists("Provider with url " + url + " already exists.");
}
inline ApiError SamlProviderExists(const std::string& name) {  // unconfirmed
  return AlreadyExists("Provider with name " + name + " already exists.");
}

inline ApiError DeleteConflict(const std::string& message) {
  return {"DeleteConflict", message};
}
inline ApiError MustDetachPolicies() {
  return DeleteConflict("Cannot delete entity, must detach all policies first.");
}
inline ApiError MustDeletePolicies() {
  return DeleteConflict("Cannot delete entity, must delete policies first.");
}
inline ApiError MustLeaveInstanceProfile() {
  return DeleteConflict("Cannot delete entity, must remove roles from instance profile first.");
}
inline ApiError MustDeleteAccessKeys() {  // as Terraform's users report it
  return DeleteConflict("Cannot delete entity, must delete access keys first.");
}
inline ApiError MustLeaveGroup() {  // as Terraform's users report it
  return DeleteConflict("Cannot delete entity, must remove users from group first.");
}
inline ApiError MustDeleteLoginProfile() {  // as Terraform's users report it
  return DeleteConflict("Cannot delete entity, must delete login profile first.");
}
inline ApiError PolicyIsAttached() {
  return DeleteConflict("Cannot delete a policy attached to entities.");
}
inline ApiError PolicyHasVersions() {  // IAM API Reference, DeletePolicy; wording as SDK users report it
  return DeleteConflict(
      "This policy has more than one version. Before you delete a policy, you must delete the policy's "
      "versions. The default version is deleted with the policy.");
}
inline ApiError VersionIsDefault() {
  return DeleteConflict("Cannot delete the default version of a policy.");
}

inline ApiError LimitExceeded(const std::string& message) {
  return {"LimitExceeded", message};
}
inline ApiError QuotaExceeded(const std::string& quota, std::size_t limit) {
  return LimitExceeded("Cannot exceed quota for " + quota + ": " + std::to_string(limit));
}
inline ApiError TooManyVersions() {
  return LimitExceeded(
      "A managed policy can have up to 5 versions. Before you create a new version, you must delete an "
      "existing version.");
}
inline ApiError InlinePoliciesTooLong(std::size_t limit, const std::string& word, const std::string& name) {
  return LimitExceeded("Maximum policy size of " + std::to_string(limit) + " bytes exceeded for " + word + " " + name);
}

inline ApiError MalformedPolicyDocument(const std::string& message) {
  return {"MalformedPolicyDocument", message};
}

inline ApiError ValidationError(const std::string& message) {
  return {"ValidationError", message};
}
inline ApiError ArnNotParsed() {
  return ValidationError("Invalid ARN:  Could not be parsed!");
}
inline ApiError ArnNotValid(const std::string& arn) {
  return ValidationError("ARN " + arn + " is not valid.");
}
inline ApiError InvalidMarker() {
  return ValidationError("Invalid Marker.");
}  // unconfirmed
inline ApiError MustSpecifyUserName() {
  return ValidationError("Must specify userName when calling with non-User credentials");
}

inline ApiError InvalidInput(const std::string& message) {
  return {"InvalidInput", message};
}
inline ApiError DuplicateTagKeys() {  // the sentence of STS (recorded); IAM's is unconfirmed
  return InvalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
}
inline ApiError ReservedTagKey() {  // unconfirmed
  return InvalidInput("Tag keys beginning with aws: are reserved for system use.");
}
inline ApiError ReservedPath() {  // unconfirmed
  return InvalidInput("The path /aws-service-role/ is reserved for service-linked roles.");
}
inline ApiError SuffixNotAllowed(const std::string& service) {
  return InvalidInput("Custom suffix is not allowed for " + service);
}
inline ApiError ServiceRoleNameTaken(const std::string& name) {
  return InvalidInput("Service role name " + name + " has been taken in this account, please try a different suffix.");
}
inline ApiError NoServiceLinkedRole(const std::string& service) {  // Drydock's: AWS has more services than Drydock
  return InvalidInput("Drydock has no service-linked role for " + service + ".");
}

inline ApiError ProviderUrlInvalid() {  // unconfirmed, as the next
  return InvalidInput("Invalid Open ID Connect Provider URL");
}
inline ApiError ProviderArnInvalid(const std::string& arn) {
  return InvalidInput("Invalid ARN: " + arn);
}
inline ApiError TooManyThumbprints() {
  return InvalidInput("Thumbprint list must contain fewer than 5 entries.");
}
inline ApiError ThumbprintInvalid() {  // unconfirmed
  return InvalidInput("Thumbprints must be hexadecimal.");
}
inline ApiError MetadataNotParsed() {  // as SDK users report it
  return InvalidInput("Could not parse metadata");
}
inline ApiError UnclearEntityArn(const std::string& arn) {  // as SDK users report it
  return InvalidInput("Invalid Entity Arn: " + arn + " does not clearly define entity type and name.");
}
inline ApiError InvalidActionName(const std::string& name) {  // unconfirmed, as the next two
  return InvalidInput("Invalid action name: " + name);
}
inline ApiError InvalidResourceArn(const std::string& arn) {
  return InvalidInput("Invalid resource ARN: " + arn);
}
inline ApiError InvalidInputPolicy(const std::string& reason) {
  return InvalidInput("Invalid input policy: " + reason);
}
inline ApiError SamlEncryptionNotImplemented() {
  return {"NotImplemented", "Encryption of SAML assertions is not implemented by Drydock."};
}
inline ApiError ActionLevelNotImplemented() {
  return {"NotImplemented",
          "Last accessed information about actions is not implemented by Drydock, only about services."};
}
inline ApiError ResourceHandlingNotImplemented() {
  return {"NotImplemented", "ResourceHandlingOption is not implemented by Drydock."};
}

inline ApiError SessionNotAccepted() {  // as SDK users report it (99designs/aws-vault, issues 15 and 1056)
  return {"InvalidClientTokenId", "The security token included in the request is invalid"};
}
inline ApiError PasswordPolicyViolation() {  // as SDK users report it
  return {"PasswordPolicyViolation", "Password does not conform to the account password policy."};
}
inline ApiError OnlyUsersChangePasswords() {  // unconfirmed, as the next
  return {"InvalidUserType", "Only IAM users can change their own password."};
}
inline ApiError OldPasswordWrong() {
  return {"AccessDenied", "The old password was incorrect."};
}
inline ApiError ReportNotPresent() {  // unconfirmed, as the next
  return {"ReportNotPresent", "No report exists. Call GenerateCredentialReport to generate one."};
}
inline ApiError ReportExpired() {
  return {"ReportExpired", "The most recent credential report has expired. Generate a new one."};
}

// No account's policies reach what AWS manages. Unconfirmed sentence.
inline ApiError AwsPolicyIsReadOnly(const std::string& caller, const std::string& arn) {
  return {"AccessDenied", "User: " + caller + " is not authorized to change the AWS managed policy " + arn};
}
inline ApiError UnmodifiableRole(const std::string& name) {
  return {"UnmodifiableEntity",
          "Cannot perform the operation on the protected role '" + name + "' - this role is only modifiable by AWS"};
}
inline ApiError ServiceRolePolicy() {  // as Terraform's users report it
  return {"PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role."};
}

}  // namespace drydock::iam::errors
