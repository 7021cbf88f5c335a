"""The section of the files on the page of a case, and a file's own page, as somebody of the desk uses them."""

import os
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from guardia.cases import case_files
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.evidence import store
from guardia.evidence.files import CaseFile
from guardia.mail.message import Attachment, Message
from guardia.people.staff import Role
from guardia.procedure.vocabulary import Moment
from guardia.web.desk import files
from tests.desk.conftest import words
from tests.files import samples
from tests.files.conftest import standing
from tests.procedure import story as stories


@pytest.fixture
def story(db, folder, monkeypatch) -> stories.Story:
    """A case since ten minutes."""
    with behind(DatabaseRole.STAFF):
        monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=10))
        told = stories.Story()
        told.open_case()
        yield told


@pytest.fixture
def engineer(story, sign_in) -> Client:
    return sign_in(story.engineer)


@pytest.fixture
def address(story) -> str:
    return f"/casos/{story.number}/archivos"


def file(content: bytes = b"", name: str = "foto.jpg", type_: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or samples.jpeg(), content_type=type_)


def the_one() -> CaseFile:
    return CaseFile.objects.get()


HTMX = {"hx-request": "true"}


# --- adding ---


def test_the_empty_section_says_what_it_is_for(story, engineer):
    page = words(engineer.get(f"/casos/{story.number}/"))
    assert "Add the photographs of the site" in page
    assert 'id="files-add"' in page
    assert "at most 25 MB each" in page


