#include "handlers/logs/log_groups.h"

#include <set>

#include "api/logs/CreateLogGroupRequest.h"
#include "api/logs/CreateLogGroupResponse.h"
#include "api/logs/CreateLogStreamRequest.h"
#include "api/logs/CreateLogStreamResponse.h"
#include "api/logs/DeleteLogGroupRequest.h"
#include "api/logs/DeleteLogGroupResponse.h"
#include "api/logs/DeleteLogStreamRequest.h"
#include "api/logs/DeleteLogStreamResponse.h"
#include "api/logs/DescribeLogGroupsRequest.h"
#include "api/logs/DescribeLogGroupsResponse.h"
#include "api/logs/DescribeLogStreamsRequest.h"
#include "api/logs/DescribeLogStreamsResponse.h"
#include "api/logs/ListTagsForResourceRequest.h"
#include "api/logs/ListTagsForResourceResponse.h"
#include "api/logs/PutLogGroupDeletionProtectionRequest.h"
#include "api/logs/PutLogGroupDeletionProtectionResponse.h"
#include "api/logs/PutRetentionPolicyRequest.h"
#include "api/logs/PutRetentionPolicyResponse.h"
#include "api/logs/TagResourceRequest.h"
#include "api/logs/TagResourceResponse.h"
#include "api/logs/UntagLogGroupRequest.h"
#include "api/logs/UntagLogGroupResponse.h"
#include "handlers/logs/events.h"
#include "handlers/logs/timers.h"
#include "handlers/testing/fixture.h"
#include "store/log_events.h"

namespace drydock::logs {
CreateLogGroupResponse CreateLogGroup(Context&, const CreateLogGroupRequest&);
DeleteLogGroupResponse DeleteLogGroup(Context&, const DeleteLogGroupRequest&);
DescribeLogGroupsResponse DescribeLogGroups(Context&, const DescribeLogGroupsRequest&);
PutRetentionPolicyResponse PutRetentionPolicy(Context&, const PutRetentionPolicyRequest&);
PutLogGroupDeletionProtectionResponse PutLogGroupDeletionProtection(Context&,
                                                                    const PutLogGroupDeletionProtectionRequest&);
CreateLogStreamResponse CreateLogStream(Context&, const CreateLogStreamRequest&);
DeleteLogStreamResponse DeleteLogStream(Context&, const DeleteLogStreamRequest&);
DescribeLogStreamsResponse DescribeLogStreams(Context&, const DescribeLogStreamsRequest&);
TagResourceResponse TagResource(Context&, const TagResourceRequest&);
UntagLogGroupResponse UntagLogGroup(Context&, const UntagLogGroupRequest&);
ListTagsForResourceResponse ListTagsForResource(Context&, const ListTagsForResourceRequest&);
}  // namespace drydock::logs

using namespace drydock;
using testing::Fixture;

namespace {

logs::CreateLogGroupRequest Group(const std::string& name) {
  logs::CreateLogGroupRequest request;
  request.logGroupName = name;
  return request;
}

logs::CreateLogStreamRequest Stream(const std::string& group, const std::string& name) {
  logs::CreateLogStreamRequest request;
  request.logGroupName = group;
  request.logStreamName = name;
  return request;
}

void Print(Fixture& f, const std::string& group, const std::string& stream, const std::string& text) {
  f.Run([&](Context& context) {
    logs::PutLines(context, group, stream, {{context.now, text}});
    return 0;
  });
}

std::vector<std::string> Names(const logs::DescribeLogStreamsResponse& answer) {
  std::vector<std::string> names;
  for (const auto& stream : answer.logStreams) names.push_back(*stream.logStreamName);
  return names;
}

}  // namespace

TEST_CASE("A log group is made once and described as AWS describes it") {  // aws-facts G.1
  Fixture f;
  auto request = Group("/ecs/auth");
  request.tags["team"] = "x";
  f.Call(logs::CreateLogGroup, request);
  const auto again = f.ErrorOf(logs::CreateLogGroup, request);
  CHECK(again.code() == "ResourceAlreadyExistsException");
  CHECK(again.message() == "The specified log group already exists");

  const auto groups = f.Call(logs::DescribeLogGroups, {}).logGroups;
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].logGroupName == "/ecs/auth");
  CHECK(groups[0].arn == "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/auth:*");
  CHECK(groups[0].logGroupArn == "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/auth");
  CHECK(groups[0].creationTime == f.clock.Now().milliseconds);
  CHECK(groups[0].storedBytes == 0);
  CHECK(!groups[0].retentionInDays);
  CHECK(groups[0].logGroupClass == "STANDARD");
  CHECK(f.CodeOf(logs::CreateLogGroup, Group("aws/lambda")) == "InvalidParameterException");
}

