#!/usr/bin/env python3
"""Generates the typed API: structs, their tables and the dispatch table, from facts/, patches/ and the tags in handlers/.

    generate.py --handlers handlers --out build/generated

It looks for AWS_OPERATION(service, Operation), AWS_ACCESS(…) and AWS_RESOURCES(service) in the handlers and writes into <out>/api/<service>/:
    <Struct>.h        one plain struct per header, for every struct an implemented operation uses
    schemas.cpp       the tables of the structs' fields
    dispatch.cpp      the table of the service's operations
and <out>/api/services.cpp, the table of services. Files whose text did not change are left untouched, so nothing is
compiled again. A tag without facts is an error here; a tag without a function is a link error.
"""
import argparse
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
TAG = re.compile(r"^AWS_OPERATION\((\w+),\s*(\w+)\)(?:\s*^AWS_ACCESS\(((?:[^)\"]|\"[^\"]*\")*)\))?", re.M)
ACCESS = re.compile(r"^AWS_ACCESS\(", re.M)
RESOURCES = re.compile(r"^AWS_RESOURCES\((\w+)(, policies)?\)", re.M)
SCALARS = {"string": "std::string", "boolean": "bool", "integer": "std::int32_t", "long": "std::int64_t",
           "double": "double", "float": "double", "timestamp": "Timestamp", "blob": "Blob", "character": "std::string"}
ERROR_KINDS = {"string": "kString", "boolean": "kBoolean", "integer": "kInteger", "long": "kLong"}
KEYWORDS = {"default", "operator", "namespace", "private", "public", "protected", "class", "struct", "new", "delete",
            "export", "register", "template", "union", "this", "typename", "static", "const", "virtual", "explicit",
            "return", "switch", "case", "for", "while", "if", "else", "do", "int", "long", "short", "double", "float",
            "bool", "char", "void", "auto", "enum", "friend", "inline", "not", "and", "or", "xor", "try", "catch",
            "throw", "using", "true", "false", "signed", "unsigned", "volatile", "goto", "continue", "break", "requires"}
READ_ONLY = re.compile(r"^(Describe|Get|List|Lookup|Filter|BatchGet|BatchCheck|Simulate|Test|Search|Decode)")


def fail(message):
    sys.exit(f"generate.py: {message}")


def set_path(facts, path, value, service):
    """Sets facts[a][b][c] for the path a.b.c; None removes."""
    *parents, last = path.split(".")
    target = facts
    for part in parents:
        target = target.setdefault(part, {})
    if value is None:
        if last not in target:
            fail(f"patches/{service}.json removes {path}, which is not there")
        del target[last]
    else:
        target[last] = value


def load(service):
    facts = json.loads((HERE / "facts" / f"{service}.json").read_text())
    path = HERE / "patches" / f"{service}.json"
    if path.exists():
        for patch in json.loads(path.read_text())["patches"]:
            if not patch.get("reason"):
                fail(f"{path.name}: every patch needs its reason")
            for key, value in patch["set"].items():
                set_path(facts, key, value, service)
    return facts


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?") + '"'


def identifier(name):
    name = re.sub(r"\W", "_", name)
    if name[0].isdigit():
        name = "_" + name
    return name + "_" if name in KEYWORDS else name


def capitalised(name):
    return name[:1].upper() + name[1:]


