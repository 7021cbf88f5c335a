"""The acts that a technician's telephone may send (P4), each with the verb of the case that it becomes."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.cases.refusals import Refused, TooLong
from guardia.cases.verbs import desk_hour
from guardia.field.visit import FieldAct
from guardia.people.staff import Actor
from guardia.procedure.vocabulary import Condition

if TYPE_CHECKING:
    from guardia.cases.case import Case


# --- field refusals ---------------------------------------------------------------------------------------------------
# Why what a telephone sent cannot be taken: sentences for the crew and for the desk.
class NotUnderstood(Refused):
    clause = "P4"
    template = _("The telephone sent something that Guardia does not know (%(what)s). Call the desk.")


class HandedOver(Refused):
    clause = "P4"
    template = _("This visit now belongs to %(crew)s. Call the desk and say what you did and at what time.")


class BeforeTheDispatch(Refused):
    clause = "P4"
    template = _(
        "The telephone gives a time (%(said)s) before the visit was decided (%(decided)s). Tell the desk the "
        "right time: it is entered as reported by radio."
    )


class CouldNotBeTaken(Refused):
    clause = "P4"
    template = _("Guardia could not take this step, through no fault of yours. The desk enters it by hand.")


class OfAnotherVisit(Refused):
    clause = "P4"
    template = _("That visit is over and another one is open. Tell the desk what belongs to the first one.")


# --- field facts ------------------------------------------------------------------------------------------------------
# The facts of an act as they came over the network, read one by one: what is missing or too long is refused.
PROSE, WORDS = 4000, 160
FARTHEST = timedelta(days=366)
"""No crew says an hour that is farther away; the end of the calendar is none at all."""


def words(facts: Mapping[str, Any], name: str, most: int = WORDS) -> str:
    """A text of the facts, or nothing. Raises NotUnderstood, TooLong."""
    value = facts.get(name, "")
    if not isinstance(value, str) or "\0" in value:
        raise NotUnderstood(what=name)
    if len(value) > most:
        raise TooLong("P4", name, name, most)
    return value.strip()


def yes_or_no(facts: Mapping[str, Any], name: str) -> bool:
    """Raises NotUnderstood where it is neither: a word such as "no" is no yes."""
    value = facts.get(name, False)
    if not isinstance(value, bool):
        raise NotUnderstood(what=name)
    return value


def hour(facts: Mapping[str, Any], name: str, near: datetime) -> datetime:
    """In UTC. Raises NotUnderstood unless it is an hour with its zone, at most a year from ``near``."""
    try:
        value = parse_datetime(words(facts, name))
    except ValueError:
        value = None
    if value is None or value.tzinfo is None or abs(value - near) > FARTHEST:
        raise NotUnderstood(what=name)
    return value.astimezone(UTC)


def part_of(part: object) -> dict[str, Any]:
    """What was put in: its name, how many, its serial number. Raises NotUnderstood."""
    if not isinstance(part, dict) or not words(part, "name"):
        raise NotUnderstood(what="parts")
    quantity = part.get("quantity", 1)
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 0 < quantity < 10_000:
        raise NotUnderstood(what="quantity")
    return {"name": words(part, "name"), "quantity": quantity, "serial": words(part, "serial")}


# --- signature image --------------------------------------------------------------------------------------------------
# The hand of whoever signed, as a telephone draws it: a PNG within the act itself.
BEGINS = "data:image/png;base64,"
PNG = b"\x89PNG\r\n\x1a\n"


def image_of(written: str) -> bytes:
    """The picture's bytes. Raises NotUnderstood where it is none."""
    try:
        content = base64.b64decode(written.removeprefix(BEGINS), validate=True)
    except (binascii.Error, ValueError) as trouble:
        raise NotUnderstood(what="signature") from trouble
    if not content.startswith(PNG):
        raise NotUnderstood(what="signature")
    return content


# --- field kinds ------------------------------------------------------------------------------------------------------
# What a telephone may send, each by its kind: which verb it is, and how its facts are read (P4).
# The facts came over the network and are believed in nothing: what is missing or too long is refused in a sentence.
MOST_PARTS = 40
SOURCE = "field"
CHECKS: dict[str, Promise] = {
    "permits": _("Permits and passes signed"),
    "protection": _("Protective equipment on"),
    "weather": _("Weather allows the work"),
    "order": _("The surroundings are safe"),
}
"""The boxes of the work permit ("condiciones de Seguridad Industrial", P4.4); each is an act with its hour."""


@dataclass(frozen=True)
class Doing:
    """One act on its locked case; hours are UTC."""

    case: "Case"
    act: FieldAct
    by: Actor
    at: datetime
    now: datetime

    @property
    def facts(self) -> Mapping[str, Any]:
        return self.act.facts

    @property
    def when(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at, "now": self.now}

    @property
    def step(self) -> dict[str, Any]:
        """With the place, where the telephone knew it."""
        return {**self.when, "place": words(self.facts, "place", 80), "source": SOURCE}


def depart(doing: Doing) -> None:
    doing.case.depart(**doing.step)


