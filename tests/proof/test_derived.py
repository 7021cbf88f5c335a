"""What follows from the events is compared with the rows: whatever the superuser changes there is named by verify."""

import json
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guardia.cases import chain, derived, identifying, ledger, rebuild
from guardia.cases.case import Case
from guardia.cases.case_proofs import deny
from guardia.cases.event import CaseEvent
from guardia.cases.event_columns import CASE, FILE, TEST, VISIT, VISITS_END, WAIT
from guardia.cases.stages.registration import Report
from guardia.cases.stages.verification import Confirmer
from guardia.cli import verify
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.provisional import NotOnFile, put_on_file
from guardia.events import history
from guardia.evidence.test_result import Verdict
from guardia.people.staff import SYSTEM
from guardia.procedure.vocabulary import VARIANTS, Impact, Moment
from tests.notices import journeys
from tests.procedure.nights import Night
from tests.procedure.office import Office
from tests.procedure.story import Story
from tests.proof.forgeries import FORGERIES
from tests.proof.test_history import forge


def found() -> set[str]:
    return {place.what for place in (*chain.breaks(besides=derived.breaks), *derived.without_case())}


# --- nothing is found where nothing was changed -----------------------------------------------------------------------
def there_and_back(story: Story) -> None:
    """A3: a fault with its visit is taken for a request, is passed on, and is a fault after all."""
    office = Office(story)
    story.open_case()
    story.diagnosis("visit")
    story.visit_is_agreed()
    story.minutes_pass(10)
    office.passes("billing")
    story.minutes_pass(10)
    office.to_technical()
    story.diagnosis("remote")


def a_provisional_company(story: Story) -> None:
    """L4: the case is opened for a service that is not on file, which turns out to be one that is."""
    service = put_on_file(NotOnFile(story.site.city, None, "Banco Austral S.A.", "", "sucursal centro"))
    report = Report(service, "Internet muy lento", Impact.DEGRADED)
    case = Case.register(report, by=story.by, at=story.now, engineer=story.engineer)
    story.number = case.number
    case.add_test("ping", "sin respuesta", Verdict.BAD, by=story.by, at=story.now)
    story.minutes_pass(30)
    story.the_sweep_runs()
    identifying.identify(service, story.service, by=story.supervisor, at=story.now)


def details_come_and_go(story: Story) -> None:
    """P2 D: what was written down is corrected, and one of it is taken away again."""
    story.open_case()
    case = story.case
    details = {"call_back_number": "+593991234567", "customer_reference": "TT-1", "site_contact": "Garita"}
    case.complete(details, by=story.by, at=story.now, impact=Impact.DEGRADED, affected_since=case.opened_at)
    case.complete({"site_contact": "", "customer_reference": ""}, by=story.by, at=story.now)
    case.assign(story.colleague, by=story.by, at=story.now)


def a_night(story: Story) -> None:
    """E: nobody answers, by page or by telephone, until the senior manager does."""
    night = Night(story)
    story.open_case()
    night.until_the_diagnosis_is_late()
    night.sweep_after(1)
    night.dials("")
    night.sweep_after(2)
    night.dials("operadora", answers=night.senior)
    night.sweep_after(31)
    night.acknowledges(night.other, commands=True)
    night.passes(60)


def what_was_confirmed_is_denied(story: Story) -> None:
    """P5: somebody confirms by word alone, and after the closing a contact says that it is not so."""
    story.open_case()
    story.diagnosis()
    story.minutes_pass(30)
    story.service_is_restored()
    story.service_is_tested()
    who = Confirmer("Encargada de turno", "Asistente", "07 555 0149")
    story.case.confirm(who, "se empalmó la fibra", by=story.by, at=story.now)
    story.window_is_green()
    story.case.stabilise(by=story.by, at=story.now)
    story.case.close("fibra cortada", "se empalmó", by=story.by, at=story.now)
    assert found() == set()
    story.minutes_pass(8 * 60)
    deny(story.case, story.desk, at=story.now)


HISTORIES = (
    *(journeys.everything_happens, journeys.it_recovers, journeys.it_is_withdrawn, journeys.it_is_no_fault),
    *(journeys.a_time_is_disputed, journeys.the_band_changes, journeys.it_has_a_common_cause),
    *(there_and_back, a_provisional_company, details_come_and_go, a_night, what_was_confirmed_is_denied),
)


