"""`bin/bench all`: every bench, some times; one table of their figures against the goals, written into
`docs/performance.md`.

Each figure is what came out of its runs: minimum, median, maximum. What is not run this time (`--only`) keeps what was
measured before, with its date and machine (`docs/performance.json`). Ends with 1 where a figure that was measured now
does not hold, or a bench did not end with one.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench._machine import describe

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT, RECORD = ROOT / "docs" / "performance.md", ROOT / "docs" / "performance.json"
BEGINS, ENDS = "<!-- bin/bench all -->", "<!-- /bin/bench all -->"


@dataclass(frozen=True)
class Promise:
    """What a figure promises, and of which bench it is. ``rival``: what was measured of another product beside it."""

    bench: str
    figure: str
    sentence: str
    rival: str = ""


DJANGO_HELPDESK = "django-helpdesk 2.6.1, 100,000 open cases"
PROMISES = (
    Promise(
        "desk",
        "desk",
        "the desk's page of 50 among 1,000,000 open cases, one client, p50",
        f"901 ms ({DJANGO_HELPDESK})",
    ),
    Promise("desk", "desk_growth", "the same, beside 1,000 open cases"),
    Promise(
        "desk",
        "desk_case_growth",
        "a case's page of 20 events among 1,000,000 open cases, beside 1,000",
        f"119 ms ({DJANGO_HELPDESK})",
    ),
    Promise("open", "open", "a case opened by the form, one client, p50", f"24 ms ({DJANGO_HELPDESK})"),
    Promise("open", "open_slower_than_pgbench_1", "as many a second as pgbench with the same statements, one client"),
    Promise("open", "open_slower_than_pgbench_4", "the same, four clients, two processes of the web"),
    Promise("api", "api_list", "a list of 50 of the API among 1,000,000 cases, p50"),
    Promise("api", "api_open", "a case opened by the API, beside the form"),
    Promise("webhooks", "webhooks", "a delivery to 20 receivers, one of which never answers"),
    Promise("webhooks", "webhooks_desk", "the desk's page meanwhile, beside its resting time"),
    Promise("outage", "outage", "an outage over 10,000 services of 3,000 companies, from declared to written"),
    Promise("outage", "outage_desk", "the desk's page meanwhile, beside its resting time"),
    Promise("acts", "closings", "2,052 closings in one `record()`, beside as many registrations"),
    Promise("acts", "note_on_a_long_case", "a note on a case with 2,000 events, beside one on a case with 20"),
    Promise("storm", "storm_written", "10,000 cases with their clocks and 30,000 notices in one `record()`"),
    Promise("storm", "storm", "1,000 letters sent by a worker, beside a bare loop at its best"),
    Promise("storm", "storm_desk", "the desk's page meanwhile, beside its resting time"),
    Promise("search", "search", "the slowest kind of search among 1,000,000 cases, p95"),
    Promise("similar", "similar", "the slowest kind of question for similar cases among 1,000,000 closed ones, p95"),
    Promise("panorama", "panorama", "all ten pictures counted anew among 60,000 cases"),
    Promise("replica", "replica_arrives", "a replica has what was written when a report is asked for, p50"),
    Promise("live", "live", "from an event to 50 open desks that poll once a second, p99"),
    Promise("memory", "memory", "what the idle web (one process, four threads) and a worker hold together (PSS)"),
    Promise("memory", "idle", "what both use of one core while nothing happens"),
    Promise("alerts", "alerts", "an alert, read, led to its service and committed, beside a bare INSERT"),
    Promise("plans", "plans", "the slowest of the hottest questions, in an installation with a past"),
    Promise("sweep", "sweep", "1,000 due among 1,000,000 running promises, beside 10,000"),
    Promise("pages", "pages", "from due to the page handed over, p99"),
    Promise("pages", "takeover", "what a killed worker held is sent by another"),
    Promise("mail", "mail", "at rest, from owed to handed over to the mail server, p99"),
    Promise("probes", "probes", "500 services tested by one worker, of a cycle of 30 s"),
    Promise("verify", "verify", "10,000 events of a restored installation proven"),
    Promise("event_log", "event_log", "the memory for an event log of 1,000,000 events, beside an empty one"),
    Promise("proof", "proof", "the proof of any leaf among 10,000,000, made and checked, p99"),
    Promise("scale", "scale", "the page that grows most among 100,000 cases lived through, beside 2,000"),
    Promise("history", "history", "1,000 events of a former tool brought in"),
    Promise("history", "history memory", "the memory for it"),
    Promise("report", "report", "the closing report of three visits and two relapses, from its rows to its PDF, p99"),
    Promise("shadow", "shadow", "8,000 cases of a former tool replayed"),
    Promise("shadow", "shadow memory", "the most memory of one process for it"),
)
BENCHES = tuple(dict.fromkeys(promise.bench for promise in PROMISES))


@dataclass
class Measured:
    """One figure as it came out of its runs, in the order in which they were made."""

    values: list[float]
    limits: list[float]
    unit: str
    goal: float
    day: str
    machine: str
    revision: str

    @property
    def ratios(self) -> list[float]:
        return [value / limit for value, limit in zip(self.values, self.limits, strict=True)]

    @property
    def holds(self) -> bool:
        """By its median: one run in which the machine did something else says nothing."""
        return median(self.ratios) <= self.goal


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench all", description=__doc__.splitlines()[0])
    words.add_argument("--only", nargs="+", choices=BENCHES, default=BENCHES, metavar="NAME")
    words.add_argument("--runs", type=int, default=3)
    args = words.parse_args()
    record, failed = read_record(), []
    for bench in args.only:
        runs = [run(bench) for _run in range(args.runs)]
        if not all(runs):
            failed.append(bench)
        record |= measured_in([figures for figures in runs if figures])
        RECORD.write_text(json.dumps({name: asdict(each) for name, each in record.items()}, indent=1) + "\n")
    rows = table(record)
    write_document(rows)
    print("\n".join(rows))
    for bench in failed:
        print(f"bin/bench {bench} ended without a figure", file=sys.stderr)
    named = [each.figure for each in PROMISES if each.bench in args.only and each.figure in record]
    return 1 if failed or not all(record[figure].holds for figure in named) else 0


def run(bench: str) -> dict[str, dict]:
    """The figures of one run, by their names; whatever it prints is passed on."""
    figures = {}
    with subprocess.Popen([sys.executable, "-m", f"bench.{bench}"], cwd=ROOT, stdout=subprocess.PIPE, text=True) as one:
        assert one.stdout is not None
        for line in one.stdout:
            print(line, end="", flush=True)
            if line.startswith('{"name"'):
                figure = json.loads(line)
                figures[figure["name"]] = figure
    return figures if one.returncode in (0, 1) else {}


def measured_in(runs: Sequence[Mapping[str, dict]]) -> dict[str, Measured]:
    found: dict[str, list[dict]] = {}
    for figures in runs:
        for name, figure in figures.items():
            found.setdefault(name, []).append(figure)
    here = describe("embedded").split("; load")[0]
    made = subprocess.run(["git", "rev-parse", "--short=8", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    return {
        name: Measured(
            values=[each["value"] for each in figures],
            limits=[each["limit"] for each in figures],
            unit=figures[-1]["unit"],
            goal=figures[-1]["goal"],
            day=datetime.now(UTC).date().isoformat(),
            machine=here,
            revision=made.strip(),
        )
        for name, figures in found.items()
    }


def read_record() -> dict[str, Measured]:
    if not RECORD.exists():
        return {}
    return {name: Measured(**each) for name, each in json.loads(RECORD.read_text()).items()}


def table(record: Mapping[str, Measured]) -> list[str]:
    """Markdown, and below it on which machines; a promise that was never measured says so."""
    rows = ["| | what | goal | min | median | max | holds | of others | measured |", "| --- " * 9 + "|"]
    before = ""
    for promise in PROMISES:
        name = "" if promise.bench == before else f"`bin/bench {promise.bench}`"
        before = promise.bench
        one = record.get(promise.figure)
        cells = cells_of(one) if one else ["", "", "", "", "**not measured**"]
        where = f"{one.day}, {one.revision}, {len(one.values)} ×" if one else ""
        rows.append(f"| {' | '.join([name, promise.sentence, *cells, promise.rival, where])} |")
    return [*rows, "", *sorted({f"Measured on: {one.machine}." for one in record.values()})]


def cells_of(one: Measured) -> list[str]:
    """Goal, minimum, median, maximum, whether it holds. What is compared with its own run is told as a multiple."""
    is_compared = one.goal != 1.0 or len(set(one.limits)) > 1
    values = one.ratios if is_compared else one.values
    unit = "×" if is_compared else one.unit
    goal = one.goal if is_compared else one.limits[-1]
    figures = [f"{value:.3g} {unit}" for value in (min(values), median(values), max(values))]
    return [f"≤ {goal:.3g} {unit}", *figures, "yes" if one.holds else "**no**"]


def write_document(rows: Sequence[str]) -> None:
    before, _begins, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGINS)
    _old, _ends, after = rest.partition(ENDS)
    DOCUMENT.write_text("\n".join([f"{before}{BEGINS}", "", *rows, "", f"{ENDS}{after}"]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
