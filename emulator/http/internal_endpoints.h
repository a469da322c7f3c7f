// What is about the emulator itself rather than about AWS: /_drydock/* and the pages that existing wait scripts ask.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/clock.h"
#include "emulator/http/message.h"
#include "emulator/loadbalancer/data_plane.h"

namespace drydock::http {

class InternalEndpoints {
 public:
  struct Facts {
    std::string version;
    std::string endpoint;
    std::string default_account;
    std::string data;  // the folder, or "memory"
    bool strict_auth = false;
  };
  struct Actions {
    std::function<Clock&()> clock;
    std::function<std::vector<loadbalancer::ListeningEndpoint>()> endpoints;
    std::function<void()> reset;                         // forgets everything
    std::function<std::string()> certificate_authority;  // PEM
    // Keeps the keys of an issuer of web identity tokens; what is wrong with the text, if anything.
    std::function<std::optional<std::string>(const std::string&)> web_identity_keys;
    // The query's parameters to the JSON of an explained path; throws std::runtime_error for what cannot be asked.
    std::function<std::string(const std::map<std::string, std::string>&)> explain;
    // The same for /_drydock/policy/<page>: explain, suggest.
    std::function<std::string(const std::string& page, const std::map<std::string, std::string>&)> policy;
    // The latest access log lines of a load balancer by name or ARN; nullopt when there is none.
    std::function<std::optional<std::vector<std::string>>(const std::string& load_balancer, std::size_t limit)>
        access_log;
  };
  InternalEndpoints(Facts facts, Actions actions) : facts_(std::move(facts)), actions_(std::move(actions)) {}

  // nullopt when the path is none of these pages:
  //   GET  /_drydock/health           what runs, and how
  //   POST /_drydock/reset            all accounts as new
  //   GET  /_drydock/endpoints        the URLs of the load balancers' listeners
  //   GET  /_drydock/ca               the certificate of the local authority that signs requested ones, PEM
  //   GET  /_drydock/explain          ?from=&to=<end>:<port>[&protocol=tcp]: a path through the network
  //   GET  /_drydock/policy/explain   ?principal=&action=&resource= or ?event=: which statement decides
  //   GET  /_drydock/policy/suggest   ?role=: the policy that the role's recorded calls needed
  //   POST /_drydock/web-identity-keys  {"issuer": "https://…", "keys": [a JSON Web Key, …]}: what
  //                                   AssumeRoleWithWebIdentity checks tokens of that issuer with
  //   GET  /_drydock/access-log       ?load_balancer=<name or ARN>&limit=<1-1000>: its latest access log lines
  //   GET  /_drydock/clock            the time
  //   POST /_drydock/clock            {"advance": seconds}; needs --manual-clock
  //   GET  /_localstack/health, /_localstack/init[/ready], /boot, /start, /shutdown
  std::optional<Response> Handle(const Request& request) const;

 private:
  struct Page {
    std::string_view method, path;
    Response (InternalEndpoints::*answer)(const Request&) const;
  };
  static const std::vector<Page>& Pages();

  Response Health(const Request&) const;
  Response Reset(const Request&) const;
  Response LocalStackHealth(const Request&) const;
  Response LocalStackInit(const Request&) const;
  Response LocalStackStage(const Request& request) const;
  Response Endpoints(const Request&) const;
  Response CertificateAuthority(const Request&) const;
  Response KeepWebIdentityKeys(const Request& request) const;
  Response AccessLog(const Request& request) const;
  Response ReadClock(const Request&) const;
  Response MoveClock(const Request& request) const;
  Response Explain(const Request& request) const;
  Response ExplainPolicy(const Request& request) const;
  Response SuggestPolicy(const Request& request) const;
  Response AskPolicy(const std::string& page, const std::map<std::string, std::string>& parameters) const;

  const Facts facts_;
  const Actions actions_;
};

}  // namespace drydock::http
