// The access log lines of load balancers: a table of its own, because there are many. Each load balancer keeps its
// latest.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/table.h"

namespace drydock::store {

struct AccessLogLine {
  Timestamp time;
  std::string text;  // as AWS writes it, without its end
};

// The lines as a transaction sees them. Load balancers are named by their ARNs.
class AccessLogLines {
 public:
  explicit AccessLogLines(Transaction& tx) : tx_(tx), connection_(tx.connection_) {}

  // Drops the oldest where there are then more than `keep`.
  void Append(const std::string& load_balancer, const std::vector<AccessLogLine>& lines, std::size_t keep);
  // At most `limit`, oldest first.
  std::vector<AccessLogLine> Latest(const std::string& load_balancer, std::size_t limit);
  void Erase(const std::string& load_balancer);

 private:
  Transaction& tx_;
  Connection& connection_;
};

}  // namespace drydock::store
