"""The long lists a form offers."""

from zoneinfo import available_timezones

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.cases.words import BAND_NAMES
from guardia.config import countries
from guardia.customers.city import City
from guardia.customers.phones import home_region
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
    for city in City.objects.order_by("province", "name"):
        groups.setdefault(city.province, []).append((str(city.pk), f"{city.name} · {band_name(city.band)}"))
    return [("", "—"), *groups.items()]
