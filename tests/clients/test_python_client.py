"""The Python client does with a live server what a program of somebody else would do with it."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import httpx2
import pytest
from guardia_client import CompanyGuardia, Guardia, Problem, etag_of

from guardia.cases.case import Case
from guardia.config.database_roles import DatabaseRole, behind
from tests.api.test_company_keys import machine_of as company_machine_of
from tests.browser.relay import Relay

PEOPLE = {"operator": "Dispatch", "customer": "Head of systems", "site_contact": "Gate", "access": "24 hours"}


def count_of_cases() -> int:
    with behind(DatabaseRole.STAFF):
        return Case.objects.count()


def test_an_incident_is_walked_from_its_opening_to_its_closing(guardia, story, hour):
    cases = guardia.cases
    number = cases.open(service=story.service.pk, symptoms="No link", impact="down")["number"]
    stages = [cases.read(number)["stage"]]

    def measured(verdict: str, *results: tuple[str, str], minutes: float = 1) -> None:
        hour.passes(minutes)
        for name, result in results:
            cases.add_test(number, name=name, result=result, verdict=verdict)

    measured("bad", ("ping", "loss 100 %"), ("light", "none"))
    hour.passes(1)
    stages.append(cases.diagnose(number, cause="Fibre cut", plan="Splice it", plan_kind="visit")["case"]["stage"])
    forecast = {"forecast_from": hour.now + timedelta(hours=1.5), "forecast_to": hour.now + timedelta(hours=3)}
    cases.agree_visit(number, **PEOPLE, **forecast)
    hour.passes(20)
    cases.depart(number)
    hour.passes(40)
    cases.arrive(number)
    hour.passes(5)
    cases.clear_permit(number)
    hour.passes(30)
    stages.append(cases.restore(number, solution="The fibre was spliced")["case"]["stage"])
    measured("good", ("ping", "loss 0 %"), ("bandwidth", "98 Mbps"))
    cases.leave_site(number, finished="done")
    hour.passes(5)
    confirmed = cases.confirm(
        number,
        confirmer_name="Head of systems",
        position="Head",
        phone="07 555 0148",
        channel="phone",
        capacity="employee",
        plan_executed="Spliced",
    )
    stages.append(confirmed["case"]["stage"])
    measured("good", ("ping", "loss 0 %"), ("bandwidth", "98 Mbps"), minutes=40)
    stages.append(cases.stabilise(number)["case"]["stage"])
    hour.passes(5)
    closed = cases.close(number, fault="Fibre cut by road works", solution="Spliced", prevention="Move the duct")
    assert [*stages, closed["event_kind"]] == [
        *("diagnosis", "execution", "verification", "stability", "closure", "closed"),
    ]
    assert [one["kind"] for one in cases.events(number, limit=3)][-1] == "closed"
    assert closed["case"]["closed_at"]


def opened(guardia: Guardia, story, *symptoms: str) -> list[int]:
    return [guardia.cases.open(service=story.service.pk, symptoms=one, impact="down")["number"] for one in symptoms]


def test_a_list_is_gone_through_page_by_page(guardia, story):
    numbers = opened(guardia, story, *"abcde")
    page = guardia.cases.list(limit=2, sort="number")
    assert [one["number"] for one in page.items] == numbers[:2]
    assert [one["number"] for one in page] == numbers
    assert [one["number"] for one in guardia.cases.list(limit=2, sort="number", cursor=page.next_cursor)] == numbers[2:]
    assert list(guardia.cases.list(opened_before=datetime(2020, 1, 1, tzinfo=UTC))) == []


def test_a_file_goes_up_and_comes_down_as_it_was(guardia, story, tmp_path):
    (number,) = opened(guardia, story, "No link")
    lying = tmp_path / "measured.csv"
    lying.write_text("hour,loss\n02:00,100\n")
    added = guardia.cases.add_files(number, files=[lying, ("log.txt", b"no light")], caption="As measured", shown=True)
    assert ([one["name"] for one in added["files"]], added["refused"]) == (["measured.csv", "log.txt"], [])
    assert all(one["shown"] for one in added["files"])
    content = guardia.cases.file_content(number, added["files"][0]["id"])
    assert content == lying.read_bytes()
    assert sha256(content).hexdigest() == added["files"][0]["sha256"]


def test_what_is_refused_says_what_and_why(guardia, story):
    (number,) = opened(guardia, story, "No link")
    with pytest.raises(Problem) as early:
        guardia.cases.diagnose(number, cause="x", plan="y", plan_kind="visit")
    assert (early.value.status, early.value.clause) == (409, "P3")
    assert early.value.title in str(early.value)
    with pytest.raises(Problem) as wrong:
        guardia.cases.open(service=story.service.pk, symptoms="No link", impact="boat")
    assert (wrong.value.status, list(wrong.value.errors)) == (422, ["impact"])
    assert wrong.value.remedy
    with pytest.raises(Problem) as unknown:
        guardia.cases.read("../companies")
    assert unknown.value.status == 404


def test_words_are_in_the_language_of_the_client(live_server, machine):
    titles = set()
    for language in ("es", "en", "pt"):
        with Guardia(live_server.url, machine.secret, language=language) as client, pytest.raises(Problem) as refused:
            client.cases.read(1)
        titles.add(refused.value.title)
    assert len(titles) == 3


def test_an_answer_that_is_lost_is_asked_for_again_and_done_once(live_server, machine, story):
    relay = Relay(live_server.thread.port)
    pauses = []

    def mended(seconds: float) -> None:
        pauses.append(seconds)
        relay.mend()

    with Guardia(f"http://127.0.0.1:{relay.port}", machine.secret, pause=mended) as client:
        relay.lose_the_answer_of(b"POST /api/v2/cases ")
        case = client.cases.open(service=story.service.pk, symptoms="No link", impact="down")
        assert relay.answer_lost.is_set()
        relay.lose_the_answer_of(b"POST /api/v2/cases/")
        noted = client.cases.note(case["number"], text="The carrier sees no light either.")
        kinds = [one["kind"] for one in client.cases.events(case["number"])]
    relay.cut()
    assert len(pauses) == 2
    assert count_of_cases() == 1
    assert kinds.count("noted") == 1
    assert noted["event_kind"] == "noted", "under another key the answer is that of a repeat, which wrote no event"


def test_what_answers_no_more_is_given_up(live_server, machine, pauses):
    relay = Relay(live_server.thread.port)
    relay.cut()
    address = f"http://127.0.0.1:{relay.port}"
    client = Guardia(address, machine.secret, attempts=3, pause=pauses.append)
    with client, pytest.raises(httpx2.TransportError):
        client.cases.list()
    assert len(pauses) == 2


def test_a_change_that_may_have_been_done_is_not_sent_again_for_the_state_before_it(live_server, machine, story):
    """The second one would be refused with 412, although the first was done."""
    relay, pauses = Relay(live_server.thread.port), []
    with Guardia(f"http://127.0.0.1:{relay.port}", machine.secret, pause=pauses.append) as client:
        site = client.sites.read(story.site.pk)
        relay.lose_the_answer_of(b"PATCH ")
        with pytest.raises(httpx2.TransportError):
            client.sites.change(story.site.pk, access_hours="08:00 to 17:00", if_match=site)
        relay.mend()
        assert client.sites.read(story.site.pk)["access_hours"] == "08:00 to 17:00"
    relay.cut()
    assert pauses == []


def test_too_many_calls_wait_as_long_as_the_server_says(live_server, machine, settings):
    settings.API_CALLS_PER_MINUTE = 1
    pauses = []

    def allowed(seconds: float) -> None:
        pauses.append(seconds)
        settings.API_CALLS_PER_MINUTE = 10_000

    with Guardia(live_server.url, machine.secret, pause=allowed) as client:
        client.cases.list()
        assert client.cases.list().items == []
    assert len(pauses) == 1
    settings.API_CALLS_PER_MINUTE = 1
    client = Guardia(live_server.url, machine.secret, longest_pause=0, pause=allowed)
    with client, pytest.raises(Problem) as refused:
        client.cases.list()
    assert (refused.value.status, len(pauses)) == (429, 1)
    assert refused.value.retry_after


def test_of_two_writers_the_second_one_is_refused_and_what_is_known_is_not_sent_again(guardia, story):
    (number,) = opened(guardia, story, "No link")
    read = guardia.cases.read(number)
    assert etag_of(read)
    assert guardia.cases.read(number, known=read) is read
    guardia.cases.note(number, text="first", if_match=read)
    with pytest.raises(Problem) as second:
        guardia.cases.note(number, text="second", if_match=read)
    assert second.value.status == 412
    again = guardia.cases.read(number, known=read)
    assert (again is read, again["seq"]) == (False, read["seq"] + 1)


def test_a_key_of_ones_own_gives_the_first_answer_again(guardia, story):
    (number,) = opened(guardia, story, "No link")
    first = guardia.cases.note(number, text="seen", idempotency_key="INC0042-1")
    assert guardia.cases.note(number, text="seen", idempotency_key="INC0042-1") == first
    assert first["event_seq"]
    assert guardia.cases.note(number, text="seen")["event_seq"] is None


def test_a_companys_own_key_reports_by_circuit_and_reads_its_own(live_server, story):
    with behind(DatabaseRole.STAFF):
        secret = company_machine_of(story.manager).secret
    with CompanyGuardia(live_server.url, secret, language="en") as client:
        report = client.cases.open(circuit="ENL-0042", symptoms="No link", impact="down")
        assert report["case"] is None
        assert client.cases.list(report=report["report"]).items == []
        assert not hasattr(client, "companies")
        with pytest.raises(Problem) as refused:
            client.cases.list(assigned=1)
    assert list(refused.value.errors) == ["assigned"]
