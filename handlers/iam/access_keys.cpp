#include "api/iam/AccessKey.h"
#include "api/iam/AccessKeyLastUsed.h"
#include "api/iam/AccessKeyMetadata.h"
#include "api/iam/CreateAccessKeyRequest.h"
#include "api/iam/CreateAccessKeyResponse.h"
#include "api/iam/DeleteAccessKeyRequest.h"
#include "api/iam/DeleteAccessKeyResponse.h"
#include "api/iam/GetAccessKeyLastUsedRequest.h"
#include "api/iam/GetAccessKeyLastUsedResponse.h"
#include "api/iam/ListAccessKeysRequest.h"
#include "api/iam/ListAccessKeysResponse.h"
#include "api/iam/UpdateAccessKeyRequest.h"
#include "api/iam/UpdateAccessKeyResponse.h"
#include "emulator/api/operation.h"
#include "handlers/iam/entities.h"
#include "handlers/iam/secret_keys.h"
#include "handlers/iam/users.h"
#include "store/credentials.h"
#include "store/records/iam/login.h"
#include "store/records/iam/policy.h"

namespace drydock::iam {

using KeyRecord = records::iam::AccessKey;
using UserRecord = records::iam::User;
using records::iam::Attachment;
using records::iam::Membership;

namespace {

constexpr std::size_t kMostKeys = 2;

KeyRecord RequireKey(Context& context, const std::string& user, const std::string& id) {
  auto key = context.tx.Get<KeyRecord>({}, id);
  if (!key || key->deleted || key->owner != context.account() || key->user != user) throw errors::AccessKeyNotFound(id);
  return *key;
}

}  // namespace

std::vector<KeyRecord> AccessKeysOf(Context& context, const std::string& user) {
  std::vector<KeyRecord> keys =
      context.tx.List<KeyRecord>({}, store::Where(&KeyRecord::owner, context.account()).And(&KeyRecord::user, user));
  std::erase_if(keys, [](const KeyRecord& key) { return key.deleted; });
  return keys;
}

void RenameUser(Context& context, UserRecord& user, const std::string& new_name) {
  for (KeyRecord& key : AccessKeysOf(context, user.name)) {
    key.user = new_name;
    context.tx.Put({}, key);
  }
  for (const Membership& membership :
       context.tx.List<Membership>(context.scope, store::Where(&Membership::user, user.name))) {
    context.tx.Erase<Membership>(context.scope, membership.group, membership.user);
    context.tx.Put(context.scope, Membership{membership.group, new_name});
  }
  for (const Attachment& attachment :
       context.tx.List<Attachment>(context.scope, store::Where(&Attachment::entity, "user/" + user.name))) {
    context.tx.Erase<Attachment>(context.scope, attachment.entity, attachment.policy_arn);
    context.tx.Put(context.scope, Attachment{"user/" + new_name, attachment.policy_arn});
  }
  using records::iam::LoginProfile;
  if (auto profile = context.tx.Get<LoginProfile>(context.scope, user.name)) {
    context.tx.Erase<LoginProfile>(context.scope, user.name);
    profile->user = new_name;
    context.tx.Put(context.scope, *profile);
  }
  context.tx.Erase<UserRecord>(context.scope, user.name);
  user.name = new_name;
  user.name_key = Lowercase(new_name);
}

AWS_OPERATION(iam, CreateAccessKey)
AWS_ACCESS("user/{UserName|}")
CreateAccessKeyResponse CreateAccessKey(Context& context, const CreateAccessKeyRequest& in) {
  const UserRecord user = UserOrCaller(context, in.UserName);
  if (AccessKeysOf(context, user.name).size() >= kMostKeys) throw errors::QuotaExceeded("AccessKeysPerUser", kMostKeys);
  KeyRecord key;
  key.id = context.ids.Iam("AKIA", 20);
  key.secret = SecretAccessKey();
  key.owner = context.account();
  key.user = user.name;
  key.created = context.now;
  store::PutSealed(context.tx, key);

  CreateAccessKeyResponse out;
  out.AccessKey.emplace();
  out.AccessKey->UserName = user.name;
  out.AccessKey->AccessKeyId = key.id;
  out.AccessKey->Status = "Active";
  out.AccessKey->SecretAccessKey = key.secret;
  out.AccessKey->CreateDate = key.created;
  return out;
}

AWS_OPERATION(iam, ListAccessKeys)
AWS_ACCESS("user/{UserName|}")
ListAccessKeysResponse ListAccessKeys(Context& context, const ListAccessKeysRequest& in) {
  const UserRecord user = UserOrCaller(context, in.UserName);
  ListAccessKeysResponse out;
  for (const KeyRecord& key : TakeIamPage(context, "ListAccessKeys:" + user.name, AccessKeysOf(context, user.name), in,
                                          out, [](const KeyRecord& record) { return record.id; })) {
    AccessKeyMetadata& shown = out.AccessKeyMetadata.emplace_back();
    shown.UserName = key.user;
    shown.AccessKeyId = key.id;
    shown.Status = key.active ? "Active" : "Inactive";
    shown.CreateDate = key.created;
  }
  return out;
}

AWS_OPERATION(iam, UpdateAccessKey)
AWS_ACCESS("user/{UserName|}")
UpdateAccessKeyResponse UpdateAccessKey(Context& context, const UpdateAccessKeyRequest& in) {
  KeyRecord key = RequireKey(context, UserOrCaller(context, in.UserName).name, *in.AccessKeyId);
  key.active = *in.Status == "Active";
  context.tx.Put({}, key);
  return {};
}

AWS_OPERATION(iam, DeleteAccessKey)
AWS_ACCESS("user/{UserName|}")
DeleteAccessKeyResponse DeleteAccessKey(Context& context, const DeleteAccessKeyRequest& in) {
  KeyRecord key = RequireKey(context, UserOrCaller(context, in.UserName).name, *in.AccessKeyId);
  // Erased, it would be a key that nobody gave out, and those act as root.
  key.deleted = true;
  key.active = false;
  key.secret.clear();
  key.sealed.clear();
  context.tx.Put({}, key);
  return {};
}

AWS_OPERATION(iam, GetAccessKeyLastUsed)
AWS_ACCESS("access-key/{AccessKeyId}")
GetAccessKeyLastUsedResponse GetAccessKeyLastUsed(Context& context, const GetAccessKeyLastUsedRequest& in) {
  const auto key = context.tx.Get<KeyRecord>({}, *in.AccessKeyId);
  if (!key || key->deleted || key->owner != context.account()) throw errors::AccessKeyNotFound(*in.AccessKeyId);
  GetAccessKeyLastUsedResponse out;
  out.UserName = key->user;
  out.AccessKeyLastUsed.emplace();
  out.AccessKeyLastUsed->LastUsedDate = key->last_used;
  out.AccessKeyLastUsed->ServiceName = key->last_used ? key->last_used_service : "N/A";
  out.AccessKeyLastUsed->Region = key->last_used ? key->last_used_region : "N/A";
  return out;
}

}  // namespace drydock::iam
