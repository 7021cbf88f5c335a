"""The waits of a case: for whom, since when, who asked, why, with what proof; who chases a third party; objections."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.cases.case import Case
from guardia.cases.explaining import Explained, WaitExplained
from guardia.cases.explanations import whom
from guardia.cases.labels import CLOCK_NAMES
from guardia.clocks.wait import Wait
from guardia.people.policy import may_handle
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import ClockKind, WaitCause
from guardia.web.desk.clock import ClockFace, hour, stood


def waits_of(case: Case, explained: Sequence[Explained], staff: Staff, at: datetime) -> list[dict[str, Any]]:
    """Those that stand first, then the latest; read with the clocks' explanation, each once."""
    told: dict[int, WaitExplained] = {}
    for one in explained:
        for wait in one.waits:
            told.setdefault(wait.wait.pk, wait)
    if case.opens_at:  # A3 D: what it holds starts only when the desk opens
        for each in case.waits.select_related("ruled_by"):
            told.setdefault(each.pk, WaitExplained(each, True))
    chasing = next((e for e in explained if e.clock.kind == ClockKind.THIRD_PARTY and not e.clock.ended_at), None)
    found = sorted(told.values(), key=lambda each: each.wait.started_at, reverse=True)
    found.sort(key=lambda each: each.wait.ended_at is not None)
    return [row_of(case, each, chasing, staff, at) for each in found]


def row_of(case: Case, told: WaitExplained, chasing: Explained | None, staff: Staff, at: datetime) -> dict[str, Any]:
    """One wait; ``is_current`` while it stands or waits for a ruling. ``chased`` is a third party's promise as a
    clock; ``objection`` and ``ruling`` stand below it.
    """
    wait = told.wait
    end = wait.ended_at or at
    who = whom(wait)
    return {
        "id": f"espera-{wait.pk}",
        "stands": wait.ended_at is None and case.is_open,
        "void": is_void(wait),
        "is_current": (wait.ended_at is None and case.is_open) or bool(wait.contested_at and not wait.ruled_at),
        "whom": who[:1].upper() + who[1:],
        "span": span_of(wait, at),
        "length": stood(end - wait.started_at),
        "reason": wait.reason,
        "asked_by": wait.asked_by,
        "proof": wait.proof,
        "clocks": ", ".join(str(CLOCK_NAMES[ClockKind(kind)][0]) for kind in wait.clocks),
        "party": ", ".join(part for part in (wait.party_contact,) if part),
        "chased": chased(wait, chasing, at),
        "chaser": case.assigned.name if case.assigned else _("Nobody yet"),
        "corrections": tuple(correction_words(told, at)),
        "objection": objection_words(wait, at),
        "ruling": ruling_words(wait, at),
        "acts": tuple(acts_of(case, wait, staff)),
    }


def span_of(wait: Wait, at: datetime) -> str:
    begin = hour(wait.started_at, at)
    return f"{begin}–{hour(wait.ended_at, at)}" if wait.ended_at else _("since %(hour)s") % {"hour": begin}


def is_void(wait: Wait) -> bool:
    """Whether it holds no clock: it did not happen, or the quality manager ruled it void."""
    return not wait.clocks or wait.ruling == "upheld"


def chased(wait: Wait, chasing: Explained | None, at: datetime) -> ClockFace | None:
    """The third party's promise, counting down; warned as its clock is where that is the one it runs to."""
    if wait.party_promise_at is None or wait.ended_at:
        return None
    if chasing is None or chasing.clock.due_at != wait.party_promise_at:
        return ClockFace(at, wait.party_promise_at, wait.started_at)
    first, second = (chasing.clock.after(percent) for percent in chasing.clock.warnings)
    return ClockFace(at, wait.party_promise_at, chasing.clock.started_at, first, second)


def correction_words(told: WaitExplained, at: datetime):
    for correction in told.corrections:
        was = ""
        if correction.was:
            begin, end = correction.was
            was = f"{hour(begin, at)}–{hour(end, at)}" if end else hour(begin, at)
        words = _("corrected at %(hour)s, it was written down as %(was)s: %(reason)s")
        yield words % {"hour": hour(correction.at, at), "was": was, "reason": correction.reason}


def objection_words(wait: Wait, at: datetime) -> str:
    if wait.contested_at is None:
        return ""
    words = _("%(who)s objected at %(hour)s: %(words)s")
    return words % {"who": wait.contested_by, "hour": hour(wait.contested_at, at), "words": wait.contest_reason}


def ruling_words(wait: Wait, at: datetime) -> str:
    if wait.ruled_at is None:
        return _("waits for the quality manager's ruling") if wait.contested_at else ""
    upheld = _("Ruled %(hour)s by %(who)s: the objection is right, the stop does not count. %(reasons)s")
    rejected = _("Ruled %(hour)s by %(who)s: the stop stands. %(reasons)s")
    who = wait.ruled_by.name if wait.ruled_by else ""
    facts = {"hour": hour(wait.ruled_at, at), "who": who, "reasons": wait.ruling_reasons}
    return (upheld if wait.ruling == "upheld" else rejected) % facts


def acts_of(case: Case, wait: Wait, staff: Staff):
    """What may be done about this wait, as links that put the form in place for it."""
    if not may_handle(staff, case.desk) or case.status == "cancelled":
        return
    names = []
    if case.is_open and wait.ended_at is None:
        names.append(("reanudar", _("Go on"), "wait"))
        if wait.cause == WaitCause.THIRD_PARTY:
            names.append(("promesa", pgettext("third party", "Next promise"), "wait"))
    if wait.ruled_at is None:
        if case.is_open:
            names.append(("corregir-espera", _("Correct"), "wait"))
        names.append(("objecion", _("The customer objects"), "waits"))
    for act, words, field in names:
        yield f"{reverse('act', args=[case.number, act])}?{field}={wait.pk}", words
