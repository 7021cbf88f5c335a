"""Attachments of a former tool become files of their cases, as those which a colleague adds; the others are named."""

import json
from base64 import b64encode
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest

from guardia.cases import chain, derived
from guardia.cases.case import Case
from guardia.customers.importing.table_file import WrongFile
from guardia.evidence import store
from guardia.evidence.files import CaseFile
from guardia.history.attachments import Folder, Missing, Packed, TooLarge, paths_of, place_of
from guardia.history.importing import HistoryFile, bring_in
from guardia.history.mapping import Mapping, find, load
from guardia.proof.offline import guardia_verify
from guardia.reports.report_history import company_history
from tests.files import samples
from tests.procedure.story import Story

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
TABLE = """
system: Old Desk
hours: {order: ymd}
rows:
  - columns: {number: Nr, company: Company, opened: Opened, closed: Closed, attachment: [Files, Photo]}
"""
MACROS = b"PK\x03\x04" + b"word/vbaProject.bin"
PROGRAM = b"\x7fELF" + bytes(200)


@pytest.fixture
def story(as_staff) -> Story:
    return Story()


def brought(mapping: Mapping, path: Path, place: Path | None = None, *, write: bool = True):
    with HistoryFile([path], mapping) as file:
        file.read()
        zone = ZoneInfo("America/Guayaquil")
        attachments = place_of(place) if place else None
        result = bring_in(file, zone, lambda: NOW, nullcontext, write=write, attachments=attachments)
        return result, {what: n for (what, _word), n in file.troubles.counts.items()}, file.troubles


def names(number: str) -> list[str]:
    return sorted(CaseFile.objects.filter(case__former_number=number).values_list("name", flat=True))


def table(story: Story, tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "old.csv"
    lines = [f"{n},{story.bank.name},2024-04-03 10:00,2024-04-03 12:00,{cells}" for n, cells in enumerate(rows, 1)]
    path.write_text("\n".join(["Nr,Company,Opened,Closed,Files,Photo", *lines]), encoding="utf-8")
    return path


@pytest.fixture(params=["folder", "zip"])
def place(request, tmp_path) -> Path:
    """Files below the number of a case, by a path of the former tool, and by their names alone."""
    folder = tmp_path / "files"
    contents = {
        "1/equipo.log": samples.LOG,
        "uploads/2024/foto.jpg": samples.jpeg(),
        "informe.log": b"otra cosa\n" * 9,
        "virus.exe": PROGRAM,
        "vacio.txt": b"",
    }
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    if request.param == "folder":
        return folder
    packed = tmp_path / "files.zip"
    with ZipFile(packed, "w") as new:
        for name, content in contents.items():
            new.writestr(name, content)
    return packed


def test_names_in_a_cell_are_files_of_the_case_and_what_is_not_taken_is_named(story, tmp_path, place):
    path = table(
        story,
        tmp_path,
        "equipo.log; uploads/2024/foto.jpg,",
        r"virus.exe;C:\old\informe.log;no-hay.pdf,vacio.txt",
        "equipo.log,",
    )
    result, troubles, told = brought(load(TABLE, "m.yaml"), path, place)
    assert (result.new, result.files) == (3, 3)
    assert names("1") == ["equipo.log", "foto.jpg"]
    assert names("2") == ["informe.log"]
    assert names("3") == [], "the file of another case is not taken for one of this name"
    assert troubles == {"no attachment": 2, "attachment refused": 2}
    assert told.first["no attachment", ""][0][:2] == (0, 3), "by its row"
    photo = CaseFile.objects.get(name="foto.jpg")
    assert (photo.type, photo.shown, photo.has_thumbnail, photo.added_at) == ("image/jpeg", False, True, NOW)
    assert store.read(photo.sha256)
    moments = list(Case.objects.get(former_number="1").events.order_by("seq").values_list("moment", "public"))
    assert moments == [("former_opened", True), ("former_closed", True), *[("file_added", False)] * 2]
    assert list(chain.breaks(besides=derived.breaks)) == []
    file = b"".join(company_history(story.bank.pk, story.bank.name, NOW, "es"))
    assert guardia_verify.check(file).findings == []
    again, _troubles, _told = brought(load(TABLE, "m.yaml"), path, place)
    assert (again.known, again.files, CaseFile.objects.count()) == (3, 0, 3)


def test_without_a_place_each_name_is_a_trouble_and_a_dry_run_adds_none(story, tmp_path):
    path = table(story, tmp_path, "a.pdf;b.pdf,c.pdf")
    assert brought(load(TABLE, "m.yaml"), path, write=False)[0].files == 0
    result, troubles, _told = brought(load(TABLE, "m.yaml"), path)
    assert (result.new, result.files, troubles) == (1, 0, {"no attachment": 3})


# --- what is read, and what is never read -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name",
    ["../secret.txt", "/etc/passwd", r"..\..\secret.txt", "a/../../secret.txt", "link.txt", "C:secret.txt", ".."],
)
def test_nothing_outside_of_the_folder_is_read(tmp_path, name):
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    found = list(paths_of(name, "../1"))
    assert not any(".." in path.parts or path.is_absolute() for path in found)
    for path in [*found, PurePosixPath("../secret.txt"), PurePosixPath(tmp_path / "secret.txt")]:
        with pytest.raises(Missing):
            Folder(folder).read(path)


