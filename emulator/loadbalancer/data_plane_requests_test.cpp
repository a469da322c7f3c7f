// What the load balancer sees in requests and makes of their heads, over real sockets.
#include <catch2/catch.hpp>

#include "emulator/loadbalancer/testing/bench.h"

using namespace drydock;
using namespace drydock::loadbalancer;
using namespace drydock::loadbalancer::testing;

namespace {

Condition On(ConditionField field, std::vector<std::string> values) {
  Condition condition;
  condition.field = field;
  condition.values = std::move(values);
  return condition;
}

// A rule that answers with its own number.
Rule Numbered(int priority, std::vector<Condition> conditions) {
  return {"r" + std::to_string(priority), priority, std::move(conditions),
          FixedResponse{200, "", std::to_string(priority)}};
}

}  // namespace

// Application Load Balancer guide, "Condition types for listener rules".
TEST_CASE("every kind of condition, the order of priorities, and the default last") {
  Bench bench;
  Settings configuration = Simple(bench.port, {});
  Listener& listener = configuration.listeners.front();
  listener.default_action = FixedResponse{200, "", "default"};
  Condition header = On(ConditionField::kHttpHeader, {"*chrome*", "x?z"});
  header.http_header_name = "user-agent";
  Condition query;
  query.field = ConditionField::kQueryString;
  query.query_strings = {{"version", "V?"}, {"", "any*"}};
  Condition regex;
  regex.regex_values = {"^/item/[0-9]+$"};
  listener.rules = {
      Numbered(70, {On(ConditionField::kPathPattern, {"/*"}), On(ConditionField::kHostHeader, {"both.test"})}),
      Numbered(10, {On(ConditionField::kHostHeader, {"*.Shop.test", "exact.test"})}),
      Numbered(20, {header}),
      Numbered(30, {query}),
      Numbered(40, {On(ConditionField::kHttpRequestMethod, {"DELETE", "BREW"})}),
      Numbered(50, {On(ConditionField::kSourceIp, {"198.51.100.0/24", "2001:db8::/32"})}),
      Numbered(60, {regex}),
      Numbered(80, {On(ConditionField::kPathPattern, {"/a?c/*"})}),
  };
  bench.plane.Publish(Share(configuration));
  Connection client = bench.Connect();
  const auto ask = [&](const std::string& line, const std::string& host, const std::string& fields = "") {
    return client.Ask(line + " HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n").body;
  };
  CHECK(ask("GET /", "www.shop.test:8080") == "10");
  CHECK(ask("GET /", "shop.test") == "default");
  CHECK(ask("GET /", "EXACT.test") == "10");
  CHECK(ask("GET /", "x", "User-Agent: Mozilla CHROME/1\r\n") == "20");
  CHECK(ask("GET /", "x", "User-Agent: xyz\r\n") == "20");
  CHECK(ask("GET /", "x", "Agent: xyz\r\n") == "default");
  CHECK(ask("GET /?a=b&Version=v2", "x") == "30");
  CHECK(ask("GET /?a=ANYTHING", "x") == "30");
  CHECK(ask("GET /?version=v22", "x") == "default");
  CHECK(ask("DELETE /", "x") == "40");
  CHECK(ask("BREW /", "x") == "40");
  CHECK(ask("delete /", "x") == "default");
  CHECK(ask("GET /", "x", "X-Drydock-Source: 198.51.100.77\r\n") == "50");
  CHECK(ask("GET /", "x", "X-Forwarded-For: 198.51.100.77\r\n") == "default");
  CHECK(ask("GET /item/42", "x") == "60");
  CHECK(ask("GET /item/4x", "x") == "default");
  CHECK(ask("GET /abc/d/e", "x") == "80");
  CHECK(ask("GET /abc/d", "both.test") == "70");
  CHECK(ask("GET /Abc/d", "x") == "default");
  CHECK(ask("DELETE /", "www.shop.test") == "10");  // the lowest number of two that match
}

// "X-Forwarded headers", "Load balancer attributes".
TEST_CASE("header modes, as targets see them") {
  Bench bench;
  Server target(Echo);
  bench.hosts.Put("10.0.10.5", 3000, target);
  Settings configuration = Simple(bench.port, {At("10.0.10.5")});
  LoadBalancerAttributes& attributes = configuration.load_balancers.front().attributes;
  const auto seen = [&] {
    bench.plane.Publish(Share(configuration));
    return bench.Connect()
        .Ask(
            "GET / HTTP/1.1\r\nHost: a.test\r\nX-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: gopher\r\n"
            "Odd_name: 1\r\nX-Amzn-Trace-Id: Root=1-2-3;Sampled=1\r\n\r\n")
        .body;
  };
  const std::string appended = seen();
  CHECK(appended.find("X-Forwarded-For: 192.0.2.1, 203.0.113.1\r\n") != std::string::npos);
  CHECK(appended.find("X-Forwarded-Proto: http\r\n") != std::string::npos);
  CHECK(appended.find("gopher") == std::string::npos);
  CHECK(appended.find("\r\nHost: a.test:" + std::to_string(bench.port) + "\r\n") != std::string::npos);
  CHECK(appended.find("Odd_name: 1\r\n") != std::string::npos);
  CHECK(appended.find("X-Amzn-Trace-Id: Self=1-6553f100-") != std::string::npos);
  CHECK(appended.find(";Root=1-2-3;Sampled=1\r\n") != std::string::npos);
  attributes.xff_header_processing = ForwardedForMode::kPreserve;
  attributes.preserve_host_header = true;
  attributes.drop_invalid_header_fields = true;
  const std::string preserved = seen();
  CHECK(preserved.find("X-Forwarded-For: 192.0.2.1\r\n") != std::string::npos);
  CHECK(preserved.find("\r\nHost: a.test\r\n") != std::string::npos);
  CHECK(preserved.find("Odd_name") == std::string::npos);
  attributes.xff_header_processing = ForwardedForMode::kRemove;
  CHECK(seen().find("X-Forwarded-For") == std::string::npos);
  attributes.xff_header_processing = ForwardedForMode::kAppend;
  attributes.xff_client_port = true;
  CHECK(seen().find("X-Forwarded-For: 192.0.2.1, 203.0.113.1:") != std::string::npos);
}

