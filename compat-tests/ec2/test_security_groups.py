"""Security groups and their rules. EC2 API Reference; aws-facts B.1 (most texts seen in the field)."""
import pytest

from conftest import error_of


def tcp(first, last, *cidrs, **more):
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": last, "IpRanges": [{"CidrIp": cidr} for cidr in cidrs], **more}


def from_group(first, last, group):
    return tcp(first, last, UserIdGroupPairs=[{"GroupId": group}])


def described(vpc, group):
    [shown] = vpc.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    return shown


def test_a_new_group(aws, vpc):
    created = vpc.ec2.create_security_group(GroupName="web", Description="front", VpcId=vpc.id)
    vpc.ec2.get_waiter("security_group_exists").wait(GroupIds=[created["GroupId"]],
                                                     WaiterConfig={"Delay": 1, "MaxAttempts": 3})
    shown = described(vpc, created["GroupId"])
    assert (shown["GroupName"], shown["Description"], shown["OwnerId"]) == ("web", "front", aws.account)
    assert shown["IpPermissions"] == []
    assert shown["IpPermissionsEgress"] == [
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [], "PrefixListIds": [],
         "UserIdGroupPairs": []}]


@pytest.mark.parametrize("name, description, code", [
    ("default", "x", "InvalidGroup.Reserved"), ("sg-web", "x", "InvalidParameterValue"),
    ("a" * 256, "x", "InvalidParameterValue"), ("web", "a" * 256, "InvalidParameterValue"),
    ("wéb", "x", "InvalidParameterValue"), ("web", "one\ntwo", "InvalidParameterValue"),
    ("", "x", "MissingParameter"), ("web", "", "MissingParameter"),
])
def test_names_and_descriptions(vpc, name, description, code):
    assert error_of(vpc.ec2.create_security_group, GroupName=name, Description=description, VpcId=vpc.id).code == code


def test_names_are_unique_in_their_vpc(vpc):
    vpc.group("web")
    refused = error_of(vpc.ec2.create_security_group, GroupName="web", Description="x", VpcId=vpc.id)
    assert refused.code == "InvalidGroup.Duplicate"
    assert refused.message == f"The security group 'web' already exists for VPC '{vpc.id}'"
    vpc.group("Web")
    assert vpc.ec2.create_security_group(GroupName="web", Description="in the default VPC")["GroupId"]
    assert error_of(vpc.ec2.create_security_group, GroupName="web", Description="x",
                    VpcId="vpc-0123456789abcdef0").code == "InvalidVpcID.NotFound"


def test_ids_and_names_that_nothing_has(vpc):
    missing = error_of(vpc.ec2.describe_security_groups, GroupIds=["sg-0123456789abcdef0"])
    assert (missing.code, missing.message) == (
        "InvalidGroup.NotFound", "The security group 'sg-0123456789abcdef0' does not exist")
    malformed = error_of(vpc.ec2.describe_security_groups, GroupIds=["sg-xxxx"])
    assert (malformed.code, malformed.message) == ("InvalidGroupId.Malformed", 'Invalid id: "sg-xxxx"')
    assert error_of(vpc.ec2.describe_security_groups, GroupNames=["nobody"]).code == "InvalidGroup.NotFound"
    [default] = vpc.ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"]
    assert default["VpcId"] != vpc.id  # names are looked up in the default VPC


def test_authorize_makes_a_rule_for_each_peer(aws, vpc):
    web, app = vpc.group("web"), vpc.group("app")
    answer = vpc.ec2.authorize_security_group_ingress(GroupId=app, IpPermissions=[
        tcp(3000, 4000, "10.0.0.5/16", "192.0.2.0/24", UserIdGroupPairs=[{"GroupId": web, "Description": "the web"}],
            Ipv6Ranges=[{"CidrIpv6": "2001:db8::1/32"}])])
    assert answer["Return"] is True
    rules = answer["SecurityGroupRules"]
    assert len({rule["SecurityGroupRuleId"] for rule in rules}) == 4
    assert all(rule["SecurityGroupRuleId"].startswith("sgr-") and rule["GroupId"] == app and not rule["IsEgress"]
               for rule in rules)
    assert {rule.get("CidrIpv4") for rule in rules} == {"10.0.0.0/16", "192.0.2.0/24", None}
    assert [rule["CidrIpv6"] for rule in rules if "CidrIpv6" in rule] == ["2001:db8::/32"]
    [by_group] = [rule for rule in rules if "ReferencedGroupInfo" in rule]
    assert by_group["ReferencedGroupInfo"] == {"GroupId": web, "UserId": aws.account}
    assert by_group["Description"] == "the web"
    [permission] = described(vpc, app)["IpPermissions"]
    assert (permission["FromPort"], permission["ToPort"]) == (3000, 4000)
    assert len(permission["IpRanges"]) == 2
    assert permission["UserIdGroupPairs"] == [{"GroupId": web, "UserId": aws.account, "Description": "the web"}]


