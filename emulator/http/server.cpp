#include "emulator/http/server.h"

#include <httplib.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <condition_variable>
#include <fstream>
#include <list>
#include <mutex>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "emulator/core/text.h"

namespace drydock::http {

namespace {

constexpr int kIdleSeconds = 75;      // how long a kept-alive connection may say nothing
constexpr int kTransferSeconds = 30;  // how long a client may stall within a request or answer
constexpr std::size_t kMaximumConnections = 4096;
constexpr int kBacklog = 1024;
constexpr std::size_t kWrittenTogether = 16384;
constexpr char kTlsHandshake = 0x16;

// A connection's bytes, read ahead and written together: the library asks for single bytes while it reads the head of a
// request, and writes the head of an answer apart from its body.
class BufferedStream : public httplib::Stream {
 public:
  explicit BufferedStream(int fd) : fd_(fd) {
    const timeval idle{kIdleSeconds, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof idle);
  }

  // Waits for the first byte of the next request; false when the client is gone or idle for too long.
  bool WaitForRequest() { return begin_ < end_ || Fill(); }
  char NextByte() const { return buffer_[begin_]; }
  // Sends what was written and still waits; false when the client does not take it.
  bool Flush() {
    const bool sent = Send(waiting_.data(), waiting_.size());
    waiting_.clear();
    return sent;
  }

  bool is_readable() const override { return begin_ < end_ || Poll(POLLIN, kTransferSeconds); }
  bool is_writable() const override { return Poll(POLLOUT, kTransferSeconds); }
  ssize_t read(char* to, size_t size) override {
    // The client may wait for what was written, "100 Continue" for one, before it sends more.
    if (begin_ == end_ && (!Flush() || !Poll(POLLIN, kTransferSeconds) || !Fill())) return 0;
    const std::size_t count = std::min(size, end_ - begin_);
    std::memcpy(to, buffer_.data() + begin_, count);
    begin_ += count;
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* from, size_t size) override {
    if (waiting_.size() + size <= kWrittenTogether) {
      waiting_.append(from, size);
      return static_cast<ssize_t>(size);
    }
    return Flush() && Send(from, size) ? static_cast<ssize_t>(size) : -1;
  }
  void get_remote_ip_and_port(std::string& ip, int& port) const override { std::tie(ip, port) = remote_; }
  void get_local_ip_and_port(std::string& ip, int& port) const override { std::tie(ip, port) = local_; }
  socket_t socket() const override { return fd_; }

 private:
  bool Poll(short what, int seconds) const {
    pollfd wait{fd_, what, 0};
    int result;
    do result = ::poll(&wait, 1, seconds * 1000);
    while (result < 0 && errno == EINTR);
    return result > 0;
  }
  bool Send(const char* from, std::size_t size) const {
    std::size_t sent = 0;
    while (sent < size) {
      const ssize_t count = ::send(fd_, from + sent, size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count > 0) {
        sent += static_cast<std::size_t>(count);
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        if (!is_writable()) return false;
      } else if (errno != EINTR) {
        return false;
      }
    }
    return true;
  }
  bool Fill() {
    ssize_t count;
    do count = ::recv(fd_, buffer_.data(), buffer_.size(), 0);
    while (count < 0 && errno == EINTR);
    begin_ = 0;
    end_ = count > 0 ? static_cast<std::size_t>(count) : 0;
    return count > 0;
  }
  using Name = std::pair<std::string, int>;  // address and port
  template <class GetName>
  Name NameOf(GetName get_name) const {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    if (get_name(fd_, reinterpret_cast<sockaddr*>(&address), &length) != 0) return {};
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> service{};
    if (::getnameinfo(reinterpret_cast<sockaddr*>(&address), length, host.data(), host.size(), service.data(),
                      service.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
      return {};
    return {host.data(), std::atoi(service.data())};
  }

  const int fd_;
  const Name remote_ = NameOf(&::getpeername), local_ = NameOf(&::getsockname);  // the library asks at each request
  std::array<char, 16384> buffer_{};
  std::size_t begin_ = 0, end_ = 0;
  std::string waiting_;  // to be sent
};

// A thread for each connection: a kept-alive connection occupies its thread, so a pool would let idle clients starve
// the others. Threads that ended are joined as new connections come.
class ThreadPerConnection : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> serve) override {
    std::lock_guard lock(mutex_);
    JoinFinished();
    threads_.push_back(std::make_unique<Worker>());
    Worker& worker = *threads_.back();
    worker.thread = std::thread([&worker, serve = std::move(serve)] {
      serve();
      worker.finished = true;
    });
  }
  void shutdown() override {
    std::list<std::unique_ptr<Worker>> rest;
    {
      std::lock_guard lock(mutex_);
      rest.swap(threads_);
    }
    for (auto& worker : rest) worker->thread.join();
  }

