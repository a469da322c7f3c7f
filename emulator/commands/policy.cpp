#include <cstdio>
#include <memory>

#include <fmt/format.h>
#include <rapidjson/document.h>

#include "emulator/commands/command.h"
#include "emulator/http/client.h"

namespace drydock::commands {
namespace {

struct PolicyOptions {
  std::string endpoint;
  std::string account;
  std::string region;
  std::string role;
  std::string principal;
  std::string action;
  std::string resource = "*";
  std::string event;
  std::vector<std::string> context;  // KEY=VALUE
  bool refused_too = false;
  bool json = false;
};

http::Client::Parameters Given(std::initializer_list<std::pair<const char*, std::string>> all) {
  http::Client::Parameters parameters;
  for (const auto& [name, value] : all)
    if (!value.empty()) parameters.emplace_back(name, value);
  return parameters;
}

// Asks a page whose answer has a text for humans; `use` prints it and decides the exit code.
template <class Use>
int Ask(const PolicyOptions& options, const std::string& page, const http::Client::Parameters& parameters, Use use) {
  try {
    const http::Client client(http::EndpointOrDefault(options.endpoint));
    const http::Answer answer = client.Get(page, parameters);
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(answer.body.data(), answer.body.size());
    if (!answer.ok() || document.HasParseError() || !document.IsObject()) {
      fmt::print(stderr, "drydock: {}\n", http::Client::MessageOf(answer));
      return kUnclear;
    }
    return use(answer.body, document);
  } catch (const http::CannotAsk& error) {
    fmt::print(stderr, "drydock: {}\n", error.what());
    return kUnclear;
  }
}

std::string TextOf(const rapidjson::Document& document, const char* name) {
  const auto member = document.FindMember(name);
  return member != document.MemberEnd() && member->value.IsString() ? member->value.GetString() : "";
}

int Explain(const PolicyOptions& options) {
  if (options.event.empty() == (options.principal.empty() || options.action.empty())) {
    fmt::print(stderr, "drydock: say --event, or --principal and --action\n");
    return kUnclear;
  }
  auto parameters = Given({{"account", options.account},
                           {"region", options.region},
                           {"principal", options.principal},
                           {"action", options.action},
                           {"resource", options.resource},
                           {"event", options.event}});
  for (const std::string& known : options.context) {
    const auto equals = known.find('=');
    if (equals == 0 || equals == std::string::npos) {
      fmt::print(stderr, "drydock: not KEY=VALUE: {}\n", known);
      return kUnclear;
    }
    parameters.emplace_back("context." + known.substr(0, equals), known.substr(equals + 1));
  }
  return Ask(options, "/_drydock/policy/explain", parameters, [&](const auto& body, const auto& document) {
    fmt::print("{}", options.json ? body : TextOf(document, "text"));
    const auto allowed = document.FindMember("allowed");
    return allowed != document.MemberEnd() && allowed->value.IsBool() && allowed->value.GetBool() ? kYes : kNo;
  });
}

// The document alone goes to standard output, so that it can be piped; what there is to say about it does not.
int Suggest(const PolicyOptions& options) {
  const auto parameters =
      Given({{"account", options.account}, {"role", options.role}, {"refused", options.refused_too ? "true" : ""}});
  return Ask(options, "/_drydock/policy/suggest", parameters, [&](const auto& body, const auto& document) {
    fmt::print(stderr, "{}", options.json ? "" : TextOf(document, "text"));
    const std::string policy = TextOf(document, "policy");
    fmt::print("{}\n", options.json ? body : policy);
    return policy.empty() ? kNo : kYes;
  });
}

}  // namespace

void DeclarePolicy(CLI::App& app, Commands& commands) {
  const auto options = std::make_shared<PolicyOptions>();
  CLI::App* policy = app.add_subcommand("policy", "What IAM's policies allow, and what they would have to");
  policy->require_subcommand(1);

  CLI::App* explain = policy->add_subcommand(
      "explain", "Which statement allows or denies an action, or that none does: 0 when allowed, 1 when not");
  explain->add_option("--principal", options->principal, "The ARN of a user, a role or a session");
  explain->add_option("--action", options->action, "ecs:StopTask");
  explain->add_option("--resource", options->resource, "An ARN")->capture_default_str();
  explain->add_option("--event", options->event, "The id of a recorded call, instead of the three");

  explain->add_option("--context", options->context,
                      "What is known of the request, KEY=VALUE (several values: a,b): aws:RequestTag/env=test");

  CLI::App* suggest = policy->add_subcommand(
      "suggest", "The least-privilege policy that a role's calls so far needed, ready for iam put-role-policy");
  suggest->add_option("--role", options->role, "The role's name or ARN")->required();
  suggest->add_flag("--refused-too", options->refused_too, "Allow also what was refused so far");

  for (CLI::App* command : {explain, suggest}) {
    command->add_option("--account", options->account, "The account; else the default one, or that of the ARN");
    command->add_flag("--json", options->json, "The whole answer for scripts");
    AddEndpointFlag(*command, options->endpoint);
  }
  explain->add_option("--region", options->region, "The region the call is made in");
  commands.push_back({explain, [options] { return Explain(*options); }});
  commands.push_back({suggest, [options] { return Suggest(*options); }});
}

}  // namespace drydock::commands
