"""Two people on one case: an act that was prepared before something changed comes back with what changed."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.case_log import events_since
from guardia.cases.event import CaseEvent
from guardia.cases.refusals import NotInThisStage, Refused
from guardia.events.kinds import KINDS
from guardia.people.actor import ActorKind
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.case_page.log import LogLine, lines_of


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an act came back: the rule's own sentence, what changed, and what to do."""

    sentence: str
    remedy: str = ""
    changes: list[LogLine] = field(default_factory=list)
    status: int = 409


def changed_since(case: Case, seen: str, staff: Staff, at: datetime) -> Refusal | None:
    """What others did since the form was shown (``seen`` is the number of its last event); None if nothing."""
    if not (seen.isascii() and seen.isdigit() and len(seen) < 10) or int(seen) >= case.seq:
        return None
    others = [event for event in events_since(case, int(seen)) if matters(event, staff)]
    if not others:
        return None
    return Refusal(
        sentence=_("This case changed while you were writing. Nothing was sent; what you typed is here."),
        remedy=_("Look at what is new, correct what needs it, and send it again."),
        changes=lines_of(others, at),
    )


def matters(event: CaseEvent, staff: Staff) -> bool:
    mine = event.actor_kind == ActorKind.STAFF and event.actor_id == staff.pk
    return not mine and event.actor_kind != ActorKind.SYSTEM and KINDS[Moment(event.moment)].disturbs


def refusal_of(refused: Refused) -> Refusal:
    """The rule's own sentence, with its clause."""
    if isinstance(refused, NotInThisStage):
        remedy = _("Open the case again to see what it asks for now; what you typed stays as a draft.")
        return Refusal(str(refused), remedy)
    return Refusal(str(refused))
