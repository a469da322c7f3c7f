// TLS towards clients: certificates chosen by the name a client asks for (SNI), protocols and ciphers by the listener's
// security policy.
// Source: Application Load Balancer guide, "SSL certificates for your Application Load Balancer".
#pragma once

#include <string>
#include <string_view>

#include "emulator/loadbalancer/routing.h"
#include "emulator/loadbalancer/stream.h"

namespace drydock::loadbalancer {

// A certificate with its key, ready for handshakes. Immutable, so any thread may use it.
class CertificateContext {
 public:
  // Throws std::exception when it cannot be used: no certificate, or a key that is another one's.
  explicit CertificateContext(const Certificate& certificate);
  SSL_CTX* handle() const { return context_.native_handle(); }

 private:
  mutable net::ssl::context context_;
};

// Whether a certificate's name covers a host: "*.a.test" covers "b.a.test" and neither "a.test" nor "c.b.a.test".
bool NameCovers(std::string_view name, std::string_view host);

// A listener's certificate for the name that a client asks for; the first, which is the default, when none covers it.
// nullptr when the listener has none that can be used.
const RoutedCertificate* ChooseCertificate(const RoutedListener& listener, std::string_view server_name);

// What came of a client's hello.
struct Handshake {
  const RoutedListener* listener = nullptr;
  const RoutedCertificate* certificate = nullptr;
  std::string server_name;  // as asked for; may be empty
  bool name_covered = false;
  bool reused = false;  // an earlier session
  std::string protocol;
  std::string cipher;
};

// Does the handshake of a connection that arrived at `port` and `local_address`. False when it failed; the connection
// is of no use then. The caller sets the time limit.
class TlsServer {
 public:
  TlsServer();
  Async<bool> Accept(Stream& stream, const Routing& routing, int port, std::string_view local_address,
                     Handshake& handshake);

 private:
  net::ssl::context hello_;  // until the client has said what it wants
};

// Towards targets: any certificate will do (guide, "Target groups", "Routing configuration": targets' certificates are
// not validated).
net::ssl::context& TargetTlsContext();

}  // namespace drydock::loadbalancer
