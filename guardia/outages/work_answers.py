"""What a company says of a planned work: agreed, or objected with words; and what the desk answers to that.

Each verb is a step inside a transaction of its caller, who holds the work; hours are UTC.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from guardia.cases.verbs import need
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.notices.work_facts import Telling
from guardia.outages import planned_work
from guardia.outages.planned_work import PlannedWork, PlannedWorkService, PlannedWorkTurn, TurnKind, WorkState
from guardia.outages.work_announcing import must_be_announced, tell
from guardia.outages.work_drafting import touched
from guardia.outages.work_refusals import NobodyToAsk, NothingObjected, NotOfThisWork, TooLateToAnswer
from guardia.people import signed
from guardia.people.staff import Actor, ActorKind

AGREED, OBJECTED = "agreed", "objected"
LONGEST_WORDS = 500


@dataclass(frozen=True)
class Objection:
    """What a company has against a work, and waits for an answer to; ``at`` is when it was said (UTC)."""

    work: PlannedWork
    company: Customer
    contact: Contact | None
    words: str
    at: datetime


OF_AN_ANSWER = ("number", "state", "needs_agreement")


def held(pk: int) -> PlannedWork:
    """The work with what an answer needs to know of it, locked. Raises PlannedWork.DoesNotExist."""
    return PlannedWork.objects.select_for_update(no_key=True).only(*OF_AN_ANSWER).get(pk=pk)


def agree(work: PlannedWork, contact: Contact, *, at: datetime) -> PlannedWork:
    """The company of this contact agrees; also one that had objected. A second press changes nothing.

    Raises NobodyIsAsked, TooLateToAnswer, NotOfThisWork.
    """
    if not work.needs_agreement:
        raise NobodyToAsk()
    return _answer(work, contact, AGREED, "", at)


def object_(work: PlannedWork, contact: Contact, words: str, *, at: datetime) -> PlannedWork:
    """The company objects, with words, and the desk has something to answer; whether it was asked or not.

    Raises Missing, TooLateToAnswer, NotOfThisWork.
    """
    words = need("", "words", words, _("what does not suit you"))[:LONGEST_WORDS]
    return _answer(work, contact, OBJECTED, words, at)


def _answer(work: PlannedWork, contact: Contact, answer: str, words: str, at: datetime) -> PlannedWork:
    if work.state != WorkState.ANNOUNCED:
        raise TooLateToAnswer()
    rows = touched(work).filter(customer=contact.customer_id)
    if not rows.exists():
        raise NotOfThisWork(company=contact.customer.name, number=work.display_number)
    if not rows.exclude(answer=answer, answer_words=words).exists():
        return work
    rows.update(answer=answer, answered_at=at, answered_by=contact, answer_words=words)
    kind = TurnKind.AGREED if answer == AGREED else TurnKind.OBJECTED
    by = Actor(ActorKind.CONTACT, contact.pk)
    planned_work.write(work, kind, by=by, at=at, customer=contact.customer_id, contact=contact.pk)
    return work


def reply(work: PlannedWork, company: Customer, words: str, *, by: Actor, at: datetime) -> PlannedWorkTurn:
    """The desk answers an objection: the company is written to, and the objection waits no longer.

    The same answer to the same objection, sent twice, is one.
    Raises Missing, NothingObjected, WorkIsOver.
    """
    planned_work.must_not_be_over(work)
    words = need("", "words", words, _("the answer"))[:LONGEST_WORDS]
    if not touched(work).filter(customer=company, answer=OBJECTED).exists():
        raise NothingObjected(company=company.name)
    if said := repeated_answer(work, company, words):
        return said
    turn = planned_work.write(work, TurnKind.REPLIED, by=by, at=at, customer=company.pk, why=words)
    tell(work, Telling.REPLIED, turn, by=by, at=at, only=[company.pk], why=words, asks=work.needs_agreement)
    return turn


def repeated_answer(work: PlannedWork, company: Customer, words: str) -> PlannedWorkTurn | None:
    """The last answer to what this company has objected to, if it had these words."""
    if unanswered().filter(work=work, customer=company).exists():
        return None
    replies = PlannedWorkTurn.objects.filter(work=work, moment=TurnKind.REPLIED, data__customer=company.pk)
    last = replies.order_by("-pk").first()
    return last if last and last.data["why"] == words else None


def take_out(work: PlannedWork, company: Customer, why: str, *, by: Actor, at: datetime) -> PlannedWork:
    """The services of this company are not touched after all; it is told. Raises NotOfThisWork, UnderWay, Missing."""
    must_be_announced(work)
    why = need("", "why", why, _("why they are not affected"))[:300]
    rows = list(touched(work).filter(customer=company).select_related("service__site__city"))
    if not rows:
        raise NotOfThisWork(company=company.name, number=work.display_number)
    turn = planned_work.write(work, TurnKind.TAKEN_OUT, by=by, at=at, customer=company.pk, why=why)
    tell(work, Telling.TAKEN_OUT, turn, by=by, at=at, rows=rows, why=why)
    PlannedWorkService.objects.filter(pk__in=[row.pk for row in rows]).update(taken_out_at=at)
    return work


# --- what waits for an answer ----------------------------------------------------------------------------------------


def objections(works: Collection[int] | None = None) -> list[Objection]:
    """The objections that nobody has answered, of works that are not over, the oldest first: one for each company."""
    rows = unanswered() if works is None else unanswered().filter(work__in=works)
    found: dict[tuple[int, int], Objection] = {}
    for row in rows.select_related("work", "customer", "answered_by").order_by("answered_at", "pk"):
        assert row.answered_at is not None, "an answer has its hour"
        said = Objection(row.work, row.customer, row.answered_by, row.answer_words, row.answered_at)
        found.setdefault((row.work_id, row.customer_id), said)
    return list(found.values())


def unanswered() -> QuerySet[PlannedWorkService]:
    """The services whose company has objected since the desk last answered it."""
    company = Cast(KT("data__customer"), BigIntegerField())
    replies = PlannedWorkTurn.objects.filter(moment=TurnKind.REPLIED, work=OuterRef("work")).annotate(company=company)
    later = replies.filter(company=OuterRef("customer"), at__gt=OuterRef("answered_at"))
    objected = PlannedWorkService.objects.filter(answer=OBJECTED, taken_out_at=None, work__ended_at=None)
    return objected.filter(~Exists(later))


# The link by which a contact reads of a planned work and answers: signed, for that company alone, for a year.


SALT = "guardia.outages.work_link"
GOOD_FOR = timedelta(days=366)


class Reads(NamedTuple):
    """Who reads what: the company under whose row policies it is shown, the work and the contact, by id."""

    customer: int
    work: int
    contact: int


def token(customer_id: int, work_id: int, contact_id: int) -> str:
    """What names this work and this contact in the address of the page; good for a year from now."""
    return signed.token(SALT, customer_id, work_id, contact_id)


def read(token: str) -> Reads:
    """Whom and what a link names. Raises LinkHasExpired after a year, LinkIsInvalid where it is none of ours."""
    return Reads(*signed.read(token, SALT, GOOD_FOR, ids=3))
