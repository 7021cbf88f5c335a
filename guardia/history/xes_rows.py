"""The events of an event log in XES (IEEE 1849)."""

from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from django.utils.translation import gettext as _

from guardia.customers.importing.table_file import WrongFile

A_PART = 1 << 16


def xes_rows(stream: BinaryIO) -> Iterator[dict[str, str]]:
    """An event each, with the attributes of its trace under ``case:``, as process mining names them; a trace without
    events is one row, and an event outside of a trace has no attributes of one. Raises WrongFile.
    """
    log = _Log()
    try:
        while part := stream.read(A_PART):
            log.parser.Parse(part, False)
            yield from log.take()
        log.parser.Parse(b"", True)
        yield from log.take()
    except expat.ExpatError as wrong:
        words = _("This XML cannot be read from line %(line)d on (%(reason)s). Export the event log again, as XES.")
        raise WrongFile(words % {"line": wrong.lineno, "reason": expat.ErrorString(wrong.code)}) from wrong
    if not log.found:
        raise WrongFile(_("This XML has no trace: it is no event log in XES."))


class _Log:
    """What was read of the log. Attributes of attributes, lists and the log's own attributes are none of an event's."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.path: list[str] = []
        self.trace: dict[str, str] = {}
        self.events: list[dict[str, str]] = []
        self.rows: list[dict[str, str]] = []
        self.found = 0

    def take(self) -> list[dict[str, str]]:
        """The rows that are whole by now, each once."""
        rows, self.rows = self.rows, []
        self.found += len(rows)
        return rows

    def refuse(self, *declaration: object) -> None:
        """An event log has no document type. One that has may name entities that unpack to more than fits."""
        raise WrongFile(
            _("This XML declares a document type (DOCTYPE), which no event log has. Export it again, as XES.")
        )

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        parent = self.path[-1] if self.path else ""
        self.path.append(name)
        if name == "trace":
            self.trace, self.events = {}, []
        elif name == "event":
            self.events.append({})
        elif (key := attributes.get("key")) and "value" in attributes:
            if parent == "event":
                self.events[-1][key] = attributes["value"]
            elif parent == "trace":
                self.trace[f"case:{key}"] = attributes["value"]

    def end(self, tag: str) -> None:
        name = self.path.pop()
        if name == "trace":
            self.rows += [self.trace | event for event in self.events or [{}]]
            self.events = []
        elif name == "event" and "trace" not in self.path:
            self.rows.append(self.events.pop())
