// The event history: 90 days of the region's management events. AWS lets one account ask twice a second; here it may
// ask as often as it likes.
#include <algorithm>
#include <chrono>

#include "api/cloudtrail/Event.h"
#include "api/cloudtrail/LookupEventsRequest.h"
#include "api/cloudtrail/LookupEventsResponse.h"
#include "api/cloudtrail/Resource.h"
#include "emulator/api/operation.h"
#include "emulator/core/paging.h"
#include "handlers/cloudtrail/errors.h"
#include "handlers/engines.h"
#include "store/audit_events.h"
#include "store/database.h"

namespace drydock::cloudtrail {

namespace {

constexpr std::int32_t kPage = 50;
constexpr Duration kHistory = std::chrono::hours(24 * 90);

std::optional<store::AuditAttribute> AttributeNamed(const std::string& key) {
  using store::AuditAttribute;
  static constexpr std::pair<const char*, AuditAttribute> kAttributes[] = {
      {"EventId", AuditAttribute::kEventId},           {"EventName", AuditAttribute::kName},
      {"ReadOnly", AuditAttribute::kReadOnly},         {"Username", AuditAttribute::kUserName},
      {"ResourceType", AuditAttribute::kResourceType}, {"ResourceName", AuditAttribute::kResourceName},
      {"EventSource", AuditAttribute::kSource},        {"AccessKeyId", AuditAttribute::kAccessKey},
  };
  for (const auto& [name, attribute] : kAttributes)
    if (key == name) return attribute;
  return std::nullopt;
}

Event Render(const store::AuditEvent& record) {
  Event event;
  event.EventId = record.event_id;
  event.EventName = record.name;
  event.ReadOnly = record.read_only ? "true" : "false";
  if (!record.access_key.empty()) event.AccessKeyId = record.access_key;
  event.EventTime = Timestamp{record.time.milliseconds / 1000 * 1000};
  event.EventSource = record.source;
  if (!record.user_name.empty()) event.Username = record.user_name;
  event.Resources.present = true;
  for (const store::AuditResource& known : record.resources) {
    Resource& resource = event.Resources.emplace_back();
    resource.ResourceType = known.type;
    resource.ResourceName = known.name;
  }
  event.CloudTrailEvent = record.record;
  return event;
}

}  // namespace

AWS_OPERATION(cloudtrail, LookupEvents)
LookupEventsResponse LookupEvents(Context& context, const LookupEventsRequest& in) {
  store::AuditQuery query;
  std::string question = "cloudtrail:LookupEvents";
  if (in.LookupAttributes.size() > 1)
    throw errors::InvalidLookupAttributes("The list of lookup attributes can contain only one item.");
  for (const auto& wanted : in.LookupAttributes) {
    const auto attribute = AttributeNamed(*wanted.AttributeKey);
    if (!attribute) throw errors::InvalidLookupAttributes("The attribute key is not valid: " + *wanted.AttributeKey);
    if (*attribute == store::AuditAttribute::kReadOnly && *wanted.AttributeValue != "true" &&
        *wanted.AttributeValue != "false")
      throw errors::InvalidLookupAttributes("The value of ReadOnly must be true or false.");
    query.attribute = {*attribute, *wanted.AttributeValue};
    question += ":" + *wanted.AttributeKey + "=" + *wanted.AttributeValue;
  }
  if (in.StartTime && in.EndTime && *in.EndTime < *in.StartTime) throw errors::InvalidTimeRange();
  const std::int32_t limit = in.MaxResults.value_or(kPage);
  if (limit < 1 || limit > kPage) throw errors::InvalidMaxResults();
  if (in.EventCategory && *in.EventCategory != "insight") throw errors::InvalidEventCategory(*in.EventCategory);
  question +=
      fmt::format(":{}:{}", in.StartTime ? in.StartTime->milliseconds : 0, in.EndTime ? in.EndTime->milliseconds : 0);
  if (in.NextToken) {
    const auto position = context.engines.tokens.Open(question, *in.NextToken);
    if (!position) throw errors::InvalidNextToken();
    const auto colon = position->find(':');
    query.behind = {Timestamp{std::stoll(*position)}, std::stoll(position->substr(colon + 1))};
  }
  LookupEventsResponse out;
  out.Events.present = true;
  if (in.EventCategory) return out;  // there are no insights

  const Timestamp oldest = context.now + -kHistory;
  query.start = in.StartTime ? std::max(*in.StartTime, oldest) : oldest;
  // Times are of whole seconds: the one that was asked for is in.
  if (in.EndTime) query.end = Timestamp{in.EndTime->milliseconds / 1000 * 1000 + 999};
  query.limit = static_cast<std::size_t>(limit) + 1;
  auto events = store::AuditEvents(context.tx).Find(context.scope, query);
  if (events.size() > static_cast<std::size_t>(limit)) {
    events.pop_back();
    out.NextToken = context.engines.tokens.Seal(
        question, fmt::format("{}:{}", events.back().time.milliseconds, events.back().sequence));
  }
  for (const store::AuditEvent& event : events) out.Events.push_back(Render(event));
  return out;
}

}  // namespace drydock::cloudtrail
