// Service last accessed information. IAM User Guide, "Refine permissions using last accessed information".
#include <algorithm>
#include <map>
#include <set>

#include "api/iam/EntityDetails.h"
#include "api/iam/GenerateServiceLastAccessedDetailsRequest.h"
#include "api/iam/GenerateServiceLastAccessedDetailsResponse.h"
#include "api/iam/GetServiceLastAccessedDetailsRequest.h"
#include "api/iam/GetServiceLastAccessedDetailsResponse.h"
#include "api/iam/GetServiceLastAccessedDetailsWithEntitiesRequest.h"
#include "api/iam/GetServiceLastAccessedDetailsWithEntitiesResponse.h"
#include "api/iam/ListPoliciesGrantingServiceAccessEntry.h"
#include "api/iam/ListPoliciesGrantingServiceAccessRequest.h"
#include "api/iam/ListPoliciesGrantingServiceAccessResponse.h"
#include "api/iam/ServiceLastAccessed.h"
#include "emulator/api/operation.h"
#include "emulator/auth/policy/pattern.h"
#include "emulator/core/arn.h"
#include "handlers/iam/entities.h"
#include "handlers/iam/managed_policies.h"
#include "handlers/iam/roles.h"
#include "handlers/iam/simulation.h"
#include "store/records/iam/policy.h"
#include "store/records/iam/service_use.h"

