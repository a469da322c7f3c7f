// Users' passwords and the account's password policy. There is no console to log in to: passwords are checked against
// the policy and the old one, and nothing else comes of them.
#include "api/iam/ChangePasswordRequest.h"
#include "api/iam/ChangePasswordResponse.h"
#include "api/iam/CreateLoginProfileRequest.h"
#include "api/iam/CreateLoginProfileResponse.h"
#include "api/iam/DeleteAccountPasswordPolicyRequest.h"
#include "api/iam/DeleteAccountPasswordPolicyResponse.h"
#include "api/iam/DeleteLoginProfileRequest.h"
#include "api/iam/DeleteLoginProfileResponse.h"
#include "api/iam/GetAccountPasswordPolicyRequest.h"
#include "api/iam/GetAccountPasswordPolicyResponse.h"
#include "api/iam/GetLoginProfileRequest.h"
#include "api/iam/GetLoginProfileResponse.h"
#include "api/iam/UpdateAccountPasswordPolicyRequest.h"
#include "api/iam/UpdateAccountPasswordPolicyResponse.h"
#include "api/iam/UpdateLoginProfileRequest.h"
#include "api/iam/UpdateLoginProfileResponse.h"
#include "emulator/api/operation.h"
#include "handlers/iam/entities.h"
#include "handlers/iam/passwords.h"

