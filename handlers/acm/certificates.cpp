#include "handlers/acm/certificates.h"

#include <algorithm>
#include <set>

#include "api/acm/AddTagsToCertificateRequest.h"
#include "api/acm/AddTagsToCertificateResponse.h"
#include "api/acm/CertificateDetail.h"
#include "api/acm/CertificateSummary.h"
#include "api/acm/DeleteCertificateRequest.h"
#include "api/acm/DeleteCertificateResponse.h"
#include "api/acm/DescribeCertificateRequest.h"
#include "api/acm/DescribeCertificateResponse.h"
#include "api/acm/GetCertificateRequest.h"
#include "api/acm/GetCertificateResponse.h"
#include "api/acm/ListCertificatesRequest.h"
#include "api/acm/ListCertificatesResponse.h"
#include "api/acm/ListTagsForCertificateRequest.h"
#include "api/acm/ListTagsForCertificateResponse.h"
#include "api/acm/RemoveTagsFromCertificateRequest.h"
#include "api/acm/RemoveTagsFromCertificateResponse.h"
#include "emulator/api/operation.h"
#include "emulator/core/paging.h"
#include "emulator/core/text.h"
#include "handlers/acm/errors.h"
#include "handlers/acm/x509.h"
#include "handlers/engines.h"
#include "store/database.h"
#include "store/records/elbv2/listener.h"

namespace drydock::acm {

using Record = records::acm::Certificate;

namespace {

constexpr std::size_t kMostTags = 50;

// DescribeCertificate and ListCertificates write RSA-2048 where requests say RSA_2048 (ACM API Reference,
// CLI example of describe-certificate).
std::string Hyphenated(std::string algorithm) {
  std::replace(algorithm.begin(), algorithm.end(), '_', '-');
  return algorithm;
}

// "ELIGIBLE" when it is in use: API Reference, RenewalEligibility. Imported ones are never renewed by ACM.
std::string RenewalEligibilityOf(const Record& record, bool in_use) {
  return record.type == "AMAZON_ISSUED" && in_use ? "ELIGIBLE" : "INELIGIBLE";
}

DomainValidation RenderValidation(const Record& record, const std::string& name) {
  DomainValidation out;
  out.DomainName = name;
  const auto domain = record.validation_domains.find(name);
  out.ValidationDomain = domain == record.validation_domains.end() ? name : domain->second;
  out.ValidationMethod = record.validation_method;
  out.ValidationStatus = record.status == "ISSUED" ? "SUCCESS" : "PENDING_VALIDATION";
  if (record.validation_method == "DNS") {
    ResourceRecord& dns = out.ResourceRecord.emplace();
    dns.Name = record.validation_names.at(name);
    dns.Type = "CNAME";
    dns.Value = record.validation_values.at(name);
  } else {
    for (const char* mailbox : {"admin", "administrator", "hostmaster", "postmaster", "webmaster"})
      out.ValidationEmails.push_back(std::string(mailbox) + "@" + *out.ValidationDomain);
  }
  return out;
}

CertificateDetail RenderDetail(Context& context, const Record& record) {
  const std::vector<std::string> users = UsersOf(context, record.arn);
  CertificateDetail out;
  out.CertificateArn = record.arn;
  out.DomainName = record.domain_name;
  out.SubjectAlternativeNames = List<std::string>(record.names);
  out.CreatedAt = record.created;
  out.ImportedAt = record.imported;
  out.IssuedAt = record.issued;
  out.Status = StatusOf(record, context.now);
  out.Type = record.type;
  out.KeyAlgorithm = Hyphenated(record.key_algorithm);
  out.InUseBy = List<std::string>(users);
  out.RenewalEligibility = RenewalEligibilityOf(record, !users.empty());
  out.Options.emplace().CertificateTransparencyLoggingPreference =
      record.type == "IMPORTED" ? "DISABLED" : record.transparency_logging;
  if (record.type == "AMAZON_ISSUED")
    for (const std::string& name : record.names) out.DomainValidationOptions.push_back(RenderValidation(record, name));
  if (record.certificate.empty()) {
    out.Subject = "CN=" + record.domain_name;
    out.Issuer = "Amazon";
    out.SignatureAlgorithm = "SHA256WITHRSA";
    return out;
  }
  out.Subject = record.subject;
  out.Issuer = record.issuer;
  out.Serial = record.serial;
  out.NotBefore = record.not_before;
  out.NotAfter = record.not_after;
  out.SignatureAlgorithm = record.signature_algorithm;
  out.KeyUsages.present = out.ExtendedKeyUsages.present = true;
  for (const std::string& usage : record.key_usages) out.KeyUsages.emplace_back().Name = usage;
  for (const std::string& usage : record.extended_key_usages) {
    ExtendedKeyUsage& each = out.ExtendedKeyUsages.emplace_back();
    each.Name = usage;
    // RFC 5280, 4.2.1.12
    static const std::map<std::string, std::string> kNumbers = {{"TLS_WEB_SERVER_AUTHENTICATION", "1.3.6.1.5.5.7.3.1"},
                                                                {"TLS_WEB_CLIENT_AUTHENTICATION", "1.3.6.1.5.5.7.3.2"},
                                                                {"CODE_SIGNING", "1.3.6.1.5.5.7.3.3"},
                                                                {"EMAIL_PROTECTION", "1.3.6.1.5.5.7.3.4"},
                                                                {"TIME_STAMPING", "1.3.6.1.5.5.7.3.8"},
                                                                {"OCSP_SIGNING", "1.3.6.1.5.5.7.3.9"}};
    if (const auto number = kNumbers.find(usage); number != kNumbers.end()) each.OID = number->second;
  }
  return out;
}

CertificateSummary RenderSummary(const Record& record, Timestamp now, bool in_use) {
  constexpr std::size_t kNamesShown = 100;
  CertificateSummary out;
  out.CertificateArn = record.arn;
  out.DomainName = record.domain_name;
  for (const std::string& name : record.names)
    if (out.SubjectAlternativeNameSummaries.size() < kNamesShown) out.SubjectAlternativeNameSummaries.push_back(name);
  out.HasAdditionalSubjectAlternativeNames = record.names.size() > kNamesShown;
  out.Status = StatusOf(record, now);
  out.Type = record.type;
  out.KeyAlgorithm = Hyphenated(record.key_algorithm);
  out.KeyUsages = List<std::string>(record.key_usages);
  out.ExtendedKeyUsages = List<std::string>(record.extended_key_usages);
  out.InUse = in_use;
  out.RenewalEligibility = RenewalEligibilityOf(record, in_use);
  out.NotBefore = record.not_before;
  out.NotAfter = record.not_after;
  out.CreatedAt = record.created;
  out.IssuedAt = record.issued;
  out.ImportedAt = record.imported;
  return out;
}

template <class Wanted>
bool HasAny(const std::vector<std::string>& has, const Wanted& wanted) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const std::string& each) {
           return std::find(has.begin(), has.end(), each) != has.end();
         });
}

