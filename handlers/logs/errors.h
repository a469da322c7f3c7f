// CloudWatch Logs' errors by name. Texts: aws-facts G.1-G.4, or as the comment says.
#pragma once

#include <string>

#include <fmt/format.h>

#include "emulator/core/errors.h"

namespace drydock::logs::errors {

inline ApiError InvalidParameter(std::string message) {
  return ApiError("InvalidParameterException", std::move(message));
}

// Recorded; the period is missing on AWS, too.
inline ApiError GroupAlreadyExists() {
  return ApiError("ResourceAlreadyExistsException", "The specified log group already exists");
}
inline ApiError StreamAlreadyExists() {
  return ApiError("ResourceAlreadyExistsException", "The specified log stream already exists");
}
inline ApiError GroupNotFound() {
  return ApiError("ResourceNotFoundException", "The specified log group does not exist.");
}
inline ApiError StreamNotFound() {
  return ApiError("ResourceNotFoundException", "The specified log stream does not exist.");
}

// Recorded with DescribeLogStreams.
inline ApiError NameAndIdentifier() {
  return ApiError("ValidationException", "LogGroup name and LogGroup ARN are mutually exclusive parameters.");
}
// Unconfirmed.
inline ApiError NameOrIdentifierMissing() {
  return ApiError("ValidationException", "At least one of logGroupName and logGroupIdentifier is required.");
}

// Recorded.
inline ApiError InvalidToken() {
  return InvalidParameter("The specified nextToken is invalid.");
}
inline ApiError PrefixAndPattern() {
  return InvalidParameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
}
// Unconfirmed.
inline ApiError IdentifiersAndFilter() {
  return InvalidParameter("logGroupIdentifiers can be combined with includeLinkedAccounts only.");
}
inline ApiError NotChronological() {
  return InvalidParameter("Log events in a single PutLogEvents request must be in chronological order.");
}

// From memory in aws-facts G.2.
inline ApiError UploadTooLarge(std::size_t bytes, std::size_t limit) {
  return InvalidParameter(fmt::format("Upload too large: {} bytes exceeds limit of {}", bytes, limit));
}
inline ApiError EventTooLarge(std::size_t bytes, std::size_t limit) {
  return InvalidParameter(fmt::format("Log event too large: {} bytes exceeds limit of {}", bytes, limit));
}
inline ApiError SpansTooLong() {
  return InvalidParameter("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
}

// The wording of an invalid character is seen, that of the rest approximate (aws-facts G.4).
inline ApiError InvalidFilterPattern(const std::string& why) {
  return InvalidParameter(why.empty() ? "Invalid filter pattern" : "Invalid filter pattern: " + why);
}
inline ApiError InvalidTerm(const std::string& term) {
  return InvalidParameter(fmt::format("Invalid character(s) in term '{}'", term));
}

// CloudWatch Logs User Guide, "Protecting log groups from deletion". For a stream the wording is unconfirmed.
inline ApiError DeletionProtected() {
  return ApiError("ValidationException",
                  "Cannot delete log group with deletion protection enabled. Disable deletion protection first.");
}
// Limit: CloudWatch Logs API Reference, TagResource; the wording is unconfirmed.
inline ApiError TooManyTags() {
  return ApiError("TooManyTagsException", "A resource can have no more than 50 tags.");
}

}  // namespace drydock::logs::errors
