"""`guardia clocks due|between`: the arithmetic of the procedure for anyone to check, without a database."""

from datetime import datetime, timedelta

import pytest

from guardia.cli import clocks
from guardia.cli.main import main

FILE = "procedures/cirion-ecuador.yaml"


@pytest.fixture
def ask(capsys, monkeypatch):
    """Run a step on the office hours, and give its exit code, its answer and its complaint."""
    monkeypatch.setattr(clocks, "open_installation", lambda: pytest.fail("no database is needed"))

    def run(step, *words, calendar="office", file=FILE):
        code = main(["clocks", step, "--procedure", str(file), "--calendar", calendar, *words])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def rows(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "rows.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def due(ask, start, target, *words, **options):
    return ask("due", "--from", start, "--target", target, *words, **options)


@pytest.mark.parametrize(
    ("start", "target", "words", "hour"),
    [
        ("2026-11-24T09:00", "4h", [], "2026-11-24T13:00:00-05:00"),
        ("2026-11-24 16:00:01", "4 office h", [], "2026-11-25T11:00:01-05:00"),
        ("2026-11-24T14:00:00Z", "90 min", [], "2026-11-24T10:30:00-05:00"),
        ("2025-04-30T16:30", "4h", [], "2025-05-01T11:30:00-05:00"),
        ("2025-05-01T16:30", "2 office days", [], "2025-05-06T16:30:00-05:00"),
        ("2027-10-29T17:00", "4h", [], "2027-11-03T12:00:00-05:00"),
        ("2026-12-04T17:00", "4h", [], "2026-12-07T12:00:00-05:00"),
        ("2026-12-04T17:00", "4h", ["--canton", "Quito"], "2026-12-08T12:00:00-05:00"),
        ("2026-01-01T12:00", "4h", ["--rest-day", "2026-01-02"], "2026-01-05T12:30:00-05:00"),
        ("2026-12-04T17:00", "4h", ["--work-day", "2026-12-05"], "2026-12-05T12:00:00-05:00"),
        ("2025-05-01T17:00", "4h", ["--work-day", "2025-05-02"], "2025-05-02T12:00:00-05:00"),
        ("2026-11-24T09:00", "4h", ["--wait", "2026-11-24T10:00..2026-11-24T11:00"], "2026-11-24T14:00:00-05:00"),
        (
            "2026-11-24T09:00",
            "4h",
            ["--wait", "2026-11-24T10:00..2026-11-24T11:00", "--wait", "2026-11-24T10:30..2026-11-25T08:00"],
            "2026-11-25T11:30:00-05:00",
        ),
    ],
)
def test_when_it_is_due(ask, start, target, words, hour):
    assert due(ask, start, target, *words) == (0, f"{hour}\n", "")


def test_always_knows_no_holiday_and_no_end(ask):
    assert due(ask, "2031-12-25T23:00", "4h", calendar="always")[1] == "2031-12-26T03:00:00-05:00\n"


def test_the_night_line_answers_all_day_on_a_rest_day(ask):
    assert ask("between", "2025-05-02T00:00", "2025-05-03T00:00", calendar="night")[1] == "86400\n"
    assert ask("between", "2025-05-01T00:00", "2025-05-02T00:00", calendar="night")[1] == "50400\n"


def test_how_long_it_took(ask):
    assert ask("between", "2026-11-27T17:29:59", "2026-11-30T08:30:01") == (0, "2\n", "")
    assert ask("between", "2026-11-27T17:00:00.25", "2026-11-27T17:00:01") == (0, "0.750000\n", "")


def test_a_file_of_them(ask, rows):
    path = rows('case,start,end\n1,2026-11-24T09:00,2026-11-24T10:00\n\n"a,b",2026-11-24T13:00Z,2026-11-25T08:31\n')
    code, out, err = ask("between", "--csv", str(path))
    assert (code, err) == (0, "")
    assert out == (
        "case,start,end,seconds\n"
        "1,2026-11-24T09:00,2026-11-24T10:00,3600\n\n"
        '"a,b",2026-11-24T13:00Z,2026-11-25T08:31,32460\n'
    )


def test_a_file_as_spreadsheets_save_it(ask, rows):
    path = rows("\ufeffEnd;Start\r\n2026-11-24T10:00;2026-11-24T09:00\r\n")
    assert ask("between", "--csv", str(path))[1] == "End;Start;seconds\n2026-11-24T10:00;2026-11-24T09:00;3600\n"


def test_ten_thousand_rows(ask, rows):
    first = datetime(2026, 1, 5, 9)  # noqa: DTZ001
    lines = [f"{first + timedelta(hours=n)},{first + timedelta(hours=n + n % 500)}" for n in range(10_000)]
    code, out, _err = ask("between", "--csv", str(rows("\n".join(["start,end", *lines]))))
    answers = out.splitlines()
    assert code == 0
    assert len(answers) == 10_001
    assert answers[9].endswith(",1800")  # from 17:00 until the desk closes at 17:30


def test_every_wrong_row_is_named_and_nothing_is_answered(ask, rows):
    path = rows(
        "start,end\n"
        "2026-11-24T09:00,2026-11-24T10:00\n"
        "yesterday,2026-11-24T10:00\n"
        "2026-11-24T09:00,\n"
        "2026-11-24T09:00,2026-11-24T08:00\n"
        "2026-11-24T09:00\n"
        "2026-11-24T09:00,2135-01-01T00:00\n"
    )
    code, out, err = ask("between", "--csv", str(path))
    assert (code, out) == (1, "")
    assert "mistakes: 5" in err
    for words in (
        "row 3, column start: “yesterday”",
        "row 4, column end: “”",
        "row 5, column end: “2026-11-24T08:00” is before",
        "row 6, 1 fields instead of 2",
        "row 7, column end: ",
    ):
        assert words in err


def test_a_flood_of_mistakes_is_cut_short(ask, rows):
    _code, _out, err = ask("between", "--csv", str(rows("start,end\n" + "x,y\n" * 50)))
    assert "and 30 more" in err


@pytest.mark.parametrize(
    ("text", "encoding", "words"),
    [
        ("", "utf-8", "is empty"),
        ("begin,end\n1,2\n", "utf-8", "“start”"),
        ("start,end,end\n", "utf-8", "“end”"),
        ("start,end,seconds\n", "utf-8", "“seconds” already"),
        ("start,end,ñ\n", "latin-1", "UTF-8"),
        ('start,end\n"2026', "utf-8", "no CSV file"),
    ],
)
def test_a_file_that_is_none(ask, rows, text, encoding, words):
    code, out, err = ask("between", "--csv", str(rows(text, encoding)))
    assert (code, out) == (1, "")
    assert words in err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--from", "24/11/2026 9:00"], "--from: “24/11/2026 9:00”"),
        (["--from", "2026-11-24"], "--from: “2026-11-24” is not a time"),
        (["--from", "0001-01-01T00:00"], "year from 1970"),
        (["--target", "soon"], "--target: "),
        (["--target", "0 office days and a bit"], "--target: "),
        (["--wait", "2026-11-24T10:00"], "--wait: "),
        (["--wait", "2026-11-24T10:00..2026-11-24T09:00"], "--wait: "),
        (["--rest-day", "tomorrow"], "--rest-day: “tomorrow”"),
        (["--work-day", "tomorrow"], "--work-day: “tomorrow”"),
        (["--work-day", "2026-12-05", "--rest-day", "2026-12-05"], "cannot both rest and work"),
        (["--canton", "Atlantis"], "--canton: "),
        (["--calendar", "lunch"], "always, office, night"),
        (["--procedure", "no-such.yaml"], "no-such.yaml cannot be read"),
        (["--procedure", "pyproject.toml"], "no procedure yet"),
    ],
)
def test_a_mistake_is_named(ask, words, complaint):
    code, out, err = due(ask, "2026-11-24T09:00", "4h", *words)
    assert (code, out) == (1, "")
    assert complaint in err


