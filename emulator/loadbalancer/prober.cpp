#include "emulator/loadbalancer/prober.h"

#include <thread>

#include <fmt/format.h>

#include "emulator/core/log.h"
#include "emulator/loadbalancer/http_message.h"
#include "emulator/loadbalancer/stream.h"
#include "emulator/loadbalancer/tls.h"

namespace drydock::loadbalancer {

namespace {

using Outcome = ProbeResult::Outcome;

// Reads an answer's head. Anything but HTTP is a failed check.
Async<ProbeResult> ReadAnswer(Stream& stream) {
  Buffer buffer;
  HeadScan scan;
  while (true) {
    const HeadScan::Outcome outcome = scan.Continue(buffer.View());
    if (outcome == HeadScan::Outcome::kComplete) {
      ResponseHead head;
      const HeadError error = ParseResponseHead(buffer.View().substr(0, scan.end), false, head);
      if (error != HeadError::kNone) co_return ProbeResult{Outcome::kFailed};
      if (head.status >= 200) co_return ProbeResult{Outcome::kAnswered, head.status};
      buffer.Consume(scan.end);
      scan = HeadScan();
      continue;
    }
    if (outcome != HeadScan::Outcome::kIncomplete || buffer.size() > kResponseHeadLimit) {
      co_return ProbeResult{Outcome::kFailed};
    }
    error_code error;
    buffer.Commit(co_await stream.async_read_some(buffer.Prepare(1024), Into(error)));
    if (error) co_return ProbeResult{Outcome::kFailed};
  }
}

Async<ProbeResult> Check(Stream& stream, const Prober::Probe& probe) {
  error_code error;
  if (probe.joined >= 0) {
    stream.socket().assign(tcp::v4(), probe.joined, error);
  } else {
    const auto address = net::ip::make_address(probe.dial.address, error);
    if (error) co_return ProbeResult{Outcome::kFailed};
    co_await stream.socket().async_connect({address, probe.dial.port}, Into(error));
  }
  if (error) co_return ProbeResult{Outcome::kFailed};
  // The preface is what tells the far side whose connection this is.
  co_await net::async_write(stream, net::buffer(probe.dial.preface), Into(error));
  if (!probe.http) co_return ProbeResult{error ? Outcome::kFailed : Outcome::kConnected};
  if (!error && probe.tls) {
    auto& tls = stream.BeginTls(TargetTlsContext());
    co_await tls.async_handshake(net::ssl::stream_base::client, Into(error));
  }
  if (error) co_return ProbeResult{Outcome::kFailed};
  const std::string request = fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nUser-Agent: ELB-HealthChecker/2.0\r\n"
      "Accept-Encoding: gzip, compressed\r\n\r\n",
      probe.path, probe.host);
  co_await net::async_write(stream, net::buffer(request), Into(error));
  if (error) co_return ProbeResult{Outcome::kFailed};
  co_return co_await ReadAnswer(stream);
}

Async<void> Expire(std::shared_ptr<Timer> timer, std::shared_ptr<Stream> stream, std::shared_ptr<bool> expired) {
  error_code error;
  co_await timer->async_wait(Into(error));
  if (error) co_return;
  *expired = true;
  stream->Cancel();
}

Async<void> RunProbe(net::io_context& context, Prober::Probe probe, std::function<void(ProbeResult)> done) {
  const auto stream = std::make_shared<Stream>(context);
  const auto timer = std::make_shared<Timer>(context.get_executor(), probe.timeout);
  const auto expired = std::make_shared<bool>(false);
  net::co_spawn(context, Expire(timer, stream, expired), net::detached);
  ProbeResult result = co_await Check(*stream, probe);
  timer->cancel();
  if (*expired) result = {Outcome::kTimeout};
  stream->Close();
  done(result);
}

}  // namespace

class Prober::Implementation {
 public:
  Implementation() {
    thread_ = std::thread([this] {
      const auto work = net::make_work_guard(context_);
      while (!context_.stopped()) {
        try {
          context_.run();
        } catch (const std::exception& error) {
          log::Error("health checks: {}", error.what());
        }
      }
    });
  }
  ~Implementation() { Stop(); }

  net::io_context& context() { return context_; }
  void Stop() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  net::io_context context_{1};
  std::thread thread_;
};

Prober::Prober() : implementation_(std::make_unique<Implementation>()) {}
Prober::~Prober() = default;

void Prober::Run(Probe probe, std::function<void(ProbeResult)> done) {
  net::io_context& context = implementation_->context();
  net::co_spawn(context, RunProbe(context, std::move(probe), std::move(done)), net::detached);
}

void Prober::Post(std::function<void()> task) {
  net::post(implementation_->context(), std::move(task));
}

void Prober::Stop() {
  implementation_->Stop();
}

}  // namespace drydock::loadbalancer
