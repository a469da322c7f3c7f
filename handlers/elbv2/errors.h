// The errors of Elastic Load Balancing v2. "seen": wording found verbatim in public reports of real calls; codes are
// those of the API's model (aws-facts E.1, Z1); other wording follows aws-facts E.1 or, where marked, is unconfirmed.
#pragma once

#include <string>

#include <fmt/format.h>

#include "emulator/core/errors.h"

namespace drydock::elbv2::errors {

// Arguments that the model lets pass and the service does not; unmodelled.
inline ApiError Validation(std::string message) {
  return {"ValidationError", std::move(message)};
}
inline ApiError InvalidConfiguration(std::string message) {
  return {"InvalidConfigurationRequest", std::move(message)};
}
inline ApiError InvalidAction(std::string message) {
  return {"InvalidLoadBalancerAction", std::move(message)};
}
inline ApiError NotPermitted(std::string message) {
  return {"OperationNotPermitted", std::move(message)};
}

// What AWS has and Drydock has not. Status 501 by patches/elbv2.json.
inline ApiError NotImplemented(const std::string& what) {
  return {"NotImplemented", what + " are not implemented by Drydock"};
}

// `kind`: "load balancer", "target group", "listener", "listener rule". seen
inline ApiError NotAnArn(const std::string& arn, const std::string& kind) {
  return Validation(fmt::format("'{}' is not a valid {} ARN", arn, kind));
}
// A marker that this emulator did not make for this list. The wording is unconfirmed.
inline ApiError InvalidMarker(const std::string& marker) {
  return Validation(fmt::format("Invalid marker: '{}'", marker));
}

// Load balancers
inline ApiError LoadBalancerNotFound(const std::string& arn) {  // seen
  return {"LoadBalancerNotFound", fmt::format("Load balancer '{}' not found", arn)};
}
inline ApiError LoadBalancersNotFound() {
  return {"LoadBalancerNotFound", "One or more load balancers not found"};
}
inline ApiError LoadBalancerNamesNotFound(const std::string& names) {  // seen; names joined by ", "
  return {"LoadBalancerNotFound", fmt::format("Load balancers '[{}]' not found", names)};
}
inline ApiError DuplicateLoadBalancerName(const std::string& name) {
  return {"DuplicateLoadBalancerName",
          fmt::format("A load balancer with the same name '{}' exists, but with different settings", name)};
}
inline ApiError TooManyLoadBalancers() {  // wording unconfirmed
  return {"TooManyLoadBalancers", "The maximum number of load balancers has been reached"};
}
inline ApiError DeletionProtected(const std::string& arn) {
  return NotPermitted(fmt::format("Load balancer '{}' cannot be deleted because deletion protection is enabled", arn));
}

// Where load balancers are placed
inline ApiError TwoZonesNeeded() {  // seen
  return Validation("At least two subnets in two different Availability Zones must be specified");
}
inline ApiError SubnetNotFound(const std::string& id) {
  return {"SubnetNotFound", fmt::format("The subnet ID '{}' does not exist", id)};
}
inline ApiError SubnetsInSameZone() {
  return InvalidConfiguration("A load balancer cannot be attached to multiple subnets in the same Availability Zone");
}
inline ApiError SubnetsOfDifferentVpcs(const std::string& vpcs) {  // vpcs: 'vpc-a','vpc-b'
  return InvalidConfiguration("All subnets must belong to the same VPC: " + vpcs);
}
inline ApiError NoInternetGateway(const std::string& vpc) {
  return {"InvalidSubnet", fmt::format("VPC {} has no internet gateway", vpc)};
}
inline ApiError NotEnoughAddresses(const std::string& subnet) {  // seen
  return {"InvalidSubnet",
          fmt::format("Not enough IP space available in {}. ELB requires at least 8 free IP addresses in each subnet.",
                      subnet)};
}
inline ApiError AllocationIdNotFound(const std::string& id) {  // wording unconfirmed
  return {"AllocationIdNotFound", fmt::format("The allocation ID '{}' does not exist", id)};
}
inline ApiError AllocationIdsInUse() {  // seen: terraform-aws-modules/terraform-aws-alb#171
  return {"ResourceInUse", "The allocation IDs are not available for use"};
}
inline ApiError SecurityGroupNotValid(const std::string& id) {  // seen
  return Validation(fmt::format("Security group '{}' is not valid", id));
}
inline ApiError SecurityGroupNotFound(const std::string& id) {  // wording unconfirmed
  return {"InvalidSecurityGroup", fmt::format("The security group ID '{}' does not exist", id)};
}
inline ApiError SecurityGroupsInvalid() {
  return InvalidConfiguration("One or more security groups are invalid");
}

// Target groups
inline ApiError TargetGroupNotFound(const std::string& arn) {  // seen
  return {"TargetGroupNotFound", fmt::format("Target groups '{}' not found", arn)};
}
inline ApiError TargetGroupsNotFound() {
  return {"TargetGroupNotFound", "One or more target groups not found"};
}
inline ApiError DuplicateTargetGroupName(const std::string& name) {  // seen
  return {"DuplicateTargetGroupName",
          fmt::format("A target group with the same name '{}' exists, but with different settings", name)};
}
inline ApiError TooManyTargetGroups() {  // wording unconfirmed
  return {"TooManyTargetGroups", "The maximum number of target groups has been reached"};
}
inline ApiError TargetGroupInUse(const std::string& arn) {  // seen
  return {"ResourceInUse", fmt::format("Target group '{}' is currently in use by a listener or a rule", arn)};
}
inline ApiError IntervalNotAboveTimeout() {
  return Validation("Health check interval must be greater than the timeout.");
}  // seen
inline ApiError TargetGroupAssociationLimit(const std::string& arn) {
  return {"TargetGroupAssociationLimit",
          "The following target groups cannot be associated with more than one load balancer: " + arn};
}
inline ApiError IncompatibleProtocols(const std::string& arn) {
  return {"IncompatibleProtocols", "The listener and the following target groups have incompatible protocols: " + arn};
}
inline ApiError TargetGroupInOtherVpc(const std::string& arn) {
  return InvalidConfiguration("The following target groups are not in the same VPC as the load balancer: " + arn);
}

// Targets
inline ApiError InvalidTargets(const std::string& ids) {  // ids: 'i-1', 'i-2'
  return {"InvalidTarget", fmt::format("The following targets are not valid instances: {}", ids)};
}
inline ApiError TargetsNotRunning(const std::string& ids) {
  return {"InvalidTarget",
          fmt::format("The following targets are not in a running state and cannot be registered: {}", ids)};
}
inline ApiError TargetsInOtherVpc(const std::string& vpc_id, const std::string& ids) {  // wording unconfirmed
  return {"InvalidTarget", fmt::format("The following targets are not in the target group VPC '{}': {}", vpc_id, ids)};
}
inline ApiError InvalidTarget(std::string message) {  // no wording of these is confirmed
  return {"InvalidTarget", std::move(message)};
}
inline ApiError TooManyRegistrationsForTarget() {  // wording unconfirmed
  return {"TooManyRegistrationsForTargetId", "The maximum number of registrations for the target has been reached"};
}
inline ApiError LoadBalancerIsTarget(const std::string& arn) {  // wording unconfirmed
  return {"ResourceInUse",
          fmt::format("Load balancer '{}' cannot be deleted because it is registered as a target", arn)};
}
inline ApiError TooManyTargets() {  // wording unconfirmed
  return {"TooManyTargets", "The maximum number of targets for this target group has been reached"};
}
inline ApiError ZoneMustBeAll(const std::string& address) {  // seen in events of ECS services (containers-roadmap 1107)
  return Validation(fmt::format(
      "The Availability Zone for IP address '{}' must be 'all' for Application Load Balancer target groups, "
      "when not within the VPC",
      address));
}
inline ApiError ZoneRequired(const std::string& address) {  // seen
  return Validation(
      fmt::format("The Availability Zone is required for IP address '{}' because it is not in the VPC", address));
}

// Listeners and rules
inline ApiError ListenerNotFound() {
  return {"ListenerNotFound", "One or more listeners not found"};
}  // seen
inline ApiError DuplicateListener(const std::string& load_balancer_arn) {
  return {"DuplicateListener",
          fmt::format("A listener already exists on this port for this load balancer '{}'", load_balancer_arn)};
}
inline ApiError TooManyListeners() {  // wording unconfirmed
  return {"TooManyListeners", "The maximum number of listeners for this load balancer has been reached"};
}
inline ApiError ListenerProtocol(const std::string& protocol, const std::string& allowed) {
  return Validation(fmt::format("Listener protocol '{}' must be one of '{}'", protocol, allowed));
}
inline ApiError CertificateNotFound(const std::string& arn) {
  return {"CertificateNotFound", fmt::format("Certificate '{}' not found", arn)};
}
inline ApiError UnsupportedCertificate(const std::string& arn) {
  return {"UnsupportedCertificate", fmt::format("The certificate '{}' must have a fully-qualified domain name, a "
                                                "supported signature, and a supported key size.",
                                                arn)};
}
inline ApiError TooManyCertificates() {  // wording unconfirmed
  return {"TooManyCertificates", "The maximum number of certificates for this load balancer has been reached"};
}
inline ApiError SslPolicyNotFound(const std::string& name) {
  return {"SSLPolicyNotFound", fmt::format("SSL policy '{}' not found", name)};
}
inline ApiError RuleNotFound() {
  return {"RuleNotFound", "One or more rules not found"};
}
inline ApiError PriorityInUse(int priority) {
  return {"PriorityInUse", fmt::format("Priority '{}' is currently in use", priority)};
}
inline ApiError TooManyRules() {  // wording unconfirmed
  return {"TooManyRules", "The maximum number of rules for this load balancer has been reached"};
}
inline ApiError TooManyUniqueTargetGroups() {  // wording unconfirmed
  return {"TooManyUniqueTargetGroupsPerLoadBalancer",
          "The maximum number of unique target groups for this load balancer has been reached"};
}
inline ApiError DefaultRule(const std::string& arn, const std::string& what) {  // what: deleted | modified
  return NotPermitted(fmt::format("Default rule '{}' cannot be {}", arn, what));
}

// Tags; wording unconfirmed
inline ApiError TooManyTags() {
  return {"TooManyTags", "The maximum number of tags for this resource has been reached"};
}
inline ApiError DuplicateTagKeys(const std::string& key) {
  return {"DuplicateTagKeys", fmt::format("The tag key '{}' was specified more than once", key)};
}

}  // namespace drydock::elbv2::errors
