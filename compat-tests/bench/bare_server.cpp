// The peer of the API port in the bench: cpp-httplib, set up as platform experience says, answering fixed bytes.
//   bare_server <port> <file with the body>
#include <httplib.h>
#include <sys/socket.h>

#include <fstream>
#include <iterator>
#include <thread>

namespace {
class ThreadPerConnection : public httplib::TaskQueue {
 public:
  void enqueue(std::function<void()> serve) override { std::thread(std::move(serve)).detach(); }
  void shutdown() override {}
};
}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::ifstream file(argv[2], std::ios::binary);
  const std::string body((std::istreambuf_iterator<char>(file)), {});
  httplib::Server server;
  server.new_task_queue = [] { return new ThreadPerConnection; };
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1'000'000'000);
  int fd = -1;
  server.set_socket_options([&](int listening) {
    const int yes = 1;
    ::setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    fd = listening;
  });
  server.Post("/", [&](const httplib::Request&, httplib::Response& answer, const httplib::ContentReader& reader) {
    reader([](const char*, size_t) { return true; });
    answer.set_content(body, "text/xml;charset=UTF-8");
  });
  if (!server.bind_to_port("127.0.0.1", std::atoi(argv[1]))) return 1;
  ::listen(fd, 1024);
  return server.listen_after_bind() ? 0 : 1;
}
