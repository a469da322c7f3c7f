#include "handlers/logs/log_events.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include "api/logs/FilterLogEventsRequest.h"
#include "api/logs/FilterLogEventsResponse.h"
#include "api/logs/GetLogEventsRequest.h"
#include "api/logs/GetLogEventsResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/text.h"
#include "handlers/engines.h"
#include "handlers/logs/errors.h"
#include "handlers/logs/filter_pattern.h"
#include "handlers/logs/log_groups.h"
#include "store/database.h"
#include "store/table.h"

namespace drydock::logs {

using LogStreamRecord = records::logs::LogStream;

namespace {

constexpr std::size_t kMaximumEvents = 10'000;
constexpr std::size_t kMaximumBytes = 1'048'576;  // of an answer: CloudWatch Logs API Reference, GetLogEvents
constexpr std::size_t kMaximumScan = 100'000;     // events that one FilterLogEvents looks at; the next page goes on
constexpr std::size_t kManyStreams = 500;         // more are not named in the query

// The numbers in the 56 digits of a token, and how many digits each has; the last ones are the seal.
constexpr std::size_t kTimeDigits = 14;
constexpr std::size_t kSequenceDigits = 17;
constexpr std::size_t kSealDigits = 10;
constexpr std::size_t kTokenDigits = 1 + 2 * kTimeDigits + kSequenceDigits + kSealDigits;
static_assert(kTokenDigits == 56);

std::string SealOf(const PageTokens& tokens, const std::string& digits) {
  const std::string hash = Sha256(tokens.Seal("logs.GetLogEvents", digits));
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) number = number << 8 | static_cast<unsigned char>(hash[i]);
  return fmt::format("{:0>10}", number % 10'000'000'000);
}

std::int64_t Number(std::string_view digits) {
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

// What a reader asks for, with the group's retention in it.
store::LogQuery QueryOf(const records::logs::LogGroup& group, Timestamp now, const std::optional<std::int64_t>& start,
                        const std::optional<std::int64_t>& end) {
  store::LogQuery query;
  query.start = OldestKept(group, now);
  if (start) query.start = std::max(query.start.value_or(Timestamp{}), Timestamp{*start});
  if (end) query.end = Timestamp{*end};
  return query;
}

// Reads on in the direction of `query` until `limit` events or an answer's bytes are full, in steps, since a single
// step of many large events would need too much memory. Oldest first.
std::vector<store::LogEvent> ReadPage(store::LogEvents& events, const Scope& scope, const LogStreamRecord& stream,
                                      store::LogQuery query, std::size_t limit) {
  std::vector<store::LogEvent> page;  // when reading backward: newest first
  std::size_t bytes = 0;
  std::size_t step = 32;
  while (page.size() < limit) {
    query.limit = std::min(step, limit - page.size());
    auto part = events.OfStream(scope, stream.log_group, stream.name, query);
    const bool last = part.size() < query.limit;
    if (query.latest) std::reverse(part.begin(), part.end());
    for (auto& event : part) {
      bytes += event.message.size() + kBytesPerEvent;
      if (bytes > kMaximumBytes && !page.empty()) {
        if (query.latest) std::reverse(page.begin(), page.end());
        return page;
      }
      page.push_back(std::move(event));
    }
    if (last) break;
    (query.latest ? query.before : query.after) = page.back().position;
    step = std::min<std::size_t>(step * 4, 1024);
  }
  if (query.latest) std::reverse(page.begin(), page.end());
  return page;
}

// The position that a FilterLogEvents token carries.
std::string WritePosition(const store::LogPosition& position) {
  return fmt::format("{} {} {}", position.timestamp.milliseconds, position.ingestion.milliseconds, position.sequence);
}
store::LogPosition ReadPosition(const std::string& text) {
  const auto parts = Split(text, ' ');
  return {{Number(parts.at(0))}, {Number(parts.at(1))}, Number(parts.at(2))};
}

// The streams that FilterLogEvents is asked for.
struct Streams {
  bool all = false;
  std::set<std::string> names;  // unless all
};
Streams Choose(Context& context, const records::logs::LogGroup& group, const FilterLogEventsRequest& in) {
  if (!in.logStreamNames.empty() && in.logStreamNamePrefix)  // aws-facts G.3
    throw errors::InvalidParameter("logStreamNames and logStreamNamePrefix are mutually exclusive");
  Streams streams;
  for (const std::string& name : in.logStreamNames) streams.names.insert(FindStream(context, group.name, name).name);
  if (in.logStreamNamePrefix) {
    for (const auto& stream :
         context.tx.List<LogStreamRecord>(context.scope, store::Where(&LogStreamRecord::log_group, group.name))) {
      if (stream.name.starts_with(*in.logStreamNamePrefix)) streams.names.insert(stream.name);
    }
  }
  streams.all = in.logStreamNames.empty() && !in.logStreamNamePrefix;
  return streams;
}

FilteredLogEvent Render(const store::LogEvent& event) {
  FilteredLogEvent out;
  out.logStreamName = event.stream;
  out.timestamp = event.position.timestamp.milliseconds;
  out.message = event.message;
  out.ingestionTime = event.position.ingestion.milliseconds;
  out.eventId = event.event_id;
  return out;
}

}  // namespace

std::string SequenceToken(Timestamp ingestion) {
  return fmt::format("49{:0>54}", ingestion.milliseconds);
}

std::string WriteEventToken(const PageTokens& tokens, bool forward, const store::LogPosition& position) {
  const std::string digits = fmt::format("3{:0>14}{:0>14}{:0>17}", position.timestamp.milliseconds,
                                         position.ingestion.milliseconds, position.sequence);
  return fmt::format("{}/{}{}/s", forward ? 'f' : 'b', digits, SealOf(tokens, digits));
}

std::optional<EventToken> ReadEventToken(const PageTokens& tokens, std::string_view text) {
  if (text.size() != kTokenDigits + 4 || !text.ends_with("/s")) return std::nullopt;
  if (!text.starts_with("f/") && !text.starts_with("b/")) return std::nullopt;
  const std::string_view digits = text.substr(2, kTokenDigits - kSealDigits);
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  if (SealOf(tokens, std::string(digits)) != text.substr(2 + digits.size(), kSealDigits)) return std::nullopt;
  return EventToken{text[0] == 'f',
                    {{Number(digits.substr(1, kTimeDigits))},
                     {Number(digits.substr(1 + kTimeDigits, kTimeDigits))},
                     Number(digits.substr(1 + 2 * kTimeDigits))}};
}

AWS_OPERATION(logs, GetLogEvents)
AWS_ACCESS("log-stream/{logGroupName}/{logStreamName}", "log-stream/{logGroupIdentifier}/{logStreamName}")
GetLogEventsResponse GetLogEvents(Context& context, const GetLogEventsRequest& in) {
  const auto group = FindGroup(context, in.logGroupName, in.logGroupIdentifier);
  const LogStreamRecord stream = FindStream(context, group.name, *in.logStreamName);
  const PageTokens& tokens = context.engines.tokens;
  std::optional<EventToken> token;
  if (in.nextToken) {
    token = ReadEventToken(tokens, *in.nextToken);
    if (!token) throw errors::InvalidToken();
  }

  store::LogQuery query = QueryOf(group, context.now, in.startTime, in.endTime);
  const bool forward = token ? token->forward : in.startFromHead.value_or(false);
  query.latest = !forward;
  if (token) (forward ? query.after : query.before) = token->position;
  store::LogEvents events(context.tx);
  const auto page =
      ReadPage(events, context.scope, stream, query, in.limit ? static_cast<std::size_t>(*in.limit) : kMaximumEvents);

  // Where nothing was found both tokens lead on from where this call stood: the caller's own, or the edge of its range.
  store::LogPosition first, last;
  if (!page.empty()) {
    first = page.front().position;
    last = page.back().position;
  } else if (token) {
    first = last = token->position;
  } else {
    first.timestamp = query.start.value_or(Timestamp{});
    last = first;
  }
  GetLogEventsResponse out;
  out.events.present = true;
  for (const auto& event : page) {
    OutputLogEvent& entry = out.events.emplace_back();
    entry.timestamp = event.position.timestamp.milliseconds;
    entry.message = event.message;
    entry.ingestionTime = event.position.ingestion.milliseconds;
  }
  out.nextForwardToken = WriteEventToken(tokens, true, last);
  out.nextBackwardToken = WriteEventToken(tokens, false, first);
  return out;
}

AWS_OPERATION(logs, FilterLogEvents)
AWS_ACCESS("log-group/{logGroupName}", "log-group/{logGroupIdentifier}")
FilterLogEventsResponse FilterLogEvents(Context& context, const FilterLogEventsRequest& in) {
  const auto group = FindGroup(context, in.logGroupName, in.logGroupIdentifier);
  const Streams streams = Choose(context, group, in);
  const FilterPattern pattern = FilterPattern::Parse(in.filterPattern.value_or(""));
  const std::string question = "logs.FilterLogEvents/" + group.name;
  // Unlike those of GetLogEvents, events at endTime are within: CloudWatch Logs API Reference.
  std::optional<std::int64_t> end = in.endTime;
  if (end && *end < std::numeric_limits<std::int64_t>::max()) ++*end;
  store::LogQuery query = QueryOf(group, context.now, in.startTime, end);
  if (in.nextToken) {
    const auto position = context.engines.tokens.Open(question, *in.nextToken);
    if (!position) throw errors::InvalidToken();
    query.after = ReadPosition(*position);
  }

  FilterLogEventsResponse out;
  out.events.present = true;
  out.searchedLogStreams.present = true;  // always empty: CloudWatch Logs API Reference, FilterLogEvents
  if (!streams.all && streams.names.empty()) return out;
  std::vector<std::string> names;
  if (!streams.all && streams.names.size() <= kManyStreams) names.assign(streams.names.begin(), streams.names.end());

  store::LogEvents events(context.tx);
  const std::size_t limit = in.limit ? static_cast<std::size_t>(*in.limit) : kMaximumEvents;
  std::size_t bytes = 0, scanned = 0, step = 32;
  while (true) {
    query.limit = step;
    const auto part = events.OfGroup(context.scope, group.name, names, query);
    for (const auto& event : part) {
      const bool found = (streams.all || streams.names.count(event.stream)) && pattern.Matches(event.message);
      if (found) {
        bytes += event.message.size() + kBytesPerEvent;
        if (out.events.size() == limit || (bytes > kMaximumBytes && !out.events.empty())) {
          out.nextToken = context.engines.tokens.Seal(question, WritePosition(*query.after));
          return out;
        }
        out.events.push_back(Render(event));
      }
      query.after = event.position;
    }
    if (part.size() < step) return out;
    scanned += part.size();
    if (scanned >= kMaximumScan) {
      out.nextToken = context.engines.tokens.Seal(question, WritePosition(*query.after));
      return out;
    }
    step = std::min<std::size_t>(step * 4, 1024);
  }
}

}  // namespace drydock::logs
