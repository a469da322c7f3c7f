// Certificates that ACM is asked for. There is no registry of domains here to ask who owns one: whatever is requested
// counts as validated after a while, and the local authority issues it.

#include <algorithm>

#include "api/acm/RequestCertificateRequest.h"
#include "api/acm/RequestCertificateResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/text.h"
#include "handlers/acm/authority.h"
#include "handlers/acm/certificates.h"
#include "handlers/acm/errors.h"
#include "handlers/engines.h"
#include "store/database.h"
#include "store/sealing.h"

namespace drydock::acm {

using Record = records::acm::Certificate;

namespace {

constexpr std::size_t kMostNames = 10;          // quota: domain names per certificate
constexpr std::size_t kLongestCommonName = 64;  // API Reference, RequestCertificate DomainName; RFC 5280
constexpr auto kIdempotencyWindow = std::chrono::hours(1);
constexpr auto kDay = std::chrono::hours(24);
constexpr auto kValidity = 198 * kDay;  // User Guide, "Certificate characteristics"
constexpr auto kRealisticValidation = std::chrono::minutes(3);
constexpr auto kQuickValidation = std::chrono::milliseconds(500);

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// The model's pattern, which RE2 cannot read: labels of letters, digits and inner hyphens, at least two of them, the
// first may be *.
void CheckDomain(const std::string& name) {
  std::vector<std::string> labels = Split(name, '.');
  if (labels.size() > 1 && labels.front() == "*") labels.erase(labels.begin());
  bool valid = labels.size() >= 2 && labels.back().size() >= 2;
  for (const std::string& label : labels)
    valid = valid && !label.empty() && label.size() <= 64 && label.front() != '-' && label.back() != '-' &&
            std::all_of(label.begin(), label.end(), [](char c) { return IsLetterOrDigit(c) || c == '-'; });
  if (!valid) throw errors::InvalidDomain(name);
}

void RefuseWhatIsNotThere(const RequestCertificateRequest& in) {
  if (in.CertificateAuthorityArn) throw errors::NotImplemented("A private certificate authority");
  if (in.ManagedBy || in.ValidationMethod == "HTTP")
    throw errors::NotImplemented("A certificate managed by CloudFront");
  if (in.Options && in.Options->Export == "ENABLED") throw errors::NotImplemented("An exportable certificate");
  static constexpr std::string_view kPossible[] = {"RSA_2048", "EC_prime256v1", "EC_secp384r1"};
  const std::string algorithm = in.KeyAlgorithm.value_or("RSA_2048");
  // "Requestable" ones: User Guide, "Certificate characteristics", key algorithms.
  if (std::find(std::begin(kPossible), std::end(kPossible), algorithm) == std::end(kPossible))
    throw errors::Validation("The key algorithm " + algorithm + " cannot be requested.");
}

std::optional<Record> RequestedBefore(Context& context, const RequestCertificateRequest& in,
                                      const std::vector<std::string>& names) {
  if (!in.IdempotencyToken) return std::nullopt;
  for (Record& record : context.tx.List<Record>(context.scope))
    if (record.idempotency_token == *in.IdempotencyToken && record.names == names &&
        context.now - record.created < kIdempotencyWindow)
      return std::move(record);
  return std::nullopt;
}

void Validate(Context& context, Record& record, const RequestCertificateRequest& in) {
  for (const auto& option : in.DomainValidationOptions) {
    const std::string& name = *option.DomainName;
    const std::string& domain = *option.ValidationDomain;
    const bool known = std::find(record.names.begin(), record.names.end(), name) != record.names.end();
    const bool above = name == domain || (name.size() > domain.size() && name.ends_with("." + domain));
    if (!known || !above) throw errors::InvalidValidationDomain(name);
    record.validation_domains[name] = domain;
  }
  if (record.validation_method != "DNS") return;
  for (const std::string& name : record.names) {
    // A name and its wildcard have one and the same record: User Guide, "DNS validation".
    const std::string bare = name.starts_with("*.") ? name.substr(2) : name;
    for (const std::string& other : {bare, "*." + bare}) {
      const auto found = record.validation_names.find(other);
      if (found == record.validation_names.end()) continue;
      record.validation_names[name] = found->second;
      record.validation_values[name] = record.validation_values[other];
    }
    if (record.validation_names.count(name)) continue;
    record.validation_names[name] = "_" + context.ids.Hex(32) + "." + bare + ".";
    record.validation_values[name] = "_" + context.ids.Hex(32) + "." +
                                     context.ids.Random("abcdefghijklmnopqrstuvwxyz", 10) + ".acm-validations.aws.";
  }
}

}  // namespace

AWS_OPERATION(acm, RequestCertificate)
AWS_ACCESS("*", "Tags? acm:AddTagsToCertificate certificate/*", "acm:DomainNames={DomainName}",
           "acm:DomainNames={SubjectAlternativeNames}", "acm:ValidationMethod={ValidationMethod|EMAIL}",
           "acm:KeyAlgorithm={KeyAlgorithm|RSA_2048}",
           "acm:CertificateTransparencyLogging={Options.CertificateTransparencyLoggingPreference|ENABLED}",
           "acm:CertificateAuthority={CertificateAuthorityArn}")
RequestCertificateResponse RequestCertificate(Context& context, const RequestCertificateRequest& in) {
  RefuseWhatIsNotThere(in);
  std::vector<std::string> names = {*in.DomainName};
  for (const std::string& name : in.SubjectAlternativeNames)
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  for (const std::string& name : names) CheckDomain(name);
  if (names.front().size() > kLongestCommonName) throw errors::FirstDomainTooLong();
  if (names.size() > kMostNames) throw errors::TooManyNames();

  RequestCertificateResponse out;
  if (const auto before = RequestedBefore(context, in, names)) {
    out.CertificateArn = before->arn;
    return out;
  }
  Record record;
  record.arn = context.Arn("acm", "certificate/" + context.ids.Uuid());
  record.type = "AMAZON_ISSUED";
  record.status = "PENDING_VALIDATION";
  record.domain_name = names.front();
  record.names = std::move(names);
  record.created = context.now;
  record.key_algorithm = in.KeyAlgorithm.value_or("RSA_2048");
  record.validation_method = in.ValidationMethod.value_or("EMAIL");
  record.idempotency_token = in.IdempotencyToken.value_or("");
  if (in.Options)
    record.transparency_logging = in.Options->CertificateTransparencyLoggingPreference.value_or("ENABLED");
  Validate(context, record, in);
  AddTags(record, in.Tags);
  context.tx.Put(context.scope, record);
  context.tx.SetTimer({kIssueTimer, context.scope, record.arn,
                       context.now + context.engines.clock.Delay(kRealisticValidation, kQuickValidation)});
  out.CertificateArn = record.arn;
  return out;
}

void RegisterTimers(store::Timers& timers, Engines& engines, Ids&) {
  timers.On(kIssueTimer, [&engines](store::Transaction& tx, const store::Timer& timer) {
    auto record = tx.Get<Record>(timer.scope, timer.key);
    if (!record || record->status != "PENDING_VALIDATION") return;
    const Timestamp now = engines.clock.Now();
    const IssuedCertificate authority = LocalAuthority(tx, now);
    const Timestamp today{now.milliseconds - now.milliseconds % Duration(kDay).count()};
    const IssuedCertificate issued = Issue(authority, record->names, record->key_algorithm, today, today + kValidity);
    SetFacts(*record, issued.certificate);
    record->chain = authority.certificate;
    record->sealed_private_key = store::Seal(tx, record->arn, issued.private_key);
    record->status = "ISSUED";
    record->issued = now;
    tx.Put(timer.scope, *record);
  });
}

}  // namespace drydock::acm
