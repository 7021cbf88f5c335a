"""One mail by the server of the environment, while somebody waits at the screen for the server's answer."""

from dataclasses import replace

from guardia.notices.answer import Answer
from guardia.notices.smtp import Outlet, Server
from guardia.people.connections import setting

LONGEST_WAIT = 8.0
"""Seconds for each step of the conversation."""


def handed_over(address: str, content: bytes, longest: float = LONGEST_WAIT) -> Answer:
    """What the server said; ``longest`` in seconds, for each step. Raises NoServer."""
    server = Server.of_settings()
    quick = replace(server, timeout=min(float(server.timeout), longest))
    with Outlet(quick, setting("MAIL_FROM")) as outlet:
        outlet.ready()
        return outlet.send(address, content)
