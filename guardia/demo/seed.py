"""A sample operator for trying out: its procedure, people, companies, ninety days of cases and a busy desk.

All of it is made by the verbs a desk uses, at past hours; only the mails of the past are set down as delivered.
"""

from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection

from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.cities import Gazetteer, load_cities
from guardia.customers.city import City
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.customers.editing import save_company, save_contact, save_service, save_site
from guardia.customers.service import Service
from guardia.customers.site import Site
from guardia.demo import escalations, network
from guardia.demo import tonight as demo_tonight
from guardia.demo.companies import found_companies
from guardia.demo.escalations import customers_object
from guardia.demo.history import CASES, DAYS, tell_history
from guardia.demo.mail import mail_of_tonight, set_down_as_delivered
from guardia.demo.network import works_of_the_week
from guardia.demo.requests import add_a_fresh_request, requests_of_the_week
from guardia.demo.ringing import calls_of_tonight
from guardia.demo.staffing import CUSTOMER, LOGINS, PASSWORD, fill_levels, hire, man_the_desk
from guardia.demo.tonight import Tonight
from guardia.field.crew import Crew
from guardia.people.staff import Role, Staff
from guardia.procedure import version
from guardia.procedure.version import ProcedureVersion, publish

# --- seed -------------------------------------------------------------------------------------------------------------
__all__ = ["CUSTOMER", "LOGINS", "publish_sample", "seed"]

# The oldest first, so that the numbers of the cases follow their hours.
IN_ORDER = (
    demo_tonight.field_solution_ends,
    demo_tonight.third_party_owes_a_pole,
    demo_tonight.stability_is_followed,
    demo_tonight.next_news_is_owed,
    demo_tonight.travel_ends,
    demo_tonight.customer_must_let_us_in,
    demo_tonight.road_is_closed,
    demo_tonight.permit_is_owed,
    demo_tonight.closing_is_owed,
    demo_tonight.decision_is_owed,
    demo_tonight.remote_solution_runs,
    demo_tonight.confirmation_is_owed,
    network.ring_is_cut,
    demo_tonight.dispatch_is_to_be_agreed,
    demo_tonight.diagnosis_is_overdue,
    demo_tonight.diagnosis_is_due,
    demo_tonight.nobody_has_it_yet,
    network.node_is_proposed,
    add_a_fresh_request,
)
PROCEDURE = Path(__file__).resolve().parents[2] / "procedures" / "cirion-ecuador.yaml"


def seed(now: datetime, cases: int = CASES) -> None:
    """Fill an empty house as it stands at ``now`` (UTC), with so many cases of the past.

    In one transaction: all of it, or nothing. Does nothing where a company exists.
    """
    with behind(DatabaseRole.STAFF):
        take_turn()
        if Customer.objects.exists():
            return
        version = publish_sample(now - timedelta(days=DAYS + 30))
        team = hire()
        fill_levels(team, now)
        tonight = Tonight(team, version, found_companies(), now)
        circuits = list(tonight.circuits.values())
        tell_history(now, tonight.team, version, circuits, cases, requests_of_the_week(tonight))
        for told in IN_ORDER:
            told(tonight)
        callers = (tonight.circuits["ENL-0271"].caller, tonight.circuits["ENL-0042"].contacts[1])
        calls_of_tonight(callers, tonight.team, version, now)
        mail_of_tonight(tonight.circuits["ENL-0043"], now)
        escalations.customers_ask(tonight.team, now)
        customers_object(tonight.team, now)
        escalations.prove_numbers(tonight.team, version, now)
        works_of_the_week(tonight)
        man_the_desk(tonight.team, now)
        with behind(DatabaseRole.WORKER):
            set_down_as_delivered(now)


def publish_sample(at: datetime) -> ProcedureVersion:
    """The procedure of ``procedures/``, in force from ``at``."""
    return publish(PROCEDURE.read_text(encoding="utf-8"), PROCEDURE.name, None, at)


def take_turn() -> None:
    """Two seeds at the same time wait for each other, and the second finds the house filled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('guardia demo'))")


# --- tiny -------------------------------------------------------------------------------------------------------------
# The smallest operator that can be walked through: one of each, for a check that must be quick.
# A walk cannot wait half an hour for the green window (P6 D); this is the operator's own number, so it may be short.
GREEN_WINDOW = ("green_window: 30 min", "green_window: 1 s")
USERNAME = "ingeniero1"


def tiny(now: datetime) -> dict[str, str | int]:
    """One procedure, company, site, service, crew and engineer, as of ``now`` (UTC). The login and the ids."""
    with behind(DatabaseRole.STAFF):
        take_turn()
        text = PROCEDURE.read_text(encoding="utf-8").replace(*GREEN_WINDOW)
        published = version.publish(text, PROCEDURE.name, None, now - timedelta(days=1))
        engineer = Staff.objects.create_user(USERNAME, PASSWORD, name="Ingeniero 1", role=Role.ENGINEER)
        crew = Crew.objects.create(name="Cuadrilla 1", phone="+59375550404", base="Cuenca")
        load_cities()
        ids = company_in_cuenca()
    ids |= {"procedure": published.pk, "staff": engineer.pk, "crew": crew.pk}
    return {"username": USERNAME, "password": PASSWORD, **ids}


def company_in_cuenca() -> dict[str, int]:
    """A bank with two persons who are told everything, in Spanish and in English, and service ENL-0001."""
    company = save_company(Customer(), {"name": "Banco Austral", "vip": True})
    head = {"name": "Jefe de Sistemas", "email": "jefe@example.com", "phones": "+593725550148", "language": "es"}
    desk = {"name": "Help Desk", "email": "helpdesk@example.com", "phones": "07 555 0149", "language": "en"}
    people = [save_contact(Contact(customer=company), fields) for fields in (head, desk)]
    city = Gazetteer.of(City.objects.all()).find("Cuenca")
    place = {"name": "agencia matriz", "city": city, "contact_on_site": "Guardia de turno", "access_hours": "24 h"}
    site = save_site(Site(customer=company), place)
    line = {"circuit": "ENL-0001", "type": "Enlace de datos por fibra", "capacity": "100 Mbps", "site": site}
    service = save_service(Service(customer=company), line)
    ids = {"customer": company.pk, "site": site.pk, "service": service.pk}
    return ids | {"jefe": people[0].pk, "helpdesk": people[1].pk}
