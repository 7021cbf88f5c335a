"""The bench as a tool: columns that sort, and acts on many from the choice to the way back."""

import re
from datetime import timedelta

import pytest

from guardia.cases.bulk_act import BulkAct
from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.people.staff import Role
from tests.bulk.conftest import WAITS
from tests.desk.conftest import in_english, sign_in, the_hour_is  # noqa: F401
from tests.procedure import story as stories


@pytest.fixture
def story(db, monkeypatch):
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=10))
        told = stories.Story()
        for n in range(3):
            told.minutes_pass(1)
            told.case_is_registered(f"corte {n}")
        yield told


@pytest.fixture
def engineer(story, sign_in):  # noqa: F811
    return sign_in(story.engineer)


def words(response) -> str:
    return response.content.decode()


def numbers() -> list[str]:
    return [str(number) for number in Case.objects.order_by("pk").values_list("number", flat=True)]


def hidden(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]*)"', page)


def sent(page: str, **more) -> dict:
    """What the browser would send of the form on this page."""
    return {name: hidden(page, name) for name in ("caso", "visto", "mirado", "clave", "volver")} | more


def done(client, name: str, **typed):
    looked = words(client.post(f"/varios/{name}", {"caso": numbers(), "paso": "mirar", **typed}))
    return client.post(f"/varios/{name}", sent(looked, paso="hacer", **typed))


# --- columns ----------------------------------------------------------------------------------------------------------
def test_the_usual_order_is_what_breaks_first_and_the_address_says_every_other(story, engineer):
    first, second, third = Case.objects.order_by("pk")
    third.assign(story.supervisor, by=story.by, at=story.now)
    page = words(engineer.get("/"))
    assert 'aria-sort="ascending"><a href="/?orden=-plazo"' in page
    assert page.index(first.display_number) < page.index(second.display_number)
    page = words(engineer.get("/?orden=-plazo"))
    assert page.index(third.display_number) < page.index(first.display_number)
    assert 'class="time" role="columnheader" aria-sort="descending"><a href="/"' in page
    page = words(engineer.get("/?orden=-responsable"))
    assert page.index(third.display_number) < page.index(first.display_number)
    assert words(engineer.get("/?orden=nada")).count('aria-sort="ascending"') == 1


@pytest.mark.parametrize("order", ["promesa", "empresa", "impacto", "responsable"])
def test_every_column_sorts_both_ways(engineer, order):
    for asked in (order, f"-{order}"):
        page = words(engineer.get(f"/?orden={asked}"))
        assert page.count('class="row-link"') == 3
        assert page.count('aria-sort="none"') == 4


def test_whoever_acts_on_many_sees_two_hundred_at_once(engineer, monkeypatch):
    monkeypatch.setattr("guardia.web.desk.bench_filters.FEW", 2)
    page = words(engineer.get("/"))
    assert page.count('class="row-link"') == 2
    assert 'href="/?filas=200">Show 200 at once' in page
    assert words(engineer.get("/?filas=200")).count('class="row-link"') == 3


# --- acting on many ---------------------------------------------------------------------------------------------------
def test_the_bench_offers_what_is_done_to_many_and_says_that_closing_is_not(story, engineer, sign_in):  # noqa: F811
    page = words(engineer.get("/"))
    assert page.count('class="pick"') == 3
    assert "Cases are closed one by one: each is documented individually (P7)." in page
    assert "Place on hold" not in page
    assert "Place on hold" in words(sign_in(story.supervisor).get("/"))
    assert 'class="pick"' not in words(sign_in(stories.staff("auditor1", Role.AUDITOR)).get("/"))


def test_the_preview_names_each_case_who_is_told_and_what_is_left_out(story, engineer):
    gone = Case.objects.order_by("pk")[1]
    gone.cancel("duplicado", by=story.by, at=story.now)
    page = words(engineer.post("/varios/avisar", {"caso": numbers(), "paso": "mirar", "text": "Vamos"}))
    assert "1 case is left out" in page
    assert page.index("(P7)") < page.index("Jefe de Sistemas")
    assert "4 emails will be sent 30 seconds after it was done" in page
    assert len(hidden(page, "visto")) == 2
    assert not BulkAct.objects.exists()


def test_done_listed_and_taken_back_where_it_was_done(story, engineer):
    answer = done(engineer, "asignar", to=story.colleague.pk)
    page = words(engineer.get(answer.url))
    assert "done: 3" in page
    assert "Undo" in page
    assert set(Case.objects.values_list("assigned", flat=True)) == {story.colleague.pk}
    engineer.post(f"{answer.url}/deshacer")
    page = words(engineer.get(answer.url))
    assert "undone: 3" in page
    assert "Undo" not in page
    assert set(Case.objects.values_list("assigned", flat=True)) == {story.engineer.pk}


