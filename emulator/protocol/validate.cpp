#include "emulator/protocol/validate.h"

#include <re2/re2.h>

#include <cctype>
#include <cmath>
#include <mutex>

#include <fmt/format.h>

#include "emulator/core/text.h"

namespace drydock::protocol {

namespace {

const void* SlotOf(const void* structure, const Field& field) {
  return static_cast<const char*>(structure) + field.offset;
}

// Coral names members as its Java classes do.
std::string Decapitalised(const std::string& name) {
  std::string result = name;
  // An acronym stays as it is: "ARN" and "VPCId" keep their capitals, "RoleName" loses one.
  if (result.size() > 1 && std::isupper(static_cast<unsigned char>(result[1]))) return result;
  if (!result.empty()) result[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(result[0])));
  return result;
}

std::string NumberText(double number) {
  return number == std::floor(number) ? fmt::format("{}", static_cast<std::int64_t>(number))
                                      : fmt::format("{}", number);
}

// A value as Coral prints it in its messages.
std::string ValueText(const Type& type, const void* content) {
  switch (type.kind) {
    case Kind::kString:
      return *static_cast<const std::string*>(content);
    case Kind::kInteger:
      return std::to_string(*static_cast<const std::int32_t*>(content));
    case Kind::kLong:
      return std::to_string(*static_cast<const std::int64_t*>(content));
    case Kind::kDouble:
      return NumberText(*static_cast<const double*>(content));
    case Kind::kBoolean:
      return *static_cast<const bool*>(content) ? "true" : "false";
    case Kind::kList: {
      std::string text = "[";
      for (std::size_t i = 0; i < type.size(content); ++i) {
        const void* item = type.element().get(type.at(content, i));
        text += (i ? ", " : "") + (item ? ValueText(type.element(), item) : "null");
      }
      return text + "]";
    }
    default:
      return "";
  }
}

struct Violation {
  enum class Kind { kMissing, kMinimum, kMaximum, kPattern, kEnum };
  Kind kind;
  std::string path;  // Coral's: actions.1.member.type
  std::string name;  // the member's name in a request: GroupDescription
  std::string value;
  bool hide_value = false;
  std::string constraint;  // Coral's: Member must have length less than or equal to 32
  std::string pattern;
};

class Inspection {
 public:
  explicit Inspection(const Validator& validator) : validator_(validator) {}

  void Structure(const Schema& schema, const void* structure, const std::string& path) {
    for (const Field& field : schema) {
      const std::string here = path + Decapitalised(field.name);
      const void* content = field.type->get(SlotOf(structure, field));
      if (!content) {
        if (field.required)
          violations.push_back(
              {Violation::Kind::kMissing, here, field.request_name, "", false, "Member must not be null", ""});
        continue;
      }
      Content(*field.type, content, field.constraints, here, field.request_name, field.sensitive);
    }
  }

  std::vector<Violation> violations;

 private:
  void Content(const Type& type, const void* content, const Constraints* constraints, const std::string& path,
               const std::string& name, bool sensitive) {
    if (constraints) Check(type, content, *constraints, path, name, sensitive, nullptr);
    if (type.kind == Kind::kStructure) return Structure(type.schema(), content, path + ".");
    if (type.kind == Kind::kList) {
      const Type& element = type.element();
      for (std::size_t i = 0; i < type.size(content); ++i) {
        const void* item = element.get(type.at(content, i));
        if (!item) continue;
        const std::string here = fmt::format("{}.{}.member", path, i + 1);
        if (element.kind == Kind::kStructure) {
          Structure(element.schema(), item, here + ".");
        } else if (element.kind == Kind::kList || element.kind == Kind::kMap) {
          Content(element, item, constraints ? constraints->element : nullptr, here, name, sensitive);
        } else if (constraints && constraints->element) {
          const std::string whole = ValueText(type, content);
          const ListView list{path, whole};
          Check(element, item, *constraints->element, here, name, sensitive, &list);
        }
      }
    }
    if (type.kind == Kind::kMap) Entries(type, content, constraints, path, name, sensitive);
  }

  struct ListView {
    const std::string& path;
    const std::string& value;
  };

  void Entries(const Type& type, const void* content, const Constraints* constraints, const std::string& path,
               const std::string& name, bool sensitive) {
    struct Visit {
      Inspection& inspection;
      const Type& element;
      const Constraints* constraints;
      const std::string& path;
      const std::string& name;
      bool sensitive;
    } visit{*this, type.element(), constraints, path, name, sensitive};
    type.each(content, &visit, [](void* context, const std::string& key, const void* slot) {
      auto& v = *static_cast<Visit*>(context);
      if (v.constraints && v.constraints->key)
        v.inspection.Check(TypeOf<std::string>(), &key, *v.constraints->key, v.path + "." + key + ".key", v.name, false,
                           nullptr);
      if (const void* item = v.element.get(slot))
        v.inspection.Content(v.element, item, v.constraints ? v.constraints->element : nullptr,
                             v.path + "." + key + ".member", v.name, v.sensitive);
    });
  }

  // Coral reports what is wrong with an element of a list of scalars as a violation of the list.
  void Add(Violation::Kind kind, const std::string& path, const std::string& name, const std::string& value,
           bool sensitive, const std::string& constraint, const char* pattern, const ListView* list) {
    if (list)
      violations.push_back({kind, list->path, name, list->value, sensitive,
                            fmt::format("Member must satisfy constraint: [{}]", constraint), pattern});
    else
      violations.push_back({kind, path, name, value, sensitive, constraint, pattern});
  }

