// The error that ends a request. Services have their own named errors (handlers/<service>/errors.h) that make these.
#pragma once

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace drydock {

// Code and message are AWS's, as the service writes them on the wire. The HTTP status is decided at the edge, from the
// facts of the service, and so are the types of the members that a modelled error carries beside its message: here they
// are text.
class ApiError : public std::exception {
 public:
  using Details = std::vector<std::pair<std::string, std::vector<std::string>>>;

  ApiError(std::string code, std::string message) : code_(std::move(code)), message_(std::move(message)) {}

  // Adds a member of the modelled error (ECR's InvalidLayerPartException: uploadId …), or one more item to a list.
  ApiError With(const std::string& name, std::string value) && {
    auto member = details_.begin();
    while (member != details_.end() && member->first != name) ++member;
    if (member == details_.end()) member = details_.insert(member, {name, {}});
    member->second.push_back(std::move(value));
    return std::move(*this);
  }

  const std::string& code() const { return code_; }
  const std::string& message() const { return message_; }
  const Details& details() const { return details_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string code_;
  std::string message_;
  Details details_;
};

}  // namespace drydock
