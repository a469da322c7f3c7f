// Boost.Asio as the data plane uses it: coroutines, and one executor type throughout (the polymorphic executor costs a
// virtual call per operation). For the .cpp files that do I/O; no public header includes this.
#pragma once

#include <utility>  // Boost 1.74's Asio needs std::exchange and does not include it

#if defined(__SANITIZE_THREAD__)
#define BOOST_ASIO_DISABLE_FENCED_BLOCK  // the thread sanitizer does not know fences, and g++ warns of each
#endif

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <memory>
#include <string_view>

namespace drydock::loadbalancer {

namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;

using Executor = net::io_context::executor_type;
using Socket = net::basic_stream_socket<tcp, Executor>;
using Acceptor = net::basic_socket_acceptor<tcp, Executor>;
using SteadyClock = std::chrono::steady_clock;
using Timer = net::basic_waitable_timer<SteadyClock, net::wait_traits<SteadyClock>, Executor>;
template <class T>
using Async = net::awaitable<T, Executor>;

// The token for awaiting an operation whose error goes to `error` instead of being thrown.
inline auto Into(error_code& error) {
  return net::redirect_error(net::use_awaitable_t<Executor>(), error);
}

// Bytes read and not yet used up. Consuming does not move them, so views stay valid until the next Prepare().
class Buffer {
 public:
  std::string_view View() const { return {data_.get() + begin_, end_ - begin_}; }
  std::size_t size() const { return end_ - begin_; }
  void Consume(std::size_t bytes) {
    begin_ += bytes;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  // Room for at least `bytes` more; all that is free.
  net::mutable_buffer Prepare(std::size_t bytes) {
    if (capacity_ - end_ < bytes) MakeRoom(bytes);
    return {data_.get() + end_, capacity_ - end_};
  }
  void Commit(std::size_t bytes) { end_ += bytes; }
  // Gives a large block back once it is empty.
  void Shrink() {
    if (size() == 0 && capacity_ > kKeep) {
      data_.reset();
      begin_ = end_ = capacity_ = 0;
    }
  }

 private:
  static constexpr std::size_t kKeep = 16 * 1024;

  void MakeRoom(std::size_t bytes) {
    const std::size_t held = size();
    if (held + bytes <= capacity_) {
      std::memmove(data_.get(), data_.get() + begin_, held);
    } else {
      std::size_t capacity = std::max<std::size_t>(capacity_, 4096);
      while (capacity < held + bytes) capacity *= 2;
      std::unique_ptr<char[]> data(new char[capacity]);
      if (held > 0) std::memcpy(data.get(), data_.get() + begin_, held);
      data_ = std::move(data);
      capacity_ = capacity;
    }
    begin_ = 0;
    end_ = held;
  }

  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace drydock::loadbalancer
