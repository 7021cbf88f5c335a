"""Shapes and clocks in markup. A shape never stands without its word; a clock carries its hours for the script."""

import re
from datetime import datetime

from django import template
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

TELEPHONE = re.compile(r"\+?\(?\d[\d ()-]{5,}\d")


@register.simple_tag
def icon(name: str, kind: str = "") -> SafeString:
    """A shape of icons.svg, hidden from the screen reader since its word stands beside it."""
    return format_html(
        '<svg class="mark {}" aria-hidden="true"><use href="{}#{}"/></svg>', kind, static("guardia/icons.svg"), name
    )


@register.simple_tag
def clock(face) -> SafeString:
    """The attributes of an element that is a clock: its state and its hours in Unix seconds."""
    hours = {
        "start": face.started_at,
        "warn": face.warn_at,
        "urgent": face.urgent_at,
        "due": face.due_at,
        "stopped": face.waiting_since,
    }
    given = ((name, int(at.timestamp())) for name, at in hours.items() if at)
    return format_html('data-clock data-state="{}"{}', face.state, format_html_join("", ' data-{}="{}"', given))


@register.simple_tag
def left(face, loose: str = "", kind: str = "") -> SafeString:
    """The number of a clock; the script goes on from what the server wrote."""
    return format_html(
        '<time class="{}" data-left="{}" datetime="{}">{}</time>',
        f"time {kind}".strip(),
        loose,
        _machine(face.due_at or face.waiting_since),
        face.loose_number if loose else face.number,
    )


@register.simple_tag
def state(face, spoken_only: str = "") -> SafeString:
    """The state of a clock: its shape and its word; only for the screen reader where a text stands beside the shape."""
    return format_html(
        '<span class="state"><svg class="mark" data-shape aria-hidden="true"><use href="{}#{}"/></svg>'
        '<span data-word class="{}">{}</span></span>',
        static("guardia/icons.svg"),
        face.state,
        "unseen" if spoken_only else "",
        face.word,
    )


@register.filter
def unbroken(words: str) -> SafeString:
    """The words with each telephone number in one piece, so that it is never read over two lines."""
    return mark_safe(TELEPHONE.sub(r'<span class="number">\g<0></span>', conditional_escape(words)))


def _machine(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
