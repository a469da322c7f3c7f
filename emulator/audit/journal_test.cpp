#include "emulator/audit/journal.h"

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <thread>

#include "store/database.h"

namespace drydock::audit {

struct ExampleInput {
  std::optional<std::string> SecretId;
  std::optional<std::string> SecretString;
  std::optional<Blob> Bytes;
  std::optional<Timestamp> Date;
};

}  // namespace drydock::audit

template <>
inline const drydock::Schema& drydock::SchemaOf<drydock::audit::ExampleInput>() {
  using drydock::audit::ExampleInput;
  static constexpr Field fields[] = {
      {"SecretId", offsetof(ExampleInput, SecretId), &TypeOf<decltype(ExampleInput::SecretId)>()},
      {"SecretString", offsetof(ExampleInput, SecretString), &TypeOf<decltype(ExampleInput::SecretString)>(), nullptr,
       nullptr, nullptr, false, nullptr, true},
      {"Bytes", offsetof(ExampleInput, Bytes), &TypeOf<decltype(ExampleInput::Bytes)>()},
      {"Date", offsetof(ExampleInput, Date), &TypeOf<decltype(ExampleInput::Date)>()},
  };
  static constexpr Schema schema{"ExampleInput", fields, 4};
  return schema;
}

namespace drydock::audit {

namespace {

const api::ErrorFacts kErrors[] = {{"Broken", 500}};

struct Example {
  Clock clock{Clock::Mode::kManual, Pace::kQuick, {1'764'000'000'000}};  // 2025-11-24T16:00:00Z
  Ids ids{1};
  store::Database database{store::kInMemory};
  std::optional<Journal> journal{std::in_place, database, clock, ids};
  api::Service service{};
  Scope scope{"111111111111", "eu-central-1"};
  Principal principal = Principal::Root("111111111111");
  std::string request_id = "request", address = "203.0.113.9", agent = "Boto3";
  std::vector<api::PolicyCheck> checks;

