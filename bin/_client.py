"""bin/client: the generated half of the Python client, made of the OpenAPI document of `/api/v2`.

``models.py`` holds what is answered, by datamodel-code-generator; ``operations.py`` a method for each operation, by
this file. Both are made of the document alone and are the same each time.
"""

import copy
import json
import keyword
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "clients" / "python" / "guardia_client"
MADE = '"""{what}\n\nWritten by `bin/client` from the OpenAPI document of Guardia: change nothing here.\n"""\n'
JSON = "application/json"
FORM = "multipart/form-data"
FOR_COMPANIES = "x-company-key"
WIDTH = 120
Schema = dict[str, Any]

SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
FORMATS = {"date-time": "datetime | str", "date": "date | str", "time": "time | str"}


# --- the document -----------------------------------------------------------------------------------------------------
def document_of(source: str) -> Schema:
    """The document at this address or in this file; without one, that of these sources."""
    if source.startswith(("http://", "https://")):
        with urlopen(source) as answer:
            return dict(json.load(answer))
    if source:
        return dict(json.loads(Path(source).read_text(encoding="utf-8")))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guardia.config.settings")
    import django

    django.setup()
    from guardia.web.api.v2.api import api

    return dict(json.loads(json.dumps(api.get_openapi_schema(), default=str)))


class Operation:
    """One operation of the document as the client calls it: by the operator's key, or by a company's own."""

    def __init__(self, document: Schema, path: str, method: str, one: Schema, *, company: bool) -> None:
        self.path, self.method, self.one, self.company = path, method.upper(), one, company
        self.components: Schema = document["components"]["schemas"]
        self.group, _dot, self.name = one["operationId"].partition(".")
        parameters = one.get("parameters", ())
        self.places = [each for each in parameters if each["in"] == "path"]
        self.queries = [each for each in parameters if each["in"] == "query"]
        self.headers = {each["name"] for each in parameters if each["in"] == "header"}

    @property
    def scope(self) -> str:
        return str(self.one[FOR_COMPANIES]["scope"] if self.company else self.one["operationId"])

    def chosen(self, schema: Schema) -> Schema:
        """Where operators and companies send or are answered something else, what is this caller's."""
        both = schema.get("anyOf", ()) if FOR_COMPANIES in self.one else ()
        return dict(both[1 if self.company else 0]) if len(both) == 2 else schema

    def resolved(self, schema: Schema) -> Schema:
        return self.components[name_of(schema)] if "$ref" in schema else schema

    @property
    def body(self) -> tuple[str, Schema]:
        """The type of the body, and its schema; empty where there is none."""
        content = self.one.get("requestBody", {}).get("content", {})
        return next(((kind, self.chosen(each["schema"])) for kind, each in content.items()), ("", {}))

    @property
    def answer(self) -> tuple[str, Schema]:
        """The type of the answer, and its schema; empty where there is none."""
        good = sorted(status for status in self.one["responses"] if status.startswith("2"))
        status = str(self.one.get(FOR_COMPANIES, {}).get("status") or good[0]) if self.company else good[0]
        content = self.one["responses"][status].get("content", {})
        return next(((kind, self.chosen(each["schema"])) for kind, each in content.items()), ("", {}))

    @property
    def row(self) -> Schema | None:
        """The schema of a row where the answer is a page of a list."""
        found = self.resolved(self.answer[1]).get("properties", {})
        is_page = "next_cursor" in found and any(one["name"] == "cursor" for one in self.queries)
        return dict(found["items"]["items"]) if is_page else None


def operations_of(document: Schema, *, company: bool) -> list[Operation]:
    found = [
        Operation(document, path, method, one, company=company)
        for path, methods in document["paths"].items()
        for method, one in methods.items()
        if not company or FOR_COMPANIES in one
    ]
    return sorted(found, key=lambda one: (one.group, one.name))


