#!/usr/bin/env python3
"""Speed and memory beside named peers, in one run on one machine; writes RESULTS.md.

    python3 compat-tests/bench/run.py [seconds for each measurement] [parts: process api balancer moto services]

Needs a release build, wrk, nginx and boto3. The peers: a bare cpp-httplib server that answers the same bytes, nginx's
proxy_pass with keep-alive, and moto_server where a Python of this machine can import it. Ratios are what counts:
absolute numbers are of the machine. Rows of parts that were not asked for stay as they are in RESULTS.md. These are
measurements, not tests: nothing fails here.
"""
import asyncio
import contextlib
import datetime
import http.client
import json
import os
import pathlib
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import boto3

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))
from conftest import Server, eventually, free_port, request  # noqa: E402

BUILD = pathlib.Path(os.environ.get("DRYDOCK_BUILD", ROOT / "build" / "release"))
SECONDS = next((int(argument) for argument in sys.argv[1:] if argument.isdigit()), 5)
ACCOUNT = "111122223333"
rows = []


def report(what, measured, peer="", ratio="", wanted=""):
    rows.append((what, measured, peer, ratio, wanted))
    print(f"{what}: {measured}  {peer}  {ratio}  (wanted: {wanted})", flush=True)


def wrk(port, connections, lua, seconds=SECONDS, path="/"):
    """(requests per second, p99 in ms, share of answers that are no 2xx)"""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(lua)
        script.flush()
        text = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script.name,
                               f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()
    p99 = float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
    total = int(re.search(r"(\d+) requests in", text).group(1))
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return rate, p99, int(refused.group(1)) / max(1, total) if refused else 0.0


def lua_post(service, parameters, account=ACCOUNT):
    """A wrk script that sends one query-protocol call; unknown keys' signatures are not verified."""
    body = urllib.parse.urlencode(parameters)
    return f"""
wrk.method = "POST"
wrk.body = "{body}"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
wrk.headers["X-Amz-Date"] = "20260101T000000Z"
wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host;x-amz-date, Signature={'0' * 64}"
"""


# Names that never repeat; a new account after 2,000 groups, because 2,500 is the quota of a region.
LUA_CREATE_GROUPS = """
local n = 0
local function authorization(account)
  return "AWS4-HMAC-SHA256 Credential=" .. account .. "/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host;x-amz-date, Signature=" .. string.rep("0", 64)
end
request = function()
  n = n + 1
  local account = string.format("%012d", 700000000000 + math.floor(n / 2000))
  local headers = { ["Content-Type"] = "application/x-www-form-urlencoded", ["X-Amz-Date"] = "20260101T000000Z",
                    ["Authorization"] = authorization(account) }
  return wrk.format("POST", "/", headers, "Action=CreateSecurityGroup&Version=2016-11-15&GroupDescription=bench&GroupName=bench" .. n)
end
"""


def memory_mib(pid, which="VmRSS"):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(which + ":"):
            return int(line.split()[1]) / 1024


@contextlib.contextmanager
def process(*command, port, **options):
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        eventually(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, 30)
        yield running
    finally:
        running.terminate()
        running.wait(10)


