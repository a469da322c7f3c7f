// Trails: where the events of an account go, and which.
#include <algorithm>

#include "api/cloudtrail/CreateTrailRequest.h"
#include "api/cloudtrail/CreateTrailResponse.h"
#include "api/cloudtrail/DeleteTrailRequest.h"
#include "api/cloudtrail/DeleteTrailResponse.h"
#include "api/cloudtrail/DescribeTrailsRequest.h"
#include "api/cloudtrail/DescribeTrailsResponse.h"
#include "api/cloudtrail/GetTrailRequest.h"
#include "api/cloudtrail/GetTrailResponse.h"
#include "api/cloudtrail/ListTrailsRequest.h"
#include "api/cloudtrail/ListTrailsResponse.h"
#include "api/cloudtrail/Trail.h"
#include "api/cloudtrail/TrailInfo.h"
#include "api/cloudtrail/UpdateTrailRequest.h"
#include "api/cloudtrail/UpdateTrailResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "emulator/core/text.h"
#include "handlers/cloudtrail/delivery.h"
#include "handlers/cloudtrail/errors.h"
#include "handlers/cloudtrail/lookup.h"
#include "handlers/cloudtrail/tags.h"
#include "handlers/engines.h"
#include "store/database.h"

namespace drydock::cloudtrail {

using TrailRecord = records::cloudtrail::Trail;

namespace {

constexpr std::size_t kMostTrails = 5;  // per region; CloudTrail User Guide, "Quotas"
constexpr std::size_t kLongestPrefix = 200;
constexpr std::size_t kLongestTopic = 256;

// Amazon S3 User Guide, "Bucket naming rules".
bool IsBucketName(const std::string& name) {
  if (name.size() < 3 || name.size() > 63) return false;
  const auto letter_or_digit = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return letter_or_digit(name.front()) && letter_or_digit(name.back()) && name.find("..") == std::string::npos &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter_or_digit(c) || c == '.' || c == '-'; });
}

std::string NameOfTopic(const std::string& topic) {
  return topic.substr(topic.rfind(':') + 1);
}

std::string ArnOfTopic(const TrailRecord& trail, const std::string& topic) {
  if (Arn::LooksLike(topic)) return topic;
  const auto arn = Arn::Parse(trail.arn);
  return fmt::format("arn:aws:sns:{}:{}:{}", trail.home_region, arn ? arn->account : "", topic);
}

// What creating and updating have in common. Given members replace what was.
template <class Request>
void TakeOver(Context& context, const Request& in, TrailRecord& trail) {
  if (in.S3BucketName) {
    if (!IsBucketName(*in.S3BucketName)) throw errors::InvalidBucketName(*in.S3BucketName);
    trail.s3_bucket = *in.S3BucketName;
  }
  if (in.S3KeyPrefix) {
    if (in.S3KeyPrefix->size() > kLongestPrefix) throw errors::PrefixTooLong();
    trail.s3_prefix = in.S3KeyPrefix->empty() ? std::nullopt : in.S3KeyPrefix;
  }
  if (in.SnsTopicName) {
    if (in.SnsTopicName->size() > kLongestTopic || in.SnsTopicName->find(' ') != std::string::npos)
      throw errors::InvalidTopicName(*in.SnsTopicName);
    trail.sns_topic = in.SnsTopicName->empty() ? std::nullopt : in.SnsTopicName;
  }
  if (in.IsOrganizationTrail.value_or(false)) throw errors::NoOrganization();
  trail.global_service_events = in.IncludeGlobalServiceEvents.value_or(trail.global_service_events);
  trail.multi_region = in.IsMultiRegionTrail.value_or(trail.multi_region);
  if (trail.multi_region && !trail.global_service_events) throw errors::MultiRegionWithoutGlobal();
  trail.log_file_validation = in.EnableLogFileValidation.value_or(trail.log_file_validation);
  if (in.KmsKeyId) trail.kms_key_id = in.KmsKeyId->empty() ? std::nullopt : in.KmsKeyId;
  if (in.CloudWatchLogsLogGroupArn || in.CloudWatchLogsRoleArn) {
    const std::string group = in.CloudWatchLogsLogGroupArn.value_or(trail.log_group_arn.value_or(""));
    const std::string role = in.CloudWatchLogsRoleArn.value_or(trail.role_arn.value_or(""));
    if (group.empty() != role.empty()) throw errors::RoleAndGroupTogether();
    if (!group.empty()) CheckDelivery(context, group, role);
    trail.log_group_arn = group.empty() ? std::nullopt : std::optional(group);
    trail.role_arn = role.empty() ? std::nullopt : std::optional(role);
  }
}

