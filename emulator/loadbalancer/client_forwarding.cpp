#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "emulator/loadbalancer/client_connection.h"
#include "emulator/loadbalancer/forwarding.h"
#include "emulator/loadbalancer/stickiness.h"

namespace drydock::loadbalancer {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kFunctionBodyLimit = 1024 * 1024;  // Application Load Balancer guide, "HTTP 413"
constexpr std::size_t kTraceableHead = 7 * 1024;           // guide, "Request tracing", limitations
constexpr std::string_view kNoFunctions =
    "502 Bad Gateway: the target is a Lambda function, and Drydock runs no functions.\n";

std::int64_t Microseconds(SteadyClock::duration time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

// Counts a request as outstanding at its target for as long as it lives.
class Outstanding {
 public:
  explicit Outstanding(std::shared_ptr<TargetState> target) : target_(std::move(target)) {
    target_->outstanding_requests.fetch_add(1, std::memory_order_relaxed);
  }
  ~Outstanding() { target_->outstanding_requests.fetch_sub(1, std::memory_order_relaxed); }
  Outstanding(const Outstanding&) = delete;
  Outstanding& operator=(const Outstanding&) = delete;

 private:
  std::shared_ptr<TargetState> target_;
};

}  // namespace

Async<ClientConnection::Next> ClientConnection::HandleForward(const Routing& routing, const RoutedListener& listener,
                                                              const Forward& forward, const Transforms* transforms) {
  const RoutedGroup* const group = ChooseGroup(routing, listener, forward);
  if (record_) {
    record_->actions_executed = "forward";
    if (group != nullptr) record_->target_group_arn = group->group->arn;
  }
  rewritten_ = {};
  if (transforms != nullptr) {
    const std::string uri = fmt::format("{}{}{}", head_.path, head_.has_query ? "?" : "", head_.query);
    rewritten_ = transforms->Apply(HostWithoutPort(head_.host), uri);
    if (record_) {
      record_->transformed_host = rewritten_.host.value_or("");
      record_->transformed_uri = rewritten_.uri.value_or("");
      // AWS's words for the outcomes are unconfirmed.
      record_->request_transform_status = rewritten_.failed ? "TransformReplaceError" : "TransformSuccess";
    }
    if (rewritten_.failed) co_return co_await AnswerError(&listener, 500);
  }
  const RoutedTarget* target = group == nullptr ? nullptr : BoundTarget(*group);
  if (target == nullptr && group != nullptr) {
    target = worker_.Choose(*group, node_index_, group->counters->ticket.fetch_add(1, std::memory_order_relaxed));
  }
  if (target == nullptr) co_return co_await AnswerError(&listener, 503);
  if (record_) {
    record_->target = target->endpoint;
    record_->targets.assign(1, target->endpoint);
  }
  group->counters->requests.fetch_add(1, std::memory_order_relaxed);
  if (group->group->target_type == TargetType::kFunction) {
    if (head_.content_length > kFunctionBodyLimit) co_return co_await AnswerError(&listener, 413);
    co_return co_await Answer(&listener, {502, "text/plain", kNoFunctions, "", nullptr});
  }

  const Outstanding outstanding(target->state);
  PrepareCookies(listener, *group, *target, forward);
  PrepareRequest(listener);
  Failure failure = Failure::kRetry;
  Next next = Next::kClose;
  for (int attempt = 0; failure == Failure::kRetry && attempt < 2; ++attempt) {
    failure = co_await Connect(listener, *group, *target, /*fresh=*/attempt > 0);
    if (failure == Failure::kNone) failure = co_await Exchange(listener, *group, next);
    if (failure == Failure::kRetry && attempt > 0) failure = Failure::kBadGateway;
  }
  upstream_.reset();
  switch (failure) {
    case Failure::kNone:
      co_return next;
    case Failure::kClientGone:
      EndRecord(460, 0);
      co_return Next::kClose;
    default:
      // The rest of a body that was under way can no longer be told from a next request.
      if (body_begun_) head_.body = BodyKind::kUntilClose;
      co_return co_await AnswerError(&listener, static_cast<int>(failure));
  }
}

const RoutedGroup* ClientConnection::ChooseGroup(const Routing& routing, const RoutedListener& listener,
                                                 const Forward& forward) {
  if (forward.stickiness) {
    for (const std::string_view cookie : {kTargetGroupCookie, kTargetGroupCookieForCors}) {
      const auto bound = BoundTo(CookieOf(head_, cookie), listener.identity, shared_.clock.Now(), *forward.stickiness);
      if (!bound) continue;
      for (const WeightedTargetGroup& candidate : forward.target_groups) {
        const RoutedGroup* const group = routing.FindGroup(candidate.arn);
        if (group != nullptr && group->identity == *bound) return group;
      }
    }
  }
  const std::uint64_t ticket = listener.counters->ticket.fetch_add(1, std::memory_order_relaxed);
  const auto chosen = ChooseTargetGroup(forward.target_groups, ticket);
  return chosen ? routing.FindGroup(forward.target_groups[*chosen].arn) : nullptr;
}

const RoutedTarget* ClientConnection::BoundTarget(const RoutedGroup& group) {
  const Stickiness& stickiness = group.group->stickiness;
  application_bound_ = false;
  std::optional<std::uint64_t> bound;
  if (stickiness.type == StickinessType::kLoadBalancerCookie) {
    const Timestamp now = shared_.clock.Now();
    bound = BoundTo(CookieOf(head_, kDurationCookie), group.identity, now, stickiness.duration);
    if (!bound) bound = BoundTo(CookieOf(head_, kDurationCookieForCors), group.identity, now, stickiness.duration);
  } else if (stickiness.type == StickinessType::kApplicationCookie) {
    if (CookieOf(head_, stickiness.cookie_name).empty()) return nullptr;
    bound = BoundTo(CookieOf(head_, kApplicationCookie), group.identity, shared_.clock.Now(), stickiness.duration);
    application_bound_ = bound.has_value();
  }
  if (!bound) return nullptr;
  for (const RoutedTarget& target : group.targets) {
    if (target.identity == *bound && target.state->healthy) return &target;
  }
  return nullptr;
}

void ClientConnection::PrepareCookies(const RoutedListener& listener, const RoutedGroup& group,
                                      const RoutedTarget& target, const Forward& forward) {
  cookies_.clear();
  application_cookie_.clear();
  const StickinessType type = group.group->stickiness.type;
  if (!forward.stickiness && (type == StickinessType::kNone || type == StickinessType::kSourceIp)) return;
  const Timestamp now = shared_.clock.Now();
  const bool secure = !secure_listener_arn_.empty();
  if (forward.stickiness) {
    const std::string value = Bind(CookieOf(head_, kTargetGroupCookie), listener.identity, group.identity, now);
    AppendSetCookie(cookies_, kTargetGroupCookie, value, now, false, secure);
    AppendSetCookie(cookies_, kTargetGroupCookieForCors, value, now, true, secure);
  }
  if (type == StickinessType::kLoadBalancerCookie) {
    const std::string value = Bind(CookieOf(head_, kDurationCookie), group.identity, target.identity, now);
    AppendSetCookie(cookies_, kDurationCookie, value, now, false, secure);
    AppendSetCookie(cookies_, kDurationCookieForCors, value, now, true, secure);
  } else if (type == StickinessType::kApplicationCookie) {
    const std::string value = Bind(CookieOf(head_, kApplicationCookie), group.identity, target.identity, now);
    AppendSetCookie(application_cookie_, kApplicationCookie, value, now, false, secure);
  }
}

void ClientConnection::PrepareRequest(const RoutedListener& listener) {
  websocket_ = AsksForWebSocket(head_);
  const std::string_view traced = head_size_ > kTraceableHead ? "" : head_.Value(FieldName::kXAmznTraceId);
  const std::string trace_id =
      TraceId(traced, shared_.clock.Now(), worker_.Random(), static_cast<std::uint32_t>(worker_.Random()));
  if (record_) record_->trace_id = trace_id;
  tls_fields_.clear();
  const bool secure = !secure_listener_arn_.empty();
  if (secure && listener.load_balancer->attributes.tls_fields) {
    tls_fields_.emplace_back(listener.listener->tls_version_field, handshake_.protocol);
    tls_fields_.emplace_back(listener.listener->tls_cipher_field, handshake_.cipher);
  }
  request_.clear();
  AppendRequestHead(request_, head_, listener.load_balancer->attributes,
                    {client_address_, client_port_, secure ? "https" : "http", listener_port_, trace_id, websocket_,
                     rewritten_.host ? std::string_view(*rewritten_.host) : std::string_view(),
                     rewritten_.uri ? std::string_view(*rewritten_.uri) : std::string_view(), &tls_fields_});
  // Sending it again to another connection does no harm (RFC 9110, 9.2.2).
  repeatable_ = head_.body == BodyKind::kNone && !websocket_ &&
                (head_.method == "GET" || head_.method == "HEAD" || head_.method == "OPTIONS");
  body_begun_ = false;
}

Async<ClientConnection::Failure> ClientConnection::Connect(const RoutedListener& listener, const RoutedGroup& group,
                                                           const RoutedTarget& target, bool fresh) {
  const LoadBalancer& load_balancer = *listener.load_balancer;
  const Node& node = NodeOf(load_balancer);
  if (!worker_.JudgeTarget(load_balancer, node, *target.target).admitted) co_return co_await WaitInVain();
  if (!fresh) {
    upstream_ = worker_.TakeIdle(target.state.get(), node.private_address);
    if (upstream_ != nullptr) co_return Failure::kNone;
  }
  const Dial dial =
      shared_.hosts.Locate(group.group->vpc_id, target.target->address, target.target->port, node.private_address);
  if (dial.outcome == Dial::Outcome::kNobody) co_return co_await WaitInVain();
  if (dial.outcome == Dial::Outcome::kRefused) co_return Failure::kBadGateway;
  error_code error;
  const auto address = net::ip::make_address(dial.address, error);
  if (error) co_return Failure::kBadGateway;
  upstream_ = std::make_unique<Upstream>(worker_.context());
  upstream_->target = target.state;
  upstream_->node_address = node.private_address;
  upstream_->preface = dial.preface;
  ExpireIn(kConnectTimeout);
  co_await upstream_->stream.socket().async_connect({address, dial.port}, Into(error));
  if (!error) {
    upstream_->stream.socket().set_option(tcp::no_delay(true), ignored_);
    if (group.group->protocol != Protocol::kHttps) co_return Failure::kNone;
    // "HTTP 502": also when the handshake fails or takes more than 10 seconds.
    ExpireIn(10s);
    const std::string preface = std::exchange(upstream_->preface, {});
    co_await net::async_write(upstream_->stream.socket(), net::buffer(preface), Into(error));
    if (!error) {
      auto& tls = upstream_->stream.BeginTls(TargetTlsContext());
      co_await tls.async_handshake(net::ssl::stream_base::client, Into(error));
    }
    if (!error) co_return Failure::kNone;
    upstream_.reset();
    co_return Failure::kBadGateway;
  }
  const bool gone = TargetIsGone();
  upstream_.reset();
  co_return !gone && (expired_ || error == net::error::timed_out) ? Failure::kTimeout : Failure::kBadGateway;
}

Async<ClientConnection::Failure> ClientConnection::WaitInVain() {
  const Duration timeout = shared_.ConnectTimeout();
  ExpireIn(timeout + 10s);
  Timer timer(worker_.context().get_executor(), timeout);
  error_code error;
  co_await timer.async_wait(Into(error));
  co_return Failure::kTimeout;
}

Async<ClientConnection::Failure> ClientConnection::Exchange(const RoutedListener& listener, const RoutedGroup& group,
                                                            Next& next) {
  expired_ = false;
  const auto dispatched = SteadyClock::now();
  if (record_) record_->request_processing_time = Microseconds(dispatched - request_begin_);
  if (!upstream_->preface.empty()) {
    request_.insert(0, upstream_->preface);
    upstream_->preface.clear();
  }

  // What is there already goes in one write; a longer body is sent beside the waiting for an answer, because a target
  // may answer before it has read everything.
  error_code error;
  uploading_ = false;
  upload_result_ = {};
  std::size_t body_size = 0;
  const bool whole =
      head_.body == BodyKind::kNone || (head_.body == BodyKind::kLength && head_.content_length <= buffer_.size());
  if (whole) {
    if (head_.body == BodyKind::kLength) body_size = static_cast<std::size_t>(head_.content_length);
    ExpireIn(patience_);
    const std::array<net::const_buffer, 2> message = {net::buffer(request_),
                                                      net::const_buffer(buffer_.View().data(), body_size)};
    co_await net::async_write(upstream_->stream, message, Into(error));
    if (error) co_return AfterFailure();
  } else {
    body_begun_ = true;
    if (expects_continue_) {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await net::async_write(stream_, net::const_buffer(kContinue.data(), kContinue.size()), Into(error));
      if (error) co_return Failure::kClientGone;
    }
    uploading_ = true;
    net::co_spawn(worker_.context(), Upload(), net::detached);
  }

  awaiting_since_ = SteadyClock::now();
  Failure failure = co_await ReadResponseHead();
  awaiting_since_ = SteadyClock::time_point::max();
  if (failure == Failure::kNone) {
    buffer_.Consume(body_size);
    if (record_) record_->target_processing_time = Microseconds(SteadyClock::now() - dispatched);
    failure = co_await SendResponse(listener, group, next);
  }
  if (uploading_) {
    // The answer is complete and the request is not: nobody wants the rest.
    upstream_->stream.Close();
    stream_.Cancel();
    co_await WaitForUpload();
    upstream_.reset();
    if (next == Next::kRequest) next = Next::kCloseGently;
  }
  if (body_begun_) {
    if (upload_result_.end == RelayEnd::kMalformed && failure != Failure::kNone) failure = Failure::kBadRequest;
    if (upload_result_.end != RelayEnd::kDone && next == Next::kRequest) next = Next::kCloseGently;
  }
  co_return failure;
}

Async<void> ClientConnection::Upload() {
  upload_result_ = co_await Relay({stream_, buffer_, head_.body, head_.content_length},
                                  {upstream_->stream, head_.body == BodyKind::kChunked}, request_, *this, patience_);
  // A request that will never be complete needs no answer.
  const bool hopeless = upload_result_.end == RelayEnd::kSourceClosed || upload_result_.end == RelayEnd::kMalformed;
  if (hopeless && upstream_ != nullptr) upstream_->stream.Cancel();
  uploading_ = false;
  upload_ended_.cancel();
}

Async<ClientConnection::Failure> ClientConnection::ReadResponseHead() {
  ExpireIn(patience_);
  while (true) {
    HeadScan scan;
    while (true) {
      const std::string_view bytes = upstream_->buffer.View();
      const HeadScan::Outcome outcome = scan.Continue(bytes);
      if (outcome == HeadScan::Outcome::kComplete) break;
      if (outcome != HeadScan::Outcome::kIncomplete || bytes.size() >= kResponseHeadLimit) {
        co_return Failure::kBadGateway;
      }
      error_code error;
      upstream_->buffer.Commit(
          co_await upstream_->stream.async_read_some(upstream_->buffer.Prepare(1024), Into(error)));
      if (error) co_return AfterFailure();
    }
    const std::string_view bytes = upstream_->buffer.View().substr(0, scan.end);
    if (bytes.size() > kResponseHeadLimit ||
        ParseResponseHead(bytes, to_head_request_, response_) != HeadError::kNone) {
      co_return Failure::kBadGateway;
    }
    upstream_->buffer.Consume(scan.end);
    if (response_.status == 101) co_return websocket_ ? Failure::kNone : Failure::kBadGateway;
    if (response_.status >= 200) co_return Failure::kNone;
  }
}

ClientConnection::Failure ClientConnection::AfterFailure() {
  if (body_begun_ && !uploading_ && upload_result_.end != RelayEnd::kDone) {
    if (upload_result_.end == RelayEnd::kMalformed) return Failure::kBadRequest;
    if (upload_result_.end == RelayEnd::kSourceClosed) {
      return expired_ ? Failure::kRequestTimeout : Failure::kBadRequest;
    }
  }
  // "HTTP 502": the deregistration delay is over and the request still under way.
  if (expired_ && TargetIsGone()) return Failure::kBadGateway;
  if (expired_ && ClientIsGone()) return Failure::kClientGone;
  if (expired_) return uploading_ ? Failure::kRequestTimeout : Failure::kTimeout;
  // A target may close an idle connection just when it is used again.
  if (upstream_->reused && upstream_->buffer.size() == 0 && repeatable_) return Failure::kRetry;
  return Failure::kBadGateway;
}

Async<ClientConnection::Failure> ClientConnection::SendResponse(const RoutedListener& listener,
                                                                const RoutedGroup& group, Next& next) {
  if (record_) {
    record_->target_status_code = response_.status;
    record_->target_status_codes.assign(1, response_.status);
  }
  group.counters->CountTarget(response_.status);
  listener.counters->CountTarget(response_.status);
  upgraded_ = response_.status == 101;

  const bool client_reads_chunks = head_.version == 11;
  ResponseFraming framing = ResponseFraming::kNone;
  if (response_.body == BodyKind::kLength) framing = ResponseFraming::kLength;
  if (response_.body == BodyKind::kChunked || response_.body == BodyKind::kUntilClose) {
    framing = client_reads_chunks ? ResponseFraming::kChunked : ResponseFraming::kUntilClose;
  }
  const bool within_lifetime = SteadyClock::now() - opened_ < listener.load_balancer->attributes.client_keep_alive;
  const bool keep_alive = head_.keep_alive && within_lifetime && !uploading_ && framing != ResponseFraming::kUntilClose;
  reply_.clear();
  if (!application_cookie_.empty() &&
      (application_bound_ || SetsCookie(response_, group.group->stickiness.cookie_name))) {
    cookies_ += application_cookie_;
  }
  AppendResponseHead(reply_, response_, framing, keep_alive, upgraded_, worker_.Date(),
                     {&listener.listener->response_fields, cookies_});

  const auto reply_begin = SteadyClock::now();
  std::uint64_t sent = reply_.size();
  RelayEnd end = RelayEnd::kDone;
  const std::string_view there = upstream_->buffer.View();
  const bool whole = response_.body == BodyKind::kNone ||
                     (response_.body == BodyKind::kLength && response_.content_length <= there.size());
  if (whole) {
    const std::size_t size = response_.body == BodyKind::kNone ? 0 : static_cast<std::size_t>(response_.content_length);
    const std::array<net::const_buffer, 2> message = {net::buffer(reply_), net::const_buffer(there.data(), size)};
    ExpireIn(patience_);
    error_code error;
    co_await net::async_write(stream_, message, Into(error));
    if (error) end = RelayEnd::kSinkFailed;
    sent += size;
    upstream_->buffer.Consume(size);
  } else {
    const RelayResult result =
        co_await Relay({upstream_->stream, upstream_->buffer, response_.body, response_.content_length},
                       {stream_, framing == ResponseFraming::kChunked}, reply_, *this, patience_);
    end = result.end;
    sent += result.bytes;
  }
  if (end == RelayEnd::kSinkFailed) co_return Failure::kClientGone;
  if (upgraded_) sent += co_await Tunnel();

  if (record_) record_->response_processing_time = Microseconds(SteadyClock::now() - reply_begin);
  EndRecord(response_.status, sent);
  next = Next::kClose;
  // A body that breaks off: closing is the only way left to tell the client.
  if (end != RelayEnd::kDone || upgraded_) co_return Failure::kNone;
  next = keep_alive ? Next::kRequest : (head_.keep_alive ? Next::kCloseGently : Next::kClose);
  if (response_.keep_alive && !close_upstream_ && upstream_->buffer.size() == 0 && !uploading_ &&
      upload_result_.end == RelayEnd::kDone) {
    worker_.PutIdle(std::move(upstream_), patience_);
  }
  buffer_.Shrink();
  co_return Failure::kNone;
}

Async<std::uint64_t> ClientConnection::Tunnel() {
  uploading_ = true;
  net::co_spawn(worker_.context(), TunnelUp(), net::detached);
  const std::uint64_t sent = co_await RelayUntilEnd(upstream_->stream, upstream_->buffer, stream_, *this, patience_);
  if (uploading_) {
    // The other direction gets a moment for its farewell.
    ExpireIn(expired_ ? SteadyClock::duration(0) : 2s);
    co_await WaitForUpload();
  }
  co_return sent;
}

Async<void> ClientConnection::TunnelUp() {
  co_await RelayUntilEnd(stream_, buffer_, upstream_->stream, *this, patience_);
  uploading_ = false;
  upload_ended_.cancel();
}

Async<void> ClientConnection::WaitForUpload() {
  error_code error;
  while (uploading_) {
    upload_ended_.expires_at(Timer::time_point::max());
    co_await upload_ended_.async_wait(Into(error));
  }
}

}  // namespace drydock::loadbalancer
