#include "emulator/world/network.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "emulator/core/arn.h"
#include "emulator/network/aws_prefix_lists.h"
#include "emulator/network/evaluate.h"
#include "emulator/world/topology_elements.h"

namespace drydock::world {

namespace ec2 = records::ec2;

// Every change is re-read from the store rather than taken from the commit: commits may be announced out of order, and
// what is read is never older than the commit that led to it.
class NetworkWorld::Follower {
 public:
  explicit Follower(store::Database& database) : database_(database) {}

  network::Topology Current() const {
    const std::lock_guard lock(current_mutex_);
    return current_;
  }
  std::uint64_t version() const {
    const std::lock_guard lock(current_mutex_);
    return version_;
  }

  void ReadAll() {
    const std::lock_guard lock(update_mutex_);
    network::Topology topology;
    database_.Read([&](store::Transaction& tx) {
      AddAll<ec2::Vpc>(tx, topology);
      AddAll<ec2::Subnet>(tx, topology);
      AddAll<ec2::RouteTable>(tx, topology);
      AddAll<ec2::NetworkAcl>(tx, topology);
      AddAll<ec2::InternetGateway>(tx, topology);
      AddAll<ec2::NatGateway>(tx, topology);
      AddAll<ec2::NetworkInterface>(tx, topology);
      AddAll<ec2::EgressOnlyInternetGateway>(tx, topology);
      AddAll<ec2::VpcEndpoint>(tx, topology);
      AddAll<ec2::ManagedPrefixList>(tx, topology);
      AddAll<ec2::VpcPeeringConnection>(tx, topology);
      for (const auto& [scope, vpc] : tx.ListAll<ec2::Vpc>()) AddAwsPrefixLists(scope.region, topology);
      std::unordered_map<std::string, network::SecurityGroup> groups;
      for (const auto& [scope, group] : tx.ListAll<ec2::SecurityGroup>())
        groups.emplace(group.group_id, ElementOf(scope, group));
      for (const auto& [scope, rule] : tx.ListAll<ec2::SecurityGroupRule>()) {
        group_of_rule_[rule.security_group_rule_id] = rule.group_id;
        if (const auto group = groups.find(rule.group_id); group != groups.end())
          group->second.rules.push_back(ElementOf(rule));
      }
      for (auto& [id, group] : groups) topology = topology.With(std::move(group));
    });
    Publish(std::move(topology));
  }

  void Apply(const store::Commit& commit) {
    if (std::none_of(commit.changes.begin(), commit.changes.end(), Concerns)) return;
    const std::lock_guard lock(update_mutex_);
    network::Topology topology = Current();
    database_.Read([&](store::Transaction& tx) {
      for (const store::Change& change : commit.changes) {
        Renew<ec2::Vpc>(tx, change, topology);
        Renew<ec2::Subnet>(tx, change, topology);
        Renew<ec2::RouteTable>(tx, change, topology);
        Renew<ec2::NetworkAcl>(tx, change, topology);
        Renew<ec2::InternetGateway>(tx, change, topology);
        Renew<ec2::NatGateway>(tx, change, topology);
        Renew<ec2::NetworkInterface>(tx, change, topology);
        Renew<ec2::EgressOnlyInternetGateway>(tx, change, topology);
        Renew<ec2::VpcEndpoint>(tx, change, topology);
        Renew<ec2::ManagedPrefixList>(tx, change, topology);
        Renew<ec2::VpcPeeringConnection>(tx, change, topology);
        if (change.Is<ec2::Vpc>()) AddAwsPrefixLists(change.scope.region, topology);
        if (change.Is<ec2::SecurityGroup>()) RenewGroup(tx, change, topology);
        if (change.Is<ec2::SecurityGroupRule>()) RenewRule(tx, change, topology);
      }
    });
    Publish(std::move(topology));
  }

 private:
  template <class Record>
  using Element = decltype(ElementOf(std::declval<Scope>(), std::declval<Record>()));

  static bool Concerns(const store::Change& change) {
    return change.Is<ec2::Vpc>() || change.Is<ec2::Subnet>() || change.Is<ec2::RouteTable>() ||
           change.Is<ec2::NetworkAcl>() || change.Is<ec2::InternetGateway>() || change.Is<ec2::NatGateway>() ||
           change.Is<ec2::NetworkInterface>() || change.Is<ec2::EgressOnlyInternetGateway>() ||
           change.Is<ec2::VpcEndpoint>() || change.Is<ec2::ManagedPrefixList>() ||
           change.Is<ec2::VpcPeeringConnection>() || change.Is<ec2::SecurityGroup>() ||
           change.Is<ec2::SecurityGroupRule>();
  }

