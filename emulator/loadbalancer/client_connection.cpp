#include "emulator/loadbalancer/client_connection.h"

#include <fmt/compile.h>
#include <fmt/format.h>
#include <poll.h>

#include "emulator/core/text.h"
#include "emulator/loadbalancer/desync.h"
#include "emulator/loadbalancer/forwarding.h"

namespace drydock::loadbalancer {

namespace {

using namespace std::chrono_literals;

constexpr auto kHandshakeTime = 10s;
constexpr auto kQuickAnswer = 250ms;  // nobody looks after the client during one
constexpr std::uint64_t kDiscardLimit = 1024 * 1024;
constexpr std::size_t kForwardedForLimit = 30;  // Application Load Balancer guide, "HTTP 463"

}  // namespace

ClientConnection::ClientConnection(Worker& worker, Socket socket, int listener_port, std::string local_address,
                                   Introduction introduction)
    : worker_(worker),
      shared_(worker.shared()),
      stream_(std::move(socket)),
      upload_ended_(worker.context().get_executor()),
      listener_port_(listener_port),
      local_address_(std::move(local_address)),
      introduction_(std::move(introduction)),
      client_port_(introduction_.port) {
  error_code error;
  if (introduction_.address.empty()) client_port_ = stream_.socket().remote_endpoint(error).port();
  node_index_ = static_cast<std::size_t>(worker_.Random());
  if (shared_.events.access_log) trace_id_ = fmt::format("TID_{:016x}{:016x}", worker_.Random(), worker_.Random());
  ExpireIn(patience_);
  worker_.Watch(this);
}

ClientConnection::~ClientConnection() {
  worker_.Unwatch(this);
}

void ClientConnection::Expire() {
  expired_ = true;
  stream_.Cancel();
  if (upstream_ != nullptr) upstream_->stream.Cancel();
}

bool ClientConnection::ClientIsGone() {
  if (uploading_ || awaiting_since_ == SteadyClock::time_point::max()) return false;
  if (SteadyClock::now() - awaiting_since_ < kQuickAnswer) return false;
  pollfd client{stream_.socket().native_handle(), POLLRDHUP, 0};
  return ::poll(&client, 1, 0) > 0;
}

Async<void> ClientConnection::Run() {
  if (worker_.CurrentRouting()->HasHttps(listener_port_, local_address_) && !co_await BeginTls()) co_return;
  // On a port that several load balancers share the first request tells whose connection it is.
  bool ambiguous = false;
  if (const RoutedListener* const only = FindListener(*worker_.CurrentRouting(), "", ambiguous))
    patience_ = only->load_balancer->attributes.idle_timeout;
  Next next = Next::kRequest;
  while (next == Next::kRequest) next = co_await ServeRequest();
  const bool farewell = stream_.tls() != nullptr && stream_.socket().is_open();
  if (next == Next::kCloseGently || (next == Next::kClose && farewell)) co_await CloseGently();
}

Async<bool> ClientConnection::BeginTls() {
  ExpireIn(kHandshakeTime);
  error_code error;
  co_await stream_.socket().async_wait(tcp::socket::wait_read, Into(error));
  const std::shared_ptr<const Routing> routing = worker_.CurrentRouting();
  unsigned char first = 0;
  const auto peeked = ::recv(stream_.socket().native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
  if (error || peeked <= 0) co_return false;
  constexpr unsigned char kHandshakeRecord = 22;  // RFC 8446, 5.1
  if (first != kHandshakeRecord) {
    if (routing->HasPlainHttp(listener_port_, local_address_)) co_return true;
    const RoutedListener* const listener = routing->FindTlsListener(listener_port_, local_address_, "");
    source_ = kInternetSource;
    if (listener != nullptr && !Admitted(*listener)) {
      co_await Block();
      co_return false;
    }
    head_.body = BodyKind::kUntilClose;
    const std::string page = Page("400 The plain HTTP request was sent to HTTPS port");
    co_await Answer(nullptr, {400, "text/html", page, "", nullptr});
    co_await CloseGently();
    co_return false;
  }
  if (!co_await worker_.tls().Accept(stream_, *routing, listener_port_, local_address_, handshake_)) co_return false;
  secure_listener_arn_ = handshake_.listener->listener->arn;
  certificate_arn_ = handshake_.certificate->certificate->arn;
  co_return true;
}

const RoutedListener* ClientConnection::FindListener(const Routing& routing, std::string_view host,
                                                     bool& ambiguous) const {
  ambiguous = false;
  if (!secure_listener_arn_.empty()) return routing.FindListenerByArn(listener_port_, secure_listener_arn_);
  return routing.FindListener(listener_port_, local_address_, host, ambiguous);
}

Async<std::size_t> ClientConnection::ReadHead(Next& next) {
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
      case HeadScan::Outcome::kTooLongTarget:
        next = co_await RefuseHead(414);
        co_return 0;
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
    const std::size_t received = co_await stream_.async_read_some(buffer_.Prepare(1024), Into(error));
    buffer_.Commit(received);
    if (!begun) ExpireIn(patience_);
    if (error) {
      if (expired_ && begun) next = co_await RefuseHead(408);
      co_return 0;
    }
  }
}

Async<ClientConnection::Next> ClientConnection::RefuseHead(int status) {
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

Async<ClientConnection::Next> ClientConnection::ServeRequest() {
  upgraded_ = false;
  expired_ = false;
  to_head_request_ = false;
  body_begun_ = false;
  upload_result_ = {};
  head_.content_length = 0;
  Next next;
  head_size_ = co_await ReadHead(next);
  if (head_size_ == 0) co_return next;

  switch (ParseRequestHead(buffer_.View().substr(0, head_size_), head_)) {
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
  buffer_.Consume(head_size_);
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
  if (record_) record_->received_bytes = static_cast<std::int64_t>(head_size_);
  if (head_.method == "TRACE") co_return co_await AnswerError(listener, 405);
  if (head_.method == "CONNECT") co_return co_await AnswerError(listener, 400);
  close_upstream_ = false;
  const Classified classified = Classify(head_);
  if (classified.classification != Classification::kCompliant) {
    if (record_) {
      record_->classification = NameOf(classified.classification);
      record_->classification_reason = classified.reason;
    }
    const auto mode = listener->load_balancer->attributes.desync_mitigation;
    const Treatment treatment = TreatmentOf(classified.classification, mode);
    if (treatment == Treatment::kRefuse) co_return co_await AnswerError(listener, 400);
    if (treatment == Treatment::kRouteAndClose) {
      head_.keep_alive = false;
      close_upstream_ = true;
    }
  }
  std::size_t forwarded_for = 0;
  for (const Field& field : head_.fields) {
    if (field.known == FieldName::kXForwardedFor) forwarded_for += CountListElements(field.value);
  }
  if (forwarded_for > kForwardedForLimit) co_return co_await AnswerError(listener, 463);

  const ListenerRules::Match match =
      listener->rules.Find({head_.method, head_.host, head_.path, head_.query, client_address_, &head_.fields});
  if (record_) record_->matched_rule_priority = match.priority;
  if (const auto* const forward = std::get_if<Forward>(match.action)) {
    co_return co_await HandleForward(*routing, *listener, *forward, match.transforms);
  }
  if (const auto* const redirect = std::get_if<Redirect>(match.action)) {
    const std::string location =
        RedirectLocation(*redirect, {secure_listener_arn_.empty() ? "http" : "https", HostWithoutPort(head_.host),
                                     listener_port_, head_.path, head_.query});
    if (record_) {
      record_->actions_executed = "redirect";
      record_->redirect_url = location;
    }
    const std::string page = ErrorPage(redirect->status_code);
    co_return co_await Answer(listener, {redirect->status_code, "text/html", page, location, nullptr});
  }
  const auto& fixed = std::get<FixedResponse>(*match.action);
  if (record_) record_->actions_executed = "fixed-response";
  co_return co_await Answer(
      listener, {fixed.status_code, fixed.content_type.empty() ? std::string_view("text/plain") : fixed.content_type,
                 fixed.message_body, "", nullptr});
}

bool ClientConnection::Admitted(const RoutedListener& listener) {
  if (!introduction_.address.empty()) {
    client_address_ = introduction_.address;
    return true;
  }
  const Verdict& verdict = worker_.JudgeClient(listener, NodeOf(*listener.load_balancer), source_);
  client_address_ = verdict.source_address.empty() ? source_ : verdict.source_address;
  return verdict.admitted;
}

Async<ClientConnection::Next> ClientConnection::Block() {
  if (shared_.options.blocked == BlockedClient::kReset) {
    // Closing sends a reset then; a socket that is only destroyed would close in the ordinary way.
    stream_.socket().set_option(tcp::socket::linger(true, 0), ignored_);
    stream_.Close();
    co_return Next::kClose;
  }
  co_await Discard(60s);
  co_return Next::kClose;
}

Async<void> ClientConnection::Discard(SteadyClock::duration time) {
  expired_ = false;
  ExpireIn(time);
  error_code error;
  while (!error && !expired_) {
    buffer_.Consume(buffer_.size());
    buffer_.Commit(co_await stream_.async_read_some(buffer_.Prepare(4096), Into(error)));
  }
}

Async<void> ClientConnection::CloseGently() {
  if (auto* const tls = stream_.tls()) {
    // TLS says farewell by itself, and waits for the client's.
    expired_ = false;
    ExpireIn(2s);
    error_code error;
    co_await tls->async_shutdown(Into(error));
    co_return;
  }
  stream_.FinishSending();
  co_await Discard(2s);
}

Async<ClientConnection::Next> ClientConnection::AnswerError(const RoutedListener* listener, int status) {
  const std::string page = ErrorPage(status);
  co_return co_await Answer(listener, {status, "text/html", page, "", nullptr});
}

Async<ClientConnection::Next> ClientConnection::AnswerUnknownHost(const Routing& routing) {
  const std::string text = fmt::format(
      "Several load balancers listen on port {}, and none has the DNS name \"{}\".\n"
      "Send one of these as the Host header:\n  {}\n",
      listener_port_, HostWithoutPort(head_.host), fmt::join(routing.HostsOf(listener_port_), "\n  "));
  co_return co_await Answer(nullptr, {421, "text/plain", text, "", nullptr});
}

Async<ClientConnection::Next> ClientConnection::Answer(const RoutedListener* listener, OwnResponse response) {
  // A small body that was not asked for is read past; anything else ends the connection.
  const bool readable = head_.body == BodyKind::kNone || (head_.body == BodyKind::kLength && !expects_continue_ &&
                                                          head_.content_length <= kDiscardLimit);
  const bool keep_alive = readable && head_.keep_alive && response.status != 400 && response.status != 408;
  const bool server_header = listener == nullptr || listener->listener->server_header;
  if (listener != nullptr) response.fields = &listener->listener->response_fields;
  reply_.clear();
  AppendOwnResponse(reply_, response, worker_.Date(), keep_alive, to_head_request_, server_header);
  if (listener != nullptr) listener->counters->CountOwn(response.status);

  expired_ = false;
  ExpireIn(patience_);
  error_code error;
  co_await net::async_write(stream_, net::buffer(reply_), Into(error));
  EndRecord(response.status, error ? 0 : reply_.size());
  if (error) co_return Next::kClose;
  if (!keep_alive) co_return readable&& head_.body == BodyKind::kNone ? Next::kClose : Next::kCloseGently;
  std::uint64_t unread = head_.body == BodyKind::kLength ? head_.content_length : 0;
  while (unread > 0) {
    if (buffer_.size() == 0) {
      buffer_.Commit(co_await stream_.async_read_some(buffer_.Prepare(4096), Into(error)));
      if (error) co_return Next::kClose;
    }
    const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(unread, buffer_.size()));
    buffer_.Consume(taken);
    unread -= taken;
  }
  co_return Next::kRequest;
}

void ClientConnection::BeginRecord(const RoutedListener& listener, const RequestHead* head) {
  record_.reset();
  if (!shared_.events.access_log) return;
  request_begin_ = SteadyClock::now();
  record_ = worker_.BeginRecord();
  record_->load_balancer_arn = listener.load_balancer->arn;
  record_->log_group = listener.load_balancer->attributes.access_log_group;
  record_->load_balancer = listener.resource_id;
  fmt::format_to(std::back_inserter(record_->client), FMT_COMPILE("{}:{}"), client_address_, client_port_);
  record_->connection_trace_id = trace_id_;
  record_->request_creation_time = shared_.clock.Now().milliseconds * 1000;
  const bool secure = !secure_listener_arn_.empty();
  if (secure) {
    record_->type = "https";
    record_->ssl_cipher = handshake_.cipher;
    record_->ssl_protocol = handshake_.protocol;
    if (handshake_.name_covered) record_->domain_name = handshake_.server_name;
    record_->chosen_cert_arn = handshake_.reused ? "session-reused" : certificate_arn_;
  }
  if (head == nullptr) {
    record_->request = secure ? "- https://-:-- -" : "- http://-:-- -";
    return;
  }
  if (AsksForWebSocket(*head)) record_->type = secure ? "wss" : "ws";
  fmt::format_to(std::back_inserter(record_->request), FMT_COMPILE("{} {}://{}:{}{}{}{} HTTP/{}.{}"), head->method,
                 secure ? "https" : "http", HostWithoutPort(head->host), listener_port_, head->path,
                 head->has_query ? "?" : "", head->query, head->version / 10, head->version % 10);
  record_->user_agent = head->Value(FieldName::kUserAgent);
  record_->trace_id = head->Value(FieldName::kXAmznTraceId);
}

void ClientConnection::EndRecord(int status, std::uint64_t sent) {
  if (!record_) return;
  record_->elb_status_code = status;
  record_->sent_bytes = static_cast<std::int64_t>(sent);
  record_->received_bytes += static_cast<std::int64_t>(body_begun_ ? upload_result_.bytes : head_.content_length);
  record_->time = shared_.clock.Now().milliseconds * 1000;
  worker_.EndRecord(std::move(record_));
}

}  // namespace drydock::loadbalancer
