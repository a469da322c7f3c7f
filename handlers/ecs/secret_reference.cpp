#include "handlers/ecs/secret_reference.h"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "emulator/core/text.h"

namespace drydock::ecs {
namespace {

// The error of Go's encoding/json for text that RapidJSON could not read, as far as the first bad character tells it.
std::string GoProblem(const std::string& text, std::size_t offset) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos || offset >= text.size()) return "unexpected end of JSON input";
  for (const std::string_view literal : {"true", "false", "null"}) {
    if (text[first] != literal[0]) continue;
    for (std::size_t i = 1; i < literal.size(); ++i) {
      if (first + i >= text.size()) return "unexpected end of JSON input";
      if (text[first + i] != literal[i])
        return fmt::format("invalid character '{}' in literal {} (expecting '{}')", text[first + i], literal,
                           literal[i]);
    }
  }
  return fmt::format("invalid character '{}' looking for beginning of value", text[offset]);
}

}  // namespace

SecretReference ParseSecretReference(std::string_view value_from) {
  // arn:aws:secretsmanager:<region>:<account>:secret:<name>[:<json key>:<version stage>:<version id>]
  SecretReference reference;
  const auto parts = Split(value_from, ':');
  if (parts.size() >= 4 && parts[0] == "arn") reference.region = parts[3];
  reference.secrets_manager = parts.size() >= 7 && parts[0] == "arn" && parts[2] == "secretsmanager";
  if (!reference.secrets_manager) {
    reference.id = value_from;
    return reference;
  }
  reference.id = Join({parts.begin(), parts.begin() + 7}, ":");
  reference.malformed = parts.size() != 7 && parts.size() != 10;
  if (parts.size() != 10) return reference;
  reference.json_key = parts[7];
  reference.version_stage = parts[8];
  reference.version_id = parts[9];
  return reference;
}

JsonValue ValueOfJsonKey(const std::string& secret, const std::string& key) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(secret.data(), secret.size());
  if (document.HasParseError()) return {std::nullopt, GoProblem(secret, document.GetErrorOffset())};
  if (!document.IsObject()) {
    const char* kind = document.IsString()   ? "string"
                       : document.IsNumber() ? "number"
                       : document.IsArray()  ? "array"
                                             : "bool";
    return {std::nullopt,
            fmt::format("json: cannot unmarshal {} into Go value of type map[string]interface {{}}", kind)};
  }
  const auto member = document.FindMember(key);
  if (member == document.MemberEnd())
    return {std::nullopt, "retrieved secret from Secrets Manager did not contain json key " + key};
  if (member->value.IsString()) return {std::string(member->value.GetString(), member->value.GetStringLength()), ""};
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  member->value.Accept(writer);
  return {std::string(buffer.GetString(), buffer.GetSize()), ""};
}

}  // namespace drydock::ecs
