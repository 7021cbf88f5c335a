"""How an outage is called: at the desk, and towards customers in every language."""

from collections.abc import Mapping

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from guardia.config.languages import PUBLISHED_IN, active, in_active, in_each_language
from guardia.customers.customer import Site
from guardia.network import elements
from guardia.network.element import Element
from guardia.outages.outage import Outage

LONGEST = 160


def public_names(given: Mapping[str, str], element: Element | None, site: Site | None) -> dict[str, str]:
    """What was given, and in the languages that lack what follows from the element or the site."""
    own = elements.public_names(element) if element else {}
    return in_each_language(lambda: in_active(given).strip()[:LONGEST] or fault_of(own.get(active(), ""), site))


def fault_of(what: str, site: Site | None) -> str:
    """In the active language."""
    if what:
        return _("Fault of %(what)s") % {"what": what}
    if site:
        # What a site is called often names its company, and others read this too, on the status page everybody.
        return _("Fault at a site in %(city)s") % {"city": site.city.name}
    return _("Fault of our network")


def desk_name(name: str, element: Element | None, site: Site | None) -> str:
    """What the desk calls it: what was written, else its element or its site."""
    own = f"{element.name} ({element.code})" if element else f"{site.name}, {site.city.name}" if site else ""
    return (name.strip() or own or _("Fault of our network"))[:LONGEST]


def symptoms_of(outage: Outage) -> str:
    """What a case that we open ourselves says of itself, in the operator's language."""
    with translation.override(settings.LANGUAGE_CODE):
        words = {"number": outage.display_number, "name": outage.public_name.get(PUBLISHED_IN) or outage.name}
        return _("Detected by us, mass outage %(number)s: %(name)s") % words
