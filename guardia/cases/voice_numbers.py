"""Whom of a company to ring, and by which number: who reported first, then the others who are told of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guardia.cases.voice_course import Tried
from guardia.customers.contact import Contact
from guardia.customers.way import WayKind

if TYPE_CHECKING:
    from guardia.cases.case import Case

MOST = 12
CALL_BACK = 0
LONGEST_NAME = 80


@dataclass(frozen=True)
class Candidate:
    """A number that rings a person of the company. ``place`` 0 is the call-back number that was given in the report."""

    contact: Contact
    place: int
    number: str

    @property
    def key(self) -> Tried:
        return self.contact.pk, self.place

    @property
    def name(self) -> str:
        return str(self.contact)[:LONGEST_NAME]


def candidates(case: "Case", contacts: Sequence[Contact]) -> list[Candidate]:
    """In the order in which they are rung, each number once. ``contacts``: those who are told, ``ways`` prefetched.

    The call-back number counts only where who reported is one of them: nothing confidential goes to a stranger (P2 D).
    """
    found = [Candidate(contact, CALL_BACK, case.call_back_number) for contact in contacts if calls_back(case, contact)]
    first = sorted(contacts, key=lambda contact: (contact.pk != case.reporter_id, contact.pk))
    found += [Candidate(contact, place, number) for contact in first for place, number in enumerate(rings(contact), 1)]
    once: dict[str, Candidate] = {}
    for candidate in found:
        once.setdefault(candidate.number, candidate)
    return list(once.values())[:MOST]


def calls_back(case: "Case", contact: Contact) -> bool:
    return contact.pk == case.reporter_id and bool(case.call_back_number)


def rings(contact: Contact) -> list[str]:
    """The numbers named for a voice, then the contact's telephones."""
    return list(dict.fromkeys([*voices(contact), *contact.phones]))


def voices(contact: Contact) -> Iterable[str]:
    ways = [way for way in contact.ways.all() if way.kind == WayKind.VOICE and way.active]
    return (way.address for way in sorted(ways, key=lambda way: (way.position, way.pk or 0)))
