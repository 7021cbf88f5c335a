"""An hour as it is typed: in the words of three languages, over changes of clocks, and shown back as it was meant."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import assume, example, given
from hypothesis import strategies as st

from guardia.web.shared.hour_in_words import day_in_words, hour_in_words
from guardia.web.shared.hour_reading import (
    Direction,
    HourRefused,
    comes_twice,
    read_clock,
    read_day,
    read_hour,
    read_later,
)

ECUADOR, CHILE, SPAIN = ZoneInfo("America/Guayaquil"), ZoneInfo("America/Santiago"), ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 11, 27, 22, 50, 30, tzinfo=ECUADOR)
"""A Friday night."""
FRIDAY, SATURDAY = date(2026, 11, 27), date(2026, 11, 28)


def typed(text: str, direction: str = "past", now: datetime = NOW, zone: ZoneInfo = ECUADOR) -> str:
    at = read_hour(text, now=now, zone=zone, direction=Direction(direction))
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "direction", "meant"),
    [
        ("28/11 02:00", "ahead", "2026-11-28 02:00"),
        ("02:00", "ahead", "2026-11-28 02:00"),
        ("02:00", "past", "2026-11-27 02:00"),
        ("22:51", "past", "2026-11-27 22:51"),
        ("22:55", "past", "2026-11-26 22:55"),
        ("hoy 14:05", "past", "2026-11-27 14:05"),
        ("14:05 hoy", "ahead", "2026-11-27 14:05"),
        ("ayer 23:10", "past", "2026-11-26 23:10"),
        ("ontem às 23:10", "past", "2026-11-26 23:10"),
        ("Yesterday at 23:10", "past", "2026-11-26 23:10"),
        ("mañana 06:00", "ahead", "2026-11-28 06:00"),
        ("amanhã 06:00", "ahead", "2026-11-28 06:00"),
        ("tomorrow, 06:00", "ahead", "2026-11-28 06:00"),
        ("depois de amanhã 6:00", "ahead", "2026-11-29 06:00"),
        ("+30m", "ahead", "2026-11-27 23:20"),
        ("-2h", "past", "2026-11-27 20:50"),
        ("+1h30", "ahead", "2026-11-28 00:20"),
        ("\u2212 2 h", "past", "2026-11-27 20:50"),
        ("hace 2 h 10 min", "past", "2026-11-27 20:40"),
        ("há 2 horas", "past", "2026-11-27 20:50"),
        ("10 minutes ago", "past", "2026-11-27 22:40"),
        ("dentro de 3 h", "ahead", "2026-11-28 01:50"),
        ("ahora", "past", "2026-11-27 22:50"),
        ("lun 08:00", "ahead", "2026-11-30 08:00"),
        ("lun 08:00", "past", "2026-11-23 08:00"),
        ("vie 21:00", "past", "2026-11-27 21:00"),
        ("vie 21:00", "ahead", "2026-12-04 21:00"),
        ("sexta-feira 23:00", "ahead", "2026-11-27 23:00"),
        ("mar 08:00", "ahead", "2026-12-01 08:00"),
        ("jue 26 14:05", "past", "2026-11-26 14:05"),
        ("28 nov 02:00", "ahead", "2026-11-28 02:00"),
        ("28 de noviembre de 2026, 02:00", "ahead", "2026-11-28 02:00"),
        ("November 28th 02:00", "ahead", "2026-11-28 02:00"),
        ("28-11-2026 02:00", "ahead", "2026-11-28 02:00"),
        ("28.11.26 02:00", "ahead", "2026-11-28 02:00"),
        ("2026-11-28T02:00", "ahead", "2026-11-28 02:00"),
        ("2026-11-28 02:00:00", "ahead", "2026-11-28 02:00"),
        ("2026-11-28T07:00:00Z", "ahead", "2026-11-28 02:00"),
        ("2026-11-28T02:00:00.250-05:00", "ahead", "2026-11-28 02:00"),
        ("02:00 UTC", "ahead", "2026-11-28 21:00"),
        ("04:00 utc", "ahead", "2026-11-27 23:00"),
        ("28/11 05:00 America/Santiago", "ahead", "2026-11-28 03:00"),
        ("28/11 02:00 UTC-5", "ahead", "2026-11-28 02:00"),
        ("02:00 hora de Ecuador", "ahead", "2026-11-28 02:00"),
        ("28/11 às 14h", "ahead", "2026-11-28 14:00"),
        ("14h30", "past", "2026-11-27 14:30"),
    ],
)
def test_an_hour_is_understood_as_it_is_said(text, direction, meant):
    assert typed(text, direction) == meant


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("las dos", "Write a time such as 14:05"),
        ("", "Write a time such as 14:05"),
        ("14.05", "Write a time such as 14:05"),
        ("1405", "Write a time such as 14:05"),
        ("24/11", "The time is missing"),
        ("mañana", "The time is missing"),
        ("14:05 16:05", "one time"),
        ("02:00-05:00", "Write a time such as 14:05"),
        ("2:05 pm", "in 24-hour format"),
        ("2:05 de la tarde", "in 24-hour format"),
        ("02:00 da manhã", "in 24-hour format"),
        ("25:00", "from 00:00 to 23:59"),
        ("12:75", "from 00:00 to 23:59"),
        ("2h", r"\+2h"),
        ("+30", r"\+30m"),
        ("11/28 02:00", "28/11"),
        ("31/11 02:00", "no such day"),
        ("29/02 10:00", "no such day"),
        ("24/11/2024 10:00", "too far"),
        ("lun 28/11 02:00", "another day of the week"),
        ("mar 24 14:05", "24/03"),
        ("02:00 hora de Chile", "Write a time such as 14:05"),
        ("1" * 200 + "!", "Write a time such as 14:05"),
        ("+" + "1" * 200 + "!", "Write a time such as 14:05"),
    ],
)
def test_what_is_no_hour_is_refused_with_what_to_type(text, words):
    with translation.override("en"), pytest.raises(HourRefused, match=words):
        typed(text)


def test_where_one_to_come_is_needed_a_past_one_is_refused_with_the_next():
    with translation.override("en"), pytest.raises(HourRefused, match="28/11 14:05"):
        read_later("27/11 14:05", now=NOW, zone=ECUADOR)
    assert read_later("14:05", now=NOW, zone=ECUADOR) == datetime(2026, 11, 28, 14, 5, tzinfo=ECUADOR)


@pytest.mark.parametrize(
    ("zone", "text", "words"),
    [
        (CHILE, "06/09/2026 00:30", "does not exist"),
        (CHILE, "03/04/2027 23:30", "03/04 23:30 -03:00 or 03/04 23:30 -04:00"),
        (SPAIN, "28/03/2027 02:15", "does not exist"),
        (SPAIN, "25/10/2026 02:15", r"25/10 02:15 \+02:00 or 25/10 02:15 \+01:00"),
    ],
)
def test_an_hour_that_clocks_leave_out_or_show_twice_is_asked_for_again(zone, text, words):
    with translation.override("en"), pytest.raises(HourRefused, match=words):
        typed(text, now=datetime(2026, 10, 1, tzinfo=UTC), zone=zone)


def test_of_an_hour_that_comes_twice_the_offset_says_which():
    now = datetime(2027, 4, 1, tzinfo=UTC)
    first = read_hour("03/04 23:30 -03:00", now=now, zone=CHILE)
    second = read_hour("03/04 23:30 -04:00", now=now, zone=CHILE)
    assert (first, second - first) == (datetime(2027, 4, 4, 2, 30, tzinfo=UTC), timedelta(hours=1))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("28/11", SATURDAY),
        ("hoy", FRIDAY),
        ("sáb", SATURDAY),
        ("2026-11-28", SATURDAY),
        ("28 de novembro de 2026", SATURDAY),
        ("Nov. 28, 2026", SATURDAY),
        ("31/12", date(2026, 12, 31)),
    ],
)
def test_a_day_is_typed_in_the_same_way(text, meant):
    assert read_day(text, today=FRIDAY) == meant


def test_an_hour_of_any_day_stands_alone():
    assert (read_clock("8:00"), read_clock("14h30")) == (time(8), time(14, 30))
    with pytest.raises(HourRefused):
        read_clock("lun 08:00")


def test_it_is_shown_back_in_words():
    at = datetime(2026, 11, 28, 2, tzinfo=ECUADOR)
    now = at - timedelta(hours=3, minutes=10)
    with translation.override("es"):
        words = hour_in_words(at, now=now, zone=ECUADOR).replace("\u00a0", " ")
        assert words == "sábado 28 de noviembre de 2026, 02:00 hora de Ecuador · dentro de 3 h 10 min"
        assert hour_in_words(at, now=at + timedelta(minutes=25), zone=ECUADOR).endswith("· hace 25\u00a0min")
        assert day_in_words(SATURDAY, date(2026, 11, 24)) == "sábado 28 de noviembre de 2026 · dentro de 4 días"


ZONES = [ECUADOR, CHILE, SPAIN, ZoneInfo("Pacific/Galapagos"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("UTC")]
instants = st.integers(0, 5_700_000).map(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


@given(instants, st.integers(-500_000, 500_000), st.sampled_from(ZONES), st.sampled_from(["es", "en", "pt"]))
@example(datetime(2027, 4, 4, 2, 30, tzinfo=UTC), 5, CHILE, "es")
@example(datetime(2027, 4, 4, 3, 30, tzinfo=UTC), 5, CHILE, "pt")
def test_what_is_shown_back_is_read_as_the_same_minute(at, minutes, zone, language):
    at = at.replace(second=0, microsecond=0)
    with translation.override(language):
        words = hour_in_words(at, now=at - timedelta(minutes=minutes), zone=zone)
        for direction in Direction:
            assert read_hour(words, now=at - timedelta(minutes=minutes), zone=zone, direction=direction) == at, words


@given(instants, st.sampled_from(ZONES), st.sampled_from(list(Direction)), st.integers(0, 1439))
def test_an_hour_alone_is_less_than_a_day_and_the_change_of_clocks_away(now, zone, direction, minute):
    text = f"{minute // 60:02}:{minute % 60:02}"
    try:
        at = read_hour(text, now=now, zone=zone, direction=direction)
    except HourRefused:
        around = [now + timedelta(hours=away) for away in range(-27, 28)]
        assert len({each.astimezone(zone).utcoffset() for each in around}) > 1, "clocks change about this hour"
        return
    assert f"{at.astimezone(zone):%H:%M}" == text
    assert abs(at - now) < timedelta(hours=26)
    assume(not comes_twice(now, zone))
    if direction == Direction.PAST:
        assert at <= now + timedelta(minutes=1, hours=1)
    if direction == Direction.AHEAD:
        assert at >= now - timedelta(hours=1)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_an_hour_or_is_refused(text):
    with suppress(HourRefused):
        assert read_hour(text, now=NOW, zone=ECUADOR).tzinfo == UTC
