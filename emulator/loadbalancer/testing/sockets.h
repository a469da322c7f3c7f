// Plain blocking sockets for tests: a client, and a target that follows a script. Every wait has a deadline.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace drydock::loadbalancer::testing {

inline constexpr int kDeadlineSeconds = 20;

struct Message {
  int status = 0;  // of a response
  std::string head;
  std::string body;  // without chunked coding

  // The value of a header field, "" when absent.
  std::string Value(const std::string& name) const {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const std::size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
};

class Connection {
 public:
  explicit Connection(int fd) : fd_(fd) {
    const timeval deadline{kDeadlineSeconds, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline);
    const int one = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  }
  Connection(const std::string& address, int port) : Connection(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    ::inet_pton(AF_INET, address.c_str(), &to.sin_addr);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
      // Made, and reset before this thread was told of it.
      if (errno == ECONNRESET || errno == ECONNABORTED) {
        reset_ = true;
        return;
      }
      throw std::runtime_error("cannot connect to " + address + ":" + std::to_string(port));
    }
  }
  ~Connection() { Close(); }
  Connection(Connection&& other) noexcept : fd_(std::exchange(other.fd_, -1)), held_(std::move(other.held_)) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // False when the other side is gone. The kernel tells of a reset once only, to whichever call comes first.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == ECONNRESET) reset_ = true;
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Reads more into held(); false at the end, throws at the deadline.
  bool Receive() {
    char bytes[16 * 1024];
    const auto received = ::recv(fd_, bytes, sizeof bytes, 0);
    if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) throw std::runtime_error("nothing came in time");
    if (received < 0) reset_ = true;
    if (received <= 0) return false;
    held_.append(bytes, static_cast<std::size_t>(received));
    return true;
  }

  std::string ReadUntil(const std::string& end) {
    std::size_t at;
    while ((at = held_.find(end)) == std::string::npos) {
      if (!Receive()) throw std::runtime_error("closed after: " + held_);
    }
    return Take(at + end.size());
  }
  std::string Read(std::size_t bytes) {
    while (held_.size() < bytes) {
      if (!Receive()) throw std::runtime_error("closed after " + std::to_string(held_.size()) + " bytes");
    }
    return Take(bytes);
  }
  std::string ReadToEnd() {
    while (Receive()) {
    }
    return Take(held_.size());
  }

  // A whole request or response. `bodiless`: the answer to HEAD.
  Message ReadMessage(bool bodiless = false) {
    Message message;
    message.head = ReadUntil("\r\n\r\n");
    if (message.head.starts_with("HTTP/")) message.status = std::stoi(message.head.substr(9, 3));
    if (bodiless) return message;
    if (message.Value("Transfer-Encoding") == "chunked") {
      while (true) {
        const std::size_t size = std::stoul(ReadUntil("\r\n"), nullptr, 16);
        message.body += Read(size);
        if (size == 0) break;
        ReadUntil("\r\n");
      }
      ReadUntil("\r\n");
    } else if (const std::string length = message.Value("Content-Length"); !length.empty()) {
      message.body = Read(std::stoul(length));
    } else if (message.status != 0 && message.status != 101 && message.Value("Connection") == "close") {
      message.body = ReadToEnd();
    }
    return message;
  }

  // Sends and reads the response.
  Message Ask(const std::string& request) {
    Send(request);
    return ReadMessage(request.starts_with("HEAD "));
  }

  void FinishSending() { ::shutdown(fd_, SHUT_WR); }
  void Close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void Reset() {
    const linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    Close();
  }
  bool was_reset() const { return reset_; }
  int fd() const { return fd_; }

 private:
  std::string Take(std::size_t bytes) {
    std::string taken = held_.substr(0, bytes);
    held_.erase(0, bytes);
    return taken;
  }

  int fd_;
  std::string held_;
  bool reset_ = false;
};

// A server on a port of its own that runs `script` for each connection, each on its own thread.
class Server {
 public:
  using Script = std::function<void(Connection&)>;

  explicit Server(Script script) : script_(std::move(script)) {
    listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listening_, reinterpret_cast<const sockaddr*>(&any), sizeof any);
    ::listen(listening_, 128);
    socklen_t size = sizeof any;
    ::getsockname(listening_, reinterpret_cast<sockaddr*>(&any), &size);
    port_ = ntohs(any.sin_port);
    accepting_ = std::thread([this] { Accept(); });
  }
  ~Server() {
    ::shutdown(listening_, SHUT_RDWR);
    accepting_.join();
    ::close(listening_);
    {
      std::lock_guard lock(mutex_);
      for (Served& served : served_) ::shutdown(served.connection.fd(), SHUT_RDWR);
    }
    for (Served& served : served_) served.thread.join();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const { return port_; }
  int connections() const { return connections_; }

 private:
  struct Served {
    explicit Served(int fd) : connection(fd) {}
    Connection connection;
    std::thread thread;
  };

  void Accept() {
    while (true) {
      const int fd = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      ++connections_;
      std::lock_guard lock(mutex_);
      Served& served = served_.emplace_back(fd);
      served.thread = std::thread([this, &served] {
        try {
          script_(served.connection);
        } catch (const std::exception&) {
          // The other side left: the end of the script.
        }
        ::shutdown(served.connection.fd(), SHUT_RDWR);
      });
    }
  }

  Script script_;
  int listening_ = -1;
  int port_ = 0;
  std::atomic<int> connections_{0};
  std::mutex mutex_;
  std::list<Served> served_;  // guarded by mutex_
  std::thread accepting_;
};

// A port that nothing listens on, from below the ephemeral range so that no connection takes it meanwhile. Tests that
// run at the same time have process ids close to each other: each takes from a block of its own.
inline int FreePort() {
  constexpr int kBlock = 200;
  static std::atomic<int> next{20000 + static_cast<int>(::getpid() % 60) * kBlock};
  while (true) {
    const int port = next++;
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool is_free = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    if (is_free) return port;
  }
}

}  // namespace drydock::loadbalancer::testing
