// Small questions about text that every service asks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace drydock {

// AWS's wildcards in filters and patterns: * is any number of characters, ? exactly one, backslash takes the next
// character for itself.
bool MatchesWildcard(std::string_view pattern, std::string_view text);

// Characters as AWS's limits count them: code points of valid UTF-8 (bytes where it is not valid).
std::size_t CountCharacters(std::string_view text);

// False for anything that is not UTF-8.
bool IsUtf8(std::string_view text);

std::string Lowercase(std::string_view text);
bool EqualsIgnoringCase(std::string_view a, std::string_view b);
std::vector<std::string> Split(std::string_view text, char separator);
std::string Join(const std::vector<std::string>& parts, std::string_view separator);

// Base64 as RFC 4648 writes it. Decoding answers false for anything else.
std::string EncodeBase64(std::string_view bytes);
bool DecodeBase64(std::string_view text, std::string& bytes);
// The URL and file name safe alphabet, without padding.
std::string EncodeBase64Url(std::string_view bytes);
bool DecodeBase64Url(std::string_view text, std::string& bytes);

// SHA-256 and HMAC-SHA-256, raw bytes; Hex of any bytes.
std::string Sha256(std::string_view bytes);
std::string HmacSha256(std::string_view key, std::string_view bytes);
std::string Hex(std::string_view bytes);

// Percent-encoding as SigV4 and IAM's policy documents use it (RFC 3986: everything but A-Z a-z 0-9 - _ . ~).
std::string PercentEncode(std::string_view text);
// '+' is a space, as in forms. False when a % is not followed by two hexadecimal digits.
bool DecodeForm(std::string_view text, std::string& decoded);

}  // namespace drydock
