"""Each question of the doctor, asked of something that was broken for it, and of the same thing made whole."""

import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import dns.resolver
import psycopg
import pytest
from django.conf import settings as switched_on
from django.db import connections
from django.utils import translation

from guardia.calls import journal
from guardia.calls.exchange import Exchange
from guardia.cases.calendar_change import announce
from guardia.cli.backups import folder as backups_folder
from guardia.cli.checks import channels, machine, people, upkeep
from guardia.cli.checks import database as checks_database
from guardia.cli.checks.finding import CHECKS, Check, CheckResult, Health, Installation, answers, utc_now
from guardia.clocks import watch
from guardia.clocks.calendars import ChangeKind
from guardia.clocks.clock import Clock
from guardia.config import policies
from guardia.config.now import now
from guardia.customers.contact import Contact
from guardia.evidence.target import ServiceTarget
from guardia.evidence.target_editing import save_target
from guardia.notices import holding, leases
from guardia.notices.notice import Delivery
from guardia.people import shifts
from guardia.people.rehearsal import NamedList
from guardia.people.staff import Role, Staff
from tests.mailin.mail_server import PASSWORD, USER, MailServer
from tests.notices.post_office import PostOffice, free_port
from tests.ops.broken import Authority, Greeter, NameServer, Pooler, TlsServer
from tests.procedure.story import Story, sample_published, staff

pytestmark = pytest.mark.process

HOUSE = Installation()
PUBLIC = {
    "PUBLIC_URL": "https://guardia.example.com",
    "ALLOWED_HOSTS": ["guardia.example.com"],
    "HTTPS": True,
    "TRUSTED_PROXIES": ["127.0.0.0/8"],
    "DEMO": False,
    "DEBUG": False,
}


def told(check: Callable[[Installation], object], house: Installation = HOUSE) -> list[CheckResult]:
    answer = check(house)
    return [answer] if isinstance(answer, CheckResult) else list(answer)  # type: ignore[call-overload]


def health(check: Callable[[Installation], object], house: Installation = HOUSE) -> str:
    """The worst that it says."""
    order = [Health.OK, Health.WARN, Health.BAD]
    said = told(check, house)
    for each in said:
        assert bool(each.remedy) == (each.health is not Health.OK), "what is wrong has a remedy, what is well has none"
    return max((each.health for each in said), key=order.index).value


@pytest.fixture
def real(settings):
    """Switched on as a real installation is."""
    for name, value in PUBLIC.items():
        setattr(settings, name, value)
    return settings


# --- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (switched_on.LAPTOP_KEY, "warn"),
        ("corta", "bad"),
        ("a" * 60, "bad"),
        ("8d1f-Kq0Zr7!pW2mVb5xT9cYh3sLn6uGe4aJ", "bad"),
    ],
)
def test_a_key_that_can_be_guessed(settings, key, expected):
    settings.SECRET_KEY = key
    assert health(machine.secret_key) == expected
    settings.SECRET_KEY = "8d1f-Kq0Zr7!pW2mVb5xT9cYh3sLn6uGe4aJ" * 2
    assert health(machine.secret_key) == "ok"


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"PUBLIC_URL": "guardia"}, "bad"),
        ({"ALLOWED_HOSTS": ["otro.example.com"]}, "bad"),
        ({"ALLOWED_HOSTS": ["*"]}, "warn"),
        ({"PUBLIC_URL": "http://localhost:8000", "ALLOWED_HOSTS": ["localhost"]}, "warn"),
    ],
)
def test_links_that_lead_nowhere(real, wrong, expected):
    assert health(machine.addresses) == "ok"
    for name, value in wrong.items():
        setattr(real, name, value)
    assert health(machine.addresses) == expected


def test_the_address_for_the_test_kit_of_tm_forum_is_for_this_machine_alone(real):
    assert health(machine.tmf621_kit) == "ok"
    real.TMF621_KIT = "gdk_abcdefgh ENL-0042"
    assert health(machine.tmf621_kit) == "bad"
    real.PUBLIC_URL = "http://localhost:8000"
    assert health(machine.tmf621_kit) == "warn"


def test_https_without_a_proxy_and_none_at_all(real):
    assert health(machine.https) == "ok"
    real.TRUSTED_PROXIES = []
    assert health(machine.https) == "bad"
    real.HTTPS = False
    assert health(machine.https) == "bad"
    real.PUBLIC_URL = "http://localhost:8000"
    assert health(machine.https) == "ok"


@pytest.mark.parametrize("switch", ["DEBUG", "DEMO"])
def test_a_switch_for_trying_out(real, switch):
    assert health(machine.debug) == "ok"
    setattr(real, switch, True)
    assert health(machine.debug) == "bad"


