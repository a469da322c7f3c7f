// Questions that people ask the network: may this reach that, and what would a client see. Answered as JSON and text.
#pragma once

#include <string>

#include "emulator/tasks/runtime.h"
#include "emulator/world/ends.h"
#include "emulator/world/flow_recorder.h"
#include "emulator/world/network.h"

namespace drydock::world {

class NetworkQuestions {
 public:
  // The references must outlive this.
  NetworkQuestions(store::Database& database, const NetworkWorld& network, FlowRecorder& flows,
                   const tasks::Runtime& runtime, ServiceCalled service_called)
      : database_(database),
        network_(network),
        flows_(flows),
        runtime_(runtime),
        ends_(database, std::move(service_called)) {}

  struct Question {
    std::string from;              // as Ends::Source takes it
    std::string to;                // as Ends::Destination takes it, with a port for tcp and udp
    std::string protocol = "tcp";  // tcp | udp | icmp
  };
  // {"from", "to", "protocol", "port", "reachable", "forward", "return", "explanations", "remedies", "text"}; the text
  // is for people. Throws UnknownEnd.
  std::string Explain(const Question& question) const;

  // As if the task opened a TCP connection to "<destination>:<port>": {"from", "to", "result", "explanation", …}; the
  // result is connected, refused or timed out. Never throws: what cannot be asked has the result "unknown".
  std::string Connect(const std::string& task_arn, const std::string& to) const;

 private:
  struct Reaction {
    std::string result;
    std::string why;
  };
  Reaction ReactionAt(const network::Topology& topology, const network::Path& path, std::uint16_t port) const;

  store::Database& database_;
  const NetworkWorld& network_;
  FlowRecorder& flows_;
  const tasks::Runtime& runtime_;
  const Ends ends_;
};

}  // namespace drydock::world
