#include "emulator/auth/signature.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "emulator/core/clock.h"
#include "emulator/core/text.h"

namespace drydock::auth {

namespace {

constexpr std::string_view kHmac = "AWS4-HMAC-SHA256";
constexpr std::string_view kEcdsa = "AWS4-ECDSA-P256-SHA256";
constexpr Duration kTolerance = std::chrono::minutes(15);
constexpr int kLongestExpiry = 604800;  // seven days

std::string_view Trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// A header's value as the canonical request has it: trimmed, runs of blanks become one space.
std::string CanonicalValue(std::string_view text) {
  std::string value;
  for (const char c : Trim(text)) {
    const bool blank = c == ' ' || c == '\t';
    if (blank && !value.empty() && value.back() == ' ') continue;
    value += blank ? ' ' : c;
  }
  return value;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Unlike in forms, '+' stands for itself; a % that is not an escape does too.
std::string PercentDecode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 && HexDigit(text[i + 2]) >= 0) {
      decoded += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

// Without ".", ".." and empty segments (RFC 3986, 5.2.4), as every service but S3 has it.
std::string NormalizePath(std::string_view path) {
  std::vector<std::string> kept;
  for (std::string& segment : Split(path, '/')) {
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(std::move(segment));
    }
  }
  std::string normal = "/" + Join(kept, "/");
  if (normal.size() > 1 && path.back() == '/') normal += '/';
  return normal;
}

std::string CanonicalPath(const Signature& signature, std::string_view path) {
  if (path.empty()) return "/";
  if (signature.service == "s3") {
    std::string encoded;
    for (std::size_t begin = 0; begin <= path.size();) {
      const std::size_t end = std::min(path.find('/', begin), path.size());
      encoded += PercentEncode(PercentDecode(path.substr(begin, end - begin)));
      if (end < path.size()) encoded += '/';
      begin = end + 1;
    }
    return encoded;
  }
  // What is on the wire is encoded once already; the canonical form encodes it a second time.
  const std::string normal = NormalizePath(path);
  std::string encoded;
  for (const char c : normal) encoded += c == '/' ? "/" : PercentEncode(std::string_view(&c, 1));
  return encoded;
}

using Parameters = std::vector<std::pair<std::string, std::string>>;

Parameters ParseQuery(std::string_view query) {
  Parameters parameters;
  for (const std::string& part : Split(query, '&')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    parameters.emplace_back(PercentDecode(part.substr(0, equals)),
                            equals == std::string::npos ? "" : PercentDecode(part.substr(equals + 1)));
  }
  return parameters;
}

const std::string* Find(const Parameters& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters)
    if (key == name) return &value;
  return nullptr;
}

std::string CanonicalQuery(const Signature& signature, std::string_view query) {
  Parameters encoded;
  for (const auto& [name, value] : ParseQuery(query)) {
    if (signature.presigned && name == "X-Amz-Signature") continue;
    encoded.emplace_back(PercentEncode(name), PercentEncode(value));
  }
  std::sort(encoded.begin(), encoded.end());
  std::string canonical;
  for (const auto& [name, value] : encoded)
    canonical.append(canonical.empty() ? "" : "&").append(name).append("=").append(value);
  return canonical;
}

std::string PayloadHash(const Signature& signature, const Request& request) {
  const std::string* stated = request.Header("x-amz-content-sha256");
  // Markers stand for themselves. Any other hash is not believed but computed: a body that does not have the stated
  // hash then spoils the signature.
  if (stated && (*stated == "UNSIGNED-PAYLOAD" || stated->starts_with("STREAMING-"))) return *stated;
  if (!stated && signature.presigned && signature.service == "s3") return "UNSIGNED-PAYLOAD";
  return request.body_sha256 ? request.body_sha256() : Hex(Sha256(""));
}

// Every x-amz- header says something about the call, so it must be signed, as Host must be.
bool SignsWhatItMust(const Signature& signature, const Request& request) {
  const auto is_signed = [&](const std::string& name) {
    return std::find(signature.signed_headers.begin(), signature.signed_headers.end(), name) !=
           signature.signed_headers.end();
  };
  if (!is_signed("host") && !is_signed(":authority")) return false;
  for (const auto& header : request.headers) {
    const std::string name = Lowercase(header.first);
    if (name.starts_with("x-amz-") && !is_signed(name)) return false;
  }
  return true;
}

std::optional<Refusal> CheckTime(const Signature& signature, Timestamp now) {
  const std::string signed_at = FormatBasicIso8601(signature.time), here = FormatBasicIso8601(now);
  if (signature.date != signed_at.substr(0, 8)) {
    return Refusal{Fault::kBadSignature,
                   "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
                       signature.date + "' != '" + signed_at.substr(0, 8) + "', from '" + signed_at + "'."};
  }
  if (now + kTolerance < signature.time) {
    return Refusal{Fault::kOutOfDate, "Signature not yet current: " + signed_at + " is still later than " +
                                          FormatBasicIso8601(now + kTolerance) + " (" + here + " + 15 min.)"};
  }
  const Duration good_for = signature.presigned ? Duration(std::chrono::seconds(signature.expires)) : kTolerance;
  if (signature.time + good_for < now) {
    if (signature.presigned)
      return Refusal{Fault::kOutOfDate, "Signature expired: " + FormatBasicIso8601(signature.time + good_for) +
                                            " is now earlier than " + here};
    return Refusal{Fault::kOutOfDate, "Signature expired: " + signed_at + " is now earlier than " +
                                          FormatBasicIso8601({now.milliseconds - kTolerance.count()}) + " (" + here +
                                          " - 15 min.)"};
  }
  return std::nullopt;
}

// Key, scope and algorithm out of "AKID/20260824/eu-central-1/ecs/aws4_request" (SigV4A: without the region).
bool ReadCredential(std::string_view credential, Signature& signature) {
  std::vector<std::string> parts = Split(credential, '/');
  const bool ecdsa = signature.algorithm == Signature::Algorithm::kEcdsaP256Sha256;
  if (parts.size() != (ecdsa ? 4u : 5u)) return false;
  for (const std::string& part : parts)
    if (part.empty()) return false;
  signature.access_key = parts[0];
  signature.date = parts[1];
  if (!ecdsa) signature.region = parts[2];
  signature.service = parts[parts.size() - 2];
  return parts.back() == "aws4_request";
}

Malformed BadCredential(std::string_view credential) {
  return {"Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" +
          std::string(credential) + "'"};
}

std::vector<std::string> ReadSignedHeaders(std::string_view text) {
  std::vector<std::string> names;
  for (const std::string& name : Split(text, ';'))
    if (!name.empty()) names.push_back(Lowercase(name));
  return names;
}

// ISO 8601 (X-Amz-Date has its basic form), or what the Date header has: Tue, 24 Nov 2026 02:47:19 GMT.
std::optional<Timestamp> ReadDate(const std::string& text) {
  if (const auto iso = ParseIso8601(text)) return iso;
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() == 29 && text.ends_with(" GMT")) {
    for (int month = 0; month < 12; ++month) {
      if (text.substr(8, 3) != kMonths[month]) continue;
      const std::string number = (month < 9 ? "0" : "") + std::to_string(month + 1);
      return ParseIso8601(text.substr(12, 4) + "-" + number + "-" + text.substr(5, 2) + "T" + text.substr(17, 8) + "Z");
    }
  }
  return std::nullopt;
}

