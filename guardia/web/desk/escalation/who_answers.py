"""Who answers now, for this customer, and how that person is reached; a supervisor tries it by a drill."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from guardia.cases import drills, escalating
from guardia.cases.escalation_rows import deciding_clocks, open_escalations_of
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.customers.lookup import companies_with, company_of_id
from guardia.customers.phones import spoken
from guardia.escalation import signed_links
from guardia.escalation.reachability import Proof
from guardia.escalation.roster import LevelNow, levels_now
from guardia.notices.notice import Notice
from guardia.people.policy import Right, may
from guardia.people.staff import Staff
from guardia.procedure import version as versions
from guardia.procedure.schema import Procedure
from guardia.web.desk.case_page.escalation import ways_words
from guardia.web.desk.clock import hour
from guardia.web.desk.entry import DeskRequest, asking, desk_page
from guardia.web.desk.escalation.escalations import open_row
from guardia.web.desk.page import page, say
from guardia.web.desk.shell import shell_for
from guardia.web.shared.reach import addresses_of, level_rows, night_way, unproven

# --- last drills ------------------------------------------------------------------------------------------------------
# The last drills: who was asked, by which ways, and who has answered.
MOST = 5


def last_drills(at: datetime) -> list[dict[str, Any]]:
    pages = drills.last_pages(MOST)
    proofs = drills.answers(pages)
    return [drill_row(page, proofs.get(page.pk), at) for page in pages]


def drill_row(page: Notice, proof: Proof | None, at: datetime) -> dict[str, Any]:
    alarm = page.alarm
    began = alarm.began_at if alarm else page.owed_at
    over = (alarm is not None and alarm.ended_at is not None) or at - began >= drills.LASTS
    if proof:
        words = _("answered at %(hour)s") % {"hour": hour(proof.at, at)}
    else:
        words = _("did not answer") if over else _("waits until %(hour)s") % {"hour": hour(began + drills.LASTS, at)}
    return {
        "name": page.staff.name if page.staff else "",
        "since": hour(began, at),
        "words": words,
        "ways": ways_words(page.deliveries.all(), at),
        "answered": proof is not None,
        "is_over": over,
    }


# --- who answers ------------------------------------------------------------------------------------------------------
MOST_COMPANIES = 8


@desk_page
@require_GET
def who_answers(request: DeskRequest) -> HttpResponse:
    return who_answers_page(request, now())


def who_answers_page(request: DeskRequest, at: datetime, *, refused: str = "", status: int = 200) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    version = versions.version_at(at)
    company = company_of_id(request.GET.get("compania", ""))
    found = companies_with(words, MOST_COMPANIES) if words and company is None else []
    context = {
        "now": who_answers_at(version.procedure, at) if version else None,
        "words": words,
        "found": found,
        "chosen": chosen(company, at) if company else None,
        "refused": refused,
        "may_drill": may(request.user, Right.SUPERVISE),
        "shell": shell_for(request, at, view="who_answers"),
    }
    return page(request, "desk/escalation/who_answers.html", context, status=status)


def who_answers_at(procedure: Procedure, at: datetime) -> dict[str, Any]:
    levels = level_rows(levels_now(procedure.escalation.levels, at), at)
    night = night_way(procedure.escalation.night, at)
    waiting = unproven(levels)
    if night.warns:
        waiting.append((_("Nights, weekends and rest days"), night))
    return {
        "levels": levels,
        "night": night,
        "is_night": escalating.is_night(procedure, at),
        "unproven": waiting,
        "drills": last_drills(at),
    }


def chosen(company: Customer, at: datetime) -> dict[str, Any]:
    """The company that was chosen: its open escalations, and the link that shows it who answers."""
    found = open_escalations_of(company)
    clocks = deciding_clocks(each.case_id for each in found)
    rows = tuple(open_row(each, clocks.get(each.case_id), at) for each in found)
    return {"name": company.name, "vip": company.vip, "rows": rows, "link": address_for(company.pk)}


def address_for(customer_id: int) -> str:
    """The whole address of the company's own view."""
    path = reverse("who_answers_customer", args=[signed_links.customer_token(customer_id)])
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


