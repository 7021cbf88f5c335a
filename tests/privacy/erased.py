"""A text that is gone, for tests that only read: what the owner erases, no test under the staff's database role may
write.
"""

import pytest

from guardia.cases import chain
from guardia.cases.event import CaseEvent, EventText


def reads_as_erased(patch: pytest.MonkeyPatch, event: CaseEvent, tombstone: int | None = 1) -> None:
    """From now on every text of this event is read as an erased one, by the proof as well, which reads plain rows."""
    read, read_by_the_proof = EventText.from_db, chain._texts_between

    def without(cls, db, names, values, **more):
        text = read(db, names, values, **more)
        if text.event_id == event.pk:
            text.text, text.salt, text.erasure_id = None, None, tombstone
        return text

    def without_of_the_proof(first: int, last: int) -> chain.Texts:
        texts = read_by_the_proof(first, last)
        return texts | {event.pk: dict.fromkeys(texts.get(event.pk, ()), chain.StoredText(None, None))}

    patch.setattr(EventText, "from_db", classmethod(without))
    patch.setattr(chain, "_texts_between", without_of_the_proof)
