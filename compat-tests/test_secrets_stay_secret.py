"""A secret's value stands nowhere but sealed: not in the data folder, the log, audit records or texts of errors."""
import json

import botocore.exceptions

from cloudtrail.history import Trail

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
    trail = Trail(aws)
    records = [e["CloudTrailEvent"] for region in (None, "us-east-1") for e in trail.events(region)]
    assert any('"CreateSecret"' in record for record in records)
    assert server.stop() == 0
    log = server.process.stdout.read()

    needles = [VALUE, key["SecretAccessKey"]]
    for needle in needles:
        for name, haystack in [("an error", "".join(texts)), ("the audit trail", "".join(records)), ("the log", log)]:
            assert needle not in haystack, f"{needle} stands in {name}"
    files = [file for file in data.rglob("*") if file.is_file()]
    assert files
    for file in files:
        assert VALUE.encode() not in file.read_bytes(), f"the secret stands in {file}"
