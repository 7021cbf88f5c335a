"""The list of operations, and the page of one of them, as `guardia api` prints them."""

import json
import shlex
from collections.abc import Iterable, Iterator
from textwrap import wrap

from guardia.cli.api_document import BODY, FORM, JSON, PATH, QUERY, Field, Operation
from guardia.cli.api_request import words_of_example

WIDTH = 110
LEAST_PROBLEM = "400"
PLACES = {PATH: "In the path", QUERY: "In the query", BODY: "In the body"}


def lines_of_list(operations: Iterable[Operation]) -> Iterator[str]:
    """Operations by noun, one a line: name, method, path and what it does."""
    found = list(operations)
    longest = max((len(one.name) for one in found), default=0)
    farthest = max((len(one.path) for one in found), default=0)
    nouns: dict[str, list[Operation]] = {}
    for one in found:
        nouns.setdefault(one.noun, []).append(one)
    for noun, ones in nouns.items():
        yield noun
        for one in ones:
            yield f"  {one.name:<{longest}}  {one.method:<6} {one.path:<{farthest}}  {one.summary}"


def lines_of_page(one: Operation) -> Iterator[str]:
    """Everything that somebody needs for a call of this operation."""
    yield f"{one.name}  {one.method} {one.path}"
    yield one.summary
    if one.description:
        yield ""
        yield from paragraph(one.description)
    for place in (PATH, QUERY):
        yield from lines_of_fields(PLACES[place], [each for each in one.parameters if each.place == place])
    for body in one.bodies:
        title = f"{PLACES[BODY]}, {'a form with files' if one.media == FORM else 'JSON'}"
        if len(one.bodies) > 1:
            title += f": {body.title}"
        yield from lines_of_fields(title, body.fields, body.description if len(one.bodies) > 1 else "")
    yield from lines_of_options(one)
    yield from lines_of_example(one)
    yield from lines_of_answers(one)


def paragraph(text: str, indent: str = "") -> Iterator[str]:
    for line in text.strip().splitlines():
        yield from wrap(line, WIDTH, initial_indent=indent, subsequent_indent=indent) or [""]


def lines_of_fields(title: str, fields: Iterable[Field], words: str = "") -> Iterator[str]:
    found = list(fields)
    if not found:
        return
    yield ""
    yield title
    yield from paragraph(words, "  ")
    longest = max(len(one.name) for one in found)
    for one in found:
        kind = one.kind.words + ("; required" if one.is_required else "")
        head = f"  {one.name:<{longest}}  "
        yield from wrap(kind, WIDTH, initial_indent=head, subsequent_indent=" " * len(head))
        yield from paragraph(one.description, " " * len(head))


def lines_of_options(one: Operation) -> Iterator[str]:
    """What the headers of this operation are called on the command line."""
    known = {
        "Idempotency-Key": "--idempotency-key K   the same call sent again is done once; without it one is made up",
        "If-Match": "--if-match ETAG       nothing is done where somebody has changed it since",
        "Accept-Language": "--language CODE       es, en or pt: the language of words",
    }
    options = [words for name, words in known.items() if name in one.headers]
    if one.cursor:
        options.append("--all                 every page, one row a line")
    if options:
        yield ""
        yield "Options"
        yield from (f"  {words}" for words in options)


def lines_of_example(one: Operation) -> Iterator[str]:
    yield ""
    yield "Example"
    if one.example is not None and one.media == JSON:
        yield from (f"  {line}" for line in json.dumps(one.example, ensure_ascii=False, indent=2).splitlines())
    yield f"  {' '.join(('guardia api call', one.name, *map(quoted, words_of_example(one))))}"


def quoted(word: str) -> str:
    """``symptoms='No link'`` rather than ``'symptoms=No link'``; the shell reads both alike."""
    name, _sign, value = word.partition("=")
    return f"{name}={shlex.quote(value) if value else ''}"


def lines_of_answers(one: Operation) -> Iterator[str]:
    """Every status with when it is answered; those of 400 or more are problems (RFC 9457)."""
    yield ""
    yield "Answers"
    for status, words, media in one.statuses:
        kind = f" ({media})" if media and status < LEAST_PROBLEM else ""
        yield from wrap(f"{words}{kind}", WIDTH, initial_indent=f"  {status}  ", subsequent_indent=" " * 7)
