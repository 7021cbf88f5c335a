"""The panorama on paper: one picture as PNG, all of them as PDF, and the PDF that goes with a letter."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from guardia.config.collisions import is_cut_off
from guardia.notices.envelope import Attachment
from guardia.web.desk.panorama.picture import Picture
from guardia.web.desk.panorama.pictures import pictures_of
from guardia.web.report.pictures import on_paper, png_of
from guardia.web.shared.drawing import file_of

log = logging.getLogger(__name__)
LARGEST = 2_000_000
"""Bytes; what is larger is had at the desk."""


def png_of_picture(picture: Picture) -> bytes:
    """Nothing where nothing is drawn."""
    return png_of(file_of(picture.drawing)) if picture.drawing else b""


def pdf_of(at: datetime) -> bytes:
    return on_paper(pictures_of(at), at)


def panorama_files(facts: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """The PDF in the active language, as of the hour of the letter; none where it cannot be made.

    Raises OperationalError, InterfaceError where the connection to PostgreSQL is lost.
    """
    at = datetime.fromisoformat(facts["until"])
    try:
        with transaction.atomic():  # what fails in here must not take the letter's own step with it
            content = pdf_of(at)
    except Exception as trouble:
        if is_cut_off(trouble):
            raise
        log.exception("the panorama cannot be made as PDF; its letter goes without")
        return ()
    return (Attachment(f"panorama-{at:%Y-%m-%d}.pdf", "application/pdf", content),) if len(content) <= LARGEST else ()
