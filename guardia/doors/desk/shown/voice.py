"""Round the dead link on the page of a case: whom to ring and what to say, and who is presumed not to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from guardia.cases import call_alarms
from guardia.cases.case import Case
from guardia.cases.voice_numbers import rings
from guardia.cases.voice_owed import is_out
from guardia.customers.contact import Contact
from guardia.customers.phones import spoken
from guardia.doors.desk.shown.call_owed import CallOwed, call_owed
from guardia.doors.desk.shown.voice_words import what_to_say
from guardia.doors.reach import tel
from guardia.notices.notice import Notice, NoticeState
from guardia.notices.ways import independent, marked, ways_of


@dataclass(frozen=True, slots=True)
class VoiceOwed:
    call: CallOwed
    says: str


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
    return VoiceOwed(call_owed(task, at), what_to_say(notices, task.contact_id, at)) if task else None


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
