#include "handlers/logs/log_events.h"

#include <set>

#include "api/logs/CreateLogGroupRequest.h"
#include "api/logs/CreateLogGroupResponse.h"
#include "api/logs/CreateLogStreamRequest.h"
#include "api/logs/CreateLogStreamResponse.h"
#include "api/logs/FilterLogEventsRequest.h"
#include "api/logs/FilterLogEventsResponse.h"
#include "api/logs/GetLogEventsRequest.h"
#include "api/logs/GetLogEventsResponse.h"
#include "api/logs/PutLogEventsRequest.h"
#include "api/logs/PutLogEventsResponse.h"
#include "api/logs/PutRetentionPolicyRequest.h"
#include "api/logs/PutRetentionPolicyResponse.h"
#include "handlers/logs/events.h"
#include "handlers/testing/fixture.h"

namespace drydock::logs {
CreateLogGroupResponse CreateLogGroup(Context&, const CreateLogGroupRequest&);
CreateLogStreamResponse CreateLogStream(Context&, const CreateLogStreamRequest&);
PutRetentionPolicyResponse PutRetentionPolicy(Context&, const PutRetentionPolicyRequest&);
PutLogEventsResponse PutLogEvents(Context&, const PutLogEventsRequest&);
GetLogEventsResponse GetLogEvents(Context&, const GetLogEventsRequest&);
FilterLogEventsResponse FilterLogEvents(Context&, const FilterLogEventsRequest&);
}  // namespace drydock::logs

using namespace drydock;
using testing::Fixture;

