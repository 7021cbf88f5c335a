"""Crews and their people: who goes to a site (P4)."""

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from guardia.field.crew import Crew, CrewMember
from guardia.field.crews import crew_members, every_crew
from guardia.people.policy import Right
from guardia.web.api.v2.case_answer import Named
from guardia.web.api.v2.companies import BY_ID, OfId, named
from guardia.web.api.v2.noun_operations import Offered, offer
from guardia.web.api.v2.operations import operation
from guardia.web.api.v2.pages import Cursor, Fields, Limit, Page, answer_page
from guardia.web.desk.companies import nouns

router = Router()


class CrewAnswer(Schema):
    """Who goes to a site: a crew of the operator, or of a contractor."""

    id: int
    name: str
    phone: str
    base: str
    contractor: str
    specialties: list[str] = Field(description="What it can do; empty: any fault.")
    plate: str
    email: str
    tools: str
    active: bool


class CrewPage(Page):
    items: list[CrewAnswer]


def crew_written(crew: Crew) -> CrewAnswer:
    return CrewAnswer(**{name: getattr(crew, name) for name in CrewAnswer.model_fields})


@operation(router, "GET", "/crews", "crews.list", right=Right.SEE_DESK, answer=CrewPage, summary="List crews")
def list_crews(
    request: HttpRequest, cursor: Cursor, limit: Limit, fields: Fields, active: bool | None = None
) -> HttpResponse:
    rows = every_crew(active=active)
    return answer_page(request, rows, BY_ID, crew_written, cursor=cursor, limit=limit, fields=fields)


offer(
    router,
    Offered(
        nouns.CREW,
        "crews",
        "crew",
        CrewAnswer,
        every_crew,
        crew_written,
        {"name": "Cuadrilla 7", "phone": "+593 99 555 0107", "specialties": ["fibre"]},
    ),
)


class CrewMemberAnswer(Schema):
    """A person of a crew. The identity document is for the permit letter, and is not given out here."""

    id: int
    crew: Named
    staff: Named | None = Field(description="The account, where this person has one.")
    name: str
    phone: str
    active: bool


class CrewMemberPage(Page):
    items: list[CrewMemberAnswer]


def member_written(member: CrewMember) -> CrewMemberAnswer:
    return CrewMemberAnswer(
        id=member.pk,
        crew=Named(id=member.crew_id, name=member.crew.name),
        staff=named(member.staff),
        name=member.name,
        phone=member.phone,
        active=member.active,
    )


@operation(
    router,
    "GET",
    "/crew_members",
    "crew_members.list",
    right=Right.SEE_DESK,
    answer=CrewMemberPage,
    summary="List the people of crews",
)
def list_members(
    request: HttpRequest,
    cursor: Cursor,
    limit: Limit,
    fields: Fields,
    crew: OfId = None,
    active: bool | None = None,
) -> HttpResponse:
    rows = crew_members(crew_id=crew, active=active)
    return answer_page(request, rows, BY_ID, member_written, cursor=cursor, limit=limit, fields=fields)


offer(
    router,
    Offered(
        nouns.CREW_MEMBER,
        "crew_members",
        "crew_member",
        CrewMemberAnswer,
        crew_members,
        member_written,
        {"crew": 1, "name": "Luis Vega", "document": "0102030405"},
    ),
)
