"""`guardia worker`: what runs by itself (deadlines, notices)."""

import argparse

from guardia.cli.house import Subparsers, add_command, open_house
from guardia.config import meters
from guardia.config.database import state_dir


def add(subparsers: Subparsers) -> None:
    add_command(subparsers, "worker", "run the sweeps and send the notices, until stopped", work)


def work(args: argparse.Namespace) -> int:
    open_house()
    meters.begin(state_dir(), "worker")
    from guardia.worker.loop import run

    return run() or 0
