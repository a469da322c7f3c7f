// A data plane under test with everything around it.
#pragma once

#include "emulator/loadbalancer/testing/world.h"

namespace drydock::loadbalancer::testing {

inline const std::string kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

// Answers each request with its own head as the body; health checks with 200.
inline void Echo(Connection& connection) {
  while (true) {
    const Message request = connection.ReadMessage();
    const std::string body = request.head + request.body;
    connection.Send("HTTP/1.1 200 OK\r\nServer: echo\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                    body);
  }
}

// Answers each request with `name`, and `fields` in the head.
inline Server::Script Named(const std::string& name, const std::string& fields = "") {
  return [name, fields](Connection& connection) {
    while (true) {
      connection.ReadMessage();
      connection.Send("HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(name.size()) + "\r\n\r\n" +
                      name);
    }
  };
}

inline bool IsHealthCheck(const Message& request) {
  return request.Value("User-Agent") == "ELB-HealthChecker/2.0";
}

// As Simple, a network load balancer.
inline Settings NetworkBalancer(int port, std::vector<Target> targets) {
  Settings configuration = Simple(port, std::move(targets));
  configuration.load_balancers.front().attributes.cross_zone = false;
  configuration.listeners.front().protocol = Protocol::kTcp;
  configuration.target_groups.front().protocol = Protocol::kTcp;
  configuration.target_groups.front().health_check.protocol = Protocol::kTcp;
  return configuration;
}

struct Bench {
  explicit Bench(DataPlaneOptions options = {}, Pace pace = Pace::kQuick)
      : clock(Clock::Mode::kManual, pace, {1'700'000'000'000}),
        port(FreePort()),
        plane(options, clock, network, hosts, Events()) {}

  DataPlaneEvents Events() {
    DataPlaneEvents events;
    events.access_log = [this](std::unique_ptr<AccessLogRecord> record) {
      log.Put(*record);
      return record;
    };
    return events;
  }
  Connection Connect() const { return Connection("127.0.0.1", port); }

  Clock clock;
  FakeNetwork network;
  FakeHosts hosts;
  Inbox<AccessLogRecord> log;
  int port;
  DataPlane plane;
};

}  // namespace drydock::loadbalancer::testing
