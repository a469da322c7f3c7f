#include "emulator/loadbalancer/proxy_protocol.h"

#include <arpa/inet.h>

namespace drydock::loadbalancer {

namespace {

constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);

void AppendShort(std::string& out, std::uint16_t number) {
  out += static_cast<char>(number >> 8);
  out += static_cast<char>(number & 0xff);
}

void AppendAddress(std::string& out, std::string_view address) {
  char bytes[4] = {};
  ::inet_pton(AF_INET, std::string(address).c_str(), bytes);
  out.append(bytes, sizeof bytes);
}

// Version 2 with the command and family, and how long the addresses are.
std::string Header(char command, char family, std::uint16_t size) {
  std::string out(kSignature);
  out += static_cast<char>(0x20 | command);
  out += family;
  AppendShort(out, size);
  return out;
}

}  // namespace

std::string ProxyHeader(const ProxiedConnection& connection) {
  std::string out = Header(1, 0x11, 12);  // PROXY, TCP over IPv4
  AppendAddress(out, connection.source_address);
  AppendAddress(out, connection.destination_address);
  AppendShort(out, connection.source_port);
  AppendShort(out, connection.destination_port);
  return out;
}

std::string LocalProxyHeader() {
  return Header(0, 0, 0);
}

}  // namespace drydock::loadbalancer
