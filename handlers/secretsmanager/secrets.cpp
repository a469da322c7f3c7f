#include "handlers/secretsmanager/secrets.h"
#include "handlers/secretsmanager/deletion_events.h"

#include <algorithm>
#include <set>

#include "api/secretsmanager/CreateSecretRequest.h"
#include "api/secretsmanager/CreateSecretResponse.h"
#include "api/secretsmanager/DeleteSecretRequest.h"
#include "api/secretsmanager/DeleteSecretResponse.h"
#include "api/secretsmanager/DescribeSecretRequest.h"
#include "api/secretsmanager/DescribeSecretResponse.h"
#include "api/secretsmanager/RestoreSecretRequest.h"
#include "api/secretsmanager/RestoreSecretResponse.h"
#include "api/secretsmanager/TagResourceRequest.h"
#include "api/secretsmanager/TagResourceResponse.h"
#include "api/secretsmanager/UntagResourceRequest.h"
#include "api/secretsmanager/UntagResourceResponse.h"
#include "api/secretsmanager/UpdateSecretRequest.h"
#include "api/secretsmanager/UpdateSecretResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/secretsmanager/deletion_events.h"
#include "handlers/secretsmanager/errors.h"
#include "handlers/secretsmanager/timers.h"
#include "handlers/secretsmanager/versions.h"
#include "store/database.h"
#include "store/timers.h"

