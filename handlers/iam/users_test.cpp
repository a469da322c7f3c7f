// Texts: aws-facts H.8; DeleteUser's as Terraform's users report them.
#include "api/iam/AddUserToGroupRequest.h"
#include "api/iam/AddUserToGroupResponse.h"
#include "api/iam/AttachGroupPolicyRequest.h"
#include "api/iam/AttachGroupPolicyResponse.h"
#include "api/iam/CreateAccessKeyRequest.h"
#include "api/iam/CreateAccessKeyResponse.h"
#include "api/iam/CreateGroupRequest.h"
#include "api/iam/CreateGroupResponse.h"
#include "api/iam/CreateUserRequest.h"
#include "api/iam/CreateUserResponse.h"
#include "api/iam/DeleteAccessKeyRequest.h"
#include "api/iam/DeleteAccessKeyResponse.h"
#include "api/iam/DeleteGroupRequest.h"
#include "api/iam/DeleteGroupResponse.h"
#include "api/iam/DeleteUserRequest.h"
#include "api/iam/DeleteUserResponse.h"
#include "api/iam/GetUserRequest.h"
#include "api/iam/GetUserResponse.h"
#include "api/iam/ListAccessKeysRequest.h"
#include "api/iam/ListAccessKeysResponse.h"
#include "api/iam/PutUserPermissionsBoundaryRequest.h"
#include "api/iam/PutUserPermissionsBoundaryResponse.h"
#include "api/iam/PutUserPolicyRequest.h"
#include "api/iam/PutUserPolicyResponse.h"
#include "api/iam/RemoveUserFromGroupRequest.h"
#include "api/iam/RemoveUserFromGroupResponse.h"
#include "api/iam/UpdateAccessKeyRequest.h"
#include "api/iam/UpdateAccessKeyResponse.h"
#include "api/iam/UpdateUserRequest.h"
#include "api/iam/UpdateUserResponse.h"
#include "handlers/iam/authorization.h"
#include "handlers/testing/fixture.h"
#include "store/records/iam/entity.h"

