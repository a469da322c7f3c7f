"""What the record of a call says. CloudTrail User Guide, "CloudTrail record contents", "userIdentity element"; the
services' pages "Logging … API calls with AWS CloudTrail" have the examples that names and nulls are taken from."""
import json
import threading
import time

import botocore.exceptions
from conftest import error_of, eventually
from cloudtrail.history import Trail, trusting
from ecs.place import Place

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


def test_a_write_of_ec2(aws, trail):
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="web", Description="d", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}])
    event = trail.events(EventName="CreateSecurityGroup")[0]
    record = event["record"]
    assert record["eventSource"] == event["EventSource"] == "ec2.amazonaws.com"
    assert record["eventName"] == "CreateSecurityGroup" and record["awsRegion"] == aws.region
    assert record["requestParameters"] == {"groupDescription": "d", "groupName": "web", "vpcId": vpc}
    assert record["responseElements"]["requestId"] == record["requestID"]
    assert record["responseElements"]["groupId"] == group
    assert record["readOnly"] is False and event["ReadOnly"] == "false"
    assert record["eventType"] == "AwsApiCall" and record["managementEvent"] is True
    assert record["eventCategory"] == "Management" and record["recipientAccountId"] == aws.account
    assert record["sourceIPAddress"] == "127.0.0.1" and "Boto3" in record["userAgent"]
    assert record["eventID"] == event["EventId"] and float(record["eventVersion"]) >= 1.08
    assert "errorCode" not in record and "tlsDetails" not in record
    assert {"ResourceType": "AWS::EC2::SecurityGroup", "ResourceName": group} in event["Resources"]
    assert {"ResourceType": "AWS::EC2::VPC", "ResourceName": vpc} in event["Resources"]
    rule = trail.record("AuthorizeSecurityGroupIngress")["requestParameters"]["ipPermissions"]["items"][0]
    assert rule["fromPort"] == 80 and rule["ipRanges"] == {"items": [{"cidrIp": "10.0.0.0/8"}]}


def test_a_read_has_no_response_elements(aws, trail):
    aws.client("sts").get_caller_identity()
    record = trail.record("GetCallerIdentity")
    assert record["readOnly"] is True
    assert record["requestParameters"] is None and record["responseElements"] is None


def test_refused_calls_are_recorded(aws, trail):
    refusal = error_of(aws.client("ec2").delete_vpc, VpcId="vpc-01234567890abcdef")
    record = trail.record("DeleteVpc")
    assert record["errorCode"] == "Client." + refusal.code and record["errorMessage"] == refusal.message
    assert record["requestParameters"] == {"vpcId": "vpc-01234567890abcdef"} and record["responseElements"] is None
    # What the model refuses, too.
    error_of(aws.client("logs", parameter_validation=False).create_log_group, logGroupName="not valid!")
    assert trail.record("CreateLogGroup")["errorCode"] == "InvalidParameterException"


def test_nobody_known_is_not_recorded(server, aws, trail):
    user = aws.client("iam").create_user(UserName="ana")["User"]["UserName"]
    key = aws.client("iam").create_access_key(UserName=user)["AccessKey"]
    error_of(aws.client("sts", key=key["AccessKeyId"], secret="wrong").get_caller_identity)
    assert trail.events(AccessKeyId=key["AccessKeyId"]) == []


