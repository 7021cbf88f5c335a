"""Shapes and clocks in markup. A shape never stands without its word; a clock carries its hours for the script."""

import re
from collections.abc import Iterable
from datetime import datetime
from html import escape

from django import template
from django.templatetags.static import static
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from guardia.web.desk.page import part_of

register = template.Library()

TELEPHONE = re.compile(r"\+?\(?\d[\d ()-]{5,}\d")


@register.simple_tag
def icon(name: str, kind: str = "") -> SafeString:
    """A shape of icons.svg, hidden from the screen reader since its word stands beside it."""
    shape = f'<use href="{_icons()}#{escape(str(name))}"/>'
    return mark_safe(f'<svg class="mark {escape(str(kind))}" aria-hidden="true">{shape}</svg>')


@register.simple_tag
def clock(face) -> SafeString:
    """The attributes of an element that is a clock: its state and its hours in Unix seconds."""
    hours = (
        ("start", face.started_at),
        ("warn", face.warn_at),
        ("urgent", face.urgent_at),
        ("due", face.due_at),
        ("stopped", face.waiting_since),
    )
    given = "".join([f' data-{name}="{int(at.timestamp())}"' for name, at in hours if at])
    return mark_safe(f'data-clock data-state="{escape(face.state)}"{given}')


@register.simple_tag
def left(face, loose: str = "", kind: str = "") -> SafeString:
    """The number of a clock; the script goes on from what the server wrote."""
    number = face.loose_number if loose else face.number
    at = _machine(face.due_at or face.waiting_since)
    named = escape(f"time {kind}".strip())
    return mark_safe(f'<time class="{named}" data-left="{escape(loose)}" datetime="{at}">{escape(number)}</time>')


@register.simple_tag
def state(face, spoken_only: str = "") -> SafeString:
    """The state of a clock: its shape and its word; only for the screen reader where a text stands beside the shape."""
    name, unseen = escape(face.state), "unseen" if spoken_only else ""
    return mark_safe(
        f'<span class="state"><svg class="mark" data-shape aria-hidden="true"><use href="{_icons()}#{name}"/></svg>'
        f'<span data-word class="{unseen}">{escape(face.word)}</span></span>'
    )


@register.filter
def live(address: str) -> str:
    """The address at which a page's moving part is asked for, which is never the page's own (``desk.page``)."""
    return part_of(address)


@register.filter
def unbroken(words: str) -> SafeString:
    """The words with each telephone number in one piece, so that it is never read over two lines."""
    return mark_safe(TELEPHONE.sub(r'<span class="number">\g<0></span>', conditional_escape(words)))


def _machine(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def _icons() -> str:
    return conditional_escape(static("guardia/icons.svg"))


LONGEST_NUMBER = 6
"""A longer number of a clock is set smaller."""


@register.simple_tag
def bench_rows(rows: Iterable, may_pick: object = ()) -> SafeString:
    """One list item for each row of the bench (``desk.bench_rows.BenchRow``), written in one piece.

    Fifty of them stand on a page that is asked for every second, and a template takes four times as long for the same
    words. Whatever comes from outside is escaped here, as it would there. ``may_pick``: each case has a box to select
    it, for whoever may act on many.
    """
    return mark_safe("".join([_row(row, pick_box(row) if may_pick else "") for row in rows]))


@register.simple_tag
def pick_box(row) -> SafeString:
    """The box that selects the case of this row; nothing for a call or a mail."""
    if not row.take.isdigit():
        return mark_safe("")
    label = escape(_("Select %(number)s, %(company)s") % {"number": row.number, "company": row.company})
    return mark_safe(
        f'<label class="pick-cell"><input type="checkbox" class="pick" form="bulk" name="caso" '
        f'value="{escape(row.take)}" aria-label="{label}" autocomplete="off"></label>'
    )


def _row(row, box: str = "") -> str:
    company, promise = escape(row.company), escape(row.promise)
    attributes = 'data-state="waiting"' if row.opens else clock(row.clock)
    take = f' data-take="{escape(row.take)}"' if row.take else ""
    return (
        f'\n<li class="row" id="{escape(row.id)}" data-version="{escape(row.version)}" '
        f'data-label="{company}, {promise}" {attributes}{take}>{box}\n'
        f"  {_time(row)}\n  \n"
        f'  <div class="promise">{promise}<small>{escape(row.owed)}</small></div>\n'
        f"{_who(row, company)}{_impact(row)}"
        f'  <div class="holder">{escape(row.holder)}<small>{escape(row.fact)}</small></div>\n'
        "</li>\n"
    )


def _time(row) -> str:
    if row.opens:
        return (
            f'<span class="time opens">{escape(row.opens)}</span>\n'
            f'  <div class="status"><span class="state">{icon("waiting")}{escape(_("opens"))}</span></div>'
        )
    face = row.clock
    number = left(face, kind="long") if len(face.number) > LONGEST_NUMBER else left(face)
    due = escape(face.due_words)
    return f'{number}\n  <div class="status">{state(face)}<small class="due">{due}</small></div>'


def _who(row, company: str) -> str:
    vip = ' <span class="vip">VIP</span>' if row.vip else ""
    impact = f'<span class="impact-word">{escape(row.impact_word)} · </span>' if row.impact_word else ""
    return (
        f'  <div class="who"><a class="row-link" href="{escape(row.href)}"><b>{company}</b></a>{vip} '
        f'<span class="city">{escape(row.city)}</span>\n'
        f"    <small>{impact}{escape(row.about)}</small></div>\n"
    )


def _impact(row) -> str:
    mark = icon(row.impact, "impact-mark") if row.impact else ""
    return f'  <div class="impact" data-impact="{escape(row.impact)}">{mark}{escape(row.impact_word)}</div>\n'
