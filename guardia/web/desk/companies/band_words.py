"""What is said of bands on the desk's pages: beside the rule, beside the promise, and before a change is done."""

from datetime import datetime
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.band_change import Foreseen
from guardia.customers.city import City
from guardia.customers.site import Site
from guardia.customers.tiers import rules_here, standing, tiers
from guardia.notices.wording.banding import arrival, reason_said
from guardia.procedure import version as versions
from guardia.procedure.schema import Procedure
from guardia.web.desk.companies.choices import band_name

NAMED = 12


def procedure_at(at: datetime) -> Procedure | None:
    """The procedure in force, if there is one."""
    current = versions.version_at(at)
    return current.procedure if current else None


def by_the_rule(city: City) -> str:
    """``By the rule it would be: X. It is: Y. The reason: …``; or how else the rule reads it."""
    said = standing(city)
    if said.by_rule is None:
        words = _("No population is on record, so the rule says nothing.")
    elif not said.departs:
        words = _("By the rule it is this too.")
    else:
        words = _("By the rule it would be: %(rule)s. It is: %(band)s.") % {
            "rule": band_name(said.by_rule),
            "band": band_name(said.band),
        }
    reason = reason_said(said.reason) or (_("No reason is on record.") if said.departs else "")
    return f"{words} {reason}".rstrip()


def the_rule() -> str:
    """The sample rule in one sentence, with its census; nothing where it is not of this country."""
    if not rules_here():
        return ""
    rule = tiers()
    return _(
        "From %(people)s people on (census of %(year)s) a canton is a main city, below that an intermediate one; "
        "%(provinces)s is remote. It is a sample: the operator decides, city by city."
    ) % {
        "people": grouped(rule.main_from),
        "year": rule.census,
        "provinces": ", ".join(sorted(rule.remote_provinces)),
    }


def grouped(people: int | None) -> str:
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
    counted = _("The band of a site says within what time a crew arrives, counted from the agreed dispatch:")
    return [f"{words} {counted}".strip(), *(arrival(procedure, rule.band) for rule in procedure.bands)]


def asked(ahead: Foreseen) -> dict[str, Any]:
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
