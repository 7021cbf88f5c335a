"""The report of the lines on the screen and as a workbook: the same filters, the same numbers; and its empty state."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from guardia.calls.call import Call, Measure
from guardia.calls.exchange import Exchange, ExchangeGap
from guardia.demo.seed import publish_sample
from guardia.people.staff import Role, Staff
from guardia.web.desk.reports.reception_spreadsheet import waited
from tests.reports.test_screen import Book

PAGE, BOOK = reverse("reception_report"), reverse("reception_workbook")
NINE = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
DAY = "?periodo=dia&dia=2026-11-25"
FREE, BILLING = "1800400404", "024004040/3"
SECOND = timedelta(seconds=1)


@pytest.fixture
def version(as_staff):
    return publish_sample(datetime(2025, 1, 1, tzinfo=UTC))


@pytest.fixture
def calls(version) -> None:
    """Four on the toll-free line at nine (kept, late, hung up, not measured), one for billing after hours."""

    def came(**facts) -> None:
        known = {"line": FREE, "measure": Measure.EXCHANGE, "arrived_at": NINE, "waiting_at": NINE}
        Call.objects.create(procedure_version=version, **{**known, **facts})

    came(answered_at=NINE + 12.34 * SECOND)
    came(answered_at=NINE + 60.04 * SECOND)
    came(abandoned_at=NINE + 30 * SECOND, left_as="abandoned")
    came(measure=Measure.GAP, answered_at=NINE + SECOND)
    evening = NINE + timedelta(hours=11)
    came(line=BILLING, desk="billing", after_hours=True, arrived_at=evening, waiting_at=evening, ended_at=evening)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_screen_says_the_share_and_shows_what_was_not_measured_apart(calls, quality):
    report = quality.get(PAGE + DAY).context["report"]
    assert (report.total.percent, report.total.lines.calls, report.target) == ("50.0\u00a0%", 5, "1:00")
    assert report.total.of_offered == "25.0\u00a0%", "the fifth was closed without an answer: it was offered too"
    assert sum(count for _words, count, _why in report.parts) == 5
    assert sum(count for _words, count, _why in report.measured) == 5
    free = next(row for row in report.rows if row.lines.calls == 4)
    assert (free.name, free.median, free.longest) == ("Toll-free", "0:36.2", "1:00.1")
    assert (free.lines.not_measured, free.lost) == (1, "hung up while waiting:\u00a01")
    assert report.days == []


def test_every_line_of_the_procedure_stands_there_called_or_not(calls, quality):
    rows = quality.get(PAGE + DAY).context["report"].rows
    assert [row.name for row in rows[:3]] == ["Sales", "Billing", "Toll-free"]
    assert rows[0].lines.calls == 0
    assert rows[1].detail == "(02) 4004040, option 3 · Billing"


def test_the_field_has_24_hours_and_says_each_in_words(calls, quality):
    answer = quality.get(PAGE + DAY)
    hours = answer.context["report"].hours
    assert [row.name for row in hours] == ["All lines", "Billing", "Toll-free"]
    assert all(len(row.cells) == 24 for row in hours)
    nine = hours[2].cells[9]
    assert (nine.lines.calls, nine.lines.missed, nine.shade) == (4, 2, 3)
    assert nine.words == "09 h: 4 calls, 2 missed, 1 not measured"
    assert nine.words in text(answer)
    assert hours[1].cells[20].lines.calls == 1
    assert "style=" not in text(answer)


def test_filters_hold_for_screen_and_workbook(calls, quality):
    answer = quality.get(PAGE + DAY + "&area=billing")
    assert answer.context["report"].total.lines.calls == 1
    assert answer.context["report"].workbook == f"{BOOK}?periodo=dia&dia=2026-11-25&area=billing"
    assert {row.name for row in answer.context["report"].rows} == {"Billing"}
    assert quality.get(PAGE + DAY + f"&linea={FREE}").context["report"].total.lines.calls == 4
    assert quality.get(PAGE + DAY + "&linea=-").context["report"].total.lines.calls == 0


def test_a_week_and_a_month_have_their_days(calls, quality):
    week = quality.get(PAGE + "?periodo=semana&dia=2026-11-25").context["report"]
    assert [row.lines.calls for row in week.days][:3] == [0, 0, 5]
    assert week.title == "23/11 to 29/11/2026"
    assert week.before.endswith("periodo=semana&dia=2026-11-16")
    assert "periodo=dia&dia=2026-11-25" in week.days[2].href
    assert len(quality.get(PAGE + "?periodo=mes&dia=2026-10-25").context["report"].days) == 31
    assert quality.get(PAGE + "?periodo=mes&dia=2099-01-01").context["report"].days == []


def test_an_empty_period_teaches_where_calls_come_from(version, quality):
    page = text(quality.get(PAGE + "?periodo=dia&dia=2025-06-01"))
    for expected in ("No calls arrived in", reverse("settings_telephone"), reverse("calls"), "no monitored exchange"):
        assert expected in page


def test_gaps_say_whether_the_log_filled_them(calls, quality):
    exchange = Exchange.objects.create(name="central", kind="ami")
    hour = timedelta(hours=1)
    ExchangeGap.objects.create(exchange=exchange, lost_at=NINE, back_at=NINE + hour, read_again_at=NINE + 2 * hour)
    ExchangeGap.objects.create(exchange=exchange, lost_at=NINE + 3 * hour, back_at=NINE + 4 * hour)
    answer = quality.get(PAGE + DAY)
    assert [(gap.lasted, gap.is_filled) for gap in answer.context["report"].gaps] == [
        ("1\u00a0h\u00a000", False),
        ("1\u00a0h\u00a000", True),
    ]
    assert "no log was read: not measured" in text(answer)


@pytest.mark.parametrize(
    "query", ["?periodo=siglo", "?dia=nunca", "?dia=1999-01-01", "?area=nada", "?linea=" + "9" * 50, "?linea=%00"]
)
def test_an_address_that_is_not_understood_says_what_to_write(version, quality, query):
    answer = quality.get(PAGE + query)
    assert (answer.status_code, 'role="alert"' in text(answer)) == (422, True)
    assert quality.get(BOOK + query).status_code == 422


@pytest.mark.parametrize(("day", "status"), [("2000-01-01", 200), ("2099-12-31", 200), ("2999-12-31", 422)])
@pytest.mark.parametrize("length", ["dia", "semana", "mes"])
def test_the_ends_of_the_calendar_are_no_error(version, quality, day, status, length):
    """A day that nobody means is refused in words."""
    assert quality.get(f"{PAGE}?periodo={length}&dia={day}").status_code == status


def test_before_a_procedure_is_published_it_is_still_a_page(as_staff, quality):
    assert quality.get(PAGE).status_code == 200


def test_a_technician_sees_none_of_it(client, version):
    client.force_login(Staff.objects.create(username="t", name="t", role=Role.TECHNICIAN))
    assert client.get(PAGE).status_code == client.get(BOOK).status_code == 403


def test_the_workbook_says_the_same(calls, quality):
    answer = quality.get(BOOK + DAY)
    assert answer["Content-Disposition"] == 'attachment; filename="guardia-lines-2026-11-25.xlsx"'
    book = Book(answer.content)
    assert book.names == ["Lines", "Hours", "Days", "Not connected"]
    *rows, total = book.rows(1)
    assert (total["Line"], total["Calls"], total["not measured"]) == ("All lines", 5, 1)
    free = next(row for row in rows if row["Line"] == "Toll-free")
    assert free["Longest wait"] == pytest.approx(60.04 / 86400)
    assert free["Answered within the minute ÷ (offered − abandoned within it)"] == 0.5
    assert free["Answered within the minute ÷ offered"] == pytest.approx(1 / 3)
    assert [free[name] for name in ("Offered (waited for a desk)", "Answered")] == [3, 2]
    assert [free[f"Abandoned {when} the minute"] for when in ("within", "after")] == [1, 0]
    assert [(row["Line"], row["Calls"]) for row in book.rows(2)] == [("Billing", 1), ("Toll-free", 4)]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (0, "0:00.0"),
        (9.96, "0:10.0"),
        (60, "1:00.0"),
        (60.000001, "1:00.1"),
        (599.99, "10:00"),
        (3700, "1\u00a0h\u00a001"),
    ],
)
def test_a_wait_is_never_written_shorter_than_it_was(seconds, words):
    assert waited(seconds) == words