def test_who_called(aws, trail):
    iam, sts = aws.client("iam"), aws.client("sts")
    sts.get_caller_identity()
    root = trail.record("GetCallerIdentity")["userIdentity"]
    assert root == {"type": "Root", "principalId": aws.account, "arn": f"arn:aws:iam::{aws.account}:root",
                    "accountId": aws.account, "accessKeyId": aws.account}

    user = iam.create_user(UserName="ana", Path="/team/")["User"]
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    aws.client("sts", key=key["AccessKeyId"], secret=key["SecretAccessKey"]).get_caller_identity()
    event = trail.events(AccessKeyId=key["AccessKeyId"])[0]
    assert event["Username"] == "ana"
    assert event["record"]["userIdentity"] == {
        "type": "IAMUser", "principalId": user["UserId"], "arn": user["Arn"], "accountId": aws.account,
        "accessKeyId": key["AccessKeyId"], "userName": "ana"}

    role = iam.create_role(RoleName="deploy", Path="/ci/", AssumeRolePolicyDocument=trusting(
        {"AWS": f"arn:aws:iam::{aws.account}:root"}))["Role"]
    credentials = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="build-7")["Credentials"]
    aws.client("sts", key=credentials["AccessKeyId"], secret=credentials["SecretAccessKey"],
               token=credentials["SessionToken"]).get_caller_identity()
    event = trail.events(AccessKeyId=credentials["AccessKeyId"])[0]
    assert event["Username"] == "build-7"
    identity = event["record"]["userIdentity"]
    assert identity["type"] == "AssumedRole" and identity["principalId"] == role["RoleId"] + ":build-7"
    assert identity["arn"] == f"arn:aws:sts::{aws.account}:assumed-role/deploy/build-7"
    assert identity["sessionContext"]["sessionIssuer"] == {
        "type": "Role", "principalId": role["RoleId"], "arn": role["Arn"], "accountId": aws.account,
        "userName": "deploy"}
    assert identity["sessionContext"]["attributes"]["mfaAuthenticated"] == "false"
    assert identity["sessionContext"]["attributes"]["creationDate"].endswith("Z")


def test_a_source_identity_is_told_of_each_call(aws, trail):
    """CloudTrail User Guide, "CloudTrail userIdentity element", AWS STS source identity."""
    trust = trusting({"AWS": f"arn:aws:iam::{aws.account}:root"}).replace(
        '"sts:AssumeRole"', '["sts:AssumeRole", "sts:SetSourceIdentity"]')
    role = aws.client("iam").create_role(RoleName="deploy", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    keys = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="ci", SourceIdentity="ana")["Credentials"]
    assert trail.record("AssumeRole")["responseElements"]["sourceIdentity"] == "ana"
    aws.client("sts", key=keys["AccessKeyId"], secret=keys["SecretAccessKey"],
               token=keys["SessionToken"]).get_caller_identity()
    event = trail.events(AccessKeyId=keys["AccessKeyId"])[0]
    assert event["record"]["userIdentity"]["sessionContext"]["sourceIdentity"] == "ana"


def test_a_role_of_another_account_is_recorded_in_both(server, aws, trail):
    owner = server.aws()
    role = owner.client("iam").create_role(RoleName="shared", AssumeRolePolicyDocument=trusting(
        {"AWS": f"arn:aws:iam::{aws.account}:root"}))["Role"]["Arn"]
    aws.client("sts").assume_role(RoleArn=role, RoleSessionName="visit")
    mine, theirs = trail.record("AssumeRole"), Trail(owner).record("AssumeRole")
    assert mine["userIdentity"]["type"] == "Root" and mine["recipientAccountId"] == aws.account
    assert theirs["userIdentity"] == {"type": "AWSAccount", "principalId": aws.account, "accountId": aws.account}
    assert theirs["recipientAccountId"] == owner.account
    assert mine["sharedEventID"] == theirs["sharedEventID"] and mine["eventID"] != theirs["eventID"]
    assert mine["readOnly"] is True and mine["responseElements"]["credentials"]["accessKeyId"].startswith("ASIA")
    assert "secretAccessKey" not in mine["responseElements"]["credentials"]
    assert mine["responseElements"]["credentials"]["sessionToken"] == HIDDEN
    assert mine["resources"] == [{"accountId": owner.account, "type": "AWS::IAM::Role", "ARN": role}]


