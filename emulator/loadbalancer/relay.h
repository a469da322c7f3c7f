// Bodies on their way from one socket to another, in constant memory.
#pragma once

#include <cstdint>
#include <string_view>

#include "emulator/loadbalancer/http_message.h"
#include "emulator/loadbalancer/worker.h"

namespace drydock::loadbalancer {

struct BodySource {
  Stream& stream;
  Buffer& buffer;  // what is there already; afterwards what belongs to the next message
  BodyKind kind = BodyKind::kNone;
  std::uint64_t length = 0;  // of kLength
};

struct BodySink {
  Stream& stream;
  bool chunked = false;
};

enum class RelayEnd {
  kDone,
  kSourceClosed,  // before the body was complete; or any other failure of the source
  kMalformed,     // the source's chunked coding cannot be read
  kSinkFailed,
};

struct RelayResult {
  RelayEnd end = RelayEnd::kDone;
  std::uint64_t bytes = 0;  // of the body, without chunked coding
};

// Passes a body on; `head` is sent before it, in one write with what is there of it. Every step moves the deadline of
// `watched` by `patience`.
Async<RelayResult> Relay(BodySource source, BodySink sink, std::string_view head, Watched& watched,
                         SteadyClock::duration patience);

// Passes bytes on in one direction until the source ends, then tells the sink so. Returns their number.
Async<std::uint64_t> RelayUntilEnd(Stream& source, Buffer& buffer, Stream& sink, Watched& watched,
                                   SteadyClock::duration patience);

}  // namespace drydock::loadbalancer
