#include "emulator/machine.h"

#include "emulator/audit/journal.h"
#include "emulator/auth/policy/cache.h"
#include "emulator/core/arn.h"
#include "emulator/events/event_bus.h"
#include "emulator/http/event_hook.h"
#include "emulator/http/pipeline.h"
#include "emulator/http/registry.h"
#include "emulator/http/task_endpoints.h"
#include "emulator/protocol/validate.h"
#include "emulator/tasks/simulated/simulated_runtime.h"
#include "emulator/world/access_logs.h"
#include "emulator/world/flow_recorder.h"
#include "emulator/world/instances.h"
#include "emulator/world/keys.h"
#include "emulator/world/loadbalancer.h"
#include "emulator/world/network.h"
#include "emulator/world/questions.h"
#include "emulator/world/tasks.h"
#include "handlers/acm/authority.h"
#include "handlers/acm/certificates.h"
#include "handlers/cloudtrail/delivery.h"
#include "handlers/ec2/endpoint_services.h"
#include "handlers/ec2/timers.h"
#include "handlers/ec2/vpcs.h"
#include "handlers/ecr/timers.h"
#include "handlers/ecs/service_principal.h"
#include "handlers/ecs/services.h"
#include "handlers/ecs/task_events.h"
#include "handlers/ecs/timers.h"
#include "handlers/elbv2/timers.h"
#include "handlers/engines.h"
#include "handlers/iam/operation_access.h"
#include "handlers/iam/policy_questions.h"
#include "handlers/iam/usage.h"
#include "handlers/logs/events.h"
#include "handlers/logs/log_events.h"
#include "handlers/logs/timers.h"
#include "handlers/secretsmanager/timers.h"
#include "handlers/sts/sessions.h"
#include "handlers/sts/web_identity_token.h"
#include "handlers/vpcflowlogs/delivery.h"
#include "store/credentials.h"
#include "store/database.h"
#include "store/records/elbv2/load_balancer.h"
#include "store/records/setting.h"
#include "store/timers.h"

