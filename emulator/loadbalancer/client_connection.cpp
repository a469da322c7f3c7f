// One client's connection: requests in, each judged, matched to a rule, and answered or forwarded.
#include <array>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "emulator/core/text.h"
#include "emulator/loadbalancer/forwarding.h"
#include "emulator/loadbalancer/http_message.h"
#include "emulator/loadbalancer/relay.h"
#include "emulator/loadbalancer/responses.h"
#include "emulator/loadbalancer/worker.h"

namespace drydock::loadbalancer {

namespace {

using namespace std::chrono_literals;

// A client on this machine counts as one on the internet (RFC 5737, documentation addresses).
constexpr const char* kInternetSource = "203.0.113.1";
constexpr std::uint64_t kDiscardLimit = 1024 * 1024;
constexpr std::size_t kForwardedForLimit = 30;  // Application Load Balancer guide, "HTTP 463"

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

class ClientConnection : public Watched {
 public:
  ClientConnection(Worker& worker, Socket socket, int listener_port, std::string local_address)
      : worker_(worker),
        shared_(worker.shared()),
        socket_(std::move(socket)),
        upload_ended_(worker.context().get_executor()),
        listener_port_(listener_port),
        local_address_(std::move(local_address)) {
    error_code error;
    const auto peer = socket_.remote_endpoint(error);
    if (!error) client_port_ = peer.port();
    node_index_ = static_cast<std::size_t>(worker_.Random());
    ExpireIn(patience_);
    worker_.Watch(this);
  }
  ~ClientConnection() override { worker_.Unwatch(this); }
  ClientConnection(const ClientConnection&) = delete;
  ClientConnection& operator=(const ClientConnection&) = delete;

  Async<void> Run() {
    Next next = Next::kRequest;
    while (next == Next::kRequest) next = co_await ServeRequest();
    if (next == Next::kCloseGently) co_await CloseGently();
  }

  void Expire() override {
    expired_ = true;
    socket_.cancel(ignored_);
    if (upstream_ != nullptr) upstream_->socket.cancel(ignored_);
  }

 private:
  enum class Next {
    kRequest,      // the connection stays open for another
    kClose,        // at once
    kCloseGently,  // the client may still be sending: let it read the answer first
  };

  // --- reading a request -------------------------------------------------------------------------------------------

  // Reads until a whole head is there and gives its size, 0 when there is none: then `next` says what to do.
  Async<std::size_t> ReadHead(Next& next) {
    HeadScan scan;
    next = Next::kClose;
    ExpireIn(patience_);
    while (true) {
      const std::string_view bytes = buffer_.View();
      switch (scan.Continue(bytes)) {
        case HeadScan::Outcome::kComplete:
          if (scan.end > 2) co_return scan.end;
          buffer_.Consume(2);  // an empty line before a request (RFC 9112, 2.2)
          scan = HeadScan();
          continue;
        case HeadScan::Outcome::kMalformed:
        case HeadScan::Outcome::kTooLarge:
          next = co_await RefuseHead(400);
          co_return 0;
        case HeadScan::Outcome::kIncomplete:
          break;
      }
      if (bytes.size() >= kHeadLimit) {
        next = co_await RefuseHead(400);
        co_return 0;
      }
      // A head has to be complete within the patience counted from its first byte, so that slow senders end.
      const bool begun = !bytes.empty();
      error_code error;
      const std::size_t received = co_await socket_.async_read_some(buffer_.Prepare(1024), Into(error));
      buffer_.Commit(received);
      if (!begun) ExpireIn(patience_);
      if (error) {
        if (expired_ && begun) next = co_await RefuseHead(408);
        co_return 0;
      }
    }
  }

  // Answers a request whose head is unusable; which load balancer's it is may be unknown.
  Async<Next> RefuseHead(int status) {
    const std::shared_ptr<const Routing> routing = worker_.CurrentRouting();
    bool ambiguous = false;
    const RoutedListener* const listener = FindListener(*routing, "", ambiguous);
    if (listener == nullptr && !ambiguous) co_return Next::kClose;
    if (listener != nullptr) {
      source_ = kInternetSource;
      if (!Admitted(*listener)) co_return co_await Block();
      BeginRecord(*listener, nullptr);
    }
    head_.body = BodyKind::kUntilClose;
    co_return co_await AnswerError(listener, status);
  }

