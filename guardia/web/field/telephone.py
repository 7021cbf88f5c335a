"""Whose telephone this is, and which visits it may see: those of its own crews and no others."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest

from guardia.cases import visit_link
from guardia.cases.event import crews_sent
from guardia.field.crew import Crew
from guardia.field.crews import crew_of_id, crews_ever_of, crews_of
from guardia.field.visit import Visit, agreed_visits_of, visit_of_id
from guardia.intake.field_arrivals import Sender
from guardia.people.policy import Right, may
from guardia.people.staff import Staff

AFTERWARDS = timedelta(hours=12)
"""So long a visit that is over stays on the page: parts, signature and photographs may still be owed."""
MOST = 30


@dataclass(frozen=True)
class Phone:
    """Who holds the page: ``owner`` names the person or the link in the telephone's own queue; ``token``: by link."""

    owner: str
    crews: tuple[Crew, ...]
    staff: Staff | None = None
    token: str = ""
    visit_id: int | None = None
    may_send: bool = True

    @property
    def sender(self) -> Sender:
        ids = frozenset(crew.pk for crew in self.crews)
        names = " · ".join(crew.name for crew in self.crews)
        return Sender(self.staff.name if self.staff else names, ids, self.staff)

    @property
    def name(self) -> str:
        return ", ".join(crew.name for crew in self.crews)


def of_staff(staff: Staff, asked: str = "") -> Phone:
    """The technician's own crews; of who handles cases, the crew that was asked for, to look at only.

    Raises PermissionDenied.
    """
    if not may(staff, Right.SEE_FIELD):
        raise PermissionDenied
    if may(staff, Right.WORK_IN_FIELD):
        return Phone(f"s{staff.pk}", crews_of(staff), staff)
    chosen = crew_of_id(int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
    return Phone(f"s{staff.pk}", (chosen,) if chosen else (), staff, may_send=False)


def of_link(token: str, at: datetime) -> Phone:
    """The crew that a link names, while its visit is good. Raises LinkHasExpired, LinkIsInvalid."""
    names = visit_link.read(token)
    visit, crew = visit_of_id(names.visit), crew_of_id(names.crew)
    if visit is None or crew is None:
        raise visit_link.signed.LinkIsInvalid
    visit_link.must_be_good(visit, at)
    return Phone(f"v{visit.pk}-{crew.pk}", (crew,), token=token, visit_id=visit.pk)


def visits_of(phone: Phone, at: datetime) -> QuerySet[Visit]:
    """Those that were agreed and are open, or have been over for less than half a day; first what comes first."""
    return agreed_visits_of(phone.crews, at - AFTERWARDS, phone.visit_id)


def visit_shown(phone: Phone, visit_id: int, at: datetime) -> Visit | None:
    """The visit of this id, if it is among those."""
    if phone.visit_id and phone.visit_id != visit_id:
        return None
    return agreed_visits_of(phone.crews, at - AFTERWARDS, visit_id).first()


def sendable(phone: Phone, visit_id: int, *, formerly: bool = True) -> Visit | None:
    """The visit this telephone may send about: of its crews now, or of its crews before it was handed over, or before
    its person left them (``formerly``). What acts come of the latter two are kept for the desk, and not done.
    """
    visit = visit_of_id(visit_id)
    if visit is None or (phone.visit_id and phone.visit_id != visit.pk):
        return None
    theirs = phone.sender.crews | (crews_ever_of(phone.staff) if formerly and phone.staff else frozenset())
    if visit.crew_id in theirs or (phone.visit_id and formerly):
        return visit
    if not formerly:
        return None  # also by a link that names the crew of before
    return visit if crews_sent(visit.case_id, visit.pk) & theirs else None


def owner_now(request: HttpRequest) -> Staff | None:
    user = request.user
    return user if isinstance(user, Staff) and user.is_active else None
