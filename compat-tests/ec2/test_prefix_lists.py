"""Managed prefix lists. VPC User Guide, "Managed prefix lists"; error codes as seen in the field, their texts mostly
unconfirmed."""
from conftest import error_of, eventually


def settle(ec2, list_id):
    def settled():
        [shown] = ec2.describe_managed_prefix_lists(PrefixListIds=[list_id])["PrefixLists"]
        return shown["State"].endswith("-complete") and shown

    return eventually(settled)


def make(ec2, entries=("10.0.0.0/16",), **more):
    created = ec2.create_managed_prefix_list(**{
        "PrefixListName": "offices", "MaxEntries": 5, "AddressFamily": "IPv4",
        "Entries": [{"Cidr": cidr} for cidr in entries], **more})["PrefixList"]
    settle(ec2, created["PrefixListId"])
    return created["PrefixListId"]


def entries_of(ec2, list_id, **more):
    return [entry["Cidr"] for entry in ec2.get_managed_prefix_list_entries(PrefixListId=list_id, **more)["Entries"]]


def test_a_lists_life(aws, ec2):
    created = ec2.create_managed_prefix_list(
        PrefixListName="offices", MaxEntries=3, AddressFamily="IPv4",
        Entries=[{"Cidr": "203.0.113.0/24", "Description": "Berlin"}, {"Cidr": "198.51.100.7/32"}],
        TagSpecifications=[{"ResourceType": "prefix-list", "Tags": [{"Key": "team", "Value": "a"}]}])["PrefixList"]
    list_id = created["PrefixListId"]
    assert (created["State"], created["Version"], created["OwnerId"]) == ("create-in-progress", 1, aws.account)
    assert created["PrefixListArn"] == f"arn:aws:ec2:{aws.region}:{aws.account}:prefix-list/{list_id}"
    assert created["MaxEntries"] == 3 and created["Tags"] == [{"Key": "team", "Value": "a"}]
    assert settle(ec2, list_id)["State"] == "create-complete"
    assert ec2.get_managed_prefix_list_entries(PrefixListId=list_id)["Entries"] == [
        {"Cidr": "203.0.113.0/24", "Description": "Berlin"}, {"Cidr": "198.51.100.7/32"}]

    changed = ec2.modify_managed_prefix_list(PrefixListId=list_id, CurrentVersion=1,
                                             RemoveEntries=[{"Cidr": "198.51.100.7/32"}],
                                             AddEntries=[{"Cidr": "192.0.2.0/24"}, {"Cidr": "192.0.3.0/24"}])
    assert (changed["PrefixList"]["State"], changed["PrefixList"]["Version"]) == ("modify-in-progress", 2)
    settle(ec2, list_id)
    assert entries_of(ec2, list_id) == ["203.0.113.0/24", "192.0.2.0/24", "192.0.3.0/24"]
    assert entries_of(ec2, list_id, TargetVersion=1) == ["203.0.113.0/24", "198.51.100.7/32"]
    refused = error_of(ec2.modify_managed_prefix_list, PrefixListId=list_id, CurrentVersion=1,
                       AddEntries=[{"Cidr": "192.0.4.0/24"}])
    assert (refused.code, refused.message) == (
        "PrefixListVersionMismatch", "The prefix list has the incorrect version number.")
    assert error_of(ec2.modify_managed_prefix_list, PrefixListId=list_id, CurrentVersion=2,
                    AddEntries=[{"Cidr": "192.0.4.0/24"}]).code == "PrefixListMaxEntriesExceeded"
    assert error_of(ec2.modify_managed_prefix_list, PrefixListId=list_id, CurrentVersion=2,
                    RemoveEntries=[{"Cidr": "192.0.9.0/24"}]).code == "InvalidPrefixListModification"
    assert error_of(ec2.modify_managed_prefix_list, PrefixListId=list_id,
                    AddEntries=[{"Cidr": "192.0.4.0/24"}]).code == "MissingParameter"
    assert error_of(ec2.modify_managed_prefix_list, PrefixListId=list_id, CurrentVersion=2, MaxEntries=9,
                    AddEntries=[{"Cidr": "192.0.4.0/24"}]).code == "InvalidParameterCombination"

    restored = ec2.restore_managed_prefix_list_version(PrefixListId=list_id, PreviousVersion=1, CurrentVersion=2)
    assert (restored["PrefixList"]["State"], restored["PrefixList"]["Version"]) == ("restore-in-progress", 3)
    settle(ec2, list_id)
    assert entries_of(ec2, list_id) == ["203.0.113.0/24", "198.51.100.7/32"]
    assert error_of(ec2.restore_managed_prefix_list_version, PrefixListId=list_id, PreviousVersion=9,
                    CurrentVersion=3).code == "InvalidParameterValue"
    assert error_of(ec2.get_managed_prefix_list_entries, PrefixListId=list_id,
                    TargetVersion=9).code == "InvalidParameterValue"

    renamed = ec2.modify_managed_prefix_list(PrefixListId=list_id, PrefixListName="sites", MaxEntries=10)["PrefixList"]
    assert (renamed["PrefixListName"], renamed["MaxEntries"], renamed["Version"]) == ("sites", 10, 3)
    settle(ec2, list_id)
    gone = ec2.delete_managed_prefix_list(PrefixListId=list_id)["PrefixList"]
    assert gone["State"] == "delete-in-progress"
    eventually(lambda: not ec2.describe_managed_prefix_lists(
        Filters=[{"Name": "owner-id", "Values": [aws.account]}])["PrefixLists"])
    missing = error_of(ec2.describe_managed_prefix_lists, PrefixListIds=[list_id])
    assert (missing.code, missing.message) == (
        "InvalidPrefixListID.NotFound", f"The prefix list ID '{list_id}' does not exist")


