// Listeners with TLS, over real sockets.
#include <catch2/catch.hpp>

#include "emulator/loadbalancer/ssl_policies.h"
#include "emulator/loadbalancer/testing/bench.h"
#include "emulator/loadbalancer/testing/certificates.h"
#include "emulator/loadbalancer/tls.h"

using namespace drydock;
using namespace drydock::loadbalancer;
using namespace drydock::loadbalancer::testing;

namespace {

Settings Secure(int port, std::vector<Target> targets, const std::string& policy) {
  Settings configuration = Simple(port, std::move(targets));
  Listener& listener = configuration.listeners.front();
  listener.protocol = Protocol::kHttps;
  listener.ssl_policy = policy;
  listener.certificates = {MakeCertificate("first.test"), MakeCertificate("*.second.test")};
  return configuration;
}

TlsConnection Connect(int port, TlsConnection::Options options = {}) {
  return TlsConnection("127.0.0.1", port, options);
}

}  // namespace

TEST_CASE("names of certificates") {
  CHECK(NameCovers("a.test", "A.test"));
  CHECK(NameCovers("*.a.test", "b.a.test"));
  CHECK_FALSE(NameCovers("*.a.test", "a.test"));
  CHECK_FALSE(NameCovers("*.a.test", "c.b.a.test"));
  CHECK_FALSE(NameCovers("*.a.test", ".a.test"));
  CHECK_FALSE(NameCovers("a.test", ""));
}

TEST_CASE("every policy's ciphers are OpenSSL's") {
  for (const SslPolicy& policy : SslPolicies()) {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    SSL_CTX_set_security_level(context.get(), 0);
    for (const std::string& cipher : policy.ciphers) {
      CAPTURE(policy.name, cipher);
      const bool known = cipher.starts_with("TLS_") ? SSL_CTX_set_ciphersuites(context.get(), cipher.c_str()) == 1
                                                    : SSL_CTX_set_cipher_list(context.get(), cipher.c_str()) == 1;
      CHECK(known);
    }
  }
}

