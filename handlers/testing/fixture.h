// What a handler's unit test needs: a store in memory, a clock that stands still, repeatable ids, engines that do
// nothing. Handlers run as they do behind the pipeline: each call in a transaction of its own, rolled back on errors.
#pragma once

#include <catch2/catch.hpp>

#include <string>

#include "handlers/engines.h"
#include "store/database.h"

namespace drydock::testing {

// Remembers what it was asked to run.
class RecordingRuntime : public tasks::Runtime {
 public:
  void Start(tasks::TaskSpec task) override { started.push_back(std::move(task)); }
  void StartContainer(const std::string& task_arn, const std::string& container) override {
    started_containers.emplace_back(task_arn, container);
  }
  void Stop(const std::string& task_arn, Duration) override { stopped.push_back(task_arn); }
  std::optional<tasks::ExecSession> OpenSession(const std::string&, const std::string&, const std::string&) override {
    return tasks::ExecSession{"ecs-execute-command-0123456789abcdefg", "ws://127.0.0.1:1/", "token"};
  }
  tasks::Dial Locate(const std::string&, const std::string&, int, const std::string&) const override { return {}; }
  std::vector<tasks::TaskSpec> started;
  std::vector<std::pair<std::string, std::string>> started_containers;
  std::vector<std::string> stopped;
};

class Fixture {
 public:
  Clock clock{Clock::Mode::kManual, Pace::kQuick, {1'764'000'000'000}};  // 2025-11-24T16:00:00Z
  Ids ids{1};
  store::Database database{store::kInMemory};
  store::Blobs blobs{store::kInMemory};
  PageTokens tokens{"test"};
  RecordingRuntime runtime;
  network::Topology topology;
  Scope scope{"123456789012", "eu-central-1"};
  Engines engines{clock,
                  blobs,
                  tokens,
                  {},
                  [this] { return topology; },
                  [](const std::string&, const std::string&, int) { return loadbalancer::NotRegistered(); },
                  runtime,
                  [](Context& context, const api::Operation& operation, const api::AnyStruct& input) {
                    return operation.run(context, input);
                  }};

  // Runs fn(Context&) in a write transaction as root of the account and returns what it returns.
  template <class Fn>
  auto Run(Fn fn) {
    return database.Write([&](store::Transaction& tx) {
      Context context{tx,         engines,     ids,   clock.Now(), scope, Principal::Root(scope.account),
                      ids.Uuid(), "127.0.0.1", "test"};
      return fn(context);
    });
  }
  // Runs a handler: Call(ec2::CreateVpc, request).
  template <class Out, class In>
  Out Call(Out (*handler)(Context&, const In&), const In& input) {
    return Run([&](Context& context) { return handler(context, input); });
  }
  // The error code with which a handler refuses an input; empty when it does not.
  template <class Out, class In>
  std::string CodeOf(Out (*handler)(Context&, const In&), const In& input) {
    return ErrorOf(handler, input).code();
  }
  template <class Out, class In>
  ApiError ErrorOf(Out (*handler)(Context&, const In&), const In& input) {
    try {
      Call(handler, input);
    } catch (const ApiError& error) {
      return error;
    }
    return ApiError("", "");
  }
};

}  // namespace drydock::testing
