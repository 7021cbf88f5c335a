"""What the screens of the companies share: their frame, who may do what, and how their forms are built."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guardia.cases.labels import BAND_NAMES
from guardia.config import countries
from guardia.config.now import now
from guardia.customers import editing
from guardia.customers.bands import rules_here
from guardia.customers.cities import all_cities, cities_by_province
from guardia.customers.customer import Customer, Site
from guardia.customers.lookup import all_sites, sites_to_choose
from guardia.customers.phones import home_region, spoken
from guardia.customers.values import Reader, Unfit, read
from guardia.notices.channel import url_of, urls_of
from guardia.people.channels import masked
from guardia.people.editing import REACHED_BY
from guardia.people.policy import Right, may
from guardia.people.staff import Role, Staff
from guardia.procedure.vocabulary import Band
from guardia.web.desk.entry import View, asking, to_sign_in
from guardia.web.desk.page import page
from guardia.web.desk.shell import shell_for


# --- frame ------------------------------------------------------------------------------------------------------------
# What the pages of this folder share: who may open them, and the frame around them.
def needs(see: Right, write: Right | None = None) -> Callable[[View], View]:
    """For those with the right: to look, or to send something. Others are sent to sign in, or refused (403)."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            if not may(request.user, see if request.method in {"GET", "HEAD"} else write or see):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return asking(see, write or see)(guarded)

    return guard


def customers_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, tab: str, status: int = 200
) -> HttpResponse:
    """A page of this folder, with the desk's frame and the row of its neighbours."""
    frame = {"shell": shell_for(request, now(), view="customers"), "tabs": tabs(request, tab)}
    return page(request, f"desk/companies/{template}.html", {**frame, **context}, status=status)


def member(request: HttpRequest) -> Staff:
    """Who has signed in; every page here is for nobody else."""
    return cast("Staff", request.user)


def tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The neighbours this person may open; people stand among the settings, and these pages lead back there."""
    if current == "settings_people":
        return [{"href": reverse(current), "words": _("People"), "is_current": True}]
    offered = [
        ("companies", _("Companies"), Right.SEE_DESK),
        ("customer_changes", _("Changed by companies"), Right.SEE_DESK),
        ("provisionals", _("Provisional"), Right.SEE_DESK),
        ("companies_import", _("Import"), Right.EDIT_CUSTOMERS),
        ("cities", _("Cities"), Right.SEE_DESK),
        ("band_changes", _("Changes of band"), Right.SEE_DESK),
        ("crews", _("Crews"), Right.SEE_DESK),
        ("elements", _("Network"), Right.SEE_DESK),
        ("carriers", _("Third parties"), Right.SEE_DESK),
    ]
    return [
        {"href": reverse(name), "words": words, "is_current": name == current}
        for name, words, right in offered
        if may(member(request), right)
    ]


# --- forms ------------------------------------------------------------------------------------------------------------
# The forms of this folder: their words and widgets, and the long lists they offer. The domain decides.
WAY_NAMES = {
    "sms": gettext_lazy("SMS"),
    "whatsapp": gettext_lazy("WhatsApp"),
    "mail": gettext_lazy("Alternate mailbox"),
    "voice": gettext_lazy("Number for voice notifications"),
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


class LinesField(forms.CharField):
    """A text of which each line is one thing; the domain's reader takes it apart."""


def one_per_line(label: Any, longest: int, *, rows: int = 3, **more: Any) -> LinesField:
    area = forms.Textarea(attrs={"rows": rows})
    return LinesField(label=label, max_length=longest, required=False, widget=area, **more)


def language() -> forms.ChoiceField:
    return forms.ChoiceField(label=gettext_lazy("Language"), choices=language_choices)


class CompanyForm(DeskForm):
    readers = editing.COMPANY
    name = words(gettext_lazy("Name"), 200, needed=True)
    vip = forms.BooleanField(label=gettext_lazy("VIP: marked on every screen"), required=False)
    language = language()
    crm_number = words(gettext_lazy("CRM number"), 80)
    carrier_number = words(gettext_lazy("Carrier's number"), 80)
    external_id = words(
        gettext_lazy("Import code"),
        80,
        help_text=gettext_lazy("Files identify the company by this code; once set, it cannot be changed."),
    )

    def __init__(self, data: Any = None, *, of: Customer) -> None:
        super().__init__(data, of=of)
        self.fields["external_id"].disabled = bool(of.external_id)