def test_a_role_of_another_account_that_is_denied_is_recorded_at_home(server, aws, trail):
    """IAM User Guide, "Logging IAM and AWS STS API calls with AWS CloudTrail": the other account is told nothing."""
    owner = server.aws()
    role = owner.client("iam").create_role(RoleName="closed", AssumeRolePolicyDocument=trusting(
        {"AWS": f"arn:aws:iam::{owner.account}:root"}))["Role"]["Arn"]
    assert error_of(aws.client("sts").assume_role, RoleArn=role, RoleSessionName="visit").code == "AccessDenied"
    mine = trail.record("AssumeRole")
    assert mine["errorCode"] == "AccessDenied" and role in mine["errorMessage"] and "sharedEventID" not in mine
    assert Trail(owner).events(EventName="AssumeRole") == []


def test_secrets_are_hidden(aws, trail):
    secrets, iam, ecs = aws.client("secretsmanager"), aws.client("iam"), aws.client("ecs")
    secrets.create_secret(Name="s", SecretString="hunter2")
    assert trail.record("CreateSecret")["requestParameters"]["secretString"] == HIDDEN
    secrets.get_secret_value(SecretId="s")
    record = trail.record("GetSecretValue")
    assert record["requestParameters"] == {"secretId": "s"} and record["responseElements"] is None
    assert record["readOnly"] is True
    iam.create_user(UserName="ana")
    iam.create_access_key(UserName="ana")
    answered = trail.record("CreateAccessKey", "us-east-1")["responseElements"]["accessKey"]
    assert answered["userName"] == "ana" and answered["status"] == "Active" and "secretAccessKey" not in answered
    ecs.register_task_definition(family="f", containerDefinitions=[
        {"name": "c", "image": "i", "memory": 128, "environment": [{"name": "PASSWORD", "value": "hunter2"}]}])
    container = trail.record("RegisterTaskDefinition")["requestParameters"]["containerDefinitions"][0]
    assert container["name"] == "c" and container["environment"] == HIDDEN


def test_what_secrets_manager_does_by_itself(start_server):
    """Secrets Manager User Guide, "AWS CloudTrail entries for Secrets Manager", Log entries for deletion."""
    aws = start_server("--ephemeral", "--manual-clock").aws()
    secrets, trail = aws.client("secretsmanager"), Trail(aws)
    arn = secrets.create_secret(Name="db", SecretString="one")["ARN"]
    secrets.put_secret_value(SecretId="db", SecretString="two")
    secrets.delete_secret(SecretId="db", RecoveryWindowInDays=7)
    record = trail.record("StartSecretVersionDelete")
    assert (record["eventType"], record["eventSource"]) == ("AwsServiceEvent", "secretsmanager.amazonaws.com")
    assert record["userIdentity"] == {"accountId": aws.account, "invokedBy": "secretsmanager.amazonaws.com"}
    assert record["sourceIPAddress"] == record["userAgent"] == "secretsmanager.amazonaws.com"
    assert record["additionalEventData"]["SecretId"] == arn and record["readOnly"] is False
    assert len(trail.events(EventName="StartSecretVersionDelete")) == 2  # of each version
    secrets.restore_secret(SecretId="db")
    assert len(trail.events(EventName="CancelSecretVersionDelete")) == 2
    secrets.delete_secret(SecretId="db", RecoveryWindowInDays=7)
    assert trail.events(EventName="EndSecretVersionDelete") == []
    aws.http("POST", "/_drydock/clock", json.dumps({"advance": 7 * 24 * 3600 + 1}))
    assert len(trail.events(EventName="EndSecretVersionDelete")) == 2


def test_iam_is_recorded_in_one_region(aws, trail):
    aws.client("iam").create_user(UserName="ana")
    assert trail.events(EventName="CreateUser") == []
    assert trail.record("CreateUser", "us-east-1")["awsRegion"] == "us-east-1"


def test_log_events_are_data(aws, trail):
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    logs.put_log_events(logGroupName="g", logStreamName="s",
                        logEvents=[{"timestamp": int(time.time() * 1000), "message": "hello"}])
    assert trail.events(EventName="CreateLogStream") and not trail.events(EventName="PutLogEvents")


