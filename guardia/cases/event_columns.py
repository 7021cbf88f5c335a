"""Which event sets which column of a case, of its waits, visits, tests and files: a table a kind of row.

The key is a trigger, as a procedure names one: ``diagnosed``, or ``diagnosed/remote`` with its variant. A value that no
event says, or that was erased from the event, is UNKNOWN. All hours are UTC.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from guardia.cases.contesting import joined
from guardia.cases.stages.registration import DETAILS, PERSONAL, subject_of
from guardia.cases.transferring import COMPLAINT
from guardia.field.visit import Outcome
from guardia.people.shifts import TECHNICAL
from guardia.procedure.vocabulary import RequestStage, Stage

UNKNOWN, KEEP = object(), object()
"""Nothing says it; it stays as it was."""


@dataclass(frozen=True, slots=True)
class PastEvent:
    """An event as its rows follow from it; a text that was erased is None."""

    seq: int
    moment: str
    variant: str
    at: datetime
    recorded_at: datetime
    actor: int | None
    data: Mapping[str, Any]
    texts: Mapping[str, str | None]


type Row = dict[str, tuple[Any, int]]
"""By its column what a row holds, and the number of the event that says so."""
type Source = Callable[[PastEvent, Row], Any]
type Table = Mapping[str, Mapping[str, Source]]


def value_of(row: Row, column: str) -> Any:
    return row.get(column, (UNKNOWN, 0))[0]


def fixed(value: Any) -> Source:
    return lambda event, row: value


def text(name: str, most: int | None = None, missing: Any = "") -> Source:
    def read(event: PastEvent, row: Row) -> Any:
        found = event.texts.get(name, missing)
        return UNKNOWN if found is None else found.strip()[:most] if isinstance(found, str) else found

    return read


def datum(name: str, missing: Any = KEEP) -> Source:
    return lambda event, row: event.data.get(name, missing)


def changed(name: str) -> Source:
    """What an event says as ``{"from": …, "to": …}``."""
    return lambda event, row: event.data[name]["to"] if name in event.data else KEEP


def hour(name: str, missing: Any = KEEP) -> Source:
    return lambda event, row: as_hour(event.data[name]) if event.data.get(name) else missing


def as_hour(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def at(event: PastEvent, row: Row) -> datetime:
    return event.at


def variant(event: PastEvent, row: Row) -> str:
    return event.variant


def once(column: str) -> Source:
    """The hour of the event, unless there was one before."""
    return lambda event, row: event.at if value_of(row, column) in (UNKNOWN, None) else KEEP


def subject(event: PastEvent, row: Row) -> Any:
    """The cases of a mass outage say their symptoms alone, whose first line is the subject."""
    if "subject" in event.texts or not event.texts.get("symptoms"):
        return text("subject", missing=None)(event, row)
    return subject_of("", str(event.texts["symptoms"]))


def one_outage(name: str) -> Source:
    def read(event: PastEvent, row: Row) -> Any:
        began = event.data.get(name)
        return KEEP if began is None else [[began["to"] if isinstance(began, dict) else began, None]]

    return read


def affected_since(event: PastEvent, row: Row) -> Any:
    return as_hour(event.data["affected_since"]["to"]) if "affected_since" in event.data else KEEP


def of_outages(change: Callable[[list, PastEvent], list]) -> Source:
    """What an event makes of the outages before it, which may be unknown."""
    return lambda event, row: UNKNOWN if value_of(row, "outages") is UNKNOWN else change(row["outages"][0], event)


def _outage_of(event: PastEvent) -> list[str | None]:
    end = _flap_ended(event).isoformat() if "seconds" in event.data else None
    return [event.data.get("affected_since") or event.at.isoformat(), end]


outages_over = of_outages(lambda before, event: [[begin, end or event.at.isoformat()] for begin, end in before])
another_outage = of_outages(lambda before, event: [*before, _outage_of(event)])
outages_with_an_end = of_outages(lambda before, event: [each for each in before if each[1] is not None])


def _flap_ended(event: PastEvent) -> datetime:
    return event.at + timedelta(seconds=event.data["seconds"])


def green_after_flap(event: PastEvent, row: Row) -> Any:
    before = value_of(row, "green_since")
    return before if before is UNKNOWN else max(_flap_ended(event), before or event.at)


def in_verification(source: Source) -> Source:
    """P5: who confirms after a supervisor went on without anybody changes neither the stage nor the green window."""
    return lambda event, row: source(event, row) if value_of(row, "stage") == Stage.VERIFICATION else KEEP


def who_confirmed(event: PastEvent, row: Row) -> Any:
    name, position = (text(part)(event, row) for part in ("name", "position"))
    return UNKNOWN if UNKNOWN in (name, position) else f"{name}, {position}"


def first_answer(event: PastEvent, row: Row) -> Any:
    return KEEP if value_of(row, "answer") not in ("", UNKNOWN) else text("answer")(event, row)


def fields_after_transfer(event: PastEvent, row: Row) -> Any:
    """What the next desk asks for is in no event, but where the case is taken as a request anew."""
    return KEEP if event.data["to"] == TECHNICAL else UNKNOWN


def affected_nobody(event: PastEvent, row: Row) -> int | None:
    return 0 if value_of(row, "desk") == TECHNICAL else None


def of_former_tool(name: str) -> Source:
    """What a case that was taken over while it was open says of where it comes from."""
    return lambda event, row: event.data["former"][name] if "former" in event.data else KEEP


def in_rehearsal(event: PastEvent, row: Row) -> Any:
    return True if event.data.get("rehearsal") else KEEP


NOT_BACK = dict.fromkeys(("restored_at", "green_since"), fixed(None))
AS_IT_WAS = {name: text(name) for name in ("cause", "plan", "confirmed_by")} | {"stage": fixed(Stage.CLOSURE)}
AS_IT_WAS |= {name: hour(name, None) for name in ("restored_at", "green_since")}
WHO = {name: text(name) for name in PERSONAL}
BACK = {
    "solution": text("solution"),
    "stage": fixed(Stage.VERIFICATION),
    "restored_at": at,
    "outages": outages_over,
}
EMPTY: Mapping[str, Any] = {
    **dict.fromkeys(("answer", "cause", "confirmed_by", "fault", "late_reason", "plan", "prevention", "solution"), ""),
    **dict.fromkeys(("former_number", "former_system"), ""),
    **dict.fromkeys(("closed_at", "affected_seconds", "green_since", "restored_at"), None),
    "cause_is_probable": False,
    "in_rehearsal": False,
    "is_complaint": False,
    "plan_kind": "",
    "fields": {},
}
"""A case before its first event."""

CASE: Table = {
    "request_received": {"source": lambda event, row: event.variant if event.seq == 1 else KEEP},
    "registered": {
        **WHO,
        **NOT_BACK,
        **{name: datum(name) for name in ("impact", "band", "zone", "mains_power")},
        **{f"{name}_id": datum(name) for name in ("service", "site", "reporter")},
        "symptoms": text("symptoms"),
        "subject": subject,
        "outage_started_at": hour("affected_since"),
        "outages": one_outage("affected_since"),
        "stage": fixed(Stage.DIAGNOSIS),
        "desk": fixed(TECHNICAL),
        "opened_at": once("opened_at"),
        "in_rehearsal": in_rehearsal,
        **{f"former_{name}": of_former_tool(name) for name in ("system", "number")},
    },
    "admin_taken": {
        **WHO,
        **NOT_BACK,
        **dict.fromkeys(("band", "impact", "plan_kind"), fixed("")),
        **dict.fromkeys(("service_id", "site_id"), fixed(UNKNOWN)),
        "symptoms": text("symptoms"),
        "subject": subject,
        "desk": datum("desk"),
        "fields": datum("fields"),
        "reporter_id": datum("reporter"),
        "outage_started_at": fixed(None),
        "outages": fixed([]),
        "stage": fixed(RequestStage.TAKEN),
        "is_complaint": lambda event, row: event.variant == COMPLAINT,
        "opened_at": once("opened_at"),
        "in_rehearsal": in_rehearsal,
    },
    "details_updated": {
        **{name: text(name, missing=KEEP) for name in PERSONAL},
        **{name: datum(name) for name in (*(set(DETAILS) - PERSONAL), "fields", "band", "zone")},
        "impact": changed("impact"),
        "service_id": changed("service"),
        "site_id": changed("site"),
        "outage_started_at": affected_since,
        "outages": one_outage("affected_since"),
    },
    "assigned": {"assigned_id": datum("to")},
    "diagnosed": {
        "cause": text("cause"),
        "plan": text("plan"),
        "plan_kind": variant,
        "cause_is_probable": datum("probable"),
        "stage": fixed(Stage.EXECUTION),
    },
    "cause_corrected": {
        "cause": text("cause"),
        "plan": text("plan", missing=KEEP),
        "cause_is_probable": fixed(False),
    },
    "plan_changed": {"plan": text("plan"), "plan_kind": variant},
    "recovered": BACK,
    "restored": BACK,
    "confirmed": {"stage": in_verification(fixed(Stage.STABILITY)), "green_since": in_verification(at)},
    "confirmed/customer": {"solution": text("plan_executed"), "confirmed_by": who_confirmed},
    "confirmed/supervisor": {"confirmed_by": fixed("")},
    "flapped": {"green_since": green_after_flap, "outages": another_outage},
    "stabilised": {"stage": fixed(Stage.CLOSURE), "green_since": hour("green_since")},
    "relapsed": {
        **NOT_BACK,
        **dict.fromkeys(("closed_at", "affected_seconds"), fixed(None)),  # P5: one that is denied opens the case again
        **dict.fromkeys(("cause", "plan", "plan_kind", "confirmed_by"), fixed("")),
        "stage": fixed(Stage.DIAGNOSIS),
        "outages": another_outage,
    },
    "closed": {
        **{name: text(name) for name in ("fault", "solution", "prevention")},
        "affected_seconds": datum("affected_seconds"),
        "closed_at": at,
    },
    "closed/mistaken": AS_IT_WAS | {"plan_kind": datum("plan_kind"), "outages": outages_with_an_end},
    "cancelled": {"closed_at": at, "affected_seconds": affected_nobody},
    "ruled": {"affected_seconds": datum("affected_seconds")},
    "admin_answered": {"answer": first_answer, "stage": fixed(RequestStage.ANSWERED)},
    "admin_solved": {"solution": text("answer"), "stage": fixed(RequestStage.SOLVED), "closed_at": at},
    "transferred": {"desk": datum("to"), "fields": fields_after_transfer, "assigned_id": fixed(None)},
    "late_explained": {"late_reason": variant},
    "former_opened": {
        **{name: datum(name) for name in ("band", "zone", "desk", "impact")},
        **{f"{name}_id": datum(name) for name in ("service", "site")},
        "former_system": datum("system"),
        "former_number": datum("number"),
        "reporter_name": text("reporter_name"),
        "symptoms": text("symptoms"),
        "subject": text("subject"),
        "outages": fixed([]),
        "outage_started_at": fixed(None),
        "stage": fixed(Stage.CLOSURE),
        "source": fixed("former"),
        "opened_at": at,
    },
    "former_closed": {
        "cause": text("cause"),
        "solution": text("solution"),
        "restored_at": hour("restored_at", None),
        "closed_at": at,
    },
    "former_cancelled": {"cause": text("cause"), "solution": text("solution"), "closed_at": at},
}

PARTY = ("party", "party_ticket", "party_contact")
STANDS = {name: None for name in ("ended_at", "contested_at", "ruled_at", "ruled_by_id")} | {
    name: "" for name in ("contested_by", "contest_reason", "ruling", "ruling_reasons")
}
"""A wait of which no more was event than that it began."""

WAIT: Table = {
    "wait_started": {
        **{name: text(name) for name in ("reason", "proof", *PARTY)},
        "asked_by": text("asked_by", 160),
        "cause": variant,
        "clocks": datum("clocks"),
        "started_at": at,
        "party_promise_at": hour("due_at", None),
    },
    "wait_ended": {
        # The sweep ends a wait that holds nothing any more, never before it began.
        "ended_at": lambda event, row: (
            max(event.at, value_of(row, "started_at")) if event.data.get("idle") else event.at
        ),
    },
    "wait_corrected": {
        "started_at": lambda event, row: as_hour(event.data["hours"][0]) if event.data["hours"] else KEEP,
        "ended_at": lambda event, row: (
            as_hour(event.data["hours"][1]) if event.data["hours"] else value_of(row, "started_at")
        ),
        "clocks": lambda event, row: event.data["clocks"] if event.data["hours"] else [],
    },
    "third_party_promised": {
        "party_promise_at": hour("due_at"),
        "party_contact": text("contact", missing=KEEP),
        "party_ticket": text("ticket", missing=KEEP),
    },
    "contested": {
        "contested_at": once("contested_at"),
        "contested_by": lambda event, row: _joined(", ", row, "contested_by", event.texts.get("who", ""), 160),
        "contest_reason": lambda event, row: _joined("\n", row, "contest_reason", event.texts.get("reason", "")),
    },
    "ruled": {"ruled_at": at, "ruled_by_id": lambda event, row: event.actor},
}


def _joined(sign: str, row: Row, column: str, more: str | None, most: int | None = None) -> Any:
    before = value_of(row, column)
    return UNKNOWN if before is UNKNOWN or more is None else joined(sign, before, more)[:most]


AGREED: Mapping[str, Source] = {
    "agreed_by_operator": text("operator"),
    "agreed_by_customer": text("customer"),
    "site_contact": text("site_contact"),
    "access": text("access"),
    "crew_id": datum("crew"),
    "specialty": datum("specialty", ""),
    "parts": text("parts"),
    "forecast_from": lambda event, row: as_hour(event.data["forecast"][0]) if event.data.get("forecast") else KEEP,
    "forecast_to": lambda event, row: as_hour(event.data["forecast"][1]) if event.data.get("forecast") else KEEP,
}
GOES_ON: Mapping[str, Source] = {
    "blocked_at": fixed(None),
    "condition": fixed(""),
    "next_decision_at": hour("due_at", None),
}
NO_LETTER: Mapping[str, Source] = {"permit_letter_at": fixed(None)}
NOT_BEGUN = {
    f"{name}_at": None
    for name in (
        *("agreed", "departed", "arrived", "permit_cleared", "restored", "left", "ended", "permit_letter"),
        *("blocked", "next_decision", "signed"),
    )
} | {name: "" for name in ("outcome", "condition", "signed_by", "signed_position", "parts", "parts_used")}
"""A visit before its first event."""
VISIT: Table = {
    "dispatch_decided": {"decided_at": at},
    "dispatch_agreed": {**AGREED, **GOES_ON, "decided_at": once("decided_at"), "agreed_at": at},
    "dispatch_changed": {**AGREED, **NO_LETTER},
    "crew_changed": {"crew_id": datum("crew"), **NO_LETTER},
    "departed": {**GOES_ON, "departed_at": at},
    "arrived": {**GOES_ON, "arrived_at": at},
    "permit_cleared": {"permit_cleared_at": at},
    "blocked": {"blocked_at": once("blocked_at"), "condition": variant, "next_decision_at": hour("due_at")},
    "decision_set": {"next_decision_at": hour("due_at")},
    "visit_resumed": {**GOES_ON, "forecast_from": AGREED["forecast_from"], "forecast_to": AGREED["forecast_to"]},
    "left_site": {"left_at": at},
    "left_site/unfinished": {**GOES_ON, "ended_at": at, "outcome": fixed(Outcome.UNFINISHED)},
    "permit_letter_sent": {"permit_letter_at": at},
    "parts_used": {"parts_used": text("parts")},
    "visit_signed": {
        "signed_at": at,
        "signed_by": text("name"),
        "signed_position": text("position"),
        "signature_id": datum("file"),
    },
}
CALLED_OFF = {**GOES_ON, "ended_at": at, "outcome": fixed(Outcome.CALLED_OFF)}
VISITS_END: Table = {
    "diagnosed/remote": CALLED_OFF,
    "plan_changed/remote": CALLED_OFF,
    "restored/visit": {**GOES_ON, "ended_at": at, "restored_at": at, "outcome": fixed(Outcome.RESTORED)},
    "restored/remote": CALLED_OFF,
    **dict.fromkeys(("recovered", "closed", "cancelled", "transferred"), CALLED_OFF),
}
"""What every visit that has not ended is by an event of its case."""


def not_by_a_machine(source: Source) -> Source:
    """What a carrier's ticket system sends by itself is no answer of a person."""
    return lambda event, row: KEEP if event.data.get("automatic") else source(event, row)


