// A connection's bytes, plain or within TLS. Only used on its worker's thread.
#pragma once

#include <array>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "emulator/loadbalancer/io.h"

namespace drydock::loadbalancer {

// Models Asio's AsyncReadStream and AsyncWriteStream.
class Stream {
 public:
  using executor_type = Executor;
  using lowest_layer_type = Socket;

  explicit Stream(Socket socket) : socket_(std::move(socket)) {}
  explicit Stream(net::io_context& context) : socket_(context) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  executor_type get_executor() { return socket_.get_executor(); }
  Socket& socket() { return socket_; }
  const Socket& socket() const { return socket_; }

  // From here on the bytes go within TLS. The context must outlive the stream.
  net::ssl::stream<Socket&>& BeginTls(net::ssl::context& context) {
    tls_ = std::make_unique<Tls>(socket_, context);
    return tls_->stream;
  }
  // nullptr when it is plain.
  net::ssl::stream<Socket&>* tls() { return tls_ == nullptr ? nullptr : &tls_->stream; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    if (tls_ == nullptr) return socket_.async_read_some(buffers, std::forward<Token>(token));
    return tls_->stream.async_read_some(buffers, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    if (tls_ == nullptr) return socket_.async_write_some(buffers, std::forward<Token>(token));
    // One record for a head and the body behind it; written separately they would go out as two packets.
    const std::size_t size = net::buffer_copy(net::buffer(tls_->record), buffers);
    return tls_->stream.async_write_some(net::buffer(tls_->record.data(), size), std::forward<Token>(token));
  }

  void Cancel() {
    error_code ignored;
    socket_.cancel(ignored);
  }
  void Close() {
    error_code ignored;
    socket_.close(ignored);
  }
  void FinishSending() {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
  }

 private:
  struct Tls {
    Tls(Socket& socket, net::ssl::context& context) : stream(socket, context) {}
    net::ssl::stream<Socket&> stream;
    std::array<char, 16 * 1024> record;  // TLS's largest
  };

  Socket socket_;
  std::unique_ptr<Tls> tls_;
};

}  // namespace drydock::loadbalancer