def test_an_answered_write_survives_kill(start_server, tmp_path):
    server = start_server("--data-dir", str(tmp_path))
    aws = server.aws()
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    server.kill()
    again = start_server("--data-dir", str(tmp_path)).aws(aws.account)
    assert Trail(again).record("CreateVpc")["responseElements"]["vpc"]["vpcId"] == vpc
    # A read that had time to be written, and one that was not.
    again.client("ec2").describe_vpcs()
    assert again.server.stop() == 0
    assert Trail(start_server("--data-dir", str(tmp_path)).aws(aws.account)).record("DescribeVpcs")


def test_killed_amid_writes_each_that_stands_has_its_event(start_server, tmp_path):
    server = start_server("--data-dir", str(tmp_path))
    aws = server.aws()
    answered, enough = [], threading.Event()

    def write(worker):
        logs = aws.client("logs")
        try:
            for i in range(10_000):
                logs.create_log_group(logGroupName=f"g-{worker}-{i}")
                answered.append(f"g-{worker}-{i}")
                if len(answered) >= 150:
                    enough.set()
        except botocore.exceptions.BotoCoreError:
            pass  # killed

    workers = [threading.Thread(target=write, args=(worker,)) for worker in range(3)]
    for worker in workers:
        worker.start()
    assert enough.wait(60)
    server.kill()
    for worker in workers:
        worker.join()
    again = start_server("--data-dir", str(tmp_path)).aws(aws.account)
    events = [e["record"]["requestParameters"]["logGroupName"] for e in Trail(again).events(EventName="CreateLogGroup")]
    pages = again.client("logs").get_paginator("describe_log_groups").paginate()
    groups = [group["logGroupName"] for page in pages for group in page["logGroups"]]
    assert sorted(events) == sorted(groups) and set(answered) <= set(groups)


def test_what_ecs_does_by_itself(aws, trail):
    """The platform makes the task's interface and assumes its role, the scheduler registers and deregisters the target:
    aws-facts J.1; each as who it is."""
    place = Place(aws)
    secret = place.secretsmanager.create_secret(Name="db", SecretString="value")["ARN"]
    place.iam.attach_role_policy(RoleName="execution", PolicyArn="arn:aws:iam::aws:policy/SecretsManagerReadWrite")
    place.register(container={"secrets": [{"name": "DB", "valueFrom": secret}]})
    balanced = place.balanced()
    place.create(desired=1, loadBalancers=balanced)
    place.steady()
    linked = f"arn:aws:sts::{aws.account}:assumed-role/AWSServiceRoleForECS/"

    def by_itself(name):
        record = next(e["record"] for e in trail.events(EventName=name)
                      if e["record"]["userIdentity"].get("invokedBy", "").startswith("ecs"))
        assert record["eventType"] == "AwsApiCall" and "errorCode" not in record
        return record

    made = by_itself("CreateNetworkInterface")
    assert made["userIdentity"]["arn"].startswith(linked) and made["sourceIPAddress"] == "ecs.amazonaws.com"
    registered = by_itself("RegisterTargets")
    assert registered["userIdentity"]["arn"] == linked + "ecs-service-scheduler"
    assert registered["requestParameters"]["targetGroupArn"] == balanced[0]["targetGroupArn"]
    assumed = by_itself("AssumeRole")
    assert assumed["userIdentity"] == {"type": "AWSService", "invokedBy": "ecs-tasks.amazonaws.com"}
    assert assumed["requestParameters"]["roleArn"] == place.role
    fetched = trail.record("GetSecretValue")
    assert fetched["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"] == place.role
    place.ecs.update_service(cluster="main", service="app", desiredCount=0)
    eventually(lambda: trail.events(EventName="DeregisterTargets"))
    assert by_itself("DeregisterTargets")["userIdentity"]["arn"] == linked + "ecs-service-scheduler"
