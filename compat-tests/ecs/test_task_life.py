"""The life of a task's containers, rehearsed: order, restarts, exits, health, memory; what the agent tells them; ECS Exec;
events. ECS developer guide; aws-facts D.3, D.4, D.8, D.12, D.14."""
import http.server
import json
import threading

import pytest

from conftest import error_of, eventually
from ecs.place import Place, TRUST
from ecs.session_manager import FLAG, Session

DEPENDENCY = "CannotStartContainerError: dependency graph: "


def container(name, depends_on=None, condition="SUCCESS", **more):
    made = {"name": name, "image": "public.ecr.aws/docker/library/busybox:latest", **more}
    if depends_on:
        made["dependsOn"] = [{"containerName": depends_on, "condition": condition}]
    return made


def register(place, *containers, **more):
    place.ecs.register_task_definition(**{**place.definition(**more), "containerDefinitions": list(containers)})


def environment(**values):
    return {"environment": [{"name": f"DRYDOCK_{name}", "value": str(value)} for name, value in values.items()]}


def containers(task):
    return {each["name"]: each for each in task["containers"]}


def rehearse(place, task, **change):
    """POST /_drydock/tasks/<id>: (status, answer)."""
    identifier = task["taskArn"].split("/")[-1]
    status, _, body = place.aws.http("POST", f"/_drydock/tasks/{identifier}", json.dumps(change))
    return status, json.loads(body)


# Order

def test_an_init_container_ends_before_the_application_starts(place):
    register(place, container("init", essential=False, **environment(EXIT_CODE=0)), container("app", "init"))
    task = place.running(place.run()[0])
    parts = containers(task)
    assert (parts["init"]["lastStatus"], parts["init"]["exitCode"]) == ("STOPPED", 0)
    assert parts["app"]["lastStatus"] == "RUNNING"


def test_an_init_container_that_fails_keeps_the_application_from_starting(place):
    register(place, container("init", essential=False, **environment(EXIT_CODE=1)), container("app", "init"))
    task = place.stopped(place.run()[0])
    assert task["stopCode"] == "TaskFailedToStart"
    parts = containers(task)
    assert parts["init"]["exitCode"] == 1
    assert parts["app"]["reason"].startswith(DEPENDENCY)
    assert parts["app"]["reason"].endswith("as dependency did not exit successfully.")


def test_a_sidecar_must_be_healthy_first(place):
    check = {"healthCheck": {"command": ["CMD-SHELL", "true"]}}
    register(place, container("sidecar", **check, **environment(CONTAINER_HEALTH="UNHEALTHY")),
             container("app", "sidecar", "HEALTHY"))
    task = place.run()[0]
    sick = eventually(lambda: (lambda t: t if t["healthStatus"] == "UNHEALTHY" else None)(place.describe(task)))
    assert sick["lastStatus"] == "PENDING" and containers(sick)["app"]["lastStatus"] == "PENDING"
    assert rehearse(place, task, container="sidecar", DRYDOCK_CONTAINER_HEALTH="HEALTHY")[0] == 200
    assert place.running(task)["healthStatus"] == "HEALTHY"


def test_start_timeouts_and_restart_policies_by_the_clock(start_server):
    server = start_server("--ephemeral", "--manual-clock")
    advance = lambda seconds: server.aws().http("POST", "/_drydock/clock", json.dumps({"advance": seconds}))
    place = Place(server.aws())
    advance(1)
    register(place, container("init", essential=False, startTimeout=60), container("app", "init"))
    waiting = place.run()[0]
    advance(59)
    assert place.describe(waiting)["lastStatus"] == "PENDING"
    advance(2)
    late = place.stopped(waiting)
    assert containers(late)["app"]["reason"].endswith("has timed out.")

    if "restartPolicy" not in place.ecs.meta.service_model.shape_for("ContainerDefinition").members:
        return  # needs a newer boto3
    policy = {"enabled": True, "ignoredExitCodes": [3], "restartAttemptPeriod": 60}
    register(place, container("app", restartPolicy=policy, **environment(EXIT_CODE=1, EXIT_AFTER=90)))
    task = place.run()[0]
    advance(85)
    assert rehearse(place, task, DRYDOCK_PRINT="still here")[0] == 200
    advance(30)
    assert place.describe(task)["lastStatus"] == "RUNNING"  # it ended after 90 seconds and was started again
    _, _, body = place.aws.http("GET", f"/_drydock/tasks/{task['taskArn']}")
    assert json.loads(body)["containers"][0]["starts"] == 2
    rehearse(place, task, DRYDOCK_EXIT_CODE=3)
    advance(1)
    ended = place.stopped(task)
    assert (ended["stopCode"], containers(ended)["app"]["exitCode"]) == ("EssentialContainerExited", 3)


