"""A text that is gone, for tests that only read: what the owner erases, no test under the staff's database role may
write.
"""

import pytest

from guardia.cases.event import CaseEvent, EventText


def reads_as_erased(patch: pytest.MonkeyPatch, event: CaseEvent, tombstone: int | None = 1) -> None:
    """From now on every text of this event is read as an erased one."""
    read = EventText.from_db

    def without(cls, db, names, values, **more):
        text = read(db, names, values, **more)
        if text.event_id == event.pk:
            text.text, text.salt, text.erasure_id = None, None, tombstone
        return text

    patch.setattr(EventText, "from_db", classmethod(without))
