"""The telephone of a crew of `bin/faults`: all that was pressed goes in one sending, again until it is answered.

Each act has its key, so it is done once however often it arrives.
"""

import json
import random
import re
from datetime import UTC, datetime
from uuid import uuid4

from bench.faults.browser import Answer, Http
from bench.faults.journal import Journal, Kept
from guardia.cases.number import grouped

SENT_TWICE = 0.3
MOMENTS = {
    "depart": "departed",
    "arrive": "arrived",
    "permit": "permit_cleared",
    "note": "noted",
    "restore": "restored",
}
WORDS = {"note": "text", "restore": "solution"}


class Abandoned(Exception):
    """This case does not go on; the next one does."""


class Crew:
    def __init__(self, browser: Http, technician: str, journal: Journal, rng: random.Random) -> None:
        self.browser, self.technician, self.journal, self.rng = browser, technician, journal, rng

    def send(self, number: int) -> None:
        """A whole visit. Raises Abandoned where one of its acts is refused, Over."""
        visit = self.visit_of(number)
        markers = {kind: self.journal.marker(self.technician) for kind in WORDS}
        acts = [self.pressed(kind, order, visit, markers) for order, kind in enumerate(MOMENTS, 1)]
        body = json.dumps({"acts": acts}).encode()

        def press() -> Answer:
            token = json.loads(self.browser.get("/campo/estado").text).get("csrf", "")
            return self.browser.ask("POST", "/campo/envios", body, Content_Type="application/json", X_CSRFToken=token)

        answer = self.browser.patiently(press)
        if answer.status != 200:
            raise Abandoned(f"the sending of a crew: {answer.status}")
        states = {one["key"]: one["state"] for one in json.loads(answer.text)["acts"]}
        for act, (kind, moment) in zip(acts, MOMENTS.items(), strict=True):
            if states[str(act["key"])] == "refused":
                raise Abandoned(f"a crew's {moment} was refused")
            self.journal.keep(Kept("field", number, moment, markers.get(kind, "")))
        # A telephone that did not hear the answer sends all of it once more.
        if self.rng.random() < SENT_TWICE:
            self.browser.patiently(press)

    def visit_of(self, number: int) -> int:
        """As its page shows it."""
        parts = self.browser.get("/campo").text.split("data-visit=")[1:]
        found = re.match(r'"(\d+)"', next((part for part in parts if grouped(number) in part), ""))
        if found is None:
            raise Abandoned("a crew does not see its visit")
        return int(found[1])

    def pressed(self, kind: str, order: int, visit: int, markers: dict[str, str]) -> dict[str, object]:
        said = {"phone": self.technician, **({WORDS[kind]: markers[kind]} if kind in WORDS else {})}
        at = datetime.now(UTC).isoformat()
        return {"key": str(uuid4()), "order": order, "kind": kind, "at": at, "visit": visit, "facts": said}
