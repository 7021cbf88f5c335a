"""P5: the night's list reaches the supervisor in the morning, once, and the desk counts what was not looked at."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.urls import reverse

from guardia.cases import sweep
from guardia.cases.case_proofs import deny
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.escalation.alarms import Alarm
from guardia.notices.links import Links
from guardia.notices.notice import Delivery, Notice
from guardia.notices.outgoing import rendered
from guardia.notices.packing import pack_pages
from guardia.notices.wording.page_list import MORNING
from guardia.people.staff import Role, Staff
from guardia.reports import by_word
from guardia.worker.posting import morning_address
from tests.procedure.story import Story
from tests.reports.test_by_word import confirmed_by_word, night

__all__ = ["night"]

SEVEN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
"""07:00 in Ecuador of the Saturday in whose night it was confirmed."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def have_mailboxes() -> None:
    Staff.objects.filter(role=Role.SUPERVISOR).update(email="supervision@example.com")


def pages() -> list[Notice]:
    return list(Notice.objects.filter(moment=MORNING).order_by("pk"))


def brought(at: datetime) -> list[Notice]:
    with behind(DatabaseRole.WORKER):
        return by_word.bring(at)


@pytest.fixture
def looked(night) -> None:
    """The worker has looked the morning before."""
    have_mailboxes()
    brought(SEVEN - DAY)
    assert pages() == []


def test_p5_in_the_morning_every_supervisor_has_it_once(night, looked):
    assert brought(SEVEN - MINUTE) == []
    told = brought(SEVEN)
    assert {page.staff for page in told} == set(Staff.objects.filter(role=Role.SUPERVISOR, is_active=True))
    assert night.supervisor in {page.staff for page in told}
    assert brought(SEVEN) == []
    assert brought(SEVEN + HOUR) == []
    assert len(pages()) == len(told)
    (row,) = told[0].facts["confirmed"]
    assert (row["number"], row["company"], row["engineer"], row["denied"]) == (
        night.case.display_number,
        night.bank.name,
        night.engineer.name,
        False,
    )
    assert "Turno de noche" not in str(told[0].facts)


def test_p5_a_worker_that_was_away_in_the_morning_brings_it_when_it_is_back(night, looked):
    told = brought(SEVEN + 5 * HOUR)
    assert told[0].facts["by_word"] == 1
    assert brought(SEVEN + 6 * HOUR) == []


def test_p5_of_two_workers_that_look_at_once_one_brings_it(night, looked, monkeypatch):
    """The second has found it due, waits for its turn, and looks again."""
    take_turn = by_word.writes.take_turn

    def after_the_other(what: str) -> None:
        monkeypatch.setattr(by_word.writes, "take_turn", take_turn)
        assert by_word.bring(SEVEN)

    monkeypatch.setattr(by_word.writes, "take_turn", after_the_other)
    assert brought(SEVEN) == []
    assert pages()


def test_p5_one_that_was_away_for_days_brings_all_of_them_once(night, looked):
    told = brought(SEVEN + 3 * DAY)
    assert told[0].facts["by_word"] == 1
    assert brought(SEVEN + 4 * DAY) == []


def test_p5_what_is_confirmed_after_it_is_in_the_next_one(as_staff):
    """Nothing falls between two mornings: what the day confirms by word is told too."""
    story = Story()
    have_mailboxes()
    story.now = SEVEN + HOUR
    brought(SEVEN)
    confirmed_by_word(story)
    assert brought(SEVEN + 4 * HOUR) == []
    assert brought(SEVEN + DAY)[0].facts["by_word"] == 1
    assert brought(SEVEN + 2 * DAY) == []


def test_p5_an_empty_night_writes_to_nobody_and_is_over(as_staff, db):
    assert brought(SEVEN) == []
    assert not Alarm.objects.exists()
    assert by_word.last_list_at() == SEVEN


def test_p5_what_was_denied_says_so(night, looked):
    deny(night.case, night.desk, at=night.now + HOUR)
    assert brought(SEVEN)[0].facts["confirmed"][0]["denied"]


def test_p5_what_was_late_and_nobody_explained_stands_beside_it(night, looked):
    night.call = None
    late = night.open_case()
    night.now += HOUR
    sweep.sweep(night.now)
    told = brought(SEVEN)
    assert [row["number"] for row in told[0].facts["unexplained"]] == [late.display_number]
    assert brought(SEVEN + DAY) == []


@pytest.mark.parametrize(
    ("language", "said"),
    [("es", "1 confirmado de palabra"), ("en", "1 confirmed verbally"), ("pt", "1 confirmado só de palavra")],
)
def test_p5_it_is_a_mail_that_opens_the_list_and_wakes_nobody(night, looked, language, said):
    Staff.objects.filter(pk=night.supervisor.pk).update(channels=["ntfy://example.com/x"], language=language)
    notices = [page for page in brought(SEVEN) if page.staff_id == night.supervisor.pk]
    with behind(DatabaseRole.WORKER):
        pack_pages(SEVEN)
        (delivery,) = Delivery.objects.filter(notices__in=notices)
        assert delivery.channel == "mail"
        links = Links(lambda *ids: "https://example.com/answer", morning=morning_address)
        carried = list(delivery.notices.select_related("staff", "case", "alarm"))
        mail = message_from_bytes(rendered(delivery, carried, SEVEN + HOUR, links), policy=policy.default)
    text = mail.get_body(("plain",)).get_content()
    assert said in str(mail["Subject"])
    assert mail["Importance"] is None
    assert reverse("by_word") in text
    assert "example.com/answer" not in text
    assert night.case.display_number in text


def test_p5_without_a_supervisor_the_administrators_have_it(night, looked):
    Staff.objects.filter(role=Role.SUPERVISOR).update(is_active=False)
    boss = Staff.objects.create_user("boss", "x" * 12, name="Jefa", role=Role.ADMINISTRATOR, email="jefa@example.com")
    assert boss in {page.staff for page in brought(SEVEN)}


def count_beside_reports(client) -> str:
    link = client.get("/").content.decode().split(f'href="{reverse("reports")}"')[1]
    return link.split('<span class="count">')[1].split("<")[0]


def test_p5_the_desk_counts_what_this_supervisor_has_not_looked_at(as_staff, client):
    story = Story()
    story.now = now() - 2 * HOUR
    confirmed_by_word(story)
    for person, counted in ((story.engineer, ""), (story.supervisor, "1")):
        client.force_login(person)
        assert count_beside_reports(client) == counted
    page = client.get(reverse("by_word")).content.decode()
    assert "Turno de noche" in page
    assert '<span class="new">' in page
    assert count_beside_reports(client) == ""
    assert '<span class="new">' not in client.get(reverse("by_word")).content.decode()


def test_p5_what_was_not_looked_at_for_days_is_opened_night_by_night(as_staff, client):
    first = Story()
    first.now = now() - 3 * DAY
    confirmed_by_word(first)
    first.call = None
    first.now = now() - 2 * HOUR
    confirmed_by_word(first)
    Staff.objects.filter(pk=first.supervisor.pk).update(by_word_seen_at=now() - 4 * DAY)
    client.force_login(first.supervisor)
    assert count_beside_reports(client) == "2"
    assert "Turno de noche" in client.get(reverse("by_word")).content.decode()
    assert count_beside_reports(client) == "1"
    assert "Turno de noche" in client.get(reverse("by_word")).content.decode()
    assert count_beside_reports(client) == ""
