// Texts: aws-facts H.8, recorded/iam.json.
#include "api/iam/AttachUserPolicyRequest.h"
#include "api/iam/AttachUserPolicyResponse.h"
#include "api/iam/CreatePolicyRequest.h"
#include "api/iam/CreatePolicyResponse.h"
#include "api/iam/CreatePolicyVersionRequest.h"
#include "api/iam/CreatePolicyVersionResponse.h"
#include "api/iam/CreateUserRequest.h"
#include "api/iam/CreateUserResponse.h"
#include "api/iam/DeletePolicyRequest.h"
#include "api/iam/DeletePolicyResponse.h"
#include "api/iam/DeletePolicyVersionRequest.h"
#include "api/iam/DeletePolicyVersionResponse.h"
#include "api/iam/GetPolicyRequest.h"
#include "api/iam/GetPolicyResponse.h"
#include "api/iam/GetPolicyVersionRequest.h"
#include "api/iam/GetPolicyVersionResponse.h"
#include "api/iam/ListEntitiesForPolicyRequest.h"
#include "api/iam/ListEntitiesForPolicyResponse.h"
#include "api/iam/ListPoliciesRequest.h"
#include "api/iam/ListPoliciesResponse.h"
#include "api/iam/ListPolicyVersionsRequest.h"
#include "api/iam/ListPolicyVersionsResponse.h"
#include "api/iam/SetDefaultPolicyVersionRequest.h"
#include "api/iam/SetDefaultPolicyVersionResponse.h"
#include "emulator/auth/policy/validate.h"
#include "handlers/iam/managed_policies.h"
#include "handlers/testing/fixture.h"

namespace drydock::iam {

AttachUserPolicyResponse AttachUserPolicy(Context&, const AttachUserPolicyRequest&);
CreatePolicyResponse CreatePolicy(Context&, const CreatePolicyRequest&);
CreatePolicyVersionResponse CreatePolicyVersion(Context&, const CreatePolicyVersionRequest&);
CreateUserResponse CreateUser(Context&, const CreateUserRequest&);
DeletePolicyResponse DeletePolicy(Context&, const DeletePolicyRequest&);
DeletePolicyVersionResponse DeletePolicyVersion(Context&, const DeletePolicyVersionRequest&);
GetPolicyResponse GetPolicy(Context&, const GetPolicyRequest&);
GetPolicyVersionResponse GetPolicyVersion(Context&, const GetPolicyVersionRequest&);
ListEntitiesForPolicyResponse ListEntitiesForPolicy(Context&, const ListEntitiesForPolicyRequest&);
ListPoliciesResponse ListPolicies(Context&, const ListPoliciesRequest&);
ListPolicyVersionsResponse ListPolicyVersions(Context&, const ListPolicyVersionsRequest&);
SetDefaultPolicyVersionResponse SetDefaultPolicyVersion(Context&, const SetDefaultPolicyVersionRequest&);

namespace {

using testing::Fixture;

const std::string kDocument =
    R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})";

std::string Create(Fixture& f, const std::string& name, const std::string& path = "/") {
  CreatePolicyRequest request;
  request.PolicyName = name;
  request.Path = path;
  request.PolicyDocument = kDocument;
  return *f.Call(CreatePolicy, request).Policy->Arn;
}

std::string NewVersion(Fixture& f, const std::string& arn, bool as_default) {
  CreatePolicyVersionRequest request;
  request.PolicyArn = arn;
  request.PolicyDocument = kDocument;
  request.SetAsDefault = as_default;
  return *f.Call(CreatePolicyVersion, request).PolicyVersion->VersionId;
}

TEST_CASE("a managed policy is created, shown, and its name taken") {
  Fixture f;
  const std::string arn = Create(f, "Deploy", "/team/");
  CHECK(arn == "arn:aws:iam::123456789012:policy/team/Deploy");
  GetPolicyRequest get;
  get.PolicyArn = arn;
  const Policy policy = *f.Call(GetPolicy, get).Policy;
  CHECK(policy.DefaultVersionId == "v1");
  CHECK(policy.AttachmentCount == 0);
  CHECK(policy.PolicyId->starts_with("ANPA"));
  CreatePolicyRequest again;
  again.PolicyName = "deploy";
  again.PolicyDocument = kDocument;
  CHECK(f.ErrorOf(CreatePolicy, again).message() ==
        "A policy called deploy already exists. Duplicate names are not allowed.");
  get.PolicyArn = "arn:aws:iam::123456789012:policy/missing";
  CHECK(f.ErrorOf(GetPolicy, get).message() == "Policy arn:aws:iam::123456789012:policy/missing was not found.");
  again.PolicyName = "bad";
  again.PolicyDocument = "not json";
  CHECK(f.ErrorOf(CreatePolicy, again).message() == "Syntax errors in policy.");
  again.PolicyDocument =
      R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::)" +
      std::string(6144, 'x') + "\"}]}";
  CHECK(f.ErrorOf(CreatePolicy, again).message() == "Cannot exceed quota for PolicySize: 6144");
}

