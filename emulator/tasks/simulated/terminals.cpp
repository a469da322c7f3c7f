#include "emulator/tasks/simulated/terminals.h"

#include <utility>  // Boost 1.74's Asio needs std::exchange and does not include it

#if defined(__SANITIZE_THREAD__)
#define BOOST_ASIO_DISABLE_FENCED_BLOCK  // the thread sanitizer does not know fences, and g++ warns of each
#endif

#include <rapidjson/document.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <map>
#include <thread>

#include <fmt/format.h>

#include "emulator/core/ids.h"
#include "emulator/core/log.h"
#include "emulator/tasks/simulated/session_message.h"
#include "emulator/tasks/simulated/shell.h"

namespace drydock::tasks::simulated {

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using net::ip::tcp;

using TerminalExecutor = net::io_context::executor_type;
using TerminalSocket = net::basic_stream_socket<tcp, TerminalExecutor>;
using TerminalStream = websocket::stream<TerminalSocket>;
using Task = net::awaitable<void, TerminalExecutor>;
using Outcome = boost::system::error_code;

auto Catching(Outcome& error) {
  return net::redirect_error(net::use_awaitable_t<TerminalExecutor>(), error);
}

constexpr std::size_t kMostMessage = 1024 * 1024;
constexpr char kHandshake[] =
    R"({"AgentVersion":"3.2.0.0","RequestedClientActions":[{"ActionType":"SessionType","ActionParameters":)"
    R"({"SessionType":"InteractiveCommands","Properties":null}}]})";

}  // namespace

class Terminals::Implementation {
 public:
  explicit Implementation(Clock& clock) : clock_(clock), acceptor_(context_.get_executor()) {
    const tcp::endpoint endpoint(net::ip::address_v4::loopback(), 0);
    Outcome error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(64, error);
    if (error) throw std::runtime_error("terminals cannot listen on loopback: " + error.message());
    port_ = acceptor_.local_endpoint().port();
    net::co_spawn(context_, Accept(), net::detached);
    thread_ = std::thread([this] { context_.run(); });
  }
  ~Implementation() {
    context_.stop();
    thread_.join();
  }

  ExecSession Open(std::shared_ptr<const RunningTask> task, const RunningContainer& container,
                   const std::string& command) {
    ExecSession session;
    session.id = "ecs-execute-command-" + ids_.Random("abcdefghijklmnopqrstuvwxyz0123456789", 25);
    session.url = fmt::format("ws://127.0.0.1:{}/v1/data-channel/{}?role=publish_subscribe", port_, session.id);
    session.token = ids_.Alphanumeric(128);
    std::lock_guard lock(mutex_);
    waiting_[session.id] = {session.token, std::move(task), &container, command};
    return session;
  }

 private:
  struct Waiting {
    std::string token;
    std::shared_ptr<const RunningTask> task;
    const RunningContainer* container = nullptr;
    std::string command;
  };

  // A client with its shell.
  struct Connected {
    TerminalStream stream;
    std::int64_t next_out = 0;
    std::int64_t next_in = 0;
  };

  Task Accept() {
    while (true) {
      TerminalSocket socket(context_);
      Outcome error;
      co_await acceptor_.async_accept(socket, Catching(error));
      if (error) co_return;
      net::co_spawn(context_, Serve(std::move(socket)), net::detached);
    }
  }

  Task Serve(TerminalSocket socket) {
    Outcome error;
    beast::flat_buffer buffer;
    beast::http::request<beast::http::string_body> request;
    co_await beast::http::async_read(socket, buffer, request, Catching(error));
    if (error || !websocket::is_upgrade(request)) co_return;
    Connected client{TerminalStream(std::move(socket))};
    client.stream.read_message_max(kMostMessage);
    co_await client.stream.async_accept(request, Catching(error));
    if (error) co_return;

    const std::string target(request.target().data(), request.target().size());
    const auto session = co_await Enter(client, target.substr(0, target.find('?')));
    if (session.task) co_await Talk(client, session);
    co_await client.stream.async_close(websocket::close_code::normal, Catching(error));
  }

