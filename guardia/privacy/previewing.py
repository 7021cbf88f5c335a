"""What an erasure would take and what stays, shown before anybody confirms it."""

from typing import Any

from guardia.evidence.case_file import CaseFile
from guardia.privacy.finding import Progress, Step, look, nothing
from guardia.privacy.keeping import refusals
from guardia.privacy.request import PrivacyRequest, State
from guardia.privacy.who import Person, person_of

MOST_FILES = 300


def looked_for(request: PrivacyRequest, step: Step, using: str = "default", progress: Progress = nothing) -> Person:
    """Find everything of the person and write into the request what goes, what stays, and what stands against it."""
    with step():
        person = person_of(request, using)
    found = look(person, step, using, progress)
    with step():
        files = CaseFile.objects.using(using).filter(case__in=found.cases, withdrawn_at=None).order_by("-added_at")
        said: dict[str, Any] = {
            "goes": found.goes,
            "stays": found.stays,
            "cases": len(found.cases),
            "files": list(files.values_list("pk", flat=True)[:MOST_FILES]),
            "shared": len(person.shared),
        }
        against = refusals(person, found.cases, using)
        subject = {**request.subject, "shared": list(person.shared)}
        PrivacyRequest.objects.using(using).filter(pk=request.pk, state=State.ASKED).update(
            found=said, refusals=against, subject=subject, state=State.READY, leased_until=None
        )
    return person
