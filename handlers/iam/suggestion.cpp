#include "handlers/iam/suggestion.h"

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <algorithm>
#include <map>
#include <set>

#include "emulator/core/text.h"

namespace drydock::iam {

namespace {

using Actions = std::set<std::string>;
using ActionsOfResource = std::map<std::string, Actions>;

bool IsRandom(std::string_view id) {
  return id.size() >= 16 && id.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

// The ids that calls made: they stand in an answer and not in what was asked for.
std::set<std::string> MadeBy(const std::vector<store::AuditEvent>& events) {
  std::set<std::string> made;
  for (const store::AuditEvent& event : events) {
    if (event.read_only) continue;
    const std::string asked = event.record.substr(0, event.record.find("\"responseElements\":"));
    for (const store::AuditResource& resource : event.resources)
      if (asked.find('"' + resource.name + '"') == std::string::npos) made.insert(resource.name);
  }
  return made;
}

// arn:…:vpc/vpc-0a1b… becomes arn:…:vpc/* when the calls made that VPC, arn:…:secret:db-a1B2c3 arn:…:secret:db-??????.
// A log stream with an id in its name is a task's: arn:…:log-stream:app/web/0a1b… becomes arn:…:log-stream:app/web/*.
std::string Generalised(const std::string& arn, const std::set<std::string>& made) {
  const auto slash = arn.rfind('/');
  const std::string id = slash == std::string::npos ? "" : arn.substr(slash + 1);
  if (arn.find(":log-stream:") != std::string::npos && IsRandom(id)) return arn.substr(0, slash + 1) + "*";
  if (!made.contains(arn) && !made.contains(id)) return arn;
  if (arn.starts_with("arn:aws:secretsmanager:") && arn.size() > 7 && arn[arn.size() - 7] == '-')
    return arn.substr(0, arn.size() - 6) + "??????";
  if (id.empty()) return arn;
  const auto dash = id.find('-');  // of EC2's ids: what stands behind the type
  const bool random = IsRandom(id) || (dash != std::string::npos && IsRandom(id.substr(dash + 1)));
  return random ? arn.substr(0, slash + 1) + "*" : arn;
}

// Without what another resource's pattern allows already.
ActionsOfResource Minimal(const ActionsOfResource& all) {
  ActionsOfResource minimal;
  for (const auto& [resource, actions] : all) {
    for (const std::string& action : actions) {
      const bool covered = std::any_of(all.begin(), all.end(), [&](const auto& other) {
        return other.first != resource && other.second.contains(action) && MatchesWildcard(other.first, resource);
      });
      if (!covered) minimal[resource].insert(action);
    }
  }
  return minimal;
}

std::string Write(const std::map<Actions, std::vector<std::string>>& statements) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', 2);
  const auto list = [&](const char* name, const auto& values) {
    writer.Key(name);
    writer.StartArray();
    for (const std::string& value : values) writer.String(value.c_str());
    writer.EndArray();
  };
  writer.StartObject();
  writer.Key("Version");
  writer.String("2012-10-17");
  writer.Key("Statement");
  writer.StartArray();
  for (const auto& [actions, resources] : statements) {
    writer.StartObject();
    writer.Key("Effect");
    writer.String("Allow");
    list("Action", actions);
    list("Resource", resources);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

Suggestion SuggestPolicy(const std::vector<store::AuditEvent>& events, bool refused_too) {
  Suggestion suggestion;
  const std::set<std::string> made = MadeBy(events);
  ActionsOfResource needed;
  std::set<std::string> refused;
  for (const store::AuditEvent& event : events) {
    ++suggestion.calls;
    for (const store::AuditCheck& check : event.checks) {
      if (check.allowed || refused_too) needed[Generalised(check.resource, made)].insert(check.action);
      if (!check.allowed) refused.insert(check.action + " on " + check.resource);
    }
  }
  suggestion.refused.assign(refused.begin(), refused.end());
  std::map<Actions, std::vector<std::string>> statements;
  for (const auto& [resource, actions] : Minimal(needed)) statements[actions].push_back(resource);
  suggestion.statements = statements.size();
  if (!statements.empty()) suggestion.document = Write(statements);
  return suggestion;
}

}  // namespace drydock::iam