def test_the_older_parameters(vpc):
    group = vpc.group()
    vpc.ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="6", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0")
    assert described(vpc, group)["IpPermissions"][0]["IpProtocol"] == "tcp"
    assert error_of(vpc.ec2.authorize_security_group_ingress, GroupId=group, IpProtocol="tcp", FromPort=1, ToPort=1,
                    CidrIp="0.0.0.0/0", IpPermissions=[tcp(2, 2, "0.0.0.0/0")]).code == "InvalidParameterCombination"
    vpc.ec2.revoke_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0")
    assert described(vpc, group)["IpPermissions"] == []


@pytest.mark.parametrize("permission, code, message", [
    (tcp(4000, 3000, "0.0.0.0/0"), "InvalidParameterValue", "Invalid TCP port range (4000:3000)"),
    (tcp(0, 65536, "0.0.0.0/0"), "InvalidParameterValue", "Invalid TCP port range (0:65536)"),
    (tcp(-1, 80, "0.0.0.0/0"), "InvalidParameterValue", "Invalid TCP port range (-1:80)"),
    (tcp(80, 80, "10.0.0.300/24"), "InvalidParameterValue", "CIDR block 10.0.0.300/24 is malformed"),
    (tcp(80, 80, "10.0.0.1"), "InvalidParameterValue", "CIDR block 10.0.0.1 is malformed"),
    (tcp(80, 80, "10.0.0.0/33"), "InvalidParameterValue", "CIDR block 10.0.0.0/33 is malformed"),
    ({"IpProtocol": "tcp", "FromPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, "InvalidParameterValue",
     "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange."),
    ({"IpProtocol": "foo", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, "InvalidParameterValue",
     "Invalid value 'foo' for IP protocol. Unknown protocol."),
    ({"IpProtocol": "icmp", "FromPort": 300, "ToPort": 0, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
     "InvalidParameterValue", None),
    (from_group(80, 80, "sg-0123456789abcdef0"), "InvalidGroup.NotFound",
     "The security group 'sg-0123456789abcdef0' does not exist"),
    (tcp(80, 80, PrefixListIds=[{"PrefixListId": "pl-0123456789abcdef0"}]), "InvalidPrefixListID.NotFound", None),
    (tcp(80, 80), "MissingParameter", None),
    (tcp(80, 80, IpRanges=[{"CidrIp": "10.0.0.0/8", "Description": "<script>"}]), "InvalidParameterValue", None),
])
def test_bad_rules_change_nothing(vpc, permission, code, message):
    group = vpc.group()
    refused = error_of(vpc.ec2.authorize_security_group_ingress, GroupId=group,
                       IpPermissions=[tcp(443, 443, "0.0.0.0/0"), permission])
    assert refused.code == code
    assert message is None or refused.message == message
    assert described(vpc, group)["IpPermissions"] == []


def test_protocols_without_ports(vpc):
    group = vpc.group()
    vpc.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
        {"IpProtocol": "all", "FromPort": 1, "ToPort": 2, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
        {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
        {"IpProtocol": "50", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}])
    shown = {permission["IpProtocol"]: permission for permission in described(vpc, group)["IpPermissions"]}
    assert set(shown) == {"-1", "icmp", "50"}
    assert "FromPort" not in shown["-1"] and shown["icmp"]["FromPort"] == 8


def test_a_rule_that_is_there_already(vpc):
    group = vpc.group()
    vpc.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[tcp(22, 22, "192.0.2.68/32")])
    refused = error_of(vpc.ec2.authorize_security_group_ingress, GroupId=group,
                       IpPermissions=[tcp(80, 80, "0.0.0.0/0"), tcp(22, 22, "192.0.2.68/32")])
    assert refused.code == "InvalidPermission.Duplicate"
    assert refused.message == (
        'the specified rule "peer: 192.0.2.68/32, TCP, from port: 22, to port: 22, ALLOW" already exists')
    assert len(described(vpc, group)["IpPermissions"]) == 1
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    refused = error_of(vpc.ec2.authorize_security_group_egress, GroupId=group, IpPermissions=[everything])
    assert refused.message == 'the specified rule "peer: 0.0.0.0/0, ALL, ALLOW" already exists'
    refused = error_of(vpc.ec2.authorize_security_group_ingress, GroupId=group,
                       IpPermissions=[tcp(1, 1, "10.0.0.0/8", "10.0.0.0/8")])
    assert refused.message == "The same permission must not appear multiple times"


def test_sixty_rules(vpc):
    group = vpc.group()
    vpc.ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[tcp(port, port, "0.0.0.0/0") for port in range(1, 61)])
    refused = error_of(vpc.ec2.authorize_security_group_ingress, GroupId=group,
                       IpPermissions=[tcp(61, 61, "0.0.0.0/0")])
    assert refused.code == "RulesPerSecurityGroupLimitExceeded"
    assert refused.message == "The maximum number of rules per security group has been reached."
    vpc.ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[tcp(61, 61, "0.0.0.0/0")])


