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

}  // namespace

Behaviour ReadBehaviour(const ContainerSpec& container, std::vector<std::string>& complaints) {
  Behaviour behaviour;
  const auto number = [&](const std::string& name, int lowest, int highest) -> std::optional<int> {
    const auto text = Find(container, name);
    if (!text) return std::nullopt;
    const auto value = ReadNumber(*text, lowest, highest);
    if (!value) {
      complaints.push_back(fmt::format("{}: \"{}\" is not a number from {} to {}", name, *text, lowest, highest));
    }
    return value;
  };
  behaviour.exit_code = number("DRYDOCK_EXIT_CODE", 0, 255);
  if (const auto seconds = number("DRYDOCK_EXIT_AFTER", 0, 31'536'000)) {
    behaviour.exit_after = std::chrono::seconds(*seconds);
    if (!behaviour.exit_code) behaviour.exit_code = 0;
  }
  if (const auto status = number("DRYDOCK_HEALTH_STATUS", 200, 599)) behaviour.health_status = *status;
  if (const auto slow = number("DRYDOCK_SLOW", 0, 3'600'000)) behaviour.slow = Duration(*slow);
  if (const auto listen = Find(container, "DRYDOCK_LISTEN")) {
    behaviour.listens = *listen != "off";
    if (*listen != "off" && *listen != "on") {
      complaints.push_back(fmt::format("DRYDOCK_LISTEN: \"{}\" is neither on nor off", *listen));
    }
  }
  if (const auto health = Find(container, "DRYDOCK_CONTAINER_HEALTH")) {
    behaviour.healthy = *health != "UNHEALTHY";
    if (*health != "UNHEALTHY" && *health != "HEALTHY") {
      complaints.push_back(fmt::format("DRYDOCK_CONTAINER_HEALTH: \"{}\" is neither HEALTHY nor UNHEALTHY", *health));
    }
  }
  if (const auto forward = Find(container, "DRYDOCK_FORWARD")) {
    behaviour.forward = ReadEndpoint(*forward);
    if (!behaviour.forward) {
      complaints.push_back(
          fmt::format("DRYDOCK_FORWARD: \"{}\" is not a numeric address (or localhost) and a port", *forward));
    }
  }
  if (const auto print = Find(container, "DRYDOCK_PRINT")) {
    // In a task definition's JSON a line end may come as itself or, escaped twice, as backslash and n.
    std::string text = *print;
    for (std::size_t at = text.find("\\n"); at != std::string::npos; at = text.find("\\n", at + 1)) {
      text.replace(at, 2, "\n");
    }
    behaviour.print = Split(text, '\n');
  }
  return behaviour;
}

}  // namespace drydock::tasks::simulated
