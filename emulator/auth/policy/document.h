// A policy document, read: the JSON of IAM's policy language as plain values.
// Source: IAM User Guide, "IAM JSON policy elements reference" and "Grammar of the IAM JSON policy language".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "emulator/auth/policy/condition.h"

namespace drydock::auth::policy {

enum class Effect { kAllow, kDeny };

// Principal or NotPrincipal.
struct Principals {
  bool anyone = false;           // "*", or {"AWS": "*"}
  std::vector<std::string> aws;  // account ids, ARNs, unique ids
  std::vector<std::string> service;
  std::vector<std::string> federated;
  std::vector<std::string> canonical_user;
};

struct Statement {
  std::string sid;
  Effect effect = Effect::kDeny;
  std::vector<std::string> actions;          // lower case, with wildcards
  std::vector<std::string> action_names;     // the same as the policy writes them
  std::vector<std::size_t> action_prefixes;  // of each, how many characters stand before its first wildcard
  bool not_action = false;                   // `actions` stood in NotAction
  // The services that `actions` name, "ecs", so that most statements are passed over at a glance; empty: any service.
  std::vector<std::string> services;
  std::vector<std::string> resources;
  bool not_resource = false;
  std::optional<Principals> principal;
  bool not_principal = false;
  std::vector<Condition> conditions;  // all of them must hold
};

struct Document {
  bool variables = false;  // ${…} means something: version 2012-10-17
  std::string version;     // "" when there is none, which is 2008-10-17
  std::string id;
  std::vector<Statement> statements;
};

// Why a text is not a policy document.
struct Malformed {
  enum class Kind {
    kNotJson,
    kUnknownField,  // `what` is its name
    kMissingField,  // `what` is its name
    kOther,         // anything else the grammar does not allow
  };
  Kind kind;
  std::string what;
};

// Reads any document that fits the grammar; what else a kind of policy needs says validate.h. Takes hostile input:
// depth is not limited by the stack, and elements given twice are refused.
std::variant<Document, Malformed> Parse(std::string_view json);

// A place in a document's text, both from 1.
struct TextPosition {
  int line = 1;
  int column = 1;
};
// Where a statement stands: behind its opening brace, and behind its closing one (recorded/iam.json,
// test_simulate_principle_policy).
struct StatementSpan {
  TextPosition start, end;
};
// Of each statement of a document that Parse() takes, in order.
std::vector<StatementSpan> LocateStatements(std::string_view json);

// The keys that a document asks for in conditions and variables, as it writes them, each once.
std::vector<std::string> ContextKeys(const Document& document);

}  // namespace drydock::auth::policy