def test_figures_that_a_careless_proxy_would_show_to_everybody(real):
    real.METRICS_TOKEN = ""
    assert health(machine.figures_for_prometheus) == "warn"
    real.METRICS_TOKEN = "8d1f-Kq0Zr7pW2mVb5xT9"
    assert health(machine.figures_for_prometheus) == "ok"
    real.METRICS_TOKEN, real.PUBLIC_URL = "", "http://localhost:8000"
    assert health(machine.figures_for_prometheus) == "ok"


@pytest.mark.parametrize("level", ["DEBUG", "ERROR"])
def test_a_log_that_says_too_much_or_too_little(settings, level):
    assert health(machine.log_destination) == "ok"
    settings.LOG_LEVEL = level
    assert health(machine.log_destination) == "warn"


# --- the certificate --------------------------------------------------------------------------------------------------


@pytest.fixture
def shown(settings, tmp_path, monkeypatch):
    """PUBLIC_URL leads to a TLS server whose certificate is for ``host`` and good for so many days from now."""
    authority, servers = Authority(tmp_path), list[TlsServer]()
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))

    def show(host: str = "localhost", days: float = 90, since: float = -1) -> None:
        at = utc_now()
        servers.append(TlsServer(authority.context(host, at + timedelta(days=since), at + timedelta(days=days))))
        settings.PUBLIC_URL = f"https://localhost:{servers[-1].port}"

    yield show
    for server in servers:
        server.close()


def test_a_certificate_that_a_browser_takes(shown):
    shown()
    assert health(machine.certificate) == "ok"


@pytest.mark.parametrize(("days", "expected"), [(68, "ok"), (70, "warn"), (89.5, "warn")])
def test_a_certificate_that_ends_soon(shown, days, expected):
    shown()
    assert health(machine.certificate, Installation(at=utc_now() + timedelta(days=days))) == expected


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"days": -0.1}, "has expired"),
        ({"since": 1}, "is not valid yet"),
        ({"host": "otra.example.com"}, "is for another name"),
    ],
)
def test_a_certificate_that_a_browser_refuses(shown, wrong, words):
    shown(**wrong)
    with translation.override("en"):
        assert health(machine.certificate) == "bad"
        assert words in told(machine.certificate)[0].words


def test_a_certificate_that_nobody_vouches_for(shown, monkeypatch):
    shown()
    monkeypatch.delenv("SSL_CERT_FILE")
    with translation.override("en"):
        assert health(machine.certificate) == "bad"
        assert "Nobody vouches" in told(machine.certificate)[0].words


def test_an_address_that_does_not_answer_or_speaks_no_tls(shown, settings):
    settings.PUBLIC_URL = f"https://localhost:{free_port()}"
    assert health(machine.certificate) == "warn"
    settings.PUBLIC_URL = f"https://localhost:{Greeter(b'HTTP/1.1 400 no').port}"
    assert health(machine.certificate) == "bad"
    settings.PUBLIC_URL = "http://localhost:8000"
    assert health(machine.certificate) == "ok"


# --- the database -----------------------------------------------------------------------------------------------------


