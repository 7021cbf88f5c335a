"""Once per company and month by itself; again where a supervisor says so; frozen as it was true when it was made."""

import zipfile
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from threading import Event

import pytest
from django.db.models import QuerySet

from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.customer import Customer
from guardia.notices.announcement import Announcement, AnnouncementKind
from guardia.notices.notice import Notice
from guardia.notices.outbox import LETTERS
from guardia.notices.sending import send_due
from guardia.reports import month_sending
from guardia.worker import rounds
from guardia.worker.posting import LINKS
from tests.monthly.october import NOVEMBER, OCTOBER, local
from tests.notices.sender import Sender, worker_step

DUE = local(11, 2, 8)


def months() -> QuerySet[Announcement]:
    return Announcement.objects.filter(kind=AnnouncementKind.MONTH)


@pytest.fixture
def october(story, affected) -> Case:
    return affected((local(10, 5, 8), local(10, 5, 11)), closed=local(10, 5, 12))


def round_(at) -> int:
    with behind(DatabaseRole.WORKER):
        return month_sending.send_due(at)


@pytest.mark.parametrize(
    ("at", "month"),
    [
        (local(11, 1, 12), None),
        (DUE - timedelta(seconds=1), None),
        (DUE, OCTOBER),
        (local(11, 4, 12), OCTOBER),
        (local(11, 5, 8), None),
        (local(12, 2, 9), NOVEMBER),
    ],
)
def test_the_second_at_eight_of_the_operator_s_clock(at, month):
    assert month_sending.due_month(at) == month


def test_the_operator_chooses_day_and_hour_or_none(settings):
    settings.MONTH_REPORT_DAY, settings.MONTH_REPORT_HOUR = 5, 0
    assert month_sending.due_month(local(11, 5)) == OCTOBER
    settings.MONTH_REPORT_DAY = 0
    assert month_sending.due_month(DUE) is None


def test_one_announcement_per_company_with_activity_and_only_once(story, october):
    assert round_(DUE - timedelta(minutes=1)) == 0
    assert round_(DUE) == 1
    assert round_(DUE + timedelta(minutes=5)) == 0
    (made,) = months()
    assert (made.key, made.customer, made.made_by) == (f"2026-10/{story.bank.pk}", story.bank, None)
    assert made.facts["down"] == 3 * 3600


def test_two_workers_that_meet_make_one(story, october):
    """The second one asked before the first one wrote: the key makes it once."""
    with behind(DatabaseRole.WORKER):
        first = month_sending.announced(story.bank, OCTOBER, 1, by=None, at=DUE)
        second = month_sending.announced(story.bank, OCTOBER, 1, by=None, at=DUE + timedelta(seconds=1))
    assert (first, months().count()) == (second, 1)


def test_what_happens_later_does_not_change_what_was_told(story, october):
    round_(DUE)
    Case.objects.filter(pk=october.pk).update(outages=[])
    assert months().get().facts["down"] == 3 * 3600


def test_a_company_that_left_or_tells_nobody_is_not_told(story, october):
    Customer.objects.filter(pk=story.bank.pk).update(active=False)
    assert round_(DUE) == 0
    Customer.objects.filter(pk=story.bank.pk).update(active=True)
    story.bank.contacts.update(told=["news"])
    assert round_(DUE) == 0


def test_only_who_is_told_of_closings_of_incidents_gets_it(story, october):
    story.desk.told = ["registration", "news"]
    story.desk.save()
    story.mute.kinds = ["request"]
    story.mute.save()
    round_(DUE)
    with behind(DatabaseRole.WORKER):
        assert rounds.tell_more(DUE) == 2
    told = Notice.objects.filter(announcement__isnull=False).values_list("contact__name", flat=True)
    assert sorted(told) == ["Gerente de TI", "Jefe de Sistemas"]


def test_the_worker_s_round_makes_it_and_the_next_one_owes_the_notices(story, october, monkeypatch):
    monkeypatch.setattr(rounds, "now", lambda: DUE)
    rounds.month_reports(Event())
    rounds.announcements(Event())
    assert Notice.objects.filter(announcement=months().get()).count() == 4