class Access:
    """What stands in AWS_ACCESS(…) beside an operation; emulator/api/access.h says what it means."""

    def __init__(self, generator, operation, text):
        self.generator, self.operation = generator, operation
        self.declared = text is not None
        self.rules, self.keys, self.function = [], [], None
        for quoted_text, name in re.findall(r'((?:"[^"]*"\s*)+)|(\w+)', text or ""):
            if name:
                self.function = name
            else:
                self.read("".join(re.findall(r'"([^"]*)"', quoted_text)))

    def fail(self, message):
        fail(f"AWS_ACCESS of {self.generator.service}:{self.operation}: {message}")

    def read(self, text):
        when, action, resource, keys = None, None, None, []
        for word in text.split():
            if word.endswith("?"):
                when = self.member(word[:-1])
            elif "=" in word:
                name, value = word.split("=", 1)
                keys += [name.lower(), self.part(value)]
            elif re.fullmatch(r"[a-z0-9-]+:[A-Z]\w*", word):
                action = word
            elif resource is None:
                resource = word
            else:
                self.fail(f"two resources in '{text}'")
        if resource is None and action is None:
            self.keys += keys
        else:
            kind, *parts = (resource or "*").split("/")
            if kind.startswith("{"):
                kind, parts = "", [kind, *parts]
            self.rules.append((when, action, self.service_of(action), None if kind == "*" else kind,
                               [self.part(p) for p in parts], keys))

    def service_of(self, action):
        """The other service whose action it is; None: the operation's own."""
        prefix = action.split(":")[0] if action else None
        if prefix in (None, self.generator.facts["signingName"]):
            return None
        if prefix not in self.generator.signing_names:
            self.fail(f"there are no facts for '{action}'")
        return self.generator.signing_names[prefix]

    def part(self, text):
        if text.startswith("{"):
            if not text.endswith("}"):
                self.fail(f"'{text}' has no end")
            self.member(text[1:-1].split("|")[0])
        return text

    def member(self, path):
        shapes = self.generator.shapes
        shape = self.generator.operations[self.operation]["input"]
        for name in path.split("."):
            while shapes[shape]["type"] == "list":
                shape = shapes[shape]["member"]["shape"]
            members = shapes[shape].get("members", {})
            if name not in members:
                self.fail(f"the input has no member '{path}'")
            shape = members[name]["shape"]
        return path

    def tables(self):
        """The constants that `expression` refers to."""
        if not (self.rules or self.keys):
            return []
        lines = []
        strings = lambda name, values: lines.append(
            f"constexpr const char* {name}[] = {{{', '.join(quoted(v) for v in values)}}};") if values else None
        text = lambda value: "nullptr" if value is None else quoted(value)
        rows = []
        for i, (when, action, service, kind, parts, keys) in enumerate(self.rules):
            strings(f"p{i}_{self.operation}", parts)
            strings(f"k{i}_{self.operation}", keys)
            rows.append(f"{{{text(when)}, {text(action)}, {f'&k_{service}' if service else 'nullptr'}, {text(kind)}, {f'p{i}_{self.operation}' if parts else '{}'}, "
                        f"{f'k{i}_{self.operation}' if keys else '{}'}}}")
        strings(f"k_{self.operation}", self.keys)
        if rows:
            lines.append(f"constexpr AccessRule r_{self.operation}[] = {{{', '.join(rows)}}};")
        return lines

    def expression(self):
        if not self.declared:
            return "{}"
        rules = f"r_{self.operation}" if self.rules else "{}"
        keys = f"k_{self.operation}" if self.keys else "{}"
        request = self.generator.operations[self.operation]["input"]
        service = self.generator.service
        function = f"internal::Ask<{service}::{request}, {service}::{self.function}>" if self.function else "nullptr"
        return f"{{true, {rules}, {keys}, {function}}}"


