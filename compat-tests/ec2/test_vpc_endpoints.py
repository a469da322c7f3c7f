"""VPC endpoints. EC2 API Reference; AWS PrivateLink Guide; texts: aws-facts B.1 and B.7."""
import json

import pytest

from conftest import error_of, eventually


def service(vpc, name):
    return f"com.amazonaws.{vpc.aws.region}.{name}"


def described(vpc, endpoint):
    [shown] = vpc.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
    return shown


def wait_until_available(vpc, endpoint):
    return eventually(lambda: (shown := described(vpc, endpoint))["State"] == "available" and shown)


def dns_attributes(vpc, hostnames=True):
    vpc.ec2.modify_vpc_attribute(VpcId=vpc.id, EnableDnsHostnames={"Value": hostnames})


def routes_of(vpc, table):
    [shown] = vpc.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return {route["DestinationPrefixListId"]: route for route in shown["Routes"] if "DestinationPrefixListId" in route}


def test_services(vpc):
    answer = vpc.ec2.describe_vpc_endpoint_services()
    for name in ("s3", "dynamodb", "ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm", "sts", "ecs", "ecs-agent",
                 "ecs-telemetry", "kms", "elasticloadbalancing", "monitoring", "ec2"):
        assert service(vpc, name) in answer["ServiceNames"]
    [gateway] = vpc.ec2.describe_vpc_endpoint_services(
        ServiceNames=[service(vpc, "s3")],
        Filters=[{"Name": "service-type", "Values": ["Gateway"]}])["ServiceDetails"]
    assert gateway["ServiceType"] == [{"ServiceType": "Gateway"}] and gateway["Owner"] == "amazon"
    assert gateway["VpcEndpointPolicySupported"] is True and gateway["AcceptanceRequired"] is False
    [dkr] = vpc.ec2.describe_vpc_endpoint_services(ServiceNames=[service(vpc, "ecr.dkr")])["ServiceDetails"]
    assert dkr["PrivateDnsName"] == f"*.dkr.ecr.{vpc.aws.region}.amazonaws.com"
    assert len(dkr["AvailabilityZones"]) == 3
    refused = error_of(vpc.ec2.describe_vpc_endpoint_services, ServiceNames=["com.amazonaws.x"])
    assert (refused.code, refused.message) == (
        "InvalidServiceName", "The Vpc Endpoint Service 'com.amazonaws.x' does not exist")
    pages = vpc.ec2.get_paginator("describe_vpc_endpoint_services").paginate(PaginationConfig={"PageSize": 10})
    assert sum(len(page["ServiceDetails"]) for page in pages) == len(answer["ServiceDetails"]) > 20