def test_a_list_that_is_changing_does_not_change(start_server):
    aws = start_server("--ephemeral", "--manual-clock").aws()
    ec2 = aws.client("ec2")
    list_id = ec2.create_managed_prefix_list(PrefixListName="a", MaxEntries=1,
                                             AddressFamily="IPv4")["PrefixList"]["PrefixListId"]
    refused = error_of(ec2.modify_managed_prefix_list, PrefixListId=list_id, PrefixListName="b")
    assert refused.code == "IncorrectState" and "in the current state (create-in-progress)" in refused.message
    assert aws.http("POST", "/_drydock/clock", '{"advance": 10}')[0] == 200
    ec2.modify_managed_prefix_list(PrefixListId=list_id, PrefixListName="b")


def test_awss_own_lists(aws, ec2):
    lists = {each["PrefixListName"]: each for each in ec2.describe_managed_prefix_lists()["PrefixLists"]}
    s3 = lists[f"com.amazonaws.{aws.region}.s3"]
    assert (s3["OwnerId"], s3["State"], s3["AddressFamily"]) == ("AWS", "create-complete", "IPv4")
    assert s3["PrefixListArn"] == f"arn:aws:ec2:{aws.region}:aws:prefix-list/{s3['PrefixListId']}"
    assert f"com.amazonaws.{aws.region}.dynamodb" in lists
    assert "com.amazonaws.global.cloudfront.origin-facing" in lists
    [older] = ec2.describe_prefix_lists(
        Filters=[{"Name": "prefix-list-id", "Values": [s3["PrefixListId"]]}])["PrefixLists"]
    assert older["PrefixListName"] == s3["PrefixListName"]
    assert older["Cidrs"] == entries_of(ec2, s3["PrefixListId"])
    assert error_of(ec2.delete_managed_prefix_list, PrefixListId=s3["PrefixListId"]).code == "OperationNotPermitted"
    assert error_of(ec2.modify_managed_prefix_list, PrefixListId=s3["PrefixListId"],
                    PrefixListName="mine").code == "OperationNotPermitted"
    elsewhere = aws.client("ec2", region="us-east-1")
    [known] = elsewhere.describe_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": ["com.amazonaws.us-east-1.s3"]}])["PrefixLists"]
    assert known["PrefixListId"] == "pl-63a5400a"  # aws-facts B.7


def test_what_cannot_be_created(ec2):
    good = {"PrefixListName": "a", "MaxEntries": 2, "AddressFamily": "IPv4"}
    for change in ({"PrefixListName": "com.amazonaws.mine"}, {"AddressFamily": "IPv5"}, {"MaxEntries": 0},
                   {"MaxEntries": 1001}, {"Entries": [{"Cidr": "banana"}]}, {"Entries": [{"Cidr": "::/0"}]},
                   {"Entries": [{"Cidr": "10.0.0.0/8"}, {"Cidr": "10.0.0.0/8"}]}):
        assert error_of(ec2.create_managed_prefix_list, **{**good, **change}).code == "InvalidParameterValue", change
    assert error_of(ec2.create_managed_prefix_list, **good, Entries=[
        {"Cidr": f"10.{i}.0.0/16"} for i in range(3)]).code == "PrefixListMaxEntriesExceeded"
    assert error_of(ec2.create_managed_prefix_list, PrefixListName="a", AddressFamily="IPv4", MaxEntries=200, Entries=[
        {"Cidr": f"10.{i}.0.0/16"} for i in range(101)]).code == "InvalidParameterValue"  # 100 a request
    assert error_of(ec2.create_managed_prefix_list, **good, DryRun=True).code == "DryRunOperation"
    assert error_of(ec2.describe_managed_prefix_lists, PrefixListIds=["pl-x"]).code == "InvalidPrefixListId.Malformed"