namespace {

constexpr std::int64_t kHour = 60 * 60 * 1000;
constexpr std::int64_t kDay = 24 * kHour;

// A group "g" with the streams "s" and "t".
struct LogsFixture : Fixture {
  LogsFixture() {
    logs::CreateLogGroupRequest group;
    group.logGroupName = "g";
    Call(logs::CreateLogGroup, group);
    for (const char* name : {"s", "t"}) {
      logs::CreateLogStreamRequest stream;
      stream.logGroupName = "g";
      stream.logStreamName = name;
      Call(logs::CreateLogStream, stream);
    }
  }
  std::int64_t Now() const { return clock.Now().milliseconds; }
};

logs::PutLogEventsRequest Put(const std::vector<std::pair<std::int64_t, std::string>>& events,
                              const std::string& stream = "s") {
  logs::PutLogEventsRequest request;
  request.logGroupName = "g";
  request.logStreamName = stream;
  for (const auto& [time, message] : events) {
    auto& event = request.logEvents.emplace_back();
    event.timestamp = time;
    event.message = message;
  }
  return request;
}

logs::GetLogEventsRequest Get() {
  logs::GetLogEventsRequest request;
  request.logGroupName = "g";
  request.logStreamName = "s";
  return request;
}

logs::FilterLogEventsRequest Filter(const std::string& pattern = "") {
  logs::FilterLogEventsRequest request;
  request.logGroupName = "g";
  request.filterPattern = pattern;
  return request;
}

template <class Answer>
std::vector<std::string> Messages(const Answer& answer) {
  std::vector<std::string> messages;
  for (const auto& event : answer.events) messages.push_back(*event.message);
  return messages;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("Events are put and read back") {
  LogsFixture f;
  const auto put = f.Call(logs::PutLogEvents, Put({{f.Now() - 1, "one"}, {f.Now(), "two"}}));
  CHECK(put.nextSequenceToken->size() == 56);
  CHECK(!put.rejectedLogEventsInfo);
  const auto got = f.Call(logs::GetLogEvents, Get());
  CHECK(Messages(got) == Strings{"one", "two"});
  CHECK(got.events[0].timestamp == f.Now() - 1);
  CHECK(got.events[0].ingestionTime == f.Now());

  auto missing = Put({{f.Now(), "x"}}, "nowhere");
  CHECK(f.ErrorOf(logs::PutLogEvents, missing).message() == "The specified log stream does not exist.");
  missing.logGroupName = "nowhere";
  CHECK(f.ErrorOf(logs::PutLogEvents, missing).message() == "The specified log group does not exist.");
}

TEST_CASE("Batches that break a rule are refused whole") {  // aws-facts G.2
  LogsFixture f;
  const auto message = [&](const logs::PutLogEventsRequest& request) {
    return f.ErrorOf(logs::PutLogEvents, request).message();
  };
  CHECK(message(Put({{f.Now(), "a"}, {f.Now() - 1, "b"}})) ==
        "Log events in a single PutLogEvents request must be in chronological order.");
  CHECK(message(Put({{f.Now() - kDay - 1, "a"}, {f.Now(), "b"}})) ==
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  const std::string half(524'288 - 26, 'x');
  CHECK(message(Put({{f.Now(), half}, {f.Now(), half}})).empty());
  CHECK(message(Put({{f.Now(), half}, {f.Now(), half + "x"}})) ==
        "Upload too large: 1048577 bytes exceeds limit of 1048576");
  CHECK(message(Put({{f.Now(), half + half + std::string(27, 'x')}})) ==
        "Log event too large: 1048577 bytes exceeds limit of 1048576");
}

TEST_CASE("Events that are too old or too new are left out, and the answer says which") {
  LogsFixture f;
  auto rejected =
      f.Call(logs::PutLogEvents,
             Put({{f.Now() - 14 * kDay - 2, "a"}, {f.Now() - 14 * kDay - 1, "b"}, {f.Now() - 14 * kDay, "c"}}))
          .rejectedLogEventsInfo;
  REQUIRE(rejected);
  CHECK(rejected->tooOldLogEventEndIndex == 2);
  CHECK(!rejected->tooNewLogEventStartIndex);
  rejected =
      f.Call(logs::PutLogEvents, Put({{f.Now(), "d"}, {f.Now() + 2 * kHour, "e"}, {f.Now() + 2 * kHour + 1, "f"}}))
          .rejectedLogEventsInfo;
  REQUIRE(rejected);
  CHECK(rejected->tooNewLogEventStartIndex == 2);
  CHECK(Messages(f.Call(logs::GetLogEvents, Get())) == Strings{"c", "d", "e"});

  logs::PutRetentionPolicyRequest retention;
  retention.logGroupName = "g";
  retention.retentionInDays = 1;
  f.Call(logs::PutRetentionPolicy, retention);
  CHECK(Messages(f.Call(logs::GetLogEvents, Get())) == Strings{"d", "e"});  // not seen, even before it is erased
  CHECK(Messages(f.Call(logs::FilterLogEvents, Filter())) == Strings{"d", "e"});
  rejected = f.Call(logs::PutLogEvents, Put({{f.Now() - kDay - 1, "g"}, {f.Now() - 1, "h"}})).rejectedLogEventsInfo;
  // 24 hours and a millisecond less a millisecond: within the span, and one of them expired.
  REQUIRE(rejected);
  CHECK(rejected->expiredLogEventEndIndex == 1);
}

TEST_CASE("GetLogEvents reads forward and backward") {  // aws-facts G.3
  LogsFixture f;
  const std::int64_t start = f.Now();
  f.Call(logs::PutLogEvents,
         Put({{start, "1"}, {start + 1, "2"}, {start + 2, "3"}, {start + 3, "4"}, {start + 4, "5"}}));
  auto request = Get();
  request.limit = 2;
  auto page = f.Call(logs::GetLogEvents, request);
  CHECK(Messages(page) == Strings{"4", "5"});
  CHECK(page.nextForwardToken->substr(0, 2) == "f/");
  CHECK(page.nextForwardToken->size() == 60);

  request.nextToken = page.nextBackwardToken;
  const auto before = f.Call(logs::GetLogEvents, request);
  CHECK(Messages(before) == Strings{"2", "3"});
  request.nextToken = before.nextBackwardToken;
  const auto first = f.Call(logs::GetLogEvents, request);
  CHECK(Messages(first) == Strings{"1"});
  request.nextToken = first.nextBackwardToken;
  auto end = f.Call(logs::GetLogEvents, request);
  CHECK(end.events.empty());
  CHECK(end.nextBackwardToken == request.nextToken);  // the same token: there is no more
  request.nextToken = end.nextForwardToken;
  CHECK(Messages(f.Call(logs::GetLogEvents, request)) == Strings{"2", "3"});

  request.nextToken = page.nextForwardToken;
  end = f.Call(logs::GetLogEvents, request);
  CHECK(end.events.empty());
  CHECK(end.nextForwardToken == request.nextToken);
  f.Call(logs::PutLogEvents, Put({{start + 5, "6"}}));
  CHECK(Messages(f.Call(logs::GetLogEvents, request)) == Strings{"6"});

  request = Get();
  request.startFromHead = true;
  request.startTime = start + 1;
  request.endTime = start + 4;
  CHECK(Messages(f.Call(logs::GetLogEvents, request)) == Strings{"2", "3", "4"});
}

TEST_CASE("A reader of an empty stream sees what comes later") {
  LogsFixture f;
  auto request = Get();
  const auto nothing = f.Call(logs::GetLogEvents, request);
  CHECK(nothing.events.empty());
  f.Call(logs::PutLogEvents, Put({{f.Now(), "1"}}));
  request.nextToken = nothing.nextForwardToken;
  CHECK(Messages(f.Call(logs::GetLogEvents, request)) == Strings{"1"});
}

TEST_CASE("Forged tokens are refused") {
  LogsFixture f;
  const std::string good = *f.Call(logs::GetLogEvents, Get()).nextForwardToken;
  auto request = Get();
  std::string changed = good;
  changed[20] = changed[20] == '1' ? '2' : '1';
  for (const std::string& token : {std::string("x"), changed, "g" + good.substr(1), good + " ", std::string(60, '9')}) {
    request.nextToken = token;
    CHECK(f.ErrorOf(logs::GetLogEvents, request).message() == "The specified nextToken is invalid.");
  }
  auto filter = Filter();
  filter.nextToken = good;
  CHECK(f.CodeOf(logs::FilterLogEvents, filter) == "InvalidParameterException");
}

TEST_CASE("An answer holds a megabyte at most") {
  LogsFixture f;
  const std::string large(300'000, 'x');
  for (int i = 0; i < 5; ++i) f.Call(logs::PutLogEvents, Put({{f.Now() + i, std::to_string(i) + large}}));
  auto request = Get();
  auto page = f.Call(logs::GetLogEvents, request);
  REQUIRE(page.events.size() == 3);
  CHECK(page.events[0].message->front() == '2');
  request.nextToken = page.nextBackwardToken;
  page = f.Call(logs::GetLogEvents, request);
  REQUIRE(page.events.size() == 2);
  CHECK(page.events[0].message->front() == '0');

  auto filter = Filter();
  auto found = f.Call(logs::FilterLogEvents, filter);
  CHECK(found.events.size() == 3);
  filter.nextToken = found.nextToken;
  found = f.Call(logs::FilterLogEvents, filter);
  CHECK(found.events.size() == 2);
  CHECK(!found.nextToken);
}

TEST_CASE("FilterLogEvents interleaves the streams of a group") {
  LogsFixture f;
  f.Call(logs::PutLogEvents, Put({{f.Now(), "ERROR 1"}, {f.Now() + 2, "ERROR 3"}}));
  f.Call(logs::PutLogEvents, Put({{f.Now() + 1, "ERROR 2"}, {f.Now() + 3, "info 4"}}, "t"));
  auto answer = f.Call(logs::FilterLogEvents, Filter("ERROR"));
  CHECK(Messages(answer) == Strings{"ERROR 1", "ERROR 2", "ERROR 3"});
  CHECK(answer.events[1].logStreamName == "t");
  CHECK(answer.searchedLogStreams.present);
  std::set<std::string> ids;
  for (const auto& event : answer.events) {
    CHECK(event.eventId->size() == 56);
    ids.insert(*event.eventId);
  }
  CHECK(ids.size() == 3);

  auto request = Filter("ERROR");
  request.limit = 2;
  answer = f.Call(logs::FilterLogEvents, request);
  CHECK(answer.events.size() == 2);
  REQUIRE(answer.nextToken);
  request.nextToken = answer.nextToken;
  answer = f.Call(logs::FilterLogEvents, request);
  CHECK(Messages(answer) == Strings{"ERROR 3"});
  CHECK(!answer.nextToken);

  request = Filter();
  request.logStreamNames.push_back("t");
  CHECK(Messages(f.Call(logs::FilterLogEvents, request)) == Strings{"ERROR 2", "info 4"});
  request.logStreamNamePrefix = "t";
  CHECK(f.CodeOf(logs::FilterLogEvents, request) == "InvalidParameterException");
  request.logStreamNames.clear();
  CHECK(f.Call(logs::FilterLogEvents, request).events.size() == 2);
  request.logStreamNamePrefix = "nowhere";
  CHECK(f.Call(logs::FilterLogEvents, request).events.empty());
  request = Filter();
  request.logStreamNames.push_back("nowhere");
  CHECK(f.CodeOf(logs::FilterLogEvents, request) == "ResourceNotFoundException");
}

TEST_CASE("FilterLogEvents leads through many events that do not match, page by page") {
  LogsFixture f;
  std::vector<std::pair<std::int64_t, std::string>> events(10'000, {f.Now(), "x"});
  for (int i = 0; i < 11; ++i) f.Call(logs::PutLogEvents, Put(events));
  f.Call(logs::PutLogEvents, Put({{f.Now() + 1, "needle"}}));
  auto request = Filter("needle");
  auto answer = f.Call(logs::FilterLogEvents, request);
  CHECK(answer.events.empty());
  REQUIRE(answer.nextToken);
  request.nextToken = answer.nextToken;
  answer = f.Call(logs::FilterLogEvents, request);
  CHECK(Messages(answer) == Strings{"needle"});
  CHECK(!answer.nextToken);
}

TEST_CASE("Lines of other services make their stream and keep to the limits") {
  LogsFixture f;
  const auto put = [&](const std::string& group, std::vector<logs::Line> lines) {
    f.Run([&](Context& context) {
      logs::PutLines(context, group, "web/app/1", std::move(lines));
      return 0;
    });
  };
  put("g", {{{f.Now() + 1}, "second"}, {{f.Now()}, "first"}, {{f.Now()}, ""}});
  put("g", {{{f.Now() + 2}, "third"}});
  auto request = Get();
  request.logStreamName = "web/app/1";
  CHECK(Messages(f.Call(logs::GetLogEvents, request)) == Strings{"first", "second", "third"});

  put("g", {{{f.Now() + 2},
             "a\xC3"
             "b\xE2\x82"
             "\xC3\xA4\xFF"}});  // no text
  CHECK(Messages(f.Call(logs::GetLogEvents, request)).back() ==
        "a\uFFFD"
        "b\uFFFD\uFFFD\u00E4\uFFFD");

  // A long line becomes several, cut between characters.
  std::string text;
  while (text.size() < 1'500'000) text += "ä";
  put("g", {{{f.Now() + 3}, text}});
  request.startFromHead = true;
  request.startTime = f.Now() + 3;
  std::string all;
  while (true) {
    const auto page = f.Call(logs::GetLogEvents, request);
    if (page.events.empty()) break;
    for (const auto& event : page.events) {
      CHECK(event.message->size() <= 262'144 - 26);
      CHECK(IsUtf8(*event.message));
      all += *event.message;
    }
    request.nextToken = page.nextForwardToken;
  }
  CHECK(all == text);

  try {
    put("nowhere", {{{f.Now()}, "x"}});
    FAIL("the group does not exist");
  } catch (const ApiError& error) {
    CHECK(error.code() == "ResourceNotFoundException");
  }
}
