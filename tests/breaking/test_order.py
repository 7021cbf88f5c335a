"""Every act at every stop of the road, in whatever order: done whole or refused whole, never an error."""

import pytest

from guardia.config.now import now
from guardia.web.desk.acts import ACTS
from tests.breaking.browser import changed, on_record, taken_back, undrawn, whole
from tests.breaking.stages import STOPS, by_a_visit, by_mistake, by_the_customer, right_fields
from tests.examples import costly_part

REFUSED = {403, 404, 409, 422}
# At a stop that differs from another only by its visit or its round: only what asks for these, and no page drawn.
WAITS = {"espera", "reanudar", "promesa", "corregir-espera", "objecion"}
STEPS = {"envio", "acuerdo", "salida", "llegada", "permiso", "bloqueo", "decidir", "reanudar-visita", "restablecido"}
PAPER = {"cambio-visita", "relevo-cuadrilla", "carta", "repuestos", "firma", "salida-sede"}
VISIT = {*STEPS, *PAPER, "plan", *WAITS}
ROUND = {"diagnostico", "normalizado", "confirmacion", "estable", "reincidencia", "cierre", "causa", "envio"}
AGAIN = {*ROUND, "reabrir", "reabierto-por-error"}
PARTLY = {
    **dict.fromkeys(
        ("to agree", "agreed", "held up", "on the way", "arrived", "permitted", "waiting", "sent early"), VISIT
    ),
    **dict.fromkeys(("relapsed", "remote", "closure", "recovered"), ROUND),
    **dict.fromkeys(("closed", "open again"), AGAIN),
}


def acts_at(stop: str, turn: int) -> list[str]:
    """What is accepted there, and a part of the others: another at each stop, so that three have each of them."""
    chosen = {*STOPS.get(stop, ()), *costly_part(sorted(ACTS), turn)}
    return sorted(chosen.intersection(PARTLY.get(stop, ACTS)))


def press(browser, story, act: str, fields: dict, before: dict[str, str]) -> str:
    """Post an act twice, as a double click does; what is wrong with what came of it, or nothing.

    ``before``: what is on record.
    """
    address, seq = f"/casos/{story.number}/{act}", story.case.seq
    first = browser.post(address, {**fields, "seen": seq})
    if first.status_code in REFUSED:
        return f"refused, yet changed {changed(before)}" if changed(before) else ""
    if first.status_code != 302:
        return f"answered {first.status_code}"
    done, after = on_record(), story.case.seq
    if after == seq and changed(before):
        return f"changed {changed(before)} without an event"
    browser.post(address, {**fields, "seen": seq})
    whole()
    return f"pressed twice, done twice: {changed(done)}" if changed(done) else ""


@pytest.mark.parametrize("road", [by_a_visit, by_mistake, by_the_customer])
def test_every_act_at_every_stop(story, supervisor, road, monkeypatch):
    wrong = {}
    for turn, stop in enumerate(road(story)):
        fields = right_fields(story, now())
        before = on_record()
        assert set(fields) == set(ACTS), "an act without fields in tests/breaking/stages.py"
        with monkeypatch.context() as patch:
            if stop in PARTLY:
                patch.setattr("guardia.web.desk.case.case_answer", undrawn)
            for act in acts_at(stop, turn):
                with taken_back():
                    if trouble := press(supervisor, story, act, fields[act], before):
                        wrong[stop, act] = trouble
    assert wrong == {}


def test_a_number_in_the_address_that_is_none(story, supervisor):
    story.open_case()
    for number in ("0", "10", "9" * 19, "9" * 5000, f"{story.number}0", "nada", "-", "1-0"):
        for rest in ("", "vivo", "abierto", "nota", "nadie"):
            assert supervisor.get(f"/casos/{number}/{rest}").status_code == 404
        assert supervisor.post(f"/casos/{number}/unir", {"call": number}).status_code == 404
    assert supervisor.post(f"/casos/{story.number}/nadie").status_code == 404
