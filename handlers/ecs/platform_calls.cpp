#include "handlers/ecs/platform_calls.h"

#include "api/ec2/CreateNetworkInterfaceRequest.h"
#include "api/ec2/CreateNetworkInterfaceResult.h"
#include "api/ec2/DeleteNetworkInterfaceRequest.h"
#include "api/ec2/DeleteNetworkInterfaceResponse.h"
#include "api/elbv2/DeregisterTargetsInput.h"
#include "api/elbv2/DeregisterTargetsOutput.h"
#include "api/elbv2/RegisterTargetsInput.h"
#include "api/elbv2/RegisterTargetsOutput.h"
#include "api/sts/AssumeRoleRequest.h"
#include "api/sts/AssumeRoleResponse.h"
#include "emulator/audit/record.h"
#include "handlers/iam/roles.h"
#include "store/table.h"

namespace drydock::api {
extern const Service k_ec2;
extern const Service k_elbv2;
extern const Service k_sts;
}  // namespace drydock::api

namespace drydock::ecs {
namespace {

constexpr char kEcs[] = "ecs.amazonaws.com";
constexpr char kEcsTasks[] = "ecs-tasks.amazonaws.com";

// A session of the service-linked role. An account whose tasks run without a service may not have the role yet.
Principal LinkedRoleSession(Context& context, const std::string& session) {
  constexpr char kRole[] = "AWSServiceRoleForECS";
  if (const auto role = iam::FindRole(context, kRole)) return iam::SessionOf(context.account(), *role, session);
  records::iam::Role expected;
  expected.name = kRole;
  expected.id = kRole;
  return iam::SessionOf(context.account(), expected, session);
}

template <class In, class Out>
void RecordAs(Context& context, const Principal& principal, const char* service, const api::Service& called,
              const char* operation, In in, Out out) {
  audit::Record(context, principal, service, *api::FindOperation(called, operation),
                api::AnyStruct::Make(std::move(in)), api::AnyStruct::Make(std::move(out)));
}

template <class In, class Out>
void RecordTarget(Context& context, const char* operation, const std::string& target_group_arn,
                  const std::string& address, int port) {
  In in;
  in.TargetGroupArn = target_group_arn;
  auto& target = in.Targets.emplace_back();
  target.Id = address;
  target.Port = port;
  RecordAs(context, LinkedRoleSession(context, "ecs-service-scheduler"), kEcs, api::k_elbv2, operation, std::move(in),
           Out{});
}

}  // namespace

void RecordTargetRegistered(Context& context, const std::string& target_group_arn, const std::string& address,
                            int port) {
  RecordTarget<elbv2::RegisterTargetsInput, elbv2::RegisterTargetsOutput>(context, "RegisterTargets", target_group_arn,
                                                                          address, port);
}

void RecordTargetDeregistered(Context& context, const std::string& target_group_arn, const std::string& address,
                              int port) {
  RecordTarget<elbv2::DeregisterTargetsInput, elbv2::DeregisterTargetsOutput>(context, "DeregisterTargets",
                                                                              target_group_arn, address, port);
}

void RecordInterfaceMade(Context& context, const records::ec2::NetworkInterface& interface) {
  ec2::CreateNetworkInterfaceRequest in;
  in.SubnetId = interface.subnet_id;
  in.Description = interface.description;
  for (const std::string& group : interface.group_ids) in.Groups.push_back(group);
  ec2::CreateNetworkInterfaceResult out;
  auto& made = out.NetworkInterface.emplace();
  made.NetworkInterfaceId = interface.network_interface_id;
  made.SubnetId = interface.subnet_id;
  made.VpcId = interface.vpc_id;
  made.AvailabilityZone = interface.availability_zone;
  made.Description = interface.description;
  made.PrivateIpAddress = interface.private_ip_address();
  made.MacAddress = interface.mac_address;
  RecordAs(context, LinkedRoleSession(context, "ecs-eni-provisioning"), kEcs, api::k_ec2, "CreateNetworkInterface",
           std::move(in), std::move(out));
}

void RecordInterfaceDeleted(Context& context, const std::string& network_interface_id) {
  ec2::DeleteNetworkInterfaceRequest in;
  in.NetworkInterfaceId = network_interface_id;
  RecordAs(context, LinkedRoleSession(context, "ecs-eni-provisioning"), kEcs, api::k_ec2, "DeleteNetworkInterface",
           std::move(in), ec2::DeleteNetworkInterfaceResponse{});
}

void RecordRoleAssumed(Context& context, const Principal& session) {
  // arn:aws:sts::A:assumed-role/R/S
  const std::string whole = session.arn.substr(session.arn.find('/') + 1);
  const auto slash = whole.find('/');
  const auto role = iam::FindRole(context, whole.substr(0, slash));
  if (!role) return;
  sts::AssumeRoleRequest in;
  in.RoleArn = iam::RoleArn(context.account(), *role);
  in.RoleSessionName = whole.substr(slash + 1);
  sts::AssumeRoleResponse out;
  out.AssumedRoleUser.emplace();
  out.AssumedRoleUser->Arn = session.arn;
  out.AssumedRoleUser->AssumedRoleId = session.user_id;
  Principal service;
  service.type = Principal::Type::kService;
  service.account = context.account();
  service.service = kEcsTasks;
  RecordAs(context, service, kEcsTasks, api::k_sts, "AssumeRole", std::move(in), std::move(out));
}

}  // namespace drydock::ecs
