"""A planned work is written or changed: its form, and what is wrong with it; nobody is told yet."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from guardia.cases.draft import draft_of, drop_draft
from guardia.cases.refusals import Refused
from guardia.config.languages import language_codes, the_same_in, translations
from guardia.config.now import now
from guardia.network.element import Element
from guardia.network.elements import element_called, found
from guardia.network.reach import services_behind
from guardia.outages import planned_work, work_drafting
from guardia.outages.planned_work import PlannedWork, WorkState
from guardia.outages.planned_work_rows import services_named
from guardia.outages.work_drafting import Planned, circuits_named
from guardia.people.staff import Actor, Staff
from guardia.web.desk.acts.case_act import hour, prose, words
from guardia.web.desk.case_page.act_form import Refusal, saved_words
from guardia.web.desk.clock import desk_zone
from guardia.web.desk.entry import DeskRequest, desk_page
from guardia.web.desk.page import page, say
from guardia.web.desk.shell import shell_for
from guardia.web.desk.works import listing
from guardia.web.shared.act import attempt, invalid
from guardia.web.shared.hour_fields import HourField, as_hour

# --- form -------------------------------------------------------------------------------------------------------------
# The form of a planned work: what is done, when, which services it touches. Hours in the operator's zone.
LONGEST_MINUTES = 14 * 24 * 60
OF_REFUSALS = {
    "starts_at": "starts",
    "ends_at": "ends",
    "expected_minutes": "minutes",
    "public_name_es": "what_es",
}
"""Which field of the form a refusal speaks of."""


class EndField(HourField):
    """An hour alone is the next one after the beginning, so that the form reads it; an hour of a machine stands."""

    def clean(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return super().clean(value)
        return forms.CharField.clean(self, value)


class WindowForm(forms.Form):
    """The hours: the end may be an hour alone, which is the next one after the beginning."""

    use_required_attribute = False

    starts = hour(_("Begins"), ahead=True, required=True)
    ends = EndField(label=_("Ends"), ahead=True, required=True)

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["starts"].now = self.fields["ends"].now = now  # type: ignore[attr-defined]
        self.fields["starts"].help_text = _("A date and a time, such as 24/11 02:00.")
        self.fields["ends"].widget.attrs["data-hour-from"] = self["starts"].id_for_label
        self.fields["ends"].help_text = _("A time after the start, or a date and a time.")

    def clean(self) -> dict[str, Any]:
        fields = super().clean() or {}
        starts, ends = fields.get("starts"), fields.get("ends")
        if starts and isinstance(ends, str):
            try:
                fields["ends"] = as_hour(ends, desk_zone(), starts, ahead=True)
            except forms.ValidationError as wrong:
                self.add_error("ends", wrong)
        return fields


class WorkForm(WindowForm):
    """All that a draft says."""

    name = words(_("Name at the desk"))
    what_es = words(_("What is done, as customers read it (Spanish)"), limit=200)
    element = words(_("Element whose services it touches"), required=False, limit=80)
    circuits = prose(_("Other services, one circuit per line"), required=False, rows=3, limit=20_000)
    minutes = forms.IntegerField(
        label=_("Minutes without service"), required=False, min_value=0, max_value=LONGEST_MINUTES
    )
    carrier = words(_("Carrier, if the work is not ours"), required=False)
    carrier_reference = words(_("Its reference"), required=False, limit=80)
    needs_agreement = forms.BooleanField(label=_("Ask each company for its agreement"), required=False)
    is_public = forms.BooleanField(label=_("Show it on the public status page"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minutes"].help_text = _("Within the window; empty: all of it.")
        self.fields["element"].help_text = _("Its code. Services that have another path are left out.")
        for code in translations():
            self.fields[f"what_{code}"] = words(the_same_in(code), required=False, limit=200)

    def translations(self) -> list[forms.BoundField]:
        return [self[f"what_{code}"] for code in translations()]

    def clean_element(self) -> Element | None:
        code = self.cleaned_data["element"].strip()
        found = element_called(code) if code else None
        if code and found is None:
            raise forms.ValidationError(gettext("No element has this code. Choose one from the list."))
        return found

    def clean_circuits(self) -> tuple[int, ...]:
        try:
            return tuple(circuits_named(self.cleaned_data["circuits"].splitlines()))
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused

    def planned(self) -> Planned:
        fields = self.cleaned_data
        return Planned(
            name=fields["name"],
            public_name={language: fields[f"what_{language}"] for language in language_codes()},
            starts_at=fields["starts"],
            ends_at=fields["ends"],
            element=fields["element"],
            services=fields["circuits"],
            expected_minutes=fields["minutes"],
            carrier=fields["carrier"],
            carrier_reference=fields["carrier_reference"],
            needs_agreement=fields["needs_agreement"],
            is_public=fields["is_public"],
            zone=settings.TIME_ZONE,
        )

    def refuse(self, refusal: Refusal) -> Refusal:
        """The sentence beside its field, where it has one; else above the form."""
        named = {OF_REFUSALS.get(name, name): words for name, words in refusal.fields.items()}
        if not named.keys() <= self.fields.keys():
            return refusal
        for name, sentence in named.items():
            self.add_error(name, sentence)
        return invalid(gettext("Nothing was saved yet. Correct the highlighted fields."))


def written(work: PlannedWork, below: set[int]) -> dict[str, Any]:
    """What the form of a draft begins with. ``below``: the services that the element brings with it."""
    named = services_named(work, below)
    return {
        **hours_written(work),
        "name": work.name,
        **{f"what_{language}": work.public_name.get(language, "") for language in language_codes()},
        "element": work.element.code if work.element else "",
        "circuits": "\n".join(row.service.circuit for row in named),
        "minutes": work.expected_minutes,
        "carrier": work.carrier,
        "carrier_reference": work.carrier_reference,
        "needs_agreement": work.needs_agreement,
        "is_public": work.is_public,
    }


def hours_written(work: PlannedWork, later: timedelta = timedelta()) -> dict[str, str]:
    zone = desk_zone()
    pattern = "%d/%m/%Y %H:%M"
    return {
        "starts": (work.starts_at + later).astimezone(zone).strftime(pattern),
        "ends": (work.ends_at + later).astimezone(zone).strftime(pattern),
    }


# --- planning ---------------------------------------------------------------------------------------------------------
DRAFT = "trabajo"
MOST_ELEMENTS = 200


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    """A new draft."""
    return answered(request, None)


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, number: str) -> HttpResponse:
    """A draft, once more; what was announced is moved or cancelled instead."""
    work = listing.called(number)
    if work.state != WorkState.DRAFT:
        if request.method == "POST":
            raise Http404
        return redirect("work", work.display_number)
    return answered(request, work)


def answered(request: DeskRequest, work: PlannedWork | None) -> HttpResponse:
    at = now()
    if request.method != "POST":
        return form_page(request, work, begun(request, work, at), at)
    form = WorkForm(request.POST, now=at)
    if not form.is_valid():
        return form_page(
            request, work, form, at, invalid(gettext("Nothing was saved yet. Correct the highlighted fields."))
        )
    kept = attempt(lambda: keep(request.user, work, form, at))
    if isinstance(kept, Refusal):
        return form_page(request, work, form, at, form.refuse(kept))
    drop_draft(request.user, draft_key(work))
    say(request, gettext("The draft is saved. Nobody has been told yet."), done_draft=draft_key(work))
    return redirect("work", kept.display_number)


def keep(staff: Staff, work: PlannedWork | None, form: WorkForm, at: datetime) -> PlannedWork:
    """A new draft, or ``work`` as the form has it now. Raises Refused, with the verb's names of its fields."""
    by = Actor.of_staff(staff)
    if work is None:
        return work_drafting.draft(form.planned(), by=by, at=at)
    return work_drafting.change(planned_work.locked_work(work.pk), form.planned(), by=by, at=at)


