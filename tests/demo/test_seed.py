"""The sample operator: a desk that is alive for the half hour after it opens, on a past that proves itself."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import Count, Exists, F, Max, Min, OuterRef

from guardia.calls.call import Call
from guardia.cases import chain, derived, mail_tray, queries, rebuild
from guardia.cases.call_rows import calls_with_clocks
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.clocks.clock import Clock, Wait
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.contact import Contact
from guardia.customers.contacts import unreachable
from guardia.customers.customer import Customer, Service
from guardia.demo.mailbox import ring_demo_call
from guardia.demo.seed import CUSTOMER, LOGINS, seed, tiny
from guardia.escalation.escalation import CallTask, Escalation
from guardia.escalation.reachability import Proof
from guardia.field.visit import Visit
from guardia.network.element import Element
from guardia.notices.notice import DeliveredNotice, Delivery, Notice
from guardia.outages import work_answers
from guardia.outages.known import known_for
from guardia.outages.outage import Outage
from guardia.outages.planned_work import PlannedWork
from guardia.procedure.vocabulary import Stage, WaitCause

NOW = datetime(2026, 11, 21, 8, 15, tzinfo=UTC)  # Saturday 03:15 in Ecuador
CASES = 70
COUNTED = (Customer, Contact, Case, CaseEvent, Clock, Wait, Call, Visit, Notice, Delivery)


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """Seeded once for this module, within a transaction that is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        seed(NOW, CASES)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def one_by_one(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test writes into the operator is gone for the next one."""
    if "house" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("house")
    with behind(DatabaseRole.STAFF):
        yield
        transaction.set_rollback(True)


def how_many() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in COUNTED}


def test_customers_have_escalated_and_whoever_was_paged_answered(house):
    """E1 to E4: a broken promise, a customer at the desk, one who rang; of the past most were answered."""
    assert set(Escalation.objects.filter(ended_at=None).values_list("source", flat=True)) >= {"customer", "received"}
    past = Escalation.objects.filter(ended_at__isnull=False)
    assert past.filter(acknowledged_by__isnull=False).count() > past.count() / 2
    assert not past.filter(level__gt=2).exists()
    assert {proof.reached for proof in Proof.objects.all()} == {True, False}


def test_every_stage_has_something_open(house):
    stages = set(queries.open_cases().filter(desk="technical").values_list("stage", flat=True))
    assert stages == set(Stage) - {Stage.RECEPTION, Stage.REGISTRATION}
    calls = calls_with_clocks()
    assert [call.is_on_the_line for call in calls].count(True) == 1
    assert [call.is_waiting for call in calls].count(True) == 1


def test_bench_has_promises_in_every_state(house):
    counts = queries.counts(NOW, "technical")
    assert counts["open"] == 19
    assert counts["overdue"] == 1
    assert counts["urgent"] >= 2
    assert counts["soon"] >= 3
    assert set(queries.waiting(NOW).values_list("waits__cause", flat=True)) == set(WaitCause)


def test_bench_is_alive_for_half_an_hour(house):
    soon = NOW + timedelta(minutes=30)
    kinds = Counter(queries.open_cases().filter(next_due_at__range=(NOW, soon)).values_list("next_kind", flat=True))
    assert kinds.total() >= 10
    assert {"verification", "diagnosis", "dispatch_agreed", "next_news", "work_permit", "travel"} <= set(kinds)
    assert {"next_decision", "field_solution", "closure"} <= set(kinds)


def test_one_company_is_to_be_told_by_voice_and_there_is_time(house):
    """P D: no notice reaches it while its service is out; the others of the past were rung in time."""
    owed = CallTask.objects.get(level=0, settled_at=None)
    assert owed.due_at >= NOW + timedelta(minutes=5)
    assert owed.contact.phones[0] == owed.number
    assert CaseEvent.objects.filter(moment="voice_told").exists()
    assert not CallTask.objects.filter(level=0, settled_at__gt=F("due_at")).exists()


def test_no_company_is_rung_for_every_letter(house):
    """P D: the company that nothing but a call reaches owed ten calls in three hours, one for each letter. Now it is
    rung as the crew arrives, and at the hour that it asked for.
    """
    case = CallTask.objects.get(level=0, settled_at=None).case
    assert case.events.filter(notices__contact__isnull=False).distinct().count() >= 10
    about = [case.events.get(seq=event.data["about"]).moment for event in case.events.filter(moment="voice_owed")]
    assert about == ["arrived", "voice_agreed"]


def test_a_report_in_writing_waits_for_its_number_and_a_stranger_for_somebody(house):
    (request,) = mail_tray.open_requests()
    assert NOW < request.next_due_at < NOW + timedelta(minutes=5)
    assert {message.kind for message in mail_tray.waiting()} == {"report", "stranger"}
    (answer,) = Delivery.objects.filter(answers__isnull=False)  # a stranger whom nothing proves gets none
    assert answer.state == "waiting"


def test_history_reaches_back_and_ends_before_now(house):
    span = CaseEvent.objects.aggregate(first=Min("occurred_at"), last=Max("occurred_at"), written=Max("recorded_at"))
    assert span["last"] - span["first"] >= timedelta(days=85)
    assert span["last"] <= NOW
    assert span["written"] <= NOW
    assert Case.objects.filter(closed_at__range=(NOW - timedelta(hours=30), NOW)).exists()


def test_numbers_follow_the_hours(house):
    opened = list(Case.objects.order_by("number").values_list("opened_at", flat=True))
    assert opened == sorted(opened)


def test_no_service_has_two_open_cases_at_once(house):
    others = Case.objects.filter(service=OuterRef("service"), opened_at__gt=OuterRef("opened_at"))
    overlapping = Case.objects.filter(Exists(others.filter(opened_at__lt=OuterRef("closed_at"))))
    assert not overlapping.exists()
    open_ones = queries.open_cases().exclude(service=None)  # a request names no service (A3)
    assert not open_ones.values("service").annotate(cases=Count("pk")).filter(cases__gt=1).exists()


def test_past_has_all_that_happens_at_a_desk(house):
    moments = set(CaseEvent.objects.values_list("moment", flat=True))
    assert {"call_abandoned", "caller_reached", "request_received", "recovered", "cause_corrected"} <= moments
    assert {"wait_started", "wait_ended", "flapped", "relapsed", "cancelled", "blocked", "breached"} <= moments
    assert set(CaseEvent.objects.filter(moment="confirmed").values_list("variant", flat=True)) == {
        "customer",
        "supervisor",
    }


def test_sales_and_billing_have_requests_in_every_state(house):
    """A2, A3, A4: taken, waiting for its desk to open, answered, solved, passed on, waiting for the customer."""
    requests = Case.objects.exclude(desk="technical")
    assert set(requests.values_list("stage", flat=True)) == {"taken", "answered", "solved"}
    assert set(requests.values_list("desk", flat=True)) == {"sales", "billing"}
    assert requests.filter(opens_at__gt=NOW).exists()
    assert requests.filter(status="pending", waits__cause="customer").exists()
    assert requests.filter(events__moment="transferred").exists()
    assert requests.get(source="office").requests.get().scans.count() == 1
    assert not requests.filter(next_due_at__lt=NOW).exists()


def test_most_promises_were_kept_and_some_not(house):
    outcomes = Counter(Clock.objects.filter(ended_at__isnull=False).values_list("outcome", flat=True))
    assert 0.9 < outcomes["kept"] / (outcomes["kept"] + outcomes["breached"]) < 0.995


def test_chains_are_whole_and_clocks_are_derived(house):
    assert list(chain.breaks(besides=derived.breaks)) == []
    assert list(rebuild.rebuild()) == []


def test_seeding_twice_changes_nothing(house):
    before = how_many()
    seed(NOW + timedelta(hours=1), CASES)
    assert how_many() == before


def test_old_mails_are_delivered_and_fresh_ones_owed(house):
    owed = Notice.objects.filter(state="owed")
    assert owed.exists()
    assert not owed.filter(owed_at__lt=NOW - timedelta(minutes=10)).exists()
    sent = Notice.objects.filter(state="sent").count()
    assert sent == Delivery.objects.filter(state="accepted").count() == DeliveredNotice.objects.count()
    assert not Delivery.objects.filter(settled_at__gt=NOW).exists()
    strangers = DeliveredNotice.objects.exclude(delivery__address=F("notice__contact__email"))
    assert not strangers.exists()


def test_people_are_told_in_three_languages_and_one_company_cannot_be_reached(house):
    assert set(Contact.objects.values_list("language", flat=True)) == {"es", "en", "pt"}
    assert unreachable(Customer.objects.all()).count() == 1
    assert not Contact.objects.exclude(email="").exclude(email__endswith=".example.com").exists()


def test_every_role_may_sign_in(house):
    roles = {"engineer", "dispatcher", "supervisor", "quality", "administrator", "sales", "billing", "technician"}
    assert {role for _, _, role in LOGINS} == roles
    username, password, role = LOGINS[0]
    staff = authenticate(username=username, password=password)
    assert staff is not None
    assert staff.role == role


def test_a_customer_may_be_tried_who_administers_the_company(house):
    assert Contact.objects.get(administers=True).email == CUSTOMER


def test_a_demo_call_rings_from_a_known_person(house):
    call = ring_demo_call(NOW)
    assert call.is_waiting
    assert call.from_number in call.contact.phones
    assert call.next_due_at == NOW + timedelta(minutes=1)


@pytest.mark.django_db
def test_tiny_house_has_one_of_each():
    found = tiny(NOW)
    with behind(DatabaseRole.STAFF):
        assert authenticate(username=found["username"], password=found["password"])
        assert Contact.objects.filter(email__in=["jefe@example.com", "helpdesk@example.com"]).count() == 2
        assert Customer.objects.get(pk=found["customer"]).services.get().circuit == "ENL-0001"


def test_one_outage_is_under_way_and_one_is_proposed(house):
    under_way, proposed = Outage.objects.order_by("pk")
    assert (under_way.state, proposed.state) == ("declared", "proposed")
    assert under_way.cases.count() == 3
    assert set(under_way.cases.values_list("stage", flat=True)) == {"execution"}
    assert Element.objects.count() == 6
    (known,) = known_for(service_ids=[Service.objects.get(circuit="ENL-0271").pk])
    assert known.outage == under_way, "whoever rings tonight is told so"


def test_planned_works_wait_for_an_answer_and_one_is_over(house):
    states = {work.name: work.state for work in PlannedWork.objects.all()}
    assert sorted(states.values()) == ["announced", "draft", "ended"]
    assert [each.company.name for each in work_answers.objections()] != []
    told = Notice.objects.filter(announcement__kind="work")
    assert told.exists()
    assert not told.exclude(state="sent").exists(), "told days ago"
