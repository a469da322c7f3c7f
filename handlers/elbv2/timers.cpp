#include "handlers/elbv2/timers.h"

#include <charconv>

#include "emulator/core/text.h"
#include "store/records/elbv2/load_balancer.h"

namespace drydock::elbv2 {

namespace {

using LoadBalancerRecord = records::elbv2::LoadBalancer;
using records::elbv2::Target;

constexpr char kActivation[] = "elbv2.load_balancer_active";
constexpr char kDrained[] = "elbv2.target_drained";
constexpr Duration kRealisticProvisioning = std::chrono::minutes(2);
constexpr Duration kQuickProvisioning = std::chrono::milliseconds(300);

// Neither ARNs nor target ids have spaces.
std::string DrainKey(const Target& target) {
  return target.target_group_arn + " " + target.id + " " + std::to_string(target.port);
}

void Activate(store::Transaction& tx, const store::Timer& timer) {
  auto load_balancer = tx.Get<LoadBalancerRecord>(timer.scope, timer.key);
  if (!load_balancer) return;
  load_balancer->state = "active";
  tx.Put(timer.scope, *load_balancer);
}

void EndDraining(store::Transaction& tx, const store::Timer& timer) {
  const auto parts = Split(timer.key, ' ');
  std::int32_t port = 0;
  std::from_chars(parts.at(2).data(), parts.at(2).data() + parts.at(2).size(), port);
  const auto target = tx.Get<Target>(timer.scope, parts.at(0), parts.at(1), port);
  if (target && target->state == Target::kDraining) tx.Erase<Target>(timer.scope, parts[0], parts[1], port);
}

}  // namespace

void RegisterTimers(store::Timers& timers, Engines&, Ids&) {
  timers.On(kActivation, Activate);
  timers.On(kDrained, EndDraining);
}

void SetActivationTimer(Context& context, const std::string& load_balancer_arn) {
  const Duration delay = context.engines.clock.Delay(kRealisticProvisioning, kQuickProvisioning);
  context.tx.SetTimer({kActivation, context.scope, load_balancer_arn, context.now + delay});
}

void CancelActivationTimer(Context& context, const std::string& load_balancer_arn) {
  context.tx.CancelTimer(kActivation, context.scope, load_balancer_arn);
}

void SetDrainTimer(Context& context, const Target& target) {
  context.tx.SetTimer({kDrained, context.scope, DrainKey(target), target.drain_ends.value()});
}

void CancelDrainTimer(Context& context, const Target& target) {
  context.tx.CancelTimer(kDrained, context.scope, DrainKey(target));
}

}  // namespace drydock::elbv2
