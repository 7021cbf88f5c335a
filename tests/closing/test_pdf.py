"""The PDF: its words are the report's, whatever was written, and it carries its history."""

import io
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.utils import translation
from pypdf import PdfReader

from guardia.proof.offline.guardia_verify import check
from guardia.web.report.document import closing_document


def pdf_of(story, language: str = "es") -> bytes:
    with translation.override(language):
        return closing_document(story.case, story.now).pdf()


def text_in(pdf: bytes) -> str:
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", "", words.replace("\u200b", ""))


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_it_is_tagged_titled_and_in_its_language(closed, language):
    reader = PdfReader(io.BytesIO(pdf_of(closed, language)))
    root = reader.trailer["/Root"]
    assert root["/Lang"].startswith(language)
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert closed.case.display_number in reader.metadata.title
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    kinds = [font["/DescendantFonts"][0]["/FontDescriptor"] for font in fonts if "/DescendantFonts" in font]
    assert kinds
    assert all({"/FontFile2", "/FontFile3"} & descriptor.keys() for descriptor in kinds)


def test_its_text_is_the_reports(closed):
    said = text_in(pdf_of(closed))
    for words in (
        closed.case.display_number,
        "fibra rota por una obra",
        "Telco Andina: revisan su puerto",
        "parpadeo del puerto",
    ):
        assert words.replace(" ", "") in said
    assert bytes(closed.case.head_hash).hex()[:32] in said


def test_it_carries_its_history(closed):
    checked = check(pdf_of(closed))
    assert checked.is_sound
    assert (checked.about, checked.cases[0]["events"]) == (closed.case.number, closed.case.seq)


def test_several_at_once_do_not_disturb_each_other(closed):
    with translation.override("es"):
        ready = closing_document(closed.case, closed.now)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _number: ready.pdf(), range(8)))
    assert all(check(pdf).is_sound for pdf in found)


def test_the_same_report_is_the_same_file(closed):
    assert pdf_of(closed).split(b"/ID")[0][:2000] == pdf_of(closed).split(b"/ID")[0][:2000]
