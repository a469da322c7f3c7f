"""The data plane as curl and a WebSocket client see it; behind it are processes of this machine (target.py)."""
import base64
import hashlib
import json
import os
import socket
import subprocess
import urllib.parse

import pytest

from conftest import BINARY, eventually
from ecs.place import Place
from elbv2.conftest import Stack
from elbv2.target import Target


class Front:
    """An application load balancer in front of two targets, each in a target group of its own: "a" is the default."""

    def __init__(self, aws):
        self.place = place = Place(aws)
        self.elbv2 = place.elbv2
        self.targets, self.groups = [], {}
        place.register()
        tasks = [place.running(task) for task in place.run(count=2)]
        self.arn = self.elbv2.create_load_balancer(Name="front", Subnets=place.subnets, SecurityGroups=[place.group])[
            "LoadBalancers"][0]["LoadBalancerArn"]
        for name, task in zip("ab", tasks):
            target = Target(name)
            self.targets.append(target)
            status, _, _ = aws.http("POST", f"/_drydock/tasks/{task['taskArn'].rsplit('/', 1)[1]}",
                                    json.dumps({"container": "web", "DRYDOCK_FORWARD": target.address}))
            assert status == 200
            address = next(d["value"] for d in task["attachments"][0]["details"] if d["name"] == "privateIPv4Address")
            self.groups[name] = self.elbv2.create_target_group(
                Name=name, Protocol="HTTP", Port=3000, VpcId=place.vpc, TargetType="ip", HealthCheckIntervalSeconds=5,
                HealthCheckTimeoutSeconds=2)["TargetGroups"][0]["TargetGroupArn"]
            self.elbv2.register_targets(TargetGroupArn=self.groups[name], Targets=[{"Id": address}])
        self.listener = self.elbv2.create_listener(
            LoadBalancerArn=self.arn, Protocol="HTTP", Port=80,
            DefaultActions=[self.forward("a")])["Listeners"][0]["ListenerArn"]
        self.url = aws.own_endpoint(self.listener)["url"].rstrip("/")
        self.rule(1000, [{"Field": "path-pattern", "Values": ["/unused"]}], self.forward("b"))
        for group in self.groups.values():
            eventually(lambda: self.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"][0][
                "TargetHealth"]["State"] == "healthy")

    def stop(self):
        for target in self.targets:
            target.stop()

    def forward(self, name):
        return {"Type": "forward", "TargetGroupArn": self.groups[name]}

    def rule(self, priority, conditions, action):
        self.elbv2.create_rule(ListenerArn=self.listener, Priority=priority, Conditions=conditions, Actions=[action])

    def set(self, **attributes):
        """Of the load balancer; "__" stands for a dot."""
        self.elbv2.modify_load_balancer_attributes(LoadBalancerArn=self.arn, Attributes=[
            {"Key": key.replace("__", "."), "Value": value} for key, value in attributes.items()])

    def curl(self, path="/", *arguments, check=True):
        done = subprocess.run(["curl", "-sS", "--max-time", "20", "-H", "Host: app.example.com", *arguments, self.url + path],
                              capture_output=True, text=True)
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    def asked(self, path="/", *arguments):
        """What the target was sent, header names in lower case."""
        seen = json.loads(self.curl(path, *arguments))
        seen["headers"] = {name.lower(): value for name, value in seen["headers"]}
        return seen

    def answer(self, path="/", *arguments):
        """(status, header fields, body)."""
        head, _, body = self.curl(path, "-i", *arguments).partition("\n\n")
        lines = head.replace("\r", "").splitlines()
        return int(lines[0].split()[1]), dict(line.split(": ", 1) for line in lines[1:]), body

    def log(self):
        printed = subprocess.run([BINARY, "logs", "access", "front", "--endpoint", self.place.aws.server.endpoint],
                                 capture_output=True, text=True, check=True)
        return [line for line in printed.stdout.splitlines() if self.arn.split(":loadbalancer/")[1] in line]


@pytest.fixture
def front(aws):
    made = Front(aws)
    yield made
    made.stop()


