"""Two transactions that wait for each other: PostgreSQL undoes one whole, and its request is done once more.

Nothing is done twice by it: no letter, page or test leaves from within a request, only from rows that are committed,
and files are kept by what they contain.
"""

from itertools import chain
from typing import Any

from django.db import InterfaceError, InternalError, OperationalError, connection
from django.http import HttpRequest, HttpResponse

CODES = frozenset({"40001", "40P01"})
"""Of PostgreSQL's codes: what was read has changed meanwhile (serialization failure); a deadlock."""

LOST_CLASSES = ("08", "53", "57P")
"""Of PostgreSQL's codes: no connection; no room left for one, in memory or on the disk; shut down, or starting."""
READ_ONLY = "25006"
TOOK_TOO_LONG = "57014"
IN_USE = frozenset({"55P03", TOOK_TOO_LONG, "25P03"})
"""Of PostgreSQL's codes: a row that somebody holds was not to be had in time (``lock_timeout``); a statement took too
long (``statement_timeout``); a transaction stood still for too long and was ended.
"""

TRIES = 3
MARK = "gave_way_to_another"
BODY = frozenset({"_body", "_files", "_post", "_read_started", "_stream", "_upload_handlers"})
"""What a request holds of what was sent: it is read from the network once."""


def is_collision(trouble: BaseException | None) -> bool:
    """Whether the transaction was undone for another's sake; the same again may well succeed."""
    return isinstance(trouble, OperationalError) and getattr(trouble.__cause__, "sqlstate", None) in CODES


def is_cut_off(trouble: BaseException) -> bool:
    """Whether the connection to PostgreSQL went with this trouble, and with it all that its transaction had done."""
    raw = connection.connection
    return isinstance(trouble, (OperationalError, InterfaceError)) and (raw is None or raw.closed)


def is_unavailable(trouble: BaseException | None) -> bool:
    """Whether this says that the database is out of reach or only to be read (a standby), not that we erred."""
    if not isinstance(trouble, OperationalError | InterfaceError | InternalError):
        return False
    code = getattr(trouble.__cause__, "sqlstate", None)
    if isinstance(trouble, InternalError):
        return code == READ_ONLY
    return code is None or code.startswith(LOST_CLASSES)


def is_in_use(trouble: BaseException | None) -> bool:
    """Whether somebody else holds what this needs, or it took longer than a request may take."""
    if not isinstance(trouble, OperationalError | InternalError):
        return False
    return getattr(trouble.__cause__, "sqlstate", None) in IN_USE


def marked[Answer: HttpResponse](response: Answer) -> Answer:
    """Mark the answer to a request whose transaction gave way."""
    setattr(response, MARK, True)
    return response


def gave_way(response: HttpResponse) -> bool:
    return getattr(response, MARK, False)


class Attempt:
    """A request as it came to the transaction, so that it can come there once more."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.before = dict(vars(request))

    def rewind(self) -> bool:
        """Forget what the attempt learned (who asks, the session, the address), keep what was sent. False: it is lost.

        A body that a view has read by itself, from the network, is gone.
        """
        held = vars(self.request)
        sent = {name: held[name] for name in BODY if name in held}
        if not is_body_complete(self.request.content_type, sent):
            return False
        files = list(chain.from_iterable(each for _name, each in sent["_files"].lists())) if "_files" in sent else []
        if any(file.closed for file in files):
            return False
        for file in files:
            file.seek(0)
        held.clear()
        held.update(self.before | sent)
        return True


def is_body_complete(content_type: str | None, sent: dict[str, Any]) -> bool:
    """Whether what was read of the body is still there: whole, or as the fields and files of a form."""
    as_form = content_type == "multipart/form-data" and "_post" in sent
    return not sent.get("_read_started") or "_body" in sent or as_form
