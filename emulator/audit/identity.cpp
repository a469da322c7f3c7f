#include "emulator/audit/identity.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "emulator/core/arn.h"
#include "emulator/core/clock.h"
#include "emulator/core/text.h"

namespace drydock::audit {

namespace {

class Element {
 public:
  Element() : writer_(buffer_) { writer_.StartObject(); }

  void Member(const char* name, const std::string& value) {
    writer_.Key(name);
    writer_.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
  }
  void MemberIfAny(const char* name, const std::string& value) {
    if (!value.empty()) Member(name, value);
  }
  void Open(const char* name) {
    writer_.Key(name);
    writer_.StartObject();
  }
  void Close() { writer_.EndObject(); }
  std::string Finish() {
    writer_.EndObject();
    return {buffer_.GetString(), buffer_.GetSize()};
  }

 private:
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
};

struct Issuer {
  const char* type;  // "Root", "IAMUser", "Role"
  std::string principal_id, arn, account, user_name;
};

// How temporary credentials were come by.
void SessionContext(Element& element, const SessionFacts& session, const std::optional<Issuer>& issuer = std::nullopt) {
  element.Open("sessionContext");
  if (issuer) {
    element.Open("sessionIssuer");
    element.Member("type", issuer->type);
    element.Member("principalId", issuer->principal_id);
    element.Member("arn", issuer->arn);
    element.Member("accountId", issuer->account);
    element.MemberIfAny("userName", issuer->user_name);
    element.Close();
  }
  if (!session.federated_provider.empty()) {
    element.Open("webIdFederationData");
    element.Member("federatedProvider", session.federated_provider);
    element.Open("attributes");
    element.Close();
    element.Close();
  }
  element.Open("attributes");
  if (session.created.milliseconds > 0) element.Member("creationDate", FormatIso8601(session.created));
  element.Member("mfaAuthenticated", "false");
  element.Close();
  element.MemberIfAny("sourceIdentity", session.source_identity);
  element.Close();
}

std::string LastOf(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

Identity IdentityOf(const Principal& principal, const SessionFacts& session, const std::string& invoked_by) {
  Identity identity;
  Element element;
  const auto arn = Arn::Parse(principal.arn);
  const auto begin = [&](const char* type) {
    element.Member("type", type);
    element.Member("principalId", principal.user_id);
    element.Member("arn", principal.arn);
    element.Member("accountId", principal.account);
    element.MemberIfAny("accessKeyId", principal.access_key);
  };
  const bool temporary = principal.access_key.starts_with("ASIA");
  if (principal.type == Principal::Type::kService) {
    element.Member("type", "AWSService");
    element.Member("invokedBy", principal.service);
    identity.json = element.Finish();
    return identity;
  }
  if (arn && arn->resource == "root") {
    begin("Root");
    identity.user_name = "root";
    if (temporary) SessionContext(element, session);
  } else if (const auto user = arn ? arn->Named("user") : std::nullopt) {
    begin("IAMUser");
    identity.user_name = LastOf(*user);
    element.Member("userName", identity.user_name);
    if (temporary) SessionContext(element, session);
  } else if (const auto assumed = arn ? arn->Named("assumed-role") : std::nullopt) {
    begin("AssumedRole");
    const auto slash = assumed->find('/');
    const std::string role = assumed->substr(0, slash);
    identity.user_name = slash == std::string::npos ? "" : assumed->substr(slash + 1);
    identity.role = session.role_arn.empty() ? "arn:aws:iam::" + principal.account + ":role/" + role : session.role_arn;
    SessionContext(element, session,
                   Issuer{"Role", principal.user_id.substr(0, principal.user_id.find(':')), identity.role,
                          principal.account, role});
  } else if (const auto federated = arn ? arn->Named("federated-user") : std::nullopt) {
    begin("FederatedUser");
    identity.user_name = *federated;
    const bool of_root = session.issuer_arn.ends_with(":root");
    SessionContext(element, session,
                   Issuer{of_root ? "Root" : "IAMUser", session.issuer_id, session.issuer_arn, principal.account,
                          of_root ? "" : LastOf(session.issuer_arn)});
  } else {
    element.Member("type", "Unknown");
    element.MemberIfAny("principalId", principal.user_id);
    element.MemberIfAny("accountId", principal.account);
  }
  element.MemberIfAny("invokedBy", invoked_by);
  identity.json = element.Finish();
  return identity;
}

Identity IdentityOf(const WebIdentity& caller) {
  Element element;
  element.Member("type", "WebIdentityUser");
  element.Member("principalId", caller.provider_arn + ":" + caller.audience + ":" + caller.subject);
  element.Member("userName", caller.subject);
  element.Member("identityProvider", caller.provider_arn);
  return {element.Finish(), caller.subject, ""};
}

Identity IdentityFromElsewhere(const Principal& principal) {
  Element element;
  element.Member("type", "AWSAccount");
  element.Member("principalId", principal.user_id);
  element.Member("accountId", principal.account);
  return {element.Finish(), "", ""};
}

}  // namespace drydock::audit