# --- models -----------------------------------------------------------------------------------------------------------
def models(document: Schema) -> str:
    """What is answered, and what bodies hold within, as TypedDicts: an answer is plain data."""
    wanted: set[str] = set()
    for company in (False, True):
        for one in operations_of(document, company=company):
            inner = [
                *(each["schema"] for each in (*one.places, *one.queries)),
                *one.resolved(one.body[1]).get("properties", {}).values(),
            ]
            for schema in (one.row or one.answer[1], *inner):
                collect(schema, document, wanted)
    kept = copy.deepcopy(document["components"]["schemas"])
    small = {
        "openapi": document["openapi"],
        "info": {"title": "Guardia", "version": "2"},
        "paths": {},
        "components": {"schemas": {name: kept[name] for name in sorted(wanted)}},
    }
    how = [
        *("--input-file-type", "openapi", "--output-model-type", "typing.TypedDict", "--target-python-version", "3.12"),
        *("--enum-field-as-literal", "all", "--use-schema-description", "--use-field-description"),
        *("--use-single-line-docstring", "--use-union-operator", "--use-standard-collections", "--use-type-alias"),
        "--keep-model-order",
        *("--disable-future-imports", "--custom-file-header", MADE.format(what="What Guardia's API answers.")),
        *("--no-formatters", "--no-use-closed-typed-dict", "--disable-warnings", "--ignore-pyproject"),
    ]
    generator = Path(sys.executable).with_name("datamodel-codegen")
    made = subprocess.run([generator, *how], input=json.dumps(small), capture_output=True, text=True, check=False)
    if made.returncode:
        raise SystemExit(made.stderr)
    return formatted(made.stdout)


def collect(schema: Any, document: Schema, found: set[str]) -> None:
    """Put the names of all schemas that this one leads to into ``found``."""
    if isinstance(schema, dict):
        if "$ref" in schema and (name := name_of(schema)) not in found:
            found.add(name)
            collect(document["components"]["schemas"][name], document, found)
        for each in schema.values():
            collect(each, document, found)
    elif isinstance(schema, list):
        for each in schema:
            collect(each, document, found)


def name_of(schema: Schema) -> str:
    return str(schema["$ref"].rpartition("/")[2])


def formatted(source: str) -> str:
    """The source in the form of the others, without imports that nothing uses."""
    ruff, of_stdin = Path(sys.executable).with_name("ruff"), ["--isolated", "--stdin-filename", "made.py", "-"]
    for how in (["check", "--select", "F401", "--fix", "--quiet"], ["format", "--line-length", str(WIDTH)]):
        done = subprocess.run([ruff, *how, *of_stdin], input=source, capture_output=True, text=True, check=True)
        source = done.stdout
    return source


# --- types ------------------------------------------------------------------------------------------------------------
def type_of(schema: Schema) -> str:
    """The type of a value that is sent, as Python writes it."""
    if "$ref" in schema:
        return f"models.{name_of(schema)}"
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return f"Literal[{', '.join(map(repr, values))}]"
    if parts := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return " | ".join(dict.fromkeys(kind for part in parts for kind in type_of(part).split(" | ")))
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(SCALARS[one] for one in kind)
    if kind == "array":
        return f"Sequence[{type_of(schema.get('items', {}))}]"
    if kind == "object" or kind is None:
        more = schema.get("additionalProperties")
        return f"Mapping[str, {type_of(more) if isinstance(more, dict) and more else 'Any'}]" if kind else "Any"
    if schema.get("format") == "binary":
        return "File"
    return FORMATS.get(schema.get("format", ""), SCALARS[kind])


def type_of_answer(one: Operation) -> str:
    kind, schema = one.answer
    if one.row is not None:
        return f"Page[{type_of(one.row)}]"
    if not kind:
        return "None"
    return type_of(schema) if kind == JSON else "bytes"


# --- operations -------------------------------------------------------------------------------------------------------
def operations(document: Schema) -> str:
    made = [
        MADE.format(what="Guardia's API: a method for each operation, grouped by noun."),
        "from collections.abc import Mapping, Sequence",
        "from datetime import date, datetime, time",
        "from functools import cached_property",
        "from typing import Any, Literal\n",
        "from guardia_client import models",
        "from guardia_client.client import Connection, File, Group, Page, Tag\n\n",
    ]
    for company, name, about in (
        (False, "Guardia", "An installation of Guardia, by a key of the operator (`gdk_…`)."),
        (True, "CompanyGuardia", "An installation of Guardia, by a company's own key (`gdc_…`): its cases alone."),
    ):
        found = operations_of(document, company=company)
        groups = {one.group: f"{'Company' if company else ''}{camel(one.group)}" for one in found}
        for group, cls in groups.items():
            made.append(f'class {cls}(Group):\n    """{group.replace("_", " ").capitalize()}."""\n')
            made += [method_of(one) for one in found if one.group == group]
        made.append(f'class {name}(Connection):\n    """{about}"""\n')
        for group, cls in groups.items():
            made.append(f"    @cached_property\n    def {group}(self) -> {cls}:\n        return {cls}(self)\n")
    return formatted("\n".join(made))


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


