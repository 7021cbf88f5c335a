"""What stands beside a case: its tests, its waits, and its notices, which are sent again or taken back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from guardia.cases import probing
from guardia.cases.case import Case
from guardia.cases.case_rows import waits_with_rulings_of
from guardia.clocks.clock import Wait
from guardia.config.now import now
from guardia.evidence.test_result import TestResult, tests_of_case
from guardia.notices.notice import Delivery, Notice, NoticeState
from guardia.notices.notice_rows import notice_of, notice_with_deliveries, notices_for_machines
from guardia.people.policy import Right, may_handle
from guardia.web.api.v2.caller import Caller, caller_of
from guardia.web.api.v2.case_answer import Named, etag_of, iso, named_person
from guardia.web.api.v2.cases import case_called
from guardia.web.api.v2.desk_form import done
from guardia.web.api.v2.operations import must_match, operation, respond
from guardia.web.api.v2.pages import LARGEST_ID, Cursor, Fields, Limit, Page, answer_page
from guardia.web.api.v2.problems import ProblemRaised, not_found
from guardia.web.desk.case import NOTICE_STEPS
from guardia.web.desk.case_page.notices import AGAIN, BACK, step_of

router = Router()


def must_handle(caller: Caller, case: Case) -> None:
    """Raises ProblemRaised (403): the case is of a desk whose cases this account does not handle."""
    if not may_handle(caller.staff, case.desk):
        raise ProblemRaised(
            403,
            _("The role of this key's account does not let it do this in this case."),
            _("Ask an administrator for an account with another role."),
        )


# --- tests ------------------------------------------------------------------------------------------------------------
class TestAnswer(Schema):
    """A test of the service that is on record."""

    __test__ = False
    id: int
    stage: str = Field(description="The stage of the case when it was noted.")
    name: str
    result: str
    verdict: str
    measured_at: str
    typed: bool = Field(description="By a person, who read it elsewhere.")


class TestPage(Page):
    __test__ = False
    items: list[TestAnswer]


@operation(
    router,
    "GET",
    "/cases/{number}/tests",
    "cases.tests",
    right=Right.SEE_DESK,
    answer=TestPage,
    summary="List the tests of a case (P3, P5, P6)",
)
def list_tests(request: HttpRequest, number: str, cursor: Cursor, limit: Limit, fields: Fields) -> HttpResponse:
    case = case_called(number)
    zone = ZoneInfo(case.zone)

    def item(row: TestResult) -> TestAnswer:
        names = ("stage", "name", "result", "verdict", "typed")
        plain: dict[str, Any] = {name: getattr(row, name) for name in names}
        return TestAnswer(id=row.pk, measured_at=iso(row.measured_at, zone) or "", **plain)

    return answer_page(request, tests_of_case(case), ("id",), item, cursor=cursor, limit=limit, fields=fields)


class ProbesAnswer(Schema):
    """How many targets of the service are being tested; each result comes as a test of the case."""

    targets: int


@operation(
    router,
    "POST",
    "/cases/{number}/test_now",
    "cases.test_now",
    right=Right.TAKE_REQUESTS,
    answer=ProbesAnswer,
    summary="Ask for a test of every target of the service now",
)
def test_now(request: HttpRequest, number: str) -> HttpResponse:
    caller, case = caller_of(request), case_called(number, locked=True)
    must_handle(caller, case)
    at = now()
    return respond(ProbesAnswer(targets=done(lambda: probing.on_demand(case, caller.staff, at))))


# --- waits ------------------------------------------------------------------------------------------------------------
class WaitAnswer(Schema):
    """A stop of clocks for a named cause (P D), and the customer's objection to it with its ruling (P7 D)."""

    id: int
    cause: str
    clocks: list[str] = Field(description="Kinds of the clocks that stand still.")
    asked_by: str
    reason: str
    proof: str
    party: str
    party_ticket: str
    party_contact: str
    party_promise_at: str | None
    started_at: str
    ended_at: str | None
    contested_at: str | None
    contested_by: str
    contest_reason: str
    ruled_at: str | None
    ruled_by: Named | None
    ruling: str = Field(description="upheld: the objection is right, and the stop is void; rejected; or empty.")
    ruling_reasons: str


class WaitPage(Page):
    items: list[WaitAnswer]


OF_A_WAIT = (
    *("cause", "clocks", "asked_by", "reason", "proof", "party", "party_ticket", "party_contact", "contested_by"),
    *("contest_reason", "ruling", "ruling_reasons"),
)
HOURS_OF_A_WAIT = ("party_promise_at", "started_at", "ended_at", "contested_at", "ruled_at")


def wait_item(zone: ZoneInfo) -> Callable[[Wait], WaitAnswer]:
    def item(row: Wait) -> WaitAnswer:
        plain: dict[str, Any] = {name: getattr(row, name) for name in OF_A_WAIT}
        plain |= {name: iso(getattr(row, name), zone) for name in HOURS_OF_A_WAIT}
        return WaitAnswer(id=row.pk, ruled_by=named_person(row.ruled_by), **plain)

    return item


