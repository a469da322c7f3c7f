#include "handlers/sts/web_identity_token.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <memory>

#include "emulator/core/text.h"
#include "store/database.h"
#include "store/records/sts/issuer_keys.h"

namespace drydock::sts {

namespace {

using Json = rapidjson::Value;

template <class T, auto Free>
struct Freeing {
  void operator()(T* object) const { Free(object); }
};
using PublicKey = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY, EVP_PKEY_free>>;

constexpr std::string_view kHttps = "https://";

bool ParseJson(const std::string& text, rapidjson::Document& document) {
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  return !document.HasParseError() && document.IsObject();
}

std::string Text(const Json& object, const char* name) {
  const auto member = object.FindMember(name);
  return member == object.MemberEnd() || !member->value.IsString()
             ? ""
             : std::string(member->value.GetString(), member->value.GetStringLength());
}

// A text, or a list of texts.
std::vector<std::string> Texts(const Json& object, const char* name) {
  const auto member = object.FindMember(name);
  if (member == object.MemberEnd()) return {};
  if (member->value.IsString()) return {Text(object, name)};
  std::vector<std::string> texts;
  if (member->value.IsArray())
    for (const Json& item : member->value.GetArray())
      if (item.IsString()) texts.emplace_back(item.GetString(), item.GetStringLength());
  return texts;
}

// Seconds since 1970.
std::optional<Timestamp> Time(const Json& object, const char* name) {
  const auto member = object.FindMember(name);
  if (member == object.MemberEnd() || !member->value.IsNumber()) return std::nullopt;
  const double seconds = member->value.GetDouble();
  if (seconds < 0 || seconds > 1e11) return std::nullopt;
  return Timestamp{static_cast<std::int64_t>(seconds * 1000)};
}

std::string WithoutScheme(const std::string& issuer) {
  return issuer.starts_with(kHttps) ? issuer.substr(kHttps.size()) : issuer;
}

// "https://aws.amazon.com/tags": {"principal_tags": {"Team": ["blue"]}, "transitive_tag_keys": ["Team"]}. IAM User
// Guide, "Passing session tags using AssumeRoleWithWebIdentity".
void ReadTags(const Json& claims, WebIdentityToken& token) {
  const auto tags = claims.FindMember("https://aws.amazon.com/tags");
  if (tags == claims.MemberEnd() || !tags->value.IsObject()) return;
  const auto principal = tags->value.FindMember("principal_tags");
  if (principal != tags->value.MemberEnd() && principal->value.IsObject())
    for (const auto& tag : principal->value.GetObject()) {
      const std::string key(tag.name.GetString(), tag.name.GetStringLength());
      const auto values = Texts(principal->value, key.c_str());
      if (!values.empty()) token.tags[key] = values.front();
    }
  token.transitive_tag_keys = Texts(tags->value, "transitive_tag_keys");
}

struct Algorithm {
  const char* name;
  const char* key_type;  // kty
  const EVP_MD* (*digest)();
  std::size_t ecdsa_bytes;  // of each half of an ECDSA signature
};
constexpr Algorithm kAlgorithms[] = {{"RS256", "RSA", EVP_sha256, 0}, {"RS384", "RSA", EVP_sha384, 0},
                                     {"RS512", "RSA", EVP_sha512, 0}, {"ES256", "EC", EVP_sha256, 32},
                                     {"ES384", "EC", EVP_sha384, 48}, {"ES512", "EC", EVP_sha512, 66}};

PublicKey FromParameters(const char* type, OSSL_PARAM_BLD* builder) {
  OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr);
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context) != 1 ||
      EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
    key = nullptr;
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_free(parameters);
  return PublicKey(key);
}

