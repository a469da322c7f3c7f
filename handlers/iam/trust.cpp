#include "handlers/iam/trust.h"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "store/database.h"

namespace drydock::iam {

namespace {

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

}  // namespace

void RenamePrincipal(Context& context, const std::string& arn, const std::string& name) {
  if (arn == name) return;
  for (auto& [scope, role] : context.tx.ListAll<records::iam::Role>()) {
    std::string renamed = Renamed(role.trust_policy, arn, name);
    if (renamed.empty()) continue;
    role.trust_policy = std::move(renamed);
    context.tx.Put(scope, role);
  }
}

}  // namespace drydock::iam
