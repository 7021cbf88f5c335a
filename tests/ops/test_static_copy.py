"""While the database does not answer, the published numbers still do: pages that were stored while it did."""

import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psycopg
import pytest
from django.conf import settings
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.test import Client, override_settings

from guardia.config import database_roles
from guardia.config.now import now
from guardia.config.postgres import Embedded
from guardia.escalation.editing import save_level
from guardia.people.staff import Role, Staff
from guardia.procedure.version import NoProcedure, ProcedureVersion, publish
from guardia.web.portal import static_copy as copy_of_the_portal
from guardia.web.shared import static_copy
from guardia.web.shared.static_copy import Reader
from tests.ops.conftest import addresses_of
from tests.ops.test_slow_clients import Web, running
from tests.procedure.story import rota, staff
from tests.procedure_room.sample import FILE, TEXT

LANGUAGES = ("es", "en", "pt")
NUMBER = 'href="tel:1800400404"'
LEADS = {"es": "estamos trabajando en ello", "en": "we are at work on it", "pt": "estamos trabalhando nisso"}
ON_PAPER = {"es": "Sonó a las", "en": "It rang at", "pt": "Tocou às"}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with override_settings(STATE_DIR=tmp_path):
        yield tmp_path / "static-copy"


@pytest.fixture
def as_staff(db):
    with database_roles.behind(database_roles.DatabaseRole.STAFF):
        yield


@pytest.fixture
def published(as_staff, folder) -> ProcedureVersion:
    return publish(TEXT, FILE, None, now())


