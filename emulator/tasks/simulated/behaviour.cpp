#include "emulator/tasks/simulated/behaviour.h"

#include <arpa/inet.h>

#include <charconv>

#include <fmt/format.h>

#include "emulator/core/text.h"

namespace drydock::tasks::simulated {

namespace {

std::optional<std::string> Find(const ContainerSpec& container, const std::string& name) {
  for (const EnvironmentVariable& variable : container.environment) {
    if (variable.name == name) return variable.value;
  }
  const auto label = container.docker_labels.find(name);
  if (label != container.docker_labels.end()) return label->second;
  return std::nullopt;
}

std::optional<int> ReadNumber(std::string_view text, int lowest, int highest) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < lowest || number > highest) {
    return std::nullopt;
  }
  return number;
}

std::optional<Endpoint> ReadEndpoint(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  std::string host = text.substr(0, colon);
  if (host == "localhost") host = "127.0.0.1";
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  unsigned char bytes[16];
  if (::inet_pton(AF_INET, host.c_str(), bytes) != 1 && ::inet_pton(AF_INET6, host.c_str(), bytes) != 1) {
    return std::nullopt;
  }
  const auto port = ReadNumber(std::string_view(text).substr(colon + 1), 1, 65535);
  if (!port) return std::nullopt;
  return Endpoint{host, static_cast<std::uint16_t>(*port)};
}

constexpr int kMostSeconds = 31'536'000;  // a year

using Complaint = std::optional<std::string>;

// Calls `use` with the number, or says what is wrong with it.
template <class Use>
Complaint Number(const std::string& name, const std::string& text, int lowest, int highest, Use use) {
  const auto number = ReadNumber(text, lowest, highest);
  if (!number) return fmt::format("{}: \"{}\" is not a number from {} to {}", name, text, lowest, highest);
  use(*number);
  return std::nullopt;
}

// One of two words; `use` is told whether it is the second.
template <class Use>
Complaint Either(const std::string& name, const std::string& text, const char* no, const char* yes, Use use) {
  if (text != no && text != yes) return fmt::format("{}: \"{}\" is neither {} nor {}", name, text, yes, no);
  use(text == yes);
  return std::nullopt;
}

Complaint SetForward(Behaviour& behaviour, const std::string& name, const std::string& text) {
  behaviour.forward = ReadEndpoint(text);
  if (behaviour.forward) return std::nullopt;
  return fmt::format("{}: \"{}\" is not a numeric address (or localhost) and a port", name, text);
}

Complaint SetPrint(Behaviour& behaviour, std::string text) {
  // In a task definition's JSON a line end may come as itself or, escaped twice, as backslash and n.
  for (std::size_t at = text.find("\\n"); at != std::string::npos; at = text.find("\\n", at + 1))
    text.replace(at, 2, "\n");
  behaviour.print = Split(text, '\n');
  return std::nullopt;
}

struct Setting {
  const char* name;
  Complaint (*set)(Behaviour&, const std::string& name, const std::string& text);
};
using Text = const std::string&;

constexpr Setting kSettings[] = {
    {"DRYDOCK_EXIT_CODE", [](Behaviour& to, Text name,
                             Text text) { return Number(name, text, 0, 255, [&](int code) { to.exit_code = code; }); }},
    {"DRYDOCK_EXIT_AFTER",
     [](Behaviour& to, Text name, Text text) {
       return Number(name, text, 0, kMostSeconds, [&](int seconds) {
         to.exit_after = std::chrono::seconds(seconds);
         if (!to.exit_code) to.exit_code = 0;
       });
     }},
    {"DRYDOCK_OUT_OF_MEMORY_AFTER",
     [](Behaviour& to, Text name, Text text) {
       return Number(name, text, 0, kMostSeconds, [&](int seconds) { to.memory_for = std::chrono::seconds(seconds); });
     }},
    {"DRYDOCK_STOP_DELAY",
     [](Behaviour& to, Text name, Text text) {
       return Number(name, text, 0, 3600, [&](int seconds) { to.stop_delay = std::chrono::seconds(seconds); });
     }},
    {"DRYDOCK_LISTEN", [](Behaviour& to, Text name,
                          Text text) { return Either(name, text, "off", "on", [&](bool on) { to.listens = on; }); }},
    {"DRYDOCK_HEALTH_STATUS",
     [](Behaviour& to, Text name, Text text) {
       return Number(name, text, 200, 599, [&](int status) { to.health_status = status; });
     }},
    {"DRYDOCK_HEALTH_PATH",
     [](Behaviour& to, Text, Text text) -> Complaint {
       to.health_path = text;
       return std::nullopt;
     }},
    {"DRYDOCK_SLOW",
     [](Behaviour& to, Text name, Text text) {
       return Number(name, text, 0, 3'600'000, [&](int milliseconds) { to.slow = Duration(milliseconds); });
     }},
    {"DRYDOCK_FORWARD", SetForward},
    {"DRYDOCK_PRINT", [](Behaviour& to, Text, Text text) { return SetPrint(to, text); }},
    {"DRYDOCK_CONTAINER_HEALTH",
     [](Behaviour& to, Text name, Text text) {
       return Either(name, text, "UNHEALTHY", "HEALTHY", [&](bool healthy) { to.healthy = healthy; });
     }},
};

}  // namespace

std::optional<std::string> SetBehaviour(Behaviour& behaviour, const std::string& name, const std::string& value) {
  std::vector<std::string> names;
  for (const Setting& setting : kSettings) {
    if (name == setting.name) return setting.set(behaviour, name, value);
    names.emplace_back(setting.name);
  }
  return fmt::format("{}: there is no such setting; there are {}", name, Join(names, ", "));
}

Behaviour ReadBehaviour(const ContainerSpec& container, std::vector<std::string>& complaints) {
  Behaviour behaviour;
  for (const Setting& setting : kSettings) {
    const auto text = Find(container, setting.name);
    if (!text) continue;
    if (auto complaint = setting.set(behaviour, setting.name, *text)) complaints.push_back(std::move(*complaint));
  }
  if (!container.wrong_program.empty()) {  // what runc prints, and how it ends
    behaviour = Behaviour();
    behaviour.print = {fmt::format("exec {}: exec format error", container.wrong_program)};
    behaviour.exit_code = 1;
    behaviour.listens = false;
  }
  return behaviour;
}

}  // namespace drydock::tasks::simulated
