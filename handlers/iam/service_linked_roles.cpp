// Roles that services make for themselves. aws-facts H.9; recorded/iam.json (names, trust policies, attachments).
#include "api/iam/CreateServiceLinkedRoleRequest.h"
#include "api/iam/CreateServiceLinkedRoleResponse.h"
#include "api/iam/DeleteServiceLinkedRoleRequest.h"
#include "api/iam/DeleteServiceLinkedRoleResponse.h"
#include "api/iam/GetServiceLinkedRoleDeletionStatusRequest.h"
#include "api/iam/GetServiceLinkedRoleDeletionStatusResponse.h"
#include "emulator/api/operation.h"
#include "handlers/iam/entities.h"
#include "handlers/iam/render.h"
#include "handlers/iam/roles.h"
#include "handlers/iam/service_linked_role.h"
#include "store/records/iam/policy.h"

namespace drydock::iam {

using RoleRecord = records::iam::Role;
using records::iam::Attachment;

namespace {

struct LinkedRole {
  const char* service;
  const char* name;
  const char* policy;  // below arn:aws:iam::aws:policy/aws-service-role/
};
constexpr LinkedRole kLinkedRoles[] = {
    {"ecs.amazonaws.com", "AWSServiceRoleForECS", "AmazonECSServiceRolePolicy"},
    {"elasticloadbalancing.amazonaws.com", "AWSServiceRoleForElasticLoadBalancing",
     "AWSElasticLoadBalancingServiceRolePolicy"},
    {"ecs.application-autoscaling.amazonaws.com", "AWSServiceRoleForApplicationAutoScaling_ECSService",
     "AWSApplicationAutoscalingECSServicePolicy"},
    {"replication.ecr.amazonaws.com", "AWSServiceRoleForECRReplication", "ECRReplicationServiceRolePolicy"},
    {"pullthroughcache.ecr.amazonaws.com", "AWSServiceRoleForECRPullThroughCache",
     "AWSECRPullThroughCache_ServiceRolePolicy"},
    {"nat-gateway.amazonaws.com", "AWSServiceRoleForNATGateway", "AWSNATGatewayServiceRolePolicy"},
};

const LinkedRole* FindLinkedRole(const std::string& service) {
  for (const LinkedRole& linked : kLinkedRoles)
    if (service == linked.service) return &linked;
  return nullptr;
}

RoleRecord MakeLinkedRole(Context& context, const LinkedRole& linked) {
  RoleRecord role;
  role.name = linked.name;
  role.name_key = Lowercase(role.name);
  role.path = std::string("/aws-service-role/") + linked.service + "/";
  role.id = context.ids.Iam("AROA", 21);
  role.trust_policy =
      std::string(R"({"Version": "2012-10-17", "Statement": [{"Action": ["sts:AssumeRole"], "Effect": "Allow", )") +
      R"("Principal": {"Service": [")" + linked.service + R"("]}}]})";
  role.created = context.now;
  context.tx.Put(context.scope, role);
  context.tx.Put(context.scope, Attachment{"role/" + role.name,
                                           std::string("arn:aws:iam::aws:policy/aws-service-role/") + linked.policy});
  return role;
}

}  // namespace

std::string ServiceLinkedRoleName(const std::string& service) {
  const LinkedRole* linked = FindLinkedRole(service);
  return linked ? linked->name : "";
}

std::string EnsureServiceLinkedRole(Context& context, const std::string& service) {
  const LinkedRole* linked = FindLinkedRole(service);
  if (!linked) return "";
  auto role = context.tx.Get<RoleRecord>(context.scope, std::string(linked->name));
  if (!role) role = MakeLinkedRole(context, *linked);
  return RoleArn(context.account(), *role);
}

AWS_OPERATION(iam, CreateServiceLinkedRole)
AWS_ACCESS("service-linked-role/{AWSServiceName}", "iam:AWSServiceName={AWSServiceName}")
CreateServiceLinkedRoleResponse CreateServiceLinkedRole(Context& context, const CreateServiceLinkedRoleRequest& in) {
  const LinkedRole* linked = FindLinkedRole(*in.AWSServiceName);
  if (!linked) throw errors::NoServiceLinkedRole(*in.AWSServiceName);
  if (in.CustomSuffix) throw errors::SuffixNotAllowed(linked->service);
  if (context.tx.Get<RoleRecord>(context.scope, std::string(linked->name)))
    throw errors::ServiceRoleNameTaken(linked->name);
  RoleRecord role = MakeLinkedRole(context, *linked);
  if (in.Description) {
    role.description = *in.Description;
    role.described = true;
    context.tx.Put(context.scope, role);
  }
  CreateServiceLinkedRoleResponse out;
  out.Role = RenderRole(context.account(), role, ShownRole::kCreated);
  return out;
}

// AWS deletes in the background and may find the role in use; here it is gone at once.
AWS_OPERATION(iam, DeleteServiceLinkedRole)
AWS_ACCESS("role/{RoleName}")
DeleteServiceLinkedRoleResponse DeleteServiceLinkedRole(Context& context, const DeleteServiceLinkedRoleRequest& in) {
  const RoleRecord role = RequireRole(context, *in.RoleName);
  if (!IsServiceLinked(role)) throw errors::EntityNotFound("role", role.name);  // unconfirmed
  for (const std::string& policy : AttachedPolicies(context, kRole, role.name))
    context.tx.Erase<Attachment>(context.scope, "role/" + role.name, policy);
  context.tx.Erase<RoleRecord>(context.scope, role.name);
  DeleteServiceLinkedRoleResponse out;
  out.DeletionTaskId = "task" + role.path + role.name + "/" + context.ids.Uuid();
  return out;
}

AWS_OPERATION(iam, GetServiceLinkedRoleDeletionStatus)
AWS_ACCESS("deletion-task/{DeletionTaskId}")
GetServiceLinkedRoleDeletionStatusResponse GetServiceLinkedRoleDeletionStatus(
    Context&, const GetServiceLinkedRoleDeletionStatusRequest& in) {
  // task/aws-service-role/<service>/<role>/<uuid>
  const std::vector<std::string> parts = Split(*in.DeletionTaskId, '/');
  if (parts.size() != 5 || parts[0] != "task" || parts[1] != "aws-service-role" || !FindLinkedRole(parts[2]))
    throw errors::DeletionTaskNotFound(*in.DeletionTaskId);
  GetServiceLinkedRoleDeletionStatusResponse out;
  out.Status = "SUCCEEDED";
  return out;
}

}  // namespace drydock::iam
