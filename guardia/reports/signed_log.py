"""The newest signature over the log of all histories, for what is printed and sent."""

import logging
from base64 import b64encode
from datetime import datetime

from django.conf import settings

from guardia.notices.wording.signed_log import SignedLog
from guardia.proof import log
from guardia.proof.note import NoteIsWrong, read_checkpoint

log_of_trouble = logging.getLogger(__name__)


def address() -> str:
    """Where anybody reads the log."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{log.PATH}"


def verifier_address() -> str:
    """Where anybody gets the page that checks a file of evidence (``docs/evidence.md``)."""
    return f"{address()}/verificador.html"


def newest() -> SignedLog | None:
    """None before anything was signed. One small row is read."""
    found = log.newest_checkpoint()
    return read(found.note, found.at) if found else None


def of_note(note: str) -> str:
    """In words, of a note that was read with something else; empty for what is no checkpoint."""
    found = read(note)
    return found.sentence() if found else ""


def read(note: str, at: datetime | None = None) -> SignedLog | None:
    """None for what is no checkpoint: what is sent goes without it, and ``guardia verify`` names it."""
    try:
        state = read_checkpoint(note)
    except NoteIsWrong as wrong:
        log_of_trouble.warning("the newest checkpoint of the log of all histories cannot be read: %s", wrong)
        return None
    return SignedLog(address(), state.size, b64encode(state.root).decode(), note, at)
