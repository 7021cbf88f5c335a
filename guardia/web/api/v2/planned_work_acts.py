"""What is done about a planned work: a draft is written, and every act of its page is an operation.

Its router is that of the reading: one address has one, for all its methods.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body as BodyOf
from pydantic import Field

from guardia.config.now import now
from guardia.customers.lookup import company_of_id
from guardia.network.reach import services_behind
from guardia.outages import planned_work
from guardia.outages.planned_work import PlannedWork
from guardia.people.policy import Right
from guardia.web.api.v2.caller import caller_of
from guardia.web.api.v2.desk_form import LARGEST_NUMBER, done, etag_of_answer, filled, in_every_language, sent_in
from guardia.web.api.v2.form_schema import Body, Hour, body_of
from guardia.web.api.v2.operations import must_match, operation, respond
from guardia.web.api.v2.planned_works import WorkAnswer, router, work_called, work_item
from guardia.web.api.v2.problems import of_fields
from guardia.web.desk.works.page import ACTS
from guardia.web.desk.works.planning import OF_REFUSALS, WindowForm, WorkForm, keep, written
from guardia.web.shared.act import Doing

# --- a draft ----------------------------------------------------------------------------------------------------------
WHAT, MOST_IN_WHAT = "What is done, as customers read it", 200
NewWork: Any = in_every_language(body_of("NewPlannedWork", WorkForm) or Body, "what", WHAT, MOST_IN_WHAT)
ChangedWork: Any = in_every_language(
    body_of("ChangedPlannedWork", WorkForm, known=True) or Body, "what", WHAT, MOST_IN_WHAT
)
EXAMPLE = {
    "name": "Card 4 of the Cuenca node",
    "what_es": "Cambio de una tarjeta",
    "starts": "2026-12-20T02:00:00-05:00",
    "ends": "2026-12-20T06:00:00-05:00",
    "circuits": "ENL-0042\nENL-0077",
    "minutes": 30,
}


@operation(
    router,
    "POST",
    "/planned_works",
    "planned_works.plan",
    right=Right.HANDLE_CASES,
    answer=WorkAnswer,
    status=201,
    summary="Plan a work",
    description="A draft: nobody is told before it is announced.",
    example=EXAMPLE,
)
def plan_work(request: HttpRequest, body: Annotated[NewWork, BodyOf(...)]) -> HttpResponse:
    caller, at = caller_of(request), now()
    form = filled(WorkForm, sent_in(body), now=at)
    return answer_work(done(lambda: keep(caller.staff, None, form, at), OF_REFUSALS), status=201)


@operation(
    router,
    "PATCH",
    "/planned_works/{number}",
    "planned_works.change",
    right=Right.HANDLE_CASES,
    answer=WorkAnswer,
    summary="Change a draft",
    description="What is left out stays; what was announced is moved or cancelled instead.",
    example={"minutes": 45},
)
def change_work(request: HttpRequest, number: str, body: Annotated[ChangedWork, BodyOf(...)]) -> HttpResponse:
    caller, work = caller_of(request), locked(request, number)
    at = now()
    below = set(services_behind([work.element_id])) if work.element_id else set()
    on_record = {**written(work, below), "starts": work.starts_at, "ends": work.ends_at}
    form = filled(WorkForm, sent_in(body), on_record, now=at)
    return answer_work(done(lambda: keep(caller.staff, work, form, at), OF_REFUSALS))


def answer_work(work: PlannedWork, status: int = 200) -> HttpResponse:
    answer = work_item(work_called(str(work.number)))
    headers = {"Location": f"/api/v2/planned_works/{work.number}"} if status == 201 else {}
    return respond(answer, status=status, etag=etag_of_answer(answer), headers=headers)


def locked(request: HttpRequest, number: str) -> PlannedWork:
    """The work for whoever acts on it, as it was read. Raises ProblemRaised (404, 412)."""
    work = planned_work.locked_work(work_called(number).pk)
    must_match(request, etag_of_answer(work_item(work_called(number))))
    return work


# --- acts -------------------------------------------------------------------------------------------------------------
LONGEST = 500
Words = Annotated[str, Field(max_length=LONGEST)]
Company = Annotated[int, Field(ge=1, le=LARGEST_NUMBER, description="Its id.")]


class Announcement(Body):
    reason: Words = Field("", description="Why it is told later than promised, where it is.")


Window: Any = body_of("Window", WindowForm) or Body


class Move(Window):
    why: Words
    reason: Words = Field("", description="Why it is told later than promised, where it is.")


class Cancellation(Body):
    why: Words


class End(Body):
    at: Hour | None = Field(None, description="When it was over; now where it is left out.")


class Reply(Body):
    company: Company
    words: Words = Field(description="The answer to its objection, as the company reads it.")


class TakingOut(Body):
    company: Company
    why: Words = Field(description="Why its services are not touched after all, as the company reads it.")


OFFERED: Mapping[str, tuple[str, type[Body], str, dict[str, Any]]] = MappingProxyType(
    {
        "anunciar": ("announce", Announcement, "Announce a planned work", {}),
        "mover": (
            "move",
            Move,
            "Move a planned work to other hours",
            {"starts": "2026-12-22T02:00:00-05:00", "ends": "2026-12-22T06:00:00-05:00", "why": "Rain"},
        ),
        "cancelar": ("cancel", Cancellation, "Cancel a planned work", {"why": "No longer needed"}),
        "terminar": ("end", End, "End a planned work", {}),
        "responder": ("reply", Reply, "Answer a company's objection", {"company": 1, "words": "It takes five minutes"}),
        "quitar": ("take_out", TakingOut, "Take a company out of it", {"company": 1, "why": "On another card"}),
    }
)
"""What each act of the page is called here, its body, what it does, and an example."""


def offer(act: str) -> None:
    name, its_body, summary, example = OFFERED[act]
    operation(
        router,
        "POST",
        f"/planned_works/{{number}}/{name}",
        f"planned_works.{name}",
        right=Right.HANDLE_CASES,
        answer=WorkAnswer,
        summary=summary,
        example=example,
    )(with_body(act, its_body))


def with_body(act: str, its_body: Any) -> Any:
    def view(request: HttpRequest, number: str, body: Annotated[its_body, BodyOf(...)]) -> HttpResponse:
        return do(request, number, act, sent_in(body))

    return view


def do(request: HttpRequest, number: str, act: str, sent: dict[str, Any]) -> HttpResponse:
    """Lock the work, read the hour, run the page's own act."""
    staff, work = caller_of(request).staff, locked(request, number)
    at = now()
    if act == "mover":
        hours = {name: sent.pop(name) for name in ("starts", "ends")}
        sent |= filled(WindowForm, hours, now=at).cleaned_data
    if "company" in sent:
        sent["company"] = must_be_a_company(sent["company"])
    run, _words = ACTS[act]
    done(lambda: run(Doing(work, staff, at, sent)), OF_REFUSALS)
    return answer_work(work)


def must_be_a_company(pk: int) -> str:
    """Raises ProblemRaised (422)."""
    if company_of_id(str(pk)) is None:
        raise of_fields({"company": [_("There is no company with this id. Look in /api/v2/companies.")]})
    return str(pk)


for its_act in OFFERED:
    offer(its_act)
