// The credential report. IAM User Guide, "Generate credential reports for your AWS account": its columns and values.
#include "api/iam/GenerateCredentialReportRequest.h"
#include "api/iam/GenerateCredentialReportResponse.h"
#include "api/iam/GetCredentialReportRequest.h"
#include "api/iam/GetCredentialReportResponse.h"
#include "emulator/api/operation.h"
#include "handlers/iam/entities.h"
#include "handlers/iam/users.h"
#include "store/records/iam/login.h"

namespace drydock::iam {

using records::iam::CredentialReport;

namespace {

// "You can generate a credential report as often as once every four hours"; a report lasts for a day (unconfirmed).
constexpr auto kReportStaysNew = std::chrono::hours(4);
constexpr auto kReportLasts = std::chrono::hours(24);

constexpr const char* kColumns =
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

std::string InReport(Timestamp time) {
  std::string text = FormatIso8601(time);
  text.pop_back();  // Z
  return text + "+00:00";
}

std::string KeyColumns(const std::vector<records::iam::AccessKey>& keys, std::size_t index) {
  if (index >= keys.size()) return ",false,N/A,N/A,N/A,N/A";
  const records::iam::AccessKey& key = keys[index];
  std::string columns = std::string(key.active ? ",true," : ",false,") + InReport(key.created);
  if (!key.last_used) return columns + ",N/A,N/A,N/A";
  return columns + "," + InReport(*key.last_used) + "," + key.last_used_region + "," + key.last_used_service;
}

std::string RowOf(Context& context, const records::iam::User& user,
                  const std::optional<records::iam::PasswordPolicy>& policy) {
  std::string row =
      user.name + "," + EntityArn(context.account(), "user", user.path, user.name) + "," + InReport(user.created);
  if (const auto login = context.tx.Get<records::iam::LoginProfile>(context.scope, user.name)) {
    row += ",true,no_information," + InReport(login->changed) + ",";
    row += policy && policy->most_days ? InReport(login->changed + std::chrono::hours(24 * *policy->most_days)) : "N/A";
  } else {
    row += ",false,N/A,N/A,N/A";
  }
  const auto keys = AccessKeysOf(context, user.name);
  return row + ",false" + KeyColumns(keys, 0) + KeyColumns(keys, 1) + ",false,N/A,false,N/A";
}

std::string MakeReport(Context& context) {
  std::string report = std::string(kColumns) + "\n<root_account>,arn:aws:iam::" + context.account() + ":root," +
                       InReport(context.now) +
                       ",not_supported,no_information,not_supported,not_supported,false,false,N/A,N/A,N/A,N/A,false,"
                       "N/A,N/A,N/A,N/A,false,N/A,false,N/A";
  const auto policy = context.tx.Get<records::iam::PasswordPolicy>(context.scope, std::string("policy"));
  for (const auto& user : context.tx.List<records::iam::User>(context.scope, {.order = store::Order::kId}))
    report += "\n" + RowOf(context, user, policy);
  return report;
}

}  // namespace

AWS_OPERATION(iam, GenerateCredentialReport)
GenerateCredentialReportResponse GenerateCredentialReport(Context& context, const GenerateCredentialReportRequest&) {
  GenerateCredentialReportResponse out;
  const auto kept = context.tx.Get<CredentialReport>(context.scope, std::string("report"));
  if (kept && context.now - kept->generated < kReportStaysNew) {
    out.State = "COMPLETE";
    return out;
  }
  CredentialReport report;
  report.content = MakeReport(context);
  report.generated = context.now;
  context.tx.Put(context.scope, report);
  out.State = "STARTED";
  out.Description = "No report exists. Starting a new report generation task";
  return out;
}

AWS_OPERATION(iam, GetCredentialReport)
GetCredentialReportResponse GetCredentialReport(Context& context, const GetCredentialReportRequest&) {
  const auto report = context.tx.Get<CredentialReport>(context.scope, std::string("report"));
  if (!report) throw errors::ReportNotPresent();
  if (context.now - report->generated >= kReportLasts) throw errors::ReportExpired();
  GetCredentialReportResponse out;
  out.Content = Blob{report->content};
  out.ReportFormat = "text/csv";
  out.GeneratedTime = report->generated;
  return out;
}

}  // namespace drydock::iam