# Rehearsing

def test_a_running_container_can_be_made_to_fail(place):
    place.register()
    first, second, third = [place.running(task) for task in place.run(count=3)]
    assert rehearse(place, first, DRYDOCK_EXIT_CODE=7)[0] == 200
    ended = place.stopped(first)
    assert (ended["stopCode"], ended["stoppedReason"]) == ("EssentialContainerExited",
                                                           "Essential container in task exited")
    assert ended["containers"][0]["exitCode"] == 7
    assert rehearse(place, second, container="web", DRYDOCK_OUT_OF_MEMORY_AFTER=0)[0] == 200
    ended = place.stopped(second)
    assert ended["stoppedReason"] == ended["containers"][0]["reason"] == \
        "OutOfMemoryError: Container killed due to memory usage"
    assert ended["containers"][0]["exitCode"] == 137
    assert rehearse(place, third, DRYDOCK_PRINT="hello from outside")[0] == 200
    stream = f"app/web/{third['taskArn'].split('/')[-1]}"
    eventually(lambda: "hello from outside" in [event["message"] for event in place.logs.get_log_events(
        logGroupName="/ecs/app", logStreamName=stream)["events"]])

    assert rehearse(place, third, DRYDOCK_EXIT_CODE=256)[0] == 400
    assert rehearse(place, third, DRYDOCK_NONSENSE=1)[0] == 400
    assert rehearse(place, third, container="db", DRYDOCK_SLOW=1)[0] == 400
    assert rehearse(place, first, DRYDOCK_SLOW=1)[0] == 404
    _, _, body = place.aws.http("GET", "/_drydock/tasks")
    assert third["taskArn"] in json.loads(body)["tasks"]


def test_capacity_that_is_taken_back(place):
    """Fargate Spot. Developer guide, "Amazon ECS clusters for Fargate": a warning, SIGTERM, and the service's new task."""
    place.register()
    place.ecs.put_cluster_capacity_providers(cluster="main", capacityProviders=["FARGATE", "FARGATE_SPOT"],
                                             defaultCapacityProviderStrategy=[])
    interrupt = lambda task: place.aws.http(
        "POST", f"/_drydock/tasks/{task['taskArn'].split('/')[-1]}/spot-interruption")[0]
    on_demand = place.running(place.run()[0])
    assert (interrupt(on_demand), interrupt({"taskArn": "0" * 32})) == (409, 404)
    place.create(desired=1, launchType=None, capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}])
    place.steady()
    task = {"taskArn": place.ecs.list_tasks(cluster="main", serviceName="app")["taskArns"][0]}
    assert interrupt(task) == 200
    ended = place.stopped(task)
    assert (ended["stopCode"], ended["stoppedReason"]) == ("SpotInterruption", "Your Spot Task was interrupted.")
    assert ended["capacityProviderName"] == "FARGATE_SPOT"
    events = json.loads(place.aws.http("GET", f"/_drydock/events?resource={task['taskArn']}")[2])["events"]
    warning = next(each["detail"] for each in events if each["detail"]["desiredStatus"] == "STOPPED")
    assert (warning["lastStatus"], warning["stopCode"]) == ("RUNNING", "SpotInterruption")
    assert place.steady()["runningCount"] == 1
    assert place.ecs.list_tasks(cluster="main", serviceName="app")["taskArns"] != [task["taskArn"]]


def test_labels_and_slow_stops(start_server):
    server = start_server("--ephemeral", "--manual-clock")
    place = Place(server.aws())
    advance = lambda seconds: place.aws.http("POST", "/_drydock/clock", json.dumps({"advance": seconds}))
    place.register(container={"stopTimeout": 10, "dockerLabels": {"DRYDOCK_STOP_DELAY": "20"}})
    task = place.run()[0]
    advance(1)
    place.running(task)
    place.ecs.stop_task(cluster="main", task=task["taskArn"])
    advance(9)
    assert place.describe(task)["lastStatus"] == "STOPPING"
    advance(2)
    ended = place.stopped(task)
    assert ended["containers"][0]["exitCode"] == 137
    assert ended["stoppingAt"] < ended["executionStoppedAt"] <= ended["stoppedAt"]


