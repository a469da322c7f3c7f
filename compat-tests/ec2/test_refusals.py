"""What is refused, one line each: the refusals that no other file of this folder shows. Codes: EC2 API Reference, "Error
codes" and each operation's page. Nothing here changes anything, so all lines share one scene. Members that the client does
not know yet are skipped."""
import pytest

from conftest import error_of, eventually
from ec2.conftest import Vpc
from ec2.test_instances import IMAGE, described, instance_in

TAGS = [{"Key": "k", "Value": "v"}]


class Scene(Vpc):
    """One of each kind in a VPC of 10.0.0.0/16, and another VPC beside it."""

    def __init__(self, aws):
        super().__init__(aws)
        ec2, zone = self.ec2, aws.region
        self.zone = zone + "a"
        self.near, self.far = self.subnet("10.0.1.0/24", AvailabilityZone=zone + "a"), self.subnet(
            "10.0.2.0/24", AvailabilityZone=zone + "b")
        self.other = ec2.create_vpc(CidrBlock="10.1.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
        block = ec2.describe_vpcs(VpcIds=[self.other])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
        self.foreign = ec2.create_subnet(VpcId=self.other, CidrBlock="10.1.1.0/24", AvailabilityZone=self.zone,
                                         Ipv6CidrBlock=block.replace("/56", "/64"))["Subnet"]["SubnetId"]
        self.gateway, self.web = self.internet_gateway(), self.group()
        self.table = self.route_table()
        self.foreign_table = ec2.create_route_table(VpcId=self.other)["RouteTable"]["RouteTableId"]
        self.one, self.two, self.many, self.outside = (
            self.interface(subnet, **more)["NetworkInterfaceId"] for subnet, more in (
                (self.near, {}), (self.far, {}), (self.near, {"SecondaryPrivateIpAddressCount": 2}), (self.foreign, {})))
        self.free, used = self.elastic_ip(), self.elastic_ip()
        self.held = self.interface(self.near)["NetworkInterfaceId"]
        self.association = ec2.associate_address(AllocationId=used, NetworkInterfaceId=self.held)["AssociationId"]
        self.acl = ec2.create_network_acl(VpcId=self.id)["NetworkAcl"]["NetworkAclId"]
        self.foreign_acl = ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [self.other]}])[
            "NetworkAcls"][0]["Associations"][0]["NetworkAclAssociationId"]
        self.list = ec2.create_managed_prefix_list(
            PrefixListName="mine", AddressFamily="IPv4", MaxEntries=2, Entries=[
                {"Cidr": "10.8.0.0/16"}, {"Cidr": "10.9.0.0/16"}])["PrefixList"]["PrefixListId"]
        self.aws_list = next(each["PrefixListId"] for each in ec2.describe_prefix_lists()["PrefixLists"]
                             if each["PrefixListName"].endswith(".dynamodb"))
        ec2.create_route(RouteTableId=self.table, DestinationPrefixListId=self.aws_list, GatewayId=self.gateway)
        self.outlet = ec2.create_egress_only_internet_gateway(VpcId=self.id)["EgressOnlyInternetGateway"][
            "EgressOnlyInternetGatewayId"]
        self.options = ec2.create_dhcp_options(DhcpConfigurations=[{"Key": "domain-name", "Values": ["a.example"]}])[
            "DhcpOptions"]["DhcpOptionsId"]
        self.endpoints()
        self.instances()
        self.path = ec2.create_network_insights_path(Source=self.one, Destination=self.two, Protocol="tcp")[
            "NetworkInsightsPath"]["NetworkInsightsPathId"]
        self.peering = ec2.create_vpc_peering_connection(VpcId=self.id, PeerVpcId=self.other)["VpcPeeringConnection"][
            "VpcPeeringConnectionId"]
        ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=self.peering)
        self.nat = ec2.create_nat_gateway(SubnetId=self.near, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
        self.wait_for_nat_gateway(self.nat, "available")
        self.rule = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [self.web]}])[
            "SecurityGroupRules"][0]["SecurityGroupRuleId"]

    def service(self, name):
        return f"com.amazonaws.{self.aws.region}.{name}"

    def endpoints(self):
        self.s3 = self.ec2.create_vpc_endpoint(VpcId=self.id, ServiceName=self.service("s3"))["VpcEndpoint"]["VpcEndpointId"]
        self.ecr = self.ec2.create_vpc_endpoint(
            VpcId=self.id, ServiceName=self.service("ecr.api"), VpcEndpointType="Interface", SubnetIds=[self.near],
            SecurityGroupIds=[self.web], PrivateDnsEnabled=False)["VpcEndpoint"]["VpcEndpointId"]

    def instances(self):
        """One that runs, one that stands still with three interfaces and may not be stopped, one that is gone."""
        self.running = instance_in(self, self.near)
        self.gone = instance_in(self, self.near)
        self.ec2.terminate_instances(InstanceIds=[self.gone])
        self.kept = instance_in(self, self.near, DisableApiStop=True)
        self.stopped = self.ec2.run_instances(
            ImageId=IMAGE, InstanceType="t3.medium", MinCount=1, MaxCount=1, NetworkInterfaces=[
                {"DeviceIndex": index, "SubnetId": self.near} for index in range(3)])["Instances"][0]["InstanceId"]
        eventually(lambda: described(self, self.stopped)["State"]["Name"] == "running")
        self.ec2.stop_instances(InstanceIds=[self.stopped])
        for instance, state in ((self.stopped, "stopped"), (self.gone, "terminated")):
            eventually(lambda: described(self, instance)["State"]["Name"] == state)
        self.attachments = described(self, self.running)["NetworkInterfaces"][0]

    def launch(self, **more):
        return {"ImageId": IMAGE, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, **more}

    def with_interfaces(self, *interfaces, **more):
        return self.launch(NetworkInterfaces=[{"DeviceIndex": index, **each} for index, each in enumerate(interfaces)],
                           **more)


