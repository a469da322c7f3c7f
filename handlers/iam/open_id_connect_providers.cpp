#include <algorithm>

#include "api/iam/AddClientIDToOpenIDConnectProviderRequest.h"
#include "api/iam/AddClientIDToOpenIDConnectProviderResponse.h"
#include "api/iam/CreateOpenIDConnectProviderRequest.h"
#include "api/iam/CreateOpenIDConnectProviderResponse.h"
#include "api/iam/DeleteOpenIDConnectProviderRequest.h"
#include "api/iam/DeleteOpenIDConnectProviderResponse.h"
#include "api/iam/GetOpenIDConnectProviderRequest.h"
#include "api/iam/GetOpenIDConnectProviderResponse.h"
#include "api/iam/ListOpenIDConnectProviderTagsRequest.h"
#include "api/iam/ListOpenIDConnectProviderTagsResponse.h"
#include "api/iam/ListOpenIDConnectProvidersRequest.h"
#include "api/iam/ListOpenIDConnectProvidersResponse.h"
#include "api/iam/RemoveClientIDFromOpenIDConnectProviderRequest.h"
#include "api/iam/RemoveClientIDFromOpenIDConnectProviderResponse.h"
#include "api/iam/TagOpenIDConnectProviderRequest.h"
#include "api/iam/TagOpenIDConnectProviderResponse.h"
#include "api/iam/UntagOpenIDConnectProviderRequest.h"
#include "api/iam/UntagOpenIDConnectProviderResponse.h"
#include "api/iam/UpdateOpenIDConnectProviderThumbprintRequest.h"
#include "api/iam/UpdateOpenIDConnectProviderThumbprintResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "handlers/iam/entities.h"
#include "store/records/iam/identity_provider.h"

namespace drydock::iam {

using OidcRecord = records::iam::OpenIdConnectProvider;

namespace {

constexpr std::size_t kMostClients = 100, kMostThumbprints = 5, kMostOidcProviders = 100;

OidcRecord RequireOidcProvider(Context& context, const std::string& text) {
  const auto arn = Arn::Parse(text);
  if (!arn || arn->service != "iam" || !arn->Named("oidc-provider")) throw errors::ProviderArnInvalid(text);
  auto provider = context.tx.Get<OidcRecord>(context.scope, text);
  if (!provider) throw errors::OidcProviderNotFound(text);
  return *provider;
}

std::vector<std::string> Thumbprints(const List<std::string>& given) {
  if (given.size() > kMostThumbprints) throw errors::TooManyThumbprints();
  for (const std::string& thumbprint : given)
    if (thumbprint.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) throw errors::ThumbprintInvalid();
  return given;
}

// Without the scheme, and without the slash at the end of a bare host.
std::string HostAndPath(const std::string& url) {
  static constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme) || url.size() == kScheme.size() || url.find_first_of("?# ") != std::string::npos)
    throw errors::ProviderUrlInvalid();
  std::string rest = url.substr(kScheme.size());
  if (rest.ends_with('/')) rest.pop_back();
  if (rest.empty() || rest.substr(0, rest.find('/')).find(':') != std::string::npos) throw errors::ProviderUrlInvalid();
  return rest;
}

void AddClient(OidcRecord& provider, const std::string& client) {
  if (std::find(provider.client_ids.begin(), provider.client_ids.end(), client) != provider.client_ids.end()) return;
  if (provider.client_ids.size() >= kMostClients)
    throw errors::QuotaExceeded("ClientIdsPerOpenIdConnectProvider", kMostClients);
  provider.client_ids.push_back(client);
}

}  // namespace

AWS_OPERATION(iam, CreateOpenIDConnectProvider)
AWS_ACCESS("oidc-provider/{Url}", "Tags? iam:TagOpenIDConnectProvider oidc-provider/{Url}")
CreateOpenIDConnectProviderResponse CreateOpenIDConnectProvider(Context& context,
                                                                const CreateOpenIDConnectProviderRequest& in) {
  OidcRecord provider;
  provider.url = HostAndPath(*in.Url);
  provider.arn = "arn:aws:iam::" + context.account() + ":oidc-provider/" + provider.url;
  if (context.tx.Get<OidcRecord>(context.scope, provider.arn)) throw errors::OidcProviderExists(*in.Url);
  if (context.tx.Count<OidcRecord>(context.scope) >= kMostOidcProviders)
    throw errors::QuotaExceeded("OpenIdConnectProvidersPerAccount", kMostOidcProviders);
  // AWS looks a thumbprint up at the provider when none is given; there is no network here to look at.
  provider.thumbprints = Thumbprints(in.ThumbprintList);
  for (const std::string& client : in.ClientIDList) AddClient(provider, client);
  provider.created = context.now;
  AddTags(provider.tags, in.Tags, "TagsPerOpenIdConnectProvider");
  context.tx.Put(context.scope, provider);
  CreateOpenIDConnectProviderResponse out;
  out.OpenIDConnectProviderArn = provider.arn;
  out.Tags = RenderTags(provider.tags);
  return out;
}

