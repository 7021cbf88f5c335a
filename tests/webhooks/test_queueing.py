"""Events are queued with the act that records them, also by the login of a customer's person, and by no other way."""

import psycopg
import pytest
from django.db import transaction

from guardia.cases.event import CaseEvent
from guardia.config.database_roles import DatabaseRole, behind
from guardia.escalation import signed_links
from guardia.people import connections as connection_settings
from guardia.procedure.vocabulary import Moment
from guardia.webhooks import editing
from guardia.webhooks.subscription import WebhookSubscription
from tests.portal.conftest import Telephone
from tests.procedure.story import rota
from tests.walls.test_portal_acts import without_the_desk
from tests.walls.test_portal_acts_login import is_refused, session
from tests.walls.test_portal_acts_login import story as committed

__all__ = ["committed"]


@pytest.fixture
def every_login(committed, portal_login, portal_acts_login, sign_in_login) -> None:
    """An installation with all addresses named; what is set on screen is read now, by the desk's login."""
    connection_settings.setting("SMS_URL")


def test_a_refused_act_queues_nothing(story, following, receiver):
    one = following.follow(receiver)
    story.open_case()
    queued = len(following.log(one))
    with transaction.atomic():
        story.case.note("taken back", by=story.by, at=story.now)
        assert len(following.log(one)) == queued + 1
        transaction.set_rollback(True)
    assert len(following.log(one)) == queued


def test_a_breach_that_time_brings_is_queued(story, following, receiver):
    one = following.follow(receiver, kinds=[Moment.BREACHED])
    story.open_case()
    story.minutes_pass(21)
    story.the_sweep_runs()
    assert [row.event.moment for row in following.log(one)] == ["breached"]


# --- by the login of what is done in the portal -----------------------------------------------------------------------
COLUMNS = "subscription_id, event_id, case_id, seq, stage, impact, state, attempts, available_at, gives_up_at"
QUEUED = f"""
    INSERT INTO webhook_delivery ({COLUMNS}, created_at, answer)
    SELECT id, %(event)s, %(case)s, %(seq)s, '', '', 'waiting', 0, now(), now(), now(), '' FROM webhook_subscription
"""
REFUSED = (
    "SELECT secret FROM webhook_subscription",
    "SELECT url FROM webhook_subscription",
    "SELECT answer FROM webhook_delivery",
    "UPDATE webhook_delivery SET state = 'dead'",
    "UPDATE webhook_subscription SET url = 'https://example.com/'",
)


@pytest.fixture
def followed(committed, receiver) -> WebhookSubscription:
    """Somebody follows the committed case of the bank."""
    with behind(DatabaseRole.STAFF):
        return editing.add({"name": "CRM", "url": receiver.url}, by=None, at=committed.now)[0]


def test_what_a_customers_person_does_is_queued_too(every_login, committed, followed):
    with behind(DatabaseRole.STAFF):
        rota(1, committed.supervisor, committed.now)
        case = committed.case.pk
    with without_the_desk():
        address = f"/escalar/{signed_links.escalate_token(committed.bank.pk, case, committed.head.pk)}"
        assert Telephone().post(address, {"nivel": 1}).status_code == 303
    with behind(DatabaseRole.STAFF):
        rows = followed.deliveries.filter(event__moment=Moment.ESCALATED)
        assert [row.state for row in rows] == ["waiting"]


def test_that_login_reads_no_secret_and_queues_nothing_of_another_company(committed, followed):
    with behind(DatabaseRole.STAFF):
        event = CaseEvent.objects.order_by("pk")[0]
    given = {"event": event.pk, "case": event.case_id, "seq": event.seq}
    with session(committed.other.pk) as one:
        assert [statement for statement in REFUSED if not is_refused(one, statement)] == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            one.execute(QUEUED, given)
    with session(committed.bank.pk) as one:
        assert one.execute(QUEUED, given).rowcount == 1
