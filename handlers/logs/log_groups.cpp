#include "handlers/logs/log_groups.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "api/logs/CreateLogGroupRequest.h"
#include "api/logs/CreateLogGroupResponse.h"
#include "api/logs/DeleteLogGroupRequest.h"
#include "api/logs/DeleteLogGroupResponse.h"
#include "api/logs/DeleteRetentionPolicyRequest.h"
#include "api/logs/DeleteRetentionPolicyResponse.h"
#include "api/logs/DescribeLogGroupsRequest.h"
#include "api/logs/DescribeLogGroupsResponse.h"
#include "api/logs/PutLogGroupDeletionProtectionRequest.h"
#include "api/logs/PutLogGroupDeletionProtectionResponse.h"
#include "api/logs/PutRetentionPolicyRequest.h"
#include "api/logs/PutRetentionPolicyResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/arn.h"
#include "emulator/core/paging.h"
#include "emulator/core/text.h"
#include "handlers/engines.h"
#include "handlers/logs/errors.h"
#include "store/database.h"
#include "store/log_events.h"
#include "store/table.h"
#include "store/timers.h"

namespace drydock::logs {

using LogGroupRecord = records::logs::LogGroup;
using LogStreamRecord = records::logs::LogStream;

namespace {

constexpr std::size_t kDefaultPage = 50;
constexpr std::int64_t kBytesPerEvent = 26;  // counted beside the message; CloudWatch Logs API Reference, PutLogEvents
constexpr std::array kRetentionDays{1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                                    365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};

LogGroup Render(Context& context, const LogGroupRecord& group) {
  const auto held = store::LogEvents(context.tx).Statistics(context.scope, group.name);
  LogGroup out;
  out.logGroupName = group.name;
  out.creationTime = group.created_at.milliseconds;
  out.retentionInDays = group.retention_in_days;
  out.metricFilterCount = 0;
  out.logGroupArn = context.Arn("logs", "log-group:" + group.name);
  out.arn = *out.logGroupArn + ":*";
  out.storedBytes = held.message_bytes + kBytesPerEvent * held.events;
  out.kmsKeyId = group.kms_key_id;
  out.logGroupClass = group.log_group_class;
  out.deletionProtectionEnabled = group.deletion_protection;
  return out;
}

// What is told of a group that is found by a part of its name: CloudWatch Logs API Reference, DescribeLogGroups
// logGroupNamePattern; that the number of metric filters is there, too, is seen (aws/aws-sdk-go-v2 issue 2102).
LogGroup RenderFound(const Context& context, const LogGroupRecord& group) {
  LogGroup out;
  out.logGroupName = group.name;
  out.creationTime = group.created_at.milliseconds;
  out.metricFilterCount = 0;
  out.arn = context.Arn("logs", "log-group:" + group.name + ":*");
  return out;
}

// The group that an identifier names; nullopt where it is an ARN of something else.
std::optional<std::string> NameOf(const Context& context, const std::string& identifier) {
  if (!Arn::LooksLike(identifier)) return identifier;
  constexpr std::string_view kType = "log-group:";
  const auto arn = Arn::Parse(identifier);
  if (!arn || arn->service != "logs" || arn->region != context.region() || arn->account != context.account() ||
      !arn->resource.starts_with(kType)) {
    return std::nullopt;
  }
  return arn->resource.substr(kType.size());
}

}  // namespace

LogGroupRecord FindGroup(Context& context, const std::string& name) {
  auto group = context.tx.Get<LogGroupRecord>(context.scope, name);
  if (!group) throw errors::GroupNotFound();
  return *std::move(group);
}

LogStreamRecord FindStream(Context& context, const std::string& log_group, const std::string& name) {
  auto stream = context.tx.Get<LogStreamRecord>(context.scope, log_group, name);
  if (!stream) throw errors::StreamNotFound();
  return *std::move(stream);
}

LogGroupRecord FindGroup(Context& context, const std::optional<std::string>& name,
                         const std::optional<std::string>& identifier) {
  if (name && identifier) throw errors::NameAndIdentifier();
  if (name) return FindGroup(context, *name);
  if (!identifier) throw errors::NameOrIdentifierMissing();
  const auto named = NameOf(context, *identifier);
  if (!named) throw errors::GroupNotFound();
  return FindGroup(context, *named);
}

std::optional<Timestamp> OldestKept(const LogGroupRecord& group, Timestamp now) {
  if (!group.retention_in_days) return std::nullopt;
  return now + Duration(-std::chrono::hours(24) * *group.retention_in_days);
}

void CheckTags(const std::map<std::string, std::string>& tags) {
  if (tags.size() > 50) throw errors::TooManyTags();
  for (const auto& [key, value] : tags) {
    if (Lowercase(key).starts_with("aws:"))  // unconfirmed
      throw errors::InvalidParameter("Tag keys that start with 'aws:' are reserved for AWS.");
  }
}

AWS_OPERATION(logs, CreateLogGroup)
AWS_ACCESS("log-group/{logGroupName}", "tags? logs:TagResource log-group/{logGroupName}")
CreateLogGroupResponse CreateLogGroup(Context& context, const CreateLogGroupRequest& in) {
  // CloudWatch Logs API Reference, CreateLogGroup; the wording is unconfirmed.
  if (in.logGroupName->starts_with("aws/"))
    throw errors::InvalidParameter("Log groups starting with aws/ are reserved for AWS.");
  if (context.tx.Get<LogGroupRecord>(context.scope, *in.logGroupName)) throw errors::GroupAlreadyExists();

  LogGroupRecord group;
  group.name = *in.logGroupName;
  group.created_at = context.now;
  group.kms_key_id = in.kmsKeyId;
  group.log_group_class = in.logGroupClass.value_or("STANDARD");
  group.deletion_protection = in.deletionProtectionEnabled.value_or(false);
  group.tags = in.tags;
  CheckTags(group.tags);
  context.tx.Put(context.scope, group);
  return {};
}

AWS_OPERATION(logs, DeleteLogGroup)
AWS_ACCESS("log-group/{logGroupName}")
DeleteLogGroupResponse DeleteLogGroup(Context& context, const DeleteLogGroupRequest& in) {
  const LogGroupRecord group = FindGroup(context, *in.logGroupName);
  if (group.deletion_protection) throw errors::DeletionProtected();
  for (const auto& stream :
       context.tx.List<LogStreamRecord>(context.scope, store::Where(&LogStreamRecord::log_group, group.name)))
    context.tx.Erase<LogStreamRecord>(context.scope, group.name, stream.name);
  store::LogEvents(context.tx).EraseGroup(context.scope, group.name);
  context.tx.CancelTimer(kRetention, context.scope, group.name);
  context.tx.Erase<LogGroupRecord>(context.scope, group.name);
  return {};
}

AWS_OPERATION(logs, DescribeLogGroups)
AWS_ACCESS("log-group/")
DescribeLogGroupsResponse DescribeLogGroups(Context& context, const DescribeLogGroupsRequest& in) {
  if (in.logGroupNamePrefix && in.logGroupNamePattern) throw errors::PrefixAndPattern();
  // CloudWatch Logs API Reference, DescribeLogGroups logGroupIdentifiers.
  if (!in.logGroupIdentifiers.empty() && (in.logGroupNamePrefix || in.logGroupNamePattern || in.logGroupClass))
    throw errors::IdentifiersAndFilter();
  std::vector<std::string> wanted;
  for (const std::string& identifier : in.logGroupIdentifiers) {
    if (const auto name = NameOf(context, identifier)) wanted.push_back(*name);
  }
  const auto is_wanted = [&](const LogGroupRecord& group) {
    if (in.logGroupNamePrefix && !group.name.starts_with(*in.logGroupNamePrefix)) return false;
    // Part of the name, with its case: CloudWatch Logs API Reference, DescribeLogGroups.
    if (in.logGroupNamePattern && group.name.find(*in.logGroupNamePattern) == std::string::npos) return false;
    if (in.logGroupClass && group.log_group_class != *in.logGroupClass) return false;
    return in.logGroupIdentifiers.empty() || std::find(wanted.begin(), wanted.end(), group.name) != wanted.end();
  };
  // An account of ours has no other accounts linked to it.
  const auto& accounts = in.accountIdentifiers;
  const bool own = accounts.empty() || std::find(accounts.begin(), accounts.end(), context.account()) != accounts.end();

  std::vector<LogGroupRecord> groups;
  if (own) groups = context.tx.List<LogGroupRecord>(context.scope, {.order = store::Order::kId});
  std::erase_if(groups, [&](const LogGroupRecord& group) { return !is_wanted(group); });
  auto page = TakePage(context.engines.tokens, "logs.DescribeLogGroups", std::move(groups), in.nextToken,
                       static_cast<std::size_t>(in.limit.value_or(kDefaultPage)),
                       [](const LogGroupRecord& group) { return group.name; });
  if (!page) throw errors::InvalidToken();
  DescribeLogGroupsResponse out;
  out.logGroups.present = true;
  for (const LogGroupRecord& group : page->items)
    out.logGroups.push_back(in.logGroupNamePattern ? RenderFound(context, group) : Render(context, group));
  out.nextToken = std::move(page->next_token);
  return out;
}

AWS_OPERATION(logs, PutRetentionPolicy)
AWS_ACCESS("log-group/{logGroupName}")
PutRetentionPolicyResponse PutRetentionPolicy(Context& context, const PutRetentionPolicyRequest& in) {
  LogGroupRecord group = FindGroup(context, *in.logGroupName);
  if (std::find(kRetentionDays.begin(), kRetentionDays.end(), *in.retentionInDays) == kRetentionDays.end()) {
    // In the manner of an enumeration (aws-facts G.1); the wording is unconfirmed.
    std::vector<std::string> values;
    for (const int days : kRetentionDays) values.push_back(std::to_string(days));
    throw errors::InvalidParameter(
        fmt::format("1 validation error detected: Value '{}' at 'retentionInDays' failed to satisfy constraint: Member "
                    "must satisfy enum value set: [{}]",
                    *in.retentionInDays, Join(values, ", ")));
  }
  group.retention_in_days = in.retentionInDays;
  context.tx.Put(context.scope, group);
  context.tx.SetTimer({.kind = kRetention, .scope = context.scope, .key = group.name, .due = context.now});
  return {};
}

AWS_OPERATION(logs, DeleteRetentionPolicy)
AWS_ACCESS("log-group/{logGroupName}")
DeleteRetentionPolicyResponse DeleteRetentionPolicy(Context& context, const DeleteRetentionPolicyRequest& in) {
  LogGroupRecord group = FindGroup(context, *in.logGroupName);
  group.retention_in_days = std::nullopt;
  context.tx.Put(context.scope, group);
  context.tx.CancelTimer(kRetention, context.scope, group.name);
  return {};
}

AWS_OPERATION(logs, PutLogGroupDeletionProtection)
AWS_ACCESS("log-group/{logGroupIdentifier}")
PutLogGroupDeletionProtectionResponse PutLogGroupDeletionProtection(Context& context,
                                                                    const PutLogGroupDeletionProtectionRequest& in) {
  LogGroupRecord group = FindGroup(context, std::nullopt, in.logGroupIdentifier);
  group.deletion_protection = *in.deletionProtectionEnabled;
  context.tx.Put(context.scope, group);
  return {};
}

}  // namespace drydock::logs
