"""The forms of this folder: their words and widgets, and the long lists they offer. The domain decides."""

from collections.abc import Mapping
from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.forms.models import model_to_dict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.cases.labels import BAND_NAMES
from guardia.config import countries
from guardia.customers import records
from guardia.customers.cities import all_cities, cities_by_province
from guardia.customers.customer import Customer
from guardia.customers.lookup import all_sites, sites_to_choose
from guardia.customers.phones import home_region, spoken
from guardia.customers.site import Site
from guardia.customers.tiers import rules_here
from guardia.customers.values import Reader, Unfit, read
from guardia.notices.channel import url_of, urls_of
from guardia.people.channels import masked
from guardia.people.editing import REACHED_BY
from guardia.people.staff import Role
from guardia.procedure.vocabulary import Band

WAY_NAMES = {
    "sms": _("SMS"),
    "whatsapp": _("WhatsApp"),
    "mail": _("Mailbox elsewhere"),
    "voice": _("Number for a voice"),
}
Choices = list[tuple[str, object]]


def band_name(band: str) -> str:
    return str(BAND_NAMES[Band(band)]) if band in set(Band) else band


def way_name(kind: str) -> Promise | str:
    return WAY_NAMES.get(kind, kind)


def language_choices() -> Choices:
    return list(settings.LANGUAGES)


def zone_choices() -> Choices:
    """The operator's zone and the others of its country first, then every zone that has a place name."""
    others = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return [(zone, zone) for zone in dict.fromkeys((settings.TIME_ZONE, *countries.zones_of(home_region()), *others))]


def city_choices() -> Choices:
    """Cities by province, each with its band, so that the promise is known while the site is written down."""
    groups: dict[str, Choices] = {}
    for city in cities_by_province():
        groups.setdefault(city.province, []).append((str(city.pk), f"{city.name} · {band_name(city.band)}"))
    return [("", "—"), *groups.items()]


# --- forms ------------------------------------------------------------------------------------------------------------
# The forms of this folder. The domain decides what may stand in a field; here are the words and the widgets.
BANDS = [(band.value, name) for band, name in BAND_NAMES.items()]


