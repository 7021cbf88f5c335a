"""A photograph or a document of the customer, kept with the files of the case."""

from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from guardia.cases import customer_acts
from guardia.cases.case import Case
from guardia.cases.refusals import Missing, TooLong
from guardia.customers.contact import Contact
from guardia.doors.portal.visitor import text_in
from guardia.mailroom.taking import MEGABYTE, limit

LONGEST_CAPTION = 400


def keeper() -> ModuleType | None:
    """The room that keeps the files of a case; None in a house without it, and then no file is asked for."""
    return import_module("guardia.cases.case_files") if find_spec("guardia.cases.case_files") else None


def add(request: HttpRequest, case: Case, contact: Contact, at: datetime) -> object:
    """What it is, is said by its content. The company sees it too. Raises Missing, TooLong, what the keeper refuses."""
    case.must_be_open()
    file, kept_by = request.FILES.get("archivo"), keeper()
    if file is None or kept_by is None or not file.size:
        raise Missing("P2", "archivo", _("a photograph or a document"))
    if file.size > limit():
        raise TooLong("P2", "archivo", _("it"), limit() // MEGABYTE * MEGABYTE)
    caption = text_in(request, "texto", LONGEST_CAPTION)
    by = customer_acts.by(contact)
    return kept_by.add_file(
        case, content=file.read(), name=file.name or "", by=by, at=at, now=at, caption=caption, shown=True
    )
