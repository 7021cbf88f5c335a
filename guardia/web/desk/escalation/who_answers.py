"""Who answers now, for this customer, and how that person is reached; a supervisor tries it by a drill."""

from collections.abc import Mapping
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
from guardia.escalation.alarms import Alarm
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
    alarm = started(form.cleaned_data, request.user, at)
    if alarm is None:
        return who_answers_page(request, at, refused=nobody_paged(), status=409)
    count = alarm.notices.count()
    words = ngettext("Drill started: %(n)d person is paged.", "Drill started: %(n)d people are paged.", count)
    say(request, words % {"n": count})
    return redirect("who_answers")


def started(fields: Mapping[str, Any], staff: Staff, at: datetime) -> Alarm | None:
    """The drill of one person of a level, or of all who hold it at ``at`` (UTC); None where nobody can be paged."""
    level, one = fields["level"], fields["staff"]
    holders = [person.staff for each in matrix(at) if each.number == level for person in each.persons]
    return drills.start([each for each in holders if one in (None, each.pk)], level, by=staff, at=at)


def nobody_paged() -> str:
    return _("Nobody was paged: nobody there has a mailbox or a channel, or their drill is still running.")


@asking(Right.SEE_DESK, Right.SUPERVISE)
@desk_page
@require_POST
def dialled(request: DeskRequest) -> HttpResponse:
    """A number of the matrix was dialled by hand, and somebody answered or nobody did."""
    supervises(request)
    form, at = TriedForm(request.POST), now()
    fields = form.cleaned_data if form.is_valid() else {}
    if not fields or not noted(fields["address"], fields["reached"] == "si", fields["answered_by"], request.user, at):
        return who_answers_page(request, at, refused=not_in_the_matrix(), status=422)
    words = _("%(number)s: answered.") if fields["reached"] == "si" else _("%(number)s: nobody answered.")
    say(request, words % {"number": spoken(fields["address"])})
    return redirect(f"/quien-responde#{quote(fields['address'])}")


def noted(address: str, reached: bool, answered_by: str, staff: Staff, at: datetime) -> bool:
    """That this number was dialled by hand is on record; False where the matrix does not have it at ``at`` (UTC)."""
    level, whose = owner_of(address, at)
    if level is None:
        return False
    drills.dialled(address, reached=reached, answered_by=answered_by, by=staff, at=at, level=level or None, staff=whose)
    return True


def not_in_the_matrix() -> str:
    return _("This number is not in the matrix now.")


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
