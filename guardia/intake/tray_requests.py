"""A3: a report in writing that waits in the tray is none: it is taken as a request of a desk.

The caller holds the request (``written.locked``). Hours in UTC.
"""

from collections.abc import Mapping
from datetime import datetime

from guardia.calls.written import WrittenRequest
from guardia.cases import filing
from guardia.cases.case import Case
from guardia.cases.mail_refusals import WhoseIsIt
from guardia.cases.stages.administrative import Ask
from guardia.customers.service import Service
from guardia.people.actor import Actor
from guardia.people.staff import Staff


def take(
    request: WrittenRequest,
    desk: str,
    *,
    by: Staff,
    at: datetime,
    subject: str = "",
    text: str = "",
    fields: Mapping[str, str] | None = None,
    details: Mapping[str, str] | None = None,
    service: Service | None = None,
    engineer: Staff | None = None,
) -> Case:
    """The report is a request for this desk (A3): it counts from its arrival, and the promise of P2 has no object.

    ``subject`` and ``text`` are the report's own where they are empty. One that has its case gives it back. Raises
    RequestIsSettled, NoSuchDesk, Missing, TooLong, WhoseIsIt where no company is known.
    """
    if request.customer is None:
        raise WhoseIsIt()
    ask = Ask(
        request.customer,
        desk,
        text.strip() or report_text(request),
        subject=(subject.strip() or request.subject)[:160],
        reporter=request.contact,
        details=dict(details or {}),
        fields=dict(fields or {}),
        service=service,
    )
    return Case.take(ask, by=Actor.of_staff(by), at=at, request=request, engineer=engineer)


def report_text(request: WrittenRequest) -> str:
    """The words of the report; its subject where it has no others (a mail with a file alone)."""
    return request.text.strip()[: filing.MOST_TEXT] or request.subject
