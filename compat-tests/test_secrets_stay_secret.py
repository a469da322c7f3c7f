"""A secret's value stands nowhere but sealed: not in the data folder, the log, audit records or texts of errors."""
import json

import botocore.exceptions

from cloudtrail.history import Trail
from iam.caller import allow, role, session

VALUE = "Tr0ub4dor-and-3-horses"  # of every secret below


def test_a_secrets_value_is_found_nowhere(start_server, tmp_path):
    data = tmp_path / "data"
    server = start_server("--data-dir", str(data), log_level="trace")
    aws = server.aws()
    secrets, ecs, iam = aws.client("secretsmanager"), aws.client("ecs"), aws.client("iam")
    texts = []

    def refused(call, **parameters):
        try:
            call(**parameters)
        except botocore.exceptions.ClientError as error:
            texts.append(json.dumps(error.response, default=str))
        else:
            raise AssertionError("not refused")

    secrets.create_secret(Name="db", SecretString=VALUE)
    secrets.put_secret_value(SecretId="db", SecretString=json.dumps({"password": VALUE}))
    secrets.put_secret_value(SecretId="db", SecretBinary=VALUE.encode())
    secrets.get_secret_value(SecretId="db", VersionStage="AWSPREVIOUS")
    refused(secrets.create_secret, Name="db", SecretString=VALUE)
    refused(secrets.put_secret_value, SecretId="missing", SecretString=VALUE)
    refused(secrets.create_secret, Name="not a name!", SecretString=VALUE)
    refused(secrets.create_secret, Name="large", SecretString=VALUE * 4000)
    ecs.register_task_definition(family="f", executionRoleArn=f"arn:aws:iam::{aws.account}:role/pulls", containerDefinitions=[
        {"name": "c", "image": "i", "memory": 128, "environment": [{"name": "PASSWORD", "value": "an environment is no secret"}],
         "secrets": [{"name": "DB", "valueFrom": secrets.describe_secret(SecretId="db")["ARN"]}]}])
    iam.create_user(UserName="ana")
    key = iam.create_access_key(UserName="ana")["AccessKey"]
    user = aws.client("secretsmanager", key=key["AccessKeyId"], secret=key["SecretAccessKey"])
    try:
        user.put_secret_value(SecretId="db", SecretString=VALUE)
    except botocore.exceptions.ClientError as error:
        texts.append(json.dumps(error.response, default=str))
    # Credentials: of users, of sessions, of tasks.
    ci = session(aws, role(aws, allow("*")))
    temporary = aws.client("sts").get_session_token()["Credentials"]
    trail = Trail(aws)
    records = [e["CloudTrailEvent"] for region in (None, "us-east-1") for e in trail.events(region)]
    assert any('"CreateSecret"' in record for record in records)
    assert server.stop() == 0
    log = server.process.stdout.read()

    needles = [VALUE, key["SecretAccessKey"], ci.secret, ci.token, temporary["SecretAccessKey"], temporary["SessionToken"]]
    for name, haystack in [("an error", "".join(texts)), ("the log", log), ("the audit trail", "".join(records))]:
        for needle in needles:
            assert needle not in haystack, f"{needle} stands in {name}"
    files = [file for file in data.rglob("*") if file.is_file()]
    assert files
    for file in files:
        content = file.read_bytes()
        for needle in needles:
            assert needle.encode() not in content, f"{needle} stands in {file}"

    # Sealed, they are still good after a restart.
    again = start_server("--data-dir", str(data), port=server.port)
    identity = aws.client("sts", key=ci.key, secret=ci.secret, token=ci.token).get_caller_identity()
    assert identity["Arn"] == ci.arn
    assert aws.client("sts", key=key["AccessKeyId"], secret=key["SecretAccessKey"]).get_caller_identity()["Arn"].endswith("ana")
    assert again.stop() == 0
