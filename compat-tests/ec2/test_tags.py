"""Tags. EC2 User Guide, "Tag your Amazon EC2 resources"; aws-facts B.1."""
from conftest import error_of


def tags_of(ec2, resource):
    shown = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [resource]}])["Tags"]
    return {tag["Key"]: tag["Value"] for tag in shown}


def test_every_kind_of_resource_can_be_tagged(vpc):
    ec2 = vpc.ec2
    gateway, subnet, group = vpc.internet_gateway(), vpc.subnet(), vpc.group()
    [rule] = ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=80, ToPort=80, CidrIp="0.0.0.0/0")["SecurityGroupRules"]
    resources = {
        vpc.id: "vpc", subnet: "subnet", gateway: "internet-gateway", group: "security-group",
        rule["SecurityGroupRuleId"]: "security-group-rule", vpc.route_table(): "route-table",
        vpc.elastic_ip(): "elastic-ip", vpc.nat_gateway(subnet): "natgateway",
        ec2.create_network_acl(VpcId=vpc.id)["NetworkAcl"]["NetworkAclId"]: "network-acl",
        vpc.interface(subnet)["NetworkInterfaceId"]: "network-interface",
        ec2.describe_dhcp_options()["DhcpOptions"][0]["DhcpOptionsId"]: "dhcp-options",
    }
    ec2.create_tags(Resources=list(resources), Tags=[{"Key": "stage", "Value": "test"}])
    shown = ec2.describe_tags(Filters=[{"Name": "tag:stage", "Values": ["test"]}])["Tags"]
    assert {tag["ResourceId"]: tag["ResourceType"] for tag in shown} == resources
    assert tags_of(ec2, subnet) == {"stage": "test"}
    ec2.delete_tags(Resources=list(resources))
    assert ec2.describe_tags()["Tags"] == []


def test_created_with_the_resource(vpc):
    def specification(kind):
        return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": kind}]}]

    ec2 = vpc.ec2
    made = ec2.create_vpc(CidrBlock="10.9.0.0/16", TagSpecifications=specification("vpc"))["Vpc"]
    assert made["Tags"] == [{"Key": "Name", "Value": "vpc"}]
    group = ec2.create_security_group(GroupName="a", Description="a", VpcId=vpc.id,
                                      TagSpecifications=specification("security-group"))
    assert group["Tags"] == [{"Key": "Name", "Value": "security-group"}]
    interface = vpc.interface(vpc.subnet(), TagSpecifications=specification("network-interface"))
    assert interface["TagSet"] == [{"Key": "Name", "Value": "network-interface"}]
    refused = error_of(ec2.create_vpc, CidrBlock="10.9.0.0/16", TagSpecifications=specification("subnet"))
    assert refused.message == "'subnet' is not a valid taggable resource type for this operation."


def test_limits_and_rules(vpc):
    ec2 = vpc.ec2

    def refusal(*tags, resource=vpc.id):
        return error_of(ec2.create_tags, Resources=[resource],
                        Tags=[{"Key": key, "Value": value} for key, value in tags])

    assert refusal(("aws:x", "y")).message == "Tag keys starting with 'aws:' are reserved for internal use"
    assert refusal(("k", "1"), ("k", "2")).message == "Duplicate tag key 'k' specified."
    assert refusal(("k" * 129, "v")).code == "InvalidParameterValue"
    assert refusal(("k", "v" * 257)).code == "InvalidParameterValue"
    assert refusal(("k", "v"), resource="banana").code == "InvalidID"
    assert refusal(("k", "v"), resource="subnet-0123456789abcdef0").code == "InvalidSubnetID.NotFound"
    ec2.create_tags(Resources=[vpc.id], Tags=[{"Key": f"k{i}", "Value": ""} for i in range(50)])
    refused = refusal(("one-more", ""))
    assert (refused.code, refused.message) == (
        "TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
    ec2.create_tags(Resources=[vpc.id], Tags=[{"Key": "k1", "Value": "new"}])
    assert tags_of(ec2, vpc.id)["k1"] == "new"
    # One bad resource, and none is tagged.
    subnet = vpc.subnet()
    assert error_of(ec2.create_tags, Resources=[subnet, "sg-0123456789abcdef0"],
                    Tags=[{"Key": "k", "Value": "v"}]).code == "InvalidGroup.NotFound"
    assert tags_of(ec2, subnet) == {}


def test_deleting_by_key_and_value(vpc):
    vpc.ec2.create_tags(Resources=[vpc.id], Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
    vpc.ec2.delete_tags(Resources=[vpc.id], Tags=[{"Key": "a", "Value": "2"}, {"Key": "none"}])
    assert tags_of(vpc.ec2, vpc.id) == {"a": "1", "b": ""}
    vpc.ec2.delete_tags(Resources=[vpc.id], Tags=[{"Key": "a"}, {"Key": "b", "Value": ""}])
    assert tags_of(vpc.ec2, vpc.id) == {}