  // A region's own lists come with the first VPC there.
  void AddAwsPrefixLists(const std::string& region, network::Topology& topology) {
    if (!regions_.insert(region).second) return;
    for (auto& list : network::AwsPrefixLists(region)) topology = topology.With(std::move(list));
  }

  template <class Record>
  static void AddAll(store::Transaction& tx, network::Topology& topology) {
    for (const auto& [scope, record] : tx.ListAll<Record>()) topology = topology.With(ElementOf(scope, record));
  }

  template <class Record>
  static void Renew(store::Transaction& tx, const store::Change& change, network::Topology& topology) {
    if (!change.Is<Record>()) return;
    if (const auto record = tx.Get<Record>(change.scope, change.id))
      topology = topology.With(ElementOf(change.scope, *record));
    else
      topology = topology.Without<Element<Record>>(change.id);
  }

  void RenewGroup(store::Transaction& tx, const store::Change& change, network::Topology& topology) {
    const auto group = tx.Get<ec2::SecurityGroup>(change.scope, change.id);
    if (!group) {
      topology = topology.Without<network::SecurityGroup>(change.id);
      return;
    }
    network::SecurityGroup element = ElementOf(change.scope, *group);
    // What is known of its rules stays: their own changes renew them, in this commit or another one.
    if (const auto* known = topology.Find<network::SecurityGroup>(change.id)) element.rules = known->rules;
    topology = topology.With(std::move(element));
  }

  void RenewRule(store::Transaction& tx, const store::Change& change, network::Topology& topology) {
    const auto rule = tx.Get<ec2::SecurityGroupRule>(change.scope, change.id);
    if (rule) group_of_rule_[change.id] = rule->group_id;
    const auto group_id = group_of_rule_.find(change.id);
    if (group_id == group_of_rule_.end()) return;
    const auto* known = topology.Find<network::SecurityGroup>(group_id->second);
    // A rule may be announced before its group, when their commits overtake each other.
    network::SecurityGroup group = known ? *known : network::SecurityGroup{group_id->second, "", {}};
    if (!known && !rule) {
      group_of_rule_.erase(group_id);
      return;
    }
    std::erase_if(group.rules, [&](const auto& other) { return other.id == change.id; });
    if (rule)
      group.rules.push_back(ElementOf(*rule));
    else
      group_of_rule_.erase(group_id);
    topology = topology.With(std::move(group));
  }

  void Publish(network::Topology topology) {
    const std::lock_guard lock(current_mutex_);
    std::swap(current_, topology);
    ++version_;
  }

  store::Database& database_;

  std::mutex update_mutex_;  // one reader of the store at a time
  // guarded by update_mutex_
  std::unordered_map<std::string, std::string> group_of_rule_;
  std::unordered_set<std::string> regions_;  // whose own prefix lists are in the topology