// "HTTP 463: The load balancer received an X-Forwarded-For request header with too many IP addresses."
TEST_CASE("more than 30 addresses in X-Forwarded-For get 463") {
  Bench bench;
  Server target(Echo);
  bench.hosts.Put("10.0.10.5", 3000, target);
  bench.plane.Publish(Share(Simple(bench.port, {At("10.0.10.5")})));
  const auto with = [&](int addresses) {
    std::string fields;
    for (int i = 0; i < addresses; ++i) {
      fields += i % 10 == 0 ? (i == 0 ? "X-Forwarded-For: " : "\r\nX-Forwarded-For: ") : ", ";
      fields += "192.0.2." + std::to_string(i);
    }
    return bench.Connect().Ask("GET / HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n\r\n").status;
  };
  CHECK(with(30) == 200);
  CHECK(with(31) == 463);
  CHECK(bench.log.WaitFor([](const AccessLogRecord& r) { return r.elb_status_code == 463; }).target.empty());
}

// client_keep_alive.seconds: the response after that says that the connection closes.
TEST_CASE("a client's connection ends after its lifetime, with a response") {
  Bench bench;
  Server target(Echo);
  bench.hosts.Put("10.0.10.5", 3000, target);
  Settings configuration = Simple(bench.port, {At("10.0.10.5")});
  configuration.load_balancers.front().attributes.client_keep_alive = Seconds(0);
  bench.plane.Publish(Share(configuration));
  Connection client = bench.Connect();
  const Message response = client.Ask(kGet);
  CHECK(response.status == 200);
  CHECK(response.Value("Connection") == "close");
  CHECK(client.ReadToEnd() == "");
}

TEST_CASE("the target with the fewest requests under way gets the next one") {
  Bench bench;
  Inbox<bool> held;
  Server busy([&](Connection& c) {
    c.ReadMessage();
    held.Put(true);
    c.ReadToEnd();
  });
  Server free(Named("free"));
  bench.hosts.Put("10.0.10.5", 3000, busy);
  bench.hosts.Put("10.0.11.5", 3000, free);
  Settings configuration = Simple(bench.port, {At("10.0.10.5"), At("10.0.11.5")});
  configuration.target_groups.front().algorithm = Algorithm::kLeastOutstandingRequests;
  bench.plane.Publish(Share(configuration));
  Connection waiting = bench.Connect();  // among equals the first target is the first one
  waiting.Send(kGet);
  held.WaitFor([](bool) { return true; });
  for (int i = 0; i < 10; ++i) CHECK(bench.Connect().Ask(kGet).body == "free");
}

// "Routing to unhealthy targets": with fewer healthy ones than the minimum, all get requests.
TEST_CASE("all targets get requests when too few are healthy") {
  Bench bench;
  Server fails([](Connection& c) {
    while (true) {
      const Message request = c.ReadMessage();
      c.Send(IsHealthCheck(request) ? "HTTP/1.1 500 Bad\r\nContent-Length: 0\r\n\r\n"
                                    : "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfails");
    }
  });
  Server well(Named("well"));
  bench.hosts.Put("10.0.10.5", 3000, fails);
  bench.hosts.Put("10.0.11.5", 3000, well);
  Settings configuration = Simple(bench.port, {At("10.0.10.5"), At("10.0.11.5")});
  bench.plane.Publish(Share(configuration));
  for (int i = 0; i < 3; ++i) bench.clock.Advance(std::chrono::milliseconds(1500));
  REQUIRE(bench.plane.HealthOf(kGroupArn, "10.0.10.5", 3000).reason == "Target.ResponseCodeMismatch");
  const auto seen = [&] {
    bench.plane.Publish(Share(configuration));
    std::set<std::string> bodies;
    for (int i = 0; i < 4; ++i) bodies.insert(bench.Connect().Ask(kGet).body);
    return bodies;
  };
  CHECK(seen() == std::set<std::string>{"well"});
  configuration.target_groups.front().minimum_healthy_count = 2;
  CHECK(seen().size() == 2);
  configuration.target_groups.front().minimum_healthy_count = 1;
  configuration.target_groups.front().minimum_healthy_percentage = 51;
  CHECK(seen().size() == 2);
  // The healthy one goes: the rest is better than nothing.
  configuration.target_groups.front().targets.pop_back();
  CHECK(seen() == std::set<std::string>{"fails"});
}