  Example() {
    service.name = "secretsmanager";
    service.signing_name = "secretsmanager";
    service.protocol = api::Protocol::kJson;
    service.errors = kErrors;
  }
  api::Operation Operation(const char* name, bool read_only) { return {name, &service, read_only, nullptr}; }
  api::FinishedCall Call(const api::Operation& operation) {
    return {operation, clock.Now(), scope, principal, request_id, address, agent, checks};
  }
  std::vector<store::AuditEvent> Stored() {
    return database.Read([](store::Transaction& tx) { return store::AuditEvents(tx).After(0, 1000); });
  }
};

}  // namespace

TEST_CASE("a write's event is part of its transaction, and gone with it") {
  Example example;
  const auto operation = example.Operation("CreateSecret", false);
  const auto write = [&](bool fail) {
    example.database.Write([&](store::Transaction& tx) {
      example.journal->Record(example.Call(operation), &tx);
      if (fail) throw ApiError("Broken", "");
    });
  };
  CHECK_THROWS_AS(write(true), ApiError);
  CHECK(example.Stored().empty());
  write(false);
  CHECK(example.Stored().size() == 1);
}

TEST_CASE("a refused call within a write stands, whatever becomes of the write") {
  Example example;
  const auto operation = example.Operation("CreateSecret", false);
  const ApiError error("Broken", "");
  api::FinishedCall refused = example.Call(operation);
  refused.error = &error;
  CHECK_THROWS_AS(example.database.Write([&](store::Transaction& tx) {
    example.journal->Record(refused, &tx);
    throw error;
  }),
                  ApiError);
  example.journal->Flush();
  CHECK(example.Stored().size() == 1);
}

TEST_CASE("reads and refused calls wait for a moment, or for the journal's end") {
  Example example;
  const auto read = example.Operation("ListSecrets", true);
  example.journal->Record(example.Call(read), nullptr);
  CHECK(example.Stored().empty());
  example.clock.Advance(std::chrono::seconds(1));
  CHECK(example.Stored().size() == 1);
  const ApiError error("ResourceNotFoundException", "no such secret");
  api::FinishedCall refused = example.Call(read);
  refused.error = &error;
  example.journal->Record(refused, nullptr);
  example.journal.reset();
  REQUIRE(example.Stored().size() == 2);
  CHECK(example.Stored()[1].record.find(R"("errorCode":"ResourceNotFoundException","errorMessage":"no such secret")") !=
        std::string::npos);
}

TEST_CASE("many reads are written by the journal's own thread, in any number of callers' order and none lost") {
  Example example;
  const auto read = example.Operation("ListSecrets", true);
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&] {
      for (int i = 0; i < 3'000; ++i) example.journal->Record(example.Call(read), nullptr);
    });
  for (std::thread& caller : callers) caller.join();
  const auto stored = [&] {
    return example.database.Read([](store::Transaction& tx) { return store::AuditEvents(tx).LastSequence(); });
  };
  // Nobody has moved the clock.
  while (stored() < 11'000) std::this_thread::yield();
  example.journal->Flush();
  CHECK(stored() == 12'000);
  store::AuditQuery all;
  all.limit = 20'000;
  CHECK(example.database.Read([&](store::Transaction& tx) { return store::AuditEvents(tx).Find(example.scope, all); })
            .size() == 12'000);
}

TEST_CASE("a look-up waits for what was recorded before it, not for those who go on calling") {
  Example example;
  const auto read = example.Operation("ListSecrets", true);
  constexpr int kEndless = 300'000;
  std::atomic<bool> flushed = false;
  std::atomic<int> calls = 0;
  std::thread caller([&] {
    for (; !flushed && calls < kEndless; ++calls) example.journal->Record(example.Call(read), nullptr);
  });
  while (calls < 1'000) std::this_thread::yield();
  example.journal->Flush();
  flushed = true;
  caller.join();
  CHECK(calls < kEndless);
}

TEST_CASE("a full disk holds no caller up") {
  const auto folder = std::filesystem::temp_directory_path() / ("journal_test-" + std::to_string(getpid()));
  std::filesystem::remove_all(folder);
  {
    store::Database database(folder);
    Example example;
    example.journal.emplace(database, example.clock, example.ids);
    const auto read = example.Operation("ListSecrets", true);
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const rlimit none{64 * 1024, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &none);
    for (int i = 0; i < 10'000; ++i) example.journal->Record(example.Call(read), nullptr);
    CHECK_THROWS_AS(example.journal->Flush(), store::Error);
    CHECK_NOTHROW(example.clock.Advance(std::chrono::seconds(1)));  // nor time
    setrlimit(RLIMIT_FSIZE, &before);
    example.journal->Flush();
    const auto stored = database.Read([](store::Transaction& tx) { return store::AuditEvents(tx).LastSequence(); });
    CHECK(stored >= 4'000);
    CHECK(stored < 10'000);
    example.journal.reset();
  }
  std::filesystem::remove_all(folder);
}

TEST_CASE("an event says what CloudTrail says, and hides what is secret") {
  Example example;
  ExampleInput in;
  in.SecretId = "db";
  in.SecretString = "hunter2";
  in.Bytes = Blob{"hunter2"};
  in.Date = Timestamp{1'677'707'118'000};
  const auto any = api::AnyStruct::Make(in);
  const auto operation = example.Operation("PutSecretValue", false);
  example.database.Write([&](store::Transaction& tx) {
    api::FinishedCall call = example.Call(operation);
    call.input = &any;
    example.journal->Record(call, &tx);
  });
  const std::string record = example.Stored().at(0).record;
  CHECK(record.find(R"("requestParameters":{"secretId":"db","secretString":"HIDDEN_DUE_TO_SECURITY_REASONS",)"
                    R"("date":"Mar 1, 2023 9:45:18 PM"},"responseElements":null)") != std::string::npos);
  CHECK(record.find("hunter2") == std::string::npos);
  CHECK(record.find(
            R"("userIdentity":{"type":"Root","principalId":"111111111111","arn":"arn:aws:iam::111111111111:root",)"
            R"("accountId":"111111111111"},"eventTime":"2025-11-24T16:00:00Z")") != std::string::npos);
}

TEST_CASE("callers of every kind") {
  const SessionFacts session{
      "arn:aws:iam::1:role/ci/deploy", {1'764'000'000'000}, "arn:aws:iam::1:user/team/ana", "AIDA1", "", "somebody"};
  Principal caller;
  caller.account = "1";
  const auto identity = [&](const std::string& arn, const std::string& id, Principal::Type type) {
    caller.type = type;
    caller.arn = arn;
    caller.user_id = id;
    return IdentityOf(caller, session, "");
  };
  CHECK(identity("arn:aws:iam::1:user/team/ana", "AIDA1", Principal::Type::kUser).user_name == "ana");
  const auto assumed =
      identity("arn:aws:sts::1:assumed-role/deploy/build", "AROA1:build", Principal::Type::kAssumedRole);
  CHECK(assumed.user_name == "build");
  CHECK(assumed.role == "arn:aws:iam::1:role/ci/deploy");
  CHECK(assumed.json.find(
            R"("sessionIssuer":{"type":"Role","principalId":"AROA1","arn":"arn:aws:iam::1:role/ci/deploy")") !=
        std::string::npos);
  const auto federated = identity("arn:aws:sts::1:federated-user/bob", "1:bob", Principal::Type::kUser);
  CHECK(federated.json.find(R"("type":"FederatedUser")") != std::string::npos);
  CHECK(federated.json.find(
            R"("sessionIssuer":{"type":"IAMUser","principalId":"AIDA1","arn":"arn:aws:iam::1:user/team/ana",)"
            R"("accountId":"1","userName":"ana"})") != std::string::npos);
  CHECK(federated.json.ends_with(R"("mfaAuthenticated":"false"},"sourceIdentity":"somebody"}})"));
  CHECK(identity("", "", Principal::Type::kUser).json == R"({"type":"Unknown","accountId":"1"})");
  caller.service = "ecs-tasks.amazonaws.com";
  CHECK(identity("", "", Principal::Type::kService).json ==
        R"({"type":"AWSService","invokedBy":"ecs-tasks.amazonaws.com"})");
  caller.type = Principal::Type::kAssumedRole;
  caller.arn = "arn:aws:sts::1:assumed-role/deploy/build";
  CHECK(IdentityOf(caller, session, "ecs.amazonaws.com").json.ends_with(R"("invokedBy":"ecs.amazonaws.com"})"));
}

}  // namespace drydock::audit