def test_beyond_the_known_years_the_week_alone_counts_as_it_does_for_clocks_that_run(ask):
    """1 January 2031 is a feast of the law, which is known until 2030; that nobody knew of it is said."""
    code, out, err = due(ask, "2030-12-31T17:00", "4h")
    assert (code, out) == (0, "2031-01-01T12:00:00-05:00\n")
    assert "2030-12-31" in err
    code, out, err = ask("between", "2030-12-31T17:00", "2031-01-01T12:00")
    assert (code, out, "2030-12-31" in err) == (0, "14400\n", True)


def without_a_procedure(capsys, step, *words):
    code = main(["clocks", step, *words])
    return code, *capsys.readouterr()


WEEK = "mon-fri 09:00-17:00"


@pytest.mark.parametrize(
    ("words", "start", "target", "hour"),
    [
        (["--hours", "mon-fri 07:30-18:00"], "2026-11-27T17:00", "4h", "2026-11-30T10:30:00-05:00"),
        (["--hours", "mon-fri 07:30-18:00; sat 08:00-12:00"], "2026-11-27T17:00", "4h", "2026-11-28T11:00:00-05:00"),
        (
            ["--hours", "fri 08:00-12:00", "--hours", "fri 13:00-17:00"],
            "2026-11-27T11:00",
            "2h",
            "2026-11-27T14:00:00-05:00",
        ),
        (["--hours", "fri 22:00-06:00"], "2026-11-27T23:00", "8h", "2026-12-04T23:00:00-05:00"),
        (["--hours", "sun 22:00-24:00"], "2026-11-29T23:00", "2h", "2026-12-06T23:00:00-05:00"),
        (["--hours", "fri-mon 08:00-10:00"], "2026-11-27T09:00", "2h", "2026-11-28T09:00:00-05:00"),
        (["--hours", WEEK, "--zone", "Europe/Lisbon"], "2026-12-24T16:00", "2h", "2026-12-25T10:00:00+00:00"),
        (["--hours", WEEK, "--on-rest-days", "open_all_day"], "2026-12-25T00:00", "2h", "2026-12-25T02:00:00-05:00"),
        (["--hours", WEEK, "--on-rest-days", "as_usual"], "2026-12-25T09:00", "2h", "2026-12-25T11:00:00-05:00"),
        (["--hours", WEEK], "2026-12-25T09:00", "2h", "2026-12-28T11:00:00-05:00"),
    ],
)
def test_a_calendar_is_asked_without_a_procedure(capsys, words, start, target, hour):
    code, out, err = without_a_procedure(capsys, "due", *words, "--from", start, "--target", target)
    assert (code, out, err) == (0, f"{hour}\n", "")


