#include "handlers/acm/x509.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "emulator/core/text.h"

namespace drydock::acm {

namespace {

template <class T, auto Free>
struct OpenSslDeleter {
  void operator()(T* object) const { Free(object); }
};
template <class T, auto Free>
using OpenSsl = std::unique_ptr<T, OpenSslDeleter<T, Free>>;
using Bio = OpenSsl<BIO, BIO_free_all>;
using X509Pointer = OpenSsl<X509, X509_free>;
using Key = OpenSsl<EVP_PKEY, EVP_PKEY_free>;
using Extension = OpenSsl<X509_EXTENSION, X509_EXTENSION_free>;

void MustWork(bool done) {
  if (!done) throw std::runtime_error("OpenSSL refuses to make a certificate");
}

Bio Reading(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}
Bio Writing() {
  return Bio(BIO_new(BIO_s_mem()));
}
std::string Written(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

// What follows the last certificate must be white space.
std::optional<std::vector<X509Pointer>> ReadAll(std::string_view pem) {
  static constexpr std::string_view kEnd = "-----END CERTIFICATE-----";
  static constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  std::vector<X509Pointer> certificates;
  std::size_t position = 0;
  while (true) {
    position = pem.find_first_not_of(" \t\r\n", position);
    if (position == std::string_view::npos) break;
    const std::size_t end = pem.find(kEnd, position);
    if (!pem.substr(position).starts_with(kBegin) || end == std::string_view::npos) return std::nullopt;
    const Bio bio = Reading(pem.substr(position, end + kEnd.size() - position));
    certificates.emplace_back(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    if (!certificates.back()) return std::nullopt;
    position = end + kEnd.size();
  }
  return certificates;
}

X509Pointer ReadFirst(std::string_view pem) {
  auto all = ReadAll(pem);
  if (!all || all->empty()) throw std::invalid_argument("not a certificate");
  return std::move(all->front());
}

// A passphrase is never asked for: an encrypted key is refused.
int NoPassphrase(char*, int, int, void*) {
  return -1;
}
Key ReadKey(std::string_view pem) {
  const Bio bio = Reading(pem);
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  return key;
}

std::string TextOf(const ASN1_STRING* text) {
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, text);
  if (size < 0) return "";
  const std::string result(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  return result;
}

std::string Entry(const X509_NAME* name, int nid) {
  const int index = X509_NAME_get_index_by_NID(name, nid, -1);
  return index < 0 ? "" : TextOf(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
}

std::string InOneLine(const X509_NAME* name) {
  const Bio bio = Writing();
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  return Written(bio);
}

Timestamp TimeOf(const ASN1_TIME* time) {
  const std::unique_ptr<ASN1_TIME, OpenSslDeleter<ASN1_TIME, ASN1_TIME_free>> epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0, seconds = 0;
  if (!ASN1_TIME_diff(&days, &seconds, epoch.get(), time)) return {};
  return {(std::int64_t{days} * 86400 + seconds) * 1000};
}

std::string AlgorithmOf(EVP_PKEY* key) {
  if (EVP_PKEY_base_id(key) == EVP_PKEY_RSA) {
    const int bits = EVP_PKEY_bits(key);
    for (const int known : {1024, 2048, 3072, 4096})
      if (bits == known) return "RSA_" + std::to_string(bits);
  }
  char group[64] = "";
  if (EVP_PKEY_base_id(key) == EVP_PKEY_EC && EVP_PKEY_get_group_name(key, group, sizeof group, nullptr))
    for (const char* known : {"prime256v1", "secp384r1", "secp521r1"})
      if (std::string_view(group) == known) return std::string("EC_") + group;
  return "";
}

std::string SignatureOf(const X509* certificate) {
  int digest = NID_undef, key = NID_undef;
  OBJ_find_sigid_algs(X509_get_signature_nid(certificate), &digest, &key);
  std::string name = digest == NID_undef ? "" : OBJ_nid2sn(digest);
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
  return name + (key == NID_rsaEncryption ? "WITHRSA" : key == NID_X9_62_id_ecPublicKey ? "WITHECDSA" : "");
}

std::vector<std::string> KeyUsagesOf(X509* certificate) {
  static constexpr std::pair<std::uint32_t, const char*> kUsages[] = {{KU_DIGITAL_SIGNATURE, "DIGITAL_SIGNATURE"},
                                                                      {KU_NON_REPUDIATION, "NON_REPUDIATION"},
                                                                      {KU_KEY_ENCIPHERMENT, "KEY_ENCIPHERMENT"},
                                                                      {KU_DATA_ENCIPHERMENT, "DATA_ENCIPHERMENT"},
                                                                      {KU_KEY_AGREEMENT, "KEY_AGREEMENT"},
                                                                      {KU_KEY_CERT_SIGN, "CERTIFICATE_SIGNING"},
                                                                      {KU_CRL_SIGN, "CRL_SIGNING"}};
  if (X509_get_ext_by_NID(certificate, NID_key_usage, -1) < 0) return {"ANY"};
  const std::uint32_t bits = X509_get_key_usage(certificate);
  std::vector<std::string> usages;
  for (const auto& [bit, name] : kUsages)
    if (bits & bit) usages.emplace_back(name);
  return usages;
}

std::vector<std::string> ExtendedKeyUsagesOf(X509* certificate) {
  static constexpr std::pair<std::uint32_t, const char*> kUsages[] = {{XKU_SSL_SERVER, "TLS_WEB_SERVER_AUTHENTICATION"},
                                                                      {XKU_SSL_CLIENT, "TLS_WEB_CLIENT_AUTHENTICATION"},
                                                                      {XKU_CODE_SIGN, "CODE_SIGNING"},
                                                                      {XKU_SMIME, "EMAIL_PROTECTION"},
                                                                      {XKU_TIMESTAMP, "TIME_STAMPING"},
                                                                      {XKU_OCSP_SIGN, "OCSP_SIGNING"}};
  if (X509_get_ext_by_NID(certificate, NID_ext_key_usage, -1) < 0) return {"NONE"};
  const std::uint32_t bits = X509_get_extended_key_usage(certificate);
  std::vector<std::string> usages;
  for (const auto& [bit, name] : kUsages)
    if (bits & bit) usages.emplace_back(name);
  return usages;
}

Key NewKey(const std::string& algorithm) {
  if (algorithm == "RSA_2048") return Key(EVP_RSA_gen(2048));
  if (algorithm == "EC_prime256v1") return Key(EVP_EC_gen("P-256"));
  if (algorithm == "EC_secp384r1") return Key(EVP_EC_gen("P-384"));
  throw std::invalid_argument("no keys of " + algorithm);
}

std::string PemOf(EVP_PKEY* key) {
  const Bio bio = Writing();
  MustWork(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return Written(bio);
}

std::string PemOf(X509* certificate) {
  const Bio bio = Writing();
  MustWork(PEM_write_bio_X509(bio.get(), certificate) == 1);
  return Written(bio);
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX about;
  X509V3_set_ctx(&about, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &about, nid, value.c_str()));
  MustWork(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

void AddName(X509_NAME* name, const char* field, const std::string& value) {
  MustWork(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                                      static_cast<int>(value.size()), -1, 0) == 1);
}

X509Pointer Blank(EVP_PKEY* key, Timestamp not_before, Timestamp not_after) {
  X509Pointer certificate(X509_new());
  MustWork(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  unsigned char serial[16];
  MustWork(RAND_bytes(serial, sizeof serial) == 1);
  serial[0] = static_cast<unsigned char>((serial[0] & 0x7f) | 0x01);  // positive, and sixteen bytes long
  const OpenSsl<BIGNUM, BN_free> number(BN_bin2bn(serial, sizeof serial, nullptr));
  BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate.get()));
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), not_before.milliseconds / 1000);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), not_after.milliseconds / 1000);
  MustWork(X509_set_pubkey(certificate.get(), key) == 1);
  return certificate;
}

}  // namespace