  Async<Next> ServeRequest() {
    upgraded_ = false;
    expired_ = false;
    to_head_request_ = false;
    body_begun_ = false;
    upload_result_ = {};
    Next next;
    const std::size_t head_size = co_await ReadHead(next);
    if (head_size == 0) co_return next;

    switch (ParseRequestHead(buffer_.View().substr(0, head_size), head_)) {
      case HeadError::kNone:
        break;
      case HeadError::kMalformed:
        co_return co_await RefuseHead(400);
      case HeadError::kUnsupportedVersion:
        co_return co_await RefuseHead(505);
      case HeadError::kUnsupportedEncoding:
        co_return co_await RefuseHead(501);
    }
    // The head's views stay valid until the buffer is read into again.
    buffer_.Consume(head_size);
    to_head_request_ = head_.method == "HEAD";
    expects_continue_ = EqualsIgnoringCase(head_.Value(FieldName::kExpect), "100-continue");

    const std::shared_ptr<const Routing> routing = worker_.CurrentRouting();
    bool ambiguous = false;
    const RoutedListener* const listener = FindListener(*routing, head_.host, ambiguous);
    if (listener == nullptr) {
      if (!ambiguous) co_return Next::kClose;  // the listener was deleted
      co_return co_await AnswerUnknownHost(*routing);
    }
    patience_ = listener->load_balancer->attributes.idle_timeout;
    const std::string_view named_source = head_.Value(FieldName::kDrydockSource);
    source_ = named_source.empty() ? std::string_view(kInternetSource) : named_source;
    if (!Admitted(*listener)) co_return co_await Block();

    listener->counters->requests.fetch_add(1, std::memory_order_relaxed);
    BeginRecord(*listener, &head_);
    if (record_) record_->received_bytes = static_cast<std::int64_t>(head_size);
    if (head_.method == "TRACE") co_return co_await AnswerError(listener, 405);
    if (head_.method == "CONNECT") co_return co_await AnswerError(listener, 400);
    std::size_t forwarded_for = 0;
    for (const Field& field : head_.fields) {
      if (field.known == FieldName::kXForwardedFor) forwarded_for += CountListElements(field.value);
    }
    if (forwarded_for > kForwardedForLimit) co_return co_await AnswerError(listener, 463);

    const ListenerRules::Match match =
        listener->rules.Find({head_.method, head_.host, head_.path, head_.query, client_address_, &head_.fields});
    if (record_) record_->matched_rule_priority = match.priority;
    if (const auto* const forward = std::get_if<Forward>(match.action)) {
      co_return co_await HandleForward(*routing, *listener, *forward);
    }
    if (const auto* const redirect = std::get_if<Redirect>(match.action)) {
      const std::string location =
          RedirectLocation(*redirect, {"http", HostWithoutPort(head_.host), listener_port_, head_.path, head_.query});
      if (record_) {
        record_->actions_executed = "redirect";
        record_->redirect_url = location;
      }
      const std::string page = ErrorPage(redirect->status_code);
      co_return co_await Answer(listener, {redirect->status_code, "text/html", page, location});
    }
    const auto& fixed = std::get<FixedResponse>(*match.action);
    if (record_) record_->actions_executed = "fixed-response";
    co_return co_await Answer(
        listener, {fixed.status_code, fixed.content_type.empty() ? std::string_view("text/plain") : fixed.content_type,
                   fixed.message_body, ""});
  }

  const RoutedListener* FindListener(const Routing& routing, std::string_view host, bool& ambiguous) const {
    return routing.FindListener(listener_port_, local_address_, host, ambiguous);
  }

  // --- who may connect ---------------------------------------------------------------------------------------------

  const Node& NodeOf(const LoadBalancer& load_balancer) const {
    static const Node kNone;
    return load_balancer.nodes.empty() ? kNone : load_balancer.nodes[node_index_ % load_balancer.nodes.size()];
  }

