"""A noun that the desk writes in a form (a company, a site, a crew, …) as operations: read, create, change, end.

Form, right and rules are those of the desk (``web/desk/companies``); here a noun gets its name and its representation.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Body as BodyOf
from ninja import Path, Router
from pydantic import BaseModel, Field, create_model

from guardia.config.now import now
from guardia.people.policy import Right
from guardia.people.setting_change import take_turn
from guardia.web.api.v2.caller import caller_of
from guardia.web.api.v2.form_schema import Body, body_of, form_data, unasked
from guardia.web.api.v2.operations import must_match, operation, respond
from guardia.web.api.v2.pages import LARGEST_ID, Fields
from guardia.web.api.v2.problems import ProblemRaised, not_found, of_fields, of_refusal
from guardia.web.desk.companies.bands import what_changes
from guardia.web.desk.companies.frame import DeskForm
from guardia.web.desk.companies.things import Noun, not_agreed, saved, switched
from guardia.web.shared.act import Refusal

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
AGREED = "agreed"


@dataclass(frozen=True)
class Offered:
    """One noun of the desk and how the API writes it.

    ``name`` and ``one`` are its plural and singular, ``rows`` its named query, ``written`` its representation, and
    ``example`` a body as somebody would send it.
    """

    noun: Noun
    name: str
    one: str
    answer: type[BaseModel]
    rows: Callable[[], QuerySet[Any]]
    written: Callable[[Any], BaseModel]
    example: dict[str, Any]
    more: dict[str, Any] | None = None

    @property
    def whole(self) -> str:
        """What it is a part of, as a body names it: ``company``; empty where it is nobody's part."""
        return self.noun.whole[2] if self.noun.whole else ""

    def body(self, *, known: bool) -> Any:
        """The fields of the desk's form; with ``known`` what is left out stays as it is on record."""
        fields: dict[str, Any] = dict(self.more or {})
        if self.whole and not known:
            fields[self.whole] = (int, Field(ge=1, le=LARGEST_ID))
        if known and self.noun.foresee:
            fields[AGREED] = (str | None, Field(None, description="What the refusal that names whom it concerns says."))
        what = "".join(part.capitalize() for part in self.one.split("_"))
        base = body_of(f"{what}{'Change' if known else 'New'}Form", self.noun.form, known=known) or Body
        return create_model(f"Changed{what}" if known else f"New{what}", __base__=base, **fields)

    def find(self, pk: int) -> Any:
        """The row of this id. Raises ProblemRaised (404)."""
        try:
            return get_object_or_404(self.rows(), pk=pk)
        except Http404 as gone:
            title = _("There is nothing with this id.")
            raise not_found(title, _("Look in the list: /api/v2/%(list)s.") % {"list": self.name}) from gone


def offer(router: Router, one: Offered) -> None:
    """Put the operations of a noun into the API, beside its list."""
    address, words = f"/{one.name}", one.one.replace("_", " ")
    article = "an" if words[0] in "aeiou" else "a"

    @operation(
        router,
        "GET",
        f"{address}/{{id}}",
        f"{one.name}.read",
        right=Right.SEE_DESK,
        answer=one.answer,
        summary=f"Read {article} {words}",
    )
    def read(request: HttpRequest, id: Id, fields: Fields) -> HttpResponse:
        body = one.written(one.find(id))
        return respond(body, etag=etag_of(body), fields=fields, request=request)

    new: Any = one.body(known=False)

    @operation(
        router,
        "POST",
        address,
        f"{one.name}.create",
        right=one.noun.right,
        answer=one.answer,
        status=201,
        summary=f"Create {article} {words}",
        example=one.example,
    )
    def create(request: HttpRequest, body: Annotated[new, BodyOf(...)]) -> HttpResponse:
        return created(request, one, body.model_dump(exclude_none=True))

    offer_changes(router, one, f"{address}/{{id}}", f"{article} {words}")


def offer_changes(router: Router, one: Offered, address: str, words: str) -> None:
    change: Any = one.body(known=True)
    example = {name: value for name, value in one.example.items() if name != one.whole}

    @operation(
        router,
        "PATCH",
        address,
        f"{one.name}.change",
        right=one.noun.right,
        answer=one.answer,
        summary=f"Change {words}",
        description="What is left out stays as it is; an empty text or list empties the field.",
        example=example,
    )
    def changed(request: HttpRequest, id: Id, body: Annotated[change, BodyOf(...)]) -> HttpResponse:
        return change_existing(request, one, id, body.model_dump(exclude_none=True))

    if one.noun.end is None:
        return
    for verb, active in (("deactivate", False), ("activate", True)):
        operation(
            router,
            "POST",
            f"{address}/{verb}",
            f"{one.name}.{verb}",
            right=one.noun.right,
            answer=one.answer,
            summary=f"{verb.capitalize()} {words}",
        )(switch_of(one, active))


