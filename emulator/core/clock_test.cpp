#include "emulator/core/clock.h"

#include <future>

#include <catch2/catch.hpp>

using namespace drydock;
using namespace std::chrono_literals;

TEST_CASE("a manual clock stands still, then runs alarms in the order of their time") {
  Clock clock(Clock::Mode::kManual, Pace::kQuick, {1'000'000});
  std::vector<std::string> ran;
  clock.At(clock.Now() + 5s, [&] { ran.push_back("five at " + std::to_string(clock.Now().milliseconds)); });
  clock.At(clock.Now() + 2s, [&] {
    ran.push_back("two");
    clock.At(clock.Now() + 1s, [&] { ran.push_back("three"); });
  });
  CHECK(ran.empty());
  clock.Advance(10s);
  CHECK(ran == std::vector<std::string>{"two", "three", "five at 1005000"});
  CHECK(clock.Now().milliseconds == 1'010'000);
}

TEST_CASE("a hold keeps a manual clock's time from going on") {
  Clock clock(Clock::Mode::kManual, Pace::kQuick, {1'000'000});
  std::thread worker;
  Timestamp finished_at;
  clock.At(clock.Now() + 1s, [&] {
    worker = std::thread([&, hold = clock.HoldTime()]() mutable {
      finished_at = clock.Now();
      hold.reset();
    });
  });
  clock.Advance(60s);
  worker.join();
  CHECK(finished_at.milliseconds == 1'001'000);
}

TEST_CASE("a cancelled alarm does not run") {
  Clock clock(Clock::Mode::kManual, Pace::kQuick, {1'000'000});
  bool ran = false;
  clock.Cancel(clock.At(clock.Now() + 1s, [&] { ran = true; }));
  clock.Advance(2s);
  CHECK_FALSE(ran);
}

TEST_CASE("a system clock runs alarms by itself") {
  Clock clock;
  std::promise<void> ran;
  clock.At(clock.Now() + 1ms, [&] { ran.set_value(); });
  CHECK(ran.get_future().wait_for(10s) == std::future_status::ready);
}

TEST_CASE("times are written and read as AWS writes them") {
  const Timestamp time{1'590'569'152'945};
  CHECK(FormatIso8601(time) == "2020-05-27T08:45:52Z");
  CHECK(FormatIso8601(time, true) == "2020-05-27T08:45:52.945Z");
  CHECK(FormatBasicIso8601(time) == "20200527T084552Z");
  CHECK(FormatHttpDate(time) == "Wed, 27 May 2020 08:45:52 GMT");
  CHECK(ParseIso8601("2020-05-27T08:45:52.945Z") == time);
  CHECK(ParseIso8601("2020-05-27T10:45:52.945+02:00") == time);
  CHECK(ParseIso8601("20200527T084552Z") == Timestamp{1'590'569'152'000});
  CHECK(ParseIso8601("2020-05-27") == Timestamp{1'590'537'600'000});
  for (const char* bad :
       {"", "yesterday", "2020-13-01", "2020-05-27T08:45:52.Z", "2020-05-27T25:00:00Z", "2020-05-27Z"})
    CHECK_FALSE(ParseIso8601(bad).has_value());
}
