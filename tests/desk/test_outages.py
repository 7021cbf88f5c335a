"""The desk's pages of mass outages: declare, see who is back, tell all, and join a caller with one key."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest

from guardia.cases.case import Case
from guardia.config.now import now
from guardia.network.element import Element, ElementLink, ServiceElement
from guardia.outages.outage import Membership, Origin, Outage, OutageState
from guardia.outages.proposing import propose
from guardia.people.staff import Role
from guardia.procedure.version import ProcedureVersion
from guardia.web.desk.clock import desk_zone, hour
from tests.desk.conftest import words
from tests.desk.phone_calls import rings
from tests.procedure.story import staff


@pytest.fixture
def node(story) -> Element:
    """A node behind which the company's service stands."""
    found = Element.objects.create(code="CUE-N1", folded_code="cue-n1", name="Nodo Cuenca 1", kind="node")
    ring = Element.objects.create(code="ANILLO-SUR", folded_code="anillo-sur", name="Anillo sur", kind="route")
    ElementLink.objects.create(upper=ring, lower=found)
    ServiceElement.objects.create(customer=story.service.customer, service=story.service, element=found)
    return found


def declare(browser, **fields):
    sent = {"name": "Corte de fibra en el anillo sur", "element": "anillo-sur", "impact": "down", **fields}
    return browser.post("/afectaciones/nueva", sent)


@pytest.fixture
def outage(node, engineer) -> Outage:
    answer = declare(engineer)
    assert answer.status_code == 302, words(answer)
    return Outage.objects.get()


def test_before_anything_is_sent_it_says_who_is_behind_it(story, engineer, node):
    story.open_case()
    page = words(engineer.get("/afectaciones/nueva/al-lado?element=ANILLO-SUR"))
    assert '<p class="read-aloud">1</p>' in page
    assert "service of 1 company" in page
    assert "1 open case is added to it." in page
    assert story.case.display_number in page


def test_a_case_that_is_part_of_another_outage_is_not_said_to_join(story, engineer, outage):
    page = words(engineer.get("/afectaciones/nueva/al-lado?element=CUE-N1"))
    assert "service of 1 company" in page
    assert "open case is added to it" not in page
    assert story.service.cases.get().display_number not in page


def test_what_is_said_to_join_is_what_joins(story, engineer, node, the_hour_is):
    """A case that was opened before the rule reaches back has a cause of its own, unless the outage began before it."""
    case = story.open_case()
    two_hours_later = the_hour_is(story.now + timedelta(hours=2))
    address = "/afectaciones/nueva/al-lado?element=CUE-N1"
    late = words(engineer.get(address))
    assert "joins it" not in late
    assert "gets a case" not in late
    assert case.display_number not in late
    before = (story.now - timedelta(minutes=1)).astimezone(desk_zone())
    assert "1 open case is added to it." in words(
        engineer.get(address, {"element": "CUE-N1", "started": f"{before:%H:%M}"})
    )
    assert "joins it" not in words(engineer.get(address, {"element": "CUE-N1", "started": "mañana"}))
    assert declare(engineer).status_code == 302
    assert Outage.objects.get().declared_at == two_hours_later
    assert Case.objects.get().part_of is None


def test_a_proposal_is_foreseen_with_the_services_that_it_names_already(story, engineer):
    story.open_case()
    proposal = propose(
        element=None,
        site=None,
        services=[story.service.pk],
        signs={},
        started_at=story.now,
        origin=Origin.CASES,
        now=story.now,
    )
    page = words(engineer.get(f"/afectaciones/nueva/al-lado?propuesta={proposal.number}"))
    assert "1 open case is added to it." in page


def test_without_a_procedure_nothing_is_foreseen(engineer, node, the_hour_is):
    the_hour_is(ProcedureVersion.objects.get().effective_at - timedelta(days=1))
    assert "No procedure is published yet" in words(engineer.get("/afectaciones/nueva/al-lado?element=CUE-N1"))


def test_elements_are_offered_while_one_writes(engineer, node):
    page = words(engineer.get("/afectaciones/nueva/al-lado?solo=elementos&element=cue"))
    assert '<option value="CUE-N1">Nodo Cuenca 1</option>' in page
    assert "ANILLO" not in page


