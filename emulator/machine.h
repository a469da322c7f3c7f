// The machine that AWS runs on, put together: store, engines, handlers' timers, data planes. Everything but the port.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/core/clock.h"
#include "emulator/http/message.h"
#include "emulator/loadbalancer/data_plane.h"
#include "emulator/options.h"

namespace drydock {

// Thread-safe. Building it opens the data folder and resumes what ran; it throws store::Error when that fails.
class Machine {
 public:
  // `endpoint` is where the API answers, as told to those who ask (repository URIs, queue URLs …).
  Machine(const Options& options, std::string endpoint);
  ~Machine();

  // The API and the registry protocol.
  http::Response Handle(const http::Request& request);

  Clock& clock();
  std::vector<loadbalancer::ListeningEndpoint> Endpoints() const;
  // world::NetworkQuestions::Explain for `from`, `to` and `protocol`.
  std::string Explain(const std::map<std::string, std::string>& question) const;
  // iam::ExplainDecisions (page "explain") and iam::SuggestRolePolicy ("suggest"), with `account` and `region`.
  std::string AskPolicy(const std::string& page, const std::map<std::string, std::string>& question);
  // The latest access log lines of a load balancer, oldest first; nullopt when there is none of this name or ARN.
  std::optional<std::vector<std::string>> AccessLog(const std::string& load_balancer, std::size_t limit);
  std::string CertificateAuthority();  // of ACM's requested certificates, PEM
  // Keeps the keys of an issuer of web identity tokens; what is wrong with the text, if anything.
  std::optional<std::string> PutWebIdentityKeys(const std::string& json);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace drydock
