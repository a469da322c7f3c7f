// Texts: aws-facts H.8, recorded/iam.json.
#include "handlers/iam/roles.h"
#include "api/iam/AddRoleToInstanceProfileRequest.h"
#include "api/iam/AddRoleToInstanceProfileResponse.h"
#include "api/iam/AttachRolePolicyRequest.h"
#include "api/iam/AttachRolePolicyResponse.h"
#include "api/iam/CreateInstanceProfileRequest.h"
#include "api/iam/CreateInstanceProfileResponse.h"
#include "api/iam/CreateRoleRequest.h"
#include "api/iam/CreateRoleResponse.h"
#include "api/iam/CreateServiceLinkedRoleRequest.h"
#include "api/iam/CreateServiceLinkedRoleResponse.h"
#include "api/iam/DeleteRolePolicyRequest.h"
#include "api/iam/DeleteRolePolicyResponse.h"
#include "api/iam/DeleteRoleRequest.h"
#include "api/iam/DeleteRoleResponse.h"
#include "api/iam/DetachRolePolicyRequest.h"
#include "api/iam/DetachRolePolicyResponse.h"
#include "api/iam/GetRolePolicyRequest.h"
#include "api/iam/GetRolePolicyResponse.h"
#include "api/iam/GetRoleRequest.h"
#include "api/iam/GetRoleResponse.h"
#include "api/iam/ListAttachedRolePoliciesRequest.h"
#include "api/iam/ListAttachedRolePoliciesResponse.h"
#include "api/iam/ListRolesRequest.h"
#include "api/iam/ListRolesResponse.h"
#include "api/iam/PutRolePolicyRequest.h"
#include "api/iam/PutRolePolicyResponse.h"
#include "api/iam/TagRoleRequest.h"
#include "api/iam/TagRoleResponse.h"
#include "emulator/core/text.h"
#include "handlers/iam/authorization.h"
#include "handlers/testing/fixture.h"

namespace drydock::iam {

AddRoleToInstanceProfileResponse AddRoleToInstanceProfile(Context&, const AddRoleToInstanceProfileRequest&);
AttachRolePolicyResponse AttachRolePolicy(Context&, const AttachRolePolicyRequest&);
CreateInstanceProfileResponse CreateInstanceProfile(Context&, const CreateInstanceProfileRequest&);
CreateRoleResponse CreateRole(Context&, const CreateRoleRequest&);
CreateServiceLinkedRoleResponse CreateServiceLinkedRole(Context&, const CreateServiceLinkedRoleRequest&);
DeleteRoleResponse DeleteRole(Context&, const DeleteRoleRequest&);
DeleteRolePolicyResponse DeleteRolePolicy(Context&, const DeleteRolePolicyRequest&);
DetachRolePolicyResponse DetachRolePolicy(Context&, const DetachRolePolicyRequest&);
GetRoleResponse GetRole(Context&, const GetRoleRequest&);
GetRolePolicyResponse GetRolePolicy(Context&, const GetRolePolicyRequest&);
ListAttachedRolePoliciesResponse ListAttachedRolePolicies(Context&, const ListAttachedRolePoliciesRequest&);
ListRolesResponse ListRoles(Context&, const ListRolesRequest&);
PutRolePolicyResponse PutRolePolicy(Context&, const PutRolePolicyRequest&);
TagRoleResponse TagRole(Context&, const TagRoleRequest&);

namespace {

using testing::Fixture;

constexpr const char* kExecutionPolicy = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
const std::string kTrustEcs =
    R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole"}]})";

CreateRoleRequest Named(const std::string& name, const std::string& trust = kTrustEcs) {
  CreateRoleRequest request;
  request.RoleName = name;
  request.AssumeRolePolicyDocument = trust;
  return request;
}

void Attach(Fixture& f, const std::string& role, const std::string& arn) {
  AttachRolePolicyRequest request;
  request.RoleName = role;
  request.PolicyArn = arn;
  f.Call(AttachRolePolicy, request);
}

void PutInline(Fixture& f, const std::string& role, const std::string& name, const std::string& document) {
  PutRolePolicyRequest request;
  request.RoleName = role;
  request.PolicyName = name;
  request.PolicyDocument = document;
  f.Call(PutRolePolicy, request);
}

GetRoleRequest Get(const std::string& name) {
  GetRoleRequest request;
  request.RoleName = name;
  return request;
}

TEST_CASE("a role is created, found and listed as AWS shows it") {
  Fixture f;
  CreateRoleRequest request = Named("web-execution");
  request.Path = "/team/";
  const Role created = *f.Call(CreateRole, request).Role;
  CHECK(created.Arn == "arn:aws:iam::123456789012:role/team/web-execution");
  CHECK(created.RoleId->starts_with("AROA"));
  CHECK(created.RoleId->size() == 21);
  CHECK(!created.MaxSessionDuration);
  CHECK(created.AssumeRolePolicyDocument == PercentEncode(kTrustEcs));
  const Role got = *f.Call(GetRole, Get("web-execution")).Role;
  CHECK(got.MaxSessionDuration == 3600);
  CHECK(got.RoleLastUsed.has_value());
  ListRolesRequest list;
  list.PathPrefix = "/team/";
  CHECK(f.Call(ListRoles, list).Roles.size() == 1);
  list.PathPrefix = "/other/";
  CHECK(f.Call(ListRoles, list).Roles.empty());
}

TEST_CASE("names are unique whatever their case, and trust policies are checked") {
  Fixture f;
  f.Call(CreateRole, Named("web"));
  CHECK(f.ErrorOf(CreateRole, Named("WEB")).code() == "EntityAlreadyExists");
  CHECK(f.ErrorOf(CreateRole, Named("web")).message() == "Role with name web already exists.");
  CHECK(f.ErrorOf(CreateRole, Named("x", "{")).message() == "This policy contains invalid Json");
  CHECK(f.ErrorOf(GetRole, Get("missing")).message() == "The role with name missing cannot be found.");
  const std::string trust = R"({"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
      "Principal": {"AWS": "arn:aws:iam::123456789012:role/missing"}}})";
  CHECK(f.ErrorOf(CreateRole, Named("x", trust)).message() ==
        "Invalid principal in policy: \"AWS\":\"arn:aws:iam::123456789012:role/missing\"");
  std::string padded = kTrustEcs;
  padded.insert(1, "\"Id\": \"" + std::string(2048, 'x') + "\", ");
  CHECK(f.ErrorOf(CreateRole, Named("x", padded)).message() == "Cannot exceed quota for ACLSizePerRole: 2048");
}

