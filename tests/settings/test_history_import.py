"""Cases of a former tool on screen: sent, explained in the table or the text, tried, brought in, stopped, resumed."""

import csv
import gzip
import io
import json
import re
import zipfile
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from guardia.cases import chain, derived
from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.customers.customer import Customer
from guardia.history import history_import, import_work
from guardia.history.history_import import HistoryImport, HistoryImportPiece, ImportState
from guardia.history.import_work import Turn, carry_out
from guardia.history.mapping import load
from guardia.people.audit import AuditEntry, AuditKind
from tests.examples import costly_examples
from tests.history.accounting import EXPORTS
from tests.history.test_sources import EXPECTED
from tests.settings.conftest import words

HOME = "/ajustes/importar"
TABLE = (
    "Ticket;Cliente;Detalle;Abierto el;Listo el;Fase\n"
    "N-1;Banco Austral;Sin enlace;13/04/2024 08:10;14/04/2024 09:00;Finalizado\n"
    "N-2;Ferretería Ñandú;Lento;15/04/2024 08:10;;Zona gris\n"
    "N-3;Banco Austral;Caído;16/04/2024 08:10;17/04/2024 10:00;Finalizado\n"
    "N-4;Banco Austral;Caído;16/04/2024 08:10;ayer;Finalizado\n"
)
MEANS = {
    "by": "table",
    "system": "Mesa vieja",
    "order": "auto",
    "zone": "",
    "companies": "create",
    "company": "",
    "open_cases": "",
    "tell": "nobody",
}


