#include "emulator/world/loadbalancer.h"

#include <atomic>
#include <charconv>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "store/records/ec2/network_interface.h"
#include "store/records/elbv2/listener.h"
#include "store/records/elbv2/load_balancer.h"
#include "store/records/elbv2/rule.h"
#include "store/records/elbv2/target.h"
#include "store/records/elbv2/target_group.h"

namespace drydock::world {

namespace {

namespace elbv2 = records::elbv2;
using records::ec2::NetworkInterface;
using Attributes = std::map<std::string, std::string>;

int ReadNumber(const std::string& text, int otherwise) {
  int number = otherwise;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : otherwise;
}

// Attributes that were not set keep the data plane's defaults, which are AWS's.
void Take(const Attributes& attributes, const char* key, bool& value) {
  if (const auto found = attributes.find(key); found != attributes.end()) value = found->second == "true";
}
void Take(const Attributes& attributes, const char* key, loadbalancer::Seconds& value) {
  if (const auto found = attributes.find(key); found != attributes.end())
    value = loadbalancer::Seconds(ReadNumber(found->second, static_cast<int>(value.count())));
}

loadbalancer::LoadBalancerAttributes AttributesOf(const elbv2::LoadBalancer& record) {
  loadbalancer::LoadBalancerAttributes attributes;
  Take(record.attributes, "idle_timeout.timeout_seconds", attributes.idle_timeout);
  Take(record.attributes, "client_keep_alive.seconds", attributes.client_keep_alive);
  Take(record.attributes, "routing.http.drop_invalid_header_fields.enabled", attributes.drop_invalid_header_fields);
  Take(record.attributes, "routing.http.xff_client_port.enabled", attributes.xff_client_port);
  const auto mode = record.attributes.find("routing.http.xff_header_processing.mode");
  if (mode != record.attributes.end()) {
    using loadbalancer::ForwardedForMode;
    attributes.xff_header_processing = mode->second == "preserve" ? ForwardedForMode::kPreserve
                                       : mode->second == "remove" ? ForwardedForMode::kRemove
                                                                  : ForwardedForMode::kAppend;
  }
  return attributes;
}

loadbalancer::LoadBalancer LoadBalancerOf(store::Transaction& tx, const Scope& scope,
                                          const elbv2::LoadBalancer& record) {
  loadbalancer::LoadBalancer load_balancer;
  load_balancer.arn = record.arn;
  load_balancer.name = record.name;
  load_balancer.dns_name = record.dns_name;
  load_balancer.scheme =
      record.scheme == "internal" ? loadbalancer::Scheme::kInternal : loadbalancer::Scheme::kInternetFacing;
  load_balancer.vpc_id = record.vpc_id;
  load_balancer.attributes = AttributesOf(record);
  for (const auto& zone : record.zones) {
    loadbalancer::Node node{zone.zone_name, zone.subnet_id, zone.network_interface_id, "", ""};
    if (const auto interface = tx.Get<NetworkInterface>(scope, zone.network_interface_id)) {
      node.private_address = interface->private_ip_address();
      if (interface->association()) node.public_address = interface->association()->public_ip;
    }
    load_balancer.nodes.push_back(std::move(node));
  }
  return load_balancer;
}

loadbalancer::Action ActionOf(const elbv2::Rule& rule) {
  if (rule.actions.empty()) return loadbalancer::Forward();
  const elbv2::Action& action = rule.actions.back();  // the others come before it and answer nothing
  if (action.type == "redirect")
    return loadbalancer::Redirect{action.redirect_status_code == "HTTP_301" ? 301 : 302,
                                  action.redirect_protocol,
                                  action.redirect_host,
                                  action.redirect_port,
                                  action.redirect_path,
                                  action.redirect_query};
  if (action.type == "fixed-response")
    return loadbalancer::FixedResponse{ReadNumber(action.fixed_status_code, 200),
                                       action.fixed_content_type.value_or(""), action.fixed_message_body.value_or("")};
  loadbalancer::Forward forward;
  for (const auto& group : action.target_groups)
    forward.target_groups.push_back({group.target_group_arn, group.weight.value_or(1)});
  return forward;
}

loadbalancer::ConditionField FieldOf(const std::string& field) {
  using loadbalancer::ConditionField;
  if (field == "host-header") return ConditionField::kHostHeader;
  if (field == "http-header") return ConditionField::kHttpHeader;
  if (field == "query-string") return ConditionField::kQueryString;
  if (field == "http-request-method") return ConditionField::kHttpRequestMethod;
  if (field == "source-ip") return ConditionField::kSourceIp;
  return ConditionField::kPathPattern;
}

loadbalancer::Rule RuleOf(const elbv2::Rule& record) {
  loadbalancer::Rule rule;
  rule.arn = record.arn;
  rule.priority = record.priority;
  rule.action = ActionOf(record);
  for (const auto& condition : record.conditions) {
    loadbalancer::Condition& out = rule.conditions.emplace_back();
    out.field = FieldOf(condition.field);
    out.values = condition.values;
    out.regex_values = condition.regex_values;
    out.http_header_name = condition.http_header_name;
    for (const auto& pair : condition.query_strings) out.query_strings.push_back({pair.key.value_or(""), pair.value});
  }
  return rule;
}

loadbalancer::Protocol ProtocolOf(const std::string& protocol) {
  if (protocol == "HTTP") return loadbalancer::Protocol::kHttp;
  if (protocol == "HTTPS") return loadbalancer::Protocol::kHttps;
  return loadbalancer::Protocol::kTcp;
}

loadbalancer::Listener ListenerOf(const elbv2::Listener& record) {
  loadbalancer::Listener listener;
  listener.arn = record.arn;
  listener.load_balancer_arn = record.load_balancer_arn;
  listener.port = record.port;
  listener.protocol = ProtocolOf(record.protocol);
  Take(record.attributes, "routing.http.response.server.enabled", listener.server_header);
  return listener;
}

loadbalancer::Algorithm AlgorithmOf(const Attributes& attributes) {
  const auto found = attributes.find("load_balancing.algorithm.type");
  if (found == attributes.end()) return loadbalancer::Algorithm::kRoundRobin;
  if (found->second == "least_outstanding_requests") return loadbalancer::Algorithm::kLeastOutstandingRequests;
  if (found->second == "weighted_random") return loadbalancer::Algorithm::kWeightedRandom;
  return loadbalancer::Algorithm::kRoundRobin;
}

loadbalancer::TargetGroup GroupOf(const elbv2::TargetGroup& record) {
  loadbalancer::TargetGroup group;
  group.arn = record.arn;
  group.name = record.name;
  group.vpc_id = record.vpc_id;
  group.protocol = ProtocolOf(record.protocol);
  group.port = record.port;
  const auto& check = record.health_check;
  group.health_check.enabled = check.enabled;
  group.health_check.protocol = ProtocolOf(check.protocol);
  group.health_check.port = ReadNumber(check.port, 0);
  group.health_check.path = check.path;
  group.health_check.interval = loadbalancer::Seconds(check.interval_seconds);
  group.health_check.timeout = loadbalancer::Seconds(check.timeout_seconds);
  group.health_check.healthy_threshold = check.healthy_threshold;
  group.health_check.unhealthy_threshold = check.unhealthy_threshold;
  group.health_check.matcher = check.http_code;
  group.algorithm = AlgorithmOf(record.attributes);
  return group;
}

loadbalancer::Target TargetOf(const elbv2::Target& record) {
  loadbalancer::Target target;
  target.id = record.id;
  target.address = record.id;  // an address: there are no instances to look up yet
  target.port = record.port;
  target.availability_zone = record.availability_zone;
  target.registration = record.state == elbv2::Target::kDraining ? loadbalancer::Registration::kDraining
                                                                 : loadbalancer::Registration::kActive;
  return target;
}

// The rules of the configuration's listeners, and the groups that they use.
std::set<std::string> AddRules(store::Transaction& tx, loadbalancer::Configuration& configuration) {
  std::map<std::string, loadbalancer::Listener*> listeners;
  for (auto& listener : configuration.listeners) listeners[listener.arn] = &listener;
  std::set<std::string> groups;
  for (const auto& [scope, record] : tx.ListAll<elbv2::Rule>()) {
    const auto found = listeners.find(record.listener_arn);
    if (found == listeners.end()) continue;
    if (record.is_default)
      found->second->default_action = ActionOf(record);
    else
      found->second->rules.push_back(RuleOf(record));
    for (const auto& action : record.actions)
      for (const auto& group : action.target_groups) groups.insert(group.target_group_arn);
  }
  return groups;
}

void AddTargetGroups(store::Transaction& tx, const std::set<std::string>& used,
                     loadbalancer::Configuration& configuration) {
  std::map<std::string, std::size_t> index;
  for (const auto& [scope, record] : tx.ListAll<elbv2::TargetGroup>()) {
    if (!used.contains(record.arn)) continue;
    index[record.arn] = configuration.target_groups.size();
    configuration.target_groups.push_back(GroupOf(record));
  }
  for (const auto& [scope, record] : tx.ListAll<elbv2::Target>()) {
    const auto found = index.find(record.target_group_arn);
    if (found != index.end()) configuration.target_groups[found->second].targets.push_back(TargetOf(record));
  }
}

}  // namespace

loadbalancer::Configuration ReadLoadBalancers(store::Transaction& tx) {
  loadbalancer::Configuration configuration;
  std::set<std::string> active;
  for (const auto& [scope, record] : tx.ListAll<elbv2::LoadBalancer>()) {
    if (record.state != "active") continue;
    active.insert(record.arn);
    configuration.load_balancers.push_back(LoadBalancerOf(tx, scope, record));
  }
  // The data plane knows nothing of UDP.
  for (const auto& [scope, record] : tx.ListAll<elbv2::Listener>())
    if (active.contains(record.load_balancer_arn) && record.protocol != "UDP")
      configuration.listeners.push_back(ListenerOf(record));
  AddTargetGroups(tx, AddRules(tx, configuration), configuration);
  return configuration;
}

class LoadBalancerWorld::Publisher {
 public:
  Publisher(store::Database& database, std::function<void(loadbalancer::ConfigurationPointer)> publish)
      : database_(database), publish_(std::move(publish)) {}

