"""The policy simulator with boto3."""
import json

from conftest import error_of

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def test_a_role_as_recorded_from_aws(aws):
    """recorded/iam.json, test_simulate_principle_policy[role]: values and positions."""
    iam = aws.client("iam")
    policy = json.dumps({"Version": "2012-10-17", "Statement": {
        "Sid": "", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}})
    policy_arn = iam.create_policy(PolicyName="put", PolicyDocument=policy)["Policy"]["Arn"]
    role_arn = iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    iam.attach_role_policy(RoleName="r", PolicyArn=policy_arn)
    answer = iam.simulate_principal_policy(PolicySourceArn=role_arn, ResourceArns=["arn:aws:s3:::bucket"],
                                           ActionNames=["s3:PutObject", "s3:GetObjectVersion"])
    answer.pop("ResponseMetadata")
    matched = [{"SourcePolicyId": "put", "SourcePolicyType": "IAM Policy",
                "StartPosition": {"Line": 1, "Column": 41}, "EndPosition": {"Line": 1, "Column": 113}}]

    def result(action, decision, statements):
        return {"EvalActionName": action, "EvalResourceName": "arn:aws:s3:::bucket", "EvalDecision": decision,
                "MatchedStatements": statements, "MissingContextValues": [],
                "OrganizationsDecisionDetail": {"AllowedByOrganizations": True},
                "ResourceSpecificResults": [{"EvalResourceName": "arn:aws:s3:::bucket",
                                             "EvalResourceDecision": decision, "MatchedStatements": statements,
                                             "MissingContextValues": []}]}

    assert answer == {"IsTruncated": False, "EvaluationResults": [
        result("s3:PutObject", "allowed", matched), result("s3:GetObjectVersion", "implicitDeny", [])]}


def decisions(answer):
    return [result["EvalDecision"] for result in answer["EvaluationResults"]]


def test_users_groups_boundaries_and_context(aws):
    iam = aws.client("iam")
    user_arn = iam.create_user(UserName="ana")["User"]["Arn"]
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="ana")
    iam.put_group_policy(GroupName="g", PolicyName="deny", PolicyDocument=document(
        {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}))
    iam.put_user_policy(UserName="ana", PolicyName="home", PolicyDocument=document(
        {"Effect": "Allow", "Action": ["s3:*", "ecs:*"], "Resource": "*"},
        {"Effect": "Deny", "Action": "ecs:StopTask", "Resource": "*",
         "Condition": {"StringNotEquals": {"aws:ResourceTag/team": "${aws:username}"},
                       "Bool": {"aws:MultiFactorAuthPresent": "false"}}}))
    simulate = lambda actions, **more: iam.simulate_principal_policy(PolicySourceArn=user_arn, ActionNames=actions, **more)
    answer = simulate(["s3:GetObject", "s3:DeleteObject", "ec2:DescribeVpcs"])
    assert decisions(answer) == ["allowed", "explicitDeny", "implicitDeny"]
    assert answer["EvaluationResults"][1]["MatchedStatements"][0]["SourcePolicyId"] == "group_g_deny"

    stop = simulate(["ecs:StopTask"])["EvaluationResults"][0]
    assert stop["MissingContextValues"] == ["aws:ResourceTag/team", "aws:MultiFactorAuthPresent"]
    entries = [{"ContextKeyName": "aws:ResourceTag/team", "ContextKeyType": "string", "ContextKeyValues": ["ana"]},
               {"ContextKeyName": "aws:multifactorauthpresent", "ContextKeyType": "boolean", "ContextKeyValues": ["false"]}]
    answer = simulate(["ecs:StopTask"], ContextEntries=entries)
    assert decisions(answer) == ["allowed"] and answer["EvaluationResults"][0]["MissingContextValues"] == []
    entries[0]["ContextKeyValues"] = ["bob"]
    assert decisions(simulate(["ecs:StopTask"], ContextEntries=entries)) == ["explicitDeny"]

    boundary = document({"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"})
    answer = simulate(["s3:GetObject", "s3:PutObject"], PermissionsBoundaryPolicyInputList=[boundary])
    assert decisions(answer) == ["allowed", "implicitDeny"]
    assert [result["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"]
            for result in answer["EvaluationResults"]] == [True, False]

    assert iam.get_context_keys_for_principal_policy(PolicySourceArn=user_arn)["ContextKeyNames"] == [
        "aws:ResourceTag/team", "aws:username", "aws:MultiFactorAuthPresent"]


def test_custom_policies_resource_policies_pages_and_refusals(aws):
    iam = aws.client("iam")
    allow = document({"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:${aws:PrincipalTag/q}"})
    caller = f"arn:aws:iam::{aws.account}:user/ana"
    other = "arn:aws:sqs:eu-central-1:444455556666:q"
    queue = lambda principal: document({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "*", "Resource": "*"})
    context = [{"ContextKeyName": "aws:PrincipalTag/q", "ContextKeyType": "string", "ContextKeyValues": ["q"]}]
    simulate = lambda **more: decisions(iam.simulate_custom_policy(
        PolicyInputList=[allow], ActionNames=["sqs:SendMessage"], ResourceArns=[other], ContextEntries=context, **more))
    # Across accounts both sides must allow.
    assert simulate(CallerArn=caller, ResourcePolicy=queue(caller)) == ["allowed"]
    assert simulate(CallerArn=caller, ResourcePolicy=queue("444455556666")) == ["implicitDeny"]
    result = iam.simulate_custom_policy(PolicyInputList=[allow], ActionNames=["sqs:SendMessage"], ResourceArns=[other])
    specific = result["EvaluationResults"][0]["ResourceSpecificResults"][0]
    assert specific["MissingContextValues"] == ["aws:PrincipalTag/q"]
    assert iam.get_context_keys_for_custom_policy(PolicyInputList=[allow])["ContextKeyNames"] == ["aws:PrincipalTag/q"]

    actions = [f"sqs:Action{i}" for i in range(5)]
    page = iam.simulate_custom_policy(PolicyInputList=[allow], ActionNames=actions, MaxItems=3)
    assert page["IsTruncated"] and len(page["EvaluationResults"]) == 3
    rest = iam.simulate_custom_policy(PolicyInputList=[allow], ActionNames=actions, MaxItems=3, Marker=page["Marker"])
    assert [each["EvalActionName"] for each in rest["EvaluationResults"]] == actions[3:]

    for bad in ({"PolicyInputList": ["{"]}, {"ActionNames": ["sqs:*"]}, {"ActionNames": ["nothing"]},
                {"ResourceArns": ["queue"]}, {"ResourcePolicy": queue(caller)},
                {"ContextEntries": [{"ContextKeyName": "aws:x", "ContextKeyType": "string", "ContextKeyValues": ["1", "2"]}]}):
        assert error_of(iam.simulate_custom_policy, **{"PolicyInputList": [allow], "ActionNames": ["sqs:A"], **bad}
                        ).code == "InvalidInput", bad
    session = f"arn:aws:sts::{aws.account}:assumed-role/r/s"
    assert error_of(iam.simulate_principal_policy, PolicySourceArn=session, ActionNames=["s3:GetObject"]).message == (
        f"Invalid Entity Arn: {session} does not clearly define entity type and name.")
    missing = f"arn:aws:iam::{aws.account}:role/none"
    assert error_of(iam.simulate_principal_policy, PolicySourceArn=missing, ActionNames=["s3:GetObject"]).code == (
        "NoSuchEntity")
