"""What stands in no event is sealed by the log: whoever changes, removes or adds such a row is found."""

from datetime import datetime, timedelta
from hashlib import sha256

import psycopg
import pytest
from django.db import DatabaseError, connections
from psycopg.types.json import Jsonb

from guardia.config.database_roles import DatabaseRole, as_at_one_instant, behind
from guardia.config.sql_rows import run
from guardia.demo.seed import seed
from guardia.notices.notice import Delivery
from guardia.proof import log, merkle, note, sealed_rows
from guardia.proof.sealed_rows import SOURCES, SealedRow
from guardia.reports import verification
from tests.history.archives import LATER, NOW
from tests.plans.reading import explained
from tests.proof.test_every_column import COLUMNS, another
from tests.proof.test_history import forge
from tests.server import server

LATER_STILL = LATER + timedelta(hours=3)
LATER_ON = "it is written after the letter was settled; that it came back is sealed by itself"
HOW_IT_LEFT = "how it left, which nobody is told"
UNSEALED = {
    "procedure": {"document": "its SHA-256 is sealed, and `verify` compares it"},
    "calendar": {},
    "work": {},
    "outage": {"told": "how many cases it was written to: each of them says it"},
    "delivery": {
        **dict.fromkeys(("domain", "urgent", "urgency", "attempts", "unanswered", "available_at"), HOW_IT_LEFT),
        **dict.fromkeys(("created_at", "leased_until", "sender_id", "paced_at", "answers_id"), HOW_IT_LEFT),
        **dict.fromkeys(("delivered_at", "opened_at", "answer"), LATER_ON),
        **dict.fromkeys(("code_id", "reset_id", "confirmation_id"), "of letters that let somebody in, not sealed"),
        "customer_id": "a provisional company turns out to be another; the notices say whose case it was",
    },
}
"""By source: the columns that no leaf covers, and why."""


@pytest.fixture(scope="module")
def sealed(django_db_setup, django_db_blocker) -> None:
    """The sample operator, whose letters have left, in the signed log."""
    with django_db_blocker.unblock():
        seed(NOW, 40)
        with behind(DatabaseRole.WORKER):
            run("UPDATE delivery SET body = convert_to('Estimados: ' || id, 'UTF8')")  # the sample's letters have none
            while log.append(LATER):
                pass
            while sealed_rows.seal(LATER, most=50):  # as those of years are in the first rounds after an upgrade
                pass
            settled = Delivery.objects.exclude(settled_at=None)
            assert SealedRow.objects.filter(source="delivery").count() == settled.count() > 500
            log.sign(LATER)
        connections.close_all()
        server.keep("sealed")


@pytest.fixture
def signed(sealed, transactional_db) -> str:
    connections.close_all()
    server.renew("sealed")
    with behind(DatabaseRole.WORKER):
        return log.newest_checkpoint().note


def found(*kept: str) -> list[str]:
    with as_at_one_instant(DatabaseRole.WORKER):
        return [str(each) for each in verification.findings(LATER_STILL, kept)]


def first_of(name: str) -> SealedRow:
    with behind(DatabaseRole.WORKER):
        return SealedRow.objects.filter(source=name).order_by("index")[0]


def test_each_kind_is_there_and_all_is_whole(signed):
    with behind(DatabaseRole.WORKER):
        there = set(SealedRow.objects.values_list("source", flat=True).distinct())
    assert there == {"procedure", "work", "outage", "delivery"}
    assert found() == []


@pytest.mark.parametrize("name", ["procedure", "work", "outage", "delivery"])
def test_a_sealed_row_that_somebody_changed_is_found_by_each_of_its_columns(signed, owner: psycopg.Connection, name):
    (source,) = (one for one in SOURCES if one.name == name)
    unfound = set()
    for column, kind in owner.execute(COLUMNS, [source.table]).fetchall():
        if column == "id":
            continue
        statement = f"""SELECT id, "{column}" FROM {source.table} AS row WHERE "{column}" IS NOT NULL
            AND "{column}"::text NOT IN ('', '{{}}') AND id IN (SELECT row_id FROM sealed_row WHERE source = %s)
            ORDER BY id LIMIT 1"""
        chosen = owner.execute(statement, [name]).fetchone()
        if chosen is None:
            unfound.add(column)
            continue
        pk, value = chosen
        statement = f'UPDATE "{source.table}" SET "{column}" = %(value)s WHERE id = %(pk)s'
        try:
            forge(owner, statement, value=another(value, kind), pk=pk)
        except (psycopg.errors.IntegrityError, psycopg.errors.DataError):
            continue  # the database itself refuses it
        with as_at_one_instant(DatabaseRole.WORKER):
            if not list(sealed_rows.breaks(LATER_STILL)):
                unfound.add(column)
        forge(owner, statement, value=Jsonb(value) if kind == "jsonb" else value, pk=pk)
    nowhere = {column for column in unfound - UNSEALED[name].keys() if not is_ever_there(owner, source.table, column)}
    assert unfound - nowhere <= UNSEALED[name].keys()


