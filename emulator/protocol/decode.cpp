#include "emulator/protocol/decode.h"

#include <rapidjson/document.h>

#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "emulator/core/clock.h"
#include "emulator/core/text.h"
#include "emulator/protocol/form.h"

namespace drydock::protocol {

namespace {

void* SlotOf(void* structure, const Field& field) {
  return static_cast<char*>(structure) + field.offset;
}

// -- JSON

[[noreturn]] void Refuse(const std::string& message) {
  throw ApiError("SerializationException", message);
}

const char* TokenName(const rapidjson::Value& value) {
  switch (value.GetType()) {
    case rapidjson::kStringType:
      return "STRING_VALUE";
    case rapidjson::kNumberType:
      return "NUMBER_VALUE";
    case rapidjson::kTrueType:
      return "TRUE_VALUE";
    case rapidjson::kFalseType:
      return "FALSE_VALUE";
    default:
      return "NULL_VALUE";
  }
}

// Wording: recorded for some services; the article and the type's name for the others are unconfirmed.
[[noreturn]] void RefuseType(const rapidjson::Value& value, const char* wanted) {
  if (value.IsObject()) Refuse("Start of structure or map found where not expected.");
  if (value.IsArray()) Refuse("Start of list found where not expected");
  Refuse(fmt::format("{} can not be converted to {}", TokenName(value), wanted));
}

std::int64_t WholeNumber(const rapidjson::Value& value, std::int64_t least, std::int64_t most, const char* wanted) {
  if (value.IsInt64() && value.GetInt64() >= least && value.GetInt64() <= most) return value.GetInt64();
  if (value.IsDouble() && value.GetDouble() == std::floor(value.GetDouble()) &&
      value.GetDouble() >= static_cast<double>(least) && value.GetDouble() < static_cast<double>(most))
    return static_cast<std::int64_t>(value.GetDouble());
  RefuseType(value, wanted);
}

void DecodeJsonStructure(const rapidjson::Value& json, const Schema& schema, void* structure);

// `slot` is filled with `json`, which is not null.
void DecodeJsonSlot(const rapidjson::Value& json, const Type& type, void* slot) {
  switch (type.kind) {
    case Kind::kBoolean:
      if (!json.IsBool()) RefuseType(json, "Boolean");
      *static_cast<bool*>(type.emplace(slot)) = json.GetBool();
      return;
    case Kind::kInteger:
      *static_cast<std::int32_t*>(type.emplace(slot)) = static_cast<std::int32_t>(WholeNumber(
          json, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max(), "Integer"));
      return;
    case Kind::kLong:
      *static_cast<std::int64_t*>(type.emplace(slot)) =
          WholeNumber(json, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(), "Long");
      return;
    case Kind::kDouble:
      if (!json.IsNumber()) RefuseType(json, "Double");
      *static_cast<double*>(type.emplace(slot)) = json.GetDouble();
      return;
    case Kind::kString:
      if (!json.IsString()) RefuseType(json, "String");
      *static_cast<std::string*>(type.emplace(slot)) = {json.GetString(), json.GetStringLength()};
      return;
    case Kind::kTimestamp:  // epoch seconds, fractions allowed; ISO 8601 is what some older clients send
      if (json.IsNumber() && std::abs(json.GetDouble()) < 1e14) {
        *static_cast<Timestamp*>(type.emplace(slot)) = {std::llround(json.GetDouble() * 1000)};
      } else if (const auto time = json.IsString() ? ParseIso8601(json.GetString()) : std::nullopt) {
        *static_cast<Timestamp*>(type.emplace(slot)) = *time;
      } else {
        RefuseType(json, "Timestamp");
      }
      return;
    case Kind::kBlob:
      if (!json.IsString()) RefuseType(json, "Blob");
      if (!DecodeBase64({json.GetString(), json.GetStringLength()}, static_cast<Blob*>(type.emplace(slot))->bytes))
        Refuse("Invalid Base64 in a blob");
      return;
    case Kind::kStructure:
      if (!json.IsObject()) RefuseType(json, "Structure");
      return DecodeJsonStructure(json, type.schema(), type.emplace(slot));
    case Kind::kList: {
      if (!json.IsArray()) RefuseType(json, "List");
      void* list = type.emplace(slot);
      for (const auto& item : json.GetArray()) {
        if (item.IsNull()) continue;  // null entries are dropped, as Coral services do
        DecodeJsonSlot(item, type.element(), type.append(list));
      }
      return;
    }
    case Kind::kMap: {
      if (!json.IsObject()) RefuseType(json, "Map");
      void* map = type.emplace(slot);
      for (const auto& entry : json.GetObject())
        if (!entry.value.IsNull())
          DecodeJsonSlot(entry.value, type.element(),
                         type.insert(map, {entry.name.GetString(), entry.name.GetStringLength()}));
      return;
    }
  }
}

void DecodeJsonStructure(const rapidjson::Value& json, const Schema& schema, void* structure) {
  for (const auto& member : json.GetObject()) {
    if (member.value.IsNull()) continue;
    const std::string_view name(member.name.GetString(), member.name.GetStringLength());
    for (const Field& field : schema)
      if (name == field.request_name) DecodeJsonSlot(member.value, *field.type, SlotOf(structure, field));
  }
}

// -- forms

class FormDecoder {
 public:
  explicit FormDecoder(const api::Service& service)
      : service_(service), ec2_(service.protocol == api::Protocol::kEc2) {}

