"""A request that is handed in at an office (A3): the form of the counter, and the number for the customer."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.calls.call import WrittenRequest
from guardia.cases import written
from guardia.cases.case import Case
from guardia.cases.draft import draft_of, drop_draft
from guardia.cases.refusals import TimeInTheFuture
from guardia.cases.stages.administrative import Ask
from guardia.cases.writes import take_turn
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.lookup import active_company, companies_with, contacts_of, places_of
from guardia.people.policy import Right, may
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Actor, Staff
from guardia.procedure import version as versions
from guardia.procedure.directory import Desk
from guardia.procedure.schema import Procedure
from guardia.procedure.version import ProcedureVersion
from guardia.web.desk import areas, office_receipt
from guardia.web.desk.acts.case_act import hour, prose, words
from guardia.web.desk.acts.requests import desk_fields_of, given_in
from guardia.web.desk.case_page.act_form import Refusal, saved_words
from guardia.web.desk.entry import DeskRequest, request_page
from guardia.web.desk.page import page, say
from guardia.web.desk.shell import shell_for
from guardia.web.shared.act import attempt, invalid

# --- form -------------------------------------------------------------------------------------------------------------
# The form of the counter: which office, the stamp, who hands it in, for which desk, what it says (A4).
QUARANTINE = ("office", "stamp", "desk", "text")


class CounterForm(forms.Form):
    """``company`` is None where nobody knows it yet: then the paper waits in the tray until somebody does."""

    use_required_attribute = False

    office = forms.ChoiceField(label=_("Office"), widget=forms.RadioSelect)
    stamp = hour(_("Stamped at (empty: now)"))
    contact: forms.ModelChoiceField = forms.ModelChoiceField(
        None, label=_("Who hands it in"), required=False, empty_label=_("somebody else")
    )
    name = words(_("Name of another person"), required=False)
    phone = words(_("Call back to"), required=False, limit=40)
    desk = forms.ChoiceField(label=_("For which desk"), widget=forms.RadioSelect)
    text = prose(_("What it says"), rows=5)

    def __init__(self, *args, company: Customer | None, procedure: Procedure, now: datetime, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.company, self.procedure, self.now = company, procedure, now
        self.fields["office"].choices = [(o.city, o.city) for o in procedure.offices]  # type: ignore[attr-defined]
        self.fields["desk"].choices = [  # type: ignore[attr-defined]
            (desk.key, f"{desk.name}: {desk.handles}") for desk in procedure.desks
        ]
        self.fields["contact"].queryset = contacts_of(company)  # type: ignore[attr-defined]
        self.fields["stamp"].now = now  # type: ignore[attr-defined]
        self.fields["text"].error_messages["required"] = _("Write what the document says, in at least one sentence.")
        if company is None:
            del self.fields["contact"]
        self.fields |= desk_fields_of(desk for desk in procedure.desks if desk.key != TECHNICAL)

    @property
    def who_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("contact", "name", "phone") if name in self.fields]

    @property
    def desk_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in {*QUARANTINE, "contact", "name", "phone"}]

    def clean_stamp(self) -> datetime | None:
        stamp = self.cleaned_data["stamp"]
        if stamp and stamp > self.now:
            raise forms.ValidationError(TimeInTheFuture.template)
        return stamp

    @property
    def chosen(self) -> Desk:
        return self.procedure.desk(self.cleaned_data["desk"])

    @property
    def who(self) -> Contact | None:
        """A name that was written says that it is somebody else."""
        return None if self.cleaned_data["name"].strip() else self.cleaned_data.get("contact")

    def said(self) -> str:
        """What the paper says, and who brought it where that person is no contact."""
        fields, text = self.cleaned_data, self.cleaned_data["text"].strip()
        who = ", ".join(part for part in (fields["name"].strip(), fields["phone"].strip()) if part)
        return "\n\n".join((text, gettext("Handed in by %(who)s.") % {"who": who})) if who else text

    def arrival(self) -> dict[str, Any]:
        """When it arrived, from which its clock counts: the stamp, or now."""
        fields = self.cleaned_data
        return {
            "way": "office",
            "office": fields["office"],
            "desk": fields["desk"],
            "subject": fields["text"].strip().splitlines()[0],
            "text": self.said(),
            "customer": self.company,
            "received_at": fields["stamp"] or self.now,
            "now": self.now,
        }

    def ask(self, company: Customer) -> Ask:
        fields = self.cleaned_data
        return Ask(
            customer=company,
            desk=fields["desk"],
            text=fields["text"],
            reporter=self.who,
            details={"reporter_name": fields["name"].strip(), "call_back_number": fields["phone"].strip()},
            fields=given_in(fields, self.chosen),
        )


# --- counter ----------------------------------------------------------------------------------------------------------
# The counter: a paper is stamped, scanned and taken in; its clock counts from the stamp (A4).
UNKNOWN = "0"
"""How the address says that nobody knows the company."""
FILES = ("scan", "photo")
MOST_SCANS = 20


@request_page
def receive(request: DeskRequest) -> HttpResponse:
    """GET asks whose paper it is, then shows the counter's form; POST takes it in and shows the receipt."""
    at, named = now(), request.GET.get("compania", "")
    version, company = versions.version_at(at), active_company(named)
    if version is None or "q" in request.GET or (company is None and named != UNKNOWN):
        return whose(request, at, is_published=version is not None)
    if request.method == "POST":
        return take_in(request, company, version, at)
    return show(request, company, version, at)