# --- the letter ---


def posted(story, post_office, at=DUE) -> dict[str, object]:
    """The letters of the month by address, sent as the worker does."""
    sender = Sender(post_office, at)
    with behind(DatabaseRole.WORKER):
        rounds.tell_more(at)
    with post_office.outlet() as outlet:
        send_due(outlet, replace(sender.post(worker_step), links=LINKS), LETTERS)
    letters = (mail for mail in post_office.mails if mail["X-Guardia-Moment"] == "month")
    return {mail["To"].addresses[0].addr_spec: mail for mail in letters}


def test_the_letter_says_the_figures_in_its_reader_s_language_and_brings_the_spreadsheet(story, october, post_office):
    round_(DUE)
    mails = posted(story, post_office)
    assert sorted(mails) == ["gerente@example.com", "helpdesk@example.com", "jefe@example.com"]
    mail = mails["helpdesk@example.com"]
    assert mail["Subject"] == "Report of October 2026: Banco Austral"
    text = mail.get_body(("plain",)).get_content()
    assert "In October 2026, incidents opened: 1; availability: 99.596\u00a0%." in text
    assert "ENL-0042 · Site: agencia matriz" in text
    html = mail.get_body(("html",)).get_content()
    assert "<table" in html
    assert "3&nbsp;h" in html
    paper, file = mail.iter_attachments()
    assert (paper.get_filename(), paper.get_content()[:5]) == ("guardia-2026-10.pdf", b"%PDF-")
    assert file.get_filename() == "guardia-2026-10.xlsx"
    assert "Attached: the whole report on paper (PDF), and the spreadsheet" in text.replace("\n", " ")
    book = zipfile.ZipFile(BytesIO(file.get_content()))
    assert b"ENL-0042" in book.read("xl/sharedStrings.xml")


def test_a_file_that_cannot_be_made_does_not_hold_the_letter_back(story, october, post_office, monkeypatch):
    def broken(month):
        raise ValueError("no")

    monkeypatch.setattr("guardia.web.report.attached.workbook_of", broken)
    monkeypatch.setattr("guardia.web.report.attached.month_pdf", lambda month, at: broken(month))
    round_(DUE)
    mail = posted(story, post_office)["helpdesk@example.com"]
    assert not list(mail.iter_attachments())
    assert "attached" not in mail.get_body(("plain",)).get_content()


def test_a_quiet_month_that_is_sent_by_hand_says_so(story, post_office):
    month_sending.send(story.bank, OCTOBER, 1, by=story.supervisor, at=DUE)
    text = posted(story, post_office)["helpdesk@example.com"].get_body(("plain",)).get_content()
    assert "Without incidents in October 2026: 100.000 % availability." in text


# --- by hand ---


def test_by_hand_again_is_a_second_one_and_a_second_press_is_none(story, october):
    round_(DUE)
    again = month_sending.send(story.bank, OCTOBER, 2, by=story.supervisor, at=DUE)
    assert month_sending.send(story.bank, OCTOBER, 2, by=story.supervisor, at=DUE) == again
    assert [each.key for each in month_sending.sent(story.bank, OCTOBER)] == [
        f"2026-10/{story.bank.pk}",
        f"2026-10/{story.bank.pk}/2",
    ]
    assert (again.made_by, round_(DUE)) == (story.supervisor, 0)


def test_what_was_sent_by_hand_is_not_sent_again_by_itself(story, october):
    month_sending.send(story.bank, OCTOBER, 1, by=story.supervisor, at=local(11, 1, 9))
    assert round_(DUE) == 0


@pytest.mark.parametrize("case", ["lasts", "left", "nobody", "old page"])
def test_by_hand_it_is_refused_in_words(story, october, case):
    month, number = (NOVEMBER, 1) if case == "lasts" else (OCTOBER, 3 if case == "old page" else 1)
    if case == "left":
        story.bank.active = False
        story.bank.save()
    if case == "nobody":
        story.bank.contacts.update(told=[])
    with pytest.raises(month_sending.NotSent):
        month_sending.send(story.bank, month, number, by=story.supervisor, at=DUE)
    assert not months().exists()
