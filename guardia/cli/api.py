"""`guardia api …`: whatever an installation's API offers, from a command line: list it, show it, call it.

It is a client like any other. It needs an address and a key, and neither a database nor the settings of an
installation; what there is to call stands in the installation's own document.
"""

import argparse
import json
import os
import re
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from guardia.cli.api_connection import (
    Connection,
    Unreached,
    address_of,
    json_of,
    key_of,
    printable,
    takes_an_installation,
)
from guardia.cli.api_document import Operation, WrongUsage, near
from guardia.cli.api_manual import lines_of_list, lines_of_page
from guardia.cli.api_request import STDIN, Request, curl_of, request_of
from guardia.cli.installation import Mistake, Subparsers, Words, add_command, add_group

if TYPE_CHECKING:
    import httpx2

IDEMPOTENCY_KEY = "Idempotency-Key"
CONTROLS = re.compile("[\x7f-\x9f]")
"""Those that JSON does not escape by itself."""


class WordsInAnyOrder(Words):
    """Takes options before, between and after the fields: ``call cases.open --curl service=17``."""

    is_in_order = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self.is_in_order:
            return super().parse_known_args(args, namespace)
        self.is_in_order = True  # what argparse calls for this is this function again
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self.is_in_order = False


def add(subparsers: Subparsers) -> None:
    parser = add_group(subparsers, "api", "ask any installation over its API, by its address and a key")
    group = parser.add_subparsers(title="steps", metavar="STEP", required=True, parser_class=WordsInAnyOrder)
    steps = cast("Subparsers", group)
    step = add_command(steps, "list", "what the installation offers, by noun", list_operations)
    step.add_argument("words", nargs="*", metavar="WORD", help="only what has these in its name, path or summary")
    takes_an_installation(step)
    step = add_command(steps, "show", "one operation: its fields, an example and its answers", show)
    step.add_argument("operation", metavar="OPERATION", help="such as cases.open")
    takes_an_installation(step)
    step = add_command(steps, "call", "do it, and print the answer", call)
    step.add_argument("operation", metavar="OPERATION", help="such as cases.open")
    step.add_argument(
        "fields",
        nargs="*",
        metavar="NAME=VALUE",
        help="a field; NAME=@FILE takes it from a file, @- from the standard input, @@ begins a text with @; a list by "
        "comma, by repeating its name, or as JSON",
    )
    takes_an_installation(step)
    step.add_argument("--json", metavar="FILE", help="the whole body as JSON; - is the standard input")
    step.add_argument("--if-match", metavar="ETAG", help="do nothing where somebody has changed it since")
    step.add_argument("--idempotency-key", metavar="K", help="that of a call whose answer was lost: it is done once")
    step.add_argument("--headers", action="store_true", help="status and headers too, on the standard error")
    instead = step.add_mutually_exclusive_group()
    instead.add_argument("--curl", action="store_true", help="print the call as a command of curl, and send nothing")
    instead.add_argument("--all", action="store_true", help="every page of a list, one row a line")


