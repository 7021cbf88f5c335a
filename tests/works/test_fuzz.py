"""Every act on a work that exists, with whatever is typed: told what is wrong, never an error of the server."""

import pytest
from django.test import Client

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.outages import work_answers
from guardia.people.staff import Role
from tests.breaking.browser import taken_back
from tests.breaking.poison import NONSENSE, STORABLE
from tests.examples import costly_part
from tests.procedure.story import staff

ODD = (*STORABLE, *NONSENSE)
ACTS = {
    "anunciar": ("reason",),
    "mover": ("starts", "ends", "why", "reason"),
    "cancelar": ("why",),
    "terminar": ("at",),
    "responder": ("company", "words"),
    "quitar": ("company", "why"),
    "nada": ("x",),
}


@pytest.fixture(autouse=True)
def today(story) -> None:
    story.now = now()


@pytest.fixture
def desk(as_staff) -> Client:
    browser = Client(headers={"accept-language": "en"}, raise_request_exception=True)
    browser.force_login(staff("jefa", Role.SUPERVISOR))
    return browser


def short(value: str) -> str:
    return value[:5000].replace("\ud800", "?")


STATES = ("draft", "announced", "under_way")


@pytest.mark.parametrize("state", STATES)
def test_every_act_on_a_work(desk, night, story, state):
    if state == "draft":
        night.draft()
    else:
        night.announce()
        night.objects()
    if state == "under_way":
        type(night.work).objects.filter(pk=night.pk).update(state=state, started_at=night.now)
    number = night.work.display_number
    for act_turn, (act, names) in enumerate(ACTS.items(), STATES.index(state)):
        for place, odd in costly_part([*enumerate(ODD)], act_turn):
            typed = {name: short(ODD[(place + turn) % len(ODD)]) for turn, name in enumerate(names)}
            if "company" in typed and place % 2:
                typed["company"] = str(story.bank.pk)
            with taken_back():
                answer = desk.post(f"/trabajos/{number}/{act}", typed)
                assert answer.status_code in {302, 404, 409, 422}, (act, odd[:40])


def test_every_field_of_the_form(desk, night, story):
    day = f"{night.starts_at:%d/%m/%Y}"
    right = {"name": "n", "what_es": "x", "starts": f"{day} 02:00", "ends": "06:00", "circuits": "ENL-0042"}
    optional = ("what_en", "what_pt", "element", "minutes", "carrier", "carrier_reference", "is_public")
    for turn, name in enumerate((*right, *optional)):
        for odd in costly_part(ODD, turn):
            with taken_back():
                answer = desk.post("/trabajos/nuevo", {**right, name: short(odd)})
                assert answer.status_code in {302, 422}, (name, odd[:40])


def test_every_answer_of_a_company(night, story):
    night.announce(needs_agreement=True)
    address = f"/c/trabajo/{work_answers.token(story.bank.pk, night.pk, story.desk.pk)}"
    browser = Client(headers={"accept-language": "en"})
    for odd in ODD:
        with taken_back(), behind(DatabaseRole.STAFF):
            assert browser.post(f"{address}/objetar", {"texto": short(odd)}).status_code in {303, 422}, odd[:40]
