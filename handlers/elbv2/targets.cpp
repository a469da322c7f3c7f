// Targets and their health. API Reference, RegisterTargets, DeregisterTargets, DescribeTargetHealth.
#include "handlers/elbv2/targets.h"

#include <charconv>

#include "api/elbv2/DeregisterTargetsInput.h"
#include "api/elbv2/DeregisterTargetsOutput.h"
#include "api/elbv2/DescribeTargetHealthInput.h"
#include "api/elbv2/DescribeTargetHealthOutput.h"
#include "api/elbv2/RegisterTargetsInput.h"
#include "api/elbv2/RegisterTargetsOutput.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "emulator/network/address.h"
#include "handlers/ec2/instances.h"
#include "handlers/elbv2/attributes.h"
#include "handlers/elbv2/lookup.h"
#include "handlers/elbv2/target_groups.h"
#include "handlers/elbv2/timers.h"
#include "store/records/ec2/subnet.h"

namespace drydock::elbv2 {

namespace {

using Group = records::elbv2::TargetGroup;

constexpr std::size_t kTargetsPerGroup = 1000;  // quota

Duration DrainingTime(const Context& context, const Group& group) {
  const std::string text = AttributeOf(group, "deregistration_delay.timeout_seconds");
  int seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  const Duration realistic = std::chrono::seconds(seconds);
  if (seconds == 0) return realistic;
  return context.engines.clock.Delay(realistic, std::max<Duration>(realistic / 60, std::chrono::seconds(1)));
}

// The Availability Zone of an address that is in one of the VPC's subnets.
std::optional<std::string> ZoneInVpc(Context& context, const std::string& vpc_id, const network::Address& address) {
  using records::ec2::Subnet;
  for (const Subnet& subnet : context.tx.List<Subnet>(context.scope, store::Where(&Subnet::vpc_id, vpc_id))) {
    const auto block = network::Cidr::Parse(subnet.cidr_block);
    if (block && block->Contains(address)) return subnet.availability_zone;
  }
  return std::nullopt;
}

std::vector<records::elbv2::Target> TargetsOf(Context& context, const std::string& target_group_arn) {
  return context.tx.List<records::elbv2::Target>(
      context.scope, store::Where(&records::elbv2::Target::target_group_arn, target_group_arn));
}

// API Reference, TargetDescription, AvailabilityZone; wording unconfirmed.
void RefuseZone(const Group& group, const TargetDescription& target) {
  if (target.AvailabilityZone)
    throw errors::Validation(fmt::format(
        "An Availability Zone cannot be specified for target groups with target type '{}'", group.target_type));
}

// The zone of an address that may be a target. Which addresses may: API Reference, CreateTargetGroup, TargetType.
std::string ZoneOf(Context& context, const Group& group, const TargetDescription& target) {
  const auto address = network::Address::Parse(*target.Id);
  if (!address || !address->is_ipv4())  // unconfirmed wording
    throw errors::Validation(fmt::format("The IP address '{}' is not a valid IPv4 address", *target.Id));
  // AWS takes the zone from the subnet; "all" is the one other value that it lets stand for an address of the VPC.
  if (const auto zone = ZoneInVpc(context, group.vpc_id, *address))
    return target.AvailabilityZone == "all" ? "all" : *zone;
  if (!network::IsRfc1918(*address) && !network::IsRfc6598(*address))  // unconfirmed wording
    throw errors::Validation(
        fmt::format("The IP address '{}' is not a valid target: it is neither in the VPC nor in 10.0.0.0/8, "
                    "100.64.0.0/10, 172.16.0.0/12 or 192.168.0.0/16",
                    *target.Id));
  if (!target.AvailabilityZone) throw errors::ZoneRequired(*target.Id);
  if (*target.AvailabilityZone != "all" && !target.AvailabilityZone->starts_with(context.region()))  // unconfirmed
    throw errors::Validation(fmt::format("The Availability Zone '{}' is not valid", *target.AvailabilityZone));
  return *target.AvailabilityZone;
}

// "It must be in the running state when you register it": API Reference, RegisterTargets.
void CheckInstances(Context& context, const Group& group, const RegisterTargetsInput& in) {
  std::vector<std::string> unknown, elsewhere, idle;
  for (const TargetDescription& target : in.Targets) {
    RefuseZone(group, target);
    const std::string quoted = "'" + *target.Id + "'";
    const auto instance = ec2::FindInstance(context, *target.Id);
    if (!instance)
      unknown.push_back(quoted);
    else if (instance->vpc_id != group.vpc_id)
      elsewhere.push_back(quoted);
    else if (instance->state != "running")
      idle.push_back(quoted);
  }
  if (!unknown.empty()) throw errors::InvalidTargets(Join(unknown, ", "));
  if (!elsewhere.empty()) throw errors::TargetsInOtherVpc(group.vpc_id, Join(elsewhere, ", "));
  if (!idle.empty()) throw errors::TargetsNotRunning(Join(idle, ", "));
}

// A function's or a load balancer's group has one target: API Reference, CreateTargetGroup, TargetType. `other`: a
// target that is registered already, and is not this one.
void CheckSingle(Context& context, const Group& group, const RegisterTargetsInput& in) {
  for (const records::elbv2::Target& other : TargetsOf(context, group.arn))
    if (other.state == records::elbv2::Target::kActive && other.id != *in.Targets.front().Id)
      throw errors::TooManyTargets();
  if (in.Targets.size() > 1) throw errors::TooManyTargets();
}

// Drydock has no functions: whether one exists, and lets the load balancer invoke it, nobody can say.
void CheckFunction(Context& context, const Group& group, const RegisterTargetsInput& in) {
  CheckSingle(context, group, in);
  const TargetDescription& target = in.Targets.front();
  const auto arn = Arn::Parse(*target.Id);
  if (!arn || arn->service != "lambda" || !arn->resource.starts_with("function:") || arn->region != context.region() ||
      arn->account != context.account())
    throw errors::InvalidTarget(fmt::format("'{}' is not a valid Lambda function ARN", *target.Id));
  if (target.AvailabilityZone && *target.AvailabilityZone != "all")
    throw errors::Validation("The Availability Zone of a Lambda function can only be 'all'");
}

constexpr std::size_t kRegistrationsOfLoadBalancer = 2;

// Network Load Balancers guide, "Application Load Balancers as targets".
void CheckLoadBalancer(Context& context, const Group& group, const RegisterTargetsInput& in) {
  CheckSingle(context, group, in);
  const TargetDescription& target = in.Targets.front();
  RefuseZone(group, target);
  const auto record = context.tx.Get<records::elbv2::LoadBalancer>(context.scope, *target.Id);
  if (!record || record->type != "application")
    throw errors::InvalidTarget(fmt::format("'{}' is not an Application Load Balancer", *target.Id));
  if (record->vpc_id != group.vpc_id) throw errors::TargetsInOtherVpc(group.vpc_id, "'" + record->arn + "'");
  if (target.Port && *target.Port != group.port)
    throw errors::Validation(
        fmt::format("The port of target '{}' must be the port '{}' of the target group", record->arn, group.port));
  using records::elbv2::Listener;
  bool listens = false;
  for (const Listener& listener :
       context.tx.List<Listener>(context.scope, store::Where(&Listener::load_balancer_arn, record->arn)))
    listens |= listener.port == group.port;
  if (!listens)
    throw errors::InvalidTarget(fmt::format("Load balancer '{}' has no listener on the port '{}' of the target group",
                                            record->arn, group.port));
  std::size_t others = 0;
  for (const records::elbv2::Target& other : context.tx.List<records::elbv2::Target>(context.scope))
    others += other.id == record->arn && other.target_group_arn != group.arn;
  if (others >= kRegistrationsOfLoadBalancer) throw errors::TooManyRegistrationsForTarget();
}

// The Availability Zone of a target that was checked.
std::string ZoneToKeep(Context& context, const Group& group, const TargetDescription& target) {
  if (group.target_type == "instance") return ec2::FindInstance(context, *target.Id)->availability_zone;
  if (group.target_type == "lambda") return "all";
  return group.target_type == "alb" ? "" : ZoneOf(context, group, target);
}

int PortOf(const Group& group, const TargetDescription& target) {
  return group.target_type == "lambda" ? 0 : target.Port.value_or(group.port);
}

void Register(Context& context, const Group& group, const std::string& id, int port, const std::string& zone) {
  auto record = context.tx.Get<records::elbv2::Target>(context.scope, group.arn, id, port);
  if (record && record->state == records::elbv2::Target::kActive && record->availability_zone == zone) return;
  if (record) {
    CancelDrainTimer(context, *record);
  } else {
    if (context.tx.Count<records::elbv2::Target>(
            context.scope, store::Where(&records::elbv2::Target::target_group_arn, group.arn)) >= kTargetsPerGroup)
      throw errors::TooManyTargets();
    record.emplace();
  }
  record->target_group_arn = group.arn;
  record->id = id;
  record->port = port;
  record->availability_zone = zone;
  record->state = records::elbv2::Target::kActive;
  record->drain_ends.reset();
  context.tx.Put(context.scope, *record);
}

void Deregister(Context& context, const Group& group, bool in_use, const std::string& id, int port) {
  auto record = context.tx.Get<records::elbv2::Target>(context.scope, group.arn, id, port);
  if (!record || record->state == records::elbv2::Target::kDraining) return;
  const Duration delay = DrainingTime(context, group);
  if (!in_use || delay.count() == 0) {
    context.tx.Erase<records::elbv2::Target>(context.scope, group.arn, id, port);
    return;
  }
  record->state = records::elbv2::Target::kDraining;
  record->drain_ends = context.now + delay;
  context.tx.Put(context.scope, *record);
  SetDrainTimer(context, *record);
}

// What the load balancers have observed, and what is known without them.
loadbalancer::TargetHealth HealthOf(const Context& context, const records::elbv2::Target* record, bool in_use,
                                    const std::string& arn, const std::string& id, int port) {
  if (!record) return loadbalancer::NotRegistered();
  if (record->state == records::elbv2::Target::kDraining) return loadbalancer::DeregistrationInProgress();
  if (!in_use) return loadbalancer::NotInUse();
  const auto health = context.engines.target_health(arn, id, port);
  // Not known to the load balancers yet: they are still being provisioned.
  return health == loadbalancer::NotRegistered() ? loadbalancer::RegistrationInProgress() : health;
}

TargetHealthDescription Describe(Context& context, const Group& group, const records::elbv2::Target* record,
                                 bool in_use, const std::string& id, int port, bool with_anomalies) {
  TargetHealthDescription out;
  TargetDescription& target = out.Target.emplace();
  target.Id = id;
  if (group.target_type != "lambda") target.Port = port;
  if (record && !record->availability_zone.empty()) target.AvailabilityZone = record->availability_zone;
  const std::string& check_port = group.health_check.port;
  if (!check_port.empty()) out.HealthCheckPort = check_port == "traffic-port" ? std::to_string(port) : check_port;
  const auto health = HealthOf(context, record, in_use, group.arn, id, port);
  TargetHealth& state = out.TargetHealth.emplace();
  state.State = loadbalancer::Name(health.status);
  if (!health.reason.empty()) state.Reason = health.reason;
  if (!health.description.empty()) state.Description = health.description;
  if (with_anomalies) {
    AnomalyDetection& anomalies = out.AnomalyDetection.emplace();
    anomalies.Result = "normal";
    anomalies.MitigationInEffect = "no";
  }
  return out;
}

}  // namespace

std::optional<Group> FindTargetGroup(Context& context, const std::string& target_group_arn) {
  return context.tx.Get<Group>(context.scope, target_group_arn);
}

bool HasLoadBalancer(Context& context, const std::string& target_group_arn) {
  return TargetGroupUse(context).contains(target_group_arn);
}

void RegisterTarget(Context& context, const std::string& target_group_arn, const std::string& id, int port,
                    const std::string& availability_zone) {
  const Group group = RequireTargetGroup(context, target_group_arn);
  if (const auto address = network::Address::Parse(id);
      group.target_type == "ip" && address && !ZoneInVpc(context, group.vpc_id, *address))
    throw group.protocol.starts_with("HTTP") ? errors::ZoneMustBeAll(id) : errors::ZoneRequired(id);
  Register(context, group, id, port, availability_zone);
}

void DeregisterTarget(Context& context, const std::string& target_group_arn, const std::string& id, int port) {
  const auto group = FindTargetGroup(context, target_group_arn);
  if (group) Deregister(context, *group, HasLoadBalancer(context, target_group_arn), id, port);
}

std::optional<Timestamp> DrainingUntil(Context& context, const std::string& target_group_arn, const std::string& id,
                                       int port) {
  const auto record = context.tx.Get<records::elbv2::Target>(context.scope, target_group_arn, id, port);
  return record ? record->drain_ends : std::nullopt;
}

AWS_OPERATION(elbv2, RegisterTargets)
AWS_ACCESS("{TargetGroupArn}")
RegisterTargetsOutput RegisterTargets(Context& context, const RegisterTargetsInput& in) {
  const Group group = RequireTargetGroup(context, *in.TargetGroupArn);
  if (in.Targets.empty()) throw errors::Validation("At least one target must be specified");  // unconfirmed
  if (group.target_type == "instance") CheckInstances(context, group, in);
  if (group.target_type == "lambda") CheckFunction(context, group, in);
  if (group.target_type == "alb") CheckLoadBalancer(context, group, in);
  for (const TargetDescription& target : in.Targets) {
    if (target.QuicServerId) throw errors::NotImplemented("QUIC targets");
    Register(context, group, *target.Id, PortOf(group, target), ZoneToKeep(context, group, target));
  }
  return {};
}

// A target that is not registered is no error: API Reference, DeregisterTargets.
AWS_OPERATION(elbv2, DeregisterTargets)
AWS_ACCESS("{TargetGroupArn}")
DeregisterTargetsOutput DeregisterTargets(Context& context, const DeregisterTargetsInput& in) {
  const Group group = RequireTargetGroup(context, *in.TargetGroupArn);
  if (in.Targets.empty()) throw errors::Validation("At least one target must be specified");  // unconfirmed
  const bool in_use = HasLoadBalancer(context, group.arn);
  for (const TargetDescription& target : in.Targets)
    Deregister(context, group, in_use, *target.Id, PortOf(group, target));
  return {};
}

AWS_OPERATION(elbv2, DescribeTargetHealth)
DescribeTargetHealthOutput DescribeTargetHealth(Context& context, const DescribeTargetHealthInput& in) {
  const Group group = RequireTargetGroup(context, *in.TargetGroupArn);
  const bool in_use = HasLoadBalancer(context, group.arn);
  const bool with_anomalies = !in.Include.empty();
  DescribeTargetHealthOutput out;
  const auto describe = [&](const records::elbv2::Target* record, const std::string& id, int port) {
    out.TargetHealthDescriptions.push_back(Describe(context, group, record, in_use, id, port, with_anomalies));
  };
  for (const TargetDescription& target : in.Targets) {
    const int port = PortOf(group, target);
    const auto record = context.tx.Get<records::elbv2::Target>(context.scope, group.arn, *target.Id, port);
    describe(record ? &*record : nullptr, *target.Id, port);
  }
  if (in.Targets.empty()) {
    for (const records::elbv2::Target& record : TargetsOf(context, group.arn))
      describe(&record, record.id, record.port);
  }
  return out;
}

}  // namespace drydock::elbv2