def test_several_are_added_by_a_plain_form_each_with_its_caption(story, engineer, address):
    sent = {"files": [file(), file(samples.LOG, "router.log", "text/plain")], "caption": ["Panel 3", "Del router"]}
    answer = engineer.post(address, sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/casos/{story.number}/#files-section")
    page = words(engineer.get(f"/casos/{story.number}/"))
    assert "2 files added." in page
    assert {(one.name, one.caption, one.shown) for one in CaseFile.objects.all()} == {
        ("foto.jpg", "Panel 3", False),
        ("router.log", "Del router", False),
    }
    assert "Panel 3" in page
    assert "TXT · " in page
    assert story.moments().count(Moment.FILE_ADDED) == 2


def test_one_caption_goes_for_all_and_the_customer_may_see_them_at_once(story, engineer, address):
    engineer.post(address, {"files": [file(), file(samples.png(), "b.png")], "caption": "En sitio", "shown": "1"})
    assert {(one.caption, one.shown) for one in CaseFile.objects.all()} == {("En sitio", True)}


def test_the_section_comes_back_to_the_script(story, engineer, address):
    answer = engineer.post(address, {"files": file()}, headers=HTMX)
    page = words(answer)
    assert answer.status_code == 200
    assert page.lstrip().startswith("<section")
    assert "1 file added." in page
    assert f"/archivos/{the_one().pk}/miniatura" in page


def test_what_is_refused_is_named_and_the_rest_is_added(story, engineer, address):
    answer = engineer.post(address, {"files": [file(), file(samples.SVG, "plano <b>.svg"), file(b"", "x")]})
    page = words(answer)
    assert answer.status_code == 200
    assert CaseFile.objects.count() == 1
    assert "Not all could be added." in page
    assert "plano _b_.svg</b>: Pages and drawings that run in a browser are not accepted." in page
    assert "alert(1)" not in page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_nothing_is_added_where_nothing_can_be(story, engineer, address, headers):
    for sent, why in (
        ({}, "No file was chosen"),
        ({"files": "words"}, "No file was chosen"),
        ({"files": file(samples.HTML, "a.html")}, "run in a browser"),
        ({"files": [file(samples.LOG + bytes([65 + n]), f"{n}.log") for n in range(21)]}, "At most 20 files"),
    ):
        answer = engineer.post(address, sent, headers=headers)
        assert answer.status_code == 422
        assert why in words(answer)
    assert not CaseFile.objects.exists()


def test_a_full_disk_says_so_and_leaves_nothing_half_done(story, engineer, address, folder, monkeypatch):
    written = []

    def full(handle: int) -> None:
        written.append(handle)
        if len(written) > 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    answer = engineer.post(address, {"files": [file(), file(samples.png(), "b.png"), file(samples.LOG, "c.log")]})
    assert answer.status_code == 422
    assert "is full or cannot be written to. Nothing was added" in words(answer)
    assert not CaseFile.objects.exists()
    assert Moment.FILE_ADDED not in story.moments()
    assert not [name for name in standing(folder) if name.endswith(store.HALF_WRITTEN)]


def test_a_folder_that_is_none_says_so(story, engineer, address, folder):
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("not a folder")
    answer = engineer.post(address, {"files": file()})
    assert answer.status_code == 422
    assert "cannot be written" in words(answer)
    assert engineer.get(f"/casos/{story.number}/").status_code == 200


def test_a_closed_case_takes_files_too(story, engineer, address):
    story.case.cancel("por error", by=story.by, at=story.now)
    assert engineer.post(address, {"files": file()}).status_code == 302
    assert CaseFile.objects.count() == 1


# --- who may ---


@pytest.mark.parametrize("role", Role)
def test_who_may_look_and_who_may_add(story, engineer, sign_in, address, role):
    engineer.post(address, {"files": file()})
    one, somebody = the_one(), sign_in(stories.staff("alguien", role))
    looks = role != Role.TECHNICIAN
    acts = role in {Role.ENGINEER, Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR}
    for place in ("", "/contenido", "/miniatura"):
        assert somebody.get(f"{address}/{one.pk}{place}").status_code == (200 if looks else 403)
    if looks:
        page = words(somebody.get(f"/casos/{story.number}/"))
        assert ('id="files-add"' in page) == acts
        assert ("Withdraw" in words(somebody.get(f"{address}/{one.pk}"))) == acts
    assert somebody.post(address, {"files": file(samples.png(), "b.png")}).status_code == (302 if acts else 403)
    assert somebody.post(f"{address}/{one.pk}/mostrar", {"shown": "1"}).status_code == (302 if acts else 403)
    assert somebody.post(f"{address}/{one.pk}/retirar", {"why": "x"}).status_code == (302 if acts else 403)


def test_nobody_sees_anything_without_signing_in(story, engineer, address):
    engineer.post(address, {"files": file()})
    for place in ("", "/contenido", "/miniatura"):
        assert Client().get(f"{address}/{the_one().pk}{place}").status_code == 302


def test_a_file_is_found_only_under_its_own_case(story, engineer, address):
    engineer.post(address, {"files": file()})
    one = the_one()
    story.open_case()
    other = f"/casos/{story.number}/archivos/{one.pk}"
    for place in ("", "/contenido", "/miniatura"):
        assert engineer.get(other + place).status_code == 404
    assert engineer.post(f"{other}/mostrar", {"shown": "1"}).status_code == 404
    assert engineer.post(f"{other}/retirar", {"why": "x"}).status_code == 404
    for nowhere in (f"{address}/999", f"{address}/{10**30}/contenido", "/casos/123/archivos/1"):
        assert engineer.get(nowhere).status_code == 404


# --- as it is given out ---


def inert(answer) -> bool:
    policy = answer.headers["Content-Security-Policy"]
    is_walled = "sandbox" in policy and "default-src 'none'" in policy
    return is_walled and answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_picture_is_given_out_in_place_and_kept_by_the_browser_alone(story, engineer, address):
    engineer.post(address, {"files": file()})
    one = the_one()
    answer = engineer.get(f"{address}/{one.pk}/contenido")
    assert inert(answer)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Cache-Control"].startswith("private")
    assert store.digest(answer.content) == one.sha256
    small = engineer.get(f"{address}/{one.pk}/miniatura")
    assert inert(small)
    assert len(small.content) < len(answer.content)
    down = engineer.get(f"{address}/{one.pk}/contenido?descargar=1")
    assert down.headers["Content-Disposition"] == 'attachment; filename="foto.jpg"'


@pytest.mark.parametrize("what", ["contenido", "miniatura"])
def test_the_browser_asks_each_time_whether_a_picture_may_still_be_seen(story, engineer, address, what):
    """It is not sent twice, and once it is withdrawn no browser shows what it has kept."""
    engineer.post(address, {"files": file()})
    place = f"{address}/{the_one().pk}/{what}"
    first = engineer.get(place)
    assert first.headers["Cache-Control"] == "private, no-cache"
    has = {"HTTP_IF_NONE_MATCH": first.headers["ETag"]}
    again = engineer.get(place, **has)
    assert (again.status_code, again.content) == (304, b"")
    assert engineer.get(place, HTTP_IF_NONE_MATCH='"another"').status_code == 200
    case_files.withdraw_file(story.case, the_one(), "se ve una cara", by=story.by, at=story.now)
    gone = engineer.get(place, **has)
    assert gone.status_code == 410
    assert "no-store" in gone.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("content", "name", "type_"),
    [
        (samples.PDF + samples.HTML, "acta.pdf", "application/pdf"),
        (samples.LOG, "router.log", "text/plain"),
        (samples.CSV, "a.csv", "application/octet-stream"),
        (b"<?xml version='1.0'?><zabbix_export/>", "a.xml", "application/octet-stream"),
        (samples.docx(), "a.docx", "application/octet-stream"),
        (samples.zipped("a"), "a.zip", "application/octet-stream"),
    ],
)
def test_a_document_is_only_ever_downloaded(story, engineer, address, content, name, type_):
    engineer.post(address, {"files": file(content, name)})
    answer = engineer.get(f"{address}/{the_one().pk}/contenido")
    assert inert(answer)
    assert answer.headers["Content-Type"] == type_
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.content == content
    assert engineer.get(f"{address}/{the_one().pk}/miniatura").status_code == 404


