"""One cause behind many cases, and planned work: what the procedure decides of them (P D). All parts have a default, so
that a text written before they existed stays valid.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictBool, StrictInt

from guardia.procedure.durations import RealLength
from guardia.procedure.texts import Part


class TellsSilent(StrEnum):
    """What a customer gets who has not called, when an outage with a service of theirs behind it is declared."""

    CASE = "case"  # a case of its own at once
    NEWS = "news"  # only a letter
    NOTHING = "nothing"


class PileUp(Part):
    """So many cases on one site, or behind one element, within this time propose an outage."""

    cases: Annotated[StrictInt, Field(ge=2, le=99)] = 3
    within: RealLength = timedelta(minutes=15)


class OutageRules(Part):
    """``gather_back``: cases opened up to so long before the declaration join it; ``news_every``: how often at least
    whoever leads it is asked for news.
    """

    tells_silent: TellsSilent = TellsSilent.CASE
    pile_up: PileUp = PileUp()
    gather_back: RealLength = timedelta(minutes=60)
    news_every: RealLength = timedelta(minutes=30)
    sample: StrictBool = True


class OnOverrun(StrEnum):
    """What is made of planned work that is not over at the end of its window."""

    PROPOSE = "propose"  # an outage is proposed to the desk
    DECLARE = "declare"  # an outage over its services, felt since the end of the window


class PlannedWorkRules(Part):
    """``notice``: so long before the start the companies must have been told; ``again``: and told once more."""

    notice: RealLength = timedelta(days=3)
    again: RealLength = timedelta(hours=24)
    on_overrun: OnOverrun = OnOverrun.PROPOSE
    sample: StrictBool = True