TEST_CASE("lists go by pages, and forged markers are refused") {
  Fixture f;
  for (const char* name : {"c", "a", "b"}) f.Call(CreateRole, Named(name));
  ListRolesRequest request;
  request.MaxItems = 2;
  const auto first = f.Call(ListRoles, request);
  CHECK(first.IsTruncated == true);
  REQUIRE(first.Roles.size() == 2);
  CHECK(first.Roles[0].RoleName == "a");
  request.Marker = first.Marker;
  const auto second = f.Call(ListRoles, request);
  CHECK(second.IsTruncated == false);
  CHECK(!second.Marker);
  REQUIRE(second.Roles.size() == 1);
  CHECK(second.Roles[0].RoleName == "c");
  request.Marker = "forged";
  CHECK(f.CodeOf(ListRoles, request) == "ValidationError");
}

TEST_CASE("policies are attached once, listed, and keep their role from being deleted") {
  Fixture f;
  f.Call(CreateRole, Named("web"));
  Attach(f, "web", kExecutionPolicy);
  Attach(f, "web", kExecutionPolicy);
  ListAttachedRolePoliciesRequest list;
  list.RoleName = "web";
  const auto attached = f.Call(ListAttachedRolePolicies, list).AttachedPolicies;
  REQUIRE(attached.size() == 1);
  CHECK(attached[0].PolicyName == "AmazonECSTaskExecutionRolePolicy");
  CHECK(attached[0].PolicyArn == kExecutionPolicy);
  list.PathPrefix = "/other/";
  CHECK(f.Call(ListAttachedRolePolicies, list).AttachedPolicies.empty());

  DeleteRoleRequest remove;
  remove.RoleName = "web";
  CHECK(f.ErrorOf(DeleteRole, remove).message() == "Cannot delete entity, must detach all policies first.");
  DetachRolePolicyRequest detach;
  detach.RoleName = "web";
  detach.PolicyArn = kExecutionPolicy;
  f.Call(DetachRolePolicy, detach);
  CHECK(f.ErrorOf(DetachRolePolicy, detach).message() == std::string("Policy ") + kExecutionPolicy + " was not found.");
  PutInline(f, "web", "p", R"({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})");
  CHECK(f.ErrorOf(DeleteRole, remove).message() == "Cannot delete entity, must delete policies first.");
  DeleteRolePolicyRequest remove_policy;
  remove_policy.RoleName = "web";
  remove_policy.PolicyName = "p";
  f.Call(DeleteRolePolicy, remove_policy);
  CHECK(f.ErrorOf(DeleteRolePolicy, remove_policy).message() == "The role policy with name p cannot be found.");

  CreateInstanceProfileRequest profile;
  profile.InstanceProfileName = "profile";
  f.Call(CreateInstanceProfile, profile);
  AddRoleToInstanceProfileRequest add;
  add.InstanceProfileName = "profile";
  add.RoleName = "web";
  f.Call(AddRoleToInstanceProfile, add);
  CHECK(f.ErrorOf(DeleteRole, remove).message() ==
        "Cannot delete entity, must remove roles from instance profile first.");
}