def test_rest_days_come_from_a_file(capsys, tmp_path):
    file = tmp_path / "rest-days.txt"
    file.write_text("# Feriados de la empresa\n2026-11-30 Aniversario\n\n2026-12-01, puente\n", encoding="utf-8")
    words = ["--hours", "mon-fri 07:30-18:00", "--from", "2026-11-27T17:00", "--target", "4h"]
    assert without_a_procedure(capsys, "due", *words, "--rest-days", str(file))[1] == "2026-12-02T10:30:00-05:00\n"
    file.write_text("2026-11-30\nmañana\n", encoding="utf-8")
    code, out, err = without_a_procedure(capsys, "due", *words, "--rest-days", str(file))
    assert (code, out) == (1, "")
    assert f"{file}, line 2: “mañana” is not a date" in err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "Give the hours: --hours"),
        (["--hours", "weekdays"], "“weekdays” is not understood"),
        (["--hours", "mon-xyz 08:00-09:00"], "the days are mon, tue"),
        (["--hours", "mon 25:00-26:00"], "is no time of a day"),
        (["--hours", "mon 08:00-08:00"], "is no time of a day"),
        (["--hours", "mon 08:00-12:00", "--hours", "mon 10:00-14:00"], "of the same time"),
        (["--hours", "mon 08:00-12:00", "--zone", "Mars/Olympus"], "--zone: “Mars/Olympus” is no time zone"),
        (["--hours", "mon 08:00-12:00", "--calendar", "office"], "Leave --procedure and --calendar out"),
        (["--hours", "mon 08:00-12:00", "--rest-days", "no-such.txt"], "no-such.txt cannot be read"),
        (
            ["--hours", "mon 08:00-12:00", "--on-rest-days", "as_usual", "--rest-day", "2026-11-30"],
            "--rest-day: these hours count on rest days as on any other",
        ),
    ],
)
def test_hours_that_are_none_are_named(capsys, words, complaint):
    code, out, err = without_a_procedure(capsys, "due", *words, "--from", "2026-11-27T17:00", "--target", "4h")
    assert (code, out) == (1, "")
    assert complaint in err


@pytest.mark.parametrize(
    "words", [[], ["2026-11-24T09:00"], ["2026-11-24T09:00", "2026-11-24T10:00", "--csv", "rows.csv"]]
)
def test_two_times_or_a_file(ask, words):
    code, _out, err = ask("between", *words)
    assert code == 1
    assert "--csv FILE" in err


@pytest.fixture
def chile(tmp_path):
    """The same procedure elsewhere: Ecuador's rest days are no business of it."""
    with open(FILE, encoding="utf-8") as source:
        text = source.read().replace("America/Guayaquil", "America/Santiago")
    path = tmp_path / "chile.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_another_country_has_the_rest_days_it_is_given(ask, chile):
    assert due(ask, "2025-05-02T09:00", "4h", file=chile)[1] == "2025-05-02T13:00:00-04:00\n"
    given = due(ask, "2025-05-02T09:00", "4h", "--rest-day", "2025-05-02", file=chile)
    assert given[1] == "2025-05-05T12:30:00-04:00\n"
    assert "--canton" in due(ask, "2025-05-02T09:00", "4h", "--canton", "Quito", file=chile)[2]


def test_an_hour_that_was_skipped_or_came_twice_wants_its_offset(ask, chile):
    for hour in ("2026-09-06T00:30", "2026-04-04T23:30"):
        assert "offset" in due(ask, hour, "4h", file=chile, calendar="always")[2]
    answer = due(ask, "2026-04-04T23:30-03:00", "1h", file=chile, calendar="always")
    assert answer[1] == "2026-04-04T23:30:00-04:00\n"
