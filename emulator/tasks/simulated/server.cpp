#include "emulator/tasks/simulated/server.h"

#include <limits>
#include <utility>  // Boost 1.74's Asio needs std::exchange and does not include it

#if defined(__SANITIZE_THREAD__)
#define BOOST_ASIO_DISABLE_FENCED_BLOCK  // the thread sanitizer does not know fences, and g++ warns of each
#endif

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "emulator/core/log.h"
#include "emulator/tasks/simulated/page.h"

namespace drydock::tasks::simulated {

namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using net::ip::tcp;

using Executor = net::io_context::executor_type;
using Socket = net::basic_stream_socket<tcp, Executor>;
using Acceptor = net::basic_socket_acceptor<tcp, Executor>;
using Timer =
    net::basic_waitable_timer<std::chrono::steady_clock, net::wait_traits<std::chrono::steady_clock>, Executor>;
template <class T>
using Async = net::awaitable<T, Executor>;

auto Into(error_code& error) {
  return net::redirect_error(net::use_awaitable_t<Executor>(), error);
}

std::string_view View(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

constexpr std::string_view kHealthChecker = "ELB-HealthChecker/";

// One connection. Only used on the server's thread.
struct Session {
  explicit Session(Socket accepted) : socket(std::move(accepted)) {}
  Socket socket;
  boost::beast::flat_buffer buffer;
  Preface preface;
  std::shared_ptr<const RunningTask> task;
  const RunningContainer* container = nullptr;
  bool idle = false;
};

}  // namespace

class Server::Implementation {
 public:
  Implementation(Find find, Answered answered, Connect connect)
      : find_(std::move(find)),
        answered_(std::move(answered)),
        connect_(std::move(connect)),
        acceptor_(context_.get_executor()) {
    const tcp::endpoint endpoint(net::ip::address_v4::loopback(), 0);
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(1024, error);
    if (error) throw std::runtime_error("simulated tasks cannot listen on loopback: " + error.message());
    port_ = acceptor_.local_endpoint().port();
    net::co_spawn(context_, Accept(), net::detached);
    thread_ = std::thread([this] {
      while (!context_.stopped()) {
        try {
          context_.run();
        } catch (const std::exception& failure) {
          log::Error("simulated tasks: {}", failure.what());
        }
      }
    });
  }

  ~Implementation() {
    context_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return port_; }

  void CloseIdle(const RunningContainer& container) {
    net::post(context_, [this, key = &container] {
      const auto found = sessions_.find(key);
      if (found == sessions_.end()) return;
      error_code ignored;
      for (Session* const session : found->second) {
        if (session->idle) session->socket.cancel(ignored);
      }
    });
  }

 private:
  Async<void> Accept() {
    while (true) {
      Socket socket(context_);
      error_code error;
      co_await acceptor_.async_accept(socket, Into(error));
      if (error) {
        Timer pause(context_.get_executor(), std::chrono::milliseconds(50));
        co_await pause.async_wait(Into(error));
        continue;
      }
      socket.set_option(tcp::no_delay(true), error);
      net::co_spawn(context_, Serve(std::move(socket)), net::detached);
    }
  }

  Async<void> Serve(Socket socket) {
    Session session(std::move(socket));
    if (!co_await ReadPreface(session)) co_return;
    session.task = find_(session.preface);
    session.container = session.task == nullptr ? nullptr : session.task->Listening(session.preface.destination_port);
    if (session.container == nullptr) co_return;
    auto& sessions = sessions_[session.container];
    sessions.insert(&session);
    while (co_await ServeRequest(session)) {
    }
    const auto found = sessions_.find(session.container);
    found->second.erase(&session);
    if (found->second.empty()) sessions_.erase(found);
    error_code ignored;
    session.socket.shutdown(tcp::socket::shutdown_both, ignored);
  }

  static Async<bool> ReadPreface(Session& session) {
    while (true) {
      const auto held = session.buffer.data();
      std::size_t size = 0;
      switch (DecodePreface({static_cast<const char*>(held.data()), held.size()}, session.preface, size)) {
        case PrefaceOutcome::kComplete:
          session.buffer.consume(size);
          co_return true;
        case PrefaceOutcome::kInvalid:
          co_return false;
        case PrefaceOutcome::kIncomplete:
          break;
      }
      error_code error;
      session.buffer.commit(co_await session.socket.async_read_some(session.buffer.prepare(1024), Into(error)));
      if (error) co_return false;
    }
  }

