"""The versions of a text, the newest first, each with what it changed, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from guardia.notices.own_wording import OwnWording
from guardia.notices.own_words import Event
from guardia.notices.own_words_editing import versions_of
from guardia.notices.own_words_fitting import FIELDS
from guardia.notices.wording.own_news import Words
from guardia.procedure.schema import Procedure
from guardia.web.desk.settings.wording_form import words_of

PIECE = re.compile(r"\s+|\{[^{}]*\}|\w+|.", re.DOTALL)
SHOWN = 20
Pieces = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Version:
    """``changed``: by field, its pieces: ``same``, ``gone`` or ``new``."""

    wording: OwnWording
    is_newest: bool
    changed: tuple[tuple[str, Pieces], ...]


def shown_versions(event: Event, language: str, procedure: Procedure) -> list[Version]:
    """The latest versions; the oldest of all against Guardia's own text."""
    found: list[OwnWording | None] = list(versions_of(*event, language)[: SHOWN + 1])
    if len(found) <= SHOWN:
        found.append(None)
    texts = [words_of(one, event, language, procedure) for one in found]
    pairs = zip(pairwise(found), pairwise(texts), strict=True)
    return [
        Version(new, place == 0, tuple(differences(before, after)))
        for place, ((new, _old), (after, before)) in enumerate(pairs)
        if new
    ]


def differences(before: Words, after: Words) -> Iterator[tuple[str, Pieces]]:
    for name, label in FIELDS.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield str(label), pieces(old, new)


def pieces(old: str, new: str) -> Pieces:
    """What went, what came, what stayed, in reading order."""
    before, after = PIECE.findall(old), PIECE.findall(new)
    found: list[tuple[str, str]] = []
    for _kind, start, end, begin, stop in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, came = "".join(before[start:end]), "".join(after[begin:stop])
        if _kind == "equal":
            found.append(("same", gone))
            continue
        found += [(kind, text) for kind, text in (("gone", gone), ("new", came)) if text]
    return tuple(found)