class Arguments:
    """The arguments of one method: where each goes, and how the signature says it."""

    def __init__(self, one: Operation) -> None:
        body = one.resolved(one.body[1])
        fields: Schema = body.get("properties", {})
        required = set(body.get("required", ()))
        taken = {*fields, *(each["name"] for each in one.queries)}
        self.places = {each["name"]: safe(each["name"], taken) for each in one.places}
        self.queries = {each["name"]: safe(each["name"]) for each in one.queries}
        self.files = {name for name, each in fields.items() if "binary" in json.dumps(each)}
        self.body = {name: safe(name) for name in fields if name not in self.files}
        self.positional = [f"{self.places[each['name']]}: {type_of_place(each['schema'])}" for each in one.places]
        listed = [(safe(name), each, name in required) for name, each in fields.items()]
        listed += [(safe(each["name"]), each["schema"], each.get("required", False)) for each in one.queries]
        needed = [f"{name}: {type_of(schema)}" for name, schema, is_needed in listed if is_needed]
        free = [f"{name}: {optional(type_of(schema))} = None" for name, schema, is_needed in listed if not is_needed]
        self.keywords = [*needed, *free, *(f"{name}: {kind}" for name, kind in self.of_headers(one))]

    def of_headers(self, one: Operation) -> Iterator[tuple[str, str]]:
        if one.method == "POST":
            yield "idempotency_key", 'str = ""'
        if "If-Match" in one.headers:
            yield "if_match", "Tag = None"
        if "If-None-Match" in one.headers and one.row is None and one.answer[0] == JSON:
            yield "known", f"{type_of_answer(one)} | None = None"


def safe(name: str, taken: set[str] | None = None) -> str:
    """A name that Python allows, and that no argument of the same method has."""
    if taken and name in taken:
        return f"path_{name}"
    return f"{name}_" if keyword.iskeyword(name) else name


def type_of_place(schema: Schema) -> str:
    """What stands in a path may be given as a number or as a text."""
    kind = type_of(schema)
    return "int | str" if kind in ("int", "str") else kind


def optional(kind: str) -> str:
    return kind if kind.endswith("None") else f"{kind} | None"


def method_of(one: Operation) -> str:
    arguments, answer = Arguments(one), type_of_answer(one)
    signature = ", ".join(["self", *arguments.positional, *(["*", *arguments.keywords] if arguments.keywords else [])])
    lines = [f"def {safe(one.name)}({signature},) -> {answer}:", *docstring(one), *call_of(one, arguments, answer)]
    return textwrap.indent("\n".join(lines), "    ") + "\n"


def docstring(one: Operation) -> list[str]:
    summary = f"{one.one['summary'].rstrip('.')}."
    more = textwrap.wrap(one.one.get("description", ""), WIDTH - 8)
    lines = [summary, "", *more, *([""] if more else []), f"Scope: `{one.scope}`."]
    escaped = [line.replace("\\", "\\\\").replace('"""', "'''") for line in lines]
    return textwrap.indent('"""' + "\n".join(escaped) + '\n"""', "    ").splitlines()


def call_of(one: Operation, arguments: Arguments, answer: str) -> list[str]:
    places, query, body = mapping(arguments.places), mapping(arguments.queries), mapping(arguments.body)
    if one.row is not None:
        return returned(answer, f"self._connection.list_page({one.path!r}, {places}, {query})")
    given = [repr(one.method), repr(one.path), places]
    given += [f"query={query}"] if arguments.queries else []
    given += [f"body={body}"] if one.body[0] else []
    given += [f"files={name}" for name in sorted(arguments.files)]
    given += [f"{name}={name}" for name, _kind in arguments.of_headers(one)]
    call = f"self._connection.call({', '.join(given)})"
    if answer == "None":
        return [f"    {call}"]
    if answer == "bytes":
        call = call.replace(".call(", ".download(", 1)
    return returned(answer, call)


def returned(kind: str, call: str) -> list[str]:
    """The underscore: no field of the API begins with one, and an argument is named after its field."""
    return [f"    _answer: {kind} = {call}", "    return _answer"]


def mapping(names: dict[str, str]) -> str:
    return "{" + ", ".join(f"{name!r}: {its}" for name, its in names.items()) + "}"


def main() -> int:
    wanted = [each for each in sys.argv[1:] if each != "--check"]
    document = document_of(wanted[0] if wanted else "")
    made = {PACKAGE / "models.py": models(document), PACKAGE / "operations.py": operations(document)}
    stale = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        sys.stdout.write(f"{path.relative_to(ROOT)} {'is not' if '--check' in sys.argv else 'was not'} up to date\n")
        if "--check" not in sys.argv:
            path.write_text(made[path], encoding="utf-8")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