def test_a_version_that_no_longer_fits_stays_away(ec2):
    list_id = make(ec2, ["10.1.0.0/16", "10.2.0.0/16"], MaxEntries=2)
    for change in ({"CurrentVersion": 1, "RemoveEntries": [{"Cidr": "10.2.0.0/16"}]}, {"MaxEntries": 1}):
        ec2.modify_managed_prefix_list(PrefixListId=list_id, **change)
        settle(ec2, list_id)
    assert error_of(ec2.restore_managed_prefix_list_version, PrefixListId=list_id, PreviousVersion=1,
                    CurrentVersion=2).code == "PrefixListMaxEntriesExceeded"


def test_tokens_and_pages(ec2):
    request = {"PrefixListName": "a", "MaxEntries": 1, "AddressFamily": "IPv6", "ClientToken": "once"}
    first = ec2.create_managed_prefix_list(**request)["PrefixList"]["PrefixListId"]
    assert ec2.create_managed_prefix_list(**request)["PrefixList"]["PrefixListId"] == first
    assert error_of(ec2.create_managed_prefix_list, **{**request, "MaxEntries": 2}).code == \
        "IdempotentParameterMismatch"
    many = make(ec2, [f"10.{i}.0.0/16" for i in range(5)])
    pages = ec2.get_paginator("get_managed_prefix_list_entries").paginate(
        PrefixListId=many, PaginationConfig={"PageSize": 2})
    assert [len(page["Entries"]) for page in pages] == [2, 2, 1]
    assert error_of(ec2.describe_managed_prefix_lists, NextToken="banana").code == "InvalidNextToken"


def test_rules_and_routes_that_name_a_list(vpc):
    list_id = make(vpc.ec2)
    group, table = vpc.group(), vpc.route_table()
    vpc.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
         "PrefixListIds": [{"PrefixListId": list_id, "Description": "offices"}]}])
    [shown] = vpc.ec2.describe_security_groups(
        Filters=[{"Name": "ip-permission.prefix-list-id", "Values": [list_id]}])["SecurityGroups"]
    assert shown["IpPermissions"][0]["PrefixListIds"] == [{"PrefixListId": list_id, "Description": "offices"}]
    gateway = vpc.internet_gateway()
    vpc.ec2.create_route(RouteTableId=table, DestinationPrefixListId=list_id, GatewayId=gateway)
    associations = vpc.ec2.get_managed_prefix_list_associations(PrefixListId=list_id)["PrefixListAssociations"]
    assert sorted(each["ResourceId"] for each in associations) == sorted([group, table])
    assert error_of(vpc.ec2.delete_managed_prefix_list, PrefixListId=list_id).code == "DependencyViolation"
    vpc.ec2.delete_route(RouteTableId=table, DestinationPrefixListId=list_id)
    missing = error_of(vpc.ec2.delete_route, RouteTableId=table, DestinationPrefixListId=list_id)
    assert (missing.code, missing.message) == (
        "InvalidRoute.NotFound", f"no route with destination-prefix-list-id {list_id} in route table {table}")
    vpc.ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": list_id}]}])
    vpc.ec2.delete_managed_prefix_list(PrefixListId=list_id)
    for call, parameters in (
            (vpc.ec2.create_route, {"RouteTableId": table, "GatewayId": gateway,
                                    "DestinationPrefixListId": "pl-0123456789abcdef0"}),
            (vpc.ec2.authorize_security_group_egress, {"GroupId": group, "IpPermissions": [
                {"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": "pl-0123456789abcdef0"}]}]})):
        assert error_of(call, **parameters).code == "InvalidPrefixListID.NotFound"


def test_a_list_counts_with_its_maximum(vpc):
    """VPC User Guide, "Quotas": a reference counts as many rules or routes as the list may have entries."""
    list_id = make(vpc.ec2, MaxEntries=61)
    group, table = vpc.group(), vpc.route_table()
    assert error_of(vpc.ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[
        {"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": list_id}]}]).code == "RulesPerSecurityGroupLimitExceeded"
    assert error_of(vpc.ec2.create_route, RouteTableId=table, DestinationPrefixListId=list_id,
                    GatewayId=vpc.internet_gateway()).code == "RouteLimitExceeded"
