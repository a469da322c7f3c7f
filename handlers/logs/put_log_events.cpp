#include <chrono>

#include "api/logs/PutLogEventsRequest.h"
#include "api/logs/PutLogEventsResponse.h"
#include "emulator/api/operation.h"
#include "handlers/logs/errors.h"
#include "handlers/logs/log_events.h"
#include "handlers/logs/log_groups.h"
#include "store/database.h"

namespace drydock::logs {

namespace {

constexpr Duration kLongestBatchSpan = std::chrono::hours(24);
constexpr Duration kOldest = -std::chrono::hours(24 * 14);
constexpr Duration kNewest = std::chrono::hours(2);

bool IsTooOld(Timestamp time, Timestamp now) {
  return time < now + kOldest;
}
bool IsTooNew(Timestamp time, Timestamp now) {
  return time > now + kNewest;
}

// CloudWatch Logs API Reference, PutLogEvents: what makes the whole batch fail.
void CheckBatch(const List<InputLogEvent>& events, Timestamp now) {
  std::size_t bytes = 0;
  std::int64_t previous = *events.front().timestamp;
  std::optional<std::int64_t> first, last;  // of those that are neither too old nor too new
  for (const InputLogEvent& event : events) {
    const std::size_t size = event.message->size() + kBytesPerEvent;
    if (size > kMaximumBatchBytes) throw errors::EventTooLarge(size, kMaximumBatchBytes);
    bytes += size;
    if (*event.timestamp < previous) throw errors::NotChronological();
    previous = *event.timestamp;
    if (IsTooOld({previous}, now) || IsTooNew({previous}, now)) continue;
    if (!first) first = previous;
    last = previous;
  }
  if (bytes > kMaximumBatchBytes) throw errors::UploadTooLarge(bytes, kMaximumBatchBytes);
  if (first && Duration(*last - *first) > kLongestBatchSpan) throw errors::SpansTooLong();
}

}  // namespace

AWS_OPERATION(logs, PutLogEvents)
AWS_ACCESS("log-stream/{logGroupName}/{logStreamName}")
PutLogEventsResponse PutLogEvents(Context& context, const PutLogEventsRequest& in) {
  const auto group = FindGroup(context, *in.logGroupName);
  const auto stream = FindStream(context, group.name, *in.logStreamName);
  CheckBatch(in.logEvents, context.now);

  // In chronological order the events that are too old stand first and those that are too new last; the rest is taken.
  const auto oldest_kept = OldestKept(group, context.now);
  RejectedLogEventsInfo rejected;
  bool any_rejected = false;
  std::vector<store::LogEvent> taken;
  // 56 digits: the event's time, digits of this call and the place within it.
  const std::string call = context.ids.Digits(38);
  for (std::size_t i = 0; i < in.logEvents.size(); ++i) {
    const InputLogEvent& event = in.logEvents[i];
    const Timestamp time{*event.timestamp};
    const auto index = static_cast<std::int32_t>(i);
    if (IsTooNew(time, context.now)) {
      rejected.tooNewLogEventStartIndex = index;
      any_rejected = true;
      break;
    }
    if (IsTooOld(time, context.now)) {
      rejected.tooOldLogEventEndIndex = index + 1;
      any_rejected = true;
    } else if (oldest_kept && time < *oldest_kept) {
      rejected.expiredLogEventEndIndex = index + 1;
      any_rejected = true;
    } else {
      taken.push_back(
          {"", fmt::format("3{:0>13}{}{:0>4}", time.milliseconds, call, i), *event.message, {time, context.now, 0}});
    }
  }
  store::LogEvents(context.tx).Append(context.scope, group.name, stream.name, taken);

  PutLogEventsResponse out;
  out.nextSequenceToken = SequenceToken(context.now);
  if (any_rejected) out.rejectedLogEventsInfo = rejected;
  return out;
}

}  // namespace drydock::logs
