#include "handlers/ecr/repositories.h"

#include "api/ecr/CreateRepositoryRequest.h"
#include "api/ecr/CreateRepositoryResponse.h"
#include "api/ecr/DeleteLifecyclePolicyRequest.h"
#include "api/ecr/DeleteLifecyclePolicyResponse.h"
#include "api/ecr/DeleteRepositoryPolicyRequest.h"
#include "api/ecr/DeleteRepositoryPolicyResponse.h"
#include "api/ecr/DeleteRepositoryRequest.h"
#include "api/ecr/DeleteRepositoryResponse.h"
#include "api/ecr/DescribeRepositoriesRequest.h"
#include "api/ecr/DescribeRepositoriesResponse.h"
#include "api/ecr/GetLifecyclePolicyRequest.h"
#include "api/ecr/GetLifecyclePolicyResponse.h"
#include "api/ecr/GetRepositoryPolicyRequest.h"
#include "api/ecr/GetRepositoryPolicyResponse.h"
#include "api/ecr/ListTagsForResourceRequest.h"
#include "api/ecr/ListTagsForResourceResponse.h"
#include "api/ecr/PutLifecyclePolicyRequest.h"
#include "api/ecr/PutLifecyclePolicyResponse.h"
#include "api/ecr/SetRepositoryPolicyRequest.h"
#include "api/ecr/SetRepositoryPolicyResponse.h"
#include "api/ecr/TagResourceRequest.h"
#include "api/ecr/TagResourceResponse.h"
#include "api/ecr/UntagResourceRequest.h"
#include "api/ecr/UntagResourceResponse.h"
#include "handlers/ecr/testing/images.h"
#include "handlers/ecr/timers.h"
#include "handlers/testing/fixture.h"

namespace drydock::ecr {
DescribeRepositoriesResponse DescribeRepositories(Context&, const DescribeRepositoriesRequest&);
DeleteRepositoryResponse DeleteRepository(Context&, const DeleteRepositoryRequest&);
SetRepositoryPolicyResponse SetRepositoryPolicy(Context&, const SetRepositoryPolicyRequest&);
GetRepositoryPolicyResponse GetRepositoryPolicy(Context&, const GetRepositoryPolicyRequest&);
DeleteRepositoryPolicyResponse DeleteRepositoryPolicy(Context&, const DeleteRepositoryPolicyRequest&);
PutLifecyclePolicyResponse PutLifecyclePolicy(Context&, const PutLifecyclePolicyRequest&);
GetLifecyclePolicyResponse GetLifecyclePolicy(Context&, const GetLifecyclePolicyRequest&);
DeleteLifecyclePolicyResponse DeleteLifecyclePolicy(Context&, const DeleteLifecyclePolicyRequest&);
TagResourceResponse TagResource(Context&, const TagResourceRequest&);
UntagResourceResponse UntagResource(Context&, const UntagResourceRequest&);
ListTagsForResourceResponse ListTagsForResource(Context&, const ListTagsForResourceRequest&);
}  // namespace drydock::ecr

using namespace drydock;
using testing::Fixture;

namespace {

ecr::DescribeRepositoriesRequest Names(std::vector<std::string> names) {
  ecr::DescribeRepositoriesRequest request;
  request.repositoryNames = std::move(names);
  return request;
}

}  // namespace

TEST_CASE("A repository is made once and described as AWS describes it") {
  Fixture f;
  ecr::CreateRepositoryRequest request;
  request.repositoryName = "team/auth";
  const auto made = *f.Call(ecr::CreateRepository, request).repository;
  CHECK(made.repositoryArn == "arn:aws:ecr:eu-central-1:123456789012:repository/team/auth");
  CHECK(made.registryId == "123456789012");
  CHECK(made.repositoryUri == "127.0.0.1:4566/team/auth");
  CHECK(made.createdAt == f.clock.Now());
  CHECK(made.imageTagMutability == "MUTABLE");
  CHECK(made.imageScanningConfiguration->scanOnPush == false);
  CHECK(made.encryptionConfiguration->encryptionType == "AES256");

  // aws-facts I.4
  const auto again = f.ErrorOf(ecr::CreateRepository, request);
  CHECK(again.code() == "RepositoryAlreadyExistsException");
  CHECK(again.message() ==
        "The repository with name 'team/auth' already exists in the registry with id '123456789012'");
  const auto missing = f.ErrorOf(ecr::DescribeRepositories, Names({"team/auth", "nowhere"}));
  CHECK(missing.code() == "RepositoryNotFoundException");
  CHECK(missing.message() ==
        "The repository with name 'nowhere' does not exist in the registry with id '123456789012'");
}

