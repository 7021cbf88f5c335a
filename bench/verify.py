"""`bin/bench verify`: how fast a restored house is proven: 100,000 cases of 10 events, backed up, restored, verified.

Each case is of the service of the first one and has a chain of its own, hashed by PostgreSQL as the ledger hashes.
The backup is made, restored into an empty database without its proof (`--prove-later`), and proven there by `guardia
verify`, all as processes of their own.
"""

import sys

from bench._cases import EVENTS, among_cases, took
from bench._house import House
from bench._machine import Figure

GOAL = 10_000
"""Events a second that are proven."""
NEW = "restored"

PLAN = """
    CREATE TEMPORARY TABLE plan ON COMMIT DROP AS
    SELECT n, nextval('case_id_seq') AS case_id, nextval('case_number') * 10 AS number, m.service_id, m.site_id,
           m.customer_id, interval '0' AS later, ''::bytea AS hash, 0::bigint AS event_id
    FROM generate_series(1, %(cases)s::bigint) n JOIN "case" m ON m.id = %(case)s
"""
LINKED = r"""
    UPDATE plan SET event_id = nextval('case_event_id_seq'), hash = sha256(
        plan.hash
        || CASE WHEN e.public THEN '\x01'::bytea WHEN e.canonical LIKE '%%"counted":true%%' THEN '\x02' ELSE '\x00' END
        || sha256(convert_to(
            replace(e.canonical, '"case":' || m.number || ',', '"case":' || plan.number || ','), 'UTF8')))
    FROM case_event e JOIN "case" m ON m.id = e.case_id WHERE e.case_id = %(case)s AND e.seq = %(seq)s
"""
EVENT = """
    INSERT INTO case_event (id, customer_id, case_id, seq, moment, variant, occurred_at, recorded_at, actor_kind,
                            actor_id, public, data, canonical, hash)
    SELECT plan.event_id, plan.customer_id, plan.case_id, e.seq, e.moment, e.variant, e.occurred_at, e.recorded_at,
           e.actor_kind, e.actor_id, e.public, e.data,
           replace(e.canonical, '"case":' || m.number || ',', '"case":' || plan.number || ','), plan.hash
    FROM plan, case_event e JOIN "case" m ON m.id = e.case_id WHERE e.case_id = %(case)s AND e.seq = %(seq)s
"""
TEXT = """
    INSERT INTO event_text (customer_id, event_id, name, salt, text)
    SELECT plan.customer_id, plan.event_id, t.name, t.salt, t.text
    FROM plan, event_text t JOIN case_event e ON e.id = t.event_id WHERE e.case_id = %(case)s AND e.seq = %(seq)s
"""
OF_AN_EVENT = {
    "event_id": "plan.event_id",
    "facts": """jsonb_set(t.facts, '{hash}', to_jsonb(left(encode(plan.hash, 'hex'), length(t.facts ->> 'hash'))))""",
}
"""A notice of a copy is of its event, and names the hash of it."""


def main() -> int:
    return among_cases("verify", __doc__, measure)


def measure(house: House, cases: int) -> int:
    from guardia.config.postgres import DATABASE

    write(cases)
    house.as_owner(DATABASE, "VACUUM (FREEZE, ANALYZE)", "CHECKPOINT")
    house.use(DATABASE)
    events = (cases + 1) * EVENTS
    kept = str(house.folder / "backups")
    backed_up = took(house, DATABASE, "backup", kept)
    print(f"backup of {cases + 1:,} cases, {events:,} events: {backed_up:.1f} s", flush=True)
    house.as_owner("postgres", f"CREATE DATABASE {NEW} OWNER guardia_owner")
    restored = took(house, NEW, "restore", kept, "--prove-later")
    print(f"restore into an empty database, analysed, not yet proven: {restored:.1f} s", flush=True)
    seconds = took(house, NEW, "verify")
    print(f"guardia verify: {seconds:.1f} s, {events / seconds:,.0f} events a second", flush=True)
    rebuilt = took(house, NEW, "clocks", "rebuild")
    print(f"guardia clocks rebuild: {rebuilt:.1f} s", flush=True)
    return Figure("verify", 10_000 * seconds / events, "s per 10,000", 10_000 / GOAL, 1.0).say()


def write(cases: int) -> None:
    """One case by the verbs of the desk, with its ten events, and so many copies of it."""
    from django.db import connection

    from bench import _operator, desk
    from bench._operator import CASE, OF_A_CASE, _copy_rows
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now

    operator = _operator.found(now(), opened_at=now(), sites=1_000)
    desk.twenty_events(operator.case_id, EVENTS)
    model = {"case": operator.case_id}
    with behind(DatabaseRole.WORKER), connection.cursor() as cursor:
        cursor.execute(PLAN, model | {"cases": cases})
        _copy_rows(cursor, operator, "case", "t.id = %(case)s", CASE)
        _copy_rows(cursor, operator, "clock", "t.case_id = %(case)s", OF_A_CASE)
        for seq in range(1, EVENTS + 1):
            for statement in (LINKED, EVENT, TEXT):
                cursor.execute(statement, model | {"seq": seq})
            owner = f"t.event_id = (SELECT id FROM case_event WHERE case_id = %(case)s AND seq = {seq})"
            # Owed still, as the first one's are: one that has left would need its delivery.
            _copy_rows(cursor, operator, "notice", owner, OF_A_CASE | OF_AN_EVENT)
        cursor.execute('UPDATE "case" SET head_hash = plan.hash FROM plan WHERE plan.case_id = "case".id')


if __name__ == "__main__":
    sys.exit(main())
