"""What was asked about persons is looked for: one request at a time, table after table, with the count written down."""

from datetime import datetime, timedelta
from threading import Event

from django.db import OperationalError

from guardia.config.walls import Wall, behind, behind_at
from guardia.privacy import requests
from guardia.privacy.finding import Progress
from guardia.privacy.gathering import gather
from guardia.privacy.previewing import looked_for
from guardia.privacy.request import Asked, PrivacyRequest, State
from guardia.privacy.who import person_of
from guardia.worker.privacy.copying import packed

KEPT_FOR = timedelta(days=7)
"""A copy waits so long to be fetched."""
LARGEST = 64 * 1024 * 1024
"""Bytes of files that go along in a copy made by the worker; the command writes all of them."""


def look(stopping: Event) -> None:
    """Whatever is asked now, one after the other; copies whose week is over go."""
    with behind_at(Wall.WORKER) as at:
        requests.forget_copies(at)
    while not stopping.is_set():
        with behind_at(Wall.WORKER) as at:
            request = requests.claim([State.ASKED], at)
        if request is None:
            return
        try:
            look_for(request, at)
        except OperationalError:
            raise  # the database is away: after ten minutes another takes it
        except Exception as trouble:
            failed(request, trouble)
            raise


def look_for(request: PrivacyRequest, at: datetime) -> None:
    progress = told(request)
    if request.what == Asked.ERASE:
        looked_for(request, worker, progress=progress)
        return
    with worker():
        person = person_of(request)
    held = gather(person, worker, progress=progress, files=request.files, most=LARGEST)
    copy = packed(held, person, at)
    with worker():
        rows = {group: len(records) for group, records in held.records.items()}
        PrivacyRequest.objects.filter(pk=request.pk, state=State.ASKED).update(
            file=copy,
            found={"goes": rows, "files": len(held.files), "left_out": len(held.left_out), "size": len(copy)},
            state=State.READY,
            expires_at=at + KEPT_FOR,
            leased_until=None,
        )


def worker():
    return behind(Wall.WORKER)


def told(request: PrivacyRequest) -> Progress:
    """Written within the step that it tells of, so that it is seen when that one is committed."""

    def tell(done: int, of: int) -> None:
        PrivacyRequest.objects.filter(pk=request.pk).update(steps_done=done, steps=of)

    return tell


def failed(request: PrivacyRequest, trouble: Exception) -> None:
    with worker():
        words = " ".join(str(trouble).split())[:300]
        PrivacyRequest.objects.filter(pk=request.pk).update(
            state=State.FAILED, leased_until=None, trouble=type(trouble).__name__ if request.subject else words
        )
