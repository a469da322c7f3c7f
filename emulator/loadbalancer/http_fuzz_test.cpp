// Drives the fuzzer's entry point with mutations of messages that matter: the same ones in every run.
#include <catch2/catch.hpp>

#include <random>

#include "emulator/loadbalancer/http_fuzz.cpp"

TEST_CASE("mutated messages break nothing") {
  const std::vector<std::string> corpus = {
      "GET /a/b?x=1 HTTP/1.1\r\nHost: www.a.test:80\r\nCookie: AWSALB=AAAA; a=b\r\nX-Amzn-Trace-Id: Root=1-2-3\r\n\r\n",
      "POST http://b.test/p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
      "GET / HTTP/1.0\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nContent_Length: 1\r\n folded\r\n\r\n",
      "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Drydock-Source: eni-1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nSet-Cookie: session=1\r\n\r\nabc",
      "5;ext=1\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\nNEXT",
  };
  const std::vector<std::string> tokens = {"\r\n",
                                           "\n",
                                           "\r",
                                           ":",
                                           " ",
                                           "\t",
                                           ",",
                                           "chunked",
                                           "0",
                                           "%00",
                                           "HTTP/1.1",
                                           "Host: b",
                                           "\r\n\r\n",
                                           "Content-Length: 1\r\n",
                                           "Transfer-Encoding: chunked\r\n",
                                           "\x80",
                                           "ffffffffffffffff"};
  std::mt19937 random(20261125);
  const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random()) % limit; };
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = corpus[below(corpus.size())];
    for (std::size_t changes = 1 + below(4); changes > 0; --changes) {
      const std::size_t at = below(bytes.size() + 1);
      switch (below(4)) {
        case 0:
          bytes.insert(at, tokens[below(tokens.size())]);
          break;
        case 1:
          bytes.erase(at, 1 + below(6));
          break;
        case 2:
          if (at < bytes.size()) bytes[at] = static_cast<char>(below(256));
          break;
        default:
          bytes.insert(at, bytes.substr(below(bytes.size() + 1), below(40)));
          break;
      }
    }
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
  SUCCEED();
}
