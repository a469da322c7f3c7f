#include "emulator/http/compression.h"

#include <zlib.h>

#include <array>

namespace drydock::http {

std::optional<std::string> Unpack(std::string_view packed, std::size_t limit) {
  constexpr int kGzipOrZlib = MAX_WBITS + 32;
  z_stream stream{};
  if (inflateInit2(&stream, kGzipOrZlib) != Z_OK) return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string unpacked;
  std::array<char, 65536> piece;
  int result = Z_OK;
  while (result == Z_OK && unpacked.size() <= limit) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = piece.size();
    result = inflate(&stream, Z_NO_FLUSH);
    unpacked.append(piece.data(), piece.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (result != Z_STREAM_END || unpacked.size() > limit) return std::nullopt;
  return unpacked;
}

}  // namespace drydock::http