bool Matches(const Record& record, const ListCertificatesRequest& in, Timestamp now) {
  if (!HasAny({StatusOf(record, now)}, in.CertificateStatuses)) return false;
  // Without a filter of key types only RSA_1024 and RSA_2048 are listed: API Reference, Filters keyTypes.
  const std::vector<std::string> usual = {"RSA_1024", "RSA_2048"};
  if (!in.Includes) return HasAny({record.key_algorithm}, usual);
  const Filters& filters = *in.Includes;
  if (filters.exportOption == "ENABLED" || filters.managedBy) return false;  // Drydock has none of those
  return HasAny({record.key_algorithm}, filters.keyTypes.empty() ? usual : filters.keyTypes) &&
         HasAny(record.key_usages, filters.keyUsage) && HasAny(record.extended_key_usages, filters.extendedKeyUsage);
}

std::set<std::string> CertificatesInUse(Context& context) {
  std::set<std::string> in_use;
  for (const auto& listener : context.tx.List<records::elbv2::Listener>(context.scope))
    in_use.insert(listener.certificate_arns.begin(), listener.certificate_arns.end());
  return in_use;
}

}  // namespace

std::optional<Record> FindCertificate(Context& context, const std::string& arn) {
  return context.tx.Get<Record>(context.scope, arn);
}

Record RequireCertificate(Context& context, const std::string& arn) {
  auto record = FindCertificate(context, arn);
  if (!record) throw errors::CertificateNotFound(arn, context.account());
  return std::move(*record);
}

std::string StatusOf(const Record& record, Timestamp now) {
  return record.not_after && *record.not_after < now ? "EXPIRED" : record.status;
}

std::vector<std::string> UsersOf(Context& context, const std::string& arn) {
  std::set<std::string> users;
  for (const auto& listener : context.tx.List<records::elbv2::Listener>(context.scope))
    if (HasAny(listener.certificate_arns, std::vector<std::string>{arn})) users.insert(listener.load_balancer_arn);
  return {users.begin(), users.end()};
}

void SetFacts(Record& record, const std::string& certificate_pem) {
  CertificateFacts facts = ReadCertificate(certificate_pem);
  record.certificate = certificate_pem;
  record.subject = std::move(facts.subject);
  record.issuer = std::move(facts.issuer);
  record.serial = std::move(facts.serial);
  record.not_before = facts.not_before;
  record.not_after = facts.not_after;
  record.key_algorithm = std::move(facts.key_algorithm);
  record.signature_algorithm = std::move(facts.signature_algorithm);
  record.key_usages = std::move(facts.key_usages);
  record.extended_key_usages = std::move(facts.extended_key_usages);
}

