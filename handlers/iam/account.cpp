#include "api/iam/CreateAccountAliasRequest.h"
#include "api/iam/CreateAccountAliasResponse.h"
#include "api/iam/DeleteAccountAliasRequest.h"
#include "api/iam/DeleteAccountAliasResponse.h"
#include "api/iam/GetAccountSummaryRequest.h"
#include "api/iam/GetAccountSummaryResponse.h"
#include "api/iam/ListAccountAliasesRequest.h"
#include "api/iam/ListAccountAliasesResponse.h"
#include "api/iam/SetSecurityTokenServicePreferencesRequest.h"
#include "api/iam/SetSecurityTokenServicePreferencesResponse.h"
#include "emulator/api/operation.h"
#include "handlers/iam/entities.h"
#include "store/records/iam/identity_provider.h"
#include "store/records/iam/policy.h"

namespace drydock::iam {

using records::iam::AccountSettings;

namespace {

AccountSettings SettingsOf(Context& context) {
  return context.tx.Get<AccountSettings>(context.scope, std::string("account")).value_or(AccountSettings{});
}

}  // namespace

AWS_OPERATION(iam, CreateAccountAlias)
CreateAccountAliasResponse CreateAccountAlias(Context& context, const CreateAccountAliasRequest& in) {
  // An account has one alias; a new one takes the old one's place. Aliases are unique over all accounts.
  for (const auto& [scope, other] : context.tx.ListAll<AccountSettings>())
    if (other.alias == in.AccountAlias && scope.account != context.account())
      throw errors::AliasExists(*in.AccountAlias);
  AccountSettings settings = SettingsOf(context);
  settings.alias = in.AccountAlias;
  context.tx.Put(context.scope, settings);
  return {};
}

AWS_OPERATION(iam, DeleteAccountAlias)
DeleteAccountAliasResponse DeleteAccountAlias(Context& context, const DeleteAccountAliasRequest& in) {
  AccountSettings settings = SettingsOf(context);
  if (settings.alias != in.AccountAlias) throw errors::AliasNotFound(*in.AccountAlias);
  settings.alias.reset();
  context.tx.Put(context.scope, settings);
  return {};
}

AWS_OPERATION(iam, ListAccountAliases)
ListAccountAliasesResponse ListAccountAliases(Context& context, const ListAccountAliasesRequest&) {
  ListAccountAliasesResponse out;
  out.IsTruncated = false;
  if (const auto alias = SettingsOf(context).alias) out.AccountAliases.push_back(*alias);
  return out;
}

// Of no consequence here: Drydock's tokens are good in every region.
AWS_OPERATION(iam, SetSecurityTokenServicePreferences)
SetSecurityTokenServicePreferencesResponse SetSecurityTokenServicePreferences(
    Context& context, const SetSecurityTokenServicePreferencesRequest& in) {
  AccountSettings settings = SettingsOf(context);
  settings.global_endpoint_token_version = *in.GlobalEndpointTokenVersion == "v2Token" ? 2 : 1;
  context.tx.Put(context.scope, settings);
  return {};
}

// What Drydock does not keep (certificates, MFA devices) is counted as none. Quotas: IAM User Guide, "IAM
// and AWS STS quotas".
AWS_OPERATION(iam, GetAccountSummary)
GetAccountSummaryResponse GetAccountSummary(Context& context, const GetAccountSummaryRequest&) {
  using records::iam::ManagedPolicy;
  const auto count = [](std::size_t n) { return static_cast<std::int32_t>(n); };
  std::size_t versions = 0;
  for (const ManagedPolicy& policy : context.tx.List<ManagedPolicy>(context.scope)) versions += policy.versions.size();
  GetAccountSummaryResponse out;
  out.SummaryMap = std::map<std::string, std::int32_t>{
      {"Users", count(context.tx.Count<records::iam::User>(context.scope))},
      {"UsersQuota", 5000},
      {"Groups", count(context.tx.Count<records::iam::Group>(context.scope))},
      {"GroupsQuota", 300},
      {"Roles", count(context.tx.Count<records::iam::Role>(context.scope))},
      {"RolesQuota", 1000},
      {"Policies", count(context.tx.Count<ManagedPolicy>(context.scope))},
      {"PoliciesQuota", 1500},
      {"PolicyVersionsInUse", count(versions)},
      {"PolicyVersionsInUseQuota", 10000},
      {"InstanceProfiles", count(context.tx.Count<records::iam::InstanceProfile>(context.scope))},
      {"InstanceProfilesQuota", 1000},
      {"AccessKeysPerUserQuota", 2},
      {"AccountAccessKeysPresent", 0},
      {"AccountMFAEnabled", 0},
      {"AccountPasswordPresent", 1},
      {"AccountSigningCertificatesPresent", 0},
      {"AssumeRolePolicySizeQuota", 2048},
      {"AttachedPoliciesPerGroupQuota", 10},
      {"AttachedPoliciesPerRoleQuota", 10},
      {"AttachedPoliciesPerUserQuota", 10},
      {"GlobalEndpointTokenVersion", SettingsOf(context).global_endpoint_token_version},
      {"GroupPolicySizeQuota", 5120},
      {"GroupsPerUserQuota", 10},
      {"MFADevices", 0},
      {"MFADevicesInUse", 0},
      {"PolicySizeQuota", 6144},
      {"Providers", count(context.tx.Count<records::iam::OpenIdConnectProvider>(context.scope) +
                          context.tx.Count<records::iam::SamlProvider>(context.scope))},
      {"RolePolicySizeQuota", 10240},
      {"ServerCertificates", 0},
      {"ServerCertificatesQuota", 20},
      {"SigningCertificatesPerUserQuota", 2},
      {"UserPolicySizeQuota", 2048},
      {"VersionsPerPolicyQuota", 5},
  };
  return out;
}

}  // namespace drydock::iam
