"""Secrets never stand in what Drydock prints or answers to those who may not see them."""
import json

from conftest import error_of, eventually
from ecs.place import Place
from iam.caller import User, allow, document, role, session


def test_secrets_are_in_no_log_and_no_error(start_server):
    server = start_server("--ephemeral", log_level="trace")
    aws = server.aws()
    ana = User(aws, allow("ecs:*", "ecr:*"))
    ci = session(aws, role(aws, allow("secretsmanager:CreateSecret"), name="writer"))
    secrets, said = aws.client("secretsmanager"), []
    value, binary = "p4ssw0rd-that-nobody-sees", b"bytes-that-nobody-sees"
    secrets.create_secret(Name="db", SecretString=value)
    secrets.put_secret_value(SecretId="db", SecretBinary=binary)
    secrets.put_secret_value(SecretId="db", SecretString=json.dumps({"uri": value}))

    refused = lambda *a, **k: said.append(repr(error_of(*a, **k)))
    refused(secrets.create_secret, Name="db", SecretString=value)
    refused(secrets.create_secret, Name="in valid name", SecretString=value)
    refused(secrets.put_secret_value, SecretId="missing", SecretString=value)
    for client in (ana.client("secretsmanager"), ci.client("secretsmanager")):
        refused(client.get_secret_value, SecretId="db")
        refused(client.put_secret_value, SecretId="db", SecretString=value)
    if hasattr(secrets, "batch_get_secret_value"):  # not in botocore of 2022
        refused(ci.client("secretsmanager").batch_get_secret_value, SecretIdList=["db"])
    bent = aws.client("sts", key=ana.key, secret=ana.secret + "x")
    refused(bent.get_caller_identity)
    target = {"X-Amz-Target": "secretsmanager.CreateSecret", "Content-Type": "application/x-amz-json-1.1",
              "Authorization": f"AWS4-HMAC-SHA256 Credential={aws.account}/20260101/us-east-1/secretsmanager/aws4_request,"
                               "SignedHeaders=host,Signature=00", "X-Amz-Date": "20260101T000000Z"}
    for body in ('{"Name": "x", "SecretString": "%s"' % value, '{"Name": "x", "SecretString": ["%s"]}' % value,
                 '{"Name": 1, "SecretString": "%s"}' % value):
        said.append(aws.http("POST", "/", body, target)[2].decode())

    password = aws.client("ecr").get_authorization_token()["authorizationData"][0]["authorizationToken"]
    said.append(aws.http("GET", "/v2/", headers={"Authorization": "Basic " + password[:-8]})[2].decode())

    place = Place(aws)
    aws.client("iam").put_role_policy(RoleName="execution", PolicyName="p", PolicyDocument=document(
        allow("secretsmanager:GetSecretValue")))
    arn = secrets.describe_secret(SecretId="db")["ARN"]
    definition = place.ecs.register_task_definition(
        family="app", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        executionRoleArn=place.role, containerDefinitions=[{
            "name": "app", "image": place.push(), "secrets": [{"name": "URI", "valueFrom": arn + ":uri::"}],
            "logConfiguration": {"logDriver": "awslogs", "options": {
                "awslogs-group": "/ecs/app", "awslogs-region": aws.region, "awslogs-stream-prefix": "s"}}}])
    task = place.ecs.run_task(
        cluster="main", launchType="FARGATE", taskDefinition=definition["taskDefinition"]["taskDefinitionArn"],
        networkConfiguration={"awsvpcConfiguration": {"subnets": place.subnets[:1], "securityGroups": [place.group],
                                                      "assignPublicIp": "ENABLED"}})["tasks"][0]["taskArn"]
    describe = lambda: place.ecs.describe_tasks(cluster="main", tasks=[task])["tasks"][0]
    eventually(lambda: describe()["lastStatus"] == "RUNNING")
    said.append(json.dumps(describe(), default=str))
    said.append(json.dumps(place.logs.filter_log_events(logGroupName="/ecs/app")["events"]))

    assert server.stop() == 0
    said.append(server.process.stdout.read())
    for hidden in (value, binary.decode(), ana.secret, ci.secret, ci.token, password[:40]):
        for text in said:
            assert hidden not in text
