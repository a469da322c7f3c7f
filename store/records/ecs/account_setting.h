// ECS account settings: of the account (the default) or of one principal.
#pragma once

#include "store/record.h"

namespace drydock::records::ecs {

struct AccountSetting {
  std::string principal_arn;  // the account's root for the default
  std::string name;
  std::string value;

  static constexpr store::TableName kTable{"ecs_account_setting"};
  static constexpr auto kId = store::Members(&AccountSetting::principal_arn, &AccountSetting::name);
};

}  // namespace drydock::records::ecs
DRYDOCK_SCHEMA(drydock::records::ecs::AccountSetting, principal_arn, name, value)
