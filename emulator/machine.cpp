#include "emulator/machine.h"

#include "emulator/auth/policy/cache.h"
#include "emulator/http/pipeline.h"
#include "emulator/http/registry.h"
#include "emulator/protocol/validate.h"
#include "emulator/tasks/simulated/simulated_runtime.h"
#include "emulator/world/flow_recorder.h"
#include "emulator/world/keys.h"
#include "emulator/world/loadbalancer.h"
#include "emulator/world/network.h"
#include "emulator/world/questions.h"
#include "emulator/world/tasks.h"
#include "handlers/acm/authority.h"
#include "handlers/acm/certificates.h"
#include "handlers/ec2/endpoint_services.h"
#include "handlers/ec2/timers.h"
#include "handlers/ec2/vpcs.h"
#include "handlers/ecr/timers.h"
#include "handlers/ecs/services.h"
#include "handlers/ecs/task_events.h"
#include "handlers/ecs/timers.h"
#include "handlers/elbv2/timers.h"
#include "handlers/engines.h"
#include "handlers/iam/operation_access.h"
#include "handlers/iam/usage.h"
#include "handlers/logs/timers.h"
#include "handlers/secretsmanager/timers.h"
#include "handlers/sts/web_identity_token.h"
#include "handlers/vpcflowlogs/delivery.h"
#include "store/database.h"
#include "store/records/setting.h"
#include "store/timers.h"

namespace drydock {

namespace {

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

loadbalancer::DataPlaneOptions DataPlaneOptionsOf(const Options& options) {
  loadbalancer::DataPlaneOptions result;
  result.host = options.host;
  result.blocked = options.blocked == "drop" ? loadbalancer::BlockedClient::kDrop : loadbalancer::BlockedClient::kReset;
  return result;
}

}  // namespace

// In the order in which they come to life; they end in the opposite order.
struct Machine::Parts {
  Parts(const Options& options, const std::string& endpoint);
  ~Parts();

  // The load balancers see another health: whoever waits for it goes on, on the clock's thread.
  void TargetHealthChanged(const std::string& target_group_arn) {
    clock.At(clock.Now(),
             [this, target_group_arn] { ecs::OnTargetHealthChanged(*database, engines, target_group_arn); });
  }

  Clock clock;
  Ids ids;
  const std::unique_ptr<store::Database> database;
  const std::unique_ptr<store::Blobs> blobs;
  const PageTokens tokens;
  const protocol::Validator validator;
  const world::StoredKeys keys;
  iam::Usage usage;

  Engines engines;
  world::NetworkWorld network;
  world::FlowRecorder flows;
  ecs::TaskEvents task_events;
  tasks::simulated::SimulatedRuntime runtime;
  const world::NetworkQuestions questions;
  const world::LoadBalancerNetwork load_balancer_network;
  const world::TaskHosts hosts;
  loadbalancer::DataPlane data_plane;
  world::LoadBalancerWorld load_balancers;
  store::Timers timers;

  http::Pipeline pipeline;
  const http::Registry registry;
};

Machine::Parts::Parts(const Options& options, const std::string& endpoint)
    : clock(options.manual_clock ? Clock::Mode::kManual : Clock::Mode::kSystem,
            options.realistic_timing ? Pace::kRealistic : Pace::kQuick),
      database(OpenDatabase(options)),
      blobs(OpenBlobs(options)),
      tokens(PageTokenKey(*database, ids)),
      keys(*database),
      usage(*database),
      engines{clock,
              *blobs,
              tokens,
              {options.account_id, endpoint},
              [this] { return network.Current(); },
              [this](const std::string& target_group_arn, const std::string& id, int port) {
                return data_plane.HealthOf(target_group_arn, id, port);
              },
              runtime,
              [this](Context& context, const api::Operation& operation, const api::AnyStruct& input) {
                return pipeline.Invoke(context, operation, input);
              },
              std::make_shared<auth::policy::DocumentCache>()},
      network(*database),
      flows(*database, clock),
      task_events(*database, engines, ids),
      runtime(clock, task_events,
              [this](const std::string& task_arn, const std::string& to) { return questions.Connect(task_arn, to); }),
      questions(*database, network, flows, runtime, ec2::ServiceCalled),
      load_balancer_network(
          network, [this](const std::string& task_arn) { return world::FindInterfaceOfTask(*database, task_arn); },
          &flows),
      hosts(runtime),
      data_plane(DataPlaneOptionsOf(options), clock, load_balancer_network, hosts,
                 {nullptr, [this](const std::string& target_group_arn, const loadbalancer::Target&,
                                  const loadbalancer::TargetHealth&,
                                  const loadbalancer::TargetHealth&) { TargetHealthChanged(target_group_arn); }}),
      load_balancers(
          *database,
          [this](loadbalancer::ConfigurationPointer configuration) { data_plane.Publish(std::move(configuration)); }),
      timers(*database, clock),
      pipeline({clock, ids, *database, engines, validator, keys, options.account_id, options.strict_auth,
                ec2::EnsureDefaultVpc, nullptr, iam::RequireAccess,
                [this](const Principal& principal, const api::Operation& operation, const Scope& scope, Timestamp now,
                       store::Transaction* tx) {
                  usage.Note(principal, operation.service->signing_name, scope.region, now, tx);
                }}),
      registry(clock, ids, *database, engines) {
  acm::RegisterTimers(timers, engines, ids);
  ec2::RegisterTimers(timers, engines, ids);
  ecr::RegisterTimers(timers, engines, ids);
  ecs::RegisterTimers(timers, engines, ids);
  elbv2::RegisterTimers(timers, engines, ids);
  logs::RegisterTimers(timers, engines, ids);
  secretsmanager::RegisterTimers(timers, engines, ids);
  vpcflowlogs::RegisterTimers(timers, engines, ids,
                              [this](const std::string& flow_log_id) { return flows.Take(flow_log_id); });
  ecs::ResumeTasks(*database, engines, ids);
  timers.Start();
}

Machine::Parts::~Parts() {
  timers.Stop();
  data_plane.Stop();
  clock.Stop();
}

Machine::Machine(const Options& options, std::string endpoint)
    : parts_(std::make_unique<Parts>(options, std::move(endpoint))) {}
Machine::~Machine() = default;

http::Response Machine::Handle(const http::Request& request) {
  if (http::Registry::Serves(request.path)) return parts_->registry.Handle(request);
  return parts_->pipeline.Handle(request);
}

Clock& Machine::clock() {
  return parts_->clock;
}

std::string Machine::CertificateAuthority() {
  return parts_->database->Write(
      [&](store::Transaction& tx) { return acm::LocalAuthority(tx, parts_->clock.Now()).certificate; });
}

std::string Machine::Explain(const std::map<std::string, std::string>& question) const {
  world::NetworkQuestions::Question asked{question.at("from"), question.at("to")};
  if (const auto protocol = question.find("protocol"); protocol != question.end() && !protocol->second.empty())
    asked.protocol = protocol->second;
  return parts_->questions.Explain(asked);
}

std::optional<std::string> Machine::PutWebIdentityKeys(const std::string& json) {
  return parts_->database->Write([&](store::Transaction& tx) { return sts::PutIssuerKeys(tx, json); });
}

std::vector<loadbalancer::ListeningEndpoint> Machine::Endpoints() const {
  return parts_->data_plane.Endpoints();
}

}  // namespace drydock