namespace drydock::iam {

namespace policy = auth::policy;
using records::iam::Attachment;
using records::iam::Membership;
using records::iam::ServiceUse;
using records::iam::ServiceUseJob;
using records::iam::UseInJob;

namespace {

// The services that Drydock has, by the names of the Service Authorization Reference.
const std::map<std::string, std::string>& ServiceTitles() {
  static const std::map<std::string, std::string> kTitles = {
      {"acm", "AWS Certificate Manager"},
      {"cloudtrail", "AWS CloudTrail"},
      {"ec2", "Amazon EC2"},
      {"ecr", "Amazon Elastic Container Registry"},
      {"ecs", "Amazon Elastic Container Service"},
      {"elasticloadbalancing", "AWS Elastic Load Balancing"},
      {"iam", "AWS Identity and Access Management"},
      {"logs", "Amazon CloudWatch Logs"},
      {"secretsmanager", "AWS Secrets Manager"},
      {"sts", "AWS Security Token Service"},
  };
  return kTitles;
}

std::string ServiceTitle(const std::string& service) {
  const auto title = ServiceTitles().find(service);
  return title == ServiceTitles().end() ? service : title->second;
}

// Whether some statement allows something of the service, whatever its conditions.
bool Grants(const std::string& text, const std::string& service) {
  auto parsed = policy::Parse(text);
  const auto* document = std::get_if<policy::Document>(&parsed);
  if (!document) return false;
  return std::any_of(document->statements.begin(), document->statements.end(), [&](const policy::Statement& statement) {
    if (statement.effect != policy::Effect::kAllow) return false;
    const auto about = [&](const std::string& action) {
      return action == "*" || policy::Like(action.substr(0, action.find(':')), service);
    };
    if (!statement.not_action) return std::any_of(statement.actions.begin(), statement.actions.end(), about);
    // NotAction grants what is left of the service.
    return std::none_of(statement.actions.begin(), statement.actions.end(), [&](const std::string& action) {
      return action == "*" || (action.ends_with(":*") && about(action));
    });
  });
}

struct Subject {
  std::vector<std::string> texts;     // of the policies
  std::vector<std::string> entities;  // ARNs of the users and roles whose calls count
};

std::string UserArn(Context& context, const std::string& name) {
  const auto user = RequireUser(context, name);
  return EntityArn(context.account(), "user", user.path, user.name);
}

void AddMembers(Context& context, const std::string& group, std::vector<std::string>& entities) {
  for (const Membership& membership :
       context.tx.List<Membership>(context.scope, store::Where(&Membership::group, group)))
    entities.push_back(UserArn(context, membership.user));
}

// A user, role, group or policy.
Subject SubjectOf(Context& context, const std::string& text) {
  const auto arn = Arn::Parse(text);
  if (!arn || arn->service != "iam") throw errors::ArnNotValid(text);
  Subject subject;
  if (arn->Named("policy")) {
    const auto document = FindPolicyDocument(context, text);
    if (!document) throw errors::PolicyNotFound(text);
    subject.texts = {*document};
    for (const Attachment& attachment :
         context.tx.List<Attachment>(context.scope, store::Where(&Attachment::policy_arn, text))) {
      const std::string kind = attachment.entity.substr(0, attachment.entity.find('/'));
      const std::string name = attachment.entity.substr(kind.size() + 1);
      if (kind == "user") subject.entities.push_back(UserArn(context, name));
      if (kind == "role") subject.entities.push_back(RoleArn(context.account(), RequireRole(context, name)));
      if (kind == "group") AddMembers(context, name, subject.entities);
    }
    return subject;
  }
  for (const SimulatedPolicy& each : SimulationOf(context, text).identity) subject.texts.push_back(each.text);
  if (arn->Named("group"))
    AddMembers(context, text.substr(text.rfind('/') + 1), subject.entities);
  else
    subject.entities = {text};
  return subject;
}

ServiceUseJob RequireJob(Context& context, const std::string& id) {
  auto job = context.tx.Get<ServiceUseJob>(context.scope, id);
  if (!job) throw errors::JobNotFound(id);
  return *job;
}

ServiceLastAccessed Render(const ServiceUseJob& job, const std::string& service) {
  ServiceLastAccessed out;
  out.ServiceName = ServiceTitle(service);
  out.ServiceNamespace = service;
  std::int32_t users = 0;
  const UseInJob* latest = nullptr;
  for (const UseInJob& use : job.uses) {
    if (use.service != service || !use.last) continue;
    ++users;
    if (!latest || *latest->last < *use.last) latest = &use;
  }
  out.TotalAuthenticatedEntities = users;
  if (!latest) return out;
  out.LastAuthenticated = latest->last;
  out.LastAuthenticatedEntity = latest->entity;
  out.LastAuthenticatedRegion = latest->region;
  return out;
}

}  // namespace

AWS_OPERATION(iam, GenerateServiceLastAccessedDetails)
AWS_ACCESS("{Arn}")
GenerateServiceLastAccessedDetailsResponse GenerateServiceLastAccessedDetails(
    Context& context, const GenerateServiceLastAccessedDetailsRequest& in) {
  if (in.Granularity == "ACTION_LEVEL") throw errors::ActionLevelNotImplemented();
  const Subject subject = SubjectOf(context, *in.Arn);
  ServiceUseJob job;
  job.id = context.ids.Uuid();
  job.arn = *in.Arn;
  job.created = context.now;
  for (const auto& [service, title] : ServiceTitles()) {
    const bool granted = std::any_of(subject.texts.begin(), subject.texts.end(),
                                     [&](const std::string& text) { return Grants(text, service); });
    if (!granted) continue;
    job.services.push_back(service);
    for (const std::string& entity : subject.entities) {
      const auto use = context.tx.Get<ServiceUse>(context.scope, entity, service);
      job.uses.push_back({service, entity, use ? std::optional(use->last) : std::nullopt, use ? use->region : ""});
    }
  }
  context.tx.Put(context.scope, job);
  GenerateServiceLastAccessedDetailsResponse out;
  out.JobId = job.id;
  return out;
}

AWS_OPERATION(iam, GetServiceLastAccessedDetails)
GetServiceLastAccessedDetailsResponse GetServiceLastAccessedDetails(Context& context,
                                                                    const GetServiceLastAccessedDetailsRequest& in) {
  const ServiceUseJob job = RequireJob(context, *in.JobId);
  GetServiceLastAccessedDetailsResponse out;
  out.JobStatus = "COMPLETED";
  out.JobType = "SERVICE_LEVEL";
  out.JobCreationDate = out.JobCompletionDate = job.created;
  out.ServicesLastAccessed.present = true;
  for (const std::string& service :
       TakeIamPage(context, "GetServiceLastAccessedDetails:" + job.id, job.services, in, out))
    out.ServicesLastAccessed.push_back(Render(job, service));
  return out;
}

AWS_OPERATION(iam, GetServiceLastAccessedDetailsWithEntities)
GetServiceLastAccessedDetailsWithEntitiesResponse GetServiceLastAccessedDetailsWithEntities(
    Context& context, const GetServiceLastAccessedDetailsWithEntitiesRequest& in) {
  const ServiceUseJob job = RequireJob(context, *in.JobId);
  std::vector<UseInJob> uses;
  for (const UseInJob& use : job.uses)
    if (use.service == *in.ServiceNamespace) uses.push_back(use);
  GetServiceLastAccessedDetailsWithEntitiesResponse out;
  out.JobStatus = "COMPLETED";
  out.JobCreationDate = out.JobCompletionDate = job.created;
  out.EntityDetailsList.present = true;
  for (const UseInJob& use : TakeIamPage(context, "LastAccessedWithEntities:" + job.id + *in.ServiceNamespace,
                                         std::move(uses), in, out, [](const UseInJob& each) { return each.entity; })) {
    EntityDetails& details = out.EntityDetailsList.emplace_back();
    details.LastAuthenticated = use.last;
    EntityInfo& info = details.EntityInfo.emplace();
    const bool user = use.entity.find(":user/") != std::string::npos;
    const std::string name = use.entity.substr(use.entity.rfind('/') + 1);
    info.Arn = use.entity;
    info.Name = name;
    info.Type = user ? "USER" : "ROLE";
    if (const auto record = context.tx.Get<records::iam::User>(context.scope, name); user && record) {
      info.Id = record->id;
      info.Path = record->path;
    } else if (const auto role = context.tx.Get<records::iam::Role>(context.scope, name); !user && role) {
      info.Id = role->id;
      info.Path = role->path;
    }
  }
  return out;
}

AWS_OPERATION(iam, ListPoliciesGrantingServiceAccess)
AWS_ACCESS("{Arn}")
ListPoliciesGrantingServiceAccessResponse ListPoliciesGrantingServiceAccess(
    Context& context, const ListPoliciesGrantingServiceAccessRequest& in) {
  const auto arn = Arn::Parse(*in.Arn);
  if (!arn || arn->service != "iam") throw errors::ArnNotValid(*in.Arn);
  // Who the policies are put on: the entity, and a user's groups.
  std::vector<std::pair<const EntityKind*, std::string>> owners;
  const std::string name = in.Arn->substr(in.Arn->rfind('/') + 1);
  if (arn->Named("user")) {
    owners.emplace_back(&kUser, RequireUser(context, name).name);
    for (const Membership& membership :
         context.tx.List<Membership>(context.scope, store::Where(&Membership::user, name)))
      owners.emplace_back(&kGroup, membership.group);
  } else if (arn->Named("role")) {
    owners.emplace_back(&kRole, RequireRole(context, name).name);
  } else if (arn->Named("group")) {
    owners.emplace_back(&kGroup, RequireGroup(context, name).name);
  } else {
    throw errors::UnclearEntityArn(*in.Arn);
  }

  ListPoliciesGrantingServiceAccessResponse out;
  out.IsTruncated = false;
  for (const std::string& service : in.ServiceNamespaces) {
    auto& entry = out.PoliciesGrantingServiceAccess.emplace_back();
    entry.ServiceNamespace = service;
    entry.Policies.present = true;
    for (const auto& [kind, owner] : owners) {
      const Documents inline_policies = kind == &kUser   ? RequireUser(context, owner).inline_policies
                                        : kind == &kRole ? RequireRole(context, owner).inline_policies
                                                         : RequireGroup(context, owner).inline_policies;
      for (const auto& [id, text] : inline_policies) {
        if (!Grants(text, service)) continue;
        auto& shown = entry.Policies.emplace_back();
        shown.PolicyName = id;
        shown.PolicyType = "INLINE";
        shown.EntityType = kind == &kUser ? "USER" : kind == &kRole ? "ROLE" : "GROUP";
        shown.EntityName = owner;
      }
      for (const std::string& policy_arn : AttachedPolicies(context, *kind, owner)) {
        const auto text = FindPolicyDocument(context, policy_arn);
        if (!text || !Grants(*text, service)) continue;
        auto& shown = entry.Policies.emplace_back();
        shown.PolicyName = policy_arn.substr(policy_arn.rfind('/') + 1);
        shown.PolicyType = "MANAGED";
        shown.PolicyArn = policy_arn;
      }
    }
  }
  return out;
}

}  // namespace drydock::iam
