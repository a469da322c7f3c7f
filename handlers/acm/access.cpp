// What policies need to know about certificates.
// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Certificate Manager".
#include "emulator/api/access.h"
#include "store/database.h"
#include "store/records/acm/certificate.h"
#include "store/table.h"

namespace drydock::acm {

AWS_RESOURCES(acm)
api::Resource ResourceOf(Context& context, std::string_view type, const std::vector<std::string>& parts) {
  api::Resource resource = api::PlainResource(context, "acm", type, parts);
  if (const auto certificate = context.tx.Get<records::acm::Certificate>(context.scope, resource.arn))
    resource.tags = certificate->tags;
  return resource;
}

}  // namespace drydock::acm
