// What a handler is given beside its input.
#pragma once

#include <string>

#include "emulator/core/clock.h"
#include "emulator/core/errors.h"
#include "emulator/core/ids.h"
#include "emulator/core/principal.h"
#include "emulator/core/scope.h"

namespace drydock {

namespace store {
class Transaction;
}
struct Engines;  // handlers/engines.h: the interfaces of the machinery that handlers may ask

// One request: one point in time, one request id, one transaction. Lives as long as the request; used by its thread.
struct Context {
  store::Transaction& tx;
  Engines& engines;
  Ids& ids;
  Timestamp now;
  Scope scope;  // the account and region the call is about
  Principal principal;
  std::string request_id;
  std::string source_ip = "127.0.0.1";
  std::string user_agent;

  const std::string& account() const { return scope.account; }
  const std::string& region() const { return scope.region; }
  // arn:aws:<service>:<region>:<account>:<resource>
  std::string Arn(std::string_view service, std::string_view resource) const {
    std::string arn = "arn:aws:";
    arn.append(service).append(":").append(scope.region).append(":").append(scope.account).append(":").append(resource);
    return arn;
  }
};

}  // namespace drydock
