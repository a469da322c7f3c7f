// Secrets: how they are found and what names and tags they may have.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/secretsmanager/Tag.h"
#include "emulator/core/context.h"
#include "store/records/secretsmanager/secret.h"

namespace drydock::secretsmanager {

// By SecretId: a name, an ARN, or an ARN without the six random characters at its end. aws-facts F.1.
std::optional<records::secretsmanager::Secret> FindSecret(Context& context, const std::string& secret_id);
// The same; throws SecretNotFound, for a secret of another account AccessDenied, as `operation` is not allowed there.
records::secretsmanager::Secret RequireSecret(Context& context, const std::string& secret_id, const char* operation);
// The same, and the secret must not be marked for deletion.
records::secretsmanager::Secret RequireLiveSecret(Context& context, const std::string& secret_id,
                                                  const char* operation);

void CheckName(const std::string& name);

void AddTags(records::secretsmanager::Secret& secret, const List<Tag>& tags);
List<Tag> RenderTags(const records::secretsmanager::Secret& secret);

}  // namespace drydock::secretsmanager