# --- drilling ---------------------------------------------------------------------------------------------------------
# A supervisor tries whether the matrix answers: a drill by page, or a number dialled by hand.
class DrillForm(forms.Form):
    """One person of a level, or all who hold it now."""

    level = forms.IntegerField(min_value=1, max_value=9)
    staff = forms.IntegerField(required=False, max_value=2**62)


class TriedForm(forms.Form):
    address = forms.CharField(max_length=254)
    reached = forms.ChoiceField(choices=[("si", ""), ("no", "")])
    answered_by = forms.CharField(label=gettext_lazy("Who answered"), required=False, max_length=160)


@asking(Right.SEE_DESK, Right.SUPERVISE)
@desk_page
@require_POST
def start(request: DeskRequest) -> HttpResponse:
    supervises(request)
    form, at = DrillForm(request.POST), now()
    if not form.is_valid():
        return who_answers_page(request, at, refused=_("Choose a level or a person from the list."), status=422)
    level, one = form.cleaned_data["level"], form.cleaned_data["staff"]
    holders = [person.staff for each in matrix(at) if each.number == level for person in each.persons]
    asked = [staff for staff in holders if one in (None, staff.pk)]
    alarm = drills.start(asked, level, by=request.user, at=at)
    if alarm is None:
        words = _("Nobody was paged: nobody there has a mailbox or a channel, or their drill is still running.")
        return who_answers_page(request, at, refused=words, status=409)
    count = alarm.notices.count()
    words = ngettext("Drill started: %(n)d person is paged.", "Drill started: %(n)d people are paged.", count)
    say(request, words % {"n": count})
    return redirect("who_answers")


@asking(Right.SEE_DESK, Right.SUPERVISE)
@desk_page
@require_POST
def dialled(request: DeskRequest) -> HttpResponse:
    """A number of the matrix was dialled by hand, and somebody answered or nobody did."""
    supervises(request)
    form, at = TriedForm(request.POST), now()
    level, staff = owner_of(form.cleaned_data["address"], at) if form.is_valid() else (None, None)
    if level is None:
        return who_answers_page(request, at, refused=_("This number is not in the matrix now."), status=422)
    fields = form.cleaned_data
    drills.dialled(
        fields["address"],
        reached=fields["reached"] == "si",
        answered_by=fields["answered_by"],
        by=request.user,
        at=at,
        level=level or None,
        staff=staff,
    )
    words = _("%(number)s: answered.") if fields["reached"] == "si" else _("%(number)s: nobody answered.")
    say(request, words % {"number": spoken(fields["address"])})
    return redirect(f"/quien-responde#{quote(fields['address'])}")


def supervises(request: DeskRequest) -> None:
    if not may(request.user, Right.SUPERVISE):
        raise PermissionDenied


def matrix(at: datetime) -> list[LevelNow]:
    """The levels as they stand at ``at`` (UTC); none where no procedure is in force."""
    version = versions.version_at(at)
    return levels_now(version.procedure.escalation.levels, at) if version else []


def owner_of(address: str, at: datetime) -> tuple[int | None, Staff | None]:
    """Whose this address is: its level (0: E5's) and person; no level where the matrix does not have it."""
    for level in matrix(at):
        if address in addresses_of(level):
            whose = (p.staff for p in level.persons if address in (p.staff.mobile, p.staff.desk_phone, p.staff.email))
            return level.number, next(whose, None)
    version = versions.version_at(at)
    return (0, None) if version and version.procedure.escalation.night.number == address else (None, None)


urlpatterns = [
    path("quien-responde", who_answers, name="who_answers"),
    path("quien-responde/simulacro", start, name="drill_start"),
    path("quien-responde/probado", dialled, name="number_tried"),
]
