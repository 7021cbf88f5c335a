"""The list of a company's sites as it is shown to it, and the changes of bands that companies have to be told."""

import csv
from io import StringIO
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guardia.cases import band_told
from guardia.cases.band_letter import letter
from guardia.cases.band_told import BandChange
from guardia.cases.number import grouped
from guardia.cases.refusals import Refused
from guardia.config.now import now
from guardia.customers.bands import band_promises, sites_shown
from guardia.customers.city import City
from guardia.customers.customer import Customer
from guardia.customers.tiers import standing
from guardia.people.policy import Right, may
from guardia.procedure.schema import Procedure
from guardia.web.desk.companies.band_words import procedure_at
from guardia.web.desk.companies.choices import band_name
from guardia.web.desk.companies.frame import member, needs, shown
from guardia.web.desk.page import say
from guardia.web.desk.settings.told_bands import HOW

COLUMNS = ("ciudad", "provincia", "codigo", "poblacion", "banda", "banda_por_regla", "motivo", "zona")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MAILTO = 1800
"""How long the address of a ready mail may be: a longer one is cut by some programs, so its text is left out."""


@needs(Right.SEE_DESK)
def sites(request: HttpRequest, company_id: int) -> HttpResponse:
    """Every active site with its band and what it promises, made to be printed."""
    company, procedure = get_object_or_404(Customer, pk=company_id), procedure_at(now())
    rows = [(row, band_name(row.band), band_name(row.city_band)) for row in sites_shown(company, procedure)]
    used = {row.band for row, *_rest in rows}
    context = {
        "company": company,
        "rows": rows,
        "promises": [promise for band, promise in band_promises(procedure).items() if band in used],
        "provider": procedure.provider if procedure else None,
        "at": now(),
    }
    return shown(request, "sites", context, tab="companies")


@needs(Right.SEE_DESK)
def cities_csv(request: HttpRequest) -> HttpResponse:
    """Every city with its band, the rule's, and why they differ."""
    written = StringIO()
    table = csv.writer(written, delimiter=";")
    table.writerow(COLUMNS)
    for city in City.objects.order_by("province", "name"):
        said = standing(city)
        people = "" if city.population is None else city.population
        row = (city.name, city.province, city.code, people, city.band, said.by_rule or "", said.reason, city.zone)
        table.writerow([plain(value) for value in row])
    response = HttpResponse("\ufeff" + written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="ciudades.csv"'
    return response


def plain(value: object) -> str:
    """A cell that a spreadsheet does not take for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


@needs(Right.SEE_DESK)
def changes(request: HttpRequest) -> HttpResponse:
    return changes_page(request)


def changes_page(request: HttpRequest, refused: str = "", status: int = 200) -> HttpResponse:
    procedure = procedure_at(now())
    context = {
        "to_tell": [shown_change(one, procedure) for one in band_told.to_tell()],
        "settled": [shown_change(one, None) for one in band_told.settled()],
        "how": list(HOW.items()),
        "refused": refused,
        "may_tell": may(member(request), Right.EDIT_CUSTOMERS),
        "may_undo": may(member(request), Right.SUPERVISE),
    }
    return shown(request, "band_changes", context, tab="band_changes", status=status)


def shown_change(change: BandChange, procedure: Procedure | None) -> dict[str, Any]:
    """A change in words; with the ready text where it has still to be told."""
    subject, text = letter(change, procedure) if procedure else ("", "")
    return {
        "change": change,
        "was": band_name(change.was),
        "now": band_name(change.now),
        "cases": [(number, grouped(number)) for number in change.cases],
        "how": str(HOW.get(change.how, "")),
        "subject": subject,
        "text": text,
        "mailto": mailto(change.mail, subject, text),
    }


def mailto(mailboxes: tuple[str, ...], subject: str, text: str) -> str:
    """An address that opens the ready mail in the person's own program; nothing where nobody has a mailbox."""
    if not (mailboxes and subject):
        return ""
    to = f"mailto:{','.join(quote(box, safe='@') for box in mailboxes)}?subject={quote(subject)}"
    whole = f"{to}&body={quote(text.replace(chr(10), chr(13) + chr(10)))}"
    return whole if len(whole) <= MAILTO else to


@needs(Right.EDIT_CUSTOMERS)
@require_POST
def told(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody of the desk says that the company has been told, and how."""
    change, how = known(pk), request.POST.get("how", "")
    if how not in band_told.WAYS:
        return changes_page(request, _("Say how the company was told."), status=422)
    band_told.mark_told(change, how, by=member(request), at=now())
    say(request, _("Told: %s.") % change.customer.name)
    return redirect("band_changes")


@needs(Right.SUPERVISE)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """The change is taken back, while nobody was told of it."""
    change = known(pk)
    try:
        band_told.take_back(change, by=member(request), at=now())
    except Refused as refused:
        return changes_page(request, str(refused), status=409)
    say(request, _("Taken back: the band is again %s.") % band_name(change.was))
    return redirect("band_changes")


def known(pk: int) -> BandChange:
    change = band_told.found(pk)
    if change is None:
        raise Http404
    return change