@pytest.mark.parametrize("happens", HISTORIES, ids=lambda happens: happens.__name__)
def test_nothing_is_found_in_a_history_as_the_verbs_write_it(happens, as_staff):
    story = Story()
    happens(story)
    assert found() == set()
    story.minutes_pass(90)
    story.the_sweep_runs()
    assert found() == set()


def test_each_trigger_that_sets_a_column_is_one_of_the_closed_list():
    known = {*Moment, *(f"{moment}/{variant}" for moment, variants in VARIANTS.items() for variant in variants)}
    assert {*CASE, *WAIT, *VISIT, *VISITS_END, *TEST, *FILE} - known == set()


def test_however_many_cases_there_are_they_take_as_few_questions(as_staff):
    story = Story()

    def questions() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert found() == set()
        return len(asked)

    journeys.everything_happens(story)
    questions()  # the procedure is read once
    of_one = questions()
    for _ in range(5):
        journeys.it_recovers(story)
        journeys.it_is_withdrawn(story)
    assert questions() == of_one
    assert of_one < 30


# --- what was falsified is found --------------------------------------------------------------------------------------
def verified() -> set[str]:
    with behind(DatabaseRole.WORKER):
        return found()


@pytest.mark.parametrize("what", FORGERIES)
def test_what_the_superuser_changed_in_a_row_is_named(cases, owner, what):
    statement, words = FORGERIES[what]
    forge(owner, statement, **vars(cases))
    named = verified()
    assert [one for one in named if words.format(**vars(cases)) in one], named


def test_the_history_before_it_is_forged_is_whole(cases):
    assert verified() == set()


def test_while_somebody_is_erased_and_afterwards_no_row_without_the_name_is_named(cases, owner):
    """Table by table: the name of who reported goes with the person; other words go from their event as well."""
    forge(owner, "INSERT INTO erasure (why, rule, reason, counts, at, request_id)"
          " VALUES ('person', '', 'person_asked', '{}', now(), 1)")  # fmt: skip
    (number,) = owner.execute("SELECT id FROM erasure").fetchone()
    token = f"[borrado, n.º {number}]"
    statement = 'UPDATE "case" SET reporter_name = %(token)s::text, fault = %(token)s::text WHERE id = %(whole)s'
    forge(owner, statement, token=token, **vars(cases))
    assert verified() == set()
    forge(owner, "UPDATE erasure SET ended_at = now()")
    assert verified() == {"the fault is not the one of this event"}
    forge(owner, statement, token=f"[borrado, n.º {number + 1}]", **vars(cases))
    assert "the reporter name is not the one of this event" in verified()


def test_a_tombstone_that_no_erasure_set_up_is_found(cases, owner):
    """Its event stands in the chain as it must; the text is gone under the number that it names."""
    with behind(DatabaseRole.STAFF):
        case, at = Case.objects.get(pk=cases.whole), now()
        closed = case.events.get(moment="closed")
        said = {"erasure": 1, "texts": [[closed.seq, "fault"]]}
        ledger.record([ledger.Entry(case, Moment.TEXTS_ERASED, SYSTEM, at, data=said)], at)
    empty = "UPDATE event_text SET text = NULL, salt = NULL, erasure_id = 1 WHERE event_id = %(id)s AND name = 'fault'"
    forge(owner, empty, id=closed.pk)
    named = "it says that texts were erased, and no erasure is on record"
    assert named in verified()
    row = (
        "INSERT INTO erasure (id, why, rule, reason, counts, at) OVERRIDING SYSTEM VALUE"
        " VALUES (1, 'retention', 'mails', '', '{}', %(at)s)"
    )
    forge(owner, row, at=at + timedelta(days=1))
    assert named in verified(), "it began after the event"
    forge(owner, "UPDATE erasure SET at = %(at)s", at=at)
    assert named not in verified()