namespace drydock {

namespace api {
extern const Service k_cloudtrail;  // generated
}

namespace {

std::unique_ptr<store::Database> OpenDatabase(const Options& options) {
  auto database = options.ephemeral ? std::make_unique<store::Database>(store::kInMemory)
                                    : std::make_unique<store::Database>(options.data_dir);
  database->Write([](store::Transaction& tx) { store::SealOldCredentials(tx); });
  return database;
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

  ecs::ConnectionTried FlowsSeen() {
    return [this](const network::Topology& topology, const network::Path& path) { flows.Saw(topology, path); };
  }

  // The load balancers see another health: whoever waits for it goes on, on the clock's thread.
  void TargetHealthChanged(const std::string& target_group_arn) {
    clock.At(clock.Now(),
             [this, target_group_arn] { ecs::OnTargetHealthChanged(*database, engines, target_group_arn); });
  }

  // The access log lines' way to the log group that their load balancer names.
  void DeliverAccessLog(const std::string& load_balancer_arn, const std::string& log_group,
                        const std::vector<store::AccessLogLine>& lines);

  Clock clock;
  Ids ids;
  const std::unique_ptr<store::Database> database;
  const std::unique_ptr<store::Blobs> blobs;
  const PageTokens tokens;
  const protocol::Validator validator;
  const world::StoredKeys keys;
  iam::Usage usage;

  // Where the user wants events to go.
  std::vector<events::EventBus::Sink> EventSinks(const Options& options);

  Engines engines;
  audit::Journal journal;
  events::EventBus events;
  world::NetworkWorld network;
  world::FlowRecorder flows;
  ecs::TaskEvents task_events;
  tasks::simulated::SimulatedRuntime runtime;
  const world::NetworkQuestions questions;
  world::InstanceWorld instances;
  const world::LoadBalancerNetwork load_balancer_network;
  const world::TaskHosts hosts;
  world::AccessLogs access_logs;
  loadbalancer::DataPlane data_plane;
  world::LoadBalancerWorld load_balancers;
  store::Timers timers;

  http::Pipeline pipeline;
  const http::Registry registry;
  const http::TaskEndpoints task_endpoints;
};

std::vector<events::EventBus::Sink> Machine::Parts::EventSinks(const Options& options) {
  std::vector<events::EventBus::Sink> sinks;
  if (!options.events_hook.empty()) sinks.push_back(http::EventHook(options.events_hook));
  if (!options.events_log_group.empty())
    sinks.emplace_back([this, group = options.events_log_group](const events::Event& event, const std::string& json) {
      try {
        database->Write([&](store::Transaction& tx) {
          Context context = ecs::SchedulerContext(tx, engines, ids, event.scope);
          context.principal = Principal::Root(event.scope.account);
          logs::PutLines(context, group, event.source, {{event.time, json}});
        });
      } catch (const ApiError& error) {
        // Accounts and regions without the group get no events.
        if (error.code() != "ResourceNotFoundException") throw;
      }
    });
  return sinks;
}

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
              {options.account_id, endpoint, options.images == "local"},
              [this] { return network.Current(); },
              [this](const std::string& target_group_arn, const std::string& id, int port) {
                return data_plane.HealthOf(target_group_arn, id, port);
              },
              runtime,
              [this](Context& context, const api::Operation& operation, const api::AnyStruct& input) {
                return pipeline.Invoke(context, operation, input);
              },
              std::make_shared<auth::policy::DocumentCache>(),
              [this](events::Event event) { events.Send(std::move(event)); }},
      journal(*database, clock, ids),
      events(EventSinks(options)),
      network(*database),
      flows(*database, clock),
      task_events(*database, engines, ids, FlowsSeen()),
      runtime(clock, task_events,
              [this](const std::string& task_arn, const std::string& to) { return questions.Connect(task_arn, to); }),
      questions(*database, network, flows, runtime, ec2::ServiceCalled),
      instances(*database, runtime),
      load_balancer_network(
          network, [this](const std::string& task_arn) { return world::FindInterfaceOfTask(*database, task_arn); },
          &flows),
      hosts(runtime),
      access_logs(*database,
                  [this](const std::string& load_balancer_arn, const std::string& log_group,
                         const std::vector<store::AccessLogLine>& lines) {
                    DeliverAccessLog(load_balancer_arn, log_group, lines);
                  }),
      data_plane(
          DataPlaneOptionsOf(options), clock, load_balancer_network, hosts,
          {[this](std::unique_ptr<loadbalancer::AccessLogRecord> record) { return access_logs.Add(std::move(record)); },
           [this](const std::string& target_group_arn, const loadbalancer::Target&, const loadbalancer::TargetHealth&,
                  const loadbalancer::TargetHealth&) { TargetHealthChanged(target_group_arn); }}),
      load_balancers(
          *database,
          [this](loadbalancer::ConfigurationPointer configuration) { data_plane.Publish(std::move(configuration)); }),
      timers(*database, clock),
      pipeline({clock, ids, *database, engines, validator, keys, options.account_id, options.strict_auth,
                ec2::EnsureDefaultVpc, iam::RequireAccess,
                [this](const api::FinishedCall& call, store::Transaction* tx) { journal.Record(call, tx); },
                [this](const api::Operation& operation) {
                  if (operation.service == &api::k_cloudtrail) journal.Flush();
                },
                [this](const Principal& principal, const api::Operation& operation, const Scope& scope, Timestamp now,
                       store::Transaction* tx) {
                  usage.Note(principal, operation.service->signing_name, scope.region, now, tx);
                }}),
      registry(clock, ids, *database, engines),
      task_endpoints(
          *database, engines, ids, events,
          {[this] { return runtime.Tasks(); }, [this](const std::string& task) { return runtime.Show(task); },
           [this](const std::string& task, const std::string& container,
                  const std::map<std::string, std::string>& settings) {
             return runtime.Change(task, container, settings);
           }}) {
  acm::RegisterTimers(timers, engines, ids);
  cloudtrail::RegisterTimers(timers, engines, ids);
  ec2::RegisterTimers(timers, engines, ids);
  ecr::RegisterTimers(timers, engines, ids);
  ecs::RegisterTimers(timers, engines, ids, FlowsSeen());
  elbv2::RegisterTimers(timers, engines, ids);
  logs::RegisterTimers(timers, engines, ids);
  secretsmanager::RegisterTimers(timers, engines, ids);
  sts::RegisterTimers(timers, engines, ids);
  vpcflowlogs::RegisterTimers(timers, engines, ids,
                              [this](const std::string& flow_log_id) { return flows.Take(flow_log_id); });
  ecs::ResumeTasks(*database, engines, ids);
  timers.Start();
}

void Machine::Parts::DeliverAccessLog(const std::string& load_balancer_arn, const std::string& log_group,
                                      const std::vector<store::AccessLogLine>& lines) {
  const auto arn = Arn::Parse(load_balancer_arn);
  if (!arn) return;
  std::vector<logs::Line> printed;
  for (const auto& line : lines) printed.push_back({line.time, line.text});
  database->Write([&](store::Transaction& tx) {
    // Elastic Load Balancing writes as itself: no policy of the account stands in its way.
    Context context{tx,
                    engines,
                    ids,
                    clock.Now(),
                    {arn->account, arn->region},
                    Principal::Root(arn->account),
                    ids.Uuid(),
                    "elasticloadbalancing.amazonaws.com",
                    "elasticloadbalancing.amazonaws.com"};
    logs::PutLines(context, log_group, arn->Named("loadbalancer").value_or(load_balancer_arn), std::move(printed));
  });
}

Machine::Parts::~Parts() {
  timers.Stop();
  events.Stop();
  data_plane.Stop();
  access_logs.Stop();  // it delivers by way of the pipeline
  clock.Stop();
}

Machine::Machine(const Options& options, std::string endpoint)
    : parts_(std::make_unique<Parts>(options, std::move(endpoint))) {}
Machine::~Machine() = default;

http::Response Machine::Handle(const http::Request& request) {
  if (http::TaskEndpoints::Serves(request.path)) return parts_->task_endpoints.Handle(request);
  if (http::Registry::Serves(request.path)) return parts_->registry.Handle(request);
  return parts_->pipeline.Handle(request);
}

Clock& Machine::clock() {
  return parts_->clock;
}

std::optional<std::vector<std::string>> Machine::AccessLog(const std::string& load_balancer, std::size_t limit) {
  parts_->access_logs.Flush();
  return parts_->database->Read([&](store::Transaction& tx) -> std::optional<std::vector<std::string>> {
    std::optional<std::vector<std::string>> texts;
    for (const auto& [scope, record] : tx.ListAll<records::elbv2::LoadBalancer>()) {
      if (record.arn != load_balancer && record.name != load_balancer) continue;
      if (!texts) texts.emplace();
      for (auto& line : store::AccessLogLines(tx).Latest(record.arn, limit)) texts->push_back(std::move(line.text));
    }
    return texts;
  });
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

std::string Machine::AskPolicy(const std::string& page, const std::map<std::string, std::string>& question) {
  const auto given = [&](const char* name, const std::string& otherwise) {
    const auto found = question.find(name);
    return found == question.end() || found->second.empty() ? otherwise : found->second;
  };
  // An ARN says itself whose it is.
  const auto arn = Arn::Parse(given("principal", given("role", "")));
  const std::string owner = arn ? arn->account : parts_->engines.settings.default_account;
  const Scope scope{given("account", owner), given("region", "us-east-1")};
  parts_->journal.Flush();
  return parts_->database->Read([&](store::Transaction& tx) {
    Context context{tx,     parts_->engines, parts_->ids, parts_->clock.Now(), scope, Principal::Root(scope.account),
                    "page", "127.0.0.1",     "drydock"};
    return page == "explain" ? iam::ExplainDecisions(context, api::Services(), question)
                             : iam::SuggestRolePolicy(context, question);
  });
}

std::optional<std::string> Machine::PutWebIdentityKeys(const std::string& json) {
  return parts_->database->Write([&](store::Transaction& tx) { return sts::PutIssuerKeys(tx, json); });
}

std::vector<loadbalancer::ListeningEndpoint> Machine::Endpoints() const {
  return parts_->data_plane.Endpoints();
}

}  // namespace drydock
