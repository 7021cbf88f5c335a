"""Beside the form of a request: when its desk opens, the sentence to read aloud, who is told, what else is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guardia.calls.call import Call
from guardia.cases import desk_hours, queries
from guardia.cases.case import Case
from guardia.cases.draft import Draft
from guardia.cases.words import name_of_stage
from guardia.customers.contact import Contact
from guardia.customers.customer import Customer
from guardia.notices.ways import marked
from guardia.people.shifts import TECHNICAL
from guardia.procedure.version import ProcedureVersion
from guardia.procedure.vocabulary import CaseKind, Language, Moment
from guardia.web.desk import areas, reading
from guardia.web.desk.registration_form import Came, contact_on_the_line
from guardia.web.desk.requests.form import RequestForm, draft_key
from guardia.web.desk.shown.act_form import saved_words
from guardia.web.desk.shown.bench_rows import case_href
from guardia.web.desk.shown.clock import hour
from guardia.web.desk.shown.new_case import FoundCompany, came_name
from guardia.web.desk.shown.ways_words import ToldFirst, by_channels, nobody_words, who_is_told
from guardia.web.shared import about

MOST_OTHERS = 5


@dataclass(frozen=True, slots=True)
class RequestPage:
    action: str
    beside_href: str
    carry_href: str
    draft: str
    saved_at: float
    saved_words: str


@dataclass(frozen=True, slots=True)
class OtherRequest:
    number: str
    href: str
    subject: str
    words: str


@dataclass(frozen=True, slots=True)
class BesideRequest:
    """``language``: that of ``spoken``, which is the caller's and not always the page's."""

    desk: str
    handles: str
    opens: str
    spoken: str
    language: str
    told: Sequence[ToldFirst]
    nobody: str
    warns: bool
    others: Sequence[OtherRequest]


def query(company: Customer | None, came: Came, area: str = "") -> str:
    named = {came_name(came): came.pk if came else "", "compania": company.pk if company else "", areas.NAME: area}
    return urlencode({name: value for name, value in named.items() if value})


def address(company: Customer | None, came: Came, area: str = "") -> str:
    return f"{reverse('new_request')}?{query(company, came, area)}"


def form_page(company: Customer, came: Came, form: RequestForm, draft: Draft | None, at: datetime) -> RequestPage:
    return RequestPage(
        action=address(company, came),
        beside_href=f"{reverse('request_beside')}?{query(company, came)}",
        carry_href=f"{reverse('request_carry', args=['caso'])}?{query(company, came)}",
        draft=draft_key(company, came),
        saved_at=at.timestamp() if form.is_bound else draft.saved_at.timestamp() if draft else 0,
        saved_words=saved_words(draft.saved_at, at) if draft else "",
    )


def found_companies(companies: Sequence[Customer], came: Came, area: str) -> list[FoundCompany]:
    places = reading.places_of(companies)
    return [FoundCompany(address(one, came, area), one.name, places.get(one.pk, ""), one.vip) for one in companies]


def beside_request(
    company: Customer, form: RequestForm, came: Came, version: ProcedureVersion, at: datetime
) -> BesideRequest:
    """What follows for the desk that is chosen so far, and for who asks."""
    desk, asks = form.chosen, who_asks(company, form, came)
    language = language_of(asks)
    opens = desk_hours.opens_at(version.pk, desk.key, at)
    told, nobody = told_when_taken(company, asks, version)
    return BesideRequest(
        desk=str(desk.name),
        handles=str(desk.handles),
        opens=_("closed, opens %(hour)s") % {"hour": hour(opens, at)} if opens else _("open now"),
        spoken=desk_hours.spoken(version.pk, desk.key, at, language),
        language=language,
        told=told,
        nobody=nobody,
        warns=bool(nobody) and asks is not None,
        others=[] if is_stranger(company, came) else others_of(company, at),
    )


def who_asks(company: Customer, form: RequestForm, came: Came) -> Contact | None:
    """The contact that is chosen in the form, or who the number belongs to."""
    chosen = form["reporter"].value()
    chosen = str(chosen.pk if isinstance(chosen, Contact) else chosen or "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 16:
        return Contact.objects.filter(pk=int(chosen), customer=company, active=True).first()
    return None if form["reporter_name"].value() else contact_on_the_line(company, came)


def is_stranger(company: Customer, came: Came) -> bool:
    """Somebody who is no contact of the company is told nothing of its other requests (P2 D)."""
    return isinstance(came, Call) and contact_on_the_line(company, came) is None


def language_of(contact: Contact | None) -> str:
    """In which the sentence is said: of who asks, where that is one in which the procedure is published."""
    language = contact.language if contact else get_language() or ""
    return language if language in set(Language) else Language.ES.value


def told_when_taken(company: Customer, asks: Contact | None, version: ProcedureVersion) -> tuple[list[ToldFirst], str]:
    """Who is told in writing that it was taken; a person who is no contact of the company is told by voice alone."""
    rule = version.procedure.notice_for(Moment.ADMIN_TAKEN, of=CaseKind.REQUEST)
    if rule is None:
        return [], ""
    contacts = reading.contacts_of(company.pk)
    people = who_is_told(contacts, rule, reporter_id=asks.pk if asks else None, kind=CaseKind.REQUEST)
    marks = marked(people)
    if not people:
        return [], _("Nobody is told in writing: who asks is no contact of the company. Read the number aloud.")
    return by_channels(people, marks, down=False), nobody_words(people, marks)


def others_of(company: Customer, at: datetime) -> list[OtherRequest]:
    """The other open requests of the company: perhaps it is asked a second time."""
    cases = queries.with_names(queries.open_cases().filter(customer=company)).exclude(desk=TECHNICAL)
    return [
        OtherRequest(
            case.display_number,
            case_href(case),
            case.subject,
            about.joined(about.desk_name(case), name_of_stage(case.stage), hour(case.opened_at, at)),
        )
        for case in cases.order_by("-opened_at")[:MOST_OTHERS]
    ]


def spoken_for(case: Case, at: datetime) -> str:
    """What to tell the person who asked, in that person's language."""
    return desk_hours.spoken(case.procedure_version_id, case.desk, at, language_of(case.reporter))
