"""docs/tmforum.md: each of its calls is sent but for number and key; and it names what there is."""

import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client

from guardia.people.staff import Role
from guardia.tmforum.ticket_event import EVENT_TYPES
from guardia.web.api.tmforum.ticket_query import ATTRIBUTES, HOURS

PAGE = (Path(__file__).parents[2] / "docs" / "tmforum.md").read_text()


def calls() -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines if line.strip()]


def sent(words: list[str], number: int, bearer: str) -> Any:
    """What curl would send of these words."""
    method, data, query, headers, address = "", "", "", {}, ""
    options = iter(words[1:])
    for word in options:
        if word == "-H":
            name, _colon, value = next(options).partition(":")
            headers[name] = value.strip().replace("$KEY", bearer)
        elif word == "-d":
            data = next(options)
        elif word == "-X":
            method = next(options)
        elif word == "--data-urlencode":
            name, _equals, value = next(options).partition("=")
            query = f"{name}={quote(value)}"
        elif word != "-G":
            address = word.replace("1040019", str(number))
    parts = urlsplit(address)
    path = f"{parts.path}?{query or parts.query}"
    kind = headers.pop("Content-Type", "application/json")
    return Client().generic(method or ("POST" if data else "GET"), path, data, kind, headers=headers)


@pytest.mark.parametrize("words", calls(), ids=lambda words: words[-1][-40:])
def test_each_call_of_the_page_does_what_it_says(story, machine, words):
    machine.as_role(Role.ADMINISTRATOR)
    story.open_case()
    answer = sent(words, story.number, machine.secret)
    assert answer.status_code in (200, 201), answer.content


@pytest.mark.parametrize("name", [*EVENT_TYPES, *ATTRIBUTES, *HOURS])
def test_the_page_names_it(name):
    assert name in PAGE or name in ("relatedEntity.entity.id", "relatedParty.partyOrPartyRole.id")
