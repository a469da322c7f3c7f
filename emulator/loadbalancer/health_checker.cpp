#include "emulator/loadbalancer/health_checker.h"

#include <map>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "emulator/loadbalancer/prober.h"
#include "emulator/loadbalancer/proxy_protocol.h"

namespace drydock::loadbalancer {

namespace {

// A twentieth, but no less than a tenth of a second.
Duration Quick(Seconds configured) {
  return std::max(Duration(100), std::chrono::duration_cast<Duration>(configured) / 20);
}

Duration Scaled(const Clock& clock, Seconds configured) {
  return clock.Delay(std::chrono::duration_cast<Duration>(configured), Quick(configured));
}

// From where a target is probed: the node of its own zone, or the first. (Each of AWS's nodes checks for itself; what
// DescribeTargetHealth tells is one view of it.)
const Node& ProbingNode(const LoadBalancer& load_balancer, const Target& target) {
  static const Node kNone;
  for (const Node& node : load_balancer.nodes) {
    if (node.availability_zone == target.availability_zone) return node;
  }
  return load_balancer.nodes.empty() ? kNone : load_balancer.nodes.front();
}

std::string Key(const std::string& group_arn, const std::string& target_id, int port) {
  return fmt::format("{}|{}|{}", group_arn, target_id, port);
}

}  // namespace

class HealthChecker::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(Clock& clock, const Network& network, const Hosts& hosts, DataPlaneEvents events, Join join)
      : clock_(clock), network_(network), hosts_(hosts), events_(std::move(events)), join_(std::move(join)) {}

  void Update(std::shared_ptr<const Routing> routing);
  TargetHealth HealthOf(const std::string& key) const;
  void Stop();

 private:
  // One registered target and how its checks go. Guarded by mutex_.
  struct Checked {
    HealthMachine machine;
    HealthCheckSettings settings;
    std::string address;
    bool probed = false;
    std::uint64_t round = 0;  // an alarm or probe of another round means nothing any more
    std::shared_ptr<TargetState> state;
    const RoutedGroup* group = nullptr;
    const Target* target = nullptr;
    std::shared_ptr<const Routing> routing;  // keeps the two alive
  };

  struct Change {
    std::string group_arn;
    Target target;
    TargetHealth before, now;
  };

  // What the target's health is without any probe; nullopt: it is to be probed.
  static std::optional<TargetHealth> HealthWithoutProbe(const Routing& routing, const RoutedGroup& group,
                                                        const Target& target);
  // Lets a target that has just become healthy begin slowly, where its group wants that.
  void BeginSlowlyLocked(Checked& checked);
  void ScheduleLocked(const std::string& key, Checked& checked, Timestamp when);
  void Probe(const std::string& key, std::uint64_t round);
  void Finish(const std::string& key, std::uint64_t round, Timestamp begun, const ProbeResult& result);
  template <class Action>
  void ChangeHealthLocked(Checked& checked, std::vector<Change>& changes, Action action);
  void Tell(const std::vector<Change>& changes);

  Clock& clock_;
  const Network& network_;
  const Hosts& hosts_;
  const DataPlaneEvents events_;
  const Join join_;
  mutable std::mutex mutex_;
  std::map<std::string, Checked> targets_;  // guarded by mutex_
  std::uint64_t last_round_ = 0;            // guarded by mutex_
  bool stopped_ = false;                    // guarded by mutex_
  Prober prober_;
};

std::optional<TargetHealth> HealthChecker::Core::HealthWithoutProbe(const Routing& routing, const RoutedGroup& group,
                                                                    const Target& target) {
  if (target.registration == Registration::kDraining) return DeregistrationInProgress();
  if (group.load_balancer == nullptr) return NotInUse();
  if (!target.invalid_state.empty()) return InvalidState(target.invalid_state);
  if (routing.IsUnusable(*group.group, target)) return IpUnusable();
  if (!ZoneEnabled(*group.load_balancer, target)) return ZoneNotEnabled();
  if (!group.group->health_check.enabled) return HealthCheckDisabled();
  if (group.group->target_type == TargetType::kFunction) return InternalError();  // nobody can ask it
  return std::nullopt;
}

