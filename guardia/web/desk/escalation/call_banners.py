"""The alarm of calls that were not made in time (E5): above every page, for whoever is on shift."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases import call_alarms
from guardia.customers.phones import spoken
from guardia.escalation.call_task import CallTask
from guardia.web.desk.shown.call_owed import whom_to_ring
from guardia.web.desk.shown.clock import hour
from guardia.web.desk.shown.shell import Banner

MOST = 20


def call_banners(at: datetime) -> tuple[Banner, ...]:
    """One banner for the calls of escalations and one for those to companies: it names the case, or how many."""
    tasks, voices = call_alarms.undone(at, MOST), call_alarms.voice_undone(at, MOST)
    first = [one_call(tasks[0], at) if len(tasks) == 1 else several_calls(tasks)] if tasks else []
    return (*first, *([voice_banner(voices)] if voices else []))


def voice_banner(tasks: Sequence[CallTask]) -> Banner:
    """P D: a company whose service is out still does not know. One alone is named with whom to ring."""
    count = len(tasks)
    if count == 1:
        return one_voice(tasks[0])
    words = ngettext(
        "%(n)d company without service has not been told yet.",
        "%(n)d companies without service have not been told yet.",
        count,
    )
    named = ", ".join(dict.fromkeys(task.case.customer.name for task in tasks[:3]))
    more = _("%(companies)s: no notice reaches them while the service is out. Ring them now.")
    return Banner(
        kind="alarm",
        words=words % {"n": count},
        more=more % {"companies": f"{named}…" if count > 3 else named},
        href=f"{reverse('case', args=[tasks[0].case.number])}#voice-owed",
        link=_("See the case"),
    )


def one_voice(task: CallTask) -> Banner:
    words = _("Tell %(whom)s by telephone now: %(number)s.")
    more = _("Case %(case)s: the service is out, and no notice reaches the company.")
    number = spoken(task.number) if task.number else _("no number on record")
    return Banner(
        kind="alarm",
        words=words % {"whom": whom_to_ring(task), "number": number},
        more=more % {"case": task.case.display_number},
        href=f"{reverse('case', args=[task.case.number])}#voice-owed",
        link=_("What to say"),
    )


def one_call(task: CallTask, at: datetime) -> Banner:
    words = _("Call not made: %(number)s, due at %(hour)s.")
    more = _("%(company)s, case %(case)s: nobody answers for it yet. The escalation has moved on.")
    if task.settled_at is None:
        more = _("%(company)s, case %(case)s: nobody answers for it yet. Dial it now.")
    return Banner(
        kind="alarm",
        words=words % {"number": spoken(task.number), "hour": hour(task.due_at, at)},
        more=more % {"company": task.case.customer.name, "case": task.case.display_number},
        href=f"{reverse('case', args=[task.case.number])}#people",
        link=_("See the case"),
    )


def several_calls(tasks: Sequence[CallTask]) -> Banner:
    count = len(tasks)
    words = ngettext("%(n)d call was not made in time.", "%(n)d calls were not made in time.", count)
    named = ", ".join(dict.fromkeys(task.case.customer.name for task in tasks[:3]))
    more = _("%(companies)s: nobody answers for them yet. The escalations have moved on.")
    return Banner(
        kind="alarm",
        words=words % {"n": count},
        more=more % {"companies": f"{named}…" if count > 3 else named},
        href=reverse("escalations"),
        link=_("Escalations"),
    )
