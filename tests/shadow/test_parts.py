"""A replay in parts finds what one process finds: cases of one circuit stay together, others have nothing in common."""

from contextlib import nullcontext
from datetime import UTC, timedelta

from django.db import transaction

from guardia.cases.event import CaseEvent
from guardia.history.former_case import FormerCase
from guardia.procedure.schema import load
from guardia.shadow.agenda import Agenda
from guardia.shadow.findings import Finder, as_json
from guardia.shadow.parts import parts_for
from guardia.shadow.replay import Replay
from guardia.shadow.replayed_procedure import put_in_force, replayed
from tests.procedure.story import PROCEDURE
from tests.shadow.logs import NIGHT

BEGIN = NIGHT.replace(tzinfo=UTC)


def found(parts):
    """Ten cases on four circuits, some at the same time; replayed part by part, and undone."""
    procedure = load(PROCEDURE.read_text(encoding="utf-8"), PROCEDURE.name)
    with transaction.atomic(), Agenda({}) as agenda:
        for place in range(10):
            opened = BEGIN + timedelta(minutes=7 * place)
            facts = {"company": "Norte", "service": f"ENL-{place % 4}"}
            back, closed = (opened + timedelta(minutes=minutes) for minutes in (90 + place, 300))
            agenda.add(FormerCase(f"N{place}", place, opened, closed, "closed", back, facts), "")
        version = put_in_force(replayed(procedure, agenda.said), BEGIN - timedelta(days=3))
        agenda.seal()
        replay = Replay(agenda, version.pk, nullcontext)
        replay.prepare()
        for part in range(parts):
            done = replay.run(lambda _count: None, part, parts)
        findings = as_json(Finder(done, version.pk).find(1800))
        pages = CaseEvent.objects.filter(moment="paged").values_list("case__service__circuit", "occurred_at")
        hours = sorted(pages)
        transaction.set_rollback(True)
    del findings["worst"]  # of equal cases, the ids say which is first
    return findings, hours


def test_two_parts_find_what_one_finds(as_staff):
    assert found(2) == found(1)


def test_a_small_file_is_replayed_in_one_process():
    assert parts_for(100) == 1
