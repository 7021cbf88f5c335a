"""`guardia policy`: who may do what, as the table of docs/policy.md."""

import argparse

from guardia.cli.installation import Mistake, Subparsers, add_command, open_installation
from guardia.config.database import ROOT

DOCUMENT = ROOT / "docs" / "policy.md"


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "policy", "print who may do what: every right, every address", policy)
    parser.add_argument("--write", action="store_true", help="write docs/policy.md")


def policy(args: argparse.Namespace) -> int:
    open_installation(empty=True)
    from guardia.cli.policy_table import NoLine, document

    try:
        words = document()
    except NoLine as without:
        raise Mistake(
            f"These addresses ask for no right and are in no list of cli/policy_table.py: {without}"
        ) from without
    if args.write:
        DOCUMENT.write_text(words, encoding="utf-8")
    else:
        print(words, end="")
    return 0
