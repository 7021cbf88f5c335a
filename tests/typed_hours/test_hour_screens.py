"""The fields of an hour on the screens: no picker of the browser, the words while typing, and one field everywhere."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from guardia.config.now import now

SOURCES = Path(__file__).parents[2] / "guardia"
PICKER = re.compile(
    r"""type["']?\s*[=:]\s*["']?(?:datetime-local|date|time|month|week)\b|forms\.(?:Split)?(?:Date|Time)"""
)


def test_no_screen_has_a_picker_that_speaks_the_language_of_the_browser():
    found = [
        f"{path.relative_to(SOURCES)}: {line.strip()[:80]}"
        for ending in ("*.html", "*.py", "*.js")
        for path in SOURCES.rglob(ending)
        if "migrations" not in path.parts
        for line in path.read_text().splitlines()
        if PICKER.search(line)
    ]
    assert found == [], "take the field from guardia/web/shared/hour_fields.py"


@pytest.mark.parametrize(
    ("query", "understood", "words"),
    [
        ({"texto": "+3h", "modo": "ahead", "idioma": "es"}, True, "hora de Ecuador · dentro de 3\u00a0h"),
        ({"texto": "-25m", "modo": "past", "idioma": "en"}, True, "Ecuador Time · 25\u00a0min ago"),
        ({"texto": "hoy", "modo": "day", "idioma": "pt"}, True, " · hoje"),
        ({"texto": "8:00", "modo": "clock", "idioma": "es"}, True, "08:00"),
        ({"texto": "ayer 08:00", "modo": "later", "idioma": "es"}, False, "ya pasó"),
        ({"texto": "las dos", "modo": "past", "idioma": "es"}, False, "14:05"),
        ({"texto": "14:05", "zona": "Nowhere/Else", "idioma": "xx"}, True, "14:05 hora de Ecuador"),
        ({"texto": "14:05", "zona": "Europe/Madrid", "idioma": "es"}, True, "14:05 hora de Europa central"),
        ({"texto": "+2h", "modo": "ahead", "desde": "+3h", "idioma": "es"}, True, "dentro de 5\u00a0h"),
        ({}, False, "14:05"),
    ],
)
def test_the_words_while_one_types_are_those_of_the_rule(db, client, query, understood, words):
    answer = client.get("/hora", query)
    assert answer.json()["understood"] is understood, answer.json()
    assert words in answer.json()["words"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_length_after_another_hour_counts_from_that_hour(db, client):
    words = client.get("/hora", {"texto": "+2h", "modo": "ahead", "desde": "ayer 10:00", "idioma": "es"}).json()[
        "words"
    ]
    assert ", 12:00 " in words


def test_nothing_is_sent_to_who_only_looks(db, client):
    assert client.post("/hora", {"texto": "14:05"}).status_code in {403, 405}


def test_a_form_that_is_shown_again_is_read_as_the_same_minute(db):
    from guardia.web.shared.hour_fields import HourField, HourInput

    at = now().replace(second=0, microsecond=0) - timedelta(days=40)
    assert HourField().clean(HourInput("past").format_value(at)) == at
    assert settings.TIME_ZONE == "America/Guayaquil"
