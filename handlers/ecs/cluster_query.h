// The cluster query language: which container instances an expression selects. Pure. ECS developer guide, "Create
// expressions to define container instances for Amazon ECS tasks" (cluster query language).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace drydock::ecs {

class ClusterQuery {
 public:
  // Throws InvalidParameterException for anything that is no expression.
  explicit ClusterQuery(std::string_view expression);

  // The value of a subject ("agentVersion", "attribute:stack"); nullopt where the instance has none.
  using Subjects = std::function<std::optional<std::string>(const std::string& subject)>;
  bool Selects(const Subjects& subjects) const { return condition_(subjects); }

  // What an expression comes down to.
  using Condition = std::function<bool(const Subjects&)>;

 private:
  Condition condition_;
};

}  // namespace drydock::ecs
