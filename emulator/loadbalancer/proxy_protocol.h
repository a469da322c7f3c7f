// The PROXY protocol, version 2, as network load balancers write it before a client's bytes (haproxy.org,
// doc/proxy-protocol.txt; Network Load Balancers guide, "Proxy protocol"). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace drydock::loadbalancer {

struct ProxiedConnection {
  std::string_view source_address;  // IPv4; what is none is written 0.0.0.0
  std::uint16_t source_port = 0;
  std::string_view destination_address;  // the node's
  std::uint16_t destination_port = 0;    // the listener's
};

// AWS adds fields of its own for connections through endpoint services; there are none here.
std::string ProxyHeader(const ProxiedConnection& connection);
// Before a health check, which is nobody's connection.
std::string LocalProxyHeader();

}  // namespace drydock::loadbalancer
