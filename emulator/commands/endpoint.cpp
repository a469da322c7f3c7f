#include "emulator/commands/command.h"

namespace drydock::commands {

void AddEndpointFlag(CLI::App& command, std::string& endpoint) {
  command.add_option("--endpoint", endpoint,
                     "Where the server answers; else $DRYDOCK_ENDPOINT, $AWS_ENDPOINT_URL, http://127.0.0.1:4566");
}

}  // namespace drydock::commands
