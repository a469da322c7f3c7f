#include "emulator/world/tasks.h"

#include <catch2/catch.hpp>

using namespace drydock;

namespace {

// Answers as it is told and remembers the question.
class OneTask : public tasks::Runtime {
 public:
  explicit OneTask(tasks::Dial dial) : dial_(std::move(dial)) {}
  void Start(tasks::TaskSpec) override {}
  void StartContainer(const std::string&, const std::string&) override {}
  void Stop(const std::string&, Duration) override {}
  std::optional<tasks::ExecSession> OpenSession(const std::string&, const std::string&, const std::string&) override {
    return std::nullopt;
  }
  tasks::Dial Locate(const std::string& vpc_id, const std::string& address, int port,
                     const std::string& source) const override {
    asked = vpc_id + " " + address + " " + std::to_string(port) + " " + source;
    return dial_;
  }
  mutable std::string asked;

 private:
  tasks::Dial dial_;
};

}  // namespace

TEST_CASE("the load balancers dial what the runtime names") {
  OneTask runtime({tasks::Dial::Outcome::kConnect, "127.0.0.1", 4000, "hello"});
  const auto dial = world::TaskHosts(runtime).Locate("vpc-1", "10.0.10.4", 3000, "10.0.0.5");
  CHECK(runtime.asked == "vpc-1 10.0.10.4 3000 10.0.0.5");
  CHECK(dial.outcome == loadbalancer::Dial::Outcome::kConnect);
  CHECK(dial.address == "127.0.0.1");
  CHECK(dial.port == 4000);
  CHECK(dial.preface == "hello");
}

TEST_CASE("a task that does not listen and an address without a task are told apart") {
  using Outcome = loadbalancer::Dial::Outcome;
  CHECK(world::TaskHosts(OneTask({tasks::Dial::Outcome::kRefused, "", 0, ""})).Locate("v", "a", 1, "s").outcome ==
        Outcome::kRefused);
  CHECK(world::TaskHosts(OneTask({})).Locate("v", "a", 1, "s").outcome == Outcome::kNobody);
}