def test_what_is_larger_than_a_file_may_be_is_not_read_whole(tmp_path, settings):
    settings.ATTACHMENT_LIMIT_MB = 1
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "big.log").write_bytes(bytes(3 << 20))
    with ZipFile(tmp_path / "bomb.zip", "w", 8) as new:
        new.writestr("big.log", bytes(30 << 20))
    for place in (Folder(folder), Packed(tmp_path / "bomb.zip")):
        with pytest.raises(TooLarge):
            place.read(PurePosixPath("big.log"))


def test_a_place_that_is_neither_folder_nor_zip_is_refused(tmp_path):
    (tmp_path / "x.rar").write_bytes(b"Rar!")
    for path in (tmp_path / "x.rar", tmp_path / "nothing"):
        with pytest.raises(WrongFile):
            place_of(path)


# --- as the tools write them ------------------------------------------------------------------------------------------
def zammad(story: Story, *attachments: dict) -> str:
    """The answers of “Ticket” and “Ticket Articles” of the REST API of Zammad, one a line."""
    ticket = {
        "id": 7,
        "number": "62007",
        "organization": story.bank.name,
        "title": "Sin enlace",
        "state": "closed",
        "customer": "ana@example.com",
        "created_at": "2024-04-03T13:10:00Z",
        "close_at": "2024-04-03T16:00:00Z",
    }
    article = {
        "id": 21,
        "ticket_id": 7,
        "subject": None,
        "body": "Cuadrilla",
        "content_type": "text/plain",
        "from": "NOC",
        "internal": True,
        "created_at": "2024-04-03T14:05:00Z",
        "type": "note",
        "sender": "Agent",
        "attachments": list(attachments),
    }
    return "\n".join(map(json.dumps, ([ticket], [article])))


def test_zammad_names_its_files_and_may_bring_them_in_base64(story, tmp_path):
    path = tmp_path / "zammad.json"
    log = b64encode(samples.LOG * 400).decode()
    assert len(log) > 20_000, "longer than any other cell may be"
    path.write_text(
        zammad(
            story,
            {"id": 4, "filename": "equipo.log", "size": "9", "data": log, "mime-type": "text/plain"},
            {"id": 5, "filename": "foto.jpg", "size": "9", "preferences": {"Content-Type": "image/jpeg"}},
            {"id": 6, "filename": "roto.log", "data": "no es base64 ¡!"},
            {"id": 7, "filename": "virus.log", "data": b64encode(PROGRAM).decode()},
        )
    )
    folder = tmp_path / "files" / "62007"
    folder.mkdir(parents=True)
    (folder / "foto.jpg").write_bytes(samples.jpeg())
    result, troubles, _told = brought(find("zammad"), path, tmp_path / "files")
    assert (result.new, result.files) == (1, 2)
    assert names("62007") == ["equipo.log", "foto.jpg"]
    assert store.read(CaseFile.objects.get(name="equipo.log").sha256) == samples.LOG * 400
    assert troubles == {"attachment damaged": 1, "attachment refused": 1}
    notes = Case.objects.get().events.filter(moment="former_noted").count()
    assert notes == 1, "a file is no event of the former tool"


JIRA = """\
Summary,Issue key,Issue id,Status,Created,Resolved,Custom field (Organizations),Attachment,Attachment
Sin enlace,NOC-42,10042,Done,03/Apr/24 8:10 AM,03/Apr/24 11:40 AM,{company},\
03/Apr/24 9:00 AM;ana;equipo.log;https://example.atlassian.net/rest/api/3/attachment/content/10001,\
03/Apr/24 9:05 AM;ana;foto.jpg;https://example.atlassian.net/rest/api/3/attachment/content/10002
"""


def test_jira_has_each_attachment_in_a_column_of_its_own(story, tmp_path):
    """“Export → CSV (all fields)”: hour, author, name and address; the files are those of a download of the project."""
    path, folder = tmp_path / "jira.csv", tmp_path / "files" / "NOC-42"
    path.write_text(JIRA.format(company=story.bank.name), encoding="utf-8")
    folder.mkdir(parents=True)
    (folder / "equipo.log").write_bytes(samples.LOG)
    (folder / "foto.jpg").write_bytes(samples.jpeg())
    result, troubles, _told = brought(find("jira"), path, tmp_path / "files")
    assert (result.new, result.files) == (1, 2)
    assert names("NOC-42") == ["equipo.log", "foto.jpg"]
    assert "no attachment" not in troubles


def test_jira_names_them_in_the_answer_of_a_search(story, tmp_path):
    fields = {
        "summary": "Sin enlace",
        "created": "2024-04-03T08:10:00.000-0500",
        "status": {"name": "Done"},
        "resolutiondate": "2024-04-03T11:40:00.000-0500",
        "customfield_10002": [{"name": story.bank.name}],
        "attachment": [
            {"id": "10001", "filename": "equipo.log", "size": 90, "content": "https://example.atlassian.net/x/10001"}
        ],
    }
    path = tmp_path / "jira.json"
    path.write_text(json.dumps({"issues": [{"key": "NOC-42", "fields": fields}]}))
    (tmp_path / "equipo.log").write_bytes(samples.LOG)
    result, _troubles, _told = brought(find("jira"), path, tmp_path)
    assert (result.new, result.files) == (1, 1)
    assert names("NOC-42") == ["equipo.log"]
