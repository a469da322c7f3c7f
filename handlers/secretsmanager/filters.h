// The filters of ListSecrets and BatchGetSecretValue.
// Source: Secrets Manager API Reference, Filter; User Guide, "Search for secrets".
#pragma once

#include <string>

#include "api/secretsmanager/Filter.h"
#include "store/records/secretsmanager/secret.h"

namespace drydock::secretsmanager {

// Every filter must match; one of a filter's values is enough. A value that begins with ! matches what it does not
// name.
bool MatchesFilters(const records::secretsmanager::Secret& secret, const std::string& region,
                    const List<Filter>& filters);

// The filters as one text, to tie page tokens to them.
std::string Describe(const List<Filter>& filters);

}  // namespace drydock::secretsmanager
