// What a session is given beside its role: session policies and session tags.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/sts/PolicyDescriptorType.h"
#include "api/sts/Tag.h"
#include "emulator/core/context.h"
#include "emulator/core/schema.h"
#include "store/records/sts/session.h"

namespace drydock::sts {

// Adds session policies, inline and managed ones of the session's account or of AWS; the share of the packed size that
// they take, in percent, when there are any. Throws MalformedPolicyDocument, PackedPolicyTooLarge, ValidationError. AWS
// packs by a method of its own; here the share is that of the inline policy's 2,048 characters.
std::optional<std::int32_t> AddPolicies(Context& context, const std::optional<std::string>& policy,
                                        const List<PolicyDescriptorType>& arns, records::sts::Session& session);

// The tags of a request, by key. Throws when a key comes twice, whatever its case.
std::map<std::string, std::string> TagsOf(const List<Tag>& tags);

// Adds tags and those that are handed on to sessions of sessions; `caller` is the calling session, which hands on its
// own transitive tags. Throws InvalidParameterValue.
void AddTags(records::sts::Session& session, const std::map<std::string, std::string>& tags,
             const std::vector<std::string>& transitive_keys, const records::sts::Session* caller);

}  // namespace drydock::sts