def test_a_file_that_the_store_has_lost_is_shown_as_lost(story, engineer, address, folder):
    engineer.post(address, {"files": file()})
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
    one = the_one()
    assert engineer.get(f"/casos/{story.number}/").status_code == 200
    assert "The store does not have this file now" in words(engineer.get(f"{address}/{one.pk}"))
    gone = engineer.get(f"{address}/{one.pk}/contenido")
    assert (gone.status_code, "This file is missing" in words(gone)) == (404, True)
    sign = engineer.get(f"{address}/{one.pk}/miniatura")
    assert (sign.status_code, sign.headers["Content-Type"]) == (404, "image/svg+xml")
    assert engineer.post(address, {"files": file()}).status_code == 302, "the same one brings its bytes back"
    assert engineer.get(f"{address}/{one.pk}/contenido").status_code == 200


# --- shown, withdrawn ---


def test_it_is_shown_to_the_customer_and_hidden_again(story, engineer, address):
    engineer.post(address, {"files": file()})
    one = the_one()
    engineer.post(f"{address}/{one.pk}/mostrar", {"shown": "1"})
    assert the_one().shown
    page = words(engineer.get(f"/casos/{story.number}/"))
    assert "the customer sees it" in page
    assert "Hide it from the customer" in words(engineer.get(f"{address}/{one.pk}"))
    engineer.post(f"{address}/{one.pk}/mostrar")
    assert not the_one().shown
    assert "File hidden" in words(engineer.get(f"/casos/{story.number}/"))


def test_a_withdrawn_one_says_by_whom_and_why_and_its_bytes_are_gone(
    story, engineer, address, folder, django_capture_on_commit_callbacks
):
    engineer.post(address, {"files": file(), "caption": "Rostro"})
    one = the_one()
    refused = engineer.post(f"{address}/{one.pk}/retirar", {"why": " "})
    assert refused.status_code == 422
    assert "why it is withdrawn" in words(refused)
    with django_capture_on_commit_callbacks(execute=True):
        answer = engineer.post(f"{address}/{one.pk}/retirar", {"why": "se ve a una <b>persona</b>"})
    assert answer.status_code == 302
    assert standing(folder) == []
    page = engineer.get(f"{address}/{one.pk}")
    assert page.status_code == 410
    assert f"by {story.engineer.name}" in words(page)
    assert "se ve a una &lt;b&gt;persona&lt;/b&gt;" in words(page)
    for place in ("/contenido", "/miniatura"):
        gone = engineer.get(f"{address}/{one.pk}{place}")
        assert (gone.status_code, "This file was withdrawn" in words(gone)) == (410, True)
    shown = engineer.post(f"{address}/{one.pk}/mostrar", {"shown": "1"})
    assert (shown.status_code, "was withdrawn" in words(shown)) == (409, True)
    case = words(engineer.get(f"/casos/{story.number}/"))
    assert "<s>foto.jpg</s>" in case
    assert f"/archivos/{one.pk}/miniatura" not in case


# --- the log and the living page ---


