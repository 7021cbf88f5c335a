"""Files of a case: what one is before it is added, why it is refused, and when its bytes go."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.cases.chain import nothing
from guardia.cases.refusals import Refused
from guardia.cases.writes import take_turn
from guardia.clocks.set_aside import PASSES, Aside
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.contact import Contact
from guardia.evidence import files, store
from guardia.evidence.case_file import CaseFile
from guardia.evidence.files import NotTaken, Ready, Why
from guardia.mailroom.names import safe_name
from guardia.mailroom.types import is_program, type_of
from guardia.people.actor import Actor, ActorKind
from guardia.people.staff import Staff

if TYPE_CHECKING:
    from guardia.cases.case import Case


# --- file refusals ----------------------------------------------------------------------------------------------------
# What cannot be taken or done as a file of a case, as the person reads it: with the way out.
class FileNotTaken(Refused):
    """``why`` decides the sentence."""

    field = "file"
    sentences: ClassVar[dict[Why, str | Promise]] = {
        Why.EMPTY: _("This file is empty. Choose it again, or look at it where it comes from."),
        Why.TOO_LARGE: _("This file is too large: at most %(most)d MB. Make it smaller, or split it."),
        Why.PROGRAM: _("This is a program, or is named like one: it is not taken. Send what it shows as a picture."),
        Why.RUNS: _("Pages and drawings that a browser runs are not taken. Save it as a PDF or as a picture."),
        Why.MACROS: _("This document contains macros. Save it without them, or as a PDF."),
        Why.UNKNOWN: _("This kind of file is not taken. Send a picture, a PDF, a text or a ZIP."),
        Why.BROKEN_PICTURE: _("This picture cannot be read. Save it as JPEG or PNG, or take it again."),
        Why.BUSY: _("Other photographs are being prepared just now. Send this one again in a minute."),
        Why.TOO_MANY_PIXELS: _(
            "This picture is too large: at most %(most)d megapixels. Take it with a lower resolution."
        ),
    }

    def __init__(self, refused: NotTaken) -> None:
        super().__init__(**refused.values)
        self.template = self.sentences[refused.why]
        self.is_only_now = refused.why is Why.BUSY  # the same, sent again, may well be taken


class TooManyFiles(Refused):
    field = "file"
    template = _("This case has %(most)d files already. Withdraw some, or put several into one ZIP.")


class StoreTakesNothing(Refused):
    field = "file"
    template = _(
        "The file could not be kept: the place for files is full or cannot be written. Nothing was added. "
        "Tell the administrator and try again."
    )


class VisitOfAnother(Refused):
    field = "visit"
    template = _("That visit belongs to another case. Choose one of this case.")


class FileOfAnother(Refused):
    field = "file"
    template = _("That file belongs to another case.")


class FileIsWithdrawn(Refused):
    field = "file"
    template = _("This file was withdrawn: it can no longer be shown. Add it again if it is needed.")


# --- file ready -------------------------------------------------------------------------------------------------------
# A file before it is on a case: what it is, how it will be kept, when and by whom it was taken.
BELIEVED = timedelta(days=366)
"""A camera whose clock is off by more than a year is not believed."""


def ready(content: bytes, name: str) -> Ready:
    """The file as it will be kept. It needs no case: this, which takes long, is done before one is locked.

    Raises FileNotTaken.
    """
    safe = safe_name(name, "")
    type_, extension = type_of(content, safe)
    try:
        return files.ready(content, safe, type_, is_program=is_program(content, safe), instead=f"archivo{extension}")
    except NotTaken as refused:
        raise FileNotTaken(refused) from refused


def taken_hour(made: Ready, case: "Case", now: datetime) -> datetime | None:
    """When its camera says that it was taken, in the zone of the case where the camera names none; None if it says
    nothing that can be believed.
    """
    if made.taken is None:
        return None
    said = made.taken if made.taken.tzinfo else made.taken.replace(tzinfo=ZoneInfo(case.zone))
    said = said.astimezone(UTC)
    return said if case.opened_at - BELIEVED < said <= now else None


def name_of(by: Actor) -> str:
    """The name of who did something; empty for the house itself."""
    if by.kind == ActorKind.SYSTEM:
        return ""
    people = Staff.objects.all() if by.kind == ActorKind.STAFF else Contact.objects.all()
    return people.filter(pk=by.id).values_list("name", flat=True).first() or ""


# --- file bytes -------------------------------------------------------------------------------------------------------
# The bytes of files that no case has any more go: at once after a withdrawal, and by a sweep what a crash has left.
LEFT_ALONE = timedelta(days=7)
"""What no row names is kept so long: whoever restores the database of yesterday still finds the files of today."""

AT_A_TIME = 200
DIGITS = 12
ASIDE = Aside("file", lambda pk: f"{pk:0{DIGITS}x}")
"""Of files that cannot be removed, by what their names begin with: some have no row any more."""


def forget_after_commit(sha: str) -> None:
    """When the withdrawal is committed the bytes go, unless another case has the same; were this to fail, the sweep
    removes them.
    """
    transaction.on_commit(partial(forget, sha), robust=True)


def forget(sha: str) -> bool:
    """In a step of its own: remove the bytes of this hash if no file counts on them. Says whether it did.

    Whoever adds a file holds the same turn until its row is committed, so its bytes are never taken from under it.
    """
    with behind(DatabaseRole.WORKER):
        take_turn(store.turn(sha))
        if CaseFile.objects.filter(sha256=sha, withdrawn_at=None).exists():
            return False
        store.remove(sha)
        return True


def sweep(now: datetime) -> int:
    """Remove what stands in the store and belongs to no file of any case: what was withdrawn, and what a crash or a
    refusal has left behind a week before ``now`` (UTC). Returns how many were removed.

    One folder of the store at a time, one question each. A file that cannot be removed is set aside.
    """
    removed = 0
    with behind(DatabaseRole.WORKER):
        without = {*ASIDE.left_out(now)}
    for found in store.hashes():
        with behind(DatabaseRole.WORKER):
            rows = list(CaseFile.objects.filter(sha256__in=found).values_list("sha256", "withdrawn_at"))
        counted_on = {sha for sha, withdrawn_at in rows if withdrawn_at is None}
        withdrawn = {sha for sha, _ in rows} - counted_on
        left = [sha for sha in found if sha not in counted_on and _id(sha) not in without]
        removed += sum(_removed(sha, sha in withdrawn, now) for sha in left)
    return removed


def _removed(sha: str, is_withdrawn: bool, now: datetime) -> bool:
    try:
        return (is_withdrawn or store.is_older(sha, now - LEFT_ALONE)) and forget(sha)
    except PASSES:
        raise
    except Exception as trouble:
        with behind(DatabaseRole.WORKER):
            ASIDE.failed(_id(sha), trouble, now)
        return False


def _id(sha: str) -> int:
    return int(sha[:DIGITS], 16)


@dataclass(frozen=True)
class Trouble:
    """A file whose bytes are not what its row says: ``lost``, or ``changed``."""

    case: int
    file: int
    sha256: str
    what: str


def troubles(read: Callable[[int], object] = nothing) -> Iterator[Trouble]:
    """Every file of a case whose bytes are lost, or no longer those of its hash. Reads the whole store.

    ``read`` is told how many files were looked at since the last time.
    """
    last = 0
    while True:
        with behind(DatabaseRole.WORKER):
            rows = CaseFile.objects.filter(withdrawn_at=None, pk__gt=last).order_by("pk")
            found = list(rows.values_list("pk", "case__number", "sha256")[:AT_A_TIME])
        if not found:
            return
        for pk, number, sha in found:
            content = store.read(sha)
            if content is None:
                yield Trouble(number, pk, sha, "lost")
            elif store.digest(content) != sha:
                yield Trouble(number, pk, sha, "changed")
        read(len(found))
        last = found[-1][0]