def test_header_fields(front):
    headers = front.asked("/a/b?c=d")["headers"]
    assert headers["host"] == "app.example.com" and headers["x-forwarded-for"] == "203.0.113.1"
    assert (headers["x-forwarded-proto"], headers["x-forwarded-port"]) == ("http", "80")
    assert headers["x-amzn-trace-id"].startswith("Root=1-")
    given = ("-H", "X-Forwarded-For: 192.0.2.1", "-H", "X-Amzn-Trace-Id: Root=1-0-a;x=y", "-H", "X_Odd: 1")
    headers = front.asked("/", *given)["headers"]
    assert headers["x-forwarded-for"] == "192.0.2.1, 203.0.113.1" and headers["x_odd"] == "1"
    assert headers["x-amzn-trace-id"].startswith("Self=1-") and headers["x-amzn-trace-id"].endswith(";Root=1-0-a;x=y")
    # Application Load Balancer guide, "Request tracing", limitations: beyond 7 KB.
    large = front.asked("/", *given, "-H", f"X-Large: {'a' * 8000}")["headers"]
    assert large["x-amzn-trace-id"].startswith("Root=1-") and ";" not in large["x-amzn-trace-id"]
    front.set(routing__http__xff_header_processing__mode="preserve")
    assert front.asked("/", *given)["headers"]["x-forwarded-for"] == "192.0.2.1"
    front.set(routing__http__xff_header_processing__mode="remove",
              routing__http__drop_invalid_header_fields__enabled="true")
    headers = front.asked("/", *given)["headers"]
    assert "x-forwarded-for" not in headers and "x_odd" not in headers
    front.set(routing__http__xff_header_processing__mode="append", routing__http__xff_client_port__enabled="true")
    address, port = front.asked()["headers"]["x-forwarded-for"].split(":")
    assert address == "203.0.113.1" and port.isdigit()
    assert front.asked("/", "-H", "X-Drydock-Source: 198.51.100.7")["headers"]["x-forwarded-for"].startswith("198.51.100.7:")


def test_connections_and_bodies(front, tmp_path):
    seen = front.curl("/?[1-3]", "-w", "\n%{num_connects}\n").splitlines()
    assert seen[1::2] == ["1", "0", "0"], "the client's connection is kept"
    assert len({json.loads(each)["connection"] for each in seen[0::2]}) == 1, "and the target's"

    content = os.urandom(8 << 20)
    (tmp_path / "body").write_bytes(content)
    wanted = (len(content), hashlib.sha256(content).hexdigest())
    for more in ((), ("-H", "Transfer-Encoding: chunked")):
        seen = front.asked("/", "--data-binary", f"@{tmp_path}/body", *more)
        assert (seen["method"], seen["size"], seen["sha256"]) == ("POST", *wanted)
    told = subprocess.run(["curl", "-sSv", "-H", "Expect: 100-continue", "--data-binary", f"@{tmp_path}/body", front.url],
                          capture_output=True, text=True)
    assert "< HTTP/1.1 100 Continue" in told.stderr and json.loads(told.stdout)["sha256"] == wanted[1]
    assert "Expect" not in dict(json.loads(told.stdout)["headers"])
    assert len(front.curl(f"/download?{32 << 20}")) == 32 << 20
    assert front.curl("/chunks") == "abcdef"
    assert front.curl("/chunks", "--raw").endswith("0\nX-Sum: 6\n\n")
    assert front.answer("/", "--head")[2] == ""


