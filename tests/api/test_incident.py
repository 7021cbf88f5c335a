"""An incident from its opening to its closing by the API alone; the page of the case says the same of it."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils.html import escape

from guardia.cases.number import grouped
from guardia.web.desk.clock import desk_zone
from tests.api.test_v2 import machine
from tests.breaking.browser import whole
from tests.hours import entry_points_read

__all__ = ["machine"]
HOUR_IN_LOG = re.compile(r'datetime="([^"]+)"')
SEEN = {"symptoms", "cause", "plan", "solution", "fault", "result"}


class Night:
    """What is done to one case, at an hour that passes."""

    def __init__(self, machine, story) -> None:
        self.machine, self.now, self.number = machine, story.now, 0

    def act(self, act: str, minutes: float = 1, /, **body: object) -> dict:
        self.now += timedelta(minutes=minutes)
        answer = self.machine.post(f"/cases/{self.number}/{act}", body)
        assert answer.status_code == 200, (act, answer.content.decode())
        return answer.json()["case"]

    def measure(self, verdict: str, *results: tuple[str, str], minutes: float = 1) -> None:
        for name, result in results:
            self.act("add_test", minutes, name=name, result=result, verdict=verdict)
            minutes = 0


@pytest.fixture
def night(story, machine, monkeypatch) -> Night:
    found = Night(machine, story)
    entry_points_read(monkeypatch, lambda: found.now)
    return found


def test_an_incident_is_walked_by_the_api_and_seen_equal_at_the_desk(story, night, engineer):
    opened = night.machine.post("/cases", {"service": story.service.pk, "symptoms": "No link", "impact": "down"})
    night.number = opened.json()["number"]
    night.measure("bad", ("ping", "loss 100 %"), ("light", "none"))
    stages = [opened.json()["stage"]]
    stages.append(night.act("diagnose", cause="Fibre cut", plan="Splice it", plan_kind="visit")["stage"])
    hours = [(night.now + timedelta(hours=hours)).isoformat() for hours in (1.5, 3)]
    people = {"operator": "Dispatch", "customer": "Head of systems", "site_contact": "Gate", "access": "24 hours"}
    night.act("agree_visit", forecast_from=hours[0], forecast_to=hours[1], **people)
    night.act("depart", 20)
    night.act("arrive", 40)
    night.act("clear_permit", 5)
    stages.append(night.act("restore", 30, solution="The fibre was spliced")["stage"])
    night.measure("good", ("ping", "loss 0 %"), ("bandwidth", "98 Mbps"))
    night.act("leave_site", 2, finished="done")
    confirmer = {"confirmer_name": "Head of systems", "position": "Head", "phone": "07 555 0148"}
    more = {"channel": "phone", "capacity": "employee", "plan_executed": "Spliced"}
    stages.append(night.act("confirm", 5, **confirmer, **more)["stage"])
    night.measure("good", ("ping", "loss 0 %"), ("bandwidth", "98 Mbps"), minutes=40)
    stages.append(night.act("stabilise")["stage"])
    closed = night.act("close", 5, fault="Fibre cut by road works", solution="Spliced", prevention="Move the duct")
    assert [*stages, closed["stage"]] == [
        *("diagnosis", "execution", "verification", "stability", "closure", "closure"),
    ]
    whole()
    same_at_the_desk(night, engineer, closed)


def same_at_the_desk(night: Night, engineer, case: dict) -> None:
    page = engineer.get(f"/casos/{night.number}/?lineas=240").content.decode()
    assert grouped(night.number) in page
    events = night.machine.get(f"/cases/{night.number}/events?limit=200").json()["items"]
    assert [one["seq"] for one in events] == list(range(1, case["seq"] + 1))
    in_log = {datetime.fromisoformat(hour).replace(microsecond=0) for hour in HOUR_IN_LOG.findall(page)}
    for event in events:
        assert datetime.fromisoformat(event["occurred_at"]).replace(microsecond=0) in in_log, event
        assert all(escape(text) in page for name, text in event["text"].items() if name in SEEN), event
    for name in ("opened_at", "restored_at", "closed_at"):
        assert f"{datetime.fromisoformat(case[name]).astimezone(desk_zone()):%H:%M}" in page, name
