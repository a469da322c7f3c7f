// The attributes of load balancers, target groups and listeners: which there are, their defaults, what they may be.
#pragma once

#include <map>
#include <string>

#include "store/records/elbv2/listener.h"
#include "store/records/elbv2/load_balancer.h"
#include "store/records/elbv2/target_group.h"

namespace drydock::elbv2 {

// Drydock's own attribute of application load balancers: the log group that gets their access log lines. Shown only
// when it is set.
inline constexpr char kAccessLogGroup[] = "drydock.access_logs.log_group";

// The value of an attribute, the default when it was not set. `key` is one that the resource has.
std::string AttributeOf(const records::elbv2::LoadBalancer& load_balancer, const std::string& key);
std::string AttributeOf(const records::elbv2::TargetGroup& target_group, const std::string& key);

// All attributes in the order in which AWS documents them, as Describe…Attributes answers.
using AttributeValues = std::vector<std::pair<std::string, std::string>>;
AttributeValues AttributesOf(const records::elbv2::LoadBalancer& load_balancer);
AttributeValues AttributesOf(const records::elbv2::TargetGroup& target_group);
AttributeValues AttributesOf(const records::elbv2::Listener& listener);

// Sets attributes; each throws ValidationError for unknown keys and values out of range, and
// InvalidConfigurationRequest for what does not go together.
void SetAttributes(records::elbv2::LoadBalancer& load_balancer, const AttributeValues& values);
void SetAttributes(records::elbv2::TargetGroup& target_group, const AttributeValues& values);
void SetAttributes(records::elbv2::Listener& listener, const AttributeValues& values);

}  // namespace drydock::elbv2
