#include "emulator/loadbalancer/worker.h"

#include <sys/socket.h>

#include "emulator/core/log.h"
#include "emulator/loadbalancer/client_connection.h"
#include "emulator/loadbalancer/tcp_connection.h"
#include "emulator/loadbalancer/tls.h"

namespace drydock::loadbalancer {

namespace {
constexpr auto kSweepInterval = std::chrono::milliseconds(250);
constexpr std::size_t kVerdictLimit = 10'000;
constexpr std::size_t kIdleLimit = 512;  // per target and worker
constexpr std::size_t kSpareRecords = 64;

// Neither closed by the other side nor with bytes that nobody asked for.
bool IsQuietAndOpen(Socket& socket) {
  char byte;
  const auto received = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}
}  // namespace

std::shared_ptr<const Routing> Shared::routing() const {
  std::lock_guard lock(mutex_);
  return routing_;
}

void Shared::Publish(std::shared_ptr<const Routing> routing) {
  std::lock_guard lock(mutex_);
  routing_ = std::move(routing);
  version_.fetch_add(1, std::memory_order_release);
}

Worker::Worker(Shared& shared)
    : shared_(shared), random_(std::random_device()()), tls_(std::make_unique<TlsServer>()) {}

Worker::~Worker() {
  idle_.clear();  // before the context that their sockets belong to
}

void Worker::Start() {
  thread_ = std::thread([this] {
    const auto work = net::make_work_guard(context_);
    while (!context_.stopped()) {
      try {
        context_.run();
      } catch (const std::exception& error) {
        // One connection's fault (such as no memory for it) must not end all others.
        log::Error("load balancer: {}", error.what());
      }
    }
  });
}

void Worker::Stop() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

const std::shared_ptr<const Routing>& Worker::CurrentRouting() {
  const std::uint64_t version = shared_.version();
  if (version != routing_version_) {
    routing_ = shared_.routing();
    routing_version_ = version;
    verdicts_.clear();
    std::erase_if(idle_,
                  [](const auto& entry) { return entry.second.empty() || entry.second.front()->target->withdrawn; });
  }
  return routing_;
}

template <class Judge>
const Verdict& Worker::Remembered(const void* subject, const Node& node, std::string_view peer, int port, Judge judge) {
  const std::uint64_t version = shared_.network.Version();
  if (version != verdicts_version_ || verdicts_.size() > kVerdictLimit) {
    verdicts_.clear();
    verdicts_version_ = version;
  }
  const auto append = [this](const void* bytes, std::size_t size) {
    verdict_key_.append(static_cast<const char*>(bytes), size);
  };
  const void* const node_pointer = &node;
  verdict_key_.clear();
  append(&subject, sizeof subject);
  append(&node_pointer, sizeof node_pointer);
  append(&port, sizeof port);
  verdict_key_ += peer;
  const auto known = verdicts_.find(verdict_key_);
  if (known != verdicts_.end()) return known->second;
  return verdicts_.emplace(verdict_key_, judge()).first->second;
}

const Verdict& Worker::JudgeClient(const RoutedListener& listener, const Node& node, const std::string& source) {
  const LoadBalancer& load_balancer = *listener.load_balancer;
  return Remembered(&listener, node, source, listener.listener->port, [&] {
    Verdict verdict = shared_.network.ClientToLoadBalancer(load_balancer, node, source, listener.listener->port);
    if (!verdict.admitted) {
      log::Info("load balancer {}: {} may not connect to port {}: {}", load_balancer.name, source,
                listener.listener->port, verdict.explanation);
    }
    return verdict;
  });
}

const Verdict& Worker::JudgeTarget(const LoadBalancer& load_balancer, const Node& node, const Target& target,
                                   const std::string& client_address) {
  const std::string peer = client_address.empty() ? target.address : target.address + '|' + client_address;
  return Remembered(&load_balancer, node, peer, target.port, [&] {
    Verdict verdict =
        shared_.network.LoadBalancerToTarget(load_balancer, node, target.address, target.port, client_address);
    if (!verdict.admitted) {
      log::Info("load balancer {}: no way to {}:{}: {}", load_balancer.name, target.address, target.port,
                verdict.explanation);
    }
    return verdict;
  });
}

const RoutedTarget* Worker::Choose(const RoutedGroup& group, std::size_t& node_index, std::uint64_t ticket) {
  if (group.targets.empty()) return nullptr;
  const LoadBalancer& load_balancer = *group.load_balancer;
  const auto reaches = [&](const Node& node, const RoutedTarget& target) {
    const std::string& zone = target.target->availability_zone;
    return group.cross_zone || zone == node.availability_zone || zone == "all";
  };
  // Zones without a healthy target, or without any where none is healthy, are taken out of the DNS; here the connection
  // comes to another zone's node then.
  const auto find_node = [&](bool healthy) {
    for (std::size_t i = 0; i < load_balancer.nodes.size(); ++i) {
      const Node& candidate = NodeAt(load_balancer, node_index + i);
      const bool alive = std::any_of(group.targets.begin(), group.targets.end(), [&](const RoutedTarget& target) {
        return (target.state->healthy || !healthy) && reaches(candidate, target);
      });
      if (!alive) continue;
      node_index += i;
      return true;
    }
    return false;
  };
  if (!group.cross_zone && !find_node(/*healthy=*/true)) find_node(/*healthy=*/false);
  const Node& node = NodeAt(load_balancer, node_index);
  const Seconds slow_start = group.group->slow_start;
  candidates_.clear();
  candidate_targets_.clear();
  for (const RoutedTarget& target : group.targets) {
    if (!reaches(node, target)) continue;
    Candidate candidate{target.state->healthy.load(std::memory_order_relaxed),
                        target.state->outstanding_requests.load(std::memory_order_relaxed)};
    if (slow_start.count() > 0) {
      const std::int64_t since = target.state->slow_start;
      if (since != 0) candidate.share = SlowStartShare(shared_.clock.Now().milliseconds - since, slow_start);
    }
    candidates_.push_back(candidate);
    candidate_targets_.push_back(&target);
  }
  const auto chosen =
      ChooseTarget(candidates_, group.group->algorithm, ticket, MinimumHealthy(*group.group, candidates_.size()));
  return chosen ? candidate_targets_[*chosen] : nullptr;
}

std::unique_ptr<Upstream> Worker::TakeIdle(const TargetState* target, const std::string& node_address) {
  const auto found = idle_.find(target);
  if (found == idle_.end()) return nullptr;
  auto& connections = found->second;
  for (std::size_t i = connections.size(); i-- > 0;) {
    if (connections[i]->node_address != node_address) continue;
    std::unique_ptr<Upstream> upstream = std::move(connections[i]);
    connections.erase(connections.begin() + static_cast<std::ptrdiff_t>(i));
    if (IsQuietAndOpen(upstream->stream.socket())) return upstream;
  }
  return nullptr;
}

void Worker::PutIdle(std::unique_ptr<Upstream> upstream, SteadyClock::duration keep) {
  if (upstream->target->withdrawn) return;
  auto& connections = idle_[upstream->target.get()];
  if (connections.size() >= kIdleLimit) return;
  upstream->reused = true;
  upstream->buffer.Shrink();
  upstream->idle_until = SteadyClock::now() + keep;
  connections.push_back(std::move(upstream));
}

void Worker::Watch(Watched* connection) {
  watched_.insert(connection);
  if (!sweeping_) {
    sweeping_ = true;
    net::co_spawn(context_, Sweep(), net::detached);
  }
}

Async<void> Worker::Sweep() {
  Timer timer(context_.get_executor());
  while (!watched_.empty() || !idle_.empty()) {
    timer.expires_after(kSweepInterval);
    error_code error;
    co_await timer.async_wait(Into(error));
    const auto now = SteadyClock::now();
    for (Watched* const connection : watched_) {
      if (connection->deadline() <= now || connection->IsGone()) connection->Expire();
    }
    for (auto& [target, connections] : idle_) {
      std::erase_if(connections, [now](const auto& upstream) {
        return upstream->idle_until <= now || upstream->target->withdrawn || !IsQuietAndOpen(upstream->stream.socket());
      });
    }
    std::erase_if(idle_, [](const auto& entry) { return entry.second.empty(); });
  }
  sweeping_ = false;
}

Async<void> ServeClient(Worker& worker, Socket socket, int listener_port, std::string local_address,
                        Introduction introduction) {
  const bool is_http = worker.CurrentRouting()->ServesHttp(listener_port, local_address);
  if (is_http) {
    ClientConnection connection(worker, std::move(socket), listener_port, std::move(local_address),
                                std::move(introduction));
    co_await connection.Run();
  } else {
    TcpConnection connection(worker, std::move(socket), listener_port, std::move(local_address));
    co_await connection.Run();
  }
}

std::unique_ptr<AccessLogRecord> Worker::BeginRecord() {
  if (spare_records_.empty()) return std::make_unique<AccessLogRecord>();
  static const AccessLogRecord kEmpty;
  std::unique_ptr<AccessLogRecord> record = std::move(spare_records_.back());
  spare_records_.pop_back();
  *record = kEmpty;  // the strings keep their space
  return record;
}

void Worker::EndRecord(std::unique_ptr<AccessLogRecord> record) {
  std::unique_ptr<AccessLogRecord> spare = shared_.events.access_log(std::move(record));
  if (spare != nullptr && spare_records_.size() < kSpareRecords) spare_records_.push_back(std::move(spare));
}

const std::string& Worker::Date() {
  const Timestamp now = shared_.clock.Now();
  if (now.milliseconds / 1000 != date_second_) {
    date_second_ = now.milliseconds / 1000;
    date_ = FormatHttpDate(now);
  }
  return date_;
}

}  // namespace drydock::loadbalancer
