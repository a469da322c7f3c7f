"""Default quotas (VPC User Guide and AWS PrivateLink Guide, "Quotas") and ids that are wrong or that nothing has: AWS's
codes for each kind of resource (EC2 API Reference, "Error codes")."""
import http.client
import urllib.parse

import pytest

from conftest import error_of

# operation, its parameter, the prefix of its ids, the codes without their endings
KINDS = [
    ("describe_vpcs", "VpcIds", "vpc", "InvalidVpcID", "InvalidVpcID"),
    ("describe_subnets", "SubnetIds", "subnet", "InvalidSubnetID", "InvalidSubnetID"),
    ("describe_route_tables", "RouteTableIds", "rtb", "InvalidRouteTableId", "InvalidRouteTableID"),
    ("describe_internet_gateways", "InternetGatewayIds", "igw", "InvalidInternetGatewayId", "InvalidInternetGatewayID"),
    ("describe_security_groups", "GroupIds", "sg", "InvalidGroupId", "InvalidGroup"),
    ("describe_security_group_rules", "SecurityGroupRuleIds", "sgr", "InvalidSecurityGroupRuleId",
     "InvalidSecurityGroupRuleId"),
    ("describe_network_acls", "NetworkAclIds", "acl", "InvalidNetworkAclId", "InvalidNetworkAclID"),
    ("describe_network_interfaces", "NetworkInterfaceIds", "eni", "InvalidNetworkInterfaceId", "InvalidNetworkInterfaceID"),
    ("describe_dhcp_options", "DhcpOptionsIds", "dopt", "InvalidDhcpOptionsId", "InvalidDhcpOptionID"),
    ("describe_vpc_endpoints", "VpcEndpointIds", "vpce", "InvalidVpcEndpointId", "InvalidVpcEndpointId"),
    ("describe_managed_prefix_lists", "PrefixListIds", "pl", "InvalidPrefixListId", "InvalidPrefixListID"),
    ("describe_vpc_peering_connections", "VpcPeeringConnectionIds", "pcx", "InvalidVpcPeeringConnectionId",
     "InvalidVpcPeeringConnectionID"),
    ("describe_egress_only_internet_gateways", "EgressOnlyInternetGatewayIds", "eigw",
     "InvalidEgressOnlyInternetGatewayId", "InvalidGatewayID"),
    ("describe_flow_logs", "FlowLogIds", "fl", "InvalidFlowLogId", "InvalidFlowLogId"),
    ("describe_instances", "InstanceIds", "i", "InvalidInstanceID", "InvalidInstanceID"),
    ("describe_network_insights_paths", "NetworkInsightsPathIds", "nip", "InvalidNetworkInsightsPathId",
     "InvalidNetworkInsightsPathId"),
    ("describe_network_insights_analyses", "NetworkInsightsAnalysisIds", "nia", "InvalidNetworkInsightsAnalysisId",
     "InvalidNetworkInsightsAnalysisId"),
    ("describe_network_insights_access_scopes", "NetworkInsightsAccessScopeIds", "nis",
     "InvalidNetworkInsightsAccessScopeId", "InvalidNetworkInsightsAccessScopeId"),
    ("describe_network_insights_access_scope_analyses", "NetworkInsightsAccessScopeAnalysisIds", "nisa",
     "InvalidNetworkInsightsAccessScopeAnalysisId", "InvalidNetworkInsightsAccessScopeAnalysisId"),
]


@pytest.mark.parametrize("operation,parameter,prefix,malformed,not_found", KINDS, ids=[kind[0] for kind in KINDS])
def test_ids_that_are_wrong_and_ids_that_nothing_has(ec2, operation, parameter, prefix, malformed, not_found):
    call = getattr(ec2, operation)
    for wrong in ("nonsense", prefix + "-xyz", prefix + "-0123", "x" + prefix + "-01234567"):
        refused = error_of(call, **{parameter: [wrong]})
        assert (refused.code, refused.status) == (malformed + ".Malformed", 400) and wrong in refused.message
    for absent in (prefix + "-01234567", prefix + "-0123456789abcdef0"):
        refused = error_of(call, **{parameter: [absent]})
        assert (refused.code, refused.status) == (not_found + ".NotFound", 400) and absent in refused.message


