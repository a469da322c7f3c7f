#include "emulator/audit/parameters.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <fmt/format.h>

#include <algorithm>

#include "emulator/audit/read_only.h"
#include "emulator/core/clock.h"
#include "emulator/core/text.h"

namespace drydock::audit {

namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

// CloudTrail leaves out fields beyond its limits (CloudTrail User Guide, "CloudTrail record contents").
constexpr std::size_t kLongestField = 100 * 1024;

void String(Writer& writer, std::string_view text) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

std::string Decapitalised(std::string name) {
  if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z') name[0] = static_cast<char>(name[0] - 'A' + 'a');
  return name;
}

// "Mar 1, 2023 9:45:18 PM", as the Java services print dates.
std::string JavaDate(Timestamp time) {
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string iso = FormatIso8601(time);  // 2023-03-01T21:45:18Z
  const auto number = [&](std::size_t at, std::size_t length) { return std::stoi(iso.substr(at, length)); };
  const int hour = number(11, 2);
  return fmt::format("{} {}, {} {}:{} {}", kMonths[number(5, 2) - 1], number(8, 2), number(0, 4),
                     hour % 12 == 0 ? 12 : hour % 12, iso.substr(14, 5), hour < 12 ? "AM" : "PM");
}

// How EC2's lists are called: of lists of plain values also what each item is called. The first ones are from events
// that AWS documents; the rest follows them (unconfirmed).
struct ListName {
  std::string list;
  std::string item;
};
ListName Ec2ListName(const std::string& name, bool plain) {
  if (name == "resourceId") return {"resourcesSet", "resourceId"};
  if (name == "groupId" && plain) return {"securityGroupIdSet", "groupId"};
  if (!plain) {
    const bool plural = name.ends_with("s") || name.ends_with("Set");
    return {plural ? name : name + "Set", ""};
  }
  std::string stem = name;
  if (stem.ends_with("Id")) stem.resize(stem.size() - 2);
  return {stem.ends_with("Set") ? stem : stem + "Set", name};
}

class ParameterWriter {
 public:
  ParameterWriter(Writer& writer, const api::Service& service)
      : writer_(writer), ec2_(service.protocol == api::Protocol::kEc2), service_(service) {}

  // Writes the members that are there; returns how many.
  int Members(const Schema& schema, const void* structure) {
    int count = 0;
    for (const Field& field : schema) {
      const void* content = field.type->get(static_cast<const char*>(structure) + field.offset);
      if (!content || field.type->kind == Kind::kBlob) continue;
      const std::string name = Decapitalised(ec2_ && field.response_name ? field.response_name : field.name);
      if (field.sensitive && leaves_secrets_out()) continue;
      if (field.sensitive || IsSessionToken(field)) {
        writer_.Key(name.c_str());
        String(writer_, kHidden);
      } else if (ec2_ && field.type->kind == Kind::kList && name != "tags") {
        Ec2List(name, *field.type, content);
      } else {
        writer_.Key(name.c_str());
        Content(*field.type, content);
      }
      ++count;
    }
    return count;
  }

 private:
  bool leaves_secrets_out() const {
    const std::string_view name = service_.name;
    return name == "iam" || name == "sts";
  }
  // AWS records them; here half of a credential stands nowhere in the clear.
  bool IsSessionToken(const Field& field) const {
    return service_.name == std::string_view("sts") && field.name == std::string_view("SessionToken");
  }

  void Ec2List(const std::string& name, const Type& type, const void* content) {
    const bool plain = type.element().kind != Kind::kStructure;
    const ListName names = Ec2ListName(name, plain);
    writer_.Key(names.list.c_str());
    writer_.StartObject();
    if (type.size(content) > 0) {
      writer_.Key("items");
      writer_.StartArray();
      for (std::size_t i = 0; i < type.size(content); ++i) {
        const void* item = type.element().get(type.at(content, i));
        if (!item) continue;
        if (plain) {
          writer_.StartObject();
          writer_.Key(names.item.c_str());
          Content(type.element(), item);
          writer_.EndObject();
        } else {
          Content(type.element(), item);
        }
      }
      writer_.EndArray();
    }
    writer_.EndObject();
  }

