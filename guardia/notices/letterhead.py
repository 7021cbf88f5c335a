"""The letterhead of all letters to customers: which version holds, the next one, and the way back.

A page to the operator and a message in short bear none.
"""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from guardia.customers.values import Misfit, Reader, line, lines, read
from guardia.notices.envelope import Image, domain
from guardia.notices.notice import Delivery
from guardia.notices.own_words import Letterhead
from guardia.people.setting_change import put_on_record, take_turn
from guardia.people.staff import Staff

# What may stand in a letterhead: read, normalised, or refused with its remedy.


SENDER, HEADING, FOOTER = 120, 200, 1000
FOOTER_LINES = 10
LARGEST = 40 * 1024
"""Bytes of a logo: it goes with every letter, and a storm sends tens of thousands of them."""
LOGO_ROOM = (240, 64)
"""Pixels that a logo may take in a letter."""

SMALLEST_SIDE, LARGEST_SIDE = 16, 2000
MOST_DRAWN_OUT = 12
"""How many times its height a logo may be wide, or the reverse."""
PAPERS = {"light": "#fdfdfe", "dark": "#151a1f"}
"""The backgrounds of a letter, as letter.css has them."""
CONTRAST = 3.0
COLOUR = re.compile(r"#[0-9a-f]{6}")
NOT_SHOWN = frozenset("\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They break a line, or turn round the direction in which what follows is read."""


def visible(reader: Reader) -> Reader:
    """Without signs that nobody sees and that change what is read."""

    def checked(value: Any) -> Any:
        text = "" if value is None else str(value)
        if any(map(is_hidden, text)):
            raise Misfit(_("There are characters here that cannot be shown. Type the text again."))
        return reader(text)

    return checked


def is_hidden(sign: str) -> bool:
    return sign in NOT_SHOWN or (unicodedata.category(sign) in {"Cc", "Cs"} and sign not in "\t\r\n")


def footer(value: Any) -> str:
    """Lines below the signature. Raises Misfit."""
    text: str = visible(lines(FOOTER))(value)
    if (count := text.count("\n") + 1) > FOOTER_LINES:
        sentence = _("This has %(count)d lines and at most %(most)d fit. Please combine some.")
        raise Misfit(sentence % {"count": count, "most": FOOTER_LINES})
    return text


def colour(value: Any) -> str:
    """``#rrggbb`` that is seen on light and on dark paper, or nothing. Raises Misfit naming the paper."""
    text: str = visible(line(40))(value).lower()
    if not text:
        return ""
    if not COLOUR.fullmatch(text):
        raise Misfit(_("“%s” is not a colour. Write it as # and six digits, like #0b57a4, or leave it empty.") % text)
    if contrast(text, PAPERS["light"]) < CONTRAST:
        sentence = _(
            "This colour is hardly visible on a light background: contrast %(found)s:1, and 3:1 is needed. "
            "Choose a darker one."
        )
        raise Misfit(sentence % {"found": rounded(contrast(text, PAPERS["light"]))})
    if contrast(text, PAPERS["dark"]) < CONTRAST:
        sentence = _(
            "This colour is hardly visible on a dark background: contrast %(found)s:1, and 3:1 is needed. "
            "Choose a lighter one."
        )
        raise Misfit(sentence % {"found": rounded(contrast(text, PAPERS["dark"]))})
    return text


def rounded(ratio: float) -> str:
    """Downwards, so that what does not suffice never reads as if it did."""
    return f"{int(ratio * 10) / 10:.1f}"


def contrast(one: str, other: str) -> float:
    """Between two colours ``#rrggbb``, from 1 to 21, as WCAG 2 has it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(written: str) -> float:
    shares = [int(written[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def logo(value: Any) -> bytes:
    """A PNG or JPEG by its content, or nothing. Raises Misfit."""
    content = bytes(value or b"")
    if not content:
        return b""
    if len(content) > LARGEST:
        sentence = _(
            "This picture is larger than %(most)d KB, and it goes with every email. An email shows it in "
            "%(width)d × %(height)d pixels at most: make it twice that size and save it as PNG with few "
            "colours, or as JPEG."
        )
        raise Misfit(sentence % {"most": LARGEST // 1024, "width": LOGO_ROOM[0], "height": LOGO_ROOM[1]})
    found = picture(content)
    if found is None:
        raise Misfit(_("This file is not a whole PNG or JPEG picture. Save the logo as PNG and choose it again."))
    if is_animated(content):
        raise Misfit(_("This picture is animated. Save the logo as a still PNG and choose it again."))
    sides = (found.width, found.height)
    if min(sides) < SMALLEST_SIDE or max(sides) > LARGEST_SIDE:
        sentence = _(
            "This picture is %(width)d × %(height)d pixels. Each side must have %(least)d to %(most)d: save it so."
        )
        sizes = {"width": found.width, "height": found.height, "least": SMALLEST_SIDE, "most": LARGEST_SIDE}
        raise Misfit(sentence % sizes)
    if max(sides) > MOST_DRAWN_OUT * min(sides):
        sentence = _(
            "This picture is too narrow: one side may be %d times the other at most. Cut it and choose it again."
        )
        raise Misfit(sentence % MOST_DRAWN_OUT)
    return content


FIELDS: dict[str, Reader] = {
    "sender": visible(line(SENDER)),
    "heading": visible(line(HEADING)),
    "footer": footer,
    "logo": logo,
    "colour": colour,
}


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
        raise ValidationError(_("There is no version %d of the letterhead. Choose one from the list.") % number)
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


# A picture as its own header tells it: PNG or JPEG, and how large. Nothing is decoded, so that nothing can burst.


PNG, JPEG = "image/png", "image/jpeg"
PNG_BEGINS, PNG_ENDS = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"IEND\xaeB`\x82"
JPEG_BEGINS, JPEG_ENDS = b"\xff\xd8\xff", b"\xff\xd9"
ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""Markers of a JPEG that have no length after them."""
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Those that begin a frame and say its size."""


@dataclass(frozen=True)
class Picture:
    """``type`` is its MIME type; ``width`` and ``height`` in pixels."""

    type: str
    width: int
    height: int

    def fitted(self, width: int, height: int) -> tuple[int, int]:
        """As large as fits into these pixels, never larger than it is; at least one pixel."""
        scale = min(1.0, width / self.width, height / self.height)
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))


def picture(content: bytes) -> Picture | None:
    """What the bytes are, whatever their file was called; None where they are no whole PNG or JPEG with a size."""
    if content.startswith(PNG_BEGINS) and content.rstrip(b"\0\r\n").endswith(PNG_ENDS):
        return sized(PNG, content[16:20], content[20:24])
    if content.startswith(JPEG_BEGINS) and content.rstrip(b"\0\r\n").endswith(JPEG_ENDS):
        return jpeg(content)
    return None


def jpeg(content: bytes) -> Picture | None:
    """Its segments are walked until the one that says the size."""
    place = 2
    while place + 4 <= len(content):
        if content[place] != 0xFF:
            return None
        marker = content[place + 1]
        if marker == 0xFF or marker in ALONE:
            place += 1 if marker == 0xFF else 2
            continue
        if marker in FRAMES:
            return sized(JPEG, content[place + 7 : place + 9], content[place + 5 : place + 7])
        length = int.from_bytes(content[place + 2 : place + 4])
        if marker in {0xD9, 0xDA} or length < 2:
            return None
        place += 2 + length
    return None


def sized(kind: str, width: bytes, height: bytes) -> Picture | None:
    across, down = int.from_bytes(width), int.from_bytes(height)
    return Picture(kind, across, down) if across and down else None


def is_animated(content: bytes) -> bool:
    """True for a PNG that moves: a letter stands still."""
    return content.startswith(PNG_BEGINS) and b"acTL" in content[: content.find(b"IDAT")]
