#include "emulator/world/questions.h"

#include <fmt/format.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include "emulator/core/text.h"
#include "emulator/network/story.h"
#include "store/records/ec2/network_interface.h"
#include "store/records/elbv2/listener.h"
#include "store/records/elbv2/load_balancer.h"

namespace drydock::world {

namespace {

using network::Path;
using Writer = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

void Member(Writer& writer, const char* name, std::string_view value) {
  writer.Key(name);
  writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

template <class Members>
std::string JsonObject(Members members) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.SetIndent(' ', 2);
  writer.StartObject();
  members(writer);
  writer.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

void WriteHops(Writer& writer, const char* name, const std::vector<network::Hop>& hops) {
  writer.Key(name);
  writer.StartArray();
  for (const auto& hop : hops) {
    writer.StartObject();
    Member(writer, "component", NameOf(hop.component));
    Member(writer, "id", hop.id);
    writer.Key("admitted");
    writer.Bool(hop.admitted);
    Member(writer, "what", DescribeHop(hop));
    if (!hop.subnet_id.empty()) Member(writer, "subnet", hop.subnet_id);
    writer.EndObject();
  }
  writer.EndArray();
}

void WriteExplanations(Writer& writer, const Path& path) {
  writer.Key("explanations");
  writer.StartArray();
  for (const auto& each : path.explanations) {
    writer.StartObject();
    Member(writer, "code", NameOf(each.code));
    Member(writer, "component", each.component_id);
    writer.Key("onReturn");
    writer.Bool(each.on_return);
    Member(writer, "text", Describe(each));
    writer.EndObject();
  }
  writer.EndArray();
}

void WriteTexts(Writer& writer, const char* name, const std::vector<std::string>& texts) {
  writer.Key(name);
  writer.StartArray();
  for (const auto& text : texts) writer.String(text);
  writer.EndArray();
}

void WritePath(Writer& writer, const Path& path, const std::vector<std::string>& remedies) {
  WriteHops(writer, "forward", path.forward);
  WriteHops(writer, "return", path.back);
  WriteExplanations(writer, path);
  WriteTexts(writer, "remedies", remedies);
}

network::Protocol ProtocolNamed(const std::string& name) {
  if (name == "tcp") return network::Protocol::kTcp;
  if (name == "udp") return network::Protocol::kUdp;
  if (name == "icmp") return network::Protocol::kIcmp;
  throw UnknownEnd("\"" + name + "\" is no protocol: give tcp, udp or icmp.");
}

void AppendHops(std::string& text, const char* title, const std::vector<network::Hop>& hops) {
  if (hops.empty()) return;
  text += fmt::format("\n{}\n  {}\n\n", title, DrawLine(hops));
  for (const auto& hop : hops) {
    std::string line = fmt::format("  {} {:<28} {:<26} {}", hop.admitted ? "  " : "X ", WordsFor(hop.component), hop.id,
                                   DescribeHop(hop));
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
}

std::string Told(const NetworkQuestions::Question& question, const std::string& port, const Path& path,
                 const std::vector<std::string>& remedies) {
  std::string text =
      fmt::format("{} to {}{}, {}: {}\n", question.from, SplitPort(question.to).name,
                  port.empty() ? "" : " port " + port, question.protocol, path.reachable() ? "REACHABLE" : "BLOCKED");
  AppendHops(text, "There", path.forward);
  AppendHops(text, "And back", path.back);
  if (!path.explanations.empty()) text += "\nWhy not\n";
  for (const auto& each : path.explanations) text += fmt::format("  {}: {}\n", NameOf(each.code), Describe(each));
  if (!remedies.empty()) text += "\nWhat would open it\n";
  for (const auto& remedy : remedies) text += "  " + remedy + "\n";
  return text;
}

std::string AllExplanations(const Path& path) {
  std::string text;
  for (const auto& each : path.explanations) text += (text.empty() ? "" : " ") + Describe(each);
  return text;
}

bool Contains(const std::string& ports, std::uint16_t port) {
  for (const auto& each : Split(ports, ',')) {
    const auto first = each.find_first_not_of(' ');
    if (first != std::string::npos &&
        each.substr(first, each.find_last_not_of(' ') - first + 1) == std::to_string(port))
      return true;
  }
  return false;
}

// The tag by which a simulated host says on which ports it answers.
constexpr char kListenTag[] = "drydock:listen";

}  // namespace

std::string NetworkQuestions::Explain(const Question& question) const {
  const auto topology = network_.Current();
  const NameAndPort to = SplitPort(question.to);
  network::Flow flow;
  flow.protocol = ProtocolNamed(question.protocol);
  const bool ports = flow.protocol != network::Protocol::kIcmp;
  if (ports && !to.port) throw UnknownEnd("Name the port: " + question.to + ":<port>.");
  if (to.port) flow.destination_ports = network::PortRange::One(*to.port);
  flow.source = ends_.Source(topology, question.from);
  flow.destination = ends_.Destination(topology, to.name, flow.source);
  const Path path = network::Evaluate(topology, flow);
  if (path.outcome == network::Outcome::kUnknownEndpoint)
    throw UnknownEnd(AllExplanations(path) +
                     " An address alone is found when one VPC only has it, and only one end can " +
                     "be outside all VPCs.");
  const auto remedies = network::Remedies(topology, flow, path);
  return JsonObject([&](Writer& writer) {
    Member(writer, "from", question.from);
    Member(writer, "to", to.name);
    Member(writer, "protocol", question.protocol);
    if (ports) {
      writer.Key("port");
      writer.Uint(*to.port);
    }
    writer.Key("reachable");
    writer.Bool(path.reachable());
    WritePath(writer, path, remedies);
    Member(writer, "text", Told(question, ports ? std::to_string(*to.port) : "", path, remedies));
  });
}

std::string NetworkQuestions::Connect(const std::string& task_arn, const std::string& to) const {
  const auto unknown = [&](const std::string& why) {
    return JsonObject([&](Writer& writer) {
      Member(writer, "from", task_arn);
      Member(writer, "to", to);
      Member(writer, "result", "unknown");
      Member(writer, "explanation", why);
    });
  };
  try {
    const auto topology = network_.Current();
    const NameAndPort destination = SplitPort(to);
    if (!destination.port) return unknown("Name the destination with its port: ?to=10.0.20.5:27017");
    network::Flow flow;
    flow.source = ends_.Source(topology, task_arn);
    flow.destination = ends_.Destination(topology, destination.name, flow.source);
    flow.destination_ports = network::PortRange::One(*destination.port);
    const Path path = network::Evaluate(topology, flow);
    flows_.Saw(topology, path);
    const Reaction reaction = ReactionAt(topology, path, *destination.port);
    return JsonObject([&](Writer& writer) {
      Member(writer, "from", task_arn);
      Member(writer, "to", to);
      Member(writer, "result", reaction.result);
      Member(writer, "explanation", reaction.why);
      Member(writer, "address", path.final_destination.ToString());
      Member(writer, "seenAs", path.seen_source.ToString());
      WritePath(writer, path, network::Remedies(topology, flow, path));
    });
  } catch (const std::exception& error) {
    return unknown(error.what());
  }
}

NetworkQuestions::Reaction NetworkQuestions::ReactionAt(const network::Topology& topology, const Path& path,
                                                        std::uint16_t port) const {
  constexpr char kConnected[] = "connected", kRefused[] = "refused", kTimedOut[] = "timed out";
  if (!path.reachable()) return {kTimedOut, AllExplanations(path)};
  const std::string& id = path.destination_interface_id;
  if (id.empty()) return {kConnected, "The network lets it pass; hosts outside the VPCs are taken to answer."};
  const auto* end = topology.Find<network::NetworkInterface>(id);
  if (!end) return {kTimedOut, "The network interface " + id + " is gone."};
  const std::string address = path.final_destination.ToString();
  const auto listening = [&](bool listens, const std::string& who) -> Reaction {
    if (listens) return {kConnected, fmt::format("The network lets it pass, and {} listens on port {}.", who, port)};
    return {kRefused, fmt::format("The network lets it pass, but {} does not listen on port {}.", who, port)};
  };
  // What endpoints and load balancers do with a port on which they do not listen is unconfirmed.
  if (end->interface_type == "vpc_endpoint") return listening(port == 443, "the interface endpoint's " + id);
  switch (runtime_.Locate(end->vpc_id, address, port, path.seen_source.ToString()).outcome) {
    case tasks::Dial::Outcome::kConnect:
      return listening(true, "the host at " + address);
    case tasks::Dial::Outcome::kRefused:
      return listening(false, "the host at " + address);
    case tasks::Dial::Outcome::kNobody:
      break;
  }
  return database_.Read([&](store::Transaction& tx) -> Reaction {
    for (const auto& [scope, each] : tx.ListAll<records::elbv2::LoadBalancer>()) {
      for (const auto& zone : each.zones) {
        if (zone.network_interface_id != id) continue;
        bool listens = false;
        for (const auto& listener : tx.List<records::elbv2::Listener>(
                 scope, store::Where(&records::elbv2::Listener::load_balancer_arn, each.arn)))
          listens |= listener.port == port;
        return listening(listens, "the load balancer " + each.name);
      }
    }
    for (const auto& [scope, each] : tx.ListAll<records::ec2::NetworkInterface>()) {
      if (each.network_interface_id != id) continue;
      if (each.instance_id) return {kTimedOut, "The instance " + *each.instance_id + " is not running."};
      const auto tag = each.tags.find(kListenTag);
      return listening(tag != each.tags.end() && Contains(tag->second, port), "the host of " + id);
    }
    return {kTimedOut, "Nobody is at " + address + "."};
  });
}

}  // namespace drydock::world