def test_what_has_codes_of_its_own(ec2):
    """NAT gateways, Elastic IP addresses and reservations do not follow the pattern."""
    assert error_of(ec2.describe_nat_gateways, NatGatewayIds=["nat-0123456789abcdef0"]).code == "NatGatewayNotFound"
    assert error_of(ec2.describe_nat_gateways, NatGatewayIds=["nonsense"]).code == "NatGatewayMalformed"
    assert error_of(ec2.describe_addresses, AllocationIds=["eipalloc-0123456789abcdef0"]).code == \
        "InvalidAllocationID.NotFound"
    assert error_of(ec2.release_address, PublicIp="nonsense").code == "InvalidAddress.Malformed"
    assert error_of(ec2.release_address, PublicIp="198.51.100.1").code == "InvalidAddress.NotFound"
    for wrong, ending in (("nonsense", "Malformed"), ("scr-0123456789abcdef0", "NotFound")):
        assert error_of(ec2.delete_subnet_cidr_reservation, SubnetCidrReservationId=wrong).code == \
            "InvalidSubnetCidrReservationID." + ending


def fill(make, count):
    for index in range(count):
        make(index)


def test_subnets_route_tables_and_acls_of_a_vpc(vpc):
    fill(lambda i: vpc.subnet(f"10.0.{i}.0/24"), 200)
    assert error_of(vpc.ec2.create_subnet, VpcId=vpc.id, CidrBlock="10.0.200.0/24").code == "SubnetLimitExceeded"
    fill(lambda i: vpc.route_table(), 199)  # beside the main one
    assert error_of(vpc.ec2.create_route_table, VpcId=vpc.id).code == "RouteTableLimitExceeded"
    fill(lambda i: vpc.ec2.create_network_acl(VpcId=vpc.id), 199)  # beside the default one
    assert error_of(vpc.ec2.create_network_acl, VpcId=vpc.id).code == "NetworkAclLimitExceeded"


def test_interface_endpoints_of_a_vpc(aws, vpc):
    parameters = {"VpcId": vpc.id, "ServiceName": f"com.amazonaws.{aws.region}.logs", "VpcEndpointType": "Interface",
                  "PrivateDnsEnabled": False}
    fill(lambda i: vpc.ec2.create_vpc_endpoint(**parameters), 50)
    assert error_of(vpc.ec2.create_vpc_endpoint, **parameters).code == "VpcEndpointLimitExceeded"


def test_prefix_lists_of_a_region(ec2):
    def make(index):
        return ec2.create_managed_prefix_list(PrefixListName=f"list-{index}", AddressFamily="IPv4", MaxEntries=1)
    fill(make, 100)
    assert error_of(make, index=100).code == "PrefixListLimitExceeded"


