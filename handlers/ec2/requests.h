// What EC2's operations have in common: dry runs, client tokens, pages, parameters that Drydock cannot act upon.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/context.h"
#include "emulator/core/paging.h"
#include "emulator/core/schema.h"
#include "handlers/ec2/errors.h"
#include "handlers/engines.h"
#include "store/database.h"
#include "store/document.h"
#include "store/records/ec2/client_token.h"

namespace drydock::ec2 {

// Ends a dry run, as an error, once all that AWS checks has been checked.
inline void EndDryRun(const std::optional<bool>& dry_run) {
  if (dry_run.value_or(false)) throw errors::DryRunOperation();
}

// Refuses the parameters of these names where the request has them: what Drydock cannot act upon it does not take.
template <class In>
void RefuseParameters(const In& in, std::initializer_list<std::string_view> names) {
  for (const Field& field : SchemaOf<In>()) {
    if (std::find(names.begin(), names.end(), field.name) == names.end()) continue;
    const void* content = field.type->get(reinterpret_cast<const char*>(&in) + field.offset);
    const bool is_false = content && field.type->kind == Kind::kBoolean && !*static_cast<const bool*>(content);
    if (content && !is_false) throw errors::UnsupportedParameter(field.name);
  }
}

// `parameter` is the list of ids as AWS's message names it: "vpcIds". EC2 API Reference, "Pagination".
inline void RefuseIdsWithPages(const char* parameter, bool has_ids, const std::optional<std::int32_t>& max_results) {
  if (has_ids && max_results)
    throw errors::InvalidParameterCombination(
        fmt::format("The parameter {} cannot be used with the parameter maxResults", parameter));
}

// The page of `all` that the request asks for; without MaxResults all that is left. `id_of(item)` names an item.
template <class In, class Wire, class IdOf>
std::vector<Wire> PageOf(Context& context, std::string_view operation, const In& in, std::vector<Wire> all,
                         std::optional<std::string>& next_token, IdOf id_of) {
  In question = in;
  question.NextToken.reset();
  question.MaxResults.reset();
  const std::string asked = fmt::format("{} {} {} {}", operation, context.account(), context.region(),
                                        store::WriteDocument(SchemaOf<In>(), &question));
  const std::size_t limit =
      in.MaxResults ? static_cast<std::size_t>(*in.MaxResults) : std::max<std::size_t>(all.size(), 1);
  auto page = TakePage(context.engines.tokens, asked, std::move(all), in.NextToken, limit, id_of);
  if (!page) throw errors::InvalidNextToken();
  next_token = std::move(page->next_token);
  return std::move(page->items);
}

// A call's other parameters, as a client token stands for them.
template <class In>
std::string ParametersOf(const In& in) {
  In parameters = in;
  parameters.DryRun.reset();
  return Hex(Sha256(store::WriteDocument(SchemaOf<In>(), &parameters)));
}

// What an earlier call with the same client token has created, if it is still there. Throws
// IdempotentParameterMismatch when that call had other parameters. EC2 Developer Guide, "Ensuring idempotency".
template <class Record, class In>
std::optional<Record> CreatedBefore(Context& context, const char* operation, const In& in) {
  if (!in.ClientToken || in.ClientToken->empty()) return std::nullopt;
  const auto token = context.tx.Get<records::ec2::ClientToken>(context.scope, operation, *in.ClientToken);
  if (!token) return std::nullopt;
  if (token->parameters != ParametersOf(in)) throw errors::IdempotentParameterMismatch();
  return context.tx.Get<Record>(context.scope, token->resource_id);
}
template <class In>
void RememberToken(Context& context, const char* operation, const In& in, const std::string& resource_id) {
  if (!in.ClientToken || in.ClientToken->empty()) return;
  context.tx.Put(context.scope, records::ec2::ClientToken{operation, *in.ClientToken, ParametersOf(in), resource_id});
}

}  // namespace drydock::ec2
