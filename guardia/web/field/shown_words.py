"""The words of a visit on the technician's page: where it is, whom one rings, what one carries, what holds it up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.words import CONDITION_NAMES
from guardia.customers.phones import NotANumber, normalise
from guardia.field.visit import Visit
from guardia.procedure.vocabulary import Condition
from guardia.templatetags.marks import TELEPHONE
from guardia.web.desk.shown.clock import hour
from guardia.web.field.who import Phone
from guardia.web.shared.reach import tel


def where(case: Case) -> str:
    """What a map finds: the address with its city, or the city alone."""
    if case.site is None:
        return ""
    return ", ".join(part for part in (case.site.address, case.site.city.name, case.site.city.province) if part)


def call_of(contact: str, otherwise: str) -> str:
    """The address that dials whoever waits at the site: the number within the words, or that of who reported."""
    for written in [*(found.group() for found in TELEPHONE.finditer(contact)), otherwise]:
        try:
            return tel(normalise(written)) if written else ""
        except NotANumber:
            continue
    return ""


def letter_href(phone: Phone, visit: Visit) -> str:
    """Where the crew finds its letter for the gate; who only looks at a crew has the desk's own."""
    if not phone.may_send:
        return ""
    return reverse("field_link_letter", args=[phone.token]) if phone.token else reverse("field_letter", args=[visit.pk])


def carried(part: Mapping[str, Any]) -> str:
    words = f"{part.get('quantity') or 1} × {part.get('name', '')}"
    return f"{words} ({part['store']})" if part.get("store") else words


def span(visit: Visit, at: datetime) -> str:
    if visit.forecast_from is None:
        return ""
    if visit.forecast_to is None or visit.forecast_to == visit.forecast_from:
        return hour(visit.forecast_from, at)
    between = {"begin": hour(visit.forecast_from, at), "end": hour(visit.forecast_to, at)}
    return _("between %(begin)s and %(end)s") % between


def blocked_words(visit: Visit, at: datetime) -> str:
    if visit.blocked_at is None or visit.condition not in set(Condition):
        return ""
    what = CONDITION_NAMES.get(Condition(visit.condition), visit.condition)
    said = {"what": what, "since": hour(visit.blocked_at, at)}
    words = _("Held up since %(since)s: %(what)s.") % said
    if visit.next_decision_at is None:
        return words
    return f"{words} {_('It is decided again at %(hour)s.') % {'hour': hour(visit.next_decision_at, at)}}"