ParsedSignature ParseHeader(const Request& request, std::string_view authorization, Signature signature) {
  std::map<std::string, std::string> parts;
  for (const std::string& piece : Split(authorization.substr(authorization.find(' ') + 1), ',')) {
    const std::string_view part = Trim(piece);
    if (part.empty()) continue;
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) {
      return Malformed{"'" + std::string(part) +
                       "' not a valid key=value pair (missing equal-sign) in Authorization header: '" +
                       std::string(authorization) + "'."};
    }
    parts.emplace(part.substr(0, equals), part.substr(equals + 1));
  }
  const std::string* date = request.Header("x-amz-date");
  if (!date) date = request.Header("date");
  std::string missing;
  for (const char* name : {"Credential", "Signature", "SignedHeaders"})
    if (parts[name].empty()) missing.append("Authorization header requires '").append(name).append("' parameter. ");
  if (!date) missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  if (!missing.empty())
    return Malformed{missing + "Authorization=" + std::string(authorization.substr(0, authorization.find(' ')))};

  if (!ReadCredential(parts["Credential"], signature)) return BadCredential(parts["Credential"]);
  const auto time = ReadDate(*date);
  if (!time)
    return Malformed{"Date must be in ISO-8601 'basic format'. Got '" + *date +
                     "'. See http://en.wikipedia.org/wiki/ISO_8601"};
  signature.time = *time;
  signature.signed_headers = ReadSignedHeaders(parts["SignedHeaders"]);
  signature.value = parts["Signature"];
  if (const std::string* token = request.Header("x-amz-security-token")) signature.session_token = *token;
  return signature;
}

