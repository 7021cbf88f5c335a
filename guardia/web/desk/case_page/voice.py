"""A telephone call that is owed now (E5), and the calls round a dead link: whom to ring and what to say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases import call_tasks
from guardia.cases.case import Case
from guardia.cases.case_contents import summary_of
from guardia.cases.voice import agreed_for
from guardia.cases.voice_owed import Heard, heard_in, is_out, rings
from guardia.customers.contact import Contact
from guardia.customers.lookup import add_ways
from guardia.customers.phones import spoken
from guardia.escalation import roster
from guardia.escalation.escalation import CallTask
from guardia.notices import short
from guardia.notices.notice import Notice, NoticeState
from guardia.notices.notice_rows import to_contacts_of
from guardia.notices.recipients import Marks, independent, marked, ways_of
from guardia.people.staff import Staff
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import Moment
from guardia.web.desk.clock import ClockFace, hour
from guardia.web.desk.page import EVERY_DESK
from guardia.web.shared.reach import tel

# --- what to say ------------------------------------------------------------------------------------------------------
# What to say to the company that is rung: all that was not told yet, in the language of who is rung.


NOTHING_HEARD = Heard()
NO_MARKS: Marks = frozenset()


def what_to_say(notices: Sequence[Notice], contact_id: int | None, at: datetime, heard: Heard = NOTHING_HEARD) -> str:
    """``notices``: newest first. All that was not heard yet, or the last one; to this person rather than to another."""
    theirs = [notice for notice in notices if notice.contact_id]
    last = next((n for n in theirs if n.contact_id == contact_id), next(iter(theirs), None))
    if last is None:
        return ""
    untold = [n for n in theirs if n.contact_id == last.contact_id and is_new(n, heard)]
    newest = list({notice.moment: notice for notice in reversed(untold)}.values()) or [last]
    newest.sort(key=lambda notice: (notice.owed_at, notice.pk or 0))
    with translation.override(last.language):
        return short.spoken(short.facts_of(newest, at), heard.broken)


def is_new(notice: Notice, heard: Heard) -> bool:
    """Not what was said in an earlier call, nor while it happened: the number, and a visit that they agreed on."""
    if heard.at and notice.owed_at <= heard.at:
        return False
    by_phone = notice.moment == Moment.REGISTERED and notice.facts.get("source") == "phone"
    return not by_phone and not (notice.facts.get("data") or {}).get("heard")


def says_of(tasks: Iterable[CallTask], at: datetime) -> dict[int, str]:
    """What to say in each of these calls to companies, by the call's id: a few questions for all of them."""
    voices = [task for task in tasks if task.level == 0]
    if not voices:
        return {}
    heard = heard_in([task.case_id for task in voices])
    newest_first = to_contacts_of(heard, [task.contact_id for task in voices if task.contact_id])
    return {
        task.pk: what_to_say(
            [n for n in newest_first if n.case_id == task.case_id], task.contact_id, at, heard[task.case_id]
        )
        for task in voices
    }


# --- the call that is owed --------------------------------------------------------------------------------------------
# A telephone call that whoever is on shift must make now (E5, or a level's own number), with its countdown.
MOST_ON_THE_BENCH, MOST_OTHERS, MOST_NAMED = 3, 100, 3


@dataclass(frozen=True, slots=True)
class CallOwed:
    """``clock`` counts down to the hour at which the escalation moves on by itself.

    ``to_company``: a person of the company is to hear the news, ``says`` in short; else a level of the operator.
    """

    id: int
    number: str
    dial: str
    whom: str
    company: str
    case_number: str
    case_href: str
    act_href: str
    clock: ClockFace
    others: str = ""
    same_cause: bool = False
    to_company: bool = False
    says: str = ""
    key: str = ""

    @property
    def tag(self) -> str:
        return f"call-{self.id}{self.clock.state}{self.others}"


def call_owed(task: CallTask, at: datetime, says: str = "") -> CallOwed:
    case, others = task.case, list(call_tasks.same_call(task)[:MOST_OTHERS])
    place, act = ("call-owed", "llamada") if task.level else ("voice-owed", "voz")
    return CallOwed(
        id=task.pk,
        number=spoken(task.number) if task.number else _("no number on record"),
        dial=tel(task.number) if task.number else "",
        whom=whom_to_ring(task),
        company=case.customer.name,
        case_number=case.display_number,
        case_href=f"{reverse('case', args=[case.number])}#{place}",
        act_href=reverse("act", args=[case.number, act]),
        clock=face(task, at),
        others=others_words(others),
        same_cause=any(other.owed_at == task.owed_at for other in others),
        to_company=not task.level,
        says=says,
        key=call_key(task),
    )


