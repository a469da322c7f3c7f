#include "emulator/loadbalancer/relay.h"

#include <array>
#include <charconv>
#include <optional>
#include <span>

namespace drydock::loadbalancer {

namespace {

constexpr std::size_t kSmallRead = 4 * 1024;
constexpr std::size_t kLargeRead = 64 * 1024;

// The next bytes of a body, found in what has been read.
class BodyReader {
 public:
  explicit BodyReader(const BodySource& source) : kind_(source.kind), remaining_(source.length) {
    if (kind_ == BodyKind::kChunked) decoder_.emplace();
  }

  enum class Step { kMore, kDone, kMalformed };

  // Sets `pieces` to body bytes inside `bytes` and `consumed` to how many of those are done with.
  Step Take(std::string_view bytes, bool ended, std::size_t& consumed, std::vector<std::string_view>& pieces) {
    switch (kind_) {
      case BodyKind::kNone:
        consumed = 0;
        return Step::kDone;
      case BodyKind::kLength:
        consumed = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, bytes.size()));
        if (consumed > 0) pieces.push_back(bytes.substr(0, consumed));
        remaining_ -= consumed;
        return remaining_ == 0 ? Step::kDone : Step::kMore;
      case BodyKind::kUntilClose:
        consumed = bytes.size();
        if (consumed > 0) pieces.push_back(bytes);
        return ended ? Step::kDone : Step::kMore;
      case BodyKind::kChunked:
        break;
    }
    switch (decoder_->Decode(bytes, consumed, pieces)) {
      case ChunkedDecoder::Outcome::kDone:
        return Step::kDone;
      case ChunkedDecoder::Outcome::kMore:
        // A chunk's size line, or the trailers, longer than any sensible one.
        return bytes.size() - consumed >= kHeadLimit ? Step::kMalformed : Step::kMore;
      case ChunkedDecoder::Outcome::kMalformed:
        break;
    }
    return Step::kMalformed;
  }

  std::string_view trailers() const { return decoder_ ? std::string_view(decoder_->trailers()) : std::string_view(); }

 private:
  BodyKind kind_;
  std::uint64_t remaining_;
  std::optional<ChunkedDecoder> decoder_;
};

net::const_buffer AsBuffer(std::string_view text) {
  return {text.data(), text.size()};
}

// "1f\r\n" into `space`.
std::string_view ChunkSizeLine(std::uint64_t size, std::array<char, 20>& space) {
  char* end = std::to_chars(space.data(), space.data() + 16, size, 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  return {space.data(), static_cast<std::size_t>(end - space.data())};
}

}  // namespace

Async<RelayResult> Relay(BodySource source, BodySink sink, std::string_view head, Watched& watched,
                         SteadyClock::duration patience) {
  BodyReader reader(source);
  RelayResult result;
  std::vector<std::string_view> pieces;
  std::vector<net::const_buffer> out;
  std::array<char, 20> size_line;
  std::size_t read_size = kSmallRead;
  bool ended = false;
  while (true) {
    std::size_t consumed = 0;
    pieces.clear();
    const BodyReader::Step step = reader.Take(source.buffer.View(), ended, consumed, pieces);
    if (step == BodyReader::Step::kMalformed) {
      result.end = RelayEnd::kMalformed;
      co_return result;
    }
    const bool done = step == BodyReader::Step::kDone;

    out.clear();
    if (!head.empty()) out.push_back(AsBuffer(head));
    std::uint64_t bytes = 0;
    for (const std::string_view piece : pieces) bytes += piece.size();
    if (sink.chunked && bytes > 0) out.push_back(AsBuffer(ChunkSizeLine(bytes, size_line)));
    for (const std::string_view piece : pieces) out.push_back(AsBuffer(piece));
    if (sink.chunked) {
      if (bytes > 0) out.push_back(AsBuffer("\r\n"));
      if (done) {
        out.push_back(AsBuffer("0\r\n"));
        out.push_back(AsBuffer(reader.trailers()));
        out.push_back(AsBuffer("\r\n"));
      }
    }
    if (!out.empty()) {
      error_code error;
      watched.ExpireIn(patience);
      co_await net::async_write(sink.stream, std::span<const net::const_buffer>(out), Into(error));
      if (error) {
        result.end = RelayEnd::kSinkFailed;
        co_return result;
      }
      result.bytes += bytes;
      head = {};
    }
    source.buffer.Consume(consumed);
    if (done) co_return result;

    error_code error;
    watched.ExpireIn(patience);
    const net::mutable_buffer room = source.buffer.Prepare(read_size);
    const std::size_t received = co_await source.stream.async_read_some(room, Into(error));
    source.buffer.Commit(received);
    if (received == room.size()) read_size = kLargeRead;
    if (error) {
      ended = error == net::error::eof && source.kind == BodyKind::kUntilClose;
      if (!ended) {
        result.end = RelayEnd::kSourceClosed;
        co_return result;
      }
    }
  }
}

Async<std::uint64_t> RelayUntilEnd(Stream& source, Buffer& buffer, Stream& sink, Watched& watched,
                                   SteadyClock::duration patience) {
  std::uint64_t bytes = 0;
  while (true) {
    error_code error;
    if (buffer.size() > 0) {
      watched.ExpireIn(patience);
      co_await net::async_write(sink, net::const_buffer(buffer.View().data(), buffer.size()), Into(error));
      if (error) break;
      bytes += buffer.size();
      buffer.Consume(buffer.size());
    }
    watched.ExpireIn(patience);
    const std::size_t received = co_await source.async_read_some(buffer.Prepare(kSmallRead), Into(error));
    buffer.Commit(received);
    if (error) break;
  }
  sink.FinishSending();
  co_return bytes;
}

}  // namespace drydock::loadbalancer