def test_only_local_images(start_server):
    place = Place(start_server("--ephemeral", "--images", "local").aws())
    place.register()
    image = "public.ecr.aws/docker/library/nginx:latest"
    assert place.failure() == ("CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to "
                               f"resolve ref {image}: {image}: not found")
    place.register(container={"image": place.push()})
    place.running(place.run()[0])


def test_a_private_registrys_password_and_environment_files(place):
    parameter = f"arn:aws:secretsmanager:{place.aws.region}:{place.aws.account}:secret:hub-AbCdEf"
    place.register(container={"image": "registry.example.com/app:1",
                              "repositoryCredentials": {"credentialsParameter": parameter}})
    assert "unable to get registry auth from asm" in place.failure()
    place.register(container={"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::settings/app.env"}]})
    assert place.failure().startswith("ResourceInitializationError: failed to download env files: ")


# What the agent tells

def agent(place, method, uri, body=None):
    status, _, answer = place.aws.http(method, uri.removeprefix(place.aws.server.endpoint), body)
    return status, json.loads(answer)


@pytest.fixture
def application(place):
    """A running task of a service, with a task role that may protect it; (place, task, its environment)."""
    role = place.iam.create_role(RoleName="application", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    place.register(taskRoleArn=role)
    place.create(desired=1, enableExecuteCommand=True)
    place.steady()
    task = place.describe({"taskArn": place.ecs.list_tasks(cluster="main")["taskArns"][0]})
    _, _, body = place.aws.http("GET", f"/_drydock/tasks/{task['taskArn']}")
    return place, task, json.loads(body)["containers"][0]["environment"]


def allow(place, *actions):
    place.iam.put_role_policy(RoleName="application", PolicyName="own", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}))