def test_a_gateway_endpoint_is_routes(vpc):
    tables = [vpc.route_table(), vpc.route_table()]
    created = vpc.ec2.create_vpc_endpoint(
        VpcId=vpc.id, ServiceName=service(vpc, "s3"), RouteTableIds=[tables[0]],
        TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "Name", "Value": "s3"}]}])["VpcEndpoint"]
    endpoint = created["VpcEndpointId"]
    assert created["VpcEndpointType"] == "Gateway" and created["State"] == "available"
    assert created["RouteTableIds"] == [tables[0]] and created["Tags"] == [{"Key": "Name", "Value": "s3"}]
    assert created["OwnerId"] == vpc.aws.account and not created["PrivateDnsEnabled"]
    assert json.loads(created["PolicyDocument"])["Statement"][0]["Effect"] == "Allow"
    [listed] = [each for each in vpc.ec2.describe_prefix_lists()["PrefixLists"]
                if each["PrefixListName"] == service(vpc, "s3")]
    list_id = listed["PrefixListId"]
    route = routes_of(vpc, tables[0])[list_id]
    assert (route["GatewayId"], route["State"], route["Origin"]) == (endpoint, "active", "CreateRoute")
    assert routes_of(vpc, tables[1]) == {}

    refused = error_of(vpc.ec2.create_vpc_endpoint, VpcId=vpc.id, ServiceName=service(vpc, "s3"),
                       RouteTableIds=[tables[0]])
    assert (refused.code, refused.message) == (
        "RouteAlreadyExists", f"route table {tables[0]} already has a route with destination-prefix-list-id {list_id}")
    assert error_of(vpc.ec2.create_route, RouteTableId=tables[0], DestinationPrefixListId=list_id,
                    GatewayId=vpc.internet_gateway()).code == "RouteAlreadyExists"
    refused = error_of(vpc.ec2.delete_route, RouteTableId=tables[0], DestinationPrefixListId=list_id)
    assert (refused.code, refused.message) == (
        "InvalidParameterValue", f"cannot remove VPC endpoint route {list_id} in route table {tables[0]}")
    assert error_of(vpc.ec2.create_route, RouteTableId=tables[1], DestinationCidrBlock="0.0.0.0/0",
                    VpcEndpointId=endpoint).code == "InvalidParameterValue"

    vpc.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, AddRouteTableIds=[tables[1]], RemoveRouteTableIds=[tables[0]])
    assert routes_of(vpc, tables[0]) == {} and list_id in routes_of(vpc, tables[1])
    [found] = vpc.ec2.get_managed_prefix_list_associations(PrefixListId=list_id)["PrefixListAssociations"]
    assert found == {"ResourceId": tables[1], "ResourceOwner": vpc.aws.account}
    vpc.ec2.delete_route_table(RouteTableId=tables[1])
    assert described(vpc, endpoint)["RouteTableIds"] == []

    assert error_of(vpc.ec2.delete_vpc, VpcId=vpc.id).code == "DependencyViolation"
    assert vpc.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])["Unsuccessful"] == []
    missing = error_of(vpc.ec2.describe_vpc_endpoints, VpcEndpointIds=[endpoint])
    assert (missing.code, missing.message) == (
        "InvalidVpcEndpointId.NotFound", f"The Vpc Endpoint Id '{endpoint}' does not exist")
    [failed] = vpc.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])["Unsuccessful"]
    assert failed["ResourceId"] == endpoint and failed["Error"]["Code"] == "InvalidVpcEndpoint.NotFound"