template <class Action>
void HealthChecker::Core::ChangeHealthLocked(Checked& checked, std::vector<Change>& changes, Action action) {
  const TargetHealth before = checked.machine.health();
  action(checked.machine);
  const TargetHealth& now = checked.machine.health();
  const bool healthy = now.status == TargetStatus::kHealthy || now.status == TargetStatus::kUnavailable;
  if (!healthy) checked.state->slow_start = 0;
  if (healthy && !checked.state->healthy) BeginSlowlyLocked(checked);
  checked.state->healthy = healthy;
  if (now != before) changes.push_back({checked.group->group->arn, *checked.target, before, now});
}

// Not when no other target is at full share: there is nobody to relieve it then. Application Load Balancer guide, "Slow
// start mode".
void HealthChecker::Core::BeginSlowlyLocked(Checked& checked) {
  const RoutedGroup& group = *checked.group;
  const auto duration = std::chrono::duration_cast<Duration>(group.group->slow_start);
  if (duration.count() == 0) return;
  const Timestamp now = clock_.Now();
  const bool relieved = std::any_of(group.targets.begin(), group.targets.end(), [&](const RoutedTarget& other) {
    return other.state != checked.state && other.state->healthy && now - Timestamp{other.state->slow_start} >= duration;
  });
  if (relieved) checked.state->slow_start = now.milliseconds;
}

void HealthChecker::Core::Tell(const std::vector<Change>& changes) {
  if (!events_.health_changed) return;
  for (const Change& change : changes)
    events_.health_changed(change.group_arn, change.target, change.before, change.now);
}

void HealthChecker::Core::Update(std::shared_ptr<const Routing> routing) {
  std::vector<Change> changes;
  {
    std::lock_guard lock(mutex_);
    if (stopped_) return;
    std::map<std::string, Checked> previous = std::move(targets_);
    targets_.clear();
    for (const auto& [arn, group] : routing->groups()) {
      for (const Target& target : group.group->targets) {
        const std::string key = Key(arn, target.id, target.port);
        auto old = previous.find(key);
        const bool known = old != previous.end() && old->second.address == target.address;
        Checked& checked = targets_[key];
        if (known) checked = std::move(old->second);
        checked.address = target.address;
        checked.state = routing->states().at(TargetKey(*group.group, target));
        checked.group = &group;
        checked.target = &target;
        checked.routing = routing;
        const bool settings_changed = known && checked.settings != group.group->health_check;
        checked.settings = group.group->health_check;

        if (const auto fixed = HealthWithoutProbe(*routing, group, target)) {
          checked.round = ++last_round_;
          checked.probed = false;
          ChangeHealthLocked(checked, changes, [&](HealthMachine& machine) { machine.Restart(*fixed); });
        } else if (!checked.probed) {
          checked.probed = true;
          ChangeHealthLocked(checked, changes,
                             [](HealthMachine& machine) { machine.Restart(RegistrationInProgress()); });
          // AWS takes some seconds before the first check (unconfirmed how many).
          ScheduleLocked(key, checked, clock_.Now() + clock_.Delay(Duration(5000), Duration(0)));
        } else if (settings_changed) {
          ScheduleLocked(key, checked, clock_.Now());
        }
      }
    }
  }
  Tell(changes);
}

void HealthChecker::Core::ScheduleLocked(const std::string& key, Checked& checked, Timestamp when) {
  const std::uint64_t round = checked.round = ++last_round_;
  clock_.At(when, [weak = weak_from_this(), &clock = clock_, key, round] {
    const auto core = weak.lock();
    if (core == nullptr) return;
    // Judging and connecting is the prober's; the clock's thread goes on.
    core->prober_.Post([weak, hold = clock.HoldTime(), key, round] {
      if (const auto alive = weak.lock()) alive->Probe(key, round);
    });
  });
}

