"""Which resolver group has a case, and what is left of its internal target: for the bench and the page of a case."""

from datetime import datetime

from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.resolver_group import GroupHold
from guardia.web.desk.clock import stood


def group_words(case: Case, at: datetime) -> str:
    """``Transport: 25 min left``, or that it is past its target; empty where the desk has the case."""
    holds: list[GroupHold] = getattr(case, "open_holds", [])
    if not holds or not case.is_open:
        return ""
    return words_of(holds[0], at)


def words_of(hold: GroupHold, at: datetime) -> str:
    named = {"group": hold.group.name}
    if hold.due_at is None:
        return _("%(group)s, for %(time)s") % {**named, "time": stood(at - hold.since)}
    if hold.due_at <= at:
        return _("%(group)s: %(time)s past its target") % {**named, "time": stood(at - hold.due_at)}
    return _("%(group)s: %(time)s left") % {**named, "time": stood(hold.due_at - at)}
