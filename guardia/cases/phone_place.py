"""Where a call of an exchange belongs: its number, the line that was dialled, the desk it leads to, who answered it."""

from dataclasses import dataclass
from datetime import datetime

import phonenumbers
from django.db.models import Q

from guardia.calls.course_model import Course
from guardia.calls.course_visits import Person, extension_in
from guardia.calls.exchange import Exchange, ExchangeAgent
from guardia.customers.phones import NotANumber, normalise
from guardia.people.shifts import TECHNICAL
from guardia.people.staff import Staff
from guardia.procedure.directory import Line
from guardia.procedure.schema import Procedure

FEWEST_DIGITS = 6
"""An exchange may see only the end of the number that was dialled; shorter ends could be of several."""
FEWEST_OF_A_TELEPHONE = 2
"""Digits: the shortest extension of an operator."""
LONGEST_NUMBER = LONGEST_LINE = 40


@dataclass(frozen=True)
class Place:
    """The line by its key (or in words what was dialled), and the desk it leads to."""

    line: str
    desk: str


def number_of(written: str, country: str, area: str = "") -> str:
    """The caller's number as E.164; as it came where it is none; empty where it is withheld, in whatever words.

    One that lacks nothing but its area code is completed by ``area``, the one of the exchange.
    What cannot be dialled ("asterisk", "0", "anonymous@anonymous.invalid") is not one person's number, and must not
    make one caller of all who ring behind it.
    """
    digits = [sign for sign in written if sign.isdecimal()]
    if len(digits) < FEWEST_OF_A_TELEPHONE or not any(int(sign) for sign in digits):
        return ""
    try:
        return normalise(written, country)[:LONGEST_NUMBER] if written else ""
    except NotANumber:
        return _of_the_area(written, country, area) or written[:LONGEST_NUMBER]


def _of_the_area(written: str, country: str, area: str) -> str:
    """The number with the area code before it, where that makes a whole one; a number abroad is left as it is."""
    local = "".join(sign for sign in written if sign.isdecimal())
    if not area or len(local) < FEWEST_DIGITS or written.strip().startswith(("+", "00")):
        return ""
    try:
        found = phonenumbers.parse(f"{area}{local}", country)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(found):
        return ""
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def place_of(course: Course, exchange: Exchange, procedure: Procedure) -> Place:
    """By the number that was dialled and the key that was pressed; else by the queue; else the technical desk.

    Where the key was not heard, the queue tells which one it was.
    """
    lines = lines_of(course.dialled, exchange, procedure)
    plain = next((line for line in lines if line.option is None), None)
    by_queue = desk_of_queue(course.queue, exchange, procedure)
    named = _named(course.dialled, exchange, procedure)
    if course.option:
        line = next((line for line in lines if line.option == course.option), None)
    elif named:
        line = named
    elif by_queue:
        line = next((line for line in [plain, *lines] if line and line.desk == by_queue), None)
    else:
        line = plain
    if line:
        return Place(line.key, line.desk)
    desk = by_queue or (plain.desk if plain else TECHNICAL)
    if plain and plain.desk == desk:
        return Place(plain.key, desk)
    words = "/".join(part for part in (course.dialled, course.option) if part)
    return Place(words[:LONGEST_LINE], desk)


def lines_of(dialled: str, exchange: Exchange, procedure: Procedure) -> list[Line]:
    """The lines of the procedure that a number belongs to: as somebody has named it, else by its end."""
    if named := _named(dialled, exchange, procedure):
        return [line for line in procedure.lines if line.number == named.number]
    digits = significant(dialled, exchange.country)
    return [line for line in procedure.lines if _is_dialled(line, digits, exchange.country)]


def _named(dialled: str, exchange: Exchange, procedure: Procedure) -> Line | None:
    key = exchange.numbers.get(dialled)
    return next((line for line in procedure.lines if line.key == key), None) if key else None


def desk_of_queue(queue: str, exchange: Exchange, procedure: Procedure) -> str:
    """The desk of the procedure that this queue is; empty where it is none's."""
    desks = {desk.key for desk in procedure.desks}
    named = exchange.queues.get(queue, queue)
    return named if named in desks else ""


def _is_dialled(line: Line, dialled: str, country: str) -> bool:
    published = significant(line.number, country)
    return len(dialled) >= FEWEST_DIGITS and published.endswith(dialled)


def significant(number: str, country: str) -> str:
    """The digits of a number without its country code and without the zero of a trunk call."""
    digits = "".join(sign for sign in number if sign.isascii() and sign.isdigit())
    code = str(phonenumbers.country_code_for_region(country) or "")
    international = number.strip().startswith("+") or digits.startswith("00")
    digits = digits.lstrip("0")
    if code and digits.startswith(code) and (international or len(digits) >= FEWEST_DIGITS + 2 + len(code)):
        digits = digits.removeprefix(code).lstrip("0")
    return digits


def staff_of(person: Person | None, exchange: Exchange, at: datetime) -> Staff | None:
    """The person of ours whom the exchange means, by its names at that hour (UTC); None where that is not clear."""
    if person is None:
        return None
    extensions = [each for each in (person.extension, extension_in(person.interface)) if each]
    names = [each for each in (person.member, person.interface, *extensions, *person.user_ids) if each]
    agents = ExchangeAgent.objects.filter(Q(until=None) | Q(until__gt=at), exchange=exchange, name__in=names)
    mapped = {agent.name: agent.staff for agent in agents.filter(since__lte=at).select_related("staff")}
    if found := next((mapped[name] for name in names if name in mapped), None):
        return found
    return _only(Q(extension__in=extensions)) or (_only(Q(name=person.member)) if person.member else None)


def _only(query: Q) -> Staff | None:
    found = list(Staff.objects.at_work().filter(query)[:2])
    return found[0] if len(found) == 1 else None
