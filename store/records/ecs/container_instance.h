// A container instance of the EC2 or EXTERNAL launch type, as it was registered. Drydock runs nothing on it.
#pragma once

#include "api/ecs/Attribute.h"
#include "api/ecs/Resource.h"
#include "api/ecs/Tag.h"
#include "api/ecs/VersionInfo.h"
#include "store/record.h"

namespace drydock::records::ecs {

struct ContainerInstance {
  std::string id;  // 32 hexadecimal digits
  std::string arn;
  std::string cluster;  // its name
  std::string ec2_instance_id;
  std::string status;  // ACTIVE, DRAINING
  std::vector<::drydock::ecs::Resource> resources;
  std::optional<::drydock::ecs::VersionInfo> version_info;
  std::vector<::drydock::ecs::Attribute> attributes;  // without targetType and targetId
  std::vector<::drydock::ecs::Tag> tags;
  Timestamp registered_at;
  std::int64_t version = 1;

  static constexpr store::TableName kTable{"ecs_container_instance"};
  static constexpr auto kId = store::Members(&ContainerInstance::id);
  static constexpr auto kIndexed = store::Members(&ContainerInstance::cluster);
};

}  // namespace drydock::records::ecs
DRYDOCK_SCHEMA(drydock::records::ecs::ContainerInstance, id, arn, cluster, ec2_instance_id, status, resources,
               version_info, attributes, tags, registered_at, version)
