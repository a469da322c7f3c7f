#include "emulator/loadbalancer/desync.h"

#include <algorithm>

namespace drydock::loadbalancer {

namespace {

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

// "Transfer_Encoding", "content.length": what a sloppy reader takes for a field that says where the body ends.
bool LooksLikeFraming(const Field& field) {
  if (field.known != FieldName::kOther || field.name.size() < 13 || field.name.size() > 24) return false;
  const char first = static_cast<char>(field.name.front() | 0x20);
  if (first != 't' && first != 'c') return false;
  std::string letters;
  for (const char c : field.name) {
    const char lower = static_cast<char>(c | 0x20);
    if (lower >= 'a' && lower <= 'z') letters += lower;
  }
  return letters == "transferencoding" || letters == "contentlength";
}

}  // namespace

std::string_view NameOf(Classification classification) {
  switch (classification) {
    case Classification::kCompliant:
      return "";
    case Classification::kAcceptable:
      return "Acceptable";
    case Classification::kAmbiguous:
      return "Ambiguous";
    case Classification::kSevere:
      return "Severe";
  }
  return "";
}

Classified Classify(const RequestHead& head) {
  if (head.framing == RequestHead::Framing::kBothTeAndCl) return {Classification::kAmbiguous, "BothTeClPresent"};
  if (head.framing == RequestHead::Framing::kDuplicateLength) {
    return {Classification::kAmbiguous, "DuplicateContentLength"};
  }
  const bool without_body = head.method == "GET" || head.method == "HEAD";
  if (without_body && head.body == BodyKind::kChunked) {
    return {Classification::kAmbiguous, "UndefinedTransferEncodingSemantics"};
  }
  if (without_body && head.body == BodyKind::kLength) {
    return {Classification::kAmbiguous, "UndefinedContentLengthSemantics"};
  }
  if (std::any_of(head.fields.begin(), head.fields.end(), LooksLikeFraming)) {
    return {Classification::kAmbiguous, "SuspiciousHeader"};
  }
  for (const Field& field : head.fields) {
    if (!IsAscii(field.value)) return {Classification::kAcceptable, "NonCompliantHeader"};
    if (without_body && field.known == FieldName::kContentLength) {
      return {Classification::kAcceptable, "GetHeadZeroContentLength"};
    }
  }
  return {};
}

Treatment TreatmentOf(Classification classification, DesyncMode mode) {
  if (classification == Classification::kCompliant) return Treatment::kRoute;
  if (classification == Classification::kSevere || mode == DesyncMode::kStrictest) return Treatment::kRefuse;
  const bool close = classification == Classification::kAmbiguous && mode == DesyncMode::kDefensive;
  return close ? Treatment::kRouteAndClose : Treatment::kRoute;
}

}  // namespace drydock::loadbalancer
