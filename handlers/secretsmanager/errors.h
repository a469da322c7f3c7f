// Secrets Manager's errors by name. Texts: aws-facts F.2 and recorded/secretsmanager.json unless a line says otherwise.
#pragma once

#include <string>

#include "emulator/core/errors.h"

namespace drydock::secretsmanager::errors {

inline ApiError InvalidName() {
  return {"ValidationException",
          "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"};
}

// What the model says of too many characters; for too many bytes it is unconfirmed.
inline ApiError ValueTooLong() {
  return {"ValidationException",
          "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length "
          "less than or equal to 65536"};
}

inline ApiError ResourceNotFound(const std::string& message) {
  return {"ResourceNotFoundException", message};
}
inline ApiError SecretNotFound() {
  return ResourceNotFound("Secrets Manager can't find the specified secret.");
}
inline ApiError StageNotFound(const std::string& stage) {
  return ResourceNotFound("Secrets Manager can't find the specified secret value for staging label: " + stage);
}
inline ApiError VersionNotFound(const std::string& id) {
  return ResourceNotFound("Secrets Manager can't find the specified secret value for VersionId: " + id);
}

inline ApiError ResourceExists(const std::string& message) {
  return {"ResourceExistsException", message};
}
inline ApiError SecretExists(const std::string& name) {
  return ResourceExists("The operation failed because the secret " + name + " already exists.");
}
inline ApiError TokenInUse(const std::string& token, const std::string& arn) {
  return ResourceExists("You can't use ClientRequestToken " + token +
                        " because that value is already in use for a version of secret " + arn + ".");
}

inline ApiError InvalidRequest(const std::string& message) {
  return {"InvalidRequestException", message};
}
inline ApiError ScheduledForDeletion() {
  return InvalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.");
}
inline ApiError MarkedForDeletion() {
  return InvalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
}
inline ApiError StageNotOfVersion() {
  return InvalidRequest("You provided a VersionStage that is not associated to the provided VersionId.");
}
inline ApiError TokenMissing() {
  return InvalidRequest("You must provide a ClientRequestToken value. We recommend a UUID-type value.");
}
inline ApiError ValueMissing() {
  return InvalidRequest("You must provide either SecretString or SecretBinary.");
}

inline ApiError InvalidParameter(const std::string& message) {
  return {"InvalidParameterException", message};
}
inline ApiError BothValues() {  // unconfirmed
  return InvalidParameter("You can't specify both a binary secret value and a string secret value in the same secret.");
}
inline ApiError RecoveryWindowOutOfRange() {
  return InvalidParameter("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
}
inline ApiError RecoveryWindowAndForce() {
  return InvalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
}
inline ApiError StageIsElsewhere(const std::string& stage, const std::string& version) {  // unconfirmed
  return InvalidParameter("The parameter RemoveFromVersionId can't be empty. Staging label " + stage +
                          " is currently attached to version " + version +
                          ", so you must explicitly reference that version in RemoveFromVersionId.");
}
inline ApiError StageIsNotThere(const std::string& stage, const std::string& version) {  // unconfirmed
  return InvalidParameter("The parameter RemoveFromVersionId is not correct. Staging label " + stage +
                          " is not attached to version " + version + ".");
}
inline ApiError CurrentMustStay() {  // unconfirmed
  return InvalidParameter(
      "You can only move staging label AWSCURRENT to a different secret version. It can't be "
      "completely removed.");
}
inline ApiError NoVersionNamed() {  // unconfirmed
  return InvalidParameter("You must provide MoveToVersionId, RemoveFromVersionId, or both.");
}
inline ApiError IdListAndFilters() {
  return InvalidParameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.");
}
inline ApiError MaxResultsWithoutFilters() {
  return InvalidParameter("'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.");
}
inline ApiError PasswordTooShort() {
  return InvalidParameter("Password length is too short based on the required types.");
}
inline ApiError NothingToChooseFrom() {  // unconfirmed
  return InvalidParameter("The password can't be generated: all characters are excluded.");
}
inline ApiError DuplicateTagKeys() {  // unconfirmed
  return InvalidParameter("The request contains duplicate tag keys.");
}
inline ApiError NoTagKey() {  // unconfirmed
  return InvalidParameter("A tag must have a key.");
}
inline ApiError ReservedTagKey() {  // unconfirmed
  return InvalidParameter("Tag keys can't begin with aws:.");
}
inline ApiError TooManyTags() {  // unconfirmed; TagResource has no LimitExceededException in the model
  return InvalidParameter("A secret can have at most 50 tags.");
}
inline ApiError TooManyVersions() {  // unconfirmed
  return {"LimitExceededException", "The secret has too many versions. Wait before you make another one."};
}
inline ApiError TooManyStages() {  // unconfirmed
  return {"LimitExceededException", "A version can have at most 20 staging labels."};
}

inline ApiError InvalidNextToken() {
  return {"InvalidNextTokenException", "Invalid NextToken value."};
}  // unconfirmed
inline ApiError MalformedResourcePolicy() {  // unconfirmed
  return {"MalformedPolicyDocumentException", "This resource policy contains a syntax error."};
}
inline ApiError UnsupportedPrincipal() {  // unconfirmed
  return {"MalformedPolicyDocumentException", "This resource policy contains an unsupported principal."};
}
inline ApiError PublicPolicy() {  // unconfirmed
  return {"PublicPolicyException",
          "The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the "
          "secret."};
}
inline ApiError DecryptionFailure() {
  return {"DecryptionFailure", "Secrets Manager can't decrypt the secret value."};
}

// A secret of another account whose policy does not let the caller in. aws-facts H.3.
inline ApiError OtherAccount(const std::string& caller, const std::string& action, const std::string& arn) {
  return {"AccessDeniedException",
          "User: " + caller + " is not authorized to perform: secretsmanager:" + action + " on resource: " + arn +
              " because no resource-based policy allows the secretsmanager:" + action + " action"};
}

// Drydock's own: what it would otherwise have to drop silently.
inline ApiError NotReplicated() {
  return InvalidParameter("Drydock does not replicate secrets to other regions.");
}
inline ApiError NoExternalTypes() {
  return InvalidParameter("Drydock does not manage secrets of external types.");
}

}  // namespace drydock::secretsmanager::errors
