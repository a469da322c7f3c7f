// What the emulator keeps about itself.
#pragma once

#include <string>

#include "store/record.h"

namespace drydock::records {

struct Setting {
  std::string name;
  std::string value;

  static constexpr store::TableName kTable{"drydock_setting", store::ScopeKind::kGlobal};
  static constexpr auto kId = store::Members(&Setting::name);
};

}  // namespace drydock::records
DRYDOCK_SCHEMA(drydock::records::Setting, name, value)
