"""Every test speaks to PostgreSQL as the application's role; only the test database itself is made by the owner."""

import gc
import subprocess
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connections
from django.test import TransactionTestCase, override_settings
from django.utils import translation
from pytest_django import DjangoDbBlocker
from whitenoise.middleware import WhiteNoiseMiddleware

from guardia.config import policies
from guardia.config.asking import PORTAL, PORTAL_ACTS, SIGN_IN
from guardia.config.database_roles import DatabaseRole, behind
from tests.examples import examples
from tests.server import server

# No test asserts seconds: how fast examples are drawn on a machine that does other things says nothing.
hypothesis.settings.register_profile(
    "no_seconds", max_examples=examples(100), deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("no_seconds")

PROCEDURE = Path(__file__).parent / "procedure"
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server", "owner"}


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """In place of pytest-django's: the application's role may not create databases or tables."""
    with django_db_blocker.unblock():
        server.start()
        server.renew()
        yield
        connections.close_all()


@pytest.fixture(scope="session", autouse=True)
def _attachments_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests attach to cases stands in a folder that goes with them."""
    folder = {"BACKEND": "guardia.evidence.store.Folder", "OPTIONS": {"location": tmp_path_factory.mktemp("store")}}
    with override_settings(STORAGES={**settings.STORAGES, "attachments": folder}):
        yield


@pytest.fixture(scope="session", autouse=True)
def _pictures_are_decoded_here() -> Iterator[None]:
    """In the process of the tests, which saves one for each photograph; tests/files/test_apart.py has the real."""
    from guardia.evidence import image_process, thumbnails

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(image_process, "answer_of", lambda content: thumbnails.answer_of(content))
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_listed_once() -> Iterator[None]:
    """Each client of a test begins the application anew, which looks at a hundred static files each time (30 ms)."""
    listed: dict = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def once(whitenoise: WhiteNoiseMiddleware) -> None:
        if not listed:
            look(whitenoise)
            listed.update(whitenoise.files)
        whitenoise.files.update(listed)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", once)
        yield


class QuickArgon2(Argon2PasswordHasher):
    """The installation's own hasher at its least cost: a test has people sign in, it does not keep thieves out."""

    time_cost, memory_cost, parallelism = 1, 8, 1


@pytest.fixture(scope="session", autouse=True)
def _passwords_cost_little() -> Iterator[None]:
    """A password costs a third of a second of the processor to set, and as much to try (``PASSWORD_HASHERS``)."""
    with override_settings(PASSWORD_HASHERS=[f"{__name__}.QuickArgon2"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _renew_instead_of_flush() -> Iterator[None]:
    """A test that commits leaves rows that nobody may delete: after it, the database is made anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _renew)
        yield


def _renew(case: TransactionTestCase) -> None:
    connections.close_all()
    server.renew()
    _forget()


def _forget() -> None:
    """A renewed database counts its ids from the beginning: what is kept by id is of another row now."""
    from guardia.clocks.calendars import announced_at, journal_hash
    from guardia.clocks.effects import effects_of
    from guardia.procedure.version import of, sha256_of

    for kept in (announced_at, effects_of, journal_hash, of, sha256_of):
        kept.cache_clear()


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> Iterator[None]:
    """What this process saw of the loops of another test says nothing of this one's; what it signed neither."""
    from guardia.clocks import quarantine
    from guardia.clocks.watch import pulse
    from guardia.proof import log

    yield
    pulse.forget()
    quarantine.forget()
    log.memory().unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def _processes_are_marked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """`bin/test fast` leaves out what starts processes: one of its tests that does so without the mark always fails."""
    if request.node.get_closest_marker("fast") and not request.node.get_closest_marker("process"):
        monkeypatch.setattr(subprocess.Popen, "__init__", _unmarked)


def _unmarked(_popen: subprocess.Popen, command: object, *_more: object, **_settings: object) -> None:
    pytest.fail(f"This starts a process ({command}): mark it with pytest.mark.process")


@pytest.fixture(autouse=True)
def _in_the_language_of_the_house() -> Iterator[None]:
    """A request leaves its own language to the thread: the next test does not read the last one's."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def as_staff(db: None) -> Iterator[None]:
    """One transaction under the staff's database role, as a request of the desk is."""
    with behind(DatabaseRole.STAFF):
        yield


@pytest.fixture
def portal_login(transactional_db: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What the portal shows is read by its own login, as on a real installation: only what was committed is seen."""
    yield from a_login_of_the_portal(PORTAL, django_db_blocker)


@pytest.fixture
def portal_acts_login(transactional_db: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What is done in the portal goes by its own login, as on a real installation."""
    yield from a_login_of_the_portal(PORTAL_ACTS, django_db_blocker)


def a_login_of_the_portal(login: str, blocker: DjangoDbBlocker) -> Iterator[None]:
    own = settings.DATABASES["default"]
    options = {**own["OPTIONS"], "prepare_threshold": None, "server_side_binding": True}
    connections.settings[login] = {**own, "USER": f"guardia_{login}_login", "OPTIONS": options}
    with blocker.unblock():  # Django's tests know their databases before they begin
        yield
    connections[login].close()
    del connections[login], connections.settings[login]


@pytest.fixture
def sign_in_login(transactional_db: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What people sign in with is read and written by its own login alone, with the rights of such an installation."""
    connections.settings[SIGN_IN] = {**settings.DATABASES["default"], "USER": "guardia_sign_in_login"}
    with override_settings(DATABASE_SIGN_IN_URL="postgresql://guardia_sign_in_login@/guardia"):
        with server.owner() as connection, connection.transaction():
            connection.execute(policies.statements())
        with django_db_blocker.unblock():
            yield
    connections[SIGN_IN].close()
    del connections[SIGN_IN], connections.settings[SIGN_IN]


@pytest.fixture
def owner(db: None) -> Iterator[psycopg.Connection]:
    """The owner's own connection, for what the application may not do. Use with `transactional_db`: it commits."""
    with server.owner() as connection:
        yield connection


@pytest.fixture(autouse=True)
def _nothing_entered_on_screen() -> Iterator[None]:
    """Mail and messages are as the environment says; the tests of what is entered on screen ask the database anew."""
    from guardia.people import connections

    connections.prime({}, float("inf"))
    yield
    connections.prime({}, float("inf"))


def pytest_collectstart() -> None:
    """Nothing that is made while tests are found becomes garbage: the collector would look through it for nothing."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What stands there before the first test stands there until the last: the collector need not look through it.

    It looks seldom, too: at Python's own thresholds it takes a seventh of the processor that the tests take.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the database (`bin/test unit` leaves it out), and what `bin/test fast` runs."""
    for item in items:
        uses = set(getattr(item, "fixturenames", ()))
        needs = bool(uses & DATABASE_FIXTURES or item.get_closest_marker("django_db"))
        if needs:
            item.add_marker("integration")
        if not needs or item.path.is_relative_to(PROCEDURE):
            item.add_marker("fast")
