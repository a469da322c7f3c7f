// The way of an API request: one ordered list, the architecture's table of contents.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "emulator/api/finished_call.h"
#include "emulator/auth/keys.h"
#include "emulator/auth/signature.h"
#include "emulator/core/clock.h"
#include "emulator/core/context.h"
#include "emulator/http/message.h"
#include "emulator/protocol/form.h"
#include "emulator/protocol/validate.h"
#include "store/database.h"

namespace drydock::http {

class Pipeline {
 public:
  struct Parts {
    Clock& clock;
    Ids& ids;
    store::Database& database;
    Engines& engines;
    const protocol::Validator& validator;
    const auth::KeyDirectory& keys;
    std::string default_account;
    bool strict_auth = false;
    // Called once for each account and region before its first request, in a transaction of its own.
    std::function<void(Context&)> prepare_account;
    // Throws the AccessDenied of a principal whose policies do not allow the operation with this input; adds what was
    // asked.
    std::function<void(Context&, const api::Operation&, const api::AnyStruct& input, std::vector<api::PolicyCheck>*)>
        authorize;
    // Takes each finished call of a known caller, in the call's transaction if there is one; may be empty.
    std::function<void(const api::FinishedCall&, store::Transaction*)> audit;
    // Called before an operation runs, outside of any transaction; may be empty.
    std::function<void(const api::Operation&)> before_running;
    // Told of each call that is made by somebody known, before it runs; the transaction of a call between services.
    std::function<void(const Principal&, const api::Operation&, const Scope&, Timestamp, store::Transaction*)> used =
        {};
  };
  explicit Pipeline(Parts parts) : parts_(std::move(parts)) {}

  // Answers any request to the API. Thread-safe; throws nothing but UnreadableBody.
  Response Handle(const Request& request);

  // The way of a call from one service to another: the same checks, in the caller's transaction. Throws ApiError.
  api::AnyStruct Invoke(Context& context, const api::Operation& operation, const api::AnyStruct& input);

 private:
  struct Call;                                             // what the steps find out about a request, one after another
  void ReadSignature(const Request& request, Call& call);  // the body is not needed for it, only to verify it
  void ReadBody(const Request& request, Call& call);
  void Identify(const Request& request, Call& call);
  void Authenticate(const Request& request, Call& call);
  void Decode(Call& call);
  void Prepare(const Call& call);
  api::AnyStruct Run(Call& call);

  void AuditRefusal(const Call& call, const ApiError& error);

  Context MakeContext(store::Transaction& tx, const Call& call) const;

  Parts parts_;
  std::mutex prepared_mutex_;
  std::set<Scope> prepared_;  // guarded by prepared_mutex_
};

}  // namespace drydock::http
