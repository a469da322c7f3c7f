#include "handlers/sts/service_sessions.h"

#include "handlers/iam/authorization.h"
#include "handlers/testing/fixture.h"
#include "store/credentials.h"
#include "store/records/iam/entity.h"

namespace drydock::sts {

namespace {

using testing::Fixture;

constexpr const char* kTaskRole = "arn:aws:iam::123456789012:role/team/task";
constexpr const char* kTasks = "ecs-tasks.amazonaws.com";

void PutTaskRole(Fixture& f, const std::string& condition = "{}") {
  records::iam::Role role;
  role.name = role.name_key = "task";
  role.path = "/team/";
  role.id = "AROATASK000000000000";
  role.trust_policy = R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
      "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Condition": )" +
                      condition + "}]}";
  role.inline_policies["p"] =
      R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})";
  f.database.Write([&](store::Transaction& tx) { tx.Put(f.scope, role); });
}

std::optional<records::sts::Session> Open(Fixture& f, const std::string& role, const std::string& service = kTasks) {
  return f.Run([&](Context& context) {
    return OpenServiceSession(context, role, "0a1b2c", service, context.Arn("ecs", "*"), std::chrono::hours(6));
  });
}

TEST_CASE("a service's session of a role has the role's permissions until it ends") {
  Fixture f;
  PutTaskRole(f);
  const auto session = Open(f, kTaskRole);
  REQUIRE(session);
  CHECK(session->arn == "arn:aws:sts::123456789012:assumed-role/task/0a1b2c");
  CHECK(session->user_id == "AROATASK000000000000:0a1b2c");
  CHECK(session->role_arn == kTaskRole);
  CHECK(session->issued_to == kTasks);
  CHECK(session->expires == f.clock.Now() + std::chrono::hours(6));
  CHECK((!session->secret.empty() && !session->token.empty()));

  const Principal principal{
      Principal::Type::kAssumedRole, session->account, session->arn, session->user_id, session->access_key, ""};
  f.Run([&](Context& context) {
    CHECK(iam::Authorize(context, principal, "s3:GetObject", "arn:aws:s3:::bucket/key").allowed());
    CHECK(!iam::Authorize(context, principal, "s3:PutObject", "arn:aws:s3:::bucket/key").allowed());
    auto kept = context.tx.Get<records::sts::Session>({}, session->access_key);
    REQUIRE(kept);
    CHECK(kept->secret.empty());
    store::Open(context.tx, *kept);
    CHECK((kept->secret == session->secret && kept->token == session->token));
    return 0;
  });
}

TEST_CASE("no session for services that the role does not trust, and of roles that are not there") {
  Fixture f;
  CHECK(!Open(f, kTaskRole));
  PutTaskRole(f);
  CHECK(!Open(f, kTaskRole, "ec2.amazonaws.com"));
  // The confused deputy: ECS developer guide, "Task IAM role", aws:SourceArn and aws:SourceAccount.
  PutTaskRole(f, R"({"StringEquals": {"aws:SourceAccount": "210987654321"}})");
  CHECK(!Open(f, kTaskRole));
  PutTaskRole(f, R"({"StringEquals": {"aws:SourceAccount": "123456789012"},
                     "ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-central-1:123456789012:*"}})");
  CHECK(Open(f, kTaskRole));
}

}  // namespace

}  // namespace drydock::sts
