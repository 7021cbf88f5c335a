"""How often a quick answer was sent: counted where its words stand in what was written, never where it was inserted."""

from collections.abc import Sequence
from datetime import datetime

from guardia.cases.case import Case
from guardia.cases.verbs import Event
from guardia.customers.values import fold
from guardia.notices.wording.placeholders import PLACE
from guardia.quick_answers.filling import by_number
from guardia.quick_answers.quick_answer import QuickAnswer, QuickAnswerUse

MOST_AT_ONCE = 20
SHORTEST = 12
"""So many letters between two placeholders tell that the words are those of the answer."""


def numbers_in(written: str) -> list[int]:
    """The numbers of the answers that a form says were inserted: ``3,7``. What is no number is left out."""
    parts = [part.strip() for part in written.split(",")[:MOST_AT_ONCE]]
    return list(dict.fromkeys(int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 9))


def count_sent(case: Case, event: Event | None, text: str, numbers: Sequence[int], at: datetime) -> int:
    """Count the answers of these numbers whose words stand in the ``text`` that this event of the case says.

    Returns how many. An event that is said twice counts once.
    """
    if event is None or not numbers:
        return 0
    sent = [answer for answer in by_number(numbers).values() if stands_in(answer, text)]
    for answer in sent:
        QuickAnswerUse.objects.get_or_create(answer=answer, event_id=event.pk, defaults={"at": at})
    return len(sent)


def stands_in(answer: QuickAnswer, text: str) -> bool:
    """Whether a piece of the answer between its placeholders stands in the text, in any of its languages.

    A short answer has no long piece: then all of its pieces must stand there.
    """
    written = fold(" ".join(text.split()))
    editions = answer.newest.texts.values() if answer.newest else ()
    return any(has_piece(written, one.get("text", "")) for one in editions)


def has_piece(written: str, text: str) -> bool:
    pieces = [piece for part in PLACE.split(text)[::2] if (piece := fold(" ".join(part.split())).strip(" .,;:"))]
    long = [sentence for piece in pieces for sentence in piece.split(". ") if len(sentence) >= SHORTEST]
    return any(piece in written for piece in long) if long else bool(pieces) and all(one in written for one in pieces)
