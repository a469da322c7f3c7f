// The services that a VPC endpoint can lead to: AWS's own.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace drydock::ec2 {

struct EndpointService {
  std::string name;              // com.amazonaws.<region>.<service>
  std::string type;              // Gateway, Interface
  std::string dns_name;          // of its own names: <dns_name>.<region>.vpce.amazonaws.com
  std::string private_dns_name;  // what private DNS overrides; empty: it has no private DNS by default
};

// In order of their names; a service that has both types is there twice.
std::vector<EndpointService> EndpointServicesOf(const std::string& region);

// nullopt when there is no service of this name and type in the region.
std::optional<EndpointService> FindEndpointService(const std::string& region, const std::string& name,
                                                   const std::string& type);

// The name of the region's service that is called by its full name, by its short one ("secretsmanager", "ecr.api") or
// by its host ("api.ecr.eu-west-1.amazonaws.com", whose own region counts); nullopt when no service is called so.
std::optional<std::string> ServiceCalled(const std::string& text, const std::string& region);

}  // namespace drydock::ec2
