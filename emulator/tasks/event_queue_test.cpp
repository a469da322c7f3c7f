#include "emulator/tasks/event_queue.h"

#include <catch2/catch.hpp>

using namespace drydock;
using namespace drydock::tasks;

namespace {
struct Sink : EventSink {
  std::vector<std::string> told;
  std::size_t lines = 0;
  std::size_t batches = 0;
  std::function<void()> on_printed = [] {};

  void ContainerStarted(const std::string&, const std::string& container) override {
    told.push_back("start " + container);
  }
  void ContainerExited(const std::string&, const std::string& container, int code, const std::string&) override {
    told.push_back("exit " + container + " " + std::to_string(code));
  }
  void ContainerHealthChanged(const std::string&, const std::string&, ContainerHealth) override {}
  void Printed(std::vector<PrintedLine> batch) override {
    on_printed();
    ++batches;
    lines += batch.size();
    told.push_back("print " + batch.front().text + " .. " + batch.back().text);
  }
};
}  // namespace

TEST_CASE("events keep their order, lines come in batches before what follows them") {
  Sink sink;
  Clock clock;
  {
    EventQueue queue(clock, sink);
    queue.Tell([](EventSink& s) { s.ContainerStarted("t", "c"); });
    for (int i = 0; i < 2500; ++i) queue.Print("t", "c", std::to_string(i));
    queue.Tell([](EventSink& s) { s.ContainerExited("t", "c", 3, ""); });
  }
  CHECK(sink.told.front() == "start c");
  CHECK(sink.told.back() == "exit c 3");
  CHECK(sink.lines == 2500);
  CHECK(sink.batches == 3);
}

TEST_CASE("a manual clock waits until all has been told") {
  Sink sink;
  Clock clock(Clock::Mode::kManual, Pace::kQuick, {1'000'000});
  EventQueue queue(clock, sink);
  queue.Print("t", "c", "hello");
  clock.Settle();
  CHECK(sink.told == std::vector<std::string>{"print hello .. hello"});
}

TEST_CASE("when a sink is too slow, the lines lost are counted") {
  Sink sink;
  Clock clock(Clock::Mode::kManual, Pace::kQuick, {1'000'000});
  std::mutex gate;
  sink.on_printed = [&] { std::lock_guard wait(gate); };
  EventQueue queue(clock, sink);
  {
    std::lock_guard closed(gate);
    for (std::size_t i = 0; i < EventQueue::kMostWaiting + 3000; ++i) queue.Print("t", "c", "x");
  }
  clock.Settle();
  const std::size_t taken = sink.lines;
  CHECK(taken < EventQueue::kMostWaiting + 3000);
  queue.Print("t", "c", "after");
  clock.Settle();
  const std::size_t lost = EventQueue::kMostWaiting + 3000 - taken;
  CHECK(sink.told.back() == "print (" + std::to_string(lost) + " lines were lost: too many at once) .. after");
}
