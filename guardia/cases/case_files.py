"""Photographs and documents of a case: added, shown to the customer or hidden again, withdrawn with the reason.

The case is locked by its caller; all hours are UTC. The bytes stand in the store before the row is committed, and go
when the row says so: the row, its hash and its events stay.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guardia.cases import file_bytes
from guardia.cases.file_bytes import (
    FileIsWithdrawn,
    FileOfAnother,
    StoreTakesNothing,
    TooManyFiles,
    VisitOfAnother,
    name_of,
    ready,
    taken_hour,
)
from guardia.cases.verbs import need
from guardia.cases.writes import take_turn, take_turns
from guardia.evidence import files, store
from guardia.evidence.case_file import CaseFile
from guardia.evidence.files import Ready
from guardia.field.visit import Visit
from guardia.people.actor import Actor, ActorKind
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
    file_bytes.forget_after_commit(file.sha256)
    return file


def live(case: "Case") -> Any:
    """The files of the case that nobody has withdrawn."""
    return CaseFile.objects.filter(case=case, withdrawn_at=None)


def _of(case: "Case", file: CaseFile) -> CaseFile:
    if file.case_id != case.pk:
        raise FileOfAnother()
    return file
