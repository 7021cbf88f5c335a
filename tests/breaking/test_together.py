"""Two browsers at once, each with its own connection: one act happens, and the other person is told so."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from guardia.calls.call import Call
from guardia.cases.case import Case
from guardia.cases.event import CaseEvent
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.notices.notice import Notice
from tests.breaking.browser import Browser, changed, on_record, whole
from tests.breaking.stages import RIGHT
from tests.procedure import story as stories


@pytest.fixture
def live(transactional_db, monkeypatch) -> stories.Story:
    """A case in diagnosis, committed, ten minutes old."""
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now().replace(microsecond=0) - timedelta(minutes=10))
        story = stories.Story()
        story.open_case()
        story.test_shows("pérdida 100 %")
        story.test_shows("corte", name="OTDR")
        return story


def at_once(*presses) -> list:
    """Each press in a thread of its own, all begun together; their answers."""
    barrier = Barrier(len(presses))

    def press(one):
        try:
            barrier.wait(timeout=30)
            return one()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(presses)) as pool:
        return list(pool.map(press, presses))


def browsers(story) -> tuple[Browser, Browser]:
    with behind(DatabaseRole.STAFF):
        return Browser(story.engineer), Browser(story.colleague)


def test_a_button_pressed_twice_at_once_is_one_act(live):
    engineer, _ = browsers(live)
    for act, moment in (("respuesta", "news_sent"), ("prueba", "tested"), ("espera", "wait_started")):
        with behind(DatabaseRole.STAFF):
            before, seen = live.moments().count(moment), live.case.seq
        place, fields = f"/casos/{live.number}/{act}", {**RIGHT[act], "seen": seen}
        answers = at_once(*[lambda place=place, fields=fields: engineer.send(place, fields)] * 2)
        assert [answer.status_code for answer in answers] == [302, 302]
        with behind(DatabaseRole.STAFF):
            assert live.moments().count(moment) == before + 1, act
            whole()
    with behind(DatabaseRole.STAFF):
        told = Notice.objects.filter(moment="news_sent", state="owed")
        assert told.count() == told.values("contact").distinct().count()


def test_two_engineers_diagnose_at_once_and_one_is_told_so(live):
    places = [f"/casos/{live.number}/diagnostico"] * 2
    causes = ({**RIGHT["diagnostico"], "cause": "fibra"}, {**RIGHT["diagnostico"], "cause": "equipo"})
    presses = zip(browsers(live), places, causes, strict=True)
    answers = at_once(*[lambda b=b, p=p, c=c: b.send(p, c) for b, p, c in presses])
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    refusal = next(answer for answer in answers if answer.status_code == 409).content.decode()
    assert "This cannot be done now: the case is in “Execution" in refusal
    with behind(DatabaseRole.STAFF):
        assert live.moments().count("diagnosed") == 1
        whole()


def test_a_new_case_and_a_call_pressed_twice_at_once_are_one_each(live):
    engineer, colleague = browsers(live)
    report = {"service": live.service.pk, "symptoms": "No hay servicio", "impact": "down"}
    answers = at_once(*[lambda: engineer.send("/casos/nuevo", report)] * 2)
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    ring = {"from_number": "02 555 0177", "line": "1800400404"}
    at_once(*[lambda: engineer.send("/llamadas/timbra", ring)] * 2)
    with behind(DatabaseRole.STAFF):
        assert Case.objects.count() == 2
        call = Call.objects.get(from_number="+59325550177")
    answers = at_once(*[lambda b=b: b.post(f"/llamadas/{call.pk}/contesta") for b in (engineer, colleague)])
    where = sorted(answer.headers["Location"] for answer in answers)
    assert where == [f"/casos/nuevo?llamada={call.pk}", "/llamadas/"]
    with behind(DatabaseRole.STAFF):
        call.refresh_from_db()
        late = colleague if call.answered_by == live.engineer else engineer
    assert "has already answered this call" in late.get("/llamadas/").content.decode()
    with behind(DatabaseRole.STAFF):
        whole()


def test_a_page_that_is_out_of_date_sends_nothing(live):
    engineer, colleague = browsers(live)
    with behind(DatabaseRole.STAFF):
        seen = live.case.seq
    colleague.send(f"/casos/{live.number}/espera", RIGHT["espera"])
    with behind(DatabaseRole.STAFF):
        before = on_record()
    for act in ("anular", "respuesta", "normalizado", "datos", "diagnostico"):
        answer = engineer.send(f"/casos/{live.number}/{act}", {**RIGHT[act], "seen": seen})
        assert answer.status_code == 409, act
        assert "This case changed while you were writing" in answer.content.decode(), act
    with behind(DatabaseRole.STAFF):
        assert changed(before) == []


def test_a_conflict_that_no_lock_prevented_is_a_refusal_too(live):
    """As if somebody had written past the lock: the next number of the chain is taken."""
    engineer, _ = browsers(live)
    with behind(DatabaseRole.STAFF):
        last = live.case.events.order_by("-seq").first()
        CaseEvent.objects.bulk_create([copy_of(last, last.seq + 1)])
        before = on_record()
    answer = engineer.send(f"/casos/{live.number}/nota", RIGHT["nota"])
    assert answer.status_code == 409
    assert "Somebody else changed this case meanwhile" in answer.content.decode()
    with behind(DatabaseRole.STAFF):
        assert changed(before) == []


def copy_of(event: CaseEvent, seq: int) -> CaseEvent:
    fields = {field.attname: getattr(event, field.attname) for field in CaseEvent._meta.concrete_fields}
    return CaseEvent(**{**fields, "id": None, "seq": seq})
