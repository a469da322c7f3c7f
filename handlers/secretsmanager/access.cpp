// What policies need to know about secrets.
// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Secrets Manager".
#include "emulator/api/access.h"
#include "emulator/core/arn.h"
#include "handlers/secretsmanager/secrets.h"

namespace drydock::secretsmanager {

// AccessDenied names the secret as the request did.
AWS_RESOURCES(secretsmanager, policies)
api::Resource ResourceOf(Context& context, std::string_view type, const std::vector<std::string>& parts) {
  const std::string& id = parts.back();
  api::Resource resource;
  resource.shown = id;
  // What a new secret's ARN will end with is not known yet; a pattern's "-??????" covers it.
  if (type == "new-secret") {
    resource.arn = context.Arn("secretsmanager", "secret:" + id + "-??????");
    return resource;
  }
  const auto arn = Arn::Parse(id);
  resource.owner = {arn ? arn->account : context.account(), context.region()};
  resource.arn = arn ? id : context.Arn("secretsmanager", "secret:" + id);
  Context owner = context;
  owner.scope = resource.owner;
  if (const auto secret = FindSecret(owner, id)) {
    resource.arn = secret->arn;
    resource.tags = secret->tags;
    resource.policy = secret->resource_policy.value_or("");
  }
  resource.keys["secretsmanager:secretid"] = {resource.arn};
  return resource;
}

}  // namespace drydock::secretsmanager
