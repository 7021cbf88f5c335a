"""The rows of the journal as they are shown: sign-ins and exports, with the changes of the settings between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.config.proxies import is_address
from guardia.customers.contact import Contact
from guardia.customers.telling import CONTACT
from guardia.people.audit_entry import AuditEntry, AuditKind
from guardia.people.setting_change import SettingChange
from guardia.people.staff import Staff
from guardia.web.desk.settings.frame import number_in
from guardia.web.desk.settings.record import day_in, midnight
from guardia.web.desk.settings.told import Told, told
from guardia.web.desk.settings.told_words import Words

CHANGES = "cambios"
WAYS: dict[str, Words] = {
    "password": gettext_lazy("by password"),
    "totp": gettext_lazy("by the code of an application"),
    "webauthn": gettext_lazy("by key"),
    "recovery_codes": gettext_lazy("by recovery code"),
    "socialaccount": gettext_lazy("by the directory"),
    "saml": gettext_lazy("by the directory"),
    "mail": gettext_lazy("by mail"),
    "code_by_mail": gettext_lazy("by a code to the mailbox"),
    "own_sign_in": gettext_lazy("by the company’s own sign-in"),
    "idle": gettext_lazy("not used for too long"),
}
FACTS: dict[str, Words] = {
    "sessions": gettext_lazy("sessions ended: %s"),
    "steps": gettext_lazy("second steps: %s"),
    "rows": gettext_lazy("rows: %s"),
    "persons": gettext_lazy("persons: %s"),
    "new": gettext_lazy("new: %s"),
    "changed": gettext_lazy("changed: %s"),
    "form": gettext_lazy("as %s"),
}
NOT_SHOWN = frozenset({"code"})
"""Facts that only the machine reads: the mark of a code that was used."""


@dataclass(frozen=True, slots=True)
class Asked:
    """``entry`` and ``change``: the rows before these ids; 0: from the latest on."""

    kind: str = ""
    person: int = 0
    address: str = ""
    since: date | None = None
    until: date | None = None
    entry: int = 0
    change: int = 0

    @property
    def is_filtered(self) -> bool:
        return bool(self.kind or self.person or self.address or self.since or self.until)


@dataclass(frozen=True, slots=True)
class Row:
    at: datetime
    what: str
    who: str
    address: str
    agent: str
    about: str
    more: str
    entry: int = 0
    change: int = 0


def asked_by(query: Mapping[str, str]) -> Asked:
    """What the address asks for; a filter that says nothing filters nothing."""
    entry, _dash, change = query.get("antes", "").partition("-")
    kind, written = query.get("que", ""), query.get("ip", "").strip()
    return Asked(
        kind=kind if kind == CHANGES or kind in AuditKind.values else "",
        person=number_in(query.get("quien", "")),
        address=written if is_address(written) and "%" not in written else "",
        since=day_in(query.get("desde", "")),
        until=day_in(query.get("hasta", "")),
        entry=number_in(entry),
        change=number_in(change),
    )


def latest(asked: Asked, count: int) -> tuple[list[Row], str]:
    """The latest ``count`` rows, and where the ones before them begin; empty where there are none."""
    entries = [] if asked.kind == CHANGES else entry_rows(asked, count + 1)
    changes = change_rows(asked, count + 1) if asked.kind in {"", CHANGES} and not asked.address else []
    found = sorted([*entries, *changes], key=lambda row: (row.at, row.entry, row.change), reverse=True)
    rows = found[:count]
    if len(found) <= count:
        return rows, ""
    entry = min((row.entry for row in rows if row.entry), default=asked.entry)
    change = min((row.change for row in rows if row.change), default=asked.change)
    return rows, f"{entry or ''}-{change or ''}"


def span(asked: Asked) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    if asked.since:
        wanted["at__gte"] = midnight(asked.since)
    if asked.until:
        wanted["at__lt"] = midnight(asked.until) + timedelta(days=1)
    return wanted


def entry_rows(asked: Asked, count: int) -> list[Row]:
    wanted = span(asked)
    wanted |= {"kind": asked.kind} if asked.kind else {}
    wanted |= {"staff": asked.person} if asked.person else {}
    wanted |= {"address": asked.address} if asked.address else {}
    wanted |= {"pk__lt": asked.entry} if asked.entry else {}
    found = list(AuditEntry.objects.filter(**wanted).select_related("staff").order_by("-pk")[:count])
    persons = Staff.objects.in_bulk({number_in(one.key) for one in found if one.about == "staff"})
    contacts = Contact.objects.select_related("customer").in_bulk(
        {number_in(one.key) for one in found if one.about == CONTACT}
    )
    return [entry_row(one, persons, contacts) for one in found]


def entry_row(entry: AuditEntry, persons: Mapping[int, Staff], contacts: Mapping[int, Contact]) -> Row:
    person = persons.get(number_in(entry.key)) if entry.about == "staff" else None
    contact = contacts.get(number_in(entry.key)) if entry.about == CONTACT else None
    about = person.name if person else " ".join(part for part in (entry.about, entry.key) if part)
    about = f"{contact}, {contact.customer}" if contact else about
    facts = (fact(name, value) for name, value in entry.facts.items() if name not in NOT_SHOWN)
    nobody = str(contact) if contact else _("nobody known") if entry.address else _("command line")
    return Row(
        at=entry.at,
        what=str(AuditKind(entry.kind).label),
        who=entry.staff.name if entry.staff else nobody,
        address=entry.address or "",
        agent=entry.agent,
        about=about,
        more=" · ".join(facts),
        entry=entry.pk,
    )


def fact(name: str, value: Any) -> str:
    """One thing that the journal knows beside who and what, in words."""
    if name in {"by", "why"}:
        ways = value if isinstance(value, list) else [value]
        return ", ".join(str(WAYS.get(str(way), way)) for way in ways)
    return str(FACTS[name]) % value if name in FACTS else f"{name}: {value}"


def change_rows(asked: Asked, count: int) -> list[Row]:
    wanted = span(asked)
    wanted |= {"by": asked.person} if asked.person else {}
    wanted |= {"pk__lt": asked.change} if asked.change else {}
    found = SettingChange.objects.filter(**wanted).select_related("by", "by_contact").order_by("-pk")
    return [change_row(one) for one in told(found[:count])]


def change_row(one: Told) -> Row:
    lines = (line.field + ": " + (line.after if one.is_new else f"{line.before} → {line.after}") for line in one.lines)
    return Row(
        at=one.at,
        what=_("Changes of the settings"),
        who=one.by or _("command line"),
        address="",
        agent="",
        about=" ".join(part for part in (str(one.noun), one.about) if part),
        more=" · ".join([*lines, *([one.reason] if one.reason else [])]),
        change=one.pk,
    )