@operation(
    router,
    "GET",
    "/cases/{number}/waits",
    "cases.waits",
    right=Right.SEE_DESK,
    answer=WaitPage,
    summary="List the waits of a case",
)
def list_waits(request: HttpRequest, number: str, cursor: Cursor, limit: Limit, fields: Fields) -> HttpResponse:
    case = case_called(number)
    rows, item = waits_with_rulings_of(case), wait_item(ZoneInfo(case.zone))
    return answer_page(request, rows, ("id",), item, cursor=cursor, limit=limit, fields=fields)


# --- notices ----------------------------------------------------------------------------------------------------------
class DeliveryAnswer(Schema):
    """A message on one channel, and what became of it."""

    channel: str
    address: str
    state: str
    attempts: int
    settled_at: str | None
    delivered_at: str | None
    bounced_at: str | None
    answer: str = Field(description="The receiving server's own words.")


class NoticeAnswer(Schema):
    """What one person is owed about one event of the case: a letter to a contact, or a page to our own people."""

    id: int
    kind: str = Field(description="Of the event.")
    variant: str
    clause: str
    contact: Named | None
    staff: Named | None
    language: str
    state: str
    reason: str = Field(description="Why it is suppressed.")
    owed_at: str
    deliveries: list[DeliveryAnswer]
    can: str | None = Field(description="What can still be done: send_again, take_back, or nothing.")


class NoticePage(Page):
    items: list[NoticeAnswer]


STEPS = {AGAIN: "send_again", BACK: "take_back"}
NAMES = {AGAIN: "send_notice_again", BACK: "take_notice_back"}


def notice_item(zone: ZoneInfo) -> Callable[[Notice], NoticeAnswer]:
    """``deliveries`` are prefetched."""

    def item(row: Notice) -> NoticeAnswer:
        contact = row.contact
        return NoticeAnswer(
            id=row.pk,
            kind=row.moment,
            variant=row.variant,
            clause=row.clause,
            contact=Named(id=contact.pk, name=str(contact)) if contact else None,
            staff=named_person(row.staff),
            language=row.language,
            state=row.state,
            reason=row.reason,
            owed_at=iso(row.owed_at, zone) or "",
            deliveries=[delivery_item(one, zone) for one in sorted(row.deliveries.all(), key=lambda one: one.pk)],
            can=STEPS.get(step_of(row)),
        )

    return item


def delivery_item(one: Delivery, zone: ZoneInfo) -> DeliveryAnswer:
    def hour(at: datetime | None) -> str | None:
        return iso(at, zone)

    return DeliveryAnswer(
        channel=one.channel,
        address=one.address,
        state=one.state,
        attempts=one.attempts,
        settled_at=hour(one.settled_at),
        delivered_at=hour(one.delivered_at),
        bounced_at=hour(one.bounced_at),
        answer=one.answer,
    )


@operation(
    router,
    "GET",
    "/cases/{number}/notices",
    "cases.notices",
    right=Right.SEE_DESK,
    answer=NoticePage,
    summary="List the notices of a case, the newest first",
)
def list_notices(
    request: HttpRequest, number: str, cursor: Cursor, limit: Limit, fields: Fields, state: NoticeState | None = None
) -> HttpResponse:
    case = case_called(number)
    rows, item = notices_for_machines(case, state), notice_item(ZoneInfo(case.zone))
    return answer_page(request, rows, ("-id",), item, cursor=cursor, limit=limit, fields=fields)


def offer(step: str, summary: str) -> None:
    """Make an operation of one thing that is done with a notice."""
    operation(
        router,
        "POST",
        f"/cases/{{number}}/notices/{{notice}}/{STEPS[step]}",
        f"cases.{NAMES[step]}",
        right=Right.HANDLE_CASES,
        answer=NoticeAnswer,
        summary=summary,
    )(view_of(step))


def view_of(step: str) -> Any:
    def view(request: HttpRequest, number: str, notice: int) -> HttpResponse:
        caller, case = caller_of(request), case_called(number, locked=True)
        must_match(request, etag_of(case))
        at = now()
        one = notice_of(case, notice) if 0 < notice <= LARGEST_ID else None
        if one is None:
            raise not_found(_("The case has no notice with this id."), _("Look in the list of its notices."))
        verb = NOTICE_STEPS[step]
        done(lambda: verb(case, one, by=caller.by, at=at))
        row = notice_with_deliveries(case, one.pk)
        return respond(notice_item(ZoneInfo(case.zone))(row), etag=etag_of(case_called(number)))

    return view


offer(AGAIN, "Send a notice once more")
offer(BACK, "Take a notice back before it leaves")