def switch_of(one: Offered, active: bool) -> Callable[..., HttpResponse]:
    def switch(request: HttpRequest, id: Id) -> HttpResponse:
        thing = thing_to_change(request, one, id)
        done = switched(one.noun, thing, active=active, by=caller_of(request).staff, at=now())
        if isinstance(done, Refusal):
            raise of_refusal(done)
        return answer(one, id)

    return switch


# --- writing ----------------------------------------------------------------------------------------------------------
def created(request: HttpRequest, one: Offered, sent: dict[str, Any]) -> HttpResponse:
    """A new one, with what the desk's form offers for what was left out."""
    whole_id = sent.pop(one.whole, None) if one.whole else None
    try:
        thing = one.noun.fresh(whole_id)
    except Http404 as gone:
        raise of_fields({one.whole: [_("There is nothing with this id.")]}) from gone
    keep(request, one, thing, form_of(one, thing, sent))
    return answer(one, thing.pk, status=201)


def change_existing(request: HttpRequest, one: Offered, pk: int, sent: dict[str, Any]) -> HttpResponse:
    """What was sent is saved beside what is on record; a change that concerns others is agreed to first."""
    agreed = sent.pop(AGREED, "")
    thing = thing_to_change(request, one, pk)
    form = form_of(one, thing, sent)
    if ahead := not_agreed(one.noun.foresee, thing, form, agreed):
        concerns = what_changes(ahead)
        by_person = ", ".join(company.name for company in concerns["by_hand"])
        by_case = "; ".join(f"{company.name}: {', '.join(cases)}" for company, cases in concerns["by_case"])
        words = " · ".join(part for part in (concerns["title"], by_case, by_person) if part)
        raise ProblemRaised(
            409,
            words,
            _("If it is meant, send it again with the text of the field “agreed”."),
            errors={AGREED: ahead.signature},
        )
    keep(request, one, thing, form)
    return answer(one, pk)


def thing_to_change(request: HttpRequest, one: Offered, pk: int) -> Any:
    """The row as it is now; until the transaction ends no other machine changes it, and the desk waits or is informed.

    Raises ProblemRaised: 404, and 412 where somebody has changed it since it was read.
    """
    take_turn(one.noun.recorded or one.noun.name, pk)
    thing = one.find(pk)
    must_match(request, etag_of(one.written(thing)))
    return thing


def form_of(one: Offered, thing: Any, sent: dict[str, Any]) -> DeskForm:
    """The desk's form, filled with what is on record and what was sent. Raises ProblemRaised (422)."""
    blank = one.noun.form(None, of=thing)
    if stays := [name for name, value in sent.items() if is_other_than_fixed(blank, name, value)]:
        raise of_fields({name: [_("Once given it stays.")] for name in stays})
    on_record = {name: blank.get_initial_for_field(field, name) for name, field in blank.fields.items()}
    form = one.noun.form(form_data(sent, one.noun.form, on_record), of=thing)
    if unknown := unasked(sent, form):
        raise of_fields({name: [words] for name, words in unknown.items()})
    return form


def is_other_than_fixed(form: BaseForm, name: str, value: Any) -> bool:
    """Whether the form holds this field fast, at another value."""
    field = form.fields.get(name)
    return bool(field and field.disabled) and form.get_initial_for_field(field, name) != value  # type: ignore[arg-type]


def keep(request: HttpRequest, one: Offered, thing: Model, form: DeskForm) -> None:
    """Raises ProblemRaised with what the form or the noun's own rule refuses, at its field."""
    done = saved(one.noun, thing, form, by=caller_of(request).staff, at=now())
    if isinstance(done, Refusal):
        raise of_fields(form.errors) if form.errors else of_refusal(done)


# --- answers ----------------------------------------------------------------------------------------------------------
def answer(one: Offered, pk: int, *, status: int = 200) -> HttpResponse:
    body = one.written(one.find(pk))
    headers = {"Location": f"/api/v2/{one.name}/{pk}"} if status == 201 else {}
    return respond(body, status=status, etag=etag_of(body), headers=headers)


def etag_of(body: BaseModel) -> str:
    """It changes with whatever the representation says."""
    return f'"{hashlib.sha256(body.model_dump_json().encode()).hexdigest()[:24]}"'
