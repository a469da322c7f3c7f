// Property test: on random policies, callers and requests the evaluator agrees with a second one, which is written from
// the documents as naively as possible (no compiled form, no short cuts, recursion for wildcards) and shares no code
// with it. Sources: IAM User Guide, "Policy evaluation logic", "Cross-account policy evaluation logic", "Condition
// operators", "Multivalued context keys", "NotPrincipal".
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "emulator/auth/policy/evaluate.h"

namespace drydock::auth::policy {
namespace {

struct SimpleCondition {
  std::string op, key;
  std::vector<std::string> values;
};
struct SimpleStatement {
  bool allow = true;
  bool not_action = false, not_resource = false;
  std::vector<std::string> actions, resources;
  std::vector<std::string> principals;  // of resource policies
  bool not_principal = false;
  std::vector<SimpleCondition> conditions;
};
using SimplePolicy = std::vector<SimpleStatement>;

struct SimpleCaller {
  std::string kind;  // "root", "user", "session"
  std::string account, arn, role_arn;
};
struct Situation {
  std::vector<SimplePolicy> identity;
  std::optional<SimplePolicy> resource, boundary;
  std::optional<std::vector<SimplePolicy>> session;
  SimpleCaller caller;
  std::string action, resource_arn, resource_account;
  Keys keys;
};

// --- the naive evaluator

// In a pattern: a star that a variable brought, which is no wildcard.
constexpr char kStar = '\x02';

bool NaiveLike(const std::string& pattern, const std::string& text, std::size_t p = 0, std::size_t t = 0) {
  if (p == pattern.size()) return t == text.size();
  if (pattern[p] == '*') {
    for (std::size_t rest = t; rest <= text.size(); ++rest)
      if (NaiveLike(pattern, text, p + 1, rest)) return true;
    return false;
  }
  if (t == text.size()) return false;
  const char wanted = pattern[p] == kStar ? '*' : pattern[p];
  if (pattern[p] != '?' && wanted != text[t]) return false;
  return NaiveLike(pattern, text, p + 1, t + 1);
}

std::string NaiveLower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return text;
}

// nullopt: a variable that has no value, or several.
std::optional<std::string> NaiveFill(std::string text, const Keys& keys) {
  static const std::string kVariable = "${k:team}";
  const auto at = text.find(kVariable);
  if (at == std::string::npos) return text;
  const auto found = keys.find("k:team");
  if (found == keys.end() || found->second.size() != 1) return std::nullopt;
  std::string value = found->second[0];
  std::replace(value.begin(), value.end(), '*', kStar);
  return text.replace(at, kVariable.size(), value);
}

bool NaiveFits(const std::string& op, const std::string& actual, const std::string& policy_value, const Keys& keys) {
  // "You can't use a policy variable with" the numeric, date and Boolean operators.
  const auto filled = op.starts_with("String") ? NaiveFill(policy_value, keys) : policy_value;
  if (!filled) return false;
  if (op == "StringLike") return NaiveLike(*filled, actual);
  std::string stated = *filled;
  std::replace(stated.begin(), stated.end(), kStar, '*');
  if (op == "StringEquals") return actual == stated;
  if (op == "StringEqualsIgnoreCase") return NaiveLower(actual) == NaiveLower(stated);
  if (op == "Bool") return NaiveLower(actual) == NaiveLower(stated);
  char* end = nullptr;
  const double a = std::strtod(actual.c_str(), &end);
  if (actual.empty() || *end) return false;
  const double b = std::strtod(stated.c_str(), &end);
  if (stated.empty() || *end) return false;
  if (op == "NumericEquals") return a == b;
  if (op == "NumericLessThan") return a < b;
  return op == "NumericGreaterThanEquals" && a >= b;
}

bool NaiveHolds(const SimpleCondition& condition, const Keys& keys) {
  std::string op = condition.op;
  const auto found = keys.find(NaiveLower(condition.key));
  const std::vector<std::string> values = found == keys.end() ? std::vector<std::string>{} : found->second;
  if (op == "Null") {
    for (const std::string& value : condition.values)
      if ((value == "true") == values.empty()) return true;
    return false;
  }
  bool all = false, any = false, if_exists = false, negated = false;
  if (op.rfind("ForAllValues:", 0) == 0) all = true, op = op.substr(13);
  if (op.rfind("ForAnyValue:", 0) == 0) any = true, op = op.substr(12);
  if (op.size() > 8 && op.substr(op.size() - 8) == "IfExists") if_exists = true, op = op.substr(0, op.size() - 8);
  if (const auto no = op.find("Not"); no != std::string::npos) negated = true, op = op.erase(no, 3);
  if (values.empty()) {
    if (if_exists || all) return true;  // "returns true if there are no keys in the request"
    if (any) return false;
    return negated;
  }
  int matching = 0;
  for (const std::string& actual : values) {
    bool fits = false;
    for (const std::string& stated : condition.values) fits = fits || NaiveFits(op, actual, stated, keys);
    if (fits != negated) ++matching;
  }
  const bool every = matching == static_cast<int>(values.size());
  if (all) return every;
  if (any) return matching > 0;
  return negated ? every : matching > 0;
}

bool NaiveApplies(const SimpleStatement& statement, const Situation& situation) {
  bool action = false, resource = false, unknown = false;
  for (const std::string& each : statement.actions)
    action = action || NaiveLike(NaiveLower(each), NaiveLower(situation.action));
  for (const std::string& each : statement.resources) {
    const auto filled = NaiveFill(each, situation.keys);
    unknown = unknown || !filled;
    resource = resource || (filled && NaiveLike(*filled, situation.resource_arn));
  }
  if (statement.not_action) action = !action;
  if (statement.not_resource) resource = !resource && !unknown;
  if (!action || !resource) return false;
  for (const SimpleCondition& condition : statement.conditions)
    if (!NaiveHolds(condition, situation.keys)) return false;
  return true;
}

enum { kNobody, kByAccount, kByRole, kInPerson };

int NaiveReach(const SimpleStatement& statement, const SimpleCaller& caller) {
  const std::string root = "arn:aws:iam::" + caller.account + ":root";
  int reach = kNobody;
  bool account = false, role = caller.kind != "session", person = false;
  for (const std::string& name : statement.principals) {
    if (name == "*") reach = std::max<int>(reach, kByRole), account = role = person = true;
    if (name == root || name == caller.account) reach = std::max<int>(reach, kByAccount), account = true;
    if (caller.kind == "session" && name == caller.role_arn) reach = std::max<int>(reach, kByRole), role = true;
    if (name == caller.arn) person = true;
    if (name == caller.arn && caller.kind != "root") reach = kInPerson;
  }
  if (!statement.not_principal) return reach;
  if (!statement.allow) return account && role && person ? kNobody : kByRole;
  return reach == kNobody ? kByRole : kNobody;
}

Outcome NaiveDecision(const Situation& situation) {
  const auto any = [&](const SimplePolicy& policy, bool allow) {
    for (const SimpleStatement& statement : policy)
      if (statement.allow == allow && NaiveApplies(statement, situation)) return true;
    return false;
  };
  // "An explicit deny in any of these policies": step 1.
  bool denied = situation.boundary && any(*situation.boundary, false);
  bool identity = false;
  for (const SimplePolicy& policy : situation.identity) {
    denied = denied || any(policy, false);
    identity = identity || any(policy, true);
  }
  const bool within_boundary = !situation.boundary || any(*situation.boundary, true);
  bool within_session = !situation.session;
  if (situation.session)
    for (const SimplePolicy& policy : *situation.session) {
      denied = denied || any(policy, false);
      within_session = within_session || any(policy, true);
    }
  int granted = kNobody;
  if (situation.resource)
    for (const SimpleStatement& statement : *situation.resource) {
      const int reach = NaiveReach(statement, situation.caller);
      if (reach == kNobody || !NaiveApplies(statement, situation)) continue;
      if (!statement.allow) denied = true;
      if (statement.allow) granted = std::max(granted, reach);
    }
  if (denied) return Outcome::kExplicitDeny;
  const bool own = situation.resource_account.empty() || situation.resource_account == situation.caller.account;
  if (!own && granted == kNobody) return Outcome::kImplicitDeny;
  if (situation.caller.kind == "root") return Outcome::kAllowed;
  if (own && granted == kInPerson) return Outcome::kAllowed;
  const bool base = own ? identity || granted == kByRole : identity;
  return base && within_boundary && within_session ? Outcome::kAllowed : Outcome::kImplicitDeny;
}

// --- random situations, from alphabets so small that things meet

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int Below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(engine_); }
  bool Once(int in) { return Below(in) == 0; }
  std::string Of(const std::vector<std::string>& choices) {
    return choices[static_cast<std::size_t>(Below(static_cast<int>(choices.size())))];
  }
  std::vector<std::string> Some(const std::vector<std::string>& choices, int most) {
    std::vector<std::string> some;
    for (int i = 1 + Below(most); i > 0; --i) some.push_back(Of(choices));
    return some;
  }

 private:
  std::mt19937 engine_;
};

