#include "handlers/acm/authority.h"

#include <chrono>

#include "store/database.h"
#include "store/records/acm/certificate.h"
#include "store/sealing.h"

namespace drydock::acm {

namespace {

constexpr const char* kAbout = "acm/authority";
constexpr auto kOneDay = std::chrono::hours(24);

}  // namespace

IssuedCertificate LocalAuthority(store::Transaction& tx, Timestamp now) {
  using records::acm::CertificateAuthority;
  if (const auto kept = tx.Get<CertificateAuthority>({}, std::string("1"))) {
    const auto key = store::Unseal(tx, kAbout, kept->sealed_private_key);
    if (!key) throw store::Error("the key of the local certificate authority is damaged");
    return {kept->certificate, *key};
  }
  const IssuedCertificate made = MakeAuthority("Drydock Local CA", now + -kOneDay, now + 3652 * kOneDay);
  tx.Put({}, CertificateAuthority{"1", made.certificate, store::Seal(tx, kAbout, made.private_key)});
  return made;
}

}  // namespace drydock::acm
