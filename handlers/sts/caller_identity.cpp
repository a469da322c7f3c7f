#include "api/sts/GetCallerIdentityRequest.h"
#include "api/sts/GetCallerIdentityResponse.h"
#include "emulator/api/operation.h"

namespace drydock::sts {

// Needs no permission, and none can be taken away. STS API Reference, GetCallerIdentity.
AWS_OPERATION(sts, GetCallerIdentity)
AWS_ACCESS()
GetCallerIdentityResponse GetCallerIdentity(Context& context, const GetCallerIdentityRequest&) {
  GetCallerIdentityResponse out;
  out.UserId = context.principal.user_id;
  out.Account = context.principal.account;
  out.Arn = context.principal.arn;
  return out;
}

}  // namespace drydock::sts