TEST_CASE("what cannot be attached") {
  Fixture f;
  f.Call(CreateRole, Named("web"));
  AttachRolePolicyRequest request;
  request.RoleName = "web";
  const auto refused = [&](const std::string& arn) {
    request.PolicyArn = arn;
    return f.ErrorOf(AttachRolePolicy, request).message();
  };
  CHECK(refused("AmazonECSTaskExecutionRolePolicy") == "Invalid ARN:  Could not be parsed!");
  CHECK(refused("arn:aws:iam::123456789012:policy/missing") ==
        "Policy arn:aws:iam::123456789012:policy/missing does not exist or is not attachable.");
  CHECK(refused("arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy") ==
        "Cannot attach a Service Role Policy to a Customer Role.");
  int attached = 0;
  for (const char* name : {"AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "IAMFullAccess",
                           "IAMReadOnlyAccess", "AmazonECS_FullAccess", "CloudWatchLogsFullAccess",
                           "CloudWatchLogsReadOnlyAccess", "SecretsManagerReadWrite", "AmazonVPCFullAccess"}) {
    Attach(f, "web", std::string("arn:aws:iam::aws:policy/") + name);
    ++attached;
  }
  CHECK(attached == 10);
  CHECK(refused("arn:aws:iam::aws:policy/AmazonVPCReadOnlyAccess") == "Cannot exceed quota for PoliciesPerRole: 10");
}

TEST_CASE("inline policies come back as they were, percent-encoded, and have a limit") {
  Fixture f;
  f.Call(CreateRole, Named("web"));
  const std::string document =
      R"({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::a%2Fb"}})";
  PutInline(f, "web", "p", document);
  GetRolePolicyRequest get;
  get.RoleName = "web";
  get.PolicyName = "p";
  CHECK(f.Call(GetRolePolicy, get).PolicyDocument == PercentEncode(document));
  PutRolePolicyRequest put;
  put.RoleName = "web";
  put.PolicyName = "long";
  put.PolicyDocument = R"({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::)" +
                       std::string(10240, 'x') + "\"}}";
  CHECK(f.ErrorOf(PutRolePolicy, put).message() == "Maximum policy size of 10240 bytes exceeded for role web");
  put.PolicyDocument = "{}";
  CHECK(f.CodeOf(PutRolePolicy, put) == "MalformedPolicyDocument");
}

TEST_CASE("tags: keys once whatever their case, none of AWS's own, fifty at most") {
  Fixture f;
  f.Call(CreateRole, Named("web"));
  const auto tag = [](const std::string& key) {
    Tag made;
    made.Key = key;
    made.Value = "v";
    return made;
  };
  TagRoleRequest request;
  request.RoleName = "web";
  request.Tags = {tag("Team"), tag("team")};
  CHECK(f.CodeOf(TagRole, request) == "InvalidInput");
  request.Tags = {tag("aws:x")};
  CHECK(f.CodeOf(TagRole, request) == "InvalidInput");
  request.Tags.clear();
  for (int i = 0; i < 50; ++i) request.Tags.push_back(tag("k" + std::to_string(i)));
  f.Call(TagRole, request);
  request.Tags = {tag("one more")};
  CHECK(f.CodeOf(TagRole, request) == "LimitExceeded");
}