  void Structure(const FormNode& node, const Schema& schema, void* structure, const std::string& path) const {
    for (const Field& field : schema) {
      const FormNode* child = node.child(field.request_name);
      if (!child) continue;
      child->MarkRead();
      const std::string name = path.empty() ? field.request_name : path + "." + field.request_name;
      Slot(*child, *field.type, SlotOf(structure, field), name);
    }
  }

 private:
  // Wording unconfirmed for both protocols.
  [[noreturn]] void Refuse(const std::string& path, const std::string& value, const char* wanted) const {
    if (ec2_)
      throw ApiError("InvalidParameterValue",
                     fmt::format("Value ({}) for parameter {} is invalid. Expected: '{}'.", value, path, wanted));
    throw ApiError("MalformedInput", fmt::format("'{}' is not a valid {} for parameter {}", value, wanted, path));
  }

  template <class Number>
  Number Parse(const std::string& path, const std::string& text, const char* wanted) const {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) Refuse(path, text, wanted);
    return number;
  }

  // `Name=` alone is a list that is there and empty; with a value it is not that list, and must not count as none.
  // Wording unconfirmed for the query protocol.
  void RefuseValueOfMany(const FormNode& node, const std::string& path) const {
    if (!node.value() || node.value()->empty()) return;
    if (ec2_) throw ApiError("UnknownParameter", fmt::format("The parameter {} is not recognized", path));
    throw ApiError("MalformedInput", fmt::format("The parameter {} has members and takes no value of its own", path));
  }

  void Slot(const FormNode& node, const Type& type, void* slot, const std::string& path) const {
    if (type.kind == Kind::kStructure || type.kind == Kind::kList || type.kind == Kind::kMap)
      RefuseValueOfMany(node, path);
    if (type.kind == Kind::kStructure) return Structure(node, type.schema(), type.emplace(slot), path);
    if (type.kind == Kind::kList) return ListItems(node, type, slot, path);
    if (type.kind == Kind::kMap) return MapEntries(node, type, slot, path);
    if (!node.value()) Refuse(path, "", "value");
    const std::string& text = *node.value();
    switch (type.kind) {
      case Kind::kBoolean:
        if (!EqualsIgnoringCase(text, "true") && !EqualsIgnoringCase(text, "false")) Refuse(path, text, "boolean");
        *static_cast<bool*>(type.emplace(slot)) = EqualsIgnoringCase(text, "true");
        return;
      case Kind::kInteger:
        *static_cast<std::int32_t*>(type.emplace(slot)) = Parse<std::int32_t>(path, text, "integer");
        return;
      case Kind::kLong:
        *static_cast<std::int64_t*>(type.emplace(slot)) = Parse<std::int64_t>(path, text, "long");
        return;
      case Kind::kDouble:
        *static_cast<double*>(type.emplace(slot)) = Parse<double>(path, text, "double");
        return;
      case Kind::kTimestamp: {
        const auto time = ParseIso8601(text);
        if (!time) Refuse(path, text, "timestamp");
        *static_cast<Timestamp*>(type.emplace(slot)) = *time;
        return;
      }
      case Kind::kBlob:
        if (!DecodeBase64(text, static_cast<Blob*>(type.emplace(slot))->bytes)) Refuse(path, text, "blob");
        return;
      default:
        *static_cast<std::string*>(type.emplace(slot)) = text;
    }
  }

  // EC2 lists are Name.1; the query protocol's are Name.member.1.
  void ListItems(const FormNode& node, const Type& type, void* slot, const std::string& path) const {
    void* list = type.emplace(slot);
    const FormNode* items = &node;
    if (!ec2_) {
      items = node.child("member");
      if (!items) return;
      items->MarkRead();
    }
    int index = 1;
    for (const FormNode* item : items->items()) {
      item->MarkRead();
      Slot(*item, type.element(), type.append(list), fmt::format("{}.{}{}", path, ec2_ ? "" : "member.", index++));
    }
  }

  void MapEntries(const FormNode& node, const Type& type, void* slot, const std::string& path) const {
    void* map = type.emplace(slot);
    const FormNode* entries = node.child("entry");
    if (!entries) return;
    for (const FormNode* entry : entries->items()) {
      const FormNode* key = entry->child("key");
      const FormNode* value = entry->child("value");
      if (!key || !key->value() || !value) Refuse(path, "", "map entry");
      Slot(*value, type.element(), type.insert(map, *key->value()), path + ".entry");
    }
  }

  const api::Service& service_;
  const bool ec2_;
};

}  // namespace

void DecodeJson(const api::Service&, std::string_view body, const Schema& schema, void* out) {
  if (body.empty()) return;  // the same as {}
  rapidjson::Document document;
  // Iterative: a body of nothing but '[' must not exhaust the stack.
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(body.data(), body.size());
  if (document.HasParseError()) Refuse("");  // AWS sends no message (recorded for several JSON services)
  if (!document.IsObject()) RefuseType(document, "Structure");
  DecodeJsonStructure(document, schema, out);
}

void DecodeForm(const api::Service& service, const FormNode& form, const Schema& schema, void* out) {
  FormDecoder(service).Structure(form, schema, out, "");
  if (service.protocol == api::Protocol::kEc2)
    if (const auto unknown = form.FirstUnread())
      throw ApiError("UnknownParameter", fmt::format("The parameter {} is not recognized", *unknown));
}

}  // namespace drydock::protocol