PublicKey ReadKey(const Json& jwk) {
  const std::unique_ptr<OSSL_PARAM_BLD, Freeing<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
  const auto bytes = [&](const char* name) {
    std::string decoded;
    return DecodeBase64Url(Text(jwk, name), decoded) ? decoded : "";
  };
  if (Text(jwk, "kty") == "RSA") {
    const std::string n = bytes("n"), e = bytes("e");
    const auto number = [](const std::string& text) {
      return std::unique_ptr<BIGNUM, Freeing<BIGNUM, BN_free>>(
          BN_bin2bn(reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()), nullptr));
    };
    const auto modulus = number(n), exponent = number(e);
    if (n.size() < 256 || n.size() > 1024 || e.empty() || e.size() > 8) return nullptr;
    if (OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
      return nullptr;
    return FromParameters("RSA", builder.get());
  }
  if (Text(jwk, "kty") != "EC") return nullptr;
  const std::string point = "\x04" + bytes("x") + bytes("y"), curve = Text(jwk, "crv");
  if (OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.c_str(), 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
    return nullptr;
  return FromParameters("EC", builder.get());
}

// A JSON Web Signature's two numbers side by side, as OpenSSL wants them.
std::string ToDer(const std::string& raw, std::size_t half) {
  if (raw.size() != 2 * half) return "";
  const auto* bytes = reinterpret_cast<const unsigned char*>(raw.data());
  const std::unique_ptr<ECDSA_SIG, Freeing<ECDSA_SIG, ECDSA_SIG_free>> signature(ECDSA_SIG_new());
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes, static_cast<int>(half), nullptr),
                 BN_bin2bn(bytes + half, static_cast<int>(half), nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  const std::string text(reinterpret_cast<char*>(der), size > 0 ? static_cast<std::size_t>(size) : 0);
  OPENSSL_free(der);
  return text;
}

bool Verify(EVP_PKEY* key, const Algorithm& algorithm, const std::string& text, const std::string& signature) {
  const std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX, EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  const auto bytes = [](const std::string& from) { return reinterpret_cast<const unsigned char*>(from.data()); };
  return EVP_DigestVerifyInit(context.get(), nullptr, algorithm.digest(), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(text), text.size()) == 1;
}

}  // namespace

std::optional<WebIdentityToken> ReadToken(std::string_view text) {
  const std::vector<std::string> parts = Split(text, '.');
  WebIdentityToken token;
  std::string header, claims;
  if (parts.size() != 3 || !DecodeBase64Url(parts[0], header) || !DecodeBase64Url(parts[1], claims) ||
      !DecodeBase64Url(parts[2], token.signature))
    return std::nullopt;
  rapidjson::Document head, body;
  if (!ParseJson(header, head) || !ParseJson(claims, body)) return std::nullopt;
  token.signed_part = parts[0] + "." + parts[1];
  token.algorithm = Text(head, "alg");
  token.key_id = Text(head, "kid");
  token.issuer = WithoutScheme(Text(body, "iss"));
  token.subject = Text(body, "sub");
  const std::string authorized_party = Text(body, "azp");
  token.audiences = authorized_party.empty() ? Texts(body, "aud") : std::vector{authorized_party};
  token.amr = Texts(body, "amr");
  token.issued = Time(body, "iat");
  token.expires = Time(body, "exp");
  token.not_before = Time(body, "nbf");
  token.source_identity = Text(body, "https://aws.amazon.com/source_identity");
  ReadTags(body, token);
  if (token.issuer.empty() || token.subject.empty() || token.audiences.empty()) return std::nullopt;
  return token;
}

bool IsSignedBy(const WebIdentityToken& token, const std::string& key_set) {
  const Algorithm* algorithm = nullptr;
  for (const Algorithm& known : kAlgorithms)
    if (token.algorithm == known.name) algorithm = &known;
  rapidjson::Document set;
  if (!algorithm || !ParseJson(key_set, set) || !set.HasMember("keys") || !set["keys"].IsArray()) return false;
  const std::string signature =
      algorithm->ecdsa_bytes ? ToDer(token.signature, algorithm->ecdsa_bytes) : token.signature;
  bool is_signed = false;
  for (const Json& jwk : set["keys"].GetArray()) {
    if (!jwk.IsObject() || Text(jwk, "kty") != algorithm->key_type) continue;
    if (!token.key_id.empty() && !Text(jwk, "kid").empty() && Text(jwk, "kid") != token.key_id) continue;
    const PublicKey key = ReadKey(jwk);
    is_signed = is_signed || (key && Verify(key.get(), *algorithm, token.signed_part, signature));
  }
  ERR_clear_error();
  return is_signed;
}

std::optional<std::string> PutIssuerKeys(store::Transaction& tx, const std::string& json) {
  rapidjson::Document document;
  if (!ParseJson(json, document)) return "Send {\"issuer\": \"https://…\", \"keys\": [a JSON Web Key, …]}.";
  const std::string issuer = WithoutScheme(Text(document, "issuer"));
  if (issuer.empty()) return "The member issuer is missing: the URL that tokens name as iss.";
  if (!document.HasMember("keys") || !document["keys"].IsArray())
    return "The member keys is missing: a list of JSON Web Keys.";
  for (const Json& jwk : document["keys"].GetArray())
    if (!jwk.IsObject() || !ReadKey(jwk)) {
      ERR_clear_error();
      return "A key is no RSA key of at least 2048 bits and no EC key of P-256, P-384 or P-521 as a JSON Web Key.";
    }
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  writer.StartObject();
  writer.Key("keys");
  document["keys"].Accept(writer);
  writer.EndObject();
  tx.Put({}, records::sts::IssuerKeys{issuer, std::string(buffer.GetString(), buffer.GetSize())});
  return std::nullopt;
}

}  // namespace drydock::sts
