#include "emulator/core/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace drydock::log {

void Write(Level level, std::string_view line) {
  switch (level) {
    case Level::kInfo:
      return spdlog::info(line);
    case Level::kWarning:
      return spdlog::warn(line);
    case Level::kError:
      return spdlog::error(line);
  }
}

void Start(const std::string& level) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("drydock"));
  spdlog::set_level(spdlog::level::from_str(level));
}

}  // namespace drydock::log
