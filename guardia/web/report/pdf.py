"""The report on paper: A4, tagged (PDF/UA-1), with its history attached. The words are data and never markup."""

import json
import logging
import re
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from guardia.web.report.document import Document

log = logging.getLogger(__name__)

LAYOUT = Path(__file__).with_name("closing.typ")
SHARED = Path(__file__).with_name("head.typ")
"""Stands before each layout: one file is handed to the compiler, which reads no other."""
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufff9-\uffff]")
LONG = re.compile(r"\S{31,}")
BREAKS_AFTER = 30
DRAWING = "svg"
"""What is drawn is no text: no word of it is broken."""

ONE_AT_A_TIME = Lock()
"""The compiler's caches are shared by the process."""

TYPE, HISTORY_TYPE = "application/pdf", "application/json"


def name_of(number: str, kind: str) -> str:
    """``informe-104-273-8.pdf``."""
    return f"informe-{number}.{kind}"


def pdf_of(document: Document, history: bytes, at: datetime) -> bytes:
    """The bytes of the PDF; ``at`` (UTC) is its date. Raises typst.TypstError."""
    report = json.dumps(printable(asdict(document)), ensure_ascii=False)
    inputs = {"report": report, "history": history.decode(), "name": name_of(document.number, "json")}
    with ONE_AT_A_TIME:
        return compiled(inputs, round(at.timestamp()))


def compiled(inputs: dict[str, str], date: int, paper: Path = LAYOUT) -> bytes:
    """By the layout of ``paper``, with the fonts that come with it; where these lack a letter, with the system's;
    at last without the promise that every letter is drawn, which its text keeps all the same.
    """
    import typst

    ways: list[dict[str, Any]] = [
        {"pdf_standards": ["ua-1"], "ignore_system_fonts": True},
        {"pdf_standards": ["ua-1"]},
    ]
    for way in ways:
        try:
            return typst.compile(layout(paper), sys_inputs=inputs, format="pdf", timestamp=date, **way)
        except typst.TypstError as lacking:
            if "could not be displayed" not in str(lacking):
                raise
    log.warning("%s has letters that no font of this machine draws", paper.stem)
    return typst.compile(layout(paper), sys_inputs=inputs, format="pdf", timestamp=date)


@cache
def layout(paper: Path) -> bytes:
    return SHARED.read_bytes() + paper.read_bytes()


def printable(value: Any) -> Any:
    """Without signs that no paper shows, and with places where a word longer than a column may break."""
    if isinstance(value, str):
        return LONG.sub(broken, UNPRINTABLE.sub("", value))
    if isinstance(value, dict):
        return {name: each if name == DRAWING else printable(each) for name, each in value.items()}
    return [printable(each) for each in value] if isinstance(value, list | tuple) else value


def broken(found: re.Match[str]) -> str:
    word = found[0]
    return "\u200b".join(word[start : start + BREAKS_AFTER] for start in range(0, len(word), BREAKS_AFTER))