  bool Admitted(const RoutedListener& listener) {
    const Verdict& verdict = worker_.JudgeClient(listener, NodeOf(*listener.load_balancer), source_);
    client_address_ = verdict.source_address.empty() ? source_ : verdict.source_address;
    return verdict.admitted;
  }

  // What a client sees that the network does not admit: nothing.
  Async<Next> Block() {
    if (shared_.options.blocked == BlockedClient::kReset) {
      // Closing sends a reset then; a socket that is only destroyed would close in the ordinary way.
      socket_.set_option(tcp::socket::linger(true, 0), ignored_);
      socket_.close(ignored_);
      co_return Next::kClose;
    }
    co_await Discard(60s);
    co_return Next::kClose;
  }

  // Reads and throws away until the client closes or the time is over.
  Async<void> Discard(SteadyClock::duration time) {
    expired_ = false;
    ExpireIn(time);
    error_code error;
    while (!error && !expired_) {
      buffer_.Consume(buffer_.size());
      buffer_.Commit(co_await socket_.async_read_some(buffer_.Prepare(4096), Into(error)));
    }
  }

  Async<void> CloseGently() {
    socket_.shutdown(tcp::socket::shutdown_send, ignored_);
    co_await Discard(2s);
  }

  // --- the load balancer's own answers -----------------------------------------------------------------------------

  Async<Next> AnswerError(const RoutedListener* listener, int status) {
    const std::string page = ErrorPage(status);
    co_return co_await Answer(listener, {status, "text/html", page, ""});
  }

  Async<Next> AnswerUnknownHost(const Routing& routing) {
    const std::string text = fmt::format(
        "Several load balancers listen on port {}, and none has the DNS name \"{}\".\n"
        "Send one of these as the Host header:\n  {}\n",
        listener_port_, HostWithoutPort(head_.host), fmt::join(routing.HostsOf(listener_port_), "\n  "));
    co_return co_await Answer(nullptr, {421, "text/plain", text, ""});
  }

  Async<Next> Answer(const RoutedListener* listener, OwnResponse response) {
    // A small body that was not asked for is read past; anything else ends the connection.
    const bool readable = head_.body == BodyKind::kNone || (head_.body == BodyKind::kLength && !expects_continue_ &&
                                                            head_.content_length <= kDiscardLimit);
    const bool keep_alive = readable && head_.keep_alive && response.status != 400 && response.status != 408;
    const bool server_header = listener == nullptr || listener->listener->server_header;
    reply_.clear();
    AppendOwnResponse(reply_, response, worker_.Date(), keep_alive, to_head_request_, server_header);
    if (listener != nullptr) listener->counters->CountOwn(response.status);

    expired_ = false;
    ExpireIn(patience_);
    error_code error;
    co_await net::async_write(socket_, net::buffer(reply_), Into(error));
    EndRecord(response.status, error ? 0 : reply_.size());
    if (error) co_return Next::kClose;
    if (!keep_alive) co_return readable&& head_.body == BodyKind::kNone ? Next::kClose : Next::kCloseGently;
    std::uint64_t unread = head_.body == BodyKind::kLength ? head_.content_length : 0;
    while (unread > 0) {
      if (buffer_.size() == 0) {
        buffer_.Commit(co_await socket_.async_read_some(buffer_.Prepare(4096), Into(error)));
        if (error) co_return Next::kClose;
      }
      const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(unread, buffer_.size()));
      buffer_.Consume(taken);
      unread -= taken;
    }
    co_return Next::kRequest;
  }

  // --- forwarding --------------------------------------------------------------------------------------------------

  // Why there is no answer of a target's to pass on; the number is the status the client gets.
  enum class Failure {
    kNone = 0,
    kRetry = 1,
    kClientGone = 460,
    kBadGateway = 502,
    kTimeout = 504,
    kBadRequest = 400,
    kRequestTimeout = 408
  };

