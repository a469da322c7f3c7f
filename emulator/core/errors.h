// The error that ends a request. Services have their own named errors (handlers/<service>/errors.h) that make these.
#pragma once

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace drydock {

// Code and message are AWS's, as the service writes them on the wire. The HTTP status is decided at the edge, from the
// facts of the service. Members that a modelled error carries beside its message go into `details`.
class ApiError : public std::exception {
 public:
  ApiError(std::string code, std::string message) : code_(std::move(code)), message_(std::move(message)) {}

  // Adds a member of the modelled error (ECR's InvalidLayerPartException: uploadId …).
  ApiError With(std::string name, std::string value) && {
    details_.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
  }

  const std::string& code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::vector<std::pair<std::string, std::string>>& details() const { return details_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string code_;
  std::string message_;
  std::vector<std::pair<std::string, std::string>> details_;
};

}  // namespace drydock
