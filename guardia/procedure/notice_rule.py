"""What is owed to whom when something happens to a case (P, P2 to P7, W1)."""

from typing import Annotated

from pydantic import Field, StrictBool

from guardia.procedure.contents import NoticeItem, Recipients
from guardia.procedure.texts import ClauseNumber, Part
from guardia.procedure.triggers import Trigger, matches
from guardia.procedure.vocabulary import CaseKind, Topic


class NoticeRule(Part):
    """One notice: the moment that owes it, who is told, and what it must contain."""

    moment: Trigger
    clause: ClauseNumber
    topic: Topic
    applies_to: tuple[CaseKind, ...] = (CaseKind.INCIDENT,)
    recipients: Annotated[tuple[Recipients, ...], Field(min_length=1)]
    must_contain: Annotated[tuple[NoticeItem, ...], Field(min_length=1)]
    decision: StrictBool = False

    def is_for(self, moment: str, variant: str | None) -> bool:
        return matches(self.moment, moment, variant)
