// An ECS service with its deployments, its revisions and its events.
#pragma once

#include "api/ecs/CapacityProviderStrategyItem.h"
#include "api/ecs/DeploymentConfiguration.h"
#include "api/ecs/LoadBalancer.h"
#include "api/ecs/NetworkConfiguration.h"
#include "api/ecs/PlacementConstraint.h"
#include "api/ecs/PlacementStrategy.h"
#include "api/ecs/ServiceConnectConfiguration.h"
#include "api/ecs/ServiceRegistry.h"
#include "api/ecs/ServiceVolumeConfiguration.h"
#include "api/ecs/Tag.h"
#include "api/ecs/VpcLatticeConfiguration.h"
#include "store/record.h"

namespace drydock::records::ecs {

// What a deployment brings out: everything about a service whose change needs new tasks. Never changed once made.
struct ServiceRevision {
  std::string id;  // 19 digits
  std::string service_arn;
  std::string task_definition_arn;
  std::string launch_type;  // empty with a capacity provider strategy
  std::vector<::drydock::ecs::CapacityProviderStrategyItem> capacity_provider_strategy;
  std::string platform_version;  // as asked for: LATEST, 1.4.0
  std::vector<::drydock::ecs::LoadBalancer> load_balancers;
  std::vector<::drydock::ecs::ServiceRegistry> service_registries;
  std::optional<::drydock::ecs::NetworkConfiguration> network_configuration;
  std::optional<::drydock::ecs::ServiceConnectConfiguration> service_connect_configuration;
  std::vector<::drydock::ecs::ServiceVolumeConfiguration> volume_configurations;
  std::vector<::drydock::ecs::VpcLatticeConfiguration> vpc_lattice_configurations;
  Timestamp created_at;

  static constexpr store::TableName kTable{"ecs_service_revision"};
  static constexpr auto kId = store::Members(&ServiceRevision::id);
  static constexpr auto kIndexed = store::Members(&ServiceRevision::service_arn);
};

// What makes a deployment a task set: a part of a service whose deployments somebody else controls.
struct TaskSet {
  std::string external_id;
  std::string started_by;
  double scale_percent = 0;  // of the service's desired count
  std::optional<std::string> client_token;
  std::optional<Timestamp> steady_since;
  std::vector<::drydock::ecs::Tag> tags;
};

// A deployment under way or in force, or a task set.
struct Deployment {
  std::string id;             // 19 digits; "ecs-svc/<id>" on the wire
  std::string deployment_id;  // 21 letters and digits: its name as a service deployment (DescribeServiceDeployments);
                              // empty for a task set
  std::string status;         // PRIMARY, ACTIVE; of a task set also DRAINING
  std::string revision_id;
  std::string rollout_state;  // IN_PROGRESS, COMPLETED, FAILED
  std::string rollout_state_reason;
  std::int32_t desired_count = 0;
  Timestamp created_at;
  Timestamp updated_at;
  std::int32_t failed_tasks = 0;          // in a row
  std::int32_t failed_starts = 0;         // in a row, of tasks that never ran: they make the scheduler wait
  std::optional<Timestamp> next_attempt;  // no task is started before
  bool rollback = false;                  // brings an earlier revision back
  bool in_stages = false;                 // on its way through the stages before CLEAN_UP
  bool alternate = false;                 // its targets are in the alternate target groups
  std::optional<TaskSet> task_set;
};

struct Service {
  std::string cluster;  // its name
  std::string name;
  std::string arn;
  std::string status;  // ACTIVE, DRAINING, INACTIVE
  std::int32_t desired_count = 0;
  std::string scheduling_strategy;
  std::string deployment_controller;
  ::drydock::ecs::DeploymentConfiguration deployment_configuration;
  std::int32_t health_check_grace_period_seconds = 0;
  std::string availability_zone_rebalancing;
  std::vector<::drydock::ecs::PlacementConstraint> placement_constraints;
  std::vector<::drydock::ecs::PlacementStrategy> placement_strategy;
  bool enable_ecs_managed_tags = false;
  bool enable_execute_command = false;
  std::string propagate_tags;  // TASK_DEFINITION, SERVICE, NONE
  std::vector<::drydock::ecs::Tag> tags;
  std::string created_by;
  Timestamp created_at;
  std::optional<std::string> client_token;
  std::string revision_id;              // what the newest deployment brings out
  std::vector<Deployment> deployments;  // the PRIMARY first
  std::string last_completed_revision;  // where the circuit breaker rolls back to; empty before any
  std::string last_completed_deployment;
  bool steady = false;  // "has reached a steady state" was said and still holds
  Timestamp steady_said_at;
  std::optional<Timestamp> unplaceable_said_at;  // "no container instance met all of its requirements" was said
  bool blocked = false;         // "was unable to stop or start tasks during a deployment" was said and still holds
  bool held = false;            // "was unable to scale in" because of protected tasks was said and still holds
  std::int64_t last_event = 0;  // sequence number of the newest event

  static constexpr store::TableName kTable{"ecs_service"};
  static constexpr auto kId = store::Members(&Service::cluster, &Service::name);
  static constexpr auto kIndexed = store::Members(&Service::cluster, &Service::status);
};

// Which services put their tasks into a target group: the way from a target's health to the scheduler.
struct ServiceTargetGroup {
  std::string target_group_arn;
  std::string service_arn;

