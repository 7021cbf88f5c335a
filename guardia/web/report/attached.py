"""The PDF that goes with the letter of closing (P7): made once for a case and a language, however many are told.

A letter never waits for it: what cannot be made is logged, and the letter goes with the link alone.
"""

import logging
from collections import OrderedDict
from threading import Lock

from django.db import transaction
from django.utils import translation

from guardia.cases.case import Case
from guardia.cases.desks import kind_of
from guardia.config.collisions import is_cut_off
from guardia.config.now import now
from guardia.notices.envelope import Attachment
from guardia.procedure.vocabulary import CaseKind
from guardia.web.report.made import made
from guardia.web.report.pdf import TYPE, name_of

log = logging.getLogger(__name__)

LARGEST = 6_000_000
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
            cases = Case.objects.select_related("customer", "site__city", "service").defer("search")
            case = cases.get(pk=case_id)
            if kind_of(case.desk) != CaseKind.INCIDENT:
                return None
            return kept_or_made(case, language)
    except Exception as trouble:
        if is_cut_off(trouble):  # the letter's own step is gone with it, and is done anew with its report
            raise
        log.exception("the closing report of case %s cannot be made; its letter goes without", case_id)
        return None


def kept_or_made(case: Case, language: str) -> Attachment | None:
    key = (case.pk, case.seq, language)
    try:
        return shelf.get(key)
    except KeyError:
        pass
    with translation.override(language):
        content = made(case, now()).pdf()
    if len(content) > LARGEST:
        log.warning("the closing report of case %s has %d bytes; its letter goes without", case.pk, len(content))
    found = Attachment(name_of(case.display_number, "pdf"), TYPE, content) if len(content) <= LARGEST else None
    shelf.put(key, found)
    return found
