"""The page of one mass outage, and the acts on it."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from guardia.cases.refusals import Refused
from guardia.config.now import now
from guardia.outages import declaring, members, news, outage_rows, restoring
from guardia.outages.outage import Outage, OutageState
from guardia.outages.outage_rows import Counted
from guardia.people.policy import Right, may
from guardia.web.desk.acts.case_act import HoursForm
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.outages.board import alert_row, href_of, member_row, news_row, row_of
from guardia.web.desk.outages.declaring import (
    CauseForm,
    JoinForm,
    LeaveForm,
    NewsForm,
    RelapseForm,
    RestoreForm,
    WhyForm,
    in_languages,
)
from guardia.web.desk.outages.tree import tree_of
from guardia.web.desk.page import View, is_fragment, page, say, stamped, tag_of, unchanged
from guardia.web.desk.settings.frame import number_in
from guardia.web.desk.shell import shell_for
from guardia.web.shared.act import Act, Doing, Refusal, attempt, invalid


# --- adding -----------------------------------------------------------------------------------------------------------
# Circuits and numbers of cases are added to an outage, in one go.
class NothingCalledSo(Refused):
    field = "services"
    template = _("No service or open case has that name: %(words)s. Correct it, or remove it.")


def join(doing: Doing[Outage]) -> str:
    """Services by circuit, open cases by number; all of them or none. Raises NothingCalledSo and what the verbs do."""
    services, others = outage_rows.services_named(doing.fields["services"])
    cases, lost = outage_rows.cases_named(" ".join(others))
    if lost:
        raise NothingCalledSo(words=", ".join(lost[:10]))
    found = outage_rows.locked(cases)
    joined = members.join(doing.on, found, variant="caller", **doing.when) if found else []
    added = members.add_services(doing.on, [s.pk for s in services], **doing.when) if services else []
    count = len(joined) + len(added)
    return ngettext("%(n)d added.", "%(n)d added.", count) % {"n": count}


# --- acts -------------------------------------------------------------------------------------------------------------
# What can be done about a mass outage: the form, the verb behind it, and when it is offered.
OFFERED = {
    OutageState.PROPOSED: ("descartar",),
    OutageState.DECLARED: ("novedad", "diagnostico", "normalizado", "agregar", "separar"),
    OutageState.RESTORED: ("novedad", "recaida", "separar", "cerrar"),
}
"""What each state allows, first what is asked for."""


def tell(doing: Doing[Outage]) -> str:
    said = news.tell(doing.on, in_languages("words", doing.fields), doing.fields["forecast"], **doing.when)
    return ngettext("Notified in %(n)d case.", "Notified in %(n)d cases.", said.told) % {"n": said.told}


def diagnose(doing: Doing[Outage]) -> str:
    news.diagnose(doing.on, doing.fields["cause"], doing.fields["plan"], **doing.when)
    return gettext("Cause and plan were recorded on every case that had none, and notified.")


def restore(doing: Doing[Outage]) -> str:
    apart = list(doing.fields["apart"].values_list("pk", flat=True))
    restoring.restore(doing.on, doing.fields["solution"], except_cases=apart, **doing.when)
    return gettext("Restored: each customer is asked whether the service works.")


def relapse(doing: Doing[Outage]) -> str:
    restoring.relapse(doing.on, doing.fields["why"], **doing.when)
    return gettext("Reopened: the cases are in diagnosis again, and their customers are notified.")


def end(doing: Doing[Outage]) -> str:
    restoring.end(doing.on, by=doing.by, at=doing.now)
    return gettext("The outage is over.")


def dismiss(doing: Doing[Outage]) -> str:
    declaring.dismiss(doing.on, doing.fields["why"], by=doing.by, at=doing.now)
    return gettext("Dismissed: it was not a mass outage.")


def leave(doing: Doing[Outage]) -> str:
    cases = outage_rows.locked(doing.fields["cases"])
    members.leave(doing.on, cases, doing.fields["why"], **doing.when)
    return ngettext("%(n)d case continues separately.", "%(n)d cases continue separately.", len(cases)) % {
        "n": len(cases)
    }


ACTS: dict[str, Act[Outage, str]] = {
    act.name: act
    for act in (
        Act(
            "novedad",
            _("Notify all of them"),
            NewsForm,
            tell,
            _("Notify all of them now"),
            _("Written once; each contact reads it in their language, with their own service named."),
        ),
        Act(
            "diagnostico",
            _("Cause and plan"),
            CauseForm,
            diagnose,
            _("Record the diagnosis and notify"),
            _("It becomes the diagnosis of every case that is part of it (P3)."),
            known=lambda outage, _staff: {"cause": outage.cause, "plan": outage.plan},
        ),
        Act(
            "normalizado",
            _("Restored"),
            RestoreForm,
            restore,
            _("Restored: ask each customer"),
            _("Each case continues to its own verification (P5); list those that are not back."),
        ),
        Act("recaida", _("It failed again"), RelapseForm, relapse, _("Return to diagnosis and notify")),
        Act("agregar", _("Add services or cases"), JoinForm, join, _("Add them")),
        Act("separar", _("Separate cases"), LeaveForm, leave, _("Separate them and notify")),
        Act(
            "cerrar",
            _("End it"),
            HoursForm,
            end,
            _("End the outage"),
            _("Its cases go on to their own closing; it ends by itself when the last one is closed."),
        ),
        Act("descartar", _("Not a mass outage"), WhyForm, dismiss, _("Dismiss the proposal")),
    )
}


def offered(outage: Outage) -> list[Act[Outage, str]]:
    return [ACTS[name] for name in OFFERED.get(OutageState(outage.state), ())]


# --- page -------------------------------------------------------------------------------------------------------------
# One mass outage: what is known, who is back, what was said, and the one form of what comes next.


@desk_page
@require_GET
def outage(request: DeskRequest, number: int) -> HttpResponse:
    """The page with the form that its state asks for; a poll asks for its moving part alone."""
    found = found_or_404(number)
    if is_fragment(request):
        at = now()
        context = moving(request, found, at)
        tag = context["tag"]
        return unchanged(request, tag) or stamped(page(request, "desk/outages/_live.html", context), tag)
    return show(request, found)


@desk_page
def act(request: DeskRequest, number: int, name: str) -> HttpResponse:
    """GET shows the form of this act in its place; POST does it, or gives the form back with what was typed."""
    chosen = ACTS.get(name)
    if chosen is None:
        raise Http404
    if request.method != "POST":
        found, at = found_or_404(number), now()
        return show(
            request, found, {"act": chosen, "form": chosen.form(now=at, initial=chosen.known(found, request.user))}
        )
    found, at = found_or_404(number, locked=True), now()
    form = chosen.form(request.POST, now=at)
    if not form.is_valid():
        refusal = invalid(gettext("Nothing was saved yet. Correct the highlighted fields."))
        return show(request, found, {"act": chosen, "form": form, "refusal": refusal})
    said = attempt(lambda: chosen.run(Doing(found, request.user, at, form.cleaned_data)))
    if isinstance(said, Refusal):
        return show(request, found_or_404(number), {"act": chosen, "form": form, "refusal": said})
    say(request, said)
    return redirect("outage", number)


def found_or_404(number: int, *, locked: bool = False) -> Outage:
    found = outage_rows.outage_of(number, locked=locked)
    if found is None:
        raise Http404
    return found


def show(request: DeskRequest, found: Outage, shown: dict[str, Any] | None = None) -> HttpResponse:
    """The form that stands open on the page."""
    at = now()
    acts = offered(found) if may(request.user, Right.HANDLE_CASES) else []
    if shown is None and acts:
        first = acts[0]
        shown = {"act": first, "form": first.form(now=at, initial=first.known(found, request.user))}
    if shown and not acts and request.method == "POST":
        raise PermissionDenied
    links = [View(act_href(found, one), str(one.title), "", shown is not None and one is shown["act"]) for one in acts]
    refusal = shown.get("refusal") if shown else None
    context = {
        **moving(request, found, at),
        "open": shown if acts or refusal else None,
        "open_href": act_href(found, shown["act"]) if shown else "",
        "acts": links,
        "declare_href": f"{reverse('outage_new')}?propuesta={found.number}" if is_proposed(found) else "",
        "shell": shell_for(request, at, view="outages"),
    }
    status = refusal.status_at_fields if refusal else 200
    return page(request, "desk/outages/page.html", context, status=status)


def is_proposed(found: Outage) -> bool:
    return found.state == OutageState.PROPOSED


def act_href(found: Outage, one: Act[Outage, str]) -> str:
    return reverse("outage_act", args=[found.number, one.name])


def moving(request: DeskRequest, found: Outage, at: datetime) -> dict[str, Any]:
    """What changes under the eyes: the figures, the services, the news, the alerts; with its tag."""
    looked_at = request.GET.get("ver", "")
    looked_at = looked_at if looked_at in outage_rows.FILTERS else ""
    after = number_in(request.GET.get("desde", ""))
    counts = outage_rows.counted([found]).get(found.pk, Counted())
    services, more = outage_rows.members(found, looked_at, after)
    signs = outage_rows.signs_of([found]).get(found.pk, []) if is_proposed(found) else []
    rows = [member_row(service, at) for service in services]
    news, alerts = outage_rows.news_of(found), outage_rows.alerts_of(found)
    head = row_of(found, counts, at, signs)
    return {
        "outage": found,
        "head": head,
        "filters": filters(found, looked_at, counts),
        "members": rows,
        "tree": tree_of(found, services, rows, count_of_view(counts, looked_at)) if not after else None,
        "more_href": f"{href_of(found)}?ver={looked_at}&desde={services[-1].pk}" if more else "",
        "first_href": f"{href_of(found)}?ver={looked_at}" if after else "",
        "poll": f"{href_of(found)}?ver={looked_at}&desde={after or ''}",
        "news": [news_row(one, at) for one in news],
        "alerts": [alert_row(one, at) for one in alerts],
        "tag": tag_of([head.tag, *rows, *(n.pk for n in news), *((a.pk, a.state, a.since) for a in alerts)]),
    }


def count_of_view(counts: Counted, looked_at: str) -> int:
    return {
        "": counts.every,
        "sin-servicio": counts.without_service,
        "de-vuelta": counts.back,
        "sin-caso": counts.without_case,
        "aparte": counts.apart,
    }[looked_at]


def filters(found: Outage, looked_at: str, counts: Counted) -> list[View]:
    named = {
        "": (pgettext("services", "All"), counts.every),
        "sin-servicio": (pgettext("services", "Not back yet"), counts.without_service),
        "de-vuelta": (pgettext("services", "Back"), counts.back),
        "sin-caso": (pgettext("services", "Without a case"), counts.without_case),
        "aparte": (pgettext("services", "By themselves"), counts.apart),
    }
    base = href_of(found)
    return [
        View(f"{base}?ver={key}" if key else base, words, str(count), key == looked_at)
        for key, (words, count) in named.items()
    ]


urlpatterns = [
    path("afectaciones/<int:number>/", outage, name="outage"),
    path("afectaciones/<int:number>/<slug:name>", act, name="outage_act"),
]