 private:
  struct Worker {
    std::thread thread;
    std::atomic<bool> finished = false;
  };
  void JoinFinished() {
    threads_.remove_if([](const std::unique_ptr<Worker>& worker) {
      if (!worker->finished) return false;
      worker->thread.join();
      return true;
    });
  }
  std::mutex mutex_;
  std::list<std::unique_ptr<Worker>> threads_;  // guarded by mutex_
};

// Where the next request begins is not known, of the connection that this thread serves. The library has no way to say
// so.
thread_local bool unreadable = false;

// RFC 9112, 6.3: a request that announces no body has none. The library would wait for one until the client closes.
bool HasBody(const Request& request) {
  return !request.Header("Content-Length").empty() || !request.Header("Transfer-Encoding").empty();
}

// What to do about a port that cannot be listened on.
std::string WhyNot(const std::string& host, int port, int error) {
  const std::string what = fmt::format("cannot listen on {}:{}", host, port);
  if (error == EADDRINUSE) return what + ": stop what uses that port, or choose another with --port";
  if (error == EACCES) return what + ": the port is for root only, choose another with --port";
  return what + ": choose an address of this machine with --host";
}

Request ToRequest(const httplib::Request& from) {
  Request request;
  request.method = from.method;
  const auto question = from.target.find('?');
  request.path = from.target.substr(0, question);
  if (question != std::string::npos) request.query = from.target.substr(question + 1);
  for (const auto& [name, value] : from.headers)
    if (name != "REMOTE_ADDR" && name != "REMOTE_PORT" && name != "LOCAL_ADDR" &&
        name != "LOCAL_PORT")  // the library's own
      request.headers.emplace_back(name, value);
  request.remote_address = from.remote_addr;
  return request;
}

void SendFile(const FileRange& range, const std::string& content_type, httplib::Response& to) {
  auto file = std::make_shared<std::ifstream>(range.path, std::ios::binary);
  to.set_content_provider(range.length, content_type,
                          [file, begin = range.offset](size_t offset, size_t length, httplib::DataSink& sink) {
                            std::array<char, 65536> piece;
                            file->seekg(static_cast<std::streamoff>(begin + offset));
                            file->read(piece.data(), static_cast<std::streamsize>(std::min(length, piece.size())));
                            if (file->gcount() <= 0) return false;
                            return sink.write(piece.data(), static_cast<size_t>(file->gcount()));
                          });
}

void ToResponse(Response&& from, httplib::Response& to) {
  std::string content_type = "application/octet-stream";
  to.status = from.status;
  for (auto& [name, value] : from.headers) {
    if (name == "Content-Type")
      content_type = value;
    else
      to.headers.emplace(name, value);
  }
  if (from.file) {
    SendFile(*from.file, content_type, to);
  } else if (from.content_length) {  // an answer to HEAD: the library announces the length and asks for nothing
    to.set_content_provider(*from.content_length, content_type,
                            [](size_t, size_t, httplib::DataSink&) { return false; });
  } else if (!from.body.empty()) {
    to.headers.emplace("Content-Type", content_type);
    to.body = std::move(from.body);
  }
}

}  // namespace

class Server::Implementation : public httplib::Server {
 public:
  Implementation(const std::string& host, int port, http::Server::Handler handler) : handler_(std::move(handler)) {
    new_task_queue = [] { return new ThreadPerConnection; };
    set_tcp_nodelay(true);
    set_keep_alive_timeout(kIdleSeconds);  // what answers announce
    set_keep_alive_max_count(std::numeric_limits<size_t>::max());
    set_socket_options(
        [this](socket_t fd) {  // replaces the library's SO_REUSEPORT, which lets two servers share a port
          const int yes = 1;
          ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
          listening_ = fd;
        });
    set_exception_handler([](const httplib::Request&, httplib::Response& to, std::exception_ptr) { to.status = 500; });
    Route();
    if (port == 0) {
      port_ = bind_to_any_port(host);
      if (port_ < 0) throw CannotListen(WhyNot(host, port, 0));
    } else {
      if (!bind_to_port(host, port)) throw CannotListen(WhyNot(host, port, errno));
      port_ = port;
    }
    ::listen(listening_, kBacklog);  // the library asks for 5
    accepting_ = std::thread([this] { listen_after_bind(); });
    while (!is_running()) std::this_thread::yield();
  }