const std::string kHome = "111122223333", kAway = "444455556666";
const std::vector<std::string> kPrincipalNames = {"*",
                                                  kHome,
                                                  kAway,
                                                  "arn:aws:iam::" + kHome + ":root",
                                                  "arn:aws:iam::" + kAway + ":root",
                                                  "arn:aws:iam::" + kHome + ":user/ana",
                                                  "arn:aws:iam::" + kHome + ":user/bob",
                                                  "arn:aws:iam::" + kHome + ":role/r",
                                                  "arn:aws:sts::" + kHome + ":assumed-role/r/s"};

SimpleStatement RandomStatement(Dice& dice, bool of_resource) {
  SimpleStatement statement;
  statement.allow = !dice.Once(4);
  statement.not_action = dice.Once(6);
  statement.not_resource = dice.Once(6);
  statement.actions = dice.Some({"a:One", "a:T*", "a:*", "*", "b:?ne", "A:two"}, 2);
  statement.resources = dice.Some({"*", "arn:x/1", "arn:x/*", "arn:?/2", "arn:x/${k:team}", "arn:y*"}, 2);
  if (of_resource) {
    statement.principals = dice.Some(kPrincipalNames, 3);
    statement.not_principal = dice.Once(4);
  }
  static const std::vector<std::string> kOperators = {
      "StringEquals", "StringNotEquals", "StringLike",       "StringNotLike",   "StringEqualsIgnoreCase",
      "Bool",         "NumericEquals",   "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals"};
  for (int i = dice.Below(3); i > 0 && dice.Once(2); --i) {
    SimpleCondition condition;
    condition.key = dice.Of({"k:team", "K:Size", "k:tags", "k:none"});
    if (dice.Once(8)) {
      condition.op = "Null";
      condition.values = {dice.Of({"true", "false"})};
    } else {
      condition.op = dice.Of({"", "", "", "ForAllValues:", "ForAnyValue:"}) + dice.Of(kOperators) +
                     dice.Of({"", "", "", "IfExists"});
      condition.values = dice.Some({"blue", "Blue", "b*", "re?", "1", "2", "10", "true", "${k:team}", ""}, 2);
    }
    statement.conditions.push_back(std::move(condition));
  }
  return statement;
}