def test_revoke(vpc):
    group = vpc.group()
    vpc.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
        tcp(80, 80, IpRanges=[{"CidrIp": "0.0.0.0/0", "Description": "everybody"}])])
    refused = error_of(vpc.ec2.revoke_security_group_ingress, GroupId=group,
                       IpPermissions=[tcp(80, 80, "0.0.0.0/0"), tcp(81, 81, "0.0.0.0/0")])
    assert refused.code == "InvalidPermission.NotFound"
    assert refused.message == "The specified rule does not exist in this security group."
    assert len(described(vpc, group)["IpPermissions"]) == 1
    # The description need not match.
    answer = vpc.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[tcp(80, 80, "0.0.0.0/0")])
    assert answer["Return"] is True and answer.get("UnknownIpPermissions", []) == []
    assert described(vpc, group)["IpPermissions"] == []
    assert error_of(vpc.ec2.revoke_security_group_ingress, GroupId=group).code == "MissingParameter"
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    vpc.ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[everything])
    assert described(vpc, group)["IpPermissionsEgress"] == []


def test_revoke_in_the_default_vpc_is_lenient(ec2):
    group = ec2.create_security_group(GroupName="web", Description="x")["GroupId"]
    answer = ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[tcp(81, 81, "0.0.0.0/0")])
    assert answer["Return"] is True
    [unknown] = answer["UnknownIpPermissions"]
    assert unknown["FromPort"] == 81 and unknown["IpRanges"] == [{"CidrIp": "0.0.0.0/0"}]


def test_rules_by_their_ids(aws, vpc):
    web, app = vpc.group("web"), vpc.group("app")
    [rule] = vpc.ec2.authorize_security_group_ingress(
        GroupId=web, IpPermissions=[tcp(80, 80, "0.0.0.0/0")], TagSpecifications=[
            {"ResourceType": "security-group-rule", "Tags": [{"Key": "Name", "Value": "http"}]}])["SecurityGroupRules"]
    rule_id = rule["SecurityGroupRuleId"]
    shown = vpc.ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [web]}])["SecurityGroupRules"]
    assert len(shown) == 2
    [egress] = [each for each in shown if each["IsEgress"]]
    assert (egress["IpProtocol"], egress["FromPort"], egress["ToPort"], egress["Tags"]) == ("-1", -1, -1, [])
    [tagged] = vpc.ec2.describe_security_group_rules(
        Filters=[{"Name": "tag:Name", "Values": ["http"]}])["SecurityGroupRules"]
    assert tagged["SecurityGroupRuleId"] == rule_id and tagged["GroupOwnerId"] == aws.account

    def change(**wanted):
        return {"GroupId": web, "SecurityGroupRules": [{"SecurityGroupRuleId": rule_id, "SecurityGroupRule": wanted}]}

    vpc.ec2.modify_security_group_rules(
        **change(IpProtocol="tcp", FromPort=443, ToPort=443, CidrIpv4="10.0.0.0/8", Description="office"))
    [permission] = described(vpc, web)["IpPermissions"]
    assert permission["FromPort"] == 443
    assert permission["IpRanges"] == [{"CidrIp": "10.0.0.0/8", "Description": "office"}]
    refused = error_of(vpc.ec2.modify_security_group_rules,
                       **change(IpProtocol="tcp", FromPort=1, ToPort=1, ReferencedGroupId=app))
    assert refused.message == "You may not specify a referenced group id for an existing IPv4 CIDR rule."

    vpc.ec2.update_security_group_rule_descriptions_ingress(GroupId=web, SecurityGroupRuleDescriptions=[
        {"SecurityGroupRuleId": rule_id, "Description": "home"}])
    assert described(vpc, web)["IpPermissions"][0]["IpRanges"][0]["Description"] == "home"
    vpc.ec2.update_security_group_rule_descriptions_egress(GroupId=web, IpPermissions=[
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "out"}]}])
    assert described(vpc, web)["IpPermissionsEgress"][0]["IpRanges"][0]["Description"] == "out"

    assert error_of(vpc.ec2.revoke_security_group_ingress, GroupId=app,
                    SecurityGroupRuleIds=[rule_id]).code == "InvalidSecurityGroupRuleId.NotFound"
    assert error_of(vpc.ec2.revoke_security_group_egress, GroupId=web,
                    SecurityGroupRuleIds=[rule_id]).code == "InvalidSecurityGroupRuleId.NotFound"
    vpc.ec2.revoke_security_group_ingress(GroupId=web, SecurityGroupRuleIds=[rule_id])
    assert error_of(vpc.ec2.describe_security_group_rules,
                    SecurityGroupRuleIds=[rule_id]).code == "InvalidSecurityGroupRuleId.NotFound"
    assert error_of(vpc.ec2.describe_security_group_rules,
                    SecurityGroupRuleIds=["sgr-x"]).code == "InvalidSecurityGroupRuleId.Malformed"


