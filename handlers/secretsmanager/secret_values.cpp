// Values of secrets: writing and reading them, and moving staging labels between versions.
#include "api/secretsmanager/APIErrorType.h"
#include "api/secretsmanager/BatchGetSecretValueRequest.h"
#include "api/secretsmanager/BatchGetSecretValueResponse.h"
#include "api/secretsmanager/GetSecretValueRequest.h"
#include "api/secretsmanager/GetSecretValueResponse.h"
#include "api/secretsmanager/ListSecretVersionIdsRequest.h"
#include "api/secretsmanager/ListSecretVersionIdsResponse.h"
#include "api/secretsmanager/PutSecretValueRequest.h"
#include "api/secretsmanager/PutSecretValueResponse.h"
#include "api/secretsmanager/SecretValueEntry.h"
#include "api/secretsmanager/SecretVersionsListEntry.h"
#include "api/secretsmanager/UpdateSecretVersionStageRequest.h"
#include "api/secretsmanager/UpdateSecretVersionStageResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/paging.h"
#include "handlers/engines.h"
#include "handlers/secretsmanager/errors.h"
#include "handlers/secretsmanager/filters.h"
#include "handlers/secretsmanager/secrets.h"
#include "handlers/secretsmanager/versions.h"
#include "store/database.h"

namespace drydock::api {
extern const Service k_secretsmanager;  // generated
}

