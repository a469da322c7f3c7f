"""Ids that nothing has and ids that cannot be, in every operation that changes something or asks about one thing: each id
of a call is exchanged in its turn, the others are good. EC2 API Reference, "Error codes"; describe_…: test_limits_and_ids.
"""
import pytest

from conftest import error_of
from ec2.test_limits_and_ids import KINDS
from ec2.test_refusals import Scene

# prefix: the codes of an id that nothing has and of one that cannot be
CODES = {prefix: (not_found + ".NotFound", malformed + ".Malformed") for _, _, prefix, malformed, not_found in KINDS}
ASSOCIATION = ("InvalidAssociationID.NotFound", "InvalidAssociationID.NotFound")
CODES |= {"nat": ("NatGatewayNotFound", "NatGatewayMalformed"), "rtbassoc": ASSOCIATION, "aclassoc": ASSOCIATION,
          "eipassoc": ASSOCIATION, "eipalloc": ("InvalidAllocationID.NotFound", "InvalidAllocationID.NotFound"),
          "scr": ("InvalidSubnetCidrReservationID.NotFound", "InvalidSubnetCidrReservationID.Malformed"),
          "eni-attach": ("InvalidAttachmentID.NotFound", "InvalidAttachmentID.NotFound"),
          "vpc-cidr-assoc": ("InvalidVpcCidrBlockAssociationID.NotFound",) * 2,
          "subnet-cidr-assoc": ("InvalidSubnetCidrBlockAssociationID.NotFound",) * 2}
# Where an operation has codes of its own: operation, member.
OWN = {("create_route", "GatewayId"): ("InvalidGatewayID.NotFound",) * 2,
       ("create_route", "NatGatewayId"): ("InvalidNatGatewayID.NotFound",) * 2,
       **{("create_network_insights_path", member): ("InvalidNetworkInterfaceID.NotFound", "InvalidParameterValue")
          for member in ("Source", "Destination")}}

WEB = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
ANY = "x-0123456789abcdef0"

