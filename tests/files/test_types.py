"""What is taken, and as what: by its content, whatever its name says."""

import gzip
import tarfile
from io import BytesIO

import pytest

from guardia.cases.case_files import FileNotTaken, ready
from guardia.evidence import thumbnails
from tests.files import samples

pytestmark = pytest.mark.usefixtures("in_english")


def archive() -> bytes:
    held = BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("running-config"))
    return held.getvalue()


OFFICE = "application/vnd.openxmlformats-officedocument"
TAKEN = [
    ("foto.jpg", samples.jpeg(), "image/jpeg"),
    ("foto.png", samples.png(), "image/png"),
    ("foto.webp", samples.written(samples.rack(samples.SMALL), "WEBP"), "image/webp"),
    ("foto.gif", samples.gif(), "image/gif"),
    ("corte.gif", samples.gif(3), "image/gif"),
    ("foto.avif", samples.written(samples.rack(samples.SMALL), "AVIF", speed=10), "image/jpeg"),
    ("IMG_4711.HEIC", samples.HEIC, "image/jpeg"),
    ("pantalla.bmp", samples.written(samples.rack(samples.SMALL), "BMP"), "image/png"),
    ("acta.pdf", samples.PDF, "application/pdf"),
    ("router.log", samples.LOG, "text/plain"),
    ("router.cfg", b"hostname r1\n!\ninterface Gi0/1\n", "text/plain"),
    ("medidas.csv", samples.CSV, "text/csv"),
    ("host.json", b'{"host": "r1"}', "application/json"),
    ("zabbix.xml", b"<?xml version='1.0'?><zabbix_export/>", "application/xml"),
    ("traza.pcap", samples.PCAP, "application/vnd.tcpdump.pcap"),
    ("correo.eml", samples.MAIL, "message/rfc822"),
    ("informe.docx", samples.docx(), f"{OFFICE}.wordprocessingml.document"),
    ("puertos.xlsx", samples.xlsx(), f"{OFFICE}.spreadsheetml.sheet"),
    ("puertos.xls", samples.OLE, "application/vnd.ms-excel"),
    ("todo.zip", samples.zipped("a.txt"), "application/zip"),
    ("todo.tgz", gzip.compress(b"x", mtime=0), "application/gzip"),
    ("log.gz", gzip.compress(b"x", mtime=0), "application/gzip"),
    ("todo.tar", archive(), "application/x-tar"),
    ("utf16.txt", "hola\r\n".encode("utf-16"), "text/plain"),
]


@pytest.mark.parametrize(("name", "content", "type_"), TAKEN, ids=[each[0] for each in TAKEN])
def test_what_a_desk_gets_is_taken(name, content, type_):
    made = ready(content, name)
    assert made.type == type_
    assert bool(made.thumbnail) == type_.startswith("image/")
    assert made.name.rpartition(".")[0] == name.rpartition(".")[0]
    if not made.thumbnail:
        assert made.content == content


@pytest.mark.parametrize("name", ["acta.pdf", "virus.exe.jpg", "../../etc/passwd", "foto", "", "‮gpj.acta", "CON.jpg"])
def test_a_photograph_is_one_whatever_its_name_says(name):
    made = ready(samples.jpeg(), name)
    assert made.type == "image/jpeg"
    assert made.name.endswith(".jpg")
    assert not set(made.name) & set("/\\\0‮")


REFUSED = [
    ("vacio.txt", b"", "empty"),
    ("dibujo.svg", samples.SVG, "run in a browser"),
    ("foto.png", samples.SVG, "run in a browser"),
    ("pagina.html", samples.HTML, "run in a browser"),
    ("acta.pdf", samples.HTML, "run in a browser"),
    ("programa.exe", b"MZ" + bytes(100), "a program"),
    ("foto.jpg", b"\x7fELF" + bytes(100), "a program"),
    ("foto.jpg.scr", samples.jpeg(), "a program"),
    ("informe.docx", samples.docx("word/vbaProject.bin"), "macros"),
    ("informe.docm", samples.docx("word/vbaProject.bin"), "macros"),
    ("viejo.doc", samples.OLE + "_VBA_PROJECT".encode("utf-16-le"), "macros"),
    ("video.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(50), "kind of file"),
    ("ruido.bin", bytes(range(256)), "kind of file"),
    ("paginas.tiff", samples.written(samples.rack((50, 50)), "TIFF"), "kind of file"),
    ("foto.jpg", samples.jpeg()[:300], "cannot be read"),
    ("foto.png", samples.png_that_says(50, 50), "cannot be read"),
    ("foto.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40), "cannot be read"),
    ("bomba.png", samples.png_that_says(60_000, 60_000), "megapixels"),
    ("bomba.png", samples.png_that_says(8_000, 8_000), "megapixels"),
]


@pytest.mark.parametrize(("name", "content", "why"), REFUSED, ids=[f"{each[0]} {each[2]}" for each in REFUSED])
def test_what_is_refused_says_why_and_what_to_do(name, content, why):
    with pytest.raises(FileNotTaken) as refused:
        ready(content, name)
    sentence = str(refused.value)
    assert why in sentence
    assert sentence.count(".") >= 2 or ":" in sentence
    assert refused.value.field == "file"


def test_one_byte_too_large_is_refused_and_says_how_large_it_may_be(settings):
    settings.ATTACHMENT_LIMIT_MB = 1
    ready(b"a" * 1024 * 1024, "a.txt")
    with pytest.raises(FileNotTaken, match="at most 1 MB"):
        ready(b"a" * (1024 * 1024 + 1), "a.txt")


def test_two_files_in_one_are_kept_as_the_picture_alone():
    """What a picture carries behind its end, a page or an archive, is not kept."""
    both = samples.jpeg() + samples.zipped("malo.js") + b"<script>alert(1)</script>"
    kept = ready(both, "foto.jpg").content
    assert b"alert(1)" not in kept
    assert b"PK\x03\x04" not in kept
    both = samples.gif() + b"<script>alert(1)</script>"
    assert b"alert(1)" not in ready(both, "foto.gif").content


def test_a_document_that_is_also_a_page_is_kept_as_the_document():
    assert ready(samples.PDF + samples.HTML, "acta.pdf").type == "application/pdf"


def test_a_moving_picture_of_very_many_frames_is_refused(monkeypatch):
    monkeypatch.setattr(thumbnails, "MOST_FRAMES", 2)
    with pytest.raises(FileNotTaken, match="megapixels"):
        ready(samples.gif(3), "corte.gif")


@pytest.mark.parametrize("content", [samples.jpeg(), samples.png(), samples.gif(2)], ids=["jpeg", "png", "gif"])
def test_bytes_that_were_damaged_anywhere_never_break_the_desk(content):
    for place in range(20, len(content), max(1, len(content) // 60)):
        broken = content[:place] + b"\xff\x00\xff" + content[place + 3 :]
        try:
            made = ready(broken, "foto")
        except FileNotTaken:
            continue
        assert made.thumbnail
