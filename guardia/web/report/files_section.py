"""The photographs that the customer may see, small, each with its hour and caption; documents by their names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guardia.cases.case import Case
from guardia.evidence import store
from guardia.evidence.case_file import CaseFile
from guardia.procedure import version as versions
from guardia.web.report.document import Document
from guardia.web.report.shape import Photograph, Section
from guardia.web.report.words import hours_for

MOST = 12
"""A report is read, not leafed through: the first and the last ones of more."""


@dataclass(frozen=True)
class FilesTold:
    """What is shown to the customer: photographs as (hour, caption, JPEG), documents by name, how many are left out."""

    photographs: Sequence[tuple[datetime, str, bytes]] = ()
    documents: Sequence[str] = ()
    left_out: int = 0


def files_told(case: Case) -> FilesTold:
    """Read by the house for the company: behind its own wall no file exists."""
    shown = list(CaseFile.objects.filter(case=case, shown=True, withdrawn_at=None).order_by("taken_at", "pk"))
    pictures = [one for one in shown if one.has_thumbnail]
    chosen = pictures if len(pictures) <= MOST else [*pictures[: MOST // 2], *pictures[-(MOST // 2) :]]
    found = [(one.taken_at, one.caption, store.read(one.sha256, thumbnail=True)) for one in chosen]
    return FilesTold(
        [(at, caption, content) for at, caption, content in found if content],
        [one.caption or one.name for one in shown if not one.has_thumbnail],
        len(pictures) - len(chosen),
    )


def with_files(document: Document, told: FilesTold, case: Case, at: datetime) -> Document:
    """The document with its photographs, before what happened event by event. ``at`` (UTC) is when it is written."""
    if not (told.photographs or told.documents):
        return document
    hours = hours_for(case, versions.of(case.procedure_version_id), at)
    photographs = [Photograph(hours.at(taken), words, list(content)) for taken, words, content in told.photographs]
    notes = []
    if told.left_out:
        more = ngettext(
            "%(n)d more photograph is on the case.", "%(n)d more photographs are on the case.", told.left_out
        )
        notes.append(more % {"n": told.left_out})
    if told.documents:
        words = _("Documents on the case: %(names)s. Ask the operations room for them.")
        notes.append(words % {"names": ", ".join(told.documents)})
    section = Section("fotografias", _("Photographs"), notes=notes, photographs=photographs)
    return replace(document, sections=[*document.sections[:-1], section, *document.sections[-1:]])
