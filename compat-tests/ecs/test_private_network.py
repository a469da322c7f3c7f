"""Tasks without any way to the internet: VPC endpoints are all they have. ECR User Guide, "Amazon ECR interface VPC
endpoints": ecr.api, ecr.dkr and S3's gateway endpoint; logs for awslogs."""
import json

import pytest

from conftest import eventually

AUTH = ("ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from "
        "Amazon ECR: There is a connection issue between the task and Amazon ECR.")


class PrivatePlace:
    """A place whose route table leads nowhere but, by endpoints, to what a task needs."""

    def __init__(self, place):
        self.place, self.ec2 = place, place.ec2
        self.ec2.modify_vpc_attribute(VpcId=place.vpc, EnableDnsHostnames={"Value": True})
        self.ec2.delete_route(RouteTableId=place.routes, DestinationCidrBlock="0.0.0.0/0")
        self.group = self.ec2.create_security_group(GroupName="endpoints", Description="endpoints",
                                                    VpcId=place.vpc)["GroupId"]
        self.https = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
                       "UserIdGroupPairs": [{"GroupId": place.group}]}]
        self.ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=self.https)
        self.endpoints = {name: self.interface(name) for name in ("ecr.api", "ecr.dkr", "logs")}
        self.endpoints["s3"] = self.make("s3", VpcEndpointType="Gateway", RouteTableIds=[place.routes])
        eventually(lambda: all(each["State"] == "available"
                               for each in self.ec2.describe_vpc_endpoints()["VpcEndpoints"]))
        place.register(container={"image": place.push()})

    def make(self, service, **more):
        return self.ec2.create_vpc_endpoint(
            VpcId=self.place.vpc, ServiceName=f"com.amazonaws.{self.place.aws.region}.{service}",
            **more)["VpcEndpoint"]["VpcEndpointId"]

    def interface(self, service):
        return self.make(service, VpcEndpointType="Interface", SubnetIds=self.place.subnets,
                         SecurityGroupIds=[self.group])

    def run(self):
        return self.place.run(networkConfiguration=self.place.network(public=False))[0]

    def failure(self):
        return self.place.failure(networkConfiguration=self.place.network(public=False))

    def remove(self, service):
        endpoint = self.endpoints[service]
        self.ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
        eventually(lambda: endpoint not in [
            each["VpcEndpointId"] for each in self.ec2.describe_vpc_endpoints()["VpcEndpoints"]])


@pytest.fixture
def private(place):
    return PrivatePlace(place)


def test_endpoints_are_enough(private):
    private.place.running(private.run())


def test_an_endpoints_group_that_does_not_admit_the_task(private):
    private.ec2.revoke_security_group_ingress(GroupId=private.group, IpPermissions=private.https)
    assert private.failure().startswith(AUTH)
    private.ec2.authorize_security_group_ingress(GroupId=private.group, IpPermissions=private.https)
    private.place.running(private.run())


def test_without_the_endpoint_of_ecr(private):
    private.remove("ecr.api")
    assert private.failure().startswith(AUTH)


def test_without_private_dns_the_endpoint_is_not_found(private):
    private.ec2.modify_vpc_endpoint(VpcEndpointId=private.endpoints["ecr.api"], PrivateDnsEnabled=False)
    assert private.failure().startswith(AUTH)


def test_without_the_endpoint_of_the_registry(private):
    private.remove("ecr.dkr")
    assert "CannotPullContainerError" in private.failure()


def test_without_the_route_to_s3(private):
    """The image's layers come from S3. ECR User Guide, "Create the Amazon S3 gateway endpoint"."""
    private.ec2.modify_vpc_endpoint(VpcEndpointId=private.endpoints["s3"],
                                    RemoveRouteTableIds=[private.place.routes])
    assert "CannotPullContainerError" in private.failure()


def bucket_policy(*resources):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": list(resources)}]})


def test_s3s_endpoint_admits_the_buckets_of_its_policy(private):
    """ECR User Guide, "Minimum Amazon S3 bucket permissions for Amazon ECR". The failure is seen, but for its address."""
    modify = lambda policy: private.ec2.modify_vpc_endpoint(VpcEndpointId=private.endpoints["s3"], PolicyDocument=policy)
    modify(bucket_policy("arn:aws:s3:::my-bucket/*"))
    reason = private.failure()
    assert reason.startswith("CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: "
                             "httpReadSeeker: failed open: unexpected status code https://")
    assert reason.endswith(": 403 Forbidden")
    modify(bucket_policy("arn:aws:s3:::my-bucket/*",
                         f"arn:aws:s3:::prod-{private.place.aws.region}-starport-layer-bucket/*"))
    private.place.running(private.run())


def test_a_network_acl_without_the_answers_ports(private):
    """VPC User Guide, "Ephemeral ports": S3's answers come to a port of the task's choice. The endpoints are in the tasks'
    own subnets, where no ACL is asked."""
    ec2, place = private.ec2, private.place
    acl = ec2.create_network_acl(VpcId=place.vpc)["NetworkAcl"]["NetworkAclId"]
    entry = lambda number, egress, first, last: ec2.create_network_acl_entry(
        NetworkAclId=acl, RuleNumber=number, Protocol="6", RuleAction="allow", Egress=egress, CidrBlock="0.0.0.0/0",
        PortRange={"From": first, "To": last})
    entry(100, True, 0, 65535)
    entry(100, False, 443, 443)
    entry(110, False, 3000, 3000)
    for association in [each for known in ec2.describe_network_acls()["NetworkAcls"] for each in known["Associations"]
                        if each["SubnetId"] in place.subnets]:
        ec2.replace_network_acl_association(AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl)
    assert "There is a connection issue between the task and the registry." in private.failure()
    entry(120, False, 1024, 65535)
    place.running(private.run())


def test_a_group_may_name_s3s_prefix_list(private):
    """A task's group that lets out no more than it needs. VPC User Guide, "AWS-managed prefix lists"."""
    place = private.place
    [s3] = [each["PrefixListId"] for each in private.ec2.describe_prefix_lists()["PrefixLists"]
            if each["PrefixListName"].endswith(".s3")]
    place.ec2.revoke_security_group_egress(GroupId=place.group, IpPermissions=[
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    to_endpoints = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
                    "UserIdGroupPairs": [{"GroupId": private.group}]}
    place.ec2.authorize_security_group_egress(GroupId=place.group, IpPermissions=[to_endpoints])
    assert "CannotPullContainerError" in private.failure()
    place.ec2.authorize_security_group_egress(GroupId=place.group, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": s3}]}])
    place.running(private.run())


def test_without_the_endpoint_of_the_logs(private):
    private.remove("logs")
    assert private.failure().startswith(
        "ResourceInitializationError: failed to validate logger args: The task cannot find the Amazon CloudWatch log "
        "group defined in the task definition. There is a connection issue")