def of_group(s, **permission):
    return {"GroupId": s.web, "IpPermissions": [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, **permission}]}


def of_interface(s, **more):
    return {"NetworkInterfaceId": s.one, **more}


# operation, code, parameters
REFUSALS = [
    # Elastic IP addresses
    ("allocate_address", "InvalidParameterValue", lambda s: {"NetworkBorderGroup": "us-east-1"}),
    ("associate_address", "InvalidParameterCombination", lambda s: of_interface(
        s, AllocationId=s.free, PublicIp="198.51.100.1")),
    ("associate_address", "InvalidParameterCombination", lambda s: of_interface(
        s, AllocationId=s.free, InstanceId=s.running)),
    ("associate_address", "InvalidParameterValue", lambda s: of_interface(
        s, AllocationId=s.free, PrivateIpAddress="10.0.1.250")),
    ("associate_address", "MissingParameter", lambda s: {"AllocationId": s.free}),
    ("associate_address", "InvalidInstanceID", lambda s: {"AllocationId": s.free, "InstanceId": s.gone}),
    ("associate_address", "InvalidInstanceID", lambda s: {"AllocationId": s.free, "InstanceId": s.stopped}),  # 3 interfaces
    ("associate_address", "Resource.AlreadyAssociated", lambda s: {
        "AllocationId": s.free, "NetworkInterfaceId": s.held, "AllowReassociation": False}),
    ("disassociate_address", "MissingParameter", lambda s: {}),
    ("release_address", "InvalidIPAddress.InUse", lambda s: {
        "AllocationId": s.ec2.describe_addresses(Filters=[{"Name": "association-id", "Values": [s.association]}])[
            "Addresses"][0]["AllocationId"]}),
    # Network interfaces
    ("create_network_interface", "InvalidParameterValue", lambda s: {"SubnetId": s.near, "Description": "a" * 256}),
    ("create_network_interface", "InvalidParameterValue", lambda s: {
        "SubnetId": s.near, "SecondaryPrivateIpAddressCount": -1}),
    ("create_network_interface", "InvalidParameterCombination", lambda s: {
        "SubnetId": s.near, "SecondaryPrivateIpAddressCount": 1, "PrivateIpAddresses": [
            {"PrivateIpAddress": "10.0.1.200", "Primary": True}, {"PrivateIpAddress": "10.0.1.201"}]}),
    ("create_network_interface", "InvalidParameterCombination", lambda s: {
        "SubnetId": s.foreign, "Ipv6AddressCount": 1, "Ipv6Addresses": [{"Ipv6Address": "2001:db8::1"}]}),
    ("create_network_interface", "InvalidParameterValue", lambda s: {
        "SubnetId": s.foreign, "Ipv6Addresses": [{"Ipv6Address": "10.0.0.1"}]}),
    ("create_network_interface", "InvalidParameterValue", lambda s: {
        "SubnetId": s.foreign, "Ipv6Addresses": [{"Ipv6Address": "2001:db8::1"}]}),
    ("create_network_interface", "InvalidParameterValue", lambda s: {
        "SubnetId": s.near, "TagSpecifications": [{"Tags": TAGS}]}),
    ("create_network_interface", "InvalidParameterValue", lambda s: {
        "SubnetId": s.near, "TagSpecifications": [{"ResourceType": "network-interface", "Tags": TAGS}] * 2}),
    ("create_network_interface", "UnsupportedOperation", lambda s: {"SubnetId": s.near, "Ipv4PrefixCount": 1}),
    ("assign_private_ip_addresses", "InvalidParameterCombination", lambda s: of_interface(
        s, PrivateIpAddresses=["10.0.1.200"], SecondaryPrivateIpAddressCount=1)),
    ("assign_private_ip_addresses", "InvalidParameterValue", lambda s: of_interface(s, SecondaryPrivateIpAddressCount=0)),
    ("assign_ipv6_addresses", "MissingParameter", of_interface),
    ("attach_network_interface", "InvalidParameterValue", lambda s: of_interface(
        s, InstanceId=s.running, DeviceIndex=1, NetworkCardIndex=1)),
    ("attach_network_interface", "InvalidParameterValue", lambda s: of_interface(
        s, InstanceId=s.running, DeviceIndex=-1)),
    ("attach_network_interface", "IncorrectState", lambda s: of_interface(s, InstanceId=s.gone, DeviceIndex=1)),
    ("attach_network_interface", "PrivateIpAddressLimitExceeded", lambda s: {
        "NetworkInterfaceId": s.many, "InstanceId": s.running, "DeviceIndex": 1}),
    ("attach_network_interface", "UnsupportedOperation", lambda s: {
        "NetworkInterfaceId": s.outside, "InstanceId": s.running, "DeviceIndex": 1}),  # AWS allows another VPC
    ("modify_network_interface_attribute", "InvalidAttachmentID.NotFound", lambda s: of_interface(
        s, Attachment={"AttachmentId": "eni-attach-0123456789abcdef0", "DeleteOnTermination": True})),
    ("modify_network_interface_attribute", "UnsupportedOperation", lambda s: {
        "NetworkInterfaceId": s.attachments["NetworkInterfaceId"],
        "Attachment": {"AttachmentId": s.attachments["Attachment"]["AttachmentId"], "DefaultEnaQueueCount": True}}),
    ("modify_network_interface_attribute", "InvalidParameterCombination", lambda s: of_interface(
        s, AssociatePublicIpAddress=True)),
    # Instances
    ("run_instances", "InvalidParameterValue", lambda s: s.launch(
        SubnetId=s.far, Placement={"AvailabilityZone": s.zone})),
    ("run_instances", "InvalidParameterValue", lambda s: s.launch(Placement={"AvailabilityZone": "mars-1a"})),
    ("run_instances", "UnsupportedOperation", lambda s: s.launch(
        SubnetId=s.near, HibernationOptions={"Configured": True})),
    ("run_instances", "UnsupportedOperation", lambda s: s.launch(SubnetId=s.near, EnclaveOptions={"Enabled": True})),
    ("run_instances", "InvalidParameterValue", lambda s: s.launch(
        SubnetId=s.near, MetadataOptions={"HttpPutResponseHopLimit": 65})),
    ("run_instances", "InvalidParameterValue", lambda s: s.launch(SubnetId=s.near, UserData="a" * 16385)),
    ("run_instances", "InvalidParameterCombination", lambda s: s.with_interfaces(
        {"NetworkInterfaceId": s.one, "Description": "x"})),
    ("run_instances", "InvalidParameterCombination", lambda s: s.with_interfaces(
        {"NetworkInterfaceId": s.one, "DeleteOnTermination": True})),
    ("run_instances", "InvalidParameterCombination", lambda s: s.with_interfaces(
        {"NetworkInterfaceId": s.one}, MaxCount=2)),
    ("run_instances", "InvalidParameterCombination", lambda s: s.with_interfaces(
        {"NetworkInterfaceId": s.one, "AssociatePublicIpAddress": True})),
    ("run_instances", "UnsupportedOperation", lambda s: s.with_interfaces({"SubnetId": s.near, "InterfaceType": "efa"})),
    ("run_instances", "InvalidParameterValue", lambda s: s.with_interfaces({"SubnetId": s.near, "NetworkCardIndex": 1})),
    ("run_instances", "InvalidParameterCombination", lambda s: s.with_interfaces(
        {"SubnetId": s.near}, {"SubnetId": s.far})),
    ("run_instances", "MissingParameter", lambda s: s.with_interfaces({"SubnetId": s.near, "DeviceIndex": 1})),
    ("describe_instances", "InvalidParameterValue", lambda s: {"MaxResults": 4}),
    ("describe_tags", "InvalidParameterValue", lambda s: {"MaxResults": 4}),
    ("stop_instances", "OperationNotPermitted", lambda s: {"InstanceIds": [s.kept]}),
    ("stop_instances", "IncorrectInstanceState", lambda s: {"InstanceIds": [s.gone]}),
    ("modify_instance_attribute", "InvalidParameterValue", lambda s: {
        "InstanceId": s.running, "Attribute": "disableApiTermination", "Value": "maybe"}),
    ("modify_instance_attribute", "UnsupportedOperation", lambda s: {
        "InstanceId": s.running, "Attribute": "kernel", "Value": "x"}),
    ("modify_instance_attribute", "AttachmentLimitExceeded", lambda s: {
        "InstanceId": s.stopped, "InstanceType": {"Value": "t3.micro"}}),
    ("modify_instance_attribute", "InvalidInstanceID", lambda s: {
        "InstanceId": s.gone, "DisableApiTermination": {"Value": True}}),
    ("modify_instance_attribute", "InvalidInstanceAttributeValue", lambda s: {
        "InstanceId": s.running, "InstanceInitiatedShutdownBehavior": {"Value": "explode"}}),
    ("modify_instance_attribute", "IncorrectInstanceState", lambda s: {
        "InstanceId": s.running, "EbsOptimized": {"Value": True}}),
    ("modify_instance_attribute", "IncorrectInstanceState", lambda s: {
        "InstanceId": s.running, "UserData": {"Value": b"x"}}),
    # VPCs, zones, DHCP options
    ("create_vpc", "InvalidParameterValue", lambda s: {
        "CidrBlock": "10.2.0.0/16", "Ipv6CidrBlockNetworkBorderGroup": "us-east-1"}),
    ("associate_vpc_cidr_block", "InvalidVpc.Range", lambda s: {"VpcId": s.id, "CidrBlock": "10.1.128.0/17"}),  # the peer's
    ("describe_availability_zones", "InvalidParameterValue", lambda s: {"ZoneIds": ["mars-az1"]}),
    ("create_dhcp_options", "InvalidParameterValue", lambda s: {
        "DhcpConfigurations": [{"Key": "domain-name", "Values": [name]} for name in ("a.example", "b.example")]}),
    # Routes, network ACLs
    ("create_route", "MissingParameter", lambda s: {"RouteTableId": s.table, "GatewayId": s.gateway}),
    ("create_network_acl_entry", "InvalidParameterValue", lambda s: {
        "NetworkAclId": s.acl, "RuleNumber": 1, "Protocol": "1", "RuleAction": "allow", "Egress": False,
        "CidrBlock": "0.0.0.0/0", "IcmpTypeCode": {"Type": 300, "Code": 0}}),
    ("replace_network_acl_association", "InvalidParameterValue", lambda s: {
        "AssociationId": s.foreign_acl, "NetworkAclId": s.acl}),
    # Security groups
    ("revoke_security_group_ingress", "InvalidParameterCombination", lambda s: {
        **of_group(s, IpRanges=[{"CidrIp": "10.0.0.0/8"}]), "SecurityGroupRuleIds": [s.rule]}),
    ("revoke_security_group_ingress", "MissingParameter", lambda s: {"GroupId": s.web}),
    ("update_security_group_rule_descriptions_ingress", "MissingParameter", lambda s: {"GroupId": s.web}),
    ("update_security_group_rule_descriptions_egress", "InvalidPermission.NotFound", lambda s: of_group(
        s, IpRanges=[{"CidrIp": "10.0.0.0/8", "Description": "x"}])),
    ("authorize_security_group_ingress", "MissingParameter", lambda s: of_group(
        s, UserIdGroupPairs=[{"UserId": s.aws.account}])),
    ("authorize_security_group_ingress", "InvalidGroup.NotFound", lambda s: of_group(
        s, UserIdGroupPairs=[{"GroupName": "nobody"}])),
    ("authorize_security_group_ingress", "InvalidParameterValue", lambda s: of_group(
        s, IpProtocol="icmp", FromPort=-1, ToPort=5, IpRanges=[{"CidrIp": "10.0.0.0/8"}])),
    ("authorize_security_group_ingress", "InvalidParameterCombination", lambda s: {
        **of_group(s, IpRanges=[{"CidrIp": "10.0.0.0/8"}]), "CidrIp": "10.0.0.0/8"}),
    ("modify_security_group_rules", "InvalidSecurityGroupRuleId.NotFound", lambda s: {
        "GroupId": s.web, "SecurityGroupRules": [{"SecurityGroupRuleId": "sgr-0123456789abcdef0", "SecurityGroupRule": {
            "IpProtocol": "-1", "CidrIpv4": "10.0.0.0/8"}}]}),
    ("update_security_group_rule_descriptions_ingress", "InvalidSecurityGroupRuleId.NotFound", lambda s: {
        "GroupId": s.web, "SecurityGroupRuleDescriptions": [{"SecurityGroupRuleId": s.rule, "Description": "x"}]}),  # egress
    ("modify_security_group_rules", "InvalidParameterCombination", lambda s: {"GroupId": s.web, "SecurityGroupRules": [
        {"SecurityGroupRuleId": s.rule, "SecurityGroupRule": {
            "IpProtocol": "-1", "CidrIpv4": "10.0.0.0/8", "CidrIpv6": "::/0"}}]}),
    # VPC endpoints
    ("create_vpc_endpoint", "InvalidParameter", lambda s: {
        "VpcId": s.id, "ServiceName": s.service("dynamodb"), "RouteTableIds": [s.foreign_table]}),
    ("create_vpc_endpoint", "RouteAlreadyExists", lambda s: {
        "VpcId": s.id, "ServiceName": s.service("dynamodb"), "RouteTableIds": [s.table]}),
    ("create_vpc_endpoint", "InvalidParameter", lambda s: {
        "VpcId": s.id, "ServiceName": s.service("logs"), "VpcEndpointType": "Interface", "SubnetIds": [s.foreign]}),
    ("create_vpc_endpoint", "UnsupportedOperation", lambda s: {
        "VpcId": s.id, "ServiceName": s.service("logs"), "VpcEndpointType": "Interface", "SubnetIds": [s.near],
        "IpAddressType": "dualstack"}),
    ("create_vpc_endpoint", "InvalidParameter", lambda s: {
        "VpcId": s.id, "ServiceName": s.service("logs"), "VpcEndpointType": "Interface", "SubnetIds": [s.near],
        "PrivateDnsEnabled": False, "DnsOptions": {"DnsRecordIpType": "ipv6"}}),
    ("create_vpc_endpoint", "InvalidParameter", lambda s: {
        "VpcId": s.id, "ServiceName": s.service("logs"), "VpcEndpointType": "Interface", "SubnetIds": [s.near],
        "PrivateDnsEnabled": False, "DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": True}}),
    ("create_vpc_endpoint", "UnsupportedOperation", lambda s: {
        "VpcId": s.id, "ServiceName": s.service("logs"), "VpcEndpointType": "Interface", "ServiceRegion": "us-east-1"}),
    ("create_vpc_endpoint", "InvalidParameter", lambda s: {
        "VpcId": s.id, "ServiceName": s.service("logs"), "VpcEndpointType": "Interface", "SubnetIds": [s.near],
        "PrivateDnsEnabled": False, "SubnetConfigurations": [{"SubnetId": s.far, "Ipv4": "10.0.2.99"}]}),
    ("create_vpc_endpoint", "MissingParameter", lambda s: {
        "VpcId": s.id, "ServiceName": s.service("logs"), "VpcEndpointType": "Interface", "SubnetIds": [s.near],
        "PrivateDnsEnabled": False, "SubnetConfigurations": [{"Ipv4": "10.0.1.99"}]}),
    ("modify_vpc_endpoint", "InvalidParameter", lambda s: {"VpcEndpointId": s.s3, "AddRouteTableIds": [s.foreign_table]}),
    ("modify_vpc_endpoint", "InvalidParameter", lambda s: {"VpcEndpointId": s.ecr, "RemoveSecurityGroupIds": [s.web]}),
    ("describe_vpc_endpoint_services", "UnsupportedOperation", lambda s: {"ServiceRegions": ["us-east-1"]}),
    # Prefix lists
    ("create_managed_prefix_list", "InvalidParameterValue", lambda s: {
        "PrefixListName": "a" * 256, "AddressFamily": "IPv4", "MaxEntries": 1}),
    ("create_managed_prefix_list", "InvalidParameterValue", lambda s: {
        "PrefixListName": "long", "AddressFamily": "IPv4", "MaxEntries": 1,
        "Entries": [{"Cidr": "10.0.0.0/8", "Description": "a" * 256}]}),
    ("modify_managed_prefix_list", "PrefixListMaxEntriesExceeded", lambda s: {"PrefixListId": s.list, "MaxEntries": 1}),
    ("modify_managed_prefix_list", "OperationNotPermitted", lambda s: {"PrefixListId": s.aws_list, "MaxEntries": 1}),
    # Peering, NAT gateways, Network Insights, flow logs
    ("modify_vpc_peering_connection_options", "MissingParameter", lambda s: {"VpcPeeringConnectionId": s.peering}),
    ("create_nat_gateway", "InvalidParameterCombination", lambda s: {
        "SubnetId": s.near, "ConnectivityType": "private", "AllocationId": s.free}),
    ("create_nat_gateway", "InvalidParameterCombination", lambda s: {
        "SubnetId": s.near, "AllocationId": s.free, "SecondaryPrivateIpAddressCount": 1}),
    ("create_nat_gateway", "InvalidParameterCombination", lambda s: {
        "SubnetId": s.near, "ConnectivityType": "private", "SecondaryAllocationIds": [s.free]}),
    ("create_nat_gateway", "InvalidParameterCombination", lambda s: {
        "SubnetId": s.near, "ConnectivityType": "private", "SecondaryPrivateIpAddressCount": 1,
        "SecondaryPrivateIpAddresses": ["10.0.1.99"]}),
    ("create_nat_gateway", "InvalidParameterCombination", lambda s: {
        "SubnetId": s.near, "AllocationId": s.free, "SecondaryPrivateIpAddresses": ["10.0.1.99"]}),
    ("assign_private_nat_gateway_address", "MissingParameter", lambda s: {"NatGatewayId": s.nat}),
    ("assign_private_nat_gateway_address", "InvalidParameterCombination", lambda s: {
        "NatGatewayId": s.nat, "PrivateIpAddressCount": 1, "PrivateIpAddresses": ["10.0.1.99"]}),
    ("start_network_insights_analysis", "InvalidParameterValue", lambda s: {
        "NetworkInsightsPathId": s.path, "FilterInArns": [
            f"arn:aws:ec2:{s.aws.region}:{s.aws.account}:network-interface/{each}" for each in (s.one, s.two)]}),
    ("create_network_insights_path", "InvalidParameterValue", lambda s: {
        "Source": "arn:aws:s3:::bucket", "Destination": s.two, "Protocol": "tcp"}),
    ("create_network_insights_path", "InvalidTransitGatewayAttachmentID.NotFound", lambda s: {
        "Source": "tgw-attach-0123456789abcdef0", "Destination": s.two, "Protocol": "tcp"}),
    ("create_flow_logs", "UnsupportedOperation", lambda s: {
        "ResourceType": "VPC", "ResourceIds": [s.id], "TrafficType": "ALL",
        "DeliverLogsPermissionArn": f"arn:aws:iam::{s.aws.account}:role/r",
        "LogDestination": f"arn:aws:logs:us-east-1:{s.aws.account}:log-group:l"}),
    # Tags
    ("create_tags", "InvalidParameterValue", lambda s: {"Resources": [s.id] * 1001, "Tags": TAGS}),
    ("create_tags", "InvalidID", lambda s: {"Resources": ["banana"], "Tags": TAGS}),
    ("create_tags", "InvalidVpcID.NotFound", lambda s: {"Resources": [s.near, "vpc-0123456789abcdef0"], "Tags": TAGS}),
    ("delete_tags", "InvalidSubnetID.NotFound", lambda s: {"Resources": ["subnet-0123456789abcdef0"], "Tags": TAGS}),
]


