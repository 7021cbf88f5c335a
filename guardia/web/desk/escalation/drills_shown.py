"""The last drills: who was asked, by which ways, and who has answered."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from guardia.cases import drills
from guardia.escalation.alarm import Alarm
from guardia.escalation.proof import Proof
from guardia.notices.notice import Notice
from guardia.web.desk.escalation import reading
from guardia.web.desk.shown.clock import hour
from guardia.web.desk.shown.pages import ways_words

MOST = 5


@dataclass(frozen=True, slots=True)
class DrillShown:
    name: str
    since: str
    words: str
    ways: str
    answered: bool
    is_over: bool


def last_drills(at: datetime) -> list[DrillShown]:
    last = Alarm.objects.filter(kind=drills.KIND).order_by("-pk").values_list("pk", flat=True)[:MOST]
    pages = reading.drill_pages(last)
    proofs = drills.answers(pages)
    return [drill_shown(page, proofs.get(page.pk), at) for page in pages]


def drill_shown(page: Notice, proof: Proof | None, at: datetime) -> DrillShown:
    alarm = page.alarm
    began = alarm.began_at if alarm else page.owed_at
    over = (alarm is not None and alarm.ended_at is not None) or at - began >= drills.LASTS
    if proof:
        words = _("answered at %(hour)s") % {"hour": hour(proof.at, at)}
    else:
        words = _("did not answer") if over else _("waits until %(hour)s") % {"hour": hour(began + drills.LASTS, at)}
    return DrillShown(
        name=page.staff.name if page.staff else "",
        since=hour(began, at),
        words=words,
        ways=ways_words(page.deliveries.all(), at),
        answered=proof is not None,
        is_over=over,
    )
