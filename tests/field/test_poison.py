"""What only a broken or a forged telephone sends: it is refused, and neither the page nor the next acts suffer."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guardia.cases import visit_link
from guardia.config.now import now
from guardia.evidence.files import limit
from guardia.field.crew import CrewMember
from guardia.field.visit import FieldAct
from guardia.intake import field_arrivals
from guardia.people.staff import Role
from guardia.web.desk.case_page.log import lines_of
from guardia.web.field import sending
from tests.breaking.browser import Browser
from tests.field.conftest import Telephone
from tests.field.test_page import form_of, text
from tests.procedure.story import staff

ODD = [[], {}, ["permits"], {"a": [1]}, 5, 5.5, True, None, "x" * 5000]
NAMES = {
    "check": ["box"],
    "depart": ["place", "phone"],
    "block": ["condition", "why", "next_decision_at"],
    "resume": ["from", "to"],
    "restore": ["solution", "place"],
    "leave": ["finished", "why"],
    "note": ["text"],
    "parts": ["parts"],
    "sign": ["name", "position", "signature"],
}
FIT = {"condition": "roads", "why": "x", "solution": "x", "text": "x", "name": "x", "position": "x", "finished": False}


@pytest.mark.parametrize("kind", NAMES)
def test_a_fact_of_any_type_is_refused_at_once_and_the_next_act_is_done(outing, telephone, browser, ago, kind):
    acts = [telephone.act(kind, ago(30), **{**FIT, name: odd}) for name in NAMES[kind] for odd in ODD]
    acts = [*acts[:40], telephone.act("note", ago(20), text="sigue")]
    answers = telephone.sends(*acts)
    assert "waiting" not in {state for state, _ in answers}
    assert answers[-1][0] == "applied"
    assert browser.get("/campo").status_code == 200
    assert telephone.get("/campo/estado").status_code == 200


@pytest.mark.parametrize("said", ["no", "0", 1, [], None])
def test_left_finished_is_said_with_yes_or_no(outing, telephone, ago, said):
    telephone.sends(telephone.act("arrive", ago(50)), telephone.act("permit", ago(45)))
    telephone.sends(telephone.act("restore", ago(40), solution="empalme"))
    ((state, _),) = telephone.sends(telephone.act("leave", ago(30), finished=said))
    assert (state, outing.visit.left_at) == ("refused", None)


@pytest.mark.parametrize(
    "then", ["9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00"]
)
@pytest.mark.parametrize("kind", ["block", "resume"])
def test_an_hour_at_the_end_of_the_calendar_is_refused(outing, telephone, browser, ago, kind, then):
    soon = (now() + timedelta(hours=1)).isoformat()
    if kind == "resume":
        telephone.sends(telephone.act("block", ago(30), condition="roads", why="x", next_decision_at=soon))
    facts = {"condition": "roads", "why": "x", "next_decision_at": then, "from": soon, "to": then}
    ((state, _),) = telephone.sends(telephone.act(kind, ago(20), **facts))
    assert state == "refused"
    assert browser.get("/campo").status_code == 200


def test_a_box_that_was_refused_is_not_ticked(outing, telephone, browser, ago):
    outing.case.hand_over_visit(outing.stranger_crew, "relevo", by=outing.by, at=ago(40))
    telephone.sends(telephone.act("check", ago(30), box="permits"))
    outing.case.hand_over_visit(outing.crew, "vuelve", by=outing.by, at=ago(20))
    telephone.sends(telephone.act("arrive", ago(10)), telephone.act("permit", ago(5)))
    assert outing.visit.permit_cleared_at == ago(5)
    notes = [event.data for event in outing.case.events.filter(moment="internal_note")]
    assert notes == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "no\0te"},
        {"text": "a\0b"},
        {"part": "a\0", "kind": "parts"},
        {"serial": "\0", "part": "x"},
        {"minutes": "9" * 17},
    ],
)
def test_a_plain_form_with_what_no_keyboard_writes(outing, browser, wrong):
    form = {"visit": str(outing.visit.pk), "key": str(uuid4()), "kind": "note", "text": "x", **wrong}
    assert browser.post("/campo", form).status_code < 500


def test_a_photograph_with_what_no_keyboard_writes(outing, telephone, ago):
    picture = SimpleUploadedFile("a.jpg", b"no", content_type="image/jpeg")
    said = {"key": str(uuid4()), "visit": str(outing.visit.pk), "at": ago(5).isoformat(), "caption": "a\0b"}
    assert telephone.post("/campo/fotos", {**said, "photo": picture}).status_code < 500
    picture = SimpleUploadedFile("a.jpg", b"x" * (limit() + 1), content_type="image/jpeg")
    said["key"] = str(uuid4())
    assert telephone.post("/campo/fotos", {**said, "photo": picture}).status_code < 500


def test_who_left_the_crew_meanwhile_is_refused_before_the_eyes_of_the_desk(outing, telephone, ago):
    outing.crew.members.update(active=False)
    ((state, _words),) = telephone.sends(telephone.act("depart", ago(5)))
    assert state == "refused"
    assert [act.kind for act in field_arrivals.refused_of(outing.case)] == ["depart"]
    assert outing.visit.departed_at is None


def test_a_key_of_another_visit_changes_nothing_there(outing, telephone, ago):
    first = telephone.act("note", ago(20), text="uno")
    telephone.sends(first)
    again = {**first, "facts": {"text": "dos"}, "kind": "depart"}
    assert telephone.sends(again) == [("known", "")]
    assert outing.visit.departed_at is None
    assert FieldAct.objects.get(key=first["key"]).facts["text"] == "uno"
    assert form_of(text(telephone.get("/campo")), "depart")


def test_the_letter_for_the_gate_is_for_its_own_crew(outing, telephone, ago):
    """A person of another crew asks for the letter of this one; so does whoever is nobody."""
    address = f"/campo/visitas/{outing.visit.pk}/carta.pdf"
    assert telephone.get(address).content.startswith(b"%PDF")
    outing.technician.crews.update(active=False)
    assert telephone.get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_by_link_the_crew_finds_its_letter_while_the_visit_is_its_own(outing, ago):
    token = visit_link.token(outing.visit)
    address = f"/campo/v/{token}/carta.pdf"
    assert address in text(Client().get(f"/campo/v/{token}"))
    answer = Client().get(address)
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store, private"
    outing.case.hand_over_visit(outing.stranger_crew, "relevo", by=outing.by, at=ago(5))
    assert Client().get(address).status_code == 404
    assert Client().get("/campo/v/no/carta.pdf").status_code == 404


def test_the_log_names_the_crew_that_took_a_step_by_link(outing, ago):
    by_link = Telephone(outing, token=visit_link.token(outing.visit))
    by_link.sends(by_link.act("arrive", ago(50)), by_link.act("permit", ago(45)))
    lines = {line.name: line.by for line in lines_of(list(outing.case.events.order_by("-seq")), now())}
    named = [name for name, by in lines.items() if by == "Cuadrilla 3"]
    assert len(named) == 2, lines
    assert text(Browser(outing.supervisor).get(f"/casos/{outing.number}/")).count("Cuadrilla 3") > 2


def test_a_visit_takes_no_more_acts_than_anybody_presses(outing, telephone, ago, monkeypatch):
    monkeypatch.setattr(sending, "MOST_OF_A_VISIT", 2)
    first = telephone.act("note", ago(20), text="uno")
    telephone.sends(first, telephone.act("note", ago(19), text="dos"))
    answers = telephone.sends(telephone.act("note", ago(18), text="tres"))
    assert (answers[0][0], FieldAct.objects.count()) == ("refused", 2)
    assert telephone.sends(first) == [("known", "")]


def test_the_page_reads_no_picture_of_a_signature_to_say_what_is_new(outing, telephone, ago):
    telephone.sends(telephone.act("check", ago(50), box="permits"))
    with CaptureQueriesContext(connection) as asked:
        telephone.get("/campo/estado")
        telephone.get("/campo")
    of_acts = [query["sql"] for query in asked if 'FROM "field_act"' in query["sql"]]
    assert of_acts
    assert [sql for sql in of_acts if '"field_act"."facts",' in sql] == []


def test_parts_that_come_late_are_not_of_the_next_visit(outing, telephone, ago):
    """The second crew has left as well: nobody is at the site, and the first telephone still sends."""
    first = outing.visit
    telephone.sends(telephone.act("arrive", ago(50)), telephone.act("leave", ago(45), why="falta una pieza"))
    outing.now = ago(40)
    outing.visit_of(outing.crew)
    second = outing.visit
    telephone.sends(telephone.act("arrive", ago(30)), telephone.act("leave", ago(25), why="falta otra"))
    late = telephone.act("parts", ago(46), parts=[{"name": "Fuente", "quantity": 1}])
    ((state, _words),) = telephone.sends({**late, "visit": first.pk})
    second.refresh_from_db()
    assert (state, second.parts_used) == ("refused", [])
    assert (
        telephone.sends(telephone.act("parts", ago(26), parts=[{"name": "Fuente", "quantity": 1}]))[0][0] == "applied"
    )


def test_a_crew_that_takes_over_on_the_road_leaves_in_its_turn(outing, telephone, browser, ago):
    telephone.sends(telephone.act("depart", ago(30)))
    outing.case.hand_over_visit(outing.stranger_crew, "vehículo averiado", by=outing.by, at=ago(20))
    newcomer = staff("tecnico9", Role.TECHNICIAN)
    CrewMember.objects.create(crew=outing.stranger_crew, staff=newcomer, name="Técnico 9")
    theirs = Telephone(outing, newcomer)
    assert 'data-next="depart"' in text(theirs.get("/campo"))
    assert theirs.sends(theirs.act("depart", ago(10))) == [("applied", "")]
    assert outing.visit.departed_at == ago(10)
    assert 'data-next="arrive"' in text(theirs.get("/campo"))


def test_what_was_sent_in_vain_stands_on_the_board_until_it_is_settled_also_of_a_closed_case(outing, telephone, ago):
    outing.case.cancel("por error", by=outing.by, at=ago(30))
    telephone.sends(telephone.act("arrive", ago(20)), telephone.act("note", ago(10), text="llegué"))
    desk = Browser(outing.supervisor)
    refused = field_arrivals.refused_of(outing.case)
    page = desk.get("/despacho")
    assert f'href="/casos/{outing.number}/">{outing.case.display_number}</a> ({len(refused)})' in text(page)
    for act in refused:
        assert desk.send(f"/casos/{outing.number}/telefono/{act.pk}", {}).status_code < 400
    poll = {"hx-request": "true", "hx-ptag": page.headers["HX-PTag"]}
    assert desk.get("/despacho?vivo=1", headers=poll).status_code == 200
    assert outing.case.display_number not in text(desk.get("/despacho"))
