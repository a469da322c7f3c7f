// How far a request strays from HTTP's rules, and what the desync mitigation mode makes of that. Pure.
// Source: Application Load Balancer guide, "Desync mitigation mode"; "Access log entries", "Classification reasons".
#pragma once

#include <string_view>

#include "emulator/loadbalancer/configuration.h"
#include "emulator/loadbalancer/http_message.h"

namespace drydock::loadbalancer {

enum class Classification { kCompliant, kAcceptable, kAmbiguous, kSevere };
// "Acceptable", "Ambiguous", "Severe"; empty for a compliant request, as the access log has it.
std::string_view NameOf(Classification classification);

struct Classified {
  Classification classification = Classification::kCompliant;
  std::string_view reason = {};  // "BothTeClPresent", …
};

// Of a request whose head could be read. What cannot be read is Severe and refused in every mode: also in monitor,
// where AWS would pass it on, because there is no one way to read it.
Classified Classify(const RequestHead& head);

enum class Treatment {
  kRoute,
  kRouteAndClose,  // the connections of both sides are not used again
  kRefuse,         // 400
};
Treatment TreatmentOf(Classification classification, DesyncMode mode);

}  // namespace drydock::loadbalancer