  Async<Next> HandleForward(const Routing& routing, const RoutedListener& listener, const Forward& forward) {
    const std::uint64_t ticket = listener.counters->ticket.fetch_add(1, std::memory_order_relaxed);
    const auto chosen = ChooseTargetGroup(forward.target_groups, ticket);
    const RoutedGroup* const group = chosen ? routing.FindGroup(forward.target_groups[*chosen].arn) : nullptr;
    if (record_) {
      record_->actions_executed = "forward";
      if (group != nullptr) record_->target_group_arn = group->group->arn;
    }
    const RoutedTarget* const target = group == nullptr ? nullptr : ChooseFrom(*group);
    if (target == nullptr) co_return co_await AnswerError(&listener, 503);
    if (record_) {
      record_->target = target->endpoint;
      record_->targets = {target->endpoint};
    }
    group->counters->requests.fetch_add(1, std::memory_order_relaxed);

    const Outstanding outstanding(target->state);
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

  const RoutedTarget* ChooseFrom(const RoutedGroup& group) {
    if (group.targets.empty()) return nullptr;
    std::vector<Candidate>& candidates = worker_.candidates();
    candidates.clear();
    for (const RoutedTarget& target : group.targets) {
      candidates.push_back({target.state->healthy.load(std::memory_order_relaxed),
                            target.state->outstanding_requests.load(std::memory_order_relaxed)});
    }
    const std::uint64_t ticket = group.counters->ticket.fetch_add(1, std::memory_order_relaxed);
    const auto chosen = ChooseTarget(candidates, group.group->algorithm, ticket);
    return chosen ? &group.targets[*chosen] : nullptr;
  }

  // Writes the head for the target into request_; the client's head is not needed afterwards.
  void PrepareRequest(const RoutedListener& listener) {
    websocket_ = AsksForWebSocket(head_);
    const std::string trace_id = TraceId(head_.Value(FieldName::kXAmznTraceId), shared_.clock.Now(), worker_.Random(),
                                         static_cast<std::uint32_t>(worker_.Random()));
    if (record_) record_->trace_id = trace_id;
    request_.clear();
    AppendRequestHead(request_, head_, listener.load_balancer->attributes,
                      {client_address_, client_port_, "http", listener_port_, trace_id, websocket_});
    // Sending it again to another connection does no harm (RFC 9110, 9.2.2).
    repeatable_ = head_.body == BodyKind::kNone && !websocket_ &&
                  (head_.method == "GET" || head_.method == "HEAD" || head_.method == "OPTIONS");
    body_begun_ = false;
  }

  // Puts a connection to the target into upstream_.
  Async<Failure> Connect(const RoutedListener& listener, const RoutedGroup& group, const RoutedTarget& target,
                         bool fresh) {
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
    ExpireIn(shared_.ConnectTimeout());
    co_await upstream_->socket.async_connect({address, dial.port}, Into(error));
    if (!error) {
      upstream_->socket.set_option(tcp::no_delay(true), ignored_);
      co_return Failure::kNone;
    }
    upstream_.reset();
    co_return expired_ || error == net::error::timed_out ? Failure::kTimeout : Failure::kBadGateway;
  }

  // A connection attempt that the network swallows.
  Async<Failure> WaitInVain() {
    const Duration timeout = shared_.ConnectTimeout();
    ExpireIn(timeout + 10s);
    Timer timer(worker_.context().get_executor(), timeout);
    error_code error;
    co_await timer.async_wait(Into(error));
    co_return Failure::kTimeout;
  }

  // Sends the request, passes the response on. kNone: the client has been answered and `next` is set.
  Async<Failure> Exchange(const RoutedListener& listener, const RoutedGroup& group, Next& next) {
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
      co_await net::async_write(upstream_->socket, message, Into(error));
      if (error) co_return AfterFailure();
    } else {
      body_begun_ = true;
      if (expects_continue_) {
        static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
        co_await net::async_write(socket_, net::const_buffer(kContinue.data(), kContinue.size()), Into(error));
        if (error) co_return Failure::kClientGone;
      }
      uploading_ = true;
      net::co_spawn(worker_.context(), Upload(), net::detached);
    }

    Failure failure = co_await ReadResponseHead();
    if (failure == Failure::kNone) {
      buffer_.Consume(body_size);
      if (record_) record_->target_processing_time = Microseconds(SteadyClock::now() - dispatched);
      failure = co_await SendResponse(listener, group, next);
    }
    if (uploading_) {
      // The answer is complete and the request is not: nobody wants the rest.
      upstream_->socket.close(ignored_);
      socket_.cancel(ignored_);
      while (uploading_) {
        upload_ended_.expires_at(Timer::time_point::max());
        co_await upload_ended_.async_wait(Into(error));
      }
      upstream_.reset();
      if (next == Next::kRequest) next = Next::kCloseGently;
    }
    if (body_begun_) {
      if (upload_result_.end == RelayEnd::kMalformed && failure != Failure::kNone) failure = Failure::kBadRequest;
      if (upload_result_.end != RelayEnd::kDone && next == Next::kRequest) next = Next::kCloseGently;
    }
    co_return failure;
  }