void AddTags(Record& record, const List<Tag>& tags) {
  for (const Tag& tag : tags) {
    if (Lowercase(*tag.Key).starts_with("aws:")) throw errors::ReservedTagKey();
    record.tags[*tag.Key] = tag.Value.value_or("");
  }
  if (record.tags.size() > kMostTags) throw errors::TooManyTags();
}

AWS_OPERATION(acm, DescribeCertificate)
AWS_ACCESS("certificate/{CertificateArn}")
DescribeCertificateResponse DescribeCertificate(Context& context, const DescribeCertificateRequest& in) {
  const Record record = RequireCertificate(context, *in.CertificateArn);
  DescribeCertificateResponse out;
  out.Certificate = RenderDetail(context, record);
  return out;
}

AWS_OPERATION(acm, GetCertificate)
AWS_ACCESS("certificate/{CertificateArn}")
GetCertificateResponse GetCertificate(Context& context, const GetCertificateRequest& in) {
  const Record record = RequireCertificate(context, *in.CertificateArn);
  if (record.certificate.empty()) throw errors::InProgress(record.arn);
  GetCertificateResponse out;
  out.Certificate = record.certificate;
  if (!record.chain.empty()) out.CertificateChain = record.chain;
  return out;
}

AWS_OPERATION(acm, ListCertificates)
ListCertificatesResponse ListCertificates(Context& context, const ListCertificatesRequest& in) {
  if (in.SortBy.has_value() != in.SortOrder.has_value())  // API Reference; wording unconfirmed
    throw errors::Validation("SortBy and SortOrder must be specified together.");
  std::vector<Record> records;
  for (Record& record : context.tx.List<Record>(context.scope))
    if (Matches(record, in, context.now)) records.push_back(std::move(record));
  if (in.SortOrder == "DESCENDING") std::reverse(records.begin(), records.end());  // they are in order of creation

  const std::string question =
      context.account() + "/" + context.region() + "/acm:ListCertificates/" + in.SortOrder.value_or("");
  auto page =
      TakePage(context.engines.tokens, question, std::move(records), in.NextToken,
               static_cast<std::size_t>(in.MaxItems.value_or(1000)), [](const Record& record) { return record.arn; });
  if (!page) throw errors::InvalidNextToken();
  const std::set<std::string> in_use = CertificatesInUse(context);
  ListCertificatesResponse out;
  out.CertificateSummaryList.present = true;
  for (const Record& record : page->items)
    out.CertificateSummaryList.push_back(RenderSummary(record, context.now, in_use.count(record.arn) > 0));
  out.NextToken = page->next_token;
  return out;
}

AWS_OPERATION(acm, DeleteCertificate)
AWS_ACCESS("certificate/{CertificateArn}")
DeleteCertificateResponse DeleteCertificate(Context& context, const DeleteCertificateRequest& in) {
  const Record record = RequireCertificate(context, *in.CertificateArn);
  if (!UsersOf(context, record.arn).empty()) throw errors::InUse(record.arn, context.account());
  context.tx.CancelTimer(kIssueTimer, context.scope, record.arn);
  context.tx.Erase<Record>(context.scope, record.arn);
  return {};
}

AWS_OPERATION(acm, AddTagsToCertificate)
AWS_ACCESS("certificate/{CertificateArn}")
AddTagsToCertificateResponse AddTagsToCertificate(Context& context, const AddTagsToCertificateRequest& in) {
  Record record = RequireCertificate(context, *in.CertificateArn);
  AddTags(record, in.Tags);
  context.tx.Put(context.scope, record);
  return {};
}

AWS_OPERATION(acm, RemoveTagsFromCertificate)
AWS_ACCESS("certificate/{CertificateArn}")
RemoveTagsFromCertificateResponse RemoveTagsFromCertificate(Context& context,
                                                            const RemoveTagsFromCertificateRequest& in) {
  Record record = RequireCertificate(context, *in.CertificateArn);
  // With a value, the tag goes only when it has that value: API Reference.
  for (const Tag& tag : in.Tags) {
    const auto found = record.tags.find(*tag.Key);
    if (found != record.tags.end() && (!tag.Value || *tag.Value == found->second)) record.tags.erase(found);
  }
  context.tx.Put(context.scope, record);
  return {};
}

AWS_OPERATION(acm, ListTagsForCertificate)
AWS_ACCESS("certificate/{CertificateArn}")
ListTagsForCertificateResponse ListTagsForCertificate(Context& context, const ListTagsForCertificateRequest& in) {
  const Record record = RequireCertificate(context, *in.CertificateArn);
  ListTagsForCertificateResponse out;
  out.Tags.present = true;
  for (const auto& [key, value] : record.tags) {
    Tag& tag = out.Tags.emplace_back();
    tag.Key = key;
    tag.Value = value;
  }
  return out;
}

}  // namespace drydock::acm
