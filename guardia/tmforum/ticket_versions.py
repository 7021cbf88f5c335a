"""How a ticket is written in version 4 and version 5 of the standard (TMF621), and in the body of an event of each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from guardia.tmforum.ticket import Ticket, TicketFile

TYPE = "TroubleTicket"
EXTENDED = "GuardiaTroubleTicket"
"""What version 4 calls a ticket that has characteristics: the standard of that version has none of its own."""
SERVICE, CUSTOMER, REPORTER = "service", "customer", "reporter"

Body = dict[str, Any]


@dataclass(frozen=True)
class TicketVersion:
    """A version of the standard: how it writes a ticket, and what it calls what both have.

    ``body`` is given the ticket and the address of the version's root. ``history`` and ``occurred`` are names of
    attributes, ``external`` that of the caller's own number.
    """

    name: str
    number: int
    history: str
    occurred: str
    external: str
    body: Callable[[Ticket, str], Body]

    @property
    def path(self) -> str:
        return f"/tmf-api/troubleTicket/{self.name}"

    @property
    def root(self) -> str:
        """The address of this version on this installation, as events and ``href`` have it."""
        return settings.PUBLIC_URL.rstrip("/") + self.path

    def written(self, ticket: Ticket) -> Body:
        """The ticket as JSON has it: nothing that is empty."""
        return {name: value for name, value in self.body(ticket, self.root).items() if value not in (None, "", [])}


def common(ticket: Ticket, root: str) -> Body:
    """What both versions say in the same words."""
    return {
        "id": ticket.id,
        "href": f"{root}/troubleTicket/{ticket.id}",
        "name": ticket.name,
        "description": ticket.description,
        "severity": ticket.severity,
        "ticketType": ticket.kind,
        "status": ticket.status,
        "statusChangeDate": ticket.hour(ticket.changes[-1].at) if ticket.changes else None,
        "statusChangeReason": ticket.changes[-1].reason if ticket.changes else None,
        "creationDate": ticket.hour(ticket.created_at),
        "lastUpdate": ticket.hour(ticket.updated_at),
        "expectedResolutionDate": ticket.hour(ticket.promised_at),
        "resolutionDate": ticket.hour(ticket.resolved_at),
    }


def typed(name: str, is_typed: bool) -> Body:
    return {"@type": name} if is_typed else {}


def notes(ticket: Ticket, *, is_typed: bool) -> list[Body]:
    return [
        {
            **typed("Note", is_typed),
            "id": note.id,
            "author": note.author,
            "date": ticket.hour(note.at),
            "text": note.text,
        }
        for note in ticket.notes
    ]


def attachments(ticket: Ticket, root: str, *, is_typed: bool) -> list[Body]:
    def one(file: TicketFile) -> Body:
        return {
            **typed("Attachment", is_typed),
            "id": str(file.id),
            "name": file.name,
            "description": file.caption,
            "mimeType": file.type,
            "attachmentType": file.type.partition("/")[0],
            "size": {"amount": file.size, "units": "bytes"},
            "url": f"{root}/troubleTicket/{ticket.id}/attachment/{file.id}",
        }

    return [one(file) for file in ticket.files]


def characteristics(facts: Mapping[str, Any], *, is_typed: bool) -> list[Body]:
    """What the standard has no word for: a text, or a list of objects."""
    found = []
    for name, value in facts.items():
        kind = "objectArray" if isinstance(value, list) else "string"
        type_ = typed("ObjectArrayCharacteristic" if isinstance(value, list) else "StringCharacteristic", is_typed)
        found.append({**type_, "name": name, "valueType": kind, "value": value})
    return found


# --- version 4 --------------------------------------------------------------------------------------------------------
def body_v4(ticket: Ticket, root: str) -> Body:
    parties = [{"id": ticket.company[0], "name": ticket.company[1], "role": CUSTOMER, "@referredType": "Organization"}]
    if ticket.reporter:
        parties.append(
            {"id": ticket.reporter, "name": ticket.reporter, "role": REPORTER, "@referredType": "Individual"}
        )
    service = ticket.service
    return {
        **common(ticket, root),
        "@type": EXTENDED,
        "@baseType": TYPE,
        "@schemaLocation": f"{root}/schema/{EXTENDED}.json",
        "externalId": ticket.reference,
        "channel": {"id": ticket.channel, "name": ticket.channel} if ticket.channel else None,
        "note": notes(ticket, is_typed=False),
        "attachment": attachments(ticket, root, is_typed=False),
        "relatedParty": parties,
        "relatedEntity": [{"id": service[0], "name": service[1], "role": SERVICE, "@referredType": "Service"}]
        if service
        else [],
        "statusChange": [
            {"status": change.status, "changeDate": ticket.hour(change.at), "changeReason": change.reason}
            for change in ticket.changes
        ],
        "troubleTicketCharacteristic": characteristics(ticket.facts, is_typed=False),
    }


def extension_schema() -> Body:
    """The JSON schema of what version 4 lacks, for ``@schemaLocation``."""
    text = {"type": "string"}
    value = {"oneOf": [text, {"type": "array", "items": {"type": "object"}}]}
    one = {
        "type": "object",
        "required": ["name", "value"],
        "properties": {"name": text, "valueType": text, "value": value},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": EXTENDED,
        "description": "A TroubleTicket of TMF621 v4 with the characteristics that v5 has: stage, clocks and waits.",
        "type": "object",
        "properties": {"troubleTicketCharacteristic": {"type": "array", "items": one}},
    }


# --- version 5 --------------------------------------------------------------------------------------------------------
def reference(type_: str, referred: str, id_: str, name: str) -> Body:
    return {"@type": type_, "@referredType": referred, "id": id_, "name": name}


def party(role: str, referred: str, id_: str, name: str) -> Body:
    whom = reference("PartyRef", referred, id_, name)
    return {"@type": "RelatedPartyRefOrPartyRoleRef", "role": role, "partyOrPartyRole": whom}


def body_v5(ticket: Ticket, root: str) -> Body:
    parties = [party(CUSTOMER, "Organization", *ticket.company)]
    if ticket.reporter:
        parties.append(party(REPORTER, "Individual", ticket.reporter, ticket.reporter))
    own = {"@type": "ExternalIdentifier", "externalIdentifierType": CUSTOMER, "id": ticket.reference}
    entity = reference("EntityRef", "Service", *ticket.service) if ticket.service else None
    return {
        "@type": TYPE,
        **common(ticket, root),
        "externalIdentifier": [own] if ticket.reference else [],
        "channel": {"@type": "ChannelRef", "id": ticket.channel, "name": ticket.channel} if ticket.channel else None,
        "note": notes(ticket, is_typed=True),
        "attachment": attachments(ticket, root, is_typed=True),
        "relatedParty": parties,
        "relatedEntity": [{"@type": "RelatedEntity", "role": SERVICE, "entity": entity}] if entity else [],
        "statusChangeHistory": [
            {
                "@type": "StatusChange",
                "status": change.status,
                "statusChangeDate": ticket.hour(change.at),
                "statusChangeReason": change.reason,
            }
            for change in ticket.changes
        ],
        "troubleTicketCharacteristic": characteristics(ticket.facts, is_typed=True),
    }


V4 = TicketVersion("v4", 4, "statusChange", "timeOcurred", "externalId", body_v4)
V5 = TicketVersion("v5", 5, "statusChangeHistory", "timeOccurred", "externalIdentifier", body_v5)
VERSIONS: Mapping[str, TicketVersion] = {one.name: one for one in (V4, V5)}
