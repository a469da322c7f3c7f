// ECS developer guide, cluster query language: the examples of that page, and what is no expression.
#include "handlers/ecs/cluster_query.h"

#include <catch2/catch.hpp>
#include <map>

#include "emulator/core/errors.h"

using drydock::ecs::ClusterQuery;

namespace {

bool Selects(std::string_view expression) {
  static const std::map<std::string, std::string> instance{{"attribute:ecs.instance-type", "g2.large"},
                                                           {"attribute:ecs.availability-zone", "us-east-1a"},
                                                           {"attribute:stack", "production blue"},
                                                           {"agentConnected", "false"},
                                                           {"agentVersion", "1.14.5"},
                                                           {"registeredAt", "2018-06-18T22:28:28Z"},
                                                           {"runningTasksCount", "10"},
                                                           {"ec2InstanceId", "i-abcd1234"}};
  return ClusterQuery(expression).Selects([](const std::string& subject) -> std::optional<std::string> {
    const auto found = instance.find(subject);
    return found == instance.end() ? std::nullopt : std::optional(found->second);
  });
}

}  // namespace

TEST_CASE("A cluster query selects by equality, lists and patterns", "[ecs][cluster_query]") {
  CHECK(Selects("attribute:ecs.instance-type == g2.large"));
  CHECK_FALSE(Selects("attribute:ecs.instance-type == t2.small"));
  CHECK(Selects("attribute:ecs.availability-zone in [us-east-1a, us-east-1b]"));
  CHECK(Selects("attribute:ecs.availability-zone !in [us-east-1b]"));
  CHECK(Selects("attribute:ecs.availability-zone not_in [us-east-1b]"));
  CHECK(Selects("attribute:ecs.instance-type =~ g2.*"));
  CHECK_FALSE(Selects("attribute:ecs.instance-type matches g2"));
  CHECK(Selects("attribute:ecs.instance-type !~ t2.*"));
  CHECK(Selects("(attribute:ecs.instance-type =~ (g2|p3).*)"));
  CHECK(Selects("ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']"));
  CHECK(Selects("attribute:stack == 'production blue'"));
  CHECK(Selects("agentConnected==false"));
}

TEST_CASE("A cluster query knows what is there and what is not", "[ecs][cluster_query]") {
  CHECK(Selects("attribute:stack exists"));
  CHECK(Selects("attribute:gpu !exists"));
  CHECK(Selects("attribute:gpu not_exists"));
  CHECK_FALSE(Selects("attribute:gpu == yes"));
  CHECK(Selects("attribute:gpu != yes"));
  CHECK(Selects("not(task:group == database)"));
}

TEST_CASE("A cluster query compares numbers, versions and dates", "[ecs][cluster_query]") {
  CHECK(Selects("runningTasksCount > 9"));
  CHECK(Selects("runningTasksCount <= 10"));
  CHECK_FALSE(Selects("runningTasksCount < 9"));
  CHECK(Selects("agentVersion < 1.100.0"));
  CHECK(Selects("agentVersion >= 1.9.0"));
  CHECK(Selects("registeredAt > 2018-02-13"));
  CHECK_FALSE(Selects("registeredAt less_than 2018-02-13"));
}

TEST_CASE("A cluster query combines expressions", "[ecs][cluster_query]") {
  CHECK(Selects("attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d"));
  CHECK(Selects("attribute:gpu exists || runningTasksCount == 10"));
  CHECK_FALSE(Selects("(attribute:gpu exists or runningTasksCount == 10) && attribute:gpu exists"));
  CHECK(Selects("attribute:gpu exists and attribute:gpu exists or runningTasksCount == 10"));
  CHECK(Selects("!(attribute:gpu exists)"));
}

TEST_CASE("What is no cluster query is refused", "[ecs][cluster_query]") {
  for (const char* text : {"", "attribute:stack", "attribute:stack ==", "stack == a", "attribute:a in a",
                           "attribute:a in [", "attribute:a == b c", "(attribute:a == b", "attribute:a == b)",
                           "attribute:a =~ [", "and", "attribute:a == 'b", "attribute:a ~ b", "attribute:a = b"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(ClusterQuery(text), drydock::ApiError);
  }
  CHECK_THROWS_AS(ClusterQuery(std::string(100'000, '!')), drydock::ApiError);
  CHECK_THROWS_AS(ClusterQuery(std::string(100'000, '(')), drydock::ApiError);
}
