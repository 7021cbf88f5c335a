"""Acts on many cases: what each would become, the act with its course, and the way back while its letters wait."""

from typing import Annotated, Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body as BodyOf
from ninja import Router, Schema
from pydantic import Field, create_model

from guardia.cases import bulk, bulk_act
from guardia.cases.bulk import Line
from guardia.cases.bulk_act import BulkAct, BulkLine, LineState
from guardia.cases.case import Case
from guardia.config.now import now
from guardia.outages.bulk_cause import DEEDS
from guardia.people.policy import Right
from guardia.people.staff import Staff
from guardia.web.api.v2.caller import Caller, caller_of
from guardia.web.api.v2.desk_form import done, filled, hour_here, sent_in
from guardia.web.api.v2.form_schema import Body, body_of, english
from guardia.web.api.v2.operations import operation, respond
from guardia.web.api.v2.problems import ProblemRaised, not_found, of_fields
from guardia.web.desk.bulk import begun
from guardia.web.desk.bulk_forms import MANY_ACTS, ManyAct

router = Router()

NAMES = {"asignar": "assign", "avisar": "tell", "vincular": "link", "reanudar": "resume", "espera": "hold"}
"""What each act of the bench is called here, by its name there."""
EXAMPLES: dict[str, dict[str, Any]] = {
    "asignar": {"to": 1},
    "avisar": {"text": "A crew is on its way"},
    "vincular": {"outage": "42"},
    "reanudar": {},
    "espera": {"cause": "customer", "asked_by": "Gate", "proof": "Mail of 02:10", "reason": "Nobody has the key."},
}


class Chosen(Body):
    """A case, and the number of its last event when it was looked at: what was changed since is left alone."""

    number: int = Field(ge=1, le=2**62)
    seq: int | None = Field(None, ge=0, le=2_000_000_000, description="As the preview has it; null: as it stands now.")


Cases = Annotated[list[Chosen], Field(min_length=1, max_length=bulk.MOST, description="The cases, at most so many.")]


class PreviewLine(Schema):
    """What would become of one case, or why it is left out."""

    number: int
    seq: int
    is_new: bool = Field(description="false: it is so already.")
    told: list[str] = Field(description="Who would get a letter.")
    refusal: str


class Preview(Schema):
    lines: list[PreviewLine]


class CourseLine(Schema):
    """One case of the act: what came of it, and why where it was not done."""

    number: int
    state: str
    words: str


class BulkAnswer(Schema):
    """An act on many cases. Go on with it until it is finished; undo it before `undo_until`."""

    id: UUID
    kind: str
    made_at: str
    finished_at: str | None
    undo_until: str | None = Field(description="Its letters do not leave before.")
    undone_at: str | None
    left: int = Field(description="Cases that wait for their turn.")
    lines: list[CourseLine]


def course_of(act: BulkAct) -> BulkAnswer:
    lines = bulk_act.lines_of(act)
    return BulkAnswer(
        id=act.key,
        kind=act.kind,
        made_at=hour_here(act.made_at) or "",
        finished_at=hour_here(act.finished_at),
        undo_until=hour_here(act.undo_until),
        undone_at=hour_here(act.undone_at),
        left=bulk.left_of(act, [LineState(line.state) for line in lines]),
        lines=[course_line(line) for line in lines],
    )


def course_line(line: BulkLine) -> CourseLine:
    return CourseLine(number=line.case.number, state=line.state, words=line.words)


def preview_line(line: Line) -> PreviewLine:
    case = line.case
    return PreviewLine(number=case.number, seq=case.seq, is_new=line.is_new, told=list(line.told), refusal=line.refusal)


def act_called(caller: Caller, key: UUID, *, locked: bool = False) -> BulkAct:
    """Raises ProblemRaised (404): also for an act of another account."""
    found = bulk_act.act_of(key, caller.staff, locked=locked)
    if found is None:
        raise not_found(_("This account did no such act."), _("Use the id that the act's answer has."))
    return found


