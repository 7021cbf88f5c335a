"""Handing a case over, with its undo: nobody outside has been told of it."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.people.actor import Actor
from guardia.people.staff import Staff
from guardia.web.desk.entry import DeskRequest
from guardia.web.desk.page import Undo, say


def hand_to(request: DeskRequest, case: Case, to: Staff, at: datetime) -> None:
    """Assign and say so; the toast gives it back to whoever had it. Raises CaseIsClosed."""
    before = case.assigned
    case.assign(to, by=Actor.of_staff(request.user), at=at)
    say(request, assigned_words(request, case, to), undo=undo_of(case, before, to))


def assigned_words(request: DeskRequest, case: Case, to: Staff) -> str:
    if to == request.user:
        return _("%(number)s is yours.") % {"number": case.display_number}
    return _("%(number)s was handed to %(who)s.") % {"number": case.display_number, "who": to.name}


def undo_of(case: Case, before: Staff | None, to: Staff) -> Undo | None:
    """None where nobody had the case before: a case is never left without anybody."""
    if before is None or before == to:
        return None
    return Undo(reverse("act", args=[case.number, "asignar"]), "to", str(before.pk))
