"""Files of companies and all that is theirs: looked at first, imported by a second press."""

from base64 import b64decode, b64encode
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from guardia.cases.band_change import BandsForeseen, CompanyForeseen, as_if, record_band_changes
from guardia.cases.draft import Draft, drop_draft, keep_draft, locked_drafts
from guardia.config.now import now
from guardia.customers.importing import columns
from guardia.customers.importing.bringing import bring as bring_file
from guardia.customers.importing.kind import Outcome
from guardia.customers.lookup import all_sites
from guardia.evidence.target_import import TARGETS
from guardia.evidence.target_import import bring as bring_targets
from guardia.network.element_columns import ELEMENTS
from guardia.network.element_import import bring as bring_elements
from guardia.people.audit import AuditKind
from guardia.people.policy import Right
from guardia.people.staff import Staff
from guardia.web.desk.companies.frame import band_name, customers_page, member, needs
from guardia.web.desk.page import say
from guardia.web.shared.audit import note

# --- bands that a file changes ----------------------------------------------------------------------------------------
# What a file that gives sites another band would do, for the page that asks before it is brought in (P4 D).
NAMED = 50
"""Companies that the page names, and sites of each; of the rest it says how many they are."""


def bands_question(ahead: BandsForeseen) -> dict[str, Any]:
    sites = ngettext("%(n)d site", "%(n)d sites", ahead.sites) % {"n": ahead.sites}
    count = len(ahead.companies)
    companies = ngettext("%(n)d company", "%(n)d companies", count) % {"n": count}
    return {
        "signature": ahead.signature,
        "title": gettext("Another band for %(sites)s of %(companies)s.") % {"sites": sites, "companies": companies},
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


# --- import -----------------------------------------------------------------------------------------------------------
KEY = "import"
GIVE_BANDS = frozenset({columns.SITES.code})
"""The files that may give a site another band: by its own, or by the city it is said to stand in."""
KINDS = {**columns.KINDS, TARGETS.code: TARGETS, ELEMENTS.code: ELEMENTS}
editors = needs(Right.EDIT_CUSTOMERS)


class FileForm(forms.Form):
    use_required_attribute = False
    kind = forms.ChoiceField(label=_("What the file contains"), choices=[(k.code, k.title) for k in KINDS.values()])
    file = forms.FileField(
        label=_("CSV or Excel file"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls,.ods,text/csv"}),
        error_messages={"required": _("Choose a file first.")},
    )


@editors
def bring(request: HttpRequest) -> HttpResponse:
    """The form; a file that is sent is only looked at, and kept as a draft if every row is right."""
    sent = request.method == "POST"
    form = FileForm(request.POST, request.FILES) if sent else FileForm(initial={"kind": request.GET.get("de", "")})
    context: dict[str, Any] = {"form": form, "kinds": KINDS.values()}
    if sent and form.is_valid():
        kind, content = form.cleaned_data["kind"], form.cleaned_data["file"].read()
        outcome, ahead = looked_at(kind, content, member(request))
        context |= {
            "outcome": outcome,
            "kind": KINDS[kind],
            "draft": store_file(member(request), kind, content, outcome),
        }
        context["ahead"] = bands_question(ahead) if ahead else None
    wrong = bool(form.errors) or ("outcome" in context and not context["outcome"].is_right)
    return customers_page(request, "import", context, tab="companies_import", status=422 if wrong else 200)


@editors
@require_POST
def confirm(request: HttpRequest, kind: str, draft_id: int) -> HttpResponse:
    """The file that was looked at, into the database. What another press has brought already is not there any more."""
    draft = get_object_or_404(locked_drafts(), pk=draft_id, staff=request.user, key=KEY)
    kept_kind, content = draft.fields["kind"], b64decode(draft.fields["content"])
    looked, ahead = looked_at(kept_kind, content, member(request))
    if ahead and request.POST.get("sure") != ahead.signature:
        context = {"form": FileForm(initial={"kind": kind}), "kinds": KINDS.values(), "outcome": looked, "draft": draft}
        context |= {"kind": KINDS[kept_kind], "ahead": bands_question(ahead)}
        return customers_page(request, "import", context, tab="companies_import", status=409)
    with record_band_changes(all_sites(), by=member(request), at=now()):
        outcome = import_file(kept_kind, content, member(request), write=True)
    if not outcome.written:
        context = {"form": FileForm(initial={"kind": kind}), "kinds": KINDS.values(), "outcome": outcome}
        return customers_page(
            request, "import", {**context, "kind": KINDS[outcome.kind]}, tab="companies_import", status=422
        )
    draft.delete()
    counts = {"new": outcome.new, "changed": outcome.changed, "unchanged": outcome.unchanged}
    note(request, AuditKind.BROUGHT_IN, about=outcome.kind, new=outcome.new, changed=outcome.changed)
    say(request, gettext("Imported: %(new)d new, %(changed)d changed, %(unchanged)d as they were.") % counts)
    return redirect("elements" if outcome.kind == ELEMENTS.code else "companies")


def looked_at(kind: str, content: bytes, staff: Staff) -> tuple[Outcome, BandsForeseen]:
    """What the file would do, and whom it concerns where sites get another band by it (P4 D). Nothing is written."""
    outcome = import_file(kind, content, staff, write=False)
    if kind not in GIVE_BANDS or not (outcome.is_right and outcome.changed):
        return outcome, BandsForeseen()
    _done, ahead = as_if(lambda: import_file(kind, content, staff, write=True))
    return outcome, ahead


def import_file(kind: str, content: bytes, staff: Staff, *, write: bool) -> Outcome:
    """The package that owns this kind imports the file."""
    if kind == TARGETS.code:
        return bring_targets(content, write=write, by=staff, at=now())
    if kind == ELEMENTS.code:
        return bring_elements(content, write=write)
    return bring_file(kind, content, write=write)


@editors
def sample(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise Http404
    response = HttpResponse(KINDS[kind].sample(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return response


def store_file(staff: Staff, kind: str, content: bytes, outcome: Outcome) -> Draft | None:
    """The file waits for the second press, one per person, so that nobody has to choose it twice."""
    if not outcome.is_right or not (outcome.new or outcome.changed):
        drop_draft(staff, KEY)
        return None
    fields = {"kind": kind, "content": b64encode(content).decode()}
    return keep_draft(staff, KEY, fields, now())
