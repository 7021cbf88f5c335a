"""A1 to A3: sales and billing do nothing to a fault, nor to each other's requests, whatever they send."""

import pytest

from guardia.people.staff import Role
from guardia.web.desk.acts import ACTS
from tests.desk.other_desks import MORNING, billing, morning, night, story, taken
from tests.procedure import story as stories

__all__ = ["billing", "morning", "night", "story"]

FILLED = {
    "to": "billing", "reason": "es de facturación", "text": "hola", "audience": "public", "cause": "customer",
    "plan": "plan", "plan_kind": "remote", "answer": "listo", "solution": "listo", "asked_by": "Jefe",
    "symptoms": "caído", "impact": "down", "name": "ping", "result": "ok", "verdict": "good",
}  # fmt: skip


def tries_everything(browser, case, *, but: set[str] = frozenset()) -> set[str]:
    """The acts that did something, or would have been understood, of all that may be sent."""
    done = set()
    for name in sorted(set(ACTS) - but):
        before = case.events.count()
        answer = browser.post(f"/casos/{case.number}/{name}", FILLED)
        look = browser.post(f"/casos/{case.number}/vista/{name}", FILLED)
        if answer.status_code not in (403, 404) or look.status_code not in (403, 404) or case.events.count() > before:
            done.add(name)
    return done


@pytest.mark.parametrize("role", [Role.BILLING, Role.SALES, Role.TECHNICIAN, Role.AUDITOR, Role.QUALITY])
def test_nobody_of_another_desk_acts_on_a_fault(story, sign_in, morning, role):
    case = story.open_case()
    case.refresh_from_db()
    other = sign_in(stories.staff(f"otra-{role}", role))
    assert tries_everything(other, case) == set()
    case.refresh_from_db()
    assert (case.desk, case.stage) == ("technical", "diagnosis")


@pytest.mark.parametrize("role", [Role.SALES, Role.ENGINEER, Role.DISPATCHER])
def test_who_takes_requests_down_may_only_pass_on_that_of_another_desk(story, sign_in, morning, role):
    case = taken(story)
    other = sign_in(stories.staff(f"otra-{role}", role))
    assert tries_everything(other, case) == {"transferir"}


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.AUDITOR, Role.QUALITY])
def test_who_only_looks_does_nothing_to_a_request(story, sign_in, morning, role):
    case = taken(story)
    other = sign_in(stories.staff(f"otra-{role}", role))
    assert tries_everything(other, case) == set()


def test_acts_of_a_fault_do_nothing_to_a_request_of_ones_own(story, billing, morning):
    case = taken(story)
    for name in ("diagnostico", "restablecido", "confirmacion", "salida", "llegada", "cerrar", "prueba"):
        if name in ACTS:
            answer = billing.post(f"/casos/{case.number}/{name}", FILLED)
            assert answer.status_code in (403, 404, 409, 422), name
    case.refresh_from_db()
    assert (case.stage, case.closed_at) == ("taken", None)
    assert MORNING