def test_a_group_that_is_used_stays(vpc):
    web, app = vpc.group("web"), vpc.group("app")
    vpc.ec2.authorize_security_group_ingress(GroupId=app, IpPermissions=[from_group(3000, 4000, web)])
    vpc.ec2.authorize_security_group_egress(GroupId=web, IpPermissions=[from_group(3000, 4000, app)])
    for group in (web, app):
        refused = error_of(vpc.ec2.delete_security_group, GroupId=group)
        assert (refused.code, refused.message) == ("DependencyViolation", f"resource {group} has a dependent object")
    vpc.ec2.revoke_security_group_ingress(GroupId=app, IpPermissions=[from_group(3000, 4000, web)])
    interface = vpc.interface(vpc.subnet(), Groups=[web])["NetworkInterfaceId"]
    assert error_of(vpc.ec2.delete_security_group, GroupId=web).code == "DependencyViolation"
    vpc.ec2.delete_network_interface(NetworkInterfaceId=interface)
    vpc.ec2.delete_security_group(GroupId=web)
    vpc.ec2.delete_security_group(GroupId=app)
    [default] = vpc.ec2.describe_security_groups(Filters=[
        {"Name": "vpc-id", "Values": [vpc.id]}, {"Name": "group-name", "Values": ["default"]}])["SecurityGroups"]
    refused = error_of(vpc.ec2.delete_security_group, GroupId=default["GroupId"])
    assert refused.code == "CannotDelete"
    assert refused.message == f'the specified group: "{default["GroupId"]}" name: "default" cannot be deleted by a user'


def test_groups_of_other_networks_are_not_named(vpc):
    elsewhere = vpc.ec2.create_security_group(GroupName="web", Description="in the default VPC")["GroupId"]
    group = vpc.group()
    assert error_of(vpc.ec2.authorize_security_group_ingress, GroupId=group,
                    IpPermissions=[from_group(80, 80, elsewhere)]).code == "InvalidGroup.NotFound"
    assert error_of(vpc.ec2.create_network_interface, SubnetId=vpc.subnet(),
                    Groups=[elsewhere]).code == "InvalidGroup.NotFound"


def test_found_by_what_the_rules_say(vpc):
    web, app = vpc.group("web"), vpc.group("app")
    vpc.ec2.authorize_security_group_ingress(GroupId=app, IpPermissions=[from_group(3000, 4000, web)])

    def found(name, value):
        filters = [{"Name": "vpc-id", "Values": [vpc.id]}, {"Name": name, "Values": [value]}]
        return sorted(group["GroupName"] for group in vpc.ec2.describe_security_groups(Filters=filters)["SecurityGroups"])

    assert found("ip-permission.group-id", web) == ["app"]
    assert found("ip-permission.group-name", "web") == ["app"]
    assert found("ip-permission.to-port", "4000") == ["app"]
    assert found("egress.ip-permission.cidr", "0.0.0.0/0") == ["app", "default", "web"]
    assert found("description", "made by*") == ["app", "web"]
