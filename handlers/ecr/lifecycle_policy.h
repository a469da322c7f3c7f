// Lifecycle policies: which images of a repository expire. Drydock checks and keeps them; it does not carry them out.
#pragma once

#include <string>

namespace drydock::ecr {

// Refuses what ECR does not take for a policy: ECR User Guide, "Lifecycle policy properties". Throws
// InvalidParameterException.
void CheckLifecyclePolicy(const std::string& text);

}  // namespace drydock::ecr
