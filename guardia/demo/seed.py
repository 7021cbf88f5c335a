"""A sample operator for trying out: its procedure, people, companies, ninety days of cases and a busy desk.

All of it is made by the verbs a desk uses, at past hours; only the mails of the past are set down as delivered.
"""

from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection

from guardia.config.walls import Wall, behind
from guardia.customers.customer import Customer
from guardia.demo import city_ring, escalations, open_cases, waiting_cases
from guardia.demo.companies import found_companies
from guardia.demo.history import CASES, DAYS, tell_history
from guardia.demo.history_mail import set_down_as_delivered
from guardia.demo.levels import fill_levels
from guardia.demo.mail_of_tonight import mail_of_tonight
from guardia.demo.objections import customers_object
from guardia.demo.requests import asked_just_now, requests_of_the_week
from guardia.demo.ringing import calls_of_tonight
from guardia.demo.shifts import man_the_desk
from guardia.demo.staffing import CUSTOMER, LOGINS, hire
from guardia.demo.tonight import Tonight
from guardia.demo.works import works_of_the_week
from guardia.procedure.version import ProcedureVersion, publish

__all__ = ["CUSTOMER", "LOGINS", "publish_sample", "seed"]

# The oldest first, so that the numbers of the cases follow their hours.
IN_ORDER = (
    open_cases.field_solution_ends,
    waiting_cases.third_party_owes_a_pole,
    open_cases.stability_is_followed,
    open_cases.next_news_is_owed,
    open_cases.travel_ends,
    waiting_cases.customer_must_let_us_in,
    waiting_cases.road_is_closed,
    open_cases.permit_is_owed,
    open_cases.closing_is_owed,
    open_cases.decision_is_owed,
    open_cases.remote_solution_runs,
    open_cases.confirmation_is_owed,
    city_ring.ring_is_cut,
    open_cases.dispatch_is_to_be_agreed,
    open_cases.diagnosis_is_overdue,
    open_cases.diagnosis_is_due,
    open_cases.nobody_has_it_yet,
    city_ring.node_is_proposed,
    asked_just_now,
)
PROCEDURE = Path(__file__).resolve().parents[2] / "procedures" / "cirion-ecuador.yaml"


def seed(now: datetime, cases: int = CASES) -> None:
    """Fill an empty house as it stands at ``now`` (UTC), with so many cases of the past.

    In one transaction: all of it, or nothing. Does nothing where a company exists.
    """
    with behind(Wall.STAFF):
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
        with behind(Wall.WORKER):
            set_down_as_delivered(now)


def publish_sample(at: datetime) -> ProcedureVersion:
    """The procedure of ``procedures/``, in force from ``at``."""
    return publish(PROCEDURE.read_text(encoding="utf-8"), PROCEDURE.name, None, at)


def take_turn() -> None:
    """Two seeds at the same time wait for each other, and the second finds the house filled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('guardia demo'))")
