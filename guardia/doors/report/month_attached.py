"""The spreadsheet that goes with the letter of a month. A letter never waits for it: it goes without instead."""

import logging
from collections.abc import Mapping
from typing import Any

from guardia.doors.desk.reports.month_spreadsheet import workbook_of
from guardia.doors.desk.reports.views import XLSX
from guardia.notices.envelope import Attachment
from guardia.notices.month_told import MonthTold

log = logging.getLogger(__name__)

LARGEST = 1_000_000
"""Bytes: what is larger is had at the desk."""


def month_file(announcement_id: int, facts: Mapping[str, Any]) -> Attachment | None:
    """Made from the frozen facts, in the active language; None where it is too large or cannot be made."""
    try:
        month = MonthTold.of(facts)
        content = workbook_of(month)
    except Exception:
        log.exception("the spreadsheet of announcement %s cannot be made; its letter goes without", announcement_id)
        return None
    if len(content) > LARGEST:
        log.warning("the spreadsheet of announcement %s has %d bytes; not attached", announcement_id, len(content))
        return None
    return Attachment(f"guardia-{month.month}.xlsx", XLSX, content)
