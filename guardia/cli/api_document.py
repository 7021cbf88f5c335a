"""What the API of an installation offers, read from its own document (OpenAPI 3.1): operations and their fields."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any

type Schema = Mapping[str, Any]

PATH, QUERY, BODY = "path", "query", "body"
JSON, FORM = "application/json", "multipart/form-data"
METHODS = ("get", "post", "put", "patch", "delete")
LARGEST_LIMIT = 2**53
"""A limit beyond it only says how large a number of the database is."""
DEEPEST_REFERENCE = 20
TEXTS = {
    "date-time": "time with its zone, such as 2026-11-28T02:00:00-05:00",
    "date": "day, such as 2026-11-28",
    "time": "hour of the day, such as 08:00",
}
PLAIN = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "file": "file, as @PATH",
    "any": "any JSON",
}
LIMITS = (
    ("minimum", "at least {}"),
    ("exclusiveMinimum", "more than {}"),
    ("maximum", "at most {}"),
    ("exclusiveMaximum", "less than {}"),
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minItems", "at least {} of them"),
    ("maxItems", "at most {} of them"),
)


class WrongUsage(Exception):
    """The command was written wrongly: exit code 2. The text names the field and the remedy."""


class NoDocument(Exception):
    """What was read is no document of an API."""


def near(written: str, names: Iterable[str]) -> str:
    """`` Did you mean cases.open?`` where a name is near; empty where none is."""
    names = list(names)
    ending = [name for name in names if name.rpartition(".")[2] == written]
    found = list(dict.fromkeys([*get_close_matches(written, names, n=3), *ending]))[:5]
    return f" Did you mean {' or '.join(found)}?" if found else ""


# --- types ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Kind:
    """What a value may be. ``choices`` are all that it may be, where the document counts them up.

    A list has the kind of its ``items``; ``either`` are several kinds of which any is right.
    """

    name: str
    choices: tuple[Any, ...] = ()
    items: "Kind | None" = None
    either: tuple["Kind", ...] = ()
    format: str = ""
    limits: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    may_be_null: bool = False

    @property
    def words(self) -> str:
        """``whole number, at least 1``; ``one of: down, degraded``; ``list of texts``."""
        return ", ".join((self.noun, *self.limits))

    @property
    def noun(self) -> str:
        if self.choices:
            return f"one of: {', '.join(str(one) for one in self.choices)}"
        if self.either:
            return " or ".join(dict.fromkeys(one.words for one in self.either))
        if self.name == "array":
            return f"list, each {self.items.words if self.items else PLAIN['any']}"
        if self.name == "object":
            return f"JSON object ({', '.join(self.parts)})" if self.parts else "JSON object"
        return TEXTS.get(self.format) or PLAIN.get(self.name, self.name)

    @property
    def is_of_files(self) -> bool:
        return self.name == "file" or (self.items is not None and self.items.name == "file")


def resolved(schema: Schema, schemas: Schema) -> Schema:
    """The schema without a reference or an ``allOf`` at its head. What stands beside a reference stays."""
    for _step in range(DEEPEST_REFERENCE):
        if "$ref" in schema:
            there = schemas.get(str(schema["$ref"]).rpartition("/")[2], {})
            schema = {**there, **{name: value for name, value in schema.items() if name != "$ref"}}
        elif "allOf" in schema:
            beside = {name: value for name, value in schema.items() if name != "allOf"}
            parts = [resolved(one, schemas) for one in schema["allOf"]]
            schema = {name: value for part in parts for name, value in part.items()} | beside
        else:
            return schema
    return {}


def kind_of(schema: Schema, schemas: Schema, *, in_whole: bool = True) -> Kind:
    """The kind of value that a schema describes. ``in_whole``: what is in an object is named too."""
    schema = resolved(schema, schemas)
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return one_of([kind_of(one, schemas, in_whole=in_whole) for one in options])
    types = schema.get("type", ())
    if isinstance(types, list):
        return one_of([kind_of({**schema, "type": one}, schemas, in_whole=in_whole) for one in types])
    name = types or ("object" if "properties" in schema else "any")
    choices = (schema["const"],) if "const" in schema else tuple(schema.get("enum", ()))
    if name == "string" and schema.get("format") == "binary":
        return Kind("file")
    items = kind_of(schema.get("items", {}), schemas, in_whole=in_whole) if name == "array" else None
    parts = tuple(parts_of(schema, schemas)) if name == "object" and in_whole else ()
    limits = () if choices else tuple(limits_of(schema))
    return Kind(name, choices, items, format=schema.get("format", ""), limits=limits, parts=parts)


def one_of(kinds: list[Kind]) -> Kind:
    """One kind for several: without null, which is noted, and with the choices of all where all have some."""
    real = list(dict.fromkeys(kind for kind in kinds if kind.name != "null"))
    may_be_null = len(real) < len(kinds) or any(kind.may_be_null for kind in real)
    if not real:
        return Kind("any", may_be_null=True)
    if len(real) == 1:
        one = real[0]
        return Kind(one.name, one.choices, one.items, one.either, one.format, one.limits, one.parts, may_be_null)
    if all(kind.choices for kind in real):
        choices = tuple(dict.fromkeys(choice for kind in real for choice in kind.choices))
        return Kind(real[0].name, choices, may_be_null=may_be_null)
    return Kind("either", either=tuple(real), may_be_null=may_be_null)


def limits_of(schema: Schema) -> Iterator[str]:
    for name, words in LIMITS:
        value = schema.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LARGEST_LIMIT:
            yield words.format(value)


def parts_of(schema: Schema, schemas: Schema) -> Iterator[str]:
    """What an object has, one level deep: ``name: text``; ``name?`` may be left out."""
    required = schema.get("required", ())
    for name, part in schema.get("properties", {}).items():
        mark = "" if name in required else "?"
        yield f"{name}{mark}: {kind_of(part, schemas, in_whole=False).noun}"
    more = schema.get("additionalProperties")
    if isinstance(more, Mapping):
        yield f"any name: {kind_of(more, schemas, in_whole=False).noun}"


# --- fields -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Field:
    """A value that an operation takes: in its path, its query or its body.

    ``name`` is what it is called on the command line: ``body.number`` where the path has a ``number`` too.
    """

    name: str
    place: str
    kind: Kind
    is_required: bool
    description: str = ""
    most: int | None = None

    @property
    def key(self) -> str:
        """What it is called in its place."""
        return self.name.removeprefix(f"{BODY}.") if self.place == BODY else self.name


@dataclass(frozen=True)
class Body:
    """One form that a body may have. An operation has two where a company's own key sends another one."""

    title: str
    description: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Operation:
    """One line of the document; ``name`` is what a key's scopes are matched with, such as ``cases.open``."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Field, ...] = ()
    bodies: tuple[Body, ...] = ()
    media: str = ""
    example: Any = None
    statuses: tuple[tuple[str, str, str], ...] = ()
    headers: frozenset[str] = frozenset()

    @property
    def noun(self) -> str:
        return self.name.partition(".")[0]

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Each field by its name. A field that two forms of the body share takes what either of them takes."""
        found = {one.name: one for one in self.parameters}
        for body in self.bodies:
            for one in body.fields:
                known = found.get(one.name)
                kind = one_of([known.kind, one.kind]) if known else one.kind
                is_required = all(one.name in required_in(other) for other in self.bodies)
                found[one.name] = Field(one.name, one.place, kind, is_required, one.description)
        return found

    @property
    def cursor(self) -> str:
        """The field by which a list goes on after its first page; empty where it answers no list."""
        names = (name for name in ("cursor", "after") if name in self.fields)
        return next(names, "") if self.method == "GET" else ""

    def fits(self, words: Iterable[str]) -> bool:
        """Whether each of the words stands in its name, its summary or its path."""
        text = f"{self.name} {self.summary} {self.path}".casefold()
        return all(word.casefold() in text for word in words)


