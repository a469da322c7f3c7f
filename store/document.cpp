#include "store/document.h"

#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "emulator/core/text.h"
#include "store/database.h"

namespace drydock::store {

namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

template <class T>
const T& As(const void* content) {
  return *static_cast<const T*>(content);
}

void WriteObject(Writer& writer, const Schema& schema, const void* record);

void WriteSlot(Writer& writer, const Type& type, const void* slot);

void WriteContent(Writer& writer, const Type& type, const void* content) {
  switch (type.kind) {
    case Kind::kBoolean:
      writer.Bool(As<bool>(content));
      break;
    case Kind::kInteger:
      writer.Int(As<std::int32_t>(content));
      break;
    case Kind::kLong:
      writer.Int64(As<std::int64_t>(content));
      break;
    case Kind::kDouble:
      if (!writer.Double(As<double>(content))) throw std::logic_error("a document cannot hold NaN or infinity");
      break;
    case Kind::kString:
      writer.String(As<std::string>(content));
      break;
    case Kind::kTimestamp:
      writer.Int64(As<Timestamp>(content).milliseconds);
      break;
    case Kind::kBlob:
      writer.String(EncodeBase64(As<Blob>(content).bytes));
      break;
    case Kind::kStructure:
      WriteObject(writer, type.schema(), content);
      break;
    case Kind::kList: {
      writer.StartArray();
      const std::size_t size = type.size(content);
      for (std::size_t i = 0; i < size; ++i) WriteSlot(writer, type.element(), type.at(content, i));
      writer.EndArray();
      break;
    }
    case Kind::kMap: {
      writer.StartObject();
      struct Context {
        Writer& writer;
        const Type& element;
      } context{writer, type.element()};
      type.each(content, &context, [](void* opaque, const std::string& key, const void* slot) {
        auto& [to, element] = *static_cast<Context*>(opaque);
        to.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
        WriteSlot(to, element, slot);
      });
      writer.EndObject();
      break;
    }
  }
}

void WriteSlot(Writer& writer, const Type& type, const void* slot) {
  if (const void* content = type.get(slot))
    WriteContent(writer, type, content);
  else
    writer.Null();
}

void WriteObject(Writer& writer, const Schema& schema, const void* record) {
  writer.StartObject();
  for (const Field& field : schema) {
    const void* content = field.type->get(static_cast<const char*>(record) + field.offset);
    if (!content) continue;
    writer.Key(field.name);
    WriteContent(writer, *field.type, content);
  }
  writer.EndObject();
}

void Expect(bool holds, const char* what) {
  if (!holds) throw Error(std::string("a document of the database holds something else than ") + what);
}

void ReadObject(const Schema& schema, const rapidjson::Value& json, void* record);

// Null leaves the slot absent.
void ReadSlot(const Type& type, const rapidjson::Value& json, void* slot) {
  if (json.IsNull()) return;
  void* content = type.emplace(slot);
  switch (type.kind) {
    case Kind::kBoolean:
      Expect(json.IsBool(), "a boolean");
      *static_cast<bool*>(content) = json.GetBool();
      break;
    case Kind::kInteger:
      Expect(json.IsInt(), "an integer");
      *static_cast<std::int32_t*>(content) = json.GetInt();
      break;
    case Kind::kLong:
      Expect(json.IsInt64(), "an integer");
      *static_cast<std::int64_t*>(content) = json.GetInt64();
      break;
    case Kind::kDouble:
      Expect(json.IsNumber(), "a number");
      *static_cast<double*>(content) = json.GetDouble();
      break;
    case Kind::kString:
      Expect(json.IsString(), "a string");
      static_cast<std::string*>(content)->assign(json.GetString(), json.GetStringLength());
      break;
    case Kind::kTimestamp:
      Expect(json.IsInt64(), "a point in time");
      *static_cast<Timestamp*>(content) = {json.GetInt64()};
      break;
    case Kind::kBlob:
      Expect(json.IsString(), "a base64 string");
      Expect(DecodeBase64({json.GetString(), json.GetStringLength()}, static_cast<Blob*>(content)->bytes),
             "a base64 string");
      break;
    case Kind::kStructure:
      ReadObject(type.schema(), json, content);
      break;
    case Kind::kList:
      Expect(json.IsArray(), "a list");
      for (const auto& element : json.GetArray()) ReadSlot(type.element(), element, type.append(content));
      break;
    case Kind::kMap:
      Expect(json.IsObject(), "a map");
      for (const auto& entry : json.GetObject()) {
        const std::string key(entry.name.GetString(), entry.name.GetStringLength());
        ReadSlot(type.element(), entry.value, type.insert(content, key));
      }
      break;
  }
}

void ReadObject(const Schema& schema, const rapidjson::Value& json, void* record) {
  Expect(json.IsObject(), "an object");
  // Documents were written in the order of the fields, so the next member is nearly always the next field.
  std::size_t expected = 0;
  for (const auto& member : json.GetObject()) {
    const std::string_view name(member.name.GetString(), member.name.GetStringLength());
    for (std::size_t tried = 0; tried < schema.count; ++tried) {
      const std::size_t index = (expected + tried) % schema.count;
      const Field& field = schema.fields[index];
      if (name != field.name) continue;
      ReadSlot(*field.type, member.value, static_cast<char*>(record) + field.offset);
      expected = index + 1;
      break;
    }
  }
}

}  // namespace

std::string WriteDocument(const Schema& schema, const void* record) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  WriteObject(writer, schema, record);
  return std::string(buffer.GetString(), buffer.GetSize());
}

void ReadDocument(const Schema& schema, std::string_view document, void* record) {
  // Most documents are small: their values fit on the stack.
  char space[8192];
  rapidjson::MemoryPoolAllocator<> allocator(space, sizeof space);
  rapidjson::Document json(&allocator);
  json.Parse<rapidjson::kParseFullPrecisionFlag | rapidjson::kParseIterativeFlag>(document.data(), document.size());
  if (json.HasParseError()) {
    throw Error(std::string("a document of the database is not JSON: ") +
                rapidjson::GetParseError_En(json.GetParseError()));
  }
  ReadObject(schema, json, record);
}

}  // namespace drydock::store
