#include "handlers/iam/principals.h"

#include <algorithm>

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "emulator/core/arn.h"
#include "handlers/iam/entities.h"
#include "handlers/iam/roles.h"
#include "store/database.h"
#include "store/records/ecr/repository.h"
#include "store/records/iam/entity.h"
#include "store/records/secretsmanager/secret.h"
#include "store/table.h"

namespace drydock::iam {

namespace {

template <class Entity>
bool IsIdOfAny(Context& context, const std::string& id) {
  const auto all = context.tx.ListAll<Entity>();
  return std::any_of(all.begin(), all.end(), [&](const auto& each) { return each.second.id == id; });
}

bool IsPrincipalThere(Context& context, const std::string& name) {
  if (name.starts_with("AROA")) return IsIdOfAny<records::iam::Role>(context, name);
  if (name.starts_with("AIDA")) return IsIdOfAny<records::iam::User>(context, name);
  const auto arn = Arn::Parse(name);
  if (!arn || arn->service != "iam" || arn->account != context.account()) return true;
  if (arn->Named("role")) return FindRole(context, name).has_value();
  if (!arn->Named("user")) return true;
  const auto user = context.tx.Get<records::iam::User>(context.scope, name.substr(name.rfind('/') + 1));
  return user && EntityArn(context.account(), "user", user->path, user->name) == name;
}

using Json = rapidjson::Value;

// One value, or a list of values.
template <class Visit>
void ForEach(Json& one_or_many, Visit visit) {
  if (!one_or_many.IsArray()) return visit(one_or_many);
  for (Json& each : one_or_many.GetArray()) visit(each);
}

// The document with the principal named anew; "" when it does not name it.
std::string Renamed(const std::string& document, const std::string& arn, const std::string& name) {
  if (document.find(arn.substr(arn.rfind('/') + 1)) == std::string::npos) return "";
  rapidjson::Document json;
  json.Parse<rapidjson::kParseIterativeFlag>(document.data(), document.size());
  if (json.HasParseError() || !json.IsObject() || !json.HasMember("Statement")) return "";
  bool found = false;
  ForEach(json["Statement"], [&](Json& statement) {
    if (!statement.IsObject() || !statement.HasMember("Principal") || !statement["Principal"].IsObject() ||
        !statement["Principal"].HasMember("AWS"))
      return;
    ForEach(statement["Principal"]["AWS"], [&](Json& principal) {
      if (!principal.IsString() || principal.GetString() != arn) return;
      principal.SetString(name, json.GetAllocator());
      found = true;
    });
  });
  if (!found) return "";
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  json.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

template <class Record, class Text>
void RenameIn(Context& context, Text Record::*policy, const std::string& arn, const std::string& name) {
  for (auto& [scope, record] : context.tx.ListAll<Record>()) {
    std::string renamed = Renamed(std::optional<std::string>(record.*policy).value_or(""), arn, name);
    if (renamed.empty()) continue;
    record.*policy = std::move(renamed);
    context.tx.Put(scope, record);
  }
}

}  // namespace

std::optional<std::string> FindMissingPrincipal(Context& context, const auth::policy::Document& policy) {
  for (const auto& statement : policy.statements)
    if (statement.principal)
      for (const std::string& name : statement.principal->aws)
        if (!IsPrincipalThere(context, name)) return name;
  return std::nullopt;
}

void RenamePrincipal(Context& context, const std::string& arn, const std::string& name) {
  if (arn == name) return;
  RenameIn(context, &records::iam::Role::trust_policy, arn, name);
  RenameIn(context, &records::secretsmanager::Secret::resource_policy, arn, name);
  RenameIn(context, &records::ecr::Repository::policy_text, arn, name);
}

}  // namespace drydock::iam
