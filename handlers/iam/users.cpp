#include "handlers/iam/users.h"
#include "api/iam/CreateUserRequest.h"
#include "api/iam/CreateUserResponse.h"
#include "api/iam/DeleteUserPermissionsBoundaryRequest.h"
#include "api/iam/DeleteUserPermissionsBoundaryResponse.h"
#include "api/iam/DeleteUserRequest.h"
#include "api/iam/DeleteUserResponse.h"
#include "api/iam/GetUserRequest.h"
#include "api/iam/GetUserResponse.h"
#include "api/iam/ListUserTagsRequest.h"
#include "api/iam/ListUserTagsResponse.h"
#include "api/iam/ListUsersRequest.h"
#include "api/iam/ListUsersResponse.h"
#include "api/iam/PutUserPermissionsBoundaryRequest.h"
#include "api/iam/PutUserPermissionsBoundaryResponse.h"
#include "api/iam/TagUserRequest.h"
#include "api/iam/TagUserResponse.h"
#include "api/iam/UntagUserRequest.h"
#include "api/iam/UntagUserResponse.h"
#include "api/iam/UpdateUserRequest.h"
#include "api/iam/UpdateUserResponse.h"
#include "api/iam/User.h"
#include "emulator/api/operation.h"
#include "handlers/iam/entities.h"
#include "handlers/iam/principals.h"
#include "store/records/iam/login.h"