  mutable std::mutex current_mutex_;
  // guarded by current_mutex_
  network::Topology current_;
  std::uint64_t version_ = 0;
};

NetworkWorld::NetworkWorld(store::Database& database)
    : follower_(std::make_shared<Follower>(database)),
      subscription_(
          database.OnCommit([follower = follower_](const store::Commit& commit) { follower->Apply(commit); })) {
  follower_->ReadAll();
}

NetworkWorld::~NetworkWorld() = default;

network::Topology NetworkWorld::Current() const {
  return follower_->Current();
}
std::uint64_t NetworkWorld::version() const {
  return follower_->version();
}

namespace {

// Which rules let the first packet out and in, or all that stopped it.
std::string Explain(const network::Path& path) {
  std::string text;
  for (const auto& explanation : path.explanations) text += (text.empty() ? "" : " ") + network::Describe(explanation);
  if (!text.empty() || !path.reachable()) return text;
  for (const auto& hop : path.forward) {
    if (hop.component != network::Component::kSecurityGroup) continue;
    const auto* rule = std::get_if<network::SecurityGroupRule>(&hop.rule);
    if (!rule) continue;
    text += (text.empty() ? "" : ", ") + hop.id + " admits it by " + rule->id;
  }
  return text.empty() ? "admitted" : text;
}

loadbalancer::Verdict VerdictOf(const network::Path& path) {
  loadbalancer::Verdict verdict;
  verdict.admitted = path.reachable();
  verdict.explanation = Explain(path);
  if (verdict.admitted) verdict.source_address = path.seen_source.ToString();
  return verdict;
}

// A load balancer may send with its client's address, and the answer comes back to it whatever the routes of the
// target's subnet say: of the way back only the network ACL of that subnet counts.
void ForgiveForeignSource(network::Path& path) {
  std::erase_if(path.explanations, [&](const network::Explanation& explanation) {
    if (!explanation.on_return) return explanation.component_id == path.source_interface_id;
    return explanation.component != network::Component::kNetworkAcl ||
           explanation.network_interface_id != path.destination_interface_id;
  });
  if (path.explanations.empty()) path.outcome = network::Outcome::kReachable;
}

// A rule that names the load balancer's security group admits its connections whosever address they bear: Network Load
// Balancers guide, "Update the security groups for your Network Load Balancer".
bool AdmittedByReference(const network::Path& from_node, const network::Path& with_client) {
  const bool groups_alone =
      std::all_of(with_client.explanations.begin(), with_client.explanations.end(), [&](const auto& explanation) {
        return explanation.component == network::Component::kSecurityGroup &&
               explanation.network_interface_id == with_client.destination_interface_id;
      });
  return groups_alone && from_node.reachable() &&
         std::any_of(from_node.forward.begin(), from_node.forward.end(), [&](const network::Hop& hop) {
           const auto* rule = std::get_if<network::SecurityGroupRule>(&hop.rule);
           return rule != nullptr && hop.direction == network::Direction::kIngress &&
                  std::holds_alternative<network::SecurityGroupReference>(rule->peer);
         });
}

loadbalancer::Verdict Unknown(const std::string& what) {
  return {false, what, ""};
}

}  // namespace

std::uint64_t LoadBalancerNetwork::Version() const {
  constexpr std::uint64_t kRecording = 1ULL << 63;  // apart from all versions of the topology
  if (flows_ && flows_->wanted()) return kRecording | ++asked_;
  return world_.version();
}

loadbalancer::Verdict LoadBalancerNetwork::Judge(const network::Flow& flow, const network::Address* client) const {
  const network::Topology topology = world_.Current();
  network::Path path = network::Evaluate(topology, flow);
  if (client != nullptr) {
    network::Flow preserved = flow;
    std::get<network::InterfaceEndpoint>(preserved.source).address = *client;
    network::Path with_client = network::Evaluate(topology, preserved);
    ForgiveForeignSource(with_client);
    if (!AdmittedByReference(path, with_client)) path = std::move(with_client);
  }
  if (flows_) flows_->Saw(topology, path);
  return VerdictOf(path);
}

loadbalancer::Verdict LoadBalancerNetwork::ClientToLoadBalancer(const loadbalancer::LoadBalancer& load_balancer,
                                                                const loadbalancer::Node& node,
                                                                const std::string& source, int listener_port) const {
  network::Endpoint from = network::InternetEndpoint();
  if (Arn::LooksLike(source)) {
    const auto interface = interface_of_task_ ? interface_of_task_(source) : std::nullopt;
    if (!interface) return Unknown("There is no running task " + source + ".");
    from = network::InterfaceEndpoint{*interface};
  } else if (source.rfind("eni-", 0) == 0) {
    from = network::InterfaceEndpoint{source};
  } else {
    const auto address = network::Address::Parse(source);
    if (!address) return Unknown("\"" + source + "\" is neither an address, a network interface nor a task.");
    if (load_balancer.scheme == loadbalancer::Scheme::kInternal && network::IsPublic(*address))
      return Unknown("The load balancer is internal: no address on the internet leads to it.");
    from = network::AddressEndpoint{*address};
  }

  network::Endpoint to = network::InterfaceEndpoint{node.network_interface_id};
  if (load_balancer.scheme == loadbalancer::Scheme::kInternetFacing)
    if (const auto address = network::Address::Parse(node.public_address)) to = network::AddressEndpoint{*address};
  return Judge(network::Flow::Tcp(from, to, static_cast<std::uint16_t>(listener_port)));
}

loadbalancer::Verdict LoadBalancerNetwork::LoadBalancerToTarget(const loadbalancer::LoadBalancer&,
                                                                const loadbalancer::Node& node,
                                                                const std::string& target_address, int port,
                                                                const std::string& client_address) const {
  const auto address = network::Address::Parse(target_address);
  if (!address) return Unknown("\"" + target_address + "\" is no address.");
  const auto client = network::Address::Parse(client_address);
  return Judge(network::Flow::Tcp(network::InterfaceEndpoint{node.network_interface_id},
                                  network::AddressEndpoint{*address}, static_cast<std::uint16_t>(port)),
               client ? &*client : nullptr);
}

}  // namespace drydock::world