  // The first message has the token, as text.
  net::awaitable<Waiting, TerminalExecutor> Enter(Connected& client, std::string path) {
    Outcome error;
    beast::flat_buffer buffer;
    co_await client.stream.async_read(buffer, Catching(error));
    if (error) co_return Waiting{};
    const std::string text(static_cast<const char*>(buffer.data().data()), buffer.size());
    rapidjson::Document opening;
    opening.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
    if (opening.HasParseError() || !opening.IsObject() || !opening.HasMember("TokenValue") ||
        !opening["TokenValue"].IsString())
      co_return Waiting{};
    std::lock_guard lock(mutex_);
    const auto found = waiting_.find(path.substr(path.rfind('/') + 1));
    if (found == waiting_.end() || found->second.token != opening["TokenValue"].GetString()) co_return Waiting{};
    Waiting session = std::move(found->second);
    waiting_.erase(found);
    co_return session;
  }

  Task Talk(Connected& client, const Waiting& session) {
    co_await Send(client, SessionMessage::Payload::kHandshakeRequest, kHandshake);
    Shell shell(session.task->spec, session.container->spec, session.command);
    Outcome error;
    while (!shell.ended() && session.container->running) {
      beast::flat_buffer buffer;
      co_await client.stream.async_read(buffer, Catching(error));
      if (error) co_return;
      const auto message = DecodeSessionMessage({static_cast<const char*>(buffer.data().data()), buffer.size()});
      if (!message || message->type != "input_stream_data") continue;
      co_await Acknowledge(client, *message);
      if (message->sequence != client.next_in) continue;  // sent once more
      ++client.next_in;
      if (message->payload_type == SessionMessage::Payload::kHandshakeResponse) {
        co_await Send(client, SessionMessage::Payload::kHandshakeComplete,
                      R"({"HandshakeTimeToComplete":1000000,"CustomerMessage":""})");
        co_await Send(client, SessionMessage::Payload::kOutput, shell.Begin());
      } else if (message->payload_type == SessionMessage::Payload::kOutput) {
        const std::string typed = shell.Type(message->payload);
        if (!typed.empty()) co_await Send(client, SessionMessage::Payload::kOutput, typed);
      }
    }
    const std::string closing = fmt::format(
        R"({{"MessageType":"channel_closed","MessageId":"{}","DestinationId":"","SessionId":"","SchemaVersion":1,)"
        R"("CreatedDate":"{}","Output":""}})",
        ids_.Uuid(), FormatIso8601(clock_.Now()));
    co_await Write(client, Made("channel_closed", client.next_out, SessionMessage::Payload::kNone, closing));
  }

  SessionMessage Made(std::string type, std::int64_t sequence, SessionMessage::Payload kind, std::string payload) {
    SessionMessage message;
    message.type = std::move(type);
    message.sequence = sequence;
    message.flags = sequence == 0 ? 1 : 0;
    message.id = ids_.Uuid();
    message.created = clock_.Now();
    message.payload_type = kind;
    message.payload = std::move(payload);
    return message;
  }

  Task Send(Connected& client, SessionMessage::Payload kind, std::string payload) {
    co_await Write(client, Made("output_stream_data", client.next_out++, kind, std::move(payload)));
  }

  Task Acknowledge(Connected& client, const SessionMessage& message) {
    SessionMessage answer = Made("acknowledge", 0, SessionMessage::Payload::kNone,
                                 fmt::format(R"({{"AcknowledgedMessageType":"{}","AcknowledgedMessageId":"{}",)"
                                             R"("AcknowledgedMessageSequenceNumber":{},"IsSequentialMessage":true}})",
                                             message.type, message.id, message.sequence));
    answer.flags = 3;
    co_await Write(client, answer);
  }

  Task Write(Connected& client, const SessionMessage& message) {
    const std::string bytes = Encode(message);
    Outcome error;
    client.stream.binary(true);
    co_await client.stream.async_write(net::buffer(bytes), Catching(error));
  }

  Clock& clock_;
  Ids ids_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::map<std::string, Waiting> waiting_;  // by session id; guarded by mutex_
  net::io_context context_{1};
  net::basic_socket_acceptor<tcp, TerminalExecutor> acceptor_;
  std::thread thread_;
};

Terminals::Terminals(Clock& clock) : clock_(clock) {}
Terminals::~Terminals() = default;

std::optional<ExecSession> Terminals::Open(std::shared_ptr<const RunningTask> task, const RunningContainer& container,
                                           const std::string& command) {
  std::lock_guard lock(mutex_);
  try {
    if (!implementation_) implementation_ = std::make_unique<Implementation>(clock_);
    return implementation_->Open(std::move(task), container, command);
  } catch (const std::exception& error) {
    log::Error("ECS Exec: {}", error.what());
    return std::nullopt;
  }
}

}  // namespace drydock::tasks::simulated