def worded(handler: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Tell wrong usage in a sentence (exit code 2), and end quietly where the reader of the answer has gone."""

    @wraps(handler)
    def run(args: argparse.Namespace) -> int:
        try:
            code = handler(args)
            sys.stdout.flush()
        except WrongUsage as wrong:
            print(f"{args.parser.prog}: {printable(str(wrong))}", file=sys.stderr)
            return 2
        except BrokenPipeError:  # `guardia api … | head` has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        return code

    return run


@worded
def list_operations(args: argparse.Namespace) -> int:
    with Connection(address_of(args), language=args.language or "") as connection:
        document = connection.document()
    found = [one for one in document.operations.values() if one.fits(args.words)]
    if not found:
        names = f"no operation has “{' '.join(args.words)}” in its name, path or summary."
        print(f"{args.parser.prog}: {names}{near(' '.join(args.words), document.operations)}", file=sys.stderr)
        return 1
    write_lines(map(printable, lines_of_list(found)))
    return 0


@worded
def show(args: argparse.Namespace) -> int:
    with Connection(address_of(args), language=args.language or "") as connection:
        operation = connection.document().operation(args.operation)
    write_lines(map(printable, lines_of_page(operation)))
    return 0


@worded
def call(args: argparse.Namespace) -> int:
    address = address_of(args)
    key = "" if args.curl else key_of(args)
    with Connection(address, key, args.language or "") as connection:
        operation = connection.document().operation(args.operation)
        request = request_of(operation, args.fields, whole_body(args.json))
        put_headers(request, operation, args)
        if args.curl:
            if args.language:
                request.headers["Accept-Language"] = args.language
            write_lines([curl_of(request, address)])
        elif args.all:
            write_pages(connection, operation, request, with_headers=args.headers)
        else:
            write_answer(operation, sent(connection, request, with_headers=args.headers))
    return 0


def whole_body(written: str | None) -> str | None:
    """The JSON of `--json`, as it was written. Raises WrongUsage."""
    if written is None:
        return None
    try:
        content = sys.stdin.buffer.read() if written == STDIN else Path(written).read_bytes()
        text = content.decode("utf-8-sig")
        json.loads(text)
    except OSError as error:
        raise WrongUsage(f"--json: {written} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise WrongUsage(f"--json: {written} is no JSON: {error}") from error
    return text


def put_headers(request: Request, operation: Operation, args: argparse.Namespace) -> None:
    """Raises WrongUsage for a header that this operation does not take."""
    if args.if_match:
        if "If-Match" not in operation.headers:
            raise WrongUsage(f"--if-match: {operation.name} changes nothing that was read before")
        request.headers["If-Match"] = args.if_match
    if IDEMPOTENCY_KEY in operation.headers:
        request.headers[IDEMPOTENCY_KEY] = args.idempotency_key or str(uuid.uuid4())
    elif args.idempotency_key:
        raise WrongUsage(f"--idempotency-key: {operation.name} takes none")


# --- sending ----------------------------------------------------------------------------------------------------------
def sent(connection: Connection, request: Request, *, with_headers: bool) -> "httpx2.Response":
    """The answer. The key under which a POST may be sent again is written down before it leaves.

    Raises Refused, Unreached, Mistake.
    """
    ready, again = request.for_httpx(), request.headers.get(IDEMPOTENCY_KEY)
    if again:
        words = f"{IDEMPOTENCY_KEY}: {again}. If the answer is lost, send the same with --idempotency-key {again}"
        print(words, file=sys.stderr, flush=True)
    try:
        answer = connection.send(request.method, request.path, **ready)
    except Unreached as lost:
        if not lost.may_be_done or request.method == "GET":
            raise
        remedy = f"send the same with --idempotency-key {again}" if again else "look before you send it again"
        raise Mistake(f"{lost}. Whether it was done is not known: {remedy}") from lost
    if with_headers:
        print(f"{answer.http_version} {answer.status_code} {answer.reason_phrase}", file=sys.stderr)
        for name, value in answer.headers.multi_items():
            print(f"{name}: {printable(value)}", file=sys.stderr)
    return answer


def write_pages(connection: Connection, operation: Operation, request: Request, *, with_headers: bool) -> None:
    """The rows of every page, each on a line of its own. Raises WrongUsage where the operation answers no list."""
    cursor = operation.cursor
    if not cursor:
        raise WrongUsage(f"--all: {operation.name} answers no list")
    limit = operation.fields.get("limit")
    if limit and limit.most and not any(name == "limit" for name, _value in request.query):
        request.query.append(("limit", str(limit.most)))
    here: str | None = None
    while True:
        try:
            page = json_of(sent(connection, request, with_headers=with_headers))
        except Mistake as trouble:
            if here is None:
                raise
            raise Mistake(f"{trouble}\n  The rows until here are whole; go on with {cursor}={here}") from trouble
        write_lines(json_text(row) for row in page.get("items", ()))
        following = page.get("next_cursor")
        if not following or following == here or page.get("has_more") is False:
            break
        here = following
        request.query = [pair for pair in request.query if pair[0] != cursor] + [(cursor, following)]
    if following and "has_more" in page:  # a feed goes on later from where it was read to
        print(f"What comes later: {cursor}={following}", file=sys.stderr)


# --- writing ----------------------------------------------------------------------------------------------------------
def write_answer(operation: Operation, answer: "httpx2.Response") -> None:
    """JSON, indented where a person reads it; a file as it is. Raises Mistake for anything else."""
    if not answer.content:
        return
    media = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    if media == "application/json" or not answers_files(operation, str(answer.status_code)):
        content = json_of(answer)
        indent, marks = (2, (",", ": ")) if sys.stdout.isatty() else (None, (",", ":"))
        write_lines([json_text(content, indent, marks)])
        return
    if sys.stdout.isatty():
        raise Mistake(f"The answer is a file ({media}, {len(answer.content)} bytes): send it to one with > FILE")
    sys.stdout.buffer.write(answer.content)


def json_text(content: Any, indent: int | None = None, marks: tuple[str, str] = (",", ":")) -> str:
    """JSON in which no sign is one that a terminal would obey: those are written as escapes."""
    text = json.dumps(content, ensure_ascii=False, indent=indent, separators=marks)
    return CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def answers_files(operation: Operation, status: str) -> bool:
    """Whether the document says that this status comes with something else than JSON."""
    return any(code == status and media and "json" not in media for code, _words, media in operation.statuses)


def write_lines(lines: Iterator[str] | Sequence[str]) -> None:
    """As UTF-8, whatever the terminal's locale says: JSON has no other form."""
    for line in lines:
        sys.stdout.buffer.write(f"{line}\n".encode(errors="backslashreplace"))
    sys.stdout.flush()
