"""Why a person may not be erased yet, and what to do about it; how long a kind is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guardia.cases.number import grouped

REFUSALS = {
    "open_case": (
        gettext_lazy("The person has part in a case that is open."),
        gettext_lazy("Close it first; then look again."),
    ),
    "open_complaint": (
        gettext_lazy("A formal complaint is open, and the law gives it its time."),
        gettext_lazy("Answer it and close it first."),
    ),
    "contested": (
        gettext_lazy("A wait of the case is contested, and nobody has ruled yet."),
        gettext_lazy("The quality manager rules on it first."),
    ),
    "hold": (gettext_lazy("A case is on legal hold."), gettext_lazy("Whoever placed the hold lifts it first.")),
    "company_on_hold": (
        gettext_lazy("The company is on legal hold."),
        gettext_lazy("Whoever placed the hold lifts it first."),
    ),
    "only_company_administrator": (
        gettext_lazy("The company has no other administrator of its contacts."),
        gettext_lazy("Make another contact of the company its administrator first."),
    ),
    "only_administrator": (
        gettext_lazy("Guardia would be left without an administrator."),
        gettext_lazy("Make somebody else an administrator first."),
    ),
    "still_active": (
        gettext_lazy("The person still signs in."),
        gettext_lazy("Deactivate the person under Companies, People first."),
    ),
    "on_a_level": (
        gettext_lazy("The person holds a turn or a cover of the escalation."),
        gettext_lazy("Take the person out of the rota first."),
    ),
    "on_its_way": (
        gettext_lazy("A message to the person is on its way."),
        gettext_lazy("Wait until it has left, or was given up after 48 hours."),
    ),
    "owed_news": (
        gettext_lazy("A notice is owed to the person."),
        gettext_lazy("Wait a minute until it has left."),
    ),
    "owed_a_call": (
        gettext_lazy("A call of the person is not settled."),
        gettext_lazy("Call back, or settle the call first."),
    ),
    "mail_to_rule": (
        gettext_lazy("A mail of the person waits for somebody to decide."),
        gettext_lazy("Decide it in the tray first."),
    ),
}


@dataclass(frozen=True)
class Refused:
    why: str
    remedy: str
    cases: tuple[str, ...] = ()
    more: int = 0


def refused(refusals: Iterable[dict[str, Any]]) -> list[Refused]:
    found = []
    for each in refusals:
        why, remedy = REFUSALS.get(each["code"], (each["code"], ""))
        numbers = tuple(grouped(number) for number in each.get("cases", ()))
        more = each.get("count", 0) - len(numbers) if numbers else 0
        found.append(Refused(str(why), str(remedy), numbers, more))
    return found


def kept_for(days: int | None) -> str:
    if days is None:
        return _("kept for good")
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
