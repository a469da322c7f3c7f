"""Network ACLs. EC2 API Reference; VPC User Guide, "Network ACLs"; aws-facts B.1, B.2."""
import pytest

from conftest import error_of


@pytest.fixture
def acl(vpc):
    return vpc.ec2.create_network_acl(VpcId=vpc.id)["NetworkAcl"]["NetworkAclId"]


def entry(acl, number=100, **more):
    return {"NetworkAclId": acl, "RuleNumber": number, "Protocol": "6", "RuleAction": "allow", "Egress": False,
            "CidrBlock": "10.0.0.0/16", "PortRange": {"From": 80, "To": 443}, **more}


def entries(vpc, acl):
    [shown] = vpc.ec2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"]
    return [(each["Egress"], each["RuleNumber"], each["RuleAction"]) for each in shown["Entries"]]


def test_the_default_acl_lets_everything_pass(vpc):
    subnet = vpc.subnet()
    [shown] = vpc.ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [vpc.id]}])["NetworkAcls"]
    assert shown["IsDefault"] and [each["SubnetId"] for each in shown["Associations"]] == [subnet]
    assert shown["Entries"] == [
        {"CidrBlock": "0.0.0.0/0", "Egress": egress, "Protocol": "-1", "RuleAction": action, "RuleNumber": number}
        for egress in (True, False) for action, number in (("allow", 100), ("deny", 32767))]
    refused = error_of(vpc.ec2.delete_network_acl, NetworkAclId=shown["NetworkAclId"])
    assert refused.message == f"cannot delete default network ACL {shown['NetworkAclId']}"


def test_a_new_acl_lets_nothing_pass(vpc, acl):
    assert entries(vpc, acl) == [(True, 32767, "deny"), (False, 32767, "deny")]


def test_entries(vpc, acl):
    vpc.ec2.create_network_acl_entry(**entry(acl))
    vpc.ec2.create_network_acl_entry(**entry(acl, Egress=True))
    vpc.ec2.create_network_acl_entry(**entry(acl, 50, RuleAction="deny", Protocol="icmp",
                                             IcmpTypeCode={"Type": -1, "Code": -1}))
    assert entries(vpc, acl) == [(True, 100, "allow"), (True, 32767, "deny"), (False, 50, "deny"), (False, 100, "allow"),
                                 (False, 32767, "deny")]
    refused = error_of(vpc.ec2.create_network_acl_entry, **entry(acl))
    assert (refused.code, refused.message) == (
        "NetworkAclEntryAlreadyExists", "The network acl entry identified by 100 already exists.")
    vpc.ec2.replace_network_acl_entry(**entry(acl, RuleAction="deny"))
    assert (False, 100, "deny") in entries(vpc, acl)
    assert error_of(vpc.ec2.replace_network_acl_entry, **entry(acl, 101)).code == "InvalidNetworkAclEntry.NotFound"
    vpc.ec2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=False)
    assert error_of(vpc.ec2.delete_network_acl_entry, NetworkAclId=acl, RuleNumber=100,
                    Egress=False).code == "InvalidNetworkAclEntry.NotFound"
    found = vpc.ec2.describe_network_acls(Filters=[{"Name": "entry.protocol", "Values": ["icmp"]}])["NetworkAcls"]
    assert [each["NetworkAclId"] for each in found] == [acl]


@pytest.mark.parametrize("change, code", [
    ({"RuleNumber": 0}, "InvalidParameterValue"), ({"RuleNumber": 32767}, "InvalidParameterValue"),
    ({"Protocol": "256"}, "InvalidParameterValue"), ({"Protocol": "foo"}, "InvalidParameterValue"),
    ({"PortRange": {"From": 443, "To": 80}}, "InvalidParameterValue"),
    ({"PortRange": {"From": 0, "To": 65536}}, "InvalidParameterValue"),
    ({"CidrBlock": "ten"}, "InvalidParameterValue"), ({"RuleAction": "maybe"}, "InvalidParameterValue"),
    ({"Ipv6CidrBlock": "::/0"}, "InvalidParameterCombination"),
    ({"Protocol": "1"}, "MissingParameter"),
    ({"NetworkAclId": "acl-0123456789abcdef0"}, "InvalidNetworkAclID.NotFound"),
    ({"NetworkAclId": "acl-x"}, "InvalidNetworkAclId.Malformed"),
])
def test_bad_entries(vpc, acl, change, code):
    assert error_of(vpc.ec2.create_network_acl_entry, **{**entry(acl), **change}).code == code
    assert len(entries(vpc, acl)) == 2


def test_twenty_entries_a_direction(vpc, acl):
    for number in range(1, 21):
        vpc.ec2.create_network_acl_entry(**entry(acl, number))
    assert error_of(vpc.ec2.create_network_acl_entry, **entry(acl, 21)).code == "NetworkAclEntryLimitExceeded"
    vpc.ec2.create_network_acl_entry(**entry(acl, 21, Egress=True))


def test_a_subnet_has_one(vpc, acl):
    subnet = vpc.subnet()
    of_subnet = [{"Name": "association.subnet-id", "Values": [subnet]}]
    [before] = vpc.ec2.describe_network_acls(Filters=of_subnet)["NetworkAcls"]
    [association] = before["Associations"]
    answer = vpc.ec2.replace_network_acl_association(
        AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl)
    [now] = vpc.ec2.describe_network_acls(Filters=of_subnet)["NetworkAcls"]
    assert now["NetworkAclId"] == acl
    assert now["Associations"] == [{"NetworkAclAssociationId": answer["NewAssociationId"], "NetworkAclId": acl,
                                    "SubnetId": subnet}]
    refused = error_of(vpc.ec2.delete_network_acl, NetworkAclId=acl)
    assert (refused.code, refused.message) == (
        "DependencyViolation", f"The networkAcl '{acl}' has dependencies and cannot be deleted.")
    assert error_of(vpc.ec2.replace_network_acl_association, AssociationId=association["NetworkAclAssociationId"],
                    NetworkAclId=acl).code == "InvalidAssociationID.NotFound"
    vpc.ec2.delete_subnet(SubnetId=subnet)
    vpc.ec2.delete_network_acl(NetworkAclId=acl)
