"""`bin/bench bounces`: of flufl.bounce's own test mails with known recipients, how many each reader reads.

A mail is read where exactly its recipients are found, no more and no fewer. It is the collection by which flufl.bounce
was written: its own figure says little, what it adds to ours says much. Without a folder the source of the
flufl.bounce that is installed is fetched into a temporary one.
"""

import argparse
import ast
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from email import message_from_bytes
from importlib.metadata import version
from pathlib import Path
from unittest.mock import patch

from bench._corpus import published
from bench._machine import Figure

type Read = tuple[set[str], set[str]]
"""Who failed, as written to; and with where that address led."""


def main() -> int:
    words = argparse.ArgumentParser(prog="bin/bench bounces", description=__doc__.splitlines()[0])
    words.add_argument("folder", nargs="?", type=Path, help="the unpacked source of flufl.bounce")
    words.add_argument("--wrong", action="store_true", help="say what was read of each mail that is not read right")
    args = words.parse_args()
    release = version("flufl.bounce")
    with nullcontext(args.folder) if args.folder else published("flufl.bounce", release) as source:
        known = recipients_by_mail(source / "tests")
        mails = {name: (source / "tests" / "data" / name).read_bytes() for name in known}
        return measure(mails, known, release, says_wrong=args.wrong)


def recipients_by_mail(tests: Path) -> dict[str, set[str]]:
    """Whose delivery failed, of each mail, as flufl.bounce's own tests say it: rows of (detector, file, who, …)."""
    found: dict[str, set[str]] = {}
    for statement in ast.parse((tests / "test_detectors.py").read_text()).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.List):
            for _detector, name, who, *_ in ast.literal_eval(statement.value):
                found.setdefault(name, set()).update(each.decode().lower() for each in who)
    return {name: who for name, who in found.items() if who}


def measure(mails: Mapping[str, bytes], known: Mapping[str, set[str]], release: str, *, says_wrong: bool) -> int:
    print(f"{len(mails)} mails of flufl.bounce {release}")
    readers: Mapping[str, Callable[[bytes], Read]] = {
        "Guardia alone": by_guardia_alone,
        "flufl.bounce alone": by_flufl_alone,
        "both together": by_both,
    }
    right: dict[str, int] = {}
    for name, reader in readers.items():
        read = {mail: reader(raw) for mail, raw in mails.items()}
        right[name] = sum(known[mail] in read[mail] for mail in mails)
        print(f"{name:20} {right[name]:4}")
        for mail in sorted(mails) if says_wrong else ():
            if known[mail] not in read[mail]:
                print(f"    {mail}: {sorted(read[mail][0])} in place of {sorted(known[mail])}")
    print(f"known as reports     {sum(is_report(raw) for raw in mails.values()):4}")
    missed = {name: len(mails) - count for name, count in right.items()}
    return Figure("bounces missed", missed["both together"], "mails", missed["Guardia alone"], 0.1).say()


def by_both(raw: bytes) -> Read:
    """As the product reads it."""
    from guardia.mail.raw_mail import read

    report = read(raw).report
    recipients = report.recipients if report else ()
    written_to = {each.address for each in recipients}
    return written_to, written_to | {each.final for each in recipients if each.final}


def by_guardia_alone(raw: bytes) -> Read:
    with patch("guardia.mail.bounces.scanned", lambda _raw: (set(), set())):
        return by_both(raw)


def by_flufl_alone(raw: bytes) -> Read:
    from flufl.bounce import all_failures

    temporary, permanent = all_failures(message_from_bytes(raw))
    found = {each.decode("utf-8", "replace").lower() for each in temporary | permanent}
    return found, found


def is_report(raw: bytes) -> bool:
    from guardia.mail.raw_mail import read

    return read(raw).report is not None


if __name__ == "__main__":
    sys.exit(main())
