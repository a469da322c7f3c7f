#include "emulator/loadbalancer/listening.h"

#include <algorithm>
#include <future>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "emulator/core/log.h"
#include "emulator/core/text.h"

namespace drydock::loadbalancer {

namespace {

constexpr int kBacklog = 1024;

Async<void> AcceptConnections(std::shared_ptr<Acceptor> acceptor, std::function<Worker&()> choose, int listener_port) {
  while (acceptor->is_open()) {
    Worker& worker = choose();
    Socket socket(worker.context());
    error_code error;
    co_await acceptor->async_accept(socket, Into(error));
    if (error == net::error::operation_aborted || !acceptor->is_open()) co_return;
    if (error) {
      // Out of file descriptors, as a rule: trying again at once would only burn time.
      log::Warning("load balancer: cannot accept a connection on port {}: {}", listener_port, error.message());
      Timer pause(acceptor->get_executor(), std::chrono::milliseconds(50));
      co_await pause.async_wait(Into(error));
      continue;
    }
    socket.set_option(tcp::no_delay(true), error);
    const auto local = socket.local_endpoint(error);
    net::co_spawn(
        worker.context(),
        ServeClient(worker, std::move(socket), listener_port, error ? std::string() : local.address().to_string()),
        net::detached);
  }
}

std::string NameOf(Protocol protocol) {
  switch (protocol) {
    case Protocol::kHttp:
      return "HTTP";
    case Protocol::kHttps:
      return "HTTPS";
    case Protocol::kTcp:
      return "TCP";
    case Protocol::kTls:
      return "TLS";
    case Protocol::kUnserved:
      break;
  }
  return "";
}

std::string UrlHost(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

}  // namespace

Listening::Listening(net::io_context& context, const DataPlaneOptions& options, std::function<Worker&()> choose)
    : context_(context), options_(options), choose_(std::move(choose)) {}

bool Listening::HostIsWildcard() const {
  error_code error;
  const auto address = net::ip::make_address(options_.host, error);
  return !error && address.is_unspecified();
}

void Listening::Update(const Routing& routing) {
  std::set<Key> wanted;
  for (const auto& listener : routing.configuration().listeners) {
    if (listener->protocol == Protocol::kUnserved) continue;
    wanted.emplace(options_.host, listener->port);
    if (!options_.own_addresses || HostIsWildcard()) continue;
    const std::string own = routing.OwnAddressOf(listener->load_balancer_arn);
    if (!own.empty()) wanted.emplace(own, listener->port);
  }
  for (auto it = opened_.begin(); it != opened_.end();) {
    if (wanted.contains(it->first)) {
      ++it;
      continue;
    }
    if (it->second.acceptor != nullptr) Close(it->second.acceptor);
    it = opened_.erase(it);
  }
  for (const Key& key : wanted) {
    // One that failed is tried again: the port may have become free.
    const auto found = opened_.find(key);
    if (found != opened_.end() && found->second.acceptor != nullptr) continue;
    opened_[key] = Open(key.first, key.second);
  }
}

Listening::Opened Listening::Open(const std::string& address, int listener_port) {
  Opened opened;
  error_code error;
  const auto host = net::ip::make_address(address, error);
  if (error) {
    opened.note = fmt::format("\"{}\" is not an address", address);
    return opened;
  }
  for (const int port : {listener_port, listener_port + options_.port_offset}) {
    if (port > 65535) break;
    auto acceptor = std::make_shared<Acceptor>(context_.get_executor());
    const tcp::endpoint endpoint(host, static_cast<std::uint16_t>(port));
    acceptor->open(endpoint.protocol(), error);
    if (!error) acceptor->set_option(net::socket_base::reuse_address(true), error);
    if (!error) acceptor->bind(endpoint, error);
    if (!error) acceptor->listen(kBacklog, error);
    if (error) {
      opened.note += fmt::format("{}port {}: {}", opened.note.empty() ? "" : "; ", port, error.message());
      continue;
    }
    opened.acceptor = acceptor;
    opened.port = port;
    net::co_spawn(context_, AcceptConnections(acceptor, choose_, listener_port), net::detached);
    return opened;
  }
  log::Warning("load balancer: a listener on port {} is not served on {}: {}", listener_port, address, opened.note);
  return opened;
}

void Listening::Close(const std::shared_ptr<Acceptor>& acceptor) {
  std::promise<void> closed;
  net::post(context_, [&] {
    error_code ignored;
    acceptor->close(ignored);
    closed.set_value();
  });
  closed.get_future().wait();
}

std::vector<ListeningEndpoint> Listening::Endpoints(const Routing& routing) const {
  std::vector<ListeningEndpoint> endpoints;
  auto listeners = routing.configuration().listeners;
  std::sort(listeners.begin(), listeners.end(), [](const auto& a, const auto& b) {
    return std::tie(a->load_balancer_arn, a->port) < std::tie(b->load_balancer_arn, b->port);
  });
  for (const auto& pointer : listeners) {
    const Listener& listener = *pointer;
    const LoadBalancer* const load_balancer = routing.FindLoadBalancer(listener.load_balancer_arn);
    if (load_balancer == nullptr) continue;
    ListeningEndpoint endpoint;
    endpoint.load_balancer_arn = load_balancer->arn;
    endpoint.load_balancer_name = load_balancer->name;
    endpoint.listener_arn = listener.arn;
    endpoint.listener_port = listener.port;
    endpoint.protocol = NameOf(listener.protocol);
    if (listener.protocol == Protocol::kUnserved) {
      if (listener.port == 0) continue;  // a gateway load balancer's has none
      endpoint.protocol = "UDP";
      endpoint.note = "UDP is not served";
      endpoints.push_back(std::move(endpoint));
      continue;
    }
    const bool http = listener.protocol == Protocol::kHttp || listener.protocol == Protocol::kHttps;
    const bool alone = routing.HostsOf(listener.port).size() == 1;
    const auto add = [&](const std::string& address, const std::string& url_host, const std::string& host_header) {
      const auto found = opened_.find({address, listener.port});
      if (found == opened_.end()) return;
      ListeningEndpoint one = endpoint;
      one.served = found->second.acceptor != nullptr;
      one.note = found->second.note;
      if (!http && !alone && address == options_.host) {
        one.served = false;
        one.note = "several load balancers listen on this port; this one is reached at its own address";
      }
      if (one.served) {
        one.url = fmt::format("{}://{}:{}{}", Lowercase(endpoint.protocol), UrlHost(url_host), found->second.port,
                              http ? "/" : "");
      }
      one.host = host_header;
      endpoints.push_back(std::move(one));
    };
    const bool wildcard = HostIsWildcard();
    const std::string shared = wildcard ? "127.0.0.1" : options_.host;
    add(options_.host, load_balancer->dns_name, "");
    add(options_.host, shared, alone ? "" : load_balancer->dns_name);
    if (options_.own_addresses) {
      const std::string own = routing.OwnAddressOf(load_balancer->arn);
      if (!own.empty()) add(wildcard ? options_.host : own, own, "");
    }
  }
  return endpoints;
}

}  // namespace drydock::loadbalancer