def test_verify_says_in_which_case_and_at_which_event_it_is(cases, owner, monkeypatch, capsys):
    monkeypatch.setattr(verify, "open_installation", lambda: None)
    assert verify.verify_all(language="en") == 0
    assert "2 cases" in (said := capsys.readouterr().out), said
    forge(owner, "UPDATE \"case\" SET fault = 'culpa del cliente' WHERE id = %(whole)s", **vars(cases))
    forge(owner, "UPDATE clock SET due_at = NULL WHERE case_id = %(whole)s AND kind = 'diagnosis'", **vars(cases))
    forge(owner, "INSERT INTO delivered_notice (delivery_id, notice_id) VALUES (77, 77000)")
    with behind(DatabaseRole.WORKER):
        closed = CaseEvent.objects.select_related("case").get(case=cases.whole, moment="closed")
    assert verify.verify_all(language="en") == 1
    said = capsys.readouterr().out
    assert f"{closed.case} event {closed.seq}: the fault is not the one of this event" in said
    assert f"{closed.case}: diagnosis 1 does not match the events: due_at" in said
    assert "delivery 77 carries notice 77000, which is missing" in said
    assert "4 contradictions" in said


def test_a_breach_that_was_taken_out_of_the_chain_is_missed(cases, owner):
    """The clock's row is forged as well, and all events after it have another hash: the others say that it broke."""
    with behind(DatabaseRole.WORKER):
        breach = CaseEvent.objects.get(case=cases.whole, moment="breached", data__clock="diagnosis", data__ordinal=1)
    take_out(breach, owner)
    with behind(DatabaseRole.WORKER):
        assert [each for each in chain.breaks() if each.table != "notice"] == []
        assert [each.what for each in rebuild.rebuild()] == ["diagnosis 1"]
    forge(owner, "UPDATE clock SET breached_at = NULL WHERE case_id = %(case)s AND breached_at = %(at)s",
          case=cases.whole, at=breach.occurred_at)  # fmt: skip
    with behind(DatabaseRole.WORKER):
        assert list(rebuild.rebuild()) == []
    due = history.stamp(breach.occurred_at)
    assert f"promise diagnosis fell due at {due} and no breach is on record" in verified()


def take_out(gone: CaseEvent, owner: psycopg.Connection) -> None:
    """As if it had never been: those after it move up, and each hash is computed anew."""
    with behind(DatabaseRole.WORKER):
        events = list(CaseEvent.objects.filter(case=gone.case_id).exclude(pk=gone.pk).order_by("seq"))
    forge(owner, "DELETE FROM notice WHERE event_id = %(id)s OR true", id=gone.pk)
    forge(owner, "DELETE FROM case_event WHERE id = %(id)s", id=gone.pk)
    previous = b""
    for seq, event in enumerate(events, start=1):
        said = json.loads(event.canonical) | {"seq": seq}
        canonical = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        previous = history.chained(previous, canonical)
        statement = "UPDATE case_event SET seq = %(seq)s, canonical = %(text)s, hash = %(hash)s WHERE id = %(id)s"
        forge(owner, statement, seq=seq, text=canonical, hash=previous, id=event.pk)
    forge(owner, 'UPDATE "case" SET seq = %(seq)s, head_hash = %(hash)s WHERE id = %(id)s',
          seq=len(events), hash=previous, id=gone.case_id)  # fmt: skip


def test_what_makes_no_sense_any_more_stops_nothing(cases, owner):
    forge(owner, "UPDATE case_event SET data = '{}' WHERE case_id = %(whole)s AND moment = 'tested'", **vars(cases))
    forge(owner, "UPDATE wait SET proof = 'acta 9' WHERE case_id = %(disputed)s", **vars(cases))
    forge(owner, """UPDATE "case" SET outages = '[["x"]]' WHERE id = %(disputed)s""", **vars(cases))
    forge(owner, """UPDATE clock SET waits = '[["x"]]' WHERE case_id = %(disputed)s""", **vars(cases))
    forge(owner, """UPDATE notice SET facts = '{"at": "x"}' WHERE id = %(notice)s""", **vars(cases))
    words = verified()
    assert "its clocks, escalations or calls cannot be read" in words
    assert "the list of its outages is not the one of this event" in words
    assert f"notice {cases.notice} gives other facts than its event" in words
    assert "its events do not follow from each other" in words
    assert f"wait {cases.ruled}: the proof is not the one of this event" in words