def call_key(task: CallTask) -> str:
    """Equal keys, one conversation: calls to the same number are made once."""
    return task.number or f"case {task.case_id}"


def whom_to_ring(task: CallTask) -> str:
    """The level with its clause; or the person of the company who is to be told."""
    if not task.level:
        return ", ".join(part for part in (task.number_name, task.case.customer.name) if part)
    parts = (task.clause, task.number_name, _("level %(n)d") % {"n": task.level})
    return " · ".join(part for part in parts if part)


def others_words(others: Sequence[CallTask]) -> str:
    """Whose cases owe the same call besides: the first ones by name."""
    if not others:
        return ""
    words = ngettext("and for %(n)d more case: %(names)s", "and for %(n)d more cases: %(names)s", len(others))
    named = list(dict.fromkeys(other.case.customer.name for other in others))
    names = ", ".join(named[:MOST_NAMED]) + ("…" if len(named) > MOST_NAMED else "")
    return words % {"n": len(others), "names": names}


def face(task: CallTask, at: datetime) -> ClockFace:
    given = task.due_at - task.owed_at
    return ClockFace(at, task.due_at, task.owed_at, task.owed_at + given / 2, task.owed_at + given * 0.8)


def owed_on_the_bench(at: datetime) -> Sequence[CallOwed]:
    """The calls of ``tasks_on_the_bench``, each with what is to be said."""
    return EVERY_DESK.of(("owed on the bench", translation.get_language()), lambda: _owed_on_the_bench(at))


def _owed_on_the_bench(at: datetime) -> Sequence[CallOwed]:
    tasks = tasks_on_the_bench(at)
    says = says_of(tasks, at)
    return tuple(call_owed(task, at, says.get(task.pk, "")) for task in tasks)


def tasks_on_the_bench(at: datetime) -> list[CallTask]:
    """Each number once, with the call that falls due first; one at an agreed hour from shortly before it (P D)."""
    numbers: dict[str, CallTask] = {}
    for task in [task for task in EVERY_DESK.of("owed", call_tasks.owed) if task.owed_at <= at]:
        numbers.setdefault(call_key(task), task)
    return list(numbers.values())[:MOST_ON_THE_BENCH]


def may_take_it(procedure: Procedure, at: datetime) -> list[Staff]:
    """The persons of the matrix on duty now: whoever answers the telephone may be one of them."""
    levels = sorted(rule.level for rule in procedure.escalation.levels)
    found = roster.Roster.between(at, at, levels)
    return list(dict.fromkeys(staff for level in levels for staff in found.on_duty(level, at)))


# --- voice ------------------------------------------------------------------------------------------------------------
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

    @property
    def tag(self) -> str:
        """Equal tags, equal box: part of the tag of the page's poll."""
        return f"{self.call.tag}{self.key}{self.agreed_at}"


def voice_owed(case: Case, notices: Sequence[Notice], at: datetime) -> VoiceOwed | None:
    """The call to the company that is owed, with the latest news in the language of who is rung."""
    task = call_tasks.voice_owed_for(case.pk)
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


def unreached(case: Case, notices: Sequence[Notice]) -> list[dict[str, Any]]:
    """While the service is out: who was to be told and has no way left that works without it."""
    if not is_out(case):
        return []
    last: dict[int, Notice] = {}
    for notice in notices:
        if notice.contact_id:
            last.setdefault(notice.contact_id, notice)
    summary = summary_of(case)
    found_active = (notice.contact for notice in last.values() if notice.contact and notice.contact.active)
    contacts = sorted(found_active, key=lambda contact: contact.pk)
    add_ways(contacts, have_ways=summary.ways)
    marks = marked(contacts) if summary.marks else NO_MARKS
    found = []
    for contact in contacts:
        ways = independent(contact, marks)
        if ways and last[contact.pk].state != NoticeState.FAILED:
            continue
        number = next(iter(rings(contact)), "")
        why = why_words(contact, bool(ways))
        # A contact who is told and presumably does not know; ``number`` is the one to ring, if there is one.
        found.append(
            {
                "name": contact.position or str(contact),
                "why": why,
                "number": spoken(number) if number else "",
                "dial": tel(number) if number else "",
            }
        )
    return found


def why_words(contact: Contact, has_ways: bool) -> str:
    if has_ways:
        return _("every channel failed")
    known = ways_of(contact)
    if not known:
        return _("no address")
    if any(way.independent for way in known):
        return _("the channels without the service accept no messages")
    return _("only by email over the service that is out")