  void Content(const Type& type, const void* content) {
    switch (type.kind) {
      case Kind::kBoolean:
        writer_.Bool(*static_cast<const bool*>(content));
        return;
      case Kind::kInteger:
        writer_.Int(*static_cast<const std::int32_t*>(content));
        return;
      case Kind::kLong:
        writer_.Int64(*static_cast<const std::int64_t*>(content));
        return;
      case Kind::kDouble:
        writer_.Double(*static_cast<const double*>(content));
        return;
      case Kind::kString:
        return String(writer_, *static_cast<const std::string*>(content));
      case Kind::kBlob:
        return String(writer_, kHidden);
      case Kind::kTimestamp:
        if (ec2_)
          writer_.Int64(static_cast<const Timestamp*>(content)->milliseconds);
        else
          String(writer_, JavaDate(*static_cast<const Timestamp*>(content)));
        return;
      case Kind::kStructure:
        writer_.StartObject();
        Members(type.schema(), content);
        writer_.EndObject();
        return;
      case Kind::kList:
        writer_.StartArray();
        for (std::size_t i = 0; i < type.size(content); ++i) {
          if (const void* item = type.element().get(type.at(content, i)))
            Content(type.element(), item);
          else
            writer_.Null();
        }
        writer_.EndArray();
        return;
      case Kind::kMap: {
        struct Visit {
          ParameterWriter& writer;
          const Type& element;
        } visit{*this, type.element()};
        writer_.StartObject();
        type.each(content, &visit, [](void* context, const std::string& key, const void* slot) {
          auto& v = *static_cast<Visit*>(context);
          if (const void* item = v.element.get(slot)) {
            v.writer.writer_.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
            v.writer.Content(v.element, item);
          }
        });
        writer_.EndObject();
        return;
      }
    }
  }

  Writer& writer_;
  const bool ec2_;
  const api::Service& service_;
};

std::string WithinLimit(const char* field, const rapidjson::StringBuffer& buffer) {
  if (buffer.GetSize() <= kLongestField) return {buffer.GetString(), buffer.GetSize()};
  return fmt::format(R"({{"reason":"{} too large","omitted":true,"originalSize":{}}})", field, buffer.GetSize());
}

}  // namespace

std::optional<std::string> RequestParameters(const api::Operation& operation, const api::AnyStruct& input) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  const int members = ParameterWriter(writer, *operation.service).Members(input.schema(), input.get());
  writer.EndObject();
  if (members == 0 && operation.service->protocol != api::Protocol::kEc2) return std::nullopt;
  return WithinLimit("requestParameters", buffer);
}

std::optional<std::string> ResponseElements(const api::Operation& operation, const api::AnyStruct& output,
                                            const std::string& request_id) {
  // Reads have none; those that make credentials have (STS: "Logging IAM and AWS STS API calls").
  if (operation.read_only) return std::nullopt;
  if (IsReadOnly(operation) && std::string_view(operation.service->name) != "sts") return std::nullopt;
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  int members = 0;
  if (operation.service->protocol == api::Protocol::kEc2) {
    writer.Key("requestId");
    String(writer, request_id);
    const Schema& schema = output.schema();
    const bool returns = std::any_of(schema.begin(), schema.end(),
                                     [](const Field& field) { return std::string_view(field.name) == "Return"; });
    if (schema.count == 0 || returns) {
      writer.Key("_return");
      writer.Bool(true);
    }
    members = 1;
  }
  members += ParameterWriter(writer, *operation.service).Members(output.schema(), output.get());
  writer.EndObject();
  if (members == 0) return std::nullopt;
  return WithinLimit("responseElements", buffer);
}

}  // namespace drydock::audit
