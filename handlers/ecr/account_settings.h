// Settings of an account's registry in a region.
#pragma once

#include "emulator/core/context.h"

namespace drydock::ecr {

// Whether a push may take layers from other repositories of the registry. ECR User Guide, "Blob mounting in Amazon
// ECR": not before it is switched on.
bool MountsBlobs(Context& context);

}  // namespace drydock::ecr
