#include "handlers/iam/roles.h"

#include <algorithm>

#include "api/iam/CreateRoleRequest.h"
#include "api/iam/CreateRoleResponse.h"
#include "api/iam/DeleteRolePermissionsBoundaryRequest.h"
#include "api/iam/DeleteRolePermissionsBoundaryResponse.h"
#include "api/iam/DeleteRoleRequest.h"
#include "api/iam/DeleteRoleResponse.h"
#include "api/iam/GetRoleRequest.h"
#include "api/iam/GetRoleResponse.h"
#include "api/iam/ListRoleTagsRequest.h"
#include "api/iam/ListRoleTagsResponse.h"
#include "api/iam/ListRolesRequest.h"
#include "api/iam/ListRolesResponse.h"
#include "api/iam/PutRolePermissionsBoundaryRequest.h"
#include "api/iam/PutRolePermissionsBoundaryResponse.h"
#include "api/iam/Role.h"
#include "api/iam/TagRoleRequest.h"
#include "api/iam/TagRoleResponse.h"
#include "api/iam/UntagRoleRequest.h"
#include "api/iam/UntagRoleResponse.h"
#include "api/iam/UpdateAssumeRolePolicyRequest.h"
#include "api/iam/UpdateAssumeRolePolicyResponse.h"
#include "api/iam/UpdateRoleDescriptionRequest.h"
#include "api/iam/UpdateRoleDescriptionResponse.h"
#include "api/iam/UpdateRoleRequest.h"
#include "api/iam/UpdateRoleResponse.h"
#include "emulator/api/operation.h"
#include "emulator/auth/policy/evaluate.h"
#include "emulator/core/arn.h"
#include "handlers/iam/entities.h"
#include "handlers/iam/principals.h"
#include "handlers/iam/render.h"
#include "handlers/iam/trust.h"