void HealthChecker::Core::Probe(const std::string& key, std::uint64_t round) {
  std::vector<Change> changes;
  std::unique_lock lock(mutex_);
  const auto found = targets_.find(key);
  if (stopped_ || found == targets_.end() || found->second.round != round) return;
  Checked& checked = found->second;
  if (checked.machine.health() == RegistrationInProgress()) {
    ChangeHealthLocked(checked, changes, [](HealthMachine& machine) { machine.Restart(InitialHealthChecking()); });
  }
  const std::shared_ptr<const Routing> routing = checked.routing;
  const RoutedGroup& group = *checked.group;
  const Target& target = *checked.target;
  const HealthCheckSettings settings = checked.settings;
  lock.unlock();
  Tell(changes);

  const Timestamp begun = clock_.Now();
  const Duration timeout = Scaled(clock_, settings.timeout);
  const Node& node = ProbingNode(*group.load_balancer, target);
  const int port = settings.port == 0 ? target.port : settings.port;
  Dial dial;
  int joined = -1;
  if (!network_.LoadBalancerToTarget(*group.load_balancer, node, target.address, port, "").admitted) {
    dial.outcome = Dial::Outcome::kNobody;
  } else if (group.group->target_type == TargetType::kLoadBalancer) {
    const RoutedListener* const behind = routing->FindListenerOf(target.id, port);
    if (behind != nullptr) joined = join_(behind->own_address, port, {node.private_address, 0});
    dial.outcome = joined < 0 ? Dial::Outcome::kRefused : Dial::Outcome::kConnect;
  } else {
    dial = hosts_.Locate(group.group->vpc_id, target.address, port, node.private_address);
  }
  if (group.group->proxy_protocol) dial.preface += LocalProxyHeader();
  switch (dial.outcome) {
    case Dial::Outcome::kNobody:
      // Nothing to wait on but time itself.
      clock_.At(begun + timeout, [weak = weak_from_this(), key, round, begun] {
        if (const auto core = weak.lock()) core->Finish(key, round, begun, {ProbeResult::Outcome::kTimeout});
      });
      return;
    case Dial::Outcome::kRefused:
      Finish(key, round, begun, {ProbeResult::Outcome::kFailed});
      return;
    case Dial::Outcome::kConnect:
      break;
  }
  // Who really answers has the whole timeout in every pace: what is in time on AWS is in time here. While a probe is
  // under way a manual clock stands still: waiting is then kept short.
  Duration patience = std::chrono::duration_cast<Duration>(settings.timeout);
  if (clock_.mode() == Clock::Mode::kManual) patience = std::min(patience, Duration(1000));
  prober_.Run({dial, settings.protocol != Protocol::kTcp, settings.protocol == Protocol::kHttps, settings.path,
               fmt::format("{}:{}", target.address, port), patience, joined},
              [weak = weak_from_this(), hold = clock_.HoldTime(), key, round, begun](const ProbeResult& result) {
                if (const auto core = weak.lock()) core->Finish(key, round, begun, result);
              });
}

void HealthChecker::Core::Finish(const std::string& key, std::uint64_t round, Timestamp begun,
                                 const ProbeResult& result) {
  std::vector<Change> changes;
  {
    std::lock_guard lock(mutex_);
    const auto found = targets_.find(key);
    if (stopped_ || found == targets_.end() || found->second.round != round) return;
    Checked& checked = found->second;
    ChangeHealthLocked(checked, changes, [&](HealthMachine& machine) { machine.Observe(result, checked.settings); });
    ScheduleLocked(key, checked, std::max(clock_.Now(), begun + Scaled(clock_, checked.settings.interval)));
  }
  Tell(changes);
}

TargetHealth HealthChecker::Core::HealthOf(const std::string& key) const {
  std::lock_guard lock(mutex_);
  const auto found = targets_.find(key);
  return found == targets_.end() ? NotRegistered() : found->second.machine.health();
}

void HealthChecker::Core::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    targets_.clear();
  }
  prober_.Stop();
}

HealthChecker::HealthChecker(Clock& clock, const Network& network, const Hosts& hosts, DataPlaneEvents events,
                             Join join)
    : core_(std::make_shared<Core>(clock, network, hosts, std::move(events), std::move(join))) {}
HealthChecker::~HealthChecker() {
  Stop();
}
void HealthChecker::Update(std::shared_ptr<const Routing> routing) {
  core_->Update(std::move(routing));
}
TargetHealth HealthChecker::HealthOf(const std::string& target_group_arn, const std::string& target_id,
                                     int port) const {
  return core_->HealthOf(Key(target_group_arn, target_id, port));
}
void HealthChecker::Stop() {
  core_->Stop();
}

}  // namespace drydock::loadbalancer
