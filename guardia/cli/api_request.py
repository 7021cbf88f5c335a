"""A call of the API made of words such as ``service=17``, each read by the kind of its field; and the same for curl."""

import json
import re
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from guardia.cli.api_document import BODY, FORM, JSON, PATH, QUERY, Field, Kind, Operation, WrongUsage, near

WHOLE_NUMBER = re.compile(r"[+-]?\d{1,30}", re.ASCII)
TRUTH = {"true": True, "yes": True, "false": False, "no": False}
STDIN = "-"


@dataclass
class Request:
    """What is sent. ``body`` is JSON as text, None where there is none; ``form`` and ``files`` are parts of a form."""

    method: str
    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    form: list[tuple[str, str]] = field(default_factory=list)
    files: list[tuple[str, Path]] = field(default_factory=list)

    def for_httpx(self) -> dict[str, Any]:
        """The arguments of ``Connection.send`` beside method and path. Raises WrongUsage for a file that is gone."""
        sent: dict[str, Any] = {"params": self.query, "headers": dict(self.headers)}
        if self.body is not None:
            sent["content"] = self.body.encode()
            sent["headers"]["Content-Type"] = JSON
        if self.form or self.files:
            texts: list[tuple[str, Any]] = [(name, (None, text)) for name, text in self.form]
            sent["files"] = texts + [(name, (file.name, bytes_of(name, file))) for name, file in self.files]
        return sent


# --- from words to a request ------------------------------------------------------------------------------------------
def request_of(operation: Operation, words: Sequence[str], whole_body: str | None = None) -> Request:
    """The request that these words ask for. ``whole_body`` is the JSON of the body, in place of its fields.

    Raises WrongUsage, which names the field.
    """
    given = given_in(operation, words)
    if whole_body is not None:
        must_take_json(operation, given)
    missing = [
        f"{one.name} ({one.kind.words})"
        for one in operation.fields.values()
        if one.is_required and one.name not in given and (one.place != BODY or whole_body is None)
    ]
    if missing:
        raise WrongUsage(f"{operation.name}: missing: {'; '.join(missing)}. `guardia api show {operation.name}`")
    request = Request(operation.method, operation.path)
    body: dict[str, Any] = {}
    for name, written in given.items():
        put(request, body, operation, operation.fields[name], written)
    if operation.media == JSON:
        request.body = json.dumps(body, ensure_ascii=False) if whole_body is None else whole_body
    return request


def given_in(operation: Operation, words: Sequence[str]) -> dict[str, list[str]]:
    """What was written for each field. Raises WrongUsage for what is no field of this operation."""
    given: dict[str, list[str]] = {}
    for word in words:
        name, sign, written = word.partition("=")
        if not sign:
            raise WrongUsage(f"“{word}” is no field: write it as name=value")
        if any("\ud800" <= character <= "\udfff" for character in word):
            raise WrongUsage(f"{name}: this is no text in UTF-8")
        if name not in operation.fields:
            has = f"{operation.name} has no field “{name}”.{near(name, operation.fields)}"
            raise WrongUsage(f"{has} `guardia api show {operation.name}` names its fields")
        given.setdefault(name, []).append(written)
    return given


def must_take_json(operation: Operation, given: Mapping[str, Any]) -> None:
    """Raises WrongUsage where a whole body cannot be sent, or is sent beside fields of it."""
    if operation.media != JSON:
        raise WrongUsage(f"--json: {operation.name} takes no JSON. `guardia api show {operation.name}`")
    if beside := [name for name in given if operation.fields[name].place == BODY]:
        raise WrongUsage(f"--json is the whole body: write {', '.join(beside)} into it, or leave --json out")


