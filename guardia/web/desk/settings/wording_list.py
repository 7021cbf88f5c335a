"""Every notice in every language: whose text is sent, which version of it, who wrote it and when."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from guardia.config.now import now
from guardia.notices.own_wording import OwnWording
from guardia.notices.own_words import Event
from guardia.web.desk.settings.frame import looks, ruling, shown
from guardia.web.desk.settings.wording_events import events, name_of, written_as


@looks
def wordings(request: HttpRequest) -> HttpResponse:
    procedure = ruling(now()).procedure
    newest = newest_of_all()
    listed = events(procedure, {(moment, variant) for moment, variant, _language in newest})
    context = {
        "languages": [name for _code, name in settings.LANGUAGES],
        "rows": [
            {"name": name_of(*event), "cells": [cell(event, *each, newest) for each in settings.LANGUAGES]}
            for event in listed
        ],
    }
    return shown(request, "wordings", context, tab="settings_wording")


def newest_of_all() -> dict[tuple[str, str, str], OwnWording]:
    """One query, however many versions there are."""
    found = OwnWording.objects.select_related("made_by").order_by("moment", "variant", "language", "-version")
    return {(one.moment, one.variant, one.language): one for one in found.distinct("moment", "variant", "language")}


def cell(event: Event, language: str, name: str, newest: dict[tuple[str, str, str], OwnWording]) -> dict[str, Any]:
    return {
        "language": name,
        "href": reverse("settings_wording_edit", args=[written_as(*event), language]),
        "wording": newest.get((*event, language)),
    }
