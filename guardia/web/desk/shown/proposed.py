"""What the words of a report propose of impact and hour, as the desk sees it: one key takes it, nothing else does."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.impact_said import proposed
from guardia.cases.words import IMPACT_NAMES, SAID_IMPACT_NAMES
from guardia.procedure.vocabulary import Impact
from guardia.web.desk.shown.clock import desk_zone, hour
from guardia.web.shared import about


@dataclass(frozen=True, slots=True)
class ProposedShown:
    """``since`` is written as a form reads it; each is empty where nothing is proposed of it."""

    words: str
    impact: str
    since: str


@dataclass(frozen=True, slots=True)
class ImpactMissing:
    """A case without its impact: what its words propose, and all that can be said."""

    proposed: ProposedShown | None
    choices: list


def proposed_shown(
    symptoms: str, said_at: datetime, at: datetime, *, impact: str = "", since: str = ""
) -> ProposedShown | None:
    """What these words, said at ``said_at``, propose of what is still open: ``impact`` and ``since`` are what the form
    says already. None where they propose nothing more.
    """
    found = proposed(symptoms, said_at, desk_zone())
    felt = found.impact if found.impact and not impact else None
    hour_said = found.since if found.since and not since.strip() else None
    if felt is None and hour_said is None:
        return None
    of_the_word = _("%(impact)s (“%(word)s”)") % {"impact": IMPACT_NAMES[felt], "word": found.words} if felt else ""
    of_the_hour = _("since %(hour)s") % {"hour": hour(hour_said, at)} if hour_said else ""
    return ProposedShown(
        words=about.joined(of_the_word, of_the_hour),
        impact=felt.value if felt else "",
        since=localtime(hour_said, desk_zone()).strftime("%d/%m/%Y %H:%M") if hour_said else "",
    )


def impact_missing(case: Case, at: datetime) -> ImpactMissing | None:
    """None where the case says how the service is, is over, or is no incident."""
    if case.impact != Impact.REPORTED or not case.is_open or about.is_request(case):
        return None
    shown = proposed_shown(case.symptoms, case.opened_at, at)
    # Without an impact the words do not complete it: the hour alone is corrected with the details.
    return ImpactMissing(shown if shown and shown.impact else None, SAID_IMPACT_NAMES)
