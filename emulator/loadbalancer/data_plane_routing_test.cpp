// Where requests go and what becomes of them on the way, over real sockets.
#include <catch2/catch.hpp>

#include "emulator/loadbalancer/testing/bench.h"

using namespace drydock;
using namespace drydock::loadbalancer;
using namespace drydock::loadbalancer::testing;

namespace {

// What the response sets: "name=value" of each cookie.
std::map<std::string, std::string> CookiesOf(const Message& response) {
  std::map<std::string, std::string> cookies;
  const std::string name = "\r\nSet-Cookie: ";
  for (std::size_t at = response.head.find(name); at != std::string::npos; at = response.head.find(name, at + 1)) {
    const std::size_t begin = at + name.size();
    const std::string pair = response.head.substr(begin, response.head.find_first_of(";\r", begin) - begin);
    cookies[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
  }
  return cookies;
}

std::string GetWith(const std::string& cookies) {
  return "GET / HTTP/1.1\r\nHost: x\r\n" + (cookies.empty() ? "" : "Cookie: " + cookies + "\r\n") + "\r\n";
}

Rule OfPath(const std::string& pattern, Action action) {
  Condition path;
  path.field = ConditionField::kPathPattern;
  path.values = {pattern};
  Rule rule{"rule" + pattern, 1, {path}, std::move(action), {}, {}};
  return rule;
}

// Two targets, both healthy: "one" in zone a and "two" in zone b.
struct TwoTargets {
  explicit TwoTargets(const std::string& fields = "") : one(Named("one", fields)), two(Named("two", fields)) {
    bench.hosts.Put("10.0.10.5", 3000, one);
    bench.hosts.Put("10.0.11.5", 3000, two);
    Target in_b = At("10.0.11.5");
    in_b.availability_zone = "us-east-1b";
    configuration = Simple(bench.port, {At("10.0.10.5"), in_b});
  }
  TargetGroup& group() { return configuration.target_groups.front(); }
  void Publish() {
    bench.plane.Publish(Share(configuration));
    bench.clock.Settle();
  }

  Bench bench;
  Server one, two;
  Settings configuration;
};

}  // namespace

TEST_CASE("a session with AWSALB stays at its target, until that fails or the duration is over") {
  TwoTargets world;
  world.group().stickiness = {StickinessType::kLoadBalancerCookie, Seconds(600), ""};
  world.Publish();
  Connection client = world.bench.Connect();
  const Message first = client.Ask(GetWith(""));
  auto cookies = CookiesOf(first);
  REQUIRE(cookies.contains("AWSALB"));
  CHECK(cookies["AWSALBCORS"] == cookies["AWSALB"]);
  CHECK(first.head.find("; Expires=Tue, 21 Nov 2023 22:13:20 GMT; Path=/\r\n") != std::string::npos);
  CHECK(first.head.find("; Path=/; SameSite=None\r\n") != std::string::npos);
  for (int i = 0; i < 6; ++i) {
    const Message next = client.Ask(GetWith("a=b; AWSALB=" + cookies["AWSALB"]));
    CHECK(next.body == first.body);
    cookies = CookiesOf(next);  // it is renewed each time
  }
  CHECK(client.Ask(GetWith("AWSALBCORS=" + cookies["AWSALB"])).body == first.body);
  CHECK(client.Ask(GetWith("")).body != client.Ask(GetWith("")).body);
  // Its target goes, and the session moves.
  const Target gone = world.group().targets[first.body == "one" ? 0 : 1];
  std::erase_if(world.group().targets, [&](const Target& target) { return target.id == gone.id; });
  world.Publish();
  const Message moved = client.Ask(GetWith("AWSALB=" + cookies["AWSALB"]));
  CHECK(moved.body != first.body);
  world.group().targets.push_back(gone);
  world.Publish();
  const std::string value = CookiesOf(moved)["AWSALB"];
  for (int i = 0; i < 4; ++i) CHECK(client.Ask(GetWith("AWSALB=" + value)).body == moved.body);
  world.bench.clock.Advance(std::chrono::seconds(601));
  CHECK(client.Ask(GetWith("AWSALB=" + value)).body != client.Ask(GetWith("AWSALB=" + value)).body);
}

TEST_CASE("a session with an application's cookie needs that one and AWSALBAPP-0") {
  TwoTargets world("Set-Cookie: session=1; HttpOnly\r\n");
  world.group().stickiness = {StickinessType::kApplicationCookie, Seconds(600), "session"};
  world.Publish();
  Connection client = world.bench.Connect();
  const Message first = client.Ask(GetWith(""));
  auto cookies = CookiesOf(first);
  CHECK(cookies["session"] == "1");
  REQUIRE(cookies.contains("AWSALBAPP-0"));
  CHECK_FALSE(cookies.contains("AWSALB"));
  const std::string both = "session=1; AWSALBAPP-0=" + cookies["AWSALBAPP-0"];
  for (int i = 0; i < 4; ++i) CHECK(client.Ask(GetWith(both)).body == first.body);
  const std::string one_only = "AWSALBAPP-0=" + cookies["AWSALBAPP-0"];
  CHECK(client.Ask(GetWith(one_only)).body != client.Ask(GetWith(one_only)).body);
  // Another cookie's name: no session.
  world.group().stickiness.cookie_name = "other";
  world.Publish();
  CHECK_FALSE(CookiesOf(client.Ask(GetWith(""))).contains("AWSALBAPP-0"));
}

TEST_CASE("weighted target groups, and a client that stays with one of them") {
  TwoTargets world;
  TargetGroup green = world.group();
  green.arn = kGroupArn + "2";
  green.targets.erase(green.targets.begin());
  world.group().targets.pop_back();
  world.configuration.target_groups.push_back(green);
  Forward forward{{{kGroupArn, 3}, {green.arn, 1}}, Seconds(60)};
  world.configuration.listeners.front().default_action = forward;
  world.Publish();
  Connection client = world.bench.Connect();
  int ones = 0;
  std::string sticky;
  for (int i = 0; i < 40; ++i) {
    const Message response = client.Ask(GetWith(""));
    ones += response.body == "one";
    if (response.body == "two") sticky = CookiesOf(response)["AWSALBTG"];
  }
  CHECK(ones >= 28);
  CHECK(ones <= 32);
  REQUIRE_FALSE(sticky.empty());
  for (int i = 0; i < 8; ++i) CHECK(client.Ask(GetWith("AWSALBTG=" + sticky)).body == "two");
  // A weight of zero: no request, and 503 when all are zero.
  forward = {{{kGroupArn, 0}, {green.arn, 5}}, std::nullopt};
  world.configuration.listeners.front().default_action = forward;
  world.Publish();
  for (int i = 0; i < 8; ++i) CHECK(client.Ask(GetWith("")).body == "two");
  forward.target_groups[1].weight = 0;
  world.configuration.listeners.front().default_action = forward;
  world.Publish();
  CHECK(client.Ask(GetWith("")).status == 503);
}

TEST_CASE("without cross-zone load balancing a node keeps to its zone") {
  TwoTargets world;
  world.group().cross_zone = false;
  world.Publish();
  std::set<std::string> seen;
  for (int i = 0; i < 40 && seen.size() < 2; ++i) {
    Connection client = world.bench.Connect();
    const std::string body = client.Ask(kGet).body;
    for (int again = 0; again < 3; ++again) CHECK(client.Ask(kGet).body == body);
    seen.insert(body);
  }
  CHECK(seen.size() == 2);
  // A zone without targets is out of the DNS: all come to the other one.
  world.group().targets.erase(world.group().targets.begin());
  world.Publish();
  for (int i = 0; i < 8; ++i) CHECK(world.bench.Connect().Ask(kGet).body == "two");
}

TEST_CASE("a target that becomes healthy in slow start begins with few requests") {
  TwoTargets world;
  const Target second = world.group().targets.back();
  world.group().targets.pop_back();
  world.group().slow_start = Seconds(100);
  world.Publish();
  world.bench.clock.Advance(std::chrono::seconds(1));
  world.group().targets.push_back(second);
  world.Publish();
  REQUIRE(world.bench.plane.HealthOf(kGroupArn, second.id, second.port).status == TargetStatus::kHealthy);
  Connection client = world.bench.Connect();
  const auto twos = [&] {
    int count = 0;
    for (int i = 0; i < 60; ++i) count += client.Ask(kGet).body == "two";
    return count;
  };
  CHECK(twos() <= 2);
  world.bench.clock.Advance(std::chrono::seconds(50));
  const int half = twos();  // a third of the requests
  CHECK(half >= 16);
  CHECK(half <= 24);
  world.bench.clock.Advance(std::chrono::seconds(51));
  CHECK(twos() == 30);
}

// "Deregistration delay": requests under way are waited for, and get 502 when the delay is over.
TEST_CASE("a draining target finishes its requests, until it is gone") {
  Bench bench;
  Server slow([](Connection& c) {
    c.ReadMessage();
    c.ReadToEnd();
  });
  bench.hosts.Put("10.0.10.5", 3000, slow);
  Settings configuration = Simple(bench.port, {At("10.0.10.5")});
  bench.plane.Publish(Share(configuration));
  Connection client = bench.Connect();
  client.Send(kGet);
  while (bench.plane.CountersOf(kGroupArn).requests == 0) std::this_thread::yield();
  configuration.target_groups.front().targets.front().registration = Registration::kDraining;
  bench.plane.Publish(Share(configuration));
  CHECK(bench.Connect().Ask(kGet).status == 503);
  configuration.target_groups.front().targets.clear();
  bench.plane.Publish(Share(configuration));
  CHECK(client.ReadMessage().status == 502);
}

TEST_CASE("an address that is a load balancer's own is no target") {
  Bench bench;
  bench.plane.Publish(Share(Simple(bench.port, {At("10.0.0.10")})));
  CHECK(bench.plane.HealthOf(kGroupArn, "10.0.0.10", 3000).reason == "Target.IpUnusable");
  CHECK(bench.Connect().Ask(kGet).status == 503);
}

TEST_CASE("a rule rewrites the request for its target, and answers 500 where that fails") {
  Bench bench;
  Server target(Echo);
  bench.hosts.Put("10.0.10.5", 3000, target);
  Settings configuration = Simple(bench.port, {At("10.0.10.5")});
  Listener& listener = configuration.listeners.front();
  Rule rule = OfPath("/dp/*", listener.default_action);
  rule.url_rewrite = Rewrite{"^/dp/([a-z]+)", "/product/$1"};
  rule.host_header_rewrite = Rewrite{"^www\\.(.*)$", "inner.$1"};
  listener.rules.push_back(rule);
  Rule broken = OfPath("/broken", listener.default_action);
  broken.priority = 2;
  broken.url_rewrite = Rewrite{".*", "no-slash"};
  listener.rules.push_back(broken);
  bench.plane.Publish(Share(configuration));
  Connection client = bench.Connect();
  const std::string body = client.Ask("GET /dp/shoe?c=1 HTTP/1.1\r\nHost: www.a.test\r\n\r\n").body;
  CHECK(body.starts_with("GET /product/shoe?c=1 HTTP/1.1\r\n"));
  CHECK(body.find("\r\nHost: inner.a.test:" + std::to_string(bench.port) + "\r\n") != std::string::npos);
  CHECK(client.Ask("GET /dp/9 HTTP/1.1\r\nHost: a\r\n\r\n").body.starts_with("GET /dp/9 HTTP/1.1\r\n"));
  CHECK(client.Ask("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n").status == 500);
  const auto record = bench.log.WaitFor([](const AccessLogRecord& r) { return r.elb_status_code == 200; });
  CHECK(record.transformed_uri == "/product/shoe?c=1");
  CHECK(record.transformed_host == "inner.a.test");
  CHECK(record.request.find("/dp/shoe?c=1") != std::string::npos);
}

// "Desync mitigation mode": ambiguous requests are routed and both connections closed, refused in the strictest mode.
TEST_CASE("desync mitigation modes") {
  Bench bench;
  Server target(Echo);
  bench.hosts.Put("10.0.10.5", 3000, target);
  Settings configuration = Simple(bench.port, {At("10.0.10.5")});
  auto& mode = configuration.load_balancers.front().attributes.desync_mitigation;
  const std::string ambiguous =
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
      "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";
  bench.plane.Publish(Share(configuration));
  Connection defended = bench.Connect();
  const Message routed = defended.Ask(ambiguous);
  CHECK(routed.status == 200);
  CHECK(routed.body.ends_with("abc"));
  CHECK(routed.body.find("Content-Length") == std::string::npos);
  CHECK(routed.Value("Connection") == "close");
  CHECK(defended.ReadToEnd() == "");  // and nothing of what came behind it
  const int before = target.connections();
  CHECK(bench.Connect().Ask(kGet).status == 200);
  CHECK(target.connections() == before + 1);
  const auto record = bench.log.WaitFor([](const AccessLogRecord& r) { return !r.classification.empty(); });
  CHECK(record.classification_reason == "BothTeClPresent");

  mode = DesyncMode::kStrictest;
  bench.plane.Publish(Share(configuration));
  CHECK(bench.Connect().Ask(ambiguous).status == 400);
  CHECK(bench.Connect().Ask("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").status == 400);
  mode = DesyncMode::kMonitor;
  bench.plane.Publish(Share(configuration));
  Connection monitored = bench.Connect();
  CHECK(monitored.Ask(ambiguous).status == 200);
  CHECK(monitored.ReadMessage().body.starts_with("GET /hidden"));
}

// "HTTP header modification".
TEST_CASE("a listener's response fields replace those of targets, also in own answers") {
  TwoTargets world("X-Frame-Options: ALLOW\r\n");
  Listener& listener = world.configuration.listeners.front();
  listener.response_fields = {{"X-Frame-Options", "DENY"}, {"Strict-Transport-Security", "max-age=1"}};
  listener.rules.push_back(OfPath("/fixed", FixedResponse{200, "", "own"}));
  world.Publish();
  Connection client = world.bench.Connect();
  for (const std::string path : {"/", "/fixed"}) {
    const Message response = client.Ask("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(response.Value("X-Frame-Options") == "DENY");
    CHECK(response.Value("Strict-Transport-Security") == "max-age=1");
    CHECK(response.head.find("ALLOW") == std::string::npos);
  }
}

TEST_CASE("a request line that is too long gets 414, a field that is too long 400") {
  Bench bench;
  bench.plane.Publish(Share(Simple(bench.port, {})));
  CHECK(bench.Connect().Ask("GET /" + std::string(17'000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n").status == 414);
  CHECK(bench.Connect().Ask("GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(17'000, 'a') + "\r\n\r\n").status == 400);
}