namespace drydock::secretsmanager {

namespace {

// LastAccessedDate is the day, without the hours.
Timestamp DayOf(Timestamp time) {
  constexpr std::int64_t kDay = 24LL * 3600 * 1000;
  return {time.milliseconds / kDay * kDay};
}

// Which version a request means.
SecretVersion& Choose(Secret& secret, const std::optional<std::string>& id, const std::optional<std::string>& stage) {
  if (id) {
    SecretVersion* version = FindVersion(secret, *id);
    if (!version) throw errors::VersionNotFound(*id);
    if (stage && !HasStage(*version, *stage)) throw errors::StageNotOfVersion();
    return *version;
  }
  SecretVersion* version = FindStage(secret, stage.value_or(kCurrent));
  if (!version) throw errors::StageNotFound(stage.value_or(kCurrent));
  return *version;
}

void NoteAccess(Context& context, Secret& secret, SecretVersion& version) {
  const Timestamp today = DayOf(context.now);
  if (secret.last_accessed == today && version.last_accessed == today) return;
  secret.last_accessed = version.last_accessed = today;
  context.tx.Put(context.scope, secret);
}

}  // namespace

AWS_OPERATION(secretsmanager, GetSecretValue)
AWS_ACCESS("secret/{SecretId}", "secretsmanager:VersionId={VersionId}", "secretsmanager:VersionStage={VersionStage}")
GetSecretValueResponse GetSecretValue(Context& context, const GetSecretValueRequest& in) {
  Secret secret = RequireLiveSecret(context, *in.SecretId, "GetSecretValue");
  SecretVersion& version = Choose(secret, in.VersionId, in.VersionStage);
  NoteAccess(context, secret, version);

  GetSecretValueResponse out;
  out.ARN = secret.arn;
  out.Name = secret.name;
  out.VersionId = version.id;
  out.VersionStages = List<std::string>(version.stages);
  out.CreatedDate = version.created;
  if (version.binary) {
    out.SecretBinary = Blob{ValueOf(context, secret, version)};
  } else {
    out.SecretString = ValueOf(context, secret, version);
  }
  return out;
}

AWS_OPERATION(secretsmanager, BatchGetSecretValue)
AWS_ACCESS("*", "Filters? secretsmanager:ListSecrets *")
BatchGetSecretValueResponse BatchGetSecretValue(Context& context, const BatchGetSecretValueRequest& in) {
  constexpr std::size_t kMostSecrets = 20;
  if (in.SecretIdList.empty() == in.Filters.empty()) throw errors::IdListAndFilters();
  if (in.MaxResults && in.Filters.empty()) throw errors::MaxResultsWithoutFilters();

  BatchGetSecretValueResponse out;
  out.SecretValues.present = out.Errors.present = true;
  std::vector<std::string> ids(in.SecretIdList.begin(), in.SecretIdList.end());
  if (!in.Filters.empty()) {
    std::vector<std::string> found;
    for (const Secret& secret : context.tx.List<Secret>(context.scope))
      if (!secret.deleted && MatchesFilters(secret, context.region(), in.Filters)) found.push_back(secret.name);
    auto page = TakePage(context.engines.tokens, "secretsmanager:BatchGetSecretValue:" + Describe(in.Filters),
                         std::move(found), in.NextToken, static_cast<std::size_t>(in.MaxResults.value_or(kMostSecrets)),
                         [](const std::string& name) { return name; });
    if (!page) throw errors::InvalidNextToken();
    ids = std::move(page->items);
    out.NextToken = page->next_token;
  }
  for (const std::string& id : ids) {
    try {
      GetSecretValueRequest one;
      one.SecretId = id;
      // Each needs its own permission; one that is refused is an error of its own.
      const auto value = Invoke<GetSecretValueResponse>(
          context, context.principal, *api::FindOperation(api::k_secretsmanager, "GetSecretValue"), one);
      SecretValueEntry& entry = out.SecretValues.emplace_back();
      entry.ARN = value.ARN;
      entry.Name = value.Name;
      entry.VersionId = value.VersionId;
      entry.SecretString = value.SecretString;
      entry.SecretBinary = value.SecretBinary;
      entry.VersionStages = value.VersionStages;
      entry.CreatedDate = value.CreatedDate;
    } catch (const ApiError& error) {
      APIErrorType& failed = out.Errors.emplace_back();
      failed.SecretId = id;
      failed.ErrorCode = error.code();
      failed.Message = error.message();
    }
  }
  return out;
}

AWS_OPERATION(secretsmanager, PutSecretValue)
AWS_ACCESS("secret/{SecretId}")
PutSecretValueResponse PutSecretValue(Context& context, const PutSecretValueRequest& in) {
  const std::optional<Value> value = ReadValue(in.SecretString, in.SecretBinary);
  if (!value) throw errors::ValueMissing();
  Secret secret = RequireLiveSecret(context, *in.SecretId, "PutSecretValue");
  const std::vector<std::string> stages =
      in.VersionStages.empty() ? std::vector<std::string>{kCurrent} : std::vector<std::string>(in.VersionStages);
  // With a known token and the same value nothing happens: API Reference, PutSecretValue.
  const bool known = in.ClientRequestToken && FindVersion(secret, *in.ClientRequestToken);
  const SecretVersion version = AddVersion(context, secret, in.ClientRequestToken, *value, stages);
  if (!known) {
    secret.last_changed = context.now;
    context.tx.Put(context.scope, secret);
  }

  PutSecretValueResponse out;
  out.ARN = secret.arn;
  out.Name = secret.name;
  out.VersionId = version.id;
  out.VersionStages = List<std::string>(version.stages);
  return out;
}

AWS_OPERATION(secretsmanager, UpdateSecretVersionStage)
AWS_ACCESS("secret/{SecretId}", "secretsmanager:VersionStage={VersionStage}")
UpdateSecretVersionStageResponse UpdateSecretVersionStage(Context& context, const UpdateSecretVersionStageRequest& in) {
  Secret secret = RequireLiveSecret(context, *in.SecretId, "UpdateSecretVersionStage");
  const std::string& stage = *in.VersionStage;
  if (!in.MoveToVersionId && !in.RemoveFromVersionId) throw errors::NoVersionNamed();
  for (const auto& id : {in.MoveToVersionId, in.RemoveFromVersionId})
    if (id && !FindVersion(secret, *id)) throw errors::VersionNotFound(*id);

  SecretVersion* holder = FindStage(secret, stage);
  if (in.RemoveFromVersionId && (!holder || holder->id != *in.RemoveFromVersionId))
    throw errors::StageIsNotThere(stage, *in.RemoveFromVersionId);
  if (in.MoveToVersionId) {
    const bool already_there = holder && holder->id == *in.MoveToVersionId;
    if (holder && !already_there && !in.RemoveFromVersionId) throw errors::StageIsElsewhere(stage, holder->id);
    MoveStage(secret, stage, *FindVersion(secret, *in.MoveToVersionId));
  } else {
    if (stage == kCurrent) throw errors::CurrentMustStay();
    RemoveStage(*holder, stage);
  }
  secret.last_changed = context.now;
  context.tx.Put(context.scope, secret);

  UpdateSecretVersionStageResponse out;
  out.ARN = secret.arn;
  out.Name = secret.name;
  return out;
}

AWS_OPERATION(secretsmanager, ListSecretVersionIds)
AWS_ACCESS("secret/{SecretId}")
ListSecretVersionIdsResponse ListSecretVersionIds(Context& context, const ListSecretVersionIdsRequest& in) {
  const Secret secret = RequireSecret(context, *in.SecretId, "ListSecretVersionIds");
  const bool deprecated = in.IncludeDeprecated.value_or(false);
  std::vector<SecretVersion> versions;
  for (const SecretVersion& version : secret.versions)
    if (deprecated || !version.stages.empty()) versions.push_back(version);
  auto page = TakePage(context.engines.tokens,
                       "secretsmanager:ListSecretVersionIds:" + secret.arn + (deprecated ? ":deprecated" : ""),
                       std::move(versions), in.NextToken, static_cast<std::size_t>(in.MaxResults.value_or(100)),
                       [](const SecretVersion& version) { return version.id; });
  if (!page) throw errors::InvalidNextToken();

  ListSecretVersionIdsResponse out;
  out.ARN = secret.arn;
  out.Name = secret.name;
  out.NextToken = page->next_token;
  out.Versions.present = true;
  for (const SecretVersion& version : page->items) {
    SecretVersionsListEntry& entry = out.Versions.emplace_back();
    entry.VersionId = version.id;
    if (!version.stages.empty()) entry.VersionStages = List<std::string>(version.stages);
    entry.CreatedDate = version.created;
    entry.LastAccessedDate = version.last_accessed;
    entry.KmsKeyIds = List<std::string>{version.kms_key_id.empty() ? "DefaultEncryptionKey" : version.kms_key_id};
  }
  return out;
}

}  // namespace drydock::secretsmanager