def through(connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks ask by this connection."""

    def asked(question: str, *values: object, alias: str = "") -> tuple:
        found = connection.execute(question.replace("%s::timestamptz", "%s"), values or None).fetchone()
        assert found is not None
        return found

    for module in (checks_database, upkeep):
        monkeypatch.setattr(module, "fetch_one", asked)


def as_role(name: str, database: str = "", **options: str) -> psycopg.Connection:
    url = os.environ["DATABASE_DIRECT_URL"]
    return psycopg.connect(url, user=name, **({"dbname": database} if database else {}), autocommit=True, **options)


def test_a_database_that_answers_and_one_that_does_not(db):
    assert health(checks_database.database) == "ok"
    assert health(checks_database.database, Installation(database=False)) == "bad"


def test_an_old_server(db, monkeypatch):
    monkeypatch.setattr(checks_database, "OLDEST_SERVER", 99)
    assert health(checks_database.database) == "bad"


def test_a_role_that_no_wall_holds(owner, monkeypatch):
    assert health(checks_database.application_role) == "ok"
    through(owner, monkeypatch)
    said = told(checks_database.application_role)
    assert [each.health for each in said] == [Health.BAD] * len(said)
    assert len(said) >= 3, "a superuser, that makes roles, and owns the tables"


def test_a_role_that_may_not_step_behind_the_walls(owner, monkeypatch):
    assert health(checks_database.database_roles) == "ok"
    owner.execute("CREATE ROLE lonely LOGIN")
    try:
        with as_role("lonely") as lonely:
            through(lonely, monkeypatch)
            assert health(checks_database.database_roles) == "bad"
    finally:
        owner.execute("DROP ROLE lonely")


@pytest.mark.django_db(transaction=True, databases=["default", "direct"])
def test_a_database_that_is_behind(owner):
    assert health(checks_database.migrations) == "ok"
    owner.execute("COMMENT ON FUNCTION refuse_change() IS 'policies.sql of another version'")
    assert health(checks_database.migrations) == "bad"
    policies.apply(connections["direct"])
    assert health(checks_database.migrations) == "ok"
    owner.execute("DELETE FROM django_migrations WHERE app = 'guardia' AND name >= '0001'")
    assert health(checks_database.migrations) == "bad"


def test_a_pooler_without_the_way_past_it(owner, monkeypatch, settings):
    """A program between us and PostgreSQL gives a number of its own, as every pooler does."""
    assert health(checks_database.direct_connection) == "ok"
    said = urlsplit(os.environ["DATABASE_URL"])
    folder = parse_qs(said.query)["host"][0]
    pooler = Pooler(Path(folder) / ".s.PGSQL.5432")
    try:
        with as_role("guardia_app", host="127.0.0.1", port=str(pooler.port)) as behind_it:
            through(behind_it, monkeypatch)
            for prepare, direct, expected in (
                (1, settings.DATABASE_URL, "bad"),
                (1, "postgresql:///elsewhere", "warn"),
                (None, "postgresql:///elsewhere", "ok"),
            ):
                settings.DATABASE_DIRECT_URL = direct
                stub = SimpleNamespace(
                    ensure_connection=lambda: None,
                    connection=behind_it,
                    settings_dict={"OPTIONS": {"prepare_threshold": prepare}},
                )
                monkeypatch.setattr(checks_database, "connection", stub)
                assert health(checks_database.direct_connection) == expected
    finally:
        pooler.close()


def test_an_owner_who_is_missing_or_does_not_see_all(owner, monkeypatch, settings):
    through(owner, monkeypatch)
    assert health(checks_database.owner_role) == "ok"
    with as_role("guardia_app") as app:
        through(app, monkeypatch)
        assert health(checks_database.owner_role) == "warn"
    said = iter([("guardia_owner", True, False)])
    monkeypatch.setattr(checks_database, "fetch_one", lambda *words, **more: next(said))
    (told_of,) = told(checks_database.owner_role)
    assert "ALTER ROLE guardia_owner CREATEDB" in told_of.remedy
    settings.DATABASE_DIRECT_URL = settings.DATABASE_URL
    assert health(checks_database.owner_role) == "warn"


def test_a_server_that_loses_data_at_a_power_cut(db):
    """The server of the tests runs without fsync."""
    said = told(checks_database.durability)
    assert [each.health for each in said].count(Health.BAD) == 2
    assert said[-1].health is Health.WARN


def test_transactions_that_are_forgotten(owner, monkeypatch):
    through(owner, monkeypatch)
    assert health(checks_database.forgotten_transactions) == "ok"
    owner.execute("SET idle_in_transaction_session_timeout = 0")
    assert health(checks_database.forgotten_transactions) == "warn"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (("", 0, 0, 0, 0), "ok"),  # by a socket of this machine
        (("10.0.0.2", 5, 3, 3, 15_000), "ok"),  # as docs/operations/install.md has it
        (("10.0.0.2", 60, 10, 6, 15_000), "warn"),
        (("10.0.0.2", 5, 3, 3, 0), "warn"),
        (("10.0.0.2", 5, 3, 3, 600_000), "warn"),
        (("10.0.0.2", 7200, 75, 9, 0), "warn"),  # as PostgreSQL comes
    ],
)
def test_rows_that_a_host_which_is_cut_off_keeps_locked(db, monkeypatch, said, expected):
    monkeypatch.setattr(checks_database, "fetch_one", lambda _question: said)
    assert health(checks_database.cut_off_hosts) == expected
    if said[0] and expected == "ok":
        assert "15 s" in told(checks_database.cut_off_hosts)[0].words


def test_how_long_a_host_is_waited_for_is_asked_of_the_server_itself(db):
    host, *numbers = checks_database.fetch_one(checks_database.PATIENCE)
    assert (host, [type(each) for each in numbers]) == ("", [int] * 4)
    assert health(checks_database.cut_off_hosts) == "ok"


def test_a_database_that_loses_letters(owner, monkeypatch):
    assert health(checks_database.encoding) == "ok"
    owner.execute("CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C'")
    try:
        with as_role("guardia_owner", "ascii") as elsewhere:
            through(elsewhere, monkeypatch)
            assert health(checks_database.encoding) == "bad"
    finally:
        owner.execute("DROP DATABASE ascii WITH (FORCE)")


def test_connections_that_run_out(db, monkeypatch):
    assert health(checks_database.connections_left) == "ok"
    monkeypatch.setattr(checks_database, "FEWEST_CONNECTIONS", 10_000)
    assert health(checks_database.connections_left) == "warn"


@pytest.mark.parametrize(("apart", "expected"), [(0, "ok"), (10, "warn"), (-10, "warn"), (3600, "bad")])
def test_a_clock_that_is_wrong(db, apart, expected):
    house = Installation(host_clock=lambda: utc_now() + timedelta(seconds=apart))
    assert health(checks_database.host_clock, house) == expected


def test_a_procedure_that_counts_in_another_zone_than_the_installation(as_staff, settings):
    house = Installation(at=now())
    sample_published(house.now)
    assert health(checks_database.time_zones, house) == "ok"
    settings.TIME_ZONE = "America/Bogota"  # as far from UTC as Guayaquil, and yet another one
    assert health(checks_database.time_zones, house) == "warn"


def test_a_time_zone_that_nobody_knows_or_not_alike(db, settings, monkeypatch):
    house = Installation(at=now())
    assert health(checks_database.time_zones, house) == "ok"
    monkeypatch.setattr(checks_database, "fetch_one", lambda *said: (house.now.replace(tzinfo=None),))
    assert health(checks_database.time_zones, house) == "bad"
    settings.TIME_ZONE = "Mars/Olympus"
    assert health(checks_database.time_zones, house) == "bad"


# --- what leaves and what comes in ------------------------------------------------------------------------------------


def test_a_mail_server_that_is_away_and_one_that_speaks_in_the_open(settings):
    office = PostOffice()
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", office.port
    assert health(channels.mail_server) == "bad"
    office.open()
    try:
        assert health(channels.mail_server) == "ok"
        settings.SMTP_TLS = "starttls"
        assert health(channels.mail_server) == "bad", "it offers no TLS"
        settings.SMTP_TLS = "none"
        settings.SMTP_USER, settings.SMTP_PASSWORD = "guardia", "x"
        assert health(channels.mail_server) == "bad", "it lets nobody sign in"
        settings.SMTP_USER, settings.SMTP_HOST = "", socket.getfqdn("127.0.0.1")
    finally:
        office.close()


def test_a_sender_who_is_nobody(real):
    real.MAIL_FROM = "casos@example.com"
    assert health(channels.sender) == "bad"
    real.MAIL_FROM = "casos@operadora.test"
    assert health(channels.sender) == "ok"
    real.PUBLIC_URL, real.MAIL_FROM = "http://localhost", "casos@example.com"
    assert health(channels.sender) == "warn"


@pytest.mark.parametrize(
    ("records", "expected", "count"),
    [
        ({"operadora.test": "v=spf1 mx -all", "_dmarc.operadora.test": "v=DMARC1; p=none"}, "ok", 1),
        ({"operadora.test": "v=spf1 mx -all"}, "warn", 1),
        ({"operadora.test": "something else"}, "warn", 2),
        ({}, "warn", 2),
    ],
)
def test_a_domain_without_spf_and_dmarc(settings, monkeypatch, records, expected, count):
    server = NameServer(records)
    asks = dns.resolver.Resolver(configure=False)
    asks.nameservers, asks.port = ["127.0.0.1"], server.port
    monkeypatch.setattr(channels, "resolver", lambda: asks)
    settings.MAIL_FROM = "casos@operadora.test"
    try:
        assert health(channels.sender_domain) == expected
        assert len(told(channels.sender_domain)) == count
    finally:
        server.close()


def test_a_domain_that_cannot_be_looked_up(settings, monkeypatch):
    asks = dns.resolver.Resolver(configure=False)
    asks.nameservers, asks.port = ["127.0.0.1"], free_port()
    monkeypatch.setattr(channels, "resolver", lambda: asks)
    monkeypatch.setattr(channels, "PATIENCE_SECONDS", 0.2)
    settings.MAIL_FROM = "casos@operadora.test"
    assert health(channels.sender_domain) == "warn"


def test_nobody_outside_who_is_told(settings):
    settings.DEADMAN_URL = ""
    assert health(channels.sign_of_life) == "warn"
    settings.DEADMAN_URL = "https://checks.example.com/a-secret"
    assert health(channels.sign_of_life) == "ok"
    assert "a-secret" not in told(channels.sign_of_life)[0].words


def test_an_access_of_snmp_that_goes_nowhere(story_here, settings):
    settings.SNMP_COMMUNITY, settings.PROBE_NETWORKS = "", []
    assert health(channels.snmp) == "ok"
    settings.SNMP_COMMUNITY = "comun"
    assert health(channels.snmp) == "warn", "no network is named"
    settings.PROBE_NETWORKS = ["192.0.2.0/24"]
    fields = {"service": story_here.service, "kind": "snmp", "address": "192.0.2.10", "asks": "3"}
    save_target(ServiceTarget(customer_id=story_here.service.customer_id), fields, at=story_here.now)
    assert health(channels.snmp) == "ok"
    settings.PROBE_NETWORKS = ["10.20.0.0/16"]
    assert health(channels.snmp) == "warn", "the test is outside of it"


def test_a_mailbox_that_cannot_be_read(settings, tmp_path):
    server = MailServer(tmp_path / "log")
    server.start()
    settings.IMAP_HOST, settings.IMAP_PORT, settings.IMAP_TLS = "127.0.0.1", server.port, "none"
    settings.IMAP_USER, settings.IMAP_PASSWORD, settings.IMAP_FOLDER = USER, PASSWORD, "INBOX"
    try:
        assert health(channels.mailbox) == "ok"
        settings.IMAP_FOLDER = "no existe"
        assert health(channels.mailbox) == "bad"
        settings.IMAP_FOLDER, settings.IMAP_PASSWORD = "INBOX", "otra"
        assert health(channels.mailbox) == "bad"
    finally:
        server.stop()
    assert health(channels.mailbox) == "bad"
    settings.IMAP_HOST, settings.MAIL_IN = "", True
    assert health(channels.mailbox) == "ok"
    settings.MAIL_IN = False
    assert health(channels.mailbox) == "warn"


def test_that_nothing_proves_who_sent_a_mail(settings):
    settings.MAIL_IN = True
    assert health(channels.senders) == "warn"
    settings.MAIL_AUTHSERV_ID = "mx.example.com"
    assert health(channels.senders) == "ok"
    settings.MAIL_AUTHSERV_ID, settings.MAIL_SENDER_PROOF = "", "exchange"
    assert health(channels.senders) == "ok"
    settings.MAIL_IN = False
    assert health(channels.senders) == "ok"


@pytest.fixture
def exchange_at(settings) -> Iterator[Callable[[bytes], Greeter]]:
    made = []

    def at(greeting: bytes) -> Greeter:
        made.append(Greeter(greeting))
        settings.AMI_HOST, settings.AMI_PORT, settings.AMI_TLS = "127.0.0.1", made[-1].port, "none"
        return made[-1]

    yield at
    for each in made:
        each.close()


def test_an_exchange_that_is_away_or_is_something_else(settings, exchange_at, monkeypatch):
    monkeypatch.setattr(channels, "PATIENCE_SECONDS", 600.0)  # a machine under load is no exchange that is away
    settings.AMI_HOST = ""
    assert health(channels.exchange) == "ok"
    exchange_at(b"Asterisk Call Manager/9.0.0\r\n")
    assert health(channels.exchange) == "ok"
    exchange_at(b"220 mail.example.com ESMTP\r\n")
    assert health(channels.exchange) == "bad"
    with socket.socket() as taken:  # nobody listens there, and nobody else can meanwhile
        taken.bind(("127.0.0.1", 0))
        settings.AMI_PORT = taken.getsockname()[1]
        assert health(channels.exchange) == "bad"


def test_an_exchange_that_nobody_hears(as_staff):
    at = now()
    assert health(channels.exchanges_heard, Installation(at=at)) == "warn"
    central = Exchange.objects.create(name="central", kind="ami", connected_at=at, seen_at=at)
    assert health(channels.exchanges_heard, Installation(at=at)) == "ok"
    assert health(channels.exchanges_heard, Installation(at=at + timedelta(minutes=5))) == "bad"
    Exchange.objects.filter(pk=central.pk).update(seen_at=None, connected_at=None)
    assert health(channels.exchanges_heard, Installation(at=at)) == "bad"


def test_an_exchange_whose_calls_come_in_by_a_way_that_nobody_named(as_staff):
    """Heard, and on nobody's screen; the numbers and queues: tests/settings/test_telephone.py."""
    at = now()
    central = Exchange.objects.create(name="central", kind="ami", connected_at=at, seen_at=at, contexts=["from-trunk"])
    assert health(channels.exchanges_named, Installation(at=at)) == "ok"
    begun = {"Event": "Newchannel", "Uniqueid": "c.1", "Linkedid": "c.1", "ChannelState": "4", "Exten": "1800400404"}
    packet = {**begun, "Context": "from-isp", "CallerIDNum": "0990000123", "Timestamp": f"{at.timestamp():.6f}"}
    journal.keep_packets(central, [list(packet.items())], "ami", at)
    assert health(channels.exchanges_named, Installation(at=at)) == "bad"
    assert health(channels.exchanges_heard, Installation(at=at)) == "ok"
    Exchange.objects.filter(pk=central.pk).update(inside=["from-isp"])
    assert health(channels.exchanges_named, Installation(at=at)) == "ok"


# --- places -----------------------------------------------------------------------------------------------------------


def test_a_store_that_takes_nothing_or_gives_back_something_else(settings, tmp_path, monkeypatch):
    def stands_at(place: Path) -> None:
        kept_there = {"BACKEND": "guardia.evidence.store.Folder", "OPTIONS": {"location": place}}
        settings.STORAGES = {**switched_on.STORAGES, "attachments": kept_there}

    stands_at(tmp_path / "store")
    assert health(upkeep.file_store) == "ok"
    assert list((tmp_path / "store").rglob("*.*")) == []
    (tmp_path / "a file").write_text("where the folder should be")
    stands_at(tmp_path / "a file")
    assert health(upkeep.file_store) == "bad"
    stands_at(tmp_path / "store")
    monkeypatch.setattr(upkeep.store, "read", lambda sha: b"something else")
    assert health(upkeep.file_store) == "bad"


@pytest.mark.parametrize(("free", "expected"), [(50, "bad"), (900, "warn"), (90_000, "ok")])
def test_a_disk_that_fills(settings, tmp_path, monkeypatch, free, expected):
    settings.BACKUP_DIR = str(tmp_path / "backups")
    monkeypatch.setattr(upkeep, "free_bytes", lambda place: free * upkeep.MEGABYTE)
    assert health(upkeep.disk) == expected
    assert len(told(upkeep.disk)) == 4


@pytest.mark.parametrize(("free", "expected"), [(50, "bad"), (900, "warn"), (90_000, "ok")])
def test_a_disk_of_postgresql_that_fills(owner, monkeypatch, free, expected):
    """The folder is asked of the server itself, which may be told by its owner alone."""
    through(owner, monkeypatch)
    (folder,) = owner.execute("SELECT current_setting('data_directory')").fetchone()
    asked = []
    monkeypatch.setattr(upkeep, "free_bytes", lambda place: asked.append(str(place)) or free * upkeep.MEGABYTE)
    assert health(upkeep.database_disk) == expected
    assert folder in asked


def test_a_disk_of_postgresql_that_cannot_be_seen_is_no_fault_and_says_so(owner, monkeypatch):
    with as_role("guardia_app") as app, translation.override("en"):
        through(app, monkeypatch)
        (said,) = told(upkeep.database_disk)
        assert said.health is Health.SKIPPED
        assert "GRANT pg_read_all_settings TO guardia_app" in said.words
        monkeypatch.setattr(upkeep, "fetch_one", lambda *words, **more: (True, False, "guardia_owner"))
        (said,) = told(upkeep.database_disk)
        assert said.health is Health.SKIPPED
        assert "on another machine" in said.words


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ((False, None, None, None, 0), "ok"),
        ((True, -5, None, None, 60), "ok"),
        ((True, -5, -10, "000000010000000000000001", 60), "ok"),
        ((True, -10, -5, "000000010000000000000001", 60), "bad"),
        ((True, None, -5, "000000010000000000000001", 60), "bad"),
        ((True, None, None, None, 60), "warn"),
        ((True, -90, None, None, 60), "warn"),
        ((True, -90, None, None, 3600), "ok"),
    ],
    ids=str,
)
def test_a_log_of_changes_that_is_not_archived(monkeypatch, said, expected):
    """Minutes before now, as pg_stat_archiver has them."""
    at = datetime(2026, 11, 25, 3, tzinfo=UTC)
    is_on, last, failed, which, seconds = said
    hours_of = [at + timedelta(minutes=each) if each is not None else None for each in (last, failed)]
    monkeypatch.setattr(upkeep, "fetch_one", lambda *words: (is_on, *hours_of, which, seconds))
    assert health(upkeep.archive, Installation(at=at)) == expected


