#include "emulator/http/event_hook.h"

#include <httplib.h>

#include <stdexcept>

namespace drydock::http {

namespace {
constexpr int kPatienceSeconds = 5;
}

events::EventBus::Sink EventHook(const std::string& url) {
  const auto host_begin = url.find("://") + 3;
  const auto path_begin = url.find('/', host_begin);
  const std::string host = url.substr(0, path_begin);
  const std::string path = path_begin == std::string::npos ? "/" : url.substr(path_begin);
  const auto client = std::make_shared<httplib::Client>(host);
  client->set_connection_timeout(kPatienceSeconds);
  client->set_read_timeout(kPatienceSeconds);
  client->set_keep_alive(true);
  return [client, path, url](const events::Event&, const std::string& json) {
    const auto answer = client->Post(path, json, "application/json");
    if (!answer) throw std::runtime_error(url + ": " + httplib::to_string(answer.error()));
    if (answer->status / 100 != 2) throw std::runtime_error(url + " answered " + std::to_string(answer->status));
  };
}

}  // namespace drydock::http
