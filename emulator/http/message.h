// Requests and answers as the rooms behind the API port see them; cpp-httplib stays in server.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace drydock::http {

using Headers = std::vector<std::pair<std::string, std::string>>;  // in the order they came; names may repeat

// The client broke off within a body, or what stands there is none. Not a std::exception: nobody but the server
// answers it.
struct UnreadableBody {};

struct Request {
  // Takes the next piece of a body; false ends the reading.
  using Receiver = std::function<bool(const char* bytes, std::size_t length)>;

  std::string method;  // GET, HEAD, POST, PUT, PATCH, DELETE
  std::string path;    // as it came, not percent-decoded: /v2/auth/manifests/latest
  std::string query;   // as it came, without the question mark
  Headers headers;
  std::string remote_address;
  // Reads the body, once, piece by piece; false when the client broke off or the receiver returned false.
  std::function<bool(const Receiver&)> read_body;

  // The first header of that name (compared without case); empty when there is none.
  std::string_view Header(std::string_view name) const;
  // All headers of that name, in order.
  std::vector<std::string_view> HeaderValues(std::string_view name) const;
  // The whole body; nullopt when it is larger than `limit` bytes. Throws UnreadableBody.
  std::optional<std::string> ReadBody(std::size_t limit) const;
};

// A part of a file to send as the body.
struct FileRange {
  std::filesystem::path path;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
  std::optional<FileRange> file;  // in the place of `body`
  // HEAD: the length to announce in the place of the body's.
  std::optional<std::uint64_t> content_length;

  static Response Json(int status, std::string body) {
    return {status, {{"Content-Type", "application/json"}}, std::move(body), std::nullopt, std::nullopt};
  }
};

}  // namespace drydock::http
