"""Round the dead link on the page of a case: whom to ring and what to say, and who is presumed not to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases import call_alarms
from guardia.cases.case import Case
from guardia.cases.voice import agreed_for
from guardia.cases.voice_numbers import rings
from guardia.cases.voice_owed import is_out
from guardia.customers.contact import Contact
from guardia.customers.phones import spoken
from guardia.notices.notice import Notice, NoticeState
from guardia.notices.ways import independent, marked, ways_of
from guardia.web.desk.shown.call_owed import CallOwed, call_owed
from guardia.web.desk.shown.clock import hour
from guardia.web.desk.shown.voice_words import heard_in, what_to_say
from guardia.web.shared.reach import tel


@dataclass(frozen=True, slots=True)
class VoiceOwed:
    """``call`` is to be made now, or at ``agreed_at``, the hour that the company asked for, while it ``waits``."""

    call: CallOwed
    says: str
    agreed_at: str = ""
    waits: bool = False
    change_href: str = ""
    withdraw_href: str = ""

    @property
    def key(self) -> str:
        """Which call the page shows: it is drawn anew when the agreed hour comes near."""
        return f"{self.call.id}{'w' if self.waits else ''}"


@dataclass(frozen=True, slots=True)
class Unreached:
    """A contact who is told and presumably does not know; ``number`` is the one to ring, if there is one."""

    name: str
    why: str
    number: str
    dial: str


def voice_owed(case: Case, notices: Sequence[Notice], at: datetime) -> VoiceOwed | None:
    """The call to the company that is owed, with the latest news in the language of who is rung."""
    task = call_alarms.voice_owed_for(case.pk)
    if task is None:
        return None
    agreed = agreed_for(case)
    return VoiceOwed(
        call_owed(task, at),
        what_to_say(notices, task.contact_id, at, heard_in([case.pk])[case.pk]),
        agreed_at=hour(agreed.hour, at) if agreed else "",
        waits=task.owed_at > at,
        change_href=reverse("act", args=[case.number, "hora"]),
        withdraw_href=reverse("act", args=[case.number, "sin-hora"]),
    )


def unreached(case: Case, notices: Sequence[Notice]) -> list[Unreached]:
    """While the service is out: who was to be told and has no way left that works without it."""
    if not is_out(case):
        return []
    last: dict[int, Notice] = {}
    for notice in notices:
        if notice.contact_id:
            last.setdefault(notice.contact_id, notice)
    contacts = Contact.objects.filter(pk__in=last, active=True).order_by("pk").prefetch_related("ways")
    marks = marked(contacts)
    found = []
    for contact in contacts:
        ways = independent(contact, marks)
        if ways and last[contact.pk].state != NoticeState.FAILED:
            continue
        number = next(iter(rings(contact)), "")
        why = why_words(contact, bool(ways))
        found.append(
            Unreached(
                contact.position or str(contact), why, spoken(number) if number else "", tel(number) if number else ""
            )
        )
    return found


def why_words(contact: Contact, has_ways: bool) -> str:
    if has_ways:
        return _("every way failed")
    known = ways_of(contact)
    if not known:
        return _("no address")
    if any(way.independent for way in known):
        return _("the ways without the service take no messages")
    return _("only by mail over the service that is out")