SimplePolicy RandomPolicy(Dice& dice, bool of_resource = false) {
  SimplePolicy policy;
  for (int i = 1 + dice.Below(3); i > 0; --i) policy.push_back(RandomStatement(dice, of_resource));
  return policy;
}

Situation RandomSituation(Dice& dice) {
  Situation situation;
  for (int i = dice.Below(3); i > 0; --i) situation.identity.push_back(RandomPolicy(dice));
  if (dice.Once(2)) situation.resource = RandomPolicy(dice, true);
  if (dice.Once(3)) situation.boundary = RandomPolicy(dice);
  situation.caller.account = kHome;
  situation.caller.kind = dice.Of({"root", "user", "user", "session", "session"});
  if (situation.caller.kind == "root") situation.caller.arn = "arn:aws:iam::" + kHome + ":root";
  if (situation.caller.kind == "user") situation.caller.arn = "arn:aws:iam::" + kHome + ":user/ana";
  if (situation.caller.kind == "session") {
    situation.caller.arn = "arn:aws:sts::" + kHome + ":assumed-role/r/s";
    situation.caller.role_arn = "arn:aws:iam::" + kHome + ":role/r";
    if (dice.Once(2)) {
      situation.session.emplace();
      for (int i = dice.Below(3); i > 0; --i) situation.session->push_back(RandomPolicy(dice));
    }
  }
  situation.action = dice.Of({"a:One", "a:Two", "b:One"});
  situation.resource_arn = dice.Of({"*", "arn:x/1", "arn:x/2", "arn:y/blue", "arn:x/blue"});
  situation.resource_account = dice.Of({"", kHome, kAway});
  if (!dice.Once(3)) situation.keys["k:team"] = {dice.Of({"blue", "red", "b*"})};
  if (dice.Once(2)) situation.keys["k:size"] = {dice.Of({"1", "2", "10", "many"})};
  if (dice.Once(2)) situation.keys["k:tags"] = dice.Some({"blue", "red", "1", "true"}, 3);
  return situation;
}

