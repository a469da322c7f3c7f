// What policies need to know about repositories.
// Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon ECR".
#include "emulator/api/access.h"
#include "emulator/core/arn.h"
#include "store/database.h"
#include "store/records/ecr/repository.h"
#include "store/table.h"

namespace drydock::ecr {

// Parts are the registry, which may be empty for the caller's own, and the name; or an ARN.
AWS_RESOURCES(ecr, policies)
api::Resource ResourceOf(Context& context, std::string_view, const std::vector<std::string>& parts) {
  api::Resource resource;
  resource.owner = context.scope;
  std::string name = parts.back();
  if (const auto arn = Arn::Parse(name)) {
    resource.arn = name;
    resource.owner = {arn->account, context.region()};
    name = arn->Named("repository").value_or("");
  } else {
    if (parts.size() > 1 && !parts.front().empty()) resource.owner.account = parts.front();
    resource.arn = "arn:aws:ecr:" + resource.owner.region + ":" + resource.owner.account + ":repository/" + name;
  }
  if (const auto repository = context.tx.Get<records::ecr::Repository>(resource.owner, name)) {
    resource.tags = repository->tags;
    resource.policy = repository->policy_text.value_or("");
  }
  return resource;
}

}  // namespace drydock::ecr
