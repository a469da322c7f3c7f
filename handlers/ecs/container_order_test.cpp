#include "handlers/ecs/container_order.h"

#include <catch2/catch.hpp>

using namespace drydock;
using namespace drydock::ecs;
using State = Readiness::State;

namespace {

const Timestamp kNow{1'764'000'000'000};

// "web" depends on "init".
struct Pair {
  explicit Pair(const char* condition) : definitions(2), containers(2) {
    definitions[0].name = containers[0].name = "init";
    definitions[1].name = containers[1].name = "web";
    containers[0].image = "busybox";
    containers[0].last_status = containers[1].last_status = "PENDING";
    containers[1].image = "nginx";
    auto& dependency = definitions[1].dependsOn.emplace_back();
    dependency.containerName = "init";
    dependency.condition = condition;
  }
  void Start() {
    containers[0].last_status = "RUNNING";
    containers[0].started_at = kNow;
  }
  void Exit(int code) {
    containers[0].last_status = "STOPPED";
    containers[0].exit_code = code;
  }
  Readiness Look(Duration later = Duration(0)) { return ReadinessOf(1, definitions, containers, kNow + later); }
  State Is() { return Look().state; }

  List<ContainerDefinition> definitions;
  std::vector<records::ecs::Container> containers;
};

}  // namespace

TEST_CASE("each condition waits for its own") {
  Pair start("START"), complete("COMPLETE"), success("SUCCESS"), healthy("HEALTHY");
  for (Pair* pair : {&start, &complete, &success, &healthy}) {
    CHECK(pair->Is() == State::kWaiting);
    pair->Start();
  }
  CHECK(start.Is() == State::kReady);
  CHECK(complete.Is() == State::kWaiting);
  CHECK(success.Is() == State::kWaiting);
  CHECK(healthy.Is() == State::kWaiting);
  healthy.containers[0].health_status = "HEALTHY";
  CHECK(healthy.Is() == State::kReady);
  complete.Exit(1);
  CHECK(complete.Is() == State::kReady);
  success.Exit(0);
  CHECK(success.Is() == State::kReady);
  success.Exit(1);
  CHECK(success.Is() == State::kNever);
  CHECK(
      success.Look().problem ==
      "dependency graph: failed to resolve container ordering dependency [init(busybox) (STOPPED->STOPPED) - Exit: 1] "
      "for target [web(nginx) (PULLED->RUNNING)] as dependency did not exit successfully.");
}

TEST_CASE("a dependency that never started never lets another start") {
  Pair pair("START");
  pair.Exit(143);
  CHECK(pair.Is() == State::kNever);
}

TEST_CASE("a dependency has its start timeout, counted from its start") {
  Pair pair("SUCCESS");
  pair.definitions[0].startTimeout = 60;
  CHECK_FALSE(pair.Look().look_again);
  pair.Start();
  CHECK(pair.Look().look_again->milliseconds == kNow.milliseconds + 60'000);
  CHECK(pair.Look(Duration(59'999)).state == State::kWaiting);
  CHECK(pair.Look(Duration(60'000)).state == State::kNever);
  CHECK(pair.Look(Duration(60'000)).problem.ends_with("has timed out."));
  pair.Exit(0);
  CHECK(pair.Look(Duration(60'000)).state == State::kReady);
}

TEST_CASE("a restart policy wants the container to have run for its period") {
  ContainerDefinition definition;
  records::ecs::Container container;
  container.started_at = kNow;
  CHECK_FALSE(StartsAgain(definition, container, 1, kNow + Duration(1'000'000)));
  auto& policy = definition.restartPolicy.emplace();
  policy.enabled = true;
  CHECK_FALSE(StartsAgain(definition, container, 1, kNow + Duration(299'999)));
  CHECK(StartsAgain(definition, container, 1, kNow + Duration(300'000)));
  policy.restartAttemptPeriod = 60;
  policy.ignoredExitCodes.push_back(3);
  CHECK(StartsAgain(definition, container, 1, kNow + Duration(60'000)));
  CHECK_FALSE(StartsAgain(definition, container, 3, kNow + Duration(60'000)));
  policy.enabled = false;
  CHECK_FALSE(StartsAgain(definition, container, 1, kNow + Duration(60'000)));
}
