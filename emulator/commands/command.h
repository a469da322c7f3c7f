// The subcommands of `drydock`, one file each: a Declare function tells CLI11 of the flags and adds what to run.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace drydock::commands {

// A subcommand that can be run: of nested ones (`policy explain`) the innermost.
struct Command {
  CLI::App* app;             // parsed() when the user asked for it
  std::function<int()> run;  // its exit code
};
using Commands = std::vector<Command>;

// Exit codes of the commands that ask a question, for scripts.
constexpr int kYes = 0;      // reachable, allowed …
constexpr int kNo = 1;       // the answer is no
constexpr int kUnclear = 2;  // no answer: an unknown thing, a wrong flag, no server

// `serve`, which is also what drydock does without a subcommand.
void DeclareServe(CLI::App& app, Commands& commands);

// `ca`: prints the certificate that clients of HTTPS listeners trust.
void DeclareCa(CLI::App& app, Commands& commands);

// `explain`: asks the network engine of a running server.
void DeclareExplain(CLI::App& app, Commands& commands);

// `policy explain` and `policy suggest`: what IAM's policies allow, and what they would have to.
void DeclarePolicy(CLI::App& app, Commands& commands);
// `logs access`.
void DeclareLogs(CLI::App& app, Commands& commands);

// For commands that ask a running server: --endpoint.
void AddEndpointFlag(CLI::App& command, std::string& endpoint);

}  // namespace drydock::commands
