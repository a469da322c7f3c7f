// The life of an instance. EC2 User Guide, "Amazon EC2 instance state changes".
#include "api/ec2/InstanceStateChange.h"
#include "api/ec2/RebootInstancesRequest.h"
#include "api/ec2/RebootInstancesResponse.h"
#include "api/ec2/StartInstancesRequest.h"
#include "api/ec2/StartInstancesResult.h"
#include "api/ec2/StopInstancesRequest.h"
#include "api/ec2/StopInstancesResult.h"
#include "api/ec2/TerminateInstancesRequest.h"
#include "api/ec2/TerminateInstancesResult.h"
#include "emulator/api/operation.h"
#include "handlers/ec2/instance_interfaces.h"
#include "handlers/ec2/instance_wire.h"
#include "handlers/ec2/instances.h"
#include "handlers/ec2/requests.h"
#include "handlers/ec2/timers.h"
#include "store/timers.h"

namespace drydock::ec2 {

namespace {

constexpr Duration kShortly{200};
constexpr Duration kBooting{15'000};
constexpr Duration kShuttingDown{30'000};
constexpr Duration kTerminatedStay{3'600'000};  // "for approximately one hour": TerminateInstances's manual

struct StateFacts {
  const char* name;
  int code;
  Duration realistic{0};  // how long it lasts; 0: until somebody asks for another one
  Duration quick{0};
};
constexpr StateFacts kStates[] = {
    {"pending", 0, kBooting, kShortly},
    {"running", 16},
    {"shutting-down", 32, kShuttingDown, kShortly},
    {"terminated", 48, kTerminatedStay, kTerminatedStay},
    {"stopping", 64, kShuttingDown, kShortly},
    {"stopped", 80},
};
const StateFacts& FactsOf(const std::string& state) {
  return *std::find_if(std::begin(kStates), std::end(kStates), [&](const auto& facts) { return state == facts.name; });
}

// "User initiated (2026-11-24 02:47:19 GMT)"
std::string UserInitiated(Timestamp now) {
  std::string time = FormatIso8601(now);
  time[10] = ' ';
  time.pop_back();
  return "User initiated (" + time + " GMT)";
}

InstanceStateChange ChangeOf(const record::Instance& instance, const std::string& previous) {
  InstanceStateChange change;
  change.InstanceId = instance.instance_id;
  change.PreviousState = StateToWire(previous);
  change.CurrentState = StateToWire(instance.state);
  return change;
}

bool IsOver(const std::string& state) {
  return state == "shutting-down" || state == "terminated";
}

}  // namespace

InstanceState StateToWire(const std::string& state) {
  InstanceState wire;
  wire.Name = state;
  wire.Code = FactsOf(state).code;
  return wire;
}

void EnterState(Context& context, record::Instance& instance, const std::string& state, std::optional<std::string> code,
                std::optional<std::string> message) {
  instance.state = state;
  instance.state_reason_code = std::move(code);
  instance.state_reason_message = std::move(message);
  context.tx.Put(context.scope, instance);
  const StateFacts& facts = FactsOf(state);
  if (facts.realistic.count() == 0)
    context.tx.CancelTimer(kInstanceTimer, context.scope, instance.instance_id);
  else
    context.tx.SetTimer({.kind = kInstanceTimer,
                         .scope = context.scope,
                         .key = instance.instance_id,
                         .due = context.now + context.engines.clock.Delay(facts.realistic, facts.quick)});
}

void InstanceTimerFired(Context& context, const std::string& instance_id) {
  auto instance = FindInstance(context, instance_id);
  if (!instance) return;
  const auto enter = [&](const char* state) {
    EnterState(context, *instance, state, instance->state_reason_code, instance->state_reason_message);
  };
  if (instance->state == "pending") return EnterState(context, *instance, "running");
  if (instance->state == "stopping") return enter("stopped");
  if (instance->state == "shutting-down") {
    LetGoOfInterfaces(context, *instance);
    return enter("terminated");
  }
  if (instance->state == "terminated") context.tx.Erase<record::Instance>(context.scope, instance_id);
}

AWS_OPERATION(ec2, StartInstances)
AWS_ACCESS("instance/{InstanceIds}")
StartInstancesResult StartInstances(Context& context, const StartInstancesRequest& in) {
  RefuseParameters(in, {"AdditionalInfo"});
  StartInstancesResult out;
  for (auto& instance : RequireInstances(context, in.InstanceIds)) {
    const std::string previous = instance.state;
    if (previous == "stopped") {
      instance.launch_time = context.now;
      instance.state_transition_reason.clear();
      EnterState(context, instance, "pending");
      AssignPublicAddress(context, instance);
    } else if (previous != "pending" && previous != "running") {
      throw errors::IncorrectInstanceState(instance.instance_id, "started");
    }
    out.StartingInstances.push_back(ChangeOf(instance, previous));
  }
  EndDryRun(in.DryRun);
  return out;
}

// There is no operating system whose shutdown could be forced or skipped.
AWS_OPERATION(ec2, StopInstances)
AWS_ACCESS("instance/{InstanceIds}")
StopInstancesResult StopInstances(Context& context, const StopInstancesRequest& in) {
  StopInstancesResult out;
  for (auto& instance : RequireInstances(context, in.InstanceIds)) {
    const std::string previous = instance.state;
    if (in.Hibernate.value_or(false))  // nor one that could hibernate; text unconfirmed
      throw ApiError("UnsupportedHibernationConfiguration",
                     fmt::format("The instance '{}' is not configured for hibernation.", instance.instance_id));
    if (instance.disable_api_stop && previous == "running")
      throw errors::InstanceProtected(instance.instance_id, "stopped", "disableApiStop");
    if (previous == "running") {
      instance.state_transition_reason = UserInitiated(context.now);
      EnterState(context, instance, "stopping", "Client.UserInitiatedShutdown",
                 "Client.UserInitiatedShutdown: User initiated shutdown");
      ReleasePublicAddress(context, instance);
    } else if (previous != "stopping" && previous != "stopped") {
      throw errors::IncorrectInstanceState(instance.instance_id, "stopped");
    }
    out.StoppingInstances.push_back(ChangeOf(instance, previous));
  }
  EndDryRun(in.DryRun);
  return out;
}

// One protected instance keeps all of the request from being terminated. (AWS spares those of its Availability Zone and
// terminates the others, although it answers with the error.)
AWS_OPERATION(ec2, TerminateInstances)
AWS_ACCESS("instance/{InstanceIds}")
TerminateInstancesResult TerminateInstances(Context& context, const TerminateInstancesRequest& in) {
  TerminateInstancesResult out;
  for (auto& instance : RequireInstances(context, in.InstanceIds)) {
    const std::string previous = instance.state;
    if (!IsOver(previous)) {
      if (instance.disable_api_termination)
        throw errors::InstanceProtected(instance.instance_id, "terminated", "disableApiTermination");
      instance.state_transition_reason = UserInitiated(context.now);
      EnterState(context, instance, "shutting-down", "Client.UserInitiatedShutdown",
                 "Client.UserInitiatedShutdown: User initiated shutdown");
      ReleasePublicAddress(context, instance);
    }
    out.TerminatingInstances.push_back(ChangeOf(instance, previous));
  }
  EndDryRun(in.DryRun);
  return out;
}

// An instance keeps its state and its addresses while it reboots, and what would boot is not there.
AWS_OPERATION(ec2, RebootInstances)
AWS_ACCESS("instance/{InstanceIds}")
RebootInstancesResponse RebootInstances(Context& context, const RebootInstancesRequest& in) {
  for (const auto& instance : RequireInstances(context, in.InstanceIds))
    if (instance.state != "running" && instance.state != "pending")
      throw errors::IncorrectInstanceState(instance.instance_id, "rebooted");  // text unconfirmed
  EndDryRun(in.DryRun);
  return {};
}

}  // namespace drydock::ec2
