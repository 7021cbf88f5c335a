"""Each kind of probe against a real socket on the loopback: what it measures, and that it always answers."""

import asyncio
import shutil
import socket
import subprocess

import pytest
from icmplib.exceptions import SocketPermissionError

from guardia.evidence.probes import icmp, path, run, tcp
from guardia.evidence.probes.measured import Measured, Pace, Question, counted, judged
from guardia.evidence.test_result import Verdict
from tests.evidence.servers import closed_port, hang_up, name_server, snmp_agent, tcp_server, web

pytestmark = pytest.mark.process

AT_ONCE = Pace(count=4, interval=0, timeout=5)
HERE = "127.0.0.1"


def asked(question: Question) -> Measured:
    return asyncio.run(run.ask(question))


def question(kind: str, **more) -> Question:
    return Question(kind, HERE, **{"host": HERE, "pace": AT_ONCE} | more)


def test_a_port_that_is_open_answers_every_time():
    async def story() -> Measured:
        async with tcp_server(hang_up) as port:
            return await run.ask(question("tcp", port=port))

    measured = asyncio.run(story())
    assert (measured.verdict, measured.code) == (Verdict.GOOD, "tcp")
    assert measured.numbers["received"] == 4
    assert len(measured.samples) == 4


def test_a_port_that_is_closed_is_bad():
    async def story() -> Measured:
        return await run.ask(question("tcp", port=await closed_port()))

    measured = asyncio.run(story())
    assert (measured.verdict, measured.numbers["loss"]) == (Verdict.BAD, 100.0)
    assert "mean" not in measured.numbers


@pytest.mark.parametrize(("max_loss", "verdict"), [(19, Verdict.BAD), (20, Verdict.GOOD)])
def test_loss_is_judged_by_the_limit_of_the_target(max_loss, verdict):
    samples = [1.0, None, 2.0, 3.0, 4.0]
    measured = judged("tcp", samples, Question("tcp", HERE, max_loss=max_loss))
    assert measured.verdict == verdict
    assert counted(samples) == {"sent": 5, "received": 4, "loss": 20.0, "min": 1.0, "mean": 2.5, "max": 4.0}


def test_slow_is_bad_where_the_target_says_how_slow():
    assert judged("tcp", [30.0, 50.0], Question("tcp", HERE, max_ms=39)).verdict == Verdict.BAD
    assert judged("tcp", [30.0, 50.0], Question("tcp", HERE, max_ms=40)).verdict == Verdict.GOOD


def web_answers(status: str, expects: str = "") -> tuple[Measured, list[str]]:
    seen: list[str] = []

    async def story() -> Measured:
        async with tcp_server(web(status, seen)) as port:
            return await run.ask(question("http", host=f"http://banco.example:{port}/salud?x=1", expects=expects))

    return asyncio.run(story()), seen


def test_a_web_page_is_asked_at_the_pinned_address_by_its_name():
    measured, seen = web_answers("200 OK")
    assert (measured.verdict, measured.numbers["status"]) == (Verdict.GOOD, 200)
    assert seen[0].startswith("GET /salud?x=1 HTTP/1.1")
    assert "host: banco.example:" in seen[0].lower()
    assert len(seen) == 4


def test_a_redirect_is_an_answer_and_is_not_followed():
    measured, seen = web_answers("302 Found")
    assert (measured.verdict, measured.numbers["status"], len(seen)) == (Verdict.GOOD, 302, 4)


def test_another_status_than_expected_is_bad():
    assert web_answers("503 Unavailable")[0].code == "http_other"
    assert web_answers("503 Unavailable", "503")[0].verdict == Verdict.GOOD


def test_a_web_server_that_is_gone_is_bad():
    async def story() -> Measured:
        return await run.ask(question("http", host=f"http://{HERE}:{await closed_port()}/"))

    measured = asyncio.run(story())
    assert (measured.verdict, measured.code, measured.numbers["trouble"]) == (
        Verdict.BAD,
        "http_silent",
        "ConnectError",
    )


def name_says(asks: str, expects: str = "") -> Measured:
    async def story() -> Measured:
        async with name_server() as port:
            return await run.ask(question("dns", port=port, asks=asks, expects=expects))

    return asyncio.run(story())


@pytest.mark.parametrize(
    ("asks", "expects", "verdict", "code"),
    [
        ("www.example", "", Verdict.GOOD, "dns"),
        ("www.example A", "192.0.2.1", Verdict.GOOD, "dns"),
        ("www.example", "192.0.2.9", Verdict.BAD, "dns_other"),
        ("nada.example", "", Verdict.BAD, "dns_no_record"),
    ],
)
def test_a_name_and_its_record(asks, expects, verdict, code):
    measured = name_says(asks, expects)
    assert (measured.verdict, measured.code) == (verdict, code)


def test_ping_where_the_system_lets_us():
    measured = asked(question("icmp"))
    if measured.code != "icmp":
        pytest.skip("this system lets this process send no ICMP")
    assert (measured.verdict, measured.numbers["received"]) == (Verdict.GOOD, 4)


@pytest.fixture
def no_privilege(monkeypatch):
    async def refused(*_asked: object) -> None:
        raise SocketPermissionError(False)

    def refused_too(*_asked: object) -> None:
        raise SocketPermissionError(True)

    monkeypatch.setattr(icmp, "series", refused)
    monkeypatch.setattr(path, "trace", refused_too)