class DeskForm(forms.Form):
    """Filled from what is kept; sent back with every mistake at its field."""

    use_required_attribute = False
    readers: Mapping[str, Reader] = {}

    def __init__(self, data: Any = None, *, of: Any = None, **kwargs: Any) -> None:
        super().__init__(data, initial=model_to_dict(of) if of is not None and of.pk else None, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Each field is read by the domain's own reader, so that all mistakes are told at once."""
        fields = {name: value for name, value in self.cleaned_data.items() if name in self.readers}
        try:
            read(self.readers, fields)
        except Unfit as unfit:
            self.add_error(None, unfit)
        return self.cleaned_data

    def offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        """What a field offers where that depends on the thing."""
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = choices


def words(label: Any, longest: int, *, needed: bool = False, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=needed, **more)


def prose(label: Any, longest: int, *, rows: int = 3, **more: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=longest, required=False, widget=area, **more)


def language() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Language"), choices=language_choices)


class CompanyForm(DeskForm):
    readers = records.COMPANY
    name = words(_("Name"), 200, needed=True)
    vip = forms.BooleanField(label=_("VIP: marked on every screen"), required=False)
    language = language()
    crm_number = words(_("CRM number"), 80)
    carrier_number = words(_("Carrier's number"), 80)
    external_id = words(
        _("Import code"), 80, help_text=_("By this code a file knows the company again; once given it stays.")
    )

    def __init__(self, data: Any = None, *, of: Customer) -> None:
        super().__init__(data, of=of)
        self.fields["external_id"].disabled = bool(of.external_id)


class SiteForm(DeskForm):
    readers = records.SITE
    name = words(_("Name"), 160, needed=True)
    address = words(_("Address"), 300)
    city = forms.ModelChoiceField(all_cities(), label=_("City"), empty_label=_("Choose a city"))
    contact_on_site = words(_("Contact at the site"), 200)
    access_hours = words(_("Access hours"), 200)
    own_band = forms.ChoiceField(label=_("Band of this site"), required=False, choices=[])
    own_zone = forms.ChoiceField(label=_("Time zone of this site"), required=False, choices=[])
    own_reason = words(
        _("Why it departs from its city"),
        200,
        help_text=_("Needed where band or zone are not the city's. The company reads it."),
    )

    def __init__(self, data: Any = None, *, of: Site) -> None:
        super().__init__(data, of=of)
        city = of.city if of.pk else None
        self.fields["city"].widget.choices = city_choices()
        self.offer("own_band", [("", as_the_city(city and band_name(city.band))), *BANDS])
        self.offer("own_zone", [("", as_the_city(city and city.zone)), *zone_choices()])


def like_its_city(site: Site, given: Mapping[str, str]) -> None:
    """``?banda=ciudad``: the form begins without the band of its own, to be saved."""
    if given.get("banda") == "ciudad":
        site.own_band = ""
        site.own_reason = site.own_reason if site.own_zone else ""


class ServiceForm(DeskForm):
    readers = records.SERVICE
    circuit = words(_("Circuit"), 80, needed=True, help_text=_("As it stands on the bill."))
    type = words(_("Type"), 80)
    capacity = words(_("Capacity"), 80)
    site = forms.ModelChoiceField(all_sites(), label=_("Site"), empty_label=_("Choose a site"))
    to_test = prose(_("What to test"), 4000, rows=4, help_text=_("Addresses and interfaces, one per line."))

    def __init__(self, data: Any = None, *, of: Any) -> None:
        super().__init__(data, of=of)
        field = cast("forms.ModelChoiceField", self.fields["site"])
        field.queryset = sites_to_choose(of.customer_id, of.site_id)


class CityForm(DeskForm):
    readers = records.CITY
    name = words(_("Name"), 120, needed=True)
    province = words(_("Province"), 120, needed=True)
    band = forms.ChoiceField(label=_("Band"), choices=BANDS)
    band_reason = words(
        _("Why it has this band"),
        200,
        help_text=_("Needed where the band is not the one of the rule. The companies read it."),
    )
    population = words(_("Population of the canton"), 12, help_text=_("At the last census. Empty: not known."))
    code = words(_("Code of the canton"), 10, help_text=_("Four digits, as INEC numbers it (DPA)."))
    zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices, initial=lambda: settings.TIME_ZONE)

    def __init__(self, data: Any = None, *, of: Any) -> None:
        super().__init__(data, of=of)
        if not rules_here():
            del self.fields["population"], self.fields["code"]


class StaffForm(DeskForm):
    readers = REACHED_BY
    username = words(_("User name"), 60, needed=True)
    name = words(_("Name"), 160, needed=True)
    position = words(_("Title"), 120, help_text=_("As the matrix publishes it: Supervisor TSC."))
    email = words(_("E-mail"), 254, help_text=_("Pages go here first."))
    mobile = words(_("Mobile"), 40)
    desk_phone = words(_("Desk telephone"), 60, help_text=_("With its extension: 02 555 0100 ext. 12"))
    channels = prose(
        _("Channels"),
        2600,
        rows=2,
        help_text=_(
            "Beside e-mail, one per line, as Apprise writes it: tgram://TOKEN/CHAT. One that is kept is shown without "
            "its secret: leave its line as it is to keep it, delete it to take it away."
        ),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    language = language()
    password = forms.CharField(
        label=_("New password"),
        required=False,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. Empty: it stays as it is."),
    )

    def __init__(self, data: Any = None, *, of: Any) -> None:
        super().__init__(data, of=of)
        self.initial.pop("password", None)
        self.initial["mobile"], self.initial["desk_phone"] = spoken(of.mobile), spoken(of.desk_phone)
        self.initial["channels"] = "\n".join(map(masked, urls_of(of)))
        self.of = of

    def clean_channels(self) -> str:
        """A line that was shown without its secret stands for the address behind it."""
        typed = self.cleaned_data["channels"].splitlines()
        return "\n".join(url_of(self.of, line.strip()) or line for line in typed)


def as_the_city(words_of_city: Any) -> Any:
    return _("As the city: %s") % words_of_city if words_of_city else _("As the city")
