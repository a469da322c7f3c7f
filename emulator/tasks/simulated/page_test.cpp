#include "emulator/tasks/simulated/page.h"

#include <rapidjson/document.h>

#include <catch2/catch.hpp>

using namespace drydock::tasks;
using namespace drydock::tasks::simulated;

TEST_CASE("the page says who answers and what arrived, and no value of the environment") {
  TaskSpec task;
  task.task_arn = "arn:task";
  task.family = "auth";
  task.revision = 3;
  task.private_address = "10.0.10.5";
  task.availability_zone = "eu-west-1a";
  ContainerSpec container;
  container.name = "app";
  container.image = "registry/auth:1";
  container.digest = "sha256:1";
  container.environment = {{"MODE", "hidden-plain"}, {"MONGODB_URI", "hidden-secret", true}};
  ReceivedRequest request;
  request.method = "GET";
  request.target = "/auth?x=1&y";
  request.headers = {{"Host", "a"}, {"X-Odd", "\xff\"\n"}, {"X-Utf", "gr\xc3\xbc\xc3\x9f"}};
  request.source_address = "10.0.0.10";
  request.body_size = 7;

  const std::string page = Page(DescribeContainer(task, container), request);
  CHECK(page.find("hidden") == std::string::npos);
  rapidjson::Document json;
  json.Parse(page.c_str());
  REQUIRE_FALSE(json.HasParseError());
  CHECK(std::string(json["task"].GetString()) == "arn:task");
  CHECK(json["revision"].GetInt() == 3);
  CHECK(std::string(json["digest"].GetString()) == "sha256:1");
  CHECK(std::string(json["hostname"].GetString()) == "ip-10-0-10-5.eu-west-1.compute.internal");
  CHECK(std::string(json["environment"][0]["name"].GetString()) == "MODE");
  CHECK_FALSE(json["environment"][0].HasMember("length"));
  CHECK(std::string(json["environment"][1]["from"].GetString()) == "secret");
  CHECK(json["environment"][1]["length"].GetInt() == 13);
  CHECK(json["environment"].Size() == 2);  // what ECS adds is in the environment already, once
  CHECK(std::string(json["request"]["path"].GetString()) == "/auth");
  CHECK(std::string(json["request"]["query"].GetString()) == "x=1&y");
  CHECK(std::string(json["request"]["headers"][0][1].GetString()) == "a");
  CHECK(std::string(json["request"]["headers"][1][1].GetString()) == "\xc3\xbf\"\n");
  CHECK(std::string(json["request"]["headers"][2][1].GetString()) == "gr\xc3\xbc\xc3\x9f");
  CHECK(std::string(json["request"]["source"].GetString()) == "10.0.0.10");
  CHECK(json["request"]["bodySize"].GetInt() == 7);
}

TEST_CASE("what a task is asked to connect to") {
  using drydock::tasks::simulated::ConnectAskedFor;
  CHECK(ConnectAskedFor("/_drydock/connect?to=10.0.20.5%3A27017") == "10.0.20.5:27017");
  CHECK(ConnectAskedFor("/_drydock/connect?x=1&to=secretsmanager:443") == "secretsmanager:443");
  CHECK(ConnectAskedFor("/auth/_drydock/connect?to=10.0.20.5:27017") == "10.0.20.5:27017");
  CHECK(ConnectAskedFor("/_drydock/connect") == "");
  CHECK(ConnectAskedFor("/_drydock/connect?to=%zz") == "");
  CHECK_FALSE(ConnectAskedFor("/_drydock/connections?to=x"));
  CHECK_FALSE(ConnectAskedFor("/x?to=/_drydock/connect"));
  CHECK_FALSE(ConnectAskedFor("/"));
}
