// Delivery of a trail's events to CloudWatch Logs. Amazon S3, where trails deliver to in the first place, is not
// emulated: the bucket's name is kept and nothing is written to it.
#pragma once

#include <string>

#include "emulator/core/context.h"
#include "handlers/engines.h"
#include "store/records/cloudtrail/trail.h"
#include "store/timers.h"

namespace drydock::cloudtrail {

// Whether CloudTrail could write to the log group as the role: throws InvalidCloudWatchLogsLogGroupArnException and
// InvalidCloudWatchLogsRoleArnException as CreateTrail and UpdateTrail do. CloudTrail User Guide, "Sending events to
// CloudWatch Logs".
void CheckDelivery(Context& context, const std::string& log_group_arn, const std::string& role_arn);

// Sends what the trail's selectors choose of the events since the last time, and notes in the trail how that went;
// whether there are more than are sent at once. What cannot be sent is sent anew the next time.
bool Deliver(Context& context, records::cloudtrail::Trail& trail);

// Sets the timer of the next delivery, if the trail is recording and has a log group.
void ScheduleDelivery(Context& context, const records::cloudtrail::Trail& trail, bool at_once = false);

void RegisterTimers(store::Timers& timers, Engines& engines, Ids& ids);

}  // namespace drydock::cloudtrail
