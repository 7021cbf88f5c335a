"""What may stand in a letterhead: read, normalised, or refused with its remedy."""

import re
import unicodedata
from typing import Any

from django.utils.translation import gettext as _

from guardia.customers.values import Misfit, Reader, line, lines
from guardia.notices.logo import is_animated, picture

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
        sentence = _("This has %(count)d lines and %(most)d fit. Please put some together.")
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
            "On light paper this colour is hardly seen: contrast %(found)s:1, and 3:1 is needed. Choose a darker one."
        )
        raise Misfit(sentence % {"found": rounded(contrast(text, PAPERS["light"]))})
    if contrast(text, PAPERS["dark"]) < CONTRAST:
        sentence = _(
            "On dark paper this colour is hardly seen: contrast %(found)s:1, and 3:1 is needed. Choose a lighter one."
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
            "This picture is larger than %(most)d KB, and it goes with every mail. A letter shows it in %(width)d × "
            "%(height)d pixels at most: make it twice that size and save it as PNG with few colours, or as JPEG."
        )
        raise Misfit(sentence % {"most": LARGEST // 1024, "width": LOGO_ROOM[0], "height": LOGO_ROOM[1]})
    found = picture(content)
    if found is None:
        raise Misfit(_("This file is not a whole PNG or JPEG picture. Save the logo as PNG and choose it again."))
    if is_animated(content):
        raise Misfit(_("This picture moves. Save the logo as a still PNG and choose it again."))
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
