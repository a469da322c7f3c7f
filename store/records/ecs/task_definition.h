// ECS task definitions: one record per revision, one per family.
#pragma once

#include "api/ecs/Tag.h"
#include "api/ecs/TaskDefinition.h"
#include "store/record.h"

namespace drydock::records::ecs {

struct TaskDefinition {
  std::string family;
  std::int32_t revision = 0;
  std::string status;                         // ACTIVE, INACTIVE, DELETE_IN_PROGRESS
  ::drydock::ecs::TaskDefinition definition;  // as it was registered, completed with AWS's defaults; without `status`
  std::vector<::drydock::ecs::Tag> tags;

  static constexpr store::TableName kTable{"ecs_task_definition"};
  static constexpr auto kId = store::Members(&TaskDefinition::family, &TaskDefinition::revision);
  static constexpr auto kIndexed = store::Members(&TaskDefinition::family);
};

// Remembers the last revision, because numbers are never given twice.
struct TaskDefinitionFamily {
  std::string family;
  std::int32_t last_revision = 0;

  static constexpr store::TableName kTable{"ecs_task_definition_family"};
  static constexpr auto kId = store::Members(&TaskDefinitionFamily::family);
};

}  // namespace drydock::records::ecs
DRYDOCK_SCHEMA(drydock::records::ecs::TaskDefinition, family, revision, status, definition, tags)
DRYDOCK_SCHEMA(drydock::records::ecs::TaskDefinitionFamily, family, last_revision)
