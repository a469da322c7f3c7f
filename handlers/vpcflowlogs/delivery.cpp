#include "handlers/vpcflowlogs/delivery.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "api/logs/CreateLogGroupRequest.h"
#include "api/logs/CreateLogGroupResponse.h"
#include "emulator/core/text.h"
#include "handlers/ec2/flow_logs.h"
#include "handlers/iam/authorization.h"
#include "handlers/iam/roles.h"
#include "handlers/logs/events.h"
#include "handlers/vpcflowlogs/line.h"
#include "store/records/ecs/task.h"
#include "store/records/logs/log_group.h"

namespace drydock::api {
extern const Service k_logs;  // generated
}

namespace drydock::vpcflowlogs {

namespace {

namespace record = records::ec2;

constexpr char kServicePrincipal[] = "vpc-flow-logs.amazonaws.com";
constexpr char kAccessError[] = "Access error";  // VPC User Guide, "Troubleshoot VPC Flow Logs"

std::string EcsField(const records::ecs::Task& task, const Context& context, const std::string& field) {
  if (field == "ecs-task-arn") return task.arn;
  if (field == "ecs-task-id") return task.id;
  if (field == "ecs-task-definition-arn") return task.task_definition_arn;
  if (field == "ecs-cluster-name") return task.cluster;
  if (field == "ecs-cluster-arn") return context.Arn("ecs", "cluster/" + task.cluster);
  if (field == "ecs-service-name" && task.active_service)
    return task.active_service->substr(task.active_service->rfind('/') + 1);
  if (field == "ecs-container-id" && !task.containers.empty()) return task.containers[0].runtime_id;
  if (field == "ecs-second-container-id" && task.containers.size() > 1) return task.containers[1].runtime_id;
  return "";  // Fargate has no container instances
}

// One flow log at the end of one of its windows.
class Delivery {
 public:
  Delivery(Context& context, const record::FlowLog& flow_log, std::vector<network::FlowRecord> records)
      : context_(context),
        flow_log_(flow_log),
        records_(std::move(records)),
        fields_(ec2::FieldsOf(flow_log.log_format)),
        version_(ec2::VersionOf(fields_)) {}

  // Throws the ApiError for what the role may not do.
  void Run() {
    const auto lines = LinesByInterface();
    if (lines.empty()) return;
    Context as_role = AsRole();
    if (!context_.tx.Get<records::logs::LogGroup>(context_.scope, flow_log_.log_group_name)) {
      Permit(as_role, "logs:CreateLogGroup", "");
      logs::CreateLogGroupRequest request;
      request.logGroupName = flow_log_.log_group_name;
      Invoke<logs::CreateLogGroupResponse>(as_role, as_role.principal,
                                           *api::FindOperation(api::k_logs, "CreateLogGroup"), std::move(request));
    }
    for (const auto& [interface, of_interface] : lines) {
      const std::string stream = interface + "-" + Lowercase(flow_log_.traffic_type);
      Permit(as_role, "logs:CreateLogStream", stream);
      Permit(as_role, "logs:PutLogEvents", stream);
      logs::PutLines(as_role, flow_log_.log_group_name, stream, of_interface);
    }
  }

 private:
  // All interfaces of the resource, each with what it saw.
  std::map<std::string, std::vector<logs::Line>> LinesByInterface() {
    const std::int64_t end = context_.now.milliseconds / 1000;
    const std::int64_t start = end - flow_log_.max_aggregation_interval;
    const std::string& wanted = flow_log_.traffic_type;
    std::map<std::string, std::vector<logs::Line>> lines;
    std::set<std::string> with_traffic;
    std::map<std::string, InterfaceFacts> facts;
    for (const auto& each : records_) {
      with_traffic.insert(each.interface_id);
      if (wanted != "ALL" && (wanted == "ACCEPT") != each.accepted) continue;
      auto known = facts.find(each.interface_id);
      if (known == facts.end()) known = facts.emplace(each.interface_id, FactsOf(each)).first;
      lines[each.interface_id].push_back({each.start, LineOf(fields_, version_, known->second, each)});
    }
    for (const auto& interface : context_.tx.List<record::NetworkInterface>(context_.scope)) {
      const std::string& id = interface.network_interface_id;
      const bool covered = flow_log_.resource_id == id || flow_log_.resource_id == interface.subnet_id ||
                           flow_log_.resource_id == interface.vpc_id;
      if (!covered || with_traffic.contains(id) || !interface.attachment) continue;
      network::FlowRecord nothing;
      nothing.interface_id = id;
      nothing.subnet_id = interface.subnet_id;
      nothing.vpc_id = interface.vpc_id;
      lines[id].push_back({Timestamp{start * 1000}, NoDataLine(fields_, version_, FactsOf(nothing), start, end)});
    }
    return lines;
  }

