#include <algorithm>
#include <map>

#include "api/logs/CreateLogStreamRequest.h"
#include "api/logs/CreateLogStreamResponse.h"
#include "api/logs/DeleteLogStreamRequest.h"
#include "api/logs/DeleteLogStreamResponse.h"
#include "api/logs/DescribeLogStreamsRequest.h"
#include "api/logs/DescribeLogStreamsResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/paging.h"
#include "handlers/engines.h"
#include "handlers/logs/errors.h"
#include "handlers/logs/log_events.h"
#include "handlers/logs/log_groups.h"
#include "store/database.h"
#include "store/log_events.h"
#include "store/table.h"

namespace drydock::logs {

using LogStreamRecord = records::logs::LogStream;

namespace {

constexpr std::size_t kDefaultStreamPage = 50;

LogStream Render(const Context& context, const LogStreamRecord& stream, const store::LogStreamStatistics& held) {
  const auto milliseconds = [](const std::optional<Timestamp>& time) {
    return time ? std::optional(time->milliseconds) : std::nullopt;
  };
  LogStream out;
  out.logStreamName = stream.name;
  out.creationTime = stream.created_at.milliseconds;
  out.firstEventTimestamp = milliseconds(held.first_event);
  out.lastEventTimestamp = milliseconds(held.last_event);
  if (held.events > 0) {
    out.lastIngestionTime = milliseconds(held.last_ingestion);
    out.uploadSequenceToken = SequenceToken(*held.last_ingestion);
  }
  out.arn = context.Arn("logs", "log-group:" + stream.log_group + ":log-stream:" + stream.name);
  out.storedBytes = 0;  // always: CloudWatch Logs API Reference, LogStream
  return out;
}

}  // namespace

AWS_OPERATION(logs, CreateLogStream)
AWS_ACCESS("log-stream/{logGroupName}/{logStreamName}")
CreateLogStreamResponse CreateLogStream(Context& context, const CreateLogStreamRequest& in) {
  FindGroup(context, *in.logGroupName);
  if (context.tx.Get<LogStreamRecord>(context.scope, *in.logGroupName, *in.logStreamName))
    throw errors::StreamAlreadyExists();
  context.tx.Put(context.scope, LogStreamRecord{*in.logGroupName, *in.logStreamName, context.now});
  return {};
}

AWS_OPERATION(logs, DeleteLogStream)
AWS_ACCESS("log-stream/{logGroupName}/{logStreamName}")
DeleteLogStreamResponse DeleteLogStream(Context& context, const DeleteLogStreamRequest& in) {
  const auto group = FindGroup(context, *in.logGroupName);
  FindStream(context, *in.logGroupName, *in.logStreamName);
  // It blocks all deletion operations: CloudWatch Logs API Reference, PutLogGroupDeletionProtection.
  if (group.deletion_protection) throw errors::DeletionProtected();
  store::LogEvents(context.tx).EraseStream(context.scope, *in.logGroupName, *in.logStreamName);
  context.tx.Erase<LogStreamRecord>(context.scope, *in.logGroupName, *in.logStreamName);
  return {};
}

AWS_OPERATION(logs, DescribeLogStreams)
AWS_ACCESS("log-group/{logGroupName}", "log-group/{logGroupIdentifier}")
DescribeLogStreamsResponse DescribeLogStreams(Context& context, const DescribeLogStreamsRequest& in) {
  const auto group = FindGroup(context, in.logGroupName, in.logGroupIdentifier);
  const bool by_time = in.orderBy == "LastEventTime";
  if (by_time && in.logStreamNamePrefix)
    throw errors::InvalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");

  store::LogEvents events(context.tx);
  store::Query query = store::Where(&LogStreamRecord::log_group, group.name);
  query.order = store::Order::kId;
  auto streams = context.tx.List<LogStreamRecord>(context.scope, query);
  if (in.logStreamNamePrefix) {
    std::erase_if(streams,
                  [&](const LogStreamRecord& stream) { return !stream.name.starts_with(*in.logStreamNamePrefix); });
  }
  if (by_time) {
    std::map<std::string, Timestamp> last;
    for (const LogStreamRecord& stream : streams)
      last[stream.name] = events.Statistics(context.scope, group.name, stream.name).last_event.value_or(Timestamp{});
    std::stable_sort(streams.begin(), streams.end(),
                     [&](const LogStreamRecord& a, const LogStreamRecord& b) { return last[a.name] < last[b.name]; });
  }
  if (in.descending.value_or(false)) std::reverse(streams.begin(), streams.end());

  auto page = TakePage(context.engines.tokens, "logs.DescribeLogStreams/" + group.name, std::move(streams),
                       in.nextToken, static_cast<std::size_t>(in.limit.value_or(kDefaultStreamPage)),
                       [](const LogStreamRecord& stream) { return stream.name; });
  if (!page) throw errors::InvalidToken();
  DescribeLogStreamsResponse out;
  out.logStreams.present = true;
  for (const LogStreamRecord& stream : page->items)
    out.logStreams.push_back(Render(context, stream, events.Statistics(context.scope, group.name, stream.name)));
  out.nextToken = std::move(page->next_token);
  return out;
}

}  // namespace drydock::logs
