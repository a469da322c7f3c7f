#include "handlers/sts/service_sessions.h"

#include "emulator/core/arn.h"
#include "handlers/iam/roles.h"
#include "handlers/sts/sessions.h"

namespace drydock::sts {

std::optional<records::sts::Session> OpenServiceSession(Context& context, const std::string& role_arn,
                                                        const std::string& session_name, const std::string& service,
                                                        const std::string& source_arn, Duration lifetime,
                                                        const std::string& network_interface_id) {
  const auto role = iam::FindRole(context, role_arn);
  if (!role || !iam::RoleTrusts(context, *role, service, source_arn)) return std::nullopt;
  const auto arn = Arn::Parse(role_arn);
  const Principal principal = iam::SessionOf(arn ? arn->account : context.account(), *role, session_name);
  records::sts::Session session;
  session.account = principal.account;
  session.arn = principal.arn;
  session.user_id = principal.user_id;
  session.type = "AssumedRole";
  session.role = role->name;
  session.role_arn = role_arn;
  session.issued_to = service;
  session.network_interface_id = network_interface_id;
  IssueCredentials(context, session, lifetime);
  return session;
}

}  // namespace drydock::sts
