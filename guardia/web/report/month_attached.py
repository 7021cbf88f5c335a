"""What goes with the letter of a month: the report as PDF and its spreadsheet. A letter never waits for them: it goes
without instead.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from guardia.config.collisions import is_cut_off
from guardia.notices.envelope import Attachment
from guardia.notices.month_told import MonthTold
from guardia.web.desk.reports.month_spreadsheet import workbook_of
from guardia.web.desk.reports.views import XLSX
from guardia.web.report.month_paper import month_pdf
from guardia.web.report.pdf import TYPE

log = logging.getLogger(__name__)

LARGEST = 1_000_000
"""Bytes of each: what is larger is had at the desk, and where the company signs in."""


def month_files(announcement_id: int, facts: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """Made from the frozen facts, in the active language; without what is too large or cannot be made.

    Raises OperationalError, InterfaceError where the connection to PostgreSQL is lost.
    """
    try:
        month = MonthTold.of(facts)
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
    if len(content) > LARGEST:
        log.warning("%s of announcement %s has %d bytes; not attached", name, announcement_id, len(content))
        return None
    return Attachment(name, kind, content)