def test_an_interface_endpoint_is_interfaces(vpc):
    dns_attributes(vpc)
    zones = [zone["ZoneName"] for zone in vpc.ec2.describe_availability_zones()["AvailabilityZones"]]
    subnets = [vpc.subnet(f"10.0.{i}.0/24", AvailabilityZone=zone) for i, zone in enumerate(zones[:2])]
    twin = vpc.subnet("10.0.9.0/24", AvailabilityZone=zones[0])
    group, other = vpc.group("endpoint"), vpc.group("other")
    created = vpc.ec2.create_vpc_endpoint(
        VpcId=vpc.id, VpcEndpointType="Interface", ServiceName=service(vpc, "logs"), SubnetIds=subnets[:1],
        SecurityGroupIds=[group])["VpcEndpoint"]
    endpoint = created["VpcEndpointId"]
    assert created["State"] == "pending" and created["PrivateDnsEnabled"] is True
    assert created["Groups"] == [{"GroupId": group, "GroupName": "endpoint"}]
    shown = wait_until_available(vpc, endpoint)
    [eni] = shown["NetworkInterfaceIds"]
    names = [entry["DnsName"] for entry in shown["DnsEntries"]]
    assert names[0].startswith(endpoint + "-") and names[0].endswith(f".logs.{vpc.aws.region}.vpce.amazonaws.com")
    assert f"-{zones[0]}.logs." in names[1] and names[2] == f"logs.{vpc.aws.region}.amazonaws.com"
    [interface] = vpc.ec2.describe_network_interfaces(NetworkInterfaceIds=[eni])["NetworkInterfaces"]
    assert interface["InterfaceType"] == "vpc_endpoint" and interface["RequesterManaged"] is True
    assert interface["Description"] == f"VPC Endpoint Interface {endpoint}" and interface["Status"] == "in-use"
    # EC2 User Guide, "Requester-managed network interfaces": the requester is an account of Amazon's.
    assert interface["RequesterId"].isdigit() and interface["RequesterId"] != vpc.aws.account
    assert interface["Attachment"]["AttachmentId"].startswith("ela-attach-")
    assert interface["Attachment"]["InstanceOwnerId"] == "amazon-aws"
    assert [each["GroupId"] for each in interface["Groups"]] == [group]
    assert error_of(vpc.ec2.delete_network_interface, NetworkInterfaceId=eni).code == "InvalidParameterValue"
    assert error_of(vpc.ec2.delete_security_group, GroupId=group).code == "DependencyViolation"

    refused = error_of(vpc.ec2.modify_vpc_endpoint, VpcEndpointId=endpoint, AddSubnetIds=[twin])
    assert (refused.code, refused.message) == (
        "DuplicateSubnetsInSameZone", f"Found another VPC endpoint subnet in the availability zone of {subnets[0]}")
    refused = error_of(vpc.ec2.create_vpc_endpoint, VpcId=vpc.id, VpcEndpointType="Interface",
                       ServiceName=service(vpc, "logs"))
    assert (refused.code, refused.message) == (
        "InvalidParameter", "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
        f"logs.{vpc.aws.region}.amazonaws.com in the VPC {vpc.id}")
    vpc.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, RemoveSubnetIds=[subnets[0]], AddSubnetIds=[twin, subnets[1]],
                                AddSecurityGroupIds=[other], RemoveSecurityGroupIds=[group])
    shown = described(vpc, endpoint)
    assert sorted(shown["SubnetIds"]) == sorted([twin, subnets[1]]) and len(shown["NetworkInterfaceIds"]) == 2
    assert [each["GroupId"] for each in shown["Groups"]] == [other]
    assert error_of(vpc.ec2.describe_network_interfaces,
                    NetworkInterfaceIds=[eni]).code == "InvalidNetworkInterfaceID.NotFound"
    for interface in vpc.ec2.describe_network_interfaces(
            NetworkInterfaceIds=shown["NetworkInterfaceIds"])["NetworkInterfaces"]:
        assert [each["GroupId"] for each in interface["Groups"]] == [other]
    vpc.ec2.delete_security_group(GroupId=group)
    assert error_of(vpc.ec2.delete_subnet, SubnetId=twin).code == "DependencyViolation"

    vpc.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PrivateDnsEnabled=False)
    assert described(vpc, endpoint)["PrivateDnsEnabled"] is False
    assert vpc.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])["Unsuccessful"] == []
    eventually(lambda: not vpc.ec2.describe_vpc_endpoints(
        Filters=[{"Name": "vpc-id", "Values": [vpc.id]}])["VpcEndpoints"])
    vpc.ec2.delete_subnet(SubnetId=twin)


def test_private_dns_needs_both_attributes(vpc):
    refused = error_of(vpc.ec2.create_vpc_endpoint, VpcId=vpc.id, VpcEndpointType="Interface",
                       ServiceName=service(vpc, "kms"), PrivateDnsEnabled=True)
    assert (refused.code, refused.message) == (
        "InvalidParameter", "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes "
        f"set to true for {vpc.id}")
    created = vpc.ec2.create_vpc_endpoint(VpcId=vpc.id, VpcEndpointType="Interface", ServiceName=service(vpc, "kms"),
                                          PrivateDnsEnabled=False)["VpcEndpoint"]
    assert created["NetworkInterfaceIds"] == [] and created["Groups"][0]["GroupName"] == "default"
    assert error_of(vpc.ec2.modify_vpc_endpoint, VpcEndpointId=created["VpcEndpointId"],
                    PrivateDnsEnabled=True).code == "InvalidParameter"
    dns_attributes(vpc)
    vpc.ec2.modify_vpc_endpoint(VpcEndpointId=created["VpcEndpointId"], PrivateDnsEnabled=True)