TEST_CASE("Log groups are found by prefix, by a part of their name, by identifier and in pages") {
  Fixture f;
  for (const char* name : {"b/Data", "a/data", "c"}) f.Call(logs::CreateLogGroup, Group(name));
  logs::DescribeLogGroupsRequest request;
  request.limit = 2;
  auto page = f.Call(logs::DescribeLogGroups, request);
  REQUIRE(page.logGroups.size() == 2);
  CHECK(page.logGroups[0].logGroupName == "a/data");
  request.nextToken = page.nextToken;
  page = f.Call(logs::DescribeLogGroups, request);
  REQUIRE(page.logGroups.size() == 1);
  CHECK(!page.nextToken);
  request.nextToken = "forged";
  CHECK(f.ErrorOf(logs::DescribeLogGroups, request).message() == "The specified nextToken is invalid.");

  request = {};
  request.logGroupNamePattern = "Data";
  REQUIRE(f.Call(logs::DescribeLogGroups, request).logGroups.size() == 1);
  request.logGroupNamePrefix = "b";
  CHECK(f.ErrorOf(logs::DescribeLogGroups, request).message() ==
        "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  request.logGroupNamePattern = std::nullopt;
  CHECK(f.Call(logs::DescribeLogGroups, request).logGroups.size() == 1);
  request = {};
  request.logGroupIdentifiers.push_back("arn:aws:logs:eu-central-1:123456789012:log-group:c");
  REQUIRE(f.Call(logs::DescribeLogGroups, request).logGroups.size() == 1);
}

TEST_CASE("A log group goes with its streams and events") {
  Fixture f;
  f.Call(logs::CreateLogGroup, Group("g"));
  Print(f, "g", "s", "hello");
  CHECK(f.Call(logs::DescribeLogGroups, {}).logGroups[0].storedBytes == 5 + 26);
  logs::DeleteLogGroupRequest erase;
  erase.logGroupName = "g";
  f.Call(logs::DeleteLogGroup, erase);
  CHECK(f.ErrorOf(logs::DeleteLogGroup, erase).message() == "The specified log group does not exist.");
  f.Call(logs::CreateLogGroup, Group("g"));
  CHECK(f.Call(logs::DescribeLogGroups, {}).logGroups[0].storedBytes == 0);
  logs::DescribeLogStreamsRequest streams;
  streams.logGroupName = "g";
  CHECK(f.Call(logs::DescribeLogStreams, streams).logStreams.empty());
}

TEST_CASE("A protected log group stays") {
  Fixture f;
  auto request = Group("g");
  request.deletionProtectionEnabled = true;
  f.Call(logs::CreateLogGroup, request);
  logs::DeleteLogGroupRequest erase;
  erase.logGroupName = "g";
  CHECK(f.CodeOf(logs::DeleteLogGroup, erase) == "ValidationException");
  logs::PutLogGroupDeletionProtectionRequest protection;
  protection.logGroupIdentifier = "g";
  protection.deletionProtectionEnabled = false;
  f.Call(logs::PutLogGroupDeletionProtection, protection);
  CHECK(f.CodeOf(logs::DeleteLogGroup, erase).empty());
}

TEST_CASE("Streams are listed by name or by their last event") {
  Fixture f;
  f.Call(logs::CreateLogGroup, Group("g"));
  CHECK(f.ErrorOf(logs::CreateLogStream, Stream("nowhere", "s")).message() ==
        "The specified log group does not exist.");
  f.Call(logs::CreateLogStream, Stream("g", "web/2"));
  Print(f, "g", "web/1", "one");
  f.clock.Advance(std::chrono::seconds(1));
  Print(f, "g", "db/1", "two");
  const auto error = f.ErrorOf(logs::CreateLogStream, Stream("g", "db/1"));
  CHECK(error.code() == "ResourceAlreadyExistsException");
  CHECK(error.message() == "The specified log stream already exists");

  logs::DescribeLogStreamsRequest request;
  request.logGroupName = "g";
  CHECK(Names(f.Call(logs::DescribeLogStreams, request)) == std::vector<std::string>{"db/1", "web/1", "web/2"});
  request.orderBy = "LastEventTime";
  request.descending = true;
  request.limit = 1;
  auto page = f.Call(logs::DescribeLogStreams, request);
  CHECK(Names(page) == std::vector<std::string>{"db/1"});
  CHECK(page.logStreams[0].lastEventTimestamp == f.clock.Now().milliseconds);
  CHECK(page.logStreams[0].arn == "arn:aws:logs:eu-central-1:123456789012:log-group:g:log-stream:db/1");
  request.nextToken = page.nextToken;
  CHECK(Names(f.Call(logs::DescribeLogStreams, request)) == std::vector<std::string>{"web/1"});
  request.logStreamNamePrefix = "web";
  CHECK(f.ErrorOf(logs::DescribeLogStreams, request).message() ==
        "Cannot order by LastEventTime with a logStreamNamePrefix.");
  request = {};
  request.logGroupIdentifier = "arn:aws:logs:eu-central-1:123456789012:log-group:g";
  request.logStreamNamePrefix = "web";
  CHECK(Names(f.Call(logs::DescribeLogStreams, request)) == std::vector<std::string>{"web/1", "web/2"});
  request.logGroupName = "g";
  CHECK(f.ErrorOf(logs::DescribeLogStreams, request).message() ==
        "LogGroup name and LogGroup ARN are mutually exclusive parameters.");

  logs::DeleteLogStreamRequest erase;
  erase.logGroupName = "g";
  erase.logStreamName = "web/1";
  f.Call(logs::DeleteLogStream, erase);
  CHECK(f.ErrorOf(logs::DeleteLogStream, erase).message() == "The specified log stream does not exist.");
}

TEST_CASE("Events older than the retention are erased") {
  Fixture f;
  store::Timers timers(f.database, f.clock);
  logs::RegisterTimers(timers, f.engines, f.ids);
  timers.Start();
  f.Call(logs::CreateLogGroup, Group("g"));
  logs::PutRetentionPolicyRequest request;
  request.logGroupName = "g";
  request.retentionInDays = 2;
  CHECK(f.CodeOf(logs::PutRetentionPolicy, request) == "InvalidParameterException");
  request.retentionInDays = 1;
  f.Call(logs::PutRetentionPolicy, request);
  CHECK(f.Call(logs::DescribeLogGroups, {}).logGroups[0].retentionInDays == 1);
  Print(f, "g", "s", "hello");
  f.clock.Advance(std::chrono::hours(24));
  CHECK(f.Call(logs::DescribeLogGroups, {}).logGroups[0].storedBytes == 31);
  f.clock.Advance(std::chrono::hours(24));
  CHECK(f.Call(logs::DescribeLogGroups, {}).logGroups[0].storedBytes == 0);
}

TEST_CASE("Log groups have tags") {
  Fixture f;
  f.Call(logs::CreateLogGroup, Group("g"));
  logs::TagResourceRequest tag;
  tag.resourceArn = "arn:aws:logs:eu-central-1:123456789012:log-group:g";
  tag.tags["team"] = "x";
  tag.tags["stage"] = "y";
  f.Call(logs::TagResource, tag);
  logs::UntagLogGroupRequest untag;
  untag.logGroupName = "g";
  untag.tags.push_back("team");
  f.Call(logs::UntagLogGroup, untag);
  logs::ListTagsForResourceRequest list;
  list.resourceArn = tag.resourceArn;
  const auto tags = f.Call(logs::ListTagsForResource, list).tags;
  CHECK(static_cast<const std::map<std::string, std::string>&>(tags) ==
        std::map<std::string, std::string>{{"stage", "y"}});
  for (int i = 0; i < 50; ++i) tag.tags["key" + std::to_string(i)] = "";
  CHECK(f.CodeOf(logs::TagResource, tag) == "TooManyTagsException");
  list.resourceArn = "arn:aws:logs:eu-central-1:123456789012:log-group:nowhere";
  CHECK(f.CodeOf(logs::ListTagsForResource, list) == "ResourceNotFoundException");
}