def whose(request: DeskRequest, at: datetime, *, is_published: bool) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()[:200]
    found = companies_with(words) if words else []
    places = places_of(found)
    context = {
        "asked": words,
        "found": [
            {"href": address(one), "name": one.name, "words": places.get(one.pk, ""), "vip": one.vip} for one in found
        ],
        "unknown_href": address(None),
        "is_published": is_published,
        "shell": shell_for(request, at, view="office_receive"),
    }
    return page(request, "desk/offices/receive.html", context)


def address(company: Customer | None) -> str:
    return f"{reverse('office_receive')}?{urlencode({'compania': company.pk if company else UNKNOWN})}"


def show(
    request: DeskRequest,
    company: Customer | None,
    version: ProcedureVersion,
    at: datetime,
    form: CounterForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    draft = draft_of(request.user, draft_key(company))
    if form is None:
        initial = {**known(request.user, version), **(draft.fields if draft else {})}
        form = CounterForm(company=company, procedure=version.procedure, now=at, initial=initial)
    context = {
        "form": form,
        "company": company,
        "action": address(company),
        "draft": draft_key(company),
        "saved_at": at.timestamp() if form.is_bound else draft.saved_at.timestamp() if draft else 0,
        "saved_words": saved_words(draft.saved_at, at) if draft else "",
        "refusal": refusal,
        "files_lost": form.is_bound and any(request.FILES.getlist(name) for name in FILES),
        "registers": may(request.user, Right.HANDLE_CASES),
        "shell": shell_for(request, at, view="office_receive"),
    }
    return page(request, "desk/offices/receive.html", context, status=refusal.status if refusal else 200)


def known(staff: Staff, version: ProcedureVersion) -> dict[str, str]:
    """The office where this person took the last paper, and one's own desk."""
    last = written.last_taken_at_office(staff)
    cities = [office.city for office in version.procedure.offices]
    city = last.office if last and last.office in cities else cities[0] if cities else ""
    return {"office": city, "desk": areas.own(staff)}


def draft_key(company: Customer | None) -> str:
    return f"oficina:{company.pk if company else 0}"


def take_in(request: DeskRequest, company: Customer | None, version: ProcedureVersion, at: datetime) -> HttpResponse:
    """The paper with its scans and, where its desk can have it at once, its number; all of it or nothing."""
    form = CounterForm(request.POST, company=company, procedure=version.procedure, now=at)
    if not form.is_valid():
        return show(request, company, version, at, form, invalid())
    uploaded = [one for name in FILES for one in request.FILES.getlist(name)]
    if len(uploaded) > MOST_SCANS:
        sentence = gettext("At most %(n)d scans at a time. Put the pages into one PDF.") % {"n": MOST_SCANS}
        return show(request, company, version, at, form, invalid(sentence))
    done = attempt(lambda: take_paper(form, company, uploaded, request.user, at))
    if isinstance(done, Refusal):
        return show(request, company, version, at, form, done)
    taken, case = done
    key = draft_key(company)
    drop_draft(request.user, key)
    say(request, gettext("The document has been received."), done_draft=key)
    if case is None and taken.desk == TECHNICAL and may(request.user, Right.HANDLE_CASES):
        return HttpResponseRedirect(f"{reverse('new_case')}?reporte={taken.pk}")
    return redirect("office_receipt", taken.pk)


def take_paper(
    form: CounterForm, company: Customer | None, uploaded: list[UploadedFile], staff: Staff, at: datetime
) -> tuple[WrittenRequest, Case | None]:
    """The request as it is kept; and its case where it is for a desk that has requests, of a company that is known."""
    arrival = form.arrival()
    take_turn(f"counter {staff.pk}")
    if same := written.same_request_just_taken(arrival, staff):
        return same, same.case
    version = versions.version_at(arrival["received_at"]) or versions.in_force(at)
    taken = written.arrive(form.who, version=version, taken_by=staff, **arrival)
    for one in uploaded:
        written.attach_scan(taken, one.name or "", one.read(), by=staff, at=at)
    if company is None or taken.desk == TECHNICAL:
        return taken, None
    engineer = staff if areas.own(staff) == taken.desk else None
    locked = written.locked(taken.pk)
    return taken, Case.take(form.ask(company), by=Actor.of_staff(staff), at=at, request=locked, engineer=engineer)


urlpatterns = [
    path("recibir", receive, name="office_receive"),
    path("recibido/<int:request_id>", office_receipt.receipt, name="office_receipt"),
    path("escaneos/<int:scan_id>", office_receipt.scan, name="scan"),
]
