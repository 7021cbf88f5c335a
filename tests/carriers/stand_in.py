"""A Seller as somebody else writes it (MEF 124): a real HTTP server with tickets of its own, which can misbehave."""

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

BASE = "/mefApi/sonata/troubleTicket/v4"
KEY = "a-made-up-key"


@dataclass
class Hit:
    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    headers: dict[str, str]


@dataclass
class Reply:
    """What is answered in place of what a Seller should. ``does``: it does what was asked before it misbehaves."""

    status: int
    content: bytes = b""
    does: bool = False
    headers: dict[str, str] = field(default_factory=dict)


class StandIn:
    """``replies``: given to the requests of this method, one after the other; status 0 closes the connection."""

    def __init__(self) -> None:
        self.hits: list[Hit] = []
        self.replies: dict[str, list[Reply]] = {}
        self.tickets: dict[str, dict[str, Any]] = {}
        self.number = 0
        self.free = Event()  # while it is not set, nothing is answered
        self.free.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                raw = self.rfile.read(length) if length else b""
                parts = urlsplit(self.path)
                is_json = "json" in (self.headers.get("Content-Type") or "")
                body = json.loads(raw) if raw and is_json else raw.decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                hit = Hit(self.command, parts.path.removeprefix(BASE), parse_qs(parts.query), body, headers)
                outer.hits.append(hit)
                outer.free.wait(30)
                waiting = outer.replies.get(self.command)
                scripted = waiting.pop(0) if waiting else None
                status, content = outer.does(hit) if scripted is None or scripted.does else (0, b"")
                more: dict[str, str] = {}
                if scripted is not None:
                    status, content, more = scripted.status, scripted.content, scripted.headers
                if not status:
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = answer

            def log_message(self, *args: object) -> None:
                """Its log is nobody's business."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}{BASE}"

    def close(self) -> None:
        self.free.set()
        self.server.shutdown()
        self.server.server_close()

    # What a Seller does.
    def does(self, hit: Hit) -> tuple[int, bytes]:
        if hit.headers.get("authorization") != f"Bearer {KEY}":
            return answered(401, {"code": "invalidCredentials", "reason": "This key is not known."})
        steps = hit.path.strip("/").split("/")
        if steps[0] != "troubleTicket":
            return answered(404, {"code": "notFound", "reason": "There is no such address."})
        if len(steps) == 1:
            return self.opens(hit.body) if hit.method == "POST" else self.lists(hit.query)
        ticket = self.tickets.get(steps[1])
        if ticket is None:
            return answered(404, {"code": "notFound", "reason": "There is no ticket with this id."})
        if len(steps) == 3:
            return self.acts(ticket, steps[2], hit.body)
        if hit.method == "PATCH":
            known = {one["id"] for one in ticket["note"]}
            ticket["note"] += [one for one in hit.body["note"] if one["id"] not in known]
        return answered(200, ticket)

    def lists(self, query: dict[str, list[str]]) -> tuple[int, bytes]:
        wanted = query.get("externalId")
        found = [one for one in self.tickets.values() if not wanted or one["externalId"] in wanted]
        names = ("id", "externalId", "description", "status")
        return answered(200, [{name: one[name] for name in names} for one in found])

    def opens(self, body: dict[str, Any]) -> tuple[int, bytes]:
        if any(one["externalId"] == body["externalId"] for one in self.tickets.values()):
            return answered(422, [{"code": "otherIssue", "reason": "This externalId is known."}])
        self.number += 1
        ticket = {**body, "id": f"S-{self.number}", "status": "acknowledged", "note": body.get("note", [])}
        self.tickets[ticket["id"]] = {**ticket, "statusChange": []}
        return answered(201, self.tickets[ticket["id"]])

    TO = {"close": ("resolved", "closed"), "reopen": ("resolved", "reopened"), "cancel": ("*", "assessingCancellation")}

    def acts(self, ticket: dict[str, Any], deed: str, body: Any) -> tuple[int, bytes]:
        before, after = self.TO[deed]
        if before not in ("*", ticket["status"]):
            return answered(422, [{"code": "otherIssue", "reason": f"The ticket is {ticket['status']}."}])
        ticket["status"] = after
        ticket["reason"] = body
        return 204, b""

    # What its people do.
    def says(self, id: str, status: str, at: Any = None, reason: str = "", **more: Any) -> None:
        ticket = self.tickets[id]
        step = {"status": status, "changeReason": reason, **({"changeDate": at.isoformat()} if at else {})}
        ticket["statusChange"].append(step)
        ticket.update(status=status, **more)

    def notes(self, id: str, text: str, at: Any, note_id: str = "n-1", author: str = "NOC") -> None:
        self.tickets[id]["note"].append(
            {"id": note_id, "author": author, "date": at.isoformat(), "source": "seller", "text": text}
        )

    def asked(self, method: str) -> list[Hit]:
        return [hit for hit in self.hits if hit.method == method]


def answered(status: int, body: Any) -> tuple[int, bytes]:
    return status, json.dumps(body).encode()
