#include "handlers/ecr/repositories.h"

#include "api/ecr/CreateRepositoryRequest.h"
#include "api/ecr/CreateRepositoryResponse.h"
#include "api/ecr/DeleteRepositoryRequest.h"
#include "api/ecr/DeleteRepositoryResponse.h"
#include "api/ecr/DescribeRepositoriesRequest.h"
#include "api/ecr/DescribeRepositoriesResponse.h"
#include "api/ecr/PutImageScanningConfigurationRequest.h"
#include "api/ecr/PutImageScanningConfigurationResponse.h"
#include "api/ecr/PutImageTagMutabilityRequest.h"
#include "api/ecr/PutImageTagMutabilityResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/paging.h"
#include "emulator/core/text.h"
#include "handlers/ecr/errors.h"
#include "handlers/ecr/layers.h"
#include "handlers/engines.h"
#include "store/database.h"
#include "store/records/ecr/image.h"
#include "store/table.h"

namespace drydock::ecr {

using RepositoryRecord = records::ecr::Repository;

namespace {

std::string ArnOf(const Context& context, const std::string& name) {
  return context.Arn("ecr", "repository/" + name);
}

// host:port of this emulator: that is where a client of the registry protocol finds the repository. AWS's own host
// names mean the same to ECS (image_reference.h).
std::string UriOf(const Context& context, const std::string& name) {
  const std::string& endpoint = context.engines.settings.endpoint;
  const auto scheme = endpoint.find("://");
  return (scheme == std::string::npos ? endpoint : endpoint.substr(scheme + 3)) + "/" + name;
}

List<ImageTagMutabilityExclusionFilter> RenderExclusions(const RepositoryRecord& repository) {
  List<ImageTagMutabilityExclusionFilter> filters;
  for (const std::string& exclusion : repository.tag_mutability_exclusions) {
    ImageTagMutabilityExclusionFilter& filter = filters.emplace_back();
    filter.filterType = "WILDCARD";
    filter.filter = exclusion;
  }
  return filters;
}

ImageScanningConfiguration RenderScanning(const RepositoryRecord& repository) {
  ImageScanningConfiguration scanning;
  scanning.scanOnPush = repository.scan_on_push;
  return scanning;
}

Repository Render(const Context& context, const RepositoryRecord& repository) {
  Repository out;
  out.repositoryArn = ArnOf(context, repository.name);
  out.registryId = context.account();
  out.repositoryName = repository.name;
  out.repositoryUri = UriOf(context, repository.name);
  out.createdAt = repository.created_at;
  out.imageTagMutability = repository.tag_mutability;
  out.imageTagMutabilityExclusionFilters = RenderExclusions(repository);
  out.imageScanningConfiguration = RenderScanning(repository);
  out.encryptionConfiguration.emplace();
  out.encryptionConfiguration->encryptionType = repository.encryption_type;
  out.encryptionConfiguration->kmsKey = repository.kms_key;
  return out;
}

// aws-facts I.7.
void SetMutability(RepositoryRecord& repository, const std::string& mutability,
                   const List<ImageTagMutabilityExclusionFilter>& filters) {
  const bool with_exclusion = mutability.ends_with("_WITH_EXCLUSION");
  if (with_exclusion && filters.empty()) {
    throw errors::InvalidRequest(fmt::format(
        "ImageTagMutabilityExclusionFilters can't be null when imageTagMutability is set as {}", mutability));
  }
  if (!with_exclusion && !filters.empty()) {  // the wording is unconfirmed
    throw errors::InvalidRequest(fmt::format(
        "ImageTagMutabilityExclusionFilters can't be set when imageTagMutability is set as {}", mutability));
  }
  repository.tag_mutability = mutability;
  repository.tag_mutability_exclusions.clear();
  for (const auto& filter : filters) {
    if (std::count(filter.filter->begin(), filter.filter->end(), '*') > 2) {  // the wording is unconfirmed
      throw errors::InvalidParameter("imageTagMutabilityExclusionFilters", "must have at most 2 wildcards per filter");
    }
    repository.tag_mutability_exclusions.push_back(*filter.filter);
  }
}

}  // namespace

void RequireOwnRegistry(const Context& context, std::string_view operation,
                        const std::optional<std::string>& registry_id, const std::string& repository) {
  if (!registry_id || *registry_id == context.account()) return;
  throw errors::NotAuthorized(context.principal.arn, operation,
                              fmt::format("arn:aws:ecr:{}:{}:repository/{}", context.region(), *registry_id,
                                          repository.empty() ? "*" : repository));
}

RepositoryRecord FindRepository(Context& context, const std::string& name) {
  auto repository = context.tx.Get<RepositoryRecord>(context.scope, name);
  if (!repository) throw errors::RepositoryNotFound(name, context.account());
  return *std::move(repository);
}

RepositoryRecord FindRepository(Context& context, std::string_view operation,
                                const std::optional<std::string>& registry_id, const std::string& name) {
  RequireOwnRegistry(context, operation, registry_id, name);
  return FindRepository(context, name);
}

bool IsImmutable(const RepositoryRecord& repository, std::string_view tag) {
  bool excluded = false;
  for (const std::string& pattern : repository.tag_mutability_exclusions) excluded |= MatchesWildcard(pattern, tag);
  return repository.tag_mutability.starts_with("IMMUTABLE") != excluded;
}

void CheckTags(const std::map<std::string, std::string>& tags) {
  if (tags.size() > 50) throw errors::TooManyTags();
  for (const auto& [key, value] : tags) {
    if (key.empty() || CountCharacters(key) > 128)
      throw errors::InvalidTag("Tag keys must have between 1 and 128 characters");
    if (CountCharacters(value) > 256) throw errors::InvalidTag("Tag values must have at most 256 characters");
    if (Lowercase(key).starts_with("aws:"))
      throw errors::InvalidTag("Tag keys that start with 'aws:' are reserved for AWS");
  }
}

AWS_OPERATION(ecr, CreateRepository)
AWS_ACCESS("repository/{registryId|}/{repositoryName}",
           "tags? ecr:TagResource repository/{registryId|}/{repositoryName}")
CreateRepositoryResponse CreateRepository(Context& context, const CreateRepositoryRequest& in) {
  const std::string& name = *in.repositoryName;
  RequireOwnRegistry(context, "CreateRepository", in.registryId, name);
  if (context.tx.Get<RepositoryRecord>(context.scope, name))
    throw errors::RepositoryAlreadyExists(name, context.account());

  RepositoryRecord repository;
  repository.name = name;
  repository.created_at = context.now;
  SetMutability(repository, in.imageTagMutability.value_or("MUTABLE"), in.imageTagMutabilityExclusionFilters);
  if (in.imageScanningConfiguration)
    repository.scan_on_push = in.imageScanningConfiguration->scanOnPush.value_or(false);
  if (in.encryptionConfiguration) {
    repository.encryption_type = *in.encryptionConfiguration->encryptionType;
    repository.kms_key = in.encryptionConfiguration->kmsKey;
    if (repository.kms_key && repository.encryption_type == "AES256") {  // the wording is unconfirmed
      throw errors::InvalidParameter("encryptionConfiguration", "kmsKey must be null when encryptionType is AES256");
    }
  }
  for (const auto& tag : in.tags) repository.tags[*tag.Key] = *tag.Value;
  CheckTags(repository.tags);
  context.tx.Put(context.scope, repository);

  CreateRepositoryResponse out;
  out.repository = Render(context, repository);
  return out;
}

AWS_OPERATION(ecr, DescribeRepositories)
AWS_ACCESS("repository/{registryId|}/{repositoryNames|*}")
DescribeRepositoriesResponse DescribeRepositories(Context& context, const DescribeRepositoriesRequest& in) {
  RequireOwnRegistry(context, "DescribeRepositories", in.registryId,
                     in.repositoryNames.empty() ? "" : in.repositoryNames.front());
  DescribeRepositoriesResponse out;
  out.repositories.present = true;
  if (!in.repositoryNames.empty()) {
    // ECR API Reference: neither can be used together with repositoryNames. The wording is unconfirmed.
    if (in.nextToken || in.maxResults)
      throw errors::InvalidRequest("maxResults and nextToken cannot be used together with repositoryNames");
    for (const std::string& name : in.repositoryNames)
      out.repositories.push_back(Render(context, FindRepository(context, name)));
    return out;
  }
  // In order of name, so that a page's last name is a good place to go on from.
  store::Query query{.order = store::Order::kId, .limit = static_cast<std::size_t>(in.maxResults.value_or(100))};
  const std::string question = "ecr.DescribeRepositories";
  if (in.nextToken) {
    const auto position = context.engines.tokens.Open(question, *in.nextToken);
    if (!position) throw errors::InvalidParameter("nextToken", "must be a token of a previous answer");
    query.after = *position;
  }
  const auto page = context.tx.ListPage<RepositoryRecord>(context.scope, query);
  for (const RepositoryRecord& repository : page.records) out.repositories.push_back(Render(context, repository));
  if (!page.next.empty()) out.nextToken = context.engines.tokens.Seal(question, page.next);
  return out;
}

AWS_OPERATION(ecr, DeleteRepository)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
DeleteRepositoryResponse DeleteRepository(Context& context, const DeleteRepositoryRequest& in) {
  const RepositoryRecord repository = FindRepository(context, "DeleteRepository", in.registryId, *in.repositoryName);
  const auto images = context.tx.Count<records::ecr::Image>(
      context.scope, store::Where(&records::ecr::Image::repository, repository.name));
  if (images > 0 && !in.force.value_or(false)) throw errors::RepositoryNotEmpty(repository.name, context.account());
  EraseContents(context, repository.name);
  context.tx.Erase<RepositoryRecord>(context.scope, repository.name);

  DeleteRepositoryResponse out;
  out.repository = Render(context, repository);
  return out;
}

AWS_OPERATION(ecr, PutImageTagMutability)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
PutImageTagMutabilityResponse PutImageTagMutability(Context& context, const PutImageTagMutabilityRequest& in) {
  RepositoryRecord repository = FindRepository(context, "PutImageTagMutability", in.registryId, *in.repositoryName);
  SetMutability(repository, *in.imageTagMutability, in.imageTagMutabilityExclusionFilters);
  context.tx.Put(context.scope, repository);

  PutImageTagMutabilityResponse out;
  out.registryId = context.account();
  out.repositoryName = repository.name;
  out.imageTagMutability = repository.tag_mutability;
  out.imageTagMutabilityExclusionFilters = RenderExclusions(repository);
  return out;
}

AWS_OPERATION(ecr, PutImageScanningConfiguration)
AWS_ACCESS("repository/{registryId|}/{repositoryName}")
PutImageScanningConfigurationResponse PutImageScanningConfiguration(Context& context,
                                                                    const PutImageScanningConfigurationRequest& in) {
  RepositoryRecord repository =
      FindRepository(context, "PutImageScanningConfiguration", in.registryId, *in.repositoryName);
  repository.scan_on_push = in.imageScanningConfiguration->scanOnPush.value_or(false);
  context.tx.Put(context.scope, repository);

  PutImageScanningConfigurationResponse out;
  out.registryId = context.account();
  out.repositoryName = repository.name;
  out.imageScanningConfiguration = RenderScanning(repository);
  return out;
}

}  // namespace drydock::ecr