def put(request: Request, body: dict[str, Any], operation: Operation, one: Field, written: list[str]) -> None:
    """Put the value of one field where it belongs. Raises WrongUsage."""
    if one.kind.is_of_files:
        request.files += [(one.key, file_in(one.name, text)) for text in written]
        return
    value = value_of(one.kind, written, one.name)
    values = value if isinstance(value, list) else [value]
    texts = [text_of(each) for each in values if each is not None]
    if one.place == PATH:
        if texts in ([], [""], ["."], [".."]):  # an address would lead elsewhere
            raise WrongUsage(f"{one.name}: “{''.join(texts)}” names nothing")
        request.path = request.path.replace(f"{{{one.name}}}", quote(texts[0], safe=""))
    elif one.place == QUERY:
        request.query += [(one.name, text) for text in texts]
    elif operation.media == FORM:
        request.form += [(one.key, text) for text in texts]
    else:
        body[one.key] = value


def text_of(value: Any) -> str:
    """A value as a query, a path and a form have it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# --- values -----------------------------------------------------------------------------------------------------------
def value_of(kind: Kind, written: list[str], name: str) -> Any:
    """The value that was written, once or several times. Raises WrongUsage, which names the field."""
    texts = [read_text(text, name) for text in written]
    if kind.name == "array":
        return list_of(kind, texts, name)
    if len(texts) > 1:
        lists = [one for one in kind.either if one.name == "array"]
        if not lists:
            raise WrongUsage(f"{name} is given {len(texts)} times, and takes one value")
        return list_of(lists[0], texts, name)
    return single(kind, texts[0], name)


def read_text(written: str, name: str) -> str:
    """The text; ``@PATH`` is what is in that file, ``@-`` what is on the standard input, and ``@@`` a plain @."""
    if not written.startswith("@"):
        return written
    if written.startswith("@@"):
        return written[1:]
    content = sys.stdin.buffer.read() if written[1:] == STDIN else bytes_of(name, Path(written[1:]))
    try:
        return content.decode("utf-8").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise WrongUsage(f"{name}: {written[1:]} is no text in UTF-8") from error


def bytes_of(name: str, file: Path) -> bytes:
    """Raises WrongUsage."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise WrongUsage(f"{name}: {file} cannot be read: {error.strerror}") from error


def file_in(name: str, written: str) -> Path:
    """The file to upload. Raises WrongUsage."""
    if not written.startswith("@") or written in ("@", f"@{STDIN}"):
        raise WrongUsage(f"{name}: name the file to upload, as {name}=@PATH")
    file = Path(written[1:])
    if not file.is_file():
        raise WrongUsage(f"{name}: there is no file {file}")
    return file


def list_of(kind: Kind, texts: list[str], name: str) -> list[Any]:
    """A list: its items by comma, by repeating the name, or as JSON. Raises WrongUsage."""
    items = kind.items or Kind("any")
    found: list[Any] = []
    for text in texts:
        if text.startswith("["):
            listed = json_in(text, name)
            found += [single(items, each, name) if isinstance(each, str) else each for each in listed]
        elif items.name in ("object", "any"):
            found.append(single(items, text, name))
        else:
            found += [single(items, part.strip(), name) for part in text.split(",") if part.strip()]
    return found


def single(kind: Kind, text: str, name: str) -> Any:
    """One value of this kind. Raises WrongUsage."""
    is_free_text = kind.name == "string" and not (kind.choices or kind.format)
    if not text and kind.may_be_null and not is_free_text:
        return None
    if kind.choices:
        return choice_of(kind, text, name)
    if kind.either:
        return either_of(kind, text, name)
    if kind.name == "integer" and WHOLE_NUMBER.fullmatch(text):
        return int(text)
    if kind.name == "number":
        return number_in(text, name)
    if kind.name == "boolean" and text.lower() in TRUTH:
        return TRUTH[text.lower()]
    if kind.name == "object" or (kind.name in ("any", "array") and text[:1] in ("{", "[")):
        return json_in(text, name)
    if kind.name in ("integer", "boolean"):
        raise WrongUsage(f"{name}: “{text}” is not {'a whole number' if kind.name == 'integer' else 'true or false'}")
    return text


