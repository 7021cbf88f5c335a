"""The list of a company's sites, and the changes of bands that companies have to be told; bands in words."""

import csv
from datetime import datetime
from io import StringIO
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from guardia.cases import band_notices
from guardia.cases.band_change import Foreseen
from guardia.cases.band_notices import BandChange, letter
from guardia.cases.number import grouped
from guardia.config.now import now
from guardia.customers.bands import band_promises, rules_here, site_band_rows, standing, tiers
from guardia.customers.cities import City, cities_by_province
from guardia.customers.customer import Customer, Site
from guardia.notices.wording.banding import arrival, reason_text
from guardia.people.policy import Right, may
from guardia.procedure import version as versions
from guardia.procedure.schema import Procedure
from guardia.web.desk.companies.frame import band_name, customers_page, member, needs
from guardia.web.desk.page import say
from guardia.web.desk.settings.change_nouns import HOW_TOLD
from guardia.web.shared.act import Refusal, attempt

# --- bands in words ---------------------------------------------------------------------------------------------------
# What is said of bands on the desk's pages: beside the rule, beside the promise, and before a change is done.
NAMED = 12


def procedure_at(at: datetime) -> Procedure | None:
    """The procedure in force, if there is one."""
    current = versions.version_at(at)
    return current.procedure if current else None


def by_the_rule(city: City) -> str:
    """``By the rule it would be: X. It is: Y. The reason: …``; or how else the rule reads it."""
    said = standing(city)
    if said.by_rule is None:
        words = _("No population is on record, so the rule cannot be applied.")
    elif not said.departs:
        words = _("By the rule, it is this as well.")
    else:
        words = _("By the rule, it would be: %(rule)s. It is: %(band)s.") % {
            "rule": band_name(said.by_rule),
            "band": band_name(said.band),
        }
    reason = reason_text(said.reason) or (_("No reason is on record.") if said.departs else "")
    return f"{words} {reason}".rstrip()


def the_rule() -> str:
    """The sample rule in one sentence, with its census; nothing where it is not of this country."""
    if not rules_here():
        return ""
    rule = tiers()
    return _(
        "With %(people)s people or more (%(year)s census) a canton is a main city, below that an intermediate "
        "one; %(provinces)s is remote. This is a sample: the operator decides, city by city."
    ) % {
        "people": with_thousands(rule.main_from),
        "year": rule.census,
        "provinces": ", ".join(sorted(rule.remote_provinces)),
    }


def with_thousands(people: int | None) -> str:
    """``596,101`` in English, ``596.101`` in Spanish; a dash where it is not known."""
    return "–" if people is None else str(number_format(people, use_l10n=True, force_grouping=True))


def beside_city(city: City, at: datetime) -> list[str]:
    return [*filter(None, [the_rule()]), *([by_the_rule(city)] if city.pk else [])]


def beside_site(site: Site, at: datetime) -> list[str]:
    """The city's band, and what each band promises."""
    procedure = procedure_at(at)
    if procedure is None:
        return []
    words = (
        _("Its city, %(city)s, is: %(band)s.") % {"city": site.city, "band": band_name(site.city.band)}
        if site.pk
        else ""
    )
    counted = _("The band of a site sets how soon a crew arrives, counted from the agreed dispatch:")
    return [f"{words} {counted}".strip(), *(arrival(procedure, rule.band) for rule in procedure.bands)]


def what_changes(ahead: Foreseen) -> dict[str, Any]:
    """What a change would do, for the page that asks before it is done."""
    sites = ngettext("%(n)d site", "%(n)d sites", ahead.sites) % {"n": ahead.sites}
    companies = ngettext("%(n)d company", "%(n)d companies", ahead.companies) % {"n": ahead.companies}
    words = _("%(sites)s of %(companies)s: from %(was)s to %(now)s.") % {
        "sites": sites,
        "companies": companies,
        "was": band_name(ahead.was),
        "now": band_name(ahead.now),
    }
    return {
        "signature": ahead.signature,
        "title": words,
        "by_case": [(company, [case.display_number for case in cases]) for company, cases in ahead.by_case[:NAMED]],
        "by_case_more": max(len(ahead.by_case) - NAMED, 0),
        "by_hand": ahead.by_hand[:NAMED],
        "by_hand_more": max(len(ahead.by_hand) - NAMED, 0),
    }


# --- bands ------------------------------------------------------------------------------------------------------------
COLUMNS = ("ciudad", "provincia", "codigo", "poblacion", "banda", "banda_por_regla", "motivo", "zona")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
MAILTO = 1800
"""How long the address of a ready mail may be: a longer one is cut by some programs, so its text is left out."""


@needs(Right.SEE_DESK)
def sites(request: HttpRequest, company_id: int) -> HttpResponse:
    """Every active site with its band and what it promises, made to be printed."""
    company, procedure = get_object_or_404(Customer, pk=company_id), procedure_at(now())
    rows = [(row, band_name(row.band), band_name(row.city_band)) for row in site_band_rows(company, procedure)]
    used = {row.band for row, *_rest in rows}
    context = {
        "company": company,
        "rows": rows,
        "promises": [promise for band, promise in band_promises(procedure).items() if band in used],
        "provider": procedure.provider if procedure else None,
        "at": now(),
    }
    return customers_page(request, "sites", context, tab="companies")


@needs(Right.SEE_DESK)
def cities_csv(request: HttpRequest) -> HttpResponse:
    """Every city with its band, the rule's, and why they differ."""
    written = StringIO()
    table = csv.writer(written, delimiter=";")
    table.writerow(COLUMNS)
    for city in cities_by_province():
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
        "to_tell": [change_row(one, procedure) for one in band_notices.to_tell()],
        "settled": [change_row(one, None) for one in band_notices.settled()],
        "how": list(HOW_TOLD.items()),
        "refused": refused,
        "may_tell": may(member(request), Right.EDIT_CUSTOMERS),
        "may_undo": may(member(request), Right.SUPERVISE),
    }
    return customers_page(request, "band_changes", context, tab="band_changes", status=status)


def change_row(change: BandChange, procedure: Procedure | None) -> dict[str, Any]:
    """A change in words; with the ready text where it has still to be told."""
    subject, text = letter(change, procedure) if procedure else ("", "")
    return {
        "change": change,
        "was": band_name(change.was),
        "now": band_name(change.now),
        "cases": [(number, grouped(number)) for number in change.cases],
        "how": str(HOW_TOLD.get(change.how, "")),
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
def mark_notified(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody of the desk says that the company has been told, and how."""
    change, how = known(pk), request.POST.get("how", "")
    if how not in band_notices.WAYS:
        return changes_page(request, _("Say how the company was notified."), status=422)
    band_notices.mark_notified(change, how, by=member(request), at=now())
    say(request, _("Notified: %s.") % change.customer.name)
    return redirect("band_changes")


@needs(Right.SUPERVISE)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """The change is taken back, while nobody was told of it."""
    change = known(pk)
    done = attempt(lambda: band_notices.take_back(change, by=member(request), at=now()))
    if isinstance(done, Refusal):
        return changes_page(request, done.sentence, status=done.status)
    say(request, _("Undone: the band is %s again.") % band_name(change.was))
    return redirect("band_changes")


def known(pk: int) -> BandChange:
    change = band_notices.change_of(pk)
    if change is None:
        raise Http404
    return change
