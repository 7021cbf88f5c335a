"""The calls of docs/mef124.md, sent as they stand there."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from guardia.customers.customer import Customer
from guardia.people.staff import Role, Staff
from tests.api.test_v2 import machine
from tests.mef.buyer import Buyer
from tests.mef.staged import catches_up, taken

__all__ = ["machine"]
GUIDE = Path(__file__).parents[2] / "docs" / "mef124.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def calls(**values: str) -> Iterator[list[str]]:
    """The words of each curl of the guide, with these values for its variables."""
    for block in BLOCK.findall(GUIDE.read_text(encoding="utf-8")):
        for name, value in re.findall(r"^(\w+)=(\S+)$", block, re.MULTILINE):
            values[name] = value
        for name, value in values.items():
            block = block.replace(f"${name}", value)
        for command in re.split(r"^curl ", block, flags=re.MULTILINE)[1:]:
            yield shlex.split(command.replace("\\\n", " "))


def send(words: list[str], id: str) -> Any:
    """What curl would send, with the id of the ticket that there is."""
    headers, method, data, address = {}, "", "", ""
    rest = iter(words)
    for word in rest:
        if word == "-H":
            name, _colon, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-X":
            method = next(rest)
        elif word == "-d":
            data = next(rest)
        else:
            address = word
    parts = urlsplit(address.replace("R17", id))
    ask = getattr(Client(HTTP_ACCEPT_LANGUAGE="en"), (method or ("POST" if data else "GET")).lower())
    given = {"data": data, "content_type": headers.pop("Content-Type")} if data else {}
    return ask(f"{parts.path}?{parts.query}", headers=headers, **given)


def test_each_call_of_the_guide_is_done(story, ours: Buyer, machine, monkeypatch):
    Customer.objects.filter(pk=story.bank.pk).update(external_id="BANK-1")
    Staff.objects.filter(is_machine=True).update(role=Role.ADMINISTRATOR)
    monkeypatch.setattr("guardia.webhooks.editing.addresses", lambda _host, _port: [])  # nobody is asked for a name
    every = calls(KEY=ours.secret, OPERATORS_KEY=machine.secret)
    made, listed, changed, closed, reopened, cancelled, listens = every
    assert send(listens, "").status_code == 201
    answer = send(made, "")
    assert answer.status_code == 201, answer.content
    id = answer.json()["id"]
    taken(story, machine, id)
    assert send(changed, id).status_code == 200
    catches_up(story)
    story.diagnosis()
    story.service_is_restored()
    story.service_is_tested()
    assert [one["id"] for one in send(listed, id).json()] == [id]
    assert send(reopened, id).status_code == 204
    catches_up(story)
    story.diagnosis()
    story.service_is_restored()
    story.service_is_tested()
    assert send(closed, id).status_code == 204
    second = send(made, "").json()["id"]
    assert second == id
    story.open_case()
    assert send(cancelled, str(story.number)).status_code == 204
