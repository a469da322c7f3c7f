// The API port: HTTP/1.1 by cpp-httplib, one thread per connection. The only file that knows the library is server.cpp.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "emulator/http/message.h"

namespace drydock::http {

// The port cannot be opened; what() is one line that says what to do.
class CannotListen : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Server {
 public:
  using Handler = std::function<Response(const Request&)>;  // called from many threads

  // Opens the port (0: any free one) and serves until Stop(). Throws CannotListen.
  Server(const std::string& host, int port, Handler handler);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const;

  // Ends requests that are under way, closes idle connections, joins all threads.
  void Stop();

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace drydock::http
