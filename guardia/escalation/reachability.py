"""What is known of each number and address: when it last reached a person (a drill, an acknowledged page, a call),
and whether it fails now.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from django.db import models

from guardia.people.staff import Staff

# When a number or an address was last proven to reach a person: a drill, an acknowledged page, an answered call.


class Proof(models.Model):
    """One attempt. ``address`` is what was dialled or written to; a failed attempt proves that it does not reach."""

    address = models.CharField(max_length=254)
    level = models.SmallIntegerField(null=True)
    staff = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    how = models.CharField(max_length=12, help_text="drill, page, call")
    reached = models.BooleanField()
    answered_by = models.CharField(max_length=160, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        app_label = "guardia"
        db_table = "proof"
        indexes = [models.Index(fields=["address", "-at"], name="proof_latest")]


# What is known of each number and address: whether the last attempt reached a person, and when.


How = Literal["drill", "page", "call"]
HOLDS = timedelta(days=90)
"""So long a proof is believed: then the number is to be tried again."""


class Known(StrEnum):
    """What is known of an address: it reached a person, long ago, not at the last attempt, or it was never tried."""

    PROVEN = "proven"
    OLD = "old"
    FAILED = "failed"
    NEVER = "never"


def known(proof: Proof | None, at: datetime) -> Known:
    """What the last attempt says at ``at`` (UTC)."""
    if proof is None:
        return Known.NEVER
    if not proof.reached:
        return Known.FAILED
    return Known.PROVEN if at - proof.at < HOLDS else Known.OLD


def last_proven(addresses: Iterable[str]) -> dict[str, Proof]:
    """The latest attempt at each of these addresses, reached or not; one that was never tried is absent.

    Who answered and who tried is not read: under the portal's database role nobody reads it.
    """
    wanted = {address for address in addresses if address}
    if not wanted:
        return {}
    latest = Proof.objects.filter(address__in=wanted).order_by("address", "-at", "-pk").distinct("address")
    latest = latest.defer("answered_by", "by")
    return {proof.address: proof for proof in latest}


def put(
    address: str,
    *,
    how: How,
    reached: bool,
    at: datetime,
    level: int | None = None,
    staff: Staff | None = None,
    answered_by: str = "",
    by: Staff | None = None,
) -> Proof:
    """Write down one attempt at an address. ``staff``: whose it is; ``by``: who tried; ``at`` is UTC."""
    return Proof.objects.create(
        address=address, how=how, reached=reached, at=at, level=level, staff=staff, answered_by=answered_by[:160], by=by
    )