# operation, its ids by the name that the scene has for them or, where it has none, by their prefix; the rest of the call
CALLS = [
    ("delete_vpc", {"VpcId": "id"}, {}), ("modify_vpc_tenancy", {"VpcId": "id"}, {"InstanceTenancy": "default"}),
    ("modify_vpc_attribute", {"VpcId": "id"}, {"EnableDnsSupport": {"Value": True}}),
    ("describe_vpc_attribute", {"VpcId": "id"}, {"Attribute": "enableDnsSupport"}),
    ("associate_vpc_cidr_block", {"VpcId": "id"}, {"CidrBlock": "10.7.0.0/16"}),
    ("disassociate_vpc_cidr_block", {"AssociationId": "vpc-cidr-assoc"}, {}),
    ("create_subnet", {"VpcId": "id"}, {"CidrBlock": "10.0.7.0/24"}), ("delete_subnet", {"SubnetId": "near"}, {}),
    ("modify_subnet_attribute", {"SubnetId": "near"}, {"MapPublicIpOnLaunch": {"Value": True}}),
    ("associate_subnet_cidr_block", {"SubnetId": "near"}, {"Ipv6CidrBlock": "2001:db8::/64"}),
    ("disassociate_subnet_cidr_block", {"AssociationId": "subnet-cidr-assoc"}, {}),
    ("create_subnet_cidr_reservation", {"SubnetId": "near"}, {"Cidr": "10.0.1.64/28", "ReservationType": "explicit"}),
    ("get_subnet_cidr_reservations", {"SubnetId": "near"}, {}),
    ("delete_subnet_cidr_reservation", {"SubnetCidrReservationId": "scr"}, {}),
    ("create_route_table", {"VpcId": "id"}, {}), ("delete_route_table", {"RouteTableId": "table"}, {}),
    ("associate_route_table", {"RouteTableId": "table", "SubnetId": "near"}, {}),
    ("disassociate_route_table", {"AssociationId": "rtbassoc"}, {}),
    ("replace_route_table_association", {"AssociationId": "rtbassoc"}, {"RouteTableId": "rtb-0123456789abcdef0"}),
    *(("create_route", {"RouteTableId": "table", member: of}, {"DestinationCidrBlock": "1.0.0.0/8"}) for member, of in {
        "GatewayId": "gateway", "NatGatewayId": "nat", "NetworkInterfaceId": "one", "InstanceId": "running",
        "VpcPeeringConnectionId": "peering"}.items()),
    ("create_route", {"RouteTableId": "table", "EgressOnlyInternetGatewayId": "outlet"}, {
        "DestinationIpv6CidrBlock": "::/0"}),
    ("create_route", {"RouteTableId": "table", "DestinationPrefixListId": "list", "NetworkInterfaceId": "one"}, {}),
    ("delete_route", {"RouteTableId": "table"}, {"DestinationCidrBlock": "1.0.0.0/8"}),
    ("replace_route", {"RouteTableId": "table", "NetworkInterfaceId": "one"}, {"DestinationCidrBlock": "10.0.0.0/16"}),
    ("attach_internet_gateway", {"InternetGatewayId": "gateway", "VpcId": "id"}, {}),
    ("detach_internet_gateway", {"InternetGatewayId": "gateway", "VpcId": "id"}, {}),
    ("delete_internet_gateway", {"InternetGatewayId": "gateway"}, {}),
    ("create_egress_only_internet_gateway", {"VpcId": "id"}, {}),
    ("delete_egress_only_internet_gateway", {"EgressOnlyInternetGatewayId": "outlet"}, {}),
    ("create_nat_gateway", {"SubnetId": "near", "AllocationId": "free"}, {}),
    ("delete_nat_gateway", {"NatGatewayId": "nat"}, {}),
    ("assign_private_nat_gateway_address", {"NatGatewayId": "nat"}, {"PrivateIpAddressCount": 1}),
    ("unassign_private_nat_gateway_address", {"NatGatewayId": "nat"}, {"PrivateIpAddresses": ["10.0.1.9"]}),
    ("associate_nat_gateway_address", {"NatGatewayId": "nat"}, {"AllocationIds": [ANY]}),
    ("disassociate_nat_gateway_address", {"NatGatewayId": "nat"}, {"AssociationIds": [ANY]}),
    ("associate_address", {"AllocationId": "free", "NetworkInterfaceId": "one"}, {}),
    ("associate_address", {"AllocationId": "free", "InstanceId": "running"}, {}),
    ("disassociate_address", {"AssociationId": "association"}, {}), ("release_address", {"AllocationId": "free"}, {}),
    ("modify_address_attribute", {"AllocationId": "free"}, {"DomainName": "a.example"}),
    ("reset_address_attribute", {"AllocationId": "free"}, {"Attribute": "domain-name"}),
    ("create_security_group", {"VpcId": "id"}, {"GroupName": "new", "Description": "new"}),
    ("delete_security_group", {"GroupId": "web"}, {}),
    *((f"{verb}_security_group_{side}", {"GroupId": "web"}, {"IpPermissions": WEB})
      for verb in ("authorize", "revoke") for side in ("ingress", "egress")),
    *((f"update_security_group_rule_descriptions_{side}", {"GroupId": "web"}, {"IpPermissions": WEB})
      for side in ("ingress", "egress")),
    ("modify_security_group_rules", {"GroupId": "web"}, {"SecurityGroupRules": [
        {"SecurityGroupRuleId": "sgr-0123456789abcdef0", "SecurityGroupRule": {
            "IpProtocol": "-1", "CidrIpv4": "10.0.0.0/8"}}]}),
    ("get_security_groups_for_vpc", {"VpcId": "id"}, {}), ("describe_stale_security_groups", {"VpcId": "id"}, {}),
    ("associate_security_group_vpc", {"GroupId": "web", "VpcId": "other"}, {}),
    ("disassociate_security_group_vpc", {"GroupId": "web", "VpcId": "other"}, {}),
    ("create_network_acl", {"VpcId": "id"}, {}), ("delete_network_acl", {"NetworkAclId": "acl"}, {}),
    *((f"{verb}_network_acl_entry", {"NetworkAclId": "acl"}, {
        "RuleNumber": 1, "Protocol": "-1", "RuleAction": "allow", "Egress": False, "CidrBlock": "10.0.0.0/8"})
      for verb in ("create", "replace")),
    ("delete_network_acl_entry", {"NetworkAclId": "acl"}, {"RuleNumber": 1, "Egress": False}),
    ("replace_network_acl_association", {"NetworkAclId": "acl", "AssociationId": "foreign_acl"}, {}),
    ("create_network_interface", {"SubnetId": "near"}, {}), ("delete_network_interface", {"NetworkInterfaceId": "one"}, {}),
    ("modify_network_interface_attribute", {"NetworkInterfaceId": "one"}, {"Description": {"Value": "x"}}),
    ("reset_network_interface_attribute", {"NetworkInterfaceId": "one"}, {"SourceDestCheck": "true"}),
    ("describe_network_interface_attribute", {"NetworkInterfaceId": "one"}, {"Attribute": "description"}),
    ("attach_network_interface", {"NetworkInterfaceId": "one", "InstanceId": "running"}, {"DeviceIndex": 1}),
    ("detach_network_interface", {"AttachmentId": "eni-attach"}, {}),
    ("assign_private_ip_addresses", {"NetworkInterfaceId": "one"}, {"SecondaryPrivateIpAddressCount": 1}),
    ("unassign_private_ip_addresses", {"NetworkInterfaceId": "one"}, {"PrivateIpAddresses": ["10.0.1.9"]}),
    ("assign_ipv6_addresses", {"NetworkInterfaceId": "one"}, {"Ipv6AddressCount": 1}),
    ("unassign_ipv6_addresses", {"NetworkInterfaceId": "one"}, {"Ipv6Addresses": ["2001:db8::1"]}),
    ("create_vpc_endpoint", {"VpcId": "id"}, {"ServiceName": "com.amazonaws.eu-central-1.s3"}),
    ("modify_vpc_endpoint", {"VpcEndpointId": "s3"}, {"ResetPolicy": True}),
    ("modify_managed_prefix_list", {"PrefixListId": "list"}, {"MaxEntries": 3}),
    ("restore_managed_prefix_list_version", {"PrefixListId": "list"}, {"PreviousVersion": 1, "CurrentVersion": 1}),
    *((operation, {"PrefixListId": "list"}, {}) for operation in (
        "delete_managed_prefix_list", "get_managed_prefix_list_entries", "get_managed_prefix_list_associations")),
    ("create_vpc_peering_connection", {"VpcId": "id"}, {"PeerVpcId": "vpc-0123456789abcdef0"}),
    ("modify_vpc_peering_connection_options", {"VpcPeeringConnectionId": "peering"}, {
        "RequesterPeeringConnectionOptions": {"AllowDnsResolutionFromRemoteVpc": True}}),
    *((f"{verb}_vpc_peering_connection", {"VpcPeeringConnectionId": "peering"}, {})
      for verb in ("accept", "reject", "delete")),
    ("associate_dhcp_options", {"VpcId": "id"}, {"DhcpOptionsId": "default"}),
    ("associate_dhcp_options", {"VpcId": "id", "DhcpOptionsId": "options"}, {}),
    ("delete_dhcp_options", {"DhcpOptionsId": "options"}, {}),
    *((operation, {"InstanceIds": "running"}, {}) for operation in (
        "start_instances", "stop_instances", "reboot_instances", "terminate_instances", "describe_instance_status")),
    ("modify_instance_attribute", {"InstanceId": "running"}, {"DisableApiStop": {"Value": True}}),
    ("describe_instance_attribute", {"InstanceId": "running"}, {"Attribute": "instanceType"}),
    ("run_instances", {"SubnetId": "near", "SecurityGroupIds": "web"}, {
        "ImageId": "ami-0d7dc0000000a2023", "MinCount": 1, "MaxCount": 1, "InstanceType": "t3.micro"}),
    ("create_network_insights_path", {"Source": "one", "Destination": "two"}, {"Protocol": "tcp"}),
    *((operation, {"NetworkInsightsPathId": "path"}, {}) for operation in (
        "delete_network_insights_path", "start_network_insights_analysis")),
    ("delete_network_insights_analysis", {"NetworkInsightsAnalysisId": "nia"}, {}),
    *((operation, {"NetworkInsightsAccessScopeId": "nis"}, {}) for operation in (
        "delete_network_insights_access_scope", "get_network_insights_access_scope_content",
        "start_network_insights_access_scope_analysis")),
    *((operation, {"NetworkInsightsAccessScopeAnalysisId": "nisa"}, {}) for operation in (
        "delete_network_insights_access_scope_analysis", "get_network_insights_access_scope_analysis_findings")),
    ("describe_addresses_attribute", {"AllocationIds": "free"}, {"Attribute": "domain-name"}),
]
LINES = [(operation, member, ids, more) for operation, ids, more in CALLS for member in ids]


