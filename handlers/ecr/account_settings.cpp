#include "handlers/ecr/account_settings.h"

#include <algorithm>
#include <vector>

#include "api/ecr/GetAccountSettingRequest.h"
#include "api/ecr/GetAccountSettingResponse.h"
#include "api/ecr/PutAccountSettingRequest.h"
#include "api/ecr/PutAccountSettingResponse.h"
#include "emulator/api/operation.h"
#include "handlers/ecr/errors.h"
#include "store/database.h"
#include "store/records/ecr/account_setting.h"
#include "store/table.h"

namespace drydock::ecr {

using SettingRecord = records::ecr::AccountSetting;

namespace {

struct KnownSetting {
  std::string_view name;
  std::vector<std::string> values;  // the first is the one from the beginning
};

constexpr char kBlobMounting[] = "BLOB_MOUNTING";

// ECR API Reference, PutAccountSetting.
const KnownSetting& FindSetting(const std::string& name) {
  static const std::vector<KnownSetting> kSettings = {{"BASIC_SCAN_TYPE_VERSION", {"AWS_NATIVE"}},
                                                      {"REGISTRY_POLICY_SCOPE", {"V2"}},
                                                      {kBlobMounting, {"DISABLED", "ENABLED"}}};
  const auto found = std::find_if(kSettings.begin(), kSettings.end(),
                                  [&](const KnownSetting& setting) { return setting.name == name; });
  if (found == kSettings.end())  // the wording is unconfirmed
    throw errors::InvalidParameter("name", "must be the name of an account setting");
  return *found;
}

std::string ValueOf(Context& context, const std::string& name) {
  const auto record = context.tx.Get<SettingRecord>(context.scope, name);
  return record ? record->value : FindSetting(name).values.front();
}

}  // namespace

bool MountsBlobs(Context& context) {
  return ValueOf(context, kBlobMounting) == "ENABLED";
}

AWS_OPERATION(ecr, GetAccountSetting)
GetAccountSettingResponse GetAccountSetting(Context& context, const GetAccountSettingRequest& in) {
  GetAccountSettingResponse out;
  out.name = in.name;
  out.value = ValueOf(context, *in.name);
  return out;
}

AWS_OPERATION(ecr, PutAccountSetting)
PutAccountSettingResponse PutAccountSetting(Context& context, const PutAccountSettingRequest& in) {
  const std::vector<std::string>& values = FindSetting(*in.name).values;
  if (std::find(values.begin(), values.end(), *in.value) == values.end())  // the wording is unconfirmed
    throw errors::InvalidParameter("value", fmt::format("must be a value of the account setting {}", *in.name));
  context.tx.Put(context.scope, SettingRecord{*in.name, *in.value});

  PutAccountSettingResponse out;
  out.name = in.name;
  out.value = in.value;
  return out;
}

}  // namespace drydock::ecr