namespace drydock::iam {

using UserRecord = records::iam::User;
using records::iam::Membership;

namespace {

User Render(const std::string& account, const UserRecord& record, bool listed) {
  User user;
  user.Path = record.path;
  user.UserName = record.name;
  user.UserId = record.id;
  user.Arn = EntityArn(account, "user", record.path, record.name);
  user.CreateDate = record.created;
  if (listed) return user;
  user.PermissionsBoundary = RenderBoundary(record.boundary);
  user.Tags = RenderTags(record.tags);
  return user;
}

}  // namespace

AWS_OPERATION(iam, CreateUser)
AWS_ACCESS("user/{Path|}/{UserName}", "Tags? iam:TagUser user/{Path|}/{UserName}",
           "iam:PermissionsBoundary={PermissionsBoundary}")
CreateUserResponse CreateUser(Context& context, const CreateUserRequest& in) {
  UserRecord user;
  user.name = *in.UserName;
  user.name_key = Lowercase(user.name);
  user.path = in.Path.value_or("/");
  if (NameTaken<UserRecord>(context, user.name)) throw errors::EntityExists("User", user.name);
  CheckCount<UserRecord>(context, "UsersPerAccount", 5000);
  if (in.PermissionsBoundary) CheckBoundary(context, *in.PermissionsBoundary);
  user.boundary = in.PermissionsBoundary;
  user.id = context.ids.Iam("AIDA", 21);
  user.created = context.now;
  AddTags(user.tags, in.Tags, "TagsPerUser");
  context.tx.Put(context.scope, user);

  CreateUserResponse out;
  out.User = Render(context.account(), user, false);
  return out;
}

AWS_OPERATION(iam, GetUser)
AWS_ACCESS("user/{UserName|}")
GetUserResponse GetUser(Context& context, const GetUserRequest& in) {
  GetUserResponse out;
  if (!in.UserName && context.principal.type == Principal::Type::kRoot) {
    // The root user has neither name nor path.
    out.User.emplace();
    out.User->UserId = context.account();
    out.User->Arn = context.principal.arn;
    out.User->CreateDate = context.now;
    return out;
  }
  out.User = Render(context.account(), UserOrCaller(context, in.UserName), false);
  return out;
}

AWS_OPERATION(iam, ListUsers)
AWS_ACCESS("path/user/{PathPrefix|}")
ListUsersResponse ListUsers(Context& context, const ListUsersRequest& in) {
  const std::string prefix = in.PathPrefix.value_or("/");
  std::vector<UserRecord> users;
  for (UserRecord& user : context.tx.List<UserRecord>(context.scope, {.order = store::Order::kId}))
    if (user.path.starts_with(prefix)) users.push_back(std::move(user));
  ListUsersResponse out;
  for (const UserRecord& user : TakeIamPage(context, "ListUsers:" + prefix, std::move(users), in, out,
                                            [](const UserRecord& record) { return record.name; }))
    out.Users.push_back(Render(context.account(), user, true));
  return out;
}

AWS_OPERATION(iam, UpdateUser)
AWS_ACCESS("user/{UserName}", "NewUserName? user/{NewPath|}/{NewUserName}")
UpdateUserResponse UpdateUser(Context& context, const UpdateUserRequest& in) {
  UserRecord user = RequireUser(context, *in.UserName);
  const std::string arn = EntityArn(context.account(), "user", user.path, user.name);
  if (in.NewPath) user.path = *in.NewPath;
  if (in.NewUserName && *in.NewUserName != user.name) {
    if (Lowercase(*in.NewUserName) != user.name_key && NameTaken<UserRecord>(context, *in.NewUserName))
      throw errors::EntityExists("User", *in.NewUserName);
    RenameUser(context, user, *in.NewUserName);
  }
  context.tx.Put(context.scope, user);
  RenamePrincipal(context, arn, EntityArn(context.account(), "user", user.path, user.name));
  return {};
}

AWS_OPERATION(iam, DeleteUser)
AWS_ACCESS("user/{UserName}")
DeleteUserResponse DeleteUser(Context& context, const DeleteUserRequest& in) {
  const UserRecord user = RequireUser(context, *in.UserName);
  if (!AccessKeysOf(context, user.name).empty()) throw errors::MustDeleteAccessKeys();
  if (context.tx.Count<Membership>(context.scope, store::Where(&Membership::user, user.name)) > 0)
    throw errors::MustLeaveGroup();
  if (context.tx.Get<records::iam::LoginProfile>(context.scope, user.name)) throw errors::MustDeleteLoginProfile();
  CheckNoPolicies(context, kUser, user.name, user.inline_policies);
  context.tx.Erase<UserRecord>(context.scope, user.name);
  RenamePrincipal(context, EntityArn(context.account(), "user", user.path, user.name), user.id);
  return {};
}

AWS_OPERATION(iam, PutUserPermissionsBoundary)
AWS_ACCESS("user/{UserName}", "iam:PermissionsBoundary={PermissionsBoundary}")
PutUserPermissionsBoundaryResponse PutUserPermissionsBoundary(Context& context,
                                                              const PutUserPermissionsBoundaryRequest& in) {
  UserRecord user = RequireUser(context, *in.UserName);
  CheckBoundary(context, *in.PermissionsBoundary);
  user.boundary = in.PermissionsBoundary;
  context.tx.Put(context.scope, user);
  return {};
}

AWS_OPERATION(iam, DeleteUserPermissionsBoundary)
AWS_ACCESS("user/{UserName}")
DeleteUserPermissionsBoundaryResponse DeleteUserPermissionsBoundary(Context& context,
                                                                    const DeleteUserPermissionsBoundaryRequest& in) {
  UserRecord user = RequireUser(context, *in.UserName);
  if (!user.boundary)  // unconfirmed
    throw errors::NoSuchEntity("The permissions boundary of user " + user.name + " cannot be found.");
  user.boundary.reset();
  context.tx.Put(context.scope, user);
  return {};
}

AWS_OPERATION(iam, TagUser)
AWS_ACCESS("user/{UserName}")
TagUserResponse TagUser(Context& context, const TagUserRequest& in) {
  UserRecord user = RequireUser(context, *in.UserName);
  AddTags(user.tags, in.Tags, "TagsPerUser");
  context.tx.Put(context.scope, user);
  return {};
}

AWS_OPERATION(iam, UntagUser)
AWS_ACCESS("user/{UserName}")
UntagUserResponse UntagUser(Context& context, const UntagUserRequest& in) {
  UserRecord user = RequireUser(context, *in.UserName);
  RemoveTags(user.tags, in.TagKeys);
  context.tx.Put(context.scope, user);
  return {};
}

AWS_OPERATION(iam, ListUserTags)
AWS_ACCESS("user/{UserName}")
ListUserTagsResponse ListUserTags(Context& context, const ListUserTagsRequest& in) {
  const UserRecord user = RequireUser(context, *in.UserName);
  ListUserTagsResponse out;
  const std::vector<Tag> tags = RenderTags(user.tags);
  out.Tags = TakeIamPage(context, "ListUserTags:" + user.name, tags, in, out, [](const Tag& tag) { return *tag.Key; });
  return out;
}

}  // namespace drydock::iam
