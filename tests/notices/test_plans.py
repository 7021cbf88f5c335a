"""What every mail costs does not grow with the storm: PostgreSQL reads by keys, also where it has counted no table."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from guardia.config.database_roles import DatabaseRole, behind_at
from guardia.notices import outbox
from guardia.notices.outbox import ACCEPTED, LETTERS, accepted_values
from guardia.notices.outgoing import notices_of
from guardia.notices.packing import pack
from tests.notices.companies import case_of, company_with
from tests.notices.sender import Sender


def plan_of(statement: str, values) -> str:
    with behind_at(DatabaseRole.WORKER), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (COSTS OFF) {statement}", values)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_what_a_server_accepted_is_written_down_by_keys_alone(story, post_office):
    people = company_with(150)
    case_of(story, people[0].customer, 1)
    pack(story.now)
    first = outbox.claim(story.now, Sender(post_office, story.now).is_seen(), LETTERS)[0]
    plan = plan_of(ACCEPTED, accepted_values(first, "250 OK", story.now))
    assert "Join" not in plan
    assert "Seq Scan" not in plan
    assert "Nested Loop" not in plan


def tables_read(asked: CaptureQueriesContext) -> list[set[str]]:
    """Of each question about what messages carry: which tables of the two it reads."""
    read = [set(re.findall(r'(?:FROM|JOIN) "(delivered_notice|notice)"', each["sql"])) for each in asked]
    return [tables for tables in read if tables]


def test_what_messages_carry_is_read_without_a_join(story, post_office):
    """In one PostgreSQL read every notice for each batch, until it had counted a storm: what is not suppressed was a
    few rows by its last count. So it is asked by keys, of which there are as many as there are.
    """
    people = company_with(150)
    case_of(story, people[0].customer, 1)
    pack(story.now)
    sender = Sender(post_office, story.now).is_seen()
    with CaptureQueriesContext(connection) as asked:
        batch = outbox.claim(story.now, sender, LETTERS)
    assert all(delivery.read for delivery in batch)
    assert tables_read(asked) == [{"delivered_notice"}, {"notice"}]
    one = batch[0]
    together, one.read = one.read, None
    with CaptureQueriesContext(connection) as asked:
        assert notices_of(one) == together
    assert tables_read(asked) == [{"delivered_notice"}, {"notice"}]
