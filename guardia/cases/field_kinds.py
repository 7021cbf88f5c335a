"""What a telephone may send, each by its kind: which verb it is, and how its facts are read (P4).

The facts came over the network and are believed in nothing: what is missing or too long is refused in a sentence.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.cases.field_facts import PROSE, hour, part_of, words, yes_or_no
from guardia.cases.field_refusals import NotUnderstood
from guardia.cases.signature_image import image_of
from guardia.cases.verbs import desk_hour
from guardia.field.visit import FieldAct
from guardia.people.actor import Actor
from guardia.procedure.vocabulary import Condition

if TYPE_CHECKING:
    from guardia.cases.case import Case

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
    """Of a crew without an account the note says whose it is: no person of the house wrote it."""
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
    "check": Kind(_("Box of the work permit"), check),
    "permit": Kind(_("Work permit cleared"), clear_permit, on_the_way=True),
    "block": Kind(_("The visit is blocked"), block, on_the_way=True),
    "resume": Kind(_("The visit goes on"), resume, on_the_way=True),
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
