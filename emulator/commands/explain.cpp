#include <cstdio>
#include <memory>

#include <fmt/format.h>
#include <rapidjson/document.h>

#include "emulator/commands/command.h"
#include "emulator/http/client.h"

namespace drydock::commands {
namespace {

struct ExplainOptions {
  std::string endpoint;
  std::string from;
  std::string to;
  std::string protocol = "tcp";
  bool json = false;
};

int Explain(const ExplainOptions& options) {
  try {
    const http::Client client(http::EndpointOrDefault(options.endpoint));
    const http::Answer answer =
        client.Get("/_drydock/explain", {{"from", options.from}, {"to", options.to}, {"protocol", options.protocol}});
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(answer.body.data(), answer.body.size());
    const bool understood = answer.ok() && !document.HasParseError() && document.IsObject() &&
                            document.HasMember("reachable") && document["reachable"].IsBool() &&
                            document.HasMember("text") && document["text"].IsString();
    if (!understood) {
      fmt::print(stderr, "drydock: {}\n", http::Client::MessageOf(answer));
      return kUnclear;
    }
    fmt::print("{}", options.json ? answer.body : document["text"].GetString());
    return document["reachable"].GetBool() ? kYes : kNo;
  } catch (const http::CannotAsk& error) {
    fmt::print(stderr, "drydock: {}\n", error.what());
    return kUnclear;
  }
}

}  // namespace

void DeclareExplain(CLI::App& app, Commands& commands) {
  const auto options = std::make_shared<ExplainOptions>();
  CLI::App* explain =
      app.add_subcommand("explain", "Why traffic passes or does not: 0 when it does, 1 when not, 2 when unclear");
  explain->add_option("--from", options->from, "A task (ARN or id), eni-…, i-…, an address, or internet")->required();
  explain
      ->add_option("--to", options->to,
                   "The same, a load balancer, an AWS service (secretsmanager) or a host, with :<port>")
      ->required();
  explain->add_option("--protocol", options->protocol, "tcp, udp or icmp")
      ->check(CLI::IsMember({"tcp", "udp", "icmp"}))
      ->capture_default_str();
  explain->add_flag("--json", options->json, "The whole answer for scripts");
  AddEndpointFlag(*explain, options->endpoint);
  commands.push_back({explain, [options] { return Explain(*options); }});
}

}  // namespace drydock::commands
