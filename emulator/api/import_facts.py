#!/usr/bin/env python3
"""Imports the facts of AWS's API models from an installed botocore into facts/<service>.json.

Facts are names, shapes, types and constraints: what the wire needs. Documentation text stays behind. All operations of a
service are imported, also those Drydock does not implement: it answers for them that it does not, in the right envelope.

    python3 emulator/api/import_facts.py            # all services below
    python3 emulator/api/import_facts.py ec2 ecs
"""
import json
import pathlib
import sys

SERVICES = ["acm", "cloudtrail", "ec2", "ecr", "ecs", "elbv2", "iam", "kms", "logs", "secretsmanager", "ssm", "sts"]

SHAPE_KEYS = ["type", "required", "members", "member", "key", "value", "enum", "min", "max", "pattern", "sensitive",
              "exception", "error", "fault", "flattened", "timestampFormat", "locationName", "box"]
MEMBER_KEYS = ["shape", "locationName", "queryName", "flattened", "idempotencyToken", "timestampFormat", "enum"]
OPERATION_KEYS = ["input", "output", "errors", "idempotent"]


def newest_model(service):
    import botocore
    folders = sorted((pathlib.Path(botocore.__file__).parent / "data" / service).iterdir())
    for name in ("service-2.json", "service-2.json.gz"):
        path = folders[-1] / name
        if path.exists():
            if name.endswith(".gz"):
                import gzip
                return json.loads(gzip.decompress(path.read_bytes()))
            return json.loads(path.read_text())
    raise SystemExit(f"no model of {service} in this botocore")


def pick(source, keys):
    return {key: source[key] for key in keys if key in source}


def member(reference):
    return pick(reference, MEMBER_KEYS)


def shape(source):
    result = pick(source, SHAPE_KEYS)
    if "members" in result:
        result["members"] = {name: member(reference) for name, reference in result["members"].items()}
    for part in ("member", "key", "value"):
        if part in result:
            result[part] = member(result[part])
    return result


def operation(source):
    result = {}
    if "input" in source:
        result["input"] = source["input"]["shape"]
    if "output" in source:
        result["output"] = source["output"]["shape"]
        if "resultWrapper" in source["output"]:
            result["resultWrapper"] = source["output"]["resultWrapper"]
    if source.get("authtype") == "none":
        result["unsigned"] = True
    if source.get("errors"):
        result["errors"] = [error["shape"] for error in source["errors"]]
    return result


def facts(model):
    metadata = model["metadata"]
    result = {
        "apiVersion": metadata["apiVersion"],
        "protocol": metadata["protocol"],
        "signingName": metadata.get("signingName", metadata["endpointPrefix"]),
        "endpointPrefix": metadata["endpointPrefix"],
    }
    for key in ("targetPrefix", "jsonVersion", "xmlNamespace"):
        if key in metadata:
            result[key] = metadata[key]
    result["operations"] = {name: operation(source) for name, source in sorted(model["operations"].items())}
    result["shapes"] = {name: shape(source) for name, source in sorted(model["shapes"].items())}
    return result


def write(path, value):
    """One line per operation and shape, so that a newer model shows as a readable difference."""
    lines = ["{"]
    for key in value:
        if key not in ("operations", "shapes"):
            lines.append(f" {json.dumps(key)}: {json.dumps(value[key])},")
    for section in ("operations", "shapes"):
        lines.append(f" {json.dumps(section)}: {{")
        entries = [f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in value[section].items()]
        lines.append(",\n".join(entries))
        lines.append(" }" + ("," if section == "operations" else ""))
    lines.append("}")
    path.write_text("\n".join(lines) + "\n")


def main():
    folder = pathlib.Path(__file__).parent / "facts"
    for service in sys.argv[1:] or SERVICES:
        write(folder / f"{service}.json", facts(newest_model(service)))
        print(folder / f"{service}.json")


if __name__ == "__main__":
    main()