// The members that CreateTrail, UpdateTrail and DescribeTrails all answer.
template <class Answer>
void Fill(const TrailRecord& trail, Answer& out) {
  out.Name = trail.name;
  out.S3BucketName = trail.s3_bucket;
  out.S3KeyPrefix = trail.s3_prefix;
  if (trail.sns_topic) {
    out.SnsTopicName = NameOfTopic(*trail.sns_topic);
    out.SnsTopicARN = ArnOfTopic(trail, *trail.sns_topic);
  }
  out.IncludeGlobalServiceEvents = trail.global_service_events;
  out.IsMultiRegionTrail = trail.multi_region;
  out.TrailARN = trail.arn;
  out.LogFileValidationEnabled = trail.log_file_validation;
  out.CloudWatchLogsLogGroupArn = trail.log_group_arn;
  out.CloudWatchLogsRoleArn = trail.role_arn;
  out.KmsKeyId = trail.kms_key_id;
  out.IsOrganizationTrail = false;
}

Trail Render(const TrailRecord& trail) {
  Trail out;
  Fill(trail, out);
  out.HomeRegion = trail.home_region;
  out.HasCustomEventSelectors = !trail.event_selectors.empty() || !trail.advanced_event_selectors.empty();
  out.HasInsightSelectors = !trail.insight_selectors.empty();
  return out;
}

}  // namespace

// The role is passed to CloudTrail: User Guide, "Granting permissions for CloudTrail administration".
AWS_OPERATION(cloudtrail, CreateTrail)
AWS_ACCESS("trail/{Name}",
           "iam:PassRole passed-role/{CloudWatchLogsRoleArn} iam:PassedToService=cloudtrail.amazonaws.com")
CreateTrailResponse CreateTrail(Context& context, const CreateTrailRequest& in) {
  CheckTrailName(*in.Name);
  TrailRecord trail;
  trail.name = *in.Name;
  trail.arn = TrailArn(context, trail.name);
  trail.home_region = context.region();
  if (context.tx.Get<TrailRecord>(context.scope, trail.arn))
    throw errors::TrailAlreadyExists(trail.name, context.account());
  std::size_t here = 0;
  for (const TrailRecord& other : context.tx.List<TrailRecord>(context.scope))
    here += other.home_region == context.region() || other.multi_region;
  if (here >= kMostTrails) throw errors::TooManyTrails(context.account(), kMostTrails, context.region());
  TakeOver(context, in, trail);
  AddTagsTo(trail, in.TagsList);
  context.tx.Put(context.scope, trail);
  CreateTrailResponse out;
  Fill(trail, out);
  return out;
}

AWS_OPERATION(cloudtrail, UpdateTrail)
AWS_ACCESS("trail/{Name}",
           "iam:PassRole passed-role/{CloudWatchLogsRoleArn} iam:PassedToService=cloudtrail.amazonaws.com")
UpdateTrailResponse UpdateTrail(Context& context, const UpdateTrailRequest& in) {
  TrailRecord trail = FindTrailAtHome(context, *in.Name);
  TakeOver(context, in, trail);
  ScheduleDelivery(context, trail);
  context.tx.Put(context.scope, trail);
  UpdateTrailResponse out;
  Fill(trail, out);
  return out;
}

AWS_OPERATION(cloudtrail, DeleteTrail)
AWS_ACCESS("trail/{Name}")
DeleteTrailResponse DeleteTrail(Context& context, const DeleteTrailRequest& in) {
  const TrailRecord trail = FindTrailAtHome(context, *in.Name);
  context.tx.Erase<TrailRecord>(context.scope, trail.arn);
  return {};
}

AWS_OPERATION(cloudtrail, GetTrail)
AWS_ACCESS("trail/{Name}")
GetTrailResponse GetTrail(Context& context, const GetTrailRequest& in) {
  GetTrailResponse out;
  out.Trail = Render(FindTrail(context, *in.Name));
  return out;
}

// Trails that do not exist are passed over. A multi-Region trail is seen in all regions: at home, and as a shadow.
AWS_OPERATION(cloudtrail, DescribeTrails)
DescribeTrailsResponse DescribeTrails(Context& context, const DescribeTrailsRequest& in) {
  std::vector<std::string> wanted;
  for (const std::string& name : in.trailNameList) wanted.push_back(ArnOfTrail(context, name));
  const bool shadows = in.includeShadowTrails.value_or(true);
  DescribeTrailsResponse out;
  out.trailList.present = true;
  for (const TrailRecord& trail : context.tx.List<TrailRecord>(context.scope)) {
    const bool named = std::find(wanted.begin(), wanted.end(), trail.arn) != wanted.end();
    const bool seen = trail.home_region == context.region() || (trail.multi_region && shadows) || named;
    if (seen && (named || wanted.empty())) out.trailList.push_back(Render(trail));
  }
  return out;
}

// All trails of the account, in whichever region.
AWS_OPERATION(cloudtrail, ListTrails)
ListTrailsResponse ListTrails(Context& context, const ListTrailsRequest& in) {
  if (in.NextToken) throw errors::InvalidToken();  // an account has fewer trails than a page
  ListTrailsResponse out;
  out.Trails.present = true;
  for (const TrailRecord& trail : context.tx.List<TrailRecord>(context.scope)) {
    TrailInfo& info = out.Trails.emplace_back();
    info.TrailARN = trail.arn;
    info.Name = trail.name;
    info.HomeRegion = trail.home_region;
  }
  return out;
}

}  // namespace drydock::cloudtrail
