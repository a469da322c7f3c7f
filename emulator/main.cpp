// The command line: which subcommand runs. What each takes and does stands in commands/.
#include "emulator/commands/command.h"
#include "emulator/emulator.h"

namespace commands = drydock::commands;

int main(int argc, char** argv) {
  CLI::App app{"Drydock stands in for AWS on your machine: ECS, ECR, load balancers, networking and what they need."};
  app.set_version_flag("--version", drydock::Emulator::version());
  app.require_subcommand(0, 1);
  commands::Commands all;
  commands::DeclareServe(app, all);
  commands::DeclareCa(app, all);
  commands::DeclareExplain(app, all);
  commands::DeclarePolicy(app, all);
  commands::DeclareLogs(app, all);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {  // also --help and --version, which are no errors
    return app.exit(error) == 0 ? 0 : commands::kUnclear;
  }
  for (const auto& command : all)
    if (command.app->parsed()) return command.run();
  return all.front().run();
}
