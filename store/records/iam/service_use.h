// Which services users and roles have called, and the jobs that tell of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/record.h"

namespace drydock::records::iam {

// The last call of a user or role to a service; renewed once a minute at most.
struct ServiceUse {
  std::string entity;   // the ARN of the user or role
  std::string service;  // "ecs"
  Timestamp last;
  std::string region;

  static constexpr store::TableName kTable{"iam_service_use", store::ScopeKind::kAccount};
  static constexpr auto kId = store::Members(&ServiceUse::entity, &ServiceUse::service);
  static constexpr auto kIndexed = store::Members(&ServiceUse::entity);
};

// One entity's use of one service, as it was when the job ran.
struct UseInJob {
  std::string service;
  std::string entity;
  std::optional<Timestamp> last;
  std::string region;
};

}  // namespace drydock::records::iam

DRYDOCK_SCHEMA(drydock::records::iam::UseInJob, service, entity, last, region)

namespace drydock::records::iam {

struct ServiceUseJob {
  std::string id;
  std::string arn;                    // what was asked about
  std::vector<std::string> services;  // those that its policies grant
  std::vector<UseInJob> uses;
  Timestamp created;

  static constexpr store::TableName kTable{"iam_service_use_job", store::ScopeKind::kAccount};
  static constexpr auto kId = store::Members(&ServiceUseJob::id);
};

}  // namespace drydock::records::iam

DRYDOCK_SCHEMA(drydock::records::iam::ServiceUse, entity, service, last, region)
DRYDOCK_SCHEMA(drydock::records::iam::ServiceUseJob, id, arn, services, uses, created)
