"""The form of the counter: which office, the stamp, who hands it in, for which desk, what it says (A4)."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import TimeInTheFuture
from guardia.cases.stages.administrative import Ask
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.people.shifts import TECHNICAL
from guardia.procedure.directory import Desk
from guardia.procedure.schema import Procedure
from guardia.web.desk.acts.act import hour, prose, words
from guardia.web.desk.acts.desk_fields import asked_of, given_in
from guardia.web.desk.registration_form import contacts_of

ASIDE = ("office", "stamp", "desk", "text")


class CounterForm(forms.Form):
    """``company`` is None where nobody knows it yet: then the paper waits in the tray until somebody does."""

    use_required_attribute = False

    office = forms.ChoiceField(label=_("Office"), widget=forms.RadioSelect)
    stamp = hour(_("Stamped at (empty: now)"))
    contact = forms.ModelChoiceField(
        Contact.objects.none(), label=_("Who hands it in"), required=False, empty_label=_("somebody else")
    )
    name = words(_("Name of somebody else"), required=False)
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
        self.fields["text"].error_messages["required"] = _("Write what the paper says, in a sentence at least.")
        if company is None:
            del self.fields["contact"]
        self.fields |= asked_of(desk for desk in procedure.desks if desk.key != TECHNICAL)

    @property
    def who_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("contact", "name", "phone") if name in self.fields]

    @property
    def desk_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in {*ASIDE, "contact", "name", "phone"}]

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
        """What the room keeps of it, from which its clock counts: the stamp, or now."""
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
