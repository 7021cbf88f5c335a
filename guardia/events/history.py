"""How an event is bound to all that was written before it in its case: the exact text, and the hashes over it.

The text of an event is JSON with its keys in order, hours in UTC, and prose as a salted SHA-256 alone, so that prose
can be erased and the history stays whole. There are two formats; an event of the second says so in its text.

1. ``hash = SHA-256(previous ‖ text)``. A case that was begun by it is ended by it.
2. ``hash = SHA-256(previous ‖ mark ‖ SHA-256(text))``: whoever may not read the text of an event can still prove by its
   content hash that it stands between the others, and by its mark that it need not be shown. The text also says whether
   the customer may see the event (``public``), whether a figure of the report turns on it (``counted``), whose case it
   is, and, in the first event, the SHA-256 of the procedure that the case promises.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

FORMAT = 2
"""Of the cases that are opened now."""

INTERNAL, PUBLIC, COUNTED = 0, 1, 2
"""The mark of an event, one byte of what is hashed: nobody can show a public event as if it were an internal one.
COUNTED is an internal event by which a figure of the report is computed, so that its text is shown, without its prose.
"""
SALT = 16
"""So many bytes of chance are hashed before each text. Of another length, a part of the words could be passed off as
salt: what is hashed would be the same.
"""
SHOWN = 32
"""So many hexadecimal digits of a hash stand in a letter: 128 bits, of which nobody finds a second text."""


def canonical_text(event: Mapping[str, Any], texts: Sequence[tuple[str, bytes, str]]) -> str:
    """The exact text that is hashed and stored. ``texts``: name, salt and words of each prose of the event."""
    digests = {name: text_digest(salt, text) for name, salt, text in texts}
    return json.dumps({**event, "texts": digests}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def stamp(at: datetime) -> str:
    """The hour as it is hashed: ISO 8601 in UTC, with its microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def text_digest(salt: bytes, text: str) -> str:
    """What stands for a text in its event; ``salt`` is SALT bytes."""
    return sha256(salt + text.encode()).hexdigest()


def content_hash(canonical: str) -> bytes:
    """What stands for the text of an event where the text itself is not shown."""
    return sha256(canonical.encode()).digest()


def mark_in(text: Mapping[str, Any]) -> int:
    """The mark of an event of the second format, as its text says."""
    return PUBLIC if text["public"] else COUNTED if text.get("counted") else INTERNAL


def chained(previous: bytes, canonical: str) -> bytes:
    """The hash of an event after ``previous``, that of the event before (empty before the first), by its own format.

    Raises ValueError for what is no text of an event, or of a format that is not known here.
    """
    return chained_text(previous, canonical, json.loads(canonical))


def chained_text(previous: bytes, canonical: str, text: Mapping[str, Any]) -> bytes:
    """The same where ``text``, what the canonical text says, was read already."""
    if format_in(text) == 1:
        return sha256(previous + canonical.encode()).digest()
    return chained_content(previous, mark_in(text), content_hash(canonical))


def chained_content(previous: bytes, mark: int, content: bytes) -> bytes:
    """The hash of an event of the second format by its mark and its content hash alone."""
    return sha256(previous + bytes([mark]) + content).digest()


def format_of(canonical: str) -> int:
    """The format that an event's text names. Raises ValueError for one that is not known here, or that is no object."""
    return format_in(json.loads(canonical))


def format_in(said: object) -> int:
    """The same of an event's text that was read already."""
    found = said.get("format", 1) if isinstance(said, dict) else None
    if found not in (1, FORMAT):
        raise ValueError(f"no format {found!r} of a history is known")
    return int(found)