def test_policies(vpc):
    policy = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteObject", "Resource": "*"}]})
    endpoint = vpc.ec2.create_vpc_endpoint(VpcId=vpc.id, ServiceName=service(vpc, "s3"),
                                           PolicyDocument=policy)["VpcEndpoint"]["VpcEndpointId"]
    assert json.loads(described(vpc, endpoint)["PolicyDocument"]) == json.loads(policy)
    for bad in ("banana", '{"Version": "2012-10-17"}'):
        assert error_of(vpc.ec2.modify_vpc_endpoint, VpcEndpointId=endpoint,
                        PolicyDocument=bad).code == "InvalidPolicyDocument"
    assert error_of(vpc.ec2.modify_vpc_endpoint, VpcEndpointId=endpoint, ResetPolicy=True,
                    PolicyDocument=policy).code == "InvalidParameterCombination"
    vpc.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, ResetPolicy=True)
    assert json.loads(described(vpc, endpoint)["PolicyDocument"])["Statement"][0]["Action"] == "*"


@pytest.mark.parametrize("change, code", [
    ({"ServiceName": "com.amazonaws.eu-central-1.banana"}, "InvalidServiceName"),
    ({"VpcId": "vpc-0123456789abcdef0"}, "InvalidVpcID.NotFound"),
    ({"RouteTableIds": ["rtb-0123456789abcdef0"]}, "InvalidRouteTableID.NotFound"),
    ({"SubnetIds": ["subnet-0123456789abcdef0"]}, "InvalidParameter"),
    ({"VpcEndpointType": "Interface", "SubnetIds": ["subnet-0123456789abcdef0"]}, "InvalidSubnetID.NotFound"),
    ({"VpcEndpointType": "Interface", "SecurityGroupIds": ["sg-0123456789abcdef0"]}, "InvalidGroup.NotFound"),
    ({"VpcEndpointType": "Interface", "RouteTableIds": ["rtb-0123456789abcdef0"]}, "InvalidParameter"),
    ({"VpcEndpointType": "GatewayLoadBalancer"}, "UnsupportedOperation"),
    ({"DryRun": True}, "DryRunOperation"),
    ({"TagSpecifications": [{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}]}, "InvalidParameterValue"),
])
def test_what_is_refused(vpc, change, code):
    request = {"VpcId": vpc.id, "ServiceName": service(vpc, "s3"), **change}
    assert error_of(vpc.ec2.create_vpc_endpoint, **request).code == code


def test_types_must_match(vpc):
    refused = error_of(vpc.ec2.create_vpc_endpoint, VpcId=vpc.id, ServiceName=service(vpc, "logs"))
    assert (refused.code, refused.message) == (
        "InvalidParameter", "Endpoint type (Gateway) does not match available service types ([Interface]).")


def test_tokens_filters_and_tags(vpc):
    request = {"VpcId": vpc.id, "ServiceName": service(vpc, "dynamodb"), "ClientToken": "once"}
    first = vpc.ec2.create_vpc_endpoint(**request)
    assert first["ClientToken"] == "once"
    endpoint = first["VpcEndpoint"]["VpcEndpointId"]
    assert vpc.ec2.create_vpc_endpoint(**request)["VpcEndpoint"]["VpcEndpointId"] == endpoint
    assert error_of(vpc.ec2.create_vpc_endpoint, **{**request, "ServiceName": service(vpc, "s3")}).code == \
        "IdempotentParameterMismatch"
    vpc.ec2.create_tags(Resources=[endpoint], Tags=[{"Key": "team", "Value": "a"}])
    for name, value in (("tag:team", "a"), ("vpc-endpoint-type", "Gateway"), ("vpc-endpoint-state", "available"),
                        ("service-name", "*.dynamodb"), ("vpc-endpoint-id", endpoint)):
        found = vpc.ec2.describe_vpc_endpoints(Filters=[{"Name": name, "Values": [value]}])["VpcEndpoints"]
        assert [each["VpcEndpointId"] for each in found] == [endpoint]
    assert error_of(vpc.ec2.describe_vpc_endpoints, Filters=[{"Name": "color", "Values": ["red"]}]).code == \
        "InvalidParameterValue"
    assert error_of(vpc.ec2.describe_vpc_endpoints, VpcEndpointIds=["vpce-x"]).code == "InvalidVpcEndpointId.Malformed"
    assert vpc.aws.cli("ec2", "describe-vpc-endpoints")["VpcEndpoints"][0]["VpcEndpointId"] == endpoint