def start_and_size(binary):
    best = []
    for _ in range(5):
        with tempfile.TemporaryDirectory() as folder:
            port = free_port()
            begin = time.perf_counter()
            running = subprocess.Popen([binary, "--port", str(port), "--data-dir", folder], stdout=subprocess.DEVNULL)
            while True:
                try:
                    with socket.create_connection(("127.0.0.1", port), 1) as connection:
                        connection.sendall(b"GET /_drydock/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                        if connection.recv(12) == b"HTTP/1.1 200":
                            break
                except OSError:
                    time.sleep(0.0005)
            best.append((time.perf_counter() - begin) * 1000)
            memory = memory_mib(running.pid)
            running.terminate()
            running.wait(10)
    report("process start to the first answer", f"{sorted(best)[2]:.0f} ms", wanted="under 50 ms")
    report("idle memory (resident)", f"{memory:.1f} MiB", wanted="under 20 MiB")
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / "drydock"
        subprocess.run(["strip", "-o", stripped, binary], check=True)
        report("binary, stripped", f"{stripped.stat().st_size / 2**20:.1f} MiB", wanted="under 12 MiB")


def api_port(binary):
    identity = lua_post("sts", {"Action": "GetCallerIdentity", "Version": "2011-06-15"})
    with tempfile.TemporaryDirectory() as folder:
        server = Server("--data-dir", f"{folder}/data")
        ec2 = server.aws(ACCOUNT, "us-east-1").client("ec2")
        group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
        describe = lua_post("ec2", {"Action": "DescribeSecurityGroups", "Version": "2016-11-15", "GroupId.1": group})
        bodies = {}
        for name, parameters, service in (("identity", "Action=GetCallerIdentity&Version=2011-06-15", "sts"),
                                          ("describe", f"Action=DescribeSecurityGroups&Version=2016-11-15&GroupId.1={group}", "ec2")):
            _, _, bodies[name] = request("POST", server.endpoint + "/", parameters, {
                "Content-Type": "application/x-www-form-urlencoded", "X-Amz-Date": "20260101T000000Z",
                "Authorization": f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"})
        for name, lua, wanted in (("sts get-caller-identity, 16 connections", identity, 0.60),
                                  ("DescribeSecurityGroups of one id, 16 connections", describe, 0.40)):
            path = pathlib.Path(folder) / "body"
            path.write_bytes(bodies["identity" if lua is identity else "describe"])
            port = free_port()
            with process(BUILD / "compat-tests" / "bench" / "bare_server", str(port), str(path), port=port):
                peer, peer_p99, _ = wrk(port, 16, lua)
            rate, p99, refused = wrk(server.port, 16, lua)
            assert refused == 0, f"{name}: {refused:.0%} refused"
            report(name, f"{rate:,.0f}/s, p99 {p99:.2f} ms", f"bare cpp-httplib {peer:,.0f}/s, p99 {peer_p99:.2f} ms",
                   f"{rate / peer:.0%}", f"at least {wanted:.0%}")
        rate, p99, refused = wrk(server.port, 16, LUA_CREATE_GROUPS)
        assert refused < 0.01, f"CreateSecurityGroup: {refused:.0%} refused"
        report("CreateSecurityGroup (durable), 16 connections", f"{rate:,.0f}/s, p99 {p99:.2f} ms", wanted="at least 2,000/s")

        idle = []
        for _ in range(256):
            connection = socket.create_connection(("127.0.0.1", server.port))
            connection.sendall(b"GET /_drydock/health HTTP/1.1\r\nHost: x\r\n\r\n")
            connection.recv(65536)
            idle.append(connection)
        began = time.perf_counter()
        for _ in range(100):
            request("GET", server.endpoint + "/_drydock/clock")
        report("a new connection's call beside 256 idle ones", f"{(time.perf_counter() - began) * 10:.2f} ms", wanted="not delayed")
        for connection in idle:
            connection.close()
        server.stop()


def python_with_moto():
    """The first Python of this machine that can import moto_server, or None."""
    folders = [*os.environ["PATH"].split(":"), *map(str, (pathlib.Path.home() / ".pyenv" / "versions").glob("*/bin"))]
    for python in [sys.executable, *(f"{folder}/python3" for folder in folders)]:
        if os.access(python, os.X_OK) and subprocess.run([python, "-c", "import moto.server"], capture_output=True).returncode == 0:
            return python
    return None


def moto(binary):
    """The same calls, one after the other, to Drydock and to moto_server. moto keeps its state in memory, Drydock on disk."""
    python = python_with_moto()
    if not python:
        report("beside moto_server", "no Python of this machine has it")
        return
    version = subprocess.run([python, "-c", "import moto; print(moto.__version__)"], capture_output=True, text=True).stdout.strip()
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, process(python, "-m", "moto.server", "-p", str(port), port=port) as peer:
        server = Server("--data-dir", f"{folder}/data")
        group = {each: boto3.client("ec2", endpoint_url=f"http://127.0.0.1:{each}", region_name="us-east-1", aws_access_key_id=ACCOUNT,
                                    aws_secret_access_key="test").describe_security_groups()["SecurityGroups"][0]["GroupId"]
                 for each in (server.port, port)}
        identity = lua_post("sts", {"Action": "GetCallerIdentity", "Version": "2011-06-15"})
        describe = {each: lua_post("ec2", {"Action": "DescribeSecurityGroups", "Version": "2016-11-15", "GroupId.1": group[each]})
                    for each in group}
        for name, ours, theirs in (("sts get-caller-identity", identity, identity),
                                   ("DescribeSecurityGroups of one id", describe[server.port], describe[port]),
                                   ("CreateSecurityGroup (moto: in memory)", LUA_CREATE_GROUPS, LUA_CREATE_GROUPS)):
            moto_rate, moto_p99, moto_refused = wrk(port, 16, theirs)
            rate, p99, refused = wrk(server.port, 16, ours)
            assert refused < 0.01 and moto_refused < 0.01, f"{name}: {refused:.0%} and {moto_refused:.0%} refused"
            report(f"{name}, 16 connections, beside moto", f"{rate:,.0f}/s, p99 {p99:.1f} ms",
                   f"moto_server {version} {moto_rate:,.0f}/s, p99 {moto_p99:.1f} ms", f"{rate / moto_rate:.0f} times")
        report("memory after that (resident), beside moto", f"{memory_mib(server.process.pid):.0f} MiB",
               f"moto_server {version} {memory_mib(peer.pid):.0f} MiB")
        server.stop()


NGINX = """
{user} worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 16384; }}
http {{
  access_log off; keepalive_requests 1000000000;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{ listen 127.0.0.1:{upstream} backlog=1024; location / {{ return 200 "hello\\n"; }}
    location /app/large {{ alias {folder}/large; }}
    location /app/socket {{ proxy_pass http://127.0.0.1:{sockets}; proxy_http_version 1.1; proxy_read_timeout 300s;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; }} }}
  upstream target {{ server 127.0.0.1:{upstream}; keepalive 128; keepalive_requests 1000000000; }}
  server {{ listen 127.0.0.1:{proxy} backlog=1024; listen 127.0.0.1:{secure} ssl backlog=1024;
    ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    location / {{ proxy_pass http://target; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto http; proxy_set_header X-Forwarded-Port 80; }} }}
}}
"""


def load_balancer():
    if not shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin"):
        report("load balancer beside nginx", "nginx is not on this machine")
        return
    with tempfile.TemporaryDirectory() as folder:
        upstream, proxy, secure, sockets = (free_port() for _ in range(4))
        user = "user root;" if os.geteuid() == 0 else ""  # else its workers may not read the folder
        pathlib.Path(folder, "nginx.conf").write_text(
            NGINX.format(folder=folder, upstream=upstream, proxy=proxy, secure=secure, sockets=sockets, user=user))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{folder}/key.pem", "-out",
                        f"{folder}/cert.pem", "-subj", "/CN=bench.test"], check=True, capture_output=True)
        with open(f"{folder}/large", "wb") as large:
            large.truncate(LARGE)  # a hole: nothing is read from the disk
        nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        with process(nginx, "-p", folder, "-c", f"{folder}/nginx.conf", "-g", "daemon off;", port=proxy):
            server = Server("--data-dir", f"{folder}/data")
            url = deploy_forwarding_task(server, upstream)
            for connections in (16, 64):
                beside(f"through the load balancer, {connections} connections, one path rule", url,
                       f"http://127.0.0.1:{proxy}", "nginx proxy_pass", "at least 70%, p99 at most 1.3 times", connections)
            more_about_the_load_balancer(server, url, proxy, secure)
            asyncio.run(web_sockets(server, url, sockets))
            server.stop()


LARGE, SOCKETS = 1 << 30, 2000
UPGRADE = ("GET /app/socket HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")


async def web_sockets(server, url, port):
    """Many open WebSockets at once: whether each passes a message on, what they cost, and whether others notice."""
    async def echo(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        while data := await reader.read(1024):
            writer.write(data)
        writer.close()

    async def connect():
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(UPGRADE.format(host=address.hostname).encode())
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
        return reader, writer

    async def ask(reader, writer):
        began = time.perf_counter()
        writer.write(b"a frame of some bytes")
        await reader.readexactly(21)
        return (time.perf_counter() - began) * 1000

    address = urllib.parse.urlsplit(url)
    rate, p99, _ = wrk_url(url, 64)
    before = memory_mib(server.process.pid)
    target = await asyncio.start_server(echo, "127.0.0.1", port, backlog=1024)
    opened = []
    while len(opened) < SOCKETS:
        opened += await asyncio.gather(*(connect() for _ in range(100)))
    took = sorted([await ask(*each) for each in opened])
    report(f"{SOCKETS:,} open WebSockets through the load balancer, each passes a message on",
           f"{memory_mib(server.process.pid) - before:.0f} MiB more, p99 {took[len(took) * 99 // 100]:.1f} ms", wanted="all open")
    beside, beside_p99, refused = wrk_url(url, 64)
    assert refused == 0, f"{refused:.0%} of the answers were errors"
    report("through the load balancer beside them, 64 connections", f"{beside:,.0f}/s, p99 {beside_p99:.2f} ms",
           f"before them {rate:,.0f}/s, p99 {p99:.2f} ms", f"{beside / rate:.0%}", "not slower")
    for _, writer in opened:
        writer.close()
    target.close()


def more_about_the_load_balancer(server, url, proxy, secure):
    """A large body, TLS and many rules, one after the other on the load balancer that is there."""
    aws = server.aws(ACCOUNT, "us-east-1")
    elbv2, acm = aws.client("elbv2"), aws.client("acm")
    before = memory_mib(server.process.pid)
    pathlib.Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")  # the peak counts from now on
    size = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{size_download}", url + "/app/large"],
                          capture_output=True, text=True, check=True).stdout
    assert int(size) == LARGE, size
    report("1 GiB through the load balancer, more memory at its peak",
           f"{memory_mib(server.process.pid, 'VmHWM') - before:.1f} MiB",
           wanted="less than 8 MiB")

    balancer = elbv2.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    plain = elbv2.describe_listeners(LoadBalancerArn=balancer)["Listeners"][0]["ListenerArn"]
    rule = elbv2.describe_rules(ListenerArn=plain)["Rules"][0]
    certificate = acm.request_certificate(DomainName="bench.test", ValidationMethod="DNS")["CertificateArn"]
    eventually(lambda: acm.describe_certificate(CertificateArn=certificate)["Certificate"]["Status"] == "ISSUED")
    elbv2.create_listener(LoadBalancerArn=balancer, Protocol="HTTPS", Port=8098, Certificates=[{"CertificateArn": certificate}],
                          SslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06", DefaultActions=rule["Actions"])
    host = urllib.parse.urlsplit(url).hostname
    beside("through an HTTPS listener, 64 connections", f"https://{host}:8098", f"https://127.0.0.1:{secure}", "nginx",
           "at least 60%")

    elbv2.set_rule_priorities(RulePriorities=[{"RuleArn": rule["RuleArn"], "Priority": 1000}])
    for index in range(99):
        elbv2.create_rule(ListenerArn=plain, Priority=index + 1, Actions=[{
            "Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
            Conditions=[{"Field": "path-pattern", "Values": [f"/service-{index}/*"]}])
    beside("through the load balancer, 64 connections, the last of 100 rules", url, f"http://127.0.0.1:{proxy}",
           "nginx with one rule", "at least 50%")


def beside(what, url, peer_url, peer_name, wanted, connections=64, rounds=3):
    """Both in turn, several times: the medians, because others may use the machine."""
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(wrk_url(peer_url, connections))
        ours.append(wrk_url(url, connections))
    assert not any(refused for _, _, refused in ours), f"{what}: some of the answers were errors"

    def median(values):
        return sorted(values)[rounds // 2]
    rate, p99 = median(each[0] for each in ours), median(each[1] for each in ours)
    peer, peer_p99 = median(each[0] for each in theirs), median(each[1] for each in theirs)
    report(what, f"{rate:,.0f}/s, p99 {p99:.2f} ms", f"{peer_name} {peer:,.0f}/s, p99 {peer_p99:.2f} ms",
           f"{rate / peer:.0%}, p99 {p99 / peer_p99:.1f} times", wanted)


def wrk_url(url, connections):
    text = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", url + "/app"], capture_output=True,
                          text=True, check=True).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()
    total = int(re.search(r"(\d+) requests in", text).group(1))
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return rate, float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit], int(refused.group(1)) / total if refused else 0.0


def deploy_forwarding_task(server, upstream):
    """A task whose container port is answered by a process of this machine, behind a load balancer with one path rule."""
    aws = server.aws(ACCOUNT, "us-east-1")
    ec2, ecs, elbv2, iam = (aws.client(name) for name in ("ec2", "ecs", "elbv2", "iam"))
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]][:2]
    group = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"][0]["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpProtocol="tcp", FromPort=0, ToPort=65535, CidrIp="0.0.0.0/0")
    ecs.create_cluster(clusterName="bench")
    definition = ecs.register_task_definition(
        family="bench", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        containerDefinitions=[{"name": "app", "image": "public.ecr.aws/bench/app:1", "portMappings": [{"containerPort": 80}],
                               "environment": [{"name": "DRYDOCK_FORWARD", "value": f"127.0.0.1:{upstream}"}]}])
    balancer = elbv2.create_load_balancer(Name="bench", Subnets=subnets, SecurityGroups=[group])["LoadBalancers"][0]["LoadBalancerArn"]
    targets = elbv2.create_target_group(Name="bench", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")["TargetGroups"][0]["TargetGroupArn"]
    listener = elbv2.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=8099, DefaultActions=[{
        "Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}])["Listeners"][0]["ListenerArn"]
    elbv2.create_rule(ListenerArn=listener, Priority=1, Conditions=[{"Field": "path-pattern", "Values": ["/app*"]}],
                      Actions=[{"Type": "forward", "TargetGroupArn": targets}])
    task = ecs.run_task(cluster="bench", launchType="FARGATE", taskDefinition=definition["taskDefinition"]["taskDefinitionArn"],
                        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "securityGroups": [group],
                                                                      "assignPublicIp": "ENABLED"}})["tasks"][0]["taskArn"]
    running = eventually(lambda: [t for t in ecs.describe_tasks(cluster="bench", tasks=[task])["tasks"] if t["lastStatus"] == "RUNNING"], 60)
    address = next(d["value"] for d in running[0]["attachments"][0]["details"] if d["name"] == "privateIPv4Address")
    elbv2.register_targets(TargetGroupArn=targets, Targets=[{"Id": address, "Port": 80}])
    eventually(lambda: elbv2.describe_target_health(TargetGroupArn=targets)["TargetHealthDescriptions"][0]["TargetHealth"]["State"] == "healthy", 60)
    endpoints = json.loads(urllib.request.urlopen(server.endpoint + "/_drydock/endpoints").read())["load_balancers"]
    return next(e["url"] for e in endpoints if e["served"] and e["url"].startswith("http://127.")).rstrip("/")


def engines():
    for name in ("network_bench", "world_bench", "loadbalancer_bench", "policy_bench"):
        bench = BUILD / "compat-tests" / "bench" / name
        if bench.exists():
            print(subprocess.run([bench], capture_output=True, text=True, check=True).stdout)


SERVICES, TASKS = int(os.environ.get("DRYDOCK_BENCH_SERVICES", 1000)), 10


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Ecs:
    """Calls of one region over one connection, without a client's cost: what is measured is the server's."""

    def __init__(self, server, region):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Date": "20260101T000000Z", "Authorization":
                        f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{region}/ecs/aws4_request, SignedHeaders=host, Signature=0"}

    def call(self, operation, **parameters):
        """The answer as bytes."""
        self.connection.request("POST", "/", json.dumps(parameters), {
            **self.headers, "X-Amz-Target": f"AmazonEC2ContainerServiceV20141113.{operation}"})
        answer = self.connection.getresponse()
        body = answer.read()
        assert answer.status == 200, f"{operation}: {answer.status} {body}"
        return body


def until_steady(ecs, names, seconds=600):
    """Waits until every service has one deployment, COMPLETED, and all its tasks."""
    waiting = list(names)
    deadline = time.monotonic() + seconds
    while waiting:
        assert time.monotonic() < deadline, f"{len(waiting)} services are not steady"
        described = json.loads(ecs.call("DescribeServices", cluster="bench", services=waiting[:10]))["services"]
        steady = {each["serviceName"] for each in described if len(each["deployments"]) == 1 and
                  each["deployments"][0]["rolloutState"] == "COMPLETED" and each["runningCount"] == each["desiredCount"]}
        waiting = [name for name in waiting if name not in steady]
        if not steady:
            time.sleep(0.1)


def place_for_tasks(ec2, region):
    """A VPC with a way out; the networkConfiguration of tasks in it."""
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{index * 64}.0/18", AvailabilityZone=region + zone)["Subnet"]["SubnetId"]
               for index, zone in enumerate("abc")]
    return {"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}}


def services(binary):
    """Many services: how long until all are steady, what they cost then, and what a deployment over all of them costs."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server("--data-dir", f"{folder}/data")
        regions = {}  # 5,000 network interfaces are the quota of a region, and a deployment has twice its tasks for a moment
        for region in ("us-east-1", "us-east-2", "us-west-2", "eu-central-1", "eu-west-1"):
            ecs = Ecs(server, region)
            regions[region] = (ecs, place_for_tasks(server.aws(ACCOUNT, region).client("ec2"), region))
            ecs.call("CreateCluster", clusterName="bench")
            for _ in range(2):
                ecs.call(
                    "RegisterTaskDefinition", family="bench", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
                    containerDefinitions=[{"name": "app", "image": "public.ecr.aws/bench/app:1", "portMappings": [{"containerPort": 80}]}])
        names = {region: [f"service-{number}" for number in range(SERVICES // len(regions))] for region in regions}

        def roll_out(what, wanted, act, where=tuple(regions)):
            tasks = sum(len(names[region]) for region in where) * TASKS
            began, used = time.perf_counter(), cpu_seconds(server.process.pid)
            for region in where:
                client, network = regions[region]
                for name in names[region]:
                    act(client, network, name)
            for region in where:
                until_steady(regions[region][0], names[region])
            took = time.perf_counter() - began
            report(what, f"{took:.1f} s, {(cpu_seconds(server.process.pid) - used) / tasks * 1000:.2f} ms CPU for each task",
                   wanted=wanted)

        roll_out(f"{SERVICES:,} services of {TASKS} tasks until all are steady", "under 20 s for 1,000", lambda client, network, name: client.call(
            "CreateService", cluster="bench", serviceName=name, taskDefinition="bench:1", desiredCount=TASKS, launchType="FARGATE",
            networkConfiguration=network))
        report(f"memory with {SERVICES * TASKS:,} tasks (resident)", f"{memory_mib(server.process.pid):.0f} MiB", wanted="under 300 MiB")
        time.sleep(2)
        used = cpu_seconds(server.process.pid)
        time.sleep(SECONDS)
        report(f"{SERVICES:,} idle services", f"{(cpu_seconds(server.process.pid) - used) / SECONDS:.1%} of a core", wanted="under 1%")
        arns = json.loads(ecs.call("ListTasks", cluster="bench"))["taskArns"]
        took = []
        for _ in range(50):
            began = time.perf_counter()
            ecs.call("DescribeTasks", cluster="bench", tasks=arns)
            took.append((time.perf_counter() - began) * 1000)
        report(f"DescribeTasks of {len(arns)} among {SERVICES * TASKS:,}", f"{sorted(took)[25]:.1f} ms", wanted="under 5 ms")

        def deploy(client, _, name):
            client.call("UpdateService", cluster="bench", service=name, taskDefinition="bench:2")

        first, *others = regions
        roll_out(f"a deployment over {len(names[first])} of these services", "linear in tasks", deploy, [first])
        roll_out(f"a deployment over the other {SERVICES - len(names[first])}", "linear in tasks", deploy, others)
        server.stop()


def write():
    """Into RESULTS.md: new rows take the places of their old ones, and what stands after the table stays."""
    file = HERE / "RESULTS.md"
    old = file.read_text().splitlines() if file.exists() else []
    table = {line.split(" | ")[0]: line for line in old if line.startswith("| ") and not line.startswith("| What |")}
    after = old[max(number for number, line in enumerate(old) if line.startswith("|")) + 1:] if table else []
    table.update({f"| {row[0]}": f"| {' | '.join(row)} |" for row in rows})
    machine = f"{platform.system()} {platform.release()}, {os.cpu_count()} cores"
    lines = ["# Speed and memory", "",
             f"`python3 compat-tests/bench/run.py` on {datetime.date.today()}, {machine}; load generator, peer and Drydock on the same cores.", "",
             "| What | Drydock | Peer in the same run | Ratio | Wanted |", "|---|---|---|---|---|", *table.values(), *after]
    file.write_text("\n".join(lines) + "\n")


PARTS = {"process": start_and_size, "api": api_port, "balancer": lambda binary: load_balancer(), "moto": moto,
         "services": services, "engines": lambda binary: engines()}

if __name__ == "__main__":
    asked = [argument for argument in sys.argv[1:] if not argument.isdigit()] or list(PARTS)
    for part in asked:
        PARTS[part](str(BUILD / "emulator" / "drydock"))
    write()
