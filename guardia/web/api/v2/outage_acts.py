"""What is done about a mass outage: it is declared, and every act of its page is an operation.

Its router is that of the reading: one address has one, for all its methods.
"""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body as BodyOf
from ninja import Schema
from pydantic import Field

from guardia.config.now import now
from guardia.outages import outage_rows
from guardia.outages.outage import Outage
from guardia.people.policy import Right
from guardia.web.api.v2.caller import caller_of
from guardia.web.api.v2.desk_form import LARGEST_NUMBER, done, etag_of_answer, filled, in_every_language, sent_in
from guardia.web.api.v2.form_schema import Body, body_of, english
from guardia.web.api.v2.operations import must_match, operation, respond
from guardia.web.api.v2.outages import OutageAnswer, answered, outage_called, router
from guardia.web.api.v2.problems import of_fields
from guardia.web.desk.outages.declaring import DeclareForm, NewsForm, declare, known_of
from guardia.web.desk.outages.page import ACTS, is_proposed
from guardia.web.shared.act import Act, Doing

# --- a new one --------------------------------------------------------------------------------------------------------
MOST_IN_NAME, MOST_IN_NEWS = 160, 4000
Declaring: Any = body_of("DeclareOutage", DeclareForm, known=True) or Body


class Confirming(Declaring):
    proposal: int | None = Field(
        None, ge=1, le=LARGEST_NUMBER, description="Number of the proposal that it confirms, as outages.list has it."
    )


Declaration: Any = in_every_language(Confirming, "public", "As customers read it", MOST_IN_NAME)


@operation(
    router,
    "POST",
    "/outages",
    "outages.declare",
    right=Right.HANDLE_CASES,
    answer=OutageAnswer,
    status=201,
    summary="Declare a mass outage",
    description="Name, impact, and an element or circuits; with `proposal`, what is left out is taken from it.",
    example={"name": "Cut of the south ring", "element": "RING-SOUTH", "impact": "down"},
)
def declare_outage(request: HttpRequest, body: Annotated[Declaration, BodyOf(...)]) -> HttpResponse:
    caller, at, sent = caller_of(request), now(), sent_in(body)
    proposal = proposal_called(sent.pop("proposal", None))
    on_record = known_of(proposal) if proposal else {}
    initial = {"has_services": bool(proposal and outage_rows.services_of_proposal(proposal))}
    form = filled(DeclareForm, sent, on_record, now=at, initial=initial)
    outage = done(lambda: declare(form, proposal, caller.staff))
    answer = answered(outage_called(str(outage.number)))
    headers = {"Location": f"/api/v2/outages/{outage.number}"}
    return respond(answer, status=201, etag=etag_of_answer(answer), headers=headers)


def proposal_called(number: int | None) -> Outage | None:
    """Raises ProblemRaised (422) for what is no proposal, or none any more."""
    if number is None:
        return None
    found = outage_rows.outage_of(number)
    if found is None or not is_proposed(found):
        raise of_fields({"proposal": [_("No proposal has this number now. Look in /api/v2/outages?state=proposed.")]})
    return found


# --- acts -------------------------------------------------------------------------------------------------------------
NAMES = {
    "novedad": "tell",
    "diagnostico": "diagnose",
    "normalizado": "restore",
    "recaida": "relapse",
    "agregar": "add",
    "separar": "leave",
    "cerrar": "end",
    "descartar": "dismiss",
}
"""What each act of the page is called here, by its name there."""

EXAMPLES: dict[str, dict[str, Any]] = {
    "novedad": {"words_es": "La cuadrilla está en el sitio.", "forecast": "2026-11-28T06:00:00-05:00"},
    "diagnostico": {"cause": "Cut of fibre at km 12", "plan": "Splice it"},
    "normalizado": {"solution": "Spliced"},
    "recaida": {"why": "The ring is down again"},
    "agregar": {"services": "ENL-0042 ENL-0077"},
    "separar": {"cases": "ENL-0042", "why": "Its own router failed"},
    "descartar": {"why": "One customer only"},
}


class OutageDone(Schema):
    """The outage after an act, and the desk's own sentence about it."""

    outage: OutageAnswer
    words: str


def offer(act: Act[Outage, str]) -> None:
    """Make an operation of one act."""
    name = NAMES[act.name]
    form: Any = act.form
    body: Any = body_of(f"{name.capitalize()}Outage", form, known=name == "diagnose")
    if body is not None and form is NewsForm:
        body = in_every_language(body, "words", "The news", MOST_IN_NEWS)
    operation(
        router,
        "POST",
        f"/outages/{{number}}/{name}",
        f"outages.{name}",
        right=Right.HANDLE_CASES,
        answer=OutageDone,
        summary=english(act.title),
        description=english(act.asks),
        example=EXAMPLES.get(act.name),
    )(with_body(act, body) if body else without_body(act))


def with_body(act: Act[Outage, str], body: Any) -> Any:
    def view(request: HttpRequest, number: str, body: Annotated[body, BodyOf(...)]) -> HttpResponse:
        return do(request, number, act, sent_in(body))

    return view


def without_body(act: Act[Outage, str]) -> Any:
    def view(request: HttpRequest, number: str) -> HttpResponse:
        return do(request, number, act, {})

    return view


def do(request: HttpRequest, number: str, act: Act[Outage, str], sent: dict[str, Any]) -> HttpResponse:
    """Lock the outage, read the hour, run the desk's form and verb."""
    staff, outage = caller_of(request).staff, outage_called(number, locked=True)
    must_match(request, etag_of_answer(answered(outage)))
    at = now()
    form: Any = filled(act.form, sent, act.known(outage, staff), now=at)  # type: ignore[arg-type]
    words = done(lambda: act.run(Doing(outage, staff, at, form.cleaned_data)))
    answer = answered(outage_called(number))
    return respond(OutageDone(outage=answer, words=words), etag=etag_of_answer(answer))


for its_act in ACTS.values():
    offer(its_act)
