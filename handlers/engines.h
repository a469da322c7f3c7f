// The machinery behind the API that handlers may ask, as seen from handlers: values and functions, no sockets.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "emulator/api/operation.h"
#include "emulator/core/clock.h"
#include "emulator/core/paging.h"
#include "emulator/events/event.h"
#include "emulator/loadbalancer/target_health.h"
#include "emulator/network/topology.h"
#include "emulator/tasks/runtime.h"
#include "store/blobs.h"

namespace drydock {

namespace auth::policy {
class DocumentCache;  // emulator/auth/policy/cache.h
}

// What the user chose on the command line, as far as handlers need it.
struct Settings {
  std::string default_account = "000000000000";
  std::string endpoint = "http://127.0.0.1:4566";  // where this emulator's API answers
  bool only_local_images = false;                  // images of other registries are not taken on trust
};

struct Engines {
  Clock& clock;
  store::Blobs& blobs;
  const PageTokens& tokens;
  Settings settings;
  // All VPCs of all accounts and regions, as of the last commit: what the transaction under way has changed is not in
  // it.
  std::function<network::Topology()> topology;
  // The health that the load balancers have observed, by target group ARN, target id and port.
  std::function<loadbalancer::TargetHealth(const std::string&, const std::string&, int)> target_health;
  // Where tasks run.
  tasks::Runtime& runtime;
  // The way of a call from one service to another: checked, authorised and audited like one from outside.
  std::function<api::AnyStruct(Context&, const api::Operation&, const api::AnyStruct&)> invoke;
  // Policy documents that have been read before; may be missing.
  std::shared_ptr<auth::policy::DocumentCache> policies = nullptr;
  // Where services tell what happened (EventBridge). Never blocks; call it after the commit.
  std::function<void(events::Event)> publish = [](events::Event) {};
};

// Calls an operation of another service as `principal`, in the caller's transaction:
//   auto secret = Invoke<secretsmanager::GetSecretValueResponse>(context, role, operation, request);
// Throws the ApiError that AWS would send to that principal.
template <class Out, class In>
Out Invoke(Context& caller, Principal principal, const api::Operation& operation, In input) {
  Context inner = caller;
  inner.principal = std::move(principal);
  return caller.engines.invoke(inner, operation, api::AnyStruct::Make(std::move(input))).template as<Out>();
}

}  // namespace drydock
