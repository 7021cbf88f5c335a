"""The closing report shows the customer the photographs it may see, and no other; page, PDF and proof hold together."""

import io

import pytest
from django.test import Client
from pypdf import PdfReader

from guardia.cases.case_files import add_file, show_file, withdraw_file
from guardia.config.database_roles import DatabaseRole, behind
from guardia.evidence import store
from guardia.proof.offline.guardia_verify import check
from guardia.reports import report_history
from guardia.web.report import document
from guardia.web.report.document import closing_document
from tests.files import samples
from tests.notices import journeys
from tests.procedure.story import Story


@pytest.fixture
def closed(as_staff, folder) -> Story:
    told = Story()
    journeys.everything_happens(told)
    return told


def add(story: Story, caption: str, *, shown: bool, number: int = 0, content: bytes = b"", name: str = "foto.jpg"):
    made_ = content or samples.jpeg(samples.rack((900 + number, 600)))
    facts = {"by": story.by, "now": story.now, "caption": caption, "shown": shown}
    return add_file(story.case, content=made_, name=name, **facts)


def page_of(story: Story) -> str:
    link = f"/c/informe/{report_history.token(story.head.customer_id, story.case.pk, story.head.pk)}"
    return Client().get(f"{link}?lang=en").content.decode()


def pdf_of(story: Story) -> bytes:
    """Behind the operator's wall: a page that was opened before has stepped behind another."""
    with behind(DatabaseRole.STAFF):
        return closing_document(story.case, story.now).pdf()


def pictures_in(pdf: bytes) -> int:
    return sum(len(page.images) for page in PdfReader(io.BytesIO(pdf)).pages)


def test_without_files_the_report_says_nothing_of_them(closed):
    assert "fotografias" not in page_of(closed)


def test_what_is_shown_stands_on_the_page_and_in_the_pdf_with_hour_and_caption(closed):
    add(closed, "Empalme terminado", shown=True)
    add(closed, "Rostro del guardia", shown=False, number=1)
    add(closed, "Orden firmada", shown=True, content=samples.PDF, name="orden.pdf")
    page = page_of(closed)
    assert page.count("data:image/jpeg;base64,") == 1
    assert "Empalme terminado" in page
    assert "Orden firmada" in page
    assert "Rostro del guardia" not in page
    pdf = pdf_of(closed)
    assert pictures_in(pdf) == 1
    assert check(pdf).is_sound
    assert samples.SECRET not in pdf


def test_hidden_or_withdrawn_it_is_gone_from_the_report(closed):
    first, second = add(closed, "Una", shown=True), add(closed, "Otra", shown=True, number=1)
    show_file(closed.case, first, shown=False, by=closed.by, at=closed.now)
    withdraw_file(closed.case, second, "se ve un rostro", by=closed.by, at=closed.now)
    page = page_of(closed)
    assert "data:image/jpeg" not in page
    assert "se ve un rostro" not in page


def test_of_very_many_the_first_and_the_last_ones(closed, monkeypatch):
    monkeypatch.setattr(document, "MOST", 2)
    for number in range(4):
        add(closed, f"foto {number}", shown=True, number=number)
    page = page_of(closed)
    assert ("foto 0" in page, "foto 1" in page, "foto 3" in page) == (True, False, True)
    assert page.count("data:image/jpeg;base64,") == 2


def test_a_photograph_that_the_store_has_lost_holds_no_report_up(closed):
    store.remove(add(closed, "perdida", shown=True).sha256)
    assert "data:image/jpeg" not in page_of(closed)
    assert pictures_in(pdf_of(closed)) == 0


def test_captions_are_data_on_paper(closed):
    add(closed, '#include "/etc/passwd" *b* \\ <script>', shown=True)
    assert "<script>" not in page_of(closed)
    assert pdf_of(closed).startswith(b"%PDF-")
