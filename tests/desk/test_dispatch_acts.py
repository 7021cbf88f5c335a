"""What is done with a visit on the page of its case: offered when it fits, refused in a sentence, shown on its card."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from guardia.cases.case_rows import case_for_desk
from guardia.config.now import now
from guardia.field.crew import Crew, CrewMember
from guardia.field.crews import save_crew, save_member
from guardia.field.visit import FieldAct
from guardia.people.staff import Role
from guardia.web.desk.acts import ACTS
from guardia.web.desk.acts.dispatch import part_line, person_line, used_line
from tests.breaking.stages import said
from tests.desk.conftest import words
from tests.procedure.story import staff

HOUR = timedelta(hours=1)
FIELDS = {"operator": "Despacho", "customer": "Jefe", "site_contact": "Portería", "access": "24 horas"}


@pytest.fixture
def crew(story) -> Crew:
    crew = save_crew(
        Crew(),
        {
            "name": "Cuadrilla 1",
            "base": "Cuenca",
            "phone": "07 555 0401",
            "specialties": ["fibre"],
            "plate": "AAA-0001",
            "tools": "Fusionadora",
        },
    )
    save_member(CrewMember(crew=crew), {"name": "Personal de campo 1", "document": "000000001-1"})
    return crew


@pytest.fixture
def spare(story) -> Crew:
    more = {"contractor": "Redes del Sur", "email": "cuadrilla@example.com", "specialties": ["power"]}
    return save_crew(Crew(), {"name": "Cuadrilla 2", **more})


@pytest.fixture
def waiting(story):
    story.open_case()
    story.diagnosis("visit")
    return story


def send(browser, story, act: str, **fields):
    return browser.post(f"/casos/{story.number}/{act}", fields, follow=True)


def agree(browser, story, crew, **more):
    hours = {"forecast_from": said(now() + timedelta(hours=1)), "forecast_to": said(now() + timedelta(hours=3))}
    return send(browser, story, "acuerdo", **{**FIELDS, **hours, "crew": crew.pk, **more})


def visit(story):
    return story.case.visits.order_by("-pk").first()


def offered(browser, story) -> set[str]:
    page = words(browser.get(f"/casos/{story.number}/"))
    return {name for name in ACTS if f'href="/casos/{story.number}/{name}#act"' in page}


def primary(browser, story) -> str:
    page = words(browser.get(f"/casos/{story.number}/"))
    acts = [part.split('"')[0].split("/")[1] for part in page.split('action="/casos/')[1:]]
    return next(act for act in acts if act != "seguir")


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_the_examples_of_a_visit_are_nobodys(language):
    fields = ACTS["acuerdo"].form.base_fields
    with translation.override(language):
        examples = f"{fields['people'].help_text} {fields['parts'].help_text}"
    assert not re.search(r"Quito|\d{9}-\d", examples)


def test_the_agreement_says_what_goes_and_who_enters(waiting, engineer, crew):
    parts = "ONT GPON ×2 · Bodega Quito\n3 x Patch cord\nEscalera"
    page = words(agree(engineer, waiting, crew, specialty="fibre", parts=parts))
    kept = visit(waiting)
    assert kept.parts == [
        {"name": "ONT GPON", "quantity": 2, "store": "Bodega Quito"},
        {"name": "Patch cord", "quantity": 3, "store": ""},
        {"name": "Escalera", "quantity": 1, "store": ""},
    ]
    assert kept.people == [{"name": "Personal de campo 1", "document": "000000001-1"}]
    assert (kept.plate, kept.tools, kept.specialty) == ("AAA-0001", "Fusionadora", "fibre")
    for shown in ("2 × ONT GPON · Bodega Quito", "Personal de campo 1 · 000000001-1", "AAA-0001", "Optical fibre"):
        assert shown in page
    assert 'href="tel:+59375550401"' in page
    assert "the permit letter has not been sent" in page


def test_who_enters_may_be_others_than_the_crew_has_on_record(waiting, engineer, crew):
    agree(engineer, waiting, crew, people="Persona 2, 000000002-2\nPersona 3", plate="bbb-0002", tools="Escalera")
    kept = visit(waiting)
    assert [one["document"] for one in kept.people] == ["000000002-2", ""]
    assert (kept.plate, kept.tools) == ("BBB-0002", "Escalera")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("ONT ×2\nONT ×dos · Bodega", "Line 2: the quantity is not a number."),
        ("×2 · Bodega", "Line 1: the description is missing."),
        ("ONT ×0", "Line 1: the quantity is zero."),
        ("ONT · Bodega · Quito", "Line 1: there is more than one"),
        ("x" * 301, "Line 1 is too long."),
        ("\n".join(["ONT"] * 61), "More than 60 lines do not fit."),
    ],
)
def test_a_line_of_parts_that_is_none_is_named(waiting, engineer, crew, typed, sentence):
    answer = agree(engineer, waiting, crew, parts=typed)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert visit(waiting) is None


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("ONT GPON ×2 · Bodega Quito", ("ONT GPON", "2", "Bodega Quito")),
        ("ONT GPON x2; Bodega Quito", ("ONT GPON", "2", "Bodega Quito")),
        ("2 × ONT GPON", ("ONT GPON", "2", "")),
        ("Cable drop ×1,5 · Bodega", ("Cable drop", "1.5", "Bodega")),
        ("Caja 4x4", ("Caja 4x4", "1", "")),
        ("Mux·8", ("Mux·8", "1", "")),
    ],
)
def test_parts_are_read_as_people_write_them(line, read):
    assert tuple(part_line(line, 1).values()) == read


def test_a_person_and_a_serial_number_are_read_too():
    assert person_line("Apellido Nombre, Área 2, 0102", 1) == {"name": "Apellido Nombre, Área 2", "document": "0102"}
    assert used_line("SFP ×1 · AB-12", 1) == {"name": "SFP", "quantity": "1", "serial": "AB-12"}


def test_crews_that_fit_stand_first_and_of_these_the_free_ones(waiting, engineer, crew, spare):
    busy = save_crew(Crew(), {"name": "Cuadrilla 0", "specialties": ["fibre"]})
    waiting.case.decide_dispatch(by=waiting.by, at=waiting.now)
    kept = visit(waiting)
    kept.specialty = "fibre"
    kept.save()
    waiting.call = None
    number = waiting.number
    waiting.seconds_pass(9)
    waiting.case_is_registered("Otra falla")
    waiting.diagnosis("visit")
    agree(engineer, waiting, busy)
    form = ACTS["acuerdo"].form(case=case_for_desk(str(number)), now=now(), initial={"specialty": "fibre"})
    groups = [(name, [words for _pk, words in choices]) for name, choices in form.fields["crew"].widget.choices[1:]]
    assert [name for name, _crews in groups] == ["Free", "On another visit", "Cannot do it"]
    assert groups[0][1] == ["Cuadrilla 1 · Cuenca · Optical fibre"]
    assert groups[1][1] == ["Cuadrilla 0 · Optical fibre · agreed, not left yet"]
    assert groups[2][1] == ["Cuadrilla 2 (contractor) · Power supply"]


def test_only_what_fits_is_offered_and_the_next_step_is_the_primary_one(waiting, engineer, crew, spare):
    assert primary(engineer, waiting) == "acuerdo"
    assert "restablecido" not in offered(engineer, waiting)
    agree(engineer, waiting, crew)
    assert primary(engineer, waiting) == "salida"
    assert {"carta", "cambio-visita", "relevo-cuadrilla", "bloqueo", "llegada"} <= offered(engineer, waiting)
    assert not {"restablecido", "repuestos", "decidir", "reanudar-visita"} & offered(engineer, waiting)
    send(engineer, waiting, "carta")
    assert "carta" not in offered(engineer, waiting)
    send(engineer, waiting, "bloqueo", condition="weather", why="niebla", next_decision_at=said(now() + HOUR))
    assert primary(engineer, waiting) == "decidir"
    assert "reanudar-visita" in offered(engineer, waiting)
    hours = {"forecast_from": said(now() + HOUR), "forecast_to": said(now() + 2 * HOUR)}
    send(engineer, waiting, "reanudar-visita", **hours)
    send(engineer, waiting, "salida", radio="on")
    assert primary(engineer, waiting) == "llegada"
    send(engineer, waiting, "llegada")
    assert primary(engineer, waiting) == "permiso"
    assert {"restablecido", "repuestos", "firma", "salida-sede"} <= offered(engineer, waiting)
    assert "cambio-visita" not in offered(engineer, waiting)
    send(engineer, waiting, "permiso")
    assert primary(engineer, waiting) == "restablecido"
    send(engineer, waiting, "restablecido", solution="empalme")
    assert primary(engineer, waiting) == "confirmacion"
    assert {"repuestos", "firma", "salida-sede"} <= offered(engineer, waiting)
    send(engineer, waiting, "salida-sede", finished="done")
    assert "salida-sede" not in offered(engineer, waiting)


def test_a_step_told_by_radio_says_so_with_its_hour_and_place(waiting, engineer, crew):
    agree(engineer, waiting, crew)
    page = words(send(engineer, waiting, "salida", radio="on", place="-0.18012, -78.48231 ±12 m"))
    assert waiting.case.events.get(moment="departed").data["source"] == "radio"
    assert "by radio" in page
    assert "openstreetmap.org/?mlat=-0.18012&amp;mlon=-78.48231" in page


def test_a_visit_that_is_held_up_says_by_what_and_when_it_is_decided(waiting, engineer, crew):
    agree(engineer, waiting, crew)
    again = now() + HOUR
    send(engineer, waiting, "bloqueo", condition="weather", why="niebla densa", next_decision_at=said(again))
    page = words(engineer.get(f"/casos/{waiting.number}/"))
    card = page.split('id="visits"')[1].split("</section>")[0]
    assert "Blocked by weather." in card
    assert "niebla densa" in card
    assert "Next decision:" in card
    send(engineer, waiting, "decidir", next_decision_at=said(again + HOUR), why="sigue la niebla")
    assert visit(waiting).next_decision_at == (again + HOUR).replace(second=0, microsecond=0)


def test_force_majeure_may_stop_the_clock_in_the_same_act(waiting, engineer, crew):
    agree(engineer, waiting, crew)
    fields = {"condition": "roads", "why": "derrumbe", "next_decision_at": said(now() + HOUR)}
    assert 'name="stops_clock"' in words(engineer.get(f"/casos/{waiting.number}/bloqueo"))
    send(engineer, waiting, "bloqueo", **fields, stops_clock="on", asked_by="Despacho", proof="aviso público")
    assert waiting.case.waits.get().cause == "force_majeure"


def test_another_crew_goes_on_and_the_letter_is_no_longer_true(waiting, engineer, crew, spare):
    agree(engineer, waiting, crew)
    send(engineer, waiting, "carta")
    page = words(send(engineer, waiting, "relevo-cuadrilla", crew=spare.pk, why="no puede pasar"))
    assert visit(waiting).crew == spare
    assert visit(waiting).permit_letter_at is None
    assert "contractor: Redes del Sur" in page
    refused = send(engineer, waiting, "relevo-cuadrilla", crew=spare.pk, why="otra vez")
    assert refused.status_code in {200, 409, 422}


def test_what_was_agreed_is_filled_in_to_be_changed(waiting, engineer, crew):
    agree(engineer, waiting, crew, parts="ONT GPON ×2 · Bodega Quito")
    page = words(engineer.get(f"/casos/{waiting.number}/cambio-visita"))
    assert "ONT GPON ×2 · Bodega Quito" in page
    assert "Personal de campo 1, 000000001-1" in page
    hours = {"forecast_from": said(now() + 2 * HOUR), "forecast_to": said(now() + 4 * HOUR)}
    send(engineer, waiting, "cambio-visita", **FIELDS, **hours, crew=crew.pk)
    assert "dispatch_changed" in waiting.moments()


def test_a_letter_without_documents_is_refused_with_the_rules_sentence(waiting, engineer, spare):
    agree(engineer, waiting, spare)
    answer = send(engineer, waiting, "carta")
    assert answer.status_code in {409, 422}
    assert visit(waiting).permit_letter_at is None


def test_parts_and_signature_stand_on_the_card(waiting, engineer, crew):
    agree(engineer, waiting, crew, parts="ONT GPON ×1 · Bodega")
    for act in ("salida", "llegada"):
        send(engineer, waiting, act)
    assert "ONT GPON ×1" in words(engineer.get(f"/casos/{waiting.number}/repuestos")), "what was carried is proposed"
    send(engineer, waiting, "repuestos", parts="ONT GPON ×1 · SN-77")
    page = words(send(engineer, waiting, "firma", name="Encargada", position="Bodega"))
    assert "1 × ONT GPON · SN-77" in page
    assert "Encargada, Bodega" in page


def test_a_crew_that_leaves_unfinished_says_why_and_another_visit_is_agreed(waiting, engineer, crew):
    agree(engineer, waiting, crew)
    for act in ("salida", "llegada"):
        send(engineer, waiting, act)
    assert send(engineer, waiting, "salida-sede", finished="unfinished").status_code == 422
    page = words(send(engineer, waiting, "salida-sede", finished="unfinished", why="falta un repuesto"))
    assert "Visits that have ended" in page
    assert primary(engineer, waiting) == "acuerdo"


def test_the_link_for_a_crew_without_an_account_is_there_to_be_copied(waiting, engineer, crew, spare, sign_in):
    agree(engineer, waiting, spare)
    page = words(engineer.get(f"/casos/{waiting.number}/"))
    assert "/campo/v/" in page
    assert 'href="mailto:cuadrilla@example.com?' in page
    auditor = sign_in(staff("auditora", Role.AUDITOR))
    assert "/campo/v/" not in words(auditor.get(f"/casos/{waiting.number}/"))


def test_what_a_telephone_sent_in_vain_is_shown_until_it_is_settled(waiting, engineer, crew):
    agree(engineer, waiting, crew)
    act = FieldAct.objects.create(
        customer=waiting.bank,
        case=waiting.case,
        visit=visit(waiting),
        key=uuid4(),
        order=1,
        kind="depart",
        facts={},
        happened_at=waiting.now,
        received_at=waiting.now,
        by_name="Personal de campo 1",
        refused="La visita es ahora de otra cuadrilla.",
    )
    page = words(engineer.get(f"/casos/{waiting.number}/"))
    assert "La visita es ahora de otra cuadrilla." in page
    settled = engineer.post(f"/casos/{waiting.number}/telefono/{act.pk}", follow=True)
    assert "La visita es ahora de otra cuadrilla." not in words(settled)
    act.refresh_from_db()
    assert act.settled_by == waiting.engineer
    assert engineer.post(f"/casos/{waiting.number}/telefono/{act.pk + 1}").status_code == 404


def test_a_remote_site_asks_for_the_next_decision(story, engineer, crew):
    story.site.city.band = "remote"
    story.site.city.save()
    story.open_case()
    story.diagnosis("visit")
    assert 'name="next_decision_at"' in words(engineer.get(f"/casos/{story.number}/acuerdo"))
    assert agree(engineer, story, crew).status_code in {409, 422}
    agree(engineer, story, crew, next_decision_at=said(now() + HOUR))
    assert visit(story).agreed_at


def test_the_range_that_the_band_promises_is_filled_in(waiting, engineer):
    page = words(engineer.get(f"/casos/{waiting.number}/acuerdo"))
    assert 'name="forecast_from" value="' in page
    assert 'name="forecast_to" value="' in page


@pytest.mark.parametrize("act", ["carta", "cambio-visita", "relevo-cuadrilla", "salida", "bloqueo", "decidir"])
def test_what_they_will_read_can_be_seen_before(waiting, engineer, crew, spare, act):
    agree(engineer, waiting, crew)
    hours = {"forecast_from": said(now() + HOUR), "forecast_to": said(now() + 2 * HOUR)}
    typed = {**FIELDS, **hours, "crew": spare.pk, "why": "otra urgencia", "condition": "weather"}
    typed["next_decision_at"] = said(now() + HOUR)
    answer = engineer.post(f"/casos/{waiting.number}/vista/{act}", typed)
    assert answer.status_code == 200
    assert "Banco Austral" in words(answer) or "Jefe de Sistemas" in words(answer)
