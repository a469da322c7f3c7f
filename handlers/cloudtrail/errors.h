// CloudTrail's errors by name. When each is sent: CloudTrail API Reference; texts: aws-facts J.1, or as the comment
// says.
#pragma once

#include <string>

#include <fmt/format.h>

#include "emulator/core/errors.h"

namespace drydock::cloudtrail::errors {

inline ApiError TrailAlreadyExists(const std::string& name, const std::string& account) {
  return ApiError("TrailAlreadyExistsException",
                  fmt::format("Trail {} already exists for customer: {}", name, account));
}
inline ApiError TrailNotFound(const std::string& arn, const std::string& account) {
  return ApiError("TrailNotFoundException", fmt::format("Unknown trail: {} for the user: {}", arn, account));
}
// Unconfirmed.
inline ApiError TooManyTrails(const std::string& account, std::size_t most, const std::string& region) {
  return ApiError("MaximumNumberOfTrailsExceededException",
                  fmt::format("User: {} already has {} trails in {}.", account, most, region));
}

// The texts of invalid names are unconfirmed.
inline ApiError InvalidTrailName(std::string message) {
  return ApiError("InvalidTrailNameException", std::move(message));
}
inline ApiError InvalidTrailArn(const std::string& arn) {
  return ApiError("CloudTrailARNInvalidException", fmt::format("Trail ARN {} is not valid.", arn));  // unconfirmed
}
inline ApiError InvalidHomeRegion(const std::string& arn, const std::string& region) {  // unconfirmed
  return ApiError("InvalidHomeRegionException",
                  fmt::format("Trail {} must be updated from its home region: {}.", arn, region));
}

// Unconfirmed.
inline ApiError InvalidBucketName(const std::string& name) {
  return ApiError("InvalidS3BucketNameException", fmt::format("Bucket name is not valid: {}", name));
}
inline ApiError PrefixTooLong() {
  return ApiError("InvalidS3PrefixException", "S3 prefix is longer than maximum length.");
}
inline ApiError InvalidTopicName(const std::string& name) {
  return ApiError("InvalidSnsTopicNameException", fmt::format("SNS Topic name is not valid: {}", name));
}
inline ApiError NoOrganization() {
  return ApiError("OrganizationsNotInUseException",
                  "Your account is not a member of an organization, or organizations are not in use.");
}
// Unconfirmed.
inline ApiError MultiRegionWithoutGlobal() {
  return ApiError("InvalidParameterCombinationException", "Multi-Region trail must include global service events.");
}

// Unconfirmed.
inline ApiError LogGroupNotValid() {
  return ApiError("InvalidCloudWatchLogsLogGroupArnException",
                  "CloudTrail cannot validate the specified log group ARN.");
}
inline ApiError LogGroupDenied() {
  return ApiError("InvalidCloudWatchLogsLogGroupArnException", "Access denied. Check the permissions for your role.");
}
inline ApiError RoleNotTrusted() {
  return ApiError("InvalidCloudWatchLogsRoleArnException",
                  "Access denied. Check the trust relationships for your role.");
}
// Unconfirmed.
inline ApiError RoleAndGroupTogether() {
  return ApiError("InvalidParameterCombinationException",
                  "You must specify both the CloudWatch Logs log group ARN and the role ARN.");
}

// Texts unconfirmed.
inline ApiError InvalidEventSelectors(std::string message) {
  return ApiError("InvalidEventSelectorsException", std::move(message));
}
inline ApiError InvalidInsightSelectors(std::string message) {
  return ApiError("InvalidInsightSelectorsException", std::move(message));
}
// Unconfirmed.
inline ApiError InsightsNotEnabled(const std::string& name) {
  return ApiError(
      "InsightNotEnabledException",
      fmt::format("Trail {} does not have Insights enabled. Edit the trail settings to enable Insights, and "
                  "then try the operation again.",
                  name));
}
inline ApiError NoEventDataStores() {  // Drydock's own words
  return ApiError("UnsupportedOperationException", "Drydock has trails, and no event data stores.");
}

// Texts unconfirmed.
inline ApiError TooManyTags(std::size_t most) {
  return ApiError("TagsLimitExceededException",
                  fmt::format("The number of tags per trail has exceeded the permitted amount. Maximum: {}.", most));
}
inline ApiError InvalidTag(std::string message) {
  return ApiError("InvalidTagParameterException", std::move(message));
}
inline ApiError ResourceNotFound(const std::string& arn) {
  return ApiError("ResourceNotFoundException", fmt::format("The specified resource is not found: {}", arn));
}
inline ApiError ResourceTypeNotSupported() {
  return ApiError("ResourceTypeNotSupportedException", "Drydock tags trails only.");
}
inline ApiError InvalidToken() {
  return ApiError("InvalidTokenException", "The token is not valid.");
}

// LookupEvents; texts unconfirmed.
inline ApiError InvalidLookupAttributes(std::string message) {
  return ApiError("InvalidLookupAttributesException", std::move(message));
}
inline ApiError InvalidTimeRange() {
  return ApiError("InvalidTimeRangeException", "The start time is after the end time.");
}
inline ApiError InvalidMaxResults() {
  return ApiError("InvalidMaxResultsException", "MaxResults must be between 1 and 50.");
}
inline ApiError InvalidNextToken() {
  return ApiError("InvalidNextTokenException", "The next token is not valid for these parameters.");
}
inline ApiError InvalidEventCategory(const std::string& category) {
  return ApiError("InvalidEventCategoryException", fmt::format("The event category {} is not valid.", category));
}

}  // namespace drydock::cloudtrail::errors
