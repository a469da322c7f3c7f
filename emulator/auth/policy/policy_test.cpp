// Decision tables. Sources: IAM User Guide, "Policy evaluation logic", "IAM JSON policy elements: Condition operators",
// "Policy variables", "Multivalued context keys"; aws-facts H.1, H.2.
#include <catch2/catch.hpp>

#include <ctime>

#include "emulator/auth/policy/evaluate.h"
#include "emulator/auth/policy/pattern.h"
#include "emulator/auth/policy/validate.h"

namespace drydock::auth::policy {
namespace {

Document Read(const std::string& json) {
  auto parsed = Parse(json);
  if (const auto* malformed = std::get_if<Malformed>(&parsed)) FAIL("malformed: " << malformed->what << " in " << json);
  return std::get<Document>(parsed);
}

Policy Named(const std::string& id, const std::string& json) {
  return {id, std::make_shared<const Document>(Read(json))};
}

// One statement of an identity policy, from its members.
Policy One(const std::string& members) {
  return Named("p", R"({"Version": "2012-10-17", "Statement": {)" + members + "}}");
}

Caller Role() {
  Caller caller;
  caller.principal = {Principal::Type::kAssumedRole, "111122223333", "arn:aws:sts::111122223333:assumed-role/deploy/ci",
                      "AROAEXAMPLE1234567890:ci",    "ASIA",         ""};
  caller.role_arn = "arn:aws:iam::111122223333:role/team/deploy";
  return caller;
}
Caller User() {
  Caller caller;
  caller.principal = {Principal::Type::kUser, "111122223333", "arn:aws:iam::111122223333:user/ana",
                      "AIDAEXAMPLE",          "AKIA",         ""};
  return caller;
}

Outcome Decide(const std::string& members, const std::string& action, const std::string& resource, Keys keys = {}) {
  return Evaluate({{One(members)}, {}, {}, {}}, User(), {action, resource, "", std::move(keys)}).outcome;
}

TEST_CASE("without a policy nothing is allowed, and an explicit deny wins over every allow") {
  const Query query{"ecs:RunTask", "arn:aws:ecs:eu-central-1:111122223333:task-definition/web:1", "", {}};
  CHECK(Evaluate({}, User(), query).outcome == Outcome::kImplicitDeny);
  const Policy allow = Named("allow", R"({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})");
  const Policy deny =
      Named("deny", R"({"Statement": [{"Sid": "No", "Effect": "Deny", "Action": "ecs:Run*", "Resource": "*"}]})");
  CHECK(Evaluate({{allow}, {}, {}, {}}, User(), query).allowed());
  for (const auto& order : {std::vector{allow, deny}, std::vector{deny, allow}}) {
    const Decision decision = Evaluate({order, {}, {}, {}}, User(), query);
    CHECK(decision.outcome == Outcome::kExplicitDeny);
    CHECK(decision.policy == "deny");
    CHECK(decision.sid == "No");
  }
}

TEST_CASE("the account's root is allowed without a policy") {
  Caller root;
  root.principal = Principal::Root("111122223333");
  CHECK(Evaluate({}, root, {"iam:CreateUser", "*", "", {}}).allowed());
}

TEST_CASE("actions: any case, wildcards, NotAction") {
  const std::string all = R"("Effect": "Allow", "Resource": "*", )";
  CHECK(Decide(all + R"("Action": "ECS:runtask")", "ecs:RunTask", "*") == Outcome::kAllowed);
  CHECK(Decide(all + R"("Action": "ecs:*Task")", "ecs:RunTask", "*") == Outcome::kAllowed);
  CHECK(Decide(all + R"("Action": "ecs:Run?ask")", "ecs:RunTask", "*") == Outcome::kAllowed);
  CHECK(Decide(all + R"("Action": ["ecs:Describe*", "ecs:List*"])", "ecs:RunTask", "*") == Outcome::kImplicitDeny);
  CHECK(Decide(all + R"("NotAction": "iam:*")", "ecs:RunTask", "*") == Outcome::kAllowed);
  CHECK(Decide(all + R"("NotAction": "iam:*")", "iam:CreateUser", "*") == Outcome::kImplicitDeny);
}

TEST_CASE("resources: exact case, wildcards across colons and slashes, NotResource, actions without resources") {
  const std::string allow = R"("Effect": "Allow", "Action": "*", )";
  const std::string secret = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:prod-mongodb-a1B2c3";
  CHECK(Decide(allow + R"("Resource": "arn:aws:secretsmanager:*:*:secret:prod-mongodb-??????")", "x:Y", secret) ==
        Outcome::kAllowed);
  CHECK(Decide(allow + R"("Resource": "arn:aws:secretsmanager:*:*:secret:Prod-mongodb-*")", "x:Y", secret) ==
        Outcome::kImplicitDeny);
  CHECK(Decide(allow + R"("Resource": "arn:aws:*")", "x:Y", secret) == Outcome::kAllowed);
  CHECK(Decide(allow + R"("Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"])", "x:Y", "arn:aws:s3:::b/a/b") ==
        Outcome::kAllowed);
  CHECK(Decide(allow + R"("NotResource": "arn:aws:s3:::b/*")", "x:Y", "arn:aws:s3:::b/a") == Outcome::kImplicitDeny);
  CHECK(Decide(allow + R"("NotResource": "arn:aws:s3:::b/*")", "x:Y", "arn:aws:s3:::c") == Outcome::kAllowed);
  CHECK(Decide(allow + R"("Resource": "arn:aws:ecs:*:*:cluster/*")", "ecs:ListClusters", "*") ==
        Outcome::kImplicitDeny);
  CHECK(Decide(allow + R"("Resource": "*")", "ecs:ListClusters", "*") == Outcome::kAllowed);
}

TEST_CASE("wildcards: * and ? only, and no exponential search") {
  CHECK(Like("a*c", "abbbc"));
  CHECK(Like("*", ""));
  CHECK(!Like("?", ""));
  CHECK(Like("caf?", "caf\xC3\xA9"));
  CHECK(Like("a\\*", "a\\b"));
  CHECK(!Like("a\\*", "a*"));
  const std::string many(4000, 'a');
  CHECK(!Like("*a*a*a*a*a*a*a*a*b", many));
}

TEST_CASE("policy variables") {
  const Keys keys{{"aws:username", {"ana"}}, {"aws:principaltag/team", {"blue*"}}, {"aws:tagkeys", {"a", "b"}}};
  CHECK(ExpandVariables("home/${aws:username}/*", keys) == "home/ana/*");
  CHECK(ExpandVariables("${AWS:UserName}", keys) == "ana");
  CHECK(ExpandVariables("${aws:missing, 'all'}", keys) == "all");
  CHECK(ExpandVariables("${aws:missing}", keys) == std::nullopt);
  CHECK(ExpandVariables("${aws:tagkeys}", keys) == std::nullopt);
  CHECK(ExpandVariables("${aws:username", keys) == std::nullopt);
  // What a variable puts in is literal, and so are ${*}, ${?} and ${$}.
  CHECK(Like(*ExpandVariables("${aws:PrincipalTag/team}", keys), "blue*"));
  CHECK(!Like(*ExpandVariables("${aws:PrincipalTag/team}", keys), "blueberry"));
  CHECK(Like(*ExpandVariables("a${*}b${?}${$}", keys), "a*b?$"));
  CHECK(!Like(*ExpandVariables("a${*}", keys), "ab"));

  const std::string home = R"("Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/${aws:username}/*")";
  CHECK(Decide(home, "s3:GetObject", "arn:aws:s3:::b/ana/x", keys) == Outcome::kAllowed);
  CHECK(Decide(home, "s3:GetObject", "arn:aws:s3:::b/bob/x", keys) == Outcome::kImplicitDeny);
  CHECK(Decide(home, "s3:GetObject", "arn:aws:s3:::b//x") == Outcome::kImplicitDeny);
  CHECK(Decide(R"("Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::b/${aws:username}/*")", "s3:GetObject",
               "arn:aws:s3:::c") == Outcome::kImplicitDeny);
  // Variables came with version 2012-10-17.
  const Policy old = Named("old", R"({"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Action": "*",
      "Resource": "arn:aws:s3:::b/${aws:username}"}})");
  CHECK(!Evaluate({{old}, {}, {}, {}}, User(), {"s3:GetObject", "arn:aws:s3:::b/ana", "", keys}).allowed());
}

// Whether {operator: {key: values}} holds.
bool Condition(const std::string& op, const std::string& values, Keys keys) {
  return Decide(R"("Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {")" + op + R"(": {"k": )" + values +
                    "}}",
                "x:Y", "*", std::move(keys)) == Outcome::kAllowed;
}

TEST_CASE("condition operators: every one, matching and not") {
  struct Row {
    const char* op;
    const char* values;
    const char* actual;
    bool holds;
  };
  const Row rows[] = {
      {"StringEquals", R"("a")", "a", true},
      {"StringEquals", R"(["a", "b"])", "b", true},
      {"StringEquals", R"("a")", "A", false},
      {"StringNotEquals", R"(["a", "b"])", "c", true},
      {"StringNotEquals", R"(["a", "b"])", "b", false},
      {"StringEqualsIgnoreCase", R"("a")", "A", true},
      {"StringNotEqualsIgnoreCase", R"("a")", "A", false},
      {"StringLike", R"("a*")", "abc", true},
      {"StringLike", R"("a?")", "abc", false},
      {"StringNotLike", R"("a*")", "abc", false},
      {"NumericEquals", "3", "3.0", true},
      {"NumericNotEquals", "3", "4", true},
      {"NumericLessThan", R"("10")", "9", true},
      {"NumericLessThan", R"("10")", "10", false},
      {"NumericLessThanEquals", R"("10")", "10", true},
      {"NumericGreaterThan", R"("10")", "10", false},
      {"NumericGreaterThanEquals", R"("10")", "10", true},
      {"NumericLessThan", R"("10")", "ten", false},
      {"DateEquals", R"("2026-01-01T00:00:00Z")", "2026-01-01T00:00:00Z", true},
      {"DateNotEquals", R"("2026-01-01T00:00:00Z")", "2026-01-01T00:00:00Z", false},
      {"DateLessThan", R"("2026-01-01T00:00:00Z")", "2025-12-31T23:59:59Z", true},
      {"DateLessThanEquals", R"("2026-01-01T00:00:00Z")", "1767225600", true},
      {"DateGreaterThan", R"("2026-01-01T00:00:00Z")", "2026-01-01T00:00:00Z", false},
      {"DateGreaterThanEquals", R"("2026-01-01T00:00:00Z")", "2026-01-01T00:00:00Z", true},
      {"Bool", "true", "true", true},
      {"Bool", R"("false")", "true", false},
      {"BinaryEquals", R"("QmluYXJ5")", "QmluYXJ5", true},
      {"BinaryEquals", R"("QmluYXJ5")", "b3RoZXI=", false},
      {"IpAddress", R"("203.0.113.0/24")", "203.0.113.7", true},
      {"IpAddress", R"("203.0.113.0/24")", "203.0.114.7", false},
      {"IpAddress", R"("203.0.113.7")", "203.0.113.7", true},
      {"IpAddress", R"("2001:db8::/32")", "2001:db8:1::5", true},
      {"IpAddress", R"("2001:db8::/32")", "203.0.113.7", false},
      {"IpAddress", R"("203.0.113.0/240")", "203.0.113.7", false},
      {"NotIpAddress", R"("203.0.113.0/24")", "198.51.100.1", true},
      {"ArnEquals", R"("arn:aws:ecs:*:111122223333:cluster/main")",
       "arn:aws:ecs:eu-central-1:111122223333:cluster/main", true},
      {"ArnLike", R"("arn:aws:ecs:*:*:cluster/*")", "arn:aws:ecs:eu-central-1:111122223333:cluster/main", true},
      {"ArnLike", R"("arn:aws:*:cluster/*")", "arn:aws:ecs:eu-central-1:111122223333:cluster/main", false},
      {"ArnNotEquals", R"("arn:aws:ecs:*:*:cluster/*")", "arn:aws:ecs:eu-central-1:111122223333:cluster/main", false},
      {"ArnNotLike", R"("arn:aws:ecs:*:*:service/*")", "arn:aws:ecs:eu-central-1:111122223333:cluster/main", true},
      {"Null", R"("false")", "a", true},
      {"Null", R"("true")", "a", false},
  };
  for (const Row& row : rows) {
    INFO(row.op << " " << row.values << " for " << row.actual);
    CHECK(Condition(row.op, row.values, {{"k", {row.actual}}}) == row.holds);
  }
}

TEST_CASE("conditions about a key that the request does not have") {
  CHECK(!Condition("StringEquals", R"("a")", {}));
  CHECK(Condition("StringNotEquals", R"("a")", {}));
  CHECK(Condition("StringEqualsIfExists", R"("a")", {}));
  CHECK(!Condition("StringEqualsIfExists", R"("a")", {{"k", {"b"}}}));
  CHECK(!Condition("Bool", R"("false")", {}));
  CHECK(Condition("Null", R"("true")", {}));
  CHECK(!Condition("Null", R"("false")", {}));
  CHECK(Condition("ForAllValues:StringEquals", R"("a")", {}));
  CHECK(!Condition("ForAnyValue:StringEquals", R"("a")", {}));
  CHECK(!Condition("ForAnyValue:StringNotEquals", R"("a")", {}));
}

TEST_CASE("conditions about keys with several values") {
  const Keys ab{{"k", {"a", "b"}}};
  CHECK(Condition("ForAllValues:StringEquals", R"(["a", "b", "c"])", ab));
  CHECK(!Condition("ForAllValues:StringEquals", R"(["a"])", ab));
  CHECK(Condition("ForAnyValue:StringEquals", R"(["b"])", ab));
  CHECK(!Condition("ForAnyValue:StringEquals", R"(["c"])", ab));
  CHECK(Condition("ForAllValues:StringNotEquals", R"(["c"])", ab));
  CHECK(!Condition("ForAllValues:StringNotEquals", R"(["a"])", ab));
  CHECK(Condition("ForAnyValue:StringNotEquals", R"(["a"])", ab));
}

TEST_CASE("all conditions of a statement must hold, and keys are of any case") {
  const std::string both = R"("Effect": "Allow", "Action": "*", "Resource": "*",
      "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}, "Bool": {"AWS:SecureTransport": "true"}})";
  CHECK(Decide(both, "x:Y", "*", {{"aws:requestedregion", {"eu-central-1"}}, {"aws:securetransport", {"true"}}}) ==
        Outcome::kAllowed);
  CHECK(Decide(both, "x:Y", "*", {{"aws:requestedregion", {"eu-central-1"}}, {"aws:securetransport", {"false"}}}) ==
        Outcome::kImplicitDeny);
}

TEST_CASE("boundaries and session policies narrow down what identity policies allow") {
  const Policy ecs = Named("ecs", R"({"Statement": {"Effect": "Allow", "Action": "ecs:*", "Resource": "*"}})");
  const Policy all = Named("all", R"({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})");
  const Query run{"ecs:RunTask", "*", "", {}}, pull{"ecr:BatchGetImage", "*", "", {}};
  CHECK(Evaluate({{all}, {}, ecs, {}}, Role(), run).allowed());
  Decision decision = Evaluate({{all}, {}, ecs, {}}, Role(), pull);
  CHECK(decision.outcome == Outcome::kImplicitDeny);
  CHECK(Reason(decision, pull.action) == "because no permissions boundary allows the ecr:BatchGetImage action");
  CHECK(!Evaluate({{}, {}, all, {}}, Role(), run).allowed());  // a boundary grants nothing
  decision = Evaluate({{all}, {}, {}, std::vector{ecs}}, Role(), pull);
  CHECK(Reason(decision, pull.action) == "because no session policy allows the ecr:BatchGetImage action");
  CHECK(!Evaluate({{all}, {}, {}, std::vector<Policy>{}}, Role(), pull).allowed());
}

// AWS PrivateLink Guide, "Control access to VPC endpoints using endpoint policies".
TEST_CASE("the policy of the VPC endpoint that a call comes through must allow it, too") {
  const Policy all = Named("all", R"({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})");
  const Query read{"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db", "", {}};
  const auto through = [&](const std::string& statement) {
    Policies policies{{all}, {}, {}, {}};
    policies.endpoint = Named("vpce-1", R"({"Statement": )" + statement + "}");
    return Evaluate(policies, User(), read);
  };
  CHECK(through(R"({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"})").allowed());
  const Decision other = through(R"({"Effect": "Allow", "Principal": "*", "Action": "ecr:*", "Resource": "*"})");
  CHECK(other.outcome == Outcome::kImplicitDeny);
  CHECK(Reason(other, read.action) == "because no VPC endpoint policy allows the secretsmanager:GetSecretValue action");
  CHECK(!through(R"({"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "*", "Resource": "*"})")
             .allowed());
  const Decision denied = through(R"([{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
      {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"}])");
  CHECK(denied.outcome == Outcome::kExplicitDeny);
  CHECK((denied.policy == "vpce-1" && denied.statement == 1 && denied.sid == "No"));
  CHECK(Reason(denied, read.action) == "with an explicit deny in a VPC endpoint policy");
  // It gives nothing by itself.
  Policies policies;
  policies.endpoint = Named("vpce-1", R"({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*",
      "Resource": "*"}})");
  CHECK(Evaluate(policies, User(), read).source == Source::kIdentity);
}

TEST_CASE("resource policies within the account: whom they name decides how far they reach") {
  const auto resource = [](const std::string& principal) {
    return Named("r", R"({"Statement": {"Effect": "Allow", "Principal": )" + principal +
                          R"(, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}})");
  };
  const Query get{
      "secretsmanager:GetSecretValue", "arn:aws:secretsmanager:r:111122223333:secret:x", "111122223333", {}};
  const Policy nothing = Named("n", R"({"Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}})");
  const auto decide = [&](const std::string& principal, const Caller& caller, std::optional<Policy> boundary = {}) {
    return Evaluate({{}, resource(principal), std::move(boundary), {}}, caller, get).allowed();
  };
  // The account only delegates to its own policies; the very user and the role are granted directly.
  CHECK(!decide(R"({"AWS": "arn:aws:iam::111122223333:root"})", User()));
  CHECK(!decide(R"({"AWS": "111122223333"})", User()));
  CHECK(decide(R"({"AWS": "arn:aws:iam::111122223333:user/ana"})", User()));
  CHECK(!decide(R"({"AWS": "arn:aws:iam::111122223333:user/bob"})", User()));
  CHECK(decide(R"({"AWS": "arn:aws:iam::111122223333:role/team/deploy"})", Role()));
  CHECK(decide(R"({"AWS": "arn:aws:sts::111122223333:assumed-role/deploy/ci"})", Role()));
  CHECK(decide(R"("*")", User()));
  // A boundary limits what the role is granted, not what the very session or user is.
  CHECK(!decide(R"({"AWS": "arn:aws:iam::111122223333:role/team/deploy"})", Role(), nothing));
  CHECK(decide(R"({"AWS": "arn:aws:sts::111122223333:assumed-role/deploy/ci"})", Role(), nothing));
  CHECK(decide(R"({"AWS": "arn:aws:iam::111122223333:user/ana"})", User(), nothing));
}

TEST_CASE("across accounts both sides must allow") {
  const Policy resource = Named("r", R"({"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"},
      "Action": "*", "Resource": "*"}})");
  const Policy all = Named("all", R"({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})");
  const Query get{"secretsmanager:GetSecretValue", "x", "999999999999", {}};
  CHECK(Evaluate({{all}, resource, {}, {}}, User(), get).allowed());
  CHECK(!Evaluate({{}, resource, {}, {}}, User(), get).allowed());
  const Decision decision = Evaluate({{all}, {}, {}, {}}, User(), get);
  CHECK(Reason(decision, get.action) ==
        "because no resource-based policy allows the secretsmanager:GetSecretValue action");
}

TEST_CASE("trust policies: services, accounts, NotPrincipal, and denies") {
  const Document ecs = Read(R"({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
      "Principal": {"Service": ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"]},
      "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}})");
  Caller service;
  service.principal.type = Principal::Type::kService;
  service.principal.service = "ecs-tasks.amazonaws.com";
  const Query assume{
      "sts:AssumeRole", "arn:aws:iam::111122223333:role/r", "", {{"aws:sourceaccount", {"111122223333"}}}};
  CHECK(EvaluateResourcePolicy(ecs, service, assume).outcome == Outcome::kAllowed);
  CHECK(EvaluateResourcePolicy(ecs, service, {"sts:AssumeRole", "x", "", {}}).outcome == Outcome::kImplicitDeny);
  service.principal.service = "lambda.amazonaws.com";
  CHECK(EvaluateResourcePolicy(ecs, service, assume).outcome == Outcome::kImplicitDeny);
  CHECK(EvaluateResourcePolicy(ecs, User(), assume).outcome == Outcome::kImplicitDeny);

  const Document others = Read(R"({"Statement": [
      {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}},
      {"Effect": "Deny", "Action": "sts:AssumeRole", "NotPrincipal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:user/ana"]}}]})");
  CHECK(EvaluateResourcePolicy(others, User(), assume).outcome == Outcome::kAllowed);
  CHECK(EvaluateResourcePolicy(others, User(), assume).reach == Reach::kAccount);
  CHECK(EvaluateResourcePolicy(others, Role(), assume).outcome == Outcome::kExplicitDeny);
}

TEST_CASE("the ends of AWS's AccessDenied sentences") {
  const auto reason = [](Outcome outcome, Source source) {
    return Reason({outcome, source, "", 0, ""}, "ecs:RunTask");
  };
  CHECK(reason(Outcome::kImplicitDeny, Source::kIdentity) ==
        "because no identity-based policy allows the ecs:RunTask action");
  CHECK(reason(Outcome::kExplicitDeny, Source::kIdentity) == "with an explicit deny in an identity-based policy");
  CHECK(reason(Outcome::kExplicitDeny, Source::kResource) == "with an explicit deny in a resource-based policy");
}

std::string Wrong(const std::string& json, PolicyKind kind = PolicyKind::kManaged) {
  return Problem(json, kind).value_or("");
}

TEST_CASE("documents that IAM refuses, in its words") {
  const auto statement = [](const std::string& members, PolicyKind kind = PolicyKind::kManaged) {
    return Wrong(R"({"Version": "2012-10-17", "Statement": [{)" + members + "}]}", kind);
  };
  const std::string good = R"("Effect": "Allow", "Action": "ecs:*", "Resource": "*")";
  CHECK(statement(good) == "");
  // recorded/iam.json
  CHECK(Wrong("{", PolicyKind::kTrust) == "This policy contains invalid Json");
  CHECK(Wrong("[]", PolicyKind::kTrust) == "This policy contains invalid Json");
  // aws-facts H.8
  CHECK(Wrong("{") == "Syntax errors in policy.");
  CHECK(Wrong(R"({"Version": "2012-10-17"})") == "Syntax errors in policy.");
  CHECK(Wrong(R"({"Version": "2012-10-17", "Statement": []})") == "Syntax errors in policy.");
  CHECK(Wrong(R"({"Version": "2012-10-17", "Statements": []})") == "Syntax errors in policy.");
  CHECK(Wrong(R"({"Version": "2008-10-17", "Statement": {)" + good + "}}") ==
        "Policy document must be version 2012-10-17 or greater.");
  CHECK(Wrong(R"({"Statement": {)" + good + "}}", PolicyKind::kInline) == "");
  CHECK(statement(R"("Effect": "allow", "Action": "ecs:*", "Resource": "*")") == "Syntax errors in policy.");
  CHECK(statement(R"("Effect": "Allow", "Resource": "*")") == "Policy statement must contain actions.");
  CHECK(statement(R"("Effect": "Allow", "Action": "ecs:*")") == "Policy statement must contain resources.");
  CHECK(statement(R"("Effect": "Allow", "Action": "RunTask", "Resource": "*")") ==
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  CHECK(statement(R"("Effect": "Allow", "Action": "s3:*", "Resource": "bucket/*")") ==
        "Resource bucket/* must be in ARN format or \"*\".");
  CHECK(statement(R"("Effect": "Allow", "Action": "s3:*", "Resource": "arn:azure:s3:::bucket")") ==
        "Partition \"azure\" is not valid for resource \"arn:azure:s3:::bucket\".");
  CHECK(statement(good + R"(, "Principal": "*")") == "Policy document should not specify a principal.");
  CHECK(statement(good + R"(, "NotAction": "x:Y")") == "Syntax errors in policy.");
  CHECK(statement(good + R"(, "Effect": "Deny")") == "Syntax errors in policy.");
  CHECK(statement(good + R"(, "Condition": {"StringEqual": {"a:b": "c"}})") == "Syntax errors in policy.");
  CHECK(Wrong(R"({"Version": "2012-10-17", "Statement": [{"Sid": "a", )" + good + R"(}, {"Sid": "a", )" + good +
              "}]}") == "Statement IDs (SID) in a single policy must be unique.");

  const std::string trust = R"("Effect": "Allow", "Action": "sts:AssumeRole", )";
  CHECK(statement(trust + R"("Principal": {"Service": "ecs-tasks.amazonaws.com"})", PolicyKind::kTrust) == "");
  CHECK(statement(trust + R"("Principal": {"Service": "x.amazonaws.com"}, "Resource": "*")", PolicyKind::kTrust) ==
        "Has prohibited field Resource");
  CHECK(statement(R"("Effect": "Allow", "Action": "sts:AssumeRole")", PolicyKind::kTrust) ==
        "Missing required field Principal");
  CHECK(statement(trust + R"("Principal": {"AWS": "arn:aws:iam::1:role/x"})", PolicyKind::kTrust) ==
        "Invalid principal in policy: \"AWS\":\"arn:aws:iam::1:role/x\"");
  CHECK(statement(trust + R"("Principal": {"Service": "ecs-tasks"})", PolicyKind::kTrust) ==
        "Invalid principal in policy: \"SERVICE\":\"ecs-tasks\"");
  CHECK(statement(R"("Effect": "Allow", "Action": "ecs:*", "Principal": "*")", PolicyKind::kTrust) ==
        "AssumeRole policy may only specify STS AssumeRole actions.");
}

TEST_CASE("hostile documents are refused, not followed") {
  CHECK(Wrong(std::string(100000, '[')) != "");
  std::string deep;
  for (int i = 0; i < 50000; ++i) deep += "{\"Statement\":";
  CHECK(Wrong(deep) != "");
  CHECK(Wrong(std::string("{\"Version\": \"2012-10-17\"\0}", 26)) != "");
  CHECK(Wrong("{\"Statement\": \"\xFF\"}") != "");
}

// IAM User Guide, "AWS JSON policy elements: NotPrincipal", its three examples with Deny.
TEST_CASE("a Deny with NotPrincipal spares only who is named with the account, sessions also with their role") {
  const auto spares = [](const Caller& caller, const std::string& named) {
    const Document document = Read(R"({"Version": "2012-10-17", "Statement": [
      {"Effect": "Deny", "NotPrincipal": {"AWS": )" +
                                   named + R"(}, "Action": "s3:*", "Resource": "*"}]})");
    return EvaluateResourcePolicy(document, caller, {"s3:GetObject", "arn:aws:s3:::b/k", "", {}}).outcome ==
           Outcome::kImplicitDeny;
  };
  CHECK(spares(User(), R"(["arn:aws:iam::111122223333:user/ana", "arn:aws:iam::111122223333:root"])"));
  CHECK(!spares(User(), R"("arn:aws:iam::111122223333:user/ana")"));
  CHECK(!spares(User(), R"("111122223333")"));
  CHECK(spares(Role(), R"(["arn:aws:sts::111122223333:assumed-role/deploy/ci",
                           "arn:aws:iam::111122223333:role/team/deploy", "arn:aws:iam::111122223333:root"])"));
  CHECK(!spares(Role(), R"(["arn:aws:iam::111122223333:role/team/deploy", "arn:aws:iam::111122223333:root"])"));
  CHECK(!spares(Role(), R"(["arn:aws:sts::111122223333:assumed-role/deploy/ci", "111122223333"])"));
}

TEST_CASE("dates may be days; numbers are finite") {
  const auto holds = [](const char* op, const char* stated, const char* actual) {
    auto condition = *ParseOperator(op);
    condition.key = "k";
    condition.values = {stated};
    return Holds(condition, {{"k", {actual}}}, true);
  };
  CHECK(holds("DateLessThan", "2026-01-02", "2026-01-01T23:59:59Z"));
  CHECK(!holds("DateLessThan", "2026-01-02", "2026-01-02T00:00:00Z"));
  CHECK(!holds("NumericLessThan", "inf", "5"));
  CHECK(!holds("NumericGreaterThan", "5", "nan"));
}

TEST_CASE("where statements stand, as recorded from AWS") {
  // recorded/iam.json, test_simulate_principle_policy: from column 41 to 113.
  const auto spans = LocateStatements(
      R"({"Version": "2012-10-17", "Statement": {"Sid": "", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}})");
  REQUIRE(spans.size() == 1);
  CHECK(spans[0].start.line == 1);
  CHECK(spans[0].start.column == 41);
  CHECK(spans[0].end.column == 113);
  const auto listed = LocateStatements(
      "{\"Statement\": [\n  {\"Condition\": {\"Bool\": {\"a:}\": \"true\"}}},\n  {\n  }],\n \"Id\": {}}");
  REQUIRE(listed.size() == 2);
  CHECK(listed[0].start.line == 2);
  CHECK(listed[0].start.column == 4);
  CHECK(listed[1].start.line == 3);
  CHECK(listed[1].end.line == 4);
  CHECK(listed[1].end.column == 4);
}

TEST_CASE("the context keys that a document asks for") {
  const Document document = Read(R"({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:username}/${*}"},
    {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {
      "StringNotEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team, 'none'}"}, "Bool": {"AWS:UserName": "x"}}}]})");
  CHECK(ContextKeys(document) ==
        std::vector<std::string>({"aws:username", "aws:ResourceTag/team", "aws:PrincipalTag/team"}));
}

TEST_CASE("hostile documents: depth, size, unicode; an answer, and no allow") {
  const std::string deep(200000, '[');
  CHECK(std::holds_alternative<Malformed>(Parse(deep)));
  CHECK(std::holds_alternative<Malformed>(Parse(R"({"Statement": )" + deep + std::string(200000, ']') + "}")));
  std::string objects = R"({"Statement": {"Effect": "Allow", "Condition": )";
  for (int i = 0; i < 50000; ++i) objects += R"({"a": )";
  CHECK(std::holds_alternative<Malformed>(Parse(objects + "1" + std::string(50000, '}') + "}}")));
  // A list of many values and patterns of many stars: quadratic at worst.
  std::string many = R"({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": [)";
  for (int i = 0; i < 5000; ++i) many += "\"arn:" + std::string(20, '*') + "a" + std::to_string(i) + "\",";
  many += R"("arn:last"]}]})";
  const Document document = Read(many);
  const Policy policy{"p", std::make_shared<const Document>(document)};
  CHECK(Evaluate({{policy}, {}, {}, {}}, User(), {"a:B", "arn:last", "", {}}).allowed());
  CHECK(!Evaluate({{policy}, {}, {}, {}}, User(), {"a:B", "arn:" + std::string(2000, 'a'), "", {}}).allowed());
  CHECK(std::holds_alternative<Malformed>(Parse("{\"Statement\": \"\xC3\x28\"}")));  // not UTF-8
  CHECK(Decide(R"("Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/\u00e9*")", "s3:GetObject",
               "arn:aws:s3:::b/\xC3\xA9t\xC3\xA9") == Outcome::kAllowed);
  CHECK(Decide(R"("Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/e\u0301*")", "s3:GetObject",
               "arn:aws:s3:::b/\xC3\xA9t\xC3\xA9") == Outcome::kImplicitDeny);
}

// Not run by itself: auth_test "[.speed]". The budget is 5 microseconds.
TEST_CASE("the speed of a decision for a principal with 20 policies", "[.speed]") {
  std::vector<Policy> identity;
  for (int i = 0; i < 20; ++i)
    identity.push_back(One(R"("Effect": "Allow", "Action": ["ecs:Describe*", "ecs:List*", "logs:Get*"], "Resource": )"
                           R"("arn:aws:ecs:*:*:cluster/x)" +
                           std::to_string(i) +
                           R"(", "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}})"));
  identity.push_back(One(R"("Effect": "Allow", "Action": "ecs:RunTask", "Resource": "*")"));
  const Query query{"ecs:RunTask",
                    "arn:aws:ecs:eu-central-1:111122223333:task-definition/web:1",
                    "",
                    {{"aws:requestedregion", {"eu-central-1"}}}};
  const Policies policies{identity, {}, {}, {}};
  const Caller caller = User();
  constexpr int kRounds = 100000;
  int allowed = 0;
  const std::clock_t begin = std::clock();
  for (int i = 0; i < kRounds; ++i) allowed += Evaluate(policies, caller, query).allowed();
  const double each = 1e6 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC / kRounds;
  CHECK(allowed == kRounds);
  WARN(each << " microseconds for each decision");
}

}  // namespace
}  // namespace drydock::auth::policy
