"""The rows of the bench, written in one piece: fifty of them stand on a page that is asked for every second.

A template takes four times as long for the same words. Whatever comes from outside is escaped here, as it would there.
"""

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from guardia.templatetags.marks import clock, icon, left, state

register = template.Library()

LONGEST_NUMBER = 6
"""A longer number of a clock is set smaller."""


@register.simple_tag
def bench_rows(rows: Iterable) -> SafeString:
    """One list item for each row of the bench (``shown.bench.BenchRow``)."""
    return mark_safe("".join([_row(row) for row in rows]))


def _row(row) -> str:
    company, promise = escape(row.company), escape(row.promise)
    attributes = 'data-state="waiting"' if row.opens else clock(row.clock)
    take = f' data-take="{escape(row.take)}"' if row.take else ""
    return (
        f'\n<li class="row" id="{escape(row.id)}" data-version="{escape(row.version)}" '
        f'data-label="{company}, {promise}" {attributes}{take}>\n'
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
