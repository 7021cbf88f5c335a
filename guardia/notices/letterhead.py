"""The letterhead of all letters to customers: which version holds, the next one, and the way back.

A page to the house and a message in short bear none.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from guardia.customers.values import read
from guardia.notices.envelope import Image, domain
from guardia.notices.letterhead_fields import FIELDS, LOGO_ROOM
from guardia.notices.logo import picture
from guardia.notices.notice import Delivery
from guardia.notices.own_wording import Letterhead
from guardia.people.setting_change import put_on_record, take_turn
from guardia.people.staff import Staff

NOUN, KEY = "letterhead", ""
NONE: Mapping[str, Any] = {"sender": "", "heading": "", "footer": "", "logo": b"", "colour": ""}


@dataclass(frozen=True)
class Paper:
    """What a letter is laid out on. ``src`` is where its HTML finds the logo; ``width`` and ``height`` as shown."""

    version: int
    sender: str = ""
    heading: str = ""
    footer: str = ""
    colour: str = ""
    logo: bytes = b""
    logo_type: str = ""
    src: str = ""
    width: int = 0
    height: int = 0

    @property
    def footer_lines(self) -> list[str]:
        return self.footer.splitlines()

    @property
    def has_head(self) -> bool:
        return bool(self.heading or self.logo)

    @property
    def images(self) -> tuple[Image, ...]:
        """The parts that its HTML refers to."""
        return (Image(self.src.removeprefix("cid:"), self.logo_type, self.logo),) if self.logo else ()

    def with_its_logo_inside(self) -> "Paper":
        """For a look at it in a browser, which knows no parts of a mail."""
        if not self.logo:
            return self
        return replace(self, src=f"data:{self.logo_type};base64,{base64.b64encode(self.logo).decode()}")


def in_force() -> Paper | None:
    """The newest version; None where there is none, or where it gave the plain letter back. One query."""
    newest = Letterhead.objects.order_by("-version").first()
    return paper(newest.version, fields_of(newest)) if newest else None


def paper(version: int, fields: Mapping[str, Any]) -> Paper | None:
    """Of fields as ``read_fields`` gives them back; None where nothing is said."""
    if not any(fields.values()):
        return None
    content: bytes = fields["logo"]
    found = picture(content) if content else None
    if found is None:
        return Paper(version, **{**fields, "logo": b""})
    width, height = found.fitted(*LOGO_ROOM)
    src = f"cid:letterhead.{version}@{domain()}"
    return Paper(version, **fields, logo_type=found.type, src=src, width=width, height=height)


def lay_under(deliveries: Iterable[Delivery]) -> None:
    """The letterhead is read once for all of these, however many they are."""
    found = in_force()
    for delivery in deliveries:
        setattr(delivery, "paper", found)  # noqa: B010 -- no column


def paper_of(delivery: Delivery) -> Paper | None:
    """What was laid under it with its batch; else what holds now."""
    return getattr(delivery, "paper") if hasattr(delivery, "paper") else in_force()  # noqa: B009


# --- versions ---------------------------------------------------------------------------------------------------------


def versions() -> list[Letterhead]:
    """All of them without their logos, the newest first, ``made_by`` loaded."""
    return list(Letterhead.objects.select_related("made_by").defer("logo").order_by("-version"))


def version(number: int) -> Letterhead | None:
    return Letterhead.objects.filter(version=number).first()


def newest() -> Letterhead | None:
    return Letterhead.objects.order_by("-version").first()


def fields_of(kept: Letterhead | None) -> dict[str, Any]:
    """What a version says; nothing at all where there is none."""
    if kept is None:
        return dict(NONE)
    return {**{name: getattr(kept, name) for name in NONE}, "logo": bytes(kept.logo or b"")}


def read_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """``sender``, ``heading``, ``footer``, ``colour`` and ``logo`` (bytes), as they are kept; what is missing is empty.

    Raises ValidationError with every field that is wrong and its remedy.
    """
    kept = {**NONE, **read(FIELDS, fields)}
    if kept["colour"] and not (kept["heading"] or kept["logo"]):
        sentence = _("Without a heading or a logo there is no line to colour. Write a heading, or leave this empty.")
        raise ValidationError({"colour": sentence})
    return kept


def save(fields: Mapping[str, Any], *, by: Staff | None, at: datetime, reason: str = "") -> Letterhead:
    """The next version, which holds for every letter written from now on; the one in force where nothing is new.

    A mail that has been written already leaves as it is. ``at`` is UTC. Raises ValidationError as ``read_fields``.
    """
    return keep(read_fields(fields), by=by, at=at, reason=reason)


def back_to(number: int, *, by: Staff | None, at: datetime, reason: str = "") -> Letterhead:
    """A newer version that repeats an older one; 0: one that says nothing, which is the plain letter again.

    ``at`` is UTC. Raises ValidationError where there is no such version.
    """
    old = version(number) if number else None
    if number and old is None:
        raise ValidationError(_("There is no version %d of the letterhead. Choose one of the list.") % number)
    return keep(fields_of(old), by=by, at=at, reason=reason)


def keep(kept: Mapping[str, Any], *, by: Staff | None, at: datetime, reason: str) -> Letterhead:
    take_turn(NOUN, KEY)  # two at once would claim the same number
    last = newest()
    before = fields_of(last)
    if last and before == kept:
        return last
    found = picture(kept["logo"]) if kept["logo"] else None
    made = Letterhead(version=last.version + 1 if last else 1, made_at=at, made_by=by)
    for name, value in kept.items():
        setattr(made, name, value)
    made.logo, made.logo_type = kept["logo"] or None, found.type if found else ""
    made.save()
    put_on_record(
        NOUN, KEY, recorded_values(before) if last else None, recorded_values(kept), by=by, at=at, reason=reason
    )
    return made


def recorded_values(fields: Mapping[str, Any]) -> dict[str, str]:
    """As the record of changes keeps it: of the logo its size and by what it is known again."""
    return {**fields, "logo": logo_description(fields["logo"])}


def logo_description(content: bytes) -> str:
    """``PNG 240 × 80, 3 KB (1a2b3c4d)``."""
    found = picture(content) if content else None
    if found is None:
        return ""
    kind, size = found.type.partition("/")[2].upper(), -(-len(content) // 1024)
    return f"{kind} {found.width} × {found.height}, {size} KB ({hashlib.sha256(content).hexdigest()[:8]})"
