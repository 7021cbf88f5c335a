"""Photographs and documents of a case: added, shown to the customer or hidden again, withdrawn with the reason.

The case is locked by its caller; all hours are UTC. The bytes stand in the store before the row is committed, and go
when the row says so: the row, its hash and its events stay.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guardia.cases.chain import nothing
from guardia.cases.refusals import Refused
from guardia.cases.verbs import need
from guardia.cases.writes import take_turn, take_turns
from guardia.clocks.quarantine import PASSES, Quarantine
from guardia.config.database_roles import DatabaseRole, behind
from guardia.customers.contact import Contact
from guardia.evidence import files, store
from guardia.evidence.files import CaseFile, NotTaken, Ready, Why
from guardia.field.visit import Visit
from guardia.mail.files import is_program, safe_name, type_of
from guardia.people.staff import Actor, ActorKind, Staff
from guardia.procedure.vocabulary import Moment

if TYPE_CHECKING:
    from guardia.cases.case import Case

LONGEST_CAPTION = 400


def add_file(
    case: "Case",
    *,
    content: bytes,
    name: str,
    by: Actor,
    at: datetime | None = None,
    now: datetime,
    caption: str = "",
    visit: Visit | None = None,
    key: UUID | None = None,
    shown: bool = False,
    by_name: str = "",
) -> CaseFile:
    """A photograph or a document is on the case. ``at``: when it was taken, where somebody knows; else its camera says.

    ``key`` was drawn by the telephone that sends it. The same one twice, by its key or by its content, is one.
    ``by_name``: of somebody without an account. Raises FileNotTaken, TooManyFiles, StoreTakesNothing, VisitOfAnother,
    TimeInTheFuture.
    """
    if key and (same := CaseFile.objects.filter(key=key).first()):
        return _of(case, same)
    return add_ready(
        case,
        ready(content, name),
        by=by,
        at=at,
        now=now,
        caption=caption,
        visit=visit,
        key=key,
        shown=shown,
        by_name=by_name,
    )


def add_ready(
    case: "Case",
    made: Ready,
    *,
    by: Actor,
    now: datetime,
    at: datetime | None = None,
    caption: str = "",
    visit: Visit | None = None,
    key: UUID | None = None,
    shown: bool = False,
    by_name: str = "",
) -> CaseFile:
    """``add_file`` of what was made ready before the case was locked."""
    if key and (same := CaseFile.objects.filter(key=key).first()):
        return _of(case, same)
    if same := live(case).filter(sha256=made.sha256).first():
        _keep(made)  # a store that had lost its bytes has them again
        return show_file(case, same, by=by, at=now) if shown else same
    if visit is not None and visit.case_id != case.pk:
        raise VisitOfAnother()
    if live(case).count() >= files.MOST_FILES:
        raise TooManyFiles(most=files.MOST_FILES)
    _keep(made)
    taken = at or taken_hour(made, case, now) or now
    added = CaseFile.objects.create(
        customer_id=case.customer_id,
        case=case,
        visit=visit,
        key=key,
        name=made.name,
        type=made.type,
        size=len(made.content),
        sha256=made.sha256,
        width=made.width,
        height=made.height,
        has_thumbnail=bool(made.thumbnail),
        caption=" ".join(caption.replace("\0", "").split())[:LONGEST_CAPTION],
        shown=shown,
        taken_at=taken,
        added_at=now,
        added_by_id=by.id if by.kind == ActorKind.STAFF else None,
        added_by_name=(by_name or name_of(by))[:160],
    )
    _record_added(added, by, at or now, now)
    return added


def take_turns_for(several: Sequence[Ready]) -> None:
    """Whoever adds several in one transaction takes their turns together first, so that two never wait in a circle."""
    take_turns(store.turn(made.sha256) for made in several)


def _record_added(added: CaseFile, by: Actor, at: datetime, now: datetime) -> None:
    data: dict[str, Any] = {
        "file": added.pk,
        "sha256": added.sha256,
        "size": added.size,
        "type": added.type,
        "taken_at": added.taken_at.isoformat(),
        **({"visit": added.visit_id} if added.visit_id else {}),
        **({"shown": True} if added.shown else {}),
    }
    texts = {"name": added.name, "caption": added.caption, "by": "" if by.id else added.added_by_name}
    added.case.write(Moment.FILE_ADDED, by=by, at=at, now=now, data=data, texts=texts)


def _keep(made: Ready) -> None:
    """In the store, and safe from being swept until the row is committed. Raises StoreTakesNothing."""
    take_turn(store.turn(made.sha256))
    try:
        store.keep(made.sha256, made.content, made.thumbnail)
    except store.CannotKeep as wrong:
        raise StoreTakesNothing() from wrong


def show_file(case: "Case", file: CaseFile, *, shown: bool = True, by: Actor, at: datetime) -> CaseFile:
    """The customer sees it too, or no longer. Raises FileOfAnother, FileIsWithdrawn."""
    file = _of(case, file)
    if file.withdrawn_at:
        raise FileIsWithdrawn()
    if file.shown == shown:
        return file
    file.shown = shown
    CaseFile.objects.filter(pk=file.pk).update(shown=shown)
    variant = "shown" if shown else "hidden"
    case.write(Moment.FILE_SHOWN, by=by, at=at, variant=variant, data={"file": file.pk}, texts={"name": file.name})
    return file


def withdraw_file(case: "Case", file: CaseFile, why: str, *, by: Actor, at: datetime) -> CaseFile:
    """Taken off the case, with the reason: nobody sees it any more and its bytes go with the commit.

    Where the reason for it was privacy, the name and the caption go by the erasure of texts. Raises Missing,
    FileOfAnother.
    """
    file = _of(case, file)
    if file.withdrawn_at:
        return file
    why = need("", "why", why, _("why it is withdrawn"))[:1000]
    file.withdrawn_at, file.withdrawn_by_id, file.shown = at, by.id if by.kind == ActorKind.STAFF else None, False
    CaseFile.objects.filter(pk=file.pk).update(withdrawn_at=at, withdrawn_by=file.withdrawn_by_id, shown=False)
    data = {"file": file.pk, "sha256": file.sha256}
    case.write(Moment.FILE_WITHDRAWN, by=by, at=at, data=data, texts={"name": file.name, "why": why})
    forget_after_commit(file.sha256)
    return file


def live(case: "Case") -> Any:
    """The files of the case that nobody has withdrawn."""
    return CaseFile.objects.filter(case=case, withdrawn_at=None)


def _of(case: "Case", file: CaseFile) -> CaseFile:
    if file.case_id != case.pk:
        raise FileOfAnother()
    return file


# Files of a case: what one is before it is added, why it is refused, and when its bytes go.


# --- file refusals ----------------------------------------------------------------------------------------------------
# What cannot be taken or done as a file of a case, as the person reads it: with the way out.
class FileNotTaken(Refused):
    """``why`` decides the sentence."""

    field = "file"
    sentences: ClassVar[dict[Why, str | Promise]] = {
        Why.EMPTY: _("This file is empty. Choose it again, or check it at its source."),
        Why.TOO_LARGE: _("This file is too large: at most %(most)d MB. Make it smaller, or split it."),
        Why.PROGRAM: _("This is a program, or is named like one: it is not accepted. Send what it shows as a picture."),
        Why.RUNS: _("Pages and drawings that run in a browser are not accepted. Save it as a PDF or as an image."),
        Why.MACROS: _("This document contains macros. Save it without them, or as a PDF."),
        Why.UNKNOWN: _("This kind of file is not accepted. Send a picture, a PDF, a text or a ZIP."),
        Why.BROKEN_PICTURE: _("This picture cannot be read. Save it as JPEG or PNG, or take it again."),
        Why.BUSY: _("Other photographs are being processed right now. Send this one again in a minute."),
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
        "The file could not be stored: the file store is full or cannot be written to. Nothing was added. Tell "
        "the administrator and try again."
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
    """The name of who did something; empty for the operator itself."""
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
QUARANTINE = Quarantine("file", lambda pk: f"{pk:0{DIGITS}x}")
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


def remove_orphaned_bytes(now: datetime) -> int:
    """Remove what stands in the store and belongs to no file of any case: what was withdrawn, and what a crash or a
    refusal has left behind a week before ``now`` (UTC). Returns how many were removed.

    One folder of the store at a time, one question each. A file that cannot be removed is set aside.
    """
    removed = 0
    with behind(DatabaseRole.WORKER):
        without = {*QUARANTINE.left_out(now)}
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
            QUARANTINE.failed(_id(sha), trouble, now)
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
