// Certificates that the user brings along.

#include "api/acm/ImportCertificateRequest.h"
#include "api/acm/ImportCertificateResponse.h"
#include "emulator/api/operation.h"
#include "handlers/acm/certificates.h"
#include "handlers/acm/errors.h"
#include "handlers/acm/x509.h"
#include "store/database.h"
#include "store/sealing.h"

namespace drydock::acm {

namespace {

// ACM User Guide, "Prerequisites for importing ACM certificates".
CertificateFacts CheckCertificate(Context& context, const std::string& certificate) {
  const auto count = CountCertificates(certificate);
  if (!count || *count == 0) throw errors::CertificateNotPem();
  if (*count > 1) throw errors::MoreThanOneCertificate();
  CertificateFacts facts = ReadCertificate(certificate);
  if (facts.version != 3) throw errors::NotVersion3();
  if (facts.key_algorithm.empty()) throw errors::KeyAlgorithmNotSupported();
  if (facts.names.empty()) throw errors::NoDomainName();
  if (context.now < facts.not_before) throw errors::NotYetValid();
  if (facts.not_after < context.now) throw errors::NoLongerValid();
  return facts;
}

void CheckChain(const std::string& certificate, const std::string& chain) {
  const auto count = CountCertificates(chain);
  if (!count || *count == 0) throw errors::ChainNotPem();
  if (const auto wrong = FirstThatDoesNotCertify(certificate, chain)) throw errors::ChainInvalid(*wrong);
}

}  // namespace

AWS_OPERATION(acm, ImportCertificate)
AWS_ACCESS("certificate/{CertificateArn|*}", "Tags? acm:AddTagsToCertificate certificate/{CertificateArn|*}")
ImportCertificateResponse ImportCertificate(Context& context, const ImportCertificateRequest& in) {
  records::acm::Certificate record;
  if (in.CertificateArn) {
    record = RequireCertificate(context, *in.CertificateArn);
    if (record.type != "IMPORTED") throw errors::OnlyImportedAgain();
    if (!in.Tags.empty()) throw errors::TagsOnImportAgain();
  } else {
    record.arn = context.Arn("acm", "certificate/" + context.ids.Uuid());
    record.type = "IMPORTED";
    record.created = context.now;
  }
  const std::string& certificate = in.Certificate->bytes;
  const CertificateFacts facts = CheckCertificate(context, certificate);
  const auto private_key = ReadPrivateKey(in.PrivateKey->bytes);
  if (!private_key) throw errors::KeyNotSupported();
  if (!KeyMatches(certificate, *private_key)) throw errors::KeyDoesNotMatch();
  if (in.CertificateChain) CheckChain(certificate, in.CertificateChain->bytes);

  SetFacts(record, certificate);
  record.status = "ISSUED";
  record.domain_name = facts.names.front();
  record.names = facts.names;
  record.imported = context.now;
  record.chain = in.CertificateChain ? in.CertificateChain->bytes : "";
  record.sealed_private_key = store::Seal(context.tx, record.arn, *private_key);
  AddTags(record, in.Tags);
  context.tx.Put(context.scope, record);
  ImportCertificateResponse out;
  out.CertificateArn = record.arn;
  return out;
}

}  // namespace drydock::acm
