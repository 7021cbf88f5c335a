"""The reference of the API in the documents' site: a page for each noun, made of the OpenAPI document.

`python bin/_reference.py FILE` writes the document, by the product's own Python. As a hook of mkdocs, whose environment
has no Django, this module makes pages of that file (bin/docs does one after the other).
"""

import json
import shlex
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "var" / "openapi.json"
OVERVIEW = "api/index.md"
HOST, PREFIX = "https://guardia.example.com", "/api/v2"
NOUN_OF_PATH = {"cases": "1042738", "outages": "42", "planned_works": "17", "articles": "7"}
PATH_VALUES = {"month": "2026-11", "key": "0b7c2f52-6f3e-4b8e-9c55-3f1f6f0f2a10", "moment": "diagnosed"}
"""What stands in the place of a part of an address in the curl lines."""
LARGEST_SAID = 2**31 - 1
"""A limit from here on is that of the database, and says nothing to whoever sends a value."""
MOST_VALUES, FEW = 40, 3
"""Of more values than these (the zones of time), so few are named."""
TINY = 3
"""An object of an answer with so few plain fields is told in one cell."""
HEAD = ["| field | type | meaning |", "| --- | --- | --- |"]
WIDE = 80
"""An example that is longer in one line is written in several."""
Json = dict[str, Any]


# --- hook of mkdocs ---------------------------------------------------------------------------------------------------
def on_config(config: Any) -> Any:
    """Puts the pages into the navigation, in the place of their overview."""
    nouns = [{title_of(tag): f"api/{tag}.md"} for tag in by_noun(read())]
    for section in config.nav:
        for entries in section.values():
            for entry in entries:
                if isinstance(entry, dict) and OVERVIEW in entry.values():
                    (name,) = entry
                    entry[name] = [OVERVIEW, *nouns]
    return config


def on_files(files: Any, config: Any) -> Any:
    from mkdocs.structure.files import File

    for name, text in pages(read()).items():
        files.append(File.generated(config, name, content=text))
    return files


def read() -> Json:
    """Raises PluginError where the document was not written before."""
    from mkdocs.exceptions import PluginError

    if not DOCUMENT.exists():
        raise PluginError(f"{DOCUMENT} is missing: bin/docs writes it")
    return json.loads(DOCUMENT.read_text(encoding="utf-8"))


def write(file: Path) -> None:
    """Write the document of these sources, as bin/client takes it."""
    from _client import document_of

    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document_of(""), ensure_ascii=False), encoding="utf-8")


# --- pages ------------------------------------------------------------------------------------------------------------
def pages(document: Json) -> dict[str, str]:
    """The Markdown of each page by its name: the overview, and one for each noun."""
    nouns = by_noun(document)
    return {
        OVERVIEW: overview(document, nouns),
        **{f"api/{tag}.md": NounPage(document, tag, found).text() for tag, found in nouns.items()},
    }


def by_noun(document: Json) -> dict[str, list[Json]]:
    """The operations of each noun, each with its ``method`` and ``path``; nouns by their name."""
    found: dict[str, list[Json]] = defaultdict(list)
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            found[one["tags"][0]].append({**one, "method": method.upper(), "path": path})
    return dict(sorted(found.items()))


def title_of(tag: str) -> str:
    return tag.replace("_", " ").capitalize()


def overview(document: Json, nouns: dict[str, list[Json]]) -> str:
    count = sum(map(len, nouns.values()))
    lines = [
        "# API reference",
        "",
        f"The {count} operations below `{PREFIX}`, as its document (`{PREFIX}/openapi.json`) has them.",
        "[The API](../api.md) says how keys, lists and repeats work, [Webhooks](../webhooks.md) which events are sent.",
        "",
        "## Operations",
    ]
    for tag, found in nouns.items():
        lines += ["", f"### [{title_of(tag)}]({tag}.md)", "", "| operation | what it does |", "| --- | --- |"]
        for one in found:
            name, path = one["operationId"], one["path"].removeprefix(PREFIX)
            lines.append(f"| [`{name}`]({tag}.md#{name})<br>`{one['method']} {path}` | {cell(one['summary'])} |")
    lines += ["", "## Headers", "", "| header | meaning |", "| --- | --- |"]
    lines += [f"| `{name}` | {cell(words)} |" for name, words in headers_of(nouns).items()]
    lines += ["", "## Statuses", "", "| status | when |", "| --- | --- |"]
    lines += [f"| {status} | {cell(words)} |" for status, words in statuses_of(nouns).items()]
    problem = NounPage(document, "", []).fields(document["components"]["schemas"]["Problem"])
    lines += ["", "A refusal is a problem (RFC 9457, `application/problem+json`):", "", *problem]
    return "\n".join(lines) + "\n"


