"""What a telephone sends arrives once, in its order, with its true hours; what no rule takes is kept for the desk."""

from datetime import timedelta

import pytest

from guardia.config.now import now
from guardia.field.crew import Crew
from guardia.field.visit import FieldAct
from guardia.intake import field_arrivals, field_kinds
from guardia.procedure.vocabulary import Moment
from guardia.worker import rounds
from tests.breaking.browser import whole
from tests.field.conftest import Telephone

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


STEPS = (Moment.DEPARTED, Moment.ARRIVED, Moment.PERMIT_CLEARED, Moment.NOTED)


def moments(outing) -> list[str]:
    """The steps of the field, without what follows from them."""
    return [moment for moment in outing.moments() if moment in STEPS]


def hours(outing, *names: str) -> list:
    return [getattr(outing.visit, name) for name in names]


def test_a_whole_visit_sent_at_once_after_hours_without_signal(outing, telephone, ago):
    steps = [
        telephone.act("depart", ago(55), place="-2.90012, -79.00451 ±12 m"),
        telephone.act("arrive", ago(40)),
        telephone.act("check", ago(39), box="permits"),
        telephone.act("check", ago(38), box="protection"),
        telephone.act("permit", ago(37)),
        telephone.act("note", ago(30), text="La fuente no enciende"),
        telephone.act("restore", ago(15), solution="Se cambió la fuente"),
        telephone.act("parts", ago(14), parts=[{"name": "Fuente 48 V", "quantity": 1, "serial": "F-77"}]),
        telephone.act(
            "sign", ago(10), name="Ana Ruiz", position="Administradora", signature=f"data:image/png;base64,{DOT}"
        ),
        telephone.act("leave", ago(5), finished=True),
    ]
    assert telephone.sends(*steps) == [("applied", "")] * len(steps)
    visit = outing.visit
    assert hours(outing, "departed_at", "arrived_at", "permit_cleared_at", "restored_at", "signed_at", "left_at") == [
        ago(55),
        ago(40),
        ago(37),
        ago(15),
        ago(10),
        ago(5),
    ]
    assert visit.parts_used == [{"name": "Fuente 48 V", "quantity": 1, "serial": "F-77"}]
    assert (visit.signed_by, visit.signature.name) == ("Ana Ruiz", "firma.png")
    departed = outing.case.latest(Moment.DEPARTED)
    assert departed.actor_id == outing.technician.pk
    assert departed.data["source"] == "field"
    assert "-2.90012, -79.00451 ±12 m" in departed.texts.values_list("text", flat=True)
    note = outing.case.events.filter(moment=Moment.NOTED).order_by("seq")[0]
    assert [text.text.count(";") for text in note.texts.all()] == [1]  # the boxes of the permit, each with its hour
    whole()


def test_sent_again_it_arrives_once(outing, telephone, ago):
    acts = [telephone.act("depart", ago(50)), telephone.act("note", ago(45), text="En camino")]
    telephone.sends(*acts)
    before = moments(outing)
    assert telephone.sends(*acts, *acts) == [("known", "")] * 4
    assert moments(outing) == before
    assert FieldAct.objects.count() == 2


def test_in_the_order_of_the_telephone_whatever_the_order_of_the_batch(outing, telephone, ago):
    depart, arrive, permit = (telephone.act(k, ago(m)) for k, m in (("depart", 50), ("arrive", 40), ("permit", 30)))
    assert telephone.sends(permit, arrive, depart) == [("applied", "")] * 3
    assert moments(outing) == [Moment.DEPARTED, Moment.ARRIVED, Moment.PERMIT_CLEARED]


def test_two_telephones_are_merged_by_the_hour(outing, telephone, ago):
    other = telephone.act("arrive", ago(40))
    other["facts"]["phone"] = "two"
    assert (
        telephone.sends(other, telephone.act("depart", ago(50)), telephone.act("permit", ago(30)))
        == [("applied", "")] * 3
    )


def test_an_act_without_the_one_before_it_is_not_waited_for(outing, telephone, ago):
    telephone.act("note", ago(58), text="se perdió con el teléfono")
    assert telephone.sends(telephone.act("depart", ago(50))) == [("applied", "")]


