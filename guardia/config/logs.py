"""The log: how its lines look, what stands in each beside its words, and what is never written into it."""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

# How a line of the log looks: for a person who reads a terminal, or as one JSON object for whatever collects lines.


PLAIN = "%(asctime)s %(levelname)s %(name)s %(message)s"

CONTROL = re.compile("[\\x00-\\x08\\n-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]")
"""What would begin a line that nobody logged, steer a terminal, or turn a line around."""


class Text(logging.Formatter):
    """As before, with what is known of request and step at the end: ``[request=7KQ2M4XP case=1040019]``."""

    def __init__(self) -> None:
        super().__init__(PLAIN)

    def formatMessage(self, record: logging.LogRecord) -> str:
        known = getattr(record, "about", None)
        words = without_persons(record.message)  # while its lines are still lines
        record.message = CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), words)
        line = super().formatMessage(record)
        return f"{line} [{' '.join(f'{name}={value}' for name, value in known.items())}]" if known else line

    def format(self, record: logging.LogRecord) -> str:
        return without_persons(super().format(record))


class Json(logging.Formatter):
    """One object to a line: ``time`` (ISO 8601, UTC), ``level``, ``logger``, ``message``, what is known, trouble."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_persons(record.getMessage()),
            **getattr(record, "about", {}),
        }
        if record.exc_info and record.exc_info[0]:
            line["trouble"] = record.exc_info[0].__name__
            line["traceback"] = without_persons(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


# What a line of the log says beside its words: which request, whose role, which case, which step of the worker.
#
# Set once where a request or a step begins, and read by every line that is written until it ends.


FIELDS = ("request", "route", "role", "case", "step")
_said: ContextVar[Mapping[str, str]] = ContextVar("said")


@contextmanager
def about(**words: object) -> Iterator[None]:
    """Every line written inside says this too; what is empty says nothing. ``words``: names of FIELDS."""
    token = _said.set({**known(), **_cleaned(words)})
    try:
        yield
    finally:
        _said.reset(token)


def tell(**words: object) -> None:
    """The same from now on, until the ``about`` that stands around it ends."""
    _said.set({**known(), **_cleaned(words)})


def known() -> Mapping[str, str]:
    """All that is known here, by field."""
    return _said.get({})


def context_value(field: str) -> str:
    """What is known here of this field; empty where nothing is."""
    return known().get(field, "")


def _cleaned(words: Mapping[str, object]) -> dict[str, str]:
    if unknown := set(words) - set(FIELDS):
        raise ValueError(f"a line of the log has no field {', '.join(sorted(unknown))}")
    return {name: str(value) for name, value in words.items() if value not in (None, "")}


class WithContext(logging.Filter):
    """Hangs what is known on the line when it is written, in the thread that writes it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.about = dict(known())
        return True


# What is written into the log names no secret and no person: tokens, mail addresses and numbers are left out.
#
# Names of persons are never given to the log in the first place: it names rows by their ids.


SIGNED_ADDRESSES = (
    *(
        "telefonia",
        "api/v1/cti",
        "api/v1/tests",
        "api/alertas",
        "api/terceros",
        "ajustes/textos/html",
        "campo/(?:v|estado|envios|fotos)",
        "entrar/enlace",
    ),
    *("c/caso", "c/informe", "c/no-es-asi", "c/quien-responde", "c/trabajo", "escalar", "responder"),
    *("mi-empresa/codigo", "mi-empresa/con", "mi-empresa/confirmar"),
)
TOKEN = re.compile(rf"(/(?:{'|'.join(SIGNED_ADDRESSES)})/)[^\s/?'\"]+")

KEY = re.compile(r"([?&](?:clave|state|code|SAMLResponse|RelayState)=)[^\s&'\"]+")
"""In the question of an address: the key of the first steps, and what a directory sends back."""

MAIL = re.compile(r"[^\s<>\"'(),;:=@]+@(?=[\w-]+\.[\w.-]+)")
NUMBER = re.compile(r"(?<![\w.:])(?:\+\d[\d -]{6,}\d|0\d{8,9})(?![\w.])")
DETAIL = re.compile(r"^(DETAIL|CONTEXT): .*$", re.MULTILINE)
"""PostgreSQL repeats the values of a row that breaks a constraint."""


def without_persons(text: str) -> str:
    """The text without the part of a mail address before its @, without telephone numbers, without a row's values."""
    return NUMBER.sub("…", MAIL.sub("…@", DETAIL.sub(r"\1: …", without_secrets(text))))


def without_secrets(text: str) -> str:
    return KEY.sub(r"\1…", TOKEN.sub(r"\1…", text))


class WithoutTokens(logging.Filter):
    """Django names the address of a request that went wrong; whoever reads the log could speak for the exchange, or for
    a contact."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        without = without_secrets(said)
        if without != said:
            record.msg, record.args = without, None
        return True
