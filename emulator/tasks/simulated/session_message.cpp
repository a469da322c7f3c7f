#include "emulator/tasks/simulated/session_message.h"

#include <algorithm>

#include "emulator/core/text.h"

namespace drydock::tasks::simulated {

namespace {

constexpr std::size_t kTypeAt = 4, kTypeLength = 32, kVersionAt = 36, kCreatedAt = 40, kSequenceAt = 48, kFlagsAt = 56,
                      kIdAt = 64, kDigestAt = 80, kPayloadTypeAt = 112, kPayloadLengthAt = 116, kPayloadAt = 120;
constexpr std::size_t kDigestLength = 32;

void PutNumber(std::string& bytes, std::size_t at, std::size_t length, std::uint64_t value) {
  for (std::size_t i = 0; i < length; ++i) bytes[at + i] = static_cast<char>(value >> (8 * (length - 1 - i)));
}

std::uint64_t GetNumber(std::string_view bytes, std::size_t at, std::size_t length) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < length; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

// The halves of an id change places on the wire.
std::string IdToWire(const std::string& uuid) {
  std::string bytes;
  std::string digits;
  for (const char c : uuid)
    if (c != '-') digits += c;
  digits.resize(32, '0');
  const auto nibble = [](char c) { return c >= 'a' ? c - 'a' + 10 : c >= 'A' ? c - 'A' + 10 : c - '0'; };
  for (std::size_t i = 0; i < 32; i += 2) bytes += static_cast<char>(nibble(digits[i]) << 4 | nibble(digits[i + 1]));
  return bytes.substr(8) + bytes.substr(0, 8);
}

std::string IdFromWire(std::string_view bytes) {
  const std::string hex = Hex(std::string(bytes.substr(8)) + std::string(bytes.substr(0, 8)));
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) + "-" +
         hex.substr(20);
}

}  // namespace

std::string Encode(const SessionMessage& message) {
  std::string bytes(kPayloadAt, '\0');
  PutNumber(bytes, 0, 4, kPayloadLengthAt);
  std::string type = message.type.substr(0, kTypeLength);
  type.resize(kTypeLength, ' ');
  bytes.replace(kTypeAt, kTypeLength, type);
  PutNumber(bytes, kVersionAt, 4, 1);
  PutNumber(bytes, kCreatedAt, 8, static_cast<std::uint64_t>(message.created.milliseconds));
  PutNumber(bytes, kSequenceAt, 8, static_cast<std::uint64_t>(message.sequence));
  PutNumber(bytes, kFlagsAt, 8, message.flags);
  bytes.replace(kIdAt, 16, IdToWire(message.id));
  bytes.replace(kDigestAt, kDigestLength, Sha256(message.payload));
  PutNumber(bytes, kPayloadTypeAt, 4, static_cast<std::uint32_t>(message.payload_type));
  PutNumber(bytes, kPayloadLengthAt, 4, message.payload.size());
  return bytes + message.payload;
}

std::optional<SessionMessage> DecodeSessionMessage(std::string_view bytes) {
  if (bytes.size() < kPayloadAt || GetNumber(bytes, 0, 4) != kPayloadLengthAt ||
      GetNumber(bytes, kPayloadLengthAt, 4) != bytes.size() - kPayloadAt)
    return std::nullopt;
  SessionMessage message;
  message.type = bytes.substr(kTypeAt, kTypeLength);
  message.type.erase(std::find_if(message.type.begin(), message.type.end(), [](char c) { return c == ' ' || c == 0; }),
                     message.type.end());
  message.created = {static_cast<std::int64_t>(GetNumber(bytes, kCreatedAt, 8))};
  message.sequence = static_cast<std::int64_t>(GetNumber(bytes, kSequenceAt, 8));
  message.flags = GetNumber(bytes, kFlagsAt, 8);
  message.id = IdFromWire(bytes.substr(kIdAt, 16));
  message.payload_type = static_cast<SessionMessage::Payload>(GetNumber(bytes, kPayloadTypeAt, 4));
  message.payload = bytes.substr(kPayloadAt);
  if (!message.payload.empty() && bytes.substr(kDigestAt, kDigestLength) != Sha256(message.payload))
    return std::nullopt;
  return message;
}

}  // namespace drydock::tasks::simulated