def test_a_refused_act_keeps_its_sentence_and_the_others_go_on(outing, telephone, ago):
    (permit, words), depart = telephone.sends(telephone.act("permit", ago(50)), telephone.act("depart", ago(49)))
    assert permit == "refused"
    assert "(P4)" in words
    assert depart == ("applied", "")
    (act,) = field_arrivals.refused_of(outing.case)
    assert (act.kind, act.refused, act.by_name) == ("permit", words, "tecnico1")
    assert field_kinds.words_of(act)
    field_arrivals.settle(act, outing.engineer, now())
    field_arrivals.settle(act, outing.colleague, now())
    assert field_arrivals.refused_of(outing.case) == []
    assert FieldAct.objects.get(refused=words).settled_by == outing.engineer


def test_a_clock_that_runs_ahead_is_not_believed_and_says_so(outing, telephone, ago):
    assert telephone.sends(telephone.act("depart", ago(-30))) == [("applied", "")]
    assert abs(outing.visit.departed_at - now()) < timedelta(minutes=5)
    note = outing.case.latest(Moment.NOTED)
    assert "runs ahead" in note.texts.get().text or "adelantado" in note.texts.get().text
    assert FieldAct.objects.get().happened_at == ago(-30)


def test_an_hour_before_the_visit_was_decided_is_refused_and_kept(outing, telephone, ago):
    ((state, words),) = telephone.sends(telephone.act("note", ago(60 * 24 * 365), text="de otro año"))
    assert state == "refused"
    assert words
    assert len(field_arrivals.refused_of(outing.case)) == 1


def test_what_comes_after_the_case_was_closed_is_kept(outing, telephone, ago):
    outing.now = now()
    outing.case.cancel("ya funciona", by=outing.by, at=outing.now)
    ((state, words),) = telephone.sends(telephone.act("arrive", ago(10)))
    assert (state, bool(words)) == ("refused", True)


def test_a_crew_whose_visit_was_handed_over_is_told_and_the_desk_sees_it(outing, telephone, ago):
    outing.case.hand_over_visit(outing.stranger_crew, "vehículo averiado", by=outing.by, at=now())
    ((state, words),) = telephone.sends(telephone.act("depart", ago(50)))
    assert state == "refused"
    assert "Cuadrilla 4" in words
    assert [act.kind for act in field_arrivals.refused_of(outing.case)] == ["depart"]
    assert outing.visit.departed_at is None


def test_what_belongs_to_a_visit_that_ended_does_not_happen_to_the_next_one(outing, telephone, ago):
    old = telephone.act("arrive", ago(20))
    telephone.sends(telephone.act("depart", ago(50)), telephone.act("arrive", ago(40)))
    telephone.sends(telephone.act("leave", ago(30), finished=False, why="falta la fuente"))
    outing.now = ago(25)
    outing.visit_of(outing.crew)
    assert [state for state, _ in telephone.sends(old)] == ["refused"]
    assert outing.visit.arrived_at is None


def test_a_held_up_visit_goes_on(outing, telephone, ago):
    decided, arrives = ago(-60).isoformat(), ago(-90).isoformat()
    block = telephone.act("block", ago(50), condition="roads", why="Derrumbe en la vía", next_decision_at=decided)
    resume = telephone.act("resume", ago(20), **{"from": arrives, "to": ago(-120).isoformat()})
    assert telephone.sends(block) == [("applied", "")]
    assert outing.visit.condition == "roads"
    assert telephone.sends(resume) == [("applied", "")]
    assert outing.visit.blocked_at is None


def test_trouble_of_ours_leaves_it_and_all_after_it_for_the_next_time(outing, telephone, ago, monkeypatch):
    broken = field_kinds.Kind("broken", lambda doing: 1 / 0)
    monkeypatch.setitem(field_kinds.KINDS, "depart", broken)
    acts = [telephone.act("depart", ago(50)), telephone.act("arrive", ago(40))]
    assert telephone.sends(*acts) == [("waiting", "")] * 2
    assert outing.visit.arrived_at is None
    monkeypatch.undo()
    assert telephone.sends(*acts) == [("known", "")] * 2
    assert hours(outing, "departed_at", "arrived_at") == [ago(50), ago(40)]


