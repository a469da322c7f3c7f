#include "handlers/cloudtrail/selectors.h"

#include <algorithm>
#include <set>

#include "api/cloudtrail/GetEventSelectorsRequest.h"
#include "api/cloudtrail/GetEventSelectorsResponse.h"
#include "api/cloudtrail/GetInsightSelectorsRequest.h"
#include "api/cloudtrail/GetInsightSelectorsResponse.h"
#include "api/cloudtrail/PutEventSelectorsRequest.h"
#include "api/cloudtrail/PutEventSelectorsResponse.h"
#include "api/cloudtrail/PutInsightSelectorsRequest.h"
#include "api/cloudtrail/PutInsightSelectorsResponse.h"
#include "emulator/api/operation.h"
#include "handlers/cloudtrail/errors.h"
#include "handlers/cloudtrail/lookup.h"
#include "handlers/engines.h"
#include "store/database.h"

namespace drydock::cloudtrail {

using TrailRecord = records::cloudtrail::Trail;

namespace {

// CloudTrail API Reference, PutEventSelectors, EventSelector, AdvancedFieldSelector.
constexpr std::size_t kMostSelectors = 5;
constexpr std::size_t kMostDataResources = 250;
constexpr std::size_t kMostValues = 500;

const std::set<std::string>& Excludable() {
  static const std::set<std::string> sources{"kms.amazonaws.com", "rdsdata.amazonaws.com"};
  return sources;
}

void CheckBasic(const List<EventSelector>& selectors) {
  static const std::set<std::string> kTypes{"AWS::S3::Object", "AWS::Lambda::Function", "AWS::DynamoDB::Table"};
  if (selectors.size() > kMostSelectors)
    throw errors::InvalidEventSelectors(fmt::format("A trail can have up to {} event selectors.", kMostSelectors));
  std::size_t resources = 0;
  for (const EventSelector& selector : selectors) {
    for (const DataResource& resource : selector.DataResources) {
      if (!kTypes.contains(resource.Type.value_or("")))
        throw errors::InvalidEventSelectors("The data resource type is not valid: " + resource.Type.value_or(""));
      resources += resource.Values.size();
    }
    for (const std::string& source : selector.ExcludeManagementEventSources)
      if (!Excludable().contains(source))
        throw errors::InvalidEventSelectors("The management event source cannot be excluded: " + source);
  }
  if (resources > kMostDataResources)
    throw errors::InvalidEventSelectors(
        fmt::format("A trail can have up to {} data resources in its event selectors.", kMostDataResources));
}

const AdvancedFieldSelector* FieldNamed(const AdvancedEventSelector& selector, const char* name) {
  for (const AdvancedFieldSelector& field : selector.FieldSelectors)
    if (field.Field == name) return &field;
  return nullptr;
}

void CheckAdvanced(const List<AdvancedEventSelector>& selectors) {
  // Of management events; other categories have more fields, which are stored and choose nothing here.
  static const std::set<std::string> kFields{"eventCategory", "readOnly", "eventSource", "eventName", "eventType"};
  static const std::set<std::string> kCategories{"Management", "Data", "NetworkActivity"};
  std::size_t values = 0;
  for (const AdvancedEventSelector& selector : selectors) {
    const AdvancedFieldSelector* category = FieldNamed(selector, "eventCategory");
    if (!category || category->Equals.size() != 1 || !kCategories.contains(category->Equals[0]))
      throw errors::InvalidEventSelectors(
          "An advanced event selector must have a field selector that says which eventCategory equals Management, Data "
          "or NetworkActivity.");
    std::set<std::string> seen;
    for (const AdvancedFieldSelector& field : selector.FieldSelectors) {
      if (!seen.insert(*field.Field).second)
        throw errors::InvalidEventSelectors("A field is named more than once: " + *field.Field);
      if (category->Equals[0] == "Management" && !kFields.contains(*field.Field))
        throw errors::InvalidEventSelectors("The field is not valid for management events: " + *field.Field);
      std::size_t count = 0;
      for (const auto* list : {&field.Equals, &field.StartsWith, &field.EndsWith, &field.NotEquals,
                               &field.NotStartsWith, &field.NotEndsWith})
        count += list->size();
      if (count == 0) throw errors::InvalidEventSelectors("A field selector has no values: " + *field.Field);
      values += count;
    }
    if (const auto* read_only = FieldNamed(selector, "readOnly"))
      if (read_only->Equals.size() != 1 || (read_only->Equals[0] != "true" && read_only->Equals[0] != "false"))
        throw errors::InvalidEventSelectors("The field readOnly can only equal true or false.");
  }
  if (values > kMostValues)
    throw errors::InvalidEventSelectors(
        fmt::format("A trail can have up to {} values in its advanced event selectors.", kMostValues));
}

// CloudTrail User Guide, "How CloudTrail evaluates multiple conditions for a field": any of the positive ones, and none
// of the negative ones.
bool Matches(const AdvancedFieldSelector& field, const std::string& value) {
  const auto any = [&](const List<std::string>& list, auto matches) {
    return std::any_of(list.begin(), list.end(), matches);
  };
  const auto equals = [&](const std::string& wanted) { return value == wanted; };
  const auto starts = [&](const std::string& wanted) { return value.starts_with(wanted); };
  const auto ends = [&](const std::string& wanted) { return value.ends_with(wanted); };
  if (any(field.NotEquals, equals) || any(field.NotStartsWith, starts) || any(field.NotEndsWith, ends)) return false;
  if (field.Equals.empty() && field.StartsWith.empty() && field.EndsWith.empty()) return true;
  return any(field.Equals, equals) || any(field.StartsWith, starts) || any(field.EndsWith, ends);
}

bool Matches(const AdvancedEventSelector& selector, const store::AuditEvent& event) {
  return std::all_of(selector.FieldSelectors.begin(), selector.FieldSelectors.end(), [&](const auto& field) {
    const std::string& name = *field.Field;
    if (name == "eventCategory") return Matches(field, "Management");
    if (name == "readOnly") return Matches(field, event.read_only ? "true" : "false");
    if (name == "eventSource") return Matches(field, event.source);
    if (name == "eventName") return Matches(field, event.name);
    return name == "eventType" && Matches(field, "AwsApiCall");
  });
}

bool Matches(const EventSelector& selector, const store::AuditEvent& event) {
  if (!selector.IncludeManagementEvents.value_or(true)) return false;
  const auto& excluded = selector.ExcludeManagementEventSources;
  if (std::find(excluded.begin(), excluded.end(), event.source) != excluded.end()) return false;
  const std::string which = selector.ReadWriteType.value_or("All");
  return which == "All" || (which == "ReadOnly") == event.read_only;
}

EventSelector Complete(EventSelector selector) {
  if (!selector.ReadWriteType) selector.ReadWriteType = "All";
  if (!selector.IncludeManagementEvents) selector.IncludeManagementEvents = true;
  selector.DataResources.present = true;
  selector.ExcludeManagementEventSources.present = true;
  return selector;
}

template <class Answer>
void FillSelectors(const TrailRecord& trail, Answer& out) {
  out.TrailARN = trail.arn;
  for (const AdvancedEventSelector& selector : trail.advanced_event_selectors)
    out.AdvancedEventSelectors.push_back(selector);
  if (!trail.advanced_event_selectors.empty()) return;
  for (const EventSelector& selector : trail.event_selectors) out.EventSelectors.push_back(selector);
  if (trail.event_selectors.empty()) out.EventSelectors.push_back(Complete({}));
}

}  // namespace

bool IsSelected(const TrailRecord& trail, const store::AuditEvent& event) {
  const auto chooses = [&](const auto& selector) { return Matches(selector, event); };
  if (!trail.advanced_event_selectors.empty())
    return std::any_of(trail.advanced_event_selectors.begin(), trail.advanced_event_selectors.end(), chooses);
  return trail.event_selectors.empty() ||
         std::any_of(trail.event_selectors.begin(), trail.event_selectors.end(), chooses);
}

// Selectors of one kind replace those of the other.
AWS_OPERATION(cloudtrail, PutEventSelectors)
AWS_ACCESS("trail/{TrailName}")
PutEventSelectorsResponse PutEventSelectors(Context& context, const PutEventSelectorsRequest& in) {
  TrailRecord trail = FindTrailAtHome(context, *in.TrailName);
  if (!in.EventSelectors.empty() && !in.AdvancedEventSelectors.empty())
    throw errors::InvalidEventSelectors("You can have event selectors or advanced event selectors, but not both.");
  if (in.EventSelectors.empty() && in.AdvancedEventSelectors.empty())
    throw errors::InvalidEventSelectors("You must specify at least one event selector.");
  CheckBasic(in.EventSelectors);
  CheckAdvanced(in.AdvancedEventSelectors);
  trail.event_selectors.clear();
  for (const EventSelector& selector : in.EventSelectors) trail.event_selectors.push_back(Complete(selector));
  trail.advanced_event_selectors.assign(in.AdvancedEventSelectors.begin(), in.AdvancedEventSelectors.end());
  context.tx.Put(context.scope, trail);
  PutEventSelectorsResponse out;
  FillSelectors(trail, out);
  return out;
}

AWS_OPERATION(cloudtrail, GetEventSelectors)
AWS_ACCESS("trail/{TrailName}")
GetEventSelectorsResponse GetEventSelectors(Context& context, const GetEventSelectorsRequest& in) {
  GetEventSelectorsResponse out;
  FillSelectors(FindTrail(context, *in.TrailName), out);
  return out;
}

// Stored and shown: there are no insights. No selectors at all switch them off.
AWS_OPERATION(cloudtrail, PutInsightSelectors)
AWS_ACCESS("trail/{TrailName}")
PutInsightSelectorsResponse PutInsightSelectors(Context& context, const PutInsightSelectorsRequest& in) {
  if (in.EventDataStore || in.InsightsDestination) throw errors::NoEventDataStores();
  TrailRecord trail = FindTrailAtHome(context, in.TrailName.value_or(""));
  for (const InsightSelector& selector : in.InsightSelectors)
    if (!selector.InsightType) throw errors::InvalidInsightSelectors("An insight selector has no insight type.");
  trail.insight_selectors.assign(in.InsightSelectors.begin(), in.InsightSelectors.end());
  context.tx.Put(context.scope, trail);
  PutInsightSelectorsResponse out;
  out.TrailARN = trail.arn;
  out.InsightSelectors = in.InsightSelectors;
  return out;
}

AWS_OPERATION(cloudtrail, GetInsightSelectors)
AWS_ACCESS("trail/{TrailName}")
GetInsightSelectorsResponse GetInsightSelectors(Context& context, const GetInsightSelectorsRequest& in) {
  if (in.EventDataStore) throw errors::NoEventDataStores();
  const TrailRecord trail = FindTrail(context, in.TrailName.value_or(""));
  if (trail.insight_selectors.empty()) throw errors::InsightsNotEnabled(trail.name);
  GetInsightSelectorsResponse out;
  out.TrailARN = trail.arn;
  for (const InsightSelector& selector : trail.insight_selectors) out.InsightSelectors.push_back(selector);
  return out;
}

}  // namespace drydock::cloudtrail
