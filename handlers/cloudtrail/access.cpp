// What policies need to know about trails.
// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS CloudTrail".
#include "emulator/api/access.h"
#include "handlers/cloudtrail/lookup.h"
#include "store/database.h"

namespace drydock::cloudtrail {

// Trails are named by name, of the region of the call, or by ARN.
AWS_RESOURCES(cloudtrail)
api::Resource ResourceOf(Context& context, std::string_view type, const std::vector<std::string>& parts) {
  api::Resource resource = api::PlainResource(context, "cloudtrail", type, parts);
  if (const auto trail = context.tx.Get<records::cloudtrail::Trail>(context.scope, resource.arn))
    resource.tags = trail->tags;
  return resource;
}

}  // namespace drydock::cloudtrail
