#include "handlers/ec2/resources.h"

#include "handlers/ec2/errors.h"

namespace drydock::ec2 {

bool HasIdSyntax(const ResourceKind& kind, const std::string& id) {
  const std::string start = std::string(kind.prefix) + "-";
  if (id.rfind(start, 0) != 0) return false;
  const std::string digits = id.substr(start.size());
  return (digits.size() == 8 || digits.size() == 17) &&
         digits.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// aws-facts B.1: `Invalid id: "…"` was seen; the longer form for another prefix is unconfirmed.
ApiError MalformedId(const ResourceKind& kind, const std::string& id) {
  if (std::string(kind.malformed) == kind.not_found) return NotFound(kind, id);
  const std::string start = std::string(kind.prefix) + "-";
  if (id.rfind(start, 0) == 0) return {kind.malformed, fmt::format("Invalid id: \"{}\"", id)};
  return {kind.malformed, fmt::format("Invalid id: \"{}\" (expecting \"{}...\")", id, start)};
}

}  // namespace drydock::ec2
