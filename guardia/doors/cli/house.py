"""What every command shares: opening the house, and saying that the caller made a mistake."""

import argparse
import os
from collections.abc import Callable

from guardia.config.database import ensure_database, state_dir
from guardia.config.postgres import Embedded

type Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]
type Handler = Callable[[argparse.Namespace], int]


class Mistake(Exception):
    """Something the caller can put right; shown without a traceback. The text says what to do."""


def open_house() -> Embedded | None:
    """Make sure of a database and switch Django on; for the commands that need them. Returns an own server, if any.

    Raises DatabaseTrouble. Rooms may be imported only after this.
    """
    state_dir().mkdir(parents=True, exist_ok=True)
    server = ensure_database()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guardia.config.settings")
    import django

    try:
        django.setup()
    except BaseException:
        if server:  # nobody else knows of it yet
            server.stop()
        raise
    return server


def add_command(subparsers: Subparsers, name: str, words: str, handler: Handler) -> argparse.ArgumentParser:
    """A command `guardia NAME`; `handler` gets the parsed arguments and returns the exit code."""
    parser = subparsers.add_parser(name, help=words, description=words)
    parser.set_defaults(handler=handler)
    return parser
