"""A resolver group (transport, IP, field, power): who works on a part of the network, and which cases it has."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from guardia.config.languages import in_active, named_texts
from guardia.config.sql_rows import rows_of

NOUN = "resolver_group"
"""Under which the changes of groups are on record, by their id."""


class ResolverGroup(models.Model):
    """Its target is the operator's own: no customer is promised it, and no letter tells of it."""

    names = models.JSONField(help_text='by language: {"es": …}')
    target_minutes = models.IntegerField(null=True, help_text="for how long it may hold a case; null: no target")
    members = models.ManyToManyField("guardia.Staff", related_name="resolver_groups", db_table="resolver_group_member")
    active = models.BooleanField(default=True)

    class Meta:
        app_label = "guardia"
        db_table = "resolver_group"

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_active(self.names)

    @property
    def texts(self) -> dict[str, str]:
        """Its names under which an event keeps them: ``group``, ``group_en`` and so on."""
        return {name.replace("text", "group", 1): text for name, text in named_texts(self.names).items()}

    def due_at(self, since: datetime) -> datetime | None:
        return since + timedelta(minutes=self.target_minutes) if self.target_minutes else None


class GroupHold(models.Model):
    """A group has a case, from ``since`` until it is passed on or taken back; with a closed case it ends there.

    ``due_at``: the end of the target that the group had then. All hours are UTC.
    """

    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="group_holds")
    group = models.ForeignKey(ResolverGroup, models.PROTECT, related_name="holds", db_index=False)
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        app_label = "guardia"
        db_table = "group_hold"
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(until=None), name="group_hold_one_at_a_time")
        ]
        indexes = [
            models.Index(fields=["group", "since"], name="group_hold_since"),
            models.Index(fields=["until"], name="group_hold_until"),
            models.Index(fields=["group"], condition=Q(until=None), name="group_hold_open"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} with {self.group_id}"


def active_groups() -> QuerySet[ResolverGroup]:
    """The groups to which a case may be passed."""
    return ResolverGroup.objects.filter(active=True).order_by("pk")


def all_groups() -> QuerySet[ResolverGroup]:
    """Every group with its members, those in use first."""
    return ResolverGroup.objects.prefetch_related("members").order_by("-active", "pk")


def groups_for_machines(*, active: bool | None = None) -> QuerySet[ResolverGroup]:
    """Every group with its members; with ``active`` those that are in use, or those that are no more."""
    found = ResolverGroup.objects.prefetch_related("members")
    return found if active is None else found.filter(active=active)


def holds_of_group(group: ResolverGroup) -> QuerySet[GroupHold]:
    """The open cases that the group has now, each with its names."""
    return open_holds().filter(group=group, case__closed_at=None).select_related("case__customer").defer("case__search")


def group_of_id(pk: int) -> ResolverGroup | None:
    return all_groups().filter(pk=pk).first()


def open_holds() -> QuerySet[GroupHold]:
    """What groups hold now, each with its group."""
    return GroupHold.objects.filter(until=None).select_related("group")


def hold_of(case_id: int) -> GroupHold | None:
    """The group that has this case now, if one has."""
    return open_holds().filter(case=case_id).first()


IN_QUEUES = """
    SELECT g.id, (SELECT count(*) FROM (
        SELECT FROM group_hold h JOIN "case" c ON c.id = h.case_id
        WHERE h.group_id = g.id AND h.until IS NULL AND c.closed_at IS NULL AND (%(desk)s = '' OR c.desk = %(desk)s)
        LIMIT 100) AS held),
    (SELECT count(*) FROM (
        SELECT FROM group_hold h JOIN "case" c ON c.id = h.case_id
        WHERE h.group_id = g.id AND h.until IS NULL AND c.closed_at IS NULL AND (%(desk)s = '' OR c.desk = %(desk)s)
        AND h.due_at <= %(at)s LIMIT 100) AS late),
    g.names ->> %(language)s, g.names ->> 'es'
    FROM resolver_group g WHERE g.active ORDER BY g.id
"""


def queues(desk: str, language: str, at: datetime) -> list[Mapping[str, Any]]:
    """Each active group with how many open cases it has, and how many past its target at ``at`` (UTC), to 99+."""
    rows = rows_of(IN_QUEUES, {"desk": desk, "at": at, "language": language})
    return [{"id": pk, "name": own or name, "held": held, "late": late} for pk, held, late, own, name in rows]