@pytest.fixture(scope="module")
def scene(server):
    return Scene(server.aws())


@pytest.mark.parametrize("operation, member, ids, more", LINES,
                         ids=[f"{i}-{each[0]}-{each[1]}" for i, each in enumerate(LINES)])
def test_one_id_is_wrong(scene, operation, member, ids, more):
    if not hasattr(scene.ec2, operation):
        pytest.skip("this client does not know the operation")
    shape = scene.ec2.meta.service_model.operation_model(scene.ec2.meta.method_to_api_mapping[operation]).input_shape
    real = {each: getattr(scene, name, name + "-0123456789abcdef0") for each, name in ids.items()}
    prefix = real[member].rsplit("-", 1)[0]

    def refusal(wrong):
        given = {**more, **real, member: wrong}
        return error_of(getattr(scene.ec2, operation), **{
            name: [value] if name in ids and shape.members[name].type_name == "list" else value
            for name, value in given.items()})
    not_found, malformed = OWN.get((operation, member), CODES[prefix])
    absent = f"{prefix}-0fedcba9876543210"
    refused = refusal(absent)
    assert (refused.code, refused.status) == (not_found, 400) and absent in refused.message, refused
    refused = refusal("banana")
    assert (refused.code, refused.status) == (malformed, 400) and "banana" in refused.message, refused


