"""A visit to a site, as plain facts with their hours (P4.1 to P4.4)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy as _

from guardia.field.crew import Crew, Specialty


class Outcome(models.TextChoices):
    """How a visit ended."""

    RESTORED = "restored", _("restored")
    UNFINISHED = "unfinished", _("left unfinished")  # the crew left the site, and another visit follows
    CALLED_OFF = "called_off", _("called off")


class Visit(models.Model):
    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="visits")
    crew = models.ForeignKey(Crew, models.PROTECT, null=True, related_name="visits")
    decided_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    agreed_by_operator = models.CharField(max_length=160, blank=True)
    agreed_by_customer = models.CharField(max_length=160, blank=True)
    site_contact = models.CharField(max_length=200, blank=True)
    access = models.CharField(max_length=200, blank=True)
    forecast_from = models.DateTimeField(null=True)
    forecast_to = models.DateTimeField(null=True)
    departed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    permit_cleared_at = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True, help_text="the crew left the site")
    ended_at = models.DateTimeField(null=True, help_text="restored, called off, or the case went on without it")
    outcome = models.CharField(max_length=20, blank=True, choices=Outcome.choices)
    specialty = models.CharField(max_length=20, blank=True, choices=Specialty.choices)
    parts = models.JSONField(default=list, help_text="carried: [{name, quantity, store}]")
    parts_used = models.JSONField(default=list, help_text="[{name, quantity, serial}]")
    people = models.JSONField(default=list, help_text="who enters: [{name, document}], as the permit letter says")
    plate = models.CharField(max_length=20, blank=True)
    tools = models.TextField(blank=True, help_text="a line each")
    permit_letter_at = models.DateTimeField(null=True, help_text="the letter for the guard was last sent")
    blocked_at = models.DateTimeField(null=True, help_text="a named condition holds it up since then (P4.3)")
    condition = models.CharField(max_length=20, blank=True)
    next_decision_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=160, blank=True, help_text="who of the customer signed for the work")
    signed_position = models.CharField(max_length=160, blank=True)
    signature = models.ForeignKey("guardia.CaseFile", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "visit"
        indexes = [
            models.Index(fields=["case"], name="visit_open", condition=models.Q(ended_at=None)),
            models.Index(fields=["crew"], name="visit_open_of_crew", condition=models.Q(ended_at=None)),
            models.Index(fields=["crew", "-ended_at", "-id"], name="visit_last_of_crew"),
            models.Index(
                fields=["crew", "left_at"], name="visit_left_of_crew", condition=models.Q(left_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"visit {self.pk}"

    @property
    def last_step_at(self) -> datetime:
        """When the last step on record was taken, in the order of P4."""
        return self.permit_cleared_at or self.arrived_at or self.departed_at or self.agreed_at or self.decided_at


class FieldAct(models.Model):
    """What a technician's telephone sent, as it came in: kept before it is applied, so that nothing is lost (P4).

    A telephone without network sends the same one again and again; its key makes it once.
    """

    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="acts")
    key = models.UUIDField(unique=True, help_text="drawn by the telephone")
    order = models.IntegerField(help_text="its place among those of that telephone")
    kind = models.CharField(max_length=30)
    facts = models.JSONField(help_text="as it was sent")
    happened_at = models.DateTimeField(help_text="by the telephone's clock, corrected by its distance to ours")
    received_at = models.DateTimeField()
    staff = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+", help_text="null: by link")
    by_name = models.CharField(max_length=160)
    applied_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=400, blank=True, help_text="why no rule could take it; the desk sees it")
    settled_at = models.DateTimeField(null=True, help_text="the desk has seen what was refused")
    settled_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "field_act"
        indexes = [
            models.Index(fields=["visit", "order"], name="field_act_of_visit"),
            models.Index(
                fields=["received_at"],
                name="field_act_refused",
                condition=models.Q(settled_at=None) & ~models.Q(refused=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


def visits_with_crew() -> models.QuerySet[Visit]:
    """Every visit with its crew."""
    return Visit.objects.select_related("crew")


def visits_for_machines(
    *,
    is_open: bool | None = None,
    planned_from: datetime | None = None,
    planned_before: datetime | None = None,
    **equal: Any,
) -> models.QuerySet[Visit]:
    """Every visit with its crew and its case, whose columns have these values; one that is None narrows nothing.

    ``planned_from`` and ``planned_before`` (aware) are of the hours for which it was agreed.
    """
    found = visits_with_crew().select_related("case__site", "customer").defer("case__search")
    found = found.filter(**{name: value for name, value in equal.items() if value is not None})
    if is_open is not None:
        found = found.filter(ended_at__isnull=is_open)
    if planned_from is not None:
        found = found.filter(forecast_to__gte=planned_from)
    return found if planned_before is None else found.filter(forecast_from__lt=planned_before)


def visit_of_id(pk: int) -> Visit | None:
    """The visit of this id with its crew."""
    return visits_with_crew().filter(pk=pk).first()


def place_among(visit: Visit) -> int:
    """Which of its case's visits this one is: 1 for the first."""
    return Visit.objects.filter(case=visit.case_id, pk__lte=visit.pk).count()


def agreed_visits_of(crews: Collection[Crew], over_since: datetime, only: int | None = None) -> models.QuerySet[Visit]:
    """The visits of these crews that were agreed and are open, or are over since this hour (UTC), first what comes
    first; ``only``: the one of this id.
    """
    now = models.Q(ended_at=None) | models.Q(ended_at__gt=over_since) | models.Q(left_at__gt=over_since)
    found = Visit.objects.filter(now, crew__in=crews, agreed_at__isnull=False)
    if only:
        found = found.filter(pk=only)
    names = ("crew", "case__customer", "case__site__city", "case__service")
    return found.select_related(*names).order_by("forecast_from", "pk")


def acts_of_visits(visits: Collection[Visit]) -> dict[int, list[FieldAct]]:
    """What was sent about each visit in the telephone's order, without its facts but for the ``box`` that it ticks.

    A signature stands in the facts as a picture, and the page asks again every half a minute.
    """
    found: dict[int, list[FieldAct]] = {}
    acts = FieldAct.objects.filter(visit__in=visits).defer("facts").annotate(box=KT("facts__box"))
    for act in acts.order_by("order", "pk"):
        found.setdefault(act.visit_id, []).append(act)
    return found


def keys_known(keys: Collection[UUID]) -> set[UUID]:
    """Those of these keys under which something was sent before."""
    return set(FieldAct.objects.filter(key__in=keys).values_list("key", flat=True))


def acts_by_key(keys: Collection[UUID], visit: Visit) -> dict[UUID, FieldAct]:
    """What was sent about the visit under these keys."""
    return {act.key: act for act in FieldAct.objects.filter(key__in=keys, visit=visit)}


def why_refused(key: UUID) -> str:
    """Why what was sent under this key was refused; empty where it was not."""
    return FieldAct.objects.filter(key=key).values_list("refused", flat=True).first() or ""


def parts_in_a_line(parts: Sequence[Mapping[str, Any]], third: str) -> str:
    """``2 × SFP 10G (AB-12), 1 × patch cord``: the same in every language."""
    return ", ".join(
        f"{each['quantity']} × {each['name']}" + (f" ({each[third]})" if each.get(third) else "") for each in parts
    )
