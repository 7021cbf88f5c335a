"""What a file that gives sites another band would do, for the page that asks before it is brought in (P4 D)."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.band_foreseen import BandsForeseen, CompanyForeseen
from guardia.web.desk.companies.choices import band_name

NAMED = 50
"""Companies that the page names, and sites of each; of the rest it says how many they are."""


def bands_asked(ahead: BandsForeseen) -> dict[str, Any]:
    sites = ngettext("%(n)d site", "%(n)d sites", ahead.sites) % {"n": ahead.sites}
    count = len(ahead.companies)
    companies = ngettext("%(n)d company", "%(n)d companies", count) % {"n": count}
    return {
        "signature": ahead.signature,
        "title": _("Another band for %(sites)s of %(companies)s.") % {"sites": sites, "companies": companies},
        "companies": [company(one) for one in ahead.companies[:NAMED]],
        "more": max(count - NAMED, 0),
    }


def company(one: CompanyForeseen) -> dict[str, Any]:
    """``told``: who gets the notice of an open case; where it is empty, somebody of the desk tells them."""
    return {
        "name": one.customer.name,
        "sites": [(each.site.name, band_name(each.was), band_name(each.now)) for each in one.sites[:NAMED]],
        "more": max(len(one.sites) - NAMED, 0),
        "cases": [case.display_number for case in one.cases],
        "told": [str(each) for each in one.contacts],
    }
