"""How far a site is, and what may stop a clock (P4.1 to P4.3, W1)."""

from typing import Annotated

from pydantic import Field

from guardia.procedure.contents import BandNeed, WaitProof
from guardia.procedure.texts import ClauseNumber, Part, Text
from guardia.procedure.vocabulary import Band, Condition, WaitCause


class BandRule(Part):
    """One band of distance. Which city is of which band is live data; the hours stand in the clock of the travel."""

    band: Band
    clause: ClauseNumber
    name: Text
    promise: Text
    conditions: tuple[Condition, ...] = ()
    needs: tuple[BandNeed, ...] = ()


class WaitRule(Part):
    """One cause for which a clock may stop, and what each such wait must say."""

    cause: WaitCause
    clause: ClauseNumber
    name: Text
    examples: Text
    must_say: Annotated[tuple[WaitProof, ...], Field(min_length=1)]
