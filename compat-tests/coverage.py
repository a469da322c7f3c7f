#!/usr/bin/env python3
"""Prints COVERAGE.md: what is implemented of each service, and which test files call it.

    python3 compat-tests/coverage.py > compat-tests/COVERAGE.md
"""
import collections
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "emulator" / "api"))
from generate import TAG  # noqa: E402  what the generator takes for an operation is one


def snake(name):
    """CreateVPC -> create_vpc, as boto3 spells it."""
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()


def main():
    implemented = {}
    for path in sorted((ROOT / "handlers").rglob("*.cpp")):
        for service, operation, _ in TAG.findall(path.read_text()):
            implemented.setdefault(service, {})[operation] = path.relative_to(ROOT).as_posix()
    tests = {path: path.read_text() for path in sorted((ROOT / "compat-tests").rglob("test_*.py"))}
    tests.update({path: path.read_text() for path in sorted((ROOT / "compat-tests" / "javascript").glob("*.test.mjs"))})
    tests.update({path: path.read_text() for path in sorted((ROOT / "docker" / "examples").rglob("*.sh"))})

    print("# What Drydock implements\n")
    print("Made by `python3 compat-tests/coverage.py`. Operations that are not listed answer `NotImplemented`. Every one is "
          "also tried by\n`test_validation.py` against its model. \"Called in\" names the behaviour tests and scripts that "
          "call it.\n")
    print("| Service | Implemented | AWS has |\n|---|---|---|")
    for service in sorted(implemented):
        facts = json.loads((ROOT / "emulator/api/facts" / f"{service}.json").read_text())
        print(f"| {service} | {len(implemented[service])} | {len(facts['operations'])} |")
    services_with = collections.Counter(operation for operations in implemented.values() for operation in operations)
    for service in sorted(implemented):
        # A name that two services have (AddTags) is this service's where the file speaks of it.
        of_service = re.compile(rf"\b{service}\b|{service.upper()}")
        print(f"\n## {service}\n\n| Operation | Implemented in | Called in |\n|---|---|---|")
        for operation, path in sorted(implemented[service].items()):
            spelled = snake(operation)
            words = re.compile(rf"\b({spelled}|{spelled.replace('_', '-')}|{operation}Command)\b|[.\"]{operation}\"")
            called = [test.relative_to(ROOT).as_posix().replace("compat-tests/", "") for test, text in tests.items()
                      if words.search(text) and (services_with[operation] == 1 or of_service.search(f"{test} {text}"))]
            print(f"| {operation} | {path} | {', '.join(called) or '–'} |")


if __name__ == "__main__":
    main()
