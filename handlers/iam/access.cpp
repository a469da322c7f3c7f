// What policies need to know about users, groups, roles, policies and instance profiles.
// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Identity and Access
// Management". That AccessDenied says "role deploy" and "policy path /" is from messages seen in the field.
#include "emulator/api/access.h"
#include "emulator/core/arn.h"
#include "handlers/iam/entities.h"
#include "handlers/iam/managed_policies.h"
#include "handlers/iam/roles.h"
#include "handlers/iam/service_linked_role.h"
#include "store/table.h"

namespace drydock::iam {

namespace {

std::string ArnBelow(Context& context, const std::string& type, const std::string& path, const std::string& name) {
  return EntityArn(context.account(), type, path.empty() ? "/" : path, name);
}

template <class Entity>
void Describe(Context& context, const char* word, const Entity& entity, api::Resource& resource) {
  resource.arn = EntityArn(context.account(), word, entity.path, entity.name);
  resource.tags = entity.tags;
  if constexpr (requires { entity.boundary; })
    if (entity.boundary) resource.keys["iam:permissionsboundary"] = {*entity.boundary};
}

// The name of the user whose key or credentials called.
std::string CallersName(const Context& context) {
  const std::string& arn = context.principal.arn;
  return context.principal.type == Principal::Type::kUser ? arn.substr(arn.rfind('/') + 1) : "";
}

api::Resource Entity(Context& context, const std::string& type, std::string name) {
  api::Resource resource;
  if (type == "user" && name.empty()) name = CallersName(context);
  if (name.empty()) return resource;  // root, about itself
  resource.arn = ArnBelow(context, type, "/", name);
  resource.shown = (type == "instance-profile" ? "instance profile" : type) + " " + name;
  if (type == "user") {
    if (const auto user = context.tx.Get<records::iam::User>(context.scope, name))
      Describe(context, "user", *user, resource);
  } else if (type == "role") {
    if (const auto role = context.tx.Get<records::iam::Role>(context.scope, name))
      Describe(context, "role", *role, resource);
  } else if (type == "group") {
    if (const auto group = context.tx.Get<records::iam::Group>(context.scope, name))
      resource.arn = EntityArn(context.account(), "group", group->path, group->name);
  } else if (const auto profile = context.tx.Get<records::iam::InstanceProfile>(context.scope, name)) {
    Describe(context, "instance-profile", *profile, resource);
  }
  return resource;
}

}  // namespace

// Parts are a name, or for what is made a path (empty: "/") and a name; or an ARN. "path/role/<prefix>" is what lists
// are asked about; "oidc-provider" is named by its URL.
AWS_RESOURCES(iam)
api::Resource ResourceOf(Context& context, std::string_view kind, const std::vector<std::string>& parts) {
  const std::string type(kind);
  const std::string& name = parts.back();
  api::Resource resource;
  if (type == "path") {
    const std::string prefix = name.empty() ? "/" : name;
    resource.arn = "arn:aws:iam::" + context.account() + ":" + parts.front() + prefix;
    if (parts.front() == "policy") resource.shown = "policy path " + prefix;
  } else if (type == "service-linked-role") {
    const std::string role = ServiceLinkedRoleName(name);
    resource.arn = ArnBelow(context, "role", "/aws-service-role/" + name + "/", role.empty() ? "*" : role);
  } else if (type == "deletion-task") {  // task/aws-service-role/<service>/<role>/<id>
    const auto path = Split(name, '/');
    if (path.size() == 5) resource.arn = ArnBelow(context, "role", "/aws-service-role/" + path[2] + "/", path[3]);
  } else if (type == "access-key") {
    const auto key = context.tx.Get<records::iam::AccessKey>({}, name);
    if (key && key->owner == context.account()) resource = Entity(context, "user", key->user);
  } else if (Arn::LooksLike(name)) {
    resource.arn = name;
    if (type == "policy") {
      resource.shown = "policy " + name;
      if (const auto policy = context.tx.Get<records::iam::ManagedPolicy>(context.scope, name))
        resource.tags = policy->tags;
    } else if (const auto role = FindRole(context, name)) {
      resource.tags = role->tags;
    } else if (const auto arn = Arn::Parse(name); arn && arn->Named("user")) {
      const auto user = context.tx.Get<records::iam::User>({arn->account, ""}, name.substr(name.rfind('/') + 1));
      if (user) resource.tags = user->tags;
    }
  } else if (type == "oidc-provider" || type == "saml-provider") {
    const auto scheme = name.find("://");
    resource.arn = ArnBelow(context, type, "/", scheme == std::string::npos ? name : name.substr(scheme + 3));
  } else if (parts.size() == 2) {
    resource.arn = ArnBelow(context, type, parts.front(), name);
    if (type == "policy") resource.shown = "policy " + name;
  } else if (type == "passed-role") {
    resource = Entity(context, "role", name);
    resource.shown.clear();  // of roles that are passed, the ARN is told
  } else {
    resource = Entity(context, type, name);
  }
  return resource;
}

}  // namespace drydock::iam
