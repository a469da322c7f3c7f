"""The frame: command line, banner, data folder, internal pages, accounts and regions."""
import json
import os
import signal
import socket
import subprocess
import time

import pytest

from conftest import BINARY, HOST, Server, error_of, free_port, request


def run(*flags, timeout=20, **options):
    return subprocess.run([BINARY, *flags], capture_output=True, text=True, timeout=timeout, **options)


def test_the_banner_says_what_a_shell_needs(tmp_path):
    port = free_port()
    process = subprocess.Popen([BINARY, "--host", HOST, "--port", str(port), "--data-dir", str(tmp_path / "data")], stdout=subprocess.PIPE, text=True)
    try:
        banner = "".join(process.stdout.readline() for _ in range(8))
        assert f"export AWS_ENDPOINT_URL=http://{HOST}:{port}" in banner
        assert "export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test" in banner
        assert "export AWS_DEFAULT_REGION=us-east-1" in banner
        assert str(tmp_path / "data") in banner
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 0


def test_ctrl_c_stops_within_a_second_also_with_idle_connections(start_server):
    server = start_server("--ephemeral")
    idle = [socket.create_connection((HOST, server.port)) for _ in range(8)]
    for connection in idle:
        connection.sendall(b"GET /_drydock/health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    begin = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - begin < 5  # a second on a quiet machine; the bench measures it


def test_a_taken_port_is_one_clear_line(server):
    done = run("--ephemeral", "--host", HOST, "--port", str(server.port))
    assert done.returncode == 1
    assert "--port" in done.stderr and len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("host", ["nowhere.invalid", "203.0.113.7"])
def test_an_address_of_another_machine_is_not_called_a_taken_port(host):
    done = run("--ephemeral", "--host", host, "--port", str(free_port()))
    assert done.returncode == 1
    assert "--host" in done.stderr and "--port" not in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_an_unwritable_folder_is_one_clear_line():
    done = run("--port", str(free_port()), "--data-dir", "/proc/nowhere")
    assert done.returncode == 1
    assert "/proc/nowhere" in done.stderr and len(done.stderr.strip().splitlines()) == 1


def test_two_servers_do_not_share_a_folder(start_server, tmp_path):
    start_server("--data-dir", str(tmp_path))
    done = run("--port", str(free_port()), "--data-dir", str(tmp_path))
    assert done.returncode == 1 and str(tmp_path) in done.stderr


def test_data_of_a_newer_version_is_refused(start_server, tmp_path):
    server = start_server("--data-dir", str(tmp_path))
    assert server.stop() == 0
    import sqlite3
    with sqlite3.connect(tmp_path / "drydock.db") as database:
        database.execute("PRAGMA user_version = 9999")
    done = run("--port", str(free_port()), "--data-dir", str(tmp_path))
    assert done.returncode == 1 and "newer" in done.stderr and len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("flags", [["--port", "0"], ["--port", "x"], ["--account-id", "12"], ["--no-such-flag"], ["--host", ""],
                                   ["--data-dir", ""]])
def test_wrong_flags_are_refused(flags):
    assert run(*flags).returncode not in (0, 1)


def test_flags_as_environment_variables():
    port = free_port()
    server = Server(environment={"DRYDOCK_EPHEMERAL": "true", "DRYDOCK_ACCOUNT_ID": "999988887777"}, port=port)
    try:
        identity = server.aws(account="test").client("sts").get_caller_identity()
        assert identity["Account"] == "999988887777" and identity["Arn"] == "arn:aws:iam::999988887777:root"
    finally:
        assert server.stop() == 0


def test_health(server):
    status, _, body = request("GET", server.endpoint + "/_drydock/health")
    health = json.loads(body)
    assert status == 200 and health["status"] == "running" and health["operations"]["sts"] >= 1
    assert health["authentication"].startswith("lenient")
    status, _, body = request("GET", server.endpoint + "/_localstack/health")
    assert json.loads(body)["services"]["ec2"] == "running"
    # docs.localstack.cloud, "Initialization Hooks": what wait scripts ask
    stages = json.loads(request("GET", server.endpoint + "/_localstack/init")[2])
    assert stages == {"completed": {"BOOT": True, "START": True, "READY": True, "SHUTDOWN": False}, "scripts": []}
    for stage, completed in stages["completed"].items():
        answer = json.loads(request("GET", f"{server.endpoint}/_localstack/init/{stage.lower()}")[2])
        assert answer == {"completed": completed, "scripts": []}
    assert request("GET", server.endpoint + "/_drydock/nothing")[0] == 404


def test_reset_forgets_everything(start_server, tmp_path):
    for flags in (["--ephemeral"], ["--data-dir", str(tmp_path)]):
        server = start_server(*flags)
        logs = server.aws().client("logs")
        logs.create_log_group(logGroupName="kept")
        assert request("POST", server.endpoint + "/_drydock/reset", "")[0] == 200
        assert logs.describe_log_groups()["logGroups"] == []
        logs.create_log_group(logGroupName="kept")


def test_the_clock_can_be_moved_only_when_manual(server, start_server):
    assert request("POST", server.endpoint + "/_drydock/clock", '{"advance": 1}')[0] == 409
    manual = start_server("--ephemeral", "--manual-clock")
    before = json.loads(request("GET", manual.endpoint + "/_drydock/clock")[2])["now"]
    assert json.loads(request("GET", manual.endpoint + "/_drydock/clock")[2])["now"] == before
    after = json.loads(request("POST", manual.endpoint + "/_drydock/clock", '{"advance": 86400}')[2])["now"]
    assert after[:10] > before[:10]
    for bad in ('{"advance": -1}', '{"advance": "x"}', "[]", "", '{"advance": 1e300}'):
        assert request("POST", manual.endpoint + "/_drydock/clock", bad)[0] == 400


def test_accounts_and_regions_are_kept_apart(server):
    one, other = server.aws(), server.aws()
    one.client("logs").create_log_group(logGroupName="mine")
    assert other.client("logs").describe_log_groups()["logGroups"] == []
    assert one.client("logs", region="us-west-2").describe_log_groups()["logGroups"] == []
    assert len(one.client("logs").describe_log_groups()["logGroups"]) == 1
    assert one.client("sts").get_caller_identity()["Account"] == one.account


def test_page_tokens_are_refused_when_forged(aws):
    ec2 = aws.client("ec2")
    for _ in range(4):
        ec2.create_vpc(CidrBlock="10.0.0.0/16")
    page = ec2.describe_vpcs(MaxResults=5)
    assert error_of(ec2.describe_vpcs, MaxResults=5, NextToken="forged").code in ("InvalidParameterValue", "InvalidNextToken")
    assert len(page["Vpcs"]) == 5


def test_get_requests_with_a_presigned_query(aws):
    url = aws.client("sts").generate_presigned_url("get_caller_identity")
    status, _, body = request("GET", url)
    assert status == 200 and f"<Account>{aws.account}</Account>".encode() in body


def test_typed_exceptions(aws):
    refused = error_of(aws.client("ecs").list_tasks, cluster="nowhere")
    assert (refused.code, refused.type, refused.status) == ("ClusterNotFoundException", "ClusterNotFoundException", 400)
    refused = error_of(aws.client("iam").get_role, RoleName="nobody")
    assert (refused.code, refused.type, refused.status) == ("NoSuchEntity", "NoSuchEntityException", 404)
    refused = error_of(aws.client("elbv2").describe_load_balancers, Names=["none"])
    assert (refused.code, refused.type) == ("LoadBalancerNotFound", "LoadBalancerNotFoundException")
    refused = error_of(aws.client("secretsmanager").get_secret_value, SecretId="none")
    assert (refused.code, refused.type) == ("ResourceNotFoundException", "ResourceNotFoundException")