std::optional<std::size_t> CountCertificates(std::string_view pem) {
  const auto all = ReadAll(pem);
  if (!all) return std::nullopt;
  return all->size();
}

CertificateFacts ReadCertificate(std::string_view pem) {
  const X509Pointer certificate = ReadFirst(pem);
  CertificateFacts facts;
  facts.version = static_cast<int>(X509_get_version(certificate.get())) + 1;
  const X509_NAME* subject = X509_get_subject_name(certificate.get());
  const X509_NAME* issuer = X509_get_issuer_name(certificate.get());
  facts.subject = InOneLine(subject);
  facts.issuer = Entry(issuer, NID_organizationName);
  if (facts.issuer.empty()) facts.issuer = Entry(issuer, NID_commonName);
  if (const std::string name = Entry(subject, NID_commonName); !name.empty()) facts.names.push_back(name);
  const OpenSsl<GENERAL_NAMES, GENERAL_NAMES_free> alternatives(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; alternatives && i < sk_GENERAL_NAME_num(alternatives.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives.get(), i);
    if (name->type != GEN_DNS) continue;
    const std::string text = TextOf(name->d.dNSName);
    if (std::find(facts.names.begin(), facts.names.end(), text) == facts.names.end()) facts.names.push_back(text);
  }
  const OpenSsl<BIGNUM, BN_free> serial(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate.get()), nullptr));
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(serial.get())), '\0');
  BN_bn2bin(serial.get(), reinterpret_cast<unsigned char*>(bytes.data()));
  for (const char byte : bytes) facts.serial += (facts.serial.empty() ? "" : ":") + Hex(std::string(1, byte));
  facts.not_before = TimeOf(X509_get0_notBefore(certificate.get()));
  facts.not_after = TimeOf(X509_get0_notAfter(certificate.get()));
  if (EVP_PKEY* key = X509_get0_pubkey(certificate.get())) facts.key_algorithm = AlgorithmOf(key);
  facts.signature_algorithm = SignatureOf(certificate.get());
  facts.key_usages = KeyUsagesOf(certificate.get());
  facts.extended_key_usages = ExtendedKeyUsagesOf(certificate.get());
  ERR_clear_error();
  return facts;
}

