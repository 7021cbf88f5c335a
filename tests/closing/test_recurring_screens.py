"""A site that fails a third time says so while the third case is opened, once it is open, and on its page (P7)."""

from django.test import Client

from guardia.cases.case import Case


def signed_in(person) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def twice(story) -> list[Case]:
    opened = []
    for _time in range(2):
        story.open_case()
        opened.append(story.case)
        story.minutes_pass(60)
    return opened


def beside(story) -> str:
    address = f"/casos/nuevo/al-lado?compania={story.bank.pk}&service={story.service.pk}"
    return signed_in(story.engineer).get(address, headers={"hx-request": "true"}).content.decode()


def test_it_is_said_beside_the_form_with_links(story, monkeypatch):
    before = twice(story)
    hour = story.now
    monkeypatch.setattr("guardia.web.desk.registering.now", lambda: hour)
    words = beside(story)
    assert "Third time in 30 days at this site" in words
    for case in before:
        assert f'href="/casos/{case.number}/"' in words


def test_the_second_time_is_no_alarm(story, monkeypatch):
    story.open_case()
    hour = story.now
    monkeypatch.setattr("guardia.web.desk.registering.now", lambda: hour)
    assert "in 30 days at this site" not in beside(story)


def test_the_opened_case_and_its_page_say_it_too(story):
    twice(story)
    story.open_case()
    number = story.number
    client = signed_in(story.engineer)
    for address in (f"/casos/{number}/abierto", f"/casos/{number}/"):
        assert "Third time in 30 days at this site" in client.get(address).content.decode()


def test_an_open_case_leads_to_none(story):
    story.open_case()
    number = story.number
    assert "/informe" not in signed_in(story.engineer).get(f"/casos/{number}/").content.decode()
