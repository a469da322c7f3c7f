#include "emulator/loadbalancer/tls.h"

#include <openssl/ssl.h>

#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/loadbalancer/ssl_policies.h"

namespace drydock::loadbalancer {

namespace {

// What the callback of a client's hello works on.
struct HelloFacts {
  const Routing& routing;
  int port;
  std::string_view local_address;
  Handshake& handshake;
};

int FactsIndex() {
  static const int kIndex = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return kIndex;
}

// The host in the server_name extension (RFC 6066, 3); empty when there is none.
std::string ServerName(SSL* ssl) {
  const unsigned char* bytes = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &bytes, &size) != 1 || size < 5) return "";
  const std::size_t list = std::size_t{bytes[0]} << 8 | bytes[1];
  const std::size_t name = std::size_t{bytes[3]} << 8 | bytes[4];
  if (list + 2 != size || bytes[2] != TLSEXT_NAMETYPE_host_name || name + 5 > size) return "";
  const std::string_view host(reinterpret_cast<const char*>(bytes) + 5, name);
  // Nothing that a log line or a comparison could trip over.
  const bool plain = std::all_of(host.begin(), host.end(), [](char c) { return c > ' ' && c < 0x7f && c != '"'; });
  return plain ? std::string(host) : "";
}

int VersionOf(const std::string& protocol) {
  if (protocol == "TLSv1") return TLS1_VERSION;
  if (protocol == "TLSv1.1") return TLS1_1_VERSION;
  return protocol == "TLSv1.2" ? TLS1_2_VERSION : TLS1_3_VERSION;
}

bool Apply(SSL* ssl, const SslPolicy& policy) {
  std::vector<std::string> ciphers, suites;
  for (const std::string& cipher : policy.ciphers) (cipher.starts_with("TLS_") ? suites : ciphers).push_back(cipher);
  const int least = VersionOf(policy.protocols.front());
  // The older protocols sign with SHA-1, which OpenSSL's usual security level forbids.
  if (least < TLS1_2_VERSION) SSL_set_security_level(ssl, 0);
  return SSL_set_min_proto_version(ssl, least) == 1 &&
         SSL_set_max_proto_version(ssl, VersionOf(policy.protocols.back())) == 1 &&
         (ciphers.empty() || SSL_set_cipher_list(ssl, drydock::Join(ciphers, ":").c_str()) == 1) &&
         (suites.empty() || SSL_set_ciphersuites(ssl, drydock::Join(suites, ":").c_str()) == 1);
}

int OnClientHello(SSL* ssl, int* alert, void*) {
  auto* const facts = static_cast<HelloFacts*>(SSL_get_ex_data(ssl, FactsIndex()));
  Handshake& handshake = facts->handshake;
  handshake.server_name = ServerName(ssl);
  handshake.listener = facts->routing.FindTlsListener(facts->port, facts->local_address, handshake.server_name);
  *alert = SSL_AD_UNRECOGNIZED_NAME;
  if (handshake.listener == nullptr) return SSL_CLIENT_HELLO_ERROR;
  handshake.certificate = ChooseCertificate(*handshake.listener, handshake.server_name);
  const SslPolicy* const policy = FindSslPolicy(handshake.listener->listener->ssl_policy);
  *alert = SSL_AD_INTERNAL_ERROR;
  if (handshake.certificate == nullptr || policy == nullptr) return SSL_CLIENT_HELLO_ERROR;
  SSL_set_SSL_CTX(ssl,
                  handshake.certificate->context->handle());  // before the policy: it brings a security level along
  if (!Apply(ssl, *policy)) return SSL_CLIENT_HELLO_ERROR;
  const std::vector<std::string>& names = handshake.certificate->certificate->names;
  handshake.name_covered = std::any_of(
      names.begin(), names.end(), [&](const std::string& name) { return NameCovers(name, handshake.server_name); });
  return SSL_CLIENT_HELLO_SUCCESS;
}

// There is HTTP/1.1 only: a client that offers protocols without it is told so.
int ChooseProtocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                   unsigned int in_size, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof kHttp11 - 1, in, in_size) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

void Prepare(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  // Sessions live in the clients' tickets.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(context, ChooseProtocol, nullptr);
  static constexpr unsigned char kSessions[] = "drydock";
  SSL_CTX_set_session_id_context(context, kSessions, sizeof kSessions - 1);
}

}  // namespace

CertificateContext::CertificateContext(const Certificate& certificate) : context_(net::ssl::context::tls_server) {
  Prepare(context_.native_handle());
  const std::string chain = certificate.body + "\n" + certificate.chain;
  context_.use_certificate_chain(net::buffer(chain));
  context_.use_private_key(net::buffer(certificate.private_key), net::ssl::context::pem);
  if (SSL_CTX_check_private_key(context_.native_handle()) != 1)
    throw std::runtime_error("the private key is not the certificate's");
}

bool NameCovers(std::string_view name, std::string_view host) {
  if (host.empty()) return false;
  if (!name.starts_with("*.")) return EqualsIgnoringCase(name, host);
  const std::size_t dot = host.find('.');
  return dot != std::string_view::npos && dot > 0 && EqualsIgnoringCase(name.substr(1), host.substr(dot));
}

const RoutedCertificate* ChooseCertificate(const RoutedListener& listener, std::string_view server_name) {
  const RoutedCertificate* fallback = nullptr;
  for (const RoutedCertificate& one : listener.certificates) {
    if (one.context == nullptr) continue;
    if (fallback == nullptr) fallback = &one;
    for (const std::string& name : one.certificate->names) {
      if (NameCovers(name, server_name)) return &one;
    }
  }
  return fallback;
}

TlsServer::TlsServer() : hello_(net::ssl::context::tls_server) {
  SSL_CTX* const context = hello_.native_handle();
  Prepare(context);
  SSL_CTX_set_security_level(context, 0);  // the policy decides
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  SSL_CTX_set_client_hello_cb(context, OnClientHello, nullptr);
}

Async<bool> TlsServer::Accept(Stream& stream, const Routing& routing, int port, std::string_view local_address,
                              Handshake& handshake) {
  HelloFacts facts{routing, port, local_address, handshake};
  auto& tls = stream.BeginTls(hello_);
  SSL* const ssl = tls.native_handle();
  SSL_set_ex_data(ssl, FactsIndex(), &facts);
  error_code error;
  co_await tls.async_handshake(net::ssl::stream_base::server, Into(error));
  SSL_set_ex_data(ssl, FactsIndex(), nullptr);
  if (error) co_return false;
  handshake.reused = SSL_session_reused(ssl) == 1;
  handshake.protocol = SSL_get_version(ssl);
  handshake.cipher = SSL_get_cipher_name(ssl);
  co_return true;
}

net::ssl::context& TargetTlsContext() {
  static net::ssl::context context = [] {
    net::ssl::context made(net::ssl::context::tls_client);
    made.set_verify_mode(net::ssl::verify_none);
    SSL_CTX_set_mode(made.native_handle(), SSL_MODE_RELEASE_BUFFERS);
    return made;
  }();
  return context;
}

}  // namespace drydock::loadbalancer
