"""Who may open these pages, and a request in words."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from guardia.people.policy import Right
from guardia.privacy.request import PrivacyRequest
from guardia.web.desk.companies.frame import needs
from guardia.web.desk.settings.frame import shown as of_settings

protects = needs(Right.PROTECT_DATA)
"""Administrators and the quality manager: who answers to a person for what is held on them."""


def shown(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    return of_settings(request, f"privacy/{template}", context, tab="settings_privacy", status=status)


def whom(asked: PrivacyRequest) -> str:
    """The person as the house calls them now; after an erasure that is the tombstone's number."""
    if asked.contact:
        return f"{asked.contact} · {asked.contact.customer.name}"
    if asked.staff:
        return str(asked.staff)
    typed = [one for key in ("names", "addresses", "numbers") for one in asked.subject.get(key, ())]
    return ", ".join(typed[:3]) or _("somebody without a record")