def number_in(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise WrongUsage(f"{name}: “{text}” is no number") from error


def json_in(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise WrongUsage(f"{name}: “{text}” is no JSON ({error})") from error


def choice_of(kind: Kind, text: str, name: str) -> Any:
    named = {text_of(choice): choice for choice in kind.choices}
    if text not in named:
        raise WrongUsage(f"{name}: “{text}” is not {kind.words}.{near(text, named)}")
    return named[text]


def either_of(kind: Kind, text: str, name: str) -> Any:
    """By the first kind that takes it. A text takes everything, so it is tried last."""
    for one in sorted(kind.either, key=lambda one: one.name == "string" and not one.choices):
        try:
            return list_of(one, [text], name) if one.name == "array" else single(one, text, name)
        except WrongUsage:
            continue
    raise WrongUsage(f"{name}: “{text}” is not {kind.words}")


# --- from an example to words -----------------------------------------------------------------------------------------
def words_of_example(operation: Operation) -> list[str]:
    """The words of a call: what is required, and the document's example of its body."""
    example = operation.example if isinstance(operation.example, Mapping) else {}
    words = []
    for one in operation.fields.values():
        if one.place == BODY and one.key in example and not one.kind.is_of_files:
            words.append(f"{one.name}={written(example[one.key])}")
        elif one.is_required and (one.place != BODY or not example or one.kind.is_of_files):
            words.append(f"{one.name}={placeholder(one)}")
    return words


def written(value: Any) -> str:
    """A value as ``value_of`` reads it back."""
    if isinstance(value, list):
        texts = [text_of(each) for each in value]
        is_plain = all(isinstance(each, str | int | float) for each in value)
        in_commas = is_plain and texts and not any("," in text or text != text.strip() or not text for text in texts)
        value = ",".join(texts) if in_commas and not texts[0].startswith("[") else json.dumps(value, ensure_ascii=False)
    text = text_of(value)
    return f"@{text}" if text.startswith("@") else text


def placeholder(one: Field) -> str:
    """Something that may stand there: a choice, or its name in capitals where only the reader knows a value."""
    kind = one.kind
    if kind.is_of_files:
        return "@PATH"
    kind = kind.items if kind.name == "array" and kind.items else kind
    if kind.choices:
        return text_of(kind.choices[0])
    by_format = {"date-time": "2026-11-28T02:00:00-05:00", "date": "2026-11-28", "time": "08:00"}
    by_name = {"integer": "1", "number": "1", "boolean": "true", "object": "{}"}
    return by_format.get(kind.format) or by_name.get(kind.name) or one.name.upper()


# --- curl -------------------------------------------------------------------------------------------------------------
def curl_of(request: Request, address: str) -> str:
    """The same request as a command for `sh`. The key is not in it: the shell takes it from GUARDIA_KEY."""
    query = f"?{urlencode(request.query)}" if request.query else ""
    return " \\\n  ".join(
        (f"curl --silent --show-error {shlex.quote(f'{address}{request.path}{query}')}", *arguments_of(request))
    )


def arguments_of(request: Request) -> Iterator[str]:
    if request.method != "GET":
        yield f"--request {request.method}"
    yield '--header "Authorization: Bearer $GUARDIA_KEY"'
    for name, value in request.headers.items():
        yield f"--header {shlex.quote(f'{name}: {value}')}"
    if request.body is not None:
        yield f"--header {shlex.quote(f'Content-Type: {JSON}')}"
        yield f"--data-raw {shlex.quote(request.body)}"
    for name, text in request.form:
        yield f"--form-string {shlex.quote(f'{name}={text}')}"
    for name, file in request.files:
        path = str(file).replace("\\", "\\\\").replace('"', '\\"')
        yield f"--form {shlex.quote(f'{name}=@"{path}"')}"
