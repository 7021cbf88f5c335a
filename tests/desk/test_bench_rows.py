"""The rows of the bench are written in one piece; a template says what they must be, letter for letter."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.template import Context, Template
from django.utils import translation

from guardia.web.desk.bench_rows import BenchRow
from guardia.web.desk.clock import ClockFace

AT = datetime(2026, 8, 3, 15, tzinfo=UTC)
HOSTILE = "<script>alert('x')</script> & \"Sons\""
AS_IT_MUST_BE = """{% load i18n marks %}
<li class="row" id="{{ row.id }}" data-version="{{ row.version }}" data-label="{{ row.company }}, {{ row.promise }}" \
{% if row.opens %}data-state="waiting"{% else %}{% clock row.clock %}{% endif %}\
{% if row.take %} data-take="{{ row.take }}"{% endif %}>
  {% if row.opens %}<span class="time opens">{{ row.opens }}</span>
  <div class="status"><span class="state">{% icon "waiting" %}{% translate "opens" %}</span></div>
  {% elif row.clock.number|length > 6 %}{% left row.clock kind="long" %}
  <div class="status">{% state row.clock %}<small class="due">{{ row.clock.due_words }}</small></div>
  {% else %}{% left row.clock %}
  <div class="status">{% state row.clock %}<small class="due">{{ row.clock.due_words }}</small></div>
  {% endif %}
  <div class="promise">{{ row.promise }}<small>{{ row.owed }}</small></div>
  <div class="who"><a class="row-link" href="{{ row.href }}"><b>{{ row.company }}</b></a>{% if row.vip %} \
<span class="vip">VIP</span>{% endif %} <span class="city">{{ row.city }}</span>
    <small>{% if row.impact_word %}<span class="impact-word">{{ row.impact_word }} · </span>\
{% endif %}{{ row.about }}</small></div>
  <div class="impact" data-impact="{{ row.impact }}">{% if row.impact %}{% icon row.impact "impact-mark" %}\
{% endif %}{{ row.impact_word }}</div>
  <div class="holder">{{ row.holder }}<small>{{ row.fact }}</small></div>
</li>
"""
TWO_ROWS = "{% load marks %}{% bench_rows rows %}"


def face(left: timedelta, *, waits: bool = False) -> ClockFace:
    due = None if waits else AT + left
    start, warn = AT - timedelta(hours=1), AT + left - timedelta(minutes=20)
    return ClockFace(AT, due, start, warn, warn + timedelta(minutes=10), AT - timedelta(minutes=41) if waits else None)


FACES = [
    face(timedelta(minutes=6, seconds=30)),
    face(timedelta(minutes=-2)),
    face(timedelta(days=4)),
    face(timedelta(hours=3)),
    face(timedelta(), waits=True),
    ClockFace(AT, None),
]


def row(clock: ClockFace, words: str = "Banco Austral", **more) -> BenchRow:
    said = dict.fromkeys(
        ("promise", "owed", "company", "holder", "fact", "city", "number", "service", "symptom"), words
    )
    given = {"id": "case-7", "href": "/casos/7/?a=1&b=2", "version": "3.0", "impact": "", "impact_word": ""}
    return BenchRow(**given | said | {"clock": clock} | more)


@pytest.mark.parametrize("language", ["es", "en", "pt"])
@pytest.mark.parametrize("words", ["Banco Austral", HOSTILE, ""])
def test_a_row_is_what_the_template_says(language, words):
    more = [
        {"impact": impact, "impact_word": impact and words, "vip": vip, "take": take, "opens": opens}
        for impact, vip, take, opens in product(("", "down"), (True, False), ("", "2607"), ("", "lun 3 08:00"))
    ]
    with translation.override(language):
        for clock, fields in product(FACES, more):
            one = row(clock, words, **fields)
            must = Template(AS_IT_MUST_BE).render(Context({"row": one}))
            assert Template(TWO_ROWS).render(Context({"rows": [one, one]})) == must + must


def test_what_comes_from_outside_is_escaped():
    hostile = row(FACES[0], HOSTILE, impact=HOSTILE, impact_word=HOSTILE, take=HOSTILE, opens=HOSTILE, href=HOSTILE)
    shown = Template(TWO_ROWS).render(Context({"rows": [hostile]}))
    assert "<script" not in shown
    assert '"Sons"' not in shown


def test_the_marks_of_a_clock():
    """The script of the page reads these: ``data-left`` empty is the first way of writing a number."""
    shown = Template(
        "{% load marks %}{% clock face %}|{% left face %}|{% left face 'loose' 'long' %}|{% icon 'mail' 'big' %}"
    ).render(Context({"face": FACES[0]}))
    assert shown == (
        'data-clock data-state="urgent" data-start="1785765600" data-warn="1785768390" data-urgent="1785768990" '
        'data-due="1785769590"|<time class="time" data-left="" datetime="2026-08-03T15:06:30+00:00">06:30</time>|'
        '<time class="time long" data-left="loose" datetime="2026-08-03T15:06:30+00:00">6:30</time>|'
        '<svg class="mark big" aria-hidden="true"><use href="/static/guardia/icons.svg#mail"/></svg>'
    )
