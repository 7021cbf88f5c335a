"""Two acts on the same cases at the same instant, a case that somebody holds, and histories that stay whole."""

from uuid import UUID, uuid4

import pytest

from guardia.cases import bulk, chain, derived, rebuild
from guardia.cases.bulk_act import BulkAct, BulkLine, counts_of
from guardia.cases.case import Case
from guardia.cases.waiting import WaitReason
from guardia.config.database_roles import DatabaseRole, behind
from guardia.outages.bulk_cause import DEEDS
from guardia.people.staff import Staff
from guardia.procedure.vocabulary import WaitCause
from tests.bulk.conftest import WAITS, Bench
from tests.house.test_together import at_once
from tests.outages.city import City
from tests.procedure.story import Story


@pytest.fixture
def bench(transactional_db) -> Bench:
    with behind(DatabaseRole.STAFF):
        found = Bench(Story())
        found.has(6)
        return found


def whole() -> None:
    """The log of every case gives the rows that stand there, by the programs that verify an installation each night."""
    with behind(DatabaseRole.STAFF):
        assert list(chain.breaks(besides=derived.breaks)) == []
        assert list(rebuild.rebuild()) == []


def in_rounds(act_id: int, at) -> None:
    """As the page that waits, or the worker: round after round, each a transaction of its own."""
    for _ in range(40):
        with behind(DatabaseRole.STAFF):
            bulk.go_on(act_id, DEEDS, at, most=2)


def test_two_who_act_on_the_same_cases_at_once_lose_none_and_do_none_twice(bench):
    story = bench.story
    with behind(DatabaseRole.STAFF):
        to_colleague = bench.sends("assign", {"to": story.colleague.pk})
        news = bench.sends("tell", {"text": "Vamos en camino"}, by=story.supervisor)
        story.seconds_pass(WAITS)

    def rounds(act: BulkAct):
        return lambda: [bulk.go_on(act.pk, DEEDS, bench.now, most=6) for _ in range(6)]

    for _ in range(3):
        assert not [said for said in at_once(rounds(to_colleague), rounds(news)) if isinstance(said, Exception)]
    for act in (to_colleague, news):
        in_rounds(act.pk, bench.now)
    with behind(DatabaseRole.STAFF):
        for act in (to_colleague, news):
            came = counts_of(act)
            assert sum(came.values()) == 6
            assert set(came) <= {"done", "refused"}
        moments = [list(case.events.values_list("moment", flat=True)) for case in bench.all()]
        sent = [each.count("news_sent") for each in moments]
        assert max(sent) <= 1
        assert sum(sent) == counts_of(news).get("done", 0), "whose case was assigned first may have been refused"
    whole()


def test_two_who_go_on_with_one_act_at_once_do_each_case_once(bench):
    with behind(DatabaseRole.STAFF):
        act = bench.sends("tell", {"text": "Vamos en camino"})
        bench.story.seconds_pass(WAITS)
    said = at_once(*[lambda: bulk.go_on(act.pk, DEEDS, bench.now, most=2)] * 4)
    assert all(isinstance(each, int) for each in said)
    in_rounds(act.pk, bench.now)
    with behind(DatabaseRole.STAFF):
        assert counts_of(act) == {"done": 6}
        assert all(case.events.filter(moment="news_sent").count() == 1 for case in bench.all())
    whole()


def test_the_same_form_sent_twice_at_once_is_one_act(bench):
    key: UUID = uuid4()
    seen = {case.pk: case.seq for case in bench_cases(bench)}

    def begins():
        staff = Staff.objects.get(pk=bench.story.engineer.pk)
        return bulk.begin(DEEDS["tell"], {"text": "x"}, seen, key=key, staff=staff, at=bench.now).pk

    assert len(set(at_once(begins, begins))) == 1
    with behind(DatabaseRole.STAFF):
        assert BulkLine.objects.count() == 6


def bench_cases(bench: Bench) -> list[Case]:
    with behind(DatabaseRole.STAFF):
        return bench.all()


def test_a_case_that_somebody_holds_waits_and_the_others_go_on(bench, owner):
    with behind(DatabaseRole.STAFF):
        act = bench.sends("assign", {"to": bench.story.colleague.pk})
    with owner.transaction():
        owner.execute('SELECT FROM "case" WHERE id = %s FOR UPDATE', [bench.cases[2]])
        with behind(DatabaseRole.STAFF):
            assert bulk.go_on(act.pk, DEEDS, bench.now) == 5
            lines = bulk.preview(DEEDS["tell"], {"text": "x"}, bench.cases, bench.story.engineer, bench.now)
            assert [bool(line.refusal) for line in lines] == [False, False, True, False, False, False]
    in_rounds(act.pk, bench.now)
    with behind(DatabaseRole.STAFF):
        assert counts_of(act) == {"done": 6}


def test_every_act_and_its_way_back_leave_whole_histories(bench):
    story = bench.story
    waits = {"cause": "customer", "asked_by": "Jefe", "reason": "sede cerrada", "proof": "boletín 12"}
    acts = [("assign", {"to": story.colleague.pk}), ("wait", waits), ("resume", {})]
    for kind, typed in acts:
        with behind(DatabaseRole.STAFF):
            if kind == "resume":
                why = WaitReason(WaitCause.CUSTOMER, asked_by="Jefe", reason="sin acceso", proof="correo")
                for case in bench.all():
                    Case.objects.select_for_update().get(pk=case.pk).wait(why, by=story.by, at=bench.now)
            act = bench.acts(kind, typed, by=story.supervisor)
            assert counts_of(act) == {"done": 6}
            story.seconds_pass(5)
            bench.takes_back(act)
            assert counts_of(act) == {"undone": 6}
        whole()


def test_cases_get_one_common_cause_and_go_on_by_themselves_again(transactional_db):
    with behind(DatabaseRole.STAFF):
        city = City()
        outage = city.declared(element=city.node)
        case = city.somebody_calls(city.service_of(city.bank, "BCO-9"))
        bench = Bench(city)
        bench.cases = [case.pk, city.case_of(city.services[1]).pk]
        act = bench.acts("cause", {"outage": outage.number})
        assert counts_of(act) == {"done": 1, "same": 1}
        assert Case.objects.get(pk=case.pk).part_of == outage
        city.seconds_pass(10)
        bench.takes_back(act)
        assert counts_of(act) == {"undone": 1, "same": 1}
        assert Case.objects.get(pk=case.pk).part_of is None
        gone = bench.acts("cause", {"outage": 9999})
        assert counts_of(gone) == {"refused": 2}
    whole()