ParsedSignature ParsePresigned(const Parameters& query, const std::string& algorithm) {
  Signature signature;
  signature.presigned = true;
  if (algorithm == kEcdsa) {
    signature.algorithm = Signature::Algorithm::kEcdsaP256Sha256;
  } else if (algorithm != kHmac) {
    return Malformed{"Unsupported AWS 'algorithm': '" + algorithm + "'."};
  }
  std::string missing;
  for (const char* name : {"X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"}) {
    const std::string* value = Find(query, name);
    if (!value || value->empty())
      missing.append("AWS query-string parameters must include '").append(name).append("'. ");
  }
  if (!missing.empty()) return Malformed{missing + "Re-examine the query-string parameters."};

  const std::string& credential = *Find(query, "X-Amz-Credential");
  if (!ReadCredential(credential, signature)) return BadCredential(credential);
  const std::string& date = *Find(query, "X-Amz-Date");
  const auto time = ReadDate(date);
  if (!time) return Malformed{"X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""};
  signature.time = *time;
  signature.expires = 3600;
  if (const std::string* expires = Find(query, "X-Amz-Expires")) {
    const auto [end, error] = std::from_chars(expires->data(), expires->data() + expires->size(), signature.expires);
    if (error != std::errc() || end != expires->data() + expires->size() || signature.expires < 0)
      return Malformed{"X-Amz-Expires should be a number"};
    if (signature.expires > kLongestExpiry)
      return Malformed{"X-Amz-Expires must be less than a week (in seconds) that is 604800"};
  }
  signature.signed_headers = ReadSignedHeaders(*Find(query, "X-Amz-SignedHeaders"));
  signature.value = *Find(query, "X-Amz-Signature");
  if (const std::string* token = Find(query, "X-Amz-Security-Token")) signature.session_token = *token;
  return signature;
}

}  // namespace

const std::string* Request::Header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (EqualsIgnoringCase(key, name)) return &value;
  return nullptr;
}

ParsedSignature ParseSignature(const Request& request) {
  if (const std::string* authorization = request.Header("authorization")) {
    const std::string_view scheme = std::string_view(*authorization).substr(0, authorization->find(' '));
    Signature signature;
    if (scheme == kEcdsa) signature.algorithm = Signature::Algorithm::kEcdsaP256Sha256;
    if (scheme == kHmac || scheme == kEcdsa) return ParseHeader(request, *authorization, std::move(signature));
    if (scheme.starts_with("AWS4-")) return Malformed{"Unsupported AWS 'algorithm': '" + std::string(scheme) + "'."};
    return Unsigned{};
  }
  if (request.query.find("X-Amz-Algorithm") == std::string::npos) return Unsigned{};
  const Parameters query = ParseQuery(request.query);
  if (const std::string* algorithm = Find(query, "X-Amz-Algorithm")) return ParsePresigned(query, *algorithm);
  return Unsigned{};
}

std::string CanonicalRequest(const Signature& signature, const Request& request) {
  std::string canonical = request.method + "\n" + CanonicalPath(signature, request.path) + "\n" +
                          CanonicalQuery(signature, request.query) + "\n";
  for (const std::string& name : signature.signed_headers) {
    std::string values;
    for (const auto& [key, value] : request.headers)
      if (EqualsIgnoringCase(key, name)) values.append(values.empty() ? "" : ",").append(CanonicalValue(value));
    canonical.append(name).append(":").append(values).append("\n");
  }
  return canonical + "\n" + Join(signature.signed_headers, ";") + "\n" + PayloadHash(signature, request);
}

std::string StringToSign(const Signature& signature, const Request& request) {
  return std::string(kHmac) + "\n" + FormatBasicIso8601(signature.time) + "\n" + CredentialScope(signature) + "\n" +
         Hex(Sha256(CanonicalRequest(signature, request)));
}

std::optional<Refusal> VerifySignature(const Signature& signature, const Request& request,
                                       const std::string& secret_key, Timestamp now) {
  if (auto refusal = CheckTime(signature, now)) return refusal;
  if (signature.algorithm != Signature::Algorithm::kHmacSha256 || !SignsWhatItMust(signature, request))
    return SignatureMismatch();
  // Only S3 takes bodies in signed chunks; elsewhere the marker would leave the body unsigned.
  const std::string* payload = request.Header("x-amz-content-sha256");
  if (payload && payload->starts_with("STREAMING-") && signature.service != "s3") return SignatureMismatch();

  const std::string expected = Hex(HmacSha256(SigningKey(signature, secret_key), StringToSign(signature, request)));
  if (signature.value.size() != expected.size() ||
      CRYPTO_memcmp(signature.value.data(), expected.data(), expected.size()) != 0)
    return SignatureMismatch();
  return std::nullopt;
}

std::string SigningKey(const Signature& signature, const std::string& secret_key) {
  std::string key = "AWS4" + secret_key;
  for (const std::string& part : {signature.date, signature.region, signature.service, std::string("aws4_request")})
    key = HmacSha256(key, part);
  return key;
}

std::string CredentialScope(const Signature& signature) {
  return signature.date + "/" + signature.region + "/" + signature.service + "/aws4_request";
}

Refusal SignatureMismatch() {
  return {Fault::kBadSignature,
          "The request signature we calculated does not match the signature you provided. Check your AWS "
          "Secret Access Key and signing method. Consult the service documentation for details."};
}

}  // namespace drydock::auth