def test_the_server_itself_says_how_its_archive_is(db):
    assert health(upkeep.archive) == "ok"


def test_a_folder_that_may_not_be_written(monkeypatch, tmp_path):
    monkeypatch.setattr(upkeep.os, "access", lambda place, how: False)  # root may write everywhere
    assert upkeep.space("STATE_DIR", tmp_path).health is Health.BAD


def test_backups_that_are_old_half_or_none(settings, tmp_path):
    settings.BACKUP_DIR = ""
    assert health(upkeep.backups) == "warn"
    settings.BACKUP_DIR = str(tmp_path)
    assert health(upkeep.backups) == "bad"
    at = datetime(2026, 11, 25, 3, tzinfo=UTC)
    folder = backups_folder.folder_of(tmp_path, at)
    folder.mkdir()
    assert health(upkeep.backups, Installation(at=at)) == "bad", "half a backup is none"
    (folder / backups_folder.MANIFEST).write_text("{}")
    assert health(upkeep.backups, Installation(at=at + timedelta(hours=25))) == "ok"
    assert health(upkeep.backups, Installation(at=at + timedelta(hours=27))) == "bad"


def test_a_drill_that_is_old_failed_or_never_was(settings, tmp_path):
    settings.BACKUP_DIR = ""
    assert told(upkeep.drill)[0].health is Health.SKIPPED
    settings.BACKUP_DIR = str(tmp_path)
    assert health(upkeep.drill) == "warn"
    at = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    drill = backups_folder.Drill(at.isoformat(), "20261101T030000Z", proven=True, seconds=61.0, lost_seconds=9.0)
    backups_folder.write_json(tmp_path / backups_folder.DRILL, asdict(drill))
    assert health(upkeep.drill, Installation(at=at + timedelta(days=34))) == "ok"
    assert health(upkeep.drill, Installation(at=at + timedelta(days=36))) == "warn"
    failed = replace(drill, proven=False, trouble="the dump is lost.")
    backups_folder.write_json(tmp_path / backups_folder.DRILL, asdict(failed))
    assert health(upkeep.drill, Installation(at=at)) == "bad"
    (tmp_path / backups_folder.DRILL).write_text("{}")
    assert health(upkeep.drill, Installation(at=at)) == "warn", "what cannot be read proves nothing"


