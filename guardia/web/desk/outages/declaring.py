"""A mass outage is declared: the services behind its element, the form, and who will be told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from guardia.cases import queries
from guardia.cases.refusals import Missing, Refused
from guardia.config.now import now
from guardia.customers.lookup import companies_with_services, vips_among
from guardia.network.element import Element
from guardia.outages import declaring, holding, outage_rows
from guardia.outages.declaring import Declared
from guardia.outages.foreseeing import Foreseen, foresee
from guardia.outages.outage import Outage, OutageState
from guardia.people.actor import Actor
from guardia.procedure.outage_rules import TellsSilent
from guardia.procedure.version import NoProcedure
from guardia.procedure.vocabulary import Impact
from guardia.web.desk.acts.act import hour_in
from guardia.web.desk.clock import hour
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.outages.forms import DeclareForm, in_languages
from guardia.web.desk.page import page, say
from guardia.web.desk.phone.ringing import keyed_case
from guardia.web.desk.settings.frame import number_in
from guardia.web.desk.shell import shell_for
from guardia.web.desk.stale import Refusal

# --- behind -----------------------------------------------------------------------------------------------------------
# Who is behind what is about to be declared: how many, which companies, which open cases join, what is told.
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
    companies = companies_with_services(ids)
    count = companies.count()
    vips = vips_among(companies, MOST_NAMES + 1)
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
    found = outage_rows.under_way_at(element)
    if found is None:
        return ""
    return _("%(number)s of this element is under way already: add to it what is missing.") % {
        "number": found.display_number
    }


# --- declaring --------------------------------------------------------------------------------------------------------
# `/afectaciones/nueva`: declare a mass outage, seeing who is behind it before anything is sent.
@desk_page
def declare_new(request: DeskRequest) -> HttpResponse:
    """GET shows the form, filled from the proposal it confirms; POST declares, or gives the form back."""
    proposal = proposal_of(request)
    if request.method != "POST":
        at = now()
        return show(request, DeclareForm(now=at, initial=known(request, proposal, at)), proposal)
    at = now()
    form = DeclareForm(request.POST, now=at, initial={"has_services": bool(proposal and services_of(proposal))})
    if not form.is_valid():
        return show(request, form, proposal, Refusal(_("Something is missing. See below."), status=422))
    try:
        with transaction.atomic():
            holding.take_turn()
            locked = outage_rows.outage_of(proposal.number, locked=True) if proposal else None
            at = now()
            what = declared(form.cleaned_data, locked, at)
            outage = declaring.declare(locked, what, by=Actor.of_staff(request.user), at=at, now=at)
    except Refused as refused:
        status = 422 if isinstance(refused, Missing) else 409
        return show(request, form, proposal, Refusal(str(refused), status=status))
    except NoProcedure:
        return show(request, form, proposal, Refusal(_("No procedure is published yet: publish one first.")))
    say(request, declared_words(outage))
    return redirect("outage", outage.number)


@desk_page
@require_GET
def beside(request: DeskRequest) -> HttpResponse:
    """Who is behind what the form says so far; or the elements whose code begins with what was typed."""
    if request.GET.get("solo") == "elementos":
        words = request.GET.get("element", "").replace("\0", "")[:80]
        return page(request, "desk/outages/_elements.html", {"elements": outage_rows.elements_called(words)})
    context = {"behind": behind_of(request.GET, proposal_of(request), now())}
    return page(request, "desk/outages/_beside.html", context)


def proposal_of(request: DeskRequest) -> Outage | None:
    """The proposal that the form confirms, while it is one."""
    number = number_in((request.POST.get("propuesta") or request.GET.get("propuesta", ""))[:12])
    found = outage_rows.outage_of(number)
    return found if found and found.state == OutageState.PROPOSED else None


def known(request: DeskRequest, proposal: Outage | None, at: datetime) -> dict[str, Any]:
    """What is known before anybody asks."""
    if proposal is None:
        element = outage_rows.element_of(request.GET.get("elemento", "").replace("\0", "")[:80])
        return {"element": element.code if element else ""}
    return {
        "name": proposal.name,
        "element": proposal.element.code if proposal.element else "",
        "circuits": " ".join(service.circuit for service in services_of(proposal)) if not proposal.element else "",
        "impact": proposal.impact,
        "started": hour(proposal.started_at, at),
        "cause": proposal.cause,
        "has_services": True,
        **{f"public_{lang}": words for lang, words in proposal.public_name.items()},
    }


def services_of(proposal: Outage) -> list:
    return [each.service for each in proposal.services.select_related("service").order_by("pk")[:500]]


def declared(fields: Mapping[str, Any], proposal: Outage | None, at: datetime) -> Declared:
    """What the form says, as the verb takes it."""
    return Declared(
        name=fields["name"],
        element=fields["element"],
        site=proposal.site if proposal else None,
        services=tuple(service.pk for service in fields["circuits"]),
        public_name=in_languages("public", fields),
        impact=Impact(fields["impact"]),
        started_at=fields["started"] or at,
        forecast_at=fields["forecast"],
        cause=fields["cause"],
        is_public=fields["is_public"],
    )


def declared_words(outage: Outage) -> str:
    joined = outage_rows.counted([outage]).get(outage.pk, outage_rows.Counted()).joined
    words = ngettext(
        "%(number)s is declared: %(n)d case is part of it and told.",
        "%(number)s is declared: %(n)d cases are part of it and told.",
        joined,
    )
    return words % {"number": outage.display_number, "n": joined}


def behind_of(given: Mapping[str, str], proposal: Outage | None, at: datetime) -> dict[str, Any]:
    element = outage_rows.element_of(given.get("element", "").replace("\0", "")[:80])
    named = outage_rows.services_named(given.get("circuits", "").replace("\0", "")[:400_000])[0]
    started_at = hour_in(given.get("started", "")[:40], at) or at
    return behind(element, proposal, [service.pk for service in named], started_at, at)


def show(
    request: DeskRequest, form: DeclareForm, proposal: Outage | None, refusal: Refusal | None = None
) -> HttpResponse:
    at = now()
    given = {name: str(form[name].value() or "") for name in ("element", "circuits", "started")}
    context = {
        "form": form,
        "proposal": proposal,
        "refusal": refusal,
        "action": request.get_full_path(),
        "behind": behind_of(given, proposal, at),
        "elements": outage_rows.elements_called(given["element"]),
        "shell": shell_for(request, at, with_views=False),
    }
    return page(request, "desk/outages/declare.html", context, status=refusal.status if refusal else 200)
