// Simulated tasks over real sockets.
#include "emulator/tasks/simulated/simulated_runtime.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <rapidjson/document.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>

#include <catch2/catch.hpp>

using namespace drydock;
using namespace drydock::tasks;
using namespace drydock::tasks::simulated;
using namespace std::chrono_literals;

namespace {

// What the sink was told, one line each.
class Sink : public EventSink {
 public:
  void ContainerStarted(const std::string& task, const std::string& container) override {
    Note("started " + task + " " + container);
  }
  void ContainerExited(const std::string& task, const std::string& container, int code,
                       const std::string& reason) override {
    Note("exited " + task + " " + container + " " + std::to_string(code) + (reason.empty() ? "" : " " + reason));
  }
  void ContainerHealthChanged(const std::string&, const std::string& container, ContainerHealth health) override {
    Note(container + (health == ContainerHealth::kHealthy ? " healthy" : " not healthy"));
  }
  void Printed(std::vector<PrintedLine> lines) override {
    for (const PrintedLine& line : lines) Note(line.container + ": " + line.text);
  }
  std::vector<std::string> Told() {
    std::lock_guard lock(mutex_);
    return told_;
  }

 private:
  void Note(std::string text) {
    std::lock_guard lock(mutex_);
    told_.push_back(std::move(text));
  }
  std::mutex mutex_;
  std::vector<std::string> told_;
};

// A blocking connection, with a deadline on everything.
class Client {
 public:
  explicit Client(const Dial& dial) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    REQUIRE(dial.outcome == Dial::Outcome::kConnect);
    const timeval deadline{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(dial.port);
    ::inet_pton(AF_INET, dial.address.c_str(), &to.sin_addr);
    REQUIRE(::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    Send(dial.preface);
  }
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void Send(const std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
      const auto sent = ::send(fd_, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
      if (sent <= 0) return;
      at += static_cast<std::size_t>(sent);
    }
  }
  // The head and body of an answer; "" at the end of the connection.
  std::string Answer() {
    std::size_t end;
    while ((end = held_.find("\r\n\r\n")) == std::string::npos) {
      if (!Receive()) return "";
    }
    const std::size_t length_at = held_.find("Content-Length: ");
    const std::size_t size = end + 4 + std::stoul(held_.substr(length_at + 16));
    while (held_.size() < size) {
      if (!Receive()) return "";
    }
    const std::string answer = held_.substr(0, size);
    held_.erase(0, size);
    return answer;
  }
  std::string Ask(const std::string& path, const std::string& fields = "") {
    Send("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    return Answer();
  }

 private:
  bool Receive() {
    char bytes[16 * 1024];
    const auto received = ::recv(fd_, bytes, sizeof bytes, 0);
    if (received < 0 && errno == EAGAIN) throw std::runtime_error("nothing came in time");
    if (received <= 0) return false;
    held_.append(bytes, static_cast<std::size_t>(received));
    return true;
  }
  int fd_;
  std::string held_;
};

struct Bench {
  Clock clock{Clock::Mode::kManual, Pace::kQuick, {1'700'000'000'000}};
  Sink sink;
  SimulatedRuntime runtime{clock, sink};

  Dial Locate(int port = 3000, const std::string& vpc = "vpc-1", const std::string& address = "10.0.10.5") {
    return runtime.Locate(vpc, address, port, "10.0.0.10");
  }
};

TaskSpec Task(std::vector<EnvironmentVariable> environment = {}) {
  TaskSpec task;
  task.task_arn = "task-1";
  task.family = "auth";
  task.revision = 2;
  task.vpc_id = "vpc-1";
  task.private_address = "10.0.10.5";
  task.availability_zone = "us-east-1a";
  ContainerSpec container;
  container.name = "app";
  container.image = "auth:1";
  container.ports = {3000};
  container.environment = std::move(environment);
  task.containers = {container};
  return task;
}

rapidjson::Document Json(const std::string& answer) {
  rapidjson::Document json;
  json.Parse(answer.substr(answer.find("\r\n\r\n") + 4).c_str());
  REQUIRE_FALSE(json.HasParseError());
  return json;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a task starts, answers, prints and stops") {
  Bench bench;
  CHECK(bench.Locate().outcome == Dial::Outcome::kNobody);
  bench.runtime.Start(Task());
  bench.runtime.Start(Task());  // runs already
  CHECK(bench.Locate(3001).outcome == Dial::Outcome::kRefused);
  CHECK(bench.Locate(3000, "vpc-2").outcome == Dial::Outcome::kNobody);
  {
    Client client(bench.Locate());
    for (int i = 0; i < 3; ++i) {
      const std::string answer = client.Ask("/auth?x=1");
      CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
      const auto page = Json(answer);
      CHECK(std::string(page["task"].GetString()) == "task-1");
      CHECK(page["revision"].GetInt() == 2);
      CHECK(std::string(page["request"]["path"].GetString()) == "/auth");
      CHECK(std::string(page["request"]["source"].GetString()) == "10.0.0.10");
    }
    bench.runtime.Stop("task-1", 30s);
    CHECK(client.Answer() == "");
  }
  CHECK(bench.Locate().outcome == Dial::Outcome::kNobody);
  bench.clock.Settle();
  CHECK(bench.sink.Told() == Lines{"started task-1 app", "app: listening on 10.0.10.5:3000", "app: GET /auth?x=1 200",
                                   "app: GET /auth?x=1 200", "app: GET /auth?x=1 200",
                                   "app: received SIGTERM, stopping", "exited task-1 app 0"});
}

TEST_CASE("the same address in two VPCs") {
  Bench bench;
  bench.runtime.Start(Task());
  TaskSpec other = Task();
  other.task_arn = "task-2";
  other.vpc_id = "vpc-2";
  bench.runtime.Start(other);
  CHECK(std::string(Json(Client(bench.Locate()).Ask("/"))["task"].GetString()) == "task-1");
  CHECK(std::string(Json(Client(bench.Locate(3000, "vpc-2")).Ask("/"))["task"].GetString()) == "task-2");
}

TEST_CASE("a host answers at all its addresses on its ports, and is replaced and removed") {
  Bench bench;
  const auto outcome = [&](int port, const std::string& address) {
    return bench.Locate(port, "vpc-1", address).outcome;
  };
  HostSpec host{"i-1", "vpc-1", "us-east-1a", {"10.0.20.5", "10.0.20.6"}, {27017}};
  bench.runtime.StandHost(host);
  CHECK(outcome(27017, "10.0.20.5") == Dial::Outcome::kConnect);
  CHECK(outcome(22, "10.0.20.5") == Dial::Outcome::kRefused);
  CHECK(outcome(27017, "10.0.20.7") == Dial::Outcome::kNobody);
  Client client(bench.Locate(27017, "vpc-1", "10.0.20.6"));
  CHECK(std::string(Json(client.Ask("/"))["instance"].GetString()) == "i-1");

  host.private_addresses = {"10.0.20.5"};
  host.ports = {22};
  bench.runtime.StandHost(host);
  CHECK(outcome(27017, "10.0.20.5") == Dial::Outcome::kRefused);
  CHECK(outcome(22, "10.0.20.5") == Dial::Outcome::kConnect);
  CHECK(outcome(22, "10.0.20.6") == Dial::Outcome::kNobody);
  CHECK(client.Answer().empty());  // what was connected to the former one is closed
  bench.runtime.RemoveHost("i-1");
  bench.runtime.RemoveHost("i-2");
  CHECK(outcome(22, "10.0.20.5") == Dial::Outcome::kNobody);
  CHECK(bench.sink.Told().empty());
}

TEST_CASE("bodies are counted, not kept; HEAD has no body; health checks are quiet") {
  Bench bench;
  bench.runtime.Start(Task({{"DRYDOCK_HEALTH_STATUS", "500"}}));
  Client client(bench.Locate());
  client.Send("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + std::string(3'000'000, 'x'));
  CHECK(Json(client.Answer())["request"]["bodySize"].GetInt() == 3'000'000);
  client.Send("POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n");
  CHECK(Json(client.Answer())["request"]["bodySize"].GetInt() == 6);
  CHECK(client.Ask("/", "User-Agent: ELB-HealthChecker/2.0\r\n").starts_with("HTTP/1.1 500 "));
  client.Send("HEAD /head HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  client.Answer();
  bench.clock.Settle();
  const Lines told = bench.sink.Told();
  CHECK(Lines(told.begin() + 2, told.end()) == Lines{"app: POST /up 200", "app: POST /up 200", "app: HEAD /head 200"});
}

TEST_CASE("a container that ends by itself, when the clock says so") {
  Bench bench;
  bench.runtime.Start(Task({{"DRYDOCK_EXIT_CODE", "3"}, {"DRYDOCK_EXIT_AFTER", "60"}}));
  bench.clock.Advance(59s);
  CHECK(bench.Locate().outcome == Dial::Outcome::kConnect);
  bench.clock.Advance(1s);
  CHECK(bench.Locate().outcome == Dial::Outcome::kRefused);
  CHECK(bench.sink.Told().back() == "exited task-1 app 3");
  // Stopping the task afterwards ends nothing twice.
  bench.runtime.Stop("task-1", 30s);
  bench.clock.Settle();
  CHECK(bench.sink.Told().back() == "exited task-1 app 3");
}

TEST_CASE("what else can be asked for") {
  Bench bench;
  SECTION("refusing") {
    bench.runtime.Start(Task({{"DRYDOCK_LISTEN", "off"}}));
    CHECK(bench.Locate().outcome == Dial::Outcome::kRefused);
  }
  SECTION("forwarding to a process of this machine") {
    bench.runtime.Start(Task({{"DRYDOCK_FORWARD", "127.0.0.1:8081"}}));
    CHECK(bench.Locate().port == 8081);
    CHECK(bench.Locate().preface.empty());
  }
  SECTION("printing, and being told what is wrong") {
    bench.runtime.Start(Task({{"DRYDOCK_PRINT", "one\ntwo"}, {"DRYDOCK_SLOW", "x"}}));
    bench.clock.Settle();
    CHECK(bench.sink.Told() == Lines{"started task-1 app", "app: DRYDOCK_SLOW: \"x\" is not a number from 0 to 3600000",
                                     "app: one", "app: two", "app: listening on 10.0.10.5:3000"});
  }
  SECTION("health") {
    TaskSpec task = Task();
    task.containers[0].health_check.emplace();
    bench.runtime.Start(task);
    bench.clock.Settle();
    CHECK(bench.sink.Told().back() == "app healthy");
  }
  SECTION("slowness that keeps nobody else waiting") {
    bench.runtime.Start(Task({{"DRYDOCK_SLOW", "60000"}}));
    TaskSpec other = Task();
    other.task_arn = "task-2";
    other.private_address = "10.0.10.6";
    bench.runtime.Start(other);
    Client slow(bench.Locate());
    slow.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(std::string(Json(Client(bench.Locate(3000, "vpc-1", "10.0.10.6")).Ask("/"))["task"].GetString()) == "task-2");
  }
}

TEST_CASE("a container that waits is started when it is told, and once more after its exit") {
  Bench bench;
  TaskSpec task = Task({{"DRYDOCK_EXIT_CODE", "1"}, {"DRYDOCK_EXIT_AFTER", "5"}});
  task.containers[0].waits = true;
  bench.runtime.Start(task);
  CHECK(bench.Locate().outcome == Dial::Outcome::kRefused);
  bench.runtime.StartContainer("task-1", "nobody");
  for (int start = 1; start <= 2; ++start) {
    bench.runtime.StartContainer("task-1", "app");
    bench.runtime.StartContainer("task-1", "app");  // runs already
    CHECK(bench.Locate().outcome == Dial::Outcome::kConnect);
    bench.clock.Advance(5s);
    CHECK(bench.Locate().outcome == Dial::Outcome::kRefused);
  }
  const Lines once = {"started task-1 app", "app: listening on 10.0.10.5:3000", "exited task-1 app 1"};
  Lines twice = once;
  twice.insert(twice.end(), once.begin(), once.end());
  CHECK(bench.sink.Told() == twice);
}

TEST_CASE("the last started is stopped first, and killed when it takes too long") {
  Bench bench;
  TaskSpec task = Task();
  task.containers.push_back(task.containers[0]);
  task.containers[1].name = "sidecar";
  task.containers[1].ports = {};
  task.containers[0].environment = {{"DRYDOCK_STOP_DELAY", "31"}};
  task.containers[1].environment = {{"DRYDOCK_STOP_DELAY", "10"}};
  bench.runtime.Start(task);
  bench.runtime.Stop("task-1", 30s);
  bench.clock.Settle();
  CHECK(bench.sink.Told().back() == "app: received SIGTERM, stopping");
  bench.clock.Advance(10s);
  CHECK(bench.sink.Told().back() == "exited task-1 sidecar 0");
  bench.clock.Advance(20s);
  CHECK(bench.sink.Told().back() == "exited task-1 app 137");
}

TEST_CASE("a container is made to behave otherwise while it runs") {
  Bench bench;
  TaskSpec task = Task();
  task.task_arn = "arn:aws:ecs:us-east-1:1:task/main/0123";
  task.containers[0].health_check.emplace();
  bench.runtime.Start(task);
  bench.clock.Settle();
  const auto change = [&](const char* name, const char* value) {
    const auto problems = bench.runtime.Change("0123", "app", {{name, value}});
    bench.clock.Settle();
    return problems;
  };
  CHECK(change("DRYDOCK_HEALTH_STATUS", "503").empty());
  Client client(bench.Locate());
  CHECK(client.Ask("/", "User-Agent: ELB-HealthChecker/2.0\r\n").starts_with("HTTP/1.1 503 "));
  CHECK(change("DRYDOCK_CONTAINER_HEALTH", "UNHEALTHY").empty());
  CHECK(bench.sink.Told().back() == "app not healthy");
  CHECK(change("DRYDOCK_PRINT", "hello").empty());
  CHECK(bench.sink.Told().back() == "app: hello");
  const auto shown = bench.runtime.Show(task.task_arn);
  REQUIRE(shown);
  CHECK(shown->find(R"("DRYDOCK_HEALTH_STATUS":503)") != std::string::npos);
  CHECK(change("DRYDOCK_HEALTH_STATUS", "9").size() == 1);
  CHECK(change("DRYDOCK_NONSENSE", "9").size() == 1);
  CHECK(bench.runtime.Change("0123", "db", {}).size() == 1);
  CHECK(bench.runtime.Change("4567", "", {}).size() == 1);
  CHECK(change("DRYDOCK_OUT_OF_MEMORY_AFTER", "0").empty());
  CHECK(bench.sink.Told().back() ==
        "exited " + task.task_arn + " app 137 OutOfMemoryError: Container killed due to memory usage");
  CHECK(bench.runtime.Tasks() == Lines{task.task_arn});
  bench.runtime.Stop(task.task_arn, 30s);
  CHECK_FALSE(bench.runtime.Show("0123"));
}

TEST_CASE("connections without a preface are closed") {
  Bench bench;
  bench.runtime.Start(Task());
  Dial dial = bench.Locate();
  dial.preface.clear();
  CHECK(Client(dial).Ask("/") == "");
  dial = bench.Locate();
  bench.runtime.Stop("task-1", 30s);
  CHECK(Client(dial).Ask("/") == "");
}
