#include "api/iam/AddUserToGroupRequest.h"
#include "api/iam/AddUserToGroupResponse.h"
#include "api/iam/CreateGroupRequest.h"
#include "api/iam/CreateGroupResponse.h"
#include "api/iam/DeleteGroupRequest.h"
#include "api/iam/DeleteGroupResponse.h"
#include "api/iam/GetGroupRequest.h"
#include "api/iam/GetGroupResponse.h"
#include "api/iam/Group.h"
#include "api/iam/ListGroupsForUserRequest.h"
#include "api/iam/ListGroupsForUserResponse.h"
#include "api/iam/ListGroupsRequest.h"
#include "api/iam/ListGroupsResponse.h"
#include "api/iam/RemoveUserFromGroupRequest.h"
#include "api/iam/RemoveUserFromGroupResponse.h"
#include "api/iam/UpdateGroupRequest.h"
#include "api/iam/UpdateGroupResponse.h"
#include "api/iam/User.h"
#include "emulator/api/operation.h"
#include "handlers/iam/entities.h"
#include "store/records/iam/policy.h"

namespace drydock::iam {

using GroupRecord = records::iam::Group;
using records::iam::Membership;

namespace {

Group Render(const std::string& account, const GroupRecord& record) {
  Group group;
  group.Path = record.path;
  group.GroupName = record.name;
  group.GroupId = record.id;
  group.Arn = EntityArn(account, "group", record.path, record.name);
  group.CreateDate = record.created;
  return group;
}

void RenameGroup(Context& context, GroupRecord& group, const std::string& new_name) {
  using records::iam::Attachment;
  for (const Membership& membership :
       context.tx.List<Membership>(context.scope, store::Where(&Membership::group, group.name))) {
    context.tx.Erase<Membership>(context.scope, membership.group, membership.user);
    context.tx.Put(context.scope, Membership{new_name, membership.user});
  }
  for (const Attachment& attachment :
       context.tx.List<Attachment>(context.scope, store::Where(&Attachment::entity, "group/" + group.name))) {
    context.tx.Erase<Attachment>(context.scope, attachment.entity, attachment.policy_arn);
    context.tx.Put(context.scope, Attachment{"group/" + new_name, attachment.policy_arn});
  }
  context.tx.Erase<GroupRecord>(context.scope, group.name);
  group.name = new_name;
  group.name_key = Lowercase(new_name);
}

}  // namespace

AWS_OPERATION(iam, CreateGroup)
AWS_ACCESS("group/{Path|}/{GroupName}")
CreateGroupResponse CreateGroup(Context& context, const CreateGroupRequest& in) {
  GroupRecord group;
  group.name = *in.GroupName;
  group.name_key = Lowercase(group.name);
  group.path = in.Path.value_or("/");
  if (NameTaken<GroupRecord>(context, group.name)) throw errors::EntityExists("Group", group.name);
  CheckCount<GroupRecord>(context, "GroupsPerAccount", 300);
  group.id = context.ids.Iam("AGPA", 21);
  group.created = context.now;
  context.tx.Put(context.scope, group);

  CreateGroupResponse out;
  out.Group = Render(context.account(), group);
  return out;
}

AWS_OPERATION(iam, GetGroup)
AWS_ACCESS("group/{GroupName}")
GetGroupResponse GetGroup(Context& context, const GetGroupRequest& in) {
  const GroupRecord group = RequireGroup(context, *in.GroupName);
  std::vector<std::string> names;
  for (const Membership& membership :
       context.tx.List<Membership>(context.scope, store::Where(&Membership::group, group.name)))
    names.push_back(membership.user);
  GetGroupResponse out;
  out.Group = Render(context.account(), group);
  for (const std::string& name : TakeIamPage(context, "GetGroup:" + group.name, std::move(names), in, out)) {
    const records::iam::User user = RequireUser(context, name);
    User& shown = out.Users.emplace_back();
    shown.Path = user.path;
    shown.UserName = user.name;
    shown.UserId = user.id;
    shown.Arn = EntityArn(context.account(), "user", user.path, user.name);
    shown.CreateDate = user.created;
  }
  return out;
}

AWS_OPERATION(iam, ListGroups)
AWS_ACCESS("path/group/{PathPrefix|}")
ListGroupsResponse ListGroups(Context& context, const ListGroupsRequest& in) {
  const std::string prefix = in.PathPrefix.value_or("/");
  std::vector<GroupRecord> groups;
  for (GroupRecord& group : context.tx.List<GroupRecord>(context.scope, {.order = store::Order::kId}))
    if (group.path.starts_with(prefix)) groups.push_back(std::move(group));
  ListGroupsResponse out;
  for (const GroupRecord& group : TakeIamPage(context, "ListGroups:" + prefix, std::move(groups), in, out,
                                              [](const GroupRecord& record) { return record.name; }))
    out.Groups.push_back(Render(context.account(), group));
  return out;
}

AWS_OPERATION(iam, UpdateGroup)
AWS_ACCESS("group/{GroupName}", "NewGroupName? group/{NewPath|}/{NewGroupName}")
UpdateGroupResponse UpdateGroup(Context& context, const UpdateGroupRequest& in) {
  GroupRecord group = RequireGroup(context, *in.GroupName);
  if (in.NewPath) group.path = *in.NewPath;
  if (in.NewGroupName && *in.NewGroupName != group.name) {
    if (Lowercase(*in.NewGroupName) != group.name_key && NameTaken<GroupRecord>(context, *in.NewGroupName))
      throw errors::EntityExists("Group", *in.NewGroupName);
    RenameGroup(context, group, *in.NewGroupName);
  }
  context.tx.Put(context.scope, group);
  return {};
}

AWS_OPERATION(iam, DeleteGroup)
AWS_ACCESS("group/{GroupName}")
DeleteGroupResponse DeleteGroup(Context& context, const DeleteGroupRequest& in) {
  const GroupRecord group = RequireGroup(context, *in.GroupName);
  if (context.tx.Count<Membership>(context.scope, store::Where(&Membership::group, group.name)) > 0)
    throw errors::MustLeaveGroup();
  CheckNoPolicies(context, kGroup, group.name, group.inline_policies);
  context.tx.Erase<GroupRecord>(context.scope, group.name);
  return {};
}

AWS_OPERATION(iam, AddUserToGroup)
AWS_ACCESS("group/{GroupName}")
AddUserToGroupResponse AddUserToGroup(Context& context, const AddUserToGroupRequest& in) {
  constexpr std::size_t kMostGroups = 10;
  const GroupRecord group = RequireGroup(context, *in.GroupName);
  const records::iam::User user = RequireUser(context, *in.UserName);
  if (context.tx.Get<Membership>(context.scope, group.name, user.name)) return {};
  if (context.tx.Count<Membership>(context.scope, store::Where(&Membership::user, user.name)) >= kMostGroups)
    throw errors::QuotaExceeded("GroupsPerUser", kMostGroups);
  context.tx.Put(context.scope, Membership{group.name, user.name});
  return {};
}

AWS_OPERATION(iam, RemoveUserFromGroup)
AWS_ACCESS("group/{GroupName}")
RemoveUserFromGroupResponse RemoveUserFromGroup(Context& context, const RemoveUserFromGroupRequest& in) {
  const GroupRecord group = RequireGroup(context, *in.GroupName);
  const records::iam::User user = RequireUser(context, *in.UserName);
  // Unconfirmed: whether AWS minds that the user was not in the group.
  context.tx.Erase<Membership>(context.scope, group.name, user.name);
  return {};
}

AWS_OPERATION(iam, ListGroupsForUser)
AWS_ACCESS("user/{UserName}")
ListGroupsForUserResponse ListGroupsForUser(Context& context, const ListGroupsForUserRequest& in) {
  const records::iam::User user = RequireUser(context, *in.UserName);
  std::vector<std::string> names;
  for (const Membership& membership :
       context.tx.List<Membership>(context.scope, store::Where(&Membership::user, user.name)))
    names.push_back(membership.group);
  ListGroupsForUserResponse out;
  for (const std::string& name : TakeIamPage(context, "ListGroupsForUser:" + user.name, std::move(names), in, out))
    out.Groups.push_back(Render(context.account(), RequireGroup(context, name)));
  return out;
}

}  // namespace drydock::iam