TEST_CASE("Repositories are listed in pages, in order of name") {
  Fixture f;
  for (const char* name : {"b1", "a1", "c1"}) testing::CreateRepository(f, name);
  ecr::DescribeRepositoriesRequest request;
  request.maxResults = 2;
  auto page = f.Call(ecr::DescribeRepositories, request);
  REQUIRE(page.repositories.size() == 2);
  CHECK(page.repositories[0].repositoryName == "a1");
  CHECK(page.repositories[1].repositoryName == "b1");
  request.nextToken = page.nextToken;
  page = f.Call(ecr::DescribeRepositories, request);
  REQUIRE(page.repositories.size() == 1);
  CHECK(page.repositories[0].repositoryName == "c1");
  CHECK(!page.nextToken);
  request.nextToken = "forged";
  CHECK(f.CodeOf(ecr::DescribeRepositories, request) == "InvalidParameterException");
}

TEST_CASE("A registry of another account is refused") {
  Fixture f;
  ecr::CreateRepositoryRequest request;
  request.repositoryName = "auth";
  request.registryId = "210987654321";
  const auto error = f.ErrorOf(ecr::CreateRepository, request);
  CHECK(error.code() == "AccessDeniedException");
  CHECK(error.message().find("arn:aws:ecr:eu-central-1:210987654321:repository/auth") != std::string::npos);
}

TEST_CASE("Regions do not see each other's repositories") {
  Fixture f;
  testing::CreateRepository(f, "auth");
  f.scope.region = "us-east-1";
  CHECK(f.CodeOf(ecr::DescribeRepositories, Names({"auth"})) == "RepositoryNotFoundException");
}

TEST_CASE("A repository with images goes only by force, and the blobs that nobody else has go with it") {
  Fixture f;
  store::Timers timers(f.database, f.clock);
  ecr::RegisterTimers(timers, f.engines, f.ids);
  timers.Start();
  testing::CreateRepository(f, "auth");
  testing::CreateRepository(f, "other");
  const std::string digest = testing::PushImage(f, "auth", "a layer", "v1");
  const std::string shared = testing::PutLayer(f, "other", "a layer");
  const std::string upload = testing::BeginUpload(f, "auth");

  ecr::DeleteRepositoryRequest request;
  request.repositoryName = "auth";
  const auto error = f.ErrorOf(ecr::DeleteRepository, request);
  CHECK(error.code() == "RepositoryNotEmptyException");
  CHECK(
      error.message() ==
      "The repository with name 'auth' in registry with id '123456789012' cannot be deleted because it still contains "
      "images");
  request.force = true;
  CHECK(f.Call(ecr::DeleteRepository, request).repository->repositoryName == "auth");
  f.clock.Settle();
  CHECK(!f.blobs.Exists(digest));
  CHECK(!f.blobs.Exists(testing::DigestOf("config of a layer")));
  CHECK(f.blobs.Exists(shared));
  CHECK(!f.blobs.FindUpload(upload));

  testing::CreateRepository(f, "auth");
  CHECK(f.Call(ecr::DeleteRepository, request).repository->repositoryName == "auth");
}

TEST_CASE("Which tags are immutable") {  // aws-facts I.7
  records::ecr::Repository repository;
  CHECK(!ecr::IsImmutable(repository, "v1"));
  repository.tag_mutability = "IMMUTABLE";
  CHECK(ecr::IsImmutable(repository, "v1"));
  repository.tag_mutability = "IMMUTABLE_WITH_EXCLUSION";
  repository.tag_mutability_exclusions = {"dev-*"};
  CHECK(ecr::IsImmutable(repository, "v1"));
  CHECK(!ecr::IsImmutable(repository, "dev-1"));
  repository.tag_mutability = "MUTABLE_WITH_EXCLUSION";
  CHECK(!ecr::IsImmutable(repository, "v1"));
  CHECK(ecr::IsImmutable(repository, "dev-1"));

  Fixture f;
  ecr::CreateRepositoryRequest request;
  request.repositoryName = "auth";
  request.imageTagMutability = "IMMUTABLE_WITH_EXCLUSION";
  CHECK(f.ErrorOf(ecr::CreateRepository, request).message() ==
        "ImageTagMutabilityExclusionFilters can't be null when imageTagMutability is set as IMMUTABLE_WITH_EXCLUSION");
}

