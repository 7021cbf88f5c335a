"""How long each kind of record is kept, and how what is older goes: Guardia's rules, and where the operator says
otherwise.
"""

from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise

# What a rule of retention is made of: which rows of a table are old enough and under no hold, and how they go.


HELD = """NOT EXISTS (SELECT FROM legal_hold h WHERE h.lifted_at IS NULL
    AND (h.case_id = {case} OR h.case_id IS NULL AND h.customer_id = {customer}))"""


def not_held(case: str = "x.case_id", customer: str = "x.customer_id") -> str:
    return HELD.format(case=case, customer=customer)


@dataclass(frozen=True)
class Cut:
    """``rows``: FROM and WHERE of what is due, the table as ``x`` with its ``key``; ``empty``: done to its %(ids)s."""

    table: str
    rows: str
    empty: tuple[str, ...]
    key: str = "id"


@dataclass(frozen=True)
class Kind:
    """``days``: kept so long unless the operator says otherwise, None: for good; ``least``: never shorter, and why."""

    key: str
    words: str | Promise
    what: str | Promise
    days: int | None
    least: int
    basis: str | Promise
    cuts: tuple[Cut, ...]


# How long a kind of record is kept, where the operator says otherwise than Guardia; and what no rule may touch.


class RetentionRule(models.Model):
    kind = models.CharField(max_length=30, primary_key=True)
    days = models.IntegerField(null=True, help_text="null: kept for good")

    class Meta:
        app_label = "guardia"
        db_table = "retention_rule"

    def __str__(self) -> str:
        return self.kind


class LegalHold(models.Model):
    """Of one case, or of all that is a company's: nothing of it is erased until it is lifted."""

    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, null=True, related_name="+", help_text="null: the company")
    reason = models.CharField(max_length=300)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    lift_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        app_label = "guardia"
        db_table = "legal_hold"
        indexes = [
            models.Index(fields=["customer"], name="legal_hold_of_company", condition=Q(lifted_at=None)),
            models.Index(fields=["case"], name="legal_hold_of_case", condition=Q(lifted_at=None)),
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"
