"""Behaviour tests: real clients against the running binary.

    def test_something(aws):
        ec2 = aws.client("ec2")                      # boto3, as an account of the test's own
        aws.cli("ec2", "describe-vpcs")              # the AWS CLI, its JSON answer parsed
        aws.http("GET", "/_drydock/health")          # plain HTTP

One server serves the whole run, or each of pytest-xdist's workers; every test has a fresh account (a 12-digit access
key is that account), so tests see nothing of each other. Tests that need a server of their own (other flags, kill -9)
use `start_server`.
"""
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import boto3
import botocore.config
import botocore.exceptions
import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("DRYDOCK_BINARY", str(ROOT / "build" / "release" / "emulator" / "drydock"))
REGION = "eu-central-1"
# Load balancers listen on their server's address: workers beside each other ("gw0", "gw1", ...) need one each.
HOST = f"127.0.0.{1 + int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:])}"


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class Server:
    """A running drydock."""

    def __init__(self, *flags, port=None, environment=None, log_level="warn"):
        self.port = port or free_port()
        self.endpoint = f"http://{HOST}:{self.port}"
        self.output = []
        self.process = subprocess.Popen(
            [BINARY, "serve", "--host", HOST, "--port", str(self.port), "--log-level", log_level, *flags],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, **(environment or {})})
        self.wait_until_ready()

    def wait_until_ready(self):
        deadline = time.monotonic() + 20
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"drydock ended with {self.process.returncode}: {self.process.stdout.read()}")
            try:
                with urllib.request.urlopen(self.endpoint + "/_drydock/health", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                pass
            if time.monotonic() > deadline:
                self.kill()
                raise RuntimeError("drydock did not become ready within 20 seconds")
            time.sleep(0.01)

    def stop(self):
        """Ctrl-C; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        return self.process.returncode

    def kill(self):
        """kill -9."""
        self.process.kill()
        self.process.wait(10)

    def aws(self, account=None, region=REGION):
        return Aws(self, account or f"{random.randrange(10**11, 10**12)}", region)


class Aws:
    """One account's clients."""

    def __init__(self, server, account, region):
        self.server, self.account, self.region = server, account, region

    def client(self, service, region=None, key=None, secret="test", token=None, **config):
        return boto3.client(
            service, endpoint_url=self.server.endpoint, region_name=region or self.region,
            aws_access_key_id=key or self.account, aws_secret_access_key=secret, aws_session_token=token,
            config=botocore.config.Config(retries={"max_attempts": 0}, **config))

    def environment(self):
        return {**os.environ, "AWS_ACCESS_KEY_ID": self.account, "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_DEFAULT_REGION": self.region, "AWS_REGION": self.region, "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1",
                "AWS_ENDPOINT_URL": self.server.endpoint, "AWS_EC2_METADATA_DISABLED": "true"}

    def cli(self, *arguments, check=True):
        """Runs the AWS CLI; its output as JSON, or the finished process when check is off."""
        done = subprocess.run(["aws", "--endpoint-url", self.server.endpoint, "--output", "json", *arguments],
                              capture_output=True, text=True, env=self.environment(), timeout=120)
        if not check:
            return done
        assert done.returncode == 0, f"aws {' '.join(arguments)}: {done.stderr}"
        return json.loads(done.stdout) if done.stdout.strip() else None

    def json_call(self, service, target, **parameters):
        """(status, answer) of the bare API, for what clients would not send or are too old to know. `target` is the
        operation's: "Logs_20140328.PutLogEvents"."""
        scope = f"{self.account}/20260101/{self.region}/{service}/aws4_request"
        status, _, body = self.http("POST", "/", json.dumps(parameters), {
            "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target, "X-Amz-Date": "20260101T000000Z",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"})
        return status, json.loads(body or "null")

    def http(self, method, path, body=None, headers=None, timeout=30):
        """(status, headers, body) of a plain request to the API port."""
        return request(method, self.server.endpoint + path, body, headers, timeout)

    def endpoints(self):
        """Where the server's load balancers are served: the entries of /_drydock/endpoints."""
        return json.loads(self.http("GET", "/_drydock/endpoints")[2])["load_balancers"]

    def own_endpoint(self, arn):
        """The entry of a listener, or of a load balancer's first one, at the load balancer's own address, where no Host
        header is needed. Waits for it."""
        return eventually(lambda: next(
            (each for each in self.endpoints() if arn in (each["listener_arn"], each["arn"]) and each["served"]
             and each["url"].split("://")[1].startswith("127.") and "://127.0.0." not in each["url"]), None))


def request(method, url, body=None, headers=None, timeout=30):
    call = urllib.request.Request(url, data=body.encode() if isinstance(body, str) else body, method=method,
                                  headers=headers or {})
    try:
        with urllib.request.urlopen(call, timeout=timeout) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def error_of(call, **parameters):
    """The error with which a boto3 call is refused: its code, message, status and class name."""
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        call(**parameters)
    error = refused.value.response
    return Refusal(error["Error"]["Code"], error["Error"].get("Message", ""),
                   error["ResponseMetadata"]["HTTPStatusCode"], type(refused.value).__name__)


class Refusal:
    def __init__(self, code, message, status, type_name):
        self.code, self.message, self.status, self.type = code, message, status, type_name

    def __repr__(self):
        return f"{self.status} {self.code} ({self.type}): {self.message}"


def eventually(condition, seconds=20, interval=0.05):
    """Waits until condition() is true; its value. For what has no waiter in the clients."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {seconds} seconds: {condition}"
        time.sleep(interval)


@pytest.fixture(scope="session")
def server():
    running = Server("--ephemeral")
    yield running
    assert running.stop() == 0


@pytest.fixture
def aws(server):
    return server.aws()


@pytest.fixture
def start_server():
    """start_server(*flags) -> Server; all are stopped when the test ends."""
    running = []

    def start(*flags, **options):
        running.append(Server(*flags, **options))
        return running[-1]

    yield start
    for each in running:
        if each.process.poll() is None:
            each.kill()