  Async<void> Upload() {
    upload_result_ = co_await Relay({socket_, buffer_, head_.body, head_.content_length},
                                    {upstream_->socket, head_.body == BodyKind::kChunked}, request_, *this, patience_);
    // A request that will never be complete needs no answer.
    const bool hopeless = upload_result_.end == RelayEnd::kSourceClosed || upload_result_.end == RelayEnd::kMalformed;
    if (hopeless && upstream_ != nullptr) upstream_->socket.cancel(ignored_);
    uploading_ = false;
    upload_ended_.cancel();
  }

  // Reads the target's head into response_ and upstream_->buffer; interim responses are read past.
  Async<Failure> ReadResponseHead() {
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
            co_await upstream_->socket.async_read_some(upstream_->buffer.Prepare(1024), Into(error)));
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

  // What the failure of an operation on the target's side means.
  Failure AfterFailure() {
    if (body_begun_ && !uploading_ && upload_result_.end != RelayEnd::kDone) {
      if (upload_result_.end == RelayEnd::kMalformed) return Failure::kBadRequest;
      if (upload_result_.end == RelayEnd::kSourceClosed) {
        return expired_ ? Failure::kRequestTimeout : Failure::kClientGone;
      }
    }
    if (expired_) return uploading_ ? Failure::kRequestTimeout : Failure::kTimeout;
    // A target may close an idle connection just when it is used again.
    if (upstream_->reused && upstream_->buffer.size() == 0 && repeatable_) return Failure::kRetry;
    return Failure::kBadGateway;
  }

