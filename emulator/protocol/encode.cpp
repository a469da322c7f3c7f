#include "emulator/protocol/encode.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <fmt/format.h>

#include "emulator/core/clock.h"
#include "emulator/core/text.h"

namespace drydock::protocol {

namespace {

const void* SlotOf(const void* structure, const Field& field) {
  return static_cast<const char*>(structure) + field.offset;
}

// -- JSON

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void String(Writer& writer, std::string_view text) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void WriteStructure(Writer& writer, const Schema& schema, const void* structure, bool mask);

void WriteContent(Writer& writer, const Type& type, const void* content, bool mask) {
  switch (type.kind) {
    case Kind::kBoolean:
      writer.Bool(*static_cast<const bool*>(content));
      return;
    case Kind::kInteger:
      writer.Int(*static_cast<const std::int32_t*>(content));
      return;
    case Kind::kLong:
      writer.Int64(*static_cast<const std::int64_t*>(content));
      return;
    case Kind::kDouble:
      writer.Double(*static_cast<const double*>(content));
      return;
    case Kind::kString:
      String(writer, *static_cast<const std::string*>(content));
      return;
    case Kind::kBlob:
      String(writer, EncodeBase64(static_cast<const Blob*>(content)->bytes));
      return;
    case Kind::kTimestamp: {  // epoch seconds with as many decimals as are there, never as 1.5e9
      const std::int64_t ms = static_cast<const Timestamp*>(content)->milliseconds;
      const auto text =
          ms % 1000 == 0 ? std::to_string(ms / 1000) : fmt::format("{}.{:03}", ms / 1000, std::abs(ms % 1000));
      writer.RawValue(text.data(), text.size(), rapidjson::kNumberType);
      return;
    }
    case Kind::kStructure:
      return WriteStructure(writer, type.schema(), content, mask);
    case Kind::kList:
      writer.StartArray();
      for (std::size_t i = 0; i < type.size(content); ++i) {
        if (const void* item = type.element().get(type.at(content, i)))
          WriteContent(writer, type.element(), item, mask);
        else
          writer.Null();
      }
      writer.EndArray();
      return;
    case Kind::kMap: {
      struct Visit {
        Writer& writer;
        const Type& element;
        bool mask;
      } visit{writer, type.element(), mask};
      writer.StartObject();
      type.each(content, &visit, [](void* context, const std::string& key, const void* slot) {
        auto& v = *static_cast<Visit*>(context);
        if (const void* item = v.element.get(slot)) {
          v.writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
          WriteContent(v.writer, v.element, item, v.mask);
        }
      });
      writer.EndObject();
      return;
    }
  }
}

void WriteStructure(Writer& writer, const Schema& schema, const void* structure, bool mask) {
  writer.StartObject();
  for (const Field& field : schema) {
    const void* content = field.type->get(SlotOf(structure, field));
    if (!content) continue;
    writer.Key(field.response_name ? field.response_name : field.name);
    if (mask && field.sensitive)
      writer.String("***");
    else
      WriteContent(writer, *field.type, content, mask);
  }
  writer.EndObject();
}

// -- XML

void AppendEscaped(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\r':
        out += "&#13;";
        break;
      default:
        // XML 1.0 has no way to write the other control characters, U+FFFE and U+FFFF: a parser would refuse the whole
        // answer for one of them.
        if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n') {
          out += '?';
        } else if (c == '\xEF' && (text.substr(i, 3) == "\xEF\xBF\xBE" || text.substr(i, 3) == "\xEF\xBF\xBF")) {
          out += '?';
          i += 2;
        } else {
          out += c;
        }
    }
  }
}

class XmlWriter {
 public:
  explicit XmlWriter(const api::Service& service) : service_(service) {}

  // Lists directly in an answer are always written, the empty ones as empty elements: clients expect to find [].
  void Members(const Schema& schema, const void* structure, bool root) {
    for (const Field& field : schema) {
      const void* slot = SlotOf(structure, field);
      const void* content = field.type->get(slot);
      if (!content && root && field.type->kind == Kind::kList) content = slot;
      if (content) Element(field.response_name, *field.type, content, field.item_name);
    }
  }

  std::string text;

 private:
  void Element(const std::string& name, const Type& type, const void* content, const char* item_name) {
    const auto before = text.size();
    text += "<" + name + ">";
    const auto opened = text.size();
    Content(type, content, item_name);
    if (text.size() == opened) {
      text.resize(before);
      text += "<" + name + "/>";
    } else {
      text += "</" + name + ">";
    }
  }

  void Content(const Type& type, const void* content, const char* item_name) {
    switch (type.kind) {
      case Kind::kBoolean:
        text += *static_cast<const bool*>(content) ? "true" : "false";
        return;
      case Kind::kInteger:
        text += std::to_string(*static_cast<const std::int32_t*>(content));
        return;
      case Kind::kLong:
        text += std::to_string(*static_cast<const std::int64_t*>(content));
        return;
      case Kind::kDouble:
        text += fmt::format("{}", *static_cast<const double*>(content));
        return;
      case Kind::kString:
        AppendEscaped(text, *static_cast<const std::string*>(content));
        return;
      case Kind::kBlob:
        text += EncodeBase64(static_cast<const Blob*>(content)->bytes);
        return;
      case Kind::kTimestamp:
        text += FormatIso8601(*static_cast<const Timestamp*>(content), service_.milliseconds);
        return;
      case Kind::kStructure:
        Members(type.schema(), content, false);
        return;
      case Kind::kList:
        for (std::size_t i = 0; i < type.size(content); ++i)
          if (const void* item = type.element().get(type.at(content, i)))
            Element(item_name, type.element(), item, service_.protocol == api::Protocol::kEc2 ? "item" : "member");
        return;
      case Kind::kMap: {
        struct Visit {
          XmlWriter& writer;
          const Type& element;
        } visit{*this, type.element()};
        type.each(content, &visit, [](void* context, const std::string& key, const void* slot) {
          auto& v = *static_cast<Visit*>(context);
          const void* item = v.element.get(slot);
          if (!item) return;
          v.writer.text += "<entry><key>";
          AppendEscaped(v.writer.text, key);
          v.writer.text += "</key>";
          v.writer.Element("value", v.element, item, "member");
          v.writer.text += "</entry>";
        });
        return;
      }
    }
  }

