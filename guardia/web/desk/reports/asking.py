"""What the address asks for: the month, perhaps one company, perhaps one kind of promise."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases.month import Month
from guardia.cases.reports import Asked
from guardia.people.signed import LARGEST_ID
from guardia.procedure.vocabulary import ClockKind


class NotUnderstood(ValueError):
    """The address asks for what cannot be; its words say what to write."""


def asked_by(query: Mapping[str, str], at: datetime) -> Asked:
    """``mes``, ``compania``, ``plazo``; without a month, the one that ``at`` falls in. Raises NotUnderstood."""
    try:
        month = Month.parse(query["mes"].strip()) if query.get("mes", "").strip() else Month.of(at)
    except ValueError:
        raise NotUnderstood(_("That is no month. Write the year and the month, like 2026-11.")) from None
    return Asked(month, customer_in(query.get("compania", "")), kind_in(query.get("plazo", "")))


def customer_in(written: str) -> int | None:
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) < 20 and int(written) <= LARGEST_ID):
        raise NotUnderstood(_("That company is not known. Choose one of the list."))
    return int(written)


def kind_in(written: str) -> ClockKind | None:
    if written and written not in set(ClockKind):
        raise NotUnderstood(_("That promise is not known. Choose one of the list."))
    return ClockKind(written) if written else None


def href(asked: Asked, *, page: str = "reports", **changes: object) -> str:
    """The address of this report with some filters changed."""
    wanted = replace(asked, **changes)  # type: ignore[arg-type]
    month = str(wanted.month) if page == "reports" else ""
    filters = {"mes": month, "compania": wanted.customer_id, "plazo": wanted.kind}
    query = urlencode({name: value for name, value in filters.items() if value})
    address = reverse(page) if page == "reports" else reverse(page, args=[str(wanted.month)])
    return f"{address}?{query}" if query else address
