#include "handlers/iam/operation_access.h"

#include "api/iam/AddRoleToInstanceProfileRequest.h"
#include "api/iam/AttachRolePolicyRequest.h"
#include "api/iam/CreateAccessKeyRequest.h"
#include "api/iam/CreateRoleRequest.h"
#include "api/iam/GetAccountSummaryRequest.h"
#include "api/iam/ListRolesRequest.h"
#include "api/iam/UntagRoleRequest.h"
#include "handlers/testing/fixture.h"
#include "store/records/iam/entity.h"
#include "store/table.h"

namespace drydock::api {
extern const Service k_iam;
}

namespace drydock::iam {
namespace {

using testing::Fixture;

const Principal kAna{
    Principal::Type::kUser, "123456789012", "arn:aws:iam::123456789012:user/ana", "AIDAANA", "AKIAANA", ""};

template <class In>
api::Questions Asked(Fixture& f, const char* operation, const In& in) {
  return f.Run([&](Context& context) {
    context.principal = kAna;
    return api::QuestionsOf(context, *api::FindOperation(api::k_iam, operation), api::AnyStruct::Make(in));
  });
}

// "" when `caller` may.
template <class In>
std::string Refused(Fixture& f, const Principal& caller, const char* operation, const In& in) {
  try {
    f.Run([&](Context& context) {
      context.principal = caller;
      RequireAccess(context, *api::FindOperation(api::k_iam, operation), api::AnyStruct::Make(in));
      return 0;
    });
    return "";
  } catch (const ApiError& error) {
    return error.code() + ": " + error.message();
  }
}

void PutUser(Fixture& f, const std::string& statement) {
  records::iam::User user;
  user.name = user.name_key = "ana";
  user.path = "/";
  user.id = "AIDAANA";
  user.inline_policies["p"] = R"({"Version": "2012-10-17", "Statement": )" + statement + "}";
  f.database.Write([&](store::Transaction& tx) { tx.Put(f.scope, user); });
}

Tag MakeTag(const std::string& key, const std::string& value) {
  Tag tag;
  tag.Key = key;
  tag.Value = value;
  return tag;
}

TEST_CASE("what stands beside an operation becomes its questions") {
  Fixture f;
  AttachRolePolicyRequest attach;
  attach.RoleName = "web";
  attach.PolicyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
  const auto questions = Asked(f, "AttachRolePolicy", attach);
  REQUIRE(questions.size() == 1);
  CHECK(questions[0].action == "iam:AttachRolePolicy");
  CHECK(questions[0].resource.arn == "arn:aws:iam::123456789012:role/web");
  CHECK(questions[0].resource.shown == "role web");
  CHECK(questions[0].keys.at("iam:policyarn") == std::vector{*attach.PolicyArn});
}

TEST_CASE("members that are absent: the default, or no question, but never none at all") {
  Fixture f;
  CHECK(Asked(f, "CreateAccessKey", CreateAccessKeyRequest())[0].resource.arn == "arn:aws:iam::123456789012:user/ana");
  CHECK(Asked(f, "ListRoles", ListRolesRequest())[0].resource.arn == "arn:aws:iam::123456789012:role/");
  const auto bare = Asked(f, "GetAccountSummary", GetAccountSummaryRequest());
  REQUIRE(bare.size() == 1);
  CHECK(bare[0].action == "iam:GetAccountSummary");
  CHECK(bare[0].resource.arn == "*");
  AttachRolePolicyRequest without_role;  // which the validator refuses; a question it is all the same
  CHECK(Asked(f, "AttachRolePolicy", without_role).at(0).resource.arn == "*");
}

TEST_CASE("tags of the request are keys, and to put them on is a question of its own") {
  Fixture f;
  CreateRoleRequest create;
  create.RoleName = "web";
  create.Path = "/team/";
  CHECK(Asked(f, "CreateRole", create).size() == 1);
  create.Tags = {MakeTag("Team", "blue"), MakeTag("empty", "")};
  const auto questions = Asked(f, "CreateRole", create);
  REQUIRE(questions.size() == 2);
  CHECK(questions[0].resource.arn == "arn:aws:iam::123456789012:role/team/web");
  CHECK(questions[0].keys.at("aws:requesttag/team") == std::vector<std::string>{"blue"});
  CHECK(questions[0].keys.at("aws:tagkeys") == std::vector<std::string>{"Team", "empty"});
  CHECK(questions[1].action == "iam:TagRole");
  UntagRoleRequest untag;
  untag.RoleName = "web";
  untag.TagKeys = {"Team"};
  CHECK(Asked(f, "UntagRole", untag)[0].keys.at("aws:tagkeys") == std::vector<std::string>{"Team"});
}

TEST_CASE("another action has its own resource and keys") {
  Fixture f;
  AddRoleToInstanceProfileRequest add;
  add.InstanceProfileName = "host";
  add.RoleName = "web";
  const auto questions = Asked(f, "AddRoleToInstanceProfile", add);
  REQUIRE(questions.size() == 2);
  CHECK(questions[0].action == "iam:AddRoleToInstanceProfile");
  CHECK(questions[1].action == "iam:PassRole");
  CHECK(questions[1].resource.arn == "arn:aws:iam::123456789012:role/web");
  CHECK(questions[1].keys.at("iam:passedtoservice") == std::vector<std::string>{"ec2.amazonaws.com"});
}

TEST_CASE("every question must be allowed; root is not asked") {
  Fixture f;
  AddRoleToInstanceProfileRequest add;
  add.InstanceProfileName = "host";
  add.RoleName = "web";
  CHECK(Refused(f, Principal::Root("123456789012"), "AddRoleToInstanceProfile", add) == "");
  CHECK(Refused(f, kAna, "AddRoleToInstanceProfile", add) ==
        "AccessDenied: User: arn:aws:iam::123456789012:user/ana is not authorized to perform: "
        "iam:AddRoleToInstanceProfile on resource: instance profile host because no identity-based policy allows the "
        "iam:AddRoleToInstanceProfile action");
  PutUser(f, R"({"Effect": "Allow", "Action": "iam:AddRole*", "Resource": "*"})");
  CHECK(Refused(f, kAna, "AddRoleToInstanceProfile", add)
            .find("iam:PassRole on resource: arn:aws:iam::123456789012:role/web") != std::string::npos);
  PutUser(f, R"([{"Effect": "Allow", "Action": ["iam:AddRole*", "iam:PassRole"], "Resource": "*"}])");
  CHECK(Refused(f, kAna, "AddRoleToInstanceProfile", add) == "");
}

}  // namespace
}  // namespace drydock::iam
