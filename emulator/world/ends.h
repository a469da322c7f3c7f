// The ends of a flow as people name them: a task, a network interface, an address, a load balancer, a service, the
// internet.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include "emulator/network/evaluate.h"
#include "store/database.h"

namespace drydock::world {

// Nothing has this name, or it cannot be such an end; what() is a sentence for the asker.
class UnknownEnd : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The endpoint service name, com.amazonaws.<region>.<service>, of a service called by that name, by its short name or
// by its host's name; nullopt for others.
using ServiceCalled = std::function<std::optional<std::string>(const std::string& text, const std::string& region)>;

// "10.0.20.5:27017", "[2001:db8::1]:443", "secretsmanager:443", "eni-1": the name and the port, if there is one. Throws
// UnknownEnd for a port that is none.
struct NameAndPort {
  std::string name;
  std::optional<std::uint16_t> port;
};
NameAndPort SplitPort(const std::string& text);

// Finds what is named; all of it as of `topology`.
class Ends {
 public:
  // The references must outlive this.
  Ends(store::Database& database, ServiceCalled service_called)
      : database_(database), service_called_(std::move(service_called)) {}

  // A source: `internet`, a task (ARN or id), a network interface, an instance, or an address. Throws UnknownEnd.
  network::Endpoint Source(const network::Topology& topology, const std::string& name) const;

  // A destination, as the source reaches it: all that a source can be; a load balancer (ARN, name or DNS name: its
  // first node, an internet-facing one at its public address); an AWS service; any other host's name is one on the
  // internet. Throws UnknownEnd.
  network::Endpoint Destination(const network::Topology& topology, const std::string& name,
                                const network::Endpoint& source) const;

 private:
  std::optional<network::Endpoint> Resource(const network::Topology& topology, const std::string& name) const;
  std::optional<network::Endpoint> LoadBalancer(const network::Topology& topology, const std::string& name) const;

  store::Database& database_;
  const ServiceCalled service_called_;
};

}  // namespace drydock::world
