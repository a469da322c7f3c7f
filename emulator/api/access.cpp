#include "emulator/api/access.h"

#include <algorithm>
#include <cstdlib>

#include "emulator/api/operation.h"
#include "emulator/api/resource_keys.h"
#include "emulator/core/arn.h"
#include "emulator/core/text.h"

namespace drydock::api {

namespace {

const Field* FieldNamed(const Schema& schema, std::string_view name) {
  for (const Field& field : schema)
    if (name == field.name) return &field;
  return nullptr;
}

const void* SlotOf(const void* value, const Field& field) {
  return static_cast<const char*>(value) + field.offset;
}

void AddValues(const Type& type, const void* slot, std::string_view path, std::vector<std::string>& into) {
  const void* content = type.get(slot);
  if (!content) return;
  switch (type.kind) {
    case Kind::kString:
      into.push_back(*static_cast<const std::string*>(content));
      break;
    case Kind::kBoolean:
      into.emplace_back(*static_cast<const bool*>(content) ? "true" : "false");
      break;
    case Kind::kInteger:
      into.push_back(std::to_string(*static_cast<const std::int32_t*>(content)));
      break;
    case Kind::kLong:
      into.push_back(std::to_string(*static_cast<const std::int64_t*>(content)));
      break;
    case Kind::kList:
      for (std::size_t i = 0; i < type.size(content); ++i) AddValues(type.element(), type.at(content, i), path, into);
      break;
    case Kind::kMap:
      type.each(content, &into, [](void* values, const std::string& key, const void*) {
        static_cast<std::vector<std::string>*>(values)->push_back(key);
      });
      break;
    case Kind::kStructure: {
      if (path.empty()) {
        into.emplace_back();
        break;
      }
      const auto dot = path.find('.');
      const Field* field = FieldNamed(type.schema(), path.substr(0, dot));
      if (field)
        AddValues(*field->type, SlotOf(content, *field), dot == std::string_view::npos ? "" : path.substr(dot + 1),
                  into);
      break;
    }
    case Kind::kDouble:
    case Kind::kTimestamp:
    case Kind::kBlob:
      into.emplace_back();
      break;
  }
}

// The values of a text, "{Member}", or "{Member|text}"; none when the member is absent.
std::vector<std::string> Expand(std::string_view part, const AnyStruct& input) {
  if (!part.starts_with('{')) return {std::string(part)};
  part = part.substr(1, part.size() - 2);
  const auto bar = part.find('|');
  auto values = ValuesOf(input.schema(), input.get(), part.substr(0, bar));
  if (values.empty() && bar != std::string_view::npos) values.emplace_back(part.substr(bar + 1));
  return values;
}

void AddKeys(std::span<const char* const> declared, const AnyStruct& input, ConditionKeys& keys) {
  for (std::size_t i = 0; i + 1 < declared.size(); i += 2)
    for (std::string& value : Expand(declared[i + 1], input)) keys[declared[i]].push_back(std::move(value));
}

// Every combination of the parts' values.
std::vector<std::vector<std::string>> Combine(std::span<const char* const> parts, const AnyStruct& input) {
  std::vector<std::vector<std::string>> combined{{}};
  for (const char* part : parts) {
    const auto values = Expand(part, input);
    std::vector<std::vector<std::string>> longer;
    for (const auto& begun : combined) {
      for (const std::string& value : values) {
        longer.push_back(begun);
        longer.back().push_back(value);
      }
    }
    combined = std::move(longer);
  }
  return combined;
}

std::string_view PrefixOf(std::string_view action) {
  return action.substr(0, action.find(':'));
}

// Tags the request brings: a list of keys and values, or a map. Lists of keys: what Untag operations take away.
void AddTags(const Schema& schema, const void* value, ConditionKeys& keys) {
  const auto add = [&](const std::string& key, std::vector<std::string> values) {
    keys["aws:tagkeys"].push_back(key);
    if (!values.empty()) keys["aws:requesttag/" + Lowercase(key)] = std::move(values);
  };
  for (const Field& field : schema) {
    const std::string name = Lowercase(field.name);
    const void* content = field.type->get(SlotOf(value, field));
    if (!content) continue;
    if (name == "tagkeys" || name == "resourcetagkeys") {
      for (const std::string& key : ValuesOf(schema, value, field.name)) add(key, {});
    } else if (name == "tags" || name == "tagslist" || name == "tagspecifications") {
      if (field.type->kind == Kind::kMap) {
        struct Visit {
          decltype(add)& add_tag;
          const Type& type;
        } visit{add, field.type->element()};
        field.type->each(content, &visit, [](void* context, const std::string& key, const void* slot) {
          std::vector<std::string> values;
          AddValues(static_cast<Visit*>(context)->type, slot, "", values);
          static_cast<Visit*>(context)->add_tag(key, std::move(values));
        });
        continue;
      }
      const Type& element = field.type->element();
      if (element.kind == Kind::kString) {  // SecretsManager and IAM call lists of keys so, too
        for (const std::string& key : ValuesOf(schema, value, field.name)) add(key, {});
        continue;
      }
      if (element.kind != Kind::kStructure) continue;
      for (std::size_t i = 0; i < field.type->size(content); ++i) {
        const void* tag = element.get(field.type->at(content, i));
        const Schema& of = element.schema();
        if (name == "tagspecifications") {
          AddTags(of, tag, keys);
          continue;
        }
        const bool upper = FieldNamed(of, "Key") != nullptr;
        for (const std::string& key : ValuesOf(of, tag, upper ? "Key" : "key"))
          add(key, ValuesOf(of, tag, upper ? "Value" : "value"));
      }
    }
  }
}

}  // namespace

std::vector<std::string> ValuesOf(const Schema& schema, const void* value, std::string_view path) {
  std::vector<std::string> values;
  const auto dot = path.find('.');
  if (const Field* field = FieldNamed(schema, path.substr(0, dot)))
    AddValues(*field->type, SlotOf(value, *field), dot == std::string_view::npos ? "" : path.substr(dot + 1), values);
  return values;
}

std::string ActionOf(const Operation& operation) {
  return std::string(operation.service->signing_name) + ":" + operation.name;
}

Resource PlainResource(const Context& context, std::string_view service, std::string_view type,
                       const std::vector<std::string>& parts) {
  Resource resource;
  if (!parts.empty() && Arn::LooksLike(parts.back())) {
    resource.arn = parts.back();
    if (const auto arn = Arn::Parse(resource.arn)) resource.owner = {arn->account, arn->region};
    return resource;
  }
  resource.arn = context.Arn(service, std::string(type) + "/" + Join(parts, "/"));
  return resource;
}

Resource ResourceOf(Context& context, const Service& service, std::string_view type,
                    const std::vector<std::string>& parts) {
  if (service.resource_of) return service.resource_of(context, type, parts);
  return PlainResource(context, service.signing_name, type, parts);
}

Questions QuestionsOf(Context& context, const Operation& operation, const AnyStruct& input) {
  const OperationAccess& access = operation.access;
  const std::string own_action = ActionOf(operation);
  Questions questions;
  if (access.further) questions = access.further(context, input);
  for (const AccessRule& rule : access.rules) {
    if (rule.when && ValuesOf(input.schema(), input.get(), rule.when).empty()) continue;
    const std::string action = rule.action ? rule.action : own_action;
    ConditionKeys keys;
    AddKeys(rule.keys, input, keys);
    // ecs:CreateAction, ec2:CreateAction …: what the tags are put on with.
    if (rule.action && PrefixOf(action) == operation.service->signing_name)
      keys[std::string(PrefixOf(action)) + ":createaction"] = {operation.name};
    if (!rule.type) {
      questions.push_back({action, {}, std::move(keys)});
      continue;
    }
    for (const auto& parts : Combine(rule.parts, input))
      questions.push_back(
          {action, ResourceOf(context, rule.service ? *rule.service : *operation.service, rule.type, parts), keys});
  }
  // What the operation is called as an action: its own name, unless a text without a condition gives another.
  std::string main_action = own_action;
  for (const AccessRule& rule : access.rules)
    if (rule.action && !rule.when && PrefixOf(rule.action) == operation.service->signing_name)
      main_action = rule.action;
  const bool asked = std::any_of(questions.begin(), questions.end(),
                                 [&](const Question& question) { return question.action == main_action; });
  const bool asks_nothing = access.declared && access.rules.empty() && !access.further;
  if (!asked && !asks_nothing) questions.insert(questions.begin(), Question{main_action});
  if (questions.empty()) return questions;

  for (const std::string& type : ValuesOf(input.schema(), input.get(), "TagSpecifications.ResourceType"))
    questions.push_back(
        {"ec2:CreateTags", PlainResource(context, "ec2", type, {"*"}), {{"ec2:createaction", {operation.name}}}});
  ConditionKeys shared;
  AddKeys(access.keys, input, shared);
  AddTags(input.schema(), input.get(), shared);
  for (Question& question : questions) {
    question.keys.insert(shared.begin(), shared.end());
    AddResourceKeys(question);
  }
  return questions;
}

void AddResourceKeys(Question& question) {
  const std::string prefix(PrefixOf(question.action));
  for (const auto& [key, value] : question.resource.tags) {
    question.keys["aws:resourcetag/" + Lowercase(key)] = {value};
    question.keys[prefix + ":resourcetag/" + Lowercase(key)] = {value};
  }
  question.keys.insert(question.resource.keys.begin(), question.resource.keys.end());
}

}  // namespace drydock::api
