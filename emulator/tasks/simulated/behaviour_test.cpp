#include "emulator/tasks/simulated/behaviour.h"

#include <catch2/catch.hpp>

using namespace drydock;
using namespace drydock::tasks;
using namespace drydock::tasks::simulated;

namespace {
Behaviour Read(std::vector<EnvironmentVariable> environment, std::map<std::string, std::string> labels = {},
               std::size_t complaints = 0) {
  ContainerSpec container;
  container.environment = std::move(environment);
  container.docker_labels = std::move(labels);
  std::vector<std::string> found;
  const Behaviour behaviour = ReadBehaviour(container, found);
  CHECK(found.size() == complaints);
  return behaviour;
}
}  // namespace

TEST_CASE("a container that asks for nothing answers") {
  const Behaviour behaviour = Read({{"PATH", "/bin"}});
  CHECK(behaviour.listens);
  CHECK_FALSE(behaviour.exit_code.has_value());
  CHECK(behaviour.health_status == 200);
}

TEST_CASE("what can be asked for, by variable or label, the variable first") {
  const Behaviour behaviour =
      Read({{"DRYDOCK_EXIT_CODE", "137"}, {"DRYDOCK_EXIT_AFTER", "5"}, {"DRYDOCK_PRINT", "one\\ntwo\nthree"}},
           {{"DRYDOCK_EXIT_CODE", "1"},
            {"DRYDOCK_LISTEN", "off"},
            {"DRYDOCK_HEALTH_STATUS", "500"},
            {"DRYDOCK_SLOW", "250"},
            {"DRYDOCK_STOP_DELAY", "7"},
            {"DRYDOCK_HEALTH_PATH", "/health"},
            {"DRYDOCK_OUT_OF_MEMORY_AFTER", "9"},
            {"DRYDOCK_FORWARD", "localhost:8081"},
            {"DRYDOCK_CONTAINER_HEALTH", "UNHEALTHY"}});
  CHECK(behaviour.exit_code == 137);
  CHECK(behaviour.exit_after == Duration(5000));
  CHECK_FALSE(behaviour.listens);
  CHECK(behaviour.health_status == 500);
  CHECK(behaviour.slow == Duration(250));
  CHECK(behaviour.health_path == "/health");
  CHECK(behaviour.stop_delay == Duration(7000));
  CHECK(behaviour.memory_for == Duration(9000));
  CHECK(behaviour.forward->address == "127.0.0.1");
  CHECK(behaviour.forward->port == 8081);
  CHECK(behaviour.print == std::vector<std::string>{"one", "two", "three"});
  CHECK_FALSE(behaviour.healthy);
  CHECK(Read({{"DRYDOCK_EXIT_AFTER", "0"}}).exit_code == 0);
  CHECK(Read({{"DRYDOCK_FORWARD", "[::1]:80"}}).forward->address == "::1");
}

TEST_CASE("what cannot be used is said and has no effect") {
  const Behaviour behaviour = Read({{"DRYDOCK_EXIT_CODE", "256"},
                                    {"DRYDOCK_EXIT_AFTER", "soon"},
                                    {"DRYDOCK_LISTEN", "maybe"},
                                    {"DRYDOCK_HEALTH_STATUS", "99"},
                                    {"DRYDOCK_SLOW", "-1"},
                                    {"DRYDOCK_FORWARD", "example.com:80"},
                                    {"DRYDOCK_CONTAINER_HEALTH", "fine"}},
                                   {}, 7);
  CHECK_FALSE(behaviour.exit_code.has_value());
  CHECK(behaviour.listens);
  CHECK_FALSE(behaviour.forward.has_value());
  CHECK(behaviour.healthy);
}

TEST_CASE("a program for another processor ends at once, whatever the container was asked to do") {
  ContainerSpec container;
  container.environment = {{"DRYDOCK_EXIT_AFTER", "60"}, {"DRYDOCK_PRINT", "hello"}};
  container.wrong_program = "/bin/app";
  std::vector<std::string> complaints;
  const Behaviour behaviour = ReadBehaviour(container, complaints);
  CHECK(behaviour.print == std::vector<std::string>{"exec /bin/app: exec format error"});
  CHECK(behaviour.exit_code == 1);
  CHECK(behaviour.exit_after == Duration(0));
  CHECK_FALSE(behaviour.listens);
}
