"""The form of a new case: service and symptoms suffice, the rest may follow (P2 D)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from guardia.calls.call import Call
from guardia.cases.draft import Draft
from guardia.cases.stages.registration import Report
from guardia.cases.words import IMPACT_NAMES
from guardia.customers.customer import Customer
from guardia.customers.phones import spoken
from guardia.customers.service import Service
from guardia.doors.desk.acts.act import hour, one_of, prose, words
from guardia.doors.desk.acts.handing_over import POWER
from guardia.procedure.vocabulary import Impact

DETAILS = ("reporter_name", "call_back_number", "site_contact", "access_hours", "mains_power")


class RegistrationForm(forms.Form):
    use_required_attribute = False

    service = forms.ModelChoiceField(
        Service.objects.none(),
        label=_("Service"),
        error_messages={"required": _("Choose the service that fails."), "invalid_choice": _("Choose a service.")},
    )
    symptoms = prose(_("Symptoms"))
    impact = one_of(_("How the service is"), [(i.value, IMPACT_NAMES[i]) for i in Impact], initial=Impact.DOWN.value)
    since = hour(_("Since what hour"))
    reporter_name = words(_("Who reports"), required=False)
    call_back_number = words(_("Call back to"), required=False, limit=40)
    site_contact = words(_("Contact at the site"), required=False, limit=200)
    access_hours = words(_("Access hours"), required=False, limit=200)
    mains_power = one_of(_("Is there mains power?"), POWER[1:], required=False)

    def __init__(self, *args, company: Customer | None, service: Service | None, now: datetime, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        active = Service.objects.filter(active=True, customer=company).select_related("site__city", "customer")
        self.fields["service"].queryset = active  # type: ignore[attr-defined]
        since = self.fields["since"]
        since.zone, since.now = zone_of(service), now  # type: ignore[attr-defined]
        since.widget.attrs["placeholder"] = _("14:05; empty: when it rang")
        self.fields["symptoms"].error_messages["required"] = _("Write what the caller says, in the caller's words.")
        if service:
            self._say_what_the_site_knows(service)

    def _say_what_the_site_knows(self, service: Service) -> None:
        """Left empty, these are taken from the site: the field says what that is."""
        known_there = {"site_contact": service.site.contact_on_site, "access_hours": service.site.access_hours}
        for name, value in known_there.items():
            self.fields[name].widget.attrs["placeholder"] = value

    @property
    def contact_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in DETAILS if name != "mains_power"]

    def report(self, call: Call | None) -> Report:
        """What the room registers. The caller is the reporter while the form still bears the caller's name."""
        fields = self.cleaned_data
        caller = call.contact if call else None
        named = fields["reporter_name"].strip()
        return Report(
            service=fields["service"],
            symptoms=fields["symptoms"],
            impact=Impact(fields["impact"]),
            affected_since=fields["since"],
            reporter=caller if caller and named in {"", str(caller)} else None,
            details={name: fields[name] for name in DETAILS},
        )


def zone_of(service: Service | None) -> ZoneInfo:
    return ZoneInfo(service.site.zone) if service else ZoneInfo(timezone.get_current_timezone_name())


def known(service: Service | None, call: Call | None, draft: Draft | None) -> dict:
    """What is known before anybody asks: the caller's name and number; over it, what was being written."""
    found = {"impact": Impact.DOWN.value, "service": service}
    if call:
        found["call_back_number"] = spoken(call.from_number) if call.from_number else ""
        found["reporter_name"] = str(call.contact) if call.contact else ""
    return {**found, **(draft.fields if draft else {})}


def draft_key(company: Customer, call: Call | None) -> str:
    return f"nuevo:{company.pk}:{call.pk if call else 0}"
