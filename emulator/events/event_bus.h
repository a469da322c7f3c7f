// The events of all accounts and regions: the newest are kept in memory for whoever asks, and all are sent on to sinks.
// EventBridge user guide, "Events and event patterns", for an event's form.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "emulator/events/event.h"

namespace drydock::events {

// The event as EventBridge delivers it: one JSON object.
std::string Render(const Event& event);

// Thread-safe. Sending takes no longer than putting the event into a list: sinks are served by a thread of the bus, and
// when they are slower than the events, the oldest that wait are dropped and the log says how many.
class EventBus {
 public:
  using Sink = std::function<void(const Event&, const std::string& json)>;
  static constexpr std::size_t kKept = 2000;
  static constexpr std::size_t kMostWaiting = 10'000;

  explicit EventBus(std::vector<Sink> sinks = {});
  // Events that still wait are not delivered.
  ~EventBus();
  EventBus(const EventBus&) = delete;
  EventBus& operator=(const EventBus&) = delete;

  void Send(Event event);

  // No sink is called afterwards.
  void Stop();

  struct Kept {
    std::uint64_t number = 0;  // grows by one from event to event
    std::shared_ptr<const Event> event;
  };
  // The kept events with a greater number, oldest first.
  std::vector<Kept> After(std::uint64_t number) const;

 private:
  void Deliver();

  const std::vector<Sink> sinks_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // guarded by mutex_
  std::deque<Kept> kept_;
  std::deque<std::shared_ptr<const Event>> waiting_;
  std::uint64_t last_ = 0;
  std::uint64_t dropped_ = 0;
  bool stopping_ = false;

  std::thread thread_;  // runs when there are sinks
};

}  // namespace drydock::events
