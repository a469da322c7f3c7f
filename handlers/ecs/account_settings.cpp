#include "handlers/ecs/account_settings.h"

#include <map>

#include "api/ecs/DeleteAccountSettingRequest.h"
#include "api/ecs/DeleteAccountSettingResponse.h"
#include "api/ecs/ListAccountSettingsRequest.h"
#include "api/ecs/ListAccountSettingsResponse.h"
#include "api/ecs/PutAccountSettingDefaultRequest.h"
#include "api/ecs/PutAccountSettingDefaultResponse.h"
#include "api/ecs/PutAccountSettingRequest.h"
#include "api/ecs/PutAccountSettingResponse.h"
#include "emulator/api/operation.h"
#include "handlers/ecs/errors.h"
#include "handlers/ecs/paging.h"
#include "store/records/ecs/account_setting.h"
#include "store/table.h"

namespace drydock::ecs {
namespace {

using records::ecs::AccountSetting;

// The settings and AWS's own values. ECS developer guide, "Account settings".
const std::map<std::string, std::string>& Defaults() {
  static const std::map<std::string, std::string> defaults{{"awsvpcTrunking", "disabled"},
                                                           {"containerInsights", "disabled"},
                                                           {"containerInstanceLongArnFormat", "enabled"},
                                                           {"defaultLogDriverMode", "non-blocking"},
                                                           {"fargateEventWindows", "disabled"},  // unconfirmed
                                                           {"fargateFIPSMode", "disabled"},
                                                           {"fargateTaskRetirementWaitPeriod", "7"},
                                                           {"guardDutyActivate", "off"},
                                                           {"serviceLongArnFormat", "enabled"},
                                                           {"tagResourceAuthorization", "on"},
                                                           {"taskLongArnFormat", "enabled"}};
  return defaults;
}

std::string RootOf(const Context& context) {
  return "arn:aws:iam::" + context.account() + ":root";
}

Setting Render(const AccountSetting& record) {
  Setting setting;
  setting.name = record.name;
  setting.value = record.value;
  setting.principalArn = record.principal_arn;
  setting.type = record.name == "guardDutyActivate" ? "aws_managed" : "user";
  return setting;
}

AccountSetting Store(Context& context, const std::string& principal, const std::string& name,
                     const std::string& value) {
  if (name == "guardDutyActivate")
    throw errors::InvalidParameter("You cannot change the guardDutyActivate setting.");  // unconfirmed
  static const std::map<std::string, std::vector<std::string>> allowed{
      {"containerInsights", {"enabled", "disabled", "enhanced"}},
      {"defaultLogDriverMode", {"blocking", "non-blocking"}},
      {"fargateTaskRetirementWaitPeriod", {"0", "7", "14"}},
      {"tagResourceAuthorization", {"on", "off"}}};
  static const std::vector<std::string> switches{"enabled", "disabled"};
  const auto found = allowed.find(name);
  const auto& values = found == allowed.end() ? switches : found->second;
  if (std::find(values.begin(), values.end(), value) == values.end())
    throw errors::InvalidParameter("Invalid value for setting " + name + ": " + value);  // unconfirmed
  const AccountSetting record{principal, name, value};
  context.tx.Put(context.scope, record);
  return record;
}

std::optional<AccountSetting> Effective(Context& context, const std::string& principal, const std::string& name) {
  if (auto own = context.tx.Get<AccountSetting>(context.scope, principal, name)) return own;
  if (auto root = context.tx.Get<AccountSetting>(context.scope, RootOf(context), name)) return root;
  const auto builtin = Defaults().find(name);
  if (builtin == Defaults().end()) return std::nullopt;
  return AccountSetting{RootOf(context), name, builtin->second};
}

}  // namespace

std::string EffectiveSetting(Context& context, const std::string& name) {
  const auto setting = Effective(context, context.principal.arn, name);
  return setting ? setting->value : std::string();
}

AWS_OPERATION(ecs, PutAccountSetting)
AWS_ACCESS("ecs:account-setting={name}")
PutAccountSettingResponse PutAccountSetting(Context& context, const PutAccountSettingRequest& in) {
  PutAccountSettingResponse out;
  out.setting = Render(Store(context, in.principalArn.value_or(context.principal.arn), *in.name, *in.value));
  return out;
}

AWS_OPERATION(ecs, PutAccountSettingDefault)
AWS_ACCESS("ecs:account-setting={name}")
PutAccountSettingDefaultResponse PutAccountSettingDefault(Context& context, const PutAccountSettingDefaultRequest& in) {
  PutAccountSettingDefaultResponse out;
  out.setting = Render(Store(context, RootOf(context), *in.name, *in.value));
  return out;
}

AWS_OPERATION(ecs, DeleteAccountSetting)
AWS_ACCESS("ecs:account-setting={name}")
DeleteAccountSettingResponse DeleteAccountSetting(Context& context, const DeleteAccountSettingRequest& in) {
  const std::string principal = in.principalArn.value_or(context.principal.arn);
  context.tx.Erase<AccountSetting>(context.scope, principal, *in.name);
  DeleteAccountSettingResponse out;
  out.setting = Render({principal, *in.name, ""});
  return out;
}

AWS_OPERATION(ecs, ListAccountSettings)
ListAccountSettingsResponse ListAccountSettings(Context& context, const ListAccountSettingsRequest& in) {
  const std::string principal = in.principalArn.value_or(context.principal.arn);
  const bool effective = in.effectiveSettings.value_or(false);
  std::vector<AccountSetting> found;
  for (const auto& [name, value] : Defaults()) {
    if (in.name && *in.name != name) continue;
    const auto setting = effective ? Effective(context, principal, name)
                                   : context.tx.Get<AccountSetting>(context.scope, principal, name);
    if (setting && (!in.value || *in.value == setting->value)) found.push_back(*setting);
  }
  // Names are unique in the list, so they serve as the page's positions.
  std::vector<std::string> names;
  for (const auto& setting : found) names.push_back(setting.name);
  const auto page =
      PageOf(context, "ListAccountSettings " + principal, std::move(names), in.nextToken, in.maxResults, 10);
  ListAccountSettingsResponse out;
  out.settings.present = true;
  out.nextToken = page.next_token;
  for (const auto& name : page.items)
    for (const auto& setting : found)
      if (setting.name == name) out.settings.push_back(Render(setting));
  return out;
}

}  // namespace drydock::ecs