# --- what runs by itself ----------------------------------------------------------------------------------------------


def test_a_worker_that_is_dead(as_staff):
    at = now()
    assert health(upkeep.worker, Installation(at=at)) == "bad"
    leases.seen(at)
    assert health(upkeep.worker, Installation(at=at)) == "ok"
    assert health(upkeep.worker, Installation(at=at + timedelta(minutes=1))) == "bad"


def test_a_sweep_that_is_silent_or_late(story_here):
    at = story_here.now
    assert health(upkeep.sweep, Installation(at=at)) == "bad"
    watch.seen("sweep", at)
    assert health(upkeep.sweep, Installation(at=at)) == "ok"
    due = Clock.objects.filter(due_at__isnull=False, ended_at=None).order_by("due_at")[0].due_at
    watch.seen("sweep", due + timedelta(minutes=2))
    assert health(upkeep.sweep, Installation(at=due + timedelta(minutes=2))) == "bad"


def test_letters_that_wait(as_staff):
    at = now()
    assert health(upkeep.letters, Installation(at=at)) == "ok"
    Delivery.objects.create(address="a@example.com", message_id="<1@example.com>", created_at=at, available_at=at)
    assert health(upkeep.letters, Installation(at=at + timedelta(minutes=9))) == "ok"
    assert health(upkeep.letters, Installation(at=at + timedelta(minutes=11))) == "bad"


