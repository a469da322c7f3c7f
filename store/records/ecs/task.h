// An ECS task.
#pragma once

#include "api/ecs/NetworkConfiguration.h"
#include "api/ecs/Tag.h"
#include "api/ecs/TaskOverride.h"
#include "store/record.h"

namespace drydock::records::ecs {

struct Container {
  std::string name;
  std::string arn;
  std::string runtime_id;
  std::string image;
  std::string image_digest;
  std::string last_status;    // PENDING, RUNNING, STOPPED
  std::string health_status;  // UNKNOWN, HEALTHY, UNHEALTHY
  bool essential = true;
  bool has_health_check = false;
  std::optional<std::int32_t> exit_code;
  std::optional<std::string> reason;
  std::string cpu;  // units; "0" when the definition names none
  std::optional<std::string> memory;
  std::optional<std::string> memory_reservation;
  bool start_requested = false;         // its dependencies were there, and the runtime was told
  std::optional<Timestamp> started_at;  // the last start
  std::optional<Timestamp> finished_at;
  std::string wrong_program;  // the image is for another processor: the program that cannot be executed
  std::int32_t restarts = 0;  // by its restart policy
};

// The task's elastic network interface.
struct NetworkAttachment {
  std::string id;      // a UUID
  std::string status;  // PRECREATED, ATTACHED, DELETED
  std::string subnet_id;
  std::string vpc_id;
  std::string network_interface_id;
  std::string mac_address;
  std::string private_dns_name;
  std::string private_address;
};

// A target that the service scheduler has registered for the task.
struct RegisteredTarget {
  std::string target_group_arn;
  std::int32_t port = 0;
};

// Where a secret's value came from, so that a restart of the emulator gives the task the very same one.
struct FetchedSecret {
  std::string container;
  std::string name;
  std::string version_id;
};

struct Task {
  std::string id;  // 32 hexadecimal digits
  std::string arn;
  std::string cluster;  // its name
  std::string task_definition_arn;
  std::string family;
  std::string group;
  std::string started_by;
  std::optional<std::string> active_service;  // the service's ARN, until the task is STOPPED
  std::string deployment_id;                  // digits; empty for tasks of no service
  std::string last_status;
  std::string desired_status;
  std::string launch_type;  // empty with a capacity provider
  std::string capacity_provider;
  std::string platform_version;
  std::string cpu;
  std::string memory;
  std::string cpu_architecture;
  std::optional<std::int32_t> ephemeral_storage_gib;
  std::string availability_zone;
  ::drydock::ecs::NetworkConfiguration network_configuration;
  NetworkAttachment attachment;
  std::vector<Container> containers;
  ::drydock::ecs::TaskOverride overrides;
  std::vector<RegisteredTarget> targets;
  std::vector<FetchedSecret> secrets;
  std::string credentials_key;  // the access key of the newest session of its task role; empty: none was asked for
  bool enable_execute_command = false;
  std::optional<Timestamp> protected_until;  // scale-in protection; past: it has lapsed
  bool handed_to_runtime = false;
  bool was_healthy = false;                  // has counted as healthy for its deployment
  std::optional<Timestamp> unhealthy_since;  // it was healthy, and is not now
  std::string delayed_failure;               // why the task will not start, while AWS would still be trying
  std::string delayed_failure_container;
  std::string blocked_by;  // the network's own explanation of a connection that failed
  std::string stop_code;
  std::string stopped_reason;
  std::vector<::drydock::ecs::Tag> tags;
  std::int64_t version = 1;
  std::map<std::string, Timestamp> times;  // createdAt, connectivityAt, … as the API spells them

  static constexpr store::TableName kTable{"ecs_task"};
  static constexpr auto kId = store::Members(&Task::id);
  static constexpr auto kIndexed = store::Members(&Task::cluster, &Task::active_service, &Task::last_status);
};

// What a RunTask with a client token answered.
struct ClientToken {
  std::string token;
  std::string request;  // a digest of the parameters
  std::vector<std::string> task_ids;
  Timestamp created_at;

  static constexpr store::TableName kTable{"ecs_client_token"};
  static constexpr auto kId = store::Members(&ClientToken::token);
};

}  // namespace drydock::records::ecs
DRYDOCK_SCHEMA(drydock::records::ecs::Container, name, arn, runtime_id, image, image_digest, last_status, health_status,
               essential, has_health_check, exit_code, reason, cpu, memory, memory_reservation, start_requested,
               started_at, finished_at, wrong_program, restarts)
DRYDOCK_SCHEMA(drydock::records::ecs::NetworkAttachment, id, status, subnet_id, vpc_id, network_interface_id,
               mac_address, private_dns_name, private_address)
DRYDOCK_SCHEMA(drydock::records::ecs::RegisteredTarget, target_group_arn, port)
DRYDOCK_SCHEMA(drydock::records::ecs::FetchedSecret, container, name, version_id)
DRYDOCK_SCHEMA(drydock::records::ecs::Task, id, arn, cluster, task_definition_arn, family, group, started_by,
               active_service, deployment_id, last_status, desired_status, launch_type, capacity_provider,
               platform_version, cpu, memory, cpu_architecture, ephemeral_storage_gib, availability_zone,
               network_configuration, attachment, containers, overrides, targets, secrets, credentials_key,
               enable_execute_command, protected_until, handed_to_runtime, was_healthy, unhealthy_since,
               delayed_failure, delayed_failure_container, blocked_by, stop_code, stopped_reason, tags, version, times)
DRYDOCK_SCHEMA(drydock::records::ecs::ClientToken, token, request, task_ids, created_at)
