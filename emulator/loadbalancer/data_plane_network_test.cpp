// Network load balancers, over real sockets; what targets are besides addresses.
#include <arpa/inet.h>

#include <catch2/catch.hpp>

#include "emulator/loadbalancer/proxy_protocol.h"
#include "emulator/loadbalancer/testing/bench.h"
#include "emulator/loadbalancer/testing/certificates.h"

using namespace drydock;
using namespace drydock::loadbalancer;
using namespace drydock::loadbalancer::testing;

TEST_CASE("a network load balancer passes bytes on, both ways, and ends with either side") {
  Bench bench;
  Server target([](Connection& c) {
    if (c.Read(7) != "PREFACE") return;
    c.Send("who is there?");
    const std::string got = c.ReadToEnd();
    c.Send(std::to_string(got.size()));
  });
  bench.hosts.Put("10.0.10.5", 3000, target, "PREFACE");
  bench.plane.Publish(Share(NetworkBalancer(bench.port, {At("10.0.10.5")})));
  bench.clock.Settle();
  CHECK(bench.plane.HealthOf(kGroupArn, "10.0.10.5", 3000).status == TargetStatus::kHealthy);
  Connection client = bench.Connect();
  CHECK(client.Read(13) == "who is there?");
  client.Send(std::string(500'000, 'x'));
  client.FinishSending();
  CHECK(client.ReadToEnd() == "500000");
}

TEST_CASE("a network load balancer resets what nobody can serve, and judges both sides") {
  Bench bench;
  Server target(Named("one"));
  bench.hosts.Put("10.0.10.5", 3000, target);
  const auto is_reset = [&] {
    Connection client = bench.Connect();
    client.Send(kGet);
    client.ReadToEnd();
    return client.was_reset();
  };
  bench.plane.Publish(Share(NetworkBalancer(bench.port, {})));
  CHECK(is_reset());
  bench.plane.Publish(Share(NetworkBalancer(bench.port, {At("10.0.10.5")})));
  CHECK(bench.Connect().Ask(kGet).body == "one");
  bench.network.BlockTarget("10.0.10.5");
  CHECK(is_reset());
  bench.network.BlockTarget("10.0.10.5", false);
  bench.network.BlockSource("203.0.113.1");
  CHECK(is_reset());
}

// Network Load Balancers guide, "Target group attributes": deregistration delay, connection termination.
TEST_CASE("connections that are open end with their target where the target group says so, and live on where not") {
  for (const bool ends : {true, false}) {
    CAPTURE(ends);
    Bench bench;
    Server target([](Connection& c) {
      while (!c.Read(4).empty()) c.Send("pong");
    });
    bench.hosts.Put("10.0.10.5", 3000, target);
    Settings configuration = NetworkBalancer(bench.port, {At("10.0.10.5")});
    TargetGroup& group = configuration.target_groups.front();
    group.ends_connections_of_gone = ends;
    group.ends_connections_of_unhealthy = ends;
    bench.plane.Publish(Share(configuration));
    bench.clock.Settle();
    const auto talks = [](Connection& client) {
      client.Send("ping");
      return client.Read(4) == "pong";
    };
    Connection during_checks = bench.Connect();
    REQUIRE(talks(during_checks));
    bench.network.BlockTarget("10.0.10.5");
    bench.clock.Advance(std::chrono::seconds(100));
    CHECK(bench.plane.HealthOf(kGroupArn, "10.0.10.5", 3000).status == TargetStatus::kUnhealthy);
    if (ends)
      CHECK(during_checks.ReadToEnd().empty());
    else
      CHECK(talks(during_checks));
    bench.network.BlockTarget("10.0.10.5", false);
    bench.clock.Advance(std::chrono::seconds(300));

    Connection during_draining = bench.Connect();
    REQUIRE(talks(during_draining));
    group.targets.front().registration = Registration::kDraining;
    bench.plane.Publish(Share(configuration));
    CHECK(talks(during_draining));
    group.targets.clear();
    bench.plane.Publish(Share(configuration));
    if (ends)
      CHECK(during_draining.ReadToEnd().empty());
    else
      CHECK(talks(during_draining));
  }
}

// haproxy.org, doc/proxy-protocol.txt, 2.2.
TEST_CASE("the bytes of the PROXY protocol") {
  CHECK(ProxyHeader({"203.0.113.1", 0x1234, "10.0.0.10", 80}) ==
        std::string("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xcb\0\x71\x01\x0a\0\0\x0a\x12\x34\0\x50", 28));
  CHECK(LocalProxyHeader() == std::string("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", 16));
}

TEST_CASE("the PROXY protocol goes before the client's bytes, and a local one before a health check") {
  Bench bench;
  Inbox<std::string> checks;
  Server target([&](Connection& c) {
    if (c.Read(7) != "PREFACE") return;
    const std::string header = c.Read(16);
    if (header == LocalProxyHeader()) {
      checks.Put(c.ReadUntil("\r\n\r\n"));
      c.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const std::string addresses = c.Read(12);
    c.Send(header + addresses + c.ReadUntil("!"));
  });
  bench.hosts.Put("10.0.10.5", 3000, target, "PREFACE");
  Settings configuration = NetworkBalancer(bench.port, {At("10.0.10.5")});
  configuration.target_groups.front().proxy_protocol = true;
  configuration.target_groups.front().health_check.protocol = Protocol::kHttp;
  configuration.load_balancers.front().nodes.pop_back();
  bench.plane.Publish(Share(configuration));
  bench.clock.Settle();
  CHECK(bench.plane.HealthOf(kGroupArn, "10.0.10.5", 3000).status == TargetStatus::kHealthy);
  CHECK(checks.All().front().starts_with("GET / HTTP/1.1\r\n"));
  Connection client = bench.Connect();
  client.Send("hello!");
  const std::string got = client.Read(28 + 6);
  sockaddr_in own{};
  socklen_t size = sizeof own;
  ::getsockname(client.fd(), reinterpret_cast<sockaddr*>(&own), &size);
  CHECK(got == ProxyHeader({"203.0.113.1", ntohs(own.sin_port), "10.0.0.10", static_cast<std::uint16_t>(bench.port)}) +
                   "hello!");
}

// "Client IP preservation": whose address targets see, and whom their rules are about.
TEST_CASE("the client's address is preserved where the target group says so") {
  Bench bench;
  Server target(Named("one"));
  bench.hosts.Put("10.0.10.5", 3000, target);
  Settings configuration = NetworkBalancer(bench.port, {At("10.0.10.5")});
  bench.network.BlockPreserved("203.0.113.1");
  bench.plane.Publish(Share(configuration));
  CHECK(bench.Connect().Ask(kGet).body == "one");
  CHECK(bench.hosts.last_source() == "10.0.0.10");
  configuration.target_groups.front().preserve_client_ip = true;
  bench.plane.Publish(Share(configuration));
  Connection refused = bench.Connect();
  refused.Send(kGet);
  refused.ReadToEnd();
  CHECK(refused.was_reset());
  bench.clock.Settle();  // health checks come from the load balancer itself
  CHECK(bench.plane.HealthOf(kGroupArn, "10.0.10.5", 3000).status == TargetStatus::kHealthy);
  bench.network.BlockPreserved("203.0.113.1", false);
  CHECK(bench.Connect().Ask(kGet).body == "one");
  CHECK(bench.hosts.last_source() == "203.0.113.1");
}

TEST_CASE("targets that want TLS of a network load balancer get it") {
  Bench bench;
  Bench behind;  // a load balancer of its own stands for a target with TLS
  behind.plane.Publish(Share([&] {
    Settings configuration = Simple(behind.port, {});
    Listener& listener = configuration.listeners.front();
    listener.protocol = Protocol::kHttps;
    listener.ssl_policy = "ELBSecurityPolicy-2016-08";
    listener.certificates = {MakeCertificate("inner.test")};
    listener.default_action = FixedResponse{200, "", "within TLS"};
    return configuration;
  }()));
  bench.hosts.Put("10.0.10.5", 443,
                  {Dial::Outcome::kConnect, "127.0.0.1", static_cast<std::uint16_t>(behind.port), ""});
  Settings configuration = NetworkBalancer(bench.port, {At("10.0.10.5", 443)});
  configuration.target_groups.front().protocol = Protocol::kTls;
  bench.plane.Publish(Share(configuration));
  CHECK(bench.Connect().Ask(kGet).body == "within TLS");
}

namespace {

// A network load balancer in front of an application load balancer in one configuration.
struct Chained {
  Chained() : target(Echo) {
    bench.hosts.Put("10.0.10.5", 3000, target);
    configuration = Simple(inner_port, {At("10.0.10.5")});
    configuration.load_balancers.front().scheme = Scheme::kInternal;
    LoadBalancer outer = configuration.load_balancers.front();
    outer.arn += "-outer";
    outer.nodes = {{"us-east-1a", "subnet-a", "eni-outer", "10.0.0.99", "198.51.100.9"}};
    configuration.load_balancers.push_back(outer);
    TargetGroup group;
    group.arn = kGroupArn + "-outer";
    group.vpc_id = "vpc-1";
    group.protocol = Protocol::kTcp;
    group.target_type = TargetType::kLoadBalancer;
    group.preserve_client_ip = true;
    Target inner;
    inner.id = kLoadBalancerArn;
    inner.address = "10.0.0.10";
    inner.port = inner_port;
    inner.availability_zone = "all";
    group.targets = {inner};
    configuration.target_groups.push_back(group);
    Listener listener;
    listener.arn = "listener-outer";
    listener.load_balancer_arn = outer.arn;
    listener.port = bench.port;
    listener.protocol = Protocol::kTcp;
    listener.default_action = Forward{{{group.arn, 1}}};
    configuration.listeners.push_back(listener);
  }
  TargetHealth Health() { return bench.plane.HealthOf(kGroupArn + "-outer", kLoadBalancerArn, inner_port); }

  Bench bench;
  const int inner_port = FreePort();
  Server target;
  Settings configuration;
};

}  // namespace

// Network Load Balancers guide, "Application Load Balancers as targets".
TEST_CASE("an application load balancer behind a network load balancer sees the client, and is checked through") {
  Chained world;
  world.bench.network.BlockSource("203.0.113.1");  // the inner one is internal: nobody comes to it from outside
  world.bench.plane.Publish(Share(world.configuration));
  Connection stopped = world.bench.Connect();
  stopped.Send(kGet);
  CHECK(stopped.ReadToEnd() == "");  // the outer one's own rules count
  world.bench.network.BlockSource("203.0.113.1", false);
  world.bench.clock.Settle();
  CHECK(world.Health().status == TargetStatus::kHealthy);
  Connection client = world.bench.Connect();
  for (int i = 0; i < 3; ++i) {
    const Message response = client.Ask("GET /in HTTP/1.1\r\nHost: x\r\nX-Drydock-Source: eni-7\r\n\r\n");
    CHECK(response.status == 200);
    CHECK(response.body.find("X-Forwarded-For: 203.0.113.1\r\n") != std::string::npos);
    CHECK(response.body.find("X-Forwarded-Port: " + std::to_string(world.inner_port) + "\r\n") != std::string::npos);
  }
  const auto record =
      world.bench.log.WaitFor([](const AccessLogRecord& r) { return r.request.find("/in") != std::string::npos; });
  CHECK(record.load_balancer == "app/front/0123456789abcdef");
  CHECK(record.client.starts_with("203.0.113.1:"));
  // Its rules are about the client; and without the listener nothing answers.
  world.bench.network.BlockPreserved("203.0.113.1");
  Connection refused = world.bench.Connect();
  refused.Send(kGet);
  CHECK(refused.ReadToEnd() == "");
  world.bench.network.BlockPreserved("203.0.113.1", false);
  world.configuration.listeners.front().port = FreePort();
  world.bench.plane.Publish(Share(world.configuration));
  Connection gone = world.bench.Connect();
  gone.Send(kGet);
  CHECK(gone.ReadToEnd() == "");
  world.bench.clock.Advance(std::chrono::seconds(2));
  world.bench.clock.Advance(std::chrono::seconds(2));
  CHECK(world.Health().reason == "Target.FailedHealthChecks");
}

TEST_CASE("a function as a target gets nothing, and the answer says why") {
  Bench bench;
  Target function;
  function.id = "arn:aws:lambda:us-east-1:000000000000:function:greet";
  function.port = 0;
  function.availability_zone = "all";
  Settings configuration = Simple(bench.port, {function});
  configuration.target_groups.front().target_type = TargetType::kFunction;
  configuration.target_groups.front().health_check.enabled = false;
  bench.plane.Publish(Share(configuration));
  CHECK(bench.plane.HealthOf(kGroupArn, function.id, 0) == HealthCheckDisabled());
  Connection client = bench.Connect();
  const Message response = client.Ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
  CHECK(response.status == 502);
  CHECK(response.body.find("Drydock runs no functions") != std::string::npos);
  CHECK(client.Ask(kGet).status == 502);
  CHECK(client.Ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n").status == 413);
  configuration.target_groups.front().health_check.enabled = true;
  bench.plane.Publish(Share(configuration));
  CHECK(bench.plane.HealthOf(kGroupArn, function.id, 0) == InternalError());
}

// "Health check reason codes": Target.InvalidState.
TEST_CASE("an instance that does not run gets no request, until it runs again") {
  Bench bench;
  Server one(Named("one")), two(Named("two"));
  bench.hosts.Put("10.0.10.5", 3000, one);
  bench.hosts.Put("10.0.11.5", 3000, two);
  Settings configuration = Simple(bench.port, {At("10.0.10.5"), At("10.0.11.5")});
  Target& stopped = configuration.target_groups.front().targets.back();
  stopped.invalid_state = "Target is in the stopped state";
  bench.plane.Publish(Share(configuration));
  bench.clock.Settle();
  CHECK(bench.plane.HealthOf(kGroupArn, "10.0.11.5", 3000) ==
        TargetHealth{TargetStatus::kUnused, "Target.InvalidState", "Target is in the stopped state"});
  Connection client = bench.Connect();
  for (int i = 0; i < 4; ++i) CHECK(client.Ask(kGet).body == "one");
  stopped.invalid_state.clear();
  bench.plane.Publish(Share(configuration));
  CHECK(bench.plane.HealthOf(kGroupArn, "10.0.11.5", 3000) == RegistrationInProgress());
  bench.clock.Settle();
  std::set<std::string> seen;
  for (int i = 0; i < 4; ++i) seen.insert(client.Ask(kGet).body);
  CHECK(seen.size() == 2);
}

TEST_CASE("a listener of a protocol that is not served: its targets are checked all the same") {
  Bench bench;
  Server target(Named("one"));
  bench.hosts.Put("10.0.10.5", 3000, target);
  Settings configuration = NetworkBalancer(bench.port, {At("10.0.10.5")});
  configuration.listeners.front().protocol = Protocol::kUnserved;
  configuration.target_groups.front().protocol = Protocol::kUnserved;
  bench.plane.Publish(Share(configuration));
  bench.clock.Settle();
  CHECK(bench.plane.HealthOf(kGroupArn, "10.0.10.5", 3000).status == TargetStatus::kHealthy);
  CHECK_THROWS(bench.Connect());
  const auto endpoints = bench.plane.Endpoints();
  REQUIRE(endpoints.size() == 1);
  CHECK_FALSE(endpoints[0].served);
  CHECK(endpoints[0].note == "UDP is not served");
}
