// The HTTP handling under arbitrary bytes. compat-tests/fuzz.sh makes it a libFuzzer target; the
// test http_fuzz_test.cpp drives the same entry point.
//
// What must hold: a head that is taken leads to exactly one head for the target, with the same end of the body, however
// the client's bytes came; nothing reads outside what it was given (the sanitizers see to that).
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/loadbalancer/desync.h"
#include "emulator/loadbalancer/forwarding.h"
#include "emulator/loadbalancer/http_message.h"
#include "emulator/loadbalancer/rule_matching.h"
#include "emulator/loadbalancer/stickiness.h"

namespace {

using namespace drydock;
using namespace drydock::loadbalancer;

void Require(bool holds) {
  if (!holds) std::abort();
}

// The size of the head at the beginning of the bytes, 0 when there is none; the same however many come at once.
std::size_t HeadSize(std::string_view bytes, std::size_t step) {
  HeadScan scan;
  for (std::size_t n = std::min(step, bytes.size());; n = std::min(n + step, bytes.size())) {
    const HeadScan::Outcome outcome = scan.Continue(bytes.substr(0, n));
    if (outcome == HeadScan::Outcome::kComplete) return scan.end;
    if (outcome != HeadScan::Outcome::kIncomplete || n == bytes.size()) return 0;
  }
}

const ListenerRules& Rules() {
  static const Listener kListener = [] {
    Listener listener;
    const auto condition = [](ConditionField field, std::vector<std::string> values) {
      Condition made;
      made.field = field;
      made.values = std::move(values);
      return made;
    };
    Rule rule;
    rule.conditions = {condition(ConditionField::kHostHeader, {"*.a.test"}),
                       condition(ConditionField::kPathPattern, {"/a*b?c"})};
    rule.url_rewrite = Rewrite{"^/(.*)$", "/x/$1"};
    listener.rules.push_back(rule);
    return listener;
  }();
  static const ListenerRules kRules(kListener);
  return kRules;
}

void CheckRequest(std::string_view bytes) {
  const std::size_t size = HeadSize(bytes, bytes.size());
  Require(size == HeadSize(bytes, 1));
  if (size <= 2) return;
  RequestHead head;
  if (ParseRequestHead(bytes.substr(0, size), head) != HeadError::kNone) return;
  Classify(head);
  AsksForWebSocket(head);
  BoundTo(CookieOf(head, kDurationCookie), 1, Timestamp{1}, Seconds(1));
  const auto match = Rules().Find({head.method, head.host, head.path, head.query, "203.0.113.1", &head.fields});
  if (match.transforms != nullptr) match.transforms->Apply(HostWithoutPort(head.host), head.path);

  for (const bool preserve : {false, true}) {
    LoadBalancerAttributes attributes;
    attributes.preserve_host_header = preserve;
    attributes.drop_invalid_header_fields = preserve;
    const std::string trace_id = TraceId(head.Value(FieldName::kXAmznTraceId), Timestamp{1}, 2, 3);
    std::string forwarded;
    AppendRequestHead(forwarded, head, attributes, {"203.0.113.1", 1, "http", 8080, trace_id, false, "", "", nullptr});
    Require(HeadSize(forwarded, forwarded.size()) == forwarded.size());
    RequestHead again;
    if (head.host.empty()) continue;  // HTTP/1.0 without a Host; a target that wants one refuses it
    Require(ParseRequestHead(forwarded, again) == HeadError::kNone);
    Require(again.framing == RequestHead::Framing::kPlain);
    Require(again.body == head.body);
    Require(again.content_length == head.content_length);
    Require(again.Value(FieldName::kDrydockSource).empty());
  }
}

void CheckResponse(std::string_view bytes) {
  const std::size_t size = HeadSize(bytes, bytes.size());
  if (size <= 2) return;
  ResponseHead head;
  if (ParseResponseHead(bytes.substr(0, size), false, head) != HeadError::kNone) return;
  SetsCookie(head, "session");
  std::string out;
  AppendResponseHead(out, head, ResponseFraming::kChunked, true, false, "now");
  Require(HeadSize(out, out.size()) == out.size());
}

// The decoded body, and how many of the bytes it took; nullopt when malformed.
std::optional<std::pair<std::string, std::size_t>> Decode(std::string_view bytes, std::size_t step) {
  ChunkedDecoder decoder;
  std::string body;
  std::vector<std::string_view> pieces;
  std::size_t done = 0;
  for (std::size_t n = std::min(step, bytes.size());; n = std::min(n + step, bytes.size())) {
    std::size_t consumed = 0;
    const auto outcome = decoder.Decode(bytes.substr(done, n - done), consumed, pieces);
    Require(consumed <= n - done);
    for (const std::string_view piece : pieces) body += piece;
    done += consumed;
    if (outcome == ChunkedDecoder::Outcome::kMalformed) return std::nullopt;
    if (outcome == ChunkedDecoder::Outcome::kDone || n == bytes.size()) return std::pair(body, done);
  }
}

void CheckChunks(std::string_view bytes) {
  const auto whole = Decode(bytes, bytes.size());
  const auto pieces = Decode(bytes, 3);
  if (whole && pieces) Require(whole->first.starts_with(pieces->first) || pieces->first.starts_with(whole->first));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  CheckRequest(bytes);
  CheckResponse(bytes);
  if (!bytes.empty()) CheckChunks(bytes);
  return 0;
}