# --- people and promise -----------------------------------------------------------------------------------------------


@pytest.fixture
def story_here(as_staff) -> Story:
    story = Story()
    story.open_case()
    return story


def test_roles_that_nobody_has(story_here):
    assert health(people.roles_held) == "bad"
    staff("admin", Role.ADMINISTRATOR)
    assert health(people.roles_held) == "warn"
    staff("calidad", Role.QUALITY)
    assert health(people.roles_held) == "ok"
    Staff.objects.filter(role=Role.SUPERVISOR).update(is_active=False)
    assert health(people.roles_held) == "warn"


def test_nobody_on_shift(story_here):
    house = Installation(at=story_here.now)
    assert health(people.on_shift, house) == "warn"
    shifts.enter(story_here.engineer, shifts.TECHNICAL, story_here.now)
    assert health(people.on_shift, house) == "ok"
    shifts.leave(story_here.engineer, story_here.now)
    assert health(people.on_shift, house) == "bad"


def test_in_rehearsal_it_says_so(story_here):
    assert health(people.in_rehearsal) == "ok"
    holding.begin(NamedList(), by=None, at=story_here.now)
    assert health(people.in_rehearsal) == "warn"
    holding.go_live(by=None, at=story_here.now)
    assert health(people.in_rehearsal) == "ok"


