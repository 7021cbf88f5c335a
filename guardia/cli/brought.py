"""What the commands that bring a file in have in common: the file they take, and what they say of it."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from guardia.cli.house import Mistake

if TYPE_CHECKING:
    from guardia.customers.importing.outcome import Outcome


def takes_a_table(step: argparse.ArgumentParser) -> None:
    words = "a CSV file, parted by comma or semicolon, or an Excel workbook"
    step.add_argument("file", type=Path, metavar="FILE", help=words)
    step.add_argument("--dry-run", action="store_true", help="only say what would change, and what is wrong")


def read(file: Path) -> bytes:
    """Raises Mistake when there is no such file."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise Mistake(f"{file} cannot be read: {error.strerror}") from error


def say(outcome: "Outcome", file: Path, *, dry_run: bool) -> int:
    """Print what came of it and return the exit code. 0: all was right; 1: nothing was written, each mistake a line."""
    for problem in outcome.problems:
        print(problem)
    if outcome.ignored:
        print(f"columns left aside: {', '.join(outcome.ignored)}")
    if outcome.problems:
        print(f"{file}: nothing was written, errors: {len(outcome.problems)}")
        return 1
    written = "not written (dry run)" if dry_run else "written"
    print(f"new {outcome.new}, changed {outcome.changed}, unchanged {outcome.unchanged}, errors 0: {written}")
    return 0
