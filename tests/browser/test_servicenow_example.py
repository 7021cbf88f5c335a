"""The ServiceNow example runs as a whole, with a stand-in for ServiceNow that really sends to the live server."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from guardia.calls.call import WrittenRequest
from guardia.cases.event import CaseEvent
from guardia.cases.number import grouped
from guardia.config.database_roles import DatabaseRole, behind
from guardia.procedure.vocabulary import Moment
from tests.api.test_company_keys import machine_of
from tests.clients.conftest import EXAMPLES, scopes_of

SCRIPT = (EXAMPLES / "servicenow-business-rule.js").read_text()
SERVICENOW = Path(__file__).with_name("servicenow.js").read_text()
INCIDENT = {
    "sys_id": "9d385017c611228701d22104cc95c371",
    "active": True,
    "short_description": "No link at the head office",
    "description": "Since two in the morning",
    "impact": "1",
    "cmdb_ci.name": "ENL-0042",
}


class ServiceNow:
    """One installation of ServiceNow, with one incident that is assigned to the carrier."""

    def __init__(self, page: Page, address: str, secret: str) -> None:
        self.page, self.secret = page, secret
        page.goto(f"{address}/salud/vivo")
        page.evaluate(f"() => {{ {SERVICENOW}\n{SCRIPT}\nwindow.there = {{ {THERE} }}; }}")
        page.evaluate("([incident, address]) => there.begin(incident, address)", [INCIDENT, address])
        self.use_key(secret)

    def use_key(self, secret: str) -> None:
        self.page.evaluate("key => { there.properties['guardia.key'] = key }", secret)

    def rule_runs(self) -> None:
        self.page.evaluate("() => there.rule()")

    def schedule_runs(self) -> None:
        self.page.evaluate("() => new there.GuardiaCarrier().readBack()")

    def comment(self, words: str) -> None:
        self.page.evaluate("words => there.journal(there.tables.incident[0].sys_id, 'comments', words)", words)

    @property
    def incident(self) -> dict[str, Any]:
        return self.page.evaluate("() => there.tables.incident[0]")

    @property
    def work_notes(self) -> list[str]:
        rows = self.page.evaluate("() => there.tables.sys_journal_field")
        return [row["value"] for row in rows if row["element"] == "work_notes"]

    @property
    def errors(self) -> list[str]:
        return self.page.evaluate("() => there.errors")


THERE = """tables, properties, errors, journal, GuardiaCarrier,
begin: (incident, address) => { tables.incident.push(incident); properties['guardia.address'] = address; },
rule: () => {
  const current = new GlideRecord('incident');
  current.query();
  current.next();
  new GuardiaCarrier().send(current);
}"""


@pytest.fixture
def servicenow(story, open_page: Callable[..., Page], live_server) -> ServiceNow:
    secret = machine_of(story.manager, " ".join(scopes_of("ServiceNow"))).secret
    return ServiceNow(open_page(), live_server.url, secret)


def reports() -> list[WrittenRequest]:
    with behind(DatabaseRole.STAFF):
        return list(WrittenRequest.objects.all())


def messages_to(story) -> int:
    with behind(DatabaseRole.STAFF):
        return CaseEvent.objects.filter(case__number=story.number, moment=Moment.MESSAGE_RECEIVED).count()


def test_an_incident_becomes_a_case_its_comments_notes_and_the_case_work_notes(story, servicenow):
    servicenow.rule_runs()
    servicenow.rule_runs()
    (report,) = reports()
    assert (report.customer_id, servicenow.errors) == (story.bank.pk, [])
    assert servicenow.incident["correlation_id"] == f"report {report.pk}"
    servicenow.comment("The router is lit")
    servicenow.rule_runs()
    servicenow.schedule_runs()
    assert (messages_to(story), servicenow.work_notes) == (0, [])
    with behind(DatabaseRole.STAFF):
        WrittenRequest.objects.filter(pk=report.pk).update(case=story.case)
    for _ in range(2):
        servicenow.schedule_runs()
        servicenow.rule_runs()
    assert servicenow.incident["correlation_id"] == str(story.number)
    assert messages_to(story) == 1
    (note,) = servicenow.work_notes
    assert grouped(story.number) in note
    assert "diagnosis" in note
    with behind(DatabaseRole.STAFF):
        story.diagnosis()
    servicenow.comment("The port is dark")
    servicenow.rule_runs()
    servicenow.schedule_runs()
    assert messages_to(story) == 2
    assert ["execution" in one for one in servicenow.work_notes] == [False, True]
    assert servicenow.errors == []


def test_a_report_that_is_refused_stands_in_the_log_and_is_sent_by_the_schedule(servicenow):
    servicenow.use_key("gdc_aaaaaaaa_bbbb")
    servicenow.rule_runs()
    assert reports() == []
    assert "401" in servicenow.errors[0]
    servicenow.use_key(servicenow.secret)
    servicenow.schedule_runs()
    servicenow.schedule_runs()
    (report,) = reports()
    assert servicenow.incident["correlation_id"] == f"report {report.pk}"


def test_the_script_keeps_to_what_servicenow_reads():
    """ES5: no arrows, templates, classes, or names that were declared in another way."""
    code = re.sub(r"/\*.*?\*/|//[^\n]*|'[^'\n]*'", "", SCRIPT, flags=re.DOTALL)
    assert re.findall(r"=>|`|\b(?:let|const|class|of)\b", code) == []