def arrive(doing: Doing) -> None:
    doing.case.arrive(**doing.step)


def clear_permit(doing: Doing) -> None:
    """The boxes that were ticked stand beside it in the log, each with its hour (P4.4)."""
    doing.case.clear_permit(**doing.step)
    taken = doing.act.visit.acts.filter(kind="check", refused="", happened_at__lte=doing.act.happened_at)
    ticked = [(box_of(act.facts), act.happened_at) for act in taken.order_by("happened_at")]
    hours = {CHECKS[box]: desk_hour(at) for box, at in ticked if box}
    if hours:
        doing.case.note("; ".join(f"{words} {hour}" for words, hour in hours.items()), **doing.when)


def restore(doing: Doing) -> None:
    doing.case.restore(words(doing.facts, "solution", PROSE), **doing.step)


def leave(doing: Doing) -> None:
    finished = yes_or_no(doing.facts, "finished")
    doing.case.leave_site(finished, words(doing.facts, "why", PROSE), **doing.step)


def block(doing: Doing) -> None:
    named = words(doing.facts, "condition")
    if named not in set(Condition):
        raise NotUnderstood(what="condition")
    why, decided = words(doing.facts, "why", PROSE), hour(doing.facts, "next_decision_at", doing.now)
    doing.case.block(Condition(named), why, decided, **doing.when, source=SOURCE)


def resume(doing: Doing) -> None:
    """The visit goes on; on the way with its forecast, at the site without one."""
    from_, to = (hour(doing.facts, name, doing.now) if doing.facts.get(name) else None for name in ("from", "to"))
    doing.case.resume_visit(from_, to, **doing.when, source=SOURCE)


def note(doing: Doing) -> None:
    """Of a crew without an account the note says whose it is: no person of the operator wrote it."""
    text, act = words(doing.facts, "text", PROSE), doing.act
    doing.case.note(text if act.staff or not text else f"{act.by_name}: {text}", **doing.when)


def use_parts(doing: Doing) -> None:
    parts = doing.facts.get("parts")
    if not isinstance(parts, list) or not 0 < len(parts) <= MOST_PARTS:
        raise NotUnderstood(what="parts")
    doing.case.use_parts([part_of(part) for part in parts], **doing.when, source=SOURCE)


def sign(doing: Doing) -> None:
    """The customer's hand came within the act, so that neither arrives without the other."""
    from guardia.cases.case_files import add_file

    name, position, signature = words(doing.facts, "name"), words(doing.facts, "position"), None
    if doing.facts.get("signature"):
        signature = add_file(
            doing.case,
            content=image_of(words(doing.facts, "signature", 200_000)),
            name="firma.png",
            by=doing.by,
            at=doing.at,
            now=doing.now,
            caption=str(_("Signature of %(name)s")) % {"name": name},
            visit=doing.act.visit,
            key=signature_key(doing.act.key),
        )
    doing.case.sign_visit(name, position, **doing.when, signature=signature, source=SOURCE)


def signature_key(key: UUID) -> UUID:
    """The picture's own key, always the same for the same act."""
    return uuid5(key, "signature")


def check(doing: Doing) -> None:
    """A box of the permit was ticked: it stands on the act itself, and waits for the permit."""
    if not box_of(doing.facts):
        raise NotUnderstood(what="box")


def box_of(facts: Mapping[str, Any]) -> str:
    """The box of the work permit that the facts name, or nothing."""
    box = facts.get("box")
    return box if isinstance(box, str) and box in CHECKS else ""


def photograph(doing: Doing) -> None:
    """Only a photograph that was refused comes as an act, and that has its reason already."""
    raise NotUnderstood(what="photo")


@dataclass(frozen=True)
class Kind:
    """The verbs know the open visit, or the one whose crew was last at the site: this act must be about that one."""

    name: Promise
    run: Callable[[Doing], None]
    on_the_way: bool = False
    at_site: bool = False


KINDS: dict[str, Kind] = {
    "depart": Kind(_("The crew left"), depart, on_the_way=True),
    "arrive": Kind(_("The crew arrived"), arrive, on_the_way=True),
    "check": Kind(_("Work permit box"), check),
    "permit": Kind(_("Work permit cleared"), clear_permit, on_the_way=True),
    "block": Kind(_("The visit is blocked"), block, on_the_way=True),
    "resume": Kind(_("The visit resumes"), resume, on_the_way=True),
    "restore": Kind(_("The service is restored"), restore, on_the_way=True),
    "parts": Kind(_("Parts used"), use_parts, at_site=True),
    "sign": Kind(_("Customer's signature"), sign, at_site=True),
    "note": Kind(_("Internal note"), note),
    "leave": Kind(_("The crew left the site"), leave, at_site=True),
    "photo": Kind(_("Photograph"), photograph),
}


def words_of(act: FieldAct) -> str:
    """What the act is, in words; what Guardia does not know is named as it was sent."""
    kind = KINDS.get(act.kind)
    return str(kind.name) if kind else act.kind
