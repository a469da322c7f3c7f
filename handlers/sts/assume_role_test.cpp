// Texts and rules: aws-facts H.7.
#include "api/sts/AssumeRoleRequest.h"
#include "api/sts/AssumeRoleResponse.h"
#include "api/sts/GetAccessKeyInfoRequest.h"
#include "api/sts/GetAccessKeyInfoResponse.h"
#include "api/sts/GetFederationTokenRequest.h"
#include "api/sts/GetFederationTokenResponse.h"
#include "api/sts/GetSessionTokenRequest.h"
#include "api/sts/GetSessionTokenResponse.h"
#include "emulator/api/access.h"
#include "handlers/iam/authorization.h"
#include "handlers/sts/errors.h"
#include "handlers/testing/fixture.h"
#include "store/credentials.h"
#include "store/records/iam/entity.h"
#include "store/records/sts/session.h"

namespace drydock::sts {

AssumeRoleResponse AssumeRole(Context&, const AssumeRoleRequest&);
api::Questions AssumeRoleAccess(Context&, const AssumeRoleRequest&);
GetAccessKeyInfoResponse GetAccessKeyInfo(Context&, const GetAccessKeyInfoRequest&);
GetFederationTokenResponse GetFederationToken(Context&, const GetFederationTokenRequest&);
GetSessionTokenResponse GetSessionToken(Context&, const GetSessionTokenRequest&);

namespace {

using testing::Fixture;

constexpr const char* kRole = "arn:aws:iam::123456789012:role/deploy";

void PutRole(Fixture& f, const std::string& principal, const std::string& condition = "{}",
             const std::string& actions = R"("sts:AssumeRole")") {
  records::iam::Role role;
  role.name = role.name_key = "deploy";
  role.path = "/";
  role.id = "AROADEPLOY00000000000";
  role.trust_policy = R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [)" + actions +
                      R"(], "Principal": )" + principal + R"(, "Condition": )" + condition + "}]}";
  f.database.Write([&](store::Transaction& tx) { tx.Put(f.scope, role); });
}

AssumeRoleRequest Request(const std::string& session = "ci") {
  AssumeRoleRequest request;
  request.RoleArn = kRole;
  request.RoleSessionName = session;
  return request;
}

// A user with one inline policy, as the caller of what follows.
Principal PutUser(Fixture& f, const std::string& document) {
  records::iam::User user;
  user.name = user.name_key = "ana";
  user.path = "/";
  user.id = "AIDAANA00000000000000";
  if (!document.empty()) user.inline_policies["p"] = document;
  f.database.Write([&](store::Transaction& tx) { tx.Put(f.scope, user); });
  return {Principal::Type::kUser, "123456789012", "arn:aws:iam::123456789012:user/ana", user.id, "AKIAANA", ""};
}

// The error with which `caller` is refused; "" when it is not.
std::string Refused(Fixture& f, const Principal& caller, const AssumeRoleRequest& request) {
  try {
    f.Run([&](Context& context) {
      context.principal = caller;
      for (const api::Question& question : AssumeRoleAccess(context, request))
        if (!iam::Authorize(context, caller, question).allowed())
          throw errors::NotAuthorized(caller.arn, question.action, question.resource.arn);
      return AssumeRole(context, request);
    });
    return "";
  } catch (const ApiError& error) {
    return error.message();
  }
}

const std::string kDenied = std::string(
                                "User: arn:aws:iam::123456789012:user/ana is not authorized to perform: "
                                "sts:AssumeRole on resource: ") +
                            kRole;

TEST_CASE("the credentials of a session are known afterwards, as the session's") {
  Fixture f;
  PutRole(f, R"({"AWS": "123456789012"})");
  const auto out = f.Call(AssumeRole, Request());
  CHECK(out.AssumedRoleUser->Arn == "arn:aws:sts::123456789012:assumed-role/deploy/ci");
  CHECK(out.AssumedRoleUser->AssumedRoleId == "AROADEPLOY00000000000:ci");
  CHECK(out.Credentials->AccessKeyId->starts_with("ASIA"));
  CHECK(out.Credentials->AccessKeyId->size() == 20);
  CHECK(*out.Credentials->Expiration == f.clock.Now() + std::chrono::hours(1));
  const auto session = f.Run([&](Context& context) {
    auto kept = context.tx.Get<records::sts::Session>({}, *out.Credentials->AccessKeyId);
    if (kept) store::Open(context.tx, *kept);
    return kept;
  });
  REQUIRE(session);
  CHECK(session->secret == out.Credentials->SecretAccessKey);
  CHECK(session->arn == out.AssumedRoleUser->Arn);
}

TEST_CASE("the trust policy must let the caller in, and where it names the account the caller's policies must, too") {
  Fixture f;
  const Principal nobody = PutUser(f, "");
  PutRole(f, R"({"Service": "ecs-tasks.amazonaws.com"})");
  CHECK(Refused(f, nobody, Request()) == kDenied);
  PutRole(f, R"({"AWS": "arn:aws:iam::123456789012:user/ana"})");
  CHECK(Refused(f, nobody, Request()) == "");
  PutRole(f, R"({"AWS": "arn:aws:iam::123456789012:root"})");
  CHECK(Refused(f, nobody, Request()) == kDenied);
  const Principal allowed =
      PutUser(f, std::string(R"({"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ")") + kRole +
                     "\"}}");
  CHECK(Refused(f, allowed, Request()) == "");
  const Principal denied = PutUser(f, R"({"Statement": {"Effect": "Deny", "Action": "sts:*", "Resource": "*"}})");
  PutRole(f, R"({"AWS": "arn:aws:iam::123456789012:user/ana"})");
  CHECK(Refused(f, denied, Request()) == kDenied);
  AssumeRoleRequest missing = Request();
  missing.RoleArn = "arn:aws:iam::123456789012:role/missing";
  CHECK(Refused(f, nobody, missing) ==
        "User: arn:aws:iam::123456789012:user/ana is not authorized to perform: "
        "sts:AssumeRole on resource: arn:aws:iam::123456789012:role/missing");
  missing.RoleArn = "arn:aws:iam::123456789012:user/ana";
  CHECK(Refused(f, nobody, missing) == "arn:aws:iam::123456789012:user/ana is invalid");
}

TEST_CASE("external ids and session names are conditions like any other") {
  Fixture f;
  const Principal ana = PutUser(f, "");
  PutRole(
      f, R"({"AWS": "arn:aws:iam::123456789012:user/ana"})",
      R"({"StringEquals": {"sts:ExternalId": "shared"}, "StringLike": {"sts:RoleSessionName": "${aws:username}-*"}})");
  AssumeRoleRequest request = Request("ana-1");
  CHECK(Refused(f, ana, request) == kDenied);
  request.ExternalId = "shared";
  CHECK(Refused(f, ana, request) == "");
  request.RoleSessionName = "bob-1";
  CHECK(Refused(f, ana, request) == kDenied);
}

TEST_CASE("durations: what the role allows, and an hour for a session that assumes another role") {
  Fixture f;
  const Principal ana = PutUser(f, "");
  PutRole(f, R"({"AWS": ["arn:aws:iam::123456789012:user/ana", "arn:aws:iam::123456789012:role/deploy"]})");
  AssumeRoleRequest request = Request();
  request.DurationSeconds = 3601;
  CHECK(Refused(f, ana, request) == "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  const Principal session{
      Principal::Type::kAssumedRole, "123456789012", "arn:aws:sts::123456789012:assumed-role/deploy/x",
      "AROADEPLOY00000000000:x",     "ASIAX",        ""};
  CHECK(Refused(f, session, request) ==
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
  request.DurationSeconds = 900;
  CHECK(Refused(f, session, request) == "");
}

TEST_CASE("session tags need sts:TagSession, and keys once whatever their case") {
  Fixture f;
  const Principal ana = PutUser(f, "");
  AssumeRoleRequest request = Request();
  for (const char* key : {"Team", "team"}) {
    Tag tag;
    tag.Key = key;
    tag.Value = "blue";
    request.Tags.push_back(tag);
  }
  PutRole(f, R"({"AWS": "arn:aws:iam::123456789012:user/ana"})");
  CHECK(Refused(f, ana, request) ==
        std::string("User: arn:aws:iam::123456789012:user/ana is not authorized to perform: "
                    "sts:TagSession on resource: ") +
            kRole);
  PutRole(f, R"({"AWS": "arn:aws:iam::123456789012:user/ana"})", "{}", R"("sts:AssumeRole", "sts:TagSession")");
  CHECK(Refused(f, ana, request) == "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  request.Tags.pop_back();
  request.TransitiveTagKeys.push_back("Other");
  CHECK(Refused(f, ana, request) == "The specified transitive tag key must be included in the requested tags.");
  request.TransitiveTagKeys[0] = "Team";
  CHECK(Refused(f, ana, request) == "");
}

TEST_CASE("a session policy narrows down what the session may do") {
  Fixture f;
  PutRole(f, R"({"AWS": "123456789012"})");
  f.database.Write([&](store::Transaction& tx) {
    auto role = *tx.Get<records::iam::Role>(f.scope, std::string("deploy"));
    role.inline_policies["all"] = R"({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})";
    tx.Put(f.scope, role);
  });
  AssumeRoleRequest request = Request();
  request.Policy = R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ecs:*", "Resource": "*"}})";
  const auto out = f.Call(AssumeRole, request);
  CHECK(*out.PackedPolicySize > 0);
  f.Run([&](Context& context) {
    const Principal session{Principal::Type::kAssumedRole, "123456789012",
                            *out.AssumedRoleUser->Arn,     *out.AssumedRoleUser->AssumedRoleId,
                            *out.Credentials->AccessKeyId, ""};
    CHECK(iam::Authorize(context, session, "ecs:RunTask", "*").allowed());
    CHECK(!iam::Authorize(context, session, "ecr:GetAuthorizationToken", "*").allowed());
    return 0;
  });
  request.Policy = "{";
  CHECK(f.CodeOf(AssumeRole, request) == "MalformedPolicyDocument");
}

TEST_CASE("a federated user may what the user may who asked, as far as the session policies go") {
  Fixture f;
  const Principal ana =
      PutUser(f, R"({"Statement": {"Effect": "Allow", "Action": ["ecs:*", "ecr:*"], "Resource": "*"}})");
  const auto federated = [&](const Principal& caller, const std::optional<std::string>& policy) {
    GetFederationTokenRequest request;
    request.Name = "guest";
    request.Policy = policy;
    const auto out = f.Run([&](Context& context) {
      context.principal = caller;
      return GetFederationToken(context, request);
    });
    return Principal{Principal::Type::kUser,        "123456789012",
                     *out.FederatedUser->Arn,       *out.FederatedUser->FederatedUserId,
                     *out.Credentials->AccessKeyId, ""};
  };
  const auto may = [&](const Principal& principal, const char* action) {
    return f.Run([&](Context& context) { return iam::Authorize(context, principal, action, "*").allowed(); });
  };
  const std::string policy =
      R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["ecs:*", "logs:*"], "Resource": "*"}})";
  const Principal guest = federated(ana, policy);
  CHECK(may(guest, "ecs:RunTask"));
  CHECK(!may(guest, "ecr:GetAuthorizationToken"));
  CHECK(!may(guest, "logs:PutLogEvents"));
  CHECK(!may(federated(ana, std::nullopt), "ecs:RunTask"));
  CHECK(may(federated(Principal::Root("123456789012"), policy), "logs:PutLogEvents"));
  CHECK(Refused(f, guest, Request()) != "");
}

TEST_CASE("a source identity stays from role to role") {
  Fixture f;
  const Principal ana = PutUser(f, "");
  PutRole(f, R"({"AWS": ["arn:aws:iam::123456789012:user/ana", "arn:aws:iam::123456789012:role/deploy"]})", "{}",
          R"("sts:AssumeRole", "sts:SetSourceIdentity")");
  AssumeRoleRequest request = Request();
  request.SourceIdentity = "ana";
  const auto out = f.Run([&](Context& context) {
    context.principal = ana;
    return AssumeRole(context, request);
  });
  const Principal session{Principal::Type::kAssumedRole, "123456789012",
                          *out.AssumedRoleUser->Arn,     *out.AssumedRoleUser->AssumedRoleId,
                          *out.Credentials->AccessKeyId, ""};
  request.SourceIdentity = "bob";
  CHECK(Refused(f, session, request) != "");
  request.SourceIdentity.reset();
  const auto next = f.Run([&](Context& context) {
    context.principal = session;
    return AssumeRole(context, request);
  });
  CHECK(next.SourceIdentity == "ana");
}

TEST_CASE("session tokens are for users, not for sessions") {
  Fixture f;
  const auto out = f.Call(GetSessionToken, GetSessionTokenRequest{});
  CHECK(*out.Credentials->Expiration == f.clock.Now() + std::chrono::hours(1));
  GetAccessKeyInfoRequest info;
  info.AccessKeyId = out.Credentials->AccessKeyId;
  CHECK(f.Call(GetAccessKeyInfo, info).Account == "123456789012");
  info.AccessKeyId = "AKIAIOSFODNN7EXAMPLE";
  CHECK(f.Call(GetAccessKeyInfo, info).Account == "000000000000");
}

}  // namespace
}  // namespace drydock::sts
