#include "api/sts/DecodeAuthorizationMessageRequest.h"
#include "api/sts/DecodeAuthorizationMessageResponse.h"
#include "emulator/api/operation.h"
#include "handlers/iam/denial.h"
#include "handlers/iam/operation_access.h"
#include "handlers/sts/errors.h"

namespace drydock::sts {

// Opens what EC2's UnauthorizedOperation holds. STS API Reference, DecodeAuthorizationMessage.
AWS_OPERATION(sts, DecodeAuthorizationMessage)
DecodeAuthorizationMessageResponse DecodeAuthorizationMessage(Context& context,
                                                              const DecodeAuthorizationMessageRequest& in) {
  if (iam::IsSessionOfUser(context.principal)) throw errors::NotWithSession("DecodeAuthorizationMessage");
  const auto decoded = iam::DecodeDenial(context, *in.EncodedMessage);
  if (!decoded) throw errors::InvalidAuthorizationMessage();
  DecodeAuthorizationMessageResponse out;
  out.DecodedMessage = *decoded;
  return out;
}

}  // namespace drydock::sts