def test_a_level_that_nobody_reaches(story_here):
    from tests.procedure.nights import Night

    house = Installation(at=story_here.now)
    assert health(people.levels, house) == "bad"
    Night(story_here, (1, 2, 3))
    Staff.objects.filter(email="").update(email="alguien@example.com")
    assert health(people.levels, house) == "ok"
    Staff.objects.update(email="", channels=[])
    assert health(people.levels, house) == "bad"


def test_an_engineer_whom_no_page_reaches(story_here):
    Staff.objects.update(email="alguien@example.com")
    assert health(people.staff_without_a_way) == "ok"
    Staff.objects.filter(pk=story_here.engineer.pk).update(email="")
    assert health(people.staff_without_a_way) == "warn"


def test_a_company_that_cannot_be_told(story_here):
    assert health(people.contacts_without_a_way) == "warn", "the guard has neither an address nor a number"
    Contact.objects.filter(email="").update(phones=["+593725550148"])
    assert health(people.contacts_without_a_way) == "ok"
    Contact.objects.filter(customer=story_here.other).update(active=False)
    assert health(people.contacts_without_a_way) == "bad"


def test_no_promise_at_all(as_staff):
    assert health(people.procedure, Installation(at=now())) == "bad"
    for check in (people.technical_number, people.calendars, people.levels):
        assert told(check, Installation(at=now())) == []


