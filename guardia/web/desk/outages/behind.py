"""Who is behind what is about to be declared: how many, which companies, which open cases join, what is told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases import queries
from guardia.customers.customer import Customer
from guardia.network.element import Element
from guardia.outages.foreseeing import Foreseen, foresee
from guardia.outages.outage import Outage
from guardia.procedure.outage_rules import TellsSilent
from guardia.procedure.version import NoProcedure
from guardia.web.desk.phone.ringing import keyed_case

MOST_CASES, MOST_NAMES = 8, 6


def behind(
    element: Element | None, proposal: Outage | None, named: Sequence[int], started_at: datetime, at: datetime
) -> dict[str, Any]:
    """Nothing where nothing was named yet."""
    try:
        found = foresee(proposal, element, named, started_at, at)
    except NoProcedure:
        return {"services": 0, "no_procedure": True}
    ids = found.services
    if not ids:
        return {"services": 0}
    companies = Customer.objects.filter(services__in=ids).distinct()
    count = companies.count()
    vips = list(companies.filter(vip=True).order_by("name").values_list("name", flat=True)[: MOST_NAMES + 1])
    cases = list(queries.with_names(found.joining).order_by("opened_at", "pk")[:MOST_CASES])
    return {
        "services": len(ids),
        "words": ngettext("service of %(m)s", "services of %(m)s", len(ids))
        % {"m": ngettext("%(n)d company", "%(n)d companies", count) % {"n": count}},
        "vips": ", ".join(vips[:MOST_NAMES]) + ("…" if len(vips) > MOST_NAMES else ""),
        "cases": [keyed_case(n, case, at) for n, case in enumerate(cases, start=1)],
        "consequences": consequences(found),
        "already": already(element),
    }


def consequences(foreseen: Foreseen) -> list[str]:
    """What declaring does, in sentences."""
    joining, found = foreseen.joining.count(), []
    if joining:
        found.append(ngettext("%(n)d open case joins it.", "%(n)d open cases join it.", joining) % {"n": joining})
    if foreseen.silent:
        found.append(silent_words(foreseen.silent, foreseen.tells_silent))
    found.append(_("One escalation for all of them: one page, not one per case."))
    return found


def silent_words(silent: int, tells: TellsSilent) -> str:
    """What the procedure has for those who have not called."""
    words = {
        "case": ngettext(
            "%(n)d service that nobody has called about gets a case, and its contacts are told.",
            "%(n)d services that nobody has called about get a case each, and their contacts are told.",
            silent,
        ),
        "news": ngettext(
            "The contacts of %(n)d service that nobody has called about are told; no case is opened.",
            "The contacts of %(n)d services that nobody has called about are told; no case is opened.",
            silent,
        ),
    }
    nothing = ngettext(
        "Nobody has called about %(n)d service: nothing is told there until somebody does.",
        "Nobody has called about %(n)d services: nothing is told there until somebody does.",
        silent,
    )
    return words.get(str(tells), nothing) % {"n": silent}


def already(element: Element | None) -> str:
    """An outage of this element that is under way."""
    if element is None:
        return ""
    found = Outage.objects.filter(element=element, ended_at=None).exclude(state="proposed").first()
    if found is None:
        return ""
    return _("%(number)s of this element is under way already: add to it what is missing.") % {
        "number": found.display_number
    }
