// Inputs and outputs of operations, as CloudTrail writes them into requestParameters and responseElements.
#pragma once

#include <optional>
#include <string>

#include "emulator/api/operation.h"

namespace drydock::audit {

// What stands where a sensitive value was.
inline constexpr char kHidden[] = "HIDDEN_DUE_TO_SECURITY_REASONS";

// A JSON object; nullopt where CloudTrail writes null. Names begin in lower case, whatever the API's spelling, and the
// lists of EC2 are {"items": […]}. Sensitive members are hidden; those of IAM and STS, and all blobs, are left out.
// CloudTrail User Guide, "CloudTrail record contents"; the services' own "Logging API calls" pages.
std::optional<std::string> RequestParameters(const api::Operation& operation, const api::AnyStruct& input);
std::optional<std::string> ResponseElements(const api::Operation& operation, const api::AnyStruct& output,
                                            const std::string& request_id);

}  // namespace drydock::audit