def is_ever_there(owner: psycopg.Connection, table: str, column: str) -> bool:
    statement = (
        f"""SELECT count(*) FROM {table} WHERE "{column}" IS NOT NULL AND "{column}"::text NOT IN ('', '{{}}')"""
    )
    return owner.execute(statement).fetchone()[0] > 0


FORGERIES = {
    "a version was published earlier": (
        "UPDATE procedure_version SET published_at = published_at - interval '1 day'",
        "published version of the procedure with the id 1: published_at",
    ),
    "a version is taken out": ("DELETE FROM procedure_version", "it is gone"),
    "a letter went to another address": (
        "UPDATE delivery SET address = 'otro@example.com' WHERE id = %(delivery)s",
        "address: not what is in the log as leaf",
    ),
    "a letter said something else": (
        "UPDATE delivery SET body = 'nada' WHERE id = %(delivery)s",
        "body: not what is in the log as leaf",
    ),
    "a letter left earlier": (
        "UPDATE delivery SET settled_at = settled_at - interval '1 hour' WHERE id = %(delivery)s",
        "settled_at",
    ),
    "a letter that was accepted was refused": (
        "UPDATE delivery SET state = 'refused' WHERE id = %(delivery)s",
        "became",
    ),
    "a letter is gone": ("DELETE FROM delivery WHERE id = %(delivery)s", "it is gone"),
    "its notice was owed to somebody else": (
        "UPDATE notice SET contact_id = 999999 WHERE id = (SELECT min(notice_id) FROM delivered_notice"
        " WHERE delivery_id = %(delivery)s)",
        "notices",
    ),
    "it carries a notice more": (
        "INSERT INTO delivered_notice (delivery_id, notice_id) SELECT %(delivery)s, max(id) FROM notice",
        "notices",
    ),
    "words are changed and their salt taken away": (
        "WITH forged AS (UPDATE delivery SET address = 'otro@example.com' WHERE id = %(delivery)s)"
        " UPDATE sealed_row SET salt = NULL WHERE source = 'delivery' AND row_id = %(delivery)s",
        "address",
    ),
    "the seal is taken away": (
        "DELETE FROM sealed_row WHERE source = 'delivery' AND row_id = %(delivery)s",
        "it is gone, and was in the log as leaf",
    ),
    "the seal and its leaf are taken away": (
        "WITH gone AS (DELETE FROM sealed_row WHERE source = 'delivery' AND row_id = %(delivery)s RETURNING index)"
        " DELETE FROM history_leaf WHERE index IN (SELECT index FROM gone)",
        "are missing",
    ),
    "row and seal are forged alike": (
        "WITH forged AS (UPDATE delivery SET message_id = 'x' WHERE id = %(delivery)s) UPDATE sealed_row SET text ="
        " jsonb_set(text::jsonb, '{message_id}', '\"x\"')::text WHERE source = 'delivery' AND row_id = %(delivery)s",
        "it is not the one that is in the log as leaf",
    ),
    "a seal names another row": (
        "UPDATE sealed_row SET row_id = -1 WHERE source = 'delivery' AND row_id = %(delivery)s",
        "it is gone, and was in the log as leaf",
    ),
    "a seal stands beside the log": (
        "INSERT INTO sealed_row (index, source, row_id, text) SELECT 100000, source, -row_id, text FROM sealed_row"
        " WHERE source = 'delivery' AND row_id = %(delivery)s",
        "it is gone",
    ),
    "a letter of yesterday is put in": (
        "INSERT INTO delivery (channel, address, urgent, message_id, state, attempts, available_at, created_at,"
        " settled_at, answer) SELECT channel, address, urgent, 'put-in', state, attempts, available_at, created_at,"
        " settled_at - interval '1 day', answer FROM delivery WHERE id = %(delivery)s",
        "it is not in the log, and later ones are",
    ),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_whoever_falsifies_what_no_event_says_is_found(signed, owner, what):
    statement, words = FORGERIES[what]
    delivery = first_of("delivery").row_id
    forge(owner, statement, **({"delivery": delivery} if "%(delivery)s" in statement else {}))
    assert any(words in each for each in found()), found()


def test_a_finding_says_between_which_checkpoints_and_whom_to_ask(signed, owner):
    forge(owner, FORGERIES["a version was published earlier"][0])
    with as_at_one_instant(DatabaseRole.WORKER):
        (finding,) = verification.findings(LATER_STILL)
    assert finding.since.not_before == LATER
    assert finding.ask.roles == (), "no login but the owner's may change a version"
    assert f"first signed with the checkpoint of {LATER:%Y-%m-%d %H:%M} UTC" in str(finding)


def test_what_a_later_bounce_writes_is_no_forgery_and_is_sealed_by_itself(signed, owner):
    pk = first_of("delivery").row_id
    statement = "UPDATE delivery SET state = 'bounced', bounced_at = %(at)s, answer = 'no such user' WHERE id = %(pk)s"
    owner.execute(statement, {"at": LATER_STILL, "pk": pk})
    assert found() == []
    with behind(DatabaseRole.WORKER):
        assert sealed_rows.seal(LATER_STILL) == 1
    assert first_of("bounce").row_id == pk
    forge(owner, "UPDATE delivery SET bounced_at = bounced_at - interval '1 hour' WHERE id = %(pk)s", pk=pk)
    assert any("came back: bounced_at" in each for each in found())


def test_what_retention_took_out_leaves_the_seal_whole(signed, owner):
    pk = first_of("delivery").row_id
    owner.execute("UPDATE sealed_row SET salt = NULL WHERE source = 'delivery' AND row_id = %s", [pk])
    owner.execute("UPDATE delivery SET body = NULL, address = '', domain = '', answer = '' WHERE id = %s", [pk])
    assert found() == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM sealed_row",
        "UPDATE sealed_row SET text = ''",
        "UPDATE sealed_row SET salt = ''",
        "TRUNCATE sealed_row",
    ],
)
def test_the_database_itself_refuses_to_rewrite_a_seal(signed, owner, statement):
    with pytest.raises((DatabaseError, psycopg.Error), match="refused"):
        owner.execute(statement)


