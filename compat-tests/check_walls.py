#!/usr/bin/env python3
"""Reads what the sources include and fails when a wall between the rooms is broken.

The walls are those of CONTRIBUTING.md, "What may know what". Beside them: sqlite3.h in store/ only, httplib.h in
emulator/http/ only, and no clock but the one in emulator/core/.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PURE = {"emulator/core/"}

# room -> the rooms whose headers its files may include (its own always). The first matching room counts.
WALLS = [
    ("emulator/core/", set()),
    ("emulator/api/", PURE),
    ("emulator/protocol/", PURE | {"emulator/api/"}),
    ("emulator/auth/", PURE),
    ("emulator/network/", PURE),
    ("emulator/loadbalancer/", PURE),
    ("emulator/tasks/", PURE),
    ("emulator/events/", PURE),
    ("emulator/world/", PURE | {"emulator/network/", "emulator/loadbalancer/", "emulator/tasks/", "emulator/auth/",
                                "store/", "api/"}),
    ("emulator/audit/", PURE | {"emulator/api/", "store/", "api/", "handlers/testing/"}),
    ("emulator/http/", PURE | {"emulator/api/", "emulator/protocol/", "emulator/auth/", "emulator/loadbalancer/",
                               "store/", "emulator/events/", "handlers/engines.h", "handlers/ecr/", "handlers/ecs/",
                               "handlers/testing/", "api/"}),
    ("emulator/", {"emulator/", "handlers/", "store/", "api/"}),  # main, emulator, machine: they put it together
    ("store/", PURE | {"api/"}),
    ("handlers/", PURE | {"emulator/api/", "emulator/audit/record.h", "emulator/network/", "emulator/auth/policy/", "store/", "api/",
                          "emulator/loadbalancer/target_health.h", "emulator/loadbalancer/ssl_policies.h", "emulator/tasks/runtime.h",
                          "emulator/events/event.h"}),
    ("compat-tests/", {"emulator/", "store/"}),
]
LIBRARIES = {
    "sqlite3.h": ("store/",),
    "httplib.h": ("emulator/http/", "compat-tests/bench/"),
    "boost/asio": ("emulator/loadbalancer/", "emulator/tasks/"),
    "boost/beast": ("emulator/loadbalancer/", "emulator/tasks/"),
}
OWN_CLOCK = re.compile(r"system_clock|\bstd::time\(|\bgettimeofday\(|\btime\((nullptr|NULL|0)\)|clock_gettime\(")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def room_of(path):
    return next((room for room in WALLS if path.startswith(room[0])), None)


def problems():
    for file in sorted(ROOT.rglob("*")):
        path = file.relative_to(ROOT).as_posix()
        if file.suffix not in (".cpp", ".h", ".cc") or path.startswith("build") or not room_of(path):
            continue
        prefix, allowed = room_of(path)
        text = file.read_text()
        for kind, header in INCLUDE.findall(text):
            if kind == "<":
                for library, places in LIBRARIES.items():
                    if header.startswith(library) and not path.startswith(places):
                        yield f"{path} includes <{header}>, which belongs in {' and '.join(places)}"
            elif not header.startswith((prefix, *allowed)):
                yield f"{path} includes \"{header}\", which {prefix} may not know"
        if OWN_CLOCK.search(text) and path not in ("emulator/core/clock.cpp",):
            yield f"{path} asks the system for the time; all time comes from emulator/core/clock.h"


def main():
    found = list(problems())
    for problem in found:
        print(problem)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