def begun(request: DeskRequest, work: PlannedWork | None, at: datetime) -> WorkForm:
    """With what is on record, and over it what this person was writing."""
    draft = draft_of(request.user, draft_key(work))
    known = {}
    if work:
        known = written(work, set(services_behind([work.element_id])) if work.element_id else set())
    return WorkForm(now=at, initial={**known, **(draft.fields if draft else {})})


def form_page(
    request: DeskRequest, work: PlannedWork | None, form: WorkForm, at: datetime, refusal: Refusal | None = None
) -> HttpResponse:
    draft = draft_of(request.user, draft_key(work))
    context = {
        "shell": shell_for(request, at, view="works"),
        "form": form,
        "work": work,
        "elements": found("", MOST_ELEMENTS),
        "action": reverse("work_edit", args=[work.display_number]) if work else reverse("work_new"),
        "draft": draft_key(work),
        "saved_at": at.timestamp() if form.is_bound else draft.saved_at.timestamp() if draft else 0,
        "saved_words": saved_words(draft.saved_at, at) if draft and not form.is_bound else "",
        "refusal": refusal,
    }
    return page(request, "desk/works/form.html", context, status=refusal.status if refusal else 200)


def draft_key(work: PlannedWork | None) -> str:
    return f"{DRAFT}:{work.pk if work else 0}"


urlpatterns = [
    path("trabajos/nuevo", new, name="work_new"),
    path("trabajos/<slug:number>/editar", edit, name="work_edit"),
]
