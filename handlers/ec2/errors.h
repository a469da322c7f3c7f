// EC2's errors by name. Codes: EC2 API Reference, "Error codes for the Amazon EC2 API". Texts: aws-facts B.1, where
// most were seen in the field; "(text unconfirmed)" marks those that were not.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "emulator/core/errors.h"
#include "emulator/core/text.h"

namespace drydock::ec2::errors {

inline ApiError InvalidParameterValue(const std::string& message) {
  return {"InvalidParameterValue", message};
}
// "Value (x) for parameter cidrBlock is invalid. This is not a valid CIDR block."
inline ApiError InvalidValue(const std::string& value, const std::string& parameter, const std::string& why) {
  return InvalidParameterValue(fmt::format("Value ({}) for parameter {} is invalid. {}", value, parameter, why));
}
inline ApiError InvalidCidrBlock(const std::string& value, const std::string& parameter) {
  return InvalidValue(value, parameter, "This is not a valid CIDR block.");
}
inline ApiError InvalidParameterCombination(const std::string& message) {
  return {"InvalidParameterCombination", message};
}
inline ApiError MissingParameter(const std::string& parameter) {
  return {"MissingParameter", "The request must contain the parameter " + parameter};
}
inline ApiError NoVpcCidr() {  // seen: cloudposse/terraform-aws-vpc, issue 118
  return {"MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided."};
}
// Drydock's own: AWS would act upon the parameter.
inline ApiError UnsupportedParameter(const std::string& parameter) {
  return {"UnsupportedOperation",
          fmt::format("Drydock does not support the parameter {} of this operation.", parameter)};
}
inline ApiError DryRunOperation() {
  return {"DryRunOperation", "Request would have succeeded, but DryRun flag is set."};
}
inline ApiError InvalidNextToken() {  // (text unconfirmed)
  return {"InvalidNextToken", "The specified NextToken is not valid."};
}
inline ApiError IdempotentParameterMismatch() {  // (text unconfirmed)
  return {"IdempotentParameterMismatch",
          "The client token you have provided is associated with a resource whose parameters are different."};
}
inline ApiError InvalidFilter(const std::string& name) {
  return InvalidParameterValue(fmt::format("The filter '{}' is invalid", name));
}
inline ApiError FilterLimitExceeded() {  // (text unconfirmed)
  return {"FilterLimitExceeded", "The maximum number of filter values specified on a single call is 200"};
}

// kind: "vpc", id: "vpc-…"
inline ApiError HasDependencies(const std::string& kind, const std::string& id) {
  return {"DependencyViolation", fmt::format("The {} '{}' has dependencies and cannot be deleted.", kind, id)};
}
inline ApiError AssociationNotFound(const std::string& id) {
  return {"InvalidAssociationID.NotFound", fmt::format("The association ID '{}' does not exist", id)};
}
inline ApiError AlreadyAssociated(const std::string& message) {
  return {"Resource.AlreadyAssociated", message};
}
inline ApiError AuthFailure() {
  return {"AuthFailure", "You do not have permission to access the specified resource."};
}

// VPCs and subnets
inline ApiError InvalidVpcRange(const std::string& cidr) {
  return {"InvalidVpc.Range", fmt::format("The CIDR '{}' is invalid.", cidr)};
}
inline ApiError VpcLimitExceeded() {
  return {"VpcLimitExceeded", "The maximum number of VPCs has been reached."};
}
inline ApiError DefaultVpcAlreadyExists() {
  return {"DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region."};
}
inline ApiError NoDefaultVpc() {
  return {"VPCIdNotSpecified", "No default VPC for this user"};
}
inline ApiError DefaultVpcDoesNotExist() {  // (text unconfirmed)
  return {"DefaultVpcDoesNotExist", "No default VPC exists for this account in this region."};
}
inline ApiError DefaultSubnetAlreadyExists(const std::string& subnet_id,
                                           const std::string& zone) {  // (text unconfirmed)
  return {"DefaultSubnetAlreadyExistsInAvailabilityZone",
          fmt::format("'{}' is already the default subnet in {}.", subnet_id, zone)};
}
inline ApiError InvalidSubnetRange(const std::string& cidr) {
  return {"InvalidSubnet.Range", fmt::format("The CIDR '{}' is invalid.", cidr)};
}
inline ApiError SubnetConflict(const std::string& cidr) {
  return {"InvalidSubnet.Conflict", fmt::format("The CIDR '{}' conflicts with another subnet", cidr)};
}
inline ApiError SubnetLimitExceeded() {
  return {"SubnetLimitExceeded", "The maximum number of subnets has been reached."};
}

// CIDR blocks. Codes and texts as seen in the field, or (text unconfirmed).
inline ApiError CidrLimitExceeded(const std::string& vpc_id, std::size_t limit) {
  return {"CidrLimitExceeded",
          fmt::format("This network '{}' has met its maximum number of allowed CIDRs: {}", vpc_id, limit)};
}
inline ApiError CidrRestricted(const std::string& cidr) {
  return {"InvalidVpc.Range", fmt::format("The CIDR '{}' is restricted. Use a CIDR from the same private address range "
                                          "as the current VPC CIDR, or use a publicly-routable CIDR.",
                                          cidr)};
}
inline ApiError CidrConflict(const std::string& cidr, const std::string& with) {  // (text unconfirmed)
  return {"InvalidVpc.Range", fmt::format("The CIDR '{}' conflicts with {}", cidr, with)};
}
inline ApiError VpcCidrAssociationNotFound(const std::string& id) {
  return {"InvalidVpcCidrBlockAssociationID.NotFound",
          fmt::format("The vpc CIDR block association ID '{}' does not exist", id)};
}
inline ApiError SubnetCidrAssociationNotFound(const std::string& id) {
  return {"InvalidSubnetCidrBlockAssociationID.NotFound",
          fmt::format("The subnet CIDR block association ID '{}' does not exist", id)};
}
inline ApiError InvalidTenancy(const std::string& vpc_id) {  // (text unconfirmed)
  return {"InvalidTenancy", fmt::format("The tenancy of the VPC {} is default and cannot be modified.", vpc_id)};
}
inline ApiError PrimaryCidrStays(const std::string& association_id) {
  return {"OperationNotPermitted", fmt::format("The vpc CIDR block with association ID {} may not be disassociated. It "
                                               "is the primary IPv4 CIDR block of the VPC",
                                               association_id)};
}
inline ApiError CidrBlockInUse(const std::string& vpc_id, const std::string& cidr) {
  return {"InvalidCidrBlock.InUse",
          fmt::format("The vpc {} currently has a subnet within CIDR block {}", vpc_id, cidr)};
}

// Route tables and gateways
inline ApiError RouteTableLimitExceeded() {
  return {"RouteTableLimitExceeded", "The maximum number of route tables has been reached."};
}
inline ApiError RouteLimitExceeded() {
  return {"RouteLimitExceeded", "The maximum number of routes has been reached."};
}
inline ApiError RouteAlreadyExists(const std::string& destination) {
  return {"RouteAlreadyExists", fmt::format("The route identified by {} already exists.", destination)};
}
inline ApiError RouteNotFound(const std::string& destination_kind, const std::string& destination,
                              const std::string& route_table_id) {
  return {"InvalidRoute.NotFound",
          fmt::format("no route with {} {} in route table {}", destination_kind, destination, route_table_id)};
}
inline ApiError GatewayNotFound(const std::string& id) {  // (text unconfirmed)
  return {"InvalidGatewayID.NotFound", fmt::format("The gateway ID '{}' does not exist", id)};
}
// Of something that Drydock knows none of: "InvalidTransitGatewayID.NotFound", "transitGateway".
inline ApiError TargetNotFound(const std::string& code, const std::string& kind, const std::string& id) {
  return {code, fmt::format("The {} ID '{}' does not exist", kind, id)};
}
inline ApiError DifferentNetworks(const std::string& a, const std::string& b) {
  return InvalidParameterValue(fmt::format("{} and {} belong to different networks", a, b));
}
inline ApiError InternetGatewayLimitExceeded() {
  return {"InternetGatewayLimitExceeded", "The maximum number of internet gateways has been reached."};
}
inline ApiError GatewayNotAttached(const std::string& message) {
  return {"Gateway.NotAttached", message};
}
inline ApiError MappedPublicAddresses(const std::string& vpc_id) {
  return {"DependencyViolation", fmt::format("Network {} has some mapped public address(es). Please unmap those public "
                                             "address(es) before detaching the gateway.",
                                             vpc_id)};
}
inline ApiError NatGatewayLimitExceeded() {
  return {"NatGatewayLimitExceeded", "Performing this operation would exceed the limit of 5 NAT gateways"};
}

inline ApiError EgressOnlyInternetGatewayLimitExceeded() {  // (text unconfirmed)
  return {"InternetGatewayLimitExceeded", "The maximum number of egress-only internet gateways has been reached."};
}

// VPC endpoints
inline ApiError InvalidParameter(const std::string& message) {
  return {"InvalidParameter", message};
}
inline ApiError InvalidServiceName(const std::string& name) {
  return {"InvalidServiceName", fmt::format("The Vpc Endpoint Service '{}' does not exist", name)};
}
inline ApiError EndpointTypeMismatch(const std::string& type, const std::string& available) {  // as seen in the field
  return InvalidParameter(
      fmt::format("Endpoint type ({}) does not match available service types ([{}]).", type, available));
}
inline ApiError DuplicateSubnetsInSameZone(const std::string& subnet_id) {
  return {"DuplicateSubnetsInSameZone",
          fmt::format("Found another VPC endpoint subnet in the availability zone of {}", subnet_id)};
}
inline ApiError PrivateDnsNeedsAttributes(const std::string& vpc_id) {
  return InvalidParameter(
      fmt::format("Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to "
                  "true for {}",
                  vpc_id));
}
inline ApiError PrivateDnsConflict(const std::string& name, const std::string& vpc_id) {
  return InvalidParameter(
      fmt::format("private-dns-enabled cannot be set because there is already a conflicting DNS domain for {} in the "
                  "VPC {}",
                  name, vpc_id));
}
inline ApiError PrefixListRouteExists(const std::string& route_table_id, const std::string& prefix_list_id) {
  return {"RouteAlreadyExists", fmt::format("route table {} already has a route with destination-prefix-list-id {}",
                                            route_table_id, prefix_list_id)};
}
inline ApiError VpcEndpointLimitExceeded() {  // (text unconfirmed)
  return {"VpcEndpointLimitExceeded", "The maximum number of VPC endpoints has been reached."};
}
inline ApiError InvalidPolicyDocument(const std::string& problem) {  // (text unconfirmed)
  return {"InvalidPolicyDocument", "The policy document is not valid: " + problem};
}

// Prefix lists. Codes as seen in the field; texts unconfirmed but for the version's and the state's.
inline ApiError PrefixListVersionMismatch() {
  return {"PrefixListVersionMismatch", "The prefix list has the incorrect version number."};
}
inline ApiError PrefixListBusy(const std::string& id, const std::string& state) {
  return {"IncorrectState", fmt::format("The request cannot be completed for {} in the current state ({})", id, state)};
}
inline ApiError PrefixListMaxEntriesExceeded(int max_entries) {
  return {"PrefixListMaxEntriesExceeded",
          fmt::format("The prefix list cannot have more entries than its maximum of {}.", max_entries)};
}
inline ApiError InvalidPrefixListModification(const std::string& message) {
  return {"InvalidPrefixListModification", message};
}
inline ApiError AwsManagedPrefixList(const std::string& id) {
  return {"OperationNotPermitted", fmt::format("The prefix list {} is managed by AWS.", id)};
}

// VPC peering. EC2 API Reference, "Error codes"; texts as seen in the field, or (text unconfirmed).
inline ApiError InvalidStateTransition(const std::string& id, const std::string& from, const std::string& to) {
  return {"InvalidStateTransition",
          fmt::format("Invalid state transition for {}, attempted to transition from {} to {}", id, from, to)};
}
inline ApiError OperationNotPermitted(const std::string& message) {
  return {"OperationNotPermitted", message};
}
inline ApiError VpcPeeringConnectionAlreadyExists() {  // (text unconfirmed)
  return {"VpcPeeringConnectionAlreadyExists", "A VPC peering connection between the VPCs already exists."};
}
inline ApiError VpcPeeringConnectionsPerVpcLimitExceeded() {  // (text unconfirmed)
  return {"VpcPeeringConnectionsPerVpcLimitExceeded",
          "The maximum number of VPC peering connections per VPC has been reached."};
}
inline ApiError OutstandingVpcPeeringConnectionLimitExceeded() {  // (text unconfirmed)
  return {"OutstandingVpcPeeringConnectionLimitExceeded",
          "The maximum number of outstanding VPC peering connection requests has been reached."};
}

// Addresses and network interfaces
inline ApiError AddressLimitExceeded() {
  return {"AddressLimitExceeded", "The maximum number of addresses has been reached."};
}
inline ApiError AddressNotFound(const std::string& address) {
  return {"InvalidAddress.NotFound", fmt::format("Address '{}' not found.", address)};
}
inline ApiError AddressInUse(const std::string& address) {
  return {"InvalidIPAddress.InUse", fmt::format("Address {} is in use.", address)};
}
inline ApiError NoFreeAddress() {
  return {"InsufficientFreeAddressesInSubnet",
          "The specified subnet does not have enough free addresses to satisfy the request."};
}
inline ApiError NetworkInterfaceInUse(const std::string& id) {
  return {"InvalidNetworkInterface.InUse", fmt::format("Network interface '{}' is currently in use.", id)};
}
inline ApiError NetworkInterfaceLimitExceeded() {
  return {"NetworkInterfaceLimitExceeded", "The maximum number of network interfaces has been reached."};
}
inline ApiError ManagedByAService() {
  return {"OperationNotPermitted", "You are not allowed to manage 'ela-attach' attachments."};
}

// Instances. Texts as seen in the field, or (text unconfirmed).
inline ApiError InstancesNotFound(const std::vector<std::string>& ids) {
  return {"InvalidInstanceID.NotFound", ids.size() == 1
                                            ? fmt::format("The instance ID '{}' does not exist", ids.front())
                                            : fmt::format("The instance IDs '{}' do not exist", Join(ids, ", "))};
}
// verb: "started"
inline ApiError IncorrectInstanceState(const std::string& id, const char* verb) {
  return {"IncorrectInstanceState",
          fmt::format("The instance '{}' is not in a state from which it can be {}.", id, verb)};
}
inline ApiError InstanceNotStopped(const std::string& id) {
  return {"IncorrectInstanceState", fmt::format("The instance '{}' is not in the 'stopped' state.", id)};
}
// For what a pending or terminated instance does not take: "The pending instance 'i-…' is not …".
inline ApiError InstanceStateNotValid(const std::string& id, const std::string& state) {
  return {"InvalidInstanceID",
          fmt::format("The {} instance '{}' is not in a valid state for this operation.", state, id)};
}
// verb: "terminated", attribute: "disableApiTermination"
inline ApiError InstanceProtected(const std::string& id, const char* verb, const char* attribute) {
  return {"OperationNotPermitted",
          fmt::format("The instance '{}' may not be {}. Modify its '{}' instance attribute and try again.", id, verb,
                      attribute)};
}
inline ApiError InvalidInstanceAttributeValue(const std::string& value,
                                              const std::string& attribute) {  // (text unconfirmed)
  return {"InvalidInstanceAttributeValue",
          fmt::format("The value '{}' is not valid for the attribute {} of this instance.", value, attribute)};
}
inline ApiError CreditsNotSupported(const std::string& id) {  // (text unconfirmed)
  return {"InstanceCreditSpecification.NotSupported",
          fmt::format("The instance '{}' does not use CPU credits for CPU usage.", id)};
}
inline ApiError MultipleInterfaces(const std::string& id) {
  return {"InvalidInstanceID", fmt::format("There are multiple interfaces attached to instance '{}'. Please specify an "
                                           "interface ID for the operation instead.",
                                           id)};
}
inline ApiError VcpuLimitExceeded(int limit) {
  return {
      "VcpuLimitExceeded",
      fmt::format("You have requested more vCPU capacity than your current vCPU limit of {} allows for the instance "
                  "bucket that the specified instance type belongs to. Please visit "
                  "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
                  limit)};
}
inline ApiError AttachmentLimitExceeded(int count, const std::string& instance_type) {
  return {"AttachmentLimitExceeded", fmt::format("Interface count {} exceeds the limit for {}", count, instance_type)};
}
inline ApiError PrivateIpAddressLimitExceeded() {
  return {"PrivateIpAddressLimitExceeded", "Number of private addresses will exceed limit."};
}

inline ApiError NoIpv6Block(const std::string& subnet_id) {  // (text unconfirmed)
  return InvalidParameterValue(fmt::format("The subnet {} has no IPv6 CIDR block associated.", subnet_id));
}
inline ApiError AttachmentNotFound(const std::string& id) {
  return {"InvalidAttachmentID.NotFound", fmt::format("The attachment ID '{}' does not exist", id)};
}

// Security groups
inline ApiError SecurityGroupNameNotFound(const std::string& name, const std::string& vpc_id, bool is_default_vpc) {
  return {"InvalidGroup.NotFound", fmt::format("The security group '{}' does not exist in {}VPC '{}'", name,
                                               is_default_vpc ? "default " : "", vpc_id)};
}
inline ApiError SecurityGroupInOtherVpc() {  // (text unconfirmed)
  return {"InvalidGroup.NotFound", "You have specified two resources that belong to different networks."};
}
inline ApiError SecurityGroupDuplicate(const std::string& name, const std::string& vpc_id) {
  return {"InvalidGroup.Duplicate", fmt::format("The security group '{}' already exists for VPC '{}'", name, vpc_id)};
}
inline ApiError SecurityGroupReserved(const std::string& name) {  // (text unconfirmed)
  return {"InvalidGroup.Reserved", fmt::format("Cannot use reserved security group name: {}", name)};
}
inline ApiError SecurityGroupInUse(const std::string& id) {
  return {"DependencyViolation", fmt::format("resource {} has a dependent object", id)};
}
inline ApiError DefaultGroupCannotBeDeleted(const std::string& id) {
  return {"CannotDelete", fmt::format("the specified group: \"{}\" name: \"default\" cannot be deleted by a user", id)};
}
inline ApiError SecurityGroupLimitExceeded() {
  return {"SecurityGroupLimitExceeded", "The maximum number of security groups has been reached."};
}
inline ApiError GroupsPerInterfaceLimitExceeded() {
  return {"SecurityGroupsPerInterfaceLimitExceeded",
          "The maximum number of security groups per interface has been reached."};
}
inline ApiError RulesPerGroupLimitExceeded() {
  return {"RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached."};
}
inline ApiError PermissionDuplicate(const std::string& rule) {
  return {"InvalidPermission.Duplicate", fmt::format("the specified rule \"{}\" already exists", rule)};
}
inline ApiError PermissionNotFound() {
  return {"InvalidPermission.NotFound", "The specified rule does not exist in this security group."};
}

// Network ACLs
inline ApiError NetworkAclLimitExceeded() {
  return {"NetworkAclLimitExceeded", "The maximum number of network ACLs has been reached."};
}
inline ApiError NetworkAclEntryExists(int rule_number) {
  return {"NetworkAclEntryAlreadyExists",
          fmt::format("The network acl entry identified by {} already exists.", rule_number)};
}
inline ApiError NetworkAclEntryNotFound(int rule_number) {  // (text unconfirmed)
  return {"InvalidNetworkAclEntry.NotFound",
          fmt::format("The network acl entry identified by {} does not exist.", rule_number)};
}
inline ApiError NetworkAclEntryLimitExceeded() {
  return {"NetworkAclEntryLimitExceeded", "The maximum number of network acl entries has been reached."};
}

// Network Insights. Codes as Terraform's provider knows them; texts unconfirmed.
inline ApiError AnalysisExistsForNetworkInsightsPath(const std::string& id) {
  return {"AnalysisExistsForNetworkInsightsPath",
          fmt::format("The network insights path {} still has analyses. Delete them first.", id)};
}
inline ApiError AnalysisExistsForNetworkInsightsAccessScope(const std::string& id) {
  return {"AnalysisExistsForNetworkInsightsAccessScope",
          fmt::format("The network insights access scope {} still has analyses. Delete them first.", id)};
}
// resource: "NetworkInsightsPath"; the code, too, is unconfirmed.
inline ApiError NetworkInsightsLimitExceeded(const std::string& resource, std::size_t limit) {
  return {resource + "LimitExceeded",
          fmt::format("The maximum number of {} resources of the type {} has been reached.", limit, resource)};
}

// Tags
inline ApiError InvalidResourceId(const std::string& id) {
  return {"InvalidID", fmt::format("The ID '{}' is not valid", id)};
}
inline ApiError TagLimitExceeded() {
  return {"TagLimitExceeded", "The maximum number of Tags for a resource has been reached."};
}

}  // namespace drydock::ec2::errors
