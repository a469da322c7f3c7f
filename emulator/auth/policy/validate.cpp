#include "emulator/auth/policy/validate.h"

#include <algorithm>
#include <array>
#include <set>

#include "emulator/core/text.h"

namespace drydock::auth::policy {

namespace {

using Message = std::optional<std::string>;

constexpr const char* kSyntax = "Syntax errors in policy.";

std::string Describe(const Malformed& malformed, PolicyKind kind) {
  if (kind != PolicyKind::kTrust) return kSyntax;
  switch (malformed.kind) {
    case Malformed::Kind::kNotJson:
      return "This policy contains invalid Json";
    case Malformed::Kind::kUnknownField:
      return "Unknown field " + malformed.what;
    case Malformed::Kind::kMissingField:
      return "Missing required field " + malformed.what;
    case Malformed::Kind::kOther:
      break;
  }
  return malformed.what == "Principal" ? "Invalid principal in policy" : kSyntax;
}

bool IsAlphanumeric(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); });
}

Message CheckSids(const Document& document, PolicyKind kind) {
  std::set<std::string> sids;
  for (const Statement& statement : document.statements) {
    if (statement.sid.empty()) continue;
    // IAM allows letters and digits; resource policies of other services allow spaces and more.
    if (kind != PolicyKind::kResource && !IsAlphanumeric(statement.sid))
      return "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
             "[0-9A-Za-z]*";
    if (!sids.insert(statement.sid).second) return "Statement IDs (SID) in a single policy must be unique.";
  }
  return std::nullopt;
}

Message CheckActions(const Statement& statement) {
  if (statement.actions.empty()) return "Policy statement must contain actions.";
  for (const std::string& action : statement.actions) {
    if (action == "*") continue;
    const auto colon = action.find(':');
    if (colon == std::string::npos || colon == 0)
      return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
    const std::string vendor = action.substr(0, colon);
    if (!std::all_of(vendor.begin(), vendor.end(), [](char c) {
          return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '*' || c == '?';
        }))
      return "Vendor " + vendor + " is not valid";
    if (action.find(':', colon + 1) != std::string::npos) return "Actions/Condition can contain only one colon.";
  }
  return std::nullopt;
}

Message CheckResources(const Statement& statement) {
  if (statement.resources.empty()) return "Policy statement must contain resources.";
  static constexpr std::array kPartitions{"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "*"};
  for (const std::string& resource : statement.resources) {
    if (resource == "*" || resource.starts_with("${")) continue;
    if (!resource.starts_with("arn:") || std::count(resource.begin(), resource.end(), ':') < 5) {
      // "arn:aws:s3*" is all that begins so: a trailing * may stand for the parts that follow.
      if (resource.starts_with("arn:") && resource.ends_with("*")) continue;
      return "Resource " + resource + " must be in ARN format or \"*\".";
    }
    const std::string partition = Split(resource, ':')[1];
    if (std::find(kPartitions.begin(), kPartitions.end(), partition) == kPartitions.end() &&
        partition.find_first_of("*?$") == std::string::npos)
      return "Partition \"" + partition + "\" is not valid for resource \"" + resource + "\".";
  }
  return std::nullopt;
}

bool IsAccountId(const std::string& text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool IsPrincipalArn(const std::string& text) {
  const std::vector<std::string> parts = Split(text, ':');
  if (parts.size() < 6 || parts[0] != "arn" || !parts[3].empty() || !IsAccountId(parts[4])) return false;
  if (text.find('*') != std::string::npos || text.find('?') != std::string::npos) return false;
  const std::string& resource = parts[5];
  const auto is = [&](std::string_view type) { return resource.starts_with(type) && resource.size() > type.size(); };
  if (parts[2] == "iam") return resource == "root" || is("user/") || is("role/");
  return parts[2] == "sts" && (is("assumed-role/") || is("federated-user/"));
}

// IAM's unique ids; what AWS shows in place of a role or user that was deleted.
bool IsUniqueId(const std::string& text) {
  return text.size() >= 16 && text.size() <= 128 && (text.starts_with("AROA") || text.starts_with("AIDA")) &&
         IsAlphanumeric(text);
}

Message CheckPrincipals(const Principals& principals) {
  const auto invalid = [](const char* type, const std::string& name) {
    return std::string("Invalid principal in policy: \"") + type + "\":\"" + name + "\"";
  };
  for (const std::string& name : principals.aws)
    if (name != "*" && !IsAccountId(name) && !IsPrincipalArn(name) && !IsUniqueId(name)) return invalid("AWS", name);
  for (const std::string& name : principals.service) {
    if (!name.ends_with(".amazonaws.com") && !name.ends_with(".amazonaws.com.cn") && !name.ends_with(".aws.internal"))
      return invalid("SERVICE", name);
  }
  if (!principals.anyone && principals.aws.empty() && principals.service.empty() && principals.federated.empty() &&
      principals.canonical_user.empty())
    return "Missing required field Principal cannot be empty!";
  return std::nullopt;
}

Message CheckTrust(const Statement& statement) {
  if (!statement.resources.empty())
    return std::string("Has prohibited field ") + (statement.not_resource ? "NotResource" : "Resource");
  if (!statement.principal) return "Missing required field Principal";
  if (statement.actions.empty()) return "Missing required field Action";
  if (auto message = CheckPrincipals(*statement.principal)) return message;
  static const std::set<std::string> kAllowed{
      "sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity",
      "sts:tagsession", "sts:setsourceidentity",  "sts:setcontext",
      "sts:*"};
  for (const std::string& action : statement.actions)
    if (!kAllowed.count(action)) return "AssumeRole policy may only specify STS AssumeRole actions.";
  return std::nullopt;
}

Message CheckIdentity(const Statement& statement) {
  if (statement.principal) return "Policy document should not specify a principal.";
  if (auto message = CheckActions(statement)) return message;
  return CheckResources(statement);
}

Message CheckResourcePolicy(const Statement& statement) {
  if (!statement.principal || statement.actions.empty()) return kSyntax;
  return CheckPrincipals(*statement.principal);
}

}  // namespace

std::optional<std::string> Problem(std::string_view json, PolicyKind kind, Document* document) {
  auto parsed = Parse(json);
  if (const auto* malformed = std::get_if<Malformed>(&parsed)) return Describe(*malformed, kind);
  Document& read = std::get<Document>(parsed);

  const bool known = read.version.empty() || read.version == "2008-10-17" || read.version == "2012-10-17";
  // Managed policies came after the old version of the language; inline and trust policies still take it.
  if (!known || (kind == PolicyKind::kManaged && read.version != "2012-10-17"))
    return "Policy document must be version 2012-10-17 or greater.";
  if (read.statements.empty()) return kSyntax;
  for (const Statement& statement : read.statements) {
    Message message = kind == PolicyKind::kTrust      ? CheckTrust(statement)
                      : kind == PolicyKind::kResource ? CheckResourcePolicy(statement)
                                                      : CheckIdentity(statement);
    if (message) return message;
  }
  if (auto message = CheckSids(read, kind)) return message;
  if (document) *document = std::move(read);
  return std::nullopt;
}

}  // namespace drydock::auth::policy