@pytest.fixture
def copied(published: ProcedureVersion) -> ProcedureVersion:
    copy_of_the_portal.refresh()
    return published


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database does not answer any request."""

    monkeypatch.setattr(database_roles, "behind", raises(OperationalError("connection failed")))


def read(address: str, *, session: bool = False, **headers: str) -> tuple[int, str]:
    client = Client(raise_request_exception=False)
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = "of-somebody"
    answer = client.get(address, headers={"accept": "text/html", **headers})
    return answer.status_code, unescape(answer.content.decode())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ["/procedimiento", "/", "/mi-empresa/", "/c/caso/x", "/entrar"])
def test_customers_get_the_numbers_in_their_language(copied, gone, address, language):
    status, page = read(address, **{"accept-language": language})
    assert status == 503
    assert NUMBER in page
    assert LEADS[language] in page
    assert f'<html lang="{language}"' in page
    assert copied.short_hash in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ["/", "/casos/1040012", "/relevo"])
def test_the_desk_gets_the_numbers_and_the_sheet(copied, gone, address, language):
    status, page = read(address, session=True, **{"accept-language": language})
    assert status == 503
    assert NUMBER in page
    assert ON_PAPER[language] in page


def test_the_sheet_is_one_link_away_for_who_is_not_signed_in(copied, gone):
    _status, page = read("/")
    assert f'href="?{static_copy.ON_PAPER}"' in page
    _status, page = read(f"/?{static_copy.ON_PAPER}&lang=en", **{"accept-language": "es"})
    assert ON_PAPER["en"] in page


def test_the_reader_keeps_the_theme_and_runs_nothing_inline(copied, gone):
    _status, page = read("/procedimiento", cookie="theme=dark")
    assert 'data-theme="dark"' in page
    assert not re.search(r"<script(?![^>]*src=)|style=|<style|\son\w+=", page)


def test_the_contacts_by_level_and_the_hours_are_in_it(published):
    person = staff("nivel1", Role.SUPERVISOR)
    Staff.objects.filter(pk=person.pk).update(name="Ana Prueba", position="Supervisora", mobile="+593999000001")
    rota(1, person, now() - timedelta(days=1))
    save_level(1, {"phone": "+59325550199", "phone_name": "Operaciones"}, by=person, at=now())
    copy_of_the_portal.refresh()
    page = static_copy.stored(Reader.DESK, "es") or ""
    assert "Ana Prueba" in page
    assert 'href="tel:+593999000001"' in page
    assert 'href="tel:+59325550199"' in page
    assert "08:30–17:30" in page


@pytest.mark.parametrize(
    "headers", [{"hx-request": "true"}, {"sec-fetch-dest": "image"}, {"accept": "application/json"}]
)
def test_parts_pictures_and_machines_get_the_short_answer(copied, gone, headers):
    status, page = read("/", **headers)
    assert status == 503
    assert NUMBER not in page


def test_what_was_sent_gets_its_own_sentence_and_a_link_to_the_numbers(copied, gone):
    answer = Client(raise_request_exception=False).post("/entrar", headers={"accept": "text/html"})
    page = answer.content.decode()
    assert answer.status_code == 503
    assert NUMBER not in page
    assert 'href="/"' in page


def test_without_a_copy_the_page_says_in_words_that_nothing_goes(folder, gone):
    status, page = read("/procedimiento", **{"accept-language": "en"})
    assert status == 503
    assert "Nothing can be read or written just now." in page


def test_an_installation_without_a_procedure_has_no_copy(copied, folder, monkeypatch):
    """A folder of the sample, used for a new and empty installation."""
    assert static_copy.stored(Reader.CUSTOMERS, "es")
    monkeypatch.setattr(copy_of_the_portal, "in_force", raises(NoProcedure()))
    copy_of_the_portal.refresh()
    assert not list(folder.iterdir())


def raises(trouble: Exception) -> Callable[..., None]:
    def raised(*args: object) -> None:
        raise trouble

    return raised


def test_a_database_without_tables_leaves_no_copy(copied, folder, monkeypatch):
    monkeypatch.setattr(copy_of_the_portal, "in_force", raises(ProgrammingError("relation does not exist")))
    copy_of_the_portal.refresh()
    assert not list(folder.iterdir())


@pytest.mark.parametrize("trouble", [OperationalError("gone"), InterfaceError("closed")])
def test_a_database_that_does_not_answer_leaves_the_copy_as_it_is(copied, folder, monkeypatch, trouble):
    monkeypatch.setattr(copy_of_the_portal, "in_force", raises(trouble))
    with pytest.raises(type(trouble)):
        copy_of_the_portal.refresh()
    assert static_copy.stored(Reader.CUSTOMERS, "es")


def test_nothing_is_served_of_another_database(copied, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", "another_operator")
    assert static_copy.stored(Reader.CUSTOMERS, "es") is None


def test_nothing_is_served_that_is_not_whole(copied):
    file = static_copy.file_of(Reader.CUSTOMERS, "es")
    file.write_text(file.read_text()[:2000])
    assert static_copy.stored(Reader.CUSTOMERS, "es") is None
    file.write_bytes(b"\xff\xfe")
    assert static_copy.stored(Reader.CUSTOMERS, "es") is None


def test_a_new_version_is_in_the_copy(copied):
    text = TEXT.replace("1800-400404", "1800-400405")
    publish(text, FILE, None, now())
    copy_of_the_portal.refresh()
    assert 'href="tel:1800400405"' in (static_copy.stored(Reader.CUSTOMERS, "pt") or "")


def test_several_processes_write_at_once_and_each_reader_finds_a_whole_page(copied, folder):
    pages = {
        (reader, code): static_copy.stored(reader, code) or ""
        for reader in Reader
        for code, _name in settings.LANGUAGES
    }
    writers = [threading.Thread(target=lambda: [static_copy.store(pages) for _ in range(20)]) for _ in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert static_copy.stored(Reader.DESK, "es")
    assert len(list(folder.iterdir())) == len(pages)


def test_a_folder_that_cannot_be_written_raises_nothing_in_the_process(published, folder, caplog):
    folder.write_text("a file stands where the folder should be")
    stopped = threading.Event()
    stopped.set()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copy_of_the_portal.connections, "close_all", lambda: None)  # this test's own transaction
        copy_of_the_portal.keep_current(stopped)
    assert "the static copy cannot be written" in caplog.text


# --- the real server, the real process --------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def web(postgres: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    state = tmp_path_factory.mktemp("state")
    with running(state, threads=2, **addresses_of(postgres)) as one:
        # Written by the process itself as it begins.
        wait_until(lambda: len(list((state / "static-copy").glob("[!.]*.html"))) == 2 * len(LANGUAGES))
        yield one


def wait_until(holds) -> None:
    """Asked again and again; the test's own time limit ends what never holds."""
    while not holds():
        threading.Event().wait(0.1)


def fetched(web: Web, path: str, **headers: str) -> tuple[int, str]:
    request = Request(f"http://localhost:{web.port}{path}", headers={"Accept": "text/html", **headers})
    try:
        with urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as answer:
        return answer.code, answer.read().decode()


@pytest.mark.process
def test_postgresql_stops_and_comes_back(web: Web, postgres: Embedded):
    assert fetched(web, "/procedimiento")[0] == 200
    postgres.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(postgres.owner_url)
    for language in LANGUAGES:
        for path in ("/procedimiento", "/", "/mi-empresa/"):
            status, page = fetched(web, path, **{"Accept-Language": language})
            assert status == 503
            assert NUMBER in page
            assert LEADS[language] in page
        status, page = fetched(web, "/", **{"Accept-Language": language, "Cookie": "sessionid=x"})
        assert ON_PAPER[language] in page
        for sheet in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
            assert fetched(web, sheet)[0] == 200
    postgres.start()
    wait_until(lambda: fetched(web, "/procedimiento")[0] == 200)
