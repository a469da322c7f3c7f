#include "emulator/core/clock.h"

#include <ctime>

#include <fmt/compile.h>

namespace drydock {

namespace {
Timestamp SystemNow() {
  using namespace std::chrono;
  return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}
}  // namespace

Clock::Clock(Mode mode, Pace pace, Timestamp start) : mode_(mode), pace_(pace) {
  if (mode_ == Mode::kManual) {
    manual_now_ = start.milliseconds != 0 ? start.milliseconds : SystemNow().milliseconds;
  } else {
    thread_ = std::thread([this] { Run(); });
  }
}

Clock::~Clock() {
  Stop();
}

void Clock::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Timestamp Clock::Now() const {
  return mode_ == Mode::kManual ? Timestamp{manual_now_.load()} : SystemNow();
}

Clock::AlarmId Clock::At(Timestamp when, std::function<void()> alarm) {
  std::lock_guard lock(mutex_);
  const AlarmId id = next_id_++;
  alarms_.emplace(when, std::pair(id, std::move(alarm)));
  changed_.notify_all();
  return id;
}

void Clock::Cancel(AlarmId id) {
  std::lock_guard lock(mutex_);
  for (auto it = alarms_.begin(); it != alarms_.end(); ++it) {
    if (it->second.first == id) {
      alarms_.erase(it);
      return;
    }
  }
}

Clock::Hold Clock::HoldTime() {
  {
    std::lock_guard lock(mutex_);
    ++holds_;
  }
  return Hold(static_cast<void*>(this), [this](void*) {
    std::lock_guard lock(mutex_);
    --holds_;
    changed_.notify_all();
  });
}

void Clock::WaitForHolds(std::unique_lock<std::mutex>& lock) {
  changed_.wait(lock, [this] { return holds_ == 0 || stopped_; });
}

void Clock::Advance(Duration by) {
  std::lock_guard one_at_a_time(advance_);
  std::unique_lock lock(mutex_);
  const Timestamp target = Timestamp{manual_now_.load()} + by;
  WaitForHolds(lock);
  while (!stopped_ && !alarms_.empty() && alarms_.begin()->first <= target) {
    auto first = alarms_.begin();
    if (first->first.milliseconds > manual_now_) manual_now_ = first->first.milliseconds;
    const auto alarm = std::move(first->second.second);
    alarms_.erase(first);
    lock.unlock();
    alarm();
    lock.lock();
    WaitForHolds(lock);
  }
  manual_now_ = target.milliseconds;
}

void Clock::Run() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    if (alarms_.empty()) {
      changed_.wait(lock);
      continue;
    }
    auto first = alarms_.begin();
    const Duration remaining = first->first - Now();
    if (remaining.count() > 0) {
      changed_.wait_for(lock, remaining);
      continue;
    }
    const auto alarm = std::move(first->second.second);
    alarms_.erase(first);
    lock.unlock();
    alarm();
    lock.lock();
  }
}

namespace {
std::tm BrokenDown(Timestamp time) {
  const std::time_t seconds = time.milliseconds / 1000 - (time.milliseconds % 1000 < 0 ? 1 : 0);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts;
}
}  // namespace

std::string FormatIso8601(Timestamp time, bool milliseconds) {
  const std::tm t = BrokenDown(time);
  const auto date = fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}"), t.tm_year + 1900, t.tm_mon + 1,
                                t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
  return milliseconds ? fmt::format("{}.{:03}Z", date, (time.milliseconds % 1000 + 1000) % 1000) : date + "Z";
}

std::string FormatBasicIso8601(Timestamp time) {
  const std::tm t = BrokenDown(time);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min,
                     t.tm_sec);
}

std::string FormatHttpDate(Timestamp time) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::tm t = BrokenDown(time);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[t.tm_wday], t.tm_mday, kMonths[t.tm_mon],
                     t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

namespace {
// Takes `digits` digits off the front of `text`.
bool TakeNumber(std::string_view& text, std::size_t digits, int& number) {
  if (text.size() < digits) return false;
  number = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    number = number * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return true;
}
bool TakeOptional(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}
}  // namespace

std::optional<Timestamp> ParseIso8601(std::string_view text) {
  int year, month, day, hour = 0, minute = 0, second = 0;
  if (!TakeNumber(text, 4, year)) return std::nullopt;
  TakeOptional(text, '-');
  if (!TakeNumber(text, 2, month)) return std::nullopt;
  TakeOptional(text, '-');
  if (!TakeNumber(text, 2, day) || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  std::int64_t fraction = 0;
  std::int64_t offset_minutes = 0;
  if (!text.empty()) {
    if (!TakeOptional(text, 'T') && !TakeOptional(text, ' ')) return std::nullopt;
    if (!TakeNumber(text, 2, hour)) return std::nullopt;
    TakeOptional(text, ':');
    if (!TakeNumber(text, 2, minute)) return std::nullopt;
    TakeOptional(text, ':');
    if (!TakeNumber(text, 2, second) || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    if (TakeOptional(text, '.')) {
      std::int64_t scale = 100;
      bool any = false;
      while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        fraction += (text.front() - '0') * scale;
        scale /= 10;
        text.remove_prefix(1);
        any = true;
      }
      if (!any) return std::nullopt;
    }
    if (!TakeOptional(text, 'Z') && !text.empty()) {
      const int sign = text.front() == '-' ? -1 : 1;
      if (text.front() != '+' && text.front() != '-') return std::nullopt;
      text.remove_prefix(1);
      int hours, minutes;
      if (!TakeNumber(text, 2, hours)) return std::nullopt;
      TakeOptional(text, ':');
      if (!TakeNumber(text, 2, minutes)) return std::nullopt;
      offset_minutes = sign * (hours * 60 + minutes);
    }
    if (!text.empty()) return std::nullopt;
  }
  std::tm parts{};
  parts.tm_year = year - 1900;
  parts.tm_mon = month - 1;
  parts.tm_mday = day;
  parts.tm_hour = hour;
  parts.tm_min = minute;
  parts.tm_sec = second;
  return Timestamp{(static_cast<std::int64_t>(timegm(&parts)) - offset_minutes * 60) * 1000 + fraction};
}

}  // namespace drydock
