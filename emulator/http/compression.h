// Bodies that clients compress.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace drydock::http {

// Content-Encoding: gzip (or deflate, in zlib's format). nullopt when these bytes are no such thing, or more than
// `limit` bytes unpacked.
std::optional<std::string> Unpack(std::string_view packed, std::size_t limit);

}  // namespace drydock::http
