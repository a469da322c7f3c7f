// Filter patterns of CloudWatch Logs.
// CloudWatch Logs User Guide, "Filter pattern syntax for metric filters, subscription filters, filter log events, and
// Live Tail"; aws-facts G.4.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace drydock::logs {

class FilterPattern {
 public:
  // Throws InvalidParameterException for what is no pattern.
  static FilterPattern Parse(std::string_view pattern);

  // Thread-safe.
  bool Matches(std::string_view message) const { return !condition_ || condition_->Holds(message); }

  // What a message must be like; one class for each of the three kinds of patterns.
  class Condition {
   public:
    virtual ~Condition() = default;
    virtual bool Holds(std::string_view message) const = 0;
  };

 private:
  std::shared_ptr<const Condition> condition_;  // null: any message
};

}  // namespace drydock::logs
