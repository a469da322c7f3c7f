// Log events on their way in and out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/paging.h"
#include "store/log_events.h"

namespace drydock::logs {

// Limits of PutLogEvents: CloudWatch Logs API Reference.
inline constexpr std::size_t kMaximumBatchBytes = 1'048'576;
inline constexpr std::size_t kMaximumBatchEvents = 10'000;
inline constexpr std::size_t kBytesPerEvent = 26;  // counted beside each message

// What PutLogEvents calls the next sequence token. AWS reads none any more; old clients still want to see one.
std::string SequenceToken(Timestamp ingestion);

// The tokens of GetLogEvents: f/<56 digits>/s leads forward from a position, b/<56 digits>/s backward.
std::string WriteEventToken(const PageTokens& tokens, bool forward, const store::LogPosition& position);
struct EventToken {
  bool forward;
  store::LogPosition position;
};
std::optional<EventToken> ReadEventToken(const PageTokens& tokens, std::string_view text);

}  // namespace drydock::logs
