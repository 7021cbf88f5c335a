"""Hours as former tools write them, against Python's own strptime and the instants that a zone's clock really shows."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guardia.history.hours import Hour, order_shown, read_hour
from guardia.history.mapping import Order

ZONES = ("America/Guayaquil", "America/Santiago", "America/Sao_Paulo", "Europe/Berlin", "America/New_York", "UTC")
BERLIN, GUAYAQUIL = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Guayaquil")
YEAR_FIRST = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%d %I:%M:%S %p",
    "%Y%m%d %H:%M:%S",
    "%d %b %Y %H:%M:%S",
    "%d/%b/%Y %I:%M:%S %p",
    "%d-%B-%Y %H:%M:%S",
    "%a %b %d %H:%M:%S %Y",
    "%A, %d %B %Y %H:%M:%S",
    "%B %d, %Y, %I:%M:%S %p",
    "%H:%M:%S %Y-%m-%d",
)
DAY_FIRST = ("%d/%m/%Y %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d/%m/%y %H:%M:%S", "%H:%M:%S %d-%m-%Y")
MONTH_FIRST = ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%m-%d-%y %H:%M:%S")
SPANISH = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
PORTUGUESE = (
    *("janeiro", "fevereiro", "março", "abril", "maio", "junho"),
    *("julho", "agosto", "setembro", "outubro", "novembro", "dezembro"),
)
FORMS = (
    *((form, "auto") for form in YEAR_FIRST),
    *((form, "dmy") for form in DAY_FIRST),
    *((form, "mdy") for form in MONTH_FIRST),
)
wall = datetime.fromisoformat
moments = st.datetimes(wall("1981-01-01"), wall("2068-12-31")).map(lambda at: at.replace(microsecond=0))


def shown_at(at: datetime, zone: ZoneInfo) -> list[datetime]:
    """The instants at which the clock of this zone shows that: none, one or two."""
    offsets = (timedelta(minutes=15 * step) for step in range(-56, 57))
    instants = {at.replace(tzinfo=UTC) - offset for offset in offsets}
    return sorted(instant for instant in instants if instant.astimezone(zone).replace(tzinfo=None) == at)


def expected(at: datetime, zone: ZoneInfo, damage: str = "") -> Hour:
    instants = shown_at(at, zone)
    if not instants:
        before = shown_at(at - timedelta(hours=3), zone)[0]
        return Hour(before + timedelta(hours=3), damage or "no such hour")
    return Hour(instants[0], damage or ("twice that hour" if len(instants) > 1 else ""))


@given(moments, st.sampled_from(FORMS), st.sampled_from(ZONES))
@example(wall("2024-10-05 10:20:30"), ("%Y %d %b %H:%M:%S", "auto"), "UTC")
@example(wall("2024-03-31 02:30"), ("%Y-%m-%d %H:%M:%S", "auto"), "Europe/Berlin")
@example(wall("2024-10-27 02:30"), ("%Y-%m-%d %H:%M:%S", "auto"), "Europe/Berlin")
def test_as_strptime_reads_it(at: datetime, form: tuple[str, Order], zone: str) -> None:
    text = at.strftime(form[0])
    if form[0] != "%Y %d %b %H:%M:%S":
        assert datetime.strptime(text, form[0]) == at  # noqa: DTZ007
    assert read_hour(text, ZoneInfo(zone), form[1]) == expected(at, ZoneInfo(zone))


@given(moments, st.integers(-14 * 4, 14 * 4), st.sampled_from(("%Y-%m-%dT%H:%M:%S", "%d %b %Y %H:%M:%S", "%H:%M %F")))
def test_what_brings_its_offset_is_of_no_zone(at: datetime, quarters: int, form: str) -> None:
    offset = timedelta(minutes=15 * quarters)
    minutes = abs(15 * quarters)
    for colon in (":", ""):
        written = f"{'-' if quarters < 0 else '+'}{minutes // 60:02}{colon}{minutes % 60:02}"
        if form.startswith("%H"):
            text, whole = at.strftime(f"%H:%M{written} %Y-%m-%d"), at.replace(second=0)
        else:
            text, whole = at.strftime(form) + written, at
        assert read_hour(text, BERLIN, "auto") == Hour(whole.replace(tzinfo=UTC) - offset)


@given(moments, st.sampled_from((SPANISH, PORTUGUESE)), st.sampled_from((3, 20)), st.booleans())
def test_months_by_their_names(at: datetime, names: tuple[str, ...], letters: int, of: bool) -> None:
    name = names[at.month - 1][:letters]
    word = " de " if of else "-"
    for text in (
        f"{at.day}{word}{name}{word}{at.year} {at:%H:%M:%S}",
        f"{at.day} {name.upper()} {at.year}, {at:%H:%M:%S}",
    ):
        assert read_hour(text, GUAYAQUIL, "auto") == expected(at, GUAYAQUIL)


@given(moments, st.sampled_from(("a. m.|p. m.", "a.m.|p.m.", "AM|PM", "am|pm", "a.\u00a0m.|p.\u00a0m.", "a m|p m")))
def test_halves_of_the_day(at: datetime, halves: str) -> None:
    half = halves.split("|")[at.hour >= 12]
    text = f"{at:%d/%m/%Y} {at.hour % 12 or 12}:{at:%M:%S}\u202f{half}"
    assert read_hour(text, GUAYAQUIL, "dmy") == expected(at, GUAYAQUIL)


@given(moments, st.sampled_from(("%Y-%m-%d {}", "%Y-%m-%dT{}", "%d/%m/%Y {}", "%d.%m.%Y, {}", "%d %b %Y {}")))
@pytest.mark.parametrize("midnight", ["24:00", "24:00:00", "24:00:00.000"])
def test_24_00_is_the_midnight_that_follows(midnight: str, at: datetime, form: str) -> None:
    text = at.strftime(form).format(midnight)
    follows = at.replace(hour=0, minute=0, second=0) + timedelta(days=1)
    assert read_hour(text, GUAYAQUIL, "dmy") == expected(follows, GUAYAQUIL, "24:00")
    assert read_hour(f"{at:%Y-%m-%d}T{midnight}Z", GUAYAQUIL, "auto") == Hour(follows.replace(tzinfo=UTC), "24:00")


@given(moments)
def test_a_day_in_the_place_of_the_month(at: datetime) -> None:
    of_us = read_hour(f"{at:%m/%d/%Y %H:%M:%S}", GUAYAQUIL, "dmy")
    if at.day > 12:
        assert of_us == expected(at, GUAYAQUIL, "swapped")
        assert read_hour(f"{at:%d/%m/%Y %H:%M:%S}", GUAYAQUIL, "mdy") == expected(at, GUAYAQUIL, "swapped")
        assert read_hour(f"{at:%Y-%d-%m %H:%M:%S}", GUAYAQUIL, "auto") == expected(at, GUAYAQUIL, "swapped")
    else:
        assert of_us == expected(at.replace(month=at.day, day=at.month), GUAYAQUIL)


@given(st.datetimes(wall("2002-01-01"), wall("2068-01-01")).map(lambda at: at.replace(microsecond=0)))
def test_counted_hours(at: datetime) -> None:
    seconds = int(at.replace(tzinfo=UTC).timestamp())
    for text in (str(seconds), f"{seconds}.0", f"{seconds}000"):
        assert read_hour(text, GUAYAQUIL, "auto") == Hour(at.replace(tzinfo=UTC))
    days = (at - wall("1899-12-30")) / timedelta(days=1)
    for text in (f"{days:.8f}", f"{days:.8f}".replace(".", ",")):
        assert read_hour(text, GUAYAQUIL, "auto") == expected(at, GUAYAQUIL)


@pytest.mark.parametrize(
    "text",
    ["", " ", "?", "-", "NULL", "Not set", "0000-00-00 00:00:00", "0001-01-01T00:00:00Z", "01/01/0001 12:00:00 a. m."],
)
def test_what_holds_no_hour(text: str) -> None:
    assert read_hour(text, GUAYAQUIL, "dmy") == Hour(None)


@pytest.mark.parametrize(
    "text",
    [
        *("31/02/2024", "2024-02-30 10:00", "2024-13-13", "2024-04-03 25:00", "2024-04-03 24:01", "2024-04-03 10:61"),
        *("2024-04-03 10:20:75", "2024-04-03 13:00 pm", "2024-04-03 00:30 am", "2024-04-03 10:00 +19:00", "el lunes"),
        *("2024-04-03 10:00 -0599", "3/4/024", "3/4/5", "12:30", "99999999", "3 Foo 2024", "3 Ju 2024", "1979-12-31"),
        *("10:00 03-04-2024 05-06-2024", "hace 3 días", "2024", "1e9", "²/³/2024", "9999999999999999", "1/1/1970 0:00"),
    ],
)
def test_what_is_no_hour_says_so(text: str) -> None:
    assert read_hour(text, GUAYAQUIL, "dmy") == Hour(None, "unreadable")


PIECES = st.sampled_from(
    [
        *"0123456789:/-. T,+Zapm",
        "24:00",
        "2024",
        "31",
        "02",
        "ene",
        "março",
        "a. m.",
        "+05:00",
        "UTC",
        "Mon",
        "00",
        "²",
        "\x00",
    ]
)


@given(st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=14).map("".join)), st.sampled_from(ZONES))
def test_no_text_is_too_strange(text: str, zone: str) -> None:
    for order in ("dmy", "mdy", "ymd", "auto"):
        hour = read_hour(text, ZoneInfo(zone), order)
        assert hour.at is None or (hour.at.tzinfo is UTC and 1980 <= hour.at.year <= 9999)
    order_shown([text])


def test_a_second_that_was_put_in() -> None:
    assert read_hour("2016-12-31T23:59:60Z", BERLIN, "auto") == Hour(datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC))


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["03/04/2024", "13/04/2024"], "dmy"),
        (["03/04/2024 10:00", "04/13/2024 10:00"], "mdy"),
        (["mar 13/04/2024 8:10 a. m."], "dmy"),
        (["2024-04-03"], "dmy"),
        (["03/04/2024"], None),
        (["03/04/2024", "13/04/2024", "04/13/2024"], None),
        (["03/04/2024", *["13/04/2024"] * 21, "04/13/2024"], "dmy"),
        (["03/03/2024"], "dmy"),
        ([], "dmy"),
    ],
)
def test_the_order_that_a_file_shows(texts: list[str], order: Order | None) -> None:
    assert order_shown(texts).order == order
