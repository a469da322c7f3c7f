#include "handlers/logs/events.h"

#include <algorithm>

#include "api/logs/CreateLogStreamRequest.h"
#include "api/logs/CreateLogStreamResponse.h"
#include "api/logs/PutLogEventsRequest.h"
#include "api/logs/PutLogEventsResponse.h"
#include "emulator/core/text.h"
#include "handlers/engines.h"
#include "handlers/logs/log_events.h"
#include "store/database.h"
#include "store/records/logs/log_group.h"
#include "store/table.h"

namespace drydock::api {
extern const Service k_logs;  // generated
}

namespace drydock::logs {

namespace {

// The awslogs driver cuts at the event limit of its time. https://docs.docker.com/engine/logging/drivers/awslogs/
constexpr std::size_t kLongestMessage = 262'144 - kBytesPerEvent;
constexpr std::int64_t kLongestSpan = 24 * 60 * 60 * 1000;  // milliseconds

template <class Out, class In>
Out Operate(Context& context, std::string_view operation, In request) {
  return Invoke<Out>(context, context.principal, *api::FindOperation(api::k_logs, operation), std::move(request));
}

// Where to cut a message so that no UTF-8 character is cut in two.
std::size_t CutOf(std::string_view text) {
  if (text.size() <= kLongestMessage) return text.size();
  std::size_t cut = kLongestMessage;
  while (cut > kLongestMessage - 4 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  return cut;
}

// A container may print any bytes; a log event is text: each byte that is not becomes U+FFFD.
std::string AsText(std::string bytes) {
  if (IsUtf8(bytes)) return bytes;
  std::string text;
  for (std::size_t i = 0; i < bytes.size();) {
    std::size_t length = 1;
    while (length < 4 && !IsUtf8(std::string_view(bytes).substr(i, length))) ++length;
    const std::string_view character = std::string_view(bytes).substr(i, length);
    const bool valid = IsUtf8(character);
    text += valid ? character : "\xEF\xBF\xBD";
    i += valid ? character.size() : 1;
  }
  return text;
}

}  // namespace

void PutLines(Context& context, const std::string& log_group, const std::string& log_stream, std::vector<Line> lines) {
  if (!context.tx.Get<records::logs::LogStream>(context.scope, log_group, log_stream)) {
    CreateLogStreamRequest request;
    request.logGroupName = log_group;
    request.logStreamName = log_stream;
    Operate<CreateLogStreamResponse>(context, "CreateLogStream", std::move(request));
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.timestamp < b.timestamp; });

  PutLogEventsRequest batch;
  std::size_t bytes = 0;
  const auto send = [&] {
    if (batch.logEvents.empty()) return;
    batch.logGroupName = log_group;
    batch.logStreamName = log_stream;
    Operate<PutLogEventsResponse>(context, "PutLogEvents", std::exchange(batch, {}));
    bytes = 0;
  };
  for (Line& line : lines) {
    line.text = AsText(std::move(line.text));
    for (std::string_view rest = line.text; !rest.empty();) {
      const std::string_view message = rest.substr(0, CutOf(rest));
      rest.remove_prefix(message.size());
      const std::size_t size = message.size() + kBytesPerEvent;
      const bool full = batch.logEvents.size() == kMaximumBatchEvents || bytes + size > kMaximumBatchBytes;
      if (full || (!batch.logEvents.empty() &&
                   line.timestamp.milliseconds - *batch.logEvents.front().timestamp > kLongestSpan)) {
        send();
      }
      InputLogEvent& event = batch.logEvents.emplace_back();
      event.timestamp = line.timestamp.milliseconds;
      event.message = message;
      bytes += size;
    }
  }
  send();
}

}  // namespace drydock::logs
