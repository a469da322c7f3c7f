// How a message changes on its way through the load balancer. Pure.
// Source: Application Load Balancer guide, "HTTP headers and Application Load Balancers", "Request tracing".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/core/clock.h"
#include "emulator/loadbalancer/configuration.h"
#include "emulator/loadbalancer/http_message.h"

namespace drydock::loadbalancer {

struct Forwarded {
  std::string_view client_address;
  int client_port = 0;
  std::string_view protocol = "http";
  int listener_port = 80;
  std::string_view trace_id;
  bool websocket = false;  // pass Connection: upgrade and Upgrade on
  std::string_view host;   // instead of the request's own, where a rule rewrites it
  std::string_view uri;    // likewise its path and query string
  // Fields for the target that a client's of the same name give way to.
  const std::vector<std::pair<std::string, std::string>>* fields = nullptr;
};

// Appends the head of the request as the target gets it, always HTTP/1.1.
void AppendRequestHead(std::string& out, const RequestHead& head, const LoadBalancerAttributes& attributes,
                       const Forwarded& forwarded);

// How the body goes to the client.
enum class ResponseFraming { kNone, kLength, kChunked, kUntilClose };

// What responses get beside what the target sent.
struct ResponseAdditions {
  const std::vector<std::pair<std::string, std::string>>* fields = nullptr;  // instead of the target's of that name
  std::string_view cookies;                                                  // whole Set-Cookie fields
};

// Appends the head of the target's response as the client gets it. `date` is added when the target sent none.
void AppendResponseHead(std::string& out, const ResponseHead& head, ResponseFraming framing, bool keep_alive,
                        bool websocket, std::string_view date, const ResponseAdditions& additions = {});

// The value of X-Amzn-Trace-Id: a new Root, or what came with a Self before it. `random` are 96 bits in two halves.
std::string TraceId(std::string_view received, Timestamp now, std::uint64_t random_high, std::uint32_t random_low);

// True for a request that asks to become a WebSocket (RFC 6455, 4.1).
bool AsksForWebSocket(const RequestHead& head);

}  // namespace drydock::loadbalancer
