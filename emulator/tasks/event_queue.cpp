#include "emulator/tasks/event_queue.h"

#include <fmt/format.h>

#include "emulator/core/log.h"

namespace drydock::tasks {

namespace {
constexpr std::size_t kBatch = 1000;
constexpr auto kLongestWait = std::chrono::milliseconds(100);
}  // namespace

EventQueue::EventQueue(Clock& clock, EventSink& sink) : clock_(clock), sink_(sink), thread_([this] { Run(); }) {}

EventQueue::~EventQueue() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void EventQueue::Print(const std::string& task_arn, const std::string& container, std::string text) {
  PrintedLine line{task_arn, container, clock_.Now(), std::move(text)};
  std::lock_guard lock(mutex_);
  if (lines_waiting_ >= kMostWaiting) {
    ++lines_lost_;
    return;
  }
  if (lines_lost_ > 0) {
    AppendLocked({task_arn, container, line.time, fmt::format("({} lines were lost: too many at once)", lines_lost_)});
    lines_lost_ = 0;
  }
  AppendLocked(std::move(line));
}

void EventQueue::AppendLocked(PrintedLine line) {
  if (items_.empty() || items_.back().event || items_.back().lines.size() >= kBatch) {
    // A manual clock's user waits for the lines: no reason to collect more.
    const auto wait = clock_.mode() == Clock::Mode::kManual ? std::chrono::milliseconds(0) : kLongestWait;
    items_.push_back({{}, {}, std::chrono::steady_clock::now() + wait, clock_.HoldTime()});
    changed_.notify_all();
  }
  ++lines_waiting_;
  items_.back().lines.push_back(std::move(line));
  if (items_.back().lines.size() >= kBatch) changed_.notify_all();
}

void EventQueue::Tell(std::function<void(EventSink&)> event) {
  std::lock_guard lock(mutex_);
  items_.push_back({std::move(event), {}, {}, clock_.HoldTime()});
  changed_.notify_all();
}

void EventQueue::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (items_.empty()) {
      if (stopping_) return;
      changed_.wait(lock);
      continue;
    }
    const Item& first = items_.front();
    const bool may_wait = !first.event && items_.size() == 1 && first.lines.size() < kBatch && !stopping_ &&
                          std::chrono::steady_clock::now() < first.due;
    if (may_wait) {
      const auto due = first.due;
      changed_.wait_until(lock, due);
      continue;
    }
    Item item = std::move(items_.front());
    items_.pop_front();
    lines_waiting_ -= item.lines.size();
    lock.unlock();
    try {
      if (item.event) {
        item.event(sink_);
      } else {
        sink_.Printed(std::move(item.lines));
      }
    } catch (const std::exception& error) {
      log::Error("tasks: an event was not taken: {}", error.what());
    }
    item.hold.reset();
    lock.lock();
  }
}

}  // namespace drydock::tasks
