"""What may be sent as a new ticket, in version 4 and version 5: read strictly, each mistake at its name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from guardia.cases.case import Status
from guardia.tmforum.ticket import IMPACTS
from guardia.tmforum.ticket_versions import REPORTER, TicketVersion
from guardia.web.api.v2.form_schema import Hour
from guardia.web.api.v2.json_body import JSON, json_of
from guardia.web.api.v2.problems import ProblemRaised, of_fields

LONGEST_TEXT, LONGEST_WORD, MOST_IN_A_LIST = 4_000, 200, 50
LONGEST_REFERENCE = 80
MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
JSON_PATCH_QUERY = "application/json-patch-query+json"


def without_nul(text: str) -> str:
    return text.replace("\0", "")


Word = Annotated[str, Field(max_length=LONGEST_WORD), AfterValidator(without_nul)]
Prose = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(without_nul)]


class Part(BaseModel):
    """An object within a ticket; what is not read here is left alone, since the standard lets parts be extended.

    In version 5 each of them says its ``@type``.
    """

    model_config = ConfigDict(extra="allow", populate_by_name=True)
    type: Word | None = Field(None, alias="@type")

    @field_validator("type", mode="before")
    @classmethod
    def is_a_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            raise PydanticCustomError("string_type", "a text")
        return value


class Note(Part):
    id: Word | None = None
    author: Word | None = None
    date: Word | None = None
    text: Prose = Field(min_length=1)


class Reference(Part):
    id: Word = Field(min_length=1)
    name: Word | None = None


class RelatedEntityV4(Reference):
    role: Word
    referred: Word = Field(alias="@referredType")


class RelatedPartyV4(Reference):
    role: Word | None = None
    referred: Word = Field(alias="@referredType")


class RelatedEntityV5(Part):
    role: Word
    entity: Reference


class RelatedPartyV5(Part):
    role: Word
    party: Reference | None = Field(None, alias="partyOrPartyRole")


class ExternalIdentifier(Part):
    id: Annotated[str, Field(min_length=1, max_length=LONGEST_REFERENCE), AfterValidator(without_nul)]
    owner: Word | None = None
    kind: Word | None = Field(None, alias="externalIdentifierType")


class NewTicket(BaseModel):
    """What both versions may send. What the desk decides by itself is taken, and not kept (docs/tmforum.md)."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    description: Prose = Field(min_length=1)
    severity: Word
    kind: Word = Field(alias="ticketType", min_length=1)
    name: Word | None = None
    status: Literal["acknowledged"] | None = None
    note: list[Note] = Field(default_factory=list, max_length=MOST_IN_A_LIST)
    channel: Reference | None = None
    priority: Word | None = None
    requested: Hour | None = Field(None, alias="requestedResolutionDate")
    expected: Hour | None = Field(None, alias="expectedResolutionDate")
    resolution: Hour | None = Field(None, alias="resolutionDate")
    changed: Hour | None = Field(None, alias="statusChangeDate")
    reason: Word | None = Field(None, alias="statusChangeReason")
    base: Word | None = Field(None, alias="@baseType")
    location: Word | None = Field(None, alias="@schemaLocation")
    relationship: list[dict[str, Any]] = Field(
        default_factory=list, alias="troubleTicketRelationship", max_length=MOST_IN_A_LIST
    )

    @field_validator("severity")
    @classmethod
    def is_known(cls, value: str) -> str:
        if value.lower() not in IMPACTS:
            known = "Critical, Major, Minor"
            raise PydanticCustomError("enum", "one of these", {"expected": known})
        return value


class NewTicketV4(NewTicket):
    type: Word | None = Field(None, alias="@type")
    reference: Annotated[str, Field(max_length=LONGEST_REFERENCE)] | None = Field(None, alias="externalId")
    entities: list[RelatedEntityV4] = Field(default_factory=list, alias="relatedEntity", max_length=MOST_IN_A_LIST)
    parties: list[RelatedPartyV4] = Field(default_factory=list, alias="relatedParty", max_length=MOST_IN_A_LIST)
    created: Hour | None = Field(None, alias="creationDate")
    updated: Hour | None = Field(None, alias="lastUpdate")
    changes: list[dict[str, Any]] = Field(default_factory=list, alias="statusChange", max_length=MOST_IN_A_LIST)


