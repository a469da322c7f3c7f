// Finding repositories, shared by the operations.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/context.h"
#include "store/records/ecr/repository.h"

namespace drydock::ecr {

// Refuses a registry that is not the caller's own: what its owner allows others is not known here.
void RequireOwnRegistry(const Context& context, std::string_view operation,
                        const std::optional<std::string>& registry_id, const std::string& repository);

// Throws RepositoryNotFoundException.
records::ecr::Repository FindRepository(Context& context, const std::string& name);

// Both of the above.
records::ecr::Repository FindRepository(Context& context, std::string_view operation,
                                        const std::optional<std::string>& registry_id, const std::string& name);

// Whether the repository keeps this tag where it is.
bool IsImmutable(const records::ecr::Repository& repository, std::string_view tag);

// Throws what CreateRepository and TagResource say to tags they do not take.
void CheckTags(const std::map<std::string, std::string>& tags);

}  // namespace drydock::ecr
