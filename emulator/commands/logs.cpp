// `drydock logs access <load balancer>`: its latest access log lines, as AWS writes them.
#include <cstdio>
#include <memory>

#include <fmt/format.h>
#include <rapidjson/document.h>

#include "emulator/commands/command.h"
#include "emulator/http/client.h"

namespace drydock::commands {

namespace {

struct Flags {
  std::string endpoint;
  std::string load_balancer;
  int limit = 100;
};

int PrintAccessLog(const Flags& flags) {
  try {
    const http::Client client(http::EndpointOrDefault(flags.endpoint));
    const http::Answer answer = client.Get(
        "/_drydock/access-log", {{"load_balancer", flags.load_balancer}, {"limit", std::to_string(flags.limit)}});
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(answer.body.data(), answer.body.size());
    const bool understood = answer.ok() && !document.HasParseError() && document.IsObject() &&
                            document.HasMember("lines") && document["lines"].IsArray();
    if (!understood) {
      fmt::print(stderr, "drydock: {}\n", http::Client::MessageOf(answer));
      return kUnclear;
    }
    for (const auto& line : document["lines"].GetArray()) fmt::print("{}\n", line.GetString());
    return kYes;
  } catch (const http::CannotAsk& error) {
    fmt::print(stderr, "drydock: {}\n", error.what());
    return kUnclear;
  }
}

}  // namespace

void DeclareLogs(CLI::App& app, Commands& commands) {
  CLI::App* logs = app.add_subcommand("logs", "What load balancers wrote down");
  logs->require_subcommand(1);
  CLI::App* access = logs->add_subcommand("access", "The latest access log lines of a load balancer");
  const auto flags = std::make_shared<Flags>();
  access->add_option("load-balancer", flags->load_balancer, "Its name or ARN")->required();
  access->add_option("--limit", flags->limit, "How many lines at most")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  AddEndpointFlag(*access, flags->endpoint);
  commands.push_back({access, [flags] { return PrintAccessLog(*flags); }});
}

}  // namespace drydock::commands