namespace drydock::iam {

using RoleRecord = records::iam::Role;

namespace {
constexpr std::size_t kLongestTrustPolicy = 2048;

void CheckTrustPolicy(Context& context, const std::string& text) {
  auth::policy::Document document;
  if (const auto problem = auth::policy::Problem(text, auth::policy::PolicyKind::kTrust, &document))
    throw errors::MalformedPolicyDocument(*problem);
  if (const auto missing = FindMissingPrincipal(context, document))
    throw errors::MalformedPolicyDocument("Invalid principal in policy: \"AWS\":\"" + *missing + "\"");
  if (PolicySize(text) > kLongestTrustPolicy) throw errors::QuotaExceeded("ACLSizePerRole", kLongestTrustPolicy);
}

}  // namespace

std::string RoleArn(std::string_view account, const RoleRecord& role) {
  return EntityArn(account, "role", role.path, role.name);
}

std::optional<RoleRecord> FindRole(Context& context, const std::string& arn_or_name) {
  if (!Arn::LooksLike(arn_or_name)) return context.tx.Get<RoleRecord>(context.scope, arn_or_name);
  const auto arn = Arn::Parse(arn_or_name);
  if (!arn || arn->service != "iam" || !arn->Named("role")) return std::nullopt;
  auto role = context.tx.Get<RoleRecord>({arn->account, ""}, arn_or_name.substr(arn_or_name.rfind('/') + 1));
  if (!role || RoleArn(arn->account, *role) != arn_or_name) return std::nullopt;
  return role;
}

Principal SessionOf(std::string_view account, const RoleRecord& role, const std::string& session_name) {
  const std::string owner(account);
  return {
      Principal::Type::kAssumedRole, owner, "arn:aws:sts::" + owner + ":assumed-role/" + role.name + "/" + session_name,
      role.id + ":" + session_name,  "",    ""};
}

auth::policy::Verdict EvaluateTrust(const RoleRecord& role, const auth::policy::Caller& caller,
                                    const auth::policy::Query& query) {
  const auto parsed = auth::policy::Parse(role.trust_policy);
  const auto* document = std::get_if<auth::policy::Document>(&parsed);
  return document ? auth::policy::EvaluateResourcePolicy(*document, caller, query) : auth::policy::Verdict{};
}

bool RoleTrusts(Context& context, const RoleRecord& role, const std::string& service, const std::string& source_arn) {
  auth::policy::Caller caller;
  caller.principal.type = Principal::Type::kService;
  caller.principal.service = service;
  auth::policy::Query query{"sts:AssumeRole", RoleArn(context.account(), role), "", {}};
  query.keys["aws:sourceaccount"] = {context.account()};
  query.keys["aws:principalisawsservice"] = {"true"};
  query.keys["aws:principalservicename"] = {service};
  if (!source_arn.empty()) query.keys["aws:sourcearn"] = {source_arn};
  return EvaluateTrust(role, caller, query).outcome == auth::policy::Outcome::kAllowed;
}

Role RenderRole(const std::string& account, const RoleRecord& record, ShownRole detail) {
  Role role;
  role.Path = record.path;
  role.RoleName = record.name;
  role.RoleId = record.id;
  role.Arn = RoleArn(account, record);
  role.CreateDate = record.created;
  role.AssumeRolePolicyDocument = PercentEncode(record.trust_policy);
  if (record.described) role.Description = record.description;
  if (detail != ShownRole::kCreated) role.MaxSessionDuration = record.max_session_duration;
  if (detail == ShownRole::kListed) return role;  // recorded/iam.json: lists have neither tags nor boundaries
  role.PermissionsBoundary = RenderBoundary(record.boundary);
  role.Tags = RenderTags(record.tags);
  if (detail == ShownRole::kCreated) return role;
  role.RoleLastUsed.emplace();
  if (record.last_used) {
    role.RoleLastUsed->LastUsedDate = record.last_used;
    role.RoleLastUsed->Region = record.last_used_region;
  }
  return role;
}

AWS_OPERATION(iam, CreateRole)
AWS_ACCESS("role/{Path|}/{RoleName}", "Tags? iam:TagRole role/{Path|}/{RoleName}",
           "iam:PermissionsBoundary={PermissionsBoundary}")
CreateRoleResponse CreateRole(Context& context, const CreateRoleRequest& in) {
  RoleRecord role;
  role.name = *in.RoleName;
  role.name_key = Lowercase(role.name);
  role.path = in.Path.value_or("/");
  if (IsServiceLinked(role)) throw errors::ReservedPath();
  if (NameTaken<RoleRecord>(context, role.name)) throw errors::EntityExists("Role", role.name);
  CheckCount<RoleRecord>(context, "RolesPerAccount", 1000);
  CheckTrustPolicy(context, *in.AssumeRolePolicyDocument);
  if (in.PermissionsBoundary) CheckBoundary(context, *in.PermissionsBoundary);
  role.id = context.ids.Iam("AROA", 21);
  role.trust_policy = *in.AssumeRolePolicyDocument;
  role.described = in.Description.has_value();
  role.description = in.Description.value_or("");
  role.max_session_duration = in.MaxSessionDuration.value_or(3600);
  role.boundary = in.PermissionsBoundary;
  role.created = context.now;
  AddTags(role.tags, in.Tags, "TagsPerRole");
  context.tx.Put(context.scope, role);

  CreateRoleResponse out;
  out.Role = RenderRole(context.account(), role, ShownRole::kCreated);
  out.Role->MaxSessionDuration = in.MaxSessionDuration;
  return out;
}

AWS_OPERATION(iam, GetRole)
AWS_ACCESS("role/{RoleName}")
GetRoleResponse GetRole(Context& context, const GetRoleRequest& in) {
  GetRoleResponse out;
  out.Role = RenderRole(context.account(), RequireRole(context, *in.RoleName), ShownRole::kFull);
  return out;
}

AWS_OPERATION(iam, ListRoles)
AWS_ACCESS("path/role/{PathPrefix|}")
ListRolesResponse ListRoles(Context& context, const ListRolesRequest& in) {
  std::vector<RoleRecord> roles;
  for (RoleRecord& role : context.tx.List<RoleRecord>(context.scope, {.order = store::Order::kId}))
    if (role.path.starts_with(in.PathPrefix.value_or("/"))) roles.push_back(std::move(role));
  ListRolesResponse out;
  for (const RoleRecord& role : TakeIamPage(context, "ListRoles:" + in.PathPrefix.value_or("/"), std::move(roles), in,
                                            out, [](const RoleRecord& record) { return record.name; }))
    out.Roles.push_back(RenderRole(context.account(), role, ShownRole::kListed));
  return out;
}

AWS_OPERATION(iam, DeleteRole)
AWS_ACCESS("role/{RoleName}")
DeleteRoleResponse DeleteRole(Context& context, const DeleteRoleRequest& in) {
  const RoleRecord role = RequireModifiableRole(context, *in.RoleName);
  using records::iam::InstanceProfile;
  if (context.tx.Count<InstanceProfile>(context.scope, store::Where(&InstanceProfile::role, role.name)) > 0)
    throw errors::MustLeaveInstanceProfile();
  CheckNoPolicies(context, kRole, role.name, role.inline_policies);
  context.tx.Erase<RoleRecord>(context.scope, role.name);
  RenamePrincipal(context, RoleArn(context.account(), role), role.id);
  return {};
}

AWS_OPERATION(iam, UpdateRole)
AWS_ACCESS("role/{RoleName}")
UpdateRoleResponse UpdateRole(Context& context, const UpdateRoleRequest& in) {
  RoleRecord role = RequireModifiableRole(context, *in.RoleName);
  // IAM API Reference, UpdateRole: "If you do not specify a value for this setting, the default maximum of one hour is
  // applied"; a description that is not given stays.
  role.max_session_duration = in.MaxSessionDuration.value_or(3600);
  if (in.Description) {
    role.description = *in.Description;
    role.described = true;
  }
  context.tx.Put(context.scope, role);
  return {};
}

AWS_OPERATION(iam, UpdateRoleDescription)
AWS_ACCESS("role/{RoleName}")
UpdateRoleDescriptionResponse UpdateRoleDescription(Context& context, const UpdateRoleDescriptionRequest& in) {
  // The one change that a service-linked role takes.
  RoleRecord role = RequireRole(context, *in.RoleName);
  role.description = *in.Description;
  role.described = true;
  context.tx.Put(context.scope, role);
  UpdateRoleDescriptionResponse out;
  out.Role = RenderRole(context.account(), role, ShownRole::kFull);
  return out;
}

AWS_OPERATION(iam, UpdateAssumeRolePolicy)
AWS_ACCESS("role/{RoleName}")
UpdateAssumeRolePolicyResponse UpdateAssumeRolePolicy(Context& context, const UpdateAssumeRolePolicyRequest& in) {
  RoleRecord role = RequireModifiableRole(context, *in.RoleName);
  CheckTrustPolicy(context, *in.PolicyDocument);
  role.trust_policy = *in.PolicyDocument;
  context.tx.Put(context.scope, role);
  return {};
}

AWS_OPERATION(iam, PutRolePermissionsBoundary)
AWS_ACCESS("role/{RoleName}", "iam:PermissionsBoundary={PermissionsBoundary}")
PutRolePermissionsBoundaryResponse PutRolePermissionsBoundary(Context& context,
                                                              const PutRolePermissionsBoundaryRequest& in) {
  RoleRecord role = RequireModifiableRole(context, *in.RoleName);
  CheckBoundary(context, *in.PermissionsBoundary);
  role.boundary = in.PermissionsBoundary;
  context.tx.Put(context.scope, role);
  return {};
}

AWS_OPERATION(iam, DeleteRolePermissionsBoundary)
AWS_ACCESS("role/{RoleName}")
DeleteRolePermissionsBoundaryResponse DeleteRolePermissionsBoundary(Context& context,
                                                                    const DeleteRolePermissionsBoundaryRequest& in) {
  RoleRecord role = RequireModifiableRole(context, *in.RoleName);
  if (!role.boundary)  // unconfirmed
    throw errors::NoSuchEntity("The permissions boundary of role " + role.name + " cannot be found.");
  role.boundary.reset();
  context.tx.Put(context.scope, role);
  return {};
}

AWS_OPERATION(iam, TagRole)
AWS_ACCESS("role/{RoleName}")
TagRoleResponse TagRole(Context& context, const TagRoleRequest& in) {
  RoleRecord role = RequireModifiableRole(context, *in.RoleName);
  AddTags(role.tags, in.Tags, "TagsPerRole");
  context.tx.Put(context.scope, role);
  return {};
}

AWS_OPERATION(iam, UntagRole)
AWS_ACCESS("role/{RoleName}")
UntagRoleResponse UntagRole(Context& context, const UntagRoleRequest& in) {
  RoleRecord role = RequireModifiableRole(context, *in.RoleName);
  RemoveTags(role.tags, in.TagKeys);
  context.tx.Put(context.scope, role);
  return {};
}

AWS_OPERATION(iam, ListRoleTags)
AWS_ACCESS("role/{RoleName}")
ListRoleTagsResponse ListRoleTags(Context& context, const ListRoleTagsRequest& in) {
  const RoleRecord role = RequireRole(context, *in.RoleName);
  ListRoleTagsResponse out;
  const std::vector<Tag> tags = RenderTags(role.tags);
  out.Tags = TakeIamPage(context, "ListRoleTags:" + role.name, tags, in, out, [](const Tag& tag) { return *tag.Key; });
  return out;
}

}  // namespace drydock::iam
