"""Reports, exports and the search by a real standby of the tests' server: stopped, paused, and written on meanwhile."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, ProgrammingError, connections
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.timezone import localdate

from guardia.cases.case import Case
from guardia.cli.checks import upkeep
from guardia.cli.checks.finding import Check, Installation, answers
from guardia.config import asking, replica, signing
from guardia.config.asking import PORTAL, PORTAL_ACTS, REPLICAS
from guardia.config.collisions import TOOK_TOO_LONG
from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.config.postgres import OWNER
from guardia.config.sql_rows import rows_of
from guardia.customers import sessions
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.people.audit import AuditEntry, AuditKind, write_down
from guardia.people.staff import Role, Staff
from guardia.web.api import health, metrics
from guardia.web.portal.visitor import COOKIE
from tests.procedure.story import Story
from tests.server import server
from tests.standby import Standby

pytestmark = pytest.mark.process

DESK, READER = REPLICAS["default"], REPLICAS[PORTAL]
NEVER, ALWAYS = timedelta(), timedelta(days=1)


@pytest.fixture(scope="module")
def standby(tmp_path_factory, django_db_setup, django_db_blocker) -> Iterator[Standby]:
    if not server.embedded:
        pytest.skip("the tests run on a server that is named: nobody copies it")
    made = Standby(tmp_path_factory.mktemp("standby") / "pg", server.embedded)
    with server.owner() as session:  # as on a server of an installation: what is acknowledged is flushed
        session.execute("ALTER ROLE ALL SET synchronous_commit = on")
    made.server.start()
    yield made
    made.server.stop()
    with server.owner() as session:
        session.execute("ALTER ROLE ALL RESET synchronous_commit")


@pytest.fixture
def named(standby, transactional_db, django_db_blocker) -> Iterator[Standby]:
    """The installation names it, and logins of the portal too."""
    own = settings.DATABASES["default"]
    plain = {**own, "OPTIONS": {**own["OPTIONS"], "prepare_threshold": None, "server_side_binding": True}}
    place = {"HOST": str(standby.server.socket_dir), "PORT": "5432"}
    added = {DESK: {**own, **place}}
    for login in (PORTAL, PORTAL_ACTS):
        added[login] = {**plain, "USER": f"guardia_{login}_login"}
        added[REPLICAS[login]] = {**added[login], **place}
    connections.settings |= added
    replica.forget()
    standby.arrives()
    with django_db_blocker.unblock():  # Django's tests know their databases before they begin
        yield standby
    for name in added:
        connections[name].close()
        del connections[name], connections.settings[name]
    replica.forget()
    standby.server.start()
    standby.ask("SELECT pg_wal_replay_resume()")


@pytest.fixture
def impatient(monkeypatch) -> None:
    monkeypatch.setattr(replica, "WAIT_SECONDS", 0.02)


@pytest.fixture
def story(named) -> Story:
    """Two companies, with a case of the first, committed."""
    with behind(DatabaseRole.STAFF):
        told = Story()
        told.open_case()
        told.number = told.case.number
        Case.objects.filter(pk=told.case.pk).update(subject="enlace del banco")
        Contact.objects.create(customer=told.other, name="Rosa")
        signing.read()
    named.arrives()
    return told


@pytest.fixture
def desk(story) -> Client:
    """A supervisor, who sees reports."""
    browser = Client(headers={"accept-language": "en"})
    with behind(DatabaseRole.STAFF):
        member = Staff.objects.create(username="sup", name="Supervisor", role=Role.SUPERVISOR, language="en")
        browser.force_login(member)
    return browser


@pytest.fixture
def portal(story) -> Client:
    browser = Client(headers={"accept-language": "en"})
    with behind(DatabaseRole.STAFF):
        _session, token = sessions.begin(story.head, "jefe@example.com", now())
    browser.cookies[COOKIE] = token
    return browser


def renamed(story: Story, subject: str) -> None:
    """Somebody writes, on the primary."""
    with behind(DatabaseRole.STAFF):
        Case.objects.filter(pk=story.case.pk).update(subject=subject)


def search(browser: Client, words: str) -> str:
    answer = browser.get("/buscar", {"q": words})
    assert answer.status_code == 200
    return answer.content.decode()


def request() -> HttpRequest:
    return RequestFactory().get("/informes/")


def where() -> bool:
    """Whether this question is answered by a standby."""
    ((is_standby,),) = rows_of("SELECT pg_is_in_recovery()")
    return is_standby


# --- whose rows -------------------------------------------------------------------------------------------------------
def test_row_policies_hold_on_it(story):
    for company, sees in ((story.bank, {story.bank.pk}), (story.other, {story.other.pk})):
        for role in (DatabaseRole.PORTAL, DatabaseRole.PORTAL_ACTS):
            with behind(role, company.pk, on_replica=True):
                assert where()
                assert set(Customer.objects.values_list("pk", flat=True)) == sees
                assert set(Case.objects.values_list("customer_id", flat=True)) <= sees
    with behind(DatabaseRole.PORTAL, on_replica=True):
        assert not Customer.objects.exists()
    for login in (READER, REPLICAS[PORTAL_ACTS]):  # which can become nothing else there either
        with connections[login].cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("SET ROLE guardia_staff")
    with behind(DatabaseRole.STAFF, on_replica=True):
        assert {story.bank.pk, story.other.pk} <= set(Customer.objects.values_list("pk", flat=True))


def test_it_is_read_under_the_role_and_company_in_force(story):
    def companies() -> set[int]:
        assert where()
        return set(Customer.objects.values_list("pk", flat=True))

    with behind(DatabaseRole.PORTAL, story.other.pk):
        assert replica.read(request(), companies) == {story.other.pk}
        assert not where()


def test_there_is_one_clock(story):
    """The hour is the primary's: a replica's may be another."""
    with behind(DatabaseRole.STAFF):
        with CaptureQueriesContext(connections["default"]) as asked:
            assert replica.read(request(), now)
        assert any("clock_timestamp()" in each["sql"] for each in asked.captured_queries[-2:])


# --- which pages ------------------------------------------------------------------------------------------------------
MONTH = f"{localdate():%Y-%m}"
PAGES = [
    "/informes/",
    f"/informes/{MONTH}.xlsx",
    "/informes/recepcion",
    "/informes/recepcion.xlsx",
    "/informes/mensual/",
    "/informes/mensual/{bank}",
    f"/informes/mensual/{{bank}}/{MONTH}.xlsx",
    "/informes/interrupciones",
    f"/informes/interrupciones/{MONTH}.csv",
    "/informes/grupos",
    "/informes/eventos.csv",
    "/panorama",
    "/panorama/filas?que=edad&tramo=0",
    "/panorama/edad.png",
    "/panorama/todo.xlsx",
    "/buscar?q=banco",
]
OWN_PAGES = [
    "/mi-empresa/historial",
    "/mi-empresa/historial.xlsx",
    "/mi-empresa/historial.json",
    "/mi-empresa/historial/eventos.csv",
    "/mi-empresa/servicios",
    "/mi-empresa/informes",
    f"/mi-empresa/informes/{MONTH}.xlsx",
]


def test_reports_exports_and_the_search_are_read_by_it(story, desk):
    for page in PAGES:
        files = audited()
        with CaptureQueriesContext(connections[DESK]) as asked:
            answer = desk.get(page.format(bank=story.bank.pk))
        assert (answer.status_code, len(asked) > 2) == (200, True), page
        if answer.headers.get("Content-Disposition", "").startswith("attachment"):
            assert audited() == files + 1, page


def test_so_is_what_a_company_takes_for_itself(story, portal):
    for page in OWN_PAGES:
        login = REPLICAS[PORTAL_ACTS] if page.endswith("historial.json") else READER
        with CaptureQueriesContext(connections[login]) as asked:
            answer = portal.get(page)
        assert (answer.status_code, len(asked) > 2) == (200, True), page


def test_the_desk_itself_reads_the_primary(story, desk):
    for page in ("/", f"/casos/{story.number}/", "/llamadas/", "/informes/de-palabra"):
        with CaptureQueriesContext(connections[DESK]) as asked:
            assert desk.get(page).status_code == 200
        assert not len(asked), page


def audited() -> int:
    with behind(DatabaseRole.STAFF):
        return AuditEntry.objects.filter(kind=AuditKind.EXPORTED).count()


# --- what a standby cannot --------------------------------------------------------------------------------------------
def test_a_page_that_writes_where_it_should_not_is_read_from_the_primary_and_writes_once(story):
    def writes() -> bool:
        write_down(AuditKind.EXPORTED, at=now(), about="trial")
        return where()

    with behind(DatabaseRole.STAFF):
        assert replica.read(request(), writes) is False
    assert audited() == 1
    with behind(DatabaseRole.STAFF):
        assert replica.read(request(), where), "nobody turns away from it for that"


def test_what_was_written_before_the_replica_failed_is_undone(story):
    tried = []

    def fails_at_first() -> bool:
        with asking.of_primary():
            write_down(AuditKind.EXPORTED, at=now(), about="trial")
        tried.append(where())
        if tried[-1]:
            ended()
            where()
        return where()

    with behind(DatabaseRole.STAFF):
        assert replica.read(request(), fails_at_first) is False
    assert tried == [True, False]
    assert audited() == 1


def ended() -> None:
    """As where PostgreSQL ends a query that holds up what it replays."""
    with connections[DESK].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with psycopg.connect(host=connections[DESK].settings_dict["HOST"], port=5432, user=OWNER, dbname="postgres") as own:
        own.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])


def test_what_took_too_long_there_is_not_asked_of_the_primary_too(story):
    tried = []

    def takes_long() -> None:
        tried.append(where())
        rows_of("SELECT set_config('statement_timeout', '1', true)")
        rows_of("SELECT pg_sleep(60)")

    with behind(DatabaseRole.STAFF):
        with pytest.raises(OperationalError) as trouble:
            replica.read(request(), takes_long)
        assert getattr(trouble.value.__cause__, "sqlstate", None) == TOOK_TOO_LONG
    assert tried == [True]


# --- where it is not there --------------------------------------------------------------------------------------------
def test_where_it_is_stopped_the_primary_is_read_and_when_it_is_back_it_is(story, named, desk):
    search(desk, "banco")  # its connection stands when it goes
    named.server.stop()
    assert "enlace del banco" in search(desk, "banco")
    renamed(story, "enlace del banco, otra vez")
    assert "otra vez" in search(desk, "banco")
    assert replica.standing() == replica.Standing(answers=False)
    named.server.start()
    replica.forget()
    with behind(DatabaseRole.STAFF):
        assert replica.read(request(), where)


def test_where_its_sessions_ended_it_is_read_by_others(story, desk):
    with behind(DatabaseRole.STAFF):
        assert replica.read(request(), where)
        ended()
        assert replica.read(request(), where)


def test_a_primary_is_no_replica(story, desk):
    connections[DESK].close()
    connections[DESK].settings_dict["HOST"] = settings.DATABASES["default"]["HOST"]
    with CaptureQueriesContext(connections[DESK]) as asked:
        assert "enlace del banco" in search(desk, "banco")
    assert not [each for each in asked if "enlace" in each["sql"] or '"case"' in each["sql"]]
    assert connections[DESK].connection is None, "whoever connects anew may find a replica"
    replica.forget()
    assert replica.standing() == replica.Standing(answers=True)


# --- how far behind it is ---------------------------------------------------------------------------------------------
def test_what_was_committed_before_is_there(story, desk):
    """Whoever wrote it, at the next desk too; ten times, as it is a race."""
    for n in range(10):
        renamed(story, f"turno {n}")
        with CaptureQueriesContext(connections[DESK]) as asked:
            assert f"turno {n}" in search(desk, "turno")
        assert any('"case"' in each["sql"] for each in asked), "read by the replica"


def test_where_it_is_behind_a_page_says_until_when_and_the_desk_reads_its_own(
    story, named, desk, impatient, monkeypatch
):
    monkeypatch.setattr(replica, "CURRENT", NEVER)
    monkeypatch.setattr(replica, "LIMIT", ALWAYS)
    assert "Data until" not in search(desk, "banco")
    named.paused()
    renamed(story, "enlace cortado")
    page = search(desk, "enlace")
    assert "enlace del banco" in page
    assert "Data until" in page
    assert "Data until" in desk.get("/informes/").content.decode()
    assert desk.post("/aspecto", {"theme": "dark"}).status_code < 400
    page = search(desk, "enlace")
    assert "enlace cortado" in page
    assert "Data until" not in page


def test_it_says_so_in_the_language_of_its_reader(story, named, portal, impatient, monkeypatch):
    monkeypatch.setattr(replica, "CURRENT", NEVER)
    named.paused()
    renamed(story, "enlace cortado")
    for language, words in (("es", "Datos hasta las "), ("pt", "Dados até as "), ("en", "Data until ")):
        assert words in portal.get("/mi-empresa/historial", {"lang": language}).content.decode()


def test_where_it_is_too_far_behind_the_primary_is_read(story, named, desk, impatient, monkeypatch):
    monkeypatch.setattr(replica, "CURRENT", NEVER)
    named.paused()
    renamed(story, "enlace cortado")
    assert "enlace cortado" not in search(desk, "enlace")
    monkeypatch.setattr(replica, "LIMIT", NEVER)
    page = search(desk, "enlace")
    assert "enlace cortado" in page
    assert "Data until" not in page


def test_a_file_that_could_not_say_so_is_read_from_the_primary(story, named, impatient, monkeypatch):
    monkeypatch.setattr(replica, "CURRENT", NEVER)
    named.paused()
    renamed(story, "enlace cortado")
    with behind(DatabaseRole.STAFF):
        assert replica.read(request(), where)
        assert not replica.read(request(), where, as_file=True)


def test_how_far_behind_it_is_is_known(story, named):
    assert replica.standing().lag == timedelta()
    named.paused()
    renamed(story, "enlace cortado")
    behind_by = replica.standing().lag
    assert behind_by is not None
    assert behind_by > timedelta()


def test_nobody_writes_and_it_is_not_behind(story, named):
    """Where the log is archived it is begun anew each minute, and a checkpoint is written, while nobody writes."""
    with server.owner() as session:
        for statement in ("SELECT pg_switch_wal()", "CHECKPOINT"):
            session.execute(statement)
            named.arrives()
            assert replica.standing().lag == timedelta(), statement
            with behind(DatabaseRole.STAFF):
                assert replica.read(request(), where, as_file=True)


# --- what its operator is told ----------------------------------------------------------------------------------------
def gauges() -> dict[str, float]:
    return {one.name: one.samples[0].value for one in metrics.replica_gauges() if one.samples}


def words_of_the_doctor() -> tuple[str, str]:
    with translation.override("en"):  # a request leaves its own language to the thread
        (said,) = answers(Check("read_replica", upkeep.read_replica, True, False), Installation())
    return said.health.value, said.words


def warned() -> bool:
    health.kept.forget()
    return "reports read the primary" in Client().get("/salud").content.decode()


def test_how_it_stands_is_told(story, named, monkeypatch):
    assert gauges() == {"guardia_replica_read": 1, "guardia_replica_lag_seconds": 0}
    assert words_of_the_doctor() == ("ok", "Reports, exports and the search read a replica, which is 0.0 s behind.")
    assert not warned()
    named.paused()
    renamed(story, "enlace cortado")
    assert gauges()["guardia_replica_read"] == 1
    assert gauges()["guardia_replica_lag_seconds"] > 0
    monkeypatch.setattr(replica, "LIMIT", NEVER)
    assert gauges()["guardia_replica_read"] == 0
    assert words_of_the_doctor()[0] == "warn"
    assert warned()
    named.server.stop()
    assert gauges() == {"guardia_replica_read": 0}
    assert "does not answer" in words_of_the_doctor()[1]
    assert warned()


def test_without_one_nothing_is_told(transactional_db):
    assert gauges() == {}
    assert words_of_the_doctor()[0] == "ok"


def test_only_who_sends_something_gets_the_cookie(story, desk):
    name = settings.WROTE_COOKIE_NAME
    assert name not in desk.get("/informes/").cookies
    assert name not in desk.post("/casos/999999/nada").cookies
    cookie = desk.post("/aspecto", {"theme": "dark"}).cookies[name]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (60, True, "Lax")


NAMED = """
import json
from guardia.config.settings import DATABASES
said = ("USER", "PASSWORD", "HOST", "PORT", "NAME")
print(json.dumps({name: [one[each] for each in said] for name, one in DATABASES.items() if name.endswith("replica")}))
"""


def test_each_login_goes_there_by_its_own_password():
    addresses = {
        "DATABASE_URL": "postgresql://app:first@pg1/guardia",
        "DATABASE_PORTAL_URL": "postgresql://portal:second@pg1/guardia",
        "DATABASE_REPLICA_URL": "postgresql://app:third@pg2:5001/other",
    }
    command = [sys.executable, "-c", NAMED]
    done = subprocess.run(command, env=os.environ | addresses, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {
        "default_replica": ["app", "third", "pg2", "5001", "other"],
        "portal_replica": ["portal", "second", "pg2", "5001", "other"],
    }