  void OnCommit(const store::Commit& commit) {
    if (Concerns(commit)) Publish();
  }

  void Publish() {
    const std::uint64_t mine = ++wanted_;
    const std::lock_guard lock(publishing_);
    if (ended_ || published_ >= mine) return;  // another thread has published this commit with its own
    const std::uint64_t seen = wanted_;        // these commits are done, so what is read now has them all
    auto configuration = std::make_shared<const loadbalancer::Configuration>(
        database_.Read([](store::Transaction& tx) { return ReadLoadBalancers(tx); }));
    Remember(*configuration);
    publish_(std::move(configuration));
    published_ = seen;
  }

  void End() {
    const std::lock_guard lock(publishing_);
    ended_ = true;
  }

 private:
  bool Concerns(const store::Commit& commit) {
    for (const store::Change& change : commit.changes) {
      if (std::string_view(change.table).starts_with("elbv2_")) return true;
      if (!change.Is<NetworkInterface>()) continue;
      const std::lock_guard lock(interfaces_mutex_);
      if (interfaces_.contains(change.id)) return true;
    }
    return false;
  }

  void Remember(const loadbalancer::Configuration& configuration) {
    const std::lock_guard lock(interfaces_mutex_);
    interfaces_.clear();
    for (const auto& load_balancer : configuration.load_balancers)
      for (const auto& node : load_balancer.nodes) interfaces_.insert(node.network_interface_id);
  }

  store::Database& database_;
  const std::function<void(loadbalancer::ConfigurationPointer)> publish_;

  // How many commits have asked for a publication.
  std::atomic<std::uint64_t> wanted_{0};

  std::mutex publishing_;
  // guarded by publishing_
  std::uint64_t published_ = 0;  // the state of how many of these is out
  bool ended_ = false;

  std::mutex interfaces_mutex_;
  std::set<std::string> interfaces_;  // of the load balancers, guarded by interfaces_mutex_
};

LoadBalancerWorld::LoadBalancerWorld(store::Database& database,
                                     std::function<void(loadbalancer::ConfigurationPointer)> publish)
    : publisher_(std::make_shared<Publisher>(database, std::move(publish))),
      subscription_(
          database.OnCommit([publisher = publisher_](const store::Commit& commit) { publisher->OnCommit(commit); })) {
  publisher_->Publish();
}

LoadBalancerWorld::~LoadBalancerWorld() {
  subscription_.reset();
  publisher_->End();
}

}  // namespace drydock::world
