"""Each picture leads to the rows behind it, and leaves as a file that other programs read."""

import re
from html import unescape
from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader
from python_calamine import load_workbook

from guardia.cases.case import Case
from guardia.people.audit import AuditEntry
from guardia.web.desk.panorama.pictures import PICTURES, pictures_of
from guardia.web.shared.drawing import Mark, bars

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def html(noc, supervisor) -> str:
    answer = supervisor.get(reverse("panorama"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_mark_leads_to_as_many_rows_as_it_counts(noc, supervisor):
    for _again in range(2):
        noc.open_case()  # the same site for the third time
    looked = 0
    for picture in pictures_of(noc.now):
        for row in picture.rows:
            for cell in row:
                if not cell.href:
                    continue
                found = supervisor.get(cell.href)
                assert found.status_code == 200, cell.href
                count = found.context["count"]
                assert len(found.context["rows"]) == count
                if isinstance(cell.value, int):
                    assert count == cell.value, (picture.key, cell)
                else:
                    assert count > 0, (picture.key, cell)
                if picture.key == "plazos":
                    kept = sum(not row["is_late"] for row in found.context["rows"])
                    assert f"({kept}/{count})" in cell.words
                looked += 1
    assert looked > 18
    assert {picture.key for picture in pictures_of(noc.now) if picture.drawing} == set(PICTURES)


def test_what_is_drawn_leads_where_the_table_leads(html, noc):
    drawn = {unescape(href) for href in re.findall(r'<a href="([^"]+)" aria-label', html) if "filas" in href}
    in_tables = {cell.href for picture in pictures_of(noc.now) for row in picture.rows for cell in row if cell.href}
    assert drawn == in_tables


def test_no_style_stands_in_the_page_and_every_picture_says_what_it_is(html):
    assert "style=" not in html
    assert "<style" not in html
    svgs = re.findall(r"<svg class=\"drawn\".*?</svg>", html, re.S)
    assert len(svgs) >= 8
    for svg in svgs:
        root = ElementTree.fromstring(svg)
        assert root.get("aria-label")
        assert all(link.get("aria-label") for link in root.iter("a"))


def test_a_new_installation_is_taught_and_not_shown_empty_axes(as_staff, supervisor):
    cache.clear()
    html = supervisor.get(reverse("panorama")).content.decode()
    assert 'class="drawn"' not in html
    assert html.count("it fills by itself as cases are registered") >= 6
    for key in PICTURES:
        assert supervisor.get(reverse("panorama_file", args=[key, "png"])).status_code == 404
        assert supervisor.get(reverse("panorama_file", args=[key, "xlsx"])).status_code == 200


@pytest.mark.parametrize("key", ["abiertos", "plazos", "reposicion", "disponibilidad"])
def test_a_picture_leaves_as_png_svg_and_xlsx(noc, supervisor, key):
    picture = next(each for each in pictures_of(noc.now) if each.key == key)
    png = Image.open(BytesIO(supervisor.get(reverse("panorama_file", args=[key, "png"])).content))
    assert (png.format, png.width) == ("PNG", 1280)
    assert len(png.convert("RGB").getcolors(1 << 20) or []) > 8
    svg = ElementTree.fromstring(supervisor.get(reverse("panorama_file", args=[key, "svg"])).content)
    assert svg.tag == f"{SVG}svg"
    assert not list(svg.iter(f"{SVG}a"))
    book = load_workbook(BytesIO(supervisor.get(reverse("panorama_file", args=[key, "xlsx"])).content))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0] == list(picture.head)
    assert len(rows) == len(picture.rows) + 1
    assert AuditEntry.objects.filter(about="panorama", key=key).count() == 3


def test_the_whole_leaves_as_pdf_and_as_one_workbook(noc, supervisor):
    reader = PdfReader(BytesIO(supervisor.get(reverse("panorama_whole", args=["pdf"])).content))
    words = "\n".join(page.extract_text() for page in reader.pages)
    for picture in pictures_of(noc.now):
        assert picture.title in words
    book = load_workbook(BytesIO(supervisor.get(reverse("panorama_whole", args=["xlsx"])).content))
    assert len(book.sheet_names) == len(PICTURES)


@pytest.mark.parametrize(
    "query",
    [
        *(
            "",
            "que=nada",
            "que=edad",
            "que=edad&tramo=x",
            "que=abiertos&en=99999999999999",
            "que=plazo&plazo=no&semana=1",
        ),
        *("que=servicio&servicio=1&dia=0001-01-01", "que=sede&sede=-1", "que=plazo&plazo=diagnosis&semana=2026-13-01"),
    ],
)
def test_an_address_that_names_no_mark_is_not_found(noc, supervisor, query):
    assert supervisor.get(f"{reverse('panorama_rows')}?{query}").status_code == 404


def test_text_of_a_case_never_becomes_markup(noc, supervisor):
    Case.objects.filter(closed_at__isnull=False).update(fault='<script>x</script>"&')
    cache.clear()
    html = supervisor.get(reverse("panorama")).content.decode()
    assert "<script>x" not in html
    assert "&lt;script&gt;x" in html


def test_a_long_name_of_a_row_stands_in_two_lines_and_is_cut_after_a_word():
    two, cut = (
        "Permiso de trabajo: obtener el permiso",
        "Diagnóstico: causa y plan de solución al cliente, siempre por escrito",
    )
    svg = ElementTree.fromstring(bars([(two, [Mark(1, "x")]), (cut, [Mark(1, "x")])], "x").svg)
    first, second = [name for name in svg.iter("text") if name.get("class") == "end"]
    assert [line.text for line in first] == ["Permiso de trabajo:", "obtener el permiso"]
    assert second.find("title").text == cut
    assert cut.startswith(" ".join(line.text for line in second.findall("tspan")).removesuffix("…") + " ")
