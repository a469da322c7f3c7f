// Remembers the flows that the network decided, for VPC flow logs to fetch.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "emulator/core/clock.h"
#include "emulator/network/flow_record.h"
#include "store/database.h"

namespace drydock::world {

// Thread-safe. Costs one look at a flag as long as there is no flow log. What is not fetched when the process ends is
// lost.
class FlowRecorder {
 public:
  // The references must outlive this.
  FlowRecorder(store::Database& database, Clock& clock);
  ~FlowRecorder();
  FlowRecorder(const FlowRecorder&) = delete;
  FlowRecorder& operator=(const FlowRecorder&) = delete;

  // Whether any flow log is there.
  bool wanted() const;

  // One connection along `path`. Connections between the same two ends and to the same port count as one flow until the
  // next Take: the sender's port is made up from the ends.
  void Saw(const network::Topology& topology, const network::Path& path);

  // What the flow log's resource has seen since the last time, of every traffic type, in the order it was seen.
  std::vector<network::FlowRecord> Take(const std::string& flow_log_id);

 private:
  class Store;
  std::shared_ptr<Store> store_;  // shared with a commit that is being announced on another thread
  store::Subscription subscription_;
};

}  // namespace drydock::world
