"""The pages that stand in the side column of every page of the desk, and the key that opens some of them."""

from collections.abc import Mapping
from dataclasses import replace

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guardia.web.desk.shown.bench import View

# Pages of other doors: offered where they are installed.
ROOMS = (
    ("dispatch", "dispatch"),
    ("outages", "outages"),
    ("works", "works"),
    ("alerts", "alerts"),
    ("calls", "calls"),
    ("mail_tray", "mail_tray"),
    ("customer_changes", "customer_changes"),
    ("office_receive", "office_receive"),
    ("escalations", "escalations"),
    ("who_answers", "who_answers"),
    ("objections", "objections"),
    ("handover", "handover"),
    ("wall", "wall"),
)
SETTINGS = (
    ("reports", "reports"),
    ("companies", "customers"),
    ("procedure_document", "procedure"),
    ("settings", "settings"),
    *((("mailbox", "mailbox"),) if settings.DEMO else ()),
)
KEYS = {"dispatch": "v", "works": "b"}
"""The rooms that a key opens."""


def rooms(current: str, beside: Mapping[str, str]) -> tuple[View, ...]:
    """The rooms of the desk, with what stands ``beside`` some: how many calls wait, when the shift changes."""
    return with_counts(ROOMS, current, beside)


def with_counts(pages: tuple[tuple[str, str], ...], current: str, beside: Mapping[str, str]) -> tuple[View, ...]:
    words = {address(name): said for name, said in beside.items()}
    return tuple(replace(view, count=words.get(view.href, "")) for view in links(pages, current))


def links(pages: tuple[tuple[str, str], ...], current: str) -> tuple[View, ...]:
    words = {
        "dispatch": pgettext("room", "Dispatch"),
        "outages": _("Mass outages"),
        "works": pgettext("room", "Planned work"),
        "alerts": _("Alerts"),
        "calls": _("Calls"),
        "mail_tray": _("Mail received"),
        "customer_changes": _("Changed by companies"),
        "office_receive": _("Take in a paper"),
        "escalations": _("Escalations"),
        "who_answers": _("Who answers now"),
        "objections": _("Objections"),
        "handover": _("Shift hand-over"),
        "wall": _("Room screen"),
        "reports": _("Reports"),
        "customers": _("Companies"),
        "procedure": _("Procedure"),
        "settings": _("Settings"),
        "mailbox": _("Sent mail"),
    }
    found = ((key, href) for name, key in pages if (href := address(name)))
    return tuple(View(href, words[key], "", key == current, KEYS.get(key, "")) for key, href in found)


def address(name: str, *args: object) -> str:
    """Where that page is; empty where it is not installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
