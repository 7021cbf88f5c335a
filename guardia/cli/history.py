"""`guardia history …`: the histories of cases across the border of the installation, a step each."""

from guardia.cli import history_export, history_import
from guardia.cli.installation import Subparsers, add_group


def add(subparsers: Subparsers) -> None:
    parser = add_group(subparsers, "history", "bring in the closed cases of a former tool, and hand histories out")
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    history_import.add(steps)
    history_export.add(steps)
