"""The panorama leaves by itself at the operator's hour, once, to the people named; a trial to whoever asks."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from guardia.config.database_roles import DatabaseRole, behind
from guardia.notices.links import Links
from guardia.notices.notice import Delivery, Notice
from guardia.notices.outgoing import rendered
from guardia.notices.packing import pack_pages
from guardia.people.staff import Role, Staff
from guardia.reports import panorama_sending
from guardia.worker.posting import morning_address, panorama_files

MONDAY = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
"""07:00 in Ecuador; in Berlin it is 13:00."""
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def weekly(settings, noc) -> None:
    settings.PANORAMA_MAIL, settings.PANORAMA_HOUR, settings.PANORAMA_ZONE = "weekly", 7, "America/Guayaquil"
    Staff.objects.filter(role=Role.SUPERVISOR).update(email="supervision@example.com")


def sent(at: datetime) -> list[Notice]:
    with behind(DatabaseRole.WORKER):
        return panorama_sending.send_due(at)


@pytest.mark.parametrize(
    ("how_often", "zone", "at", "due"),
    [
        ("", "America/Guayaquil", MONDAY, None),
        ("weekly", "America/Guayaquil", MONDAY, MONDAY),
        ("weekly", "America/Guayaquil", MONDAY - MINUTE, MONDAY - 7 * DAY),
        ("weekly", "Europe/Berlin", MONDAY, datetime(2026, 11, 30, 6, 0, tzinfo=UTC)),
        ("monthly", "America/Guayaquil", MONDAY, datetime(2026, 11, 1, 12, 0, tzinfo=UTC)),
        ("monthly", "Europe/Berlin", datetime(2026, 11, 1, 5, 59, tzinfo=UTC), datetime(2026, 10, 1, 5, 0, tzinfo=UTC)),
    ],
)
def test_the_hour_is_that_of_the_operators_calendar(settings, how_often, zone, at, due):
    settings.PANORAMA_MAIL, settings.PANORAMA_HOUR, settings.PANORAMA_ZONE = how_often, 7, zone
    assert panorama_sending.due_at(at) == due


def test_nothing_is_sent_of_an_hour_before_it_was_wanted_and_then_once_a_week(weekly):
    assert sent(MONDAY - DAY) == []
    assert sent(MONDAY - MINUTE) == []
    told = sent(MONDAY)
    assert {notice.staff for notice in told} == set(Staff.objects.filter(role=Role.SUPERVISOR, is_active=True))
    assert sent(MONDAY + MINUTE) == []
    assert len(sent(MONDAY + 7 * DAY)) == len(told)


def test_of_two_workers_that_look_at_once_one_sends_it(weekly, monkeypatch):
    sent(MONDAY - DAY)
    taken = panorama_sending.writes.take_turn

    def other_was_first(name: str) -> None:
        monkeypatch.setattr(panorama_sending.writes, "take_turn", taken)
        assert sent(MONDAY)
        taken(name)

    monkeypatch.setattr(panorama_sending.writes, "take_turn", other_was_first)
    assert sent(MONDAY) == []
    assert Notice.objects.filter(facts__kind="panorama").count() == len(panorama_sending.recipients())


def test_it_goes_to_whom_the_setting_names_by_account_or_address(weekly, settings):
    one = Staff.objects.filter(role=Role.SUPERVISOR, is_active=True).first()
    quality = Staff.objects.create(username="cal", name="Calidad", role=Role.QUALITY, email="calidad@example.com")
    settings.PANORAMA_TO = ["CAL", one.username, "nobody@example.com"]
    assert set(panorama_sending.recipients()) == {quality, one}


def test_it_is_a_mail_with_the_figures_the_address_and_the_pdf(weekly, noc):
    sent(MONDAY - DAY)
    (notice, *_more) = sent(MONDAY)
    with behind(DatabaseRole.WORKER):
        pack_pages(MONDAY)
        delivery = Delivery.objects.filter(notices__pk=notice.pk).first()
        links = Links(lambda *ids: "", morning=morning_address, panorama_files=panorama_files)
        found = Notice.objects.select_related("staff", "case", "alarm").get(pk=notice.pk)
        mail = message_from_bytes(rendered(delivery, [found], MONDAY, links), policy=policy.default)
    words = mail.get_body(("plain",)).get_content()
    assert reverse("panorama") in words
    assert "2" in mail["Subject"]
    assert mail["Importance"] is None
    (pdf,) = mail.iter_attachments()
    assert pdf.get_content_type() == "application/pdf"
    assert "Panorama" in PdfReader(BytesIO(pdf.get_content())).pages[0].extract_text()


def test_a_trial_goes_to_whoever_asks_alone_and_leaves_the_weekly_one_as_it_is(weekly, noc, supervisor):
    sent(MONDAY - DAY)
    assert supervisor.get(reverse("panorama")).status_code == 200
    assert supervisor.post(reverse("panorama_trial")).status_code == 302
    (trial,) = Notice.objects.filter(facts__kind="panorama")
    assert (trial.staff.username, trial.facts["trial"]) == ("mirador", True)
    assert len(sent(MONDAY)) == len(panorama_sending.recipients())


def test_who_does_not_supervise_sends_no_trial(noc, client):
    client.force_login(Staff.objects.create(username="cal", name="Calidad", role=Role.QUALITY))
    assert client.get(reverse("panorama")).status_code == 200
    assert client.post(reverse("panorama_trial")).status_code == 403
