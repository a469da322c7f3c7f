// A setting of a registry that is not as it is from the beginning.
#pragma once

#include <string>

#include "store/record.h"

namespace drydock::records::ecr {

struct AccountSetting {
  std::string name;
  std::string value;

  static constexpr store::TableName kTable{"ecr_account_setting"};
  static constexpr auto kId = store::Members(&AccountSetting::name);
};

}  // namespace drydock::records::ecr

DRYDOCK_SCHEMA(drydock::records::ecr::AccountSetting, name, value)
