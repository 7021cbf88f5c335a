"""A mass outage is declared: its forms, the services behind its element, and who will be told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from guardia.cases import queries
from guardia.cases.labels import SAID_IMPACT_NAMES
from guardia.config.languages import in_language, language_codes, name_in_active, translations
from guardia.config.now import now
from guardia.customers.lookup import companies_with_services, vips_among
from guardia.network import elements
from guardia.network.element import Element
from guardia.outages import declaring, holding, outage_rows
from guardia.outages.declaring import Declared, Foreseen, foresee
from guardia.outages.outage import Outage, OutageState
from guardia.outages.outage_rows import services_of_proposal
from guardia.people.staff import Actor, Staff
from guardia.procedure.rules import TellsSilent
from guardia.procedure.version import NoProcedure
from guardia.procedure.vocabulary import Impact
from guardia.web.desk.acts.case_act import HoursForm, hour, hour_in, one_of, prose, words
from guardia.web.desk.clock import hour as hour_words
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import page, say
from guardia.web.desk.phone.ringing import keyed_case
from guardia.web.desk.settings.frame import number_in
from guardia.web.desk.shell import shell_for
from guardia.web.shared.act import Refusal, attempt, invalid

# --- forms ------------------------------------------------------------------------------------------------------------
# The forms of a mass outage: what must be known to declare it, and what is said of it later.
MOST_CHOSEN = 20_000


def in_languages(name: str, fields: Mapping[str, Any]) -> dict[str, str]:
    """What was written in each language, by language; what is empty is left out."""
    found = {lang: fields.get(f"{name}_{lang}", "").strip() for lang in language_codes()}
    return {lang: text for lang, text in found.items() if text}


class DeclareForm(HoursForm):
    name = words(_("What it is, as the desk says it"))
    element = words(_("Element that failed"), required=False, limit=80)
    circuits = prose(_("Services named one by one (circuits)"), required=False, rows=2, limit=400_000)
    impact = one_of(_("How it affects you"), SAID_IMPACT_NAMES)
    started = hour(_("From what time (empty: now)"))
    forecast = hour(_("Expected restoration (ETR)"), ahead=True)
    cause = prose(_("Cause, if it is known"), required=False)
    public_es = words(_("As customers read it, in Spanish"), required=False)
    is_public = forms.BooleanField(label=_("Show it on the public status page"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in translations():
            self.fields[f"public_{code}"] = words(in_language(code), required=False)

    def translations(self) -> list[forms.BoundField]:
        return [self[f"public_{code}"] for code in translations()]

    def clean_element(self):
        code = self.cleaned_data["element"].strip()
        element = outage_rows.element_of(code)
        if code and element is None:
            raise forms.ValidationError(
                _("No element is called “%(code)s”. Choose one from the list, or enter the circuits below."),
                params={"code": code},
            )
        return element

    def clean_circuits(self):
        services, lost = outage_rows.services_named(self.cleaned_data["circuits"])
        if lost:
            raise forms.ValidationError(
                _("No service has these circuits: %(circuits)s. Correct them, or remove them."),
                params={"circuits": ", ".join(lost[:10]) + ("…" if len(lost) > 10 else "")},
            )
        if len(services) > MOST_CHOSEN:
            raise forms.ValidationError(
                _("Name at most %(n)d services; choose an element for more."), params={"n": MOST_CHOSEN}
            )
        return services

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        nothing = not fields.get("element") and not fields.get("circuits")
        if nothing and not self.errors and not self.initial.get("has_services"):
            raise forms.ValidationError(_("Say what is behind it: an element, or the circuits of the services."))
        return fields


class WhyForm(HoursForm):
    why = words(_("Why"), limit=300)


class NewsForm(HoursForm):
    words_es = prose(_("News, in Spanish"), rows=3)
    forecast = hour(_("Expected restoration (ETR)"), ahead=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in translations():
            label = gettext("In %(language)s (empty: the Spanish text, marked as such)")
            named = label % {"language": name_in_active(code)}
            self.fields[f"words_{code}"] = prose(named, required=False, rows=3)
        self.order_fields(["words_es", *(f"words_{code}" for code in translations())])


class CauseForm(HoursForm):
    cause = prose(_("Cause"))
    plan = prose(_("Solution plan"))
    at = hour()


class RestoreForm(HoursForm):
    solution = prose(_("What was done"))
    at = hour()
    apart = prose(
        _("Services that are not back (circuits or case numbers): their cases continue separately"),
        required=False,
        limit=20_000,
    )

    def clean_apart(self):
        return clean_cases(self.cleaned_data["apart"])


class RelapseForm(HoursForm):
    why = prose(_("What is seen"))
    at = hour()


class CasesForm(HoursForm):
    cases = prose(_("Cases or circuits"), limit=20_000)

    def clean_cases(self):
        return clean_cases(self.cleaned_data["cases"])


class JoinForm(HoursForm):
    services = prose(_("Circuits, or numbers of open cases"), limit=400_000)


class LeaveForm(CasesForm):
    why = words(_("Why, as the customers will read it"), limit=300)


def clean_cases(written: str):
    """The open cases that were named. Raises ValidationError with the words that lead to none."""
    cases, lost = outage_rows.cases_named(written)
    if lost:
        raise forms.ValidationError(
            _("No open case has this number or circuit: %(words)s. Correct it, or remove it."),
            params={"words": ", ".join(lost[:10]) + ("…" if len(lost) > 10 else "")},
        )
    return cases


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
        found.append(
            ngettext("%(n)d open case is added to it.", "%(n)d open cases are added to it.", joining) % {"n": joining}
        )
    if foreseen.silent:
        found.append(silent_words(foreseen.silent, foreseen.tells_silent))
    found.append(gettext("One escalation for all of them: one page, not one per case."))
    return found


def silent_words(silent: int, tells: TellsSilent) -> str:
    """What the procedure has for those who have not called."""
    words = {
        "case": ngettext(
            "%(n)d service that nobody has called about gets a case, and its contacts are notified.",
            "%(n)d services that nobody has called about get a case each, and their contacts are notified.",
            silent,
        ),
        "news": ngettext(
            "The contacts of %(n)d service that nobody has called about are notified; no case is opened.",
            "The contacts of %(n)d services that nobody has called about are notified; no case is opened.",
            silent,
        ),
    }
    nothing = ngettext(
        "Nobody has called about %(n)d service: nobody is notified there until somebody does.",
        "Nobody has called about %(n)d services: nobody is notified there until somebody does.",
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
    return gettext("%(number)s on this element is already under way: add what is missing there.") % {
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
    form = DeclareForm(
        request.POST, now=at, initial={"has_services": bool(proposal and services_of_proposal(proposal))}
    )
    if not form.is_valid():
        return show(request, form, proposal, invalid())
    outage = attempt(lambda: declare(form, proposal, request.user))
    if isinstance(outage, Refusal):
        return show(request, form, proposal, outage)
    say(request, declared_words(outage))
    return redirect("outage", outage.number)


def declare(form: DeclareForm, proposal: Outage | None, staff: Staff) -> Outage:
    """The hour is read once the turn has been taken. Raises Refused, NoProcedure."""
    holding.take_turn()
    locked = outage_rows.outage_of(proposal.number, locked=True) if proposal else None
    at = now()
    what = declared(form.cleaned_data, locked, at)
    return declaring.declare(locked, what, by=Actor.of_staff(staff), at=at, now=at)


@desk_page
@require_GET
def beside(request: DeskRequest) -> HttpResponse:
    """Who is behind what the form says so far; or the elements whose code begins with what was typed."""
    if request.GET.get("solo") == "elementos":
        words = request.GET.get("element", "").replace("\0", "")[:80]
        return page(request, "desk/outages/_elements.html", {"elements": elements.found(words)})
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
    return {**known_of(proposal), "started": hour_words(proposal.started_at, at)}


def known_of(proposal: Outage) -> dict[str, Any]:
    """What a proposal says already, by the fields of the form; ``started`` is in UTC."""
    return {
        "name": proposal.name,
        "element": proposal.element.code if proposal.element else "",
        "circuits": " ".join(service.circuit for service in services_of_proposal(proposal))
        if not proposal.element
        else "",
        "impact": proposal.impact,
        "started": proposal.started_at,
        "cause": proposal.cause,
        "has_services": True,
        **{f"public_{lang}": words for lang, words in proposal.public_name.items()},
    }


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
        "%(number)s is declared: %(n)d case is part of it and has been notified.",
        "%(number)s is declared: %(n)d cases are part of it and have been notified.",
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
        "elements": elements.found(given["element"]),
        "shell": shell_for(request, at, with_views=False),
    }
    return page(request, "desk/outages/declare.html", context, status=refusal.status_at_fields if refusal else 200)


urlpatterns = [
    path("afectaciones/nueva", declare_new, name="outage_new"),
    path("afectaciones/nueva/al-lado", beside, name="outage_beside"),
]
