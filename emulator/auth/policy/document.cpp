#include "emulator/auth/policy/document.h"

#include <rapidjson/document.h>
#include <rapidjson/reader.h>

#include <algorithm>
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
      condition.name = Text(member.name);
      condition.key = Lowercase(condition.name);
      condition.values = Texts(member.value, "Condition", true);
      conditions.push_back(std::move(condition));
    }
  }
  return conditions;
}

std::vector<std::string> ServicesOf(const Statement& statement) {
  std::set<std::string> services;
  for (const std::string& action : statement.actions) {
    const std::string service = action.substr(0, action.find(':'));
    if (statement.not_action || service.find_first_of("*?") != std::string::npos) return {};
    services.insert(service);
  }
  return {services.begin(), services.end()};
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
      statement.action_names = Texts(member.value, "Action");
      for (const std::string& action : statement.action_names) {
        statement.actions.push_back(Lowercase(action));
        statement.action_prefixes.push_back(std::min(action.find_first_of("*?"), action.size()));
      }
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
  statement.services = ServicesOf(statement);
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

// Counts lines and columns while the reader goes through the text.
class PositionStream {
 public:
  using Ch = char;
  explicit PositionStream(std::string_view text) : text_(text) {}
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  char Take() {
    const char c = Peek();
    if (at_ < text_.size()) ++at_;
    position_ = c == '\n' ? TextPosition{position_.line + 1, 1} : TextPosition{position_.line, position_.column + 1};
    return c;
  }
  std::size_t Tell() const { return at_; }
  // Behind the character that comes next.
  TextPosition BehindNext() const { return {position_.line, position_.column + 1}; }
  // The reader only writes when it decodes in place, which it does not here.
  char* PutBegin() { return nullptr; }
  void Put(char) {}
  std::size_t PutEnd(char*) { return 0; }

 private:
  const std::string_view text_;
  std::size_t at_ = 0;
  TextPosition position_;
};

// Statements are the objects right below the document's member Statement, or in its list.
struct StatementFinder : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, StatementFinder> {
  explicit StatementFinder(const PositionStream& from) : stream(from) {}
  bool StartObject() {
    if (in_statement && depth == statement_depth) spans.push_back({stream.BehindNext(), {}});
    ++depth;
    return true;
  }
  bool EndObject(rapidjson::SizeType) {
    --depth;
    if (in_statement && depth == statement_depth && !spans.empty()) spans.back().end = stream.BehindNext();
    return true;
  }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    if (depth == 1) {
      in_statement = std::string_view(text, length) == "Statement";
      statement_depth = 1;
    }
    return true;
  }
  bool StartArray() {
    if (in_statement && depth == 1) statement_depth = 2;
    ++depth;
    return true;
  }
  bool EndArray(rapidjson::SizeType) {
    --depth;
    return true;
  }

  const PositionStream& stream;
  int depth = 0, statement_depth = 1;
  bool in_statement = false;
  std::vector<StatementSpan> spans;
};

}  // namespace

std::vector<StatementSpan> LocateStatements(std::string_view json) {
  PositionStream stream(json);
  StatementFinder finder(stream);
  rapidjson::Reader reader;
  // The iterative reader tells of a brace before it takes it.
  if (!reader.Parse<rapidjson::kParseIterativeFlag>(stream, finder)) return {};
  return std::move(finder.spans);
}

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
