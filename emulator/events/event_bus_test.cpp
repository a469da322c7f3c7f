#include "emulator/events/event_bus.h"

#include <rapidjson/document.h>

#include <catch2/catch.hpp>
#include <future>

using namespace drydock;
using namespace drydock::events;

namespace {
Event Made(const std::string& id) {
  return {id,
          "aws.ecs",
          "ECS Task State Change",
          {"123456789012", "eu-central-1"},
          {1'764'000'000'000},
          {"arn:task"},
          [id] { return R"({"taskArn":")" + id + R"("})"; }};
}
}  // namespace

TEST_CASE("an event has EventBridge's form") {
  rapidjson::Document json;
  json.Parse(Render(Made("one")).c_str());
  REQUIRE_FALSE(json.HasParseError());
  CHECK(std::string(json["version"].GetString()) == "0");
  CHECK(std::string(json["detail-type"].GetString()) == "ECS Task State Change");
  CHECK(std::string(json["account"].GetString()) == "123456789012");
  CHECK(std::string(json["time"].GetString()) == "2025-11-24T16:00:00Z");
  CHECK(std::string(json["resources"][0].GetString()) == "arn:task");
  CHECK(std::string(json["detail"]["taskArn"].GetString()) == "one");
}

TEST_CASE("the newest events are kept") {
  EventBus bus;
  for (std::size_t i = 0; i < EventBus::kKept + 5; ++i) bus.Send(Made(std::to_string(i)));
  const auto all = bus.After(0);
  REQUIRE(all.size() == EventBus::kKept);
  CHECK(all.front().event->id == "5");
  CHECK(bus.After(all.back().number).empty());
  CHECK(bus.After(all.back().number - 1).size() == 1);
}

TEST_CASE("sinks get all events in order; one that fails or blocks keeps nobody from sending") {
  std::promise<void> open;
  std::promise<std::string> done;
  const auto opened = open.get_future().share();
  std::string seen;
  EventBus bus({[&](const Event& event, const std::string&) {
                  opened.wait();
                  throw std::runtime_error("no " + event.id);
                },
                [&](const Event& event, const std::string& json) {
                  CHECK(json == Render(event));
                  seen += event.id;
                  if (event.id == "3") done.set_value(seen);
                }});
  for (const char* id : {"1", "2", "3"}) bus.Send(Made(id));
  open.set_value();
  CHECK(done.get_future().get() == "123");
}
