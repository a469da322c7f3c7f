#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include "emulator/commands/command.h"
#include "emulator/http/client.h"

namespace drydock::commands {
namespace {

// The certificate, ready for a file: drydock ca > drydock-ca.pem; curl --cacert drydock-ca.pem …
int PrintAuthority(const std::string& endpoint) {
  try {
    const http::Client client(http::EndpointOrDefault(endpoint));
    const http::Answer answer = client.Get("/_drydock/ca", {});
    if (!answer.ok()) {
      fmt::print(stderr, "drydock: {}\n", http::Client::MessageOf(answer));
      return kUnclear;
    }
    fmt::print("{}", answer.body);
    return kYes;
  } catch (const http::CannotAsk& error) {
    fmt::print(stderr, "drydock: {}\n", error.what());
    return kUnclear;
  }
}

}  // namespace

void DeclareCa(CLI::App& app, Commands& commands) {
  const auto endpoint = std::make_shared<std::string>();
  CLI::App* ca = app.add_subcommand("ca", "The certificate (PEM) of the authority that issues ACM's certificates here");
  AddEndpointFlag(*ca, *endpoint);
  commands.push_back({ca, [endpoint] { return PrintAuthority(*endpoint); }});
}

}  // namespace drydock::commands