def headers_of(nouns: dict[str, list[Json]]) -> dict[str, str]:
    """What may be sent as a header, and what comes back as one, with its meaning."""
    found: dict[str, str] = {"Authorization": "`Bearer` with a key or a token."}
    for one in (one for some in nouns.values() for one in some):
        found |= {each["name"]: each["description"] for each in one["parameters"] if each["in"] == "header"}
        for answer in one["responses"].values():
            found |= {name: each["description"] for name, each in answer.get("headers", {}).items()}
    return found


def statuses_of(nouns: dict[str, list[Json]]) -> dict[str, str]:
    found = {
        status: answer["description"]
        for one in (one for some in nouns.values() for one in some)
        for status, answer in one["responses"].items()
        if int(status) >= 300
    }
    return dict(sorted(found.items()))


class NounPage:
    """The page of one noun."""

    def __init__(self, document: Json, tag: str, operations: list[Json]) -> None:
        self.schemas: Json = document["components"]["schemas"]
        self.tag, self.operations = tag, operations
        self.shared = self.shared_types()

    def text(self) -> str:
        lines = [f"# {title_of(self.tag)}", "", "[All operations](index.md) · [The API](../api.md)"]
        for one in self.operations:
            lines += ["", *self.operation(one)]
        if self.shared:
            lines += ["", "## Objects of several operations"]
        for name in self.shared:
            lines += ["", f"### {name} {{ #{anchor(name)} }}", "", *self.object(self.schemas[name])]
        return "\n".join(lines) + "\n"

    def operation(self, one: Json) -> list[str]:
        name = one["operationId"]
        lines = [f"## {name} {{ #{name} }}", "", f"**{one['summary']}**", ""]
        lines += [one["description"], ""] if one.get("description") else []
        lines += [f"`{one['method']}` `{one['path']}`", "", " · ".join(self.conditions(one)), ""]
        for place, words in (("path", "In the path"), ("query", "Query")):
            if found := [each for each in one["parameters"] if each["in"] == place]:
                lines += [f"**{words}**", "", *HEAD, *map(self.parameter, found), ""]
        for kind, content in one.get("requestBody", {}).get("content", {}).items():
            lines += [f"**Body** (`{kind}`)", "", *self.either(content["schema"], sent=True), ""]
        lines += ["```sh", curl(one), "```", ""]
        for status, answer in one["responses"].items():
            if int(status) < 300:
                lines += [*self.answer(one, status, answer), ""]
        refusals = " ".join(f"`{status}`" for status in one["responses"] if int(status) >= 300)
        return [*lines, f"Other statuses: {refusals} ([when](index.md#statuses))"]

    def conditions(self, one: Json) -> list[str]:
        found = [
            f"scope `{one['operationId']}`",
            f"right of the account [`{one['x-right']}`](../policy.md#rights)",
        ]
        if "x-company-key" in one:
            found.append(
                f"a [company's own key](../api.md#what-a-companys-own-key-does) with `{one['x-company-key']['scope']}`"
            )
        names = [f"`{each['name']}`" for each in one["parameters"] if each["in"] == "header"]
        return [*found, f"[headers](index.md#headers) {', '.join(names)}"]

    def answer(self, one: Json, status: str, answer: Json) -> list[str]:
        whose = ", to a company's own key" if status == "202" and "x-company-key" in one else ""
        heading = f"**Answer {status}**{whose}"
        ((kind, content),) = answer["content"].items()
        if kind != "application/json":
            return [f"{heading}: a file, `{kind}`"]
        return [heading, "", *self.either(content["schema"])]

    # --- objects ---
    def either(self, schema: Json, *, sent: bool = False) -> list[str]:
        """The fields of an object; of two where a company's own key has another one than the operator's."""
        kinds = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
        if len(kinds) == 1:
            return self.one_object(kinds[0], sent=sent)
        lines = []
        for whose, kind in zip(("A key of the operator:", "A company's own key:"), kinds, strict=True):
            lines += [whose, "", *self.one_object(kind, sent=sent), ""]
        return lines

    def one_object(self, schema: Json, *, sent: bool = False) -> list[str]:
        name = name_of(schema)
        if name in self.shared:
            return [f"[`{name}`](#{anchor(name)})"]
        return self.object(self.resolved(schema), sent=sent)

    def object(self, schema: Json, *, sent: bool = False, inside: tuple[str, ...] = ()) -> list[str]:
        words = " ".join(schema.get("description", "").split())
        return [*([words, ""] if words else []), *self.fields(schema, sent=sent, inside=inside)]

    def fields(self, schema: Json, *, sent: bool = False, inside: tuple[str, ...] = ()) -> list[str]:
        """The table of an object's fields and, folded below, of the objects in them. ``sent``: it is that of a body."""
        if not schema.get("properties"):
            return ["An object without fields of its own."]
        must = set(schema.get("required", ())) if sent else set()
        lines = [*HEAD, *(self.row(name, field, name in must) for name, field in schema["properties"].items())]
        for name, field in schema["properties"].items():
            for below in self.objects_in(field):
                is_told = below in self.shared or below in inside or (self.is_tiny(below) and not sent)
                if not is_told:
                    its = self.object(self.schemas[below], sent=sent, inside=(*inside, below))
                    lines += ["", f'??? info "`{name}`: {below}"', "", *(f"    {line}".rstrip() for line in its)]
        return lines

    def parameter(self, one: Json) -> str:
        """What stands in an address is never null: it is left out."""
        kinds = [kind for kind in one["schema"].get("anyOf", ()) if kind.get("type") != "null"]
        words = {"description": one["description"]} if one.get("description") else {}
        return self.row(one["name"], {**one["schema"], **({"anyOf": kinds} if kinds else {}), **words}, one["required"])

    def row(self, name: str, field: Json, is_required: bool) -> str:
        words = ["**Required.**" if is_required else "", self.description(field), *self.limits(field)]
        return f"| `{name}` | {cell(self.type_of(field))} | {cell(' '.join(filter(None, words)))} |"

    def description(self, field: Json) -> str:
        own = field.get("description", "")
        return own + ("" if not own or own.endswith((".", "?", "…", ":")) else ".")

    def type_of(self, field: Json) -> str:
        kinds = field.get("anyOf") or field.get("oneOf")
        if kinds:
            return " or ".join(dict.fromkeys(self.type_of(kind) for kind in kinds))
        if name := name_of(field):
            return self.type_of_object(name)
        if field.get("type") == "array":
            return f"array of {self.type_of(field.get('items', {}))}"
        if field.get("type") == "object" and isinstance(field.get("additionalProperties"), dict):
            return f"object, each {self.type_of(field['additionalProperties'])}"
        return field.get("format") or field.get("type") or ("any" if "const" not in field else "string")

    def type_of_object(self, name: str) -> str:
        schema = self.schemas[name]
        if "properties" not in schema:
            return self.type_of({key: value for key, value in schema.items() if key != "description"})
        if name in self.shared:
            return f"[{name}](#{anchor(name)})"
        if self.is_tiny(name):
            return f"object ({', '.join(f'`{field}`' for field in schema['properties'])})"
        return name

    def limits(self, field: Json) -> list[str]:
        """Which values there are, as sentences."""
        found = []
        for one in self.parts_of(field):
            values = one.get("enum") or ([one["const"]] if "const" in one else [])
            if named := [f"`{value}`" for value in values if value is not None]:
                many = f", and {len(named) - FEW} more" if len(named) > MOST_VALUES else ""
                found.append(f"{', '.join(named[:FEW] if many else named)}{many}.")
            least, most = one.get("minimum"), one.get("maximum")
            most = None if most is not None and most >= LARGEST_SAID else most
            found += [f"{least} to {most}."] if None not in (least, most) else []
            found += [f"At least {least}."] if least is not None and least > 1 and most is None else []
            found += [f"At most {most}."] if most is not None and least is None else []
            found += [f"At most {one['maxLength']} characters."] if "maxLength" in one else []
            found += [f"At most {one['maxItems']} of them."] if "maxItems" in one else []
        if field.get("default") not in (None, "", [], {}):
            found.append(f"Left out: `{json.dumps(field['default']).strip('"')}`.")
        return list(dict.fromkeys(found))

    def parts_of(self, field: Json) -> list[Json]:
        """The plain types of a field: of alternatives each, of a list those of its items too."""
        kinds = field.get("anyOf") or field.get("oneOf") or [field]
        found = []
        for kind in kinds:
            whole = self.resolved(kind)
            if "properties" in whole:
                continue
            found += [whole, *(self.parts_of(whole["items"]) if "items" in whole else [])]
        return found

    def objects_in(self, field: Json) -> list[str]:
        """The names of the objects that the type of a field is made of."""
        if name := name_of(field):
            return [name] if "properties" in self.schemas[name] else []
        inner = [*field.get("anyOf", ()), *field.get("oneOf", ())]
        inner += [field[key] for key in ("items", "additionalProperties") if isinstance(field.get(key), dict)]
        return list(dict.fromkeys(name for one in inner for name in self.objects_in(one)))

    def resolved(self, schema: Json) -> Json:
        name = name_of(schema)
        return self.schemas[name] if name else schema

    def is_tiny(self, name: str) -> bool:
        fields = self.schemas[name]["properties"].values()
        return len(fields) <= TINY and not any(self.objects_in(field) for field in fields)

    def shared_types(self) -> list[str]:
        """Objects that stand in several places of this page, so that each is told once."""
        places: Counter[str] = Counter()
        seen: set[str] = set()

        def look(names: list[str]) -> None:
            places.update(names)
            for name in names:
                if name not in seen:
                    seen.add(name)
                    for field in self.schemas[name]["properties"].values():
                        look(self.objects_in(field))

        for one in self.operations:
            contents = [one.get("requestBody", {}).get("content", {})]
            contents += [answer.get("content", {}) for status, answer in one["responses"].items() if int(status) < 300]
            for content in contents:
                for kind in content.values():
                    look(self.objects_in(kind["schema"]))
        return sorted(name for name, count in places.items() if count > 1 and not self.is_tiny(name))


# --- words ------------------------------------------------------------------------------------------------------------
def name_of(schema: Json) -> str:
    """The name of the schema that this one refers to; empty where it says itself what it is."""
    found = schema.get("$ref") or next((one["$ref"] for one in schema.get("allOf", ()) if "$ref" in one), "")
    return found.rpartition("/")[2]


def anchor(name: str) -> str:
    return f"object-{name.lower()}"


def cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")


def curl(one: Json) -> str:
    """The request as somebody types it, with the example of the document as its body."""
    path = one["path"]
    noun = path.split("/")[3]
    for each in one["parameters"]:
        if each["in"] == "path":
            value = PATH_VALUES.get(each["name"]) or NOUN_OF_PATH.get(noun if each["name"] == "number" else "", "1")
            path = path.replace(f"{{{each['name']}}}", value)
    words = ["curl", *(["-X", one["method"]] if one["method"] not in {"GET", "POST"} else [])]
    lines = [" ".join([*words, '-H "Authorization: Bearer $KEY"'])]
    ((kind, content),) = one.get("requestBody", {}).get("content", {"": {}}).items()
    if one["method"] == "POST":
        lines.append('-H "Idempotency-Key: A-KEY-OF-YOURS"')
    if kind == "application/json":
        body = json.dumps(content["example"], ensure_ascii=False)
        body = body if len(body) <= WIDE else json.dumps(content["example"], ensure_ascii=False, indent=2)
        lines += ['-H "Content-Type: application/json"', f"-d {shlex.quote(body)}"]
    elif kind:
        lines += [f"-F {shlex.quote(part)}" for part in parts_of_form(content)]
    elif one["method"] == "POST":
        lines[0] = lines[0].replace("curl", "curl -X POST", 1)
    return " \\\n  ".join([*lines, HOST + path])


def parts_of_form(content: Json) -> list[str]:
    """The parts of a form with files, as curl writes them."""
    found = []
    for name, value in content["example"].items():
        is_file = content["schema"]["properties"][name].get("type") == "array"
        found += [f"{name}=@{one}" for one in value] if is_file else [f"{name}={value}"]
    return found


if __name__ == "__main__":
    write(Path(sys.argv[1]))