def test_what_the_load_balancer_answers_itself(front):
    """Application Load Balancer guide, "Troubleshoot your Application Load Balancers"."""
    page = "<html>\n<head><title>{0}</title></head>\n<body>\n<center><h1>{0}</h1></center>\n</body>\n</html>\n"
    front.set(idle_timeout__timeout_seconds="1")
    cases = [
        (400, "400 Bad Request", "/", "-H", "X: " + "a" * 17_000),
        (405, "405 Not Allowed", "/", "-X", "TRACE"),
        (414, None, "/" + "a" * 17_000),
        (463, None, "/", "-H", "X-Forwarded-For: " + ", ".join(["192.0.2.1"] * 31)),
        (501, None, "/", "-H", "Transfer-Encoding: gzip", "-d", "x"),
        (502, "502 Bad Gateway", "/close"), (502, "502 Bad Gateway", "/garbage"),
        (504, "504 Gateway Time-out", "/slow?3")]
    for status, title, path, *arguments in cases:
        found, fields, body = front.answer(path, *arguments)
        assert found == status and fields["Server"] == "awselb/2.0", (path, found, fields)
        assert title is None or body == page.format(title)
    [target] = front.elbv2.describe_target_health(TargetGroupArn=front.groups["a"])["TargetHealthDescriptions"]
    front.elbv2.modify_target_group_attributes(TargetGroupArn=front.groups["a"], Attributes=[
        {"Key": "deregistration_delay.timeout_seconds", "Value": "0"}])
    front.elbv2.deregister_targets(TargetGroupArn=front.groups["a"], Targets=[{"Id": target["Target"]["Id"]}])
    assert front.answer()[::2] == (503, page.format("503 Service Temporarily Unavailable"))
    statuses = [line.split()[8] for line in front.log()]
    assert [each for each in ("400", "405", "414", "463", "501", "502", "503", "504") if each not in statuses] == []


def test_a_client_that_does_not_wait(front):
    """Application Load Balancer guide, "HTTP 460"."""
    assert front.curl("/slow?1.5", "--max-time", "0.3", check=False) == ""
    [line] = eventually(lambda: [each for each in front.log() if "/slow?1.5" in each])
    assert line.split()[8:10] == ["460", "-"]
    connection = line.split()[-4]
    assert connection.startswith("TID_") and len(connection) == 36


def test_web_socket(front):
    address = urllib.parse.urlparse(front.url)
    key = base64.b64encode(os.urandom(16)).decode()
    with socket.create_connection((address.hostname, address.port or 80), timeout=20) as client:
        client.sendall(f"GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13"
                       f"\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
        stream = client.makefile("rb")
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += stream.read(1)
        accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
        assert head.startswith(b"HTTP/1.1 101 ") and accept in head
        for opcode, text in ((0x81, b"hello"), (0x82, os.urandom(100)), (0x88, b"")):  # text, binary, close
            mask = os.urandom(4)
            masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(text))
            client.sendall(bytes([opcode, 0x80 | len(text)]) + mask + masked)
            assert stream.read(2 + len(text)) == bytes([opcode, len(text)]) + text
        assert stream.read() == b""
    [line] = eventually(lambda: [each for each in front.log() if "/ws" in each])
    assert line.startswith("ws ") and line.split()[8:10] == ["101", "101"]