TEST_CASE("an HTTPS listener: certificates by name, what targets and the log are told") {
  Bench bench;
  Server target(Echo);
  bench.hosts.Put("10.0.10.5", 3000, target);
  Settings configuration = Secure(bench.port, {At("10.0.10.5")}, "ELBSecurityPolicy-TLS13-1-2-2021-06");
  configuration.load_balancers.front().attributes.tls_fields = true;
  bench.plane.Publish(Share(configuration));

  TlsConnection client = Connect(bench.port, {"www.second.test", TLS1_2_VERSION, {}});
  REQUIRE(client.connected());
  CHECK(client.presented() == "*.second.test");
  for (int i = 0; i < 3; ++i) {
    const Message response =
        client.Ask("GET /a HTTP/1.1\r\nHost: www.second.test\r\nX-Amzn-Tls-Version: forged\r\n\r\n");
    CHECK(response.status == 200);
    CHECK(response.body.find("X-Forwarded-Proto: https\r\n") != std::string::npos);
    CHECK(response.body.find("X-Amzn-Tls-Version: TLSv1.2\r\n") != std::string::npos);
    CHECK(response.body.find("X-Amzn-Tls-Cipher-Suite: ECDHE-ECDSA-AES128-GCM-SHA256\r\n") != std::string::npos);
    CHECK(response.body.find("forged") == std::string::npos);
  }
  const std::string body(300'000, 'x');
  const Message large = client.Ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n" + body);
  CHECK(large.body.ends_with(body));
  CHECK(target.connections() == 1);

  const auto record = bench.log.WaitFor([](const AccessLogRecord&) { return true; });
  CHECK(record.type == "https");
  CHECK(record.ssl_protocol == "TLSv1.2");
  CHECK(record.ssl_cipher == "ECDHE-ECDSA-AES128-GCM-SHA256");
  CHECK(record.domain_name == "www.second.test");
  CHECK(record.chosen_cert_arn == "arn:aws:acm:us-east-1:000000000000:certificate/*.second.test");
  CHECK(record.request.starts_with("GET https://www.second.test:"));

  // Without a name, and with one that nobody has: the default certificate.
  CHECK(Connect(bench.port).presented() == "first.test");
  CHECK(Connect(bench.port, {"other.test", 0, {}}).presented() == "first.test");
  CHECK(Connect(bench.port, {"first.test", 0, {}}).version() == "TLSv1.3");
  // HTTP/2 alone is refused in the handshake, beside HTTP/1.1 it is not chosen.
  CHECK_FALSE(Connect(bench.port, {"first.test", 0, "\x02h2"}).connected());
  CHECK(Connect(bench.port, {"first.test", 0, "\x02h2\x08http/1.1"}).connected());
  const Message plain = bench.Connect().Ask(kGet);
  CHECK(plain.status == 400);
  CHECK(plain.body.find("The plain HTTP request was sent to HTTPS port") != std::string::npos);
}

TEST_CASE("security policies decide about protocols") {
  Bench bench;
  const auto speaks = [&](const std::string& policy, int version) {
    Settings configuration = Secure(bench.port, {}, policy);
    bench.plane.Publish(Share(configuration));
    return Connect(bench.port, {"first.test", version, {}}).connected();
  };
  CHECK(speaks("ELBSecurityPolicy-2016-08", TLS1_VERSION));
  CHECK(speaks("ELBSecurityPolicy-2016-08", TLS1_2_VERSION));
  CHECK_FALSE(speaks("ELBSecurityPolicy-2016-08", TLS1_3_VERSION));
  CHECK_FALSE(speaks("ELBSecurityPolicy-TLS13-1-2-2021-06", TLS1_1_VERSION));
  CHECK_FALSE(speaks("ELBSecurityPolicy-TLS13-1-3-2021-06", TLS1_2_VERSION));
  CHECK(speaks("ELBSecurityPolicy-TLS13-1-3-2021-06", TLS1_3_VERSION));
}

TEST_CASE("a certificate whose key is another one's serves nobody; a handshake that stalls holds nobody up") {
  Bench bench;
  Settings configuration = Secure(bench.port, {}, "ELBSecurityPolicy-2016-08");
  auto& certificates = configuration.listeners.front().certificates;
  certificates.front().private_key = certificates.back().private_key;
  bench.plane.Publish(Share(configuration));
  CHECK(Connect(bench.port, {"first.test", 0, {}}).presented() == "*.second.test");
  certificates.pop_back();
  bench.plane.Publish(Share(configuration));
  CHECK_FALSE(Connect(bench.port).connected());
  Connection stalls = bench.Connect();
  stalls.Send("\x16\x03\x01");
  certificates = {MakeCertificate("first.test")};
  bench.plane.Publish(Share(configuration));
  CHECK(Connect(bench.port).Ask(kGet).status == 503);
}

TEST_CASE("load balancers that share a port are told apart by the name") {
  Bench bench;
  Settings configuration = Secure(bench.port, {}, "ELBSecurityPolicy-2016-08");
  configuration.listeners.front().default_action = FixedResponse{200, "", "front"};
  LoadBalancer second = configuration.load_balancers.front();
  second.arn += "2";
  second.dns_name = "second-2.us-east-1.elb.localhost";
  configuration.load_balancers.push_back(second);
  Listener listener = configuration.listeners.front();
  listener.arn = "listener-2";
  listener.load_balancer_arn = second.arn;
  listener.certificates = {MakeCertificate("app.test")};
  listener.default_action = FixedResponse{200, "", "second"};
  configuration.listeners.push_back(listener);
  bench.plane.Publish(Share(configuration));
  const auto ask = [&](const std::string& name) { return Connect(bench.port, {name, 0, {}}).Ask(kGet).body; };
  CHECK(ask("first.test") == "front");
  CHECK(ask("app.test") == "second");
  CHECK(ask("SECOND-2.us-east-1.elb.localhost") == "second");
  CHECK_FALSE(Connect(bench.port, {"nobody.test", 0, {}}).connected());
}

TEST_CASE("a target that wants HTTPS gets it, and one that has none answers 502") {
  Bench bench;
  // A load balancer of its own stands for a target with TLS.
  Bench behind;
  behind.plane.Publish(Share([&] {
    Settings configuration = Secure(behind.port, {}, "ELBSecurityPolicy-2016-08");
    configuration.listeners.front().default_action = FixedResponse{200, "", "within TLS"};
    return configuration;
  }()));
  Server plain(Echo);
  bench.hosts.Put("10.0.10.5", 443,
                  {Dial::Outcome::kConnect, "127.0.0.1", static_cast<std::uint16_t>(behind.port), ""});
  bench.hosts.Put("10.0.10.6", 443, plain);
  Settings configuration = Simple(bench.port, {At("10.0.10.5", 443)});
  configuration.target_groups.front().protocol = Protocol::kHttps;
  configuration.target_groups.front().health_check.protocol = Protocol::kHttps;
  bench.plane.Publish(Share(configuration));
  bench.clock.Settle();
  CHECK(bench.plane.HealthOf(kGroupArn, "10.0.10.5", 443).status == TargetStatus::kHealthy);
  Connection client = bench.Connect();
  for (int i = 0; i < 3; ++i) CHECK(client.Ask(kGet).body == "within TLS");
  configuration.target_groups.front().targets = {At("10.0.10.6", 443)};
  bench.plane.Publish(Share(configuration));
  CHECK(client.Ask(kGet).status == 502);
}

TEST_CASE("a TLS listener of a network load balancer takes the TLS off") {
  Bench bench;
  Server target(Echo);
  bench.hosts.Put("10.0.10.5", 3000, target);
  Settings configuration = NetworkBalancer(bench.port, {At("10.0.10.5")});
  Listener& listener = configuration.listeners.front();
  listener.protocol = Protocol::kTls;
  listener.ssl_policy = "ELBSecurityPolicy-TLS13-1-2-2021-06";
  listener.certificates = {MakeCertificate("first.test")};
  bench.plane.Publish(Share(configuration));
  TlsConnection client = Connect(bench.port, {"first.test", 0, {}});
  CHECK(client.Ask(kGet).body == kGet);
  for (const ListeningEndpoint& endpoint : bench.plane.Endpoints()) {
    CHECK(endpoint.protocol == "TLS");
    CHECK(endpoint.url.starts_with("tls://"));
  }
}
