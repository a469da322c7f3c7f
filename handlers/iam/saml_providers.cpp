// SAML providers as data: nobody signs in with them here.
#include "api/iam/CreateSAMLProviderRequest.h"
#include "api/iam/CreateSAMLProviderResponse.h"
#include "api/iam/DeleteSAMLProviderRequest.h"
#include "api/iam/DeleteSAMLProviderResponse.h"
#include "api/iam/GetSAMLProviderRequest.h"
#include "api/iam/GetSAMLProviderResponse.h"
#include "api/iam/ListSAMLProviderTagsRequest.h"
#include "api/iam/ListSAMLProviderTagsResponse.h"
#include "api/iam/ListSAMLProvidersRequest.h"
#include "api/iam/ListSAMLProvidersResponse.h"
#include "api/iam/TagSAMLProviderRequest.h"
#include "api/iam/TagSAMLProviderResponse.h"
#include "api/iam/UntagSAMLProviderRequest.h"
#include "api/iam/UntagSAMLProviderResponse.h"
#include "api/iam/UpdateSAMLProviderRequest.h"
#include "api/iam/UpdateSAMLProviderResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "handlers/iam/entities.h"
#include "store/records/iam/identity_provider.h"

namespace drydock::iam {

using SamlRecord = records::iam::SamlProvider;

namespace {

SamlRecord RequireSamlProvider(Context& context, const std::string& text) {
  const auto arn = Arn::Parse(text);
  if (!arn || arn->service != "iam" || !arn->Named("saml-provider")) throw errors::ProviderArnInvalid(text);
  auto provider = context.tx.Get<SamlRecord>(context.scope, text);
  if (!provider) throw errors::SamlProviderNotFound(text);
  return *provider;
}

template <class Request>
void RefuseEncryption(const Request& in) {
  if (in.AssertionEncryptionMode || in.AddPrivateKey) throw errors::SamlEncryptionNotImplemented();
}

// Metadata of an identity provider by its two elements; a hundred years where it does not say until when it is valid.
void SetMetadata(Context& context, SamlRecord& provider, const std::string& document) {
  const auto begin = document.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  const bool xml = begin != std::string::npos && document[begin] == '<';
  if (!xml || document.find("EntityDescriptor") == std::string::npos ||
      document.find("IDPSSODescriptor") == std::string::npos)
    throw errors::MetadataNotParsed();
  provider.document = document;
  provider.valid_until = context.now + std::chrono::hours(24LL * 36525);
  static constexpr std::string_view kAttribute = "validUntil=\"";
  if (const auto at = document.find(kAttribute); at != std::string::npos) {
    const auto from = at + kAttribute.size();
    if (const auto time = ParseIso8601(document.substr(from, document.find('"', from) - from)))
      provider.valid_until = *time;
  }
}

}  // namespace

AWS_OPERATION(iam, CreateSAMLProvider)
AWS_ACCESS("saml-provider/{Name}", "Tags? iam:TagSAMLProvider saml-provider/{Name}")
CreateSAMLProviderResponse CreateSAMLProvider(Context& context, const CreateSAMLProviderRequest& in) {
  constexpr std::size_t kMostSamlProviders = 100;
  RefuseEncryption(in);
  SamlRecord provider;
  provider.name = *in.Name;
  provider.arn = "arn:aws:iam::" + context.account() + ":saml-provider/" + provider.name;
  if (context.tx.Get<SamlRecord>(context.scope, provider.arn)) throw errors::SamlProviderExists(provider.name);
  if (context.tx.Count<SamlRecord>(context.scope) >= kMostSamlProviders)
    throw errors::QuotaExceeded("SAMLProvidersPerAccount", kMostSamlProviders);
  SetMetadata(context, provider, *in.SAMLMetadataDocument);
  provider.id = context.ids.Iam("ASP", 21);
  provider.created = context.now;
  AddTags(provider.tags, in.Tags, "TagsPerSAMLProvider");
  context.tx.Put(context.scope, provider);
  CreateSAMLProviderResponse out;
  out.SAMLProviderArn = provider.arn;
  out.Tags = RenderTags(provider.tags);
  return out;
}

AWS_OPERATION(iam, GetSAMLProvider)
AWS_ACCESS("{SAMLProviderArn}")
GetSAMLProviderResponse GetSAMLProvider(Context& context, const GetSAMLProviderRequest& in) {
  const SamlRecord provider = RequireSamlProvider(context, *in.SAMLProviderArn);
  GetSAMLProviderResponse out;
  out.SAMLProviderUUID = provider.id;
  out.SAMLMetadataDocument = provider.document;
  out.CreateDate = provider.created;
  out.ValidUntil = provider.valid_until;
  out.Tags = RenderTags(provider.tags);
  return out;
}

AWS_OPERATION(iam, ListSAMLProviders)
ListSAMLProvidersResponse ListSAMLProviders(Context& context, const ListSAMLProvidersRequest&) {
  ListSAMLProvidersResponse out;
  out.SAMLProviderList.present = true;
  for (const SamlRecord& provider : context.tx.List<SamlRecord>(context.scope)) {
    auto& shown = out.SAMLProviderList.emplace_back();
    shown.Arn = provider.arn;
    shown.ValidUntil = provider.valid_until;
    shown.CreateDate = provider.created;
  }
  return out;
}

AWS_OPERATION(iam, UpdateSAMLProvider)
AWS_ACCESS("{SAMLProviderArn}")
UpdateSAMLProviderResponse UpdateSAMLProvider(Context& context, const UpdateSAMLProviderRequest& in) {
  RefuseEncryption(in);
  if (in.RemovePrivateKey) throw errors::SamlEncryptionNotImplemented();
  SamlRecord provider = RequireSamlProvider(context, *in.SAMLProviderArn);
  if (in.SAMLMetadataDocument) SetMetadata(context, provider, *in.SAMLMetadataDocument);
  context.tx.Put(context.scope, provider);
  UpdateSAMLProviderResponse out;
  out.SAMLProviderArn = provider.arn;
  return out;
}

AWS_OPERATION(iam, DeleteSAMLProvider)
AWS_ACCESS("{SAMLProviderArn}")
DeleteSAMLProviderResponse DeleteSAMLProvider(Context& context, const DeleteSAMLProviderRequest& in) {
  context.tx.Erase<SamlRecord>(context.scope, RequireSamlProvider(context, *in.SAMLProviderArn).arn);
  return {};
}

AWS_OPERATION(iam, TagSAMLProvider)
AWS_ACCESS("{SAMLProviderArn}")
TagSAMLProviderResponse TagSAMLProvider(Context& context, const TagSAMLProviderRequest& in) {
  SamlRecord provider = RequireSamlProvider(context, *in.SAMLProviderArn);
  AddTags(provider.tags, in.Tags, "TagsPerSAMLProvider");
  context.tx.Put(context.scope, provider);
  return {};
}

AWS_OPERATION(iam, UntagSAMLProvider)
AWS_ACCESS("{SAMLProviderArn}")
UntagSAMLProviderResponse UntagSAMLProvider(Context& context, const UntagSAMLProviderRequest& in) {
  SamlRecord provider = RequireSamlProvider(context, *in.SAMLProviderArn);
  RemoveTags(provider.tags, in.TagKeys);
  context.tx.Put(context.scope, provider);
  return {};
}

AWS_OPERATION(iam, ListSAMLProviderTags)
AWS_ACCESS("{SAMLProviderArn}")
ListSAMLProviderTagsResponse ListSAMLProviderTags(Context& context, const ListSAMLProviderTagsRequest& in) {
  const SamlRecord provider = RequireSamlProvider(context, *in.SAMLProviderArn);
  ListSAMLProviderTagsResponse out;
  const std::vector<Tag> tags = RenderTags(provider.tags);
  out.Tags = TakeIamPage(context, "ListSAMLProviderTags:" + provider.arn, tags, in, out,
                         [](const Tag& tag) { return *tag.Key; });
  return out;
}

}  // namespace drydock::iam
