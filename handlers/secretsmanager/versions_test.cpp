// Versions and staging labels. aws-facts F.3; recorded/secretsmanager.json (the scenario's name stands beside a test).
#include "api/secretsmanager/BatchGetSecretValueRequest.h"
#include "api/secretsmanager/BatchGetSecretValueResponse.h"
#include "api/secretsmanager/CreateSecretRequest.h"
#include "api/secretsmanager/CreateSecretResponse.h"
#include "api/secretsmanager/DescribeSecretRequest.h"
#include "api/secretsmanager/DescribeSecretResponse.h"
#include "api/secretsmanager/GetSecretValueRequest.h"
#include "api/secretsmanager/GetSecretValueResponse.h"
#include "api/secretsmanager/ListSecretVersionIdsRequest.h"
#include "api/secretsmanager/ListSecretVersionIdsResponse.h"
#include "api/secretsmanager/PutSecretValueRequest.h"
#include "api/secretsmanager/PutSecretValueResponse.h"
#include "api/secretsmanager/UpdateSecretRequest.h"
#include "api/secretsmanager/UpdateSecretResponse.h"
#include "api/secretsmanager/UpdateSecretVersionStageRequest.h"
#include "api/secretsmanager/UpdateSecretVersionStageResponse.h"
#include "emulator/core/text.h"
#include "handlers/testing/fixture.h"