std::string Json(const std::vector<std::string>& texts) {
  std::string json;
  for (const std::string& text : texts) json += (json.empty() ? "\"" : ",\"") + text + "\"";
  return texts.size() == 1 ? json : "[" + json + "]";
}

std::string Json(const SimplePolicy& policy) {
  std::string json = R"({"Version":"2012-10-17","Statement":[)";
  for (const SimpleStatement& statement : policy) {
    if (json.back() == '}') json += ",";
    json += std::string(R"({"Effect":")") + (statement.allow ? "Allow" : "Deny") + "\",\"" +
            (statement.not_action ? "NotAction" : "Action") + "\":" + Json(statement.actions) + ",\"" +
            (statement.not_resource ? "NotResource" : "Resource") + "\":" + Json(statement.resources);
    if (!statement.principals.empty())
      json += std::string(",\"") + (statement.not_principal ? "NotPrincipal" : "Principal") +
              "\":{\"AWS\":" + Json(statement.principals) + "}";
    // An operator may stand in a block once, and a key in it once: two of the same need a statement that JSON cannot
    // write, so the second is left out by the caller.
    if (!statement.conditions.empty()) {
      json += ",\"Condition\":{";
      for (const SimpleCondition& condition : statement.conditions)
        json += (json.back() == '{' ? "\"" : ",\"") + condition.op + "\":{\"" + condition.key +
                "\":" + Json(condition.values) + "}";
      json += "}";
    }
    json += "}";
  }
  return json + "]}";
}

Policy Compiled(SimplePolicy& policy) {
  for (SimpleStatement& statement : policy) {
    auto& conditions = statement.conditions;
    if (conditions.size() == 2 && conditions[0].op == conditions[1].op) conditions.pop_back();
  }
  auto parsed = Parse(Json(policy));
  INFO(Json(policy));
  REQUIRE(std::holds_alternative<Document>(parsed));
  return {"p", std::make_shared<const Document>(std::get<Document>(std::move(parsed)))};
}

TEST_CASE("the evaluator agrees with a naive one on random policies") {
  Dice dice(20261125);
  int seen[3] = {0, 0, 0};
  for (int round = 0; round < 30000; ++round) {
    Situation situation = RandomSituation(dice);
    Policies policies;
    for (SimplePolicy& policy : situation.identity) policies.identity.push_back(Compiled(policy));
    if (situation.resource) policies.resource = Compiled(*situation.resource);
    if (situation.boundary) policies.boundary = Compiled(*situation.boundary);
    if (situation.session) {
      policies.session.emplace();
      for (SimplePolicy& policy : *situation.session) policies.session->push_back(Compiled(policy));
    }
    Caller caller;
    caller.principal.type = situation.caller.kind == "root"   ? Principal::Type::kRoot
                            : situation.caller.kind == "user" ? Principal::Type::kUser
                                                              : Principal::Type::kAssumedRole;
    caller.principal.account = situation.caller.account;
    caller.principal.arn = situation.caller.arn;
    caller.principal.user_id = "ID";
    caller.role_arn = situation.caller.role_arn;
    const Query query{situation.action, situation.resource_arn, situation.resource_account, situation.keys};

    const Outcome expected = NaiveDecision(situation);
    const Decision decision = Evaluate(policies, caller, query);
    ++seen[static_cast<int>(expected)];
    if (decision.outcome != expected) {
      for (const SimplePolicy& policy : situation.identity) UNSCOPED_INFO("identity " << Json(policy));
      if (situation.resource) UNSCOPED_INFO("resource " << Json(*situation.resource));
      if (situation.boundary) UNSCOPED_INFO("boundary " << Json(*situation.boundary));
      for (const auto& [key, values] : situation.keys) UNSCOPED_INFO(key << " = " << Json(values));
      FAIL("round " << round << ": " << situation.caller.arn << " " << situation.action << " on "
                    << situation.resource_arn << " of '" << situation.resource_account
                    << "': " << static_cast<int>(decision.outcome) << " rather than " << static_cast<int>(expected));
    }
    // What a simulation shows fits the decision.
    if (expected == Outcome::kExplicitDeny) REQUIRE(!Matches(policies, caller, query, Effect::kDeny).empty());
    if (expected != Outcome::kExplicitDeny) REQUIRE(Matches(policies, caller, query, Effect::kDeny).empty());
  }
  // The dice must not always fall on the same side.
  for (const int count : seen) CHECK(count > 2000);
}

}  // namespace
}  // namespace drydock::auth::policy