std::optional<std::string> ReadPrivateKey(std::string_view pem) {
  const Key key = ReadKey(pem);
  if (!key) return std::nullopt;
  return PemOf(key.get());
}

bool KeyMatches(std::string_view certificate_pem, std::string_view private_key_pem) {
  const X509Pointer certificate = ReadFirst(certificate_pem);
  const Key key = ReadKey(private_key_pem);
  const bool matches = key && X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  return matches;
}

std::optional<std::size_t> FirstThatDoesNotCertify(std::string_view certificate_pem, std::string_view chain_pem) {
  X509Pointer below = ReadFirst(certificate_pem);
  auto chain = ReadAll(chain_pem);
  if (!chain) throw std::invalid_argument("not a chain");
  for (std::size_t i = 0; i < chain->size(); ++i) {
    X509Pointer& above = (*chain)[i];
    const bool certifies = X509_check_issued(above.get(), below.get()) == X509_V_OK &&
                           X509_verify(below.get(), X509_get0_pubkey(above.get())) == 1;
    ERR_clear_error();
    if (!certifies) return i;
    below = std::move(above);
  }
  return std::nullopt;
}

IssuedCertificate MakeAuthority(const std::string& common_name, Timestamp not_before, Timestamp not_after) {
  const Key key = NewKey("EC_prime256v1");
  const X509Pointer certificate = Blank(key.get(), not_before, not_after);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  AddName(name, "O", "Drydock");
  AddName(name, "CN", common_name);
  MustWork(X509_set_issuer_name(certificate.get(), name) == 1);
  AddExtension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  AddExtension(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  AddExtension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash");
  MustWork(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
  return {PemOf(certificate.get()), PemOf(key.get())};
}

IssuedCertificate Issue(const IssuedCertificate& authority, const std::vector<std::string>& names,
                        const std::string& key_algorithm, Timestamp not_before, Timestamp not_after) {
  const X509Pointer issuer = ReadFirst(authority.certificate);
  const Key issuer_key = ReadKey(authority.private_key);
  MustWork(issuer_key != nullptr);
  const Key key = NewKey(key_algorithm);
  const X509Pointer certificate = Blank(key.get(), not_before, not_after);
  // A common name has at most 64 characters (RFC 5280); longer names stand among the alternatives only.
  if (names.front().size() <= 64) AddName(X509_get_subject_name(certificate.get()), "CN", names.front());
  MustWork(X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get())) == 1);
  std::string alternatives;
  for (const std::string& name : names) alternatives += (alternatives.empty() ? "DNS:" : ",DNS:") + name;
  AddExtension(certificate.get(), issuer.get(), NID_subject_alt_name, alternatives);
  AddExtension(certificate.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(certificate.get(), issuer.get(), NID_key_usage, "critical,digitalSignature,keyEncipherment");
  AddExtension(certificate.get(), issuer.get(), NID_ext_key_usage, "serverAuth,clientAuth");
  AddExtension(certificate.get(), issuer.get(), NID_subject_key_identifier, "hash");
  AddExtension(certificate.get(), issuer.get(), NID_authority_key_identifier, "keyid");
  MustWork(X509_sign(certificate.get(), issuer_key.get(), EVP_sha256()) > 0);
  return {PemOf(certificate.get()), PemOf(key.get())};
}

}  // namespace drydock::acm