namespace drydock::iam {

using ProfileOfUser = records::iam::LoginProfile;
using PolicyRecord = records::iam::PasswordPolicy;

namespace {

std::optional<PolicyRecord> PasswordPolicyOf(Context& context) {
  return context.tx.Get<PolicyRecord>(context.scope, std::string("policy"));
}

ProfileOfUser RequireProfileOf(Context& context, const std::string& user) {
  auto profile = context.tx.Get<ProfileOfUser>(context.scope, user);
  if (!profile) throw errors::LoginProfileNotFound(user);
  return *profile;
}

void SetPassword(Context& context, ProfileOfUser& profile, const std::string& password) {
  const auto policy = PasswordPolicyOf(context);
  if (!Conforms(password, policy ? &*policy : nullptr, context.account())) throw errors::PasswordPolicyViolation();
  std::vector<std::string>& before = profile.used_before;
  if (!profile.password.empty()) before.push_back(profile.password);
  constexpr std::size_t kMostRemembered = 24;
  if (before.size() > kMostRemembered) before.erase(before.begin());
  const std::size_t remembered =
      policy && policy->remembered ? std::min(before.size(), static_cast<std::size_t>(*policy->remembered)) : 0;
  for (std::size_t i = before.size() - remembered; i < before.size(); ++i)
    if (PasswordIs(password, before[i])) throw errors::PasswordPolicyViolation();
  profile.password = HashPassword(password);
  profile.changed = context.now;
}

LoginProfile Render(const ProfileOfUser& record) {
  LoginProfile profile;
  profile.UserName = record.user;
  profile.CreateDate = record.created;
  profile.PasswordResetRequired = record.reset_required;
  return profile;
}

}  // namespace

AWS_OPERATION(iam, CreateLoginProfile)
AWS_ACCESS("user/{UserName|}")
CreateLoginProfileResponse CreateLoginProfile(Context& context, const CreateLoginProfileRequest& in) {
  const std::string user = UserOrCaller(context, in.UserName).name;
  if (context.tx.Get<ProfileOfUser>(context.scope, user)) throw errors::LoginProfileExists(user);
  if (!in.Password) throw errors::ValidationError("A password must be specified.");  // only AssumeRoot has none
  ProfileOfUser profile;
  profile.user = user;
  profile.created = context.now;
  profile.reset_required = in.PasswordResetRequired.value_or(false);
  SetPassword(context, profile, *in.Password);
  context.tx.Put(context.scope, profile);
  CreateLoginProfileResponse out;
  out.LoginProfile = Render(profile);
  return out;
}

AWS_OPERATION(iam, GetLoginProfile)
AWS_ACCESS("user/{UserName|}")
GetLoginProfileResponse GetLoginProfile(Context& context, const GetLoginProfileRequest& in) {
  GetLoginProfileResponse out;
  out.LoginProfile = Render(RequireProfileOf(context, UserOrCaller(context, in.UserName).name));
  return out;
}

AWS_OPERATION(iam, UpdateLoginProfile)
AWS_ACCESS("user/{UserName}")
UpdateLoginProfileResponse UpdateLoginProfile(Context& context, const UpdateLoginProfileRequest& in) {
  ProfileOfUser profile = RequireProfileOf(context, RequireUser(context, *in.UserName).name);
  if (in.Password) SetPassword(context, profile, *in.Password);
  if (in.PasswordResetRequired) profile.reset_required = *in.PasswordResetRequired;
  context.tx.Put(context.scope, profile);
  return {};
}

AWS_OPERATION(iam, DeleteLoginProfile)
AWS_ACCESS("user/{UserName|}")
DeleteLoginProfileResponse DeleteLoginProfile(Context& context, const DeleteLoginProfileRequest& in) {
  const std::string user = UserOrCaller(context, in.UserName).name;
  if (!context.tx.Erase<ProfileOfUser>(context.scope, user)) throw errors::LoginProfileNotFound(user);
  return {};
}

AWS_OPERATION(iam, ChangePassword)
AWS_ACCESS("user/")
ChangePasswordResponse ChangePassword(Context& context, const ChangePasswordRequest& in) {
  if (context.principal.type != Principal::Type::kUser) throw errors::OnlyUsersChangePasswords();
  ProfileOfUser profile = RequireProfileOf(context, UserOrCaller(context, std::nullopt).name);
  if (!PasswordIs(*in.OldPassword, profile.password)) throw errors::OldPasswordWrong();
  SetPassword(context, profile, *in.NewPassword);
  profile.reset_required = false;
  context.tx.Put(context.scope, profile);
  return {};
}

AWS_OPERATION(iam, UpdateAccountPasswordPolicy)
UpdateAccountPasswordPolicyResponse UpdateAccountPasswordPolicy(Context& context,
                                                                const UpdateAccountPasswordPolicyRequest& in) {
  // "This operation does not support partial updates": what is not given has its default.
  PolicyRecord policy;
  policy.minimum_length = in.MinimumPasswordLength.value_or(6);
  policy.require_symbols = in.RequireSymbols.value_or(false);
  policy.require_numbers = in.RequireNumbers.value_or(false);
  policy.require_uppercase = in.RequireUppercaseCharacters.value_or(false);
  policy.require_lowercase = in.RequireLowercaseCharacters.value_or(false);
  policy.users_may_change = in.AllowUsersToChangePassword.value_or(false);
  policy.most_days = in.MaxPasswordAge;
  policy.remembered = in.PasswordReusePrevention;
  policy.hard_expiry = in.HardExpiry;
  context.tx.Put(context.scope, policy);
  return {};
}

AWS_OPERATION(iam, GetAccountPasswordPolicy)
GetAccountPasswordPolicyResponse GetAccountPasswordPolicy(Context& context, const GetAccountPasswordPolicyRequest&) {
  const auto record = PasswordPolicyOf(context);
  if (!record) throw errors::PasswordPolicyNotFound(context.account());
  GetAccountPasswordPolicyResponse out;
  PasswordPolicy& policy = out.PasswordPolicy.emplace();
  policy.MinimumPasswordLength = record->minimum_length;
  policy.RequireSymbols = record->require_symbols;
  policy.RequireNumbers = record->require_numbers;
  policy.RequireUppercaseCharacters = record->require_uppercase;
  policy.RequireLowercaseCharacters = record->require_lowercase;
  policy.AllowUsersToChangePassword = record->users_may_change;
  policy.ExpirePasswords = record->most_days.has_value();
  policy.MaxPasswordAge = record->most_days;
  policy.PasswordReusePrevention = record->remembered;
  policy.HardExpiry = record->hard_expiry;
  return out;
}

AWS_OPERATION(iam, DeleteAccountPasswordPolicy)
DeleteAccountPasswordPolicyResponse DeleteAccountPasswordPolicy(Context& context,
                                                                const DeleteAccountPasswordPolicyRequest&) {
  if (!context.tx.Erase<PolicyRecord>(context.scope, std::string("policy")))
    throw errors::PasswordPolicyNotFound(context.account());
  return {};
}

}  // namespace drydock::iam
