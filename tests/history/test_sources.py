"""Each tool's export in its true shape, by the mapping that comes with Guardia: what comes in, and what is named."""

import csv
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from xlsxwriter import Workbook

from guardia.cases import chain, derived, rebuild
from guardia.cases.case import Case
from guardia.history.importing import HistoryFile, bring_in
from guardia.history.mapping import Mapping, find, sources
from tests.history.accounting import EXPORTS, GUAYAQUIL, NOW, Account, account_of
from tests.procedure.story import Story

HOUR = timedelta(hours=1)


class Export(NamedTuple):
    mapping: str
    files: tuple[str, ...]
    rows: int
    cases: tuple[str, ...]
    troubles: dict[str, int]
    waited: dict[str, timedelta]
    reopened: int


EXPECTED = (
    Export(
        "servicenow",
        ("servicenow_incident.csv", "servicenow_sys_audit.csv"),
        20,
        ("INC0010001", "INC0010002", "INC0010004"),
        {
            "no such case": 2,
            "unreadable": 1,
            "event without hour": 1,
            "unknown state": 1,
            "closed when restored": 1,
            "still open": 1,
        },
        {"customer": 1.5 * HOUR, "third_party": timedelta(minutes=25, seconds=12)},
        1,
    ),
    Export(
        "servicenow",
        ("servicenow_labels.csv",),
        3,
        ("INC0020001", "INC0020003"),
        {"unreadable": 1, "no opening": 1, "24:00": 1},
        {},
        0,
    ),
    Export("servicenow_snapshots", ("servicenow_snapshots.csv",), 7, ("INC0000901",), {}, {"customer": 2 * HOUR}, 1),
    Export("vinst", ("vinst.csv",), 8, ("1-364285768",), {"still open": 1}, {"customer": HOUR}, 1),
    Export("jira", ("jira.json",), 13, ("NOC-42",), {"still open": 1}, {"customer": HOUR}, 0),
    Export(
        "jira",
        ("jira.csv",),
        3,
        ("NOC-42", "NOC-43"),
        {"closed when restored": 2, "unreadable": 1, "event without hour": 1, "still open": 1},
        {},
        0,
    ),
    Export(
        "zammad",
        ("zammad_more.json", "zammad_tickets.json"),
        14,
        ("62007", "62008"),
        {"no kind": 1, "out of order": 1, "still open": 1},
        {"": 2 * HOUR},
        1,
    ),
    Export(
        "otrs",
        ("otrs_stats.csv",),
        4,
        ("2024040310000012", "2024040310000039"),
        {"above the headings": 1, "still open": 1, "24:00": 1, "unknown state": 1},
        {},
        0,
    ),
    Export(
        "otrs",
        ("otrs_ticket_history.csv", "otrs_ticket.csv"),
        12,
        ("2024040310000012",),
        {"no kind": 1, "no such case": 1},
        {"": HOUR},
        1,
    ),
    Export("rt", ("rt.tsv",), 4, ("417", "418"), {"still open": 1, "no closing": 1}, {}, 0),
    Export(
        "glpi",
        ("glpi_es.csv", "glpi_itilfollowups.csv"),
        7,
        ("346649", "346650"),
        {"no kind": 1, "event without hour": 1, "closed when restored": 1, "no opening": 1, "still open": 1},
        {},
        0,
    ),
    Export("glpi", ("glpi_fr.csv",), 1, ("90",), {}, {}, 0),
    Export("itop", ("itop.csv",), 4, ("R-000417", "R-000418"), {"still open": 1, "closed before opened": 1}, {}, 0),
    Export("osticket", ("osticket.csv",), 2, ("417001",), {"still open": 1}, {}, 0),
)


def read(export: Export) -> Account:
    return account_of([EXPORTS / name for name in export.files], find(export.mapping))


@pytest.mark.parametrize("export", EXPECTED, ids=lambda export: "+".join(export.files))
def test_what_an_export_brings(export: Export) -> None:
    account = read(export)
    assert account.is_whole, (account.lost_rows, account.lost_cases, account.lost_events)
    assert (account.rows, tuple(sorted(account.cases))) == (export.rows, export.cases)
    assert account.named() == export.troubles
    waited: dict[str, timedelta] = {}
    for case in account.cases.values():
        for cause, span in case.waited().items():
            waited[cause] = waited.get(cause, timedelta()) + span
    assert waited == export.waited
    assert sum(case.reopened for case in account.cases.values()) == export.reopened


def test_every_mapping_has_an_export() -> None:
    assert {export.mapping for export in EXPECTED} | {"guardia", "table", "xes"} == set(sources())
    assert {name for export in EXPECTED for name in export.files} == {path.name for path in EXPORTS.iterdir()}


