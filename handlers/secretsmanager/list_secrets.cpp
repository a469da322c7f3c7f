#include <algorithm>

#include "api/secretsmanager/ListSecretsRequest.h"
#include "api/secretsmanager/ListSecretsResponse.h"
#include "api/secretsmanager/SecretListEntry.h"
#include "emulator/api/operation.h"
#include "emulator/core/paging.h"
#include "handlers/engines.h"
#include "handlers/secretsmanager/errors.h"
#include "handlers/secretsmanager/filters.h"
#include "handlers/secretsmanager/secrets.h"
#include "store/database.h"

namespace drydock::secretsmanager {

using records::secretsmanager::Secret;

namespace {

Timestamp DateOf(const Secret& secret, const std::string& sort_by) {
  if (sort_by == "last-accessed-date") return secret.last_accessed.value_or(Timestamp{});
  return sort_by == "last-changed-date" ? secret.last_changed : secret.created;
}

SecretListEntry Render(const Secret& secret) {
  SecretListEntry entry;
  entry.ARN = secret.arn;
  entry.Name = secret.name;
  entry.Description = secret.description;
  if (!secret.kms_key_id.empty()) entry.KmsKeyId = secret.kms_key_id;
  entry.CreatedDate = secret.created;
  entry.LastChangedDate = secret.last_changed;
  entry.LastAccessedDate = secret.last_accessed;
  entry.DeletedDate = secret.deleted;
  entry.Tags = RenderTags(secret);
  for (const auto& version : secret.versions)
    if (!version.stages.empty()) entry.SecretVersionsToStages[version.id] = List<std::string>(version.stages);
  return entry;
}

}  // namespace

AWS_OPERATION(secretsmanager, ListSecrets)
ListSecretsResponse ListSecrets(Context& context, const ListSecretsRequest& in) {
  const bool deleted_too = in.IncludePlannedDeletion.value_or(false);
  const std::string sort_by = in.SortBy.value_or("created-date");
  std::vector<Secret> secrets;
  for (Secret& secret : context.tx.List<Secret>(context.scope))
    if ((deleted_too || !secret.deleted) && MatchesFilters(secret, context.region(), in.Filters))
      secrets.push_back(std::move(secret));
  std::stable_sort(secrets.begin(), secrets.end(), [&](const Secret& a, const Secret& b) {
    return sort_by == "name" ? a.name < b.name : DateOf(a, sort_by) < DateOf(b, sort_by);
  });
  if (in.SortOrder == "desc") std::reverse(secrets.begin(), secrets.end());

  const std::string question = "secretsmanager:ListSecrets:" + sort_by + ":" + in.SortOrder.value_or("asc") +
                               (deleted_too ? ":deleted:" : ":") + Describe(in.Filters);
  auto page =
      TakePage(context.engines.tokens, question, std::move(secrets), in.NextToken,
               static_cast<std::size_t>(in.MaxResults.value_or(100)), [](const Secret& secret) { return secret.arn; });
  if (!page) throw errors::InvalidNextToken();
  ListSecretsResponse out;
  out.SecretList.present = true;
  for (const Secret& secret : page->items) out.SecretList.push_back(Render(secret));
  out.NextToken = page->next_token;
  return out;
}

}  // namespace drydock::secretsmanager