TEST_CASE("Repository policies are kept as they came") {
  Fixture f;
  testing::CreateRepository(f, "auth");
  ecr::GetRepositoryPolicyRequest get;
  get.repositoryName = "auth";
  CHECK(f.ErrorOf(ecr::GetRepositoryPolicy, get).message() ==
        "Repository policy does not exist for the repository with name 'auth' in the registry with id '123456789012'");
  ecr::SetRepositoryPolicyRequest set;
  set.repositoryName = "auth";
  set.policyText = "not a policy";
  CHECK(f.ErrorOf(ecr::SetRepositoryPolicy, set).message() ==
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'");
  set.policyText = std::string(10000, '[');  // nested too deep for a recursive parser
  CHECK(f.CodeOf(ecr::SetRepositoryPolicy, set) == "InvalidParameterException");
  set.policyText =
      R"({ "Version" : "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}})";
  f.Call(ecr::SetRepositoryPolicy, set);
  CHECK(f.Call(ecr::GetRepositoryPolicy, get).policyText == set.policyText);
  ecr::DeleteRepositoryPolicyRequest erase;
  erase.repositoryName = "auth";
  CHECK(f.Call(ecr::DeleteRepositoryPolicy, erase).policyText == set.policyText);
  CHECK(f.CodeOf(ecr::DeleteRepositoryPolicy, erase) == "RepositoryPolicyNotFoundException");
}

TEST_CASE("Lifecycle policies are kept as they came") {
  Fixture f;
  testing::CreateRepository(f, "auth");
  ecr::GetLifecyclePolicyRequest get;
  get.repositoryName = "auth";
  CHECK(f.CodeOf(ecr::GetLifecyclePolicy, get) == "LifecyclePolicyNotFoundException");
  ecr::PutLifecyclePolicyRequest put;
  put.repositoryName = "auth";
  put.lifecyclePolicyText = R"({"rules": [{"rulePriority": 1, "selection": {"tagStatus": "any",
      "countType": "imageCountMoreThan", "countNumber": 1}, "action": {"type": "expire"}}]})";
  f.Call(ecr::PutLifecyclePolicy, put);
  CHECK(f.Call(ecr::GetLifecyclePolicy, get).lifecyclePolicyText == put.lifecyclePolicyText);
  ecr::DeleteLifecyclePolicyRequest erase;
  erase.repositoryName = "auth";
  f.Call(ecr::DeleteLifecyclePolicy, erase);
  CHECK(f.CodeOf(ecr::GetLifecyclePolicy, get) == "LifecyclePolicyNotFoundException");
}

TEST_CASE("Repositories have tags") {
  Fixture f;
  testing::CreateRepository(f, "auth");
  const std::string arn = "arn:aws:ecr:eu-central-1:123456789012:repository/auth";
  ecr::TagResourceRequest tag;
  tag.resourceArn = arn;
  for (const char* key : {"team", "stage"}) {
    auto& entry = tag.tags.emplace_back();
    entry.Key = key;
    entry.Value = "x";
  }
  f.Call(ecr::TagResource, tag);
  ecr::UntagResourceRequest untag;
  untag.resourceArn = arn;
  untag.tagKeys.push_back("team");
  f.Call(ecr::UntagResource, untag);
  ecr::ListTagsForResourceRequest list;
  list.resourceArn = arn;
  const auto tags = f.Call(ecr::ListTagsForResource, list).tags;
  REQUIRE(tags.size() == 1);
  CHECK(tags[0].Key == "stage");

  tag.tags[0].Key = "aws:team";
  CHECK(f.CodeOf(ecr::TagResource, tag) == "InvalidTagParameterException");
  tag.tags.clear();
  for (int i = 0; i < 50; ++i) {
    auto& entry = tag.tags.emplace_back();
    entry.Key = "key" + std::to_string(i);
    entry.Value = "";
  }
  CHECK(f.CodeOf(ecr::TagResource, tag) == "TooManyTagsException");
  list.resourceArn = "arn:aws:s3:::bucket";
  CHECK(f.CodeOf(ecr::ListTagsForResource, list) == "InvalidParameterException");
}