AWS_OPERATION(iam, GetOpenIDConnectProvider)
AWS_ACCESS("{OpenIDConnectProviderArn}")
GetOpenIDConnectProviderResponse GetOpenIDConnectProvider(Context& context, const GetOpenIDConnectProviderRequest& in) {
  const OidcRecord provider = RequireOidcProvider(context, *in.OpenIDConnectProviderArn);
  GetOpenIDConnectProviderResponse out;
  out.Url = provider.url;
  out.ClientIDList = List<std::string>(provider.client_ids);
  out.ThumbprintList = List<std::string>(provider.thumbprints);
  out.CreateDate = provider.created;
  out.Tags = RenderTags(provider.tags);
  out.Tags.present = true;
  return out;
}

AWS_OPERATION(iam, ListOpenIDConnectProviders)
ListOpenIDConnectProvidersResponse ListOpenIDConnectProviders(Context& context,
                                                              const ListOpenIDConnectProvidersRequest&) {
  ListOpenIDConnectProvidersResponse out;
  out.OpenIDConnectProviderList.present = true;
  for (const OidcRecord& provider : context.tx.List<OidcRecord>(context.scope))
    out.OpenIDConnectProviderList.emplace_back().Arn = provider.arn;
  return out;
}

// No error for what is not there: API Reference, DeleteOpenIDConnectProvider, "idempotent".
AWS_OPERATION(iam, DeleteOpenIDConnectProvider)
AWS_ACCESS("{OpenIDConnectProviderArn}")
DeleteOpenIDConnectProviderResponse DeleteOpenIDConnectProvider(Context& context,
                                                                const DeleteOpenIDConnectProviderRequest& in) {
  const auto arn = Arn::Parse(*in.OpenIDConnectProviderArn);
  if (!arn || !arn->Named("oidc-provider")) throw errors::ProviderArnInvalid(*in.OpenIDConnectProviderArn);
  context.tx.Erase<OidcRecord>(context.scope, *in.OpenIDConnectProviderArn);
  return {};
}

AWS_OPERATION(iam, UpdateOpenIDConnectProviderThumbprint)
AWS_ACCESS("{OpenIDConnectProviderArn}")
UpdateOpenIDConnectProviderThumbprintResponse UpdateOpenIDConnectProviderThumbprint(
    Context& context, const UpdateOpenIDConnectProviderThumbprintRequest& in) {
  OidcRecord provider = RequireOidcProvider(context, *in.OpenIDConnectProviderArn);
  provider.thumbprints = Thumbprints(in.ThumbprintList);
  context.tx.Put(context.scope, provider);
  return {};
}

AWS_OPERATION(iam, AddClientIDToOpenIDConnectProvider)
AWS_ACCESS("{OpenIDConnectProviderArn}")
AddClientIDToOpenIDConnectProviderResponse AddClientIDToOpenIDConnectProvider(
    Context& context, const AddClientIDToOpenIDConnectProviderRequest& in) {
  OidcRecord provider = RequireOidcProvider(context, *in.OpenIDConnectProviderArn);
  AddClient(provider, *in.ClientID);
  context.tx.Put(context.scope, provider);
  return {};
}

AWS_OPERATION(iam, RemoveClientIDFromOpenIDConnectProvider)
AWS_ACCESS("{OpenIDConnectProviderArn}")
RemoveClientIDFromOpenIDConnectProviderResponse RemoveClientIDFromOpenIDConnectProvider(
    Context& context, const RemoveClientIDFromOpenIDConnectProviderRequest& in) {
  OidcRecord provider = RequireOidcProvider(context, *in.OpenIDConnectProviderArn);
  std::erase(provider.client_ids, *in.ClientID);
  context.tx.Put(context.scope, provider);
  return {};
}

AWS_OPERATION(iam, TagOpenIDConnectProvider)
AWS_ACCESS("{OpenIDConnectProviderArn}")
TagOpenIDConnectProviderResponse TagOpenIDConnectProvider(Context& context, const TagOpenIDConnectProviderRequest& in) {
  OidcRecord provider = RequireOidcProvider(context, *in.OpenIDConnectProviderArn);
  AddTags(provider.tags, in.Tags, "TagsPerOpenIdConnectProvider");
  context.tx.Put(context.scope, provider);
  return {};
}

AWS_OPERATION(iam, UntagOpenIDConnectProvider)
AWS_ACCESS("{OpenIDConnectProviderArn}")
UntagOpenIDConnectProviderResponse UntagOpenIDConnectProvider(Context& context,
                                                              const UntagOpenIDConnectProviderRequest& in) {
  OidcRecord provider = RequireOidcProvider(context, *in.OpenIDConnectProviderArn);
  RemoveTags(provider.tags, in.TagKeys);
  context.tx.Put(context.scope, provider);
  return {};
}

AWS_OPERATION(iam, ListOpenIDConnectProviderTags)
AWS_ACCESS("{OpenIDConnectProviderArn}")
ListOpenIDConnectProviderTagsResponse ListOpenIDConnectProviderTags(Context& context,
                                                                    const ListOpenIDConnectProviderTagsRequest& in) {
  const OidcRecord provider = RequireOidcProvider(context, *in.OpenIDConnectProviderArn);
  ListOpenIDConnectProviderTagsResponse out;
  const std::vector<Tag> tags = RenderTags(provider.tags);
  out.Tags = TakeIamPage(context, "ListOpenIDConnectProviderTags:" + provider.arn, tags, in, out,
                         [](const Tag& tag) { return *tag.Key; });
  return out;
}

}  // namespace drydock::iam
