#include "emulator/loadbalancer/responses.h"

#include <fmt/format.h>

#include "emulator/core/text.h"

namespace drydock::loadbalancer {

namespace {
std::string_view Reason(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Not Allowed";
    case 408:
      return "Request Time-out";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Request Entity Too Large";
    case 414:
      return "Request-URI Too Large";
    case 421:
      return "Misdirected Request";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Temporarily Unavailable";
    case 504:
      return "Gateway Time-out";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

std::string Expand(std::string text, const RedirectFacts& facts) {
  const auto replace = [&text](std::string_view keyword, std::string_view value) {
    for (std::size_t at = text.find(keyword); at != std::string::npos; at = text.find(keyword, at + value.size())) {
      text.replace(at, keyword.size(), value);
    }
  };
  replace("#{protocol}", facts.protocol);
  replace("#{host}", facts.host);
  replace("#{port}", std::to_string(facts.port));
  replace("#{path}", facts.path.starts_with('/') ? facts.path.substr(1) : facts.path);
  replace("#{query}", facts.query);
  return text;
}
}  // namespace

std::string StatusText(int status) {
  const std::string_view reason = Reason(status);
  return reason.empty() ? std::to_string(status) : fmt::format("{} {}", status, reason);
}

std::string ErrorPage(int status) {
  return Page(StatusText(status));
}

std::string Page(const std::string& title) {
  return fmt::format(
      "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n</body>\r\n</html>\r\n",
      title);
}

void AppendOwnResponse(std::string& out, const OwnResponse& response, std::string_view date, bool keep_alive,
                       bool to_head_request, bool server_header) {
  const std::string_view reason = Reason(response.status);
  out += fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason);
  if (server_header) out += "Server: awselb/2.0\r\n";
  out += fmt::format("Date: {}\r\n", date);
  // RFC 9110, 8.6: no Content-Length with 204.
  if (response.status != 204) {
    if (!response.body.empty()) out += fmt::format("Content-Type: {}\r\n", response.content_type);
    out += fmt::format("Content-Length: {}\r\n", response.body.size());
  }
  out += fmt::format("Connection: {}\r\n", keep_alive ? "keep-alive" : "close");
  if (!response.location.empty()) out += fmt::format("Location: {}\r\n", response.location);
  if (response.fields != nullptr) {
    for (const auto& [name, value] : *response.fields) out += fmt::format("{}: {}\r\n", name, value);
  }
  out += "\r\n";
  if (!to_head_request && response.status != 204) out += response.body;
}

std::string RedirectLocation(const Redirect& redirect, const RedirectFacts& facts) {
  std::string location =
      fmt::format("{}://{}:{}{}", Lowercase(Expand(redirect.protocol, facts)), Expand(redirect.host, facts),
                  Expand(redirect.port, facts), Expand(redirect.path, facts));
  const std::string query = Expand(redirect.query, facts);
  if (!query.empty()) location += "?" + query;
  return location;
}

}  // namespace drydock::loadbalancer