  const api::Service& service_;
};

constexpr char kXmlType[] = "text/xml;charset=UTF-8";
constexpr char kXmlDeclaration[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

std::string JsonType(const api::Service& service) {
  return std::string("application/x-amz-json-") + (service.json_version ? service.json_version : "1.1");
}

// -- Errors

// What the model says of an error's member; one that it does not know is a string.
api::ErrorMember MemberOf(const api::ErrorFacts* facts, const std::string& name) {
  if (facts)
    for (const api::ErrorMember& member : facts->members)
      if (member.name == name) return member;
  return {name.c_str(), Kind::kString, false};
}

void WriteDetail(Writer& writer, const api::ErrorMember& member, const std::vector<std::string>& values) {
  const auto write = [&](const std::string& value) {
    if (member.kind == Kind::kString)
      String(writer, value);
    else  // "true" and "17" are JSON as they stand
      writer.RawValue(value.data(), value.size(), rapidjson::kNumberType);
  };
  writer.Key(member.name);
  if (!member.list) return write(values.front());
  writer.StartArray();
  for (const std::string& value : values) write(value);
  writer.EndArray();
}

void AppendDetail(std::string& out, const api::ErrorMember& member, const std::vector<std::string>& values,
                  const char* item_name) {
  out += fmt::format("<{}>", member.name);
  for (const std::string& value : values) {
    if (member.list) out += fmt::format("<{}>", item_name);
    AppendEscaped(out, value);
    if (member.list) out += fmt::format("</{}>", item_name);
  }
  out += fmt::format("</{}>", member.name);
}

}  // namespace

Body EncodeAnswer(const api::Operation& operation, const Schema& schema, const void* answer,
                  const std::string& request_id) {
  const api::Service& service = *operation.service;
  if (service.protocol == api::Protocol::kJson) return {JsonType(service), ToJson(schema, answer, false)};
  XmlWriter xml(service);
  xml.text = fmt::format("{}<{}Response xmlns=\"{}{}\">", kXmlDeclaration, operation.name, service.xml_namespace,
                         service.protocol == api::Protocol::kEc2 ? "/" : "");
  if (service.protocol == api::Protocol::kEc2) {
    xml.text += "<requestId>" + request_id + "</requestId>";
    if (schema.count == 0)
      xml.text += "<return>true</return>";
    else
      xml.Members(schema, answer, true);
  } else {
    if (operation.result_wrapper) {
      xml.text += fmt::format("<{}>", operation.result_wrapper);
      xml.Members(schema, answer, true);
      xml.text += fmt::format("</{}>", operation.result_wrapper);
    }
    xml.text += "<ResponseMetadata><RequestId>" + request_id + "</RequestId></ResponseMetadata>";
  }
  xml.text += fmt::format("</{}Response>", operation.name);
  return {kXmlType, std::move(xml.text)};
}

Body EncodeError(const api::Service& service, const ApiError& error, int status, const std::string& request_id) {
  const api::ErrorFacts* const facts = api::FindError(service, error.code());
  if (service.protocol == api::Protocol::kJson) {
    rapidjson::StringBuffer buffer;
    Writer writer(buffer);
    writer.StartObject();
    writer.Key("__type");
    String(writer, error.code());
    writer.Key(service.upper_case_message ? "Message" : "message");
    String(writer, error.message());
    for (const auto& [name, values] : error.details()) WriteDetail(writer, MemberOf(facts, name), values);
    writer.EndObject();
    return {JsonType(service), std::string(buffer.GetString(), buffer.GetSize())};
  }
  std::string text = kXmlDeclaration;
  const bool ec2 = service.protocol == api::Protocol::kEc2;
  text += ec2 ? "<Response><Errors><Error>"
              : fmt::format("<ErrorResponse xmlns=\"{}\"><Error><Type>{}</Type>", service.xml_namespace,
                            status >= 500 ? "Receiver" : "Sender");
  text += "<Code>";
  AppendEscaped(text, error.code());
  text += "</Code><Message>";
  AppendEscaped(text, error.message());
  text += "</Message>";
  for (const auto& [name, values] : error.details())
    AppendDetail(text, MemberOf(facts, name), values, ec2 ? "item" : "member");
  text += ec2 ? "</Error></Errors><RequestID>" + request_id + "</RequestID></Response>"
              : "</Error><RequestId>" + request_id + "</RequestId></ErrorResponse>";
  return {kXmlType, std::move(text)};
}

std::string ToJson(const Schema& schema, const void* value, bool mask_sensitive) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  WriteStructure(writer, schema, value, mask_sensitive);
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace drydock::protocol
