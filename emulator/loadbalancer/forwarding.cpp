#include "emulator/loadbalancer/forwarding.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include "emulator/core/text.h"
#include "emulator/loadbalancer/rule_matching.h"

namespace drydock::loadbalancer {

namespace {

void AppendField(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

// What routing.http.drop_invalid_header_fields lets through: [-A-Za-z0-9]+.
bool IsValidFieldName(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

void AppendForwardedFor(std::string& out, const RequestHead& head, const LoadBalancerAttributes& attributes,
                        const Forwarded& forwarded) {
  if (attributes.xff_header_processing == ForwardedForMode::kRemove) return;
  std::string value;
  for (const Field& field : head.fields) {
    if (field.known != FieldName::kXForwardedFor) continue;
    if (!value.empty()) value += ", ";
    value += field.value;
  }
  if (attributes.xff_header_processing == ForwardedForMode::kAppend) {
    if (!value.empty()) value += ", ";
    const bool bracketed = attributes.xff_client_port && forwarded.client_address.find(':') != std::string_view::npos;
    value.append(bracketed ? "[" : "").append(forwarded.client_address).append(bracketed ? "]" : "");
    if (attributes.xff_client_port) value += fmt::format(":{}", forwarded.client_port);
  }
  if (!value.empty()) AppendField(out, "X-Forwarded-For", value);
}

bool Replaces(const std::vector<std::pair<std::string, std::string>>& fields, const Field& field) {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const auto& other) { return EqualsIgnoringCase(other.first, field.name); });
}

// Application Load Balancer guide, "Load balancer attributes", "Host header preservation": without it the Host names
// the listener's port, unless that is a default one.
void AppendHost(std::string& out, std::string_view host, bool preserve, int listener_port) {
  if (host.empty()) return;
  const std::string_view name = HostWithoutPort(host);
  const bool default_port = listener_port == 80 || listener_port == 443;
  out.append("Host: ").append(default_port && !preserve ? name : host);
  if (!preserve && !default_port && name.size() == host.size()) out.append(fmt::format(":{}", listener_port));
  out.append("\r\n");
}

}  // namespace

void AppendRequestHead(std::string& out, const RequestHead& head, const LoadBalancerAttributes& attributes,
                       const Forwarded& forwarded) {
  out.append(head.method).append(" ");
  if (!forwarded.uri.empty()) {
    out += forwarded.uri;
  } else if (head.target.starts_with('/') || head.target == "*") {
    out += head.target;
  } else {
    out += head.path;
    if (head.has_query) out.append("?").append(head.query);
  }
  out += " HTTP/1.1\r\n";
  AppendForwardedFor(out, head, attributes, forwarded);
  AppendField(out, "X-Forwarded-Proto", forwarded.protocol);
  AppendField(out, "X-Forwarded-Port", fmt::format_int(forwarded.listener_port).c_str());
  AppendHost(out, forwarded.host.empty() ? head.host : forwarded.host, attributes.preserve_host_header,
             forwarded.listener_port);
  AppendField(out, "X-Amzn-Trace-Id", forwarded.trace_id);
  for (const Field& field : head.fields) {
    switch (field.known) {
      case FieldName::kHost:
      case FieldName::kXForwardedFor:
      case FieldName::kXForwardedPort:
      case FieldName::kXForwardedProto:
      case FieldName::kXAmznTraceId:
      case FieldName::kDrydockSource:
      case FieldName::kExpect:  // answered by the load balancer itself
        continue;
      case FieldName::kContentLength:
        if (head.body != BodyKind::kChunked) AppendField(out, field.name, fmt::format_int(head.content_length).c_str());
        continue;
      default:
        break;
    }
    if (head.IsHopByHop(field)) continue;
    if (forwarded.fields != nullptr && Replaces(*forwarded.fields, field)) continue;
    if (attributes.drop_invalid_header_fields && !IsValidFieldName(field.name)) continue;
    AppendField(out, field.name, field.value);
  }
  if (forwarded.fields != nullptr) {
    for (const auto& [name, value] : *forwarded.fields) AppendField(out, name, value);
  }
  if (head.body == BodyKind::kChunked) out += "Transfer-Encoding: chunked\r\n";
  if (forwarded.websocket) {
    AppendField(out, "Connection", "upgrade");
    AppendField(out, "Upgrade", head.Value(FieldName::kUpgrade));
  }
  out += "\r\n";
}

void AppendResponseHead(std::string& out, const ResponseHead& head, ResponseFraming framing, bool keep_alive,
                        bool websocket, std::string_view date, const ResponseAdditions& additions) {
  out.append("HTTP/1.1 ").append(std::to_string(head.status)).append(" ");
  out.append(head.reason).append("\r\n");
  bool dated = false;
  for (const Field& field : head.fields) {
    if (field.known == FieldName::kDate) dated = true;
    if (head.IsHopByHop(field)) continue;
    if (field.known == FieldName::kContentLength && framing == ResponseFraming::kChunked) continue;
    if (additions.fields != nullptr && Replaces(*additions.fields, field)) continue;
    AppendField(out, field.name, field.value);
  }
  if (additions.fields != nullptr) {
    for (const auto& [name, value] : *additions.fields) AppendField(out, name, value);
  }
  out += additions.cookies;
  if (!dated) AppendField(out, "Date", date);
  if (framing == ResponseFraming::kChunked) out += "Transfer-Encoding: chunked\r\n";
  if (websocket) {
    AppendField(out, "Connection", "upgrade");
    AppendField(out, "Upgrade", head.Value(FieldName::kUpgrade));
  } else {
    AppendField(out, "Connection", keep_alive ? "keep-alive" : "close");
  }
  out += "\r\n";
}

std::string TraceId(std::string_view received, Timestamp now, std::uint64_t random_high, std::uint32_t random_low) {
  std::string fresh = fmt::format(FMT_COMPILE("1-{:08x}-{:016x}{:08x}"),
                                  static_cast<std::uint32_t>(now.milliseconds / 1000), random_high, random_low);
  // Going through what came: an old Self gives way to the new one, everything else stays in its order.
  std::string kept;
  bool has_root = false;
  while (!received.empty()) {
    const std::size_t end = std::min(received.find(';'), received.size());
    std::string_view part = received.substr(0, end);
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (EqualsIgnoringCase(part.substr(0, 5), "Root=")) has_root = true;
    if (!part.empty() && !EqualsIgnoringCase(part.substr(0, 5), "Self="))
      kept.append(kept.empty() ? "" : ";").append(part);
    received.remove_prefix(std::min(end + 1, received.size()));
  }
  if (!has_root) return kept.empty() ? "Root=" + fresh : "Root=" + fresh + ";" + kept;
  return "Self=" + fresh + ";" + kept;
}

bool AsksForWebSocket(const RequestHead& head) {
  return head.upgrade && head.version == 11 && head.method == "GET" && head.body == BodyKind::kNone &&
         EqualsIgnoringCase(head.Value(FieldName::kUpgrade), "websocket");
}

}  // namespace drydock::loadbalancer