class Quick:
    """Calls without what a client costs, for limits of thousands."""

    def __init__(self, aws):
        self.connection = http.client.HTTPConnection(aws.server.endpoint.split("//")[1])
        self.headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Amz-Date": "20260101T000000Z",
                        "Authorization": "AWS4-HMAC-SHA256 "
                                         f"Credential={aws.account}/20260101/{aws.region}/ec2/aws4_request, "
                                         f"SignedHeaders=host;x-amz-date, Signature={'0' * 64}"}

    def __call__(self, action, **parameters):
        self.connection.request("POST", "/", urllib.parse.urlencode(
            {"Action": action, "Version": "2016-11-15", **parameters}), self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body


def test_network_interfaces_of_a_region(aws, vpc):
    subnet, call = vpc.subnet("10.0.0.0/16"), Quick(aws)
    fill(lambda i: call("CreateNetworkInterface", SubnetId=subnet), 5000)
    assert error_of(vpc.ec2.create_network_interface, SubnetId=subnet).code == "NetworkInterfaceLimitExceeded"
    assert error_of(vpc.ec2.run_instances, ImageId="ami-0d7dc0000000a2023", InstanceType="t3.micro", MinCount=1, MaxCount=1,
                    SubnetId=subnet).code == "NetworkInterfaceLimitExceeded"


def test_network_insights_of_a_region(aws, vpc):
    """Reachability Analyzer and Network Access Analyzer guides, "Quotas"; the codes are unconfirmed."""
    subnet, call = vpc.subnet(), Quick(aws)
    one, other = (vpc.interface(subnet)["NetworkInterfaceId"] for _ in range(2))
    path = {"Source": one, "Destination": other, "Protocol": "tcp"}
    fill(lambda i: call("CreateNetworkInsightsPath", ClientToken=i, **path), 1000)
    assert error_of(vpc.ec2.create_network_insights_path, **path).code == "NetworkInsightsPathLimitExceeded"
    resources = "MatchPath.1.Source.ResourceStatement.ResourceType.1"
    fill(lambda i: call("CreateNetworkInsightsAccessScope", ClientToken=i, **{resources: "AWS::EC2::VPC"}), 1000)
    assert error_of(vpc.ec2.create_network_insights_access_scope, MatchPaths=[
        {"Source": {"ResourceStatement": {"ResourceTypes": ["AWS::EC2::VPC"]}}}]).code == \
        "NetworkInsightsAccessScopeLimitExceeded"


def others(server, aws, count):
    """VPCs of other accounts: four each, beside the default one."""
    for index in range(count):
        if index % 4 == 0:
            other = server.aws(region=aws.region)
        yield other, other.client("ec2").create_vpc(CidrBlock=f"10.{1 + index}.0.0/16")["Vpc"]["VpcId"]


def test_peering_connections(server, aws, vpc):
    """25 that wait for their answer, 50 that are active."""
    made = []
    for other, peer in others(server, aws, 51):
        parameters = {"VpcId": vpc.id, "PeerVpcId": peer, "PeerOwnerId": other.account}
        if len(made) == 25:
            assert error_of(vpc.ec2.create_vpc_peering_connection, **parameters).code == \
                "OutstandingVpcPeeringConnectionLimitExceeded"
            for accepter, connection in made:
                accepter.client("ec2").accept_vpc_peering_connection(VpcPeeringConnectionId=connection)
        if len(made) == 49:
            for accepter, connection in made[25:]:
                accepter.client("ec2").accept_vpc_peering_connection(VpcPeeringConnectionId=connection)
        if len(made) == 50:
            refused = error_of(vpc.ec2.create_vpc_peering_connection, **parameters)
            # At the latest when it would become active.
            assert refused.code == "VpcPeeringConnectionsPerVpcLimitExceeded"
            break
        connection = vpc.ec2.create_vpc_peering_connection(**parameters)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
        if len(made) == 49:
            other.client("ec2").accept_vpc_peering_connection(VpcPeeringConnectionId=connection)
        made.append((other, connection))


def test_instances_that_cannot_be_what_is_asked(aws, vpc):
    launch = {"ImageId": "ami-0d7dc0000000a2023", "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    instance = vpc.ec2.run_instances(**launch, SubnetId=vpc.subnet())["Instances"][0]["InstanceId"]
    vpc.ec2.get_waiter("instance_running").wait(InstanceIds=[instance], WaiterConfig={"Delay": 1})
    assert error_of(vpc.ec2.stop_instances, InstanceIds=[instance], Hibernate=True).code == \
        "UnsupportedHibernationConfiguration"
    vpc.ec2.stop_instances(InstanceIds=[instance])
    vpc.ec2.get_waiter("instance_stopped").wait(InstanceIds=[instance], WaiterConfig={"Delay": 1})
    assert error_of(vpc.ec2.modify_instance_attribute, InstanceId=instance, InstanceType={"Value": "t4g.micro"}).code == \
        "InvalidInstanceAttributeValue"
    # A default VPC without a subnet: nothing says where the instance shall be.
    default = vpc.ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    fill(lambda i: vpc.ec2.delete_subnet(SubnetId=default[i]["SubnetId"]), len(default))
    assert error_of(vpc.ec2.run_instances, **launch).code == "MissingInput"
    # And without a default VPC.
    [gateway] = vpc.ec2.describe_internet_gateways()["InternetGateways"]
    vpc.ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=default[0]["VpcId"])
    vpc.ec2.delete_vpc(VpcId=default[0]["VpcId"])
    assert error_of(vpc.ec2.run_instances, **launch).code == "VPCIdNotSpecified"
