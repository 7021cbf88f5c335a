"""Benches whose rows are copied still run, and their last line is a figure; whether it holds, a quiet machine says."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.all import PROMISES, Measured, table

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
BENCH = ROOT / "bench"
SMALL = ["--running", "400", "--few", "200", "--due", "20", "--rounds", "1"]


@pytest.mark.parametrize(
    ("name", "small", "goal", "says"),
    [("sweep", SMALL, 2.0, "clock_to_sweep"), ("verify", ["--cases", "10"], 1.0, "clocks rebuild")],
    ids=["sweep", "verify"],
)
def test_a_bench_ends_with_its_figure(tmp_path, name, small, goal, says):
    bench = subprocess.run(
        [sys.executable, "-m", f"bench.{name}", *small],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert bench.returncode in (0, 1), bench.stderr
    figure = json.loads(bench.stdout.splitlines()[-1])
    assert list(figure) == ["name", "value", "unit", "limit", "ratio", "goal", "holds"]
    assert (figure["name"], figure["goal"]) == (name, goal)
    assert figure["holds"] == (figure["ratio"] <= goal)
    assert says in bench.stdout
    assert list(tmp_path.iterdir()) == [], "something is left behind"


def test_the_table_of_all_tells_a_multiple_where_a_run_is_compared_with_itself():
    one = {"machine": "2 cores", "revision": "abcdef12", "day": "2026-12-01"}
    record = {
        "sweep": Measured(values=[0.9, 1.2, 1.1], limits=[1.0, 1.0, 0.5], unit="s", goal=2.0, **one),
        "desk": Measured(values=[31.0, 21.0, 26.0], limits=[25.0] * 3, unit="ms", goal=1.0, **one),
    }
    rows = {row.split(" | ")[1]: row.split(" | ")[2:] for row in table(record) if row.startswith("|")}
    swept = rows["1,000 due among 1,000,000 running promises, beside 10,000"]
    assert swept[:5] == ["≤ 2 ×", "0.9 ×", "1.2 ×", "2.2 ×", "yes"]
    desk = rows["the desk's page of 50 among 1,000,000 open cases, one client, p50"]
    assert desk[:5] == ["≤ 25 ms", "21 ms", "26 ms", "31 ms", "**no**"]
    assert rows["the same, beside 1,000 open cases"][4] == "**not measured**"
    assert table(record)[-1] == "Measured on: 2 cores."


def test_every_figure_that_a_bench_names_has_its_promise():
    named = {name for file in BENCH.glob("*.py") for name in re.findall(r'Figure\(\s*f?"([^"{]+)', file.read_text())}
    fetched = {"bounces missed", "replies read by the best library"}
    promised = {promise.figure for promise in PROMISES}
    assert {"sweep", "desk", "idle"} <= named
    assert {name for name in named - fetched if name not in promised} == {"open_slower_than_pgbench_"}
    assert {name for name in promised - named if not name.startswith("open_slower_than_pgbench_")} == set()


def test_a_bench_that_does_not_exist_says_which_do():
    bench = subprocess.run(["bin/bench", "everything"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert bench.returncode == 2
    assert "sweep" in bench.stdout
    assert "pages" in bench.stdout
