#include "handlers/cloudtrail/delivery.h"

#include <chrono>

#include "emulator/core/arn.h"
#include "handlers/cloudtrail/errors.h"
#include "handlers/cloudtrail/selectors.h"
#include "handlers/iam/authorization.h"
#include "handlers/iam/roles.h"
#include "handlers/logs/events.h"
#include "store/audit_events.h"
#include "store/database.h"
#include "store/records/logs/log_group.h"

namespace drydock::cloudtrail {

using TrailRecord = records::cloudtrail::Trail;

namespace {

constexpr char kTimer[] = "cloudtrail.delivery";
constexpr char kService[] = "cloudtrail.amazonaws.com";
constexpr char kSessionName[] = "CLOUDWATCH_LOGS_DELIVERY_SESSION";  // seen in the field
constexpr Duration kInterval = std::chrono::minutes(5), kQuickInterval = std::chrono::seconds(2);
constexpr std::size_t kBatch = 1000, kMostBatches = 10;  // of one delivery, also of one that fails and is repeated

struct LogGroup {
  Scope scope;
  std::string name;
};

// arn:aws:logs:<region>:<account>:log-group:<name>:*
std::optional<LogGroup> ParseLogGroup(const std::string& text) {
  const auto arn = Arn::Parse(text);
  if (!arn || arn->service != "logs" || !arn->resource.starts_with("log-group:") || !arn->resource.ends_with(":*"))
    return std::nullopt;
  const std::string name = arn->resource.substr(10, arn->resource.size() - 12);
  if (name.empty()) return std::nullopt;
  return LogGroup{{arn->account, arn->region}, name};
}

std::string StreamName(const Context& context) {
  return context.account() + "_CloudTrail_" + context.region();
}

std::optional<Principal> Assume(Context& context, const std::string& role_arn) {
  const auto role = iam::FindRole(context, role_arn);
  if (!role || !iam::RoleTrusts(context, *role, kService)) return std::nullopt;
  return iam::SessionOf(context.account(), *role, kSessionName);
}

// The events of global services are everybody's who wants them; others those of the trail's regions.
bool IsOfTrail(const TrailRecord& trail, const std::string& account, const store::AuditEvent& event) {
  if (event.scope.account != account) return false;
  if (event.source == "iam.amazonaws.com") return trail.global_service_events;
  return trail.multi_region || event.scope.region == trail.home_region;
}

}  // namespace

void CheckDelivery(Context& context, const std::string& log_group_arn, const std::string& role_arn) {
  const auto group = ParseLogGroup(log_group_arn);
  if (!group || group->scope != context.scope || !context.tx.Get<records::logs::LogGroup>(group->scope, group->name))
    throw errors::LogGroupNotValid();
  const auto session = Assume(context, role_arn);
  if (!session) throw errors::RoleNotTrusted();
  const std::string stream = context.Arn("logs", "log-group:" + group->name + ":log-stream:" + StreamName(context));
  Context as_role = context;
  as_role.source_ip = as_role.user_agent = kService;
  for (const char* action : {"logs:CreateLogStream", "logs:PutLogEvents"})
    if (!iam::Authorize(as_role, *session, action, stream).allowed()) throw errors::LogGroupDenied();
}

bool Deliver(Context& context, TrailRecord& trail) {
  if (!trail.log_group_arn || !trail.role_arn) return false;
  const auto group = ParseLogGroup(*trail.log_group_arn);
  if (!group) return false;
  store::AuditEvents events(context.tx);
  std::vector<logs::Line> lines;
  std::int64_t delivered = trail.delivered;
  bool more = true;
  for (std::size_t i = 0; i < kMostBatches && more; ++i) {
    auto batch = events.After(delivered, kBatch);
    for (store::AuditEvent& event : batch) {
      delivered = event.sequence;
      if (IsOfTrail(trail, context.account(), event) && IsSelected(trail, event))
        lines.push_back({event.time, std::move(event.record)});
    }
    more = batch.size() == kBatch;
  }
  if (lines.empty()) {
    trail.delivered = delivered;
    return more;
  }
  // What cannot be written waits for the next time.
  const auto session = Assume(context, *trail.role_arn);
  Context as_role = context;
  as_role.source_ip = as_role.user_agent = kService;
  if (session) as_role.principal = *session;
  try {
    if (!session) throw errors::RoleNotTrusted();
    logs::PutLines(as_role, group->name, StreamName(context), std::move(lines));
    trail.delivered = delivered;
    trail.logs_delivery = context.now;
    trail.logs_delivery_error.reset();
  } catch (const ApiError& error) {
    trail.logs_delivery_error = error.code() == "ResourceNotFoundException" ? "LogGroupNotFound" : "AccessDenied";
    return false;
  }
  return more;
}

void ScheduleDelivery(Context& context, const TrailRecord& trail, bool at_once) {
  if (!trail.logging || !trail.log_group_arn) return;
  store::Timer timer;
  timer.kind = kTimer;
  timer.scope = {context.account(), trail.home_region};
  timer.key = trail.arn;
  timer.due = at_once ? context.now : context.now + context.engines.clock.Delay(kInterval, kQuickInterval);
  context.tx.SetTimer(timer);
}

void RegisterTimers(store::Timers& timers, Engines& engines, Ids& ids) {
  timers.On(kTimer, [&engines, &ids](store::Transaction& tx, const store::Timer& timer) {
    auto trail = tx.Get<TrailRecord>(timer.scope, timer.key);
    if (!trail || !trail->logging) return;
    Context context{
        tx,         engines,  ids,     engines.clock.Now(), timer.scope, Principal::Root(timer.scope.account),
        ids.Uuid(), kService, kService};
    const bool more = Deliver(context, *trail);
    tx.Put(timer.scope, *trail);
    ScheduleDelivery(context, *trail, more);
  });
}

}  // namespace drydock::cloudtrail
