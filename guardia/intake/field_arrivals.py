"""What a technician's telephone sent: kept first, then applied in its order through the verbs of the case (P4).

Two steps, each a transaction of its caller's: ``keep`` writes what came, once by its key; ``apply_waiting`` does what
has not been done yet of one locked case. A crash between the two loses nothing: the next sending of the same telephone
applies it, and the worker does.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.cases.refusals import Refused
from guardia.cases.verbs import desk_hour
from guardia.field.visit import FieldAct, Visit
from guardia.intake.field_kinds import (
    KINDS,
    BeforeTheDispatch,
    CouldNotBeTaken,
    Doing,
    HandedOver,
    NotUnderstood,
    OfAnotherVisit,
)
from guardia.people.staff import Actor, ActorKind, Staff

if TYPE_CHECKING:
    from guardia.cases.case import Case

log = logging.getLogger(__name__)

CLOCKS_MAY_DIFFER_BY = timedelta(minutes=1)
PATIENCE = timedelta(minutes=10)
"""So long an act that meets trouble of ours is tried again; then the desk enters it, and the next ones go on."""
NEWEST = 500
"""Among so many of the newest acts the worker looks for what was left behind: the cost never grows."""
LONGEST_REFUSAL = 400


@dataclass(frozen=True)
class Sent:
    """One act as it came: ``order`` is its place among those of that telephone, ``happened_at`` is UTC."""

    key: UUID
    order: int
    kind: str
    facts: dict[str, Any]
    happened_at: datetime


@dataclass(frozen=True)
class Sender:
    """Whose telephone it is: a technician with an account, or a crew by its link."""

    name: str
    crews: frozenset[int]
    staff: Staff | None = None


def keep(visit: Visit, sent: Sequence[Sent], sender: Sender, now: datetime) -> None:
    """Write what came for this visit. What is known by its key stays as it was first sent."""
    refused = _handed_over(visit, sender)
    FieldAct.objects.bulk_create([_row(visit, one, sender, refused, now) for one in sent], ignore_conflicts=True)


def keep_refused(visit: Visit, sent: Sent, sender: Sender, refusal: Refused, now: datetime) -> None:
    """Write what is refused already, with the reason, for the desk: a photograph that is none."""
    FieldAct.objects.bulk_create([_row(visit, sent, sender, str(refusal), now)], ignore_conflicts=True)


def _row(visit: Visit, one: Sent, sender: Sender, refused: str, now: datetime) -> FieldAct:
    return FieldAct(
        customer_id=visit.customer_id,
        case_id=visit.case_id,
        visit=visit,
        key=one.key,
        order=one.order,
        kind=one.kind[:30],
        facts=one.facts,
        happened_at=one.happened_at,
        received_at=now,
        staff=sender.staff,
        by_name=sender.name[:160],
        refused=refused[:LONGEST_REFUSAL],
    )


def apply_waiting(case: "Case", now: datetime) -> int:
    """Do what has come in for this locked case and waits, each in its order; how many were settled.

    What a rule does not allow keeps the rule's sentence for the desk. What meets trouble of ours is left for the next
    time, and so is everything after it: a step is never done before the one it follows.
    """
    settled = 0
    for act in in_order(waiting_of(case)):
        with translation.override(settings.LANGUAGE_CODE):
            if not _settle(case, act, now):
                break
        settled += 1
        case.refresh_from_db()
    return settled


def waiting_of(case: "Case") -> QuerySet[FieldAct]:
    """By the visits of the case, which are few, so that the index of acts by visit serves."""
    visits = list(case.visits.values_list("pk", flat=True))
    found = FieldAct.objects.filter(visit__in=visits, applied_at=None, refused="")
    return found.select_related("staff", "visit__crew").order_by("order", "pk")


def in_order(acts: Iterable[FieldAct]) -> list[FieldAct]:
    """Those of one telephone as it numbered them; several telephones by their hours."""
    phones: dict[str, list[FieldAct]] = defaultdict(list)
    for act in acts:
        phones[str(act.facts.get("phone", ""))].append(act)
    return list(merge(*phones.values(), key=lambda act: act.happened_at))


def left_behind(before: datetime) -> list[int]:
    """The cases with acts that came before this hour (UTC) and wait still: somebody died between the two steps."""
    newest = FieldAct.objects.order_by("-pk")[:NEWEST].values("pk")
    waiting = FieldAct.objects.filter(pk__in=newest, applied_at=None, refused="", received_at__lt=before)
    return sorted(set(waiting.values_list("case_id", flat=True)))


def refused_of(case: "Case") -> list[FieldAct]:
    """What telephones sent and no rule could take, until the desk has seen to it; first what happened first."""
    visits = list(case.visits.values_list("pk", flat=True))
    found = FieldAct.objects.filter(visit__in=visits, settled_at=None).exclude(refused="")
    return list(found.select_related("staff", "visit__crew").order_by("happened_at", "pk"))


def settle(act: FieldAct, staff: Staff, now: datetime) -> None:
    """The desk has seen to what was refused. A repeat changes nothing."""
    FieldAct.objects.filter(pk=act.pk, settled_at=None).exclude(refused="").update(settled_at=now, settled_by=staff)


def actor_of(act: FieldAct) -> Actor:
    return Actor.of_staff(act.staff) if act.staff else Actor(ActorKind.SYSTEM)


def _settle(case: "Case", act: FieldAct, now: datetime) -> bool:
    """Whether the act is over with: done, or refused."""
    try:
        with transaction.atomic():
            _do(case, act, now)
            FieldAct.objects.filter(pk=act.pk).update(applied_at=now)
    except Refused as refusal:
        refuse(act, refusal)
    except Exception as trouble:
        log.exception("act %s of a telephone cannot be applied", act.key)
        if isinstance(trouble, DatabaseError) and transaction.get_connection().needs_rollback:
            raise
        if now - act.received_at < PATIENCE:
            return False
        refuse(act, CouldNotBeTaken())
    return True


def _do(case: "Case", act: FieldAct, now: datetime) -> None:
    """Raises Refused."""
    kind = KINDS.get(act.kind)
    if kind is None:
        raise NotUnderstood(what=act.kind)
    if act.happened_at < act.visit.decided_at:
        raise BeforeTheDispatch(said=desk_hour(act.happened_at), decided=desk_hour(act.visit.decided_at))
    meant = case.last_at_site() if kind.at_site else case.open_visit() if kind.on_the_way else None
    if meant and meant.pk != act.visit_id:
        raise OfAnotherVisit()
    doing = Doing(case, act, actor_of(act), min(act.happened_at, now), now)
    kind.run(doing)
    if act.happened_at > now + CLOCKS_MAY_DIFFER_BY:
        _say_it_was_ahead(doing)


def _say_it_was_ahead(doing: Doing) -> None:
    """The clock of the telephone runs ahead: an hour that has not come is not recorded, and the desk reads why."""
    said = {"crew": doing.act.by_name, "said": desk_hour(doing.act.happened_at), "at": desk_hour(doing.at)}
    words = _("The telephone clock of %(crew)s runs ahead: it said %(said)s, recorded %(at)s.")
    doing.case.note(words % said, **doing.when)


def refuse(act: FieldAct, refusal: Refused) -> None:
    act.refused = str(refusal)[:LONGEST_REFUSAL]
    FieldAct.objects.filter(pk=act.pk).update(refused=act.refused)


def _handed_over(visit: Visit, sender: Sender) -> str:
    if visit.crew_id in sender.crews:
        return ""
    with translation.override(settings.LANGUAGE_CODE):
        return str(HandedOver(crew=visit.crew.name if visit.crew else _("nobody")))
