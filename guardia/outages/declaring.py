"""An outage is declared, and its services gathered: open cases join, and who has not called gets a case by the
rule.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guardia.cases.case import Case
from guardia.cases.refusals import TimeInTheFuture
from guardia.cases.verbs import PRESSED_TWICE, need
from guardia.network.element import Element
from guardia.notices.announcement import AnnouncementKind
from guardia.notices.announcing import ToEach, announce_each
from guardia.outages import gathering, holding, naming, team_news
from guardia.outages.outage import (
    ACTIVE,
    AnotherIsOpen,
    Declared,
    Membership,
    NothingBehind,
    Outage,
    OutageIsOver,
    OutageIsUnderWay,
    OutageNews,
    OutageService,
    OutageState,
)
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Actor
from guardia.procedure import version as versions
from guardia.procedure.rules import TellsSilent
from guardia.procedure.vocabulary import Impact

__all__ = ["Declared", "declare", "dismiss"]

CLOCKS_MAY_DIFFER_BY = timedelta(minutes=1)


def declare(outage: Outage | None, what: Declared, *, by: Actor, at: datetime, now: datetime | None = None) -> Outage:
    """It is under way: services are gathered, open cases join, silent ones get a case by the procedure's rule.

    ``outage``: the proposal that is confirmed, or None. Declared already: it stays as it is. The caller's transaction
    holds; ``at`` and ``now`` are UTC. Raises NothingBehind, NoSuchService, AnotherIsOpen,
    TimeInTheFuture, OutageIsOver.
    """
    now = now or at
    if at > now + CLOCKS_MAY_DIFFER_BY or (what.started_at and what.started_at > at):
        raise TimeInTheFuture()
    holding.take_turn()
    if outage is None and (same := declared_already(what, by, at)):
        return same
    row = holding.locked_outage(outage) if outage else open_proposal(what) or new(what, at)
    if row.state in ACTIVE:
        return holding.copied(row, outage) if outage else row
    if row.state != OutageState.PROPOSED:
        raise OutageIsOver(number=row.display_number)
    must_be_alone(row, what)
    services = services_of(row, what)
    fill(row, what, by, at)
    row.save()
    found = gathering.gather(row, services, "gathered", by=by, at=at, now=now)
    tell(row, _news(row, by, at, len(found.cases)))
    return holding.copied(row, outage) if outage else row


def dismiss(outage: Outage, why: str, *, by: Actor, at: datetime) -> Outage:
    """The proposal was none, with the reason. Raises Missing, OutageIsUnderWay."""
    row = holding.locked_outage(outage)
    if row.state in ACTIVE:
        raise OutageIsUnderWay(number=row.display_number)
    if row.state == OutageState.PROPOSED:
        row.why_dismissed = need("P", "why", why, _("the reason"))[:300]
        row.state, row.ended_at = OutageState.DISMISSED, at
        row.save(update_fields=["state", "ended_at", "why_dismissed"])
    return holding.copied(row, outage)


def declared_already(what: Declared, by: Actor, at: datetime) -> Outage | None:
    """What this person has declared half a minute ago by the same words: a button pressed twice is one act."""
    near = (at - PRESSED_TWICE, at + PRESSED_TWICE)
    same = Outage.objects.filter(
        declared_at__range=near, declared_by=holding.staff_of(by), element=what.element, site=what.site
    )
    return same.filter(name=naming.desk_name(what.name, what.element, what.site)).order_by("-pk").first()


def open_proposal(what: Declared) -> Outage | None:
    """The proposal for the same element or site, which is confirmed by it. Raises AnotherIsOpen."""
    found = open_for(what)
    if found and found.state in ACTIVE:
        raise AnotherIsOpen(number=found.display_number)
    return holding.locked_outage(found) if found else None


def open_for(what: Declared, but: int | None = None) -> Outage | None:
    open_ones = Outage.objects.filter(ended_at=None).exclude(pk=but or 0)
    by_element = open_ones.filter(element=what.element).first() if what.element else None
    return by_element or (open_ones.filter(site=what.site).first() if what.site else None)


def must_be_alone(row: Outage, what: Declared) -> None:
    """A proposal may be confirmed for another element than its own, not for one that has an outage.

    Raises AnotherIsOpen.
    """
    if other := open_for(what, but=row.pk):
        raise AnotherIsOpen(number=other.display_number)


def new(what: Declared, at: datetime) -> Outage:
    """Its row, not written yet: what it says follows from ``fill``."""
    version = versions.in_force(at)
    return Outage(
        number=holding.next_number(),
        state=OutageState.PROPOSED,
        element=what.element,
        site=what.site,
        procedure_version=version,
        impact=Impact.DOWN.value,
        started_at=what.started_at or at,
        work=what.work,
    )


def services_of(row: Outage, what: Declared) -> list[int]:
    """Those behind its element and its site, those that were named, and those of the proposal."""
    gathering.must_exist(what.services)
    proposed = row.services.values_list("service", flat=True) if row.pk else ()
    site = what.site or row.site
    found = gathering.behind(what.element or row.element, site.pk if site else None, {*what.services, *proposed})
    if not found:
        raise NothingBehind()
    return found


def fill(row: Outage, what: Declared, by: Actor, at: datetime) -> None:
    """What was said now goes before what was proposed."""
    row.element, row.site = what.element or row.element, what.site or row.site
    row.name = naming.desk_name(what.name or row.name, row.element, row.site)
    row.public_name = naming.public_names(what.public_name or row.public_name, row.element, row.site)
    row.impact = (what.impact or Impact(row.impact)).value
    row.started_at = what.started_at or min(row.started_at, at)
    row.forecast_at = what.forecast_at or row.forecast_at
    row.cause = what.cause.strip() or row.cause
    row.is_public = what.is_public
    row.work = what.work or row.work
    row.origin = row.origin or what.origin
    row.state, row.declared_at, row.declared_by_id = OutageState.DECLARED, at, holding.staff_of(by)
    row.answering_id = row.answering_id or holding.person_of(by)
    row.last_news_at = at


def _news(row: Outage, by: Actor, at: datetime, told: int) -> OutageNews:
    news = OutageNews.objects.create(
        outage=row,
        at=at,
        by_id=holding.staff_of(by),
        moment="declared",
        words=row.public_name,
        forecast_at=row.forecast_at,
        told=told,
    )
    team_news.owe_of_outage(row, news)
    return news


# What a declaration would do, before it is done: by the same rules, holding nothing. Hours are UTC.


@dataclass(frozen=True)
class Foreseen:
    """``services``: ids; ``joining``: open cases that would be part of it; ``silent``: services without a case."""

    services: list[int]
    joining: QuerySet[Case]
    silent: int
    tells_silent: TellsSilent


def foresee(
    proposal: Outage | None, element: Element | None, named: Collection[int], started_at: datetime, at: datetime
) -> Foreseen:
    """If it were declared at ``at``, felt since ``started_at``. Raises NoProcedure.

    ``named`` are ids of services; what is not named now is as the proposal says.
    """
    version = proposal.procedure_version_id if proposal else versions.in_force(at).pk
    proposed = proposal.services.values_list("service", flat=True) if proposal else ()
    above = element or (proposal.element if proposal else None)
    services = gathering.behind(above, proposal.site_id if proposal else None, {*named, *proposed})
    opened = Case.objects.filter(service__in=services, closed_at=None, desk=TECHNICAL)
    earliest = gathering.reaches_back(version, started_at, at)
    spoken_for = opened.values("service").distinct().count()
    joining = opened.filter(part_of=None, opened_at__gte=earliest)
    return Foreseen(services, joining, len(services) - spoken_for, versions.of(version).outages.tells_silent)


# Who has not called is told by a letter alone, where the procedure's rule says news and no case. Hours are UTC.


def tell(outage: Outage, news: OutageNews, service_ids: Collection[int] | None = None) -> int:
    """Each company whose services are behind it without a case gets one letter with its own services, for this news.

    ``service_ids``: only about these. Returns how many contacts are written to.
    """
    if gathering.tells_silent(outage) is not TellsSilent.NEWS:
        return 0
    rows = OutageService.objects.filter(outage=outage, state=Membership.BEHIND)
    rows = rows if service_ids is None else rows.filter(service__in=service_ids)
    theirs: dict[int, list[list[str]]] = {}
    for row in rows.select_related("service__site__city").order_by("service__circuit"):
        site = row.service.site
        told = [row.service.circuit, f"{site.name}, {site.city.name}", site.zone]
        theirs.setdefault(row.customer_id, []).append(told)
    about = {
        "outage": outage.pk,
        "number": outage.display_number,
        "moment": news.moment,
        "names": outage.public_name,
        "words": news.words,
        "at": news.at.isoformat(),
        "started_at": outage.started_at.isoformat(),
        "forecast_at": outage.forecast_at.isoformat() if outage.forecast_at else "",
    }
    # A service that came behind it later is told of in a letter of its own, also to whom had one about others.
    later = "" if service_ids is None else f"+{min(service_ids, default=0)}"
    letters = [ToEach(pk, f"{news.pk}/{pk}{later}", {**about, "services": told}) for pk, told in theirs.items()]
    if not letters:
        return 0
    return announce_each(AnnouncementKind.OUTAGE, outage.procedure_version, letters, by=news.by_id, at=news.at)