def test_without_the_privilege_connections_are_timed_and_a_refusal_proves_presence(no_privilege):
    async def story() -> Measured:
        return await run.ask(question("icmp", port=await closed_port()))

    measured = asyncio.run(story())
    assert (measured.verdict, measured.code, measured.numbers["received"]) == (Verdict.GOOD, "icmp_by_tcp", 4)


def test_without_the_privilege_a_path_says_why_it_is_not_possible(no_privilege):
    measured = asked(question("path"))
    assert (measured.verdict, measured.code) == (Verdict.UNCLEAR, "path_not_permitted")


@pytest.fixture
def snmp_network(settings) -> None:
    settings.PROBE_NETWORKS = ["127.0.0.0/8"]


def interface_says(state: int, errors: list[int], asks: str = "3", secret: str = "secreta") -> Measured:
    async def story() -> Measured:
        async with snmp_agent(state, errors) as port:
            pace = Pace(count=2, interval=0, timeout=0.3 if secret != "secreta" else 5)
            return await run.ask(question("snmp", port=port, asks=asks, secret=secret, pace=pace))

    return asyncio.run(story())


@pytest.mark.parametrize(
    ("state", "errors", "verdict", "named", "new"),
    [
        (1, [7], Verdict.GOOD, "up", 0),
        (1, [7, 9], Verdict.BAD, "up", 2),
        (2, [7], Verdict.BAD, "down", 0),
    ],
)
def test_an_interface_is_good_while_it_is_up_and_its_errors_stand(snmp_network, state, errors, verdict, named, new):
    measured = interface_says(state, errors)
    assert (measured.verdict, measured.code) == (verdict, "snmp")
    assert (measured.numbers["state"], measured.numbers["errors"]) == (named, new)


def test_an_interface_that_is_none_and_a_community_that_is_wrong_are_unclear(snmp_network):
    assert interface_says(1, [0], asks="4").code == "snmp_no_interface"
    assert interface_says(1, [0], secret="otra").code == "snmp_silent"


def test_snmp_without_a_community_and_without_an_answer(snmp_network):
    assert asked(question("snmp", asks="3")).code == "snmp_no_community"
    pace = Pace(count=1, interval=0, timeout=0.05)
    measured = asked(question("snmp", asks="3", secret="public", port=9, pace=pace))
    assert (measured.verdict, measured.code) == (Verdict.UNCLEAR, "snmp_silent")


@pytest.mark.parametrize("networks", [[], ["10.20.0.0/16", "2001:db8::/32"]])
@pytest.mark.parametrize("secret", ["v2c:public", "v3:noc:SHA256:firma-larga:AES:clave-larga"])
def test_no_access_of_snmp_leaves_the_networks_that_are_named(settings, networks, secret):
    """Not a byte arrives at a socket that would take it; within the networks something does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind((HERE, 0))
        listening.setblocking(False)
        pace = Pace(count=1, interval=0, timeout=0.05)
        about = question("snmp", asks="3", secret=secret, port=listening.getsockname()[1], pace=pace)
        settings.PROBE_NETWORKS = networks
        measured = asked(about)
        assert (measured.verdict, measured.code) == (Verdict.UNCLEAR, "snmp_outside")
        with pytest.raises(BlockingIOError):
            listening.recv(100)
        settings.PROBE_NETWORKS = ["127.0.0.0/8"]
        assert asked(about).code == "snmp_silent"
        assert listening.recv(1000)


def test_an_address_that_is_allowed_no_more_is_not_tested(settings):
    """What was written down while PROBE_NETWORKS was wider, or PROBE_LOOPBACK was on."""
    settings.PROBE_LOOPBACK = False
    assert asked(question("tcp", port=9)).code == "not_allowed"


SNMPD = shutil.which("snmpd") or shutil.which("snmpd", path="/usr/sbin")


@pytest.mark.skipif(not SNMPD, reason="apt install snmpd")
def test_a_real_agent_answers_within_the_networks_and_hears_nothing_outside(settings, tmp_path):
    """net-snmp's own agent, asked for its loopback interface by v2c; its log names whoever speaks to it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind((HERE, 0))
        port = free.getsockname()[1]
    config, log = tmp_path / "snmpd.conf", tmp_path / "log"
    config.write_text(f"agentAddress udp:{HERE}:{port}\nrocommunity vigia {HERE}\n")
    command = [SNMPD, "-f", "-C", "-c", config, "-Lf", log, "-a", "-I", "-smux,-mteTrigger", "-p", tmp_path / "pid"]
    pace = Pace(count=1, interval=0, timeout=1)
    about = question("snmp", asks="1", secret="v2c:vigia", port=port, pace=pace)
    with subprocess.Popen(command, env={"SNMP_PERSISTENT_DIR": str(tmp_path)}) as agent:
        try:
            settings.PROBE_NETWORKS = ["10.20.0.0/16"]
            outside = asked(about)
            settings.PROBE_NETWORKS = ["127.0.0.0/8"]
            inside = next(
                (answer for answer in (asked(about) for _time in range(20)) if answer.code != "snmp_silent"), None
            )
        finally:
            agent.kill()
    assert outside.code == "snmp_outside"
    assert (inside and inside.code, inside and inside.numbers["state"]) == ("snmp", "up")


def test_what_takes_too_long_or_breaks_is_an_unclear_answer(monkeypatch):
    async def never(_question: Question) -> Measured:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(tcp, "probe", never)
    assert asyncio.run(run.ask(question("tcp"), longest=0)).code == "too_long"
    assert asked(question("unheard of")).code == "trouble"