  void Check(const Type& type, const void* content, const Constraints& c, const std::string& path,
             const std::string& name, bool sensitive, const ListView* list) {
    double measure = 0;
    const char* what = "have length";
    switch (type.kind) {
      case Kind::kString:
        measure = static_cast<double>(CountCharacters(*static_cast<const std::string*>(content)));
        break;
      case Kind::kBlob:
        measure = static_cast<double>(static_cast<const Blob*>(content)->bytes.size());
        break;
      case Kind::kList:
      case Kind::kMap:
        measure = static_cast<double>(type.size(content));
        break;
      case Kind::kInteger:
        measure = *static_cast<const std::int32_t*>(content);
        what = "have value";
        break;
      case Kind::kLong:
        measure = static_cast<double>(*static_cast<const std::int64_t*>(content));
        what = "have value";
        break;
      case Kind::kDouble:
        measure = *static_cast<const double*>(content);
        what = "have value";
        break;
      default:
        return;
    }
    const std::string value = ValueText(type, content);
    if (c.enumeration) {
      bool known = false;
      std::string values;
      for (const char* const* allowed = c.enumeration; *allowed; ++allowed) {
        known |= value == *allowed;
        values += (values.empty() ? "" : ", ") + std::string(*allowed);
      }
      if (!known) {
        Add(Violation::Kind::kEnum, path, name, value, sensitive,
            fmt::format("Member must satisfy enum value set: [{}]", values), "", list);
        return;
      }
    }
    if (c.minimum && measure < *c.minimum)
      Add(Violation::Kind::kMinimum, path, name, value, sensitive,
          fmt::format("Member must {} greater than or equal to {}", what, NumberText(*c.minimum)), "", list);
    if (c.maximum && measure > *c.maximum)
      Add(Violation::Kind::kMaximum, path, name, value, sensitive,
          fmt::format("Member must {} less than or equal to {}", what, NumberText(*c.maximum)), "", list);
    if (c.pattern && !validator_.Matches(c.pattern, value))
      Add(Violation::Kind::kPattern, path, name, value, sensitive,
          fmt::format("Member must satisfy regular expression pattern: {}", c.pattern), c.pattern, list);
  }

  const Validator& validator_;
};

ApiError CoralError(const api::Service& service, const std::vector<Violation>& violations) {
  std::string message =
      fmt::format("{} validation error{} detected: ", violations.size(), violations.size() == 1 ? "" : "s");
  for (const auto& v : violations) {
    if (&v != &violations.front()) message += "; ";
    const bool short_enum = v.kind == Violation::Kind::kEnum && service.short_enum_violations;
    if (v.kind == Violation::Kind::kMissing)
      message += fmt::format("Value null at '{}'", v.path);
    else if (v.hide_value || short_enum)
      message += fmt::format("Value at '{}'", v.path);
    else
      message += fmt::format("Value '{}' at '{}'", v.value, v.path);
    message += " failed to satisfy constraint: " + (short_enum ? "Member must satisfy enum value set" : v.constraint);
  }
  return ApiError(service.validation_code, message);
}

// aws-facts I.1; lengths and enums in this form are unconfirmed.
ApiError EcrError(const api::Service& service, const Violation& v) {
  std::string constraint = v.constraint;
  if (v.kind == Violation::Kind::kPattern)
    constraint = fmt::format("must satisfy regular expression '{}'", v.pattern);
  else if (constraint.rfind("Member ", 0) == 0)
    constraint = constraint.substr(7);
  return ApiError(service.validation_code,
                  fmt::format("Invalid parameter at '{}' failed to satisfy constraint: '{}'", v.path, constraint));
}

// EC2 User Guide, "Error codes": MissingParameter, InvalidParameterValue. EC2 names one violation at a time.
ApiError Ec2Error(const Violation& v) {
  if (v.kind == Violation::Kind::kMissing)
    return ApiError("MissingParameter", fmt::format("The request must contain the parameter {}", v.name));
  return ApiError("InvalidParameterValue",
                  fmt::format("Value ({}) for parameter {} is invalid.", v.value, Decapitalised(v.name)));
}

// Java's \uXXXX is RE2's \x{XXXX}.
std::string ForRe2(std::string_view pattern) {
  std::string result;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 5 < pattern.size() && pattern[i + 1] == 'u') {
      result += "\\x{" + std::string(pattern.substr(i + 2, 4)) + "}";
      i += 5;
    } else if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      result += pattern.substr(i++, 2);
    } else {
      result += pattern[i];
    }
  }
  return result;
}

}  // namespace

Validator::Validator() = default;
Validator::~Validator() = default;

const re2::RE2* Validator::Compiled(const char* pattern) const {
  {
    std::shared_lock lock(mutex_);
    if (const auto found = patterns_.find(pattern); found != patterns_.end()) return found->second.get();
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(false);
  auto compiled = std::make_unique<re2::RE2>(ForRe2(pattern), options);
  if (!compiled->ok()) compiled = nullptr;
  std::unique_lock lock(mutex_);
  return patterns_.emplace(pattern, std::move(compiled)).first->second.get();
}

bool Validator::CanExpress(const char* pattern) const {
  return Compiled(pattern) != nullptr;
}

bool Validator::Matches(const char* pattern, const std::string& text) const {
  const re2::RE2* compiled = Compiled(pattern);
  return !compiled || re2::RE2::FullMatch(text, *compiled);
}

void Validator::Check(const api::Service& service, const Schema& schema, const void* input) const {
  Inspection inspection(*this);
  inspection.Structure(schema, input, "");
  if (inspection.violations.empty()) return;
  switch (service.validation_style) {
    case api::ValidationStyle::kEc2:
      throw Ec2Error(inspection.violations.front());
    case api::ValidationStyle::kEcr:
      throw EcrError(service, inspection.violations.front());
    case api::ValidationStyle::kCoral:
      throw CoralError(service, inspection.violations);
  }
}

}  // namespace drydock::protocol
