"""`guardia worker`: what runs by itself (deadlines, notices)."""

import argparse

from guardia.cli.installation import Subparsers, add_command, open_installation
from guardia.config import meters
from guardia.config.database import state_dir


def add(subparsers: Subparsers) -> None:
    add_command(subparsers, "worker", "run the sweeps and send the notices, until stopped", work)


def work(args: argparse.Namespace) -> int:
    open_installation(process="worker")
    meters.begin(state_dir(), "worker")
    from guardia.worker.loop import run

    return run() or 0
