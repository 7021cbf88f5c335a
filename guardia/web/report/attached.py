"""The PDFs and spreadsheets that go with a letter: of a closing (P7) and of a month."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock
from typing import Any

from django.db import transaction
from django.utils import translation

from guardia.cases.case import Case
from guardia.cases.desk_hours import kind_of
from guardia.cases.queries import cases_with_place
from guardia.config.collisions import is_cut_off
from guardia.config.now import now
from guardia.notices.envelope import Attachment
from guardia.notices.month_facts import MonthFacts
from guardia.procedure.vocabulary import CaseKind
from guardia.web.desk.reports.month_spreadsheet import workbook_of
from guardia.web.desk.reports.workbook import XLSX
from guardia.web.report.document import TYPE, closing_document, name_of
from guardia.web.report.month import month_pdf

# --- closing report ---------------------------------------------------------------------------------------------------
# The PDF that goes with the letter of closing (P7): made once for a case and a language, however many are told.
# A letter never waits for it: what cannot be made is logged, and the letter goes with the link alone.
log = logging.getLogger(__name__)

LARGEST_REPORT = 6_000_000
"""Coded for the wire it grows by a third; a mail of ours stays below ten million bytes."""

KEPT = 40
Key = tuple[int, int, str]


class Shelf:
    """The last reports that were made, by case, last event and language."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.kept: OrderedDict[Key, Attachment | None] = OrderedDict()

    def get(self, key: Key) -> Attachment | None:
        with self.lock:
            self.kept.move_to_end(key)
            return self.kept[key]

    def put(self, key: Key, made: Attachment | None) -> None:
        with self.lock:
            self.kept[key] = made
            while len(self.kept) > KEPT:
                self.kept.popitem(last=False)

    def clear(self) -> None:
        with self.lock:
            self.kept.clear()


shelf = Shelf()


def report_for(case_id: int, language: str) -> Attachment | None:
    """The closing report of this case in this language; None where it cannot be made, or is no incident's.

    Raises OperationalError, InterfaceError where the connection to PostgreSQL is lost.
    """
    try:
        with transaction.atomic():  # what fails in here must not take the letter's own step with it
            case = cases_with_place().get(pk=case_id)
            if kind_of(case.desk) != CaseKind.INCIDENT:
                return None
            return stored_or_made(case, language)
    except Exception as trouble:
        if is_cut_off(trouble):  # the letter's own step is gone with it, and is done anew with its report
            raise
        log.exception("the closing report of case %s cannot be made; its letter goes without", case_id)
        return None


def stored_or_made(case: Case, language: str) -> Attachment | None:
    key = (case.pk, case.seq, language)
    try:
        return shelf.get(key)
    except KeyError:
        pass
    with translation.override(language):
        content = closing_document(case, now()).pdf()
    if len(content) > LARGEST_REPORT:
        log.warning("the closing report of case %s has %d bytes; its letter goes without", case.pk, len(content))
    found = Attachment(name_of(case.display_number, "pdf"), TYPE, content) if len(content) <= LARGEST_REPORT else None
    shelf.put(key, found)
    return found


# --- month ------------------------------------------------------------------------------------------------------------
# What goes with the letter of a month: the report as PDF and its spreadsheet. A letter never waits for them: it goes
# without instead.

LARGEST_OF_MONTH = 1_000_000
"""Bytes of each: what is larger is had at the desk, and where the company signs in."""


def month_files(announcement_id: int, facts: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """Made from the frozen facts, in the active language; without what is too large or cannot be made.

    Raises OperationalError, InterfaceError where the connection to PostgreSQL is lost.
    """
    try:
        month = MonthFacts.of(facts)
    except Exception:
        log.exception("the facts of announcement %s are no month; its letter goes without files", announcement_id)
        return ()
    name = f"guardia-{month.month}"
    kinds: list[tuple[str, str, Callable[[], bytes]]] = [
        (f"{name}.pdf", TYPE, lambda: month_pdf(month, datetime.fromisoformat(month.until))),
        (f"{name}.xlsx", XLSX, lambda: workbook_of(month)),
    ]
    found = (_made(announcement_id, *kind) for kind in kinds)
    return tuple(each for each in found if each)


def _made(announcement_id: int, name: str, kind: str, make: Callable[[], bytes]) -> Attachment | None:
    try:
        content = make()
    except Exception as trouble:
        if is_cut_off(trouble):
            raise
        log.exception("%s of announcement %s cannot be made; its letter goes without", name, announcement_id)
        return None
    if len(content) > LARGEST_OF_MONTH:
        log.warning("%s of announcement %s has %d bytes; not attached", name, announcement_id, len(content))
        return None
    return Attachment(name, kind, content)