  ~Implementation() override { Stop(); }

  int port() const { return port_; }

  void Stop() {
    if (!accepting_.joinable()) return;
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      for (const int fd : connections_) ::shutdown(fd, SHUT_RD);  // answers under way are still sent
    }
    stop();
    accepting_.join();
  }

 private:
  void Route() {
    // A dot would not match a line feed, which a client may have percent-encoded into its path.
    static constexpr char kEverything[] = R"([\s\S]*)";
    const auto without_body = [this](const httplib::Request& from, httplib::Response& to) { Serve(from, to, nullptr); };
    const auto with_body = [this](const httplib::Request& from, httplib::Response& to,
                                  const httplib::ContentReader& reader) { Serve(from, to, &reader); };
    Get(kEverything, without_body);
    Options(kEverything, without_body);
    Post(kEverything, with_body);
    Put(kEverything, with_body);
    Patch(kEverything, with_body);
    Delete(kEverything, with_body);
  }

  void Serve(const httplib::Request& from, httplib::Response& to, const httplib::ContentReader* reader) {
    Request request = ToRequest(from);
    if (!HasBody(request)) reader = nullptr;
    // The body is taken as it was sent: the library would unpack what is compressed, which is not what was signed, and
    // take multipart forms apart.
    auto& headers = const_cast<httplib::Request&>(from).headers;
    for (const char* about_the_content : {"Content-Type", "Content-Encoding"}) headers.erase(about_the_content);
    bool read = false;
    if (reader) {
      request.read_body = [&](const Request::Receiver& receiver) {
        read = true;
        bool wanted = true;  // what the receiver does not want is read all the same: the next request stands behind it
        const bool complete = (*reader)([&](const char* bytes, size_t length) {
          wanted = wanted && receiver(bytes, length);
          return true;
        });
        if (!complete) unreadable = true;
        return complete && wanted;
      };
    }
    Response response;
    const auto transfer = request.Header("Transfer-Encoding");
    try {
      if (!transfer.empty() && !EqualsIgnoringCase(transfer, "chunked")) {
        unreadable = true;
        response = Response::Json(501, "{\"message\": \"Of transfer codings only chunked is known.\"}\n");
      } else {
        response = handler_(request);
      }
      if (reader && !read && !unreadable) request.read_body([](const char*, size_t) { return true; });
    } catch (const UnreadableBody&) {
      response = Response::Json(400, "{\"message\": \"The body ends early, or its chunks cannot be read.\"}\n");
    }
    if (unreadable) headers.emplace("Connection", "close");  // the library repeats it in the answer
    const_cast<httplib::Request&>(from).ranges.clear();  // ranges are answered behind us; the library would cut again
    ToResponse(std::move(response), to);
  }

  bool process_and_close_socket(socket_t fd) override {
    if (Register(fd)) {
      BufferedStream stream(fd);
      bool closed = false;
      while (!closed && stream.WaitForRequest()) {
        if (stream.NextByte() == kTlsHandshake) break;  // docker tries TLS first and waits for an answer
        unreadable = false;
        const bool served = process_request(stream, false, closed, nullptr);
        if (!stream.Flush() || !served || unreadable) break;
      }
      Unregister(fd);
    }
    ::shutdown(fd, SHUT_RDWR);
    ::close(fd);
    return true;
  }

  bool Register(int fd) {
    const int yes = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    std::lock_guard lock(mutex_);
    if (stopping_ || connections_.size() >= kMaximumConnections) return false;
    connections_.insert(fd);
    return true;
  }
  void Unregister(int fd) {
    std::lock_guard lock(mutex_);
    connections_.erase(fd);
  }

  const http::Server::Handler handler_;
  int listening_ = -1;
  int port_ = 0;
  std::thread accepting_;
  std::mutex mutex_;
  // guarded by mutex_
  std::set<int> connections_;
  bool stopping_ = false;
};

Server::Server(const std::string& host, int port, Handler handler)
    : implementation_(std::make_unique<Implementation>(host, port, std::move(handler))) {}
Server::~Server() = default;
int Server::port() const {
  return implementation_->port();
}
void Server::Stop() {
  implementation_->Stop();
}

}  // namespace drydock::http
