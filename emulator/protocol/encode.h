// The encoder: structs and errors become answer bodies, by the struct's schema and the service's protocol.
#pragma once

#include <string>

#include "emulator/api/operation.h"

namespace drydock::protocol {

struct Body {
  std::string content_type;
  std::string text;
};

Body EncodeAnswer(const api::Operation& operation, const Schema& schema, const void* answer,
                  const std::string& request_id);

// The envelope of an error; the status is api::HttpStatus's.
Body EncodeError(const api::Service& service, const ApiError& error, int status, const std::string& request_id);

// Any struct as a JSON object, for the audit trail and internal pages; sensitive members are masked when asked.
std::string ToJson(const Schema& schema, const void* value, bool mask_sensitive);

}  // namespace drydock::protocol
