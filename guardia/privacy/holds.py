"""A legal hold: what must not be erased, since somebody may ask for it in a court or before an authority."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.number import parse
from guardia.customers.customer import Customer
from guardia.people.setting_change import put_on_record
from guardia.people.staff import Staff
from guardia.privacy.retention_rules import LegalHold

NOUN = "legal_hold"
LONGEST_REASON = 300


def place(of: str, reason: str, *, by: Staff, at: datetime) -> LegalHold:
    """``of``: a case's number, or the name of a company. Raises ValidationError by field."""
    case, customer = whose(of.replace("\0", "").strip())
    reason = reason_text(reason)
    here = LegalHold.objects.filter(lifted_at=None, customer=customer, case=case)
    if (same := here.first()) is not None:
        return same
    hold = LegalHold.objects.create(customer=customer, case=case, reason=reason, placed_at=at, placed_by=by)
    put_on_record(NOUN, hold.pk, None, recorded_values(hold), by=by, at=at, reason=reason)
    return hold


def lift(hold: LegalHold, reason: str, *, by: Staff, at: datetime) -> None:
    """What it held follows its rules again. The caller has locked it. Raises ValidationError."""
    if hold.lifted_at:
        return
    hold.lifted_at, hold.lifted_by, hold.lift_reason = at, by, reason_text(reason)
    hold.save()
    put_on_record(NOUN, hold.pk, recorded_values(hold), {"lifted": True}, by=by, at=at, reason=hold.lift_reason)


def whose(of: str) -> tuple[Case | None, Customer]:
    if not of:
        raise ValidationError({"of": _("Write the number of a case or the name of a company.")})
    number = parse(of)
    case = Case.objects.select_related("customer").filter(number=number).first() if number else None
    if case:
        return case, case.customer
    found = list(Customer.objects.filter(name__iexact=of)[:2])
    if len(found) != 1:
        words = _("There is no case with this number and no company of this name. Write it as its page shows it.")
        raise ValidationError({"of": words})
    return None, found[0]


def reason_text(reason: str) -> str:
    words = " ".join(reason.replace("\0", "").split())
    if not words:
        raise ValidationError({"reason": _("Write why: which procedure, before whom.")})
    if len(words) > LONGEST_REASON:
        raise ValidationError({"reason": _("Write it in %(most)d characters at most.") % {"most": LONGEST_REASON}})
    return words


def recorded_values(hold: LegalHold) -> dict[str, str]:
    return {"of": str(hold.case.display_number if hold.case else hold.customer.name)}


def holds_in_force() -> QuerySet[LegalHold]:
    """The holds that nobody has lifted, the latest first."""
    holds = LegalHold.objects.filter(lifted_at=None).select_related("customer", "case", "placed_by")
    return holds.order_by("-pk")


def holds_with_names(*, locked: bool = False) -> QuerySet[LegalHold]:
    """Every hold with its company and case; ``locked``: whoever reads one holds it until the transaction ends."""
    holds = LegalHold.objects.select_related("customer", "case")
    return holds.select_for_update(of=("self",)) if locked else holds