def required_in(body: Body) -> set[str]:
    return {one.name for one in body.fields if one.is_required}


@dataclass(frozen=True)
class ApiDocument:
    """Every operation by its name, in the order of the document."""

    operations: Mapping[str, Operation] = field(default_factory=dict)

    @classmethod
    def read(cls, content: Any) -> "ApiDocument":
        """Raises NoDocument."""
        if not isinstance(content, Mapping) or not isinstance(content.get("paths"), Mapping):
            raise NoDocument
        schemas = content.get("components", {}).get("schemas", {})
        found = [
            operation_of(method, path, one, schemas)
            for path, methods in content["paths"].items()
            for method, one in methods.items()
            if method in METHODS and "operationId" in one
        ]
        return cls({one.name: one for one in found})

    def operation(self, name: str) -> Operation:
        """Raises WrongUsage, with the names that are near."""
        if name not in self.operations:
            raise WrongUsage(
                f"there is no operation “{name}”.{near(name, self.operations)} `guardia api list` names them all"
            )
        return self.operations[name]


def operation_of(method: str, path: str, one: Schema, schemas: Schema) -> Operation:
    parameters = [parameter for parameter in one.get("parameters", ()) if parameter.get("in") in (PATH, QUERY)]
    taken = {parameter["name"] for parameter in parameters}
    content = one.get("requestBody", {}).get("content", {})
    media = next((name for name in (FORM, JSON) if name in content), "")
    return Operation(
        name=one["operationId"],
        method=method.upper(),
        path=path,
        summary=one.get("summary", ""),
        description=one.get("description", ""),
        parameters=tuple(parameter_of(parameter, schemas) for parameter in parameters),
        bodies=tuple(bodies_of(content[media].get("schema", {}), schemas, taken)) if media else (),
        media=media,
        example=content[media].get("example") if media else None,
        statuses=tuple(
            (status, answer.get("description", ""), ", ".join(answer.get("content", {})))
            for status, answer in sorted(one.get("responses", {}).items())
        ),
        headers=frozenset(each["name"] for each in one.get("parameters", ()) if each.get("in") == "header"),
    )


def parameter_of(parameter: Schema, schemas: Schema) -> Field:
    schema = resolved(parameter.get("schema", {}), schemas)
    words = parameter.get("description") or schema.get("description", "")
    is_required = bool(parameter.get("required"))
    kind = kind_of(schema, schemas)
    return Field(parameter["name"], parameter["in"], kind, is_required, words, schema.get("maximum"))


def bodies_of(schema: Schema, schemas: Schema, taken: Collection[str]) -> Iterator[Body]:
    """The forms of a body: one, or one for each kind of key. ``taken`` are the names of path and query."""
    schema = resolved(schema, schemas)
    for option in schema.get("anyOf") or schema.get("oneOf") or [schema]:
        one = resolved(option, schemas)
        if one.get("type") == "null":
            continue
        required = one.get("required", ())
        fields = tuple(
            Field(
                f"{BODY}.{key}" if key in taken else key,
                BODY,
                kind_of(part, schemas),
                key in required,
                resolved(part, schemas).get("description", ""),
            )
            for key, part in one.get("properties", {}).items()
        )
        yield Body(one.get("title", ""), one.get("description", ""), fields)
