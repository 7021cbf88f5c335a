"""The bench of the sweep still runs, and its last line is a figure; whether it holds is for a quiet machine to say."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
SMALL = ["--running", "400", "--few", "200", "--due", "20", "--rounds", "1"]


def test_the_bench_of_the_sweep_ends_with_its_figure(tmp_path):
    bench = subprocess.run(
        [sys.executable, "-m", "bench.sweep", *SMALL],
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
    assert (figure["name"], figure["goal"]) == ("sweep", 2.0)
    assert figure["holds"] == (figure["ratio"] <= 2)
    assert "clock_to_sweep" in bench.stdout
    assert list(tmp_path.iterdir()) == [], "something is left behind"


def test_a_bench_that_does_not_exist_says_which_do():
    bench = subprocess.run(["bin/bench", "everything"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert bench.returncode == 2
    assert "sweep" in bench.stdout
    assert "pages" in bench.stdout
