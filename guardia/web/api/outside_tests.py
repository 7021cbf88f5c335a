"""``POST /api/v1/tests/<token>``: an outside system puts a test on record, signed (P3, P5, P6).

The token names the source and the signature proves it, so no cookie and no CSRF token are needed.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _

from guardia.cases.case import Case
from guardia.cases.number import parse
from guardia.cases.queries import locked_open_incident
from guardia.cases.refusals import Refused
from guardia.config.now import now
from guardia.evidence.test_result import Source, Verdict, is_signed, source_of
from guardia.people.staff import SYSTEM
from guardia.web.shared.posted import SIGNATURE, TooLarge, body_of, not_posted, post_only, problem

OLDEST = timedelta(days=366)
LONGEST_NAME, LONGEST_RESULT, LONGEST_KEY = 80, 4000, 80


class Unfit(Exception):
    """A field that cannot be taken, and why."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True)
class OutsideResult:
    name: str
    result: str
    verdict: Verdict
    measured_at: datetime


@post_only(not_posted)
def post_test(request: HttpRequest, token: str) -> HttpResponse:
    """200 once it is on record, or was. 401, 413, 400, 409 and 422 say what is wrong, and with which field."""
    source = source_of(token)
    if source is None:
        return problem(401, _("This token is unknown: compare it with TEST_SOURCES."), "token")
    try:
        body = body_of(request)
    except TooLarge:
        return problem(413, _("The message is larger than 64 KB."), "body")
    except UnreadablePostError:
        return problem(400, _("The message was cut off."), "body")
    if not is_signed(source, body, request.headers.get(SIGNATURE, "")):
        return problem(401, unsigned_words(), SIGNATURE)
    try:
        return put_on_record(source, body, now())
    except Unfit as wrong:
        return problem(400 if wrong.field == "body" else 422, str(wrong), wrong.field)
    except Refused as refusal:
        return problem(409, str(refusal), "case")


def unsigned_words() -> str:
    return _(
        "The message is not signed as it should be: sha256= and the HMAC of the body with the secret of this source."
    )


def put_on_record(source: Source, body: bytes, at: datetime) -> HttpResponse:
    """Raises Unfit, Refused."""
    said = message_in(body)
    told = parse_result(said, at)
    case = case_of(said)
    name = _("%(test)s (from %(source)s)") % {"test": told.name, "source": source.name}
    event = case.add_test(name[:120], told.result, told.verdict, by=SYSTEM, at=told.measured_at, now=at)
    return JsonResponse({"case": str(case.number), "test": event.data["test"]})


def message_in(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Unfit(
            "body",
            _("The message is not JSON: send one object with service or case, name, result, verdict and measured_at."),
        )
    return said


def parse_result(said: dict[str, Any], at: datetime) -> OutsideResult:
    """Raises Unfit."""
    verdict = said.get("verdict")
    if not isinstance(verdict, str) or verdict not in set(Verdict.values):
        raise Unfit("verdict", _("Write one of: good, bad, unclear."))
    return OutsideResult(
        text_in(said, "name", LONGEST_NAME),
        text_in(said, "result", LONGEST_RESULT),
        Verdict(verdict),
        hour_in(said.get("measured_at"), at),
    )


def text_in(said: dict[str, Any], field: str, longest: int) -> str:
    """Raises Unfit for what is missing, too long, or cannot be kept."""
    value = said.get(field)
    words = value.strip() if isinstance(value, str) else ""
    if not words or len(words) > longest or "\0" in words or not is_whole(words):
        raise Unfit(field, _("Write text of at most %d characters.") % longest)
    return words


def is_whole(words: str) -> bool:
    """No half of a character, which JSON can say and nobody can keep."""
    return not any("\ud800" <= character <= "\udfff" for character in words)


def hour_in(value: Any, at: datetime) -> datetime:
    wrong = Unfit("measured_at", _("Write a time with its zone, such as 2026-11-24T14:05:00-05:00, not in the future."))
    try:
        hour = datetime.fromisoformat(value)
        if hour.tzinfo is None or not at - OLDEST <= hour <= at:
            raise wrong
    except (TypeError, ValueError, OverflowError):
        raise wrong from None
    return hour


def case_of(said: dict[str, Any]) -> Case:
    """The open incident of the number, else the newest of the circuit; locked. Raises Unfit."""
    field = "case" if "case" in said else "service"
    key = text_in(said, field, LONGEST_KEY)
    case = locked_open_incident(**({"number": parse(key) or 0} if field == "case" else {"circuit": key}))
    if case is None:
        raise Unfit(field, _("No open case with this number or service accepts tests."))
    return case