namespace drydock::iam {

AddUserToGroupResponse AddUserToGroup(Context&, const AddUserToGroupRequest&);
AttachGroupPolicyResponse AttachGroupPolicy(Context&, const AttachGroupPolicyRequest&);
CreateAccessKeyResponse CreateAccessKey(Context&, const CreateAccessKeyRequest&);
CreateGroupResponse CreateGroup(Context&, const CreateGroupRequest&);
CreateUserResponse CreateUser(Context&, const CreateUserRequest&);
DeleteAccessKeyResponse DeleteAccessKey(Context&, const DeleteAccessKeyRequest&);
DeleteGroupResponse DeleteGroup(Context&, const DeleteGroupRequest&);
DeleteUserResponse DeleteUser(Context&, const DeleteUserRequest&);
GetUserResponse GetUser(Context&, const GetUserRequest&);
ListAccessKeysResponse ListAccessKeys(Context&, const ListAccessKeysRequest&);
PutUserPermissionsBoundaryResponse PutUserPermissionsBoundary(Context&, const PutUserPermissionsBoundaryRequest&);
PutUserPolicyResponse PutUserPolicy(Context&, const PutUserPolicyRequest&);
RemoveUserFromGroupResponse RemoveUserFromGroup(Context&, const RemoveUserFromGroupRequest&);
UpdateAccessKeyResponse UpdateAccessKey(Context&, const UpdateAccessKeyRequest&);
UpdateUserResponse UpdateUser(Context&, const UpdateUserRequest&);

namespace {

using testing::Fixture;

void CreateNamedUser(Fixture& f, const std::string& name) {
  CreateUserRequest request;
  request.UserName = name;
  f.Call(CreateUser, request);
}

AccessKey NewKey(Fixture& f, const std::string& user) {
  CreateAccessKeyRequest request;
  request.UserName = user;
  return *f.Call(CreateAccessKey, request).AccessKey;
}

TEST_CASE("users: created, shown, renamed with all that is theirs") {
  Fixture f;
  CreateNamedUser(f, "ana");
  GetUserRequest get;
  get.UserName = "ana";
  const User ana = *f.Call(GetUser, get).User;
  CHECK(ana.Arn == "arn:aws:iam::123456789012:user/ana");
  CHECK(ana.UserId->starts_with("AIDA"));
  const AccessKey key = NewKey(f, "ana");
  UpdateUserRequest rename;
  rename.UserName = "ana";
  rename.NewUserName = "anna";
  rename.NewPath = "/staff/";
  f.Call(UpdateUser, rename);
  CHECK(f.ErrorOf(GetUser, get).message() == "The user with name ana cannot be found.");
  get.UserName = "anna";
  CHECK(f.Call(GetUser, get).User->Arn == "arn:aws:iam::123456789012:user/staff/anna");
  CHECK(f.Call(GetUser, get).User->UserId == ana.UserId);
  ListAccessKeysRequest keys;
  keys.UserName = "anna";
  CHECK(f.Call(ListAccessKeys, keys).AccessKeyMetadata.at(0).AccessKeyId == key.AccessKeyId);
}

TEST_CASE("access keys: two at most, inactive and deleted ones keep being known") {
  Fixture f;
  CreateNamedUser(f, "ana");
  const AccessKey first = NewKey(f, "ana");
  CHECK(first.AccessKeyId->starts_with("AKIA"));
  CHECK(first.AccessKeyId->size() == 20);
  CHECK(first.SecretAccessKey->size() == 40);
  NewKey(f, "ana");
  CreateAccessKeyRequest third;
  third.UserName = "ana";
  CHECK(f.ErrorOf(CreateAccessKey, third).message() == "Cannot exceed quota for AccessKeysPerUser: 2");
  UpdateAccessKeyRequest update;
  update.UserName = "ana";
  update.AccessKeyId = first.AccessKeyId;
  update.Status = "Inactive";
  f.Call(UpdateAccessKey, update);
  ListAccessKeysRequest list;
  list.UserName = "ana";
  CHECK(f.Call(ListAccessKeys, list).AccessKeyMetadata.at(0).Status == "Inactive");
  DeleteAccessKeyRequest remove;
  remove.UserName = "ana";
  remove.AccessKeyId = first.AccessKeyId;
  f.Call(DeleteAccessKey, remove);
  CHECK(f.ErrorOf(DeleteAccessKey, remove).message() ==
        "The Access Key with id " + *first.AccessKeyId + " cannot be found.");
  const auto kept =
      f.Run([&](Context& context) { return context.tx.Get<records::iam::AccessKey>({}, *first.AccessKeyId); });
  REQUIRE(kept);
  CHECK(kept->deleted);
  CHECK((kept->secret.empty() && kept->sealed.empty()));
}

TEST_CASE("a user with keys, groups or policies cannot be deleted") {
  Fixture f;
  CreateNamedUser(f, "ana");
  DeleteUserRequest remove;
  remove.UserName = "ana";
  const AccessKey key = NewKey(f, "ana");
  CHECK(f.ErrorOf(DeleteUser, remove).message() == "Cannot delete entity, must delete access keys first.");
  DeleteAccessKeyRequest remove_key;
  remove_key.UserName = "ana";
  remove_key.AccessKeyId = key.AccessKeyId;
  f.Call(DeleteAccessKey, remove_key);
  CreateGroupRequest group;
  group.GroupName = "staff";
  f.Call(CreateGroup, group);
  AddUserToGroupRequest add;
  add.GroupName = "staff";
  add.UserName = "ana";
  f.Call(AddUserToGroup, add);
  CHECK(f.ErrorOf(DeleteUser, remove).message() == "Cannot delete entity, must remove users from group first.");
  DeleteGroupRequest remove_group;
  remove_group.GroupName = "staff";
  CHECK(f.CodeOf(DeleteGroup, remove_group) == "DeleteConflict");
  RemoveUserFromGroupRequest leave;
  leave.GroupName = "staff";
  leave.UserName = "ana";
  f.Call(RemoveUserFromGroup, leave);
  f.Call(DeleteGroup, remove_group);
  f.Call(DeleteUser, remove);
}

TEST_CASE("without a name, root has no user to be asked about") {
  Fixture f;
  CHECK(f.Call(GetUser, GetUserRequest{}).User->Arn == "arn:aws:iam::123456789012:root");
  CHECK(f.ErrorOf(ListAccessKeys, ListAccessKeysRequest{}).message() ==
        "Must specify userName when calling with non-User credentials");
}

TEST_CASE("a user may do what its own policies and its groups' allow, within its boundary") {
  Fixture f;
  CreateNamedUser(f, "ana");
  CreateGroupRequest group;
  group.GroupName = "staff";
  f.Call(CreateGroup, group);
  AddUserToGroupRequest add;
  add.GroupName = "staff";
  add.UserName = "ana";
  f.Call(AddUserToGroup, add);
  AttachGroupPolicyRequest attach;
  attach.GroupName = "staff";
  attach.PolicyArn = "arn:aws:iam::aws:policy/AmazonECS_FullAccess";
  f.Call(AttachGroupPolicy, attach);
  PutUserPolicyRequest put;
  put.UserName = "ana";
  put.PolicyName = "own";
  put.PolicyDocument = R"({"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Action": "iam:*AccessKey*", "Resource": "arn:aws:iam::*:user/${aws:username}"},
      {"Effect": "Deny", "Action": "ecs:DeleteCluster", "Resource": "*"}]})";
  f.Call(PutUserPolicy, put);

  const auto allowed = [&](const std::string& action, const std::string& resource) {
    return f.Run([&](Context& context) {
      const auto user = context.tx.Get<records::iam::User>(context.scope, std::string("ana"));
      const Principal principal{
          Principal::Type::kUser, "123456789012", "arn:aws:iam::123456789012:user/ana", user->id, "", ""};
      return Authorize(context, principal, action, resource).allowed();
    });
  };
  CHECK(allowed("ecs:RunTask", "*"));
  CHECK(!allowed("ecs:DeleteCluster", "*"));
  CHECK(allowed("iam:CreateAccessKey", "arn:aws:iam::123456789012:user/ana"));
  CHECK(!allowed("iam:CreateAccessKey", "arn:aws:iam::123456789012:user/bob"));
  PutUserPermissionsBoundaryRequest boundary;
  boundary.UserName = "ana";
  boundary.PermissionsBoundary = "arn:aws:iam::aws:policy/ReadOnlyAccess";
  f.Call(PutUserPermissionsBoundary, boundary);
  CHECK(!allowed("ecs:RunTask", "*"));
  CHECK(allowed("ecs:ListClusters", "*"));
}

}  // namespace
}  // namespace drydock::iam
