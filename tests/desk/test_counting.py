"""The counts that stand in SQL are those of the lists that they count."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction

from guardia.calls.call import WrittenRequest
from guardia.cases import queries
from guardia.cases.counting import in_rooms
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers import contacts
from guardia.demo.seed import seed
from guardia.escalation.escalation import Escalation
from guardia.mail.message import Message
from guardia.outages import work_answers
from guardia.outages.outage import Outage
from guardia.people.staff import Staff

NOW = datetime(2026, 11, 21, 8, 15, tzinfo=UTC)  # Saturday 03:15 in Ecuador
DESKS = ("technical", "billing", "sales", "")


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """The sample operator, once for this module, within a transaction that is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        seed(NOW, cases=30)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def full(seeded) -> Iterator[None]:
    """As the staff see it. No test writes anything into it."""
    with behind(DatabaseRole.STAFF):
        yield


def test_views(full):
    for staff in Staff.objects.all():
        for desk in DESKS:
            lists = {
                key: queries.count_up_to_99(queries.in_view(queries.open_cases(desk), key, staff))
                for key in queries.views_of(desk)
            }
            assert queries.view_counts(desk, staff) == lists
    assert queries.count_in_the_field() == queries.view_counts("technical", staff)["en-campo"] > 0


def test_states(full):
    for desk in DESKS:
        assert queries.counts(NOW, desk) == queries.counts_of(queries.open_cases(desk), NOW)


def test_rooms(full):
    held = in_rooms()
    assert held.silent == Escalation.objects.filter(ended_at=None, acknowledged_at=None, joined=None).count()
    assert held.mails == Message.objects.filter(state="waiting").count()
    assert held.papers == WrittenRequest.objects.filter(settled_at=None).exclude(way="mail").count()
    assert held.changes == contacts.changes_waiting().count()
    assert held.outages == Outage.objects.filter(ended_at=None).count()
    assert held.works == len({each.work.pk for each in work_answers.objections()})
