"""The objects of MEF 124 as its definition has them: what a Buyer sends, and what is answered.

What a Buyer sent is answered unchanged (R11), so that hours stay the text that they were.
"""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from guardia.cases.buyer_ticket import LONGEST_EXTERNAL_ID, MefStatus
from guardia.web.api.v2.form_schema import YEARS

LONGEST = 4000
MOST = 50
MOST_CONTENT = 2_400_000
"""Characters of Base64: a body has 2560 KB at most."""

Priority = Literal["low", "medium", "high", "critical"]
Severity = Literal["minor", "moderate", "significant", "extensive"]
Impact = Literal["degraded", "intermittent", "down"]
TicketType = Literal["assistance", "information", "installation", "maintenance"]
IncidentType = Literal["maintenance", "repair", "installation"]
IncidentStatus = Literal["closed", "created", "inProgress"]
Source = Literal["buyer", "seller"]


def of_characters(value: str) -> str:
    """A text that the database can hold. Raises PydanticCustomError."""
    if "\0" in value:
        raise PydanticCustomError("nul_character", "a NUL character")
    return value


def of_an_hour(value: str) -> str:
    """The text of an hour with its zone. Raises PydanticCustomError."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or "T" not in value.upper():
        raise PydanticCustomError("datetime_parsing", "no hour")
    if found.tzinfo is None:
        raise PydanticCustomError("timezone_aware", "no zone")
    if found.year not in YEARS:
        raise PydanticCustomError("date_year", "no year of ours")
    return value


Text = Annotated[str, Field(max_length=LONGEST), AfterValidator(of_characters)]
Word = Annotated[str, Field(max_length=200), AfterValidator(of_characters)]
Said = Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=r"\S"), AfterValidator(of_characters)]
ExternalId = Annotated[str, Field(max_length=LONGEST_EXTERNAL_ID), AfterValidator(of_characters)]
Hour = Annotated[str, AfterValidator(of_an_hour), WithJsonSchema({"type": "string", "format": "date-time"})]


class Sent(Schema):
    """What is sent knows its properties; another one is refused by its name."""

    model_config = ConfigDict(extra="forbid")


# --- parts ------------------------------------------------------------------------------------------------------------
class Size(Sent):
    amount: float = Field(1, ge=0, allow_inf_nan=False)
    units: Literal["BYTES", "KBYTES", "MBYTES", "GBYTES", "TBYTES", "PBYTES", "EBYTES", "ZBYTES", "YBYTES"] | None = (
        None
    )


class Attachment(Sent):
    """A file of the ticket: by its address, or its bytes as Base64 with their type."""

    attachmentId: Word | None = None
    author: Word
    content: Annotated[str, Field(max_length=MOST_CONTENT)] | None = None
    creationDate: Hour
    description: Text | None = None
    mimeType: Word | None = None
    name: Word
    size: Size | None = None
    source: Source
    url: Text | None = None


class SubUnit(Sent):
    subUnitNumber: Word
    subUnitType: Word


class SubAddress(Sent):
    buildingName: Word | None = None
    id: Word | None = None
    levelNumber: Word | None = None
    levelType: Word | None = None
    privateStreetName: Word | None = None
    privateStreetNumber: Word | None = None
    subUnit: Annotated[list[SubUnit], Field(max_length=MOST)] | None = None


class Address(Sent):
    country: Word
    streetType: Word | None = None
    postcodeExtension: Word | None = None
    city: Word
    streetNr: Word | None = None
    locality: Word | None = None
    postcode: Word | None = None
    streetNrLast: Word | None = None
    streetNrSuffix: Word | None = None
    streetName: Word
    stateOrProvince: Word | None = None
    streetNrLastSuffix: Word | None = None
    geographicSubAddress: SubAddress | None = None
    streetSuffix: Word | None = None


class Contact(Sent):
    """Whom to reach about a ticket, by the role that MEF 113 names."""

    emailAddress: Word
    name: Word
    number: Word
    numberExtension: Word | None = None
    organization: Word | None = None
    postalAddress: Address | None = None
    role: Word


class Entity(Sent):
    """What the ticket is about: the service, by its circuit or its id."""

    referredType: Word = Field("Product", alias="@referredType")
    href: Text | None = None
    id: Word
    role: Word


class Note(Sent):
    author: Word
    date: Hour
    id: Word
    source: Source
    text: Said


class Issue(Sent):
    """Another ticket or incident that this one has to do with."""

    referredType: Word = Field(alias="@referredType")
    creationDate: Hour
    description: Text
    href: Text | None = None
    id: Word
    relationshipType: Word
    source: Source


Attachments = Annotated[list[Attachment], Field(max_length=MOST)]
Notes = Annotated[list[Note], Field(max_length=MOST)]
Issues = Annotated[list[Issue], Field(max_length=MOST)]
Contacts = Annotated[list[Contact], Field(min_length=1, max_length=MOST)]
Entities = Annotated[list[Entity], Field(min_length=1, max_length=1)]


# --- bodies -----------------------------------------------------------------------------------------------------------
class TroubleTicketCreate(Sent):
    """A ticket as a Buyer opens it."""

    attachment: Attachments | None = None
    description: Said
    externalId: ExternalId | None = None
    issueStartDate: Hour | None = None
    note: Notes | None = None
    observedImpact: Impact
    priority: Priority
    relatedContactInformation: Contacts
    relatedEntity: Entities
    relatedIssue: Issues | None = None
    severity: Severity
    ticketType: TicketType


class TroubleTicketUpdate(Sent):
    """What a Buyer changes: what is left out stays, lists of notes and attachments only grow."""

    attachment: Attachments | None = None
    externalId: Annotated[ExternalId, Field(min_length=1)] | None = None
    issueStartDate: Hour | None = None
    observedImpact: Impact | None = None
    note: Notes | None = None
    priority: Priority | None = None
    relatedContactInformation: Contacts | None = None
    relatedIssue: Issues | None = None
    severity: Severity | None = None


class Reason(Sent):
    """Why the Buyer does not agree that it is solved."""

    reason: Said


# --- answers ----------------------------------------------------------------------------------------------------------
class Answer(Schema):
    """What is answered; what is not set is left out."""


class StatusChange(Answer):
    changeDate: Hour
    changeReason: str | None = None
    status: MefStatus


class WorkOrder(Answer):
    """A visit of our crew, by its id."""

    id: str


class TroubleTicketFound(Answer):
    """A ticket as a list has it. What is not set is left out (R23)."""

    id: str
    externalId: str | None = None
    description: str
    creationDate: Hour
    expectedResolutionDate: Hour | None = None
    resolutionDate: Hour | None = None
    observedImpact: Impact
    priority: Priority
    sellerPriority: Priority
    severity: Severity
    sellerSeverity: Severity
    status: MefStatus
    ticketType: TicketType
    relatedEntity: list[Entity]


class TroubleTicket(TroubleTicketFound):
    """A ticket with its whole history."""

    href: str
    issueStartDate: str | None = None
    attachment: list[Attachment]
    note: list[Note]
    relatedContactInformation: list[Contact]
    relatedIssue: list[Issue]
    statusChange: list[StatusChange]
    workOrder: list[WorkOrder]


class IncidentStatusChange(Answer):
    changeDate: Hour
    changeReason: str | None = None
    status: IncidentStatus


class IncidentFound(Answer):
    """A mass outage that touches services of the company, as a list has it."""

    id: str
    href: str
    description: str
    creationDate: Hour
    situationStartDate: Hour
    expectedClosedDate: Hour | None = None
    closedDate: Hour | None = None
    impact: Impact
    incidentType: IncidentType
    priority: Priority
    severity: Severity
    status: IncidentStatus
    relatedEntity: list[Entity]


class Incident(IncidentFound):
    """A mass outage with what was said of it."""

    note: list[Note]
    relatedContactInformation: list[Contact]
    relatedIssue: list[Issue]
    statusChange: list[IncidentStatusChange]


# --- refusals ---------------------------------------------------------------------------------------------------------
class Refusal(Answer):
    """What is wrong, and what to do, in the language of `Accept-Language`."""

    reason: str = Field(max_length=255)
    message: str | None = None
    referenceError: str | None = None


class Error400(Refusal):
    code: Literal["missingQueryParameter", "missingQueryValue", "invalidQuery", "invalidBody"]


class Error401(Refusal):
    code: Literal["missingCredentials", "invalidCredentials"]


class Error403(Refusal):
    code: Literal["accessDenied", "forbiddenRequester", "tooManyUsers"]


class Error404(Refusal):
    code: Literal["notFound"]


class Error409(Refusal):
    code: Literal["conflict"]


class Error422(Refusal):
    code: Literal[
        "missingProperty",
        "invalidValue",
        "invalidFormat",
        "referenceNotFound",
        "unexpectedProperty",
        "tooManyRecords",
        "otherIssue",
    ]
    propertyPath: str | None = None


class Error501(Refusal):
    code: Literal["notImplemented"]


class OtherError(Refusal):
    """A refusal by HTTP that the standard has no type for."""

    code: str
