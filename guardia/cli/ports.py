"""Which ports are free on this machine."""

import errno
import socket

from guardia.cli.house import Mistake

TRIES = 100
LAST = 65_535


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there and we may. Asked before, because two web servers would quietly share the port."""
    return refusal(host, port) is None


def refusal(host: str, port: int) -> str | None:
    """Why this process cannot listen there, as the end of a sentence; None: it can."""
    if not 0 < port <= LAST:
        return f"does not exist (1 to {LAST})"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            return "is not allowed to this account"
        except OSError as error:
            return "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
    return None


def listens(host: str, port: int) -> bool:
    """Whether somebody answers there; every address of this machine is asked by its loopback."""
    where = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    try:
        with socket.create_connection((where, port), timeout=1):
            return True
    except OSError:
        return False


def must_be_free(host: str, port: int) -> None:
    """Raises Mistake."""
    if why := refusal(host, port):
        raise Mistake(f"Port {port} of {host} {why}. Choose another one with --port")


def first_free(host: str, start: int) -> int:
    """The first free port from `start` on. Raises Mistake."""
    for port in range(start, start + TRIES):
        if is_free(host, port):
            return port
    raise Mistake(f"No free port between {start} and {start + TRIES - 1}. Choose one with --port")


def any_free(host: str) -> int:
    """A free port of the system's choice."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]