def sent(name: str, content: str | bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def begin(browser, *files: SimpleUploadedFile) -> HistoryImport:
    answer = browser.post(HOME, {"files": list(files)})
    assert answer.status_code == 302, words(answer)
    return HistoryImport.objects.latest("pk")


def worker_works(times: int = 1) -> None:
    """As many jobs as wait, in this process; as the worker's process does each."""
    for _time in range(times):
        one = history_import.claim(now())
        if one is None:
            return
        carry_out(Turn(one.pk, one.turn, lambda: behind(DatabaseRole.WORKER), now))


def fields_of(page: str) -> dict[str, list[str]]:
    """The table as the page shows it, to be sent back."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="((?:heading|word)[^"]*)" value="([^"]*)"', page):
        found.setdefault(name, []).append(unescape(value))
    for name, options in re.findall(r'<select name="((?:fact|meaning)[^"]*)".*?>(.*?)</select>', page):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found.setdefault(name, []).append(chosen[1] if chosen else "")
    return found


def explained(browser, one: HistoryImport, **more):
    """The table of the page sent back with these headings and words explained."""
    fields = fields_of(browser.get(f"{HOME}/{one.pk}/columnas").content.decode())
    columns, meanings = more.pop("columns", {}), more.pop("meanings", {})
    fields["fact-0"] = [
        columns.get(name, fact) for name, fact in zip(fields["heading-0"], fields["fact-0"], strict=True)
    ]
    fields["meaning"] = [
        meanings.get(word, old) for word, old in zip(fields.get("word", []), fields.get("meaning", []), strict=True)
    ]
    return browser.post(f"{HOME}/{one.pk}/columnas", {**MEANS, **fields, **more})


COLUMNS = {
    "Ticket": "number",
    "Cliente": "company",
    "Detalle": "subject",
    "Abierto el": "opened",
    "Listo el": "closed",
    "Fase": "state",
}


def tried(browser, *files: SimpleUploadedFile, **more) -> HistoryImport:
    one = begin(browser, *(files or (sent("cerrados.csv", TABLE),)))
    worker_works()
    explained(browser, one, columns=COLUMNS, **more)
    one.refresh_from_db()
    if not one.is_job:
        meanings = {"Finalizado": "closed", "Zona gris": "waiting third_party"}
        assert explained(browser, one, columns=COLUMNS, meanings=meanings, **more).status_code == 302
    worker_works()
    one.refresh_from_db()
    assert one.state == ImportState.CHECKED, one.trouble
    return one


# --- the whole way ----------------------------------------------------------------------------------------------------
def test_from_the_file_to_the_cases(administrator):
    assert "How it goes" in words(administrator.get(HOME))
    one = begin(administrator, sent("cerrados.csv", TABLE))
    assert "It starts as soon as the worker picks it" in words(administrator.get(f"{HOME}/{one.pk}"))
    worker_works()
    one.refresh_from_db()
    assert (one.state, one.rows_read) == (ImportState.MAPPING, 4)
    assert administrator.get(f"{HOME}/{one.pk}").headers["location"] == f"{HOME}/{one.pk}/columnas"
    answer = explained(administrator, one, columns=COLUMNS)
    assert answer.headers["location"].endswith("#estados")
    page = words(administrator.get(f"{HOME}/{one.pk}/columnas"))
    assert "Zona gris" in page
    assert "1 without a meaning" in page
    meanings = {"Finalizado": "closed", "Zona gris": "waiting third_party"}
    explained(administrator, one, columns=COLUMNS, meanings=meanings)
    worker_works()
    page = words(administrator.get(f"{HOME}/{one.pk}"))
    assert "Import 2 cases" in page
    assert "the case is still open: it is not history" in page
    assert "no readable closing" in page
    assert not Case.objects.filter(former_system="Mesa vieja").exists()
    assert not Customer.objects.filter(name="Banco Austral").exists()
    administrator.post(f"{HOME}/{one.pk}/traer")
    worker_works()
    one.refresh_from_db()
    assert (one.state, one.cases_new) == (ImportState.DONE, 2)
    assert set(Case.objects.filter(former_system="Mesa vieja").values_list("former_number", flat=True)) == {
        "N-1",
        "N-3",
    }
    page = words(administrator.get(f"{HOME}/{one.pk}"))
    assert "/buscar?q=N-1" in page
    assert words(administrator.get("/buscar?q=N-3")).count("Caído")
    assert list(chain.breaks(besides=derived.breaks)) == []


def test_what_was_run_by_whom_and_from_which_file_is_in_the_journal(administrator):
    one = tried(administrator)
    administrator.post(f"{HOME}/{one.pk}/traer")
    worker_works()
    lines = AuditEntry.objects.filter(kind=AuditKind.BROUGHT_IN, about="cases", key=str(one.pk)).order_by("pk")
    begun, ended = lines
    sha256 = one.files.get(place=0).sha256
    assert begun.facts["file"] == ended.facts["file"] == sha256
    assert (ended.facts["new"], ended.staff.username) == (2, "administrator")
    assert sha256 in words(administrator.get("/ajustes/auditoria"))


def test_all_that_is_wrong_can_be_fetched(administrator):
    one = tried(administrator)
    answer = administrator.get(f"{HOME}/{one.pk}/problemas.csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[:3] for row in rows[1:]] == [
        ["cerrados.csv", "3", "Fase"],
        ["cerrados.csv", "5", "Listo el"],
        ["cerrados.csv", "5", "Listo el"],
    ]
    assert AuditEntry.objects.filter(kind=AuditKind.EXPORTED, about="history_import").exists()


def test_the_same_file_again_adds_nothing(administrator):
    first = tried(administrator)
    administrator.post(f"{HOME}/{first.pk}/traer")
    worker_works()
    second = tried(administrator)
    assert (second.report["new"], second.report["known"]) == (0, 2)
    assert "All cases are already there" in words(administrator.get(f"{HOME}/{second.pk}"))


def test_open_cases_need_a_service_and_are_told_of_once(administrator):
    one = tried(administrator, open_cases="now", tell="once")
    assert (one.counts_from, one.is_told) == ("now", True)
    assert {each["what"] for each in one.report["troubles"]} >= {"open without service"}


# --- what the columns mean --------------------------------------------------------------------------------------------
def test_the_text_is_kept_with_what_is_wrong_by_line(administrator):
    one = begin(administrator, sent("a.csv", TABLE))
    worker_works()
    text = "system: X\nrows:\n  - columns: {number: Ticket, bogus: Cliente}\n"
    answer = administrator.post(f"{HOME}/{one.pk}/columnas", {**MEANS, "by": "text", "text": text})
    assert answer.status_code == 422
    assert "line 3 of the text" in words(answer)
    assert "bogus: Cliente" in answer.content.decode()
    assert "<code>Fase</code>" in answer.content.decode()
    right = text.replace("bogus: Cliente", "company: Cliente, opened: Abierto el, closed: Listo el")
    answer = administrator.post(f"{HOME}/{one.pk}/columnas", {**MEANS, "by": "text", "text": right})
    assert answer.headers["location"] == f"{HOME}/{one.pk}"
    one.refresh_from_db()
    assert (one.state, one.mapping) == (ImportState.CHECKING, right)


def test_a_tool_can_be_taken_and_left_for_the_proposal_again(administrator):
    one = begin(administrator, sent("a.csv", TABLE))
    worker_works()
    administrator.post(f"{HOME}/{one.pk}/columnas", {**MEANS, "by": "tool", "tool": "jira"})
    one.refresh_from_db()
    assert load(one.mapping, "x").system == "Jira"
    administrator.post(f"{HOME}/{one.pk}/columnas", {**MEANS, "by": "tool", "tool": ""})
    worker_works()
    one.refresh_from_db()
    assert 'system: "a"' in one.mapping


@pytest.mark.parametrize("export", EXPECTED, ids=lambda export: export.files[0])
def test_exports_of_known_tools_are_known_and_tried(administrator, export):
    one = begin(administrator, *(sent(name, (EXPORTS / name).read_bytes()) for name in export.files))
    worker_works()
    page = administrator.get(f"{HOME}/{one.pk}/columnas")
    assert page.status_code == 200
    fields = fields_of(page.content.decode())
    one.refresh_from_db()
    before = load(one.mapping, "x")
    more = {**MEANS, "order": before.hours.order, "system": before.system, "company": before.company}
    answer = administrator.post(f"{HOME}/{one.pk}/columnas", {**more, **fields, "anyway": "1"})
    assert answer.status_code == 302, words(answer)
    worker_works()
    one.refresh_from_db()
    assert one.state in (ImportState.CHECKED, ImportState.MAPPING)
    if one.state == ImportState.MAPPING:
        assert "03/04" in one.trouble


# --- files ------------------------------------------------------------------------------------------------------------
def test_a_large_file_is_kept_in_pieces_and_comes_out_the_same(administrator):
    content = b"n;a\n" + b"1;x\n" * 700_000
    one = begin(administrator, sent("grande.csv", content), sent("b.csv.gz", gzip.compress(b"n;a\n1;2\n")))
    first, _second = history_import.files_sent(one)
    sizes = [len(piece.content) for piece in first.pieces.order_by("number")]
    assert sizes == [1 << 20, 1 << 20, len(content) % (1 << 20)]
    assert first.size == len(content)
    worker_works()
    one.refresh_from_db()
    assert [file["rows"] for file in one.survey["files"]] == [700_000, 1]


def bomb() -> bytes:
    """A small workbook that unpacks to very much."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<x/>")
        file.writestr("xl/worksheets/sheet1.xml", b"0" * (300 << 20))
    return out.getvalue()