namespace drydock::secretsmanager {

using records::secretsmanager::Secret;

namespace {

constexpr std::size_t kMostTags = 50;
constexpr std::size_t kSuffixLength = 6;
constexpr int kDefaultWindow = 30, kShortestWindow = 7, kLongestWindow = 30;  // days

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// "…-a1B2c3": what looks like that is taken for a complete ARN.
bool EndsLikeCompleteArn(std::string_view text) {
  if (text.size() < kSuffixLength + 1 || text[text.size() - kSuffixLength - 1] != '-') return false;
  const std::string_view suffix = text.substr(text.size() - kSuffixLength);
  return std::all_of(suffix.begin(), suffix.end(), IsAlphanumeric);
}

void RefuseWhatIsNotThere(bool replicas, bool type) {
  if (replicas) throw errors::NotReplicated();
  if (type) throw errors::NoExternalTypes();
}

Map<List<std::string>> StagesByVersion(const Secret& secret) {
  Map<List<std::string>> stages;
  for (const auto& version : secret.versions)
    if (!version.stages.empty()) stages[version.id] = List<std::string>(version.stages);
  return stages;
}

std::string NewArn(Context& context, const std::string& name) {
  return context.Arn("secretsmanager", "secret:" + name + "-" + context.ids.Alphanumeric(kSuffixLength));
}

}  // namespace

void CheckName(const std::string& name) {
  static constexpr std::string_view kMarks = "-/_+=.@!";
  for (const char c : name)
    if (!IsAlphanumeric(c) && kMarks.find(c) == std::string_view::npos) throw errors::InvalidName();
}

std::optional<Secret> FindSecret(Context& context, const std::string& secret_id) {
  if (!Arn::LooksLike(secret_id)) return context.tx.Get<Secret>(context.scope, secret_id);
  const auto arn = Arn::Parse(secret_id);
  static constexpr std::string_view kType = "secret:";
  if (!arn || arn->service != "secretsmanager" || Scope{arn->account, arn->region} != context.scope ||
      !arn->resource.starts_with(kType))
    return std::nullopt;
  std::vector<Secret> exact = context.tx.List<Secret>(context.scope, store::Where(&Secret::arn, secret_id));
  if (!exact.empty()) return std::move(exact.front());
  if (EndsLikeCompleteArn(secret_id)) return std::nullopt;
  return context.tx.Get<Secret>(context.scope, arn->resource.substr(kType.size()));
}

Secret RequireSecret(Context& context, const std::string& secret_id, const char* operation) {
  const auto arn = Arn::Parse(secret_id);
  if (!arn) CheckName(secret_id);
  if (arn && arn->service == "secretsmanager" && arn->region == context.region() && arn->account != context.account())
    throw errors::OtherAccount(context.principal.arn, operation, secret_id);
  auto secret = FindSecret(context, secret_id);
  if (!secret) throw errors::SecretNotFound();
  return std::move(*secret);
}

Secret RequireLiveSecret(Context& context, const std::string& secret_id, const char* operation) {
  Secret secret = RequireSecret(context, secret_id, operation);
  if (secret.deleted) throw errors::MarkedForDeletion();
  return secret;
}

void AddTags(Secret& secret, const List<Tag>& tags) {
  std::set<std::string> keys;
  for (const Tag& tag : tags) {
    if (!tag.Key) throw errors::NoTagKey();
    const std::string& key = *tag.Key;
    if (!keys.insert(key).second) throw errors::DuplicateTagKeys();
    if (Lowercase(key).starts_with("aws:")) throw errors::ReservedTagKey();
    secret.tags[key] = tag.Value.value_or("");
  }
  if (secret.tags.size() > kMostTags) throw errors::TooManyTags();
  secret.tagged = secret.tagged || !tags.empty();
}

List<Tag> RenderTags(const Secret& secret) {
  List<Tag> tags;
  tags.present = secret.tagged;
  for (const auto& [key, value] : secret.tags) {
    Tag& tag = tags.emplace_back();
    tag.Key = key;
    tag.Value = value;
  }
  return tags;
}

AWS_OPERATION(secretsmanager, CreateSecret)
AWS_ACCESS("new-secret/{Name}", "Tags? secretsmanager:TagResource new-secret/{Name}", "secretsmanager:Name={Name}",
           "secretsmanager:Description={Description}", "secretsmanager:KmsKeyId={KmsKeyId}")
CreateSecretResponse CreateSecret(Context& context, const CreateSecretRequest& in) {
  RefuseWhatIsNotThere(!in.AddReplicaRegions.empty(), in.Type.has_value());
  CheckName(*in.Name);
  const std::optional<Value> value = ReadValue(in.SecretString, in.SecretBinary);
  if (!in.ClientRequestToken) throw errors::TokenMissing();
  CreateSecretResponse out;
  if (auto existing = context.tx.Get<Secret>(context.scope, *in.Name)) {
    if (existing->deleted) throw errors::ScheduledForDeletion();
    // The same call again: answered as before.
    const SecretVersion* version = FindVersion(*existing, *in.ClientRequestToken);
    if (!version || !value || version->binary != value->binary || ValueOf(context, *existing, *version) != value->bytes)
      throw errors::SecretExists(*in.Name);
    out.ARN = existing->arn;
    out.Name = existing->name;
    out.VersionId = version->id;
    return out;
  }

  Secret secret;
  secret.name = *in.Name;
  secret.arn = NewArn(context, secret.name);
  secret.description = in.Description;
  secret.kms_key_id = in.KmsKeyId.value_or("");
  secret.created = secret.last_changed = context.now;
  AddTags(secret, in.Tags);
  if (value) out.VersionId = AddVersion(context, secret, in.ClientRequestToken, *value, {kCurrent}).id;
  context.tx.Put(context.scope, secret);
  out.ARN = secret.arn;
  out.Name = secret.name;
  return out;
}

AWS_OPERATION(secretsmanager, DescribeSecret)
AWS_ACCESS("secret/{SecretId}")
DescribeSecretResponse DescribeSecret(Context& context, const DescribeSecretRequest& in) {
  const Secret secret = RequireSecret(context, *in.SecretId, "DescribeSecret");
  DescribeSecretResponse out;
  out.ARN = secret.arn;
  out.Name = secret.name;
  out.Description = secret.description;
  if (!secret.kms_key_id.empty()) out.KmsKeyId = secret.kms_key_id;
  out.CreatedDate = secret.created;
  out.LastChangedDate = secret.last_changed;
  out.LastAccessedDate = secret.last_accessed;
  out.DeletedDate = secret.deleted;
  out.Tags = RenderTags(secret);
  out.VersionIdsToStages = StagesByVersion(secret);
  return out;
}

AWS_OPERATION(secretsmanager, UpdateSecret)
AWS_ACCESS("secret/{SecretId}", "secretsmanager:Description={Description}", "secretsmanager:KmsKeyId={KmsKeyId}")
UpdateSecretResponse UpdateSecret(Context& context, const UpdateSecretRequest& in) {
  RefuseWhatIsNotThere(false, in.Type.has_value());
  const std::optional<Value> value = ReadValue(in.SecretString, in.SecretBinary);
  Secret secret = RequireLiveSecret(context, *in.SecretId, "UpdateSecret");
  if (!in.ClientRequestToken) throw errors::TokenMissing();
  UpdateSecretResponse out;
  if (in.Description) secret.description = in.Description;
  if (in.KmsKeyId) {
    secret.kms_key_id = *in.KmsKeyId;
    // Labelled versions are encrypted anew under the new key.
    for (auto& version : secret.versions)
      if (!version.stages.empty()) version.kms_key_id = secret.kms_key_id;
  }
  if (value) out.VersionId = AddVersion(context, secret, in.ClientRequestToken, *value, {kCurrent}).id;
  secret.last_changed = context.now;
  context.tx.Put(context.scope, secret);
  out.ARN = secret.arn;
  out.Name = secret.name;
  return out;
}

AWS_OPERATION(secretsmanager, DeleteSecret)
AWS_ACCESS("secret/{SecretId}", "secretsmanager:RecoveryWindowInDays={RecoveryWindowInDays}",
           "secretsmanager:ForceDeleteWithoutRecovery={ForceDeleteWithoutRecovery}")
DeleteSecretResponse DeleteSecret(Context& context, const DeleteSecretRequest& in) {
  const bool force = in.ForceDeleteWithoutRecovery.value_or(false);
  if (force && in.RecoveryWindowInDays) throw errors::RecoveryWindowAndForce();
  const std::int64_t window = in.RecoveryWindowInDays.value_or(kDefaultWindow);
  if (window < kShortestWindow || window > kLongestWindow) throw errors::RecoveryWindowOutOfRange();

  DeleteSecretResponse out;
  const auto record = [&](const Secret& secret, const char* event) {
    RecordVersionEvents(context.tx, context.scope, context.now, context.ids, secret, event);
  };
  if (force) {
    // Forced deletion succeeds for secrets that do not exist, too. API Reference, DeleteSecret.
    Secret secret;
    try {
      secret = RequireSecret(context, *in.SecretId, "DeleteSecret");
    } catch (const ApiError& error) {
      if (error.code() != errors::SecretNotFound().code()) throw;
      out.Name = *in.SecretId;
      out.ARN = Arn::LooksLike(*in.SecretId) ? *in.SecretId : NewArn(context, *in.SecretId);
      out.DeletionDate = context.now;
      return out;
    }
    context.tx.CancelTimer(kDeleteTimer, context.scope, secret.name);
    context.tx.Erase<Secret>(context.scope, secret.name);
    if (!secret.deleted) record(secret, "StartSecretVersionDelete");
    record(secret, "EndSecretVersionDelete");
    out.ARN = secret.arn;
    out.Name = secret.name;
    out.DeletionDate = context.now;
    return out;
  }

  Secret secret = RequireLiveSecret(context, *in.SecretId, "DeleteSecret");
  secret.deleted = context.now;
  secret.deletion_due = context.now + std::chrono::hours(24 * window);
  context.tx.Put(context.scope, secret);
  context.tx.SetTimer({kDeleteTimer, context.scope, secret.name, *secret.deletion_due});
  record(secret, "StartSecretVersionDelete");
  out.ARN = secret.arn;
  out.Name = secret.name;
  out.DeletionDate = secret.deletion_due;
  return out;
}

AWS_OPERATION(secretsmanager, RestoreSecret)
AWS_ACCESS("secret/{SecretId}")
RestoreSecretResponse RestoreSecret(Context& context, const RestoreSecretRequest& in) {
  Secret secret = RequireSecret(context, *in.SecretId, "RestoreSecret");
  if (secret.deleted) {
    secret.deleted.reset();
    secret.deletion_due.reset();
    context.tx.CancelTimer(kDeleteTimer, context.scope, secret.name);
    context.tx.Put(context.scope, secret);
    RecordVersionEvents(context.tx, context.scope, context.now, context.ids, secret, "CancelSecretVersionDelete");
  }
  RestoreSecretResponse out;
  out.ARN = secret.arn;
  out.Name = secret.name;
  return out;
}

AWS_OPERATION(secretsmanager, TagResource)
AWS_ACCESS("secret/{SecretId}")
TagResourceResponse TagResource(Context& context, const TagResourceRequest& in) {
  Secret secret = RequireLiveSecret(context, *in.SecretId, "TagResource");
  AddTags(secret, in.Tags);
  context.tx.Put(context.scope, secret);
  return {};
}

AWS_OPERATION(secretsmanager, UntagResource)
AWS_ACCESS("secret/{SecretId}")
UntagResourceResponse UntagResource(Context& context, const UntagResourceRequest& in) {
  Secret secret = RequireLiveSecret(context, *in.SecretId, "UntagResource");
  for (const std::string& key : in.TagKeys) secret.tags.erase(key);
  context.tx.Put(context.scope, secret);
  return {};
}

}  // namespace drydock::secretsmanager
