"""VPC peering, and security groups across VPCs. VPC Peering Guide; EC2 API Reference."""
import datetime

from conftest import error_of


class Pair:
    """Two VPCs, of one account or of two, and a request from the first to the second."""

    def __init__(self, vpc, other=None, cidr="10.1.0.0/16", region=None):
        self.vpc = vpc
        self.account = (other or vpc.aws).account
        self.region = region or vpc.aws.region
        self.far = (other or vpc.aws).client("ec2", region=self.region)
        self.far_vpc = self.far.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
        self.created = self.request()
        self.id = self.created["VpcPeeringConnectionId"]

    def request(self):
        return self.vpc.ec2.create_vpc_peering_connection(
            VpcId=self.vpc.id, PeerVpcId=self.far_vpc, PeerOwnerId=self.account,
            PeerRegion=self.region)["VpcPeeringConnection"]

    def shown(self, ec2=None):
        [shown] = (ec2 or self.vpc.ec2).describe_vpc_peering_connections(
            VpcPeeringConnectionIds=[self.id])["VpcPeeringConnections"]
        return shown

    def status(self, ec2=None):
        status = self.shown(ec2)["Status"]
        return status["Code"], status["Message"]

    def accept(self):
        return self.far.accept_vpc_peering_connection(VpcPeeringConnectionId=self.id)["VpcPeeringConnection"]


def test_a_connections_life(vpc):
    pair = Pair(vpc)
    assert pair.created["Status"] == {"Code": "initiating-request", "Message": f"Initiating Request to {pair.account}"}
    left = pair.created["ExpirationTime"] - datetime.datetime.now(datetime.timezone.utc)
    assert abs(left - datetime.timedelta(days=7)) < datetime.timedelta(hours=1)
    assert pair.status() == ("pending-acceptance", f"Pending Acceptance by {pair.account}")
    assert pair.request()["VpcPeeringConnectionId"] == pair.id
    refused = error_of(vpc.ec2.modify_vpc_peering_connection_options, VpcPeeringConnectionId=pair.id,
                       RequesterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": True})
    assert (refused.code, refused.message) == (
        "OperationNotPermitted",
        f"Peering {pair.id} is not active. Peering options can be added only to active peerings.")

    assert pair.accept()["Status"]["Code"] == "provisioning"
    assert pair.status() == ("active", "Active")
    shown = pair.shown()
    assert shown["RequesterVpcInfo"]["CidrBlock"] == "10.0.0.0/16"
    assert shown["AccepterVpcInfo"]["CidrBlockSet"] == [{"CidrBlock": "10.1.0.0/16"}]
    assert error_of(pair.far.accept_vpc_peering_connection, VpcPeeringConnectionId=pair.id).code == \
        "InvalidStateTransition"
    assert error_of(pair.far.reject_vpc_peering_connection, VpcPeeringConnectionId=pair.id).code == \
        "InvalidStateTransition"
    options = vpc.ec2.modify_vpc_peering_connection_options(
        VpcPeeringConnectionId=pair.id, AccepterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": True})
    assert options["AccepterPeeringConnectionOptions"]["AllowDnsResolutionFromRemoteVpc"] is True
    assert pair.shown()["AccepterVpcInfo"]["PeeringOptions"]["AllowDnsResolutionFromRemoteVpc"] is True
    assert error_of(vpc.ec2.delete_vpc, VpcId=vpc.id).code == "DependencyViolation"

    assert vpc.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=pair.id)["Return"] is True
    assert pair.status() == ("deleted", f"Deleted by {vpc.aws.account}")
    refused = error_of(vpc.ec2.delete_vpc_peering_connection, VpcPeeringConnectionId=pair.id)
    assert (refused.code, refused.message) == (
        "InvalidStateTransition",
        f"Invalid state transition for {pair.id}, attempted to transition from deleted to deleting")
    vpc.ec2.delete_vpc(VpcId=vpc.id)


def test_routes(vpc):
    pair, table = Pair(vpc), vpc.route_table()

    def state():
        [shown] = vpc.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
        return [route["State"] for route in shown["Routes"] if "VpcPeeringConnectionId" in route]

    vpc.ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.1.0.0/16", VpcPeeringConnectionId=pair.id)
    assert state() == ["blackhole"]
    pair.accept()
    assert state() == ["active"]
    other = vpc.ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    elsewhere = vpc.ec2.create_route_table(VpcId=other)["RouteTable"]["RouteTableId"]
    assert error_of(vpc.ec2.create_route, RouteTableId=elsewhere, DestinationCidrBlock="10.1.0.0/16",
                    VpcPeeringConnectionId=pair.id).code == "InvalidParameterValue"
    vpc.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=pair.id)
    assert state() == ["blackhole"]
    missing = error_of(vpc.ec2.create_route, RouteTableId=table, DestinationCidrBlock="10.2.0.0/16",
                       VpcPeeringConnectionId="pcx-0123456789abcdef0")
    assert (missing.code, missing.message) == (
        "InvalidVpcPeeringConnectionID.NotFound",
        "The vpcPeeringConnection ID 'pcx-0123456789abcdef0' does not exist")


