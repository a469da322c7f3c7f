// Operations that are called without credentials.
#pragma once

#include "emulator/api/operation.h"

namespace drydock::api {

// What is in the input is the proof: the model's "authtype" is "none". Generated.
bool IsUnsigned(const Operation& operation);

}  // namespace drydock::api
