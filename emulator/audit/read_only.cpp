#include "emulator/audit/read_only.h"

#include <algorithm>
#include <string_view>

namespace drydock::audit {

namespace {

struct Name {
  std::string_view service;
  std::string_view operation;
};

// Operations that keep or make something and are reads to CloudTrail all the same. STS: IAM User Guide, "Logging IAM
// and AWS STS API calls with CloudTrail" (the examples); KMS: Developer Guide, "Logging AWS KMS API calls" (the
// examples); Secrets Manager: User Guide, "Log AWS Secrets Manager events"; the rest: access level Read of the Service
// Authorization Reference.
constexpr Name kReads[] = {
    {"ecr", "ValidatePullThroughCacheRule"},
    {"iam", "GenerateCredentialReport"},
    {"iam", "GenerateServiceLastAccessedDetails"},
    {"kms", "Decrypt"},
    {"kms", "DeriveSharedSecret"},
    {"kms", "Encrypt"},
    {"kms", "GenerateDataKey"},
    {"kms", "GenerateDataKeyPair"},
    {"kms", "GenerateDataKeyPairWithoutPlaintext"},
    {"kms", "GenerateDataKeyWithoutPlaintext"},
    {"kms", "GenerateMac"},
    {"kms", "GenerateRandom"},
    {"kms", "ReEncrypt"},
    {"kms", "Sign"},
    {"kms", "Verify"},
    {"kms", "VerifyMac"},
    {"logs", "StartLiveTail"},
    {"logs", "StartQuery"},
    {"secretsmanager", "BatchGetSecretValue"},
    {"secretsmanager", "GetSecretValue"},
    {"secretsmanager", "ValidateResourcePolicy"},
    {"sts", "AssumeRole"},
    {"sts", "AssumeRoleWithSAML"},
    {"sts", "AssumeRoleWithWebIdentity"},
    {"sts", "GetFederationToken"},
    {"sts", "GetSessionToken"},
};

}  // namespace

bool IsReadOnly(const api::Operation& operation) {
  return operation.read_only || std::any_of(std::begin(kReads), std::end(kReads), [&](const Name& name) {
           return name.service == operation.service->name && name.operation == operation.name;
         });
}

// CloudWatch Logs User Guide, "Logging API and console operations": it is not among the events.
bool IsDataEvent(const api::Operation& operation) {
  return std::string_view(operation.service->name) == "logs" && std::string_view(operation.name) == "PutLogEvents";
}

}  // namespace drydock::audit
