"""A Buyer's machine that speaks MEF 124: each answer that it gets is one of the definition."""

import json
import re
from dataclasses import dataclass
from typing import Any

from django.test import Client

from guardia.web.api.mef.operations import ADDRESS
from tests.mef.definition import must_be_an_answer_of

OUTSIDE = {405, 408, 413, 415, 429}
"""Statuses of HTTP that the definition has no answer for."""


@dataclass
class Buyer:
    """``buyer_id`` is sent with each call, where the key acts for several companies."""

    secret: str
    buyer_id: str = ""

    def get(self, path: str, **query: str) -> Any:
        return self.send("get", path, query=query)

    def post(self, path: str, body: Any = None) -> Any:
        return self.send("post", path, body)

    def patch(self, path: str, body: Any) -> Any:
        return self.send("patch", path, body)

    def send(self, method: str, path: str, body: Any = None, query: dict[str, str] | None = None) -> Any:
        asked = {**(query or {}), **({"buyerId": self.buyer_id} if self.buyer_id else {})}
        path, _, query_here = path.partition("?")
        written = "&".join(filter(None, [query_here, *(f"{name}={value}" for name, value in asked.items())]))
        ask = getattr(Client(HTTP_ACCEPT_LANGUAGE="en"), method)
        given = {"headers": {"Authorization": f"Bearer {self.secret}"}}
        if method != "get":
            given |= {"data": json.dumps(body) if body is not None else "", "content_type": "application/json"}
        answer = ask(f"{ADDRESS}{path}{'?' + written if written else ''}", **given)
        if answer.status_code not in OUTSIDE:
            known = re.sub(r"^/(troubleTicket|incident|hub)/[^/]+", r"/\1/{id}", path)
            must_be_an_answer_of(known, method, answer.status_code, answer.json() if answer.content else None)
        return answer

    def ticket(self, id: str) -> dict[str, Any]:
        answer = self.get(f"/troubleTicket/{id}")
        assert answer.status_code == 200, answer.content
        return answer.json()


def contact(role: str = "reporterContact", **more: str) -> dict[str, str]:
    return {
        "role": role,
        "name": "Head of systems",
        "number": "+593 7 555 0148",
        "emailAddress": "head@example.com",
        **more,
    }


def note(text: str, id: str = "note-1", **more: str) -> dict[str, str]:
    return {"id": id, "author": "NOC", "date": "2026-11-28T02:00:00Z", "source": "buyer", "text": text, **more}


def body(circuit: str = "ENL-0042", **more: Any) -> dict[str, Any]:
    """A ticket as a Buyer opens it."""
    return {
        "description": "Connection is lost",
        "observedImpact": "down",
        "priority": "critical",
        "severity": "extensive",
        "ticketType": "maintenance",
        "relatedEntity": [{"id": circuit, "role": "Issue Source", "@referredType": "Product"}],
        "relatedContactInformation": [contact()],
        **more,
    }
