"""What every mail costs does not grow with the storm: PostgreSQL reads by keys, also where it has counted no table."""

from django.db import connection

from guardia.config.database_roles import DatabaseRole, behind_at
from guardia.notices import outbox
from guardia.notices.outbox import ACCEPTED, LETTERS, accepted_values
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
