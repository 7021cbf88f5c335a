"""`guardia doctor --attack`: each check stands before a server that holds, and fails before one that does not."""

import json
import ssl
import warnings
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from guardia.cli import attack
from guardia.cli.attack import Outcome, SlowClients, Target, must_be_ours, run, target_of
from guardia.cli.attack_checks import CHECKS, outcomes
from guardia.cli.checks.finding import Health
from guardia.cli.installation import Mistake
from guardia.cli.main import main
from guardia.web.api.health import installation_id
from tests.ops.conftest import addresses_of
from tests.ops.test_proxies import certificate, proxy  # noqa: F401  (fixtures)
from tests.ops.test_slow_clients import Web, running
from tests.ops.weak_server import WEAKNESSES, WeakServer

pytestmark = pytest.mark.process  # its servers and clients wait for each other for seconds

SLOW = {"slow_heads", "slow_bodies"}
NOT_WELL = {Health.WARN, Health.BAD}


def target(server: WeakServer, scheme: str = "http", tls: ssl.SSLContext | None = None) -> Target:
    return Target(scheme, "127.0.0.1", server.port, monotonic() + attack.MOST_SECONDS, answer_seconds=3, tls=tls)


def outcome_of(check: str, of: Target) -> Outcome:
    if check not in SLOW:
        return {each.__name__: each for each in CHECKS}[check](of)
    with SlowClients(of, seconds=4) as slow:
        return slow.heads(of) if check == "slow_heads" else slow.bodies(of)


@pytest.mark.parametrize("check", sorted(set(WEAKNESSES.values())))
def test_a_server_that_holds_stands_each_check(check):
    with WeakServer() as server:
        found = outcome_of(check, target(server))
    assert found.health == Health.OK, found
    assert found.sent
    assert found.received
    assert not found.remedy


@pytest.mark.parametrize(("weakness", "check"), WEAKNESSES.items())
def test_a_server_that_gives_way_fails_its_check_with_a_remedy(weakness, check):
    with WeakServer(weakness) as server:
        found = outcome_of(check, target(server))
    assert found.health in NOT_WELL, found
    assert found.received
    assert found.remedy


def test_every_check_has_a_server_that_fails_it():
    assert {each.__name__ for each in CHECKS} | SLOW == {*WEAKNESSES.values(), "tls_versions"}


# --- TLS --------------------------------------------------------------------------------------------------------------
def served_by(folder: Path, oldest: ssl.TLSVersion) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "fullchain.pem", folder / "key.pem")
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = oldest
    return context


def trusting(folder: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=folder / "fullchain.pem")
    context.check_hostname = False
    return context


def test_tls_that_is_new_with_a_certificate_that_holds_is_well(certificate):  # noqa: F811
    with WeakServer(tls=served_by(certificate, ssl.TLSVersion.TLSv1_2)) as server:
        one = target(server, "https", trusting(certificate))
        assert [outcome_of(check, one).health for check in ("tls_versions", "cookies", "security_headers")] == [
            "ok"
        ] * 3


def test_old_tls_is_found(certificate):  # noqa: F811
    with WeakServer(tls=served_by(certificate, ssl.TLSVersion.TLSv1)) as server:
        found = outcome_of("tls_versions", target(server, "https", trusting(certificate)))
    assert found.health == Health.BAD
    assert "TLSv1" in found.received


def test_a_certificate_that_nobody_vouches_for_is_found_and_the_other_checks_go_on(certificate):  # noqa: F811
    with WeakServer(tls=served_by(certificate, ssl.TLSVersion.TLSv1_2)) as server:
        one = target(server, "https")
        assert outcome_of("tls_versions", one).health == Health.BAD
        assert outcome_of("cookies", one).health == Health.OK


def test_without_tls_it_is_well_on_this_machine_alone(monkeypatch):
    with WeakServer() as server:
        assert outcome_of("tls_versions", target(server)).health == Health.SKIPPED
        monkeypatch.setattr(Target, "is_loopback", False)
        assert outcome_of("tls_versions", target(server)).health == Health.BAD


# --- whose it is, and how long ----------------------------------------------------------------------------------------
def test_an_address_that_does_not_answer_as_this_installation_is_not_attacked():
    with WeakServer(installation="another") as server, pytest.raises(Mistake, match="yes-it-is-mine"):
        must_be_ours(target(server), is_vouched_for=False)
    assert not server.wrong_links


def test_ones_own_is_known_by_what_it_answers_and_another_one_needs_ones_word():
    with WeakServer(installation=installation_id()) as server:
        must_be_ours(target(server), is_vouched_for=False)
    with WeakServer(installation="another") as server:
        must_be_ours(target(server), is_vouched_for=True)


def test_nobody_listens():
    with WeakServer() as server:
        pass
    with pytest.raises(Mistake, match="Nobody answers"):
        must_be_ours(target(server), is_vouched_for=True)


