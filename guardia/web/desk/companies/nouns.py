"""The nouns of this folder: their forms, their words, who may write them, and the package that owns them."""

from django.utils.translation import gettext_lazy as _

from guardia.carriers import carrier
from guardia.cases import band_change
from guardia.customers import editing, telling
from guardia.customers.cities import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer, Service, Site
from guardia.evidence import target_editing
from guardia.evidence.target import ServiceTarget
from guardia.field import crews
from guardia.field.crew import Crew, CrewMember
from guardia.network import element_editing
from guardia.network.element import Element
from guardia.people import editing as people
from guardia.people.policy import Right
from guardia.people.staff import Staff
from guardia.web.desk.companies import frame
from guardia.web.desk.companies.bands import beside_city, beside_site
from guardia.web.desk.companies.noun_forms import (
    CarrierForm,
    ContactForm,
    CrewForm,
    ElementForm,
    MemberForm,
    TargetForm,
    for_the_service,
)
from guardia.web.desk.companies.things import Noun

COMPANY = Noun(
    name="company",
    at="companias/",
    form=frame.CompanyForm,
    model=Customer,
    keep=editing.save_company,
    end=editing.end,
    resume=editing.resume,
    recorded=telling.COMPANY,
    new_words=_("New company"),
    lead=_("Its contacts, sites and services are added on its page."),
)
CONTACT = Noun(
    name="contact",
    at="companias/<int:company_id>/contactos/",
    form=ContactForm,
    model=Contact,
    keep=editing.save_contact,
    end=editing.end,
    resume=editing.resume,
    new_words=_("New contact"),
    lead=_("This person is written to about what is ticked below, and about nothing else."),
    recorded=telling.CONTACT,
)
SITE = Noun(
    name="site",
    at="companias/<int:company_id>/sedes/",
    form=frame.SiteForm,
    model=Site,
    keep=band_change.save_site,
    end=editing.end,
    resume=editing.resume,
    new_words=_("New site"),
    lead=_("The band of the city says how long a visit may take to arrive. Open cases keep the band they began with."),
    begin=frame.like_its_city,
    signs=True,
    beside=beside_site,
    foresee=band_change.foresee_site,
)
SERVICE = Noun(
    name="service",
    at="companias/<int:company_id>/servicios/",
    form=frame.ServiceForm,
    model=Service,
    keep=editing.save_service,
    end=editing.end,
    resume=editing.resume,
    new_words=_("New service"),
)
TARGET = Noun(
    name="target",
    at="companias/<int:company_id>/pruebas/",
    form=TargetForm,
    model=ServiceTarget,
    keep=target_editing.save_target,
    end=target_editing.end,
    resume=target_editing.resume,
    begin=for_the_service,
    new_words=_("New test of a service"),
    lead=_(
        "Guardia runs it when a case is opened, on request, once the service is back, and during the follow-up. "
        "A name is resolved now and its address stored; save again to resolve it again."
    ),
    recorded=target_editing.RECORDED,
)
CITY = Noun(
    name="city",
    at="ciudades/",
    form=frame.CityForm,
    model=City,
    keep=band_change.save_city,
    new_words=_("New city"),
    lead=_("A changed band applies to cases registered from now on. Open cases keep the band they started with."),
    right=Right.SUPERVISE,
    tab="cities",
    signs=True,
    beside=beside_city,
    foresee=band_change.foresee_city,
)
CREW = Noun(
    name="crew",
    at="cuadrillas/",
    form=CrewForm,
    model=Crew,
    keep=crews.save_crew,
    end=crews.end,
    resume=crews.resume,
    new_words=_("New crew"),
    lead=_("Its people are added on its page: the permit letter gives their names to the guard at the gate."),
    right=Right.HANDLE_CASES,
    tab="crews",
)
CREW_MEMBER = Noun(
    name="crew_member",
    at="cuadrillas/<int:crew_id>/personas/",
    form=MemberForm,
    model=CrewMember,
    keep=crews.save_member,
    end=crews.end_member,
    resume=crews.resume_member,
    new_words=_("New person of the crew"),
    lead=_("The guard at the gate asks for name and document. Whoever has an account sees the visits in /campo."),
    right=Right.HANDLE_CASES,
    tab="crews",
)
STAFF = Noun(
    name="member",
    at="personas/",
    form=frame.StaffForm,
    model=Staff,
    keep=people.save_staff,
    end=people.end,
    resume=people.resume,
    new_words=_("New person"),
    lead=_("Whoever is deactivated can no longer sign in and holds no level; what this person did stays signed."),
    right=Right.MANAGE_STAFF,
    tab="settings_people",
    recorded="staff",
)
ELEMENT = Noun(
    name="element",
    at="elementos/",
    form=ElementForm,
    model=Element,
    keep=element_editing.save_element,
    end=element_editing.end,
    resume=element_editing.resume,
    new_words=_("New element"),
    lead=_("What many services run over. Separate codes and circuits with spaces or commas."),
    tab="elements",
    recorded=element_editing.RECORDED,
)
CARRIER = Noun(
    name="carrier",
    at="terceros/",
    form=CarrierForm,
    model=carrier.Carrier,
    keep=carrier.save_carrier,
    end=carrier.end,
    resume=carrier.resume,
    new_words=_("New third party"),
    lead=_("Another operator whose network our services use. From a case a ticket is opened with it."),
    tab="carriers",
    recorded=carrier.RECORDED,
)
NOUNS = (COMPANY, CONTACT, SITE, SERVICE, TARGET, CITY, ELEMENT, CREW, CREW_MEMBER, CARRIER, STAFF)