def test_what_fails(vpc):
    failed = ("failed", "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range")
    overlapping = Pair(vpc, cidr="10.0.128.0/17")
    assert overlapping.status() == failed
    assert error_of(vpc.ec2.delete_vpc_peering_connection, VpcPeeringConnectionId=overlapping.id).code == \
        "InvalidStateTransition"
    itself = vpc.ec2.create_vpc_peering_connection(VpcId=vpc.id, PeerVpcId=vpc.id)["VpcPeeringConnection"]
    nobody = vpc.ec2.create_vpc_peering_connection(
        VpcId=vpc.id, PeerVpcId="vpc-0123456789abcdef0")["VpcPeeringConnection"]
    found = vpc.ec2.describe_vpc_peering_connections(
        Filters=[{"Name": "status-code", "Values": ["failed"]}])["VpcPeeringConnections"]
    assert {each["VpcPeeringConnectionId"] for each in found} == {
        overlapping.id, itself["VpcPeeringConnectionId"], nobody["VpcPeeringConnectionId"]}
    assert error_of(vpc.ec2.create_vpc_peering_connection, VpcId=vpc.id).code == "MissingParameter"
    assert error_of(vpc.ec2.create_vpc_peering_connection, VpcId=vpc.id, PeerVpcId="vpc-x").code == \
        "InvalidVpcID.Malformed"
    assert error_of(vpc.ec2.create_vpc_peering_connection, VpcId=vpc.id, PeerVpcId=vpc.id,
                    PeerOwnerId="me").code == "InvalidParameterValue"
    assert error_of(vpc.ec2.describe_vpc_peering_connections, VpcPeeringConnectionIds=["pcx-x"]).code == \
        "InvalidVpcPeeringConnectionId.Malformed"


def test_two_accounts(vpc):
    other = vpc.aws.server.aws()
    pair = Pair(vpc, other)
    assert "CidrBlock" not in pair.shown()["AccepterVpcInfo"]
    assert pair.shown(pair.far)["RequesterVpcInfo"]["OwnerId"] == vpc.aws.account
    refused = error_of(vpc.ec2.accept_vpc_peering_connection, VpcPeeringConnectionId=pair.id)
    assert (refused.code, refused.message) == (
        "OperationNotPermitted", f"User {vpc.aws.account} cannot accept peering {pair.id}")
    assert error_of(pair.far.delete_vpc_peering_connection, VpcPeeringConnectionId=pair.id).code == \
        "OperationNotPermitted"
    stranger = vpc.aws.server.aws().client("ec2")
    assert error_of(stranger.accept_vpc_peering_connection, VpcPeeringConnectionId=pair.id).code == \
        "InvalidVpcPeeringConnectionID.NotFound"
    assert stranger.describe_vpc_peering_connections()["VpcPeeringConnections"] == []
    # each account has its own tags
    vpc.ec2.create_tags(Resources=[pair.id], Tags=[{"Key": "Name", "Value": "ours"}])
    pair.far.create_tags(Resources=[pair.id], Tags=[{"Key": "Name", "Value": "theirs"}])
    assert pair.shown()["Tags"] == [{"Key": "Name", "Value": "ours"}]
    assert pair.shown(pair.far)["Tags"] == [{"Key": "Name", "Value": "theirs"}]
    pair.accept()
    assert pair.shown()["AccepterVpcInfo"]["CidrBlock"] == "10.1.0.0/16"
    assert error_of(vpc.ec2.modify_vpc_peering_connection_options, VpcPeeringConnectionId=pair.id,
                    AccepterPeeringConnectionOptions={"AllowDnsResolutionFromRemoteVpc": True}).code == \
        "OperationNotPermitted"
    pair.far.delete_vpc_peering_connection(VpcPeeringConnectionId=pair.id)
    assert pair.status() == ("deleted", f"Deleted by {other.account}")


