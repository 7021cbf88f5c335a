"""The letter of closing brings the report, made once per case and language; without it the letter goes all the same."""

import email
from email import policy

import pytest

from guardia.notices.notice import Delivery, Notice
from guardia.notices.outgoing import rendered
from guardia.proof.offline.guardia_verify import check
from guardia.web.report import attached
from guardia.worker.posting import LINKS
from tests.notices import journeys
from tests.notices.reading import owed


@pytest.fixture(autouse=True)
def nothing_kept():
    attached.shelf.clear()


def letter_of(*notices: Notice):
    delivery = Delivery(pk=7, address=notices[0].contact.email, message_id="<abc@example.com>", channel="mail")
    content = rendered(delivery, notices, notices[-1].owed_at, LINKS)
    return email.message_from_bytes(content, policy=policy.default), len(content)


def words_of(mail) -> str:
    return " ".join(mail.get_body(("plain",)).get_content().split())


def files_of(mail) -> list:
    return list(mail.iter_attachments())


def test_the_report_is_attached_to_the_closing(closed):
    mail, size = letter_of(owed(closed, "closed"))
    (file,) = files_of(mail)
    assert (file.get_content_type(), file.get_filename()) == (
        "application/pdf",
        f"informe-{closed.case.display_number}.pdf",
    )
    assert check(file.get_content()).is_sound
    assert size < 10_000_000
    assert "The closing report is attached." in words_of(mail)
    assert "/c/informe/" in words_of(mail).replace(" ", "")
    assert mail["Content-Language"] == "en"


def test_no_other_letter_brings_it(closed):
    for notice in journeys.notices_to(closed.desk):
        if notice.moment not in ("closed", "permit_letter_sent"):  # the guard has a letter of his own
            assert not files_of(letter_of(notice)[0])


def test_each_language_is_made_once(closed, monkeypatch):
    makings = []
    really = attached.closing_document
    monkeypatch.setattr(attached, "closing_document", lambda *args: makings.append(1) or really(*args))
    languages = {closed.head: "es", closed.desk: "en", closed.manager: "pt"}
    for _twice in range(2):
        for contact, language in languages.items():
            (file,) = files_of(letter_of(owed(closed, "closed", contact))[0])
            assert check(file.get_content()).language == language
    assert len(makings) == 3


def test_where_it_cannot_be_made_the_letter_names_its_address(closed, monkeypatch, caplog):
    def breaks(*args):
        raise RuntimeError("no paper")

    monkeypatch.setattr(attached, "closing_document", breaks)
    mail, _size = letter_of(owed(closed, "closed"))
    assert not files_of(mail)
    assert "The closing report can be read at the address below." in words_of(mail)
    assert "its letter goes without" in caplog.text


def test_a_report_too_large_for_a_mail_is_not_sent(closed, monkeypatch):
    monkeypatch.setattr(attached, "LARGEST_REPORT", 1000)
    assert not files_of(letter_of(owed(closed, "closed"))[0])


def test_the_shelf_stays_small():
    for number in range(100):
        attached.shelf.put((number, 1, "es"), None)
    assert len(attached.shelf.kept) == attached.KEPT