class NewTicketV5(NewTicket):
    type: Word = Field(alias="@type", min_length=1)
    references: list[ExternalIdentifier] = Field(default_factory=list, alias="externalIdentifier", max_length=10)
    entities: list[RelatedEntityV5] = Field(default_factory=list, alias="relatedEntity", max_length=MOST_IN_A_LIST)
    parties: list[RelatedPartyV5] = Field(default_factory=list, alias="relatedParty", max_length=MOST_IN_A_LIST)
    specification: Reference | None = Field(None, alias="troubleTicketSpecification")
    characteristics: list[Part] = Field(
        default_factory=list, alias="troubleTicketCharacteristic", max_length=MOST_IN_A_LIST
    )
    id: Word | None = None
    href: Word | None = None


@dataclass(frozen=True)
class NewTicketFacts:
    """A new ticket as the desk reads it, whichever version it came in. ``service``: an id or a circuit."""

    description: str
    impact: str
    kind: str
    service: str
    reference: str = ""
    reporter: str = ""
    notes: list[str] = field(default_factory=list)


def new_ticket(body: Any, version: TicketVersion) -> NewTicketFacts:
    """The new ticket that was sent. Raises pydantic's ValidationError, or ProblemRaised for parts without a type."""
    if version.number == 5:
        must_be_typed(body)
        sent: Any = NewTicketV5.model_validate(body)
        entities = [one.entity.id for one in sent.entities]
        people = [one.party for one in sent.parties if one.party and one.role.lower() == REPORTER]
        reference = sent.references[0].id if sent.references else ""
    else:
        sent = NewTicketV4.model_validate(body)
        entities = [one.id for one in sent.entities]
        people = [one for one in sent.parties if (one.role or "").lower() == REPORTER]
        reference = sent.reference or ""
    if len(entities) > 1:
        raise of_fields({"relatedEntity": [_("A ticket is about one service. Send one, by its id or its circuit.")]})
    lines = [sent.name or "", sent.description]
    whole = "\n".join(lines if sent.name and sent.name not in sent.description else lines[1:])
    return NewTicketFacts(
        description=whole,
        impact=str(IMPACTS[sent.severity.lower()]),
        kind=sent.kind,
        service=entities[0] if entities else "",
        reference=reference.strip(),
        reporter=(people[0].name or people[0].id) if people else "",
        notes=[note.text for note in sent.note],
    )


def must_be_typed(body: Any, path: str = "") -> None:
    """In version 5 each object says what it is. Raises ProblemRaised, naming each that does not."""
    missing: dict[str, list[str]] = {}

    def look(value: Any, path: str) -> None:
        if isinstance(value, Mapping):
            if not isinstance(value.get("@type"), str):
                missing[f"{path}@type"] = [_("This is missing.")]
            for name, part in value.items():
                if name in PARTS:
                    look(part, f"{path}{name}.")
        elif isinstance(value, list):
            for number, part in enumerate(value[:MOST_IN_A_LIST]):
                look(part, f"{path}{number}.")

    if isinstance(body, Mapping):
        look(body, path)
    if missing:
        raise of_fields(missing)


PARTS = (
    *("note", "relatedEntity", "relatedParty", "externalIdentifier", "channel", "entity", "partyOrPartyRole"),
    *("attachment", "troubleTicketRelationship", "troubleTicketSpecification", "troubleTicketCharacteristic"),
)
STATUSES = tuple(Status.values)


def json_in(request: HttpRequest, kinds: tuple[str, ...] = (JSON,)) -> Any:
    """The body as JSON. Raises ProblemRaised: 400 where it is none, 415 where it says to be of another type."""
    if request.content_type not in kinds:
        words = _("Send the body with Content-Type: %(type)s.") % {"type": ", ".join(kinds)}
        raise ProblemRaised(415, _("This address takes JSON."), words)
    try:
        return json_of(request)
    except (ValueError, RecursionError) as wrong:
        raise ProblemRaised(400, _("The body is not JSON."), _("Send a JSON object as UTF-8.")) from wrong
