"""TMF656: mass outages as service problems, as the standard's document has them; a company sees its own alone."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as drawn
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from guardia.config.database_roles import DatabaseRole, behind
from guardia.config.now import now
from guardia.network.alert import Alert, AlertSource
from guardia.outages import declaring, news, proposing, restoring
from guardia.outages.outage import Origin, Outage
from guardia.people.staff import Role, Staff
from tests.api.conformance import operations_of
from tests.breaking.browser import taken_back
from tests.outages.city import City
from tests.procedure import story as stories
from tests.tmforum.problems.conftest import Reader, reader_of
from tests.tmforum.problems.documents import PROBLEMS, must_fit, part_of

BASE = "/tmf-api/serviceProblemManagement/v5"
LIST = f"{BASE}/serviceProblem"


@pytest.fixture
def outage(city) -> Outage:
    """One of the node, with the cases of three companies; two pieces of news, one alert."""
    city.somebody_calls(city.service)
    found = city.declared(name="Corte del nodo", public_name={"es": "Corte en el centro", "en": "A cut downtown"})
    news.tell(found, {"es": "Va una cuadrilla", "en": "A crew is on its way"}, None, by=city.by, at=city.now)
    source = AlertSource.objects.create(name="monitoreo", kind="generic", token_digest="x")
    Alert.objects.create(
        source=source,
        fingerprint="f",
        state="firing",
        name="PON sin luz",
        since=city.now,
        first_at=city.now,
        last_at=city.now,
        outage=found,
    )
    return found


def proposed(city: City) -> Outage:
    """Of another node, which no service of a company stands behind but that of the bank."""
    return proposing.propose(
        element=city.other_node,
        site=None,
        services=[city.service.pk],
        signs={},
        started_at=city.now,
        origin=Origin.CASES,
        now=city.now,
    )


def problem(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content
    must_fit(PROBLEMS, "ServiceProblem", answer.json())
    return answer.json()


def listed(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    for one in answer.json():
        must_fit(PROBLEMS, "ServiceProblem", one)
    assert answer["X-Result-Count"] == str(len(answer.json()))
    return answer.json()


def refused(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    must_fit(PROBLEMS, "Error", answer.json())
    assert answer.json()["status"] == str(status)
    return answer.json()


def test_an_outage_is_a_service_problem_with_what_stands_behind_it(city, outage, operator):
    found = problem(operator.get(f"{LIST}/{outage.number}"))
    assert (found["id"], found["name"], found["status"]) == (str(outage.number), "Corte del nodo", "inProgress")
    assert found["affectedNumberOfServices"] == 3
    assert {one["name"] for one in found["affectedService"]} == {one.circuit for one in city.services}
    numbers = {str(city.case_of(one).number) for one in city.services}
    assert {one["id"] for one in found["troubleTicket"]} == numbers
    assert [one["name"] for one in found["underlyingAlarm"]] == ["PON sin luz"]
    assert [one["description"] for one in found["trackingRecord"]] == ["declared", "news"]
    assert "A crew is on its way" in json.dumps(found["trackingRecord"])
    assert [one["id"] for one in found["affectedResource"]] == ["NODO-1"]
    assert problem(operator.get(f"{LIST}/{outage.display_number}")) == found
    assert listed(operator.get(LIST)) == [found]


def test_each_state_has_its_status(city, outage, operator):
    def status() -> str:
        return problem(operator.get(f"{LIST}/{outage.number}"))["status"]

    city.minutes_pass(1)
    city.diagnosed(outage)
    assert status() == "inProgress"
    city.restored(outage)
    found = problem(operator.get(f"{LIST}/{outage.number}"))
    assert (found["status"], bool(found["resolutionDate"])) == ("resolved", True)
    for service in city.services:
        city.closes(service)
    restoring.end(outage, by=city.by, at=city.now)
    assert status() == "closed"
    other = proposed(city)
    assert problem(operator.get(f"{LIST}/{other.number}"))["status"] == "pending"
    declaring.dismiss(other, "no era", by=city.by, at=city.now)
    assert problem(operator.get(f"{LIST}/{other.number}"))["status"] == "rejected"


def test_lists_are_narrowed_by_status_cut_and_counted(city, outage, operator):
    other = proposed(city)
    both = [str(other.number), str(outage.number)]
    assert [one["id"] for one in listed(operator.get(LIST))] == both
    assert [one["id"] for one in listed(operator.get(f"{LIST}?status=pending"))] == both[:1]
    assert [one["id"] for one in listed(operator.get(f"{LIST}?status=pending,inProgress"))] == both
    assert [one["id"] for one in listed(operator.get(f"{LIST}?status=pending&status=inProgress"))] == both
    assert listed(operator.get(f"{LIST}?status=held")) == []
    second = operator.get(f"{LIST}?offset=1&limit=1")
    assert [one["id"] for one in listed(second)] == both[1:]
    assert second["X-Total-Count"] == "2"
    none = operator.get(f"{LIST}?limit=0")
    assert (none.json(), none["X-Total-Count"]) == ([], "2")


def test_fewer_fields_are_answered_where_they_are_asked_for(outage, operator):
    (one,) = operator.get(f"{LIST}?fields=status,name").json()
    assert set(one) == {"id", "href", "@type", "status", "name"}
    assert set(operator.get(f"{LIST}/{outage.number}?fields=troubleTicket").json()) == {
        *("id", "href", "@type"),
        "troubleTicket",
    }


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("offset=-1", "offset"),
        ("status=open", "status"),
        ("colour=red", "colour"),
        ("status=%00", "status"),
    ],
)
def test_what_is_asked_wrongly_is_named(operator, query, named):
    assert refused(operator.get(f"{LIST}?{query}"), 400)["message"].startswith(f"{named}: ")


def test_nothing_is_written_here_and_it_says_where(city, outage, operator):
    for method, address in (("post", LIST), ("patch", f"{LIST}/{outage.number}"), ("delete", f"{LIST}/1")):
        answer = operator.send(method, address)
        assert "POST /api/v2/outages" in refused(answer, 405)["message"]
        assert answer["Allow"] == "GET, HEAD, OPTIONS"
    assert operator.send("options", LIST).status_code == 204


def test_who_may_not_is_refused_in_the_standards_words(city, outage, operator):
    nobody = Reader(operator.key, {})
    refused(nobody.get(LIST), 401)
    refused(Reader(operator.key, {"Authorization": "Bearer gdk_none"}).get(LIST), 401)
    operator.may_only("tmf642.read", "cases.read")
    assert "tmf656.read" in refused(operator.get(LIST), 403)["message"]
    operator.may_only("tmf656.read")
    assert len(listed(operator.get(LIST))) == 1
    Staff.objects.filter(pk=operator.key.staff_id).update(role=Role.TECHNICIAN)
    refused(operator.get(LIST), 403)
    refused(operator.get(f"{LIST}/999999"), 403)


@pytest.mark.parametrize("number", ["9999", "0", "AM-x", "99999999999999999999", "-1", "%00"])
def test_what_is_not_there_is_not_found(outage, operator, number):
    refused(operator.get(f"{LIST}/{number}"), 404)
    refused(operator.get(f"{BASE}/nothing"), 404)


# --- companies --------------------------------------------------------------------------------------------------------
def test_a_company_sees_what_touches_it_and_nothing_of_another(city, outage, bank, hospital):
    mine, theirs = (problem(one.get(f"{LIST}/{outage.number}")) for one in (bank, hospital))
    assert [one["name"] for one in mine["affectedService"]] == [city.service.circuit]
    assert [one["name"] for one in theirs["affectedService"]] == [city.hospital_service.circuit]
    assert mine["affectedNumberOfServices"] == theirs["affectedNumberOfServices"] == 1
    assert [one["id"] for one in mine["troubleTicket"]] == [str(city.case_of(city.service).number)]
    assert [one["id"] for one in theirs["troubleTicket"]] == [str(city.case_of(city.hospital_service).number)]
    assert mine["name"] == "A cut downtown"
    assert [one["description"] for one in mine["trackingRecord"]] == ["declared", "news"]
    for found, foreign in ((mine, city.hospital_service), (theirs, city.service)):
        written = json.dumps(found)
        for secret in (foreign.circuit, foreign.customer.name, "NODO-1", "Corte del nodo", "PON sin luz"):
            assert secret not in written
        assert not {"underlyingAlarm", "affectedResource", "reason", "category", "relatedEntity"} & set(found)


def test_a_company_does_not_see_outages_of_others_proposals_nor_what_its_service_left(city, outage, bank, hospital):
    proposed(city)
    another = city.service_of(city.university, "UNI-9")
    apart = city.declared(name="Otro", element=None, services=(another.pk,))
    assert [one["id"] for one in listed(bank.get(LIST))] == [str(outage.number)]
    refused(bank.get(f"{LIST}/{apart.number}"), 404)
    outage.services.filter(customer=city.bank).update(state="left")
    assert listed(bank.get(LIST)) == []
    refused(bank.get(f"{LIST}/{outage.number}"), 404)
    assert str(outage.number) in [one["id"] for one in listed(hospital.get(LIST))]
    assert bank.get(LIST)["X-Total-Count"] == "0"


def test_a_public_outage_is_of_whom_it_touches_alone(city, outage, bank):
    other = city.declared(name="Otro", element=city.other_node, services=(city.university_service.pk,), is_public=True)
    refused(bank.get(f"{LIST}/{other.number}"), 404)


def test_by_the_portals_own_login_a_company_reads_the_same(portal_login, portal_acts_login, monkeypatch):
    """On a real installation companies are read by a database login of their own, which sees what was committed."""
    monkeypatch.setattr(stories, "TWO_IN_THE_MORNING", now() - timedelta(minutes=10))
    with behind(DatabaseRole.STAFF):
        city = City()
        city.somebody_calls(city.service)
        outage = city.declared(name="Corte del nodo", public_name={"es": "Corte en el centro"})
    mine = problem(reader_of(city.manager).get(f"{LIST}/{outage.number}"))
    assert [one["name"] for one in mine["affectedService"]] == [city.service.circuit]
    assert city.hospital_service.circuit not in json.dumps(mine)
    assert [one["description"] for one in mine["trackingRecord"]] == ["declared"]


def test_a_company_key_needs_its_scope(city, outage):
    refused(reader_of(city.manager, "cases.note").get(LIST), 403)


# --- whatever is asked ------------------------------------------------------------------------------------------------
SERVED = {"/serviceProblem": ("get",), "/serviceProblem/{id}": ("get",)}
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]


@pytest.mark.parametrize("operation", operations_of(part_of(PROBLEMS, SERVED, BASE)))
def test_each_answer_is_one_of_the_standards_document(operation, outage, operator, settings):
    settings.API_CALLS_PER_MINUTE = 10_000_000

    @drawn(max_examples=15, derandomize=True, suppress_health_check=list(HealthCheck), deadline=None)
    def conforms(case):
        if "id" in case.path_parameters and len(str(case.path_parameters["id"])) % 2:
            case.path_parameters["id"] = str(outage.number)
        with taken_back():
            response = case.call(headers={**operator.bearer, "Host": "testserver"})
        case.validate_response(response, checks=CHECKS)

    operation.each_request(conforms)
