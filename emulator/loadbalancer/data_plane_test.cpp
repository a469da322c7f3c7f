// The data plane over real sockets.
#include "emulator/loadbalancer/data_plane.h"

#include <catch2/catch.hpp>

#include "emulator/loadbalancer/testing/bench.h"

using namespace drydock;
using namespace drydock::loadbalancer;
using namespace drydock::loadbalancer::testing;

TEST_CASE("a request reaches its target with the load balancer's headers, over kept-alive connections") {
  Bench bench;
  Server target(Echo);
  bench.hosts.Put("10.0.10.5", 3000, target);
  bench.plane.Publish(Share(Simple(bench.port, {At("10.0.10.5")})));

  Connection client = bench.Connect();
  for (int i = 0; i < 5; ++i) {
    const Message response = client.Ask("GET /a?b=c HTTP/1.1\r\nHost: example.com\r\nX-Drydock-Source: eni-7\r\n\r\n");
    CHECK(response.status == 200);
    CHECK(response.Value("Server") == "echo");
    CHECK(response.Value("Connection") == "keep-alive");
    CHECK(response.body.starts_with("GET /a?b=c HTTP/1.1\r\nX-Forwarded-For: 10.0.9.9\r\nX-Forwarded-Proto: http\r\n"));
    CHECK(response.body.find("X-Forwarded-Port: " + std::to_string(bench.port) + "\r\n") != std::string::npos);
    CHECK(response.body.find("X-Amzn-Trace-Id: Root=1-6553f100-") != std::string::npos);
    CHECK(response.body.find("Drydock") == std::string::npos);
  }
  CHECK(target.connections() == 1);
  CHECK(bench.network.judged() == 1);
  CHECK(bench.plane.CountersOf(kLoadBalancerArn).requests == 5);
  CHECK(bench.plane.CountersOf(kGroupArn).target_2xx == 5);
}