def test_what_stands_in_a_case_of_two_files() -> None:
    case = read(EXPECTED[0]).cases["INC0010001"]
    assert case.fact("symptoms") == 'El cliente dice: "no navega".\nSegunda línea, con coma'
    assert (case.fact("company"), case.fact("service"), case.fact("cause")) == (
        "Banco Andino",
        "GYE-0417",
        "Solved (Permanently)",
    )
    assert (case.opened_at, case.closed_at) == (
        datetime(2024, 4, 3, 13, 10, tzinfo=UTC),
        datetime(2024, 4, 8, 17, 0, 1, tzinfo=UTC),
    )
    assert case.restored_at == datetime(2024, 4, 3, 16, 40, 12, tzinfo=UTC)
    assert [step.state for step in case.steps if step.state != "note"] == [
        *("working", "waiting", "working", "restored", "working", "waiting", "restored", "closed")
    ]
    assert case.steps[1].text == "assigned_to · 62826bf03710200044e0bfc8bcbe5df1"


def test_what_stands_in_the_issues_of_a_search() -> None:
    case = read(EXPECTED[4]).cases["NOC-42"]
    assert (case.fact("company"), case.fact("service"), case.fact("reporter")) == (
        "Banco Andino",
        "GYE-0417",
        "Ana Mora",
    )
    assert [(step.author, step.text) for step in case.steps if step.text] == [
        ("NOC", "assignee · NOC"),
        ("Ana Mora", "¿Algo nuevo?"),
        ("NOC", "Cuadrilla en camino"),
        ("NOC", "resolution · Done"),
    ]
    assert (case.restored_at, case.closed_at) == (
        datetime(2024, 4, 3, 16, 40, 12, tzinfo=UTC),
        datetime(2024, 4, 8, 17, tzinfo=UTC),
    )


def test_each_comment_of_a_list_of_issues_is_an_event() -> None:
    steps = read(EXPECTED[5]).cases["NOC-42"].steps
    assert [(step.author, step.text) for step in steps] == [
        ("5b1", "¿Algo nuevo?"),
        ("5b2", "Cuadrilla en camino; llega en\nmedia hora"),
    ]


def test_quotes_mean_nothing_where_the_tool_writes_none() -> None:
    cases = read(EXPECTED[9]).cases
    assert (cases["417"].fact("subject"), cases["418"].fact("subject")) == ('"Sin enlace" en matriz', '"Comilla sola')
    assert cases["417"].opened_at == datetime(2024, 4, 3, 13, 10, tzinfo=UTC)


LABELS = {
    "ref": "Ref",
    "title": "Title",
    "description": "Description",
    "org_id_friendlyname": "Organization->Name",
    "caller_id_friendlyname": "Caller->Full name",
    "start_date": "Start date",
    "solution": "Solution",
    "resolution_date": "Resolution date",
    "close_date": "Close date",
    "status": "Status",
    "resolution_code": "Resolution code",
}


def test_a_workbook_by_labels_says_the_same_as_a_csv_by_codes(tmp_path: Path) -> None:
    with (EXPORTS / "itop.csv").open(encoding="utf-8", newline="") as stream:
        header, *lines = csv.reader(stream)
    path = tmp_path / "itop.xlsx"
    with Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [LABELS[name] for name in header])
        for number, line in enumerate(lines, 1):
            for column, (name, cell) in enumerate(zip(header, line, strict=True)):
                if name.endswith("_date") and cell:
                    sheet.write_datetime(number, column, datetime.fromisoformat(cell))
                else:
                    sheet.write(number, column, cell)
    of_codes, of_labels = read(EXPECTED[12]), account_of([path], find("itop"))
    assert of_labels.is_whole
    assert of_labels.named() == of_codes.named()
    for number, case in of_codes.cases.items():
        same = of_labels.cases[number]
        assert (same.opened_at, same.restored_at, same.closed_at) == (case.opened_at, case.restored_at, case.closed_at)
        assert (same.fact("company"), same.fact("subject")) == (case.fact("company"), case.fact("subject"))


def test_all_of_them_come_in_and_a_repeat_adds_nothing(as_staff: None) -> None:
    Story()
    for export in EXPECTED:
        mapping = find(export.mapping).model_copy(update={"companies": "create", "company": "Sin nombre"})
        first, again = bring(export, mapping), bring(export, mapping)
        there = sum(other.files != export.files and other.mapping == export.mapping for other in EXPECTED)
        assert first[0] + first[1] == len(export.cases)
        assert first[0] == len(export.cases) or there
        assert again == (0, len(export.cases))
    assert Case.objects.filter(former_system="GLPI", former_number="346649", customer__name="Banco Andino").count() == 1
    assert list(chain.breaks(besides=derived.breaks)) == []
    assert list(rebuild.rebuild()) == []


def bring(export: Export, mapping: Mapping) -> tuple[int, int]:
    """How many cases were new, and how many there already."""
    with HistoryFile([EXPORTS / name for name in export.files], mapping) as file:
        file.read()
        brought = bring_in(file, GUAYAQUIL, lambda: NOW, nullcontext, write=True)
    return brought.new, brought.known