def test_conditions_and_redirects(front):
    def answer(text):
        return {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": text}}

    header = lambda name, *values: {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": name, "Values": list(values)}}
    query = lambda **pairs: {"Field": "query-string", "QueryStringConfig": {"Values": [
        {"Key": key, "Value": value} for key, value in pairs.items()]}}
    rules = {
        "path": [{"Field": "path-pattern", "Values": ["/img/*/p?c", "/js"]}],
        "host": [{"Field": "host-header", "Values": ["*.Example.org"]}],
        "header": [header("User-Agent", "*Chrome*", "*Safari*")],
        "query": [query(version="v1*")],
        "method": [{"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["PURGE"]}}],
        "source": [{"Field": "source-ip", "SourceIpConfig": {"Values": ["198.51.100.0/24"]}}],
        "both": [{"Field": "path-pattern", "Values": ["/both"]}, query(x="1")],
    }
    for priority, (name, conditions) in enumerate(rules.items(), 1):
        front.rule(priority, conditions, answer(name))
    for wanted, path, *arguments in [
            ("path", "/img/1/2/pic"), ("path", "/js?x=y"), (None, "/IMG/1/pic"), (None, "/js/"),
            ("host", "/", "-H", "Host: A.EXAMPLE.ORG"), (None, "/", "-H", "Host: example.org"),
            ("header", "/", "-A", "a Safari one"), ("query", "/?a=b&VERSION=V12"), (None, "/?version=2"),
            ("method", "/", "-X", "PURGE"), ("source", "/", "-H", "X-Drydock-Source: 198.51.100.9"),
            ("both", "/both?x=1"), (None, "/both"), (None, "/?x=1"),
            ("path", "/js", "-A", "Chrome")]:  # the first by priority
        # The Host that a case names stands in for curl's.
        got = front.curl(path, *arguments) if "Host" not in str(arguments) else subprocess.run(
            ["curl", "-sS", *arguments, front.url + path], capture_output=True, text=True, check=True).stdout
        assert got == wanted if wanted else json.loads(got)["name"] == "a", (path, arguments, got)
    front.rule(50, [{"Field": "path-pattern", "Values": ["/old/*"]}], {"Type": "redirect", "RedirectConfig": {
        "Protocol": "HTTPS", "Port": "8443", "Host": "new.#{host}", "Path": "/v2/#{path}", "Query": "#{query}&from=#{port}",
        "StatusCode": "HTTP_302"}})
    status, fields, _ = front.answer("/old/x?a=b")
    assert (status, fields["Location"]) == (302, "https://new.app.example.com:8443/v2/old/x?a=b&from=80")


def test_requests_that_never_end_and_cannot_be_read(front):
    """A code of AWS's, or a closed connection; never a hang."""
    front.set(idle_timeout__timeout_seconds="1")
    address = urllib.parse.urlparse(front.url)

    def told(sent, half_closed=False):
        with socket.create_connection((address.hostname, address.port or 80), timeout=20) as client:
            client.sendall(sent)
            if half_closed:
                client.shutdown(socket.SHUT_WR)
            with client.makefile("rb") as stream:
                return stream.read().split(b"\r\n")[0].decode()

    head = b"POST / HTTP/1.1\r\nHost: x\r\n"
    for sent, status in [
            (head[:20], 408), (head + b"Content-Length: 9\r\n\r\nhalf", 408), (head + b"Transfer-Encoding: chunked\r\n\r\n3\r\nab", 408),
            (head + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
            (head + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", 400),
            (head + b"Content-Length: 4\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400),
            (head + b"X: a\r\n folded\r\n\r\n", 400), (head.replace(b"\r\n", b"\n") + b"\n", 400),
            (head + b"X: a\rb\r\n\r\n", 400), (b"\x16\x03\x01\r\n\r\n", 400)]:
        assert told(sent).startswith(f"HTTP/1.1 {status} "), sent
    assert told(head + b"Content-Length: 9\r\n\r\nhalf", half_closed=True).startswith("HTTP/1.1 400 ")
    assert told(b"") == ""
    assert front.asked()["name"] == "a"


def test_reasons_of_targets(front):
    """Application Load Balancer guide, "Health check reason codes": over real connections to a simulated task."""
    group = front.elbv2.create_target_group(
        Name="c", Protocol="HTTP", Port=3000, VpcId=front.place.vpc, TargetType="ip", HealthCheckIntervalSeconds=5,
        HealthCheckTimeoutSeconds=2, HealthyThresholdCount=2)["TargetGroups"][0]["TargetGroupArn"]
    task = front.place.running(front.place.run(count=1)[0])
    address = next(d["value"] for d in task["attachments"][0]["details"] if d["name"] == "privateIPv4Address")
    node = front.place.ec2.describe_network_interfaces(Filters=[
        {"Name": "requester-id", "Values": ["amazon-elb"]},
        {"Name": "vpc-id", "Values": [front.place.vpc]}])["NetworkInterfaces"][0]["PrivateIpAddress"]

    def behave(**behaviour):
        assert front.place.aws.http("POST", f"/_drydock/tasks/{task['taskArn'].rsplit('/', 1)[1]}",
                                    json.dumps({"container": "web", **behaviour}))[0] == 200

    def health(target=address):
        [found] = front.elbv2.describe_target_health(TargetGroupArn=group, Targets=[{"Id": target}])[
            "TargetHealthDescriptions"]
        return tuple(found["TargetHealth"].get(key) for key in ("State", "Reason", "Description"))

    assert health() == ("unused", "Target.NotRegistered", "Target is not registered to the target group")
    front.elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": address}, {"Id": node}])
    assert health() == ("unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer")
    front.rule(5, [{"Field": "path-pattern", "Values": ["/c"]}],
               {"Type": "forward", "TargetGroupArn": group})
    assert health()[0] in ("initial", "healthy")
    eventually(lambda: health() == ("healthy", None, None))
    assert health(node)[:2] == ("unused", "Target.IpUnusable")
    behave(DRYDOCK_HEALTH_STATUS=500)
    eventually(lambda: health() == (
        "unhealthy", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [500]"))
    front.elbv2.modify_target_group(TargetGroupArn=group, Matcher={"HttpCode": "200,404-499"})
    behave(DRYDOCK_LISTEN="off")
    eventually(lambda: health() == ("unhealthy", "Target.FailedHealthChecks", "Health checks failed"))
    behave(DRYDOCK_LISTEN="on", DRYDOCK_SLOW=4000)
    eventually(lambda: health() == ("unhealthy", "Target.Timeout", "Request timed out"))
    behave(DRYDOCK_SLOW=0, DRYDOCK_HEALTH_STATUS=418)
    eventually(lambda: health() == ("healthy", None, None))
    front.elbv2.deregister_targets(TargetGroupArn=group, Targets=[{"Id": address}])
    assert health() == ("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")


def test_targets_of_a_load_balancer_that_is_made(start_server):
    """With AWS's timing, in which that takes minutes."""
    stack = Stack(start_server("--ephemeral", "--manual-clock", "--realistic-timing").aws())
    group = stack.target_group()
    stack.elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.0.0.99"}])
    stack.listener(stack.load_balancer()["LoadBalancerArn"], stack.forward(group))

    def reason():
        return stack.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"][0]["TargetHealth"]["Reason"]

    assert reason() == "Elb.RegistrationInProgress"
    stack.aws.http("POST", "/_drydock/clock", json.dumps({"advance": 130}))
    eventually(lambda: reason() in ("Elb.InitialHealthChecking", "Target.Timeout"))


def test_what_a_refused_client_sees(start_server):
    """By default a reset connection; with --blocked drop nothing, as of AWS's security groups."""
    for flags, wanted in (((), "reset"), (("--blocked", "drop"), "timed out")):
        stack = Stack(start_server("--ephemeral", *flags).aws())
        listener = stack.listener(stack.active_load_balancer(SecurityGroups=[stack.security_group("closed")])[
            "LoadBalancerArn"])
        url = stack.aws.own_endpoint(listener)["url"]
        seen = subprocess.run(["curl", "-sS", "--max-time", "1", url], capture_output=True, text=True)
        assert seen.stdout == "" and wanted in seen.stderr


def test_weights_and_stickiness(front, tmp_path):
    def weigh(a, b, seconds=None):
        config = {"TargetGroups": [{"TargetGroupArn": front.groups["a"], "Weight": a},
                                   {"TargetGroupArn": front.groups["b"], "Weight": b}]}
        if seconds:
            config["TargetGroupStickinessConfig"] = {"Enabled": True, "DurationSeconds": seconds}
        front.elbv2.modify_listener(ListenerArn=front.listener, DefaultActions=[{"Type": "forward", "ForwardConfig": config}])

    def names(count, *arguments):
        return [front.asked("/", *arguments)["name"] for _ in range(count)]

    jar = str(tmp_path / "jar")
    weigh(3, 1)
    answers = front.curl("/?[1-40]", "-w", "\n").splitlines()
    assert 28 <= [json.loads(each)["name"] for each in answers].count("a") <= 32
    weigh(1, 1, seconds=60)
    [first] = names(1, "-c", jar)
    assert "AWSALBTG" in open(jar).read() and set(names(6, "-b", jar)) == {first}
    weigh(0, 1)
    assert set(names(3)) == {"b"}
    # An application's cookie: AWSALBAPP-0 goes with the response that sets it.
    front.elbv2.modify_target_group_attributes(TargetGroupArn=front.groups["b"], Attributes=[
        {"Key": "stickiness.enabled", "Value": "true"}, {"Key": "stickiness.type", "Value": "app_cookie"},
        {"Key": "stickiness.app_cookie.cookie_name", "Value": "session"}])
    assert "AWSALBAPP" not in front.curl("/", "-i")
    assert "AWSALBAPP-0=" in front.curl("/session", "-i")
