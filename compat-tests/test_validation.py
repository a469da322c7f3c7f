"""What AWS's models say about parameters, tried on every implemented operation over the wire.

The cases are made from the facts (emulator/api/facts with the patches), so a new operation is covered as soon as it has
its AWS_OPERATION tag: required members left out, values too long, too short, too large, too small, outside the
enumeration, against the pattern; wrong types; for EC2 parameters that do not exist. The number of cases may only rise.
"""
import http.client
import importlib.util
import json
import pathlib
import re
import urllib.parse
import xml.etree.ElementTree

import pytest

from conftest import HOST

ROOT = pathlib.Path(__file__).resolve().parent.parent
BASELINE = pathlib.Path(__file__).with_name("validation_baseline.txt")

_spec = importlib.util.spec_from_file_location("generate", ROOT / "emulator" / "api" / "generate.py")
generate = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(generate)


def implemented():
    tags = {}
    for path in sorted((ROOT / "handlers").rglob("*.cpp")):
        for service, operation, _ in generate.TAG.findall(path.read_text()):
            tags.setdefault(service, set()).add(operation)
    return [(service, operation) for service in sorted(tags) for operation in sorted(tags[service])]


FACTS = {service: generate.load(service) for service in {service for service, _ in implemented()}}

# Texts that fit the patterns which a plain "aaaa…" does not.
SAMPLES = ["a", "123456789012", "a" * 8, "sha256:" + "0" * 64, "arn:aws:ecs:us-east-1:123456789012:cluster/a",
           "arn:aws:iam::123456789012:role/a", "/", "1", "2020-01-01", "AKIA0123456789ABCDEF", "0" * 32,
           "ecr-a/", "public.ecr.aws", "a" * 40, "00000000-0000-4000-8000-000000000000"]


def matches(pattern, text):
    try:
        return re.fullmatch(pattern.replace("\\p{Alnum}", "[A-Za-z0-9]"), text) is not None
    except re.error:
        return True


class Model:
    def __init__(self, service):
        self.facts = FACTS[service]
        self.shapes = self.facts["shapes"]

    def sample(self, shape_name, depth=0):
        """Some value that the model allows, as far as that can be told."""
        shape = self.shapes[shape_name]
        kind = shape["type"]
        if kind == "structure":
            return {name: self.sample(shape["members"][name]["shape"], depth + 1)
                    for name in shape.get("required", []) if depth < 6}
        if kind == "list":
            return [self.sample(shape["member"]["shape"], depth + 1)] * max(1, int(shape.get("min", 1)))
        if kind == "map":
            return {self.sample(shape["key"]["shape"], depth + 1): self.sample(shape["value"]["shape"], depth + 1)}
        if kind == "boolean":
            return True
        if kind in ("integer", "long", "double", "float"):
            return max(1, int(shape.get("min", 1)))
        if kind == "timestamp":
            return "2024-01-01T00:00:00Z" if self.facts["protocol"] != "json" else 1700000000
        if kind == "blob":
            return "YQ=="
        if shape.get("enum"):
            return shape["enum"][0]
        least = int(shape.get("min", 1))
        for sample in ["a" * max(1, least)] + SAMPLES:
            if len(sample) >= least and matches(shape.get("pattern", ".*"), sample):
                return sample
        return "a" * max(1, least)

    def cases(self, operation):
        """(what is wrong, input) for the operation's own members."""
        name = self.facts["operations"][operation].get("input")
        if not name:
            return
        shape = self.shapes[name]
        base = {member: self.sample(shape["members"][member]["shape"]) for member in shape.get("required", [])}
        for member in shape.get("required", []):
            yield f"{member} missing", member, {k: v for k, v in base.items() if k != member}
        for member, reference in shape.get("members", {}).items():
            for what, bad in self.bad_values(reference["shape"]):
                yield f"{member} {what}", member, {**base, member: bad}

    def bad_values(self, shape_name):
        shape = self.shapes[shape_name]
        kind = shape["type"]
        enum = shape.get("enum")
        ec2 = self.facts["protocol"] == "ec2"
        if kind == "string":
            if enum and not (ec2 and len(enum) >= 40):
                yield "not in the enumeration", "no-such-value"
            elif "pattern" in shape and not matches(shape["pattern"], "\u0001 \u0001") and "(?!" not in shape["pattern"] and "(?=" not in shape["pattern"]:
                yield "against the pattern", "\u0001 \u0001"
            if not enum and shape.get("min", 0) > 0:
                yield "too short", ""
            if not enum and shape.get("max", 10**9) <= 20000:
                yield "too long", "a" * (int(shape["max"]) + 1)
        if kind in ("integer", "long"):
            if "max" in shape and shape["max"] < 2**31 - 1:
                yield "too large", int(shape["max"]) + 1
            if "min" in shape and shape["min"] > -(2**31):
                yield "too small", int(shape["min"]) - 1
            yield "no number", "ten"
        if kind == "boolean":
            yield "no boolean", "perhaps"
        if kind == "list" and "max" in shape and shape["max"] <= 200 and self.sample(shape["member"]["shape"]) != {}:
            yield "too many", [self.sample(shape["member"]["shape"])] * (int(shape["max"]) + 1)
        if kind in ("structure", "list", "map") and self.facts["protocol"] == "json":
            yield "of the wrong type", "text"


