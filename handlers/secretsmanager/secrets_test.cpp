// Texts and rules: aws-facts F.1 to F.6, recorded/secretsmanager.json.
#include "api/secretsmanager/CreateSecretRequest.h"
#include "api/secretsmanager/CreateSecretResponse.h"
#include "api/secretsmanager/DeleteResourcePolicyRequest.h"
#include "api/secretsmanager/DeleteResourcePolicyResponse.h"
#include "api/secretsmanager/DeleteSecretRequest.h"
#include "api/secretsmanager/DeleteSecretResponse.h"
#include "api/secretsmanager/DescribeSecretRequest.h"
#include "api/secretsmanager/DescribeSecretResponse.h"
#include "api/secretsmanager/Filter.h"
#include "api/secretsmanager/GetRandomPasswordRequest.h"
#include "api/secretsmanager/GetRandomPasswordResponse.h"
#include "api/secretsmanager/GetResourcePolicyRequest.h"
#include "api/secretsmanager/GetResourcePolicyResponse.h"
#include "api/secretsmanager/GetSecretValueRequest.h"
#include "api/secretsmanager/GetSecretValueResponse.h"
#include "api/secretsmanager/ListSecretsRequest.h"
#include "api/secretsmanager/ListSecretsResponse.h"
#include "api/secretsmanager/PutResourcePolicyRequest.h"
#include "api/secretsmanager/PutResourcePolicyResponse.h"
#include "api/secretsmanager/PutSecretValueRequest.h"
#include "api/secretsmanager/PutSecretValueResponse.h"
#include "api/secretsmanager/RestoreSecretRequest.h"
#include "api/secretsmanager/RestoreSecretResponse.h"
#include "api/secretsmanager/Tag.h"
#include "api/secretsmanager/TagResourceRequest.h"
#include "api/secretsmanager/TagResourceResponse.h"
#include "api/secretsmanager/UntagResourceRequest.h"
#include "api/secretsmanager/UntagResourceResponse.h"
#include "emulator/core/text.h"
#include "handlers/secretsmanager/timers.h"
#include "handlers/testing/fixture.h"
#include "store/records/secretsmanager/secret.h"