TEST_CASE("pipelined requests are answered in order, and the last one closes") {
  Bench bench;
  Server target(Echo);
  bench.hosts.Put("10.0.10.5", 3000, target);
  bench.plane.Publish(Share(Simple(bench.port, {At("10.0.10.5")})));
  Connection client = bench.Connect();
  client.Send(
      "POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /2 HTTP/1.1\r\nHost: x\r\n\r\n"
      "GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(client.ReadMessage().body.ends_with("abc"));
  CHECK(client.ReadMessage().body.starts_with("GET /2"));
  const Message last = client.ReadMessage();
  CHECK(last.body.starts_with("GET /3"));
  CHECK(last.Value("Connection") == "close");
  CHECK(client.ReadToEnd() == "");
}

TEST_CASE("requests are spread over the targets; one that is unhealthy gets none") {
  Bench bench;
  Server one([](Connection& c) {
    while (c.ReadMessage().head != "") c.Send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
  });
  Server two([](Connection& c) {
    while (true) {
      const Message request = c.ReadMessage();
      c.Send(IsHealthCheck(request) ? "HTTP/1.1 500 Bad\r\nContent-Length: 0\r\n\r\n"
                                    : "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2");
    }
  });
  bench.hosts.Put("10.0.10.5", 3000, one);
  bench.hosts.Put("10.0.11.5", 3000, two);
  bench.plane.Publish(Share(Simple(bench.port, {At("10.0.10.5"), At("10.0.11.5")})));
  const auto ask = [&](int times) {
    Connection client = bench.Connect();
    std::string answers;
    for (int i = 0; i < times; ++i) answers += client.Ask(kGet).body;
    std::sort(answers.begin(), answers.end());
    return answers;
  };
  // Nobody has been checked yet: all are tried.
  CHECK(ask(4) == "1122");
  bench.clock.Settle();
  CHECK(bench.plane.HealthOf(kGroupArn, "10.0.10.5", 3000).status == TargetStatus::kHealthy);
  CHECK(ask(4) == "1111");
}

TEST_CASE("rules, fixed responses and redirects") {
  Bench bench;
  Server target(Echo);
  bench.hosts.Put("10.0.10.5", 3000, target);
  Settings configuration = Simple(bench.port, {At("10.0.10.5")});
  Listener& listener = configuration.listeners.front();
  Condition path;
  path.field = ConditionField::kPathPattern;
  path.values = {"/auth*"};
  listener.rules.push_back({"r1", 10, {path}, listener.default_action});
  path.values = {"/old/*"};
  listener.rules.push_back({"r2", 5, {path}, Redirect{301, "HTTPS", "#{host}", "443", "/#{path}", "#{query}"}});
  listener.default_action = FixedResponse{404, "text/plain", "nothing here"};
  bench.plane.Publish(Share(configuration));

  Connection client = bench.Connect();
  CHECK(client.Ask("GET /auth/login HTTP/1.1\r\nHost: x\r\n\r\n").status == 200);
  const Message fixed = client.Ask("POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
  CHECK(fixed.status == 404);
  CHECK(fixed.body == "nothing here");
  CHECK(fixed.head ==
        "HTTP/1.1 404 Not Found\r\nServer: awselb/2.0\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\nContent-Type: "
        "text/plain\r\n"
        "Content-Length: 12\r\nConnection: keep-alive\r\n\r\n");
  const Message redirect = client.Ask("GET /old/page?x=1 HTTP/1.1\r\nHost: app.test:8080\r\n\r\n");
  CHECK(redirect.status == 301);
  CHECK(redirect.Value("Location") == "https://app.test:443/old/page?x=1");
  CHECK(redirect.body.size() == 134);
  CHECK(client.Ask("HEAD /none HTTP/1.1\r\nHost: x\r\n\r\n").Value("Content-Length") == "12");
  // Everything went over one connection; a change of the rules shows on it at once.
  configuration.listeners.front().default_action = FixedResponse{200, "", ""};
  bench.plane.Publish(Share(configuration));
  CHECK(client.Ask("GET /other HTTP/1.1\r\nHost: x\r\n\r\n").status == 200);
}

TEST_CASE("503 without targets, 502 when refused or answered with nonsense, 504 when nothing comes") {
  Bench bench;
  Server closes([](Connection& c) { c.ReadMessage(); });
  Server nonsense([](Connection& c) {
    c.ReadMessage();
    c.Send("I am not HTTP\r\n\r\n");
  });
  Server huge([](Connection& c) {
    c.ReadMessage();
    c.Send("HTTP/1.1 200 OK\r\nX: " + std::string(40'000, 'a') + "\r\n\r\n");
  });
  Server silent([](Connection& c) { c.ReadToEnd(); });
  bench.hosts.Put("10.0.10.1", 3000, {Dial::Outcome::kRefused, "", 0, ""});
  bench.hosts.Put("10.0.10.2", 3000, closes);
  bench.hosts.Put("10.0.10.3", 3000, nonsense);
  bench.hosts.Put("10.0.10.4", 3000, huge);
  bench.hosts.Put("10.0.10.6", 3000, silent);
  bench.hosts.Put("10.0.10.7", 3000,
                  {Dial::Outcome::kConnect, "127.0.0.1", static_cast<std::uint16_t>(FreePort()), ""});
  const auto ask = [&](std::vector<Target> targets, Seconds idle_timeout = Seconds(60)) {
    Settings configuration = Simple(bench.port, std::move(targets));
    configuration.load_balancers.front().attributes.idle_timeout = idle_timeout;
    bench.plane.Publish(Share(configuration));
    return bench.Connect().Ask(kGet);
  };
  const Message none = ask({});
  CHECK(none.status == 503);
  CHECK(none.body.size() == 162);
  CHECK(none.Value("Connection") == "keep-alive");
  Target draining = At("10.0.10.2");
  draining.registration = Registration::kDraining;
  CHECK(ask({draining}).status == 503);
  CHECK(ask({At("10.0.10.1")}).status == 502);
  CHECK(ask({At("10.0.10.2")}).status == 502);
  CHECK(ask({At("10.0.10.3")}).body.size() == 122);
  CHECK(ask({At("10.0.10.4")}).status == 502);
  CHECK(ask({At("10.0.10.7")}).status == 502);
  // Nobody has the address; the target never answers.
  CHECK(ask({At("10.0.10.5")}).body.size() == 132);
  CHECK(ask({At("10.0.10.6")}, Seconds(1)).status == 504);
  CHECK(bench.plane.CountersOf(kLoadBalancerArn).elb_5xx == 9);
}

TEST_CASE("a revoked rule stops the next request, also on connections that are open") {
  Bench bench;
  Server target(Echo);
  bench.hosts.Put("10.0.10.5", 3000, target);
  bench.plane.Publish(Share(Simple(bench.port, {At("10.0.10.5")})));
  Connection client = bench.Connect();
  CHECK(client.Ask(kGet).status == 200);
  bench.network.BlockTarget("10.0.10.5");
  CHECK(client.Ask(kGet).status == 504);
  bench.network.BlockTarget("10.0.10.5", false);
  CHECK(client.Ask(kGet).status == 200);
  bench.network.BlockSource("203.0.113.1");
  client.Send(kGet);
  CHECK(client.ReadToEnd() == "");
  CHECK(client.was_reset());
  Connection elsewhere = bench.Connect();
  CHECK(elsewhere.Ask("GET / HTTP/1.1\r\nHost: x\r\nX-Drydock-Source: 10.0.0.9\r\n\r\n").status == 200);
}

TEST_CASE("a blocked client may also meet silence") {
  DataPlaneOptions options;
  options.blocked = BlockedClient::kDrop;
  Bench bench(options);
  bench.plane.Publish(Share(Simple(bench.port, {})));
  bench.network.BlockSource("203.0.113.1");
  Connection client = bench.Connect();
  client.Send(kGet);
  // What shows that nothing comes: the client ends its side, and only that ends the connection.
  client.FinishSending();
  CHECK(client.ReadToEnd() == "");
  CHECK_FALSE(client.was_reset());
}

TEST_CASE("large bodies go through both ways, with a length and in chunks") {
  Bench bench;
  Server target(Echo);
  bench.hosts.Put("10.0.10.5", 3000, target, "PREFACE");
  Server prefaced([](Connection& c) {
    if (c.Read(7) == "PREFACE") Echo(c);
  });
  bench.hosts.Put("10.0.10.5", 3000, prefaced, "PREFACE");
  bench.plane.Publish(Share(Simple(bench.port, {At("10.0.10.5")})));
  std::string body;
  for (int i = 0; body.size() < 3'000'000; ++i) body += std::to_string(i) + ",";
  Connection client = bench.Connect();
  const Message sized =
      client.Ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  CHECK(sized.body.ends_with(body));
  std::string chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t at = 0; at < body.size(); at += 70'001) {
    const std::string chunk = body.substr(at, 70'001);
    char size[32];
    std::snprintf(size, sizeof size, "%zX;x=y\r\n", chunk.size());
    chunked += size + chunk + "\r\n";
  }
  const Message streamed = client.Ask(chunked + "0\r\n\r\n");
  CHECK(streamed.body.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(streamed.body.ends_with(body));
  CHECK(client.Ask(kGet).status == 200);
}

TEST_CASE("responses in chunks, with trailers, until the end of the connection, to old clients") {
  Bench bench;
  Server target([](Connection& c) {
    while (true) {
      const Message request = c.ReadMessage();
      if (request.head.starts_with("GET /chunks")) {
        c.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        c.Send("3\r\ndef\r\n0\r\nX-Sum: 1\r\n\r\n");
      } else if (request.head.starts_with("GET /interim")) {
        c.Send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
      } else {
        c.Send("HTTP/1.1 200 OK\r\n\r\nto the end");
        return;
      }
    }
  });
  bench.hosts.Put("10.0.10.5", 3000, target);
  bench.plane.Publish(Share(Simple(bench.port, {At("10.0.10.5")})));
  Connection client = bench.Connect();
  client.Send("GET /chunks HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string raw = client.ReadUntil("0\r\nX-Sum: 1\r\n\r\n");
  CHECK(raw.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(client.Ask("GET /interim HTTP/1.1\r\nHost: x\r\n\r\n").status == 204);
  CHECK(client.Ask("GET /end HTTP/1.1\r\nHost: x\r\n\r\n").body == "to the end");
  CHECK(client.Ask("GET /chunks HTTP/1.1\r\nHost: x\r\n\r\n").body == "abcdef");
  Connection old = bench.Connect();
  old.Send("GET /chunks HTTP/1.0\r\n\r\n");
  const std::string answer = old.ReadToEnd();
  CHECK(answer.ends_with("\r\n\r\nabcdef"));
  CHECK(answer.find("chunked") == std::string::npos);
  CHECK(answer.find("Connection: close\r\n") != std::string::npos);
}

TEST_CASE("100-continue is the load balancer's own") {
  Bench bench;
  Server target(Echo);
  bench.hosts.Put("10.0.10.5", 3000, target);
  bench.plane.Publish(Share(Simple(bench.port, {At("10.0.10.5")})));
  Connection client = bench.Connect();
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.ReadUntil("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  const Message response = client.Ask("hello");
  CHECK(response.body.ends_with("hello"));
  CHECK(response.body.find("Expect") == std::string::npos);
  CHECK(client.Ask(kGet).status == 200);
}

TEST_CASE("a target may answer before it has read the request") {
  Bench bench;
  Server target([](Connection& c) {
    const Message request{0, c.ReadUntil("\r\n\r\n"), ""};
    c.Send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
    c.ReadToEnd();
  });
  bench.hosts.Put("10.0.10.5", 3000, target);
  bench.plane.Publish(Share(Simple(bench.port, {At("10.0.10.5")})));
  Connection client = bench.Connect();
  const Message response =
      client.Ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nonly the beginning");
  CHECK(response.status == 413);
  CHECK(response.body == "no");
  CHECK(response.Value("Connection") == "close");
}

TEST_CASE("a target that breaks off ends the client's connection too") {
  Bench bench;
  Server target([](Connection& c) {
    c.ReadMessage();
    c.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  });
  bench.hosts.Put("10.0.10.5", 3000, target);
  bench.plane.Publish(Share(Simple(bench.port, {At("10.0.10.5")})));
  Connection client = bench.Connect();
  client.Send(kGet);
  CHECK(client.ReadToEnd().ends_with("\r\n\r\nhalf"));
}

TEST_CASE("a WebSocket passes through, both ways, until it ends") {
  Bench bench;
  Server target([](Connection& c) {
    const Message request = c.ReadMessage();
    if (request.Value("Upgrade") != "websocket" || request.Value("Connection") != "upgrade") return;
    c.Send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        "k\r\n\r\nhi");
    for (std::string got = c.Read(4); got != "quit"; got = c.Read(4)) c.Send(got);
    c.Send("bye");
  });
  bench.hosts.Put("10.0.10.5", 3000, target);
  bench.plane.Publish(Share(Simple(bench.port, {At("10.0.10.5")})));
  Connection client = bench.Connect();
  const Message response = client.Ask(
      "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: "
      "k\r\n\r\n");
  CHECK(response.status == 101);
  CHECK(response.Value("Upgrade") == "websocket");
  CHECK(response.Value("Sec-WebSocket-Accept") == "k");
  CHECK(client.Read(2) == "hi");
  for (int i = 0; i < 3; ++i) {
    client.Send("ping");
    CHECK(client.Read(4) == "ping");
  }
  client.Send("quit");
  CHECK(client.ReadToEnd() == "bye");
  CHECK(bench.log.WaitFor([](const AccessLogRecord& r) { return r.type == "ws"; }).elb_status_code == 101);
}

// RFC 9112, 11.2; what each of these is for: http_message_test.cpp.
TEST_CASE("smuggling attempts get 400 and never reach a target") {
  Bench bench;
  Server target(Echo);
  bench.hosts.Put("10.0.10.5", 3000, target);
  bench.plane.Publish(Share(Simple(bench.port, {At("10.0.10.5")})));
  const std::string hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string attempts[] = {
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" +
          hidden,
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 35\r\n\r\n" + hidden,
      "POST / HTTP/1.1\r\nHost: x\r\nX: a\r\n Content-Length: 35\r\n\r\n" + hidden,
      "POST / HTTP/1.1\nHost: x\nContent-Length: 35\n\n" + hidden,
      "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(20'000, 'a') + "\r\n\r\n",
      "\x16\x03\x01 this is a TLS hello, is it not\r\n\r\n",
  };
  for (const std::string& attempt : attempts) {
    Connection client = bench.Connect();
    client.Send(attempt);
    const std::string answer = client.ReadToEnd();
    CAPTURE(attempt.substr(0, 100));
    CHECK(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
    CHECK(answer.find("Connection: close\r\n") != std::string::npos);
    CHECK(answer.find("HTTP/1.1", 5) == std::string::npos);
  }
  CHECK(target.connections() == 0);
  Connection client = bench.Connect();
  CHECK(client.Ask("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n").status == 501);
  CHECK(bench.Connect().Ask("TRACE / HTTP/1.1\r\nHost: x\r\n\r\n").status == 405);
  CHECK(bench.Connect().Ask("GET / HTTP/3.0\r\nHost: x\r\n\r\n").status == 505);
}

TEST_CASE("a malformed chunk ends the request with 400") {
  Bench bench;
  Server target(Echo);
  bench.hosts.Put("10.0.10.5", 3000, target);
  bench.plane.Publish(Share(Simple(bench.port, {At("10.0.10.5")})));
  Connection client = bench.Connect();
  client.Send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcXXXXX");
  CHECK(client.ReadMessage().status == 400);
}

// Application Load Balancer guide, "HTTP 400" (a body that never becomes whole) and "HTTP 460".
TEST_CASE("a client that leaves early holds nothing: 400 in the middle of its body, 460 while its target works") {
  Bench bench;
  Server target([](Connection& c) {
    c.ReadUntil("\r\n\r\n");
    c.ReadToEnd();  // which comes because the client left
  });
  bench.hosts.Put("10.0.10.5", 3000, target);
  bench.plane.Publish(Share(Simple(bench.port, {At("10.0.10.5")})));
  const auto record_of = [&](int status) {
    return bench.log.WaitFor([status](const AccessLogRecord& r) { return r.elb_status_code == status; });
  };
  Connection half = bench.Connect();
  half.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc");
  half.Close();
  CHECK(record_of(400).actions_executed == "forward");
  Connection whole = bench.Connect();
  whole.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
  whole.Close();
  const AccessLogRecord left = record_of(460);
  CHECK(left.target == "10.0.10.5:3000");
  CHECK(left.received_bytes > 3);
  CHECK_FALSE(left.target_status_code);
}

TEST_CASE("slow clients and dead targets slow nobody else") {
  Bench bench;
  Server target(Echo);
  Server silent([](Connection& c) { c.ReadToEnd(); });
  bench.hosts.Put("10.0.10.5", 3000, target);
  bench.hosts.Put("10.0.10.6", 3000, silent);
  Settings configuration = Simple(bench.port, {At("10.0.10.5")});
  TargetGroup dead = configuration.target_groups.front();
  dead.arn = "dead";
  dead.targets = {At("10.0.10.6")};
  configuration.target_groups.push_back(dead);
  Condition path;
  path.field = ConditionField::kPathPattern;
  path.values = {"/dead"};
  configuration.listeners.front().rules.push_back({"r", 1, {path}, Forward{{{"dead", 1}}}});
  bench.plane.Publish(Share(configuration));
  std::list<Connection> slow;
  for (int i = 0; i < 50; ++i) {
    slow.emplace_back("127.0.0.1", bench.port).Send("GET / HTTP/1.1\r\nHost: slow");
    slow.emplace_back("127.0.0.1", bench.port).Send("GET /dead HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  Connection client = bench.Connect();
  for (int i = 0; i < 100; ++i) CHECK(client.Ask(kGet).status == 200);
  // The slow ones are served when they finish.
  slow.front().Send("\r\n\r\n");
  CHECK(slow.front().ReadMessage().status == 200);
}

TEST_CASE("half a request gets 408 when the idle timeout is over") {
  Bench bench;
  Server target([](Connection& c) {
    if (c.ReadUntil("\r\n\r\n").starts_with("GET")) c.Send("HTTP/1.1 204 No Content\r\n\r\n");
    c.ReadToEnd();
  });
  bench.hosts.Put("10.0.10.5", 3000, target);
  Settings configuration = Simple(bench.port, {At("10.0.10.5")});
  configuration.load_balancers.front().attributes.idle_timeout = Seconds(1);
  bench.plane.Publish(Share(configuration));
  const std::string timeout = "HTTP/1.1 408 Request Time-out\r\n";
  for (const std::string request : {"GET / HT", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"}) {
    Connection client = bench.Connect();
    client.Send(request);
    CHECK(client.ReadToEnd().starts_with(timeout));
  }
  Connection client = bench.Connect();
  client.Send(kGet + "GET / HT");
  CHECK(client.ReadMessage().status == 204);
  CHECK(client.ReadToEnd().starts_with(timeout));
  Connection idle = bench.Connect();
  CHECK(idle.ReadToEnd().empty());
}

TEST_CASE("an idle connection that the target closed is not used again") {
  Bench bench;
  std::atomic<int> served{0};
  Server target([&](Connection& c) {
    c.ReadMessage();
    ++served;
    c.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  bench.hosts.Put("10.0.10.5", 3000, target);
  bench.plane.Publish(Share(Simple(bench.port, {At("10.0.10.5")})));
  Connection client = bench.Connect();
  for (int i = 0; i < 20; ++i) CHECK(client.Ask(kGet).status == 200);
  CHECK(served == 20);
}

TEST_CASE("load balancers share a port by Host, and each has an address of its own") {
  Bench bench;
  Settings configuration = Simple(bench.port, {});
  configuration.listeners.front().default_action = FixedResponse{200, "", "first"};
  LoadBalancer second = configuration.load_balancers.front();
  second.arn += "2";
  second.name = "second";
  second.dns_name = "second-2.us-east-1.elb.localhost";
  configuration.load_balancers.push_back(second);
  Listener listener = configuration.listeners.front();
  listener.arn = "listener-2";
  listener.load_balancer_arn = second.arn;
  listener.default_action = FixedResponse{200, "", "second"};
  bench.plane.Publish(Share(configuration));
  CHECK(bench.Connect().Ask(kGet).body == "first");  // alone on the port: any Host
  configuration.listeners.push_back(listener);
  bench.plane.Publish(Share(configuration));

  const auto ask = [&](const std::string& host, const std::string& address = "127.0.0.1") {
    return Connection(address, bench.port).Ask("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  };
  CHECK(ask("front-1.us-east-1.elb.localhost").body == "first");
  CHECK(ask("SECOND-2.us-east-1.elb.localhost:" + std::to_string(bench.port)).body == "second");
  const Message unknown = ask("localhost");
  CHECK(unknown.status == 421);
  CHECK(unknown.body.find("second-2.us-east-1.elb.localhost") != std::string::npos);

  int own_addresses = 0;
  for (const ListeningEndpoint& endpoint : bench.plane.Endpoints()) {
    CHECK(endpoint.served);
    const std::string address = endpoint.url.substr(7, endpoint.url.rfind(':') - 7);
    CHECK(endpoint.url == "http://" + address + ":" + std::to_string(bench.port) + "/");
    if (address == "127.0.0.1") CHECK(endpoint.host.find(".elb.localhost") != std::string::npos);
    if (!address.starts_with("127.") || address == "127.0.0.1") continue;
    ++own_addresses;
    CHECK(ask("anything", address).body == (endpoint.load_balancer_name == "front" ? "first" : "second"));
  }
  CHECK(own_addresses == 2);

  // Closed when no listener wants it any more.
  bench.plane.Publish(Share(Settings()));
  CHECK_THROWS(bench.Connect());
  CHECK(bench.plane.Endpoints().empty());
}

TEST_CASE("a port that is taken is moved up by the offset, and that is said") {
  Server occupant(Echo);
  DataPlaneOptions options;
  options.own_addresses = false;
  options.port_offset = FreePort() - occupant.port();
  Bench bench(options);
  Settings configuration = Simple(occupant.port(), {});
  bench.plane.Publish(Share(configuration));
  const auto endpoints = bench.plane.Endpoints();
  REQUIRE(endpoints.size() == 2);
  CHECK(endpoints[1].served);
  CHECK(endpoints[1].url == "http://127.0.0.1:" + std::to_string(occupant.port() + options.port_offset) + "/");
  CHECK(endpoints[1].note.find("in use") != std::string::npos);
}

TEST_CASE("an access log record") {
  Bench bench;
  Server target(Echo);
  bench.hosts.Put("10.0.10.5", 3000, target);
  bench.plane.Publish(Share(Simple(bench.port, {At("10.0.10.5")})));
  Connection client = bench.Connect();
  client.Ask("POST /a?b HTTP/1.1\r\nHost: example.com:80\r\nUser-Agent: t\r\nContent-Length: 5\r\n\r\nhello");
  const AccessLogRecord record = bench.log.WaitFor([](const AccessLogRecord&) { return true; });
  CHECK(record.load_balancer == "app/front/0123456789abcdef");
  CHECK(record.load_balancer_arn == kLoadBalancerArn);
  CHECK(record.target == "10.0.10.5:3000");
  CHECK(record.client.starts_with("203.0.113.1:"));
  CHECK(record.request == "POST http://example.com:" + std::to_string(bench.port) + "/a?b HTTP/1.1");
  CHECK(record.elb_status_code == 200);
  CHECK(record.target_status_code == 200);
  CHECK(record.matched_rule_priority == 0);
  CHECK(record.received_bytes == 78 + 5);
  CHECK(record.sent_bytes > 100);
  CHECK(record.target_processing_time >= 0);
  CHECK(record.trace_id.starts_with("Root=1-"));
  CHECK(record.actions_executed == "forward");
  CHECK(record.connection_trace_id.starts_with("TID_"));
  CHECK(record.connection_trace_id.size() == 4 + 32);

  // The next one has nothing of this one, whose space it takes over.
  client.Ask("TRACE / HTTP/1.1\r\nHost: x\r\n\r\n");
  const AccessLogRecord next = bench.log.WaitFor([](const AccessLogRecord& r) { return r.elb_status_code == 405; });
  CHECK(next.client == record.client);
  CHECK(next.connection_trace_id == record.connection_trace_id);
  CHECK(next.target.empty());
  CHECK(next.targets.empty());
  CHECK_FALSE(next.target_status_code);
  CHECK(next.target_processing_time == -1);
  CHECK(next.user_agent.empty());
  CHECK(next.actions_executed.empty());
  client.Ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
  client.Ask("nothing like HTTP\n\n");
  CHECK(bench.log.WaitFor([](const AccessLogRecord& r) { return r.elb_status_code == 400; }).received_bytes == 0);
  Connection other = bench.Connect();
  other.Ask(kGet);
  const auto of_other = [&](const AccessLogRecord& r) { return r.connection_trace_id != record.connection_trace_id; };
  CHECK(bench.log.WaitFor(of_other).connection_trace_id.starts_with("TID_"));
}
