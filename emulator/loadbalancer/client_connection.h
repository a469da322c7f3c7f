// One client's connection: requests in, each judged, matched to a rule, and answered or forwarded.
// Only used on its worker's thread.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "emulator/loadbalancer/access_log.h"
#include "emulator/loadbalancer/http_message.h"
#include "emulator/loadbalancer/io.h"
#include "emulator/loadbalancer/relay.h"
#include "emulator/loadbalancer/responses.h"
#include "emulator/loadbalancer/stream.h"
#include "emulator/loadbalancer/tls.h"
#include "emulator/loadbalancer/transforms.h"
#include "emulator/loadbalancer/worker.h"

namespace drydock::loadbalancer {

class ClientConnection : public Watched {
 public:
  ClientConnection(Worker& worker, Socket socket, int listener_port, std::string local_address,
                   Introduction introduction);
  ~ClientConnection() override;
  ClientConnection(const ClientConnection&) = delete;
  ClientConnection& operator=(const ClientConnection&) = delete;

  // Serves one request after the other until the connection ends.
  Async<void> Run();
  void Expire() override;
  // The target's deregistration delay is over, or the client has left.
  bool IsGone() override { return TargetIsGone() || ClientIsGone(); }

 private:
  enum class Next {
    kRequest,      // the connection stays open for another
    kClose,        // at once
    kCloseGently,  // the client may still be sending: let it read the answer first
  };

  // Why there is no answer of a target's to pass on; the number is the status the client gets.
  enum class Failure {
    kNone = 0,
    kRetry = 1,
    kBadRequest = 400,
    kRequestTimeout = 408,
    kClientGone = 460,
    kBadGateway = 502,
    kTimeout = 504,
  };

  // --- client_connection.cpp: requests, and the load balancer's own answers

  // On a port with an HTTPS listener: the handshake, where the client begins one. False: the connection is over.
  Async<bool> BeginTls();
  bool TargetIsGone() const { return upstream_ != nullptr && upstream_->target->deregistered; }
  // It closed its connection, or its half of it, and has been waiting for the target's answer for a while.
  bool ClientIsGone();
  // The listener for the present request.
  const RoutedListener* FindListener(const Routing& routing, std::string_view host, bool& ambiguous) const;

  // Reads until a whole head is there and gives its size, 0 when there is none: then `next` says what to do.
  Async<std::size_t> ReadHead(Next& next);
  // Answers a request whose head is unusable; which load balancer's it is may be unknown.
  Async<Next> RefuseHead(int status);
  Async<Next> ServeRequest();

  // Judges source_ and sets client_address_.
  bool Admitted(const RoutedListener& listener);
  // What a client sees that the network does not admit: nothing.
  Async<Next> Block();
  // Reads and throws away until the client closes or the time is over.
  Async<void> Discard(SteadyClock::duration time);
  Async<void> CloseGently();

  Async<Next> AnswerError(const RoutedListener* listener, int status);
  Async<Next> AnswerUnknownHost(const Routing& routing);
  Async<Next> Answer(const RoutedListener* listener, OwnResponse response);

  // The access log's record of the present request; without a sink there is none.
  void BeginRecord(const RoutedListener& listener, const RequestHead* head);
  void EndRecord(int status, std::uint64_t sent);

  // --- client_forwarding.cpp: requests that a target answers

  Async<Next> HandleForward(const Routing& routing, const RoutedListener& listener, const Forward& forward,
                            const Transforms* transforms);
  const RoutedGroup* ChooseGroup(const Routing& routing, const RoutedListener& listener, const Forward& forward);
  // The target that a cookie of the request binds it to, while that is healthy.
  const RoutedTarget* BoundTarget(const RoutedGroup& group);
  // Writes the stickiness cookies of the response into cookies_ and application_cookie_.
  void PrepareCookies(const RoutedListener& listener, const RoutedGroup& group, const RoutedTarget& target,
                      const Forward& forward);
  const Node& NodeOf(const LoadBalancer& load_balancer) const { return NodeAt(load_balancer, node_index_); }
  // Writes the head for the target into request_; the client's head is not needed afterwards.
  void PrepareRequest(const RoutedListener& listener);
  // Puts a connection to the target into upstream_; `fresh`: not one that was used before.
  Async<Failure> Connect(const RoutedListener& listener, const RoutedGroup& group, const RoutedTarget& target,
                         bool fresh);
  // A connection attempt that the network swallows.
  Async<Failure> WaitInVain();
  // Sends the request, passes the response on. kNone: the client has been answered and `next` is set.
  Async<Failure> Exchange(const RoutedListener& listener, const RoutedGroup& group, Next& next);
  Async<void> Upload();
  // Reads the target's head into response_ and upstream_->buffer; interim responses are read past.
  Async<Failure> ReadResponseHead();
  // What the failure of an operation on the target's side means.
  Failure AfterFailure();
  Async<Failure> SendResponse(const RoutedListener& listener, const RoutedGroup& group, Next& next);
  // Both directions of an upgraded connection, until either side ends it. Returns the bytes sent to the client.
  Async<std::uint64_t> Tunnel();
  Async<void> TunnelUp();
  Async<void> WaitForUpload();

  Worker& worker_;
  Shared& shared_;
  Stream stream_;
  Buffer buffer_;
  Timer upload_ended_;
  const int listener_port_;
  const std::string local_address_;
  const Introduction introduction_;
  const SteadyClock::time_point opened_ = SteadyClock::now();
  int client_port_ = 0;
  std::size_t node_index_ = 0;  // a connection arrives at one node and stays there
  SteadyClock::duration patience_ = std::chrono::seconds(60);
  bool expired_ = false;
  error_code ignored_;
  Handshake handshake_;              // its pointers are good during the handshake only
  std::string secure_listener_arn_;  // whose handshake it was; empty: plain HTTP
  std::string certificate_arn_;      // with which certificate
  std::string trace_id_;             // the connection's in the access log

  // Of the present request.
  RequestHead head_;
  ResponseHead response_;
  std::size_t head_size_ = 0;
  std::string source_;              // as named: an address, a network interface or a task
  std::string client_address_;      // as the network knows it
  std::string request_;             // bytes for the target
  std::string reply_;               // bytes for the client
  std::string cookies_;             // Set-Cookie fields for the client
  std::string application_cookie_;  // one that goes with the application's own
  bool application_bound_ = false;  // the request came with both
  bool close_upstream_ = false;     // by the desync mitigation mode
  Transforms::Result rewritten_;
  std::vector<std::pair<std::string, std::string>> tls_fields_;  // for the target
  bool to_head_request_ = false;
  bool expects_continue_ = false;
  bool websocket_ = false;
  bool upgraded_ = false;
  bool repeatable_ = false;
  bool body_begun_ = false;  // part of the body may have been read from the client
  bool uploading_ = false;   // Upload() or TunnelUp() is under way
  RelayResult upload_result_;
  SteadyClock::time_point awaiting_since_ = SteadyClock::time_point::max();  // the head of the target's answer
  std::unique_ptr<Upstream> upstream_;
  std::unique_ptr<AccessLogRecord> record_;
  SteadyClock::time_point request_begin_;
};

}  // namespace drydock::loadbalancer
