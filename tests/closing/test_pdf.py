"""The PDF: its words are the report's, whatever was written, and it carries its history."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import typst
import zxingcpp
from django.urls import resolve
from django.utils import translation
from PIL import Image
from pypdf import PdfReader

from guardia.config.database_roles import DatabaseRole, behind
from guardia.proof import log
from guardia.proof.offline.guardia_verify import check
from guardia.web.report import document as papers
from guardia.web.report.document import closing_document


def pdf_of(story, language: str = "es") -> bytes:
    with translation.override(language):
        return closing_document(story.case, story.now).pdf()


def text_in(pdf: bytes) -> str:
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", "", words)


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


def test_it_claims_to_be_one_to_keep_and_has_what_that_takes(closed):
    """PDF/A-3a (ISO 19005-3): it names its part and level, how its colours are meant, and what its attachment is."""
    reader = PdfReader(io.BytesIO(pdf_of(closed)))
    root = reader.trailer["/Root"]
    described = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in described
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in described
    assert "<pdfuaid:part>1</pdfuaid:part>" in described, "it is read aloud as before"
    (intent,) = root["/OutputIntents"]
    assert intent["/S"] == "/GTS_PDFA1"
    assert intent["/DestOutputProfile"].get_data()[36:40] == b"acsp", "a profile of the ICC"
    (attached,) = (each.get_object() for each in root["/AF"])
    assert attached["/AFRelationship"] == "/Data"
    assert attached["/UF"] == f"informe-{closed.case.display_number}.json"
    assert attached["/Desc"]
    assert attached["/EF"]["/F"]["/Subtype"] == "/application/json"
    assert "/Encrypt" not in reader.trailer
    assert reader.trailer["/ID"]


def drawn(document: papers.Document) -> Image.Image:
    """The last page, as a printer would draw it."""
    inputs = papers.inputs_of(document, b"{}")
    pages = typst.compile(papers.layout(papers.LAYOUT), sys_inputs=inputs, format="png", ppi=150)
    return Image.open(io.BytesIO(pages[-1] if isinstance(pages, list) else pages))


@pytest.mark.parametrize("address", ["https://guardia.example.com", "https://mesa.operadora.example.net/guardia/"])
def test_its_code_leads_to_the_log_with_the_whole_head(closed, settings, address):
    settings.PUBLIC_URL = address
    with translation.override("es"):
        document = closing_document(closed.case, closed.now).document
    # Asked for every kind of code, the reader has once found a second one on this page.
    (read,) = zxingcpp.read_barcodes(drawn(document), formats=zxingcpp.BarcodeFormat.QRCode)
    head = bytes(closed.case.head_hash).hex()
    place = f"{address.rstrip('/')}/estado/registro"
    assert read.text == f"{place}#caso={closed.case.display_number}&evento={closed.case.seq}&sha256={head}"


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_it_names_the_page_that_checks_it_before_the_command(closed, settings, language):
    settings.PUBLIC_URL = "https://guardia.example.com/red"
    page = "https://guardia.example.com/red/estado/registro/verificador.html"
    pdf = pdf_of(closed, language)
    before, named, after = text_in(pdf).partition(page)
    assert named, "it can be copied"
    assert "guardiaverify" not in before
    assert after.partition("guardiaverify")[1]
    links = [each.get_object() for leaf in PdfReader(io.BytesIO(pdf)).pages for each in leaf.get("/Annots") or ()]
    assert page in {each["/A"]["/URI"] for each in links if "/URI" in each.get("/A", {})}
    assert resolve(page.removeprefix(settings.PUBLIC_URL)).url_name == "verifier_page"


def test_the_whole_head_can_be_copied_from_it(closed):
    """A word that is to be compared has no sign within that nobody sees."""
    assert bytes(closed.case.head_hash).hex() in text_in(pdf_of(closed))


def test_where_a_long_word_breaks_taints_no_digit_of_the_head(closed):
    """A PDF says of each drawn letter once which sign it is: the first one that it meets."""
    with translation.override("es"):
        ready = closing_document(closed.case, closed.now)
    head = "c0ffee0123456789" * 4
    subject = "".join("-" * (papers.BREAKS_AFTER - 1) + digit for digit in "0123456789abcdef") + "-" * 40
    document = replace(
        ready.document, subject=subject, proof=f"huella {head[:32]}", seal=ready.document.seal._replace(head=head)
    )
    pdf = replace(ready, document=document).pdf()
    words = text_in(pdf)
    assert subject in words
    assert words.count(head[:32]) >= 2, "in the seal and at each foot"


def test_it_names_the_signed_log_that_its_history_is_in(closed):
    assert "registrofirmado" not in text_in(pdf_of(closed)).lower(), "nothing is signed yet"
    with behind(DatabaseRole.WORKER):
        log.append(closed.now)
        log.sign(closed.now)
        root = log.newest_checkpoint().note.splitlines()[2]
    said = text_in(pdf_of(closed))
    assert f"Registrofirmado:{closed.case.seq}anotaciones,raíz{root}:http" in said


def test_signs_that_no_two_machines_draw_alike_are_left_out(closed):
    with translation.override("es"):
        ready = closing_document(closed.case, closed.now)
    strange = replace(ready, document=replace(ready.document, subject="enlace \ue000 caído \U000f0000"))
    pdf = strange.pdf()
    assert b"pdfaid:part" in PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/Metadata"].get_data()
    assert "enlacecaído" in text_in(pdf)


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
