"""What was falsified by the database's superuser, who may switch every rule of it off, is found by `guardia verify`."""

import json
from collections.abc import Sequence
from types import SimpleNamespace

import psycopg
import pytest

from guardia.cases import chain
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.config.database_roles import DatabaseRole, behind
from guardia.events import history
from guardia.procedure.version import ProcedureVersion
from tests.procedure.story import Story


@pytest.fixture
def case(transactional_db) -> SimpleNamespace:
    """A broken diagnosis (P3) and an internal note, committed; ``other`` is a second company."""
    with behind(DatabaseRole.STAFF):
        story = Story()
        story.open_case()
        story.minutes_pass(30)
        story.the_sweep_runs()
        story.diagnosis("remote")
        story.case.note("queda abierto", by=story.by, at=story.now)
        return SimpleNamespace(pk=story.case.pk, other=story.other.pk, story=story)


def forge(owner: psycopg.Connection, statement: str, **values: object) -> None:
    """As somebody does who has switched every trigger and foreign key off."""
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        assert owner.execute(statement, values).rowcount > 0, "nothing was falsified"


def found() -> set[str]:
    with behind(DatabaseRole.WORKER):
        return {place.what for place in chain.breaks()}


FORGERIES = {
    "a breach is hidden from the customer": (
        "UPDATE case_event SET public = false WHERE case_id = %(case)s AND moment = 'breached'",
        "public was changed",
    ),
    "an internal event is shown": (
        "UPDATE case_event SET public = true WHERE case_id = %(case)s AND NOT public",
        "public was changed",
    ),
    "an event is given to another company": (
        "UPDATE case_event SET customer_id = %(other)s WHERE case_id = %(case)s AND seq = 2",
        "customer was changed",
    ),
    "the whole case is given to another company": (
        "WITH moved AS (UPDATE case_event SET customer_id = %(other)s WHERE case_id = %(case)s)"
        ' UPDATE "case" SET customer_id = %(other)s WHERE id = %(case)s',
        "customer was changed",
    ),
    "the case promises another version of the procedure": (
        'UPDATE "case" SET procedure_version_id = %(version)s WHERE id = %(case)s',
        "procedure was changed",
    ),
    "an event says words that were never recorded": (
        "INSERT INTO event_text (customer_id, event_id, name, salt, text) SELECT customer_id, id, 'who', ''::bytea, 'x'"
        " FROM case_event WHERE case_id = %(case)s AND moment = 'breached'",
        "the text who was added",
    ),
    "an event happened earlier": (
        "UPDATE case_event SET occurred_at = occurred_at - interval '15 minutes'"
        " WHERE case_id = %(case)s AND moment = 'registered'",
        "occurred_at was changed",
    ),
    "an event has no text": (
        "UPDATE case_event SET canonical = '[]' WHERE case_id = %(case)s AND seq = 2",
        "the hash does not match",
    ),
    "an event claims a format of the future": (
        """UPDATE case_event SET canonical = replace(canonical, '"format":2', '"format":3')
         WHERE case_id = %(case)s AND seq = 2""",
        "the hash does not match",
    ),
}


def another_version() -> int:
    with behind(DatabaseRole.STAFF):
        first = ProcedureVersion.objects.get()
        return ProcedureVersion.objects.create(
            number=2,
            code=first.code,
            title=first.title,
            source=first.source,
            document=first.document,
            sha256="0" * 64,
            published_at=first.published_at,
            effective_at=first.effective_at,
        ).pk


@pytest.mark.parametrize("what", FORGERIES)
def test_what_the_superuser_falsified_is_found(case, owner, what):
    assert found() == set()
    statement, words = FORGERIES[what]
    version = another_version() if "version" in statement else 0
    forge(owner, statement, case=case.pk, other=case.other, version=version)
    assert words in found()


@pytest.mark.parametrize("data", ["null", "[]", "7", '"x"', '{"journal": "x", "edition": "x"}'])
def test_facts_that_make_no_sense_any_more_stop_nothing(case, owner, data):
    statement = (
        "UPDATE case_event SET data = %(data)s::jsonb, moment = 'texts_erased' WHERE case_id = %(case)s AND seq = 2"
    )
    forge(owner, statement, case=case.pk, data=data)
    assert {"moment was changed"} <= found()


def test_a_document_that_was_changed_after_it_was_published_is_found(case, owner):
    with behind(DatabaseRole.WORKER):
        assert list(chain.changed_procedures()) == []
    forge(owner, "UPDATE procedure_version SET document = jsonb_set(document, '{code}', '\"otra\"')")
    with behind(DatabaseRole.WORKER):
        assert [each.number for each in chain.changed_procedures()] == [1]


def test_the_first_event_commits_to_the_procedure_that_the_case_promises(case):
    with behind(DatabaseRole.STAFF):
        first = CaseEvent.objects.get(case=case.pk, seq=1)
        assert json.loads(first.canonical)["procedure"] == ProcedureVersion.objects.get().sha256


def test_an_internal_event_is_bound_by_its_mark_and_the_hash_of_its_text_alone(case):
    with behind(DatabaseRole.STAFF):
        previous = b""
        for event in CaseEvent.objects.filter(case=case.pk).order_by("seq"):
            mark = history.mark_in(json.loads(event.canonical))
            assert (mark == history.PUBLIC) == event.public
            assert history.chained_content(previous, mark, history.content_hash(event.canonical)) == bytes(event.hash)
            previous = bytes(event.hash)


def test_a_case_that_was_begun_by_the_first_format_is_ended_by_it(case, owner):
    with behind(DatabaseRole.STAFF):
        old = Case.objects.get(pk=case.pk)
        rewrite_by_the_first_format(old, owner, list(old.events.order_by("seq")))
    assert found() == set()
    with behind(DatabaseRole.STAFF):
        old = Case.objects.get(pk=case.pk)
        old.note("sigue", by=case.story.by, at=case.story.now)
        assert {history.format_of(event.canonical) for event in old.events.all()} == {1}
    assert found() == set()


def rewrite_by_the_first_format(case: Case, owner: psycopg.Connection, events: Sequence[CaseEvent]) -> None:
    """As the version before this one would have written the same events."""
    previous = b""
    for event in events:
        said = json.loads(event.canonical)
        canonical = history.canonical_text({name: said[name] for name in said.keys() - OF_THE_SECOND}, [])
        canonical = canonical.replace('"texts":{}', f'"texts":{json.dumps(said["texts"], separators=(",", ":"))}')
        previous = history.chained(previous, canonical)
        statement = "UPDATE case_event SET canonical = %(text)s, hash = %(hash)s WHERE id = %(id)s"
        forge(owner, statement, text=canonical, hash=previous, id=event.pk)
    statement = 'UPDATE "case" SET head_hash = %(hash)s, history_format = 1 WHERE id = %(id)s'
    forge(owner, statement, hash=previous, id=case.pk)


OF_THE_SECOND = {"format", "public", "counted", "company", "procedure"}
