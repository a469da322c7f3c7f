#include "api/iam/AddRoleToInstanceProfileRequest.h"
#include "api/iam/AddRoleToInstanceProfileResponse.h"
#include "api/iam/CreateInstanceProfileRequest.h"
#include "api/iam/CreateInstanceProfileResponse.h"
#include "api/iam/DeleteInstanceProfileRequest.h"
#include "api/iam/DeleteInstanceProfileResponse.h"
#include "api/iam/GetInstanceProfileRequest.h"
#include "api/iam/GetInstanceProfileResponse.h"
#include "api/iam/InstanceProfile.h"
#include "api/iam/ListInstanceProfileTagsRequest.h"
#include "api/iam/ListInstanceProfileTagsResponse.h"
#include "api/iam/ListInstanceProfilesForRoleRequest.h"
#include "api/iam/ListInstanceProfilesForRoleResponse.h"
#include "api/iam/ListInstanceProfilesRequest.h"
#include "api/iam/ListInstanceProfilesResponse.h"
#include "api/iam/RemoveRoleFromInstanceProfileRequest.h"
#include "api/iam/RemoveRoleFromInstanceProfileResponse.h"
#include "api/iam/TagInstanceProfileRequest.h"
#include "api/iam/TagInstanceProfileResponse.h"
#include "api/iam/UntagInstanceProfileRequest.h"
#include "api/iam/UntagInstanceProfileResponse.h"
#include "emulator/api/operation.h"
#include "handlers/iam/entities.h"
#include "handlers/iam/render.h"