def test_after_half_a_minute_there_is_no_way_back(story, engineer, the_hour_is):  # noqa: F811
    answer = done(engineer, "avisar", text="Vamos")
    page = words(engineer.get(answer.url))
    assert "Nothing is on record yet" in page
    assert "Undo" in page
    the_hour_is(now() + timedelta(seconds=WAITS))
    page = words(engineer.post(f"{answer.url}/sigue", follow=True))
    assert "done: 3" in page
    assert "Undo" not in page
    page = words(engineer.post(f"{answer.url}/deshacer", follow=True))
    assert "can no longer be undone" in page


def test_what_is_changed_after_the_preview_is_looked_at_once_more(story, engineer):
    looked = words(engineer.post("/varios/avisar", {"caso": numbers(), "paso": "mirar", "text": "Vamos"}))
    page = words(engineer.post("/varios/avisar", sent(looked, paso="hacer", text="Otra cosa")))
    assert "nothing was done" in page
    assert not BulkAct.objects.exists()


def test_the_same_form_twice_is_one_act(engineer, the_hour_is):  # noqa: F811
    looked = words(engineer.post("/varios/avisar", {"caso": numbers(), "paso": "mirar", "text": "Vamos"}))
    form = sent(looked, paso="hacer", text="Vamos")
    assert engineer.post("/varios/avisar", form).url == engineer.post("/varios/avisar", form).url
    assert BulkAct.objects.count() == 1
    the_hour_is(now() + timedelta(seconds=WAITS))
    for _twice in range(2):
        engineer.post(f"{engineer.post('/varios/avisar', form).url}/sigue")
    assert Case.objects.first().events.filter(moment="news_sent").count() == 1


def test_nothing_typed_and_nothing_chosen_say_so(engineer):
    assert engineer.post("/varios/avisar", {"caso": numbers(), "paso": "mirar", "text": ""}).status_code == 422
    page = words(engineer.post("/varios/avisar", {}, follow=True))
    assert "Select at least one case first." in page


@pytest.mark.parametrize("typed", [{}, {"number": "1", "outage": ""}])
def test_a_link_leads_to_one_thing(engineer, typed):
    answer = engineer.post("/varios/vincular", {"caso": numbers(), "paso": "mirar", **typed})
    assert answer.status_code == (200 if typed else 422)
    assert ("Nothing can be done" in words(answer)) is bool(typed)


def test_only_a_supervisor_opens_the_wait_of_many(story, engineer, sign_in):  # noqa: F811
    assert engineer.post("/varios/espera", {"caso": numbers()}).status_code == 403
    supervisor = sign_in(story.supervisor)
    typed = {"cause": "customer", "asked_by": "Jefe", "reason": "sede cerrada", "proof": ""}
    assert supervisor.post("/varios/espera", {"caso": numbers(), "paso": "mirar", **typed}).status_code == 422
    assert done(supervisor, "espera", **typed | {"proof": "boletín 12"}).status_code == 302
    assert Case.objects.filter(waiting_since__isnull=False).count() == 3


def test_an_act_is_seen_by_whoever_did_it_alone(story, engineer, sign_in):  # noqa: F811
    answer = done(engineer, "asignar", to=story.colleague.pk)
    other = sign_in(story.colleague)
    assert other.get(answer.url).status_code == 404
    assert other.post(f"{answer.url}/deshacer").status_code == 404
    assert engineer.post("/varios/cerrar", {"caso": numbers()}).status_code == 404


def test_a_long_act_goes_on_while_its_page_waits(story, engineer, monkeypatch):
    monkeypatch.setattr("guardia.cases.bulk.go_on.__defaults__", (1,))
    answer = done(engineer, "asignar", to=story.colleague.pk)
    page = words(engineer.get(answer.url))
    assert '<progress max="3" value="1"' in page
    page = words(engineer.post(f"{answer.url}/sigue", headers={"hx-request": "true"}))
    assert '<progress max="3" value="2"' in page
    page = words(engineer.post(f"{answer.url}/sigue", headers={"hx-request": "true"}))
    assert "<progress" not in page
    assert "done: 3" in page


def test_the_bench_offers_the_way_back_too_while_there_is_one(story, engineer, the_hour_is):  # noqa: F811
    done(engineer, "avisar", text="Vamos")
    page = words(engineer.get("/"))
    assert "Notify the customers of 3 cases · No email has been sent yet." in page
    href = re.search(r'id="undoable" method="post" action="([^"]+)"', page)[1]
    the_hour_is(now() + timedelta(seconds=31))
    assert "undoable" not in words(engineer.get("/"))
    assert "can no longer be undone" in words(engineer.post(href, follow=True))