@pytest.fixture(scope="module")
def scene(server):
    return Scene(server.aws())


@pytest.mark.parametrize("operation, code, parameters", REFUSALS,
                         ids=[f"{line}-{each[0]}-{each[1]}" for line, each in enumerate(REFUSALS)])
def test_refused(scene, operation, code, parameters):
    if not hasattr(scene.ec2, operation):
        pytest.skip("this client does not know the operation")
    given = parameters(scene)
    known = scene.ec2.meta.service_model.operation_model(scene.ec2.meta.method_to_api_mapping[operation]).input_shape
    skip_unknown(known, given)
    refused = error_of(getattr(scene.ec2, operation), **given)
    assert (refused.code, refused.status) == (code, 400), refused


def skip_unknown(shape, given):
    """Members that the client has not heard of, however deep."""
    if shape.type_name == "structure":
        for name, value in given.items():
            if name not in shape.members:
                pytest.skip(f"this client does not know {name}")
            skip_unknown(shape.members[name], value)
    elif shape.type_name == "list":
        for value in given:
            skip_unknown(shape.member, value)


def test_what_is_on_its_way_does_not_change(start_server):
    """With AWS's delays and a clock that stands still, so that what is pending or deleting stays so."""
    vpc = Vpc(start_server("--ephemeral", "--realistic-timing", "--manual-clock").aws())
    subnet, allocation = vpc.subnet(), vpc.elastic_ip()
    pending = vpc.ec2.run_instances(ImageId=IMAGE, InstanceType="t3.micro", MinCount=1, MaxCount=1,
                                    SubnetId=subnet)["Instances"][0]["InstanceId"]
    refused = error_of(vpc.ec2.associate_address, AllocationId=allocation, InstanceId=pending)
    assert (refused.code, refused.message) == (  # as seen in the field
        "InvalidInstanceID", f"The pending instance '{pending}' is not in a valid state for this operation.")
    assert error_of(vpc.ec2.attach_network_interface, InstanceId=pending, DeviceIndex=1,
                    NetworkInterfaceId=vpc.interface(subnet)["NetworkInterfaceId"]).code == "IncorrectState"
    assert error_of(vpc.ec2.stop_instances, InstanceIds=[pending]).code == "IncorrectInstanceState"

    endpoint = vpc.ec2.create_vpc_endpoint(
        VpcId=vpc.id, ServiceName=f"com.amazonaws.{vpc.aws.region}.sqs", VpcEndpointType="Interface", SubnetIds=[subnet],
        PrivateDnsEnabled=False)["VpcEndpoint"]["VpcEndpointId"]
    vpc.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    assert error_of(vpc.ec2.modify_vpc_endpoint, VpcEndpointId=endpoint, ResetPolicy=True).code == "IncorrectState"

    nat = vpc.ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"]["NatGatewayId"]
    if hasattr(vpc.ec2, "assign_private_nat_gateway_address"):
        assert error_of(vpc.ec2.assign_private_nat_gateway_address, NatGatewayId=nat,
                        PrivateIpAddressCount=1).code == "IncorrectState"
