// Whether a trail records, and how its deliveries went.
#include "api/cloudtrail/GetTrailStatusRequest.h"
#include "api/cloudtrail/GetTrailStatusResponse.h"
#include "api/cloudtrail/StartLoggingRequest.h"
#include "api/cloudtrail/StartLoggingResponse.h"
#include "api/cloudtrail/StopLoggingRequest.h"
#include "api/cloudtrail/StopLoggingResponse.h"
#include "emulator/api/operation.h"
#include "handlers/cloudtrail/delivery.h"
#include "handlers/cloudtrail/lookup.h"
#include "handlers/engines.h"
#include "store/audit_events.h"
#include "store/database.h"

namespace drydock::cloudtrail {

using TrailRecord = records::cloudtrail::Trail;

AWS_OPERATION(cloudtrail, StartLogging)
AWS_ACCESS("trail/{Name}")
StartLoggingResponse StartLogging(Context& context, const StartLoggingRequest& in) {
  TrailRecord trail = FindTrailAtHome(context, *in.Name);
  if (!trail.logging) {
    trail.logging = true;
    trail.started = context.now;
    trail.delivered = store::AuditEvents(context.tx).LastSequence();
  }
  ScheduleDelivery(context, trail);
  context.tx.Put(context.scope, trail);
  return {};
}

AWS_OPERATION(cloudtrail, StopLogging)
AWS_ACCESS("trail/{Name}")
StopLoggingResponse StopLogging(Context& context, const StopLoggingRequest& in) {
  TrailRecord trail = FindTrailAtHome(context, *in.Name);
  if (trail.logging) {
    while (Deliver(context, trail)) {
    }
    trail.logging = false;
    trail.stopped = context.now;
  }
  context.tx.Put(context.scope, trail);
  return {};
}

// The members that are texts are there in any case, empty when nothing has happened (unconfirmed).
AWS_OPERATION(cloudtrail, GetTrailStatus)
AWS_ACCESS("trail/{Name}")
GetTrailStatusResponse GetTrailStatus(Context& context, const GetTrailStatusRequest& in) {
  const TrailRecord trail = FindTrail(context, *in.Name);
  GetTrailStatusResponse out;
  out.IsLogging = trail.logging;
  out.StartLoggingTime = trail.started;
  out.StopLoggingTime = trail.stopped;
  out.TimeLoggingStarted = trail.started ? FormatIso8601(*trail.started) : "";
  out.TimeLoggingStopped = trail.stopped ? FormatIso8601(*trail.stopped) : "";
  out.LatestCloudWatchLogsDeliveryTime = trail.logs_delivery;
  out.LatestCloudWatchLogsDeliveryError = trail.logs_delivery_error;
  out.LatestDeliveryAttemptTime = "";
  out.LatestDeliveryAttemptSucceeded = "";
  out.LatestNotificationAttemptTime = "";
  out.LatestNotificationAttemptSucceeded = "";
  return out;
}

}  // namespace drydock::cloudtrail