class Generator:
    def __init__(self, service, facts, implemented, access, resources, signing_names):
        self.service = service
        self.facts = facts
        self.shapes = facts["shapes"]
        self.operations = facts["operations"]
        self.implemented = sorted(implemented)
        self.ec2 = facts["protocol"] == "ec2"
        for name in self.implemented:
            if name not in self.operations:
                fail(f"AWS_OPERATION({service}, {name}): AWS has no such operation")
        for name in self.implemented:
            operation = self.operations[name]
            for side in ("input", "output"):
                if side not in operation:  # a struct without members, so that every operation has the same form
                    operation[side] = f"{name}{'Request' if side == 'input' else 'Response'}"
                    self.shapes.setdefault(operation[side], {"type": "structure", "members": {}})
        self.signing_names = signing_names
        self.access = {name: Access(self, name, access.get(name)) for name in self.implemented}
        self.resources = resources  # None: it has no AWS_RESOURCES; else what stands behind the service's name
        self.structs = self.reachable()
        self.components = self.circles()

    # -- which structs

    def targets(self, name):
        """The structs that a struct's members lead to, with whether the way is direct (not through a list or map)."""
        found = []
        for reference in self.shapes[name].get("members", {}).values():
            shape, direct = reference["shape"], True
            while self.shapes[shape]["type"] in ("list", "map"):
                direct = False
                shape = self.shapes[shape]["member" if self.shapes[shape]["type"] == "list" else "value"]["shape"]
            if self.shapes[shape]["type"] == "structure":
                found.append((shape, direct))
        return found

    def reachable(self):
        todo = [self.operations[name][side] for name in self.implemented for side in ("input", "output")]
        seen = set()
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += [target for target, _ in self.targets(name)]
        return sorted(seen)

    def circles(self):
        """struct -> the set of structs that it reaches and that reach it."""
        reach = {}
        for name in self.structs:
            seen, todo = set(), [name]
            while todo:
                for target, _ in self.targets(todo.pop()):
                    if target not in seen:
                        seen.add(target)
                        todo.append(target)
            reach[name] = seen
        return {name: {other for other in reach[name] if name in reach[other]} for name in self.structs}

    # -- structs

    def cpp_type(self, shape):
        """The type without optionality."""
        kind = self.shapes[shape]["type"]
        if kind == "structure":
            return f"::drydock::{self.service}::{shape}"
        if kind == "list":
            return f"List<{self.cpp_type(self.shapes[shape]['member']['shape'])}>"
        if kind == "map":
            return f"Map<{self.cpp_type(self.shapes[shape]['value']['shape'])}>"
        return SCALARS[kind]

    def member_type(self, owner, shape):
        kind = self.shapes[shape]["type"]
        inner = self.cpp_type(shape)
        if kind in ("list", "map"):
            return inner
        if kind == "structure" and shape in self.components[owner]:
            return f"Box<{inner}>"
        return f"std::optional<{inner}>"

    def header(self, name):
        members = self.shapes[name].get("members", {})
        includes, forwards = set(), set()
        for target, _ in self.targets(name):
            (forwards if target in self.components[name] else includes).add(target)
        lines = ["// Generated by emulator/api/generate.py from facts/%s.json." % self.service, "#pragma once",
                 "#include \"emulator/core/schema.h\""]
        lines += [f'#include "api/{self.service}/{target}.h"' for target in sorted(includes)]
        lines += [f"namespace drydock::{self.service} {{"]
        lines += [f"struct {target};" for target in sorted(forwards - {name})]
        lines += [f"struct {name} {{"]
        # A member Timestamp would hide the type of that name from the others.
        time = "drydock::Timestamp" if "Timestamp" in members else "Timestamp"
        lines += [f"  {self.member_type(name, ref['shape']).replace('<Timestamp>', f'<{time}>')} {identifier(member)};"
                  for member, ref in members.items()]
        lines += ["};", "}"]
        lines += ["namespace drydock {", f"template <> const Schema& SchemaOf<{self.service}::{name}>();", "}"]
        lines += [f'#include "api/{self.service}/{target}.h"' for target in sorted(forwards - {name})]
        return "\n".join(lines) + "\n"

    # -- tables

    def constraints(self, shape, out):
        """Writes the table of a shape's constraints once; returns an expression for a pointer to it."""
        facts = self.shapes[shape]
        if shape in out:
            return out[shape][0]
        element = key = "nullptr"
        if facts["type"] == "list":
            element = self.constraints(facts["member"]["shape"], out)
        if facts["type"] == "map":
            element = self.constraints(facts["value"]["shape"], out)
            key = self.constraints(facts["key"]["shape"], out)
        enum = facts.get("enum")
        # botocore lets a blob's length through as its base64 form would be; the service counts bytes.
        if not any(k in facts for k in ("min", "max", "pattern", "enum")) and element == key == "nullptr":
            out[shape] = ("nullptr", "")
            return "nullptr"
        text = ""
        values = "nullptr"
        if enum and not self.ec2 or enum and len(enum) < 40:
            text += f"constexpr const char* e_{shape}[] = {{{', '.join(quoted(v) for v in enum)}, nullptr}};\n"
            values = f"e_{shape}"
        bound = lambda k: f"std::optional<double>({facts[k]!r}.0)" if isinstance(facts.get(k), int) else \
            (f"std::optional<double>({facts[k]!r})" if k in facts else "std::nullopt")
        pattern = quoted(facts["pattern"]) if "pattern" in facts else "nullptr"
        text += (f"constexpr Constraints c_{shape}{{{bound('min')}, {bound('max')}, {pattern}, {values}, {element}, "
                 f"{key}}};\n")
        out[shape] = (f"&c_{shape}", text)
        return f"&c_{shape}"

    def request_name(self, name, ref):
        if self.ec2:
            return ref.get("queryName") or capitalised(ref.get("locationName", name))
        return ref.get("locationName", name)

    def item_name(self, shape):
        if self.shapes[shape]["type"] != "list":
            return "nullptr"
        return quoted(self.shapes[shape]["member"].get("locationName", "item" if self.ec2 else "member"))

    def schemas(self, names):
        constraints, body = {}, []
        for name in names:
            facts = self.shapes[name]
            required = set(facts.get("required", []))
            rows = []
            for member, ref in facts.get("members", {}).items():
                shape = ref["shape"]
                table = self.constraints(shape, constraints)
                rows.append(
                    f"    {{{quoted(member)}, offsetof({name}, {identifier(member)}), &TypeOf<decltype({name}::"
                    f"{identifier(member)})>(), {quoted(self.request_name(member, ref))}, "
                    f"{quoted(ref.get('locationName', member))}, {self.item_name(shape)}, "
                    f"{str(member in required).lower()}, {table}, "
                    f"{str(bool(self.shapes[shape].get('sensitive'))).lower()}}},")
            body.append(f"template <> const Schema& SchemaOf<{self.service}::{name}>() {{\n"
                        f"  using {self.service}::{name};")
            if rows:
                body.append("  static constexpr Field fields[] = {\n" + "\n".join(rows) + "\n  };")
                body.append(f"  static constexpr Schema schema{{{quoted(name)}, fields, {len(rows)}}};")
            else:
                body.append(f"  static constexpr Schema schema{{{quoted(name)}, nullptr, 0}};")
            body.append("  return schema;\n}")
        lines = ["// Generated by emulator/api/generate.py.", "#include <cstddef>", '#include "emulator/core/schema.h"']
        lines += [f'#include "api/{self.service}/{name}.h"' for name in names]
        lines += ["namespace drydock {", "namespace {"]
        lines += [text for _, text in constraints.values() if text]
        lines += ["}  // namespace"] + body + ["}  // namespace drydock"]
        return "\n".join(lines) + "\n"

    def error_members(self, shape):
        """The members of an error beside its message: (wire name, kind, whether it is a list). Those that are not to be
        written as text (structures, times) no handler gives."""
        members = []
        for member, ref in shape.get("members", {}).items():
            facts = self.shapes[ref["shape"]]
            is_list = facts["type"] == "list"
            kind = self.shapes[facts["member"]["shape"]]["type"] if is_list else facts["type"]
            if member.lower() != "message" and kind in ERROR_KINDS:
                members.append((ref.get("locationName", member), ERROR_KINDS[kind], is_list))
        return members

    def error_facts(self):
        """[(code, status, members)]"""
        errors = {}
        for name, shape in self.shapes.items():
            if shape.get("exception"):
                error = shape.get("error", {})
                default = 500 if shape.get("fault") else 400
                errors[error.get("code", name)] = (error.get("httpStatusCode", default), self.error_members(shape))
        for code, status in self.facts.get("errors", {}).items():
            errors[code] = (status, errors.get(code, (None, []))[1])
        return [(code, *errors[code]) for code in sorted(errors)]

    def dispatch(self):
        lines = ["// Generated by emulator/api/generate.py.", '#include "emulator/api/operation.h"']
        shapes = sorted({self.operations[name][side] for name in self.implemented for side in ("input", "output")})
        lines += [f'#include "api/{self.service}/{shape}.h"' for shape in shapes]
        lines += [f"namespace drydock::{self.service} {{"]
        for name in self.implemented:
            operation = self.operations[name]
            lines.append(f"{operation['output']} {name}(Context&, const {operation['input']}&);")
            if self.access[name].function:
                lines.append(f"api::Questions {self.access[name].function}(Context&, const {operation['input']}&);")
        if self.resources is not None:
            lines.append("api::Resource ResourceOf(Context&, std::string_view, const std::vector<std::string>&);")
        lines += ["}", "namespace drydock::api {", f"extern const Service k_{self.service};"]
        others = {rule[2] for access in self.access.values() for rule in access.rules if rule[2]}
        lines += [f"extern const Service k_{service};" for service in sorted(others)] + ["namespace {"]
        for name in self.implemented:
            lines += self.access[name].tables()
        rows = []
        overrides = self.facts.get("readOnly", {})
        for name in sorted(self.operations):
            operation = self.operations[name]
            read_only = overrides.get(name, bool(READ_ONLY.match(name)))
            wrapper = quoted(operation["resultWrapper"]) if "resultWrapper" in operation else "nullptr"
            row = f"    {{{quoted(name)}, &k_{self.service}, {str(read_only).lower()}, {wrapper}"
            if name in self.implemented:
                s = self.service
                row += (f", internal::MakeInput<{s}::{operation['input']}>, internal::Run<{s}::{operation['input']}, "
                        f"{s}::{operation['output']}, {s}::{name}>, {self.access[name].expression()}")
            rows.append(row + "},")
        lines += ["constexpr Operation kOperations[] = {"] + rows + ["};"]
        errors = self.error_facts()
        for code, _, members in errors:
            if members:
                table = ", ".join(f"{{{quoted(name)}, Kind::{kind}, {str(is_list).lower()}}}"
                                  for name, kind, is_list in members)
                lines.append(f"constexpr ErrorMember m_{identifier(code)}[] = {{{table}}};")
        lines += ["constexpr ErrorFacts kErrors[] = {"]
        lines += [f"    {{{quoted(code)}, {status}{f', m_{identifier(code)}' if members else ''}}},"
                  for code, status, members in errors] + ['    {"", 400}};']
        facts = self.facts
        validation = facts.get("validation", {})
        protocol = {"ec2": "kEc2", "query": "kQuery", "json": "kJson"}[facts["protocol"]]
        text = lambda key: quoted(facts[key]) if key in facts else "nullptr"
        flag = lambda value: str(bool(value)).lower()
        resource_of = "nullptr" if self.resources is None else f"{self.service}::ResourceOf"
        lines += ["}  // namespace",
                  f"const Service k_{self.service}{{{quoted(self.service)}, {text('signingName')}, "
                  f"{text('endpointPrefix')}, Protocol::{protocol}, {text('apiVersion')}, {text('targetPrefix')}, "
                  f"{text('jsonVersion')}, {text('xmlNamespace')}, {flag(facts.get('milliseconds'))}, "
                  f"{flag(facts.get('upperCaseMessage'))}, ValidationStyle::{validation.get('style', 'kCoral')}, "
                  f"{quoted(validation.get('code', 'ValidationException'))}, {flag(validation.get('shortEnum'))}, "
                  f"kErrors, kOperations, {resource_of}, {flag(self.resources)}}};", "}"]
        return "\n".join(lines) + "\n"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--handlers", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()

    tags, access, resources = {}, {}, {}
    for path in sorted(arguments.handlers.rglob("*.cpp")):
        text = path.read_text()
        resources.update(RESOURCES.findall(text))
        found = list(TAG.finditer(text))
        if sum(match[3] is not None for match in found) != len(ACCESS.findall(text)):
            fail(f"{path}: an AWS_ACCESS that does not stand directly below an AWS_OPERATION")
        for service, operation, questions in (match.groups() for match in found):
            if questions is not None:
                access.setdefault(service, {})[operation] = questions
            if operation in tags.setdefault(service, set()):
                fail(f"{path}: AWS_OPERATION({service}, {operation}) stands twice")
            tags[service].add(operation)
    services = sorted(path.stem for path in (HERE / "facts").glob("*.json"))
    for service in tags:
        if service not in services:
            fail(f"there are no facts for AWS_OPERATION({service}, …)")

    facts = {service: load(service) for service in services}
    signing_names = {facts[service]["signingName"]: service for service in services}
    for service in services:
        generator = Generator(service, facts[service], tags.get(service, set()), access.get(service, {}),
                              resources.get(service), signing_names)
        folder = arguments.out / "api" / service
        for name in generator.structs:
            write(folder / f"{name}.h", generator.header(name))
        write(folder / "schemas.cpp", generator.schemas(generator.structs))
        write(folder / "dispatch.cpp", generator.dispatch())
    table = ["// Generated by emulator/api/generate.py.", '#include "emulator/api/operation.h"',
             '#include "emulator/api/unsigned.h"',
             "namespace drydock::api {"]
    table += [f"extern const Service k_{service};" for service in services]
    table += ["std::span<const Service* const> Services() {", "  static constexpr const Service* services[] = {"]
    table += [f"      &k_{service}," for service in services] + ["  };", "  return services;", "}"]
    table += ["bool IsUnsigned(const Operation& operation) {",
              "  const std::string_view service = operation.service->name, name = operation.name;"]
    table += [f"  if (service == {quoted(service)} && name == {quoted(name)}) return true;"
              for service in services for name, operation in sorted(facts[service]["operations"].items())
              if operation.get("unsigned")]
    table += ["  return false;", "}", "}"]
    write(arguments.out / "api" / "services.cpp", "\n".join(table) + "\n")


if __name__ == "__main__":
    main()