namespace drydock::iam {

using ProfileRecord = records::iam::InstanceProfile;

namespace {

ProfileRecord RequireProfile(Context& context, const std::string& name) {
  auto profile = context.tx.Get<ProfileRecord>(context.scope, name);
  if (!profile) throw errors::InstanceProfileNotFound(name);
  return *profile;
}

}  // namespace

InstanceProfile RenderInstanceProfile(Context& context, const ProfileRecord& record) {
  InstanceProfile profile;
  profile.Path = record.path;
  profile.InstanceProfileName = record.name;
  profile.InstanceProfileId = record.id;
  profile.Arn = EntityArn(context.account(), "instance-profile", record.path, record.name);
  profile.CreateDate = record.created;
  profile.Roles.present = true;
  if (record.role)
    profile.Roles.push_back(RenderRole(context.account(), RequireRole(context, *record.role), ShownRole::kListed));
  profile.Tags = RenderTags(record.tags);
  return profile;
}

AWS_OPERATION(iam, CreateInstanceProfile)
AWS_ACCESS("instance-profile/{Path|}/{InstanceProfileName}",
           "Tags? iam:TagInstanceProfile instance-profile/{Path|}/{InstanceProfileName}")
CreateInstanceProfileResponse CreateInstanceProfile(Context& context, const CreateInstanceProfileRequest& in) {
  ProfileRecord profile;
  profile.name = *in.InstanceProfileName;
  profile.name_key = Lowercase(profile.name);
  profile.path = in.Path.value_or("/");
  if (NameTaken<ProfileRecord>(context, profile.name)) throw errors::InstanceProfileExists(profile.name);
  CheckCount<ProfileRecord>(context, "InstanceProfilesPerAccount", 1000);
  profile.id = context.ids.Iam("AIPA", 21);
  profile.created = context.now;
  AddTags(profile.tags, in.Tags, "TagsPerInstanceProfile");
  context.tx.Put(context.scope, profile);

  CreateInstanceProfileResponse out;
  out.InstanceProfile = RenderInstanceProfile(context, profile);
  return out;
}

AWS_OPERATION(iam, GetInstanceProfile)
AWS_ACCESS("instance-profile/{InstanceProfileName}")
GetInstanceProfileResponse GetInstanceProfile(Context& context, const GetInstanceProfileRequest& in) {
  GetInstanceProfileResponse out;
  out.InstanceProfile = RenderInstanceProfile(context, RequireProfile(context, *in.InstanceProfileName));
  return out;
}

AWS_OPERATION(iam, ListInstanceProfiles)
AWS_ACCESS("path/instance-profile/{PathPrefix|}")
ListInstanceProfilesResponse ListInstanceProfiles(Context& context, const ListInstanceProfilesRequest& in) {
  const std::string prefix = in.PathPrefix.value_or("/");
  std::vector<ProfileRecord> profiles;
  for (ProfileRecord& profile : context.tx.List<ProfileRecord>(context.scope, {.order = store::Order::kId}))
    if (profile.path.starts_with(prefix)) profiles.push_back(std::move(profile));
  ListInstanceProfilesResponse out;
  for (const ProfileRecord& profile : TakeIamPage(context, "ListInstanceProfiles:" + prefix, std::move(profiles), in,
                                                  out, [](const ProfileRecord& record) { return record.name; }))
    out.InstanceProfiles.push_back(RenderInstanceProfile(context, profile));
  return out;
}

AWS_OPERATION(iam, ListInstanceProfilesForRole)
AWS_ACCESS("role/{RoleName}")
ListInstanceProfilesForRoleResponse ListInstanceProfilesForRole(Context& context,
                                                                const ListInstanceProfilesForRoleRequest& in) {
  const std::string role = RequireRole(context, *in.RoleName).name;
  ListInstanceProfilesForRoleResponse out;
  for (const ProfileRecord& profile :
       TakeIamPage(context, "ListInstanceProfilesForRole:" + role,
                   context.tx.List<ProfileRecord>(context.scope, store::Where(&ProfileRecord::role, role)), in, out,
                   [](const ProfileRecord& record) { return record.name; }))
    out.InstanceProfiles.push_back(RenderInstanceProfile(context, profile));
  return out;
}

AWS_OPERATION(iam, AddRoleToInstanceProfile)
AWS_ACCESS("instance-profile/{InstanceProfileName}",
           "iam:PassRole passed-role/{RoleName} iam:PassedToService=ec2.amazonaws.com")
AddRoleToInstanceProfileResponse AddRoleToInstanceProfile(Context& context, const AddRoleToInstanceProfileRequest& in) {
  ProfileRecord profile = RequireProfile(context, *in.InstanceProfileName);
  const records::iam::Role role = RequireModifiableRole(context, *in.RoleName);
  if (profile.role) throw errors::QuotaExceeded("InstanceSessionsPerInstanceProfile", 1);
  profile.role = role.name;
  context.tx.Put(context.scope, profile);
  return {};
}

AWS_OPERATION(iam, RemoveRoleFromInstanceProfile)
AWS_ACCESS("instance-profile/{InstanceProfileName}")
RemoveRoleFromInstanceProfileResponse RemoveRoleFromInstanceProfile(Context& context,
                                                                    const RemoveRoleFromInstanceProfileRequest& in) {
  ProfileRecord profile = RequireProfile(context, *in.InstanceProfileName);
  if (profile.role != RequireRole(context, *in.RoleName).name) throw errors::EntityNotFound("role", *in.RoleName);
  profile.role.reset();
  context.tx.Put(context.scope, profile);
  return {};
}

AWS_OPERATION(iam, DeleteInstanceProfile)
AWS_ACCESS("instance-profile/{InstanceProfileName}")
DeleteInstanceProfileResponse DeleteInstanceProfile(Context& context, const DeleteInstanceProfileRequest& in) {
  const ProfileRecord profile = RequireProfile(context, *in.InstanceProfileName);
  if (profile.role) throw errors::MustLeaveInstanceProfile();
  context.tx.Erase<ProfileRecord>(context.scope, profile.name);
  return {};
}

AWS_OPERATION(iam, TagInstanceProfile)
AWS_ACCESS("instance-profile/{InstanceProfileName}")
TagInstanceProfileResponse TagInstanceProfile(Context& context, const TagInstanceProfileRequest& in) {
  ProfileRecord profile = RequireProfile(context, *in.InstanceProfileName);
  AddTags(profile.tags, in.Tags, "TagsPerInstanceProfile");
  context.tx.Put(context.scope, profile);
  return {};
}

AWS_OPERATION(iam, UntagInstanceProfile)
AWS_ACCESS("instance-profile/{InstanceProfileName}")
UntagInstanceProfileResponse UntagInstanceProfile(Context& context, const UntagInstanceProfileRequest& in) {
  ProfileRecord profile = RequireProfile(context, *in.InstanceProfileName);
  RemoveTags(profile.tags, in.TagKeys);
  context.tx.Put(context.scope, profile);
  return {};
}

AWS_OPERATION(iam, ListInstanceProfileTags)
AWS_ACCESS("instance-profile/{InstanceProfileName}")
ListInstanceProfileTagsResponse ListInstanceProfileTags(Context& context, const ListInstanceProfileTagsRequest& in) {
  const ProfileRecord profile = RequireProfile(context, *in.InstanceProfileName);
  ListInstanceProfileTagsResponse out;
  const std::vector<Tag> tags = RenderTags(profile.tags);
  out.Tags = TakeIamPage(context, "ListInstanceProfileTags:" + profile.name, tags, in, out,
                         [](const Tag& tag) { return *tag.Key; });
  return out;
}

}  // namespace drydock::iam
