// Lines for whoever runs the program, on standard error: one clock and format for all rooms.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace drydock::log {

enum class Level { kInfo, kWarning, kError };

// Writes one line; what is below the level of Start is dropped.
void Write(Level level, std::string_view line);

// From here on lines of at least `level` are written: "trace", "debug", "info", "warn", "error" or "off".
void Start(const std::string& level);

template <typename... Arguments>
void Info(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  Write(Level::kInfo, fmt::format(format, std::forward<Arguments>(arguments)...));
}
template <typename... Arguments>
void Warning(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  Write(Level::kWarning, fmt::format(format, std::forward<Arguments>(arguments)...));
}
template <typename... Arguments>
void Error(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  Write(Level::kError, fmt::format(format, std::forward<Arguments>(arguments)...));
}

}  // namespace drydock::log
