#include "emulator/emulator.h"

#include <mutex>

#include <fmt/format.h>

#include "emulator/http/task_endpoints.h"

namespace drydock {

namespace {

// An address that listens everywhere is no address to go to.
std::string EndpointOf(const Options& options) {
  const bool everywhere = options.host == "0.0.0.0" || options.host == "::";
  const bool ipv6 = options.host.find(':') != std::string::npos && !everywhere;
  return fmt::format("http://{}{}{}:{}", ipv6 ? "[" : "", everywhere ? "127.0.0.1" : options.host, ipv6 ? "]" : "",
                     options.port);
}

}  // namespace

const char* Emulator::version() {
  return DRYDOCK_VERSION;
}

Emulator::Emulator(const Options& options)
    : options_(options),
      endpoint_(EndpointOf(options)),
      machine_(std::make_unique<Machine>(options, endpoint_)),
      internal_({version(), endpoint_, options.account_id, options.ephemeral ? "memory" : options.data_dir.string(),
                 options.strict_auth},
                {[this]() -> Clock& { return machine_->clock(); }, [this] { return machine_->Endpoints(); },
                 [this] { Reset(); }, [this] { return machine_->CertificateAuthority(); },
                 [this](const std::string& json) { return machine_->PutWebIdentityKeys(json); },
                 [this](const std::map<std::string, std::string>& question) { return machine_->Explain(question); },
                 [this](const std::string& page, const std::map<std::string, std::string>& question) {
                   return machine_->AskPolicy(page, question);
                 },
                 [this](const std::string& load_balancer, std::size_t limit) {
                   return machine_->AccessLog(load_balancer, limit);
                 }}),
      server_(std::make_unique<http::Server>(options.host, options.port,
                                             [this](const http::Request& request) { return Handle(request); })) {}

Emulator::~Emulator() {
  Stop();
}

void Emulator::Stop() {
  server_->Stop();
  std::unique_lock alone(machine_mutex_);
  machine_.reset();
}

http::Response Emulator::Handle(const http::Request& request) {
  if (request.path == "/_drydock/reset") return *internal_.Handle(request);  // takes the machine for itself
  std::shared_lock shared(machine_mutex_);
  if (http::TaskEndpoints::Serves(request.path)) return machine_->Handle(request);
  if (auto page = internal_.Handle(request)) return std::move(*page);
  return machine_->Handle(request);
}

void Emulator::Reset() {
  std::unique_lock alone(machine_mutex_);
  machine_.reset();
  if (!options_.ephemeral) {
    // Only what Drydock itself put there: the user may have named a folder that holds other things.
    for (const char* ours : {"drydock.db", "drydock.db-wal", "drydock.db-shm", "blobs", "uploads"})
      std::filesystem::remove_all(options_.data_dir / ours);
  }
  machine_ = std::make_unique<Machine>(options_, endpoint_);
}

}  // namespace drydock
