#include "emulator/tasks/simulated/terminals.h"

#include <utility>  // Boost 1.74's Asio needs std::exchange and does not include it

#if defined(__SANITIZE_THREAD__)
#define BOOST_ASIO_DISABLE_FENCED_BLOCK  // the thread sanitizer does not know fences, and g++ warns of each
#endif

#include <rapidjson/document.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
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
#include <deque>
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
using TerminalStream = websocket::stream<TerminalSocket, false>;  // never compresses: its code stays out
using TerminalTimer =
    net::basic_waitable_timer<std::chrono::steady_clock, net::wait_traits<std::chrono::steady_clock>, TerminalExecutor>;
using Task = net::awaitable<void, TerminalExecutor>;
using Outcome = boost::system::error_code;

auto Catching(Outcome& error) {
  return net::redirect_error(net::use_awaitable_t<TerminalExecutor>(), error);
}

constexpr std::size_t kMostMessage = 1024 * 1024;
// The plugin throws away what arrives before its terminal is ready, and acknowledges it only then: like the agent,
// Drydock sends it once more until it is acknowledged.
constexpr auto kResends = std::chrono::milliseconds(200);
constexpr char kTerminateSession[] = {0, 0, 0, 2};
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

  // A client with its shell. Its own coroutine writes whatever waits, one message after the other.
  struct Connected {
    explicit Connected(TerminalSocket socket) : stream(std::move(socket)), wake(stream.get_executor()) {}

    TerminalStream stream;
    TerminalTimer wake;  // of the writer
    std::int64_t next_out = 0;
    std::int64_t next_in = 0;
    std::deque<std::string> waiting;
    std::map<std::int64_t, std::string> unacknowledged;
    bool closing = false;
  };
  using Client = std::shared_ptr<Connected>;

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
    const Client client = std::make_shared<Connected>(std::move(socket));
    client->stream.read_message_max(kMostMessage);
    client->stream.binary(true);
    co_await client->stream.async_accept(request, Catching(error));
    if (error) co_return;

    const std::string target(request.target().data(), request.target().size());
    const auto session = co_await Enter(*client, target.substr(0, target.find('?')));
    net::co_spawn(context_, WriteAll(client), net::detached);
    if (session.task) co_await Talk(*client, session);
    client->closing = true;
    client->wake.cancel();
  }

  // In the end it closes the channel.
  Task WriteAll(Client client) {
    Outcome error;
    while (!error && (!client->closing || !client->waiting.empty())) {
      if (client->waiting.empty()) {
        const bool resends = !client->unacknowledged.empty();
        client->wake.expires_after(resends ? std::chrono::steady_clock::duration(kResends) : std::chrono::hours(1));
        Outcome woken;
        co_await client->wake.async_wait(Catching(woken));
        if (!woken && !client->unacknowledged.empty())
          client->waiting.push_back(client->unacknowledged.begin()->second);
        continue;
      }
      const std::string bytes = std::move(client->waiting.front());
      client->waiting.pop_front();
      co_await client->stream.async_write(net::buffer(bytes), Catching(error));
    }
    co_await client->stream.async_close(websocket::close_code::normal, Catching(error));
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
    Send(client, SessionMessage::Payload::kHandshakeRequest, kHandshake);
    Shell shell(session.task->spec, session.container->spec, session.command);
    Outcome error;
    // What a command printed is seen before the channel closes.
    while ((!shell.ended() || !client.unacknowledged.empty()) && session.container->running) {
      beast::flat_buffer buffer;
      co_await client.stream.async_read(buffer, Catching(error));
      if (error) co_return;
      const auto message = DecodeSessionMessage({static_cast<const char*>(buffer.data().data()), buffer.size()});
      if (message && message->type == "acknowledge") NoteAcknowledged(client, message->payload);
      if (!message || message->type != "input_stream_data") continue;
      Acknowledge(client, *message);
      if (message->sequence != client.next_in) continue;  // sent once more
      ++client.next_in;
      if (message->payload_type == SessionMessage::Payload::kHandshakeResponse) {
        Send(client, SessionMessage::Payload::kHandshakeComplete,
             R"({"HandshakeTimeToComplete":1000000,"CustomerMessage":""})");
        Send(client, SessionMessage::Payload::kOutput, shell.Begin());
      } else if (message->payload_type == SessionMessage::Payload::kOutput) {
        const std::string typed = shell.Type(message->payload);
        if (!typed.empty()) Send(client, SessionMessage::Payload::kOutput, typed);
      } else if (message->payload_type == SessionMessage::Payload::kFlag &&
                 message->payload == std::string_view(kTerminateSession, sizeof kTerminateSession)) {
        break;
      }
    }
    const std::string closing = fmt::format(
        R"({{"MessageType":"channel_closed","MessageId":"{}","DestinationId":"","SessionId":"","SchemaVersion":1,)"
        R"("CreatedDate":"{}","Output":""}})",
        ids_.Uuid(), FormatIso8601(clock_.Now()));
    Write(client, Made("channel_closed", client.next_out, SessionMessage::Payload::kNone, closing));
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

  void Send(Connected& client, SessionMessage::Payload kind, std::string payload) {
    const auto message = Made("output_stream_data", client.next_out++, kind, std::move(payload));
    client.unacknowledged[message.sequence] = Encode(message);
    Write(client, message);
  }

  static void NoteAcknowledged(Connected& client, const std::string& payload) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(payload.data(), payload.size());
    if (document.HasParseError() || !document.IsObject()) return;
    const auto sequence = document.FindMember("AcknowledgedMessageSequenceNumber");
    if (sequence != document.MemberEnd() && sequence->value.IsInt64())
      client.unacknowledged.erase(sequence->value.GetInt64());
  }

  void Acknowledge(Connected& client, const SessionMessage& message) {
    SessionMessage answer = Made("acknowledge", 0, SessionMessage::Payload::kNone,
                                 fmt::format(R"({{"AcknowledgedMessageType":"{}","AcknowledgedMessageId":"{}",)"
                                             R"("AcknowledgedMessageSequenceNumber":{},"IsSequentialMessage":true}})",
                                             message.type, message.id, message.sequence));
    answer.flags = 3;
    Write(client, answer);
  }

  static void Write(Connected& client, const SessionMessage& message) {
    client.waiting.push_back(Encode(message));
    client.wake.cancel();
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
