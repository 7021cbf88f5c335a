"""Reads the YAML of a procedure file, plainly: no aliases, tags or second documents, and knows the line of each key."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext
from ruamel.yaml import YAML, YAMLError
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    NodeEvent,
)

from guardia.procedure.problems import Problem, ProcedureFileRefused

LARGEST = 512 * 1024
DEEPEST = 16
TAB = re.compile(r"^[ ]*\t", re.MULTILINE)


def read_text(path: Path) -> str:
    """The text of a file. Raises ProcedureFileRefused when it is not UTF-8, OSError when it cannot be read."""
    with path.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content[: wrong.start].count(b"\n") + 1
        raise refused(path.name, line, gettext("The text is not UTF-8"), gettext("Save the file as UTF-8")) from wrong


class Document:
    """The content of a file in plain values, and where each of its keys stands."""

    def __init__(self, text: str, file: str) -> None:
        """Raises ProcedureFileRefused when the text is no plain YAML."""
        self.file = file
        self.written = self.read(text)
        self.content = plain(self.written)

    def read(self, text: str) -> Any:
        self.check(text)
        try:
            return YAML(typ="rt").load(text)
        except DuplicateKeyError as twice:
            line = line_of(twice)
            raise refused(
                self.file, line, gettext("A key stands here twice"), gettext("Delete one of the two")
            ) from twice
        except (YAMLError, ValueError, OverflowError) as wrong:
            raise self.not_yaml(wrong) from wrong

    def check(self, text: str) -> None:
        if len(text.encode()) > LARGEST:
            raise refused(
                self.file, 1, gettext("The file is larger than 512 KB"), gettext("A procedure is a few pages of text")
            )
        if tab := TAB.search(text):
            line = text.count("\n", 0, tab.end()) + 1
            raise refused(self.file, line, gettext("The line is indented with a tab"), gettext("Use spaces"))
        try:
            self.check_events(YAML(typ="rt").parse(text))
        except YAMLError as wrong:
            raise self.not_yaml(wrong) from wrong

    def check_events(self, events: Iterator[Any]) -> None:
        """Before anything is built: an alias could make ten lines grow into a billion."""
        depth = documents = 0
        for event in events:
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            documents += isinstance(event, DocumentStartEvent)
            line = event.start_mark.line + 1
            if isinstance(event, NodeEvent) and (isinstance(event, AliasEvent) or event.anchor):
                raise refused(self.file, line, gettext("Anchors and aliases are not read"), gettext("Write it out"))
            if getattr(event, "ctag", None):
                raise refused(self.file, line, gettext("Tags are not read"), gettext("Write the value alone"))
            if depth > DEEPEST:
                raise refused(self.file, line, gettext("The file is nested too deeply"), gettext("Take levels out"))
            if documents > 1:
                raise refused(self.file, line, gettext("A second document begins"), gettext("Write one per file"))

    def not_yaml(self, wrong: Exception) -> ProcedureFileRefused:
        said = getattr(wrong, "problem", None) or str(wrong).splitlines()[0]
        return refused(
            self.file,
            line_of(wrong),
            gettext("This is not YAML (%s)") % said,
            gettext("Check indentation, colons and quotes of this line and of the one above"),
        )

    def line(self, path: tuple[int | str, ...]) -> int:
        """The line of the deepest part of the path that stands in the file; 1 for the file as a whole."""
        here, line = self.written, 1
        for step in path:
            if isinstance(here, CommentedMap) and step in here:
                line = here.lc.key(step)[0] + 1
            elif isinstance(here, CommentedSeq) and isinstance(step, int) and step < len(here):
                line = here.lc.item(step)[0] + 1
            else:
                continue
            here = here[step]
        return line


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def line_of(wrong: Exception) -> int:
    mark = wrong.problem_mark if isinstance(wrong, MarkedYAMLError) else None
    return mark.line + 1 if mark else 1


def refused(file: str, line: int, message: str, remedy: str) -> ProcedureFileRefused:
    return ProcedureFileRefused([Problem(file, line, "yaml", message, remedy)])
