// What a rule changes of a request before its target gets it. Pure.
// Source: Application Load Balancer guide, "Transforms for listener rules".
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/loadbalancer/configuration.h"

namespace drydock::loadbalancer {

// A rule's transforms with their expressions compiled. Immutable.
class Transforms {
 public:
  explicit Transforms(const Rule& rule);
  ~Transforms();
  Transforms(Transforms&&) noexcept;
  Transforms& operator=(Transforms&&) noexcept;

  bool empty() const { return host_ == nullptr && url_ == nullptr; }

  struct Result {
    bool failed = false;              // a match whose outcome is no host or no path: answered with 500
    std::optional<std::string> host;  // what was rewritten
    std::optional<std::string> uri;   // path and query string
  };
  // `host` is without port, `uri` the path with its query string. Where nothing matches, nothing is rewritten.
  Result Apply(std::string_view host, std::string_view uri) const;

 private:
  struct Prepared;
  std::unique_ptr<const Prepared> host_, url_;
};

}  // namespace drydock::loadbalancer
