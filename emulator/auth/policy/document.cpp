#include "emulator/auth/policy/document.h"

#include <rapidjson/document.h>

#include <set>

#include "emulator/core/text.h"

namespace drydock::auth::policy {

namespace {

using Json = rapidjson::Value;

// Thrown while reading, caught in Parse.
struct Stop {
  Malformed malformed;
};
[[noreturn]] void Fail(Malformed::Kind kind, std::string what = "") {
  throw Stop{{kind, std::move(what)}};
}

std::string Text(const Json& value) {
  return {value.GetString(), value.GetStringLength()};
}

std::string TextOrFail(const Json& value, const char* what) {
  if (!value.IsString()) Fail(Malformed::Kind::kOther, what);
  return Text(value);
}

// A string, or a list of strings. Numbers and booleans are taken where `scalars` (a condition's values).
std::vector<std::string> Texts(const Json& value, const char* what, bool scalars = false) {
  std::vector<std::string> texts;
  const auto add = [&](const Json& item) {
    if (item.IsString()) {
      texts.push_back(Text(item));
    } else if (scalars && item.IsBool()) {
      texts.push_back(item.GetBool() ? "true" : "false");
    } else if (scalars && item.IsInt64()) {
      texts.push_back(std::to_string(item.GetInt64()));
    } else if (scalars && item.IsDouble()) {
      texts.push_back(std::to_string(item.GetDouble()));
    } else {
      Fail(Malformed::Kind::kOther, what);
    }
  };
  if (value.IsArray()) {
    for (const Json& item : value.GetArray()) add(item);
  } else {
    add(value);
  }
  return texts;
}

// Each name once: which of two would count is nothing to rely on.
void CheckNames(const Json& object, const std::set<std::string>* allowed) {
  std::set<std::string> seen;
  for (const auto& member : object.GetObject()) {
    const std::string name = Text(member.name);
    if (allowed && !allowed->count(name)) Fail(Malformed::Kind::kUnknownField, name);
    if (!seen.insert(name).second) Fail(Malformed::Kind::kOther, name);
  }
}

Principals ReadPrincipals(const Json& value) {
  Principals principals;
  if (value.IsString()) {
    if (Text(value) != "*") Fail(Malformed::Kind::kOther, "Principal");
    principals.anyone = true;
    return principals;
  }
  if (!value.IsObject()) Fail(Malformed::Kind::kOther, "Principal");
  static const std::set<std::string> kTypes{"AWS", "Service", "Federated", "CanonicalUser"};
  CheckNames(value, &kTypes);
  for (const auto& member : value.GetObject()) {
    const std::string type = Text(member.name);
    std::vector<std::string> texts = Texts(member.value, "Principal");
    if (type == "AWS") {
      for (const std::string& text : texts) principals.anyone |= text == "*";
      principals.aws = std::move(texts);
    } else if (type == "Service") {
      principals.service = std::move(texts);
    } else if (type == "Federated") {
      principals.federated = std::move(texts);
    } else {
      principals.canonical_user = std::move(texts);
    }
  }
  return principals;
}

std::vector<Condition> ReadConditions(const Json& value) {
  if (!value.IsObject()) Fail(Malformed::Kind::kOther, "Condition");
  CheckNames(value, nullptr);
  std::vector<Condition> conditions;
  for (const auto& block : value.GetObject()) {
    const auto parsed = ParseOperator(Text(block.name));
    if (!parsed || !block.value.IsObject()) Fail(Malformed::Kind::kOther, "Condition");
    CheckNames(block.value, nullptr);
    for (const auto& member : block.value.GetObject()) {
      Condition condition = *parsed;
      condition.key = Lowercase(Text(member.name));
      condition.values = Texts(member.value, "Condition", true);
      conditions.push_back(std::move(condition));
    }
  }
  return conditions;
}

Statement ReadStatement(const Json& value) {
  static const std::set<std::string> kNames{"Sid",       "Effect",   "Principal",   "NotPrincipal", "Action",
                                            "NotAction", "Resource", "NotResource", "Condition"};
  if (!value.IsObject()) Fail(Malformed::Kind::kOther, "Statement");
  CheckNames(value, &kNames);
  Statement statement;
  bool effect = false;
  const auto either = [&](const char* positive, const char* negative) {
    if (value.HasMember(positive) && value.HasMember(negative)) Fail(Malformed::Kind::kOther, negative);
  };
  either("Action", "NotAction");
  either("Resource", "NotResource");
  either("Principal", "NotPrincipal");
  for (const auto& member : value.GetObject()) {
    const std::string name = Text(member.name);
    if (name == "Sid") {
      statement.sid = TextOrFail(member.value, "Sid");
    } else if (name == "Effect") {
      const std::string text = TextOrFail(member.value, "Effect");
      if (text != "Allow" && text != "Deny") Fail(Malformed::Kind::kOther, "Effect");
      statement.effect = text == "Allow" ? Effect::kAllow : Effect::kDeny;
      effect = true;
    } else if (name == "Action" || name == "NotAction") {
      for (const std::string& action : Texts(member.value, "Action")) statement.actions.push_back(Lowercase(action));
      statement.not_action = name == "NotAction";
    } else if (name == "Resource" || name == "NotResource") {
      statement.resources = Texts(member.value, "Resource");
      statement.not_resource = name == "NotResource";
    } else if (name == "Principal" || name == "NotPrincipal") {
      statement.principal = ReadPrincipals(member.value);
      statement.not_principal = name == "NotPrincipal";
    } else {
      statement.conditions = ReadConditions(member.value);
    }
  }
  if (!effect) Fail(Malformed::Kind::kMissingField, "Effect");
  return statement;
}

Document ReadDocument(const Json& value) {
  static const std::set<std::string> kNames{"Version", "Id", "Statement"};
  if (!value.IsObject()) Fail(Malformed::Kind::kNotJson);
  CheckNames(value, &kNames);
  Document document;
  if (value.HasMember("Version")) {
    document.version = TextOrFail(value["Version"], "Version");
    document.variables = document.version == "2012-10-17";
  }
  if (value.HasMember("Id")) document.id = TextOrFail(value["Id"], "Id");
  if (!value.HasMember("Statement")) Fail(Malformed::Kind::kMissingField, "Statement");
  const Json& statements = value["Statement"];
  if (statements.IsArray()) {
    for (const Json& item : statements.GetArray()) document.statements.push_back(ReadStatement(item));
  } else {
    document.statements.push_back(ReadStatement(statements));
  }
  return document;
}

}  // namespace

std::variant<Document, Malformed> Parse(std::string_view json) {
  rapidjson::Document parsed;
  parsed.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(json.data(), json.size());
  if (parsed.HasParseError()) return Malformed{Malformed::Kind::kNotJson, ""};
  try {
    return ReadDocument(parsed);
  } catch (const Stop& stop) {
    return stop.malformed;
  }
}

}  // namespace drydock::auth::policy
