// A small client of a running Drydock's own pages, /_drydock/*, for the subcommands that ask it something.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace drydock::http {

// Nothing answers, or something that is no Drydock; what() is one line that says where and what to do.
class CannotAsk : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Answer {
  int status = 0;
  std::string body;  // JSON
  bool ok() const { return status >= 200 && status < 300; }
};

// `given` when it is not empty, or else $DRYDOCK_ENDPOINT, $AWS_ENDPOINT_URL, http://127.0.0.1:4566.
std::string EndpointOrDefault(const std::string& given);

class Client {
 public:
  using Parameters = std::vector<std::pair<std::string, std::string>>;

  // Throws CannotAsk when the endpoint is no http://host[:port].
  explicit Client(const std::string& endpoint);

  // Both throw CannotAsk; an answer with an error's status is an answer. Parameters are given as they are and
  // percent-encoded here.
  Answer Get(const std::string& path, const Parameters& parameters = {}) const;
  Answer Post(const std::string& path, const std::string& json) const;

  // "{"message": …}" as the pages send it with an error, or the body when it is something else.
  static std::string MessageOf(const Answer& answer);

 private:
  const std::string endpoint_;  // without a slash at the end
};

}  // namespace drydock::http