def flatten(model, shape_name, value, prefix, out):
    """A value as parameters of the query protocols."""
    shape = model.shapes[shape_name]
    ec2 = model.facts["protocol"] == "ec2"
    if shape["type"] == "structure" and isinstance(value, dict):
        for name, inner in value.items():
            reference = shape["members"][name]
            wire = reference.get("locationName", name)
            if ec2:
                wire = reference.get("queryName") or generate.capitalised(wire)
            flatten(model, reference["shape"], inner, f"{prefix}.{wire}" if prefix else wire, out)
    elif shape["type"] == "list" and isinstance(value, list):
        for index, inner in enumerate(value, 1):
            flatten(model, shape["member"]["shape"], inner, f"{prefix}.{'' if ec2 else 'member.'}{index}", out)
    elif shape["type"] == "map" and isinstance(value, dict):
        for index, (key, inner) in enumerate(value.items(), 1):
            out[f"{prefix}.entry.{index}.key"] = key
            flatten(model, shape["value"]["shape"], inner, f"{prefix}.entry.{index}.value", out)
    else:
        out[prefix] = str(value).lower() if isinstance(value, bool) else str(value)


class Wire:
    """Unsigned-in-earnest requests: an unknown key's signature is not verified."""

    def __init__(self, server, service):
        self.connection = http.client.HTTPConnection(HOST, server.port, timeout=30)
        self.facts = FACTS[service]

    def send(self, operation, body, content_type=None):
        facts = self.facts
        headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/{facts['signingName']}/aws4_request, "
                                    "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64,
                   "X-Amz-Date": "20260101T000000Z"}
        if facts["protocol"] == "json":
            headers["X-Amz-Target"] = f"{facts['targetPrefix']}.{operation}"
            headers["Content-Type"] = content_type or f"application/x-amz-json-{facts['jsonVersion']}"
        else:
            headers["Content-Type"] = content_type or "application/x-www-form-urlencoded"
        self.connection.request("POST", "/", body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()

    def call(self, model, operation, value, extra=None):
        if self.facts["protocol"] == "json":
            return self.error(self.send(operation, json.dumps({**value, **(extra or {})})))
        parameters = {"Action": operation, "Version": self.facts["apiVersion"]}
        name = self.facts["operations"][operation].get("input")
        if name:
            flatten(model, name, value, "", parameters)
        parameters.update(extra or {})
        return self.error(self.send(operation, urllib.parse.urlencode(parameters)))

    def error(self, answer):
        """(status, code, message); the code is None when the call was accepted."""
        status, body = answer
        if status == 200:
            return status, None, body
        if self.facts["protocol"] == "json":
            parsed = json.loads(body)
            return status, parsed["__type"], parsed.get("message", parsed.get("Message", ""))
        root = xml.etree.ElementTree.fromstring(body)
        code = next(element.text for element in root.iter() if element.tag.split("}")[-1] == "Code")
        text = next(element.text for element in root.iter() if element.tag.split("}")[-1] == "Message")
        return status, code, text or ""


def expected_codes(facts):
    validation = facts.get("validation", {})
    if facts["protocol"] == "ec2":
        return {"MissingParameter", "InvalidParameterValue"}
    if facts["protocol"] == "query":
        return {validation.get("code", "ValidationException"), "MalformedInput"}
    return {validation.get("code", "ValidationException"), "SerializationException"}


counted = 0


@pytest.mark.parametrize("service,operation", implemented(), ids=lambda value: value)
def test_parameters_that_the_model_refuses(server, service, operation):
    global counted
    model, wire = Model(service), Wire(server, service)
    facts = FACTS[service]
    for what, member, value in model.cases(operation):
        status, code, message = wire.call(model, operation, value)
        assert code in expected_codes(facts) and status == 400, f"{operation}, {what}: {status} {code} {message}"
        if facts["protocol"] == "ec2" and what.endswith("missing"):
            reference = model.shapes[facts["operations"][operation]["input"]]["members"][member]
            wire_name = reference.get("queryName") or generate.capitalised(reference.get("locationName", member))
            assert code == "MissingParameter" and wire_name in message, f"{what}: {message}"
        elif code != "SerializationException" and facts["protocol"] != "ec2":
            assert member.lower() in message.lower(), f"{operation}, {what}: the message does not name it: {message}"
        counted += 1
    if facts["protocol"] == "ec2":
        name = facts["operations"][operation].get("input")
        base = {m: model.sample(model.shapes[name]["members"][m]["shape"]) for m in model.shapes[name].get("required", [])}
        status, code, message = wire.call(model, operation, base, {"NoSuchThing.1.Name": "x"})
        assert (code, message) == ("UnknownParameter", "The parameter NoSuchThing.1.Name is not recognized")
        counted += 1


def test_the_number_of_cases_only_rises():
    baseline = int(BASELINE.read_text())
    if counted == 0:
        pytest.skip("counts only when all cases ran before it")
    assert counted >= baseline, f"{counted} cases, {baseline} before: a model constraint or an operation was lost"


# -- bodies that are no requests at all

@pytest.mark.parametrize("body", ["{", "[", "{]}", "nonsense", "[" * 200_000, '{"clusters": ', "\xff\xfe", "[1]", "3"])
def test_malformed_json(server, body):
    wire = Wire(server, "ecs")
    status, code, _ = wire.error(wire.send("ListClusters", body))
    assert (status, code) == (400, "SerializationException")


@pytest.mark.parametrize("body", ["Action=DescribeVpcs&Version=2016-11-15&a=%zz", "%", "Action=DescribeVpcs&Version=2016-11-15&%FF=1",
                                  "Action=DescribeVpcs&Version=2016-11-15&" + "a." * 100 + "b=1"])
def test_malformed_forms(server, body):
    wire = Wire(server, "ec2")
    status, body = wire.send("", body)
    assert status == 400 and "MalformedQueryString" in body


@pytest.mark.parametrize("service", sorted(FACTS))
def test_unknown_operations(server, service):
    wire = Wire(server, service)
    status, code, message = wire.error(wire.send(
        "MakeCoffee", "{}" if FACTS[service]["protocol"] == "json" else
        f"Action=MakeCoffee&Version={FACTS[service]['apiVersion']}"))
    assert status == 400
    assert code == ("UnknownOperationException" if FACTS[service]["protocol"] == "json" else "InvalidAction")


def test_operations_that_aws_has_and_drydock_has_not(aws):
    from conftest import error_of
    refused = error_of(aws.client("kms").create_key)
    assert refused.code == "NotImplemented" and refused.status == 501 and "kms:CreateKey" in refused.message
    refused = error_of(aws.client("ec2").describe_fleets)
    assert refused.code == "NotImplemented" and "ec2:DescribeFleets" in refused.message


def test_services_that_drydock_has_not(aws):
    from conftest import error_of
    for service, call in (("dynamodb", "list_tables"), ("sns", "list_topics")):
        refused = error_of(getattr(aws.client(service), call))
        assert refused.code == "NotImplemented" and f"'{service}" in refused.message, refused


@pytest.mark.parametrize("service", ["ecs", "ec2", "elbv2"])
def test_bodies_over_ten_megabytes(server, service):
    wire = Wire(server, service)
    status, body = wire.send("ListClusters", "x" * (10 * 1024 * 1024 + 1))
    assert status == 413 and "RequestEntityTooLarge" in body
    # and the connection serves the next request
    assert wire.send("ListClusters", "{}")[0] in (200, 400, 501)


def test_requests_without_a_signature(server):
    from conftest import request
    status, _, body = request("POST", server.endpoint + "/", "{}", {
        "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListClusters", "Content-Type": "application/x-amz-json-1.1"})
    assert status == 400 and json.loads(body)["__type"] == "MissingAuthenticationTokenException"
    status, _, body = request("POST", server.endpoint + "/", "Action=ListRoles&Version=2010-05-08")
    assert status == 403 and b"<Code>MissingAuthenticationToken</Code>" in body


def test_something_that_is_no_api_call(server):
    from conftest import request
    status, _, body = request("GET", server.endpoint + "/some/page")
    assert status == 400 and b"MissingAction" in body
