// What policies need to know about the sessions that STS opens. Roles decide for themselves (assume_role.cpp).
#include "emulator/api/access.h"
#include "emulator/core/text.h"

namespace drydock::sts {

AWS_RESOURCES(sts)
api::Resource ResourceOf(Context& context, std::string_view type, const std::vector<std::string>& parts) {
  api::Resource resource;
  resource.arn = "arn:aws:sts::" + context.account() + ":" + std::string(type) + "/" + Join(parts, "/");
  return resource;
}

}  // namespace drydock::sts
