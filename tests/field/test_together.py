"""Telephones and the desk at the same moment, each with its own connection: once each, and no trouble of ours."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.field.crew import CrewMember
from guardia.field.visit import FieldAct
from guardia.people.staff import Role
from tests.breaking.browser import Browser
from tests.breaking.test_together import at_once
from tests.field.conftest import Outing, Telephone
from tests.procedure.story import staff


@pytest.fixture
def outing(transactional_db) -> Outing:
    with behind(DatabaseRole.STAFF):
        return Outing()


def test_two_telephones_and_the_desk_press_at_once(outing):
    with behind(DatabaseRole.STAFF):
        mate = staff("tecnico2", Role.TECHNICIAN)
        CrewMember.objects.create(crew=outing.crew, staff=mate, name="Técnico 2")
        phones = [Telephone(outing, outing.technician), Telephone(outing, mate)]
        desk = Browser(outing.supervisor)
        past = now() - timedelta(minutes=10)
        kinds = [("depart", 0), ("arrive", 5), ("permit", 6)]
        sent = [
            [one.act(k, past + timedelta(minutes=m), phone=str(n)) for k, m in kinds] for n, one in enumerate(phones)
        ]
    place = f"/casos/{outing.number}/nota"
    answers = at_once(
        *[lambda n=n: phones[n].raw({"acts": sent[n]}) for n in (0, 1, 0, 1)],
        *[lambda: desk.send(place, {"text": "una nota"})] * 2,
    )
    assert [answer.status_code for answer in answers] == [200] * 4 + [302] * 2
    for n in (0, 1):
        phones[n].raw({"acts": sent[n]})
    with behind(DatabaseRole.STAFF):
        assert FieldAct.objects.count() == 6
        assert FieldAct.objects.filter(applied_at=None, refused="").count() == 0
        moments = outing.moments()
        assert [moments.count(moment) for moment in ("departed", "arrived", "permit_cleared")] == [1, 1, 1]


def test_a_cookie_that_no_browser_sends_names_nobody(transactional_db):
    body = json.dumps({"acts": []})
    for cookie in ('sessionid="a\\000b12345678"', 'csrftoken="a\\000b"', f"sessionid={'x' * 9000}"):
        for place in ("/campo/envios", "/campo/fotos"):
            answer = Browser().post(place, body, content_type="application/json", headers={"cookie": cookie})
            assert answer.status_code in {401, 403}, (place, cookie)


def test_a_batch_of_another_persons_keys_leaves_them_as_they_were(outing):
    with behind(DatabaseRole.STAFF):
        stranger = staff("tecnico3", Role.TECHNICIAN)
        CrewMember.objects.create(crew=outing.stranger_crew, staff=stranger, name="Técnico 3")
        mine, theirs = Telephone(outing, outing.technician), Telephone(outing, stranger)
        act = mine.act("note", now() - timedelta(minutes=3), text="mía")
    assert mine.sends(act)[0][0] == "applied"
    assert theirs.sends({**act, "facts": {"text": "ajena"}})[0][0] == "refused"
    assert theirs.sends({**act, "key": str(uuid4())})[0][0] == "refused"
    with behind(DatabaseRole.STAFF):
        assert FieldAct.objects.get().facts["text"] == "mía"
