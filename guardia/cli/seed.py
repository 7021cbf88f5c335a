"""`guardia demo-seed`: fills an empty demo; `guardia demo` calls it in a process of its own."""

import argparse
import json

from guardia.cli.installation import Mistake, Subparsers, add_command, open_installation


def add(subparsers: Subparsers) -> None:
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
