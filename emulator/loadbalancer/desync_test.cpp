#include "emulator/loadbalancer/desync.h"

#include <catch2/catch.hpp>

using namespace drydock::loadbalancer;

namespace {
std::string ReasonOf(const std::string& line, const std::string& fields) {
  RequestHead head;
  const std::string bytes = line + " / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
  REQUIRE(ParseRequestHead(bytes, head) == HeadError::kNone);
  const Classified classified = Classify(head);
  if (classified.classification == Classification::kCompliant) return "";
  return std::string(NameOf(classified.classification)) + " " + std::string(classified.reason);
}
}  // namespace

// Application Load Balancer guide, "Access log entries", "Classification reasons".
TEST_CASE("requests are classified") {
  CHECK(ReasonOf("GET", "Accept: */*\r\nContent-Type: x\r\n") == "");
  CHECK(ReasonOf("POST", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") == "Ambiguous BothTeClPresent");
  CHECK(ReasonOf("POST", "Content-Length: 3\r\nContent-Length: 3\r\n") == "Ambiguous DuplicateContentLength");
  CHECK(ReasonOf("GET", "Content-Length: 3\r\n") == "Ambiguous UndefinedContentLengthSemantics");
  CHECK(ReasonOf("HEAD", "Content-Length: 0\r\n") == "Acceptable GetHeadZeroContentLength");
  CHECK(ReasonOf("GET", "Transfer-Encoding: chunked\r\n") == "Ambiguous UndefinedTransferEncodingSemantics");
  CHECK(ReasonOf("POST", "Transfer_Encoding: chunked\r\n") == "Ambiguous SuspiciousHeader");
  CHECK(ReasonOf("POST", "content.length: 4\r\n") == "Ambiguous SuspiciousHeader");
  CHECK(ReasonOf("POST", "X-A: \xc3\xa4\r\n") == "Acceptable NonCompliantHeader");
}

// "Desync mitigation mode", the table of modes.
TEST_CASE("what the modes make of them") {
  using C = Classification;
  CHECK(TreatmentOf(C::kCompliant, DesyncMode::kStrictest) == Treatment::kRoute);
  CHECK(TreatmentOf(C::kAcceptable, DesyncMode::kDefensive) == Treatment::kRoute);
  CHECK(TreatmentOf(C::kAcceptable, DesyncMode::kStrictest) == Treatment::kRefuse);
  CHECK(TreatmentOf(C::kAmbiguous, DesyncMode::kMonitor) == Treatment::kRoute);
  CHECK(TreatmentOf(C::kAmbiguous, DesyncMode::kDefensive) == Treatment::kRouteAndClose);
  CHECK(TreatmentOf(C::kAmbiguous, DesyncMode::kStrictest) == Treatment::kRefuse);
  CHECK(TreatmentOf(C::kSevere, DesyncMode::kMonitor) == Treatment::kRefuse);
}