@pytest.mark.parametrize("written", ["guardia.example.com", "ftp://x", "http://", "http://x:99999", "http://[::1"])
def test_what_is_no_address_is_said_so(written):
    with pytest.raises(Mistake, match="write the address"):
        target_of(written)


def test_the_minute_ends_the_checks_and_says_so():
    with WeakServer() as server:
        over = Target("http", "127.0.0.1", server.port, until=monotonic() - 1)
        found = list(outcomes(over, slow_seconds=0))
    assert {each.health for each in found} == {Health.SKIPPED}
    assert len(found) == len(CHECKS) + len(SLOW)


def test_a_server_that_goes_away_meanwhile_is_no_traceback():
    with WeakServer() as server:
        one = target(server)
    found = list(outcomes(one, slow_seconds=0))
    assert {each.health for each in found} <= {Health.BAD, Health.SKIPPED}


# --- the command ------------------------------------------------------------------------------------------------------
@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guardia.cli.attack.SLOW_CONNECTIONS", 1)


@pytest.mark.parametrize(("weak", "code"), [((), 0), (("secrets",), 1)])
def test_the_command_says_each_check_and_its_exit_code_whether_all_is_well(quick, capsys, weak, code):
    with WeakServer(*weak, installation=installation_id()) as server:
        words = ["doctor", "--attack", f"http://127.0.0.1:{server.port}", "--json"]
        assert main(words) == code
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["check"] for line in lines if line["health"] == "bad"] == (["guessable_paths"] if weak else [])
    assert set(lines[0]) == {"check", "sent", "received", "health", "remedy"}


def test_in_the_readers_language(quick, capsys):
    with WeakServer("secrets", installation=installation_id()) as server:
        main(["doctor", "--attack", f"http://127.0.0.1:{server.port}", "--language", "es", "--quiet"])
    said = capsys.readouterr().out
    assert "Direcciones que los extraños adivinan" in said
    assert "→" in said
    assert "host_forged" not in said


def test_another_ones_address_is_refused_by_the_command(capsys):
    with WeakServer(installation="another") as server:
        assert main(["doctor", "--attack", f"http://127.0.0.1:{server.port}"]) == 1
    assert "does not answer as this installation" in capsys.readouterr().err


def test_run_tells_each_outcome(quick):
    told: list[Outcome] = []
    with WeakServer(installation=installation_id()) as server:
        assert run(f"http://127.0.0.1:{server.port}", is_vouched_for=False, tell=told.append)
    assert len(told) == len(CHECKS) + len(SLOW)


# --- the real process -------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def web(postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with running(tmp_path_factory.mktemp("attacked"), threads=4, BODY_SECONDS="2", **addresses_of(postgres)) as one:
        yield one


PATIENCE = 600.0  # seconds: longer than any of it takes; only what hangs is ended by it


@pytest.mark.process
def test_the_web_process_stands_them_all(web: Web):
    one = Target("http", "127.0.0.1", web.port, monotonic() + PATIENCE, answer_seconds=60)
    must_be_ours(one, is_vouched_for=False)
    found = {each.check: each for each in outcomes(one, slow_seconds=PATIENCE / 2)}
    assert {name: each for name, each in found.items() if each.health != Health.OK}.keys() == {"tls_versions"}, found
    assert len(found) == len(CHECKS) + len(SLOW)


# --- the real proxies before it, with the examples that are shipped ---------------------------------------------------
OURS = "guardia.example.com"
ENDED_BY_A_PROXY = 25.0
"""Seconds: each of them ends a head after 15 s (deploy/proxy); how long it holds a body is its own choice."""


@pytest.fixture(scope="module")
def backend(postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """In place of the one of test_proxies: Guardia itself, as it is set behind a proxy."""
    behind = {"BEHIND_PROXY": "1", "PUBLIC_URL": f"https://{OURS}", "ALLOWED_HOSTS": f"{OURS},localhost"}
    key = {"SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-only-for-this-test"}
    state = tmp_path_factory.mktemp("behind")
    with running(state, threads=4, BODY_SECONDS="2", **behind, **key, **addresses_of(postgres)) as one:
        yield one


@pytest.mark.process
def test_guardia_behind_each_proxy_stands_them_all(proxy, certificate, monkeypatch):  # noqa: F811
    monkeypatch.setattr(Target, "named", OURS)
    one = Target("https", "127.0.0.1", proxy, monotonic() + PATIENCE, answer_seconds=20, tls=trusting(certificate))
    monkeypatch.setattr(Target, "server_name", OURS)
    found = list(outcomes(one, slow_seconds=ENDED_BY_A_PROXY))
    assert [each for each in found if each.health in {Health.BAD, Health.SKIPPED}] == []
    # nginx and Caddy end no body of which some comes now and then; Caddy goes on after two lengths, as the pieces say.
    assert {each.check for each in found if each.health == Health.WARN} <= {"slow_bodies", "request_smuggling"}
