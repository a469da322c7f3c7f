#include "emulator/events/event_bus.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "emulator/core/log.h"

namespace drydock::events {

std::string Render(const Event& event) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  const auto text = [&](const char* name, const std::string& value) {
    writer.Key(name);
    writer.String(value);
  };
  writer.StartObject();
  text("version", "0");
  text("id", event.id);
  text("detail-type", event.detail_type);
  text("source", event.source);
  text("account", event.scope.account);
  text("time", FormatIso8601(event.time));
  text("region", event.scope.region);
  writer.Key("resources");
  writer.StartArray();
  for (const auto& resource : event.resources) writer.String(resource);
  writer.EndArray();
  writer.Key("detail");
  const std::string detail = event.detail();
  writer.RawValue(detail.data(), detail.size(), rapidjson::kObjectType);
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

EventBus::EventBus(std::vector<Sink> sinks) : sinks_(std::move(sinks)) {
  if (!sinks_.empty()) thread_ = std::thread([this] { Deliver(); });
}

EventBus::~EventBus() {
  Stop();
}

void EventBus::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void EventBus::Send(Event event) {
  auto sent = std::make_shared<const Event>(std::move(event));
  {
    std::lock_guard lock(mutex_);
    if (!sinks_.empty()) {
      if (waiting_.size() >= kMostWaiting) {
        waiting_.pop_front();
        ++dropped_;
      }
      waiting_.push_back(sent);
    }
    kept_.push_back({++last_, std::move(sent)});
    if (kept_.size() > kKept) kept_.pop_front();
  }
  changed_.notify_one();
}

std::vector<EventBus::Kept> EventBus::After(std::uint64_t number) const {
  std::lock_guard lock(mutex_);
  std::vector<Kept> found;
  for (const Kept& each : kept_)
    if (each.number > number) found.push_back(each);
  return found;
}

void EventBus::Deliver() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    const auto event = std::move(waiting_.front());
    waiting_.pop_front();
    const std::uint64_t dropped = std::exchange(dropped_, 0);
    lock.unlock();
    if (dropped > 0) log::Warning("{} events were not delivered: too many at once", dropped);
    const std::string json = Render(*event);
    for (const Sink& sink : sinks_) {
      try {
        sink(*event, json);
      } catch (const std::exception& error) {
        log::Warning("an event was not delivered: {}", error.what());
      }
    }
    lock.lock();
  }
}

}  // namespace drydock::events