def test_a_promise_with_a_number_and_one_without(story_here, monkeypatch):
    house = Installation(at=story_here.now)
    assert health(people.procedure, house) == "ok"
    assert health(people.technical_number, house) == "ok"
    stub = SimpleNamespace(procedure=SimpleNamespace(lines=[SimpleNamespace(desk="sales", number="1800")]))
    monkeypatch.setattr(people, "in_force", lambda at: stub)
    assert health(people.technical_number, house) == "bad"


def test_calendars_that_end(story_here, monkeypatch):
    assert health(people.calendars, Installation(at=story_here.now)) == "ok"
    assert health(people.calendars, Installation(at=datetime(2030, 2, 1, tzinfo=UTC))) == "bad"
    monkeypatch.setattr(people.rest_days, "ZONES", ())
    house = Installation(at=story_here.now)
    assert health(people.calendars, house) == "warn"
    day = date((house.now + people.ANNOUNCED_AHEAD).year, 12, 25)
    announce(ChangeKind.REST, day=day, by=story_here.supervisor, at=story_here.now)
    assert health(people.calendars, house) == "ok"
    assert health(people.calendars, Installation(at=house.now + timedelta(days=366))) == "warn"


# --- the report -------------------------------------------------------------------------------------------------------


def test_every_question_on_the_list_is_tried_here():
    here = Path(__file__)
    elsewhere = (
        *("notices/test_channels.py", "proof/test_key_check.py", "proof/test_time_stamps.py"),
        *("keys/test_command.py", "webhooks/test_failing.py", "carriers/test_interface.py", "config/test_replica.py"),
    )
    source = "".join(file.read_text() for file in (here, *(here.parents[1] / name for name in elsewhere)))
    assert len(CHECKS) == len({check.name for check in CHECKS}) > 30
    missing = [check.name for check in CHECKS if not re.search(rf"\.{check.name}\b", source)]
    assert missing == []


def test_one_that_fails_says_so_and_the_others_go_on():
    def breaks(house: Installation) -> CheckResult:
        raise OSError("the wire is cut.")

    (said,) = answers(Check("breaks", breaks, needs_database=False, within=False), HOUSE)
    assert said.health is Health.BAD
    assert "the wire is cut" in said.words


def test_a_house_without_a_database_is_looked_at_all_the_same(make_house):
    nowhere = f"postgresql://guardia_app@127.0.0.1:{free_port()}/guardia"
    done = make_house().guardia("doctor", "--json", "--language", "en", DATABASE_URL=nowhere)
    said = {line["check"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 1, done.stderr
    assert said["database"]["health"] == "bad"
    assert said["worker"]["health"] == "skipped"
    assert said["secret_key"]["health"] == "warn"


def test_a_filled_house_is_told_in_the_readers_language(filled):
    house, _said = filled
    done = house.guardia("doctor", "--json", LANG="en_US.UTF-8", LC_ALL="")
    said = {line["check"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert set(said) == {check.name for check in CHECKS}, done.stderr
    healthy = (
        "database",
        "application_role",
        "database_roles",
        "migrations",
        "direct_connection",
        "owner_role",
        "durability",
    )
    assert {said[name]["health"] for name in healthy} == {"ok"}, said
    assert done.returncode == 1, "no worker runs"
    lines = house.guardia("doctor", "--quiet", "--language", "en").stdout
    assert "→ Start it: guardia worker" in lines
    assert "Text is kept" not in lines


def test_settings_that_cannot_be_read_are_one_sentence(make_house):
    done = make_house().guardia("doctor", SMTP_PORT="veinticinco")
    assert done.returncode == 2
    assert "SMTP_PORT is 'veinticinco': write a whole number" in done.stderr
    assert "Traceback" not in done.stderr


# --- logins of their own ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("check", "variable", "login"),
    [
        (checks_database.portal_login, "DATABASE_PORTAL_URL", "guardia_portal_login"),
        (checks_database.portal_acts_login, "DATABASE_PORTAL_ACTS_URL", "guardia_portal_acts_login"),
        (checks_database.worker_login, "DATABASE_WORKER_URL", "guardia_worker_login"),
        (checks_database.sign_in_login, "DATABASE_SIGN_IN_URL", "guardia_sign_in_login"),
    ],
)
def test_a_login_that_is_missing_or_may_become_more(owner, settings, check, variable, login):
    setattr(settings, variable, "")
    (said,) = told(check)
    assert said.health == Health.WARN
    assert variable in said.remedy
    setattr(settings, variable, f"postgresql://{login}@/guardia")
    assert health(check) == "ok"
    setattr(settings, variable, "postgresql://guardia_app@/guardia")
    (said,) = told(check)
    assert said.health == Health.BAD
    assert "guardia_staff" in said.words
    setattr(settings, variable, "postgresql://nobody_of_that_name@/guardia")
    assert health(check) == "bad"
