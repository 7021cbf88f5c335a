"""`guardia privacy …`, `guardia retention`: a copy of a person's data; what only the owner erases, asked for or old."""

import argparse
import signal
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from guardia.cli.installation import Mistake, Subparsers, add_command, open_installation
from guardia.config.languages import installed

if TYPE_CHECKING:
    from guardia.privacy.requests import PrivacyRequest


# --- privacy ----------------------------------------------------------------------------------------------------------
# `guardia privacy …`: a copy of a person's data, and what only the owner does: carrying out confirmed erasures.
PAUSE_SECONDS = 5


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "privacy", "give a copy of a person's data, or erase it", listed)
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    add_command(steps, "list", "list the requests that are not settled, and what stands against each", listed)
    step = add_command(steps, "export", "write a ZIP of everything that is held on a person", export)
    named(step)
    step.add_argument("--to", type=Path, required=True, metavar="FILE", help="the ZIP to write; must not exist")
    step.add_argument("--language", choices=tuple(dict(installed())), default="", help="of the person")
    step = add_command(
        steps, "erase", "ask for an erasure, and show what would go; it is confirmed in the browser", erase
    )
    named(step)
    step.add_argument("--reason", required=True, help="person_asked, left, company_asked, not_needed")
    step = add_command(
        steps, "work", "carry out confirmed erasures, until stopped (as DATABASE_DIRECT_URL, the owner)", work
    )
    step.add_argument("--once", action="store_true", help="those that wait now, then end: for a timer")


def named(step: argparse.ArgumentParser) -> None:
    step.add_argument("--contact", type=int, help="number of the contact, as its page's address shows it")
    step.add_argument("--username", default="", help="of one of the operator's people")
    for name, words in (("name", "a spelling"), ("address", "a mail address"), ("number", "a telephone number")):
        step.add_argument(f"--{name}", action="append", default=[], help=f"{words}; may be repeated")


def find_request(args: argparse.Namespace, what: str) -> "PrivacyRequest":
    """Raises Mistake."""
    from django.core.exceptions import ValidationError

    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.customers.contact import Contact
    from guardia.people.staff import Staff
    from guardia.privacy import requests

    with behind(DatabaseRole.STAFF):
        contact = Contact.objects.filter(pk=args.contact).first() if args.contact else None
        staff = Staff.objects.filter(username=args.username).first() if args.username else None
        if args.contact and not contact:
            raise Mistake(f"There is no contact {args.contact}")
        if args.username and not staff:
            raise Mistake(f"Nobody signs in as {args.username!r}. `guardia people list` shows who does")
        subject = {"names": args.name, "addresses": args.address, "numbers": args.number}
        try:
            return requests.ask(
                what,
                by=None,
                at=now(),
                contact=contact,
                staff=staff,
                subject=subject,
                reason=getattr(args, "reason", ""),
                language=getattr(args, "language", ""),
            )
        except ValidationError as unfit:
            raise Mistake(" ".join(unfit.messages)) from unfit


def export(args: argparse.Namespace) -> int:
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.people.audit import AuditKind, write_down
    from guardia.privacy import requests
    from guardia.privacy.finding import gather
    from guardia.privacy.person import person_of
    from guardia.privacy.requests import PrivacyRequest, RequestedRight
    from guardia.worker.persons import packed, worker

    if args.to.exists():
        raise Mistake(f"{args.to} is there already: name another file")
    request = find_request(args, RequestedRight.EXPORT)
    with behind(DatabaseRole.STAFF):
        request = PrivacyRequest.objects.select_for_update().get(pk=request.pk)
        at, person = now(), person_of(request)
        requests.cancel(request, at=at)  # no worker makes it a second time
        write_down(AuditKind.EXPORTED, at=at, about="person", key=request.pk)
    held = gather(person, worker, files=[])
    args.to.touch(mode=0o600)
    args.to.write_bytes(packed(held, person, at))
    print(f"{sum(map(len, held.records.values()))} records and {len(held.files)} files in {args.to}")
    return 0


def erase(args: argparse.Namespace) -> int:
    open_installation()
    from django.conf import settings

    from guardia.privacy.finding import looked_for
    from guardia.privacy.requests import RequestedRight
    from guardia.worker.persons import worker

    request = find_request(args, RequestedRight.ERASE)
    looked_for(request, worker)
    print(progress_line(request.pk))
    print(f"Look at it and confirm it at {settings.PUBLIC_URL.rstrip('/')}/ajustes/privacidad/solicitudes/{request.pk}")
    return 0


def listed(_args: argparse.Namespace) -> int:
    open_installation()
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.privacy.requests import PrivacyRequest, State

    with behind(DatabaseRole.WORKER):
        found = PrivacyRequest.objects.exclude(state__in=[State.DONE, State.CANCELLED]).order_by("pk")
        keys = list(found.values_list("pk", flat=True))
    print("\n".join(map(progress_line, keys)) or "no request waits")
    return 0


def progress_line(pk: int) -> str:
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.privacy.requests import PrivacyRequest

    with behind(DatabaseRole.WORKER):
        request = PrivacyRequest.objects.defer("file").get(pk=pk)
    goes = ", ".join(f"{group} {count}" for group, count in request.found.get("goes", {}).items())
    against = ", ".join(refusal["code"] for refusal in request.refusals)
    said = [f"{request.pk}", request.what, request.state, goes and f"goes: {goes}", against and f"refused: {against}"]
    return "\t".join(one for one in said if one)


def work(args: argparse.Namespace) -> int:
    """Exit code 0 when stopped, or when nothing is left to do."""
    open_installation()
    from guardia.privacy import erasing

    stopping = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopping.set())
    while not stopping.is_set():
        while not stopping.is_set() and (request := erasing.next_one()):
            print(f"request {request.pk}: looked at and settled", flush=True)
        if args.once:
            break
        stopping.wait(PAUSE_SECONDS)
    return 0


# --- retention --------------------------------------------------------------------------------------------------------
# `guardia retention`: what is older than its kind is kept goes; the owner's command, for a timer once a night.
def add_retention(subparsers: Subparsers) -> None:
    words = "erase what is older than its kind is kept (as DATABASE_DIRECT_URL, the owner)"
    parser = add_command(subparsers, "retention", words, retention)
    parser.add_argument("--dry-run", action="store_true", help="say what would go, and take nothing")


def retention(args: argparse.Namespace) -> int:
    open_installation()
    from guardia.cases import case_files
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.privacy.retention import RunsAlready, rehearse, run

    stopping = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopping.set())
    try:
        gone = rehearse() if args.dry_run else run(stopping.is_set)
    except RunsAlready:
        raise Mistake("Another `guardia retention` runs on this database: let it end") from None
    for one in gone:
        tables = ", ".join(f"{table} {count}" for table, count in one.counts.items())
        print(f"{one.kind.key}\tolder than {one.up_to:%Y-%m-%d}\t{tables}")
    if not args.dry_run and not stopping.is_set():
        with behind(DatabaseRole.WORKER):
            at = now()
        print(f"{case_files.remove_orphaned_bytes(at)} files were removed from the store")
    return 0