def test_trouble_that_lasts_goes_to_the_desk_and_lets_the_next_ones_pass(outing, telephone, ago, monkeypatch):
    monkeypatch.setitem(field_kinds.KINDS, "note", field_kinds.Kind("broken", lambda doing: 1 / 0))
    telephone.sends(telephone.act("note", ago(50), text="x"), telephone.act("depart", ago(49)))
    FieldAct.objects.update(received_at=ago(11))
    field_arrivals.apply_waiting(outing.case, now())
    assert [act.kind for act in field_arrivals.refused_of(outing.case)] == ["note"]
    assert outing.visit.departed_at == ago(49)


def test_what_a_death_between_keeping_and_doing_left_is_done_by_the_worker(outing, telephone, ago, monkeypatch):
    monkeypatch.setattr("guardia.web.field.sending.apply", lambda case_id: None)
    assert telephone.sends(telephone.act("depart", ago(50))) == [("waiting", "")]

    class Running:
        def is_set(self) -> bool:
            return False

    rounds.acts_left_behind(Running())
    assert outing.visit.departed_at is None  # the request that brought it may still be at it
    FieldAct.objects.update(received_at=ago(1))
    rounds.acts_left_behind(Running())
    assert outing.visit.departed_at == ago(50)
    assert field_arrivals.left_behind(now()) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "block", "condition": "moon", "why": "x", "next_decision_at": "2026-01-01T00:00:00+00:00"},
        {"kind": "block", "condition": "roads", "why": "x", "next_decision_at": "mañana"},
        {"kind": "block", "condition": "roads", "why": "x"},
        {"kind": "parts", "parts": "una"},
        {"kind": "parts", "parts": [{"name": "x", "quantity": -1}]},
        {"kind": "parts", "parts": [{"name": 7}]},
        {"kind": "sign", "name": "Ana", "position": "Jefa", "signature": "no es una imagen"},
        {"kind": "sign", "name": ["Ana"], "position": {}},
        {"kind": "check", "box": "otra"},
        {"kind": "restore", "solution": "x" * 5000},
        {"kind": "restore"},
        {"kind": "resume", "from": 5},
        {"kind": "photo"},
        {"kind": "sudo"},
    ],
)
def test_what_is_not_understood_is_refused_in_a_sentence(outing, telephone, ago, facts):
    telephone.sends(telephone.act("arrive", ago(50)))
    kind = facts.pop("kind")
    ((state, words),) = telephone.sends(telephone.act(kind, ago(40), **facts))
    assert state == "refused"
    assert len(words) > 10
    assert [act.kind for act in field_arrivals.refused_of(outing.case)] == [kind]


def test_a_signature_is_kept_with_its_act_or_not_at_all(outing, telephone, ago, monkeypatch):
    telephone.sends(telephone.act("arrive", ago(50)))
    signed = telephone.act("sign", ago(40), name="", position="", signature=f"data:image/png;base64,{DOT}")
    assert [state for state, _ in telephone.sends(signed)] == ["refused"]
    assert outing.files == []


def test_a_crew_may_add_what_it_used_and_the_list_grows(outing, telephone, ago):
    one = {"name": "Fuente 48 V", "quantity": 1, "serial": "F-77"}
    two = {"name": "Patchcord", "quantity": 2, "serial": ""}
    telephone.sends(telephone.act("arrive", ago(50)))
    telephone.sends(telephone.act("parts", ago(40), parts=[one]), telephone.act("parts", ago(39), parts=[one, two]))
    assert [part["name"] for part in outing.visit.parts_used] == ["Fuente 48 V", "Patchcord"]


def test_nobody_sends_about_a_visit_of_another_crew(outing, ago):
    stranger = Telephone(outing, outing.technician)
    other = Crew.objects.create(name="Cuadrilla 9")
    outing.technician.crews.update(crew=other)
    ((state, words),) = stranger.sends(stranger.act("depart", ago(50)))
    assert (state, bool(words)) == ("refused", True)
    assert FieldAct.objects.count() == 0