UNREADABLE = {
    "empty.csv": b"",
    "blank.csv": b"\n \n\t\n",
    "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "bomb.xlsx": bomb,
    "half.csv.gz": gzip.compress(b"n;a\n" * 5000)[:40],
    "deep.json": b"[" * 200_000,
    "lines.json": b"{\n",
    "doctype.xes": b"<!DOCTYPE log [<!ENTITY a 'aaaa'>]><log>&a;</log>",
    "half.xes": b"<log><trace>",
    "ni\u00f1o \U0001f600 ../../etc/passwd": b"\x00\x00\x00",
    "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "quotes.csv": b'a,b\n"' * 500,
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_no_file_is_an_error_of_the_server(administrator, name):
    content = UNREADABLE[name]
    content = content() if callable(content) else content
    answer = administrator.post(HOME, {"files": [sent(name, content)]})
    if not content:
        assert answer.status_code == 422
        assert "is empty" in words(answer)
        assert not HistoryImport.objects.exists()
        return
    one = HistoryImport.objects.get()
    worker_works()
    one.refresh_from_db()
    assert one.state in (ImportState.UNREADABLE, ImportState.MAPPING)
    page = administrator.get(f"{HOME}/{one.pk}/columnas" if one.state == "mapping" else f"{HOME}/{one.pk}")
    assert page.status_code == 200
    assert "It could not be completed" not in one.trouble
    assert bool(one.trouble) == (one.state == ImportState.UNREADABLE)
    assert administrator.get(HOME).status_code == 200


def test_without_a_file(administrator):
    assert "Choose a file first" in words(administrator.post(HOME))


def test_a_further_file_is_looked_at_with_the_others(administrator):
    one = begin(administrator, sent("a.csv", TABLE))
    worker_works()
    administrator.post(f"{HOME}/{one.pk}/archivos", {"files": [sent("b.csv", "Ticket;Hora;Nota\nN-1;1;x\n")]})
    worker_works()
    page = words(administrator.get(f"{HOME}/{one.pk}/columnas"))
    assert "a.csv, b.csv" in page
    assert page.count("What it tells</th>") == 2


# --- whatever is sent -------------------------------------------------------------------------------------------------
TEXTS = st.sampled_from(
    ["", "number", "id", "company", "opened", "time", "state", "zzz", "\u202e", "x" * 300, "'; --", "a: b"]
)


@trying(
    max_examples=costly_examples(100),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],
)
@given(
    st.sampled_from(["table", "text", "tool", "?", ""]),
    st.text(max_size=60)
    | st.sampled_from(["rows: 1", "rows: [1]", "a: &b [*b]", "- 1", "system: x\nrows:\n- columns:"]),
    st.lists(st.tuples(TEXTS, TEXTS), max_size=8),
    st.lists(st.tuples(TEXTS, TEXTS), max_size=4),
    TEXTS,
)
def test_no_form_is_an_error_of_the_server(administrator, by, text, columns, states, word):
    one = HistoryImport.objects.first() or begin(administrator, sent("a.csv", TABLE))
    worker_works(2)
    fields = {
        **{name: [each[n] for each in columns] for n, name in enumerate(("heading-0", "fact-0"))},
        **{name: [each[n] for each in states] for n, name in enumerate(("word", "meaning"))},
    }
    more = {"by": by, "text": text, "tool": word, "system": word, "open_cases": word, "tell": word, "zone": word}
    for value in (MEANS, {}):
        answer = administrator.post(f"{HOME}/{one.pk}/columnas", {**value, **more, **fields})
        assert answer.status_code in (302, 422)
        worker_works(2)
        assert administrator.get(f"{HOME}/{one.pk}/columnas").status_code in (200, 302)
        assert administrator.get(f"{HOME}/{one.pk}").status_code in (200, 302)


