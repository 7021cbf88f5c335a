"""`guardia phone …`: listen to an exchange, take its queue log, and the exchanges themselves."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from guardia.cli.installation import Mistake, Subparsers, add_command, add_group, open_installation

if TYPE_CHECKING:
    from guardia.calls.exchange import Exchange


# --- exchanges --------------------------------------------------------------------------------------------------------
# `guardia phone exchange add|list|token` and `guardia phone agent`: the exchanges, and who is who there.
def add_steps(steps: Subparsers) -> None:
    exchange = add_group(steps, "exchange", "add an exchange, list them, or give one a new token")
    actions = exchange.add_subparsers(title="actions", metavar="ACTION", required=True)
    step = add_command(actions, "add", "make an exchange known; of a CTI one its address is shown, once", add_exchange)
    step.add_argument("name", metavar="NAME", help="what it calls itself (SystemName), or what you call it")
    kind = step.add_mutually_exclusive_group(required=True)
    kind.add_argument("--cti", action="store_true", help="it pushes what happens to an address of Guardia")
    kind.add_argument("--ami", action="store_true", help="an Asterisk or FreePBX that Guardia listens to")
    step.add_argument("--country", default="", metavar="EC", help="of numbers without a country code (the operator's)")
    step.add_argument("--queue", action="append", default=[], metavar="QUEUE=DESK", help="repeatable")
    step.add_argument("--context", action="append", default=[], metavar="NAME", help="trunk context (AMI); repeatable")
    step.add_argument("--signed", action="store_true", help="refuse what is not signed (CTI)")
    add_command(actions, "list", "list the exchanges, and whether they are heard", list_exchanges)
    step = add_command(actions, "token", "give a CTI exchange a new address; the old one ends at once", new_token)
    step.add_argument("name", metavar="NAME")
    step = add_command(steps, "agent", "say who a name at the exchange is; whoever had it before ends then", name_agent)
    step.add_argument("name", metavar="NAME", help="as the exchange names that person: member, extension or interface")
    step.add_argument("username", metavar="USERNAME", help="with which that person signs in")
    step.add_argument("--exchange", default="", metavar="NAME", help="at which exchange (AMI_NAME)")
    step.add_argument("--since", default="", metavar="TIME", help="since when: 2026-11-25T08:30 (now)")


def add_exchange(args: argparse.Namespace) -> int:
    open_installation()
    from django.utils.translation import gettext as _

    from guardia.calls import exchanges
    from guardia.calls.exchange import ExchangeKind
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.customers.phones import home_region

    with refusals(), behind(DatabaseRole.STAFF):
        at = now()
        exchange, token = exchanges.add(
            args.name,
            ExchangeKind.CTI if args.cti else ExchangeKind.AMI,
            at=at,
            country=args.country or home_region(),
            queues=queues(args.queue, at),
            contexts=args.context,
            signed=args.signed,
        )
        if args.cti:
            show_once(exchange, token)
        else:
            print(_("Added. Set AMI_NAME=%(name)s beside AMI_HOST, then `guardia phone listen`.") % {"name": args.name})
    return 0


def new_token(args: argparse.Namespace) -> int:
    open_installation()
    from guardia.calls import exchanges
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now

    with refusals(), behind(DatabaseRole.STAFF):
        exchange = exchanges.named(args.name)
        show_once(exchange, exchanges.new_token(exchange, at=now()))
    return 0


def show_once(exchange, token: str) -> None:
    """The address with the token in it, and the signing secret: neither can be shown again."""
    from django.conf import settings
    from django.utils.translation import gettext as _

    from guardia.people.secret_address import signing_secret

    base = settings.PUBLIC_URL.rstrip("/")
    print(_("Shown once. Enter this address at the exchange:"))
    print(f"  {base}/telefonia/{token}")
    print(_("The same for an exchange that speaks with Zammad:"))
    print(f"  {base}/api/v1/cti/{token}")
    print(_("Secret for X-Guardia-Signature, where the exchange can sign:"))
    print(f"  {signing_secret(exchange)}")


def list_exchanges(args: argparse.Namespace) -> int:
    open_installation()
    from guardia.calls import exchanges
    from guardia.calls.exchange import Exchange
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now

    with behind(DatabaseRole.STAFF):
        lost = {exchange.pk: since for exchange, since in exchanges.lost_since(now())}
        for exchange in Exchange.objects.order_by("name"):
            print(f"{exchange.name}\t{exchange.kind}\t{exchange.country}\t{state(exchange, lost.get(exchange.pk))}")
    return 0


def state(exchange, lost) -> str:
    """In one phrase: heard or not, since when, and what is wrong."""
    from django.utils.translation import gettext as _

    if not exchange.is_active:
        return _("switched off")
    if lost:
        said = _("no signal since %(at)s UTC") % {"at": f"{lost:%Y-%m-%d %H:%M:%S}"}
    elif exchange.seen_at:
        said = _("last signal %(at)s UTC") % {"at": f"{exchange.seen_at:%Y-%m-%d %H:%M:%S}"}
    else:
        said = _("no signal yet")
    return f"{said}: {exchange.trouble}" if exchange.trouble else said


def name_agent(args: argparse.Namespace) -> int:
    open_installation()
    from django.utils.translation import gettext as _

    from guardia.calls import exchanges
    from guardia.config.database_roles import DatabaseRole, behind
    from guardia.config.now import now
    from guardia.people.staff import Staff

    with refusals(), behind(DatabaseRole.STAFF):
        exchange, at = exchange_named(args.exchange), now()
        staff = Staff.objects.filter(username=args.username).first()
        if staff is None:
            raise Mistake(_("Nobody signs in as “%(username)s”.") % {"username": args.username})
        agent = exchanges.name_agent(exchange, args.name, staff, since=hour(args.since, at), at=at)
    print(f"{exchange.name}: {agent.name} = {staff.name}, {agent.since:%Y-%m-%d %H:%M} UTC")
    return 0


def queues(pairs: list[str], at) -> dict[str, str]:
    """``queue=desk`` pairs. Raises Mistake, also for a desk that the procedure in force does not have."""
    from django.utils.translation import gettext as _

    found = {}
    for pair in pairs:
        queue, equals, desk = pair.partition("=")
        if not (equals and queue.strip() and desk.strip()):
            raise Mistake(_("“%(pair)s” must be QUEUE=DESK, such as technical=technical.") % {"pair": pair})
        found[queue.strip()] = desk.strip()
    wrong = sorted(set(found.values()) - desks(at)) if found else []
    if wrong:
        raise Mistake(
            _("The procedure has no desk “%(desk)s”. It has: %(desks)s.")
            % {"desk": wrong[0], "desks": ", ".join(sorted(desks(at)))}
        )
    return found


def desks(at) -> set[str]:
    """Raises Mistake where no procedure is published yet."""
    from guardia.procedure.version import NoProcedure, in_force

    try:
        return {desk.key for desk in in_force(at).procedure.desks}
    except NoProcedure as none:
        raise Mistake(f"{none}. Take the first steps: guardia people first") from none


# --- listening and the queue log --------------------------------------------------------------------------------------
STDIN = "-"
SAID_EVERY = 1000
PIECE = 64 * 1024


def add(subparsers: Subparsers) -> None:
    parser = add_group(subparsers, "phone", "name the exchanges, hear their calls and take their queue logs")
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    add_command(steps, "listen", "listen to the exchange that AMI_HOST names, until stopped", listen)
    step = add_command(steps, "log", "take the queue log of an exchange from where the last reading ended", take_log)
    step.add_argument("file", metavar="FILE", help="the exchange's queue_log; - reads lines that a shipper passes on")
    add_name(step)
    step = add_command(steps, "replay", "try out a recording *.ami.txt as if it had just happened", replay)
    step.add_argument("file", type=Path, metavar="FILE", help="a recording of the manager interface")
    step.add_argument("--hours-as-recorded", action="store_true", help="keep its hours; else it ends now")
    add_name(step)
    add_steps(steps)


def add_name(step: argparse.ArgumentParser) -> None:
    step.add_argument("--exchange", default="", metavar="NAME", help="of which exchange (AMI_NAME)")


def listen(args: argparse.Namespace) -> int:
    open_installation(process="telephone")
    from django.conf import settings
    from django.utils.translation import gettext as _

    if not settings.AMI_HOST:
        raise Mistake(_("AMI_HOST is not set: it names the Asterisk to listen to; docs/operations/telephone.md."))
    from guardia.web.phone.listening import run

    with refusals():
        run()
    return 0


def take_log(args: argparse.Namespace) -> int:
    """0: all lines were taken; 1: what was written before a rotation is gone, or the file cannot be read."""
    open_installation()
    from django.utils.translation import gettext as _

    from guardia.config.now import now
    from guardia.web.phone.queue_log import Log, LogUnreadable

    with refusals():
        log = Log(exchange_named(args.exchange), in_a_step(), now, Progress().say)
        try:
            taken = log.take_stream(pieces()) if args.file == STDIN else log.take_file(Path(args.file))
        except LogUnreadable as trouble:
            raise Mistake(_("The queue log cannot be read: %(why)s") % {"why": trouble}) from trouble
    print(_("Lines read: %(lines)s. Calls updated: %(calls)s.") % {"lines": taken.lines, "calls": taken.calls})
    if not taken.whole:
        print(_("What the log held before it was rotated is gone: those hours stay unmeasured."), file=sys.stderr)
    return 0 if taken.whole else 1


def replay(args: argparse.Namespace) -> int:
    """0: every packet is kept."""
    open_installation()
    from django.utils.translation import gettext as _

    from guardia.config.now import now
    from guardia.intake import phone
    from guardia.web.phone.ami_reader import NoRecording, length, moved, packets_in

    try:
        packets = packets_in(args.file.read_bytes())
    except OSError as trouble:
        raise Mistake(_("%(file)s cannot be read: %(why)s") % {"file": args.file, "why": trouble.strerror}) from trouble
    except NoRecording as wrong:
        raise Mistake(
            _(
                "%(file)s is not a manager interface recording: packets of “Name: value” lines, separated by "
                "blank lines."
            )
            % {"file": args.file}
        ) from wrong
    with refusals():
        exchange = exchange_named(args.exchange)
        with in_a_step()():
            at = now()
            said = packets if args.hours_as_recorded else moved(packets, at - length(packets))
            calls = phone.keep_events(exchange, said, "ami", at, at)
    print(_("Packets: %(packets)s. Calls updated: %(calls)s.") % {"packets": len(packets), "calls": len(calls)})
    return 0


def exchange_named(name: str) -> "Exchange":
    """The one of this name, else that of AMI_NAME, else the only one that is listened to. Raises ExchangeRefused."""
    from django.conf import settings

    from guardia.calls import exchanges
    from guardia.config.database_roles import DatabaseRole, behind

    with behind(DatabaseRole.STAFF):
        if name or settings.AMI_NAME:
            return exchanges.named(name or settings.AMI_NAME)
        return exchanges.only_one()


def in_a_step() -> Callable[[], AbstractContextManager[None]]:
    from guardia.worker.rounds import step

    return step


@contextmanager
def refusals() -> Iterator[None]:
    """What a package refuses is said as one sentence."""
    from guardia.calls.exchanges import ExchangeRefused

    try:
        yield
    except ExchangeRefused as refused:
        raise Mistake(str(refused)) from refused


def pieces() -> Iterator[bytes]:
    """Standard input as it comes, without waiting for more than there is."""
    while piece := os.read(sys.stdin.fileno(), PIECE):
        yield piece


class Progress:
    """A line on the terminal, each time another thousand lines are taken."""

    def __init__(self) -> None:
        self.said = 0

    def say(self, lines: int) -> None:
        if lines - self.said >= SAID_EVERY and sys.stderr.isatty():
            self.said = lines
            print(f"\r{lines}", end="", file=sys.stderr, flush=True)


def hour(written: str, at: datetime) -> datetime:
    """``2026-11-25 08:30``, of the operator's zone unless it says its own; ``at`` where nothing is written.

    Raises Mistake.
    """
    from django.utils import timezone
    from django.utils.translation import gettext as _

    if not written:
        return at
    try:
        said = datetime.fromisoformat(written)
    except ValueError as wrong:
        raise Mistake(_("“%(written)s” is not a time: write it as 2026-11-25T08:30.") % {"written": written}) from wrong
    return said if said.tzinfo else timezone.make_aware(said)
