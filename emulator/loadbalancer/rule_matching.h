// Which rule of a listener a request meets. Pure.
// Source: Application Load Balancer guide, "Listener rules", "Condition types for listener rules".
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "emulator/loadbalancer/configuration.h"
#include "emulator/loadbalancer/http_message.h"
#include "emulator/loadbalancer/transforms.h"

namespace drydock::loadbalancer {

// What of a request the conditions look at.
struct RequestFacts {
  std::string_view method;
  std::string_view host;   // with or without port
  std::string_view path;   // as sent: percent-encoding is not decoded
  std::string_view query;  // without '?'
  std::string_view source_address;
  const std::vector<Field>* fields = nullptr;
};

// A listener's rules, prepared: in the order of their priority, regular expressions compiled. Immutable.
// A regular expression that RE2 cannot read matches nothing.
class ListenerRules {
 public:
  explicit ListenerRules(const Listener& listener);
  ~ListenerRules();
  ListenerRules(ListenerRules&&) noexcept;

  struct Match {
    const Action* action = nullptr;
    int priority = 0;                        // 0: the default action
    const Transforms* transforms = nullptr;  // nullptr: the rule has none
  };
  Match Find(const RequestFacts& request) const;

 private:
  struct PreparedRule;
  std::vector<PreparedRule> rules_;
  const Action* default_action_;
};

// True when the IPv4 or IPv6 `address` lies in `cidr`; false also for what is neither.
bool AddressInCidr(std::string_view address, std::string_view cidr);

// "example.com:8080" -> "example.com"; "[::1]:80" -> "[::1]".
std::string_view HostWithoutPort(std::string_view host);

}  // namespace drydock::loadbalancer