  InterfaceFacts FactsOf(const network::FlowRecord& seen) {
    InterfaceFacts facts;
    facts.account_id = context_.account();
    facts.region = context_.region();
    facts.interface_id = seen.interface_id;
    facts.subnet_id = seen.subnet_id;
    facts.vpc_id = seen.vpc_id;
    if (const auto interface = context_.tx.Get<record::NetworkInterface>(context_.scope, seen.interface_id)) {
      facts.availability_zone_id = interface->availability_zone_id;
      facts.instance_id = interface->instance_id.value_or("");
    }
    const bool asks_ecs =
        std::any_of(fields_.begin(), fields_.end(), [](const std::string& field) { return field.starts_with("ecs-"); });
    if (!asks_ecs) return facts;
    for (auto& task : context_.tx.List<records::ecs::Task>(context_.scope))
      if (task.attachment.network_interface_id == seen.interface_id)
        facts.ecs = [task = std::move(task), this](const std::string& field) {
          return EcsField(task, context_, field);
        };
    return facts;
  }

  Context AsRole() {
    const auto role = iam::FindRole(context_, flow_log_.deliver_logs_permission_arn);
    const std::string arn = context_.Arn("ec2", "vpc-flow-log/" + flow_log_.flow_log_id);
    if (!role || !iam::RoleTrusts(context_, *role, kServicePrincipal, arn))
      throw ApiError("AccessDenied", kAccessError);
    Context as_role = context_;
    as_role.principal = iam::SessionOf(context_.account(), *role, flow_log_.flow_log_id);
    return as_role;
  }

  void Permit(Context& as_role, const std::string& action, const std::string& stream) {
    const std::string resource =
        context_.Arn("logs", fmt::format("log-group:{}:log-stream:{}", flow_log_.log_group_name, stream));
    if (!iam::Authorize(as_role, as_role.principal, action, resource).allowed())
      throw ApiError("AccessDenied", kAccessError);
  }

  Context& context_;
  const record::FlowLog& flow_log_;
  const std::vector<network::FlowRecord> records_;
  const std::vector<std::string> fields_;
  const int version_;
};

void WindowEnded(Context& context, const std::string& flow_log_id, const TakeRecords& take_records) {
  auto flow_log = context.tx.Get<record::FlowLog>(context.scope, flow_log_id);
  if (!flow_log) return;
  context.tx.SetTimer({.kind = ec2::kFlowLogTimer,
                       .scope = context.scope,
                       .key = flow_log_id,
                       // Windows in which nothing ran are nobody's.
                       .due = ec2::EndOfWindow(*flow_log, context.engines.clock.Now())});
  std::string status = "SUCCESS";
  std::optional<std::string> message;
  try {
    Delivery(context, *flow_log, take_records(flow_log_id)).Run();
  } catch (const ApiError& error) {
    status = "FAILED";
    message = error.message() == kAccessError ? kAccessError : "Unknown error";
  }
  if (status == flow_log->deliver_logs_status && message == flow_log->deliver_logs_error_message) return;
  flow_log->deliver_logs_status = status;
  flow_log->deliver_logs_error_message = message;
  context.tx.Put(context.scope, *flow_log);
}

}  // namespace

void RegisterTimers(store::Timers& timers, Engines& engines, Ids& ids, TakeRecords take_records) {
  timers.On(ec2::kFlowLogTimer, [&engines, &ids, take_records = std::move(take_records)](store::Transaction& tx,
                                                                                         const store::Timer& timer) {
    Principal service = Principal::Root(timer.scope.account);
    service.type = Principal::Type::kService;
    service.service = kServicePrincipal;
    // The window that ended, also when its timer fires late.
    Context context{tx, engines, ids, timer.due, timer.scope, service, ids.Uuid(), "127.0.0.1", ""};
    WindowEnded(context, timer.key, take_records);
  });
}

}  // namespace drydock::vpcflowlogs
