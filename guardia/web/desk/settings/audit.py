"""One journal for whoever audits: who came in, what was taken out or seen in bulk, and every change of the settings."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.text import format_lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.config import replica
from guardia.config.requests import is_address
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.importing.columns import KINDS as IMPORTED
from guardia.customers.own_sign_in import RECORDED as SIGN_IN
from guardia.customers.telling import COMPANY, CONTACT
from guardia.notices.team_channel import NOUN as TEAM_CHANNEL
from guardia.people.api_key_editing import NOUN as API_KEY
from guardia.people.audit import AuditEntry, AuditKind, latest_entries
from guardia.people.connections import RECORDED as CONNECTION
from guardia.people.lookup import staff_by_name
from guardia.people.policy import Right
from guardia.people.setting_change import latest_changes
from guardia.people.staff import Staff
from guardia.privacy.retention_kinds import KINDS as RETENTION_KINDS
from guardia.privacy.written_words import GROUPS
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.settings.change_log import Change, Things, between, in_words, things_of
from guardia.web.desk.settings.change_nouns import NOUNS, Words
from guardia.web.desk.settings.frame import number_in, settings_page
from guardia.web.shared.audit import as_text, exported
from guardia.web.shared.hour_fields import day_of_filter
from guardia.webhooks.subscription import NOUN as WEBHOOK

CHANGES = "cambios"
WAYS: dict[str, Words] = {
    "password": gettext_lazy("with a password"),
    "totp": gettext_lazy("with an authenticator code"),
    "webauthn": gettext_lazy("with a key"),
    "recovery_codes": gettext_lazy("with a recovery code"),
    "socialaccount": gettext_lazy("with the directory"),
    "saml": gettext_lazy("with the directory"),
    "mail": gettext_lazy("by email"),
    "code_by_mail": gettext_lazy("with a code sent by email"),
    "own_sign_in": gettext_lazy("with the company’s own sign-in"),
    "idle": gettext_lazy("not used for too long"),
    "take": gettext_lazy("to hand over the call"),
    "dial": gettext_lazy("to dial"),
}
FACTS: dict[str, Words] = {
    "sessions": gettext_lazy("sessions ended: %s"),
    "steps": gettext_lazy("second steps: %s"),
    "rows": gettext_lazy("rows: %s"),
    "persons": gettext_lazy("people: %s"),
    "new": gettext_lazy("new: %s"),
    "file": gettext_lazy("file (SHA-256): %s"),
    "begun": gettext_lazy("begun at %s"),
    "changed": gettext_lazy("changed: %s"),
    "form": gettext_lazy("as %s"),
    "cases": gettext_lazy("cases: %s"),
    "events": gettext_lazy("events: %s"),
    "leaves": gettext_lazy("entries of the signed log: %s"),
    "breaks": gettext_lazy("contradictions: %s"),
    "first": gettext_lazy("the first ones: %s"),
    "reason": gettext_lazy("reason: %s"),
    "number": gettext_lazy("number: %s"),
    "extension": gettext_lazy("extension: %s"),
    "uid": gettext_lazy("account at the directory: %s"),
    "detail": gettext_lazy("answer: %s"),
    "key": gettext_lazy("key: %s"),
    "erasure": gettext_lazy("erasure: %s"),
    **{kind.key: format_lazy("{name}: %s", name=kind.words) for kind in RETENTION_KINDS},
    **{group: format_lazy("{name}: %s", name=words) for group, words in GROUPS.items()},
}
NOT_SHOWN = frozenset({"as_at", "code", "details", "release"})
"""Facts that only the machine reads: the mark of a code that was used; what the next comparison starts from, and what
the summary of the settings says of each finding.
"""
ABOUT: dict[str, type[Model]] = {"staff": Staff, CONTACT: Contact, COMPANY: Customer}
"""Of what an entry names by its id."""
ABOUT_WORDS: dict[str, Words] = {
    **{noun: NOUNS[noun].words for noun in (API_KEY, CONNECTION, SIGN_IN, TEAM_CHANNEL, WEBHOOK)},
    **{kind.code: kind.title for kind in IMPORTED.values()},
    "archive": gettext_lazy("Archive of the history"),
    "audit": gettext_lazy("Audit"),
    "call": gettext_lazy("Call"),
    "call_history": gettext_lazy("History of calls"),
    "cases": gettext_lazy("Cases of a former tool"),
    "closing_report": gettext_lazy("Closing report"),
    "elements": gettext_lazy("Elements of the network"),
    "event_log": gettext_lazy("Event log"),
    "history_import": gettext_lazy("Rows left out of an import"),
    "interruptions": gettext_lazy("Interruptions"),
    "monthly_report": gettext_lazy("Report of the month"),
    "open_cases": gettext_lazy("Open cases, for the former tool"),
    "panorama": gettext_lazy("Panorama"),
    "person": gettext_lazy("Data of a person"),
    "planned_work_told": gettext_lazy("Who was told of a planned work"),
    "privacy_request": gettext_lazy("Request of a person"),
    "reception_report": gettext_lazy("Report of the reception"),
    "report": gettext_lazy("Promised and actual, of the month"),
    "retention_run": gettext_lazy("Run of the retention"),
}
"""What else an entry is about; its key stands behind the words."""
SHOWN, MOST_IN_A_FILE = 50, 20_000
audits = needs(Right.SEE_AUDIT, Right.SEE_AUDIT)


@dataclass(frozen=True, slots=True)
class AuditFilters:
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
    about: str
    more: str
    address: str = ""
    agent: str = ""
    entry: int = 0
    change: int = 0


@audits
def audit(request: HttpRequest) -> HttpResponse:
    asked = filters_of(request.GET.dict())
    rows, before = latest(asked, SHOWN)
    context = {
        "rows": rows,
        "kinds": [(key, words, key == asked.kind) for key, words in kinds()],
        "people": [(one.pk, one.name, one.pk == asked.person) for one in staff_by_name()],
        "asked": asked,
        "older": address("settings_audit", request.GET, antes=before) if before else "",
        "file": address("settings_audit_csv", request.GET, antes=""),
    }
    return settings_page(request, "audit", context, tab="settings_audit")


@audits
def audit_csv(request: HttpRequest) -> HttpResponse:
    """The same rows as a file, the latest 20,000 of them; that it was taken is on record too."""
    asked = filters_of({**request.GET.dict(), "antes": ""})
    rows, _before = replica.read(request, lambda: latest(asked, MOST_IN_A_FILE), as_file=True)
    exported(request, "audit", rows=len(rows))
    response = HttpResponse(file_of(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="guardia-audit.csv"'
    response["Cache-Control"] = "no-store"
    return response


def file_of(rows: list[Row]) -> str:
    """Text that a spreadsheet takes for text, whatever somebody managed to get into it."""
    out = StringIO()
    table = csv.writer(out)
    table.writerow([_("Hour"), _("What"), _("Who"), _("From where"), _("Browser"), _("About"), _("More")])
    for row in rows:
        hour = localtime(row.at).isoformat(timespec="seconds")
        table.writerow(
            [as_text(cell) for cell in (hour, row.what, row.who, row.address, row.agent, row.about, row.more)]
        )
    return "\ufeff" + out.getvalue()


def kinds() -> list[tuple[str, str]]:
    return [(CHANGES, _("Changes of the settings")), *((kind.value, str(kind.label)) for kind in AuditKind)]


def address(name: str, asked: Mapping[str, Any], **more: str) -> str:
    names = ("que", "quien", "ip", "desde", "hasta")
    kept = {key: asked[key] for key in names if asked.get(key)} | {key: value for key, value in more.items() if value}
    return reverse(name) + (f"?{urlencode(kept)}" if kept else "")


def filters_of(query: Mapping[str, str]) -> AuditFilters:
    """What the address asks for; a filter that says nothing filters nothing."""
    entry, _dash, change = query.get("antes", "").partition("-")
    kind, written = query.get("que", ""), query.get("ip", "").strip()
    return AuditFilters(
        kind=kind if kind == CHANGES or kind in AuditKind.values else "",
        person=number_in(query.get("quien", "")),
        address=written if is_address(written) and "%" not in written else "",
        since=day_of_filter(query.get("desde", "")),
        until=day_of_filter(query.get("hasta", "")),
        entry=number_in(entry),
        change=number_in(change),
    )


def latest(asked: AuditFilters, count: int) -> tuple[list[Row], str]:
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


def entry_rows(asked: AuditFilters, count: int) -> list[Row]:
    since, until = between(asked.since, asked.until)
    entries = latest_entries(
        kind=asked.kind, staff=asked.person, address=asked.address, before=asked.entry, since=since, until=until
    )
    found = list(entries[:count])
    things = things_of((ABOUT[one.about], number_in(one.key)) for one in found if one.about in ABOUT)
    return [entry_row(one, things) for one in found]


def entry_row(entry: AuditEntry, things: Things) -> Row:
    thing = things.get((ABOUT[entry.about], number_in(entry.key))) if entry.about in ABOUT else None
    contact = thing if isinstance(thing, Contact) else None
    about = " ".join(part for part in (str(ABOUT_WORDS.get(entry.about, entry.about)), entry.key) if part)
    if thing:
        about = f"{contact}, {contact.customer}" if contact else thing.name
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
    if name in {"by", "why", "what"}:
        ways = value if isinstance(value, list) else [value]
        return ", ".join(str(WAYS.get(str(way), way)) for way in ways)
    if name == "first":
        value = "; ".join(": ".join(filter(None, each)) for each in value)
    return str(FACTS[name]) % value if name in FACTS else f"{name}: {value}"


def change_rows(asked: AuditFilters, count: int) -> list[Row]:
    since, until = between(asked.since, asked.until)
    found = latest_changes(by=asked.person, before=asked.change, since=since, until=until)
    return [change_row(one) for one in in_words(found[:count])]


def change_row(one: Change) -> Row:
    lines = (line.field + ": " + (line.after if one.is_new else f"{line.before} → {line.after}") for line in one.lines)
    return Row(
        at=one.at,
        what=_("Changes of the settings"),
        who=one.by or _("command line"),
        about=" ".join(part for part in (one.noun, one.about) if part),
        more=" · ".join([*lines, *([one.reason] if one.reason else [])]),
        change=one.pk,
    )


urlpatterns = [
    path("auditoria", audit, name="settings_audit"),
    path("auditoria.csv", audit_csv, name="settings_audit_csv"),
]
