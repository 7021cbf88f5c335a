"""Many cases become part of one common cause: an outage that is under way."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, gettext_lazy

from guardia.cases import bulk_deeds
from guardia.cases.bulk_deeds import Deed, Facts, Turn
from guardia.cases.refusals import Refused
from guardia.outages import holding, members, outage_rows
from guardia.outages.outage import Outage


class NoSuchOutage(Refused):
    clause = "P"
    field = "outage"
    template = gettext_lazy("There is no such outage. Choose one that is under way.")


def named(number: int) -> Outage:
    """The outage of this number. Raises NoSuchOutage."""
    found = outage_rows.outage_of(number)
    if found is None:
        raise NoSuchOutage()
    return found


def hold(typed: Mapping[str, Any]) -> None:
    """The outage is held before its cases, as everywhere. Raises NoSuchOutage, NotDeclaredYet, OutageIsOver."""
    holding.active(named(typed["outage"]))


def join(turn: Turn) -> Facts:
    """The case is part of the outage (P D). Raises PartOfAnother, NotAnIncident, CaseIsClosed."""
    members.join(named(turn.typed["outage"]), [turn.case], by=turn.by, at=turn.at)
    return {"outage": turn.typed["outage"]}


def leave(turn: Turn, was: Facts) -> None:
    """The case goes on by itself, as if it had never been part of it."""
    why = gettext("Undone at once: it had been linked together with other cases by mistake.")
    members.leave(named(was["outage"]), [turn.case], why, by=turn.by, at=turn.at, variant="mistaken")


DEEDS = {**bulk_deeds.DEEDS, "cause": Deed("cause", join, leave, hold=hold)}
"""All that can be done to many cases at once, by the code of the act."""
