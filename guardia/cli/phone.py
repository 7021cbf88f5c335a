"""`guardia phone …`: listen to an exchange, take its queue log, and the exchanges themselves."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from guardia.cli import phone_exchanges
from guardia.cli.house import Mistake, Subparsers, add_command, add_group, open_house

if TYPE_CHECKING:
    from guardia.calls.exchange import Exchange

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
    phone_exchanges.add(steps)


def add_name(step: argparse.ArgumentParser) -> None:
    step.add_argument("--exchange", default="", metavar="NAME", help="of which exchange (AMI_NAME)")


def listen(args: argparse.Namespace) -> int:
    open_house()
    from django.conf import settings
    from django.utils.translation import gettext as _

    if not settings.AMI_HOST:
        raise Mistake(_("AMI_HOST is not set: it names the Asterisk to listen to; docs/operations/telephone.md."))
    from guardia.web.phone.main import run

    with refusals():
        run()
    return 0


def take_log(args: argparse.Namespace) -> int:
    """0: all lines were taken; 1: what was written before a rotation is gone, or the file cannot be read."""
    open_house()
    from django.utils.translation import gettext as _

    from guardia.config.now import now
    from guardia.web.phone.log_taking import Log
    from guardia.web.phone.queue_log import LogUnreadable

    with refusals():
        log = Log(exchange_named(args.exchange), in_a_step(), now, Progress().say)
        try:
            taken = log.take_stream(pieces()) if args.file == STDIN else log.take_file(Path(args.file))
        except LogUnreadable as trouble:
            raise Mistake(_("The queue log cannot be read: %(why)s") % {"why": trouble}) from trouble
    print(_("Lines read: %(lines)s. Calls with news: %(calls)s.") % {"lines": taken.lines, "calls": taken.calls})
    if not taken.whole:
        print(_("What the log held before it was rotated is gone: those hours stay unmeasured."), file=sys.stderr)
    return 0 if taken.whole else 1


def replay(args: argparse.Namespace) -> int:
    """0: every packet is kept."""
    open_house()
    from django.utils.translation import gettext as _

    from guardia.config.now import now
    from guardia.web.phone import keeping
    from guardia.web.phone.recording import NoRecording, length, moved, packets_in

    try:
        packets = packets_in(args.file.read_bytes())
    except OSError as trouble:
        raise Mistake(_("%(file)s cannot be read: %(why)s") % {"file": args.file, "why": trouble.strerror}) from trouble
    except NoRecording as wrong:
        raise Mistake(
            _("%(file)s is no recording of a manager interface: packets of “Name: value” lines, parted by empty lines.")
            % {"file": args.file}
        ) from wrong
    with refusals():
        exchange = exchange_named(args.exchange)
        with in_a_step()():
            at = now()
            said = packets if args.hours_as_recorded else moved(packets, at - length(packets))
            calls = keeping.keep(exchange, said, "ami", at, at)
    print(_("Packets: %(packets)s. Calls with news: %(calls)s.") % {"packets": len(packets), "calls": len(calls)})
    return 0


def exchange_named(name: str) -> "Exchange":
    """The one of this name, else that of AMI_NAME, else the only one that is listened to. Raises ExchangeRefused."""
    from django.conf import settings

    from guardia.calls import exchanges
    from guardia.config.walls import Wall, behind

    with behind(Wall.STAFF):
        if name or settings.AMI_NAME:
            return exchanges.named(name or settings.AMI_NAME)
        return exchanges.only_one()


def in_a_step() -> Callable[[], AbstractContextManager[None]]:
    from guardia.worker.rounds import step

    return step


@contextmanager
def refusals() -> Iterator[None]:
    """What a room refuses is said as one sentence."""
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
        raise Mistake(_("“%(written)s” is no hour: write it as 2026-11-25T08:30.") % {"written": written}) from wrong
    return said if said.tzinfo else timezone.make_aware(said)
