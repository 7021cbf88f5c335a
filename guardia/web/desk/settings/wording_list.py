"""The notices whose text an operator may write, each in every language: whose text is sent, since when."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases.labels import CAUSE_NAMES, CONDITION_NAMES
from guardia.config.languages import PUBLISHED_IN
from guardia.config.now import now
from guardia.events.kinds import LETTERS, name_of_kind
from guardia.notices import own_words
from guardia.notices.own_wording import OwnWording
from guardia.notices.own_words import Event
from guardia.notices.own_words_editing import is_event
from guardia.procedure.schema import Procedure
from guardia.procedure.vocabulary import VARIANTS, Moment
from guardia.web.desk.settings.frame import looks, ruling, settings_page

RULINGS: dict[str, Promise] = {
    "upheld": gettext_lazy("the objection is right"),
    "rejected": gettext_lazy("the stop stands"),
    "in_part": gettext_lazy("right in part"),
}
VARIANT_NAMES: Mapping[str, Promise] = {
    "remote": gettext_lazy("remotely"),
    "visit": gettext_lazy("by a visit"),
    **{condition.value: name for condition, name in CONDITION_NAMES.items()},
    **{cause.value: name for cause, name in CAUSE_NAMES.items()},
    **RULINGS,
    "breach": gettext_lazy("a promise was broken"),
    "engineer": gettext_lazy("by the engineer"),
    "received": gettext_lazy("received by telephone"),
}
BY_WHOM: dict[str, Promise] = {
    "customer": gettext_lazy("by the customer"),
    "supervisor": gettext_lazy("by our supervisor"),
}

WAITS = frozenset({Moment.WAIT_STARTED, Moment.WAIT_ENDED})
"""Of these the customer is the cause, not who does it."""


def event_in(written: str, language: str = PUBLISHED_IN) -> Event | None:
    """``confirmed-supervisor``: the moment and its variant; None where no such text can be written."""
    moment, _dash, variant = written.partition("-")
    return (moment, variant) if is_event(moment, variant, language) else None


def written_as(moment: str, variant: str) -> str:
    return f"{moment}-{variant}" if variant else moment


def name_of(moment: str, variant: str) -> str:
    """``Confirmed, by our supervisor``."""
    name = name_of_kind(moment)
    return _("%(notice)s, %(kind)s") % {"notice": name, "kind": kind_of(moment, variant)} if variant else name


def kind_of(moment: str, variant: str) -> str:
    names = VARIANT_NAMES if moment in WAITS else {**VARIANT_NAMES, **BY_WHOM}
    return str(names.get(variant, variant))


def example_of(moment: str, variant: str) -> str:
    """``Example``, or which of several: ``Example: by a visit``."""
    return _("Example: %s") % kind_of(moment, variant) if variant else _("Example")


def events(procedure: Procedure, also: Iterable[Event] = ()) -> Iterator[Event]:
    """In the order of a case. One text for a moment, or one for each variant where the procedure rules them apart.

    ``also``: those that have a text of their own already.
    """
    written = set(also)
    for moment in LETTERS:
        known = ("", *VARIANTS.get(Moment(moment), ()))
        apart = any(str(rule.moment).startswith(f"{moment}/") for rule in procedure.notices)
        shown = known[1:] if apart else known[:1]
        yield from ((moment, each) for each in known if each in shown or (moment, each) in written)


@looks
def wordings(request: HttpRequest) -> HttpResponse:
    procedure = ruling(now()).procedure
    newest = own_words.newest_of_all()
    listed = events(procedure, {(moment, variant) for moment, variant, _language in newest})
    context = {
        "languages": [name for _code, name in settings.LANGUAGES],
        "rows": [
            {"name": name_of(*event), "cells": [cell(event, *each, newest) for each in settings.LANGUAGES]}
            for event in listed
        ],
    }
    return settings_page(request, "wordings", context, tab="settings_wording")


def cell(event: Event, language: str, name: str, newest: dict[tuple[str, str, str], OwnWording]) -> dict[str, Any]:
    return {
        "language": name,
        "href": reverse("settings_wording_edit", args=[written_as(*event), language]),
        "wording": newest.get((*event, language)),
    }


urlpatterns = [
    path("textos/", wordings, name="settings_wording"),
]
