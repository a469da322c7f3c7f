// What a client token stands for: a call that named one and was answered.
#pragma once

#include "store/record.h"

namespace drydock::records::ec2 {

struct ClientToken {
  std::string operation;
  std::string token;
  std::string parameters;   // a digest of the call's other parameters
  std::string resource_id;  // what the call created

  static constexpr store::TableName kTable{"ec2_client_token"};
  static constexpr auto kId = store::Members(&ClientToken::operation, &ClientToken::token);
};

}  // namespace drydock::records::ec2

DRYDOCK_SCHEMA(drydock::records::ec2::ClientToken, operation, token, parameters, resource_id)
