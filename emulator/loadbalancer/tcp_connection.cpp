#include "emulator/loadbalancer/tcp_connection.h"

#include <algorithm>

#include "emulator/loadbalancer/client_connection.h"
#include "emulator/loadbalancer/proxy_protocol.h"
#include "emulator/loadbalancer/relay.h"
#include "emulator/loadbalancer/tls.h"

namespace drydock::loadbalancer {

namespace {
using namespace std::chrono_literals;
constexpr auto kHandshakeTime = 10s;
}  // namespace

TcpConnection::TcpConnection(Worker& worker, Socket socket, int listener_port, std::string local_address)
    : worker_(worker),
      shared_(worker.shared()),
      stream_(std::move(socket)),
      up_ended_(worker.context().get_executor()),
      listener_port_(listener_port),
      local_address_(std::move(local_address)),
      node_index_(static_cast<std::size_t>(worker.Random())),
      patience_(kHandshakeTime) {
  error_code error;
  client_port_ = stream_.socket().remote_endpoint(error).port();
  worker_.Watch(this);
}

TcpConnection::~TcpConnection() {
  worker_.Unwatch(this);
}

void TcpConnection::Expire() {
  stream_.Cancel();
  if (upstream_ != nullptr) upstream_->stream.Cancel();
}

bool TcpConnection::IsGone() {
  if (upstream_ == nullptr) return false;
  const TargetState& target = *upstream_->target;
  if (ends_when_gone_ && target.deregistered) return true;
  const bool healthy = target.healthy;
  was_healthy_ = was_healthy_ || healthy;
  return ends_when_unhealthy_ && was_healthy_ && !healthy && !target.withdrawn;
}

void TcpConnection::Reset() {
  error_code ignored;
  stream_.socket().set_option(tcp::socket::linger(true, 0), ignored);
  stream_.Close();
}

Async<void> TcpConnection::Run() {
  const std::shared_ptr<const Routing> routing = worker_.CurrentRouting();
  const RoutedListener* const listener = co_await Begin(*routing);
  if (listener == nullptr) co_return;
  upstream_ = co_await Connect(*routing, *listener);
  if (upstream_ == nullptr) co_return;
  patience_ = listener->listener->tcp_idle_timeout;
  going_up_ = true;
  net::co_spawn(worker_.context(), UpToTarget(*upstream_), net::detached);
  co_await RelayUntilEnd(upstream_->stream, upstream_->buffer, stream_, *this, patience_);
  // The client may go on sending after the target has finished, and the other way round: until the connection is idle.
  error_code error;
  while (going_up_) {
    up_ended_.expires_at(Timer::time_point::max());
    co_await up_ended_.async_wait(Into(error));
  }
}

Async<void> TcpConnection::UpToTarget(Upstream& upstream) {
  co_await RelayUntilEnd(stream_, buffer_, upstream.stream, *this, patience_);
  going_up_ = false;
  up_ended_.cancel();
}

Async<const RoutedListener*> TcpConnection::Begin(const Routing& routing) {
  const RoutedListener* listener = routing.FindTcpListener(listener_port_, local_address_);
  Handshake handshake;
  if (listener == nullptr) {
    ExpireIn(kHandshakeTime);
    if (!co_await worker_.tls().Accept(stream_, routing, listener_port_, local_address_, handshake)) co_return nullptr;
    listener = handshake.listener;
  }
  const Verdict& verdict =
      worker_.JudgeClient(*listener, NodeAt(*listener->load_balancer, node_index_), client_address_);
  if (verdict.admitted) co_return listener;
  if (shared_.options.blocked == BlockedClient::kReset) {
    Reset();
    co_return nullptr;
  }
  ExpireIn(60s);
  error_code error;
  while (!error) {
    buffer_.Consume(buffer_.size());
    buffer_.Commit(co_await stream_.async_read_some(buffer_.Prepare(4096), Into(error)));
  }
  co_return nullptr;
}

const RoutedTarget* TcpConnection::Choose(const RoutedGroup& group) {
  // A flow stays at its target by itself; a sticky source gets the same one each time while the healthy ones are the
  // same.
  const bool sticky = group.group->stickiness.type == StickinessType::kSourceIp;
  return worker_.Choose(group, node_index_, sticky ? IdentityOf(kInternetSource) : worker_.Random());
}

Async<std::unique_ptr<Upstream>> TcpConnection::Connect(const Routing& routing, const RoutedListener& listener) {
  listener.counters->requests.fetch_add(1, std::memory_order_relaxed);
  const auto* const forward = std::get_if<Forward>(&listener.listener->default_action);
  const RoutedGroup* const group = forward == nullptr || forward->target_groups.empty()
                                       ? nullptr
                                       : routing.FindGroup(forward->target_groups.front().arn);
  const RoutedTarget* const target = group == nullptr ? nullptr : Choose(*group);
  if (target == nullptr) {
    Reset();  // "there are no targets": guide, "Troubleshoot your Network Load Balancer"
    co_return nullptr;
  }
  group->counters->requests.fetch_add(1, std::memory_order_relaxed);
  ends_when_gone_ = group->group->ends_connections_of_gone;
  ends_when_unhealthy_ = group->group->ends_connections_of_unhealthy;
  was_healthy_ = target->state->healthy;
  error_code error;
  auto upstream = co_await Open(routing, listener, *group, *target, error);
  if (error) {
    Reset();
    co_return nullptr;
  }
  co_return upstream;
}

Async<std::unique_ptr<Upstream>> TcpConnection::Open(const Routing& routing, const RoutedListener& listener,
                                                     const RoutedGroup& group, const RoutedTarget& target,
                                                     error_code& error) {
  const TargetGroup& settings = *group.group;
  const Node& node = NodeAt(*listener.load_balancer, node_index_);
  const bool preserves = settings.preserve_client_ip;
  Dial dial;
  int joined = -1;
  if (!worker_.JudgeTarget(*listener.load_balancer, node, *target.target, preserves ? client_address_ : std::string())
           .admitted) {
    dial.outcome = Dial::Outcome::kNobody;
  } else if (settings.target_type == TargetType::kLoadBalancer) {
    joined = JoinTarget(routing, *target.target);
    dial.outcome = joined < 0 ? Dial::Outcome::kRefused : Dial::Outcome::kConnect;
  } else {
    dial = shared_.hosts.Locate(settings.vpc_id, target.target->address, target.target->port,
                                preserves ? client_address_ : node.private_address);
  }
  if (dial.outcome == Dial::Outcome::kNobody) {
    Timer timer(worker_.context().get_executor(), shared_.ConnectTimeout());
    co_await timer.async_wait(Into(error));
  }
  auto upstream = std::make_unique<Upstream>(worker_.context());
  upstream->target = target.state;
  if (dial.outcome != Dial::Outcome::kConnect) {
    error = net::error::connection_refused;
    co_return upstream;
  }
  Socket& socket = upstream->stream.socket();
  ExpireIn(kConnectTimeout);
  if (joined >= 0) {
    socket.assign(tcp::v4(), joined, error);
  } else {
    const auto address = net::ip::make_address(dial.address, error);
    if (!error) co_await socket.async_connect({address, dial.port}, Into(error));
    error_code ignored;
    if (!error) socket.set_option(tcp::no_delay(true), ignored);
  }
  if (error) co_return upstream;
  std::string preface = std::move(dial.preface);
  if (settings.proxy_protocol) {
    preface += ProxyHeader({client_address_, static_cast<std::uint16_t>(client_port_), node.private_address,
                            static_cast<std::uint16_t>(listener_port_)});
  }
  co_await net::async_write(socket, net::buffer(preface), Into(error));
  if (!error && settings.protocol == Protocol::kTls) {
    auto& tls = upstream->stream.BeginTls(TargetTlsContext());
    co_await tls.async_handshake(net::ssl::stream_base::client, Into(error));
  }
  co_return upstream;
}

int TcpConnection::JoinTarget(const Routing& routing, const Target& target) const {
  const RoutedListener* const behind = routing.FindListenerOf(target.id, target.port);
  return behind == nullptr ? -1 : shared_.join(behind->own_address, target.port, {client_address_, client_port_});
}

}  // namespace drydock::loadbalancer