def by_a_person(source: Source) -> Source:
    """What an interface says is nothing that somebody has looked at."""
    return lambda event, row: KEEP if event.data.get("mirrored") else source(event, row)


def not_only_received(source: Source) -> Source:
    """That an interface has received a ticket is no answer of a person."""
    return lambda event, row: (
        KEEP if event.data.get("mirrored") and event.data.get("state") == "acknowledged" else source(event, row)
    )


def asks_somebody_here(event: PastEvent, row: Row) -> Any:
    """What is solved is to be verified, what waits for us to be answered: it is unread until somebody has looked."""
    return once("unread_since")(event, row) if event.data.get("mirrored") else None


def restored_there(event: PastEvent, row: Row) -> Any:
    before = value_of(row, "restored_at")
    return event.at if before in (UNKNOWN, None) else before


def first_promise(event: PastEvent, row: Row) -> Any:
    is_first = value_of(row, "first_promise_at") in (UNKNOWN, None)
    return as_hour(event.data["due_at"]) if is_first and event.data.get("due_at") else KEEP


SAID_BY_A_CARRIER: Mapping[str, Source] = {
    "state": datum("state"),
    "wait_id": datum("wait"),
    "number": text("number", missing=KEEP),
    "answered_at": not_only_received(once("answered_at")),
    "promise_at": hour("due_at"),
    "first_promise_at": first_promise,
    "unread_since": by_a_person(fixed(None)),
}
CARRIER_TICKET: Table = {
    "carrier_ticket_opened": {
        **{name: text(name) for name in ("number", "circuit", "symptoms")},
        **{name: hour(name, None) for name in ("wanted_at", "answer_due_at", "restore_due_at")},
        **{f"{name}_at": fixed(None) for name in ("promise", "first_promise", "answered", "restored", "closed")},
        "unread_since": fixed(None),
        "carrier_id": datum("carrier"),
        "wait_id": datum("wait"),
        "state": fixed("acknowledged"),
        "reopened": fixed(0),
        "opened_at": at,
    },
    "carrier_wrote": {
        "answered_at": not_by_a_machine(once("answered_at")),
        "unread_since": once("unread_since"),
    },
    "carrier_asked": {},
    "carrier_asked/confirmed": {"unread_since": fixed(None)},
    "carrier_ticket_changed": SAID_BY_A_CARRIER,
    "carrier_ticket_changed/pending": {"unread_since": asks_somebody_here},
    "carrier_ticket_changed/resolved": {"restored_at": restored_there, "unread_since": asks_somebody_here},
    "carrier_ticket_changed/closed": {"restored_at": restored_there, "closed_at": at},
    "carrier_ticket_changed/cancelled": {"closed_at": at, "unread_since": fixed(None)},
    "carrier_ticket_changed/reopened": {
        "reopened": lambda event, row: value_of(row, "reopened") + 1,
        "restored_at": fixed(None),
        "closed_at": fixed(None),
    },
}

TEST: Table = {
    "tested": {
        "name": text("name"),
        "result": text("result"),
        "verdict": datum("verdict"),
        "typed": datum("typed", False),
    }
}

FILE: Table = {
    "file_added": {
        **{name: datum(name) for name in ("sha256", "size", "type")},
        **{name: text(name) for name in ("name", "caption")},
        "taken_at": hour("taken_at"),
        "visit_id": datum("visit", None),
        "shown": datum("shown", False),
        "withdrawn_at": fixed(None),
    },
    "file_shown": {"shown": lambda event, row: event.variant == "shown"},
    "file_withdrawn": {"withdrawn_at": at, "shown": fixed(False)},
}
