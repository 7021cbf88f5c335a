"""The screen on the wall: the next promise largest, the others below it, what was kept today; nothing to click."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.people.staff import Role
from guardia.web.desk import wallboard as walls
from tests.desk.phone_calls import rings
from tests.procedure.story import Story, staff


@pytest.fixture
def client(as_staff) -> Client:
    client = Client(headers={"accept-language": "es"})
    client.force_login(staff("sala", Role.ENGINEER))
    return client


def shown(client: Client) -> str:
    return " ".join(client.get("/pantalla").content.decode().split())


def test_an_empty_room_says_that_nothing_is_due(client):
    Story()
    page = shown(client)
    assert "Nada por vencer" in page or "Nada está por vencer" in page
    assert page.count("wall-row") <= 1


def test_the_next_promise_is_there_and_nothing_can_be_clicked(client):
    story = Story()
    case = story.open_case()
    page = shown(client)
    assert case.customer.name in page
    assert not re.search(r"<(a|button|form|input)\b", page)


def test_an_overdue_call_is_counted_with_what_is_overdue(client):
    rings(Story(), now() - timedelta(minutes=5))
    counts = dict(re.findall(r"</svg> ([^<]+)</dt><dd>(\d+)</dd>", shown(client)))
    assert counts == {"vencido": "1"}
    assert "llamada sin caso" in shown(client)


def test_a_long_name_does_not_hide_that_it_is_a_vip(client):
    story = Story()
    Customer.objects.update(vip=True, name="Cooperativa de Ahorro y Crédito de la Pequeña Empresa del Austro")
    for _ in range(2):
        story.open_case()
    assert '<b class="wall-who"><span class="vip">VIP</span> <span class="name">Cooperativa' in shown(client)


def test_a_poll_without_news_is_answered_304(client):
    Story().open_case()
    first = client.get("/pantalla?vivo=1", headers={"HX-Request": "true"})
    assert first.status_code == 200
    tag = first.headers["HX-PTag"]
    assert client.get("/pantalla?vivo=1", headers={"HX-Request": "true", "HX-PTag": tag}).status_code == 304


def test_a_poll_without_news_is_answered_304_while_a_call_waits_too(client):
    """The clock of the call that waits longest goes on in the browser: its seconds are no news."""
    story = Story()
    rings(story, now())
    tag = client.get("/pantalla?vivo=1", headers={"HX-Request": "true"}).headers["HX-PTag"]
    assert client.get("/pantalla?vivo=1", headers={"HX-Request": "true", "HX-PTag": tag}).status_code == 304


def test_the_questions_do_not_grow_with_the_cases(client, django_assert_max_num_queries):
    story = Story()
    for _ in range(6):
        story.open_case()
    client.get("/pantalla")
    with django_assert_max_num_queries(40):
        client.get("/pantalla")


def test_kept_by_stage_is_rounded_down_and_says_nothing_where_nothing_was_decided(as_staff):
    assert walls.stage_share(walls.Stage.DIAGNOSIS, 299, 1).percent.startswith("99")
    assert walls.stage_share(walls.Stage.DIAGNOSIS, 3, 0).is_whole
    assert walls.stage_share(walls.Stage.DIAGNOSIS, 0, 0).percent == "–"
    assert len(walls.stage_shares(now())) == 7