TEST_CASE("five versions at most, the default one stays, numbers are not used again") {
  Fixture f;
  const std::string arn = Create(f, "Deploy");
  CHECK(NewVersion(f, arn, false) == "v2");
  CHECK(NewVersion(f, arn, true) == "v3");
  NewVersion(f, arn, false);
  NewVersion(f, arn, false);
  CreatePolicyVersionRequest sixth;
  sixth.PolicyArn = arn;
  sixth.PolicyDocument = kDocument;
  CHECK(f.ErrorOf(CreatePolicyVersion, sixth).message() ==
        "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing "
        "version.");
  DeletePolicyVersionRequest remove;
  remove.PolicyArn = arn;
  remove.VersionId = "v3";
  CHECK(f.ErrorOf(DeletePolicyVersion, remove).message() == "Cannot delete the default version of a policy.");
  remove.VersionId = "v5";
  f.Call(DeletePolicyVersion, remove);
  CHECK(f.CodeOf(DeletePolicyVersion, remove) == "NoSuchEntity");
  CHECK(NewVersion(f, arn, false) == "v6");
  SetDefaultPolicyVersionRequest set;
  set.PolicyArn = arn;
  set.VersionId = "v1";
  f.Call(SetDefaultPolicyVersion, set);
  ListPolicyVersionsRequest list;
  list.PolicyArn = arn;
  const auto versions = f.Call(ListPolicyVersions, list).Versions;
  REQUIRE(versions.size() == 5);
  CHECK(versions.back().VersionId == "v1");
  CHECK(versions.back().IsDefaultVersion == true);
  DeletePolicyRequest remove_policy;
  remove_policy.PolicyArn = arn;
  CHECK(f.CodeOf(DeletePolicy, remove_policy) == "DeleteConflict");
}

TEST_CASE("who has a policy, and that it cannot be deleted while somebody has it") {
  Fixture f;
  const std::string arn = Create(f, "Deploy");
  CreateUserRequest user;
  user.UserName = "ana";
  f.Call(CreateUser, user);
  AttachUserPolicyRequest attach;
  attach.UserName = "ana";
  attach.PolicyArn = arn;
  f.Call(AttachUserPolicy, attach);
  user.UserName = "bob";
  user.PermissionsBoundary = arn;
  f.Call(CreateUser, user);

  ListEntitiesForPolicyRequest entities;
  entities.PolicyArn = arn;
  const auto found = f.Call(ListEntitiesForPolicy, entities);
  REQUIRE(found.PolicyUsers.size() == 1);
  CHECK(found.PolicyUsers[0].UserName == "ana");
  CHECK(found.PolicyRoles.empty());
  entities.EntityFilter = "Role";
  CHECK(f.Call(ListEntitiesForPolicy, entities).PolicyUsers.empty());
  entities.EntityFilter.reset();
  entities.PolicyUsageFilter = "PermissionsBoundary";
  CHECK(f.Call(ListEntitiesForPolicy, entities).PolicyUsers.at(0).UserName == "bob");
  DeletePolicyRequest remove;
  remove.PolicyArn = arn;
  CHECK(f.ErrorOf(DeletePolicy, remove).message() == "Cannot delete a policy attached to entities.");
  ListPoliciesRequest list;
  list.OnlyAttached = true;
  CHECK(f.Call(ListPolicies, list).Policies.size() == 1);
}

TEST_CASE("AWS's own policies are there for every account, well-formed, and cannot be changed") {
  Fixture f;
  ListPoliciesRequest list;
  list.Scope = "AWS";
  list.MaxItems = 1000;
  const auto policies = f.Call(ListPolicies, list).Policies;
  CHECK(policies.size() == AwsPolicies().size());
  for (const AwsPolicy& policy : AwsPolicies()) {
    INFO(policy.arn);
    CHECK(!auth::policy::Problem(policy.document, auth::policy::PolicyKind::kManaged));
  }
  GetPolicyVersionRequest get;
  get.PolicyArn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
  get.VersionId = "v1";
  CHECK(f.Call(GetPolicyVersion, get).PolicyVersion->IsDefaultVersion == true);
  CHECK(f.Call(GetPolicyVersion, get).PolicyVersion->Document->find("ecr%3AGetAuthorizationToken") !=
        std::string::npos);
  DeletePolicyRequest remove;
  remove.PolicyArn = get.PolicyArn;
  CHECK(f.CodeOf(DeletePolicy, remove) == "AccessDenied");
}

}  // namespace
}  // namespace drydock::iam