# --- stopped, killed, two at once -------------------------------------------------------------------------------------
def many(count: int) -> str:
    return "Ticket;Cliente;Detalle;Abierto el;Listo el;Fase\n" + "".join(
        f"M-{n};Banco Austral;x;13/04/2024 08:10;14/04/2024 09:00;Finalizado\n" for n in range(count)
    )


def test_stopped_in_the_middle_it_goes_on_and_nothing_comes_twice(administrator, monkeypatch):
    one = tried(administrator, sent("m.csv", many(250)))
    administrator.post(f"{HOME}/{one.pk}/traer")
    real = import_work._Run.stepped

    def pressed(run, count):
        administrator.post(f"{HOME}/{one.pk}/parar")
        return real(run, count)

    monkeypatch.setattr(import_work._Run, "stepped", pressed)
    worker_works()
    monkeypatch.setattr(import_work._Run, "stepped", real)
    one.refresh_from_db()
    assert one.state == ImportState.STOPPED
    assert one.cases_new == Case.objects.filter(former_number__startswith="M-").count() == 200
    page = words(administrator.get(f"{HOME}/{one.pk}"))
    assert "Go on" in page
    administrator.post(f"{HOME}/{one.pk}/traer")
    worker_works()
    one.refresh_from_db()
    assert (one.state, one.cases_new, one.report["new"], one.report["known"]) == (ImportState.DONE, 250, 50, 200)
    assert Case.objects.filter(former_number__startswith="M-").count() == 250


class Killed(BaseException):
    """The process is gone, without a word."""


