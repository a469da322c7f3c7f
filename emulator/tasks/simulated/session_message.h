// The messages of Session Manager's data channel, as the session-manager-plugin of the AWS CLI speaks it. Pure.
// Source: the plugin's published protocol (amazon-ssm-agent, agent/session/contracts). A message: header length (116),
// type, schema version, creation time, sequence number, flags, id, SHA-256 of the payload, payload type, payload
// length, payload; numbers are big-endian.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/core/clock.h"

namespace drydock::tasks::simulated {

struct SessionMessage {
  enum class Payload : std::uint32_t {
    kNone = 0,
    kOutput = 1,
    kSize = 3,
    kHandshakeRequest = 5,
    kHandshakeResponse = 6,
    kHandshakeComplete = 7,
    kFlag = 10,
  };
  std::string type;  // input_stream_data, output_stream_data, acknowledge, channel_closed
  std::int64_t sequence = 0;
  std::uint64_t flags = 0;  // 1: the first of a stream
  std::string id;           // a UUID
  Timestamp created;
  Payload payload_type = Payload::kNone;
  std::string payload;
};

std::string Encode(const SessionMessage& message);

// nullopt for bytes that are no message: too short, lengths that do not fit, a digest that is not the payload's.
std::optional<SessionMessage> DecodeSessionMessage(std::string_view bytes);

}  // namespace drydock::tasks::simulated