  Async<Failure> SendResponse(const RoutedListener& listener, const RoutedGroup& group, Next& next) {
    if (record_) {
      record_->target_status_code = response_.status;
      record_->target_status_codes = {response_.status};
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
    const bool keep_alive =
        head_.keep_alive && within_lifetime && !uploading_ && framing != ResponseFraming::kUntilClose;
    reply_.clear();
    AppendResponseHead(reply_, response_, framing, keep_alive, upgraded_, worker_.Date());

    const auto reply_begin = SteadyClock::now();
    std::uint64_t sent = reply_.size();
    RelayEnd end = RelayEnd::kDone;
    const std::string_view there = upstream_->buffer.View();
    const bool whole = response_.body == BodyKind::kNone ||
                       (response_.body == BodyKind::kLength && response_.content_length <= there.size());
    if (whole) {
      const std::size_t size =
          response_.body == BodyKind::kNone ? 0 : static_cast<std::size_t>(response_.content_length);
      const std::array<net::const_buffer, 2> message = {net::buffer(reply_), net::const_buffer(there.data(), size)};
      ExpireIn(patience_);
      error_code error;
      co_await net::async_write(socket_, message, Into(error));
      if (error) end = RelayEnd::kSinkFailed;
      sent += size;
      upstream_->buffer.Consume(size);
    } else {
      const RelayResult result =
          co_await Relay({upstream_->socket, upstream_->buffer, response_.body, response_.content_length},
                         {socket_, framing == ResponseFraming::kChunked}, reply_, *this, patience_);
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
    if (response_.keep_alive && upstream_->buffer.size() == 0 && !uploading_ && upload_result_.end == RelayEnd::kDone) {
      worker_.PutIdle(std::move(upstream_), patience_);
    }
    buffer_.Shrink();
    co_return Failure::kNone;
  }

  // Both directions of an upgraded connection, until either side ends it. Returns the bytes sent to the client.
  Async<std::uint64_t> Tunnel() {
    uploading_ = true;
    net::co_spawn(worker_.context(), TunnelUp(), net::detached);
    const std::uint64_t sent = co_await RelayUntilEnd(upstream_->socket, upstream_->buffer, socket_, *this, patience_);
    if (uploading_) {
      // The other direction gets a moment for its farewell.
      ExpireIn(expired_ ? SteadyClock::duration(0) : 2s);
      error_code error;
      while (uploading_) {
        upload_ended_.expires_at(Timer::time_point::max());
        co_await upload_ended_.async_wait(Into(error));
      }
    }
    co_return sent;
  }

  Async<void> TunnelUp() {
    co_await RelayUntilEnd(socket_, buffer_, upstream_->socket, *this, patience_);
    uploading_ = false;
    upload_ended_.cancel();
  }

  // --- the access log ----------------------------------------------------------------------------------------------

  void BeginRecord(const RoutedListener& listener, const RequestHead* head) {
    record_.reset();
    if (!shared_.events.access_log) return;
    request_begin_ = SteadyClock::now();
    record_.emplace();
    record_->load_balancer_arn = listener.load_balancer->arn;
    record_->load_balancer = listener.resource_id;
    record_->client = fmt::format("{}:{}", client_address_, client_port_);
    record_->request_creation_time = shared_.clock.Now().milliseconds * 1000;
    record_->matched_rule_priority = -1;
    record_->request = "- http://-:-- -";
    if (head == nullptr) return;
    if (AsksForWebSocket(*head)) record_->type = "ws";
    record_->request =
        fmt::format("{} http://{}:{}{}{}{} HTTP/{}.{}", head->method, HostWithoutPort(head->host), listener_port_,
                    head->path, head->has_query ? "?" : "", head->query, head->version / 10, head->version % 10);
    record_->user_agent = head->Value(FieldName::kUserAgent);
    record_->trace_id = head->Value(FieldName::kXAmznTraceId);
  }

  void EndRecord(int status, std::uint64_t sent) {
    if (!record_) return;
    record_->elb_status_code = status;
    record_->sent_bytes = static_cast<std::int64_t>(sent);
    record_->received_bytes += static_cast<std::int64_t>(body_begun_ ? upload_result_.bytes : head_.content_length);
    record_->time = shared_.clock.Now().milliseconds * 1000;
    shared_.events.access_log(std::move(*record_));
    record_.reset();
  }

  Worker& worker_;
  Shared& shared_;
  Socket socket_;
  Buffer buffer_;
  Timer upload_ended_;
  const int listener_port_;
  const std::string local_address_;
  const SteadyClock::time_point opened_ = SteadyClock::now();
  int client_port_ = 0;
  std::size_t node_index_ = 0;  // a connection arrives at one node and stays there
  SteadyClock::duration patience_ = 60s;
  bool expired_ = false;
  error_code ignored_;

  // Of the present request.
  RequestHead head_;
  ResponseHead response_;
  std::string source_;          // as named: an address, a network interface or a task
  std::string client_address_;  // as the network knows it
  std::string request_;         // bytes for the target
  std::string reply_;           // bytes for the client
  bool to_head_request_ = false;
  bool expects_continue_ = false;
  bool websocket_ = false;
  bool upgraded_ = false;
  bool repeatable_ = false;
  bool body_begun_ = false;  // part of the body may have been read from the client
  bool uploading_ = false;   // Upload() or TunnelUp() is under way
  RelayResult upload_result_;
  std::unique_ptr<Upstream> upstream_;
  std::optional<AccessLogRecord> record_;
  SteadyClock::time_point request_begin_;
};

}  // namespace

Async<void> ServeClient(Worker& worker, Socket socket, int listener_port, std::string local_address) {
  ClientConnection connection(worker, std::move(socket), listener_port, std::move(local_address));
  co_await connection.Run();
}

}  // namespace drydock::loadbalancer