def test_rejection(vpc):
    other = vpc.aws.server.aws()
    pair = Pair(vpc, other)
    assert pair.far.reject_vpc_peering_connection(VpcPeeringConnectionId=pair.id)["Return"] is True
    assert pair.status() == ("rejected", f"Rejected by {other.account}")
    assert error_of(pair.far.accept_vpc_peering_connection, VpcPeeringConnectionId=pair.id).code == \
        "InvalidStateTransition"


def test_two_regions(vpc):
    pair = Pair(vpc, region="us-west-2")
    assert pair.shown()["AccepterVpcInfo"]["Region"] == "us-west-2"
    assert error_of(vpc.ec2.accept_vpc_peering_connection, VpcPeeringConnectionId=pair.id).code == \
        "OperationNotPermitted"
    pair.accept()
    assert pair.status(pair.far) == ("active", "Active")
    # groups of another region cannot be referred to
    far_group = pair.far.create_security_group(GroupName="far", Description="x", VpcId=pair.far_vpc)["GroupId"]
    assert error_of(vpc.ec2.authorize_security_group_ingress, GroupId=vpc.group(), IpPermissions=[
        {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": far_group}]}]).code == "InvalidGroup.NotFound"


def test_the_other_direction_of_a_joined_pair(vpc):
    pair = Pair(vpc)
    back = pair.far.create_vpc_peering_connection(VpcId=pair.far_vpc, PeerVpcId=vpc.id)["VpcPeeringConnection"]
    pair.accept()
    assert error_of(vpc.ec2.accept_vpc_peering_connection,
                    VpcPeeringConnectionId=back["VpcPeeringConnectionId"]).code == "VpcPeeringConnectionAlreadyExists"


def test_a_request_expires_and_goes_out_of_sight(start_server):
    from ec2.conftest import Vpc
    aws = start_server("--ephemeral", "--manual-clock").aws()
    pair = Pair(Vpc(aws))
    days = 24 * 3600

    def after(seconds):
        assert aws.http("POST", "/_drydock/clock", f'{{"advance": {seconds}}}')[0] == 200

    after(7 * days - 1)
    assert pair.status()[0] == "pending-acceptance"
    after(1)
    assert pair.status()[0] == "expired"
    after(2 * days)
    assert error_of(pair.shown).code == "InvalidVpcPeeringConnectionID.NotFound"


def test_groups_across_a_peering(vpc):
    other = vpc.aws.server.aws()
    pair, group = Pair(vpc, other), vpc.group()
    far_group = pair.far.create_security_group(GroupName="far", Description="x", VpcId=pair.far_vpc)["GroupId"]
    rule = {"GroupId": group, "IpPermissions": [
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
         "UserIdGroupPairs": [{"GroupId": far_group, "UserId": other.account}]}]}
    assert error_of(vpc.ec2.authorize_security_group_ingress, **rule).code == "InvalidGroup.NotFound"
    pair.accept()
    vpc.ec2.authorize_security_group_ingress(**rule)
    [shown] = vpc.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert shown["IpPermissions"][0]["UserIdGroupPairs"] == [
        {"GroupId": far_group, "UserId": other.account, "VpcId": pair.far_vpc, "VpcPeeringConnectionId": pair.id,
         "PeeringStatus": "active"}]
    [single] = [each for each in vpc.ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"] if not each["IsEgress"]]
    assert single["ReferencedGroupInfo"]["VpcPeeringConnectionId"] == pair.id
    [reference] = pair.far.describe_security_group_references(GroupId=[far_group])["SecurityGroupReferenceSet"]
    assert reference == {"GroupId": far_group, "ReferencingVpcId": vpc.id, "VpcPeeringConnectionId": pair.id}
    assert vpc.ec2.describe_stale_security_groups(VpcId=vpc.id)["StaleSecurityGroupSet"] == []

    pair.far.delete_security_group(GroupId=far_group)  # a reference from a peer does not hold it
    [stale] = vpc.ec2.describe_stale_security_groups(VpcId=vpc.id)["StaleSecurityGroupSet"]
    assert stale["GroupId"] == group and stale["VpcId"] == vpc.id
    assert stale["StaleIpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"] == far_group
    vpc.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=pair.id)
    [stale] = vpc.ec2.describe_stale_security_groups(VpcId=vpc.id)["StaleSecurityGroupSet"]
    assert stale["StaleIpPermissions"][0]["UserIdGroupPairs"][0]["PeeringStatus"] == "deleted"
    assert error_of(vpc.ec2.describe_stale_security_groups, VpcId="vpc-0123456789abcdef0").code == \
        "InvalidVpcID.NotFound"
    assert error_of(pair.far.describe_security_group_references, GroupId=[far_group]).code == "InvalidGroup.NotFound"