def test_task_metadata(application):
    place, task, variables = application
    uri = variables["ECS_CONTAINER_METADATA_URI_V4"]
    status, metadata = agent(place, "GET", uri)
    assert status == 200
    assert metadata["DockerId"] == task["containers"][0]["runtimeId"]
    assert metadata["Labels"]["com.amazonaws.ecs.task-arn"] == task["taskArn"]
    assert metadata["LogOptions"]["awslogs-stream"] == f"app/web/{task['taskArn'].split('/')[-1]}"
    network = metadata["Networks"][0]
    assert network["IPv4Addresses"] == [task["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]]
    assert network["SubnetGatewayIpv4Address"].endswith(".1/24")
    _, whole = agent(place, "GET", uri + "/task")
    assert (whole["TaskARN"], whole["Family"], whole["Revision"]) == (task["taskArn"], "app", "1")
    assert whole["Limits"] == {"CPU": 0.25, "Memory": 512} and whole["ServiceName"] == "app"
    assert [each["Name"] for each in whole["Containers"]] == ["web"]
    place.ecs.tag_resource(resourceArn=task["taskArn"], tags=[{"key": "team", "value": "a"}])
    assert agent(place, "GET", uri + "/taskWithTags")[1]["TaskTags"] == {"team": "a"}
    assert agent(place, "GET", uri + "/stats")[1]["memory_stats"]["limit"] == 512 * 1024 * 1024
    assert list(agent(place, "GET", uri + "/task/stats")[1]) == [metadata["DockerId"]]
    assert agent(place, "GET", uri + "/nothing")[0] == agent(place, "GET", uri + "0")[0] == 404


def test_the_task_roles_credentials(application):
    place, task, variables = application
    status, given = agent(place, "GET", variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
    assert status == 200 and given["RoleArn"].endswith(":role/application")
    keys = {"key": given["AccessKeyId"], "secret": given["SecretAccessKey"], "token": given["Token"]}
    identity = place.aws.client("sts", **keys).get_caller_identity()
    assert identity["Arn"].endswith(f":assumed-role/application/{task['taskArn'].split('/')[-1]}")
    wrong = error_of(place.aws.client("sts", **{**keys, "secret": "x"}).get_caller_identity)
    assert wrong.code == "SignatureDoesNotMatch"
    assert agent(place, "GET", variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"])[1] == given
    denied = error_of(place.aws.client("ecs", **keys).list_clusters)
    assert denied.code == "AccessDeniedException"


def test_task_protection(application):
    place, task, variables = application
    uri = variables["ECS_AGENT_URI"] + "/task-protection/v1/state"
    status, refused = agent(place, "PUT", uri, json.dumps({"ProtectionEnabled": True}))
    assert status == 400 and refused["error"]["Code"] == "AccessDeniedException"
    allow(place, "ecs:*TaskProtection")
    _, answer = agent(place, "PUT", uri, json.dumps({"ProtectionEnabled": True, "ExpiresInMinutes": 60}))
    assert answer["protection"]["ProtectionEnabled"] is True and answer["protection"]["ExpirationDate"]
    assert agent(place, "PUT", uri, "{}")[0] == 400
    shown = place.ecs.get_task_protection(cluster="main", tasks=[task["taskArn"]])["protectedTasks"][0]
    assert shown["protectionEnabled"] and shown["taskArn"] == task["taskArn"]
    assert place.ecs.get_task_protection(cluster="main")["protectedTasks"] == [shown]

    place.ecs.update_service(cluster="main", service="app", desiredCount=0)
    other = place.run()[0]
    place.running(other)  # the scheduler had its time
    assert place.describe(task)["desiredStatus"] == "RUNNING"
    held = f"(service app) was unable to reach steady state because task set ({task['startedBy']}) was unable to scale in. " \
        "Reason: The number of protected tasks are more than the desired count of tasks."
    eventually(lambda: place.messages().count(held) == 1)
    failures = place.ecs.update_task_protection(cluster="main", tasks=[other["taskArn"], "0" * 32],
                                                protectionEnabled=True)["failures"]
    assert [failure["reason"] for failure in failures] == ["TASK_NOT_VALID"] * 2
    bad = error_of(place.ecs.update_task_protection, cluster="main", tasks=[task["taskArn"]], protectionEnabled=True,
                   expiresInMinutes=2881)
    assert bad.code == "InvalidParameterException"
    agent(place, "PUT", uri, json.dumps({"ProtectionEnabled": False}))
    assert place.stopped(task)["stopCode"] == "ServiceSchedulerInitiated"


# ECS Exec

def test_execute_command(application):
    place, task, _ = application
    execute = {"cluster": "main", "task": task["taskArn"], "command": "/bin/sh", "interactive": True}
    refused = error_of(place.ecs.execute_command, **execute)
    assert refused.type == "TargetNotConnectedException"  # the task role may not open Session Manager's channels
    allow(place, "ssmmessages:*")
    place.ec2.revoke_security_group_egress(GroupId=place.group, IpPermissions=[
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    assert error_of(place.ecs.execute_command, **execute).type == "TargetNotConnectedException"  # nor reach it
    place.ec2.authorize_security_group_egress(GroupId=place.group, IpPermissions=[
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    answer = place.ecs.execute_command(**execute)
    assert (answer["containerName"], answer["taskArn"]) == ("web", task["taskArn"])
    session = Session(answer["session"])
    assert session.begin().endswith("# ")
    assert session.type("whoami\r") == "whoami\r\nroot\r\n# "
    assert task["taskArn"].split(":")[3] in session.type("printenv AWS_REGION\r")
    session.type("exit\r")
    assert session.receive()[0] == "channel_closed"
    once = Session(place.ecs.execute_command(**{**execute, "command": "hostname"})["session"])
    assert once.begin(late=True).startswith("ip-10-0-"), "what was dropped comes again"
    assert once.receive()[0] == "channel_closed"
    ended = Session(place.ecs.execute_command(**execute)["session"])
    ended.begin()
    ended.send(FLAG, b"\0\0\0\2")  # TerminateSession
    assert ended.receive()[0] == "channel_closed"
    intruder = Session(place.ecs.execute_command(**execute)["session"], token="x")
    assert intruder.receive() is None

    assert error_of(place.ecs.execute_command, **{**execute, "interactive": False}).message == \
        "Interactive is the only mode supported currently."
    assert error_of(place.ecs.execute_command, **execute, container="db").code == "InvalidParameterException"
    assert error_of(place.ecs.execute_command, **{**execute, "task": "0" * 32}).message == \
        "The referenced task was not found."
    other = place.running(place.run()[0])
    assert "execute command was not enabled when the task was run" in \
        error_of(place.ecs.execute_command, **{**execute, "task": other["taskArn"]}).message


# Events

def test_events(place):
    place.register()
    place.create(desired=1)
    place.steady()
    read = lambda: json.loads(place.aws.http("GET", f"/_drydock/events?account={place.aws.account}")[2])
    eventually(lambda: "SERVICE_STEADY_STATE" in [each["detail"].get("eventName") for each in read()["events"]])
    answer = read()
    events = answer["events"]
    tasks = [each for each in events if each["detail-type"] == "ECS Task State Change"]
    tasks.sort(key=lambda each: each["detail"]["version"])
    assert [each["detail"]["lastStatus"] for each in tasks][:2] == ["PROVISIONING", "PENDING"]
    assert tasks[-1]["detail"]["lastStatus"] == "RUNNING"
    assert len({each["detail"]["version"] for each in tasks}) == len(tasks)
    last = tasks[-1]
    assert (last["source"], last["version"], last["account"], last["region"]) == \
        ("aws.ecs", "0", place.aws.account, place.aws.region)
    assert last["resources"] == [last["detail"]["taskArn"]]
    assert last["detail"]["attachments"][0]["type"] == "eni"
    assert last["detail"]["startedAt"].endswith("Z")
    names = [each["detail"].get("eventName") for each in events]
    assert "SERVICE_DEPLOYMENT_IN_PROGRESS" in names and "SERVICE_DEPLOYMENT_COMPLETED" in names
    place.ecs.update_service(cluster="main", service="app", desiredCount=0)
    place.stopped({"taskArn": last["detail"]["taskArn"]})
    newer = f"/_drydock/events?account={place.aws.account}&after={answer['last']}&detail-type=ECS%20Task%20State%20Change"
    states = lambda: [(each["detail"]["lastStatus"], each["detail"].get("stopCode"))
                      for each in json.loads(place.aws.http("GET", newer)[2])["events"]]
    eventually(lambda: ("STOPPED", "ServiceSchedulerInitiated") in states())
    assert place.aws.http("GET", "/_drydock/events?after=x")[0] == 400


def test_events_are_sent_on(start_server):
    received = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook) as hook:
        threading.Thread(target=hook.serve_forever, daemon=True).start()
        server = start_server("--ephemeral", "--events-hook", f"http://127.0.0.1:{hook.server_port}/events",
                              "--events-log-group", "/aws/events/ecs")
        place = Place(server.aws())
        place.logs.create_log_group(logGroupName="/aws/events/ecs")
        place.register()
        place.running(place.run()[0])
        states = lambda events: [each["detail"]["lastStatus"] for each in events]
        eventually(lambda: "RUNNING" in states(received))
        eventually(lambda: "RUNNING" in states([json.loads(each["message"]) for each in place.logs.get_log_events(
            logGroupName="/aws/events/ecs", logStreamName="aws.ecs")["events"]]))
        server.stop()
        hook.shutdown()


# Overrides

def test_what_overrides_may_not_say(place):
    place.register()
    for overrides, code in (
            ({"containerOverrides": [{"name": "web", "memory": 1024}]}, "InvalidParameterException"),
            ({"containerOverrides": [{"name": "web", "cpu": 512}]}, "InvalidParameterException"),
            ({"containerOverrides": [{"name": "web", "memory": 3}]}, "InvalidParameterException"),
            ({"containerOverrides": [{"name": "web", "resourceRequirements": [{"type": "GPU", "value": "1"}]}]},
             "InvalidParameterException"),
            ({"containerOverrides": [{"name": "web", "environment": [{"name": "X", "value": "x" * 8200}]}]},
             "InvalidParameterException"),
            ({"ephemeralStorage": {"sizeInGiB": 10}}, "InvalidParameterException"),
            ({"taskRoleArn": "arn:aws:s3:::bucket"}, "ClientException"),
            ({"cpu": "256", "memory": "8192"}, "ClientException")):
        assert error_of(place.run, overrides=overrides).code == code, overrides
    assert error_of(place.run, startedBy="me & you").code == "InvalidParameterException"
    assert error_of(place.run, placementStrategy=[{"type": "random"}]).code == "InvalidParameterException"
    task = place.running(place.run(overrides={
        "cpu": "512", "memory": "1024",
        "containerOverrides": [{"name": "web", "environment": [{"name": "MODE", "value": "x"}]}]})[0])
    assert (task["cpu"], task["memory"]) == ("512", "1024")
    _, _, body = place.aws.http("GET", f"/_drydock/tasks/{task['taskArn']}")
    assert json.loads(body)["containers"][0]["environment"]["MODE"] == "x"


def test_start_task_needs_container_instances(place):
    place.register()
    answer = place.ecs.start_task(cluster="main", taskDefinition="app", containerInstances=["0" * 32],
                                  networkConfiguration=place.network())
    assert answer["tasks"] == [] and [failure["reason"] for failure in answer["failures"]] == ["MISSING"]
