"""How a person or a level is reached, as it is shown to the desk, to who is paged and to a customer: with its proof."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guardia.customers.phones import spoken
from guardia.escalation.reachability import Known, Proof, known, last_proven
from guardia.escalation.roster import LevelNow, OnDuty
from guardia.people.staff import Staff
from guardia.procedure.rules import NightLine
from guardia.procedure.schema import Procedure

Proofs = Mapping[str, Proof]


@dataclass(frozen=True, slots=True)
class Way:
    """One number or mailbox: its kind in a word, as it is read, as it is dialled, and when it was proven last."""

    kind: str
    words: str
    address: str
    href: str = ""
    proof: str = ""
    state: str = ""

    @property
    def is_phone(self) -> bool:
        return self.href.startswith("tel:")

    @property
    def warns(self) -> bool:
        return self.state != Known.PROVEN


@dataclass(frozen=True, slots=True)
class Number:
    """Whom to call: by what name it is called, as it is read, as it is dialled."""

    name: str
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    position: str
    until: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A level of the matrix as it stands now; ``ways`` are the level's own."""

    number: int
    clause: str
    name: str
    role: str
    persons: tuple[Person, ...]
    ways: tuple[Way, ...]

    @property
    def is_empty(self) -> bool:
        return not self.persons and not self.ways


def level_rows(levels: Sequence[LevelNow], at: datetime) -> list[LevelRow]:
    """With the last proof of every number, in one question."""
    proofs = last_proven(address for level in levels for address in addresses_of(level))
    return [level_row(level, proofs, at) for level in levels]


def addresses_of(level: LevelNow) -> list[str]:
    people = [person.staff for person in level.persons]
    return [level.phone, *(address for staff in people for address in (staff.mobile, staff.desk_phone, staff.email))]


def level_row(level: LevelNow, proofs: Proofs, at: datetime) -> LevelRow:
    own = [phone(level.phone_name or _("Number of the level"), level.phone, proofs, at)] if level.phone else []
    return LevelRow(
        number=level.number,
        clause=level.rule.clause,
        name=str(level.rule.name),
        role=str(level.rule.role),
        persons=tuple(person(each, proofs, at) for each in level.persons),
        ways=tuple(own),
    )


def person(on_duty: OnDuty, proofs: Proofs, at: datetime) -> Person:
    staff = on_duty.staff
    return Person(staff.pk, staff.name, staff.position, until_words(on_duty, at), tuple(ways_of(staff, proofs, at)))


def ways_of(staff: Staff, proofs: Proofs, at: datetime) -> list[Way]:
    """The ways the matrix publishes of a person (E2 to E4), the mobile first."""
    ways = [phone(_("Mobile"), staff.mobile, proofs, at)] if staff.mobile else []
    if staff.desk_phone:
        ways.append(phone(_("Desk telephone"), staff.desk_phone, proofs, at))
    if staff.email:
        mail = Way(_("Mail"), staff.email, staff.email, f"mailto:{staff.email}", *proof_of(staff.email, proofs, at))
        ways.append(mail)
    return ways


def phone(kind: str, number: str, proofs: Proofs, at: datetime) -> Way:
    return Way(kind, spoken(number), number, tel(number), *proof_of(number, proofs, at))


def night_way(night: NightLine, at: datetime) -> Way:
    """E5's telephone, in the words in which the procedure publishes it."""
    return replace(phone(str(night.clause), night.number, last_proven([night.number]), at), words=night.number)


def room(procedure: Procedure) -> tuple[Number, ...]:
    """The operations room's lines (L3)."""
    lines = [line for line in procedure.lines if line.desk == "technical"][:2]
    return tuple(Number(str(line.name), line.number, tel(line.digits())) for line in lines)


def tel(number: str) -> str:
    """The address that dials a number: ``tel:+593999000001``, with its extension where it has one."""
    digits, _sep, extension = number.partition(";ext=")
    dialled = "".join(sign for sign in digits if sign.isdigit() or sign == "+")
    return f"tel:{dialled};ext={extension}" if extension else f"tel:{dialled}"


def proof_of(address: str, proofs: Proofs, at: datetime) -> tuple[str, str]:
    """When it was last proven, in words, and what that is worth."""
    proof = proofs.get(address)
    state = known(proof, at)
    return proof_words(proof, state), state.value


def proof_words(proof: Proof | None, state: Known) -> str:
    if proof is None:
        return _("never proven")
    words = {
        Known.PROVEN: _("proven %(day)s"),
        Known.OLD: _("last proven %(day)s"),
        Known.FAILED: _("did not answer %(day)s"),
    }
    return words[state] % {"day": date_format(localtime(proof.at), _("j M Y"))}


def until_words(on_duty: OnDuty, at: datetime) -> str:
    if on_duty.until is None:
        return ""
    local = localtime(on_duty.until)
    same_day = local.date() == localtime(at).date()
    words = _("covers until %(hour)s") if on_duty.is_cover else _("until %(hour)s")
    return words % {"hour": date_format(local, "H:i" if same_day else _("D j M H:i"))}


def unproven(levels: Iterable[LevelRow]) -> list[tuple[str, Way]]:
    """Every number and mailbox that was not proven within ninety days, with whose it is."""
    found = [(person.name, way) for level in levels for person in level.persons for way in person.ways if way.warns]
    return found + [(level.name, way) for level in levels for way in level.ways if way.warns]