# What the scene stands in the way of; everything else of CALLS would succeed.
BUT = {
    **dict.fromkeys(("delete_vpc", "delete_subnet", "detach_internet_gateway", "delete_internet_gateway",
                     "delete_security_group"), "DependencyViolation"),
    "modify_vpc_tenancy": "InvalidTenancy", "delete_route": "InvalidRoute.NotFound",
    "attach_internet_gateway": "Resource.AlreadyAssociated",
    "unassign_private_nat_gateway_address": "InvalidParameterValue",
    **dict.fromkeys(("associate_nat_gateway_address", "disassociate_nat_gateway_address"), "InvalidParameterCombination"),
    **{f"{verb}_{side}": "InvalidPermission.NotFound" for side in ("ingress", "egress")
       for verb in ("revoke_security_group", "update_security_group_rule_descriptions")},
    "modify_security_group_rules": "InvalidSecurityGroupRuleId.NotFound",
    "disassociate_security_group_vpc": "InvalidParameterValue",
    **dict.fromkeys(("replace_network_acl_entry", "delete_network_acl_entry"), "InvalidNetworkAclEntry.NotFound"),
    "replace_network_acl_association": "InvalidParameterValue",
    **dict.fromkeys(("accept_vpc_peering_connection", "reject_vpc_peering_connection"), "InvalidStateTransition"),
}


@pytest.mark.parametrize("operation, ids, more", CALLS, ids=[f"{i}-{each[0]}" for i, each in enumerate(CALLS)])
def test_a_dry_run_says_so(scene, operation, ids, more):
    if not hasattr(scene.ec2, operation):
        pytest.skip("this client does not know the operation")
    shape = scene.ec2.meta.service_model.operation_model(scene.ec2.meta.method_to_api_mapping[operation]).input_shape
    if "DryRun" not in shape.members or not all(hasattr(scene, name) for name in ids.values()):
        pytest.skip("no dry run of it")
    given = {name: [getattr(scene, of)] if shape.members[name].type_name == "list" else getattr(scene, of)
             for name, of in ids.items()}
    refused = error_of(getattr(scene.ec2, operation), **given, **more, DryRun=True)
    assert refused.code == BUT.get(operation, "DryRunOperation"), refused
