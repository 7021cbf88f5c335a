"""What a case or a request is opened for: a call on the line, or a report in writing that waits for its number."""

from typing import Any

from django.utils.translation import gettext as _
from pydantic import Field

from guardia.calls.call import Call
from guardia.cases.mail_tray import locked_request, request_of_id
from guardia.cases.queries import number_of
from guardia.customers.contact import Contact
from guardia.web.api.v2.pages import LARGEST_ID
from guardia.web.api.v2.problems import ProblemRaised, of_fields
from guardia.web.desk.phone.by_hand import find_call
from guardia.web.desk.registration_form import Origin

ORIGINS: dict[str, Any] = {
    "call": (int | None, Field(None, ge=1, le=LARGEST_ID, description="The call that it is opened for.")),
    "written_request": (
        int | None,
        Field(None, ge=1, le=LARGEST_ID, description="The report in writing that it is opened for."),
    ),
}
"""Further fields of a body."""


def origin_in(sent: dict[str, Any]) -> Origin:
    """The call or the report that ``sent`` names, locked; it is taken out of there.

    Raises ProblemRaised: 422 where there is none, or both are named; 409 where it has its case already.
    """
    call_id, request_id = sent.pop("call", None), sent.pop("written_request", None)
    if call_id and request_id:
        raise of_fields({"written_request": [_("Send a call or a report in writing, not both.")]})
    if call_id is None and request_id is None:
        return None
    origin = find_call(str(call_id)) if call_id else locked_report(request_id)
    if origin is None:
        raise of_fields({"call" if call_id else "written_request": [_("There is nothing with this id.")]})
    if origin.case_id:
        title = _("It belongs to case %(number)s already.") % {"number": number_of(origin.case_id)}
        raise ProblemRaised(409, title, _("Read that case, and write there what is new."))
    return origin


def locked_report(pk: int | None) -> Origin:
    return locked_request(pk) if pk and request_of_id(str(pk)) else None


def as_sent(known: dict[str, Any], origin: Origin) -> dict[str, Any]:
    """What the desk's form shows as known, as values of a form; what only a form without an origin asks is left out."""
    found = {name: value.pk if isinstance(value, Contact) else value for name, value in known.items()}
    return {name: value for name, value in found.items() if not (origin and name in {"source", "received_at"})}


def desk_of(origin: Origin) -> str:
    """The desk that it arrived at; empty where nothing is on record of it."""
    return origin.at_desk if isinstance(origin, Call) else origin.desk if origin else ""
