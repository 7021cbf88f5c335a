"""`guardia demo`: an installation with a sample operator, to be tried, in one command; `--check` walks through one."""

import argparse
import contextlib
import fcntl
import json
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from guardia.cli.children import any_free, ends_on_signals, first_free, must_be_free
from guardia.cli.installation import Mistake, Subparsers, add_command, open_installation
from guardia.cli.trial import HOST, Trial
from guardia.config.database import ROOT
from guardia.config.postgres import Embedded

# --- demo -------------------------------------------------------------------------------------------------------------
# `guardia demo`: an installation with a sample operator, ready to be tried, in one command; `--check` walks through
# one.
STATE = ROOT / "var" / "demo"
FIRST_PORT = 8000


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "demo", "try Guardia with a sample operator, all on this machine", demo)
    parser.add_argument("--check", action="store_true", help="walk through one case in a new demo, then remove it")
    parser.add_argument("--reset", action="store_true", help="begin with new sample data; the old is deleted")
    parser.add_argument("--reload", action="store_true", help="web and worker begin anew when a source changes")
    parser.add_argument("--port", type=int, help=f"port of the web server (the first free one from {FIRST_PORT})")


def demo(args: argparse.Namespace) -> int:
    with ends_on_signals():
        return check(args) if args.check else show(args)


def show(args: argparse.Namespace) -> int:
    """Runs until stopped."""
    if args.port is not None:
        must_be_free(HOST, args.port)
    with alone(STATE) as note:
        if args.reset:
            wipe(STATE)
        port = args.port or first_free(HOST, FIRST_PORT)
        print(f"Guardia demo, in {STATE.relative_to(ROOT)}", flush=True)
        with Trial(STATE, port) as trial:
            trial.start(seed=[])
            note(trial.url)
            welcome(trial.url)
            trial.keep(reload=args.reload)
    return 0


def welcome(url: str) -> None:
    from guardia.demo.seed import CUSTOMER, LOGINS

    print(f"\n  Open     {url}/")
    width = max(len(name) for name, _, _ in LOGINS)
    for name, password, role in LOGINS:
        print(f"  Sign in  {name:<{width}}  {password}  ({role})")
    print(f"  Customer {url}/mi-empresa  {CUSTOMER}  (administers its company; the code stands in the mail)")
    print(f"  Mail     {url}/demo/correo  every mail it sends, once you have signed in; none leaves this machine")
    print(f"  Prove    STATE_DIR={STATE.relative_to(ROOT)} .venv/bin/guardia verify  that no history was rewritten")
    print("  Stop     Ctrl-C    New sample data: bin/demo --reset\n", flush=True)


def check(args: argparse.Namespace) -> int:
    """The walk through one case, over HTTP and SMTP, in an installation of its own that is removed afterwards."""
    for name in [name for name in os.environ if name.startswith(("DATABASE_", "AMI_"))]:
        del os.environ[name]  # a walk leaves traces: never in somebody's database; and it listens to nobody's calls
    if args.port is not None:
        must_be_free(HOST, args.port)
    state = Path(tempfile.mkdtemp(prefix="guardia-check-"))
    print("Guardia check", flush=True)
    try:
        with Trial(state, args.port or any_free(HOST)) as trial:
            return walked(trial)
    finally:
        wipe(state)
        shutil.rmtree(state, ignore_errors=True)


def walked(trial: Trial) -> int:
    from guardia.demo.check import WalkFailed, walk

    begun = time.monotonic()
    login = json.loads(trial.start(seed=["--tiny"]))
    try:
        walk(trial.url, login, trial.mail)
    except Exception as trouble:
        if not isinstance(trouble, WalkFailed):
            traceback.print_exc()
        print(f"guardia: the walk failed: {trouble}", file=sys.stderr)
        for child in trial.children.children:
            print(child.last_words(), file=sys.stderr)
        return 1
    print(f"Guardia check: everything as promised, {time.monotonic() - begun:.1f} s", flush=True)
    return 0


def lock_file(state: Path) -> IO[str]:
    """Raises Mistake."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        return (state / "lock").open("a+")
    except OSError as error:
        raise Mistake(
            f"The demo may not write in {state}: {error.strerror}. Run it as the owner of that folder, "
            "or clone Guardia into a folder of your own"
        ) from error


@contextlib.contextmanager
def alone(state: Path) -> Iterator:
    """Hold the demo's folder; yields what notes the address for the next one to read. Raises Mistake if it is held."""
    with lock_file(state) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip() or "it is just starting"
            raise Mistake(f"A demo already runs in {state} ({holder}). Stop it with Ctrl-C in its window") from error

        def note(url: str) -> None:
            lock.truncate(0)
            lock.write(f"process {os.getpid()}, {url}/\n")
            lock.flush()

        note("starting")
        yield note


def wipe(state: Path) -> None:
    """Delete what the demo made, but not its lock. Raises DatabaseTrouble if its database is in use."""
    if (state / "pg").exists():
        Embedded(state / "pg").wipe()
    for path in state.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "lock":
            path.unlink()


# --- seed -------------------------------------------------------------------------------------------------------------
# `guardia demo-seed`: fills an empty demo; `guardia demo` calls it in a process of its own.
def add_seed(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "demo-seed", "fill an empty demo with a sample operator and its history", fill)
    parser.add_argument("--tiny", action="store_true", help="one of each, for a check; prints the login as JSON")


def fill(args: argparse.Namespace) -> int:
    open_installation()
    from django.conf import settings

    if not settings.DEMO:
        raise Mistake("Sample data only goes into a demo: use `guardia demo`")
    from guardia.config.now import now

    if args.tiny:
        from guardia.demo.seed import tiny

        print(json.dumps(tiny(now())))
    else:
        from guardia.demo.seed import seed

        seed(now())
    return 0
