// Certificates for tests of TLS, made with OpenSSL in a moment.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <csignal>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "emulator/loadbalancer/configuration.h"
#include "emulator/loadbalancer/testing/sockets.h"

namespace drydock::loadbalancer::testing {

inline std::string TextOf(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return std::string(bytes, static_cast<std::size_t>(size));
}

// Self-signed, for the name.
inline Certificate MakeCertificate(const std::string& name) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* const subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate.get(), subject);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const std::unique_ptr<BIO, decltype(&BIO_free)> body(BIO_new(BIO_s_mem()), BIO_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> private_key(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_X509(body.get(), certificate.get());
  PEM_write_bio_PrivateKey(private_key.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {"arn:aws:acm:us-east-1:000000000000:certificate/" + name,
          {name},
          TextOf(body.get()),
          "",
          TextOf(private_key.get())};
}

// A client within TLS.
class TlsConnection {
 public:
  struct Options {
    std::string server_name = {};
    int version = 0;            // TLS1_2_VERSION …; 0: any
    std::string protocol = {};  // to offer by ALPN, as on the wire: "\x02h2"
  };

  TlsConnection(const std::string& address, int port, const Options& options)
      : connection_(address, port), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
    ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes also where the other side has gone
    SSL_CTX_set_security_level(context_.get(), 0);
    if (options.version != 0) {
      SSL_CTX_set_min_proto_version(context_.get(), options.version);
      SSL_CTX_set_max_proto_version(context_.get(), options.version);
    }
    ssl_.reset(SSL_new(context_.get()));
    if (!options.server_name.empty()) SSL_set_tlsext_host_name(ssl_.get(), options.server_name.c_str());
    if (!options.protocol.empty()) {
      SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(options.protocol.data()),
                          static_cast<unsigned int>(options.protocol.size()));
    }
    SSL_set_fd(ssl_.get(), connection_.fd());
    connected_ = SSL_connect(ssl_.get()) == 1;
  }

  bool connected() const { return connected_; }
  std::string version() const { return SSL_get_version(ssl_.get()); }
  // The common name of the certificate that was presented.
  std::string presented() const {
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(ssl_.get()), X509_free);
    if (certificate == nullptr) return "";
    char name[256] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name, sizeof name);
    return name;
  }

  void Send(const std::string& bytes) { SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())); }
  // A response with a Content-Length.
  Message Ask(const std::string& request) {
    Send(request);
    Message message;
    while (held_.find("\r\n\r\n") == std::string::npos) Receive();
    const std::size_t end = held_.find("\r\n\r\n") + 4;
    message.head = held_.substr(0, end);
    message.status = std::stoi(message.head.substr(9, 3));
    const std::size_t length = std::stoul("0" + message.Value("Content-Length"));
    while (held_.size() < end + length) Receive();
    message.body = held_.substr(end, length);
    held_.erase(0, end + length);
    return message;
  }

 private:
  void Receive() {
    char bytes[16 * 1024];
    const int received = SSL_read(ssl_.get(), bytes, sizeof bytes);
    if (received <= 0) throw std::runtime_error("closed after: " + held_);
    held_.append(bytes, static_cast<std::size_t>(received));
  }

  Connection connection_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
  bool connected_ = false;
  std::string held_;
};

}  // namespace drydock::loadbalancer::testing
