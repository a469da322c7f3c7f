// The one source of time. Nothing else in the project asks the system for the time of day (a check enforces it).
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "emulator/core/schema.h"

namespace drydock {

using Duration = std::chrono::milliseconds;

inline Timestamp operator+(Timestamp time, Duration delay) {
  return {time.milliseconds + delay.count()};
}
inline Duration operator-(Timestamp later, Timestamp earlier) {
  return Duration(later.milliseconds - earlier.milliseconds);
}

// How fast the emulated machinery moves. Quick is the default; realistic takes AWS's own delays.
enum class Pace { kQuick, kRealistic };

// Tells the time and calls back when it has come. Thread-safe.
//
// A system clock follows the machine's. A manual clock stands still until Advance() moves it: then every alarm that
// falls due is run in the order of its time, and time stands at an alarm's hour while it runs, so a test sees the same
// order as a real day would have brought.
class Clock {
 public:
  enum class Mode { kSystem, kManual };
  using AlarmId = std::uint64_t;

  // A manual clock starts at `start`, or at the machine's present time.
  explicit Clock(Mode mode = Mode::kSystem, Pace pace = Pace::kQuick, Timestamp start = {});
  ~Clock();
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  Timestamp Now() const;
  Mode mode() const { return mode_; }
  Pace pace() const { return pace_; }

  // The delay to take where AWS takes `realistic`: that, or `quick`.
  Duration Delay(Duration realistic, Duration quick) const { return pace_ == Pace::kRealistic ? realistic : quick; }

  // Runs `alarm` once, on the clock's own thread (manual: on the thread that calls Advance), at or after `when`. An
  // alarm must not block for long: it hands longer work to its own thread and takes a Hold for as long as that lasts.
  AlarmId At(Timestamp when, std::function<void()> alarm);
  // After Cancel returns the alarm will not start; it may be under way when called from another thread.
  void Cancel(AlarmId id);

  // Work that an alarm started and that is not done. Advance() waits for all holds before time goes on.
  using Hold = std::shared_ptr<void>;
  Hold HoldTime();

  // Manual clocks only: moves the time forward and returns when all that fell due has run and no hold is left.
  void Advance(Duration by);
  // Manual clocks only: runs what is due already and waits for the holds.
  void Settle() { Advance(Duration(0)); }

  // Ends the alarm thread; no alarm runs afterwards. Called by the destructor as well.
  void Stop();

 private:
  void Run();
  void WaitForHolds(std::unique_lock<std::mutex>& lock);

  const Mode mode_;
  const Pace pace_;
  std::atomic<std::int64_t> manual_now_{0};

  std::mutex advance_;  // one Advance at a time; never taken by alarms
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // guarded by mutex_
  std::multimap<Timestamp, std::pair<AlarmId, std::function<void()>>> alarms_;
  AlarmId next_id_ = 1;
  int holds_ = 0;
  bool stopped_ = false;

  std::thread thread_;
};

// 2026-11-24T02:47:19Z, or with milliseconds 2026-11-24T02:47:19.123Z.
std::string FormatIso8601(Timestamp time, bool milliseconds = false);
// 20261124T024719Z, as SigV4 writes it.
std::string FormatBasicIso8601(Timestamp time);
// Tue, 24 Nov 2026 02:47:19 GMT, as HTTP writes it.
std::string FormatHttpDate(Timestamp time);
// Both ISO 8601 forms, with fractions and offsets; nullopt for anything else.
std::optional<Timestamp> ParseIso8601(std::string_view text);

}  // namespace drydock