def test_whoever_is_killed_is_followed_by_another_that_goes_on(administrator, monkeypatch):
    one = tried(administrator, sent("m.csv", many(250)))
    administrator.post(f"{HOME}/{one.pk}/traer")
    real = import_work._Run.stepped
    monkeypatch.setattr(import_work._Run, "stepped", lambda run, count: (_ for _ in ()).throw(Killed))
    with pytest.raises(Killed):
        worker_works()
    monkeypatch.setattr(import_work._Run, "stepped", real)
    assert history_import.claim(now()) is None
    later = now() + history_import.LEASE + timedelta(seconds=1)
    claimed = history_import.claim(later)
    assert claimed is not None
    dead = Turn(claimed.pk, claimed.turn - 1, lambda: behind(DatabaseRole.WORKER), now)
    with pytest.raises(import_work.TurnLost):
        dead.sign()
    carry_out(Turn(claimed.pk, claimed.turn, lambda: behind(DatabaseRole.WORKER), now))
    one.refresh_from_db()
    assert (one.state, one.cases_new) == (ImportState.DONE, 250)
    assert Case.objects.filter(former_number__startswith="M-").count() == 250


def test_a_file_that_kills_its_process_each_time_is_given_up(administrator):
    one = begin(administrator, sent("m.csv", many(1)))
    at = now()
    for _time in range(history_import.MOST_TRIES):
        claimed = history_import.claim(at)
        assert claimed is not None
        history_import.is_free(claimed.pk, claimed.turn)
    assert history_import.claim(at) is None
    one.refresh_from_db()
    assert one.state == ImportState.UNREADABLE
    assert "too large for this machine" in one.trouble or one.trouble


def test_two_at_once_follow_each_other(administrator):
    first = begin(administrator, sent("a.csv", TABLE))
    second = begin(administrator, sent("b.csv", TABLE))
    claimed = history_import.claim(now())
    assert claimed is not None
    assert claimed.pk == first.pk
    assert history_import.claim(now()) is None
    assert "Another import is running" in words(administrator.get(f"{HOME}/{second.pk}/avance"))
    carry_out(Turn(claimed.pk, claimed.turn, lambda: behind(DatabaseRole.WORKER), now))
    worker_works()
    second.refresh_from_db()
    assert second.state == ImportState.MAPPING


def test_what_is_at_work_is_left_alone(administrator):
    one = begin(administrator, sent("a.csv", TABLE))
    for word in ("mirar", "traer", "quitar"):
        assert administrator.post(f"{HOME}/{one.pk}/{word}").status_code == 422
    assert administrator.post(f"{HOME}/{one.pk}/archivos", {"files": [sent("b.csv", "a;b\n")]}).status_code == 422
    administrator.post(f"{HOME}/{one.pk}/parar")
    one.refresh_from_db()
    assert (one.state, one.trouble) == (ImportState.UNREADABLE, "It was stopped before it began.")


# --- what stays -------------------------------------------------------------------------------------------------------
def test_files_go_by_hand_or_after_two_weeks_and_take_the_words_of_others_with_them(administrator):
    one = tried(administrator)
    administrator.post(f"{HOME}/{one.pk}/traer")
    worker_works()
    assert history_import.forget_files(now()) == 0
    assert history_import.forget_files(now() + history_import.FILES_STAY + timedelta(hours=1)) == 1
    one.refresh_from_db()
    assert one.state == ImportState.DONE
    assert not HistoryImportPiece.objects.exists()
    assert "Austral" not in json.dumps([one.survey, one.examples, one.report])
    page = words(administrator.get(f"{HOME}/{one.pk}"))
    assert "no longer kept" in page
    other = begin(administrator, sent("a.csv", TABLE))
    worker_works()
    administrator.post(f"{HOME}/{other.pk}/quitar")
    other.refresh_from_db()
    assert other.state == ImportState.CANCELLED
    assert not HistoryImportPiece.objects.exists()


def test_supervisors_are_not_offered_it(supervisor):
    assert "Former tool" not in words(supervisor.get("/ajustes/"))
    assert supervisor.get(HOME).status_code == 403


def test_the_progress_is_the_same_until_something_moves(administrator):
    one = begin(administrator, sent("a.csv", TABLE))
    first = administrator.get(f"{HOME}/{one.pk}/avance")
    tag = first.headers["HX-PTag"]
    assert administrator.get(f"{HOME}/{one.pk}/avance", headers={"HX-PTag": tag}).status_code == 304
    worker_works()
    assert administrator.get(f"{HOME}/{one.pk}/avance", headers={"HX-PTag": tag}).headers["HX-Refresh"] == "true"


def test_no_path_of_this_machine_is_in_a_trouble(administrator):
    one = begin(administrator, sent("a.xes", b"<log>"))
    worker_works()
    one.refresh_from_db()
    assert str(Path("/tmp")) not in one.trouble