TEST_CASE("service-linked roles are made once, on demand or on first use, and only AWS changes them") {
  Fixture f;
  const std::string arn = f.Run([](Context& context) { return EnsureServiceLinkedRole(context, "ecs.amazonaws.com"); });
  CHECK(arn == "arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS");
  CHECK(f.Run([](Context& context) { return EnsureServiceLinkedRole(context, "ecs.amazonaws.com"); }) == arn);
  ListAttachedRolePoliciesRequest list;
  list.RoleName = "AWSServiceRoleForECS";
  CHECK(f.Call(ListAttachedRolePolicies, list).AttachedPolicies.at(0).PolicyName == "AmazonECSServiceRolePolicy");

  CreateServiceLinkedRoleRequest create;
  create.AWSServiceName = "ecs.amazonaws.com";
  CHECK(f.ErrorOf(CreateServiceLinkedRole, create).message() ==
        "Service role name AWSServiceRoleForECS has been taken in this account, please try a different suffix.");
  create.AWSServiceName = "elasticloadbalancing.amazonaws.com";
  create.CustomSuffix = "x";
  CHECK(f.ErrorOf(CreateServiceLinkedRole, create).message() ==
        "Custom suffix is not allowed for elasticloadbalancing.amazonaws.com");
  create.CustomSuffix.reset();
  CHECK(f.Call(CreateServiceLinkedRole, create).Role->RoleName == "AWSServiceRoleForElasticLoadBalancing");
  DeleteRoleRequest remove;
  remove.RoleName = "AWSServiceRoleForECS";
  CHECK(f.ErrorOf(DeleteRole, remove).code() == "UnmodifiableEntity");
}

TEST_CASE("a role trusts the services its trust policy names, under its conditions") {
  Fixture f;
  f.Call(CreateRole, Named("web"));
  f.Call(CreateRole, Named("guarded", R"({"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
      "Principal": {"Service": "ecs-tasks.amazonaws.com"},
      "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"},
                    "ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-central-1:123456789012:*"}}}})"));
  f.Run([](Context& context) {
    const auto web = FindRole(context, "arn:aws:iam::123456789012:role/web");
    REQUIRE(web);
    CHECK(RoleTrusts(context, *web, "ecs-tasks.amazonaws.com"));
    CHECK(!RoleTrusts(context, *web, "ec2.amazonaws.com"));
    const auto guarded = FindRole(context, "guarded");
    REQUIRE(guarded);
    CHECK(RoleTrusts(context, *guarded, "ecs-tasks.amazonaws.com", "arn:aws:ecs:eu-central-1:123456789012:task/t"));
    CHECK(!RoleTrusts(context, *guarded, "ecs-tasks.amazonaws.com"));
    CHECK(!FindRole(context, "arn:aws:iam::123456789012:role/team/web"));
    CHECK(!FindRole(context, "arn:aws:iam::210987654321:role/web"));
    return 0;
  });
}

TEST_CASE("a session may do what its role's policies allow, and a denial names what was missing") {
  Fixture f;
  f.Call(CreateRole, Named("web"));
  Attach(f, "web", kExecutionPolicy);
  PutInline(f, "web", "one-secret", R"({"Statement": {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
      "Resource": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod-mongodb-??????"}})");
  f.Run([](Context& context) {
    const Principal session = SessionOf("123456789012", *FindRole(context, "web"), "task-1");
    CHECK(session.arn == "arn:aws:sts::123456789012:assumed-role/web/task-1");
    CHECK(Authorize(context, session, "ecr:GetAuthorizationToken", "*").allowed());
    const std::string secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:";
    CHECK(Authorize(context, session, "secretsmanager:GetSecretValue", secret + "prod-mongodb-a1B2c3").allowed());
    const auto denied = Authorize(context, session, "secretsmanager:GetSecretValue", secret + "other-a1B2c3");
    CHECK(!denied.allowed());
    CHECK(AccessDeniedMessage(session, "secretsmanager:GetSecretValue", secret + "other-a1B2c3", denied) ==
          "User: arn:aws:sts::123456789012:assumed-role/web/task-1 is not authorized to perform: "
          "secretsmanager:GetSecretValue on resource: " +
              secret +
              "other-a1B2c3 because no identity-based policy allows "
              "the secretsmanager:GetSecretValue action");
    // A session of a role of that name that is no more.
    Principal old = session;
    old.user_id = "AROAOLDOLDOLDOLDOLDOL:task-1";
    CHECK(!Authorize(context, old, "ecr:GetAuthorizationToken", "*").allowed());
    return 0;
  });
}

}  // namespace
}  // namespace drydock::iam
