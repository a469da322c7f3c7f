#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "emulator/commands/command.h"
#include "emulator/core/log.h"
#include "emulator/emulator.h"
#include "store/database.h"

namespace drydock::commands {
namespace {

std::string NotEmpty(const std::string& value) {
  return value.empty() ? "says nothing" : "";
}

void AddServeFlags(CLI::App& app, Options& options) {
  app.add_option("--port", options.port, "Port of the API")
      ->envname("DRYDOCK_PORT")
      ->check(CLI::Range(1, 65535))
      ->capture_default_str();
  app.add_option("--host", options.host, "Address to listen on")
      ->envname("DRYDOCK_HOST")
      ->check(NotEmpty)
      ->capture_default_str();
  app.add_option("--account-id", options.account_id, "The default account: 12 digits")
      ->envname("DRYDOCK_ACCOUNT_ID")
      ->check([](const std::string& id) {
        const bool good = id.size() == 12 && id.find_first_not_of("0123456789") == std::string::npos;
        return good ? std::string() : "an account id is 12 digits";
      })
      ->capture_default_str();
  app.add_option("--data-dir", options.data_dir, "Where the state is kept")
      ->envname("DRYDOCK_DATA_DIR")
      ->check(NotEmpty)
      ->capture_default_str();
  app.add_flag("--ephemeral", options.ephemeral, "Keep everything in memory")->envname("DRYDOCK_EPHEMERAL");
  app.add_flag("--realistic-timing", options.realistic_timing, "Take as long as AWS does")
      ->envname("DRYDOCK_REALISTIC_TIMING");
  app.add_flag("--manual-clock", options.manual_clock, "Time moves only by POST /_drydock/clock")
      ->envname("DRYDOCK_MANUAL_CLOCK");
  app.add_flag("--strict-auth", options.strict_auth, "Refuse unknown access keys")->envname("DRYDOCK_STRICT_AUTH");
  app.add_option("--blocked", options.blocked, "What a client that a load balancer's network refuses sees")
      ->envname("DRYDOCK_BLOCKED")
      ->check(CLI::IsMember({"reset", "drop"}))
      ->capture_default_str();
  app.add_option("--images", options.images, "Images of registries other than ECR: take them on trust, or refuse them")
      ->envname("DRYDOCK_IMAGES")
      ->check(CLI::IsMember({"any", "local"}))
      ->capture_default_str();
  app.add_option("--events-hook", options.events_hook, "Post each event of AWS services to this http:// URL")
      ->envname("DRYDOCK_EVENTS_HOOK")
      ->check(
          [](const std::string& url) { return url.rfind("http://", 0) == 0 ? std::string() : "not an http:// URL"; });
  app.add_option("--events-log-group", options.events_log_group,
                 "Write each event to this log group, in the accounts and regions that have it")
      ->envname("DRYDOCK_EVENTS_LOG_GROUP");
  app.add_option("--log-level", options.log_level, "How much is told on standard error")
      ->envname("DRYDOCK_LOG_LEVEL")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
      ->capture_default_str();
}

void PrintBanner(const Options& options, const Emulator& emulator) {
  fmt::print(
      "Drydock {} answers for AWS at {}\n"
      "\n"
      "  export AWS_ENDPOINT_URL={}\n"
      "  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test\n"
      "  export AWS_DEFAULT_REGION=us-east-1\n"
      "\n"
      "  account {}, {}; data: {}. Clients older than 2023: aws --endpoint-url {} …\n"
      "  Ctrl-C stops.\n",
      emulator.version(), emulator.endpoint(), emulator.endpoint(), options.account_id,
      options.strict_auth ? "unknown access keys are refused" : "any access key works",
      options.ephemeral ? "in memory, gone at the end"
                        : std::filesystem::absolute(options.data_dir).lexically_normal().string(),
      emulator.endpoint());
  std::fflush(stdout);
}

// Each connection through a load balancer takes two or three descriptors; the usual soft limit of 1,024 is soon
// reached.
void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int Serve(const Options& options) {
  RaiseFileLimit();
  // Blocked before any thread starts, so that sigwait below is the only one to see them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  log::Start(options.log_level);
  try {
    Emulator emulator(options);
    PrintBanner(options, emulator);
    int signal = 0;
    sigwait(&signals, &signal);
    emulator.Stop();
    return 0;
  } catch (const std::exception& error) {  // a taken port, an unwritable folder, data of a newer version
    fmt::print(stderr, "drydock: {}\n", error.what());
    return 1;
  }
}

}  // namespace

// The flags are the program's own, so that they work with and without the word `serve`.
void DeclareServe(CLI::App& app, Commands& commands) {
  const auto options = std::make_shared<Options>();
  AddServeFlags(app, *options);
  CLI::App* serve = app.add_subcommand("serve", "Serve the API (the default)");
  serve->footer("The flags are those of the program itself: drydock --help.");
  serve->fallthrough();
  commands.push_back({serve, [options] { return Serve(*options); }});
}

}  // namespace drydock::commands