def test_it_is_declared_from_an_element_and_the_case_joins(story, engineer, node):
    case = story.open_case()
    answer = declare(engineer, forecast="23:59")
    outage = Outage.objects.get()
    assert answer.url == f"/afectaciones/{outage.number}/"
    assert outage.state == OutageState.DECLARED
    assert Case.objects.get(pk=case.pk).part_of == outage
    page = words(engineer.get(answer.url))
    assert "Corte de fibra en el anillo sur" in page
    assert case.display_number in page
    assert "not back yet" in page


def test_nothing_behind_it_is_said_beside_the_form(engineer, story):
    answer = declare(engineer, element="")
    assert answer.status_code == 422
    assert "Say what is behind it" in words(answer)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("element", "nada", "No element is called “nada”"),
        ("circuits", "ENL-9999", "No service has these circuits: enl-9999"),
        ("name", "", "This field is required"),
        ("started", "mañana", "The time is missing"),
        ("impact", "bad", "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_lost(engineer, node, field, value, said):
    answer = declare(engineer, cause="Una retroexcavadora", **{field: value})
    assert answer.status_code == 422
    assert said in words(answer)
    assert "Una retroexcavadora" in words(answer)
    assert not Outage.objects.exists()


def test_news_is_written_once_and_told_to_all(story, engineer, outage):
    answer = engineer.post(f"/afectaciones/{outage.number}/novedad", {"words_es": "La cuadrilla está en el corte."})
    assert answer.status_code == 302
    page = words(engineer.get(answer.url))
    assert "La cuadrilla está en el corte." in page
    assert "written to 1 case" in page


def test_news_is_due_again_by_the_procedures_rule_also_where_no_case_is_part_of_it(engineer, outage, the_hour_is):
    began, address = outage.declared_at, f"/afectaciones/{outage.number}/"
    due = began + timedelta(minutes=30)
    Case.objects.update(part_of=None)
    at = the_hour_is(due - timedelta(minutes=1))
    assert said_of(engineer, address) == (f"next news by {hour(due, at)}", False)
    at = the_hour_is(due + timedelta(minutes=1))
    assert said_of(engineer, address) == (f"news was due at {hour(due, at)}", True)
    assert f"news was due at {hour(due, at)}" in words(engineer.get("/afectaciones"))
    engineer.post(f"{address}novedad", {"words_es": "La cuadrilla está en el corte."})
    assert said_of(engineer, address) == (f"next news by {hour(at + timedelta(minutes=30), at)}", False)
    the_hour_is(at + timedelta(minutes=1))
    engineer.post(f"{address}normalizado", {"solution": "Empalme"})
    outage.refresh_from_db()
    assert outage.state == OutageState.RESTORED
    assert "news" not in hours_line(engineer, address)


def hours_line(browser, address: str) -> str:
    return words(browser.get(address)).split('<p class="outage-hours">')[1].split("</p>")[0]


def said_of(browser, address: str) -> tuple[str, bool]:
    """What the page says of the next news, and whether it is marked as late."""
    line = hours_line(browser, address)
    said = re.search(r"<span( class=\"warned\")?>(?:<svg.*?</svg> )?((?:next news|news was)[^<]*)</span>", line, re.S)
    return said[2], bool(said[1])


def test_what_was_typed_comes_back_with_its_mistake(engineer, outage):
    answer = engineer.post(f"/afectaciones/{outage.number}/novedad", {"words_en": "The crew is there."})
    assert answer.status_code == 422
    assert "The crew is there." in words(answer)


def test_a_caller_joins_with_one_press(story, engineer, outage):
    call = rings(story, now(), whose=story.engineer)
    page = words(engineer.get("/llamadas/vivo", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/"}))
    assert "Probably this outage" in page
    assert f'action="/afectaciones/{outage.number}/llamada/{call.pk}"' in page
    assert 'data-card-key="0"' in page
    answer = engineer.post(f"/afectaciones/{outage.number}/llamada/{call.pk}")
    case = Case.objects.get(part_of=outage)
    assert answer.url == f"/casos/{case.number}/abierto"
    call.refresh_from_db()
    assert call.case == case


def test_a_call_joined_twice_is_joined_once(story, engineer, outage):
    call = rings(story, now(), whose=story.engineer)
    address = f"/afectaciones/{outage.number}/llamada/{call.pk}"
    engineer.post(address)
    assert engineer.post(address).url == f"/llamadas/{call.pk}"
    assert Case.objects.count() == 1


def test_the_page_of_the_call_says_it_too(story, engineer, outage):
    call = rings(story, now(), whose=story.engineer)
    page = words(engineer.get(f"/llamadas/{call.pk}"))
    assert "Probably this outage" in page
    assert outage.display_number in page


def test_the_case_says_what_it_is_part_of(story, engineer, outage):
    case = Case.objects.get(part_of=outage)
    page = words(engineer.get(f"/casos/{case.number}/"))
    assert "Part of a mass outage" in page
    assert f'href="/afectaciones/{outage.number}/"' in page


def test_restored_but_for_the_one_that_is_named(story, engineer, outage):
    case = Case.objects.get(part_of=outage)
    engineer.post(f"/afectaciones/{outage.number}/diagnostico", {"cause": "Fibra cortada", "plan": "Empalmar"})
    answer = engineer.post(
        f"/afectaciones/{outage.number}/normalizado", {"solution": "Empalme hecho", "apart": case.service.circuit}
    )
    assert answer.status_code == 302, words(answer)
    assert outage.services.get().state == Membership.LEFT
    page = words(engineer.get(f"/afectaciones/{outage.number}/?ver=aparte"))
    assert case.display_number in page


def test_a_case_is_taken_out_with_its_reason(engineer, outage):
    case = Case.objects.get(part_of=outage)
    missing = engineer.post(f"/afectaciones/{outage.number}/separar", {"cases": case.display_number})
    assert missing.status_code == 422
    engineer.post(f"/afectaciones/{outage.number}/separar", {"cases": case.display_number, "why": "Tiene otra falla"})
    assert Case.objects.get(pk=case.pk).part_of is None


def test_an_act_that_its_state_does_not_allow_is_refused_in_words(engineer, outage):
    answer = engineer.post(f"/afectaciones/{outage.number}/recaida", {"why": "Otra vez"})
    assert answer.status_code in {302, 409}
    outage.refresh_from_db()
    assert outage.state == OutageState.DECLARED


def test_the_list_teaches_while_it_is_empty(story, engineer):
    assert "No mass outage is under way." in words(engineer.get("/afectaciones"))


def test_a_poll_is_answered_304_while_nothing_has_changed(engineer, outage):
    tag = engineer.get("/afectaciones")["HX-PTag"]
    again = engineer.get("/afectaciones?vivo=1", headers={"HX-Request": "true", "HX-PTag": tag})
    assert again.status_code == 304
    first = engineer.get(f"/afectaciones/{outage.number}/?vivo=1", headers={"HX-Request": "true"})["HX-PTag"]
    same = engineer.get(f"/afectaciones/{outage.number}/?vivo=1", headers={"HX-Request": "true", "HX-PTag": first})
    assert same.status_code == 304


def test_who_only_looks_sees_it_and_changes_nothing(story, outage, sign_in):
    auditor = sign_in(staff("auditora", role=Role.AUDITOR))
    page = words(auditor.get(f"/afectaciones/{outage.number}/"))
    assert "Notify all of them now" not in page
    assert auditor.post(f"/afectaciones/{outage.number}/novedad", {"words_es": "x"}).status_code == 403


@pytest.mark.parametrize("path", ["/afectaciones/0/", "/afectaciones/99999999999999999999/", "/afectaciones/7/novedad"])
def test_one_that_does_not_exist_is_404(story, engineer, path):
    assert engineer.get(path).status_code == 404


def test_the_tree_shows_what_failed_what_runs_over_it_and_whose_it_is(story, engineer, outage):
    html = engineer.get(f"/afectaciones/{outage.number}/").content.decode()
    svg = ElementTree.fromstring(re.search(r'<svg class="drawn".*?</svg>', html, re.S)[0])
    links = {link.get("href"): link.get("aria-label") for link in svg.iter("a")}
    case = story.service.cases.get()
    assert links[f"/elementos/{outage.element_id}/"] == outage.name
    assert story.service.circuit in links[f"/casos/{case.number}/"]
    assert links[f"/companias/{story.service.customer_id}/"] == story.service.customer.name
