"""`guardia messages extract|compile|check`: the words of the screens in each language."""

import argparse
import sys
from typing import TYPE_CHECKING

from guardia.cli.installation import Subparsers, add_command, add_group

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

# Babel is imported where it is used: every start of web and worker reads this module.


def add(subparsers: Subparsers) -> None:
    parser = add_group(subparsers, "messages", "extract, compile or check the words of the screens")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    add_command(actions, "extract", "bring the catalogues to the texts of the sources", extract)
    add_command(actions, "compile", "compile the catalogues that changed", compile_messages)
    judge = add_command(actions, "check", "fail if a text lacks a translation", check)
    judge.add_argument("--show", type=int, default=50, metavar="N", help="name the first N problems (50)")


def extract(args: argparse.Namespace) -> int:
    from guardia.cli.catalogues import LANGUAGES, problems, refreshed, texts, write

    found = _found()
    for language in LANGUAGES:
        write(language, refreshed(language, found))
        empty = sum(1 for _ in problems(language, found))
        print(f"{language}: {len(texts(found))} texts, {empty} to do")
    return 0


def compile_messages(args: argparse.Namespace) -> int:
    from guardia.cli.catalogues import compile_stale

    print(f"compiled: {', '.join(compile_stale()) or 'nothing to do'}")
    return 0


def check(args: argparse.Namespace) -> int:
    from guardia.cli.catalogues import LANGUAGES, problems, texts

    found = _found()
    trouble = [problem for language in LANGUAGES for problem in problems(language, found)]
    for problem in trouble[: args.show]:
        print(problem, file=sys.stderr)
    if len(trouble) > args.show:
        print(f"… and {len(trouble) - args.show} more (--show {len(trouble)})", file=sys.stderr)
    print(f"{len(texts(found))} texts, translated into {', '.join(LANGUAGES)}: {len(trouble)} problems")
    return 1 if trouble else 0


def _found() -> "Catalog":
    """Reading templates needs Django's settings, but no database."""
    from django.conf import settings

    if not settings.configured:
        settings.configure()
    from guardia.cli.catalogues import catalogue

    return catalogue()