namespace drydock::secretsmanager {

BatchGetSecretValueResponse BatchGetSecretValue(Context&, const BatchGetSecretValueRequest&);
CreateSecretResponse CreateSecret(Context&, const CreateSecretRequest&);
DescribeSecretResponse DescribeSecret(Context&, const DescribeSecretRequest&);
GetSecretValueResponse GetSecretValue(Context&, const GetSecretValueRequest&);
ListSecretVersionIdsResponse ListSecretVersionIds(Context&, const ListSecretVersionIdsRequest&);
PutSecretValueResponse PutSecretValue(Context&, const PutSecretValueRequest&);
UpdateSecretResponse UpdateSecret(Context&, const UpdateSecretRequest&);
UpdateSecretVersionStageResponse UpdateSecretVersionStage(Context&, const UpdateSecretVersionStageRequest&);

namespace {

using testing::Fixture;

std::string VersionToken(int n) {
  return "00000000-0000-4000-8000-00000000000" + std::to_string(n);
}

class Versions : public Fixture {
 public:
  Versions() {
    CreateSecretRequest request;
    request.Name = "s";
    request.ClientRequestToken = VersionToken(1);
    request.SecretString = "v1";
    Call(CreateSecret, request);
  }
  void Put(int n, const std::vector<std::string>& stages = {}) {
    PutSecretValueRequest request;
    request.SecretId = "s";
    request.ClientRequestToken = VersionToken(n);
    request.SecretString = "v" + std::to_string(n);
    request.VersionStages = stages;
    Call(PutSecretValue, request);
  }
  // "1:AWSPREVIOUS 2:AWSCURRENT": versions and their labels; with `deprecated` those without any, too.
  std::string Stages(bool deprecated = false) {
    ListSecretVersionIdsRequest request;
    request.SecretId = "s";
    request.IncludeDeprecated = deprecated;
    std::string text;
    for (const auto& version : Call(ListSecretVersionIds, request).Versions)
      text += (text.empty() ? "" : " ") + version.VersionId->substr(35) + ":" + Join(version.VersionStages, ",");
    return text;
  }
  static UpdateSecretVersionStageRequest Move(const std::string& stage, int from, int to) {
    UpdateSecretVersionStageRequest request;
    request.SecretId = "s";
    request.VersionStage = stage;
    if (from) request.RemoveFromVersionId = VersionToken(from);
    if (to) request.MoveToVersionId = VersionToken(to);
    return request;
  }
};

TEST_CASE("a new value is current, the one before previous, older ones deprecated") {
  // test_deprecated_secret_version_stage
  Versions f;
  f.Put(2);
  CHECK(f.Stages() == "1:AWSPREVIOUS 2:AWSCURRENT");
  f.Put(3);
  CHECK(f.Stages() == "2:AWSPREVIOUS 3:AWSCURRENT");
  CHECK(f.Stages(true) == "1: 2:AWSPREVIOUS 3:AWSCURRENT");
}

TEST_CASE("labels of one's own move with the version that takes them") {
  // test_non_versioning_version_stages_no_replacement, …_replacement
  Versions f;
  f.Put(2, {"one", "two", "three"});
  CHECK(f.Stages() == "1:AWSCURRENT 2:one,three,two");
  f.Put(3, {"one", "two", "four"});
  CHECK(f.Stages() == "1:AWSCURRENT 2:three 3:four,one,two");
  f.Put(4, {"three"});
  CHECK(f.Stages() == "1:AWSCURRENT 3:four,one,two 4:three");
}

TEST_CASE("a pending version becomes current by moving the label, which leaves AWSPREVIOUS behind") {
  // test_update_secret_version_stages_current_pending
  Versions f;
  f.Put(2, {"AWSPENDING"});
  CHECK(f.Stages() == "1:AWSCURRENT 2:AWSPENDING");
  f.Call(UpdateSecretVersionStage, Versions::Move("AWSCURRENT", 1, 2));
  CHECK(f.Stages() == "1:AWSPREVIOUS 2:AWSCURRENT,AWSPENDING");
  f.Call(UpdateSecretVersionStage, Versions::Move("AWSPENDING", 2, 0));
  CHECK(f.Stages() == "1:AWSPREVIOUS 2:AWSCURRENT");
  // And back: AWSPREVIOUS changes places with it.
  f.Call(UpdateSecretVersionStage, Versions::Move("AWSCURRENT", 2, 1));
  CHECK(f.Stages() == "1:AWSCURRENT 2:AWSPREVIOUS");
}

TEST_CASE("labels that cannot be moved so") {
  Versions f;
  f.Put(2, {"AWSPENDING"});
  CHECK(f.CodeOf(UpdateSecretVersionStage, Versions::Move("AWSCURRENT", 0, 2)) == "InvalidParameterException");
  CHECK(f.CodeOf(UpdateSecretVersionStage, Versions::Move("AWSCURRENT", 2, 1)) == "InvalidParameterException");
  CHECK(f.CodeOf(UpdateSecretVersionStage, Versions::Move("AWSCURRENT", 1, 0)) == "InvalidParameterException");
  CHECK(f.CodeOf(UpdateSecretVersionStage, Versions::Move("AWSCURRENT", 0, 0)) == "InvalidParameterException");
  CHECK(f.ErrorOf(UpdateSecretVersionStage, Versions::Move("x", 0, 9)).message() ==
        "Secrets Manager can't find the specified secret value for VersionId: " + VersionToken(9));
  CHECK(f.Stages() == "1:AWSCURRENT 2:AWSPENDING");
}

TEST_CASE("the same token again: nothing for the same value, an error for another") {
  Versions f;
  f.Put(2);
  f.Put(2);
  CHECK(f.Stages() == "1:AWSPREVIOUS 2:AWSCURRENT");
  PutSecretValueRequest other;
  other.SecretId = "s";
  other.ClientRequestToken = VersionToken(2);
  other.SecretString = "different";
  CHECK(f.CodeOf(PutSecretValue, other) == "ResourceExistsException");
  other.SecretString.reset();
  CHECK(f.ErrorOf(PutSecretValue, other).message() == "You must provide either SecretString or SecretBinary.");
}

TEST_CASE("values are read by version, by label, or by both if they agree") {
  // test_get_secret_value_errors, test_secret_version_not_found
  Versions f;
  GetSecretValueRequest get;
  get.SecretId = "s";
  get.VersionStage = "AWSPREVIOUS";
  CHECK(f.ErrorOf(GetSecretValue, get).message() ==
        "Secrets Manager can't find the specified secret value for staging label: AWSPREVIOUS");
  f.Put(2);
  CHECK(f.Call(GetSecretValue, get).SecretString == "v1");
  get.VersionId = VersionToken(2);
  CHECK(f.ErrorOf(GetSecretValue, get).message() ==
        "You provided a VersionStage that is not associated to the provided VersionId.");
  get.VersionStage.reset();
  CHECK(f.Call(GetSecretValue, get).SecretString == "v2");
  get.VersionId = VersionToken(9);
  CHECK(f.ErrorOf(GetSecretValue, get).message() ==
        "Secrets Manager can't find the specified secret value for VersionId: " + VersionToken(9));
}

TEST_CASE("reading notes the day of the access") {
  Versions f;
  GetSecretValueRequest get;
  get.SecretId = "s";
  f.Call(GetSecretValue, get);
  DescribeSecretRequest describe;
  describe.SecretId = "s";
  CHECK(FormatIso8601(*f.Call(DescribeSecret, describe).LastAccessedDate) == "2025-11-24T00:00:00Z");
}

TEST_CASE("updating changes what is given and makes a version only of a value") {
  // test_update_secret_description
  Versions f;
  UpdateSecretRequest update;
  update.SecretId = "s";
  update.ClientRequestToken = VersionToken(2);
  update.Description = "new";
  CHECK(!f.Call(UpdateSecret, update).VersionId);
  update.Description.reset();
  update.SecretBinary = Blob{std::string("\x00\xff", 2)};
  CHECK(f.Call(UpdateSecret, update).VersionId == VersionToken(2));
  GetSecretValueRequest get;
  get.SecretId = "s";
  CHECK(f.Call(GetSecretValue, get).SecretBinary->bytes == std::string("\x00\xff", 2));
  DescribeSecretRequest describe;
  describe.SecretId = "s";
  CHECK(f.Call(DescribeSecret, describe).Description == "new");
}

TEST_CASE("several secrets at once: what can be read, and why the others cannot") {
  Versions f;
  BatchGetSecretValueRequest batch;
  CHECK(f.ErrorOf(BatchGetSecretValue, batch).message() ==
        "Either 'SecretIdList' or 'Filters' must be provided, but not both.");
  batch.SecretIdList = {"s", "missing"};
  const auto out = f.Call(BatchGetSecretValue, batch);
  REQUIRE(out.SecretValues.size() == 1);
  CHECK(out.SecretValues[0].SecretString == "v1");
  REQUIRE(out.Errors.size() == 1);
  CHECK(out.Errors[0].ErrorCode == "ResourceNotFoundException");
  batch.MaxResults = 1;
  CHECK(f.ErrorOf(BatchGetSecretValue, batch).message() ==
        "'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.");
}

}  // namespace
}  // namespace drydock::secretsmanager
