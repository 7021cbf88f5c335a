"""The month's report names the newest signature over all histories of when it was made: page, paper, letter."""

import io
import re

import pytest
from django.utils import translation
from pypdf import PdfReader

from guardia.config.database_roles import DatabaseRole, behind
from guardia.notices import wire
from guardia.notices.month_facts import NOT_SIGNED, MonthFacts
from guardia.people.staff import Role
from guardia.proof import log, note
from guardia.reports.month_report import month_report
from guardia.web.report.month import month_pdf
from tests.monthly.october import AFTER, OCTOBER, local
from tests.monthly.test_screen import month_page
from tests.monthly.test_sending import DUE, posted, round_


@pytest.fixture
def october(affected):
    return affected((local(10, 5, 8), local(10, 5, 11)), closed=local(10, 5, 12))


@pytest.fixture
def signed(october) -> log.HistoryCheckpoint:
    with behind(DatabaseRole.WORKER):
        log.append(AFTER)
        found = log.sign(AFTER)
    assert found
    return found


def root_of(signed: log.HistoryCheckpoint) -> str:
    return signed.note.splitlines()[2]


def test_it_is_frozen_with_the_figures(story, signed):
    told = month_report(story.bank, OCTOBER, AFTER)
    assert (told.log.root, told.log.size, told.log.note) == (root_of(signed), signed.size, signed.note)
    assert MonthFacts.of(told.facts()) == told
    old = {name: value for name, value in told.facts().items() if name != "log"}
    assert MonthFacts.of(old).log == NOT_SIGNED, "what was made before it was known is read"


def test_paper_names_it_in_one_word(story, signed):
    for language, words in (("es", "Registro firmado:"), ("en", "Signed log:"), ("pt", "Registro assinado:")):
        with translation.override(language):
            pdf = month_pdf(month_report(story.bank, OCTOBER, AFTER), AFTER)
        said = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
        assert words in re.sub(r"\s+", " ", said)
        assert root_of(signed) in re.sub(r"\s+", "", said), "no sign within that nobody sees"


def test_the_page_names_it(story, signed, browser_of, monkeypatch):
    monkeypatch.setattr("guardia.web.desk.reports.monthly.now", lambda: AFTER)
    assert root_of(signed) in month_page(browser_of(Role.SUPERVISOR), story.bank)


def test_the_letter_brings_it_as_the_paper_has_it(story, signed, post_office):
    round_(DUE)
    mails = posted(story, post_office)
    assert mails
    for mail in mails.values():
        assert wire.note_of(mail[wire.CHECKPOINT]) == signed.note
        assert note.signatures_of(wire.note_of(mail[wire.CHECKPOINT]), log.verifiers())
        assert root_of(signed) in mail.get_body(("plain",)).get_content()


def test_without_any_the_report_says_nothing_of_it(story, october, post_office):
    assert month_report(story.bank, OCTOBER, AFTER).log == NOT_SIGNED
    round_(DUE)
    for mail in posted(story, post_office).values():
        assert mail[wire.CHECKPOINT] is None
