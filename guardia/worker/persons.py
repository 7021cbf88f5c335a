"""What was asked about persons is looked for and copied to a file: one request at a time, with its count."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO
from threading import Event
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import OperationalError
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from guardia.config.database_roles import DatabaseRole, behind, behind_at
from guardia.privacy import requests
from guardia.privacy.finding import Held, Progress, gather, looked_for
from guardia.privacy.person import Person, person_of
from guardia.privacy.requests import PrivacyRequest, RequestedRight, State
from guardia.privacy.written_words import GROUPS


# --- the copy ---------------------------------------------------------------------------------------------------------
# The copy: a ZIP with one readable page in the person's language, the same as JSON, and the files beside them.
def packed(held: Held, person: Person, at: datetime) -> bytes:
    """The whole file; ``at`` (UTC): when it was looked for."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as file:
        with translation.override(person.language):
            file.writestr(f"{_('your-data')}.html", page(held, person, at))
        file.writestr("data.json", as_json(held, person, at))
        for path, content in held.files.items():
            file.writestr(path, content)
    return out.getvalue()


def as_json(held: Held, person: Person, at: datetime) -> str:
    said = {
        "made_at": at.isoformat(),
        "looked_for": {
            "names": person.marks.names,
            "addresses": person.marks.addresses,
            "numbers": person.marks.numbers,
            "shared_and_not_looked_for": person.shared,
        },
        "records": held.records,
        "files": sorted(held.files),
        "files_left_out": held.left_out,
    }
    return json.dumps(said, ensure_ascii=False, indent=2, default=str)


def page(held: Held, person: Person, at: datetime) -> str:
    groups = [
        {"words": words, "records": [record_view(one) for one in held.records[key]]}
        for key, words in GROUPS.items()
        if key in held.records
    ]
    context = {
        "language": person.language,
        "at": localtime(at),
        "groups": groups,
        "marks": person.marks.all,
        "shared": person.shared,
        "files": sorted(held.files),
        "left_out": held.left_out,
    }
    return render_to_string("privacy/copy.html", context)


def record_view(record: Mapping[str, Any]) -> dict[str, Any]:
    values = [(name.replace("_", " "), value_text(value)) for name, value in record["values"].items()]
    return {"of": f"{record['table'].replace('_', ' ')} {record['id']}", "values": values}


def value_text(value: Any) -> str:
    if isinstance(value, datetime):
        return localtime(value).strftime("%Y-%m-%d %H:%M")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


# --- requests ---------------------------------------------------------------------------------------------------------
KEPT_FOR = timedelta(days=7)
"""A copy waits so long to be fetched."""
LARGEST = 64 * 1024 * 1024
"""Bytes of files that go along in a copy made by the worker; the command writes all of them."""


def look(stopping: Event) -> None:
    """Whatever is asked now, one after the other; copies whose week is over go."""
    with behind_at(DatabaseRole.WORKER) as at:
        requests.forget_copies(at)
    while not stopping.is_set():
        with behind_at(DatabaseRole.WORKER) as at:
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
    progress = record_progress(request)
    if request.what == RequestedRight.ERASE:
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
    return behind(DatabaseRole.WORKER)


def record_progress(request: PrivacyRequest) -> Progress:
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
