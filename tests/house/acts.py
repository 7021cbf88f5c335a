"""What people may do to a case in any order, in time or told late, for the tests of what always holds."""

from collections.abc import Callable
from datetime import timedelta

from guardia.cases import failed_notices
from guardia.cases.waiting import WaitReason
from guardia.notices.notice import Notice, NoticeState
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import WaitCause
from tests.procedure.nights import ACCESS, Night

CARRIER = WaitReason(WaitCause.THIRD_PARTY, "Despacho", "corte", party="Proveedor", party_ticket="8841")


def paged_person(night: Night):
    running = night.running
    people = (night.one, night.other, night.manager, night.senior)
    return next((one for one in people if running and one.pk in running.paged), night.one)


def pages_fail(night: Night) -> None:
    last = night.story.case.latest("paged")
    if last:
        Notice.objects.filter(event=last.pk).update(state=NoticeState.FAILED, reason="refused")
        failed_notices.record_failed_pages(night.story.now)


def first_page_fails(night: Night) -> None:
    if first := Notice.objects.filter(moment="paged", state=NoticeState.OWED).order_by("-pk").first():
        Notice.objects.filter(pk=first.pk).update(state=NoticeState.FAILED, reason="refused")
        failed_notices.record_failed_pages(night.story.now)


def call(night: Night, answered_by: str, answers: bool = False) -> None:
    if night.call():
        night.dials(answered_by, answers=paged_person(night) if answers else None)


def received(night: Night, level: int) -> None:
    story = night.story
    at = max(story.now - timedelta(minutes=3), story.case.opened_at)
    who = night.manager
    story.case.receive_escalation("Jefe", staff=who, level=level, by=Actor.of_staff(who), at=at, now=story.now)


def escalate(night: Night, level: int, source: str) -> None:
    story = night.story
    story.case.escalate("otra vez", by=story.by, at=story.now, level=level, source=source, asked_by="Jefe")


def go_on(night: Night) -> None:
    story = night.story
    if standing := story.case.waits.filter(ended_at=None).first():
        story.case.go_on(standing, by=story.by, at=story.now)


def diagnose(night: Night) -> None:
    night.story.diagnosis()


def a_while_ago(night: Night) -> dict:
    """Told late: it happened seven minutes ago, or when the case was opened."""
    story = night.story
    return {"at": max(story.now - timedelta(minutes=7), story.case.opened_at), "now": story.now}


def acknowledged_a_while_ago(night: Night) -> None:
    who = paged_person(night)
    night.story.case.acknowledge(who, by=Actor.of_staff(who), **a_while_ago(night))


def passed_on_a_while_ago(night: Night) -> None:
    who = paged_person(night)
    night.story.case.pass_on("no pude", staff=who, by=Actor.of_staff(who), **a_while_ago(night))


def called_a_while_ago(night: Night) -> None:
    if task := night.call():
        night.story.case.call_made(task, answered_by="operadora", by=night.story.by, **a_while_ago(night))


def visit(night: Night) -> None:
    night.story.visit_is_agreed()


ACTS: dict[str, Callable[[Night], object]] = {
    "engineer escalates": lambda n: escalate(n, 1, "engineer"),
    "customer escalates to 2": lambda n: escalate(n, 2, "customer"),
    "received at 1": lambda n: received(n, 1),
    "received at 3": lambda n: received(n, 3),
    "acknowledged": lambda n: n.acknowledges(paged_person(n)),
    "command taken": lambda n: n.acknowledges(n.manager, commands=True),
    "passed on": lambda n: n.story.case.pass_on(
        "no puedo", staff=paged_person(n), by=Actor.of_staff(paged_person(n)), at=n.story.now
    ),
    "call answered": lambda n: call(n, "operadora"),
    "call taken": lambda n: call(n, "operadora", answers=True),
    "call in vain": lambda n: call(n, ""),
    "pages fail": pages_fail,
    "a page fails": first_page_fails,
    "ended by hand": lambda n: n.story.case.end_escalation("basta", by=n.story.by, at=n.story.now),
    "news": lambda n: n.story.case.tell("seguimos", by=n.story.by, at=n.story.now),
    "note": lambda n: n.story.case.note("sigo", by=n.story.by, at=n.story.now),
    "test": lambda n: n.story.test_shows("pérdida 10 %"),
    "diagnosed": diagnose,
    "restored": lambda n: n.story.service_is_restored(),
    "confirmed": lambda n: n.story.customer_confirms(),
    "relapsed": lambda n: n.story.case.relapse("cayó", by=n.story.by, at=n.story.now),
    "opened again": lambda n: n.story.case.reopen("cayó", by=n.story.by, at=n.story.now),
    "reopened by mistake": lambda n: n.story.case.close_as_mistaken("otra sede", by=n.story.by, at=n.story.now),
    "waits for access": lambda n: n.story.case.wait(ACCESS, by=n.story.by, at=n.story.now),
    "waits for the carrier": lambda n: n.story.case.wait(CARRIER, by=n.story.by, at=n.story.now),
    "goes on": go_on,
    "acknowledged a while ago": acknowledged_a_while_ago,
    "passed on a while ago": passed_on_a_while_ago,
    "called a while ago": called_a_while_ago,
    "escalated a while ago": lambda n: n.story.case.escalate("tarde", by=n.story.by, **a_while_ago(n)),
    "waited a while ago": lambda n: n.story.case.wait(ACCESS, by=n.story.by, **a_while_ago(n)),
    "restored a while ago": lambda n: n.story.case.restore("volvió", by=n.story.by, **a_while_ago(n)),
    "visit agreed": visit,
    "arrived a while ago": lambda n: n.story.case.arrive(by=n.story.by, **a_while_ago(n)),
    "cancelled": lambda n: n.story.case.cancel("desiste", by=n.story.by, at=n.story.now),
}