def test_the_log_shows_the_photograph_beside_its_line(story, engineer, address):
    engineer.post(address, {"files": file(), "caption": "Panel 3"})
    log = words(engineer.get(f"/casos/{story.number}/")).partition('id="log"')[2]
    assert re.search(rf'class="log-photo" href="{address}/{the_one().pk}"', log)
    assert "Panel 3 · foto.jpg" in log


def test_what_a_colleague_adds_comes_in_by_itself(story, engineer, address):
    live = f"/casos/{story.number}/vivo"
    tag = engineer.get(live, headers=HTMX).headers["HX-PTag"]
    case_files.add_file(story.case, content=samples.jpeg(), name="a.jpg", by=story.by, now=now())
    answer = engineer.get(live, headers={**HTMX, "hx-ptag": tag})
    assert answer.status_code == 200
    assert 'hx-target="#files"' in words(answer)
    assert f"/archivos/{the_one().pk}/miniatura" in words(answer)


def test_a_file_takes_no_form_away_from_who_is_writing(story, engineer, sign_in, address):
    """What a colleague attaches meanwhile makes nobody look at a diagnosis twice."""
    seen = story.case.seq
    sign_in(story.colleague).post(address, {"files": file()})
    answer = engineer.post(f"/casos/{story.number}/nota", {"text": "sigo", "seen": seen})
    assert answer.status_code == 302


def test_what_came_with_the_mails_stands_beside_them(story, engineer):
    message = Message.objects.create(
        identity="x",
        way="imap",
        received_at=story.now,
        case=story.case,
        customer=story.bank,
        state="filed",
        kind="reply",
    )
    for part, (name, type_, size, refused) in enumerate(
        [
            ("traza.pcap", "application/vnd.tcpdump.pcap", 4096, ""),
            ("logo.png", "image/png", 900, ""),
            ("virus.exe", "application/x-dosexec", 900, "executable"),
        ],
        1,
    ):
        facts = {"part": part, "name": name, "type": type_, "size": size, "refused": refused, "sha256": "0" * 64}
        Attachment.objects.create(message=message, customer=story.bank, **facts)
    page = words(engineer.get(f"/casos/{story.number}/"))
    assert f'<a href="/correo/{message.pk}/archivos/1">traza.pcap</a>' in page
    assert "logo.png" not in page
    assert "virus.exe" not in page


def test_names_and_captions_run_nothing(story, engineer, address):
    evil = '"><script>alert(1)</script>'
    engineer.post(address, {"files": file(name=f"{evil}.jpg"), "caption": evil})
    for place in (f"/casos/{story.number}/", f"{address}/{the_one().pk}"):
        assert "<script>alert(1)" not in words(engineer.get(place))


def test_the_pages_before_and_after(story, engineer, address):
    for n in range(3):
        at = story.now - timedelta(minutes=3 - n)
        made = samples.jpeg(samples.rack((200 + n, 100)))
        case_files.add_file(story.case, content=made, name=f"{n}.jpg", by=story.by, at=at, now=story.now)
    first, second, third = CaseFile.objects.order_by("taken_at")
    page = words(engineer.get(f"{address}/{second.pk}"))
    assert f'href="{address}/{first.pk}" data-key="k"' in page
    assert f'href="{address}/{third.pk}" data-key="j"' in page


def test_garbage_in_every_field_is_never_an_error_of_the_server(story, engineer, address):
    engineer.post(address, {"files": file()})
    one = the_one()
    garbage = ["", "\0", "x" * 100_000, "‮", "'; DROP TABLE case_file", "%s", "{{", "1" * 40]
    for said in garbage:
        answers = [
            engineer.post(address, {"caption": said, "files": file(samples.png(), said or "x")}),
            engineer.post(f"{address}/{one.pk}/mostrar", {"shown": said}),
            engineer.post(f"{address}/{one.pk}/retirar", {"why": said if len(said) < 3 else ""}),
        ]
        assert all(answer.status_code < 500 for answer in answers)
    broken = engineer.post(address, b"--x\r\nbroken", content_type="multipart/form-data; boundary=x")
    assert broken.status_code < 500
    assert engineer.put(address).status_code < 500
    assert engineer.delete(f"{address}/{one.pk}").status_code == 405


def test_one_too_many_at_once_is_the_room_of_the_door(story, engineer, address, monkeypatch):
    monkeypatch.setattr(files, "MOST_AT_ONCE", 1)
    assert engineer.post(address, {"files": [file(), file(samples.png(), "b.png")]}).status_code == 422