def test_the_tree_covers_them_as_it_does_events(signed):
    row = first_of("procedure")
    with behind(DatabaseRole.WORKER):
        state = note.read_checkpoint(signed)
        proof = merkle.inclusion_proof(row.index, state.size, log.Tiles().subtree)
        leaf = merkle.leaf_hash(sha256(row.text.encode()).digest())
        merkle.check_inclusion(leaf, row.index, state.size, proof, state.root)


# --- since a checkpoint that somebody kept ---
PUT_IN = """
    INSERT INTO delivery (channel, address, urgent, message_id, state, attempts, available_at, created_at, settled_at,
        answer)
    SELECT channel, address, urgent, %(name)s || number, state, attempts, available_at, created_at,
        %(at)s - number * interval '1 minute', answer
    FROM delivery, generate_series(1, %(times)s) AS number WHERE delivery.id = %(delivery)s
"""
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def test_since_a_checkpoint_a_delivery_that_was_put_in_is_found_and_older_ones_are_not_looked_at(signed, owner):
    """The checkpoint is of ``LATER``: what was settled a day before it may have been sealed after it."""
    delivery, start = first_of("delivery").row_id, note.read_checkpoint(signed).size

    def put_in(name: str, at: datetime, times: int = 1) -> None:
        forge(owner, PUT_IN, name=name, at=at, times=times, delivery=delivery)

    put_in("left later", LATER + 3 * DAY)
    with behind(DatabaseRole.WORKER):
        assert sealed_rows.seal(LATER + 3 * DAY) == 1
    put_in("of years before", LATER - DAY, times=20_000)
    put_in("of the day before", LATER - DAY + 2 * MINUTE)
    put_in("of the day after", LATER + DAY)
    owner.execute("ANALYZE delivery; ANALYZE sealed_row; ANALYZE history_leaf")
    ids = dict(owner.execute("SELECT id, message_id FROM delivery").fetchall())
    (source,) = (one for one in SOURCES if one.name == "delivery")
    with as_at_one_instant(DatabaseRole.WORKER):
        found = {ids[each.place.facts["id"]] for each in sealed_rows.breaks(LATER + 3 * DAY, start)}
        assert found == {"of the day before1", "of the day after1"}
        assert sum(1 for _each in sealed_rows.breaks(LATER + 3 * DAY)) == 100  # of so many the first are named
        for plan in explained(source.forgotten(start), {"late": LATER, "start": start}):
            read = {step.table: step for step in plan.steps}
            assert read["delivery"].index == "delivery_settled"
            assert read["sealed_row"].index == "sealed_row_once"
            assert sum(step.rows for step in plan.steps) < 1_000, [*map(str, plan.steps)]