  // False when the connection is to be closed.
  Async<bool> ServeRequest(Session& session) {
    http::request_parser<http::buffer_body> parser;
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());
    parser.header_limit(128 * 1024);
    error_code error;
    if (!session.container->running && session.buffer.size() == 0) co_return false;
    session.idle = true;
    co_await http::async_read_header(session.socket, session.buffer, parser, Into(error));
    session.idle = false;
    if (error) co_return false;
    const auto& request = parser.get();
    if (boost::beast::iequals(request[http::field::expect], "100-continue")) {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await net::async_write(session.socket, net::buffer(kContinue.data(), kContinue.size()), Into(error));
      if (error) co_return false;
    }
    const std::uint64_t body_size = co_await ReadPastBody(session, parser, error);
    if (error) co_return false;

    const auto behaviour = session.container->behaviour();
    const bool health_check = View(request[http::field::user_agent]).starts_with(kHealthChecker);
    if (behaviour->slow.count() > 0) {
      Timer pause(context_.get_executor(), behaviour->slow);
      co_await pause.async_wait(Into(error));
    }
    ReceivedRequest received;
    received.method = View(request.method_string());
    received.target = View(request.target());
    for (const auto& field : request) received.headers.emplace_back(View(field.name_string()), View(field.value()));
    received.source_address = session.preface.source_address;
    received.body_size = body_size;

    http::response<http::string_body> response;
    const std::string_view path = received.target.substr(0, received.target.find('?'));
    const bool healthy_path = behaviour->health_path.empty() || path == behaviour->health_path;
    const int status = !health_check ? 200 : healthy_path ? behaviour->health_status : 404;
    response.result(static_cast<unsigned>(status));
    response.version(request.version());
    response.set(http::field::server, "drydock-simulated-task");
    response.set(http::field::content_type, "application/json");
    const auto asked = connect_ ? ConnectAskedFor(received.target) : std::nullopt;
    response.body() =
        asked ? connect_(session.task->spec.task_arn, *asked) : Page(session.container->description, received);
    response.prepare_payload();
    const bool keep_alive = request.keep_alive() && session.container->running;
    response.keep_alive(keep_alive);
    // The answer to HEAD has the length of a body and no body.
    if (request.method() == http::verb::head) response.body().clear();
    // As most access logs are set up, health checks stay out of it.
    if (!health_check) {
      answered_(*session.task, *session.container,
                fmt::format("{} {} {}", received.method, received.target, response.result_int()));
    }
    http::response_serializer<http::string_body> serializer(response);
    co_await http::async_write(session.socket, serializer, Into(error));
    co_return !error && keep_alive;
  }

  static Async<std::uint64_t> ReadPastBody(Session& session, http::request_parser<http::buffer_body>& parser,
                                           error_code& error) {
    std::uint64_t size = 0;
    std::vector<char> space(parser.is_done() ? 0 : 16 * 1024);
    while (!parser.is_done()) {
      auto& body = parser.get().body();
      body.data = space.data();
      body.size = space.size();
      co_await http::async_read(session.socket, session.buffer, parser, Into(error));
      if (error == http::error::need_buffer) error = {};
      if (error) co_return size;
      size += space.size() - body.size;
    }
    co_return size;
  }

  const Find find_;
  const Answered answered_;
  const Connect connect_;
  std::uint16_t port_ = 0;
  // Used on the server's thread only.
  std::unordered_map<const RunningContainer*, std::unordered_set<Session*>> sessions_;
  net::io_context context_{1};
  Acceptor acceptor_;
  std::thread thread_;
};

Server::Server(Find find, Answered answered, Connect connect)
    : implementation_(std::make_unique<Implementation>(std::move(find), std::move(answered), std::move(connect))) {}
Server::~Server() = default;
std::uint16_t Server::port() const {
  return implementation_->port();
}
void Server::CloseIdle(const RunningContainer& container) {
  implementation_->CloseIdle(container);
}

}  // namespace drydock::tasks::simulated