# --- before and now ---------------------------------------------------------------------------------------------------
def offer(act: ManyAct) -> None:
    """Make the two operations of one act: what it would do, and to do it."""
    name = NAMES[act.name]
    base = body_of(f"Bulk{name.capitalize()}", act.form) or Body
    body = create_model(f"Bulk{name.capitalize()}", __base__=base, cases=(Cases, ...))
    right = Right.SUPERVISE if act.supervisor_only else Right.TAKE_REQUESTS
    example = {"cases": [{"number": 1042738}], **EXAMPLES[act.name]}
    asks, title = english(act.asks), english(act.title)
    operation(
        router,
        "POST",
        f"/bulk_acts/{name}/preview",
        f"bulk_acts.preview_{name}",
        right=right,
        answer=Preview,
        summary=f"{title}: what would become of many cases",
        description="Nothing is done.",
        example=example,
    )(preview_view(act, body))
    operation(
        router,
        "POST",
        f"/bulk_acts/{name}",
        f"bulk_acts.{name}",
        right=right,
        answer=BulkAnswer,
        status=201,
        summary=f"{title}: many cases",
        description=asks,
        example=example,
    )(doing_view(act, body))


def preview_view(act: ManyAct, its_body: Any) -> Any:
    def view(request: HttpRequest, body: Annotated[its_body, BodyOf(...)]) -> HttpResponse:
        staff, at = caller_of(request).staff, now()
        typed, cases = typed_in(act, sent_in(body), staff)
        deed = DEEDS[act.kind_for(typed)]
        lines = done(lambda: bulk.preview(deed, typed, [case.pk for case in cases], staff, at))
        return respond(Preview(lines=[preview_line(line) for line in lines]))

    return view


def doing_view(act: ManyAct, its_body: Any) -> Any:
    def view(request: HttpRequest, body: Annotated[its_body, BodyOf(...)]) -> HttpResponse:
        caller, at = caller_of(request), now()
        seen_at = {one.number: one.seq for one in body.cases}
        typed, cases = typed_in(act, sent_in(body), caller.staff)
        seen = {case.pk: case.seq if (seq := seen_at[case.number]) is None else seq for case in cases}
        made = done(lambda: begun(act, typed, seen, uuid4(), caller.staff, at))
        answer = course_of(act_called(caller, made.key))
        return respond(answer, status=201, headers={"Location": f"/api/v2/bulk_acts/{made.key}"})

    return view


def typed_in(act: ManyAct, sent: dict[str, Any], staff: Staff) -> tuple[dict[str, Any], list[Case]]:
    """What was sent for all of them, and the cases. Raises ProblemRaised (403, 422)."""
    if not act.is_offered_to(staff):
        raise ProblemRaised(403, _("The role of this key's account does not let it do this."))
    numbers = [str(one["number"]) for one in sent.pop("cases")]
    cases = bulk_act.cases_chosen(numbers, bulk.MOST)
    if lost := sorted(set(numbers) - {str(case.number) for case in cases}):
        words = _("No case has these numbers: %(numbers)s.") % {"numbers": ", ".join(lost[:10])}
        raise of_fields({"cases": [words]})
    return filled(act.form, sent, cases=cases, now=now()).typed(), cases


for its_act in MANY_ACTS.values():
    offer(its_act)


# --- after ------------------------------------------------------------------------------------------------------------
@operation(
    router,
    "GET",
    "/bulk_acts/{key}",
    "bulk_acts.read",
    right=Right.SEE_DESK,
    answer=BulkAnswer,
    summary="Read how far an act on many cases has come",
)
def read_act(request: HttpRequest, key: UUID) -> HttpResponse:
    return respond(course_of(act_called(caller_of(request), key)))


@operation(
    router,
    "POST",
    "/bulk_acts/{key}/go_on",
    "bulk_acts.go_on",
    right=Right.TAKE_REQUESTS,
    answer=BulkAnswer,
    summary="Let the next cases of an act have their turn",
    description="The worker goes on by itself too, where nobody does.",
)
def go_on(request: HttpRequest, key: UUID) -> HttpResponse:
    caller = caller_of(request)
    act = act_called(caller, key, locked=True)
    bulk.go_on(act.pk, DEEDS, now())
    return respond(course_of(act_called(caller, key)))


@operation(
    router,
    "POST",
    "/bulk_acts/{key}/undo",
    "bulk_acts.undo",
    right=Right.TAKE_REQUESTS,
    answer=BulkAnswer,
    summary="Take an act on many cases back, while its letters wait",
)
def undo(request: HttpRequest, key: UUID) -> HttpResponse:
    caller, at = caller_of(request), now()
    act = act_called(caller, key, locked=True)
    done(lambda: bulk.undo(act, at))
    bulk.go_on(act.pk, DEEDS, at)
    return respond(course_of(act_called(caller, key)))
