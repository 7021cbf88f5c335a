"""`guardia mcp`: an installation answers a language model's questions, over MCP on standard input and output.

It is a client of the API by address and key, as `guardia api` is, and sends nothing but GET. Nobody starts it but the
program of whoever uses it: no part of it runs in the web or in the worker.
"""

import argparse
import sys

from guardia.cli.api import worded
from guardia.cli.api_connection import Connection, address_of, key_of, takes_an_installation
from guardia.cli.installation import Mistake, Subparsers, add_command

OF_THE_EXTRA = {"mcp", "mcp_types"}


def add(subparsers: Subparsers) -> None:
    words = "answer a language model's questions from the API, read only (MCP over stdio)"
    takes_an_installation(add_command(subparsers, "mcp", words, serve))


@worded
def serve(args: argparse.Namespace) -> int:
    """Until the client ends the standard input. Raises Mistake where the extra is not installed."""
    connection = Connection(address_of(args), key_of(args), args.language or "")
    try:
        from guardia.cli.mcp_server import server_of
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] not in OF_THE_EXTRA:
            raise
        raise Mistake("guardia mcp needs a package that is not installed: pip install 'guardia[mcp]'") from missing
    if sys.stdin.isatty():
        print("Waiting for an MCP client on the standard input (docs/api.md). Ctrl-C ends it", file=sys.stderr)
    with connection:
        server_of(connection).run("stdio")
    return 0