namespace drydock::secretsmanager {

CreateSecretResponse CreateSecret(Context&, const CreateSecretRequest&);
DeleteResourcePolicyResponse DeleteResourcePolicy(Context&, const DeleteResourcePolicyRequest&);
DeleteSecretResponse DeleteSecret(Context&, const DeleteSecretRequest&);
DescribeSecretResponse DescribeSecret(Context&, const DescribeSecretRequest&);
GetRandomPasswordResponse GetRandomPassword(Context&, const GetRandomPasswordRequest&);
GetResourcePolicyResponse GetResourcePolicy(Context&, const GetResourcePolicyRequest&);
GetSecretValueResponse GetSecretValue(Context&, const GetSecretValueRequest&);
ListSecretsResponse ListSecrets(Context&, const ListSecretsRequest&);
PutResourcePolicyResponse PutResourcePolicy(Context&, const PutResourcePolicyRequest&);
PutSecretValueResponse PutSecretValue(Context&, const PutSecretValueRequest&);
RestoreSecretResponse RestoreSecret(Context&, const RestoreSecretRequest&);
TagResourceResponse TagResource(Context&, const TagResourceRequest&);
UntagResourceResponse UntagResource(Context&, const UntagResourceRequest&);

namespace {

using testing::Fixture;

const std::string kToken = "00000000-0000-4000-8000-000000000001";

std::string Token(int n) {
  return kToken.substr(0, kToken.size() - 1) + std::to_string(n);
}

CreateSecretRequest Named(const std::string& name, const std::string& value = "s3cret") {
  CreateSecretRequest request;
  request.Name = name;
  request.ClientRequestToken = kToken;
  request.SecretString = value;
  return request;
}

GetSecretValueRequest Get(const std::string& id) {
  GetSecretValueRequest request;
  request.SecretId = id;
  return request;
}

template <class Request>
Request Of(const std::string& id) {
  Request request;
  request.SecretId = id;
  return request;
}

TEST_CASE("a secret is created, read by name, ARN and partial ARN") {
  Fixture f;
  const auto created = f.Call(CreateSecret, Named("prod/mongodb"));
  const std::string arn = *created.ARN;
  CHECK(arn.starts_with("arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/mongodb-"));
  CHECK(arn.size() == std::string("arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/mongodb-").size() + 6);
  CHECK(created.VersionId == kToken);
  for (const std::string& id : {std::string("prod/mongodb"), arn, arn.substr(0, arn.size() - 7)}) {
    INFO(id);
    const auto value = f.Call(GetSecretValue, Get(id));
    CHECK(value.SecretString == "s3cret");
    CHECK(value.VersionStages == std::vector<std::string>{"AWSCURRENT"});
    CHECK(value.ARN == arn);
  }
  const std::string missing = "Secrets Manager can't find the specified secret.";
  CHECK(f.ErrorOf(GetSecretValue, Get("missing")).message() == missing);
  CHECK(f.ErrorOf(GetSecretValue, Get(arn.substr(0, arn.size() - 6) + "zzzzzz")).message() == missing);
  CHECK(f.ErrorOf(GetSecretValue, Get("arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/mongodb")).message() ==
        missing);
  CHECK(f.CodeOf(GetSecretValue, Get("arn:aws:secretsmanager:eu-central-1:210987654321:secret:x")) ==
        "AccessDeniedException");
}

TEST_CASE("a name that ends as an ARN does is not found by its partial ARN") {
  // recorded: test_create_and_update_secret[Invalid/_+=.@-Name-a1b2c3-False]
  Fixture f;
  const std::string arn = *f.Call(CreateSecret, Named("Invalid/_+=.@-Name-a1b2c3")).ARN;
  CHECK(f.CodeOf(GetSecretValue, Get(arn.substr(0, arn.size() - 7))) == "ResourceNotFoundException");
  CHECK(f.Call(GetSecretValue, Get(arn)).SecretString == "s3cret");
}

TEST_CASE("names, doubles, and the same call again") {
  Fixture f;
  CHECK(f.ErrorOf(CreateSecret, Named("Inv Name")).message() ==
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!");
  CHECK(f.CodeOf(GetSecretValue, Get("Inv*Name")) == "ValidationException");
  const auto first = f.Call(CreateSecret, Named("a"));
  CHECK(f.Call(CreateSecret, Named("a")).ARN == first.ARN);
  CHECK(f.ErrorOf(CreateSecret, Named("a", "other")).message() ==
        "The operation failed because the secret a already exists.");
  CreateSecretRequest both = Named("b");
  both.SecretBinary = Blob{"x"};
  CHECK(f.CodeOf(CreateSecret, both) == "InvalidParameterException");
  CreateSecretRequest untokened = Named("b");
  untokened.ClientRequestToken.reset();
  CHECK(f.ErrorOf(CreateSecret, untokened).message() ==
        "You must provide a ClientRequestToken value. We recommend a UUID-type value.");
}

TEST_CASE("a secret without a value has no version, until it gets one") {
  Fixture f;
  CreateSecretRequest request = Named("empty");
  request.SecretString.reset();
  CHECK(!f.Call(CreateSecret, request).VersionId);
  CHECK(f.ErrorOf(GetSecretValue, Get("empty")).message() ==
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT");
  CHECK(f.Call(DescribeSecret, Of<DescribeSecretRequest>("empty")).VersionIdsToStages.empty());
  // The first version is current whatever its labels.
  PutSecretValueRequest put = Of<PutSecretValueRequest>("empty");
  put.ClientRequestToken = Token(2);
  put.SecretString = "v";
  put.VersionStages.push_back("AWSPENDING");
  CHECK(f.Call(PutSecretValue, put).VersionStages == std::vector<std::string>{"AWSCURRENT", "AWSPENDING"});
}

TEST_CASE("values are not readable in the store") {
  Fixture f;
  f.Call(CreateSecret, Named("a", "needle-in-the-database"));
  const auto secret = f.Run([](Context& context) {
    return context.tx.Get<records::secretsmanager::Secret>(context.scope, std::string("a"));
  });
  std::string bytes;
  REQUIRE(DecodeBase64(secret->versions.at(0).sealed_value, bytes));
  CHECK(bytes.find("needle") == std::string::npos);
  // A value that was moved to another secret, or changed, does not open.
  f.Call(CreateSecret, Named("b", "other"));
  f.Run([&](Context& context) {
    auto other = *context.tx.Get<records::secretsmanager::Secret>(context.scope, std::string("b"));
    other.versions[0].sealed_value = secret->versions[0].sealed_value;
    context.tx.Put(context.scope, other);
    return 0;
  });
  CHECK(f.CodeOf(GetSecretValue, Get("b")) == "DecryptionFailure");
}

TEST_CASE("deletion: a window to change one's mind, then it is gone") {
  Fixture f;
  store::Timers timers(f.database, f.clock);
  RegisterTimers(timers, f.engines, f.ids);
  timers.Start();
  f.Call(CreateSecret, Named("a"));
  DeleteSecretRequest remove = Of<DeleteSecretRequest>("a");
  remove.RecoveryWindowInDays = 6;
  CHECK(f.ErrorOf(DeleteSecret, remove).message() ==
        "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
  remove.RecoveryWindowInDays = 7;
  remove.ForceDeleteWithoutRecovery = true;
  CHECK(f.ErrorOf(DeleteSecret, remove).message() ==
        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  remove.ForceDeleteWithoutRecovery.reset();
  CHECK(*f.Call(DeleteSecret, remove).DeletionDate == f.clock.Now() + std::chrono::hours(7 * 24));

  const std::string marked = "You can't perform this operation on the secret because it was marked for deletion.";
  CHECK(f.ErrorOf(GetSecretValue, Get("a")).message() == marked);
  CHECK(f.ErrorOf(TagResource, Of<TagResourceRequest>("a")).message() == marked);
  CHECK(f.ErrorOf(CreateSecret, Named("a")).message() ==
        "You can't create this secret because a secret with this name is already scheduled for deletion.");
  CHECK(f.Call(DescribeSecret, Of<DescribeSecretRequest>("a")).DeletedDate);
  CHECK(f.Call(ListSecrets, ListSecretsRequest{}).SecretList.empty());
  ListSecretsRequest all;
  all.IncludePlannedDeletion = true;
  CHECK(f.Call(ListSecrets, all).SecretList.size() == 1);

  f.Call(RestoreSecret, Of<RestoreSecretRequest>("a"));
  f.clock.Advance(std::chrono::hours(8 * 24));
  CHECK(f.Call(GetSecretValue, Get("a")).SecretString == "s3cret");
  f.Call(DeleteSecret, remove);
  f.clock.Advance(std::chrono::hours(7 * 24 - 1));
  CHECK(f.CodeOf(DescribeSecret, Of<DescribeSecretRequest>("a")) == "");
  f.clock.Advance(std::chrono::hours(1));
  CHECK(f.CodeOf(DescribeSecret, Of<DescribeSecretRequest>("a")) == "ResourceNotFoundException");
}

TEST_CASE("forced deletion is at once, of deleted secrets and of none too") {
  Fixture f;
  const std::string first = *f.Call(CreateSecret, Named("a")).ARN;
  f.Call(DeleteSecret, Of<DeleteSecretRequest>("a"));
  DeleteSecretRequest force = Of<DeleteSecretRequest>("a");
  force.ForceDeleteWithoutRecovery = true;
  CHECK(f.Call(DeleteSecret, force).ARN == first);
  CHECK(f.Call(DeleteSecret, force).Name == "a");
  CHECK(f.CodeOf(DeleteSecret, Of<DeleteSecretRequest>("a")) == "ResourceNotFoundException");
  CHECK(*f.Call(CreateSecret, Named("a")).ARN != first);
}

TEST_CASE("tags: absent before there were any, an empty list afterwards") {
  Fixture f;
  f.Call(CreateSecret, Named("a"));
  const auto tags = [&] { return f.Call(DescribeSecret, Of<DescribeSecretRequest>("a")).Tags; };
  CHECK(!tags().present);
  TagResourceRequest add = Of<TagResourceRequest>("a");
  Tag tag;
  tag.Key = "tag1";
  tag.Value = "value1";
  add.Tags.push_back(tag);
  f.Call(TagResource, add);
  CHECK(tags().at(0).Value == "value1");
  UntagResourceRequest remove = Of<UntagResourceRequest>("a");
  remove.TagKeys.push_back("tag1");
  f.Call(UntagResource, remove);
  CHECK(tags().present);
  CHECK(tags().empty());
  add.Tags[0].Key = "aws:x";
  CHECK(f.CodeOf(TagResource, add) == "InvalidParameterException");
  add.Tags[0].Key = std::nullopt;  // the model does not require it
  CHECK(f.CodeOf(TagResource, add) == "InvalidParameterException");
}

TEST_CASE("lists: filters, order, pages") {
  Fixture f;
  const auto make = [&](const std::string& name, const std::string& description) {
    CreateSecretRequest request = Named(name);
    request.Description = description;
    Tag tag;
    tag.Key = "Team";
    tag.Value = name.starts_with("prod") ? "Blue" : "Green";
    request.Tags.push_back(tag);
    f.Call(CreateSecret, request);
    f.clock.Advance(std::chrono::seconds(1));
  };
  make("prod/db", "The database of production");
  make("test/db", "The database of tests");
  make("prod/api", "A key");
  const auto names = [&](const std::string& key, const std::vector<std::string>& values) {
    ListSecretsRequest request;
    Filter filter;
    filter.Key = key;
    filter.Values = values;
    request.Filters.push_back(filter);
    std::string found;
    for (const auto& secret : f.Call(ListSecrets, request).SecretList) found += *secret.Name + " ";
    return found;
  };
  CHECK(names("name", {"prod/"}) == "prod/db prod/api ");
  CHECK(names("name", {"Prod/"}) == "");
  CHECK(names("name", {"!prod/"}) == "test/db ");
  CHECK(names("description", {"DATA"}) == "prod/db test/db ");
  CHECK(names("tag-key", {"Te"}) == "prod/db test/db prod/api ");
  CHECK(names("tag-value", {"Green", "None"}) == "test/db ");
  CHECK(names("all", {"blue key"}) == "prod/api ");
  CHECK(names("owning-service", {"rds"}) == "");

  ListSecretsRequest page;
  page.SortBy = "name";
  page.MaxResults = 2;
  const auto first = f.Call(ListSecrets, page);
  REQUIRE(first.SecretList.size() == 2);
  CHECK(first.SecretList[0].Name == "prod/api");
  page.NextToken = first.NextToken;
  CHECK(f.Call(ListSecrets, page).SecretList.at(0).Name == "test/db");
  page.SortOrder = "desc";  // the token belongs to another order
  CHECK(f.CodeOf(ListSecrets, page) == "InvalidNextTokenException");
  page.NextToken.reset();
  CHECK(f.Call(ListSecrets, page).SecretList.at(0).Name == "test/db");
}

TEST_CASE("resource policies") {
  Fixture f;
  f.Call(CreateSecret, Named("a"));
  CHECK(!f.Call(GetResourcePolicy, Of<GetResourcePolicyRequest>("a")).ResourcePolicy);
  PutResourcePolicyRequest put = Of<PutResourcePolicyRequest>("a");
  put.ResourcePolicy = R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
      "Action": "secretsmanager:GetSecretValue", "Resource": "*"}]})";
  put.BlockPublicPolicy = true;
  CHECK(f.CodeOf(PutResourcePolicy, put) == "PublicPolicyException");
  put.BlockPublicPolicy.reset();
  f.Call(PutResourcePolicy, put);
  CHECK(f.Call(GetResourcePolicy, Of<GetResourcePolicyRequest>("a")).ResourcePolicy == put.ResourcePolicy);
  put.ResourcePolicy = "{";
  CHECK(f.CodeOf(PutResourcePolicy, put) == "MalformedPolicyDocumentException");
  f.Call(DeleteResourcePolicy, Of<DeleteResourcePolicyRequest>("a"));
  CHECK(!f.Call(GetResourcePolicy, Of<GetResourcePolicyRequest>("a")).ResourcePolicy);
}

TEST_CASE("random passwords") {
  Fixture f;
  GetRandomPasswordRequest request;
  CHECK(f.Call(GetRandomPassword, request).RandomPassword->size() == 32);
  request.PasswordLength = 4;
  for (int i = 0; i < 200; ++i) {
    const std::string password = *f.Call(GetRandomPassword, request).RandomPassword;
    CHECK(password.find_first_of("abcdefghijklmnopqrstuvwxyz") != std::string::npos);
    CHECK(password.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos);
    CHECK(password.find_first_of("0123456789") != std::string::npos);
  }
  request.PasswordLength = 3;
  CHECK(f.ErrorOf(GetRandomPassword, request).message() == "Password length is too short based on the required types.");
  request.RequireEachIncludedType = false;
  CHECK(f.Call(GetRandomPassword, request).RandomPassword->size() == 3);
  request.ExcludeLowercase = request.ExcludeUppercase = request.ExcludePunctuation = true;
  request.ExcludeCharacters = "012345678";
  CHECK(f.Call(GetRandomPassword, request).RandomPassword == "999");
  request.ExcludeNumbers = true;
  CHECK(f.CodeOf(GetRandomPassword, request) == "InvalidParameterException");
}

}  // namespace
}  // namespace drydock::secretsmanager
