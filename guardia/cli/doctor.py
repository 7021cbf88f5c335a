"""`guardia doctor`: what a set-up gets wrong, a line each, with the remedy; docs/operations.md."""

import argparse
import json
import sys
from dataclasses import asdict

from django.core.exceptions import ImproperlyConfigured

from guardia.cli.installation import Subparsers, add_command, open_installation, switch_on
from guardia.config.languages import installed, of_the_terminal

LANGUAGES = tuple(dict(installed()))
TROUBLED = 1
COLOURS = {"ok": "32", "warn": "33", "bad": "31", "skipped": "2"}


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "doctor", "say what is wrong with this installation, and what to do", examine)
    parser.add_argument("--json", action="store_true", help="for a program: one object to a line")
    parser.add_argument("--language", choices=LANGUAGES, help="else that of LANG, else LANGUAGE_CODE")
    parser.add_argument("--quiet", action="store_true", help="only what is not well")
    parser.add_argument(
        "--attack", metavar="URL", help="try what strangers try against this installation's own address"
    )
    parser.add_argument(
        "--yes-it-is-mine", action="store_true", help="with --attack: the address is yours, whatever it answers"
    )


def examine(args: argparse.Namespace) -> int:
    """0: nothing is bad; 1: something is. Warnings change nothing. Raises ImproperlyConfigured, Mistake."""
    if args.attack:
        return attack(args)
    has_database, words = opened()
    from django.conf import settings
    from django.utils import translation

    from guardia.cli.checks.finding import Health, Installation
    from guardia.cli.checks.finding import examine as every_question

    installation = Installation(has_database, hour() if has_database else None)
    counts = dict.fromkeys(Health, 0)
    with translation.override(args.language or of_the_terminal() or settings.LANGUAGE_CODE):
        import guardia.cli.checks  # noqa: F401 - fills the list

        for found in every_question(installation):
            counts[found.said.health] += 1
            if not args.quiet or found.said.health in (Health.WARN, Health.BAD):
                print(as_json(found) if args.json else as_line(found), flush=True)
        if words and not args.quiet and not args.json:
            print(f"         {words}")
        if not args.json:
            print(summary(counts))
    return TROUBLED if counts[Health.BAD] else 0


def attack(args: argparse.Namespace) -> int:
    """The address is tried from outside (``attack.py``); no database is opened here. Raises Mistake."""
    switch_on()
    from django.conf import settings
    from django.utils import translation

    from guardia.cli.attack import run
    from guardia.cli.checks.finding import CheckResult, Finding, Health

    counts = dict.fromkeys(Health, 0)

    def tell(outcome) -> None:
        counts[outcome.health] += 1
        if args.quiet and outcome.health not in (Health.WARN, Health.BAD):
            return
        words = " ".join(filter(None, (outcome.sent, outcome.received)))
        found = Finding(outcome.check, CheckResult(outcome.health, words, outcome.remedy))
        print(json.dumps(asdict(outcome), ensure_ascii=False) if args.json else as_line(found), flush=True)

    with translation.override(args.language or of_the_terminal() or settings.LANGUAGE_CODE):
        is_well = run(args.attack, is_vouched_for=args.yes_it_is_mine, tell=tell)
        if not args.json:
            print(summary(counts))
    return 0 if is_well else TROUBLED


def opened() -> tuple[bool, str]:
    """Whether the database answers, else why not. Without one, what needs none is looked at all the same."""
    import psycopg
    from django.db.utils import OperationalError

    from guardia.config.account import DatabaseTrouble

    try:
        open_installation(empty=True)
    except ImproperlyConfigured as wrong:
        raise ImproperlyConfigured(f"The settings cannot be read, so nothing else can be looked at. {wrong}") from wrong
    except DatabaseTrouble as trouble:
        switch_on()
        return False, str(trouble)
    try:
        hour()
    except (OperationalError, psycopg.OperationalError) as trouble:
        return False, " ".join(str(trouble).split())
    return True, ""


def hour():
    """The database's hour (UTC)."""
    from guardia.config.now import now

    return now()


def as_json(found) -> str:
    said = {"check": found.check, "health": found.said.health, "words": found.said.words, "remedy": found.said.remedy}
    return json.dumps(said, ensure_ascii=False)


def as_line(found) -> str:
    from django.utils.translation import gettext as _

    from guardia.cli.checks.finding import Health

    names = {
        Health.OK: _("OK"),
        Health.WARN: _("check"),
        Health.BAD: _("wrong"),
        Health.SKIPPED: _("left out"),
    }
    mark = f"{names[found.said.health]:9}"
    if sys.stdout.isatty():
        mark = f"\x1b[{COLOURS[found.said.health]}m{mark}\x1b[0m"
    lines = [f"{mark}{found.check}: {found.said.words}"]
    if found.said.remedy:
        lines.append(f"         → {found.said.remedy}")
    return "\n".join(lines)


def summary(counts) -> str:
    from django.utils.translation import gettext as _

    from guardia.cli.checks.finding import Health

    words = _("%(ok)d OK, %(warn)d to review, %(bad)d bad, %(skipped)d not checked")
    return words % {health.value: counts[health] for health in Health}
