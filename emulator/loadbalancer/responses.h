// The answers that a load balancer gives by itself: error pages, redirects, fixed responses. Pure.
// Source of the pages' bytes: observed Content-Lengths (122 for 502, 162 for 503); see each test.
#pragma once

#include <string>
#include <string_view>

#include "emulator/loadbalancer/configuration.h"

namespace drydock::loadbalancer {

// "503 Service Temporarily Unavailable". For other codes the number and what HTTP calls it.
std::string StatusText(int status);

// The page that comes with such a status, and one with any title.
std::string ErrorPage(int status);
std::string Page(const std::string& title);

struct OwnResponse {
  int status = 200;
  std::string_view content_type = "text/html";
  std::string_view body;
  std::string_view location;                                                 // empty: no Location
  const std::vector<std::pair<std::string, std::string>>* fields = nullptr;  // Listener::response_fields
};

// Appends a whole message: Server, Date, Content-Type, Content-Length, Connection, Location, in AWS's order.
// `date` is in HTTP's form. The answer to a HEAD request has the length but not the bytes.
void AppendOwnResponse(std::string& out, const OwnResponse& response, std::string_view date, bool keep_alive,
                       bool to_head_request, bool server_header);

// What the keywords of a redirect stand for.
struct RedirectFacts {
  std::string_view protocol;  // "http" or "https"
  std::string_view host;      // without port
  int port = 80;              // the listener's
  std::string_view path;      // with its leading slash
  std::string_view query;
};

// The Location of a redirect, always with the port in it, as AWS writes it: "https://example.com:443/a?b".
std::string RedirectLocation(const Redirect& redirect, const RedirectFacts& facts);

}  // namespace drydock::loadbalancer
