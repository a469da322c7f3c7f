// The decoder: a JSON document or a form becomes a struct, by the struct's schema.
#pragma once

#include <string>
#include <string_view>

#include "emulator/api/operation.h"

namespace drydock::protocol {

class FormNode;

// Both throw ApiError in the service's own words when the input cannot be read as the struct: malformed JSON
// (SerializationException), a value of the wrong type, for EC2 also a parameter the operation does not have.
// Members that JSON clients send and the model does not know are ignored, as AWS does.
void DecodeJson(const api::Service& service, std::string_view body, const Schema& schema, void* out);
void DecodeForm(const api::Service& service, const FormNode& form, const Schema& schema, void* out);

}  // namespace drydock::protocol
