"""Cases of one company that belong together (P2 D): related, or one the duplicate of the other, which goes on
there.
"""

from collections.abc import Collection, Iterable

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import Refused

# Two cases of one company that belong together: related, or one the duplicate of the other (P2 D).


class LinkKind(models.TextChoices):
    RELATED = "related", _("related")
    DUPLICATE = "duplicate", _("duplicate")


class CaseLink(models.Model):
    """Of a duplicate, ``case`` is the one that ended and ``other`` the one that goes on."""

    customer = models.ForeignKey("guardia.Customer", models.PROTECT, related_name="+")
    case = models.ForeignKey("guardia.Case", models.PROTECT, related_name="links")
    other = models.ForeignKey("guardia.Case", models.PROTECT, related_name="links_from")
    kind = models.CharField(max_length=10, choices=LinkKind.choices)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("guardia.Staff", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, help_text="unlinked since then")

    class Meta:
        app_label = "guardia"
        db_table = "case_link"
        constraints = [
            models.CheckConstraint(condition=~Q(case=F("other")), name="case_link_of_two"),
            models.CheckConstraint(condition=Q(kind__in=LinkKind.values), name="case_link_kind_known"),
            models.UniqueConstraint(fields=["case", "other"], condition=Q(ended_at=None), name="case_link_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None, kind="duplicate"), name="case_duplicate_of_one"
            ),
        ]


# Why two cases are not linked.


class NoSuchCase(Refused):
    clause = "P2"
    field = "number"
    template = _("This company has no case with the number %(number)s. Read it again, or choose one from the list.")


class ItsOwnNumber(Refused):
    clause = "P2"
    field = "number"
    template = _("That is the number of this same case. Write the number of the other one.")


class ItIsOver(Refused):
    clause = "P2"
    field = "number"
    template = _("%(number)s has already ended, so nothing can continue under it. Link the two as related instead.")


class BusyElsewhere(Refused):
    field = "number"
    template = _("Somebody is writing in %(number)s right now. Press again.")


class NotLinked(Refused):
    field = "link"
    template = _("This case is not linked to %(number)s.")


class DuplicateStays(Refused):
    clause = "P2"
    field = "link"
    template = _(
        "The customer was told that it continues under %(number)s: that cannot be changed. If it was a "
        "mistake, open a new case."
    )


# Where a duplicate goes on (P2 D): its reader is told of the other case, and what is written to it belongs there.


MOST_STEPS = 10
"""A duplicate of a duplicate of …: further than this nobody goes."""


def leads_to(case_id: int) -> int:
    """The case under whose number this one goes on; itself where it is nobody's duplicate."""
    for _step in range(MOST_STEPS):
        found = _duplicates().filter(case=case_id).values_list("other_id", flat=True).first()
        if found is None:
            break
        case_id = found
    return case_id


def also_reported(case_ids: Iterable[int]) -> dict[int, set[int]]:
    """Who reported the duplicates of each of these cases: the contacts by their ids; one question for all."""
    found: dict[int, set[int]] = {}
    if not (wanted := set(case_ids)):
        return found
    reporters = _duplicates().filter(other__in=wanted, case__reporter__isnull=False)
    for case_id, contact_id in reporters.values_list("other_id", "case__reporter_id"):
        found.setdefault(case_id, set()).add(contact_id)
    return found


def also_of(case_id: int) -> Collection[int]:
    return also_reported([case_id]).get(case_id, ())


def _duplicates() -> QuerySet[CaseLink]:
    return CaseLink.objects.filter(kind=LinkKind.DUPLICATE, ended_at=None)