class SiteForm(DeskForm):
    readers = editing.SITE
    name = words(gettext_lazy("Name"), 160, needed=True)
    address = words(gettext_lazy("Address"), 300)
    city = forms.ModelChoiceField(all_cities(), label=gettext_lazy("City"), empty_label=gettext_lazy("Choose a city"))
    latitude = words(
        gettext_lazy("Latitude"),
        12,
        help_text=gettext_lazy("In degrees, such as -2.897. Empty: on the map of dispatch it stands at its city."),
    )
    longitude = words(gettext_lazy("Longitude"), 12, help_text=gettext_lazy("In degrees; west is negative."))
    contact_on_site = words(gettext_lazy("Contact at the site"), 200)
    access_hours = words(gettext_lazy("Access hours"), 200)
    own_band = forms.ChoiceField(label=gettext_lazy("Band of this site"), required=False, choices=[])
    own_zone = forms.ChoiceField(label=gettext_lazy("Time zone of this site"), required=False, choices=[])
    own_reason = words(
        gettext_lazy("Why it differs from its city"),
        200,
        help_text=gettext_lazy("Required if the band or zone is not the city's. The company reads it."),
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
    readers = editing.SERVICE
    circuit = words(gettext_lazy("Circuit"), 80, needed=True, help_text=gettext_lazy("As shown on the bill."))
    type = words(gettext_lazy("Type"), 80)
    capacity = words(gettext_lazy("Capacity"), 80)
    site = forms.ModelChoiceField(all_sites(), label=gettext_lazy("Site"), empty_label=gettext_lazy("Choose a site"))
    to_test = prose(
        gettext_lazy("What to test"), 4000, rows=4, help_text=gettext_lazy("Addresses and interfaces, one per line.")
    )

    def __init__(self, data: Any = None, *, of: Any) -> None:
        super().__init__(data, of=of)
        field = cast("forms.ModelChoiceField", self.fields["site"])
        field.queryset = sites_to_choose(of.customer_id, of.site_id)


class CityForm(DeskForm):
    readers = editing.CITY
    name = words(gettext_lazy("Name"), 120, needed=True)
    province = words(gettext_lazy("Province"), 120, needed=True)
    band = forms.ChoiceField(label=gettext_lazy("Band"), choices=BANDS)
    band_reason = words(
        gettext_lazy("Why it has this band"),
        200,
        help_text=gettext_lazy("Required if the band is not the rule's. The companies read it."),
    )
    population = words(
        gettext_lazy("Population of the canton"), 12, help_text=gettext_lazy("At the last census. Empty: not known.")
    )
    code = words(
        gettext_lazy("Code of the canton"), 10, help_text=gettext_lazy("Four digits, as assigned by INEC (DPA).")
    )
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zone_choices, initial=lambda: settings.TIME_ZONE)
    latitude = words(
        gettext_lazy("Latitude"), 12, help_text=gettext_lazy("In degrees; where it appears on the dispatch map.")
    )
    longitude = words(gettext_lazy("Longitude"), 12, help_text=gettext_lazy("In degrees; west is negative."))

    def __init__(self, data: Any = None, *, of: Any) -> None:
        super().__init__(data, of=of)
        if not rules_here():
            del self.fields["population"], self.fields["code"]


class StaffForm(DeskForm):
    readers = REACHED_BY
    username = words(gettext_lazy("User name"), 60, needed=True)
    name = words(gettext_lazy("Name"), 160, needed=True)
    position = words(
        gettext_lazy("Position"), 120, help_text=gettext_lazy("As the matrix publishes it: Supervisor TSC.")
    )
    email = words(gettext_lazy("E-mail"), 254, help_text=gettext_lazy("Pages go here first."))
    mobile = words(gettext_lazy("Mobile"), 40)
    desk_phone = words(
        gettext_lazy("Desk telephone"), 60, help_text=gettext_lazy("With its extension: 02 555 0100 ext. 12")
    )
    channels = prose(
        gettext_lazy("Channels"),
        2600,
        rows=2,
        help_text=gettext_lazy(
            "In addition to email, one per line, in Apprise format: tgram://TOKEN/CHAT. A saved one is shown "
            "without its secret: leave its line as it is to keep it, delete it to remove it."
        ),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)
    language = language()
    password = forms.CharField(
        label=gettext_lazy("New password"),
        required=False,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 12 characters. Empty: it stays as it is."),
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
    return gettext_lazy("Same as the city: %s") % words_of_city if words_of_city else gettext_lazy("Same as the city")