  static constexpr store::TableName kTable{"ecs_service_target_group"};
  static constexpr auto kId = store::Members(&ServiceTargetGroup::target_group_arn, &ServiceTargetGroup::service_arn);
  static constexpr auto kIndexed =
      store::Members(&ServiceTargetGroup::target_group_arn, &ServiceTargetGroup::service_arn);
};

struct ServiceEvent {
  std::string service_arn;
  std::int64_t sequence = 0;
  std::string id;
  Timestamp created_at;
  std::string message;

  static constexpr store::TableName kTable{"ecs_service_event"};
  static constexpr auto kId = store::Members(&ServiceEvent::service_arn, &ServiceEvent::sequence);
  static constexpr auto kIndexed = store::Members(&ServiceEvent::service_arn);
};

// A lifecycle hook that was reached.
struct DeploymentHook {
  std::string id;
  std::string stage;
  std::string target_type;  // AWS_LAMBDA, PAUSE
  std::string target_arn;
  std::string status;  // AWAITING_ACTION, IN_PROGRESS, SUCCEEDED, FAILED, TIMED_OUT
  std::optional<Timestamp> expires_at;
  std::string timeout_action;  // CONTINUE, ROLLBACK
};

// A deployment's history, as DescribeServiceDeployments tells it; of one that shifts traffic also how far it is.
struct ServiceDeployment {
  std::string id;  // Deployment::deployment_id
  std::string service_arn;
  std::string status;  // IN_PROGRESS, SUCCESSFUL, STOPPED, ROLLBACK_IN_PROGRESS, ROLLBACK_SUCCESSFUL, ROLLBACK_FAILED
  std::string status_reason;
  std::string target_revision_id;
  std::vector<std::string> source_revision_ids;
  std::string rollback_revision_id;  // empty: no rollback
  std::string rollback_reason;
  std::optional<Timestamp> rollback_started_at;
  ::drydock::ecs::DeploymentConfiguration deployment_configuration;
  std::int32_t circuit_breaker_failures = 0;
  std::int32_t circuit_breaker_threshold = 0;
  bool circuit_breaker_triggered = false;
  std::vector<std::string> triggered_alarms;
  std::string lifecycle_stage;           // RECONCILE_SERVICE … CLEAN_UP; empty for rolling deployments
  bool stage_entered = false;            // its hooks were begun
  std::vector<DeploymentHook> hooks;     // of all stages so far
  double test_weight = 0;                // percent of the test traffic that the new revision gets
  double production_weight = 0;          // and of the production traffic
  std::optional<Timestamp> stage_until;  // when the step or the bake time is over
  Timestamp created_at;
  Timestamp updated_at;
  std::optional<Timestamp> finished_at;

  static constexpr store::TableName kTable{"ecs_service_deployment"};
  static constexpr auto kId = store::Members(&ServiceDeployment::id);
  static constexpr auto kIndexed = store::Members(&ServiceDeployment::service_arn);
};

}  // namespace drydock::records::ecs
DRYDOCK_SCHEMA(drydock::records::ecs::ServiceRevision, id, service_arn, task_definition_arn, launch_type,
               capacity_provider_strategy, platform_version, load_balancers, service_registries, network_configuration,
               service_connect_configuration, volume_configurations, vpc_lattice_configurations, created_at)
DRYDOCK_SCHEMA(drydock::records::ecs::TaskSet, external_id, started_by, scale_percent, client_token, steady_since, tags)
DRYDOCK_SCHEMA(drydock::records::ecs::Deployment, id, deployment_id, status, revision_id, rollout_state,
               rollout_state_reason, desired_count, created_at, updated_at, failed_tasks, failed_starts, next_attempt,
               rollback, in_stages, alternate, task_set)
DRYDOCK_SCHEMA(drydock::records::ecs::Service, cluster, name, arn, status, desired_count, scheduling_strategy,
               deployment_controller, deployment_configuration, health_check_grace_period_seconds,
               availability_zone_rebalancing, placement_constraints, placement_strategy, enable_ecs_managed_tags,
               enable_execute_command, propagate_tags, tags, created_by, created_at, client_token, revision_id,
               deployments, last_completed_revision, last_completed_deployment, steady, steady_said_at,
               unplaceable_said_at, blocked, held, last_event)
DRYDOCK_SCHEMA(drydock::records::ecs::ServiceTargetGroup, target_group_arn, service_arn)
DRYDOCK_SCHEMA(drydock::records::ecs::ServiceEvent, service_arn, sequence, id, created_at, message)
DRYDOCK_SCHEMA(drydock::records::ecs::DeploymentHook, id, stage, target_type, target_arn, status, expires_at,
               timeout_action)
DRYDOCK_SCHEMA(drydock::records::ecs::ServiceDeployment, id, service_arn, status, status_reason, target_revision_id,
               source_revision_ids, rollback_revision_id, rollback_reason, rollback_started_at,
               deployment_configuration, circuit_breaker_failures, circuit_breaker_threshold, circuit_breaker_triggered,
               triggered_alarms, lifecycle_stage, stage_entered, hooks, test_weight, production_weight, stage_until,
               created_at, updated_at, finished_at)
