"""Reads the YAML of a procedure file, plainly: no aliases, tags or second documents, and knows the line of each key."""

import re
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext, gettext_noop
from yaml import CollectionEndEvent, CollectionStartEvent, MappingNode, Node, NodeEvent, ScalarNode, SequenceNode

from guardia.procedure.problems import Problem, ProcedureFileRefused

type Step = int | str

LARGEST = 512 * 1024
DEEPEST = 16
TOO_DEEP = (gettext_noop("The file is nested too deeply"), gettext_noop("Remove levels"))
OF_THE_PARSER_TOO_DEEP = "exceeded maximum nesting depth"
"""It looks ahead in a line, so that it may meet its own bound (a thousand) before ours."""
TAB = re.compile(r"^[ ]*\t", re.MULTILINE)
UNFIT = re.compile("[\\x00\\ud800-\\udfff]")
"""What YAML can name by an escape, and no database or file of text takes."""
YES_OR_NO = {"true": True, "false": False}
PLAIN_KINDS = ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")
PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in PLAIN_KINDS}


def composed(text: str) -> Node | None:
    """The nodes of a YAML text, by the parser in C: 5 ms for a procedure. Raises YAMLError."""
    return yaml.compose(text, yaml.CSafeLoader)


def read_text(path: Path) -> str:
    """The text of a file. Raises ProcedureFileRefused when it is not UTF-8, OSError when it cannot be read."""
    with path.open("rb") as stream:
        return decoded(stream.read(LARGEST + 1), str(path))


def decoded(content: bytes, file: str) -> str:
    """The text of these bytes. Raises ProcedureFileRefused when they are not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content[: wrong.start].count(b"\n") + 1
        raise refused(file, line, gettext("The text is not UTF-8"), gettext("Save the file as UTF-8")) from wrong


class Document:
    """The content of a file in plain values, and where each of its keys stands."""

    def __init__(self, text: str, file: str) -> None:
        """Raises ProcedureFileRefused when the text is no plain YAML."""
        self.file = file
        self.lines: dict[tuple[Step, ...], int] = {}
        self.check_text(text)
        try:
            self.check_events(text)
            node = composed(text)
        except yaml.YAMLError as wrong:
            raise self.not_yaml(wrong, text) from wrong
        self.content = self.plain(node, ()) if node else None

    def line(self, path: tuple[Step, ...]) -> int:
        """The line of the deepest part of the path that stands in the file; 1 for the file as a whole."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def check_text(self, text: str) -> None:
        if len(text.encode()) > LARGEST:
            self.refuse(1, gettext("The file is larger than 512 KB"), gettext("A procedure is a few pages of text"))
        if tab := TAB.search(text):
            line = text.count("\n", 0, tab.end()) + 1
            self.refuse(line, gettext("The line is indented with a tab"), gettext("Use spaces"))

    def check_events(self, text: str) -> None:
        """What no node says, or says too late: anchors, and a depth that would be too much to build.

        An alias is refused where its anchor stands: ten lines could grow into a billion.
        """
        depth = 0
        for event in yaml.parse(text, yaml.CSafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else 1
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if isinstance(event, NodeEvent) and event.anchor:
                self.refuse(line, gettext("Anchors and aliases are not supported"), gettext("Write it out"))
            if depth > DEEPEST:
                self.refuse(line, *map(gettext, TOO_DEEP))

    def plain(self, node: Node, path: tuple[Step, ...]) -> Any:
        """The value of a node."""
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if node.tag not in PLAIN_TAGS:
            self.refuse(line, gettext("Tags are not read"), gettext("Write only the value"))
        if isinstance(node, MappingNode):
            return self.plain_keys(node, path)
        if isinstance(node, SequenceNode):
            return [self.plain(item, (*path, place)) for place, item in enumerate(node.value)]
        return self.plain_value(node)

    def plain_keys(self, node: MappingNode, path: tuple[Step, ...]) -> dict[Step, Any]:
        values: dict[Step, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = self.plain_value(key_node) if isinstance(key_node, ScalarNode) else None
            if not isinstance(key, int | str) or isinstance(key, bool):
                self.refuse(line, gettext("A key is not a word"), gettext("Write a word before the colon"))
            elif key in values:
                self.refuse(line, gettext("“%s” appears here twice") % key, gettext("Delete one of the two"))
            else:
                self.lines[(*path, key)] = line
                values[key] = self.plain(value_node, (*path, key))
        return values

    def plain_value(self, node: Node) -> Any:
        """Text, whole number, true, false or nothing. A fraction or a date stays as it was written."""
        kind, written = str(node.tag).rpartition(":")[2], node.value
        if UNFIT.search(written):
            line = node.start_mark.line + 1
            self.refuse(
                line,
                gettext("A character here is not a letter"),
                gettext("Write the letter itself, without \\u or \\0"),
            )
        if kind == "bool":
            return YES_OR_NO.get(written.lower(), written)
        if kind == "int" and len(written) < 19 and written.lstrip("+-").isdecimal():
            return int(written)
        return None if kind == "null" else written

    def not_yaml(self, wrong: yaml.YAMLError, text: str) -> ProcedureFileRefused:
        mark = getattr(wrong, "problem_mark", None)
        line = min(mark.line, text.count("\n")) + 1 if mark else 1  # what ends too early is found behind the last line
        said = getattr(wrong, "problem", None) or (str(wrong).splitlines() or [""])[0]
        if said == OF_THE_PARSER_TOO_DEEP:
            return refused(self.file, 1, *map(gettext, TOO_DEEP))
        remedy = gettext("Check indentation, colons and quotes of this line and of the one above")
        return refused(self.file, line, gettext("This is not YAML (%s)") % said, remedy)

    def refuse(self, line: int, message: str, remedy: str) -> None:
        raise refused(self.file, line, message, remedy)


def refused(file: str, line: int, message: str, remedy: str) -> ProcedureFileRefused:
    return ProcedureFileRefused([Problem(file, line, "yaml", message, remedy)])
