#include "emulator/machine.h"

#include "emulator/http/pipeline.h"
#include "emulator/protocol/validate.h"
#include "handlers/engines.h"
#include "store/database.h"
#include "store/records/setting.h"
#include "store/timers.h"

namespace drydock {

namespace {

class NoKeys : public auth::KeyDirectory {
 public:
  std::optional<auth::KnownKey> Find(const std::string&) const override { return std::nullopt; }
};
class NoRuntime : public tasks::Runtime {
 public:
  void Start(tasks::TaskSpec) override {}
  void Stop(const std::string&, Duration) override {}
  tasks::Dial Locate(const std::string&, const std::string&, int, const std::string&) const override { return {}; }
};

std::unique_ptr<store::Database> OpenDatabase(const Options& options) {
  return options.ephemeral ? std::make_unique<store::Database>(store::kInMemory)
                           : std::make_unique<store::Database>(options.data_dir);
}

std::unique_ptr<store::Blobs> OpenBlobs(const Options& options) {
  return options.ephemeral ? std::make_unique<store::Blobs>(store::kInMemory)
                           : std::make_unique<store::Blobs>(options.data_dir);
}

// The key that seals page tokens is kept with the data: a token outlives a restart.
std::string PageTokenKey(store::Database& database, Ids& ids) {
  return database.Write([&](store::Transaction& tx) {
    if (const auto kept = tx.Get<records::Setting>({}, "page_token_key")) return kept->value;
    const records::Setting made{"page_token_key", ids.Hex(64)};
    tx.Put({}, made);
    return made.value;
  });
}

}  // namespace

// In the order in which they come to life; they end in the opposite order.
struct Machine::Parts {
  Parts(const Options& options, const std::string& endpoint)
      : clock(options.manual_clock ? Clock::Mode::kManual : Clock::Mode::kSystem,
              options.realistic_timing ? Pace::kRealistic : Pace::kQuick),
        database(OpenDatabase(options)),
        blobs(OpenBlobs(options)),
        tokens(PageTokenKey(*database, ids)),
        engines{clock,
                *blobs,
                tokens,
                {options.account_id, endpoint},
                [] { return network::Topology(); },
                [](const std::string&, const std::string&, int) { return loadbalancer::NotRegistered(); },
                runtime,
                [this](Context& context, const api::Operation& operation, const api::AnyStruct& input) {
                  return pipeline.Invoke(context, operation, input);
                }},
        timers(*database, clock),
        pipeline({clock, ids, *database, engines, validator, keys, options.account_id, options.strict_auth,
                  [](Context&) {}, nullptr}) {
    timers.Start();
  }
  ~Parts() {
    timers.Stop();
    clock.Stop();
  }

  Clock clock;
  Ids ids;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<store::Blobs> blobs;
  const PageTokens tokens;
  NoRuntime runtime;
  NoKeys keys;
  Engines engines;
  store::Timers timers;
  const protocol::Validator validator;
  http::Pipeline pipeline;
};

Machine::Machine(const Options& options, std::string endpoint)
    : parts_(std::make_unique<Parts>(options, std::move(endpoint))) {}
Machine::~Machine() = default;

http::Response Machine::Handle(const http::Request& request) { return parts_->pipeline.Handle(request); }
Clock& Machine::clock() { return parts_->clock; }
std::vector<loadbalancer::ListeningEndpoint> Machine::Endpoints() const { return {}; }

}  // namespace drydock
